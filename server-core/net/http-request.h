/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* http-request.h – the head of an HTTP/1.1 request, and answers to it.
 *
 * Pure. Only what a browser needs to fetch a page and to begin a WebSocket
 * (RFC 6455, 4.2). */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
  bool is_head, is_get; /* the method; neither: another one */
  char *path;           /* decoded, without the query; begins with "/" */
  char *host;           /* NULL: none was given, as for the others */
  char *origin;
  bool wants_websocket;
  char *key;      /* Sec-WebSocket-Key */
  char *version;  /* Sec-WebSocket-Version */
  char *protocol; /* Sec-WebSocket-Protocol */
} SpcHttpRequest;

/* @text: up to the empty line, @size bytes. False with @error: it is no HTTP
 * request. */
bool spc_http_request_read (SpcHttpRequest *self, const char *text, gsize size,
                            GError **error);
void spc_http_request_clear (SpcHttpRequest *self);

/* May a page of @origin (NULL: not a browser) speak to us? @allowed: origins
 * such as "https://example.org", separated by commas, or "*"; NULL: pages that
 * come from @host. */
bool spc_http_origin_is_allowed (const char *origin, const char *host,
                                 const char *allowed);
/* Is @host, with or without a port, a name that only this machine's pages can
 * come from: an address, localhost, its own name? Any other may be led here by
 * whoever its name server belongs to. */
bool spc_http_host_is_own (const char *host);
/* the 101 of a WebSocket, or NULL with @error that says what is missing */
char *spc_http_accept_websocket (const SpcHttpRequest *request, GError **error);
/* a head; @type: of the @size bytes that follow, NULL: a line of text is made
 * up and included. @framers: origins, as allowed above, of pages that may show
 * it in a frame of theirs; NULL: our own. */
GString *spc_http_answer (unsigned status, const char *type, gsize size,
                          const char *framers);

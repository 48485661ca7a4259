/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* entrance.h – what does a new line want?
 *
 * Looks at the first bytes: a browser is given a page and shown out, or its
 * WebSocket is begun; everybody else passes as they are. Frees itself when it
 * is over. Loop thread only. */
#pragma once

#include "transport.h"

typedef struct _SpcEntrance SpcEntrance;

typedef struct {
  char *web_root;    /* folder of pages; NULL: none */
  char *web_origins; /* see http-request.h; NULL: our own pages */
} SpcEntranceRules;

typedef struct {
  /* takes @transport, whose first bytes can be read */
  void (*passed) (SpcEntrance *self, SpcTransport *transport,
                  gpointer user_data);
  /* the line is closed; @error: NULL: a page was given. Not after free. */
  void (*ended) (SpcEntrance *self, const char *peer, const GError *error,
                 gpointer user_data);
} SpcEntranceFuncs;

/* takes @line; @rules are looked at when needed */
SpcEntrance *spc_entrance_new (SpcLoop *loop, SpcTransport *line,
                               uint32_t timeout_ms,
                               const SpcEntranceRules *rules,
                               const SpcEntranceFuncs *funcs,
                               gpointer user_data);
void spc_entrance_free (SpcEntrance *self); /* closes the line */
const char *spc_entrance_peer (const SpcEntrance *self);
const char *spc_entrance_network (
    const SpcEntrance *self); /* see transport.h */

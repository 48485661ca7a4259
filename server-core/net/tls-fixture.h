/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tls-fixture.h – for tests: certificates in a folder, and a client's end. */
#pragma once

#include "net-fixture.h"
#include "tls-context.h"

#include <openssl/ssl.h>

/* PEM files in a folder of their own, made anew for each test */
typedef struct {
  char *folder;
  char *ca;       /* an authority */
  char *cert;     /* of "localhost", signed by it */
  char *key;      /* for it */
  char *locked;   /* the same, encrypted with TLS_FIXTURE_PASSWORD */
  char *expired;  /* as cert, but past */
  char *stranger; /* another key */
  char *alien;    /* a key of another kind */
  char *client;   /* certificate and key of a client, signed by the authority */
} TlsFiles;

#define TLS_FIXTURE_PASSWORD "open sesame"

void tls_files_init (TlsFiles *self);
void tls_files_clear (TlsFiles *self); /* and removes them */
/* a context of cert and key */
SpcTlsContext *tls_files_context (const TlsFiles *self);

/* a client at the other end of a pair; it reads and writes when told */
typedef struct {
  SSL_CTX *context;
  SSL *ssl;
  SpcTransport *line; /* owned */
  GByteArray *got;    /* plain */
  bool has_ended;     /* the server said so */
  bool has_failed;    /* what was sent could not be read */
} TlsClient;

/* takes @line; trusts @ca (NULL: everybody) */
void tls_client_init (TlsClient *self, SpcTransport *line, const char *ca);
void tls_client_clear (TlsClient *self);
/* all that can be done now; then it waits for the line */
void tls_client_run (TlsClient *self);
/* takes bytes of the line and decrypts none; true: some came */
bool tls_client_receive (TlsClient *self);
/* what there is to send, and nothing else; false: the line is full */
bool tls_client_send (TlsClient *self);
void tls_client_write (TlsClient *self, const void *data, gsize size);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz-line.h"

#include "server-core/net/transport-tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

/* turns of both ends in which hands are shaken: for a line of 16 bytes */
#define GREETING_TURNS 1000

struct _FuzzLine {
  SpcTransport *end;
  SSL_CTX *context; /* NULL: plain */
  SSL *ssl;
};

/* life */

static void
begin_tls (FuzzLine *self)
{
  self->context = SSL_CTX_new (TLS_client_method ());
  SSL_CTX_set_session_cache_mode (self->context, SSL_SESS_CACHE_OFF);
  self->ssl = SSL_new (self->context);
  SSL_set_bio (self->ssl, BIO_new (BIO_s_mem ()), BIO_new (BIO_s_mem ()));
  SSL_set_connect_state (self->ssl);
}

FuzzLine *
fuzz_line_new (SpcLoop *loop, gsize capacity, SpcTlsContext *tls,
               SpcTransport **other)
{
  FuzzLine *self = g_new0 (FuzzLine, 1);

  spc_transport_new_pair (loop, capacity, other, &self->end);
  if (tls == NULL)
    return self;
  *other = spc_transport_new_tls (loop, tls, *other);
  begin_tls (self);
  return self;
}

void
fuzz_line_free (FuzzLine *self)
{
  if (self == NULL)
    return;
  SSL_free (self->ssl);
  SSL_CTX_free (self->context);
  spc_transport_free (self->end);
  g_free (self);
}

/* what TLS has to say */
static void
flush (FuzzLine *self)
{
  BIO *out = SSL_get_wbio (self->ssl);
  char *data;
  long size;

  while ((size = BIO_get_mem_data (out, &data)) > 0) {
    gssize n = net_write (self->end, data, (gsize)size, NULL);
    char sink[4096];

    if (n <= 0)
      return;
    for (gssize left = n; left > 0;)
      left -= BIO_read (out, sink, (int)MIN (left, (gssize)sizeof sink));
  }
}

/* decrypts what has come; it is thrown away */
static void
decrypt (FuzzLine *self)
{
  uint8_t bytes[4096];

  while (SSL_read (self->ssl, bytes, sizeof bytes) > 0)
    continue;
  ERR_clear_error ();
  flush (self);
}

bool
fuzz_line_read (FuzzLine *self)
{
  uint8_t bytes[4096];
  gssize n = spc_transport_read (self->end, bytes, sizeof bytes, NULL);

  if (n <= 0)
    return false;
  if (self->ssl != NULL) {
    BIO_write (SSL_get_rbio (self->ssl), bytes, (int)n);
    decrypt (self);
  }
  return true;
}

void
fuzz_line_greet (FuzzLine *self, NetFixture *net)
{
  if (self->ssl == NULL)
    return;
  decrypt (self);
  for (int i = 0; i < GREETING_TURNS && !SSL_is_init_finished (self->ssl);
       i++) {
    net_fixture_run_ready (net, 4);
    if (!fuzz_line_read (self))
      flush (self);
  }
}

void
fuzz_line_send (FuzzLine *self, const uint8_t *data, size_t size)
{
  if (self->ssl == NULL) {
    fuzz_line_send_beneath (self, data, size);
    return;
  }
  SSL_write (self->ssl, data, (int)size);
  ERR_clear_error ();
  flush (self);
}

void
fuzz_line_send_beneath (FuzzLine *self, const uint8_t *data, size_t size)
{
  net_write (self->end, data, size, NULL);
}

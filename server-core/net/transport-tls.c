/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TLS on top of another transport. The library works on memory only: bytes of
 * the line are put into one BIO, and what it has to say is taken from another
 * one, so that nothing of it ever waits. Reading shakes hands as well. */
#include "transport-tls.h"

#include "sending.h"
#include "server-core/base/error.h"
#include "tls-private.h"

#include <openssl/err.h>
#include <string.h>

/* of one record: the most that TLS allows */
#define RECORD_BYTES 16384
/* taken at once before the line takes something */
#define MAX_WRITE_BYTES (4 * RECORD_BYTES)
/* With that much to send, which is not what the caller wrote but what the
 * library answers to the peer's messages, no more of these are read. */
#define MAX_SENDING_BYTES (2 * MAX_WRITE_BYTES)

typedef struct {
  SpcTransport parent;
  SpcTransport *line;
  SSL *ssl;
  BIO *in, *out;   /* of @ssl */
  SpcTimer *again; /* armed while bytes wait here that the line will not tell of
                    */
  GIOCondition wanted;
  SpcSending sending; /* encrypted, not yet taken by the line */
  uint8_t first[4];   /* bytes of the peer, for the message */
  guint n_first;
  GError *error; /* why it is over */
} Tls;

/* a text a peer's first bytes deserve, or NULL */
static const char *
name_stranger (const Tls *self)
{
  if (self->n_first == 4 && memcmp (self->first, "REDQ", 4) == 0)
    return "it speaks SPICE without TLS, to the TLS port";
  if (self->n_first == 4 && memcmp (self->first, "GET ", 4) == 0)
    return "it speaks HTTP without TLS, to the TLS port";
  return NULL;
}

static void
fail (Tls *self)
{
  const char *stranger = name_stranger (self);
  const char *reason = spc_tls_reason ();

  if (!self->error)
    self->error = g_error_new (SPC_ERROR, SPC_ERROR_TLS, "TLS failed: %s",
                               stranger ? stranger : reason);
}

static gssize
give_error (const Tls *self, GError **error)
{
  if (error)
    *error = g_error_copy (self->error);
  return -1;
}

/* the line, outwards */

static void
take_from_library (Tls *self)
{
  gsize pending = BIO_ctrl_pending (self->out);
  guint old = self->sending.bytes->len;

  if (pending == 0)
    return;
  g_byte_array_set_size (self->sending.bytes, old + (guint)pending);
  BIO_read (self->out, self->sending.bytes->data + old, (int)pending);
}

/* false: the line has failed */
static bool
flush (Tls *self, GError **error)
{
  take_from_library (self);
  return spc_sending_flush (&self->sending, self->line, error);
}

/* the line, inwards */

/* bytes; 0: the line has ended; -1: @error, WOULD_BLOCK among them */
static gssize
fill (Tls *self, GError **error)
{
  uint8_t bytes[RECORD_BYTES];
  gssize n = spc_transport_read (self->line, bytes, sizeof bytes, error);

  for (gssize i = 0; i < n && self->n_first < sizeof self->first; i++)
    self->first[self->n_first++] = bytes[i];
  if (n > 0)
    BIO_write (self->in, bytes, (int)n);
  return n;
}

static bool
is_stuffed (const Tls *self)
{
  return spc_sending_left (&self->sending) > MAX_SENDING_BYTES;
}

static bool
has_input (const Tls *self)
{
  if (self->error)
    return true;
  return !is_stuffed (self) &&
         (SSL_pending (self->ssl) > 0 || BIO_ctrl_pending (self->in) > 0);
}

static void
want_of_line (Tls *self)
{
  GIOCondition wanted = self->wanted & G_IO_IN;

  if (self->parent.is_closed)
    return;
  if (self->wanted != 0 && !SSL_is_init_finished (self->ssl))
    wanted |= G_IO_IN;
  else if (self->wanted & G_IO_OUT)
    wanted |= G_IO_OUT;
  if (spc_sending_left (&self->sending) > 0)
    wanted |= G_IO_OUT;
  if (is_stuffed (self))
    wanted &= ~(GIOCondition)G_IO_IN;
  spc_transport_want (self->line, wanted);
  if ((self->wanted & G_IO_IN) && has_input (self))
    spc_timer_arm (self->again, 0);
  else
    spc_timer_disarm (self->again);
}

typedef enum { GOT_BYTES, NEEDS_BYTES, HAS_ENDED, HAS_FAILED } Progress;

static Progress
read_once (Tls *self, void *buffer, int size, int *n)
{
  int code;

  ERR_clear_error ();
  *n = SSL_read (self->ssl, buffer, size);
  code = SSL_get_error (self->ssl, *n);
  if (*n > 0)
    return GOT_BYTES;
  if (code == SSL_ERROR_WANT_READ)
    return NEEDS_BYTES;
  if (code == SSL_ERROR_ZERO_RETURN)
    return HAS_ENDED;
  fail (self);
  return HAS_FAILED;
}

static gssize
read_plain (Tls *self, void *buffer, gsize size, GError **error)
{
  gssize n_filled = 1;

  for (unsigned i = 0;
       n_filled > 0 && i < SPC_MAX_LINE_READS && !is_stuffed (self); i++) {
    int n;
    Progress progress = read_once (self, buffer, (int)MIN (size, G_MAXINT), &n);
    bool is_flushed = flush (self, progress == NEEDS_BYTES ? error : NULL);

    if (progress == GOT_BYTES)
      return n;
    if (progress == HAS_ENDED)
      return 0;
    if (progress == HAS_FAILED)
      return give_error (self, error);
    if (!is_flushed)
      return -1;
    n_filled = fill (self, error);
  }
  if (n_filled <= 0)
    return n_filled;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                       "records without a byte for the reader");
  return -1;
}

static gssize
tls_read (SpcTransport *transport, void *buffer, gsize size, GError **error)
{
  Tls *self = (Tls *)transport;
  gssize n;

  if (size == 0)
    return 0;
  if (self->error)
    return give_error (self, error);
  n = read_plain (self, buffer, size, error);
  want_of_line (self);
  return n;
}

/* of a piece, in records of its own; false: it failed */
static bool
encrypt (Tls *self, const GOutputVector *piece, gsize size)
{
  const uint8_t *data = piece->buffer;

  for (gsize done = 0; done < size;) {
    int n;

    ERR_clear_error ();
    n = SSL_write (self->ssl, data + done,
                   (int)MIN (size - done, RECORD_BYTES));
    if (n <= 0) {
      fail (self);
      return false;
    }
    done += (gsize)n;
  }
  return true;
}

static gssize
write_plain (Tls *self, const GOutputVector *pieces, guint n, GError **error)
{
  gsize total = 0;

  for (guint i = 0; i < n && total < MAX_WRITE_BYTES; i++) {
    gsize size = MIN (pieces[i].size, MAX_WRITE_BYTES - total);

    if (!encrypt (self, &pieces[i], size))
      return give_error (self, error);
    total += size;
  }
  return flush (self, error) ? (gssize)total : -1;
}

static gssize
tls_writev (SpcTransport *transport, const GOutputVector *pieces, guint n,
            GError **error)
{
  Tls *self = (Tls *)transport;
  gssize size;

  if (self->error)
    return give_error (self, error);
  if (!flush (self, error))
    return -1;
  if (!SSL_is_init_finished (self->ssl) ||
      spc_sending_left (&self->sending) > 0) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                         "the line has no room yet");
    return -1;
  }
  size = write_plain (self, pieces, n, error);
  want_of_line (self);
  return size;
}

static void
tls_want (SpcTransport *transport, GIOCondition conditions)
{
  Tls *self = (Tls *)transport;

  self->wanted = conditions;
  want_of_line (self);
}

/* for one who only writes: otherwise reading does it */
static void
shake_hands (Tls *self)
{
  while (!self->error && !SSL_is_init_finished (self->ssl)) {
    int n, code;

    ERR_clear_error ();
    n = SSL_do_handshake (self->ssl);
    code = SSL_get_error (self->ssl, n);
    if (n == 1)
      return;
    if (code != SSL_ERROR_WANT_READ)
      fail (self);
    else if (fill (self, NULL) <= 0)
      return;
  }
}

static void
on_line_ready (SpcTransport *line, GIOCondition ready, gpointer user_data)
{
  Tls *self = user_data;
  GIOCondition now = ready & self->wanted & G_IO_IN;

  if (!(self->wanted & G_IO_IN))
    shake_hands (self);
  if (!flush (self, NULL) || self->error)
    now |= G_IO_IN | (self->wanted & G_IO_OUT);
  if ((self->wanted & G_IO_OUT) && spc_sending_left (&self->sending) == 0 &&
      SSL_is_init_finished (self->ssl))
    now |= G_IO_OUT;
  want_of_line (self);
  if (now != 0)
    spc_transport_notify (&self->parent, now);
}

static void
on_again (gpointer user_data)
{
  Tls *self = user_data;

  spc_timer_arm (self->again, 0); /* until it is read, or no longer wanted */
  spc_transport_notify (&self->parent, G_IO_IN);
}

/* no more is sent: the peer is told so */
static void
tls_shutdown (SpcTransport *transport)
{
  Tls *self = (Tls *)transport;

  if (!self->error && SSL_is_init_finished (self->ssl))
    SSL_shutdown (self->ssl);
  if (flush (self, NULL) && spc_sending_left (&self->sending) == 0)
    spc_transport_shutdown (self->line);
}

static void
tls_close (SpcTransport *transport)
{
  Tls *self = (Tls *)transport;

  if (!self->error && SSL_is_init_finished (self->ssl))
    SSL_shutdown (self->ssl);
  flush (self, NULL);
  spc_timer_disarm (self->again);
  spc_transport_close (self->line);
}

static void
tls_free (SpcTransport *transport)
{
  Tls *self = (Tls *)transport;

  SSL_free (self->ssl); /* and both BIOs */
  ERR_clear_error ();
  spc_timer_free (self->again);
  spc_transport_free (self->line);
  spc_sending_clear (&self->sending);
  g_clear_error (&self->error);
  g_free (self);
}

static gsize
tls_unsent (SpcTransport *transport)
{
  Tls *self = (Tls *)transport;

  return spc_sending_left (&self->sending) + spc_transport_unsent (self->line);
}

static const SpcTransportClass tls_class = {
    .read = tls_read,
    .writev = tls_writev,
    .want = tls_want,
    .shutdown = tls_shutdown,
    .close = tls_close,
    .free = tls_free,
    .unsent = tls_unsent,
};

SpcTransport *
spc_transport_new_tls (SpcLoop *loop, SpcTlsContext *context,
                       SpcTransport *line)
{
  Tls *self = g_new0 (Tls, 1);

  spc_transport_init_above (&self->parent, &tls_class, line);
  self->parent.is_secure = true;
  self->parent.encryption = "tls";
  self->line = line;
  self->ssl = SSL_new (spc_tls_context_ssl (context));
  self->in = BIO_new (BIO_s_mem ());
  self->out = BIO_new (BIO_s_mem ());
  if (!self->ssl || !self->in || !self->out)
    g_error ("no memory for TLS");
  SSL_set_bio (self->ssl, self->in, self->out); /* takes both */
  SSL_set_accept_state (self->ssl);
  spc_sending_init (&self->sending);
  self->again = spc_timer_new (loop, on_again, self);
  spc_transport_set_func (line, on_line_ready, self);
  return &self->parent;
}

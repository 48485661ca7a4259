/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The security layer of SASL on top of another transport: packets that are
 * wrapped and unwrapped whole. A stream to both sides, as the line is. */
#include "transport-sasl.h"

#include "sending.h"
#include "server-core/base/error.h"

#include <string.h>

/* taken at once before the line takes something */
#define MAX_WRITE_BYTES 65536
/* What clients read of the line at once. With the link's result one read may
 * bring messages; spice-client-glib leaves them lying, unwrapped, until its
 * socket has more (spec: SASL, "padding"). */
#define PADDING_BYTES 8192

typedef struct {
  SpcTransport parent;
  SpcTransport *line;
  SpcSaslSession *session;
  SpcTimer *again; /* armed while bytes wait here that the line will not tell of
                    */
  GIOCondition wanted;
  GByteArray *plain;  /* unwrapped, not yet read */
  gsize n_read;       /* of these */
  gsize n_barren;     /* bytes of the line since something was in them */
  bool is_padded;     /* after the first write */
  SpcSending sending; /* wrapped, not yet taken by the line */
  GError *error;      /* the layer is broken */
} Sasl;

static gssize
give_error (const Sasl *self, GError **error)
{
  if (error)
    *error = g_error_copy (self->error);
  return -1;
}

/* outwards */

/* false: the line has failed */
static bool
flush (Sasl *self, GError **error)
{
  return spc_sending_flush (&self->sending, self->line, error);
}

static void
want_of_line (Sasl *self)
{
  GIOCondition wanted = self->wanted;

  if (self->parent.is_closed)
    return;
  if (spc_sending_left (&self->sending) > 0)
    wanted |= G_IO_OUT;
  spc_transport_want (self->line, wanted);
  if ((self->wanted & G_IO_IN) &&
      (self->plain->len > 0 || self->error || self->line->unread))
    spc_timer_arm (self->again, 0);
  else
    spc_timer_disarm (self->again);
}

/* small pieces share a packet: each costs some 20 bytes */
static gssize
wrap (Sasl *self, const GOutputVector *pieces, guint n, GError **error)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();

  for (guint i = 0; i < n && plain->len < MAX_WRITE_BYTES; i++)
    g_byte_array_append (
        plain, pieces[i].buffer,
        (guint)MIN (pieces[i].size, MAX_WRITE_BYTES - plain->len));
  if (!spc_sasl_session_encode (self->session, plain->data, plain->len,
                                self->sending.bytes, &self->error))
    return give_error (self, error);
  if (!self->is_padded && plain->len > 0)
    spc_sasl_session_pad (self->session, PADDING_BYTES, self->sending.bytes);
  self->is_padded |= plain->len > 0;
  return flush (self, error) ? (gssize)plain->len : -1;
}

static gssize
sasl_writev (SpcTransport *transport, const GOutputVector *pieces, guint n,
             GError **error)
{
  Sasl *self = (Sasl *)transport;
  gssize size;

  if (self->error)
    return give_error (self, error);
  if (!flush (self, error))
    return -1;
  if (spc_sending_left (&self->sending) > 0) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                         "the line has no room yet");
    return -1;
  }
  size = wrap (self, pieces, n, error);
  want_of_line (self);
  return size;
}

/* inwards */

static gssize
take_plain (Sasl *self, void *buffer, gsize size)
{
  gsize n = MIN (size, self->plain->len - self->n_read);

  memcpy (buffer, self->plain->data + self->n_read, n);
  self->n_read += n;
  if (self->n_read == self->plain->len) {
    g_byte_array_set_size (self->plain, 0);
    self->n_read = 0;
  }
  return (gssize)n;
}

/* Each packet costs us a checksum, and one that holds nothing is good for
 * padding only. */
static bool
bears (Sasl *self, gsize n)
{
  self->n_barren = self->plain->len > 0 ? 0 : self->n_barren + n;
  if (self->n_barren <= SPC_MAX_SASL_BARREN)
    return true;
  g_set_error (&self->error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "%zu bytes of the SASL layer held nothing, allowed are %u",
               self->n_barren, SPC_MAX_SASL_BARREN);
  return false;
}

/* until something is whole; bytes read of the line as spc_transport_read */
static gssize
fill (Sasl *self, GError **error)
{
  uint8_t bytes[SPC_SASL_BUFFER];

  for (unsigned i = 0; i < SPC_MAX_LINE_READS; i++) {
    gssize n = spc_transport_read (self->line, bytes, sizeof bytes, error);

    if (n <= 0)
      return n;
    if (!spc_sasl_session_decode (self->session, bytes, (gsize)n, self->plain,
                                  &self->error) ||
        !bears (self, (gsize)n))
      return give_error (self, error);
    if (self->plain->len > 0)
      return n;
  }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                       "packets without a byte for the reader");
  return -1;
}

static gssize
sasl_read (SpcTransport *transport, void *buffer, gsize size, GError **error)
{
  Sasl *self = (Sasl *)transport;
  gssize n = 1;

  if (size == 0)
    return 0;
  if (self->plain->len == 0 && self->error)
    return give_error (self, error);
  if (self->plain->len == 0)
    n = fill (self, error);
  if (n > 0)
    n = take_plain (self, buffer, size);
  want_of_line (self);
  return n;
}

/* the rest */

static void
sasl_want (SpcTransport *transport, GIOCondition conditions)
{
  Sasl *self = (Sasl *)transport;

  self->wanted = conditions;
  want_of_line (self);
}

static void
on_line_ready (SpcTransport *line, GIOCondition ready, gpointer user_data)
{
  Sasl *self = user_data;
  GIOCondition now = ready & self->wanted & G_IO_IN;

  if (!flush (self, NULL))
    now |= self->wanted | G_IO_IN;
  else if (spc_sending_left (&self->sending) == 0)
    now |= ready & self->wanted & G_IO_OUT;
  want_of_line (self);
  if (now != 0)
    spc_transport_notify (&self->parent, now);
}

static void
on_again (gpointer user_data)
{
  Sasl *self = user_data;

  spc_timer_arm (self->again, 0); /* until it is read, or no longer wanted */
  spc_transport_notify (&self->parent, G_IO_IN);
}

static void
sasl_shutdown (SpcTransport *transport)
{
  Sasl *self = (Sasl *)transport;

  if (flush (self, NULL) && spc_sending_left (&self->sending) == 0)
    spc_transport_shutdown (self->line);
}

static void
sasl_close (SpcTransport *transport)
{
  Sasl *self = (Sasl *)transport;

  flush (self, NULL);
  spc_timer_disarm (self->again);
  spc_transport_close (self->line);
}

static void
sasl_free (SpcTransport *transport)
{
  Sasl *self = (Sasl *)transport;

  spc_timer_free (self->again);
  spc_transport_free (self->line);
  spc_sasl_session_unref (self->session);
  g_byte_array_unref (self->plain);
  spc_sending_clear (&self->sending);
  g_clear_error (&self->error);
  g_free (self);
}

static gsize
sasl_unsent (SpcTransport *transport)
{
  Sasl *self = (Sasl *)transport;

  return spc_sending_left (&self->sending) + spc_transport_unsent (self->line);
}

static const SpcTransportClass sasl_class = {
    .read = sasl_read,
    .writev = sasl_writev,
    .want = sasl_want,
    .shutdown = sasl_shutdown,
    .close = sasl_close,
    .free = sasl_free,
    .unsent = sasl_unsent,
};

SpcTransport *
spc_transport_new_sasl (SpcLoop *loop, SpcSaslSession *session,
                        SpcTransport *line)
{
  Sasl *self = g_new0 (Sasl, 1);

  spc_transport_init_above (&self->parent, &sasl_class, line);
  self->parent.encryption = "sasl";
  self->line = line;
  self->session = spc_sasl_session_ref (session);
  self->plain = g_byte_array_new ();
  spc_sending_init (&self->sending);
  self->again = spc_timer_new (loop, on_again, self);
  spc_transport_set_func (line, on_line_ready, self);
  return &self->parent;
}

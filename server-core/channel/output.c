/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output.h"

#include "server-core/wire/protocol.h"

/* pieces in one gathered write; sendmsg takes 1024 at most */
#define MAX_PIECES 64

void
spc_output_init (SpcOutput *self, bool mini_header, bool is_secure)
{
  *self = (SpcOutput){.mini_header = mini_header, .is_secure = is_secure};
  self->writer = qxl_writer_new ();
  g_queue_init (&self->pieces);
}

void
spc_output_clear (SpcOutput *self)
{
  g_clear_pointer (&self->writer, qxl_writer_free);
  g_queue_clear_full (&self->pieces, (GDestroyNotify)g_bytes_unref);
  self->bytes = self->head_offset = 0;
}

void
spc_output_begin (SpcOutput *self, uint16_t type)
{
  self->message_start = qxl_writer_size (self->writer);
  self->serial++;
  if (!self->mini_header)
    qxl_writer_u64 (self->writer, self->serial);
  qxl_writer_u16 (self->writer, type);
  qxl_writer_u32 (self->writer, 0);
  if (!self->mini_header)
    qxl_writer_u32 (self->writer, 0); /* no sub-messages */
  self->body_start = qxl_writer_size (self->writer);
}

uint32_t
spc_output_body_size (const SpcOutput *self)
{
  return (uint32_t)(qxl_writer_size (self->writer) - self->body_start);
}

static void
take_piece (GBytes *piece, gpointer user_data)
{
  SpcOutput *self = user_data;

  self->bytes += g_bytes_get_size (piece);
  g_queue_push_tail (&self->pieces, piece);
}

void
spc_output_end (SpcOutput *self)
{
  size_t size_field = self->message_start + (self->mini_header ? 2 : 10);

  qxl_writer_patch_u32 (self->writer, size_field, spc_output_body_size (self));
  if (self->is_secure)
    qxl_writer_drain (self->writer, take_piece, self);
}

size_t
spc_output_backlog (const SpcOutput *self)
{
  return self->bytes + qxl_writer_size (self->writer);
}

static guint
gather (const SpcOutput *self, GOutputVector *vectors)
{
  size_t skip = self->head_offset;
  guint n = 0;

  for (GList *link = self->pieces.head; link != NULL && n < MAX_PIECES;
       link = link->next) {
    gsize size;
    const uint8_t *data = g_bytes_get_data (link->data, &size);

    vectors[n++] = (GOutputVector){.buffer = data + skip, .size = size - skip};
    skip = 0;
  }
  return n;
}

static void
drop_written (SpcOutput *self, size_t written)
{
  self->bytes -= written;
  written += self->head_offset;
  while (!g_queue_is_empty (&self->pieces)) {
    GBytes *head = g_queue_peek_head (&self->pieces);

    if (written < g_bytes_get_size (head))
      break;
    written -= g_bytes_get_size (head);
    g_bytes_unref (g_queue_pop_head (&self->pieces));
  }
  self->head_offset = written;
}

SpcOutputState
spc_output_flush (SpcOutput *self, SpcTransport *transport, uint64_t *written,
                  GError **error)
{
  GOutputVector vectors[MAX_PIECES];

  qxl_writer_drain (self->writer, take_piece, self);
  while (!g_queue_is_empty (&self->pieces)) {
    g_autoptr (GError) local = NULL;
    guint n = gather (self, vectors);
    gssize taken = spc_transport_writev (transport, vectors, n, &local);

    if (taken < 0 &&
        g_error_matches (local, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      return SPC_OUTPUT_BLOCKED;
    if (taken < 0) {
      g_propagate_error (error, g_steal_pointer (&local));
      return SPC_OUTPUT_FAILED;
    }
    *written += (uint64_t)taken;
    drop_written (self, (size_t)taken);
  }
  return SPC_OUTPUT_EMPTY;
}

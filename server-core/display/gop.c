/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gop.h"

static void
clear_packet (gpointer packet)
{
  g_clear_pointer (&((SpcVideoPacket *)packet)->bytes, g_bytes_unref);
}

void
spc_gop_init (SpcGop *self)
{
  self->packets = g_array_new (FALSE, FALSE, sizeof (SpcVideoPacket));
  g_array_set_clear_func (self->packets, clear_packet);
  self->n_bytes = 0;
}

void
spc_gop_clear (SpcGop *self)
{
  g_clear_pointer (&self->packets, g_array_unref);
}

void
spc_gop_add (SpcGop *self, const SpcVideoPacket *packet)
{
  SpcVideoPacket kept = *packet;

  if (packet->is_key)
    spc_gop_forget (self);
  else if (self->packets->len == 0)
    return;
  self->n_bytes += g_bytes_get_size (packet->bytes);
  if (self->packets->len >= SPC_MAX_GOP_PACKETS ||
      self->n_bytes > SPC_MAX_GOP_BYTES) {
    spc_gop_forget (self);
    return;
  }
  g_bytes_ref (kept.bytes);
  g_array_append_val (self->packets, kept);
}

void
spc_gop_forget (SpcGop *self)
{
  g_array_set_size (self->packets, 0);
  self->n_bytes = 0;
}

guint
spc_gop_length (const SpcGop *self)
{
  return self->packets->len;
}

const SpcVideoPacket *
spc_gop_at (const SpcGop *self, guint index)
{
  return &g_array_index (self->packets, SpcVideoPacket, index);
}

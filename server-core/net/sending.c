/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sending.h"

void
spc_sending_init (SpcSending *self)
{
  *self = (SpcSending){.bytes = g_byte_array_new ()};
}

void
spc_sending_clear (SpcSending *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
}

gsize
spc_sending_left (const SpcSending *self)
{
  return self->bytes->len - self->n_sent;
}

bool
spc_sending_flush (SpcSending *self, SpcTransport *line, GError **error)
{
  while (spc_sending_left (self) > 0) {
    g_autoptr (GError) cause = NULL;
    GOutputVector piece = {self->bytes->data + self->n_sent,
                           spc_sending_left (self)};
    gssize n = spc_transport_writev (line, &piece, 1, &cause);

    if (n < 0 && g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      return true;
    if (n < 0) {
      g_propagate_error (error, g_steal_pointer (&cause));
      return false;
    }
    self->n_sent += (gsize)n;
  }
  g_byte_array_set_size (self->bytes, 0);
  self->n_sent = 0;
  return true;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport.h"

#include <string.h>

static char *
network_of (const char *host)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (host);
  g_autoptr (GInetAddress) network = NULL;
  guint8 bytes[16] = {0};

  if (inet == NULL || g_inet_address_get_family (inet) != G_SOCKET_FAMILY_IPV6)
    return g_strdup (host);
  memcpy (bytes, g_inet_address_to_bytes (inet), 8);
  network = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV6);
  return g_inet_address_to_string (network);
}

void
spc_transport_init (SpcTransport *self, const SpcTransportClass *klass,
                    char *peer, char *peer_host)
{
  self->klass = klass;
  self->peer = peer;
  self->peer_host = peer_host;
  self->peer_network = network_of (peer_host);
  self->encryption = "none";
}

void
spc_transport_init_above (SpcTransport *self, const SpcTransportClass *klass,
                          const SpcTransport *line)
{
  spc_transport_init (self, klass, g_strdup (line->peer),
                      g_strdup (line->peer_host));
  self->is_secure = line->is_secure;
  self->encryption = line->encryption;
  self->is_local = line->is_local;
  self->is_trusted = line->is_trusted;
}

void
spc_transport_free (SpcTransport *self)
{
  if (self == NULL)
    return;
  spc_transport_close (self);
  g_free (self->peer);
  g_free (self->peer_host);
  g_free (self->peer_network);
  g_clear_pointer (&self->unread, g_byte_array_unref);
  self->klass->free (self);
}

void
spc_transport_set_func (SpcTransport *self, SpcTransportFunc func,
                        gpointer user_data)
{
  self->func = func;
  self->user_data = user_data;
}

void
spc_transport_notify (SpcTransport *self, GIOCondition ready)
{
  if (self->is_closed)
    return;
  if (self->func != NULL)
    self->func (self, ready, self->user_data);
  else
    self->klass->want (self, 0); /* nobody listens: would be called for ever */
}

static bool
is_open (SpcTransport *self, GError **error)
{
  if (!self->is_closed)
    return true;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "%s: closed here",
               self->peer);
  return false;
}

void
spc_transport_unread (SpcTransport *self, const void *bytes, gsize size)
{
  if (self->unread == NULL)
    self->unread = g_byte_array_new ();
  g_byte_array_prepend (self->unread, bytes, (guint)size);
}

static gssize
read_again (SpcTransport *self, void *buffer, gsize size)
{
  gsize n = MIN (size, self->unread->len);

  memcpy (buffer, self->unread->data, n);
  g_byte_array_remove_range (self->unread, 0, (guint)n);
  if (self->unread->len == 0)
    g_clear_pointer (&self->unread, g_byte_array_unref);
  return (gssize)n;
}

gssize
spc_transport_read (SpcTransport *self, void *buffer, gsize size,
                    GError **error)
{
  if (!is_open (self, error))
    return -1;
  if (self->unread != NULL)
    return read_again (self, buffer, size);
  return self->klass->read (self, buffer, size, error);
}

gssize
spc_transport_writev (SpcTransport *self, const GOutputVector *pieces, guint n,
                      GError **error)
{
  if (!is_open (self, error))
    return -1;
  return self->klass->writev (self, pieces, n, error);
}

void
spc_transport_want (SpcTransport *self, GIOCondition conditions)
{
  if (!self->is_closed)
    self->klass->want (self, conditions & (G_IO_IN | G_IO_OUT));
}

void
spc_transport_shutdown (SpcTransport *self)
{
  if (!self->is_closed && self->klass->shutdown != NULL)
    self->klass->shutdown (self);
}

void
spc_transport_close (SpcTransport *self)
{
  if (self->is_closed)
    return;
  self->klass->want (self, 0);
  self->is_closed = true;
  self->klass->close (self);
}

gsize
spc_transport_unsent (SpcTransport *self)
{
  if (self->is_closed || self->klass->unsent == NULL)
    return 0;
  return self->klass->unsent (self);
}

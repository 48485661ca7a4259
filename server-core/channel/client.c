/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client.h"

#include "channel.h"
#include "server-core/wire/messages-common.h"
#include "server-private.h"

#include <string.h>

typedef struct {
  const char *kind;
  uint8_t id;
  gpointer resource;
  GDestroyNotify destroy;
} Resource;

static void
clear_resource (gpointer data)
{
  Resource *self = data;

  self->destroy (self->resource);
}

SpcClient *
spc_client_new (SpcServer *server, uint32_t id, const char *peer)
{
  SpcClient *self = g_new0 (SpcClient, 1);

  self->ref_count = 1;
  self->id = id;
  self->peer = g_strdup (peer);
  self->since_us = g_get_monotonic_time ();
  self->connections = g_ptr_array_new_with_free_func (g_object_unref);
  self->resources = g_array_new (FALSE, FALSE, sizeof (Resource));
  g_array_set_clear_func (self->resources, clear_resource);
  self->server = server;
  return self;
}

SpcClient *
spc_client_ref (SpcClient *self)
{
  self->ref_count++;
  return self;
}

void
spc_client_unref (SpcClient *self)
{
  if (self == NULL || --self->ref_count > 0)
    return;
  g_ptr_array_unref (self->connections);
  g_array_unref (self->resources);
  spc_password_free (self->proof);
  g_free (self->peer);
  g_free (self->network);
  g_free (self);
}

/* best effort: what the socket does not take at once is lost */
static void
say_goodbye (SpcClient *self, const char *reason)
{
  SpcConnection *main = spc_client_find (self, SPICE_CHANNEL_MAIN, 0);
  uint32_t length = (uint32_t)strlen (reason);
  const SpcNotify notify = {
      .timestamp = (uint64_t)g_get_monotonic_time () * 1000,
      .severity = SPICE_NOTIFY_SEVERITY_INFO,
      .visibility = SPICE_NOTIFY_VISIBILITY_HIGH,
      .length = length,
      .text = {.data = (const uint8_t *)reason, .size = length + 1},
  };
  const SpcDisconnecting disconnecting = {
      .timestamp = notify.timestamp,
      .reason = SPICE_LINK_ERR_OK,
  };

  if (main == NULL || self->stage == SPC_CLIENT_ARRIVING)
    return;
  spc_connection_send (main, SPICE_MSG_NOTIFY, spc_notify_fields, &notify);
  spc_connection_send (main, SPICE_MSG_DISCONNECTING, spc_disconnecting_fields,
                       &disconnecting);
  spc_connection_pump (main);
}

void
spc_client_close (SpcClient *self, const char *reason)
{
  g_autoptr (SpcClient) keep = NULL;

  if (self->closing)
    return;
  keep = spc_client_ref (self);
  self->closing = true;
  say_goodbye (self, reason);
  while (self->connections->len > 0) {
    guint last = self->connections->len - 1;
    spc_connection_close (g_ptr_array_index (self->connections, last), reason);
  }
  if (self->server != NULL)
    spc_server_client_gone (self->server, self, reason);
  self->server = NULL;
}

bool
spc_client_is_in_control (const SpcClient *self)
{
  return self->losing_control ||
         (self->role == SPC_ROLE_FULL && !self->is_waiting);
}

void
spc_client_connection_closed (SpcClient *self, SpcConnection *connection)
{
  spc_connection_stats_add (&self->past, spc_connection_stats (connection));
  g_ptr_array_remove (self->connections, connection);
}

SpcConnection *
spc_client_find (SpcClient *self, uint8_t channel_type, uint8_t channel_id)
{
  for (guint i = 0; i < self->connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (self->connections, i);
    SpcChannel *channel = spc_connection_channel (connection);

    if (channel != NULL && spc_channel_type (channel) == channel_type &&
        spc_channel_id (channel) == channel_id)
      return connection;
  }
  return NULL;
}

void
spc_client_stats (SpcClient *self, SpcConnectionStats *stats)
{
  *stats = self->past;
  for (guint i = 0; i < self->connections->len; i++)
    spc_connection_stats_add (
        stats, spc_connection_stats (g_ptr_array_index (self->connections, i)));
  stats->round_trip_us = spc_client_round_trip_us (self);
}

guint32
spc_client_round_trip_us (SpcClient *self)
{
  guint32 best = 0;

  for (guint i = 0; i < self->connections->len; i++) {
    guint32 one =
        spc_connection_stats (g_ptr_array_index (self->connections, i))
            ->round_trip_us;
    if (one != 0 && (best == 0 || one < best))
      best = one;
  }
  return best;
}

gpointer
spc_client_resource (SpcClient *self, const char *kind, uint8_t id)
{
  for (guint i = 0; i < self->resources->len; i++) {
    const Resource *one = &g_array_index (self->resources, Resource, i);

    if (one->id == id && strcmp (one->kind, kind) == 0)
      return one->resource;
  }
  return NULL;
}

void
spc_client_add_resource (SpcClient *self, const char *kind, uint8_t id,
                         gpointer resource, GDestroyNotify destroy)
{
  const Resource one = {kind, id, resource, destroy};

  g_return_if_fail (spc_client_resource (self, kind, id) == NULL);
  g_array_append_val (self->resources, one);
}

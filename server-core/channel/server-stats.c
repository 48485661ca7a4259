/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server-private.h"

static void
insert_counters (GVariantDict *dict, const SpcConnectionStats *stats)
{
  g_variant_dict_insert (dict, "bytes-sent", "t", stats->bytes_sent);
  g_variant_dict_insert (dict, "bytes-received", "t", stats->bytes_received);
  g_variant_dict_insert (dict, "messages-sent", "t", stats->messages_sent);
  g_variant_dict_insert (dict, "messages-received", "t",
                         stats->messages_received);
}

static GVariant *
connection_stats (SpcConnection *connection)
{
  const SpcConnectionStats *stats = spc_connection_stats (connection);
  SpcPipe *pipe = spc_connection_pipe (connection);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (
      &dict, "name", "s",
      spc_channel_name (spc_connection_channel (connection)));
  insert_counters (&dict, stats);
  g_variant_dict_insert (&dict, "round-trip-us", "u", stats->round_trip_us);
  g_variant_dict_insert (&dict, "queued-items", "u", spc_pipe_length (pipe));
  g_variant_dict_insert (&dict, "queued-bytes", "t", pipe->bytes);
  g_variant_dict_insert (&dict, "unsent-bytes", "t",
                         (guint64)spc_connection_backlog (connection));
  g_variant_dict_insert (&dict, "encryption", "s",
                         spc_connection_encryption (connection));
  return g_variant_dict_end (&dict);
}

static GVariant *
connections_of (SpcClient *client)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < client->connections->len; i++)
    g_variant_builder_add_value (
        &list, connection_stats (g_ptr_array_index (client->connections, i)));
  return g_variant_builder_end (&list);
}

static GVariant *
client_stats (SpcClient *client)
{
  GVariantDict dict;
  SpcConnectionStats stats;

  spc_client_stats (client, &stats);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "connection-id", "u", client->id);
  g_variant_dict_insert (&dict, "address", "s", client->peer);
  g_variant_dict_insert (&dict, "user", "s", client->identity.user);
  g_variant_dict_insert (&dict, "mechanism", "s", client->identity.mechanism);
  g_variant_dict_insert (&dict, "view-only", "b",
                         client->role == SPC_ROLE_VIEW_ONLY);
  g_variant_dict_insert (&dict, "in-control", "b",
                         spc_client_is_in_control (client));
  g_variant_dict_insert (
      &dict, "connected-ms", "t",
      (guint64)((g_get_monotonic_time () - client->since_us) / 1000));
  g_variant_dict_insert (&dict, "channels", "u", client->connections->len);
  insert_counters (&dict, &stats);
  g_variant_dict_insert (&dict, "round-trip-us", "u", stats.round_trip_us);
  g_variant_dict_insert (&dict, "bitrate", "t", client->bitrate_bps);
  g_variant_dict_insert_value (&dict, "connections", connections_of (client));
  return g_variant_dict_end (&dict);
}

static GVariant *
channel_stats (SpcChannel *channel)
{
  SpcChannelClass *klass = SPC_CHANNEL_GET_CLASS (channel);
  SpcConnectionStats stats;
  GVariantDict dict;

  spc_channel_stats (channel, &stats);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "name", "s", spc_channel_name (channel));
  g_variant_dict_insert (&dict, "connections", "u",
                         spc_channel_n_connections (channel));
  insert_counters (&dict, &stats);
  if (klass->add_stats != NULL)
    klass->add_stats (channel, &dict);
  return g_variant_dict_end (&dict);
}

/* those that have happened */
static GVariant *
refusals (const SpcAcceptor *acceptor)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  for (SpcRefusal why = 0; why < SPC_N_REFUSALS; why++)
    if (spc_acceptor_n_refused (acceptor, why) > 0)
      g_variant_dict_insert (&dict, spc_refusal_name (why), "t",
                             spc_acceptor_n_refused (acceptor, why));
  return g_variant_dict_end (&dict);
}

GVariant *
spc_server_make_stats (SpcServer *self)
{
  GPtrArray *clients = spc_server_clients (self);
  GPtrArray *channels = spc_server_channels (self);
  const SpcAcceptor *acceptor = spc_server_acceptor (self);
  GVariantBuilder client_list, channel_list;
  GVariantDict dict;

  g_variant_builder_init (&client_list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < clients->len; i++)
    g_variant_builder_add_value (&client_list,
                                 client_stats (g_ptr_array_index (clients, i)));
  g_variant_builder_init (&channel_list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < channels->len; i++)
    g_variant_builder_add_value (
        &channel_list, channel_stats (g_ptr_array_index (channels, i)));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "port", "u", spc_server_port (self));
  if (acceptor != NULL) {
    g_variant_dict_insert (&dict, "pending-links", "u",
                           spc_acceptor_n_pending (acceptor));
    g_variant_dict_insert_value (&dict, "refusals", refusals (acceptor));
  }
  g_variant_dict_insert_value (&dict, "clients",
                               g_variant_builder_end (&client_list));
  g_variant_dict_insert_value (&dict, "channels",
                               g_variant_builder_end (&channel_list));
  return g_variant_dict_end (&dict);
}

typedef struct {
  SpcServer *server;
  GVariant *result;
} StatsCall;

static void
stats_on_loop (gpointer user_data)
{
  StatsCall *call = user_data;

  call->result = g_variant_ref_sink (spc_server_make_stats (call->server));
}

GVariant *
spc_server_stats (SpcServer *self)
{
  StatsCall call = {.server = self};

  spc_loop_call (spc_server_loop (self), stats_on_loop, &call);
  return call.result;
}

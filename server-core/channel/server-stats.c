/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server-private.h"

static GVariant *
client_stats (SpcClient *client)
{
  GVariantDict dict;
  SpcConnectionStats stats;

  spc_client_stats (client, &stats);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "connection-id", "u", client->id);
  g_variant_dict_insert (&dict, "address", "s", client->peer);
  g_variant_dict_insert (&dict, "view-only", "b",
                         client->role == SPC_ROLE_VIEW_ONLY);
  g_variant_dict_insert (&dict, "in-control", "b",
                         spc_client_is_in_control (client));
  g_variant_dict_insert (
      &dict, "connected-ms", "t",
      (guint64)((g_get_monotonic_time () - client->since_us) / 1000));
  g_variant_dict_insert (&dict, "channels", "u", client->connections->len);
  g_variant_dict_insert (&dict, "bytes-sent", "t", stats.bytes_sent);
  g_variant_dict_insert (&dict, "bytes-received", "t", stats.bytes_received);
  g_variant_dict_insert (&dict, "messages-sent", "t", stats.messages_sent);
  g_variant_dict_insert (&dict, "messages-received", "t",
                         stats.messages_received);
  g_variant_dict_insert (&dict, "round-trip-us", "u", stats.round_trip_us);
  g_variant_dict_insert (&dict, "bitrate", "t", client->bitrate_bps);
  return g_variant_dict_end (&dict);
}

static GVariant *
channel_stats (SpcChannel *channel)
{
  SpcChannelClass *klass = SPC_CHANNEL_GET_CLASS (channel);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "name", "s", spc_channel_name (channel));
  g_variant_dict_insert (&dict, "connections", "u",
                         spc_channel_n_connections (channel));
  if (klass->add_stats != NULL)
    klass->add_stats (channel, &dict);
  return g_variant_dict_end (&dict);
}

GVariant *
spc_server_make_stats (SpcServer *self)
{
  GPtrArray *clients = spc_server_clients (self);
  GPtrArray *channels = spc_server_channels (self);
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

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "main-channel.h"

#include "agent-move.h"
#include "line-rate.h"
#include "migrate.h"
#include "server-core/wire/messages-main.h"
#include "server-core/wire/protocol.h"

#include <string.h>

/* no long ping on a line slower than this: it would be in the way */
#define NET_TEST_MAX_ROUND_TRIP_US 200000u
/* what clients size their dictionary window by: 64 MiB as usual hosts say */
#define RAM_HINT (64u * 1024u * 1024u)

struct _SpcMain {
  SpcChannel parent;
  SpcAgent *agent; /* the server's */
};

G_DEFINE_FINAL_TYPE (SpcMain, spc_main, SPC_TYPE_CHANNEL)

#define SPC_TYPE_MAIN_CONNECTION (spc_main_connection_get_type ())
G_DECLARE_FINAL_TYPE (SpcMainConnection, spc_main_connection, SPC,
                      MAIN_CONNECTION, SpcConnection)

struct _SpcMainConnection {
  SpcConnection parent;
  bool attached;      /* has asked for the channels */
  bool has_odd_modes; /* has asked for a mouse mode that does not exist */
  SpcLineRate rate;
  SpcAgentViewer *viewer; /* of the agent; NULL when closed */
};

G_DEFINE_FINAL_TYPE (SpcMainConnection, spc_main_connection,
                     SPC_TYPE_CONNECTION)

static SpcServer *
server_of (SpcConnection *connection)
{
  return spc_channel_server (spc_connection_channel (connection));
}

static SpcAgent *
agent_of (SpcConnection *connection)
{
  return SPC_MAIN (spc_connection_channel (connection))->agent;
}

/* greeting */

static uint32_t
current_mouse_mode (SpcServer *server)
{
  return spc_server_is_client_mouse (server) ? SPICE_MOUSE_MODE_CLIENT
                                             : SPICE_MOUSE_MODE_SERVER;
}

static SpcMouseMode
make_mouse_mode (SpcServer *server)
{
  return (SpcMouseMode){
      .supported = SPICE_MOUSE_MODE_SERVER | SPICE_MOUSE_MODE_CLIENT,
      .current = (uint16_t)current_mouse_mode (server),
  };
}

static SpcMultiMediaTime
make_clock (void)
{
  return (SpcMultiMediaTime){.time = spc_mm_time_now () - SPC_MM_TIME_DELTA_MS};
}

static uint32_t
count_displays (SpcServer *server)
{
  GPtrArray *channels = spc_server_channels (server);
  uint32_t n = 0;

  for (guint i = 0; i < channels->len; i++)
    if (spc_channel_type (g_ptr_array_index (channels, i)) ==
        SPICE_CHANNEL_DISPLAY)
      n++;
  return n;
}

static void
send_init (SpcConnection *connection)
{
  SpcServer *server = server_of (connection);
  const SpcMainInit init = {
      .session_id = spc_connection_client (connection)->id,
      .display_channels_hint = count_displays (server),
      .supported_mouse_modes =
          SPICE_MOUSE_MODE_SERVER | SPICE_MOUSE_MODE_CLIENT,
      .current_mouse_mode = current_mouse_mode (server),
      .agent_connected = spc_agent_is_connected (agent_of (connection)),
      .agent_tokens = SPC_AGENT_TOKENS,
      .multi_media_time = spc_mm_time_now () - SPC_MM_TIME_DELTA_MS,
      .ram_hint = RAM_HINT,
  };

  spc_connection_send (connection, SPICE_MSG_MAIN_INIT, spc_main_init_fields,
                       &init);
}

static void
send_name (SpcConnection *connection)
{
  const char *name = spc_server_config (server_of (connection))->name;
  SpcMainName message;

  if (name == NULL ||
      !spc_connection_has_cap (connection, SPICE_MAIN_CAP_NAME_AND_UUID))
    return;
  message.length = (uint32_t)strlen (name) + 1;
  message.name.data = (const uint8_t *)name;
  message.name.size = message.length;
  spc_connection_send_latest (connection, SPICE_MSG_MAIN_NAME,
                              spc_main_name_fields, &message);
}

static void
send_uuid (SpcConnection *connection)
{
  const SpcConfig *config = spc_server_config (server_of (connection));
  SpcMainUuid message;

  if (!config->has_uuid ||
      !spc_connection_has_cap (connection, SPICE_MAIN_CAP_NAME_AND_UUID))
    return;
  memcpy (message.uuid, config->uuid, sizeof message.uuid);
  spc_connection_send (connection, SPICE_MSG_MAIN_UUID, spc_main_uuid_fields,
                       &message);
}

/* network test: a ping that wakes the line, one that is measured, and long
 * ones whose additional time tells the rate */

static void
on_long_pong (SpcConnection *connection, guint32 round_trip_us,
              gpointer user_data)
{
  SpcLineRate *rate = &SPC_MAIN_CONNECTION (connection)->rate;
  guint32 latency_us = spc_connection_stats (connection)->round_trip_us;

  if (spc_line_rate_take (rate, round_trip_us, latency_us))
    spc_connection_ping (connection, SPC_LINE_RATE_PING_BYTES, on_long_pong,
                         NULL);
  spc_connection_client (connection)->bitrate_bps = rate->bps;
  SPC_DEBUG (SPC_LOG_MAIN, "%s: round trip %u us, %" G_GUINT64_FORMAT " bit/s",
             spc_connection_name (connection), latency_us, rate->bps);
}

static void
on_second_pong (SpcConnection *connection, guint32 round_trip_us,
                gpointer user_data)
{
  if (round_trip_us < NET_TEST_MAX_ROUND_TRIP_US)
    spc_connection_ping (connection, SPC_LINE_RATE_PING_BYTES, on_long_pong,
                         NULL);
}

static void
add_entry (SpcChannelsList *list, SpcConnection *connection,
           SpcChannel *channel)
{
  uint8_t type = spc_channel_type (channel), id = spc_channel_id (channel);

  if (type == SPICE_CHANNEL_MAIN || list->count == SPC_MAX_CHANNEL_ENTRIES ||
      !spc_server_may_open (server_of (connection),
                            spc_connection_client (connection), type, id))
    return;
  list->channels[list->count++] = (SpcChannelEntry){.type = type, .id = id};
}

/* to one that has channels already, by what they are elsewhere */
static void
list_missing (SpcConnection *connection)
{
  SpcClient *client = spc_connection_client (connection);
  GPtrArray *channels = spc_server_channels (server_of (connection));
  SpcChannelsList list = {0};

  for (guint i = 0; i < channels->len; i++) {
    SpcChannel *channel = g_ptr_array_index (channels, i);

    if (spc_client_find (client, spc_channel_type (channel),
                         spc_channel_id (channel)) == NULL)
      add_entry (&list, connection, channel);
  }
  SPC_MAIN_CONNECTION (connection)->attached = true;
  if (list.count > 0)
    spc_connection_send (connection, SPICE_MSG_MAIN_CHANNELS_LIST,
                         spc_channels_list_fields, &list);
}

static void
test_network (SpcConnection *connection)
{
  if (spc_connection_is_local (connection))
    return;
  spc_connection_ping (connection, 0, NULL, NULL);
  spc_connection_ping (connection, 0, on_second_pong, NULL);
}

static void
main_connection_opened (SpcConnection *connection)
{
  SPC_MAIN_CONNECTION (connection)->viewer =
      spc_agent_open_viewer (agent_of (connection), connection);
  send_init (connection);
  send_name (connection);
  send_uuid (connection);
  /* one that moved in does not ask for the channels it has */
  if (spc_connection_client (connection)->stage == SPC_CLIENT_ARRIVING)
    list_missing (connection);
  test_network (connection);
}

static void
main_connection_leaving (SpcConnection *connection)
{
  spc_agent_leave (agent_of (connection),
                   SPC_MAIN_CONNECTION (connection)->viewer);
}

static void
main_connection_save (SpcConnection *connection, QxlWriter *writer)
{
  SpcMainBlob blob = {.device_version = 1};
  g_autoptr (GBytes) tail = spc_agent_save (
      agent_of (connection), SPC_MAIN_CONNECTION (connection)->viewer, &blob);

  spc_blob_write (writer, SPC_MAIN_BLOB_MAGIC, spc_main_blob_fields, &blob);
  qxl_writer_ref (writer, tail);
}

/* in place of INIT, which a viewer that has a session does not expect: what may
 * be another one here */
static bool
main_connection_restore (SpcConnection *connection, const QxlTail *bytes,
                         GError **error)
{
  SpcMainConnection *self = SPC_MAIN_CONNECTION (connection);
  const SpcMouseMode mode = make_mouse_mode (server_of (connection));
  const SpcMultiMediaTime clock = make_clock ();
  SpcMainBlob blob;

  self->viewer = spc_agent_open_viewer (agent_of (connection), connection);
  if (!spc_main_blob_read (bytes, &blob, error))
    return false;
  spc_connection_send (connection, SPICE_MSG_MAIN_MULTI_MEDIA_TIME,
                       spc_multi_media_time_fields, &clock);
  if (!spc_agent_restore (agent_of (connection), self->viewer, &blob, bytes,
                          error))
    return false;
  send_name (connection);
  spc_connection_send (connection, SPICE_MSG_MAIN_MOUSE_MODE,
                       spc_mouse_mode_fields, &mode);
  list_missing (connection);
  test_network (connection);
  return true;
}

static void
main_connection_closed (SpcConnection *connection)
{
  SpcMainConnection *self = SPC_MAIN_CONNECTION (connection);

  spc_agent_close_viewer (agent_of (connection),
                          g_steal_pointer (&self->viewer));
  spc_client_close (spc_connection_client (connection),
                    "main connection ended");
}

/* channels */

static bool
on_attach_channels (SpcConnection *connection, const void *message,
                    GError **error)
{
  SpcMainConnection *self = SPC_MAIN_CONNECTION (connection);
  GPtrArray *channels = spc_server_channels (server_of (connection));
  SpcChannelsList list = {0};

  for (guint i = 0; i < channels->len; i++)
    add_entry (&list, connection, g_ptr_array_index (channels, i));
  self->attached = true;
  spc_connection_send (connection, SPICE_MSG_MAIN_CHANNELS_LIST,
                       spc_channels_list_fields, &list);
  return true;
}

static void
announce (SpcConnection *connection, gpointer user_data)
{
  SpcChannelsList list = {0};

  if (!SPC_MAIN_CONNECTION (connection)->attached)
    return;
  add_entry (&list, connection, user_data);
  if (list.count == 0)
    return;
  spc_connection_send (connection, SPICE_MSG_MAIN_CHANNELS_LIST,
                       spc_channels_list_fields, &list);
  spc_connection_pump (connection);
}

/* mouse mode */

/* once a viewer: it may ask as often as it likes */
static void
warn_of_mode (SpcMainConnection *self, uint16_t mode)
{
  if (self->has_odd_modes)
    return;
  self->has_odd_modes = true;
  SPC_WARNING (SPC_LOG_MAIN,
               "%s: asks for mouse mode %u, which is neither 1 nor 2",
               spc_connection_name (SPC_CONNECTION (self)), mode);
}

static bool
on_mouse_mode_request (SpcConnection *connection, const void *message,
                       GError **error)
{
  const SpcMouseModeRequest *request = message;

  if (request->mode != SPICE_MOUSE_MODE_SERVER &&
      request->mode != SPICE_MOUSE_MODE_CLIENT) {
    warn_of_mode (SPC_MAIN_CONNECTION (connection), request->mode);
    return true;
  }
  spc_server_request_mouse_mode (server_of (connection),
                                 spc_connection_client (connection),
                                 request->mode == SPICE_MOUSE_MODE_CLIENT);
  return true;
}

static void
send_mouse_mode (SpcMain *self)
{
  const SpcMouseMode mode =
      make_mouse_mode (spc_channel_server (SPC_CHANNEL (self)));

  spc_channel_broadcast (SPC_CHANNEL (self), SPICE_MSG_MAIN_MOUSE_MODE,
                         spc_mouse_mode_fields, &mode);
}

static void
announce_name (SpcConnection *connection, gpointer user_data)
{
  send_name (connection);
  spc_connection_pump (connection);
}

static void
send_clock (SpcChannel *channel)
{
  const SpcMultiMediaTime clock = make_clock ();

  spc_channel_broadcast (channel, SPICE_MSG_MAIN_MULTI_MEDIA_TIME,
                         spc_multi_media_time_fields, &clock);
}

static void
main_server_changed (SpcChannel *channel, SpcServerChange change,
                     SpcChannel *subject)
{
  if (change == SPC_CHANGE_CHANNEL_ADDED)
    spc_channel_foreach (channel, announce, subject);
  else if (change == SPC_CHANGE_MOUSE_MODE)
    send_mouse_mode (SPC_MAIN (channel));
  else if (change == SPC_CHANGE_CLOCK)
    send_clock (channel);
  else if (change == SPC_CHANGE_NAME)
    spc_channel_foreach (channel, announce_name, NULL);
  else if (change == SPC_CHANGE_ROLE)
    spc_agent_roles_changed (SPC_MAIN (channel)->agent);
}

/* the agent */

static bool
on_agent_start (SpcConnection *connection, const void *message, GError **error)
{
  const SpcAgentTokens *start = message;

  spc_agent_viewer_start (SPC_MAIN_CONNECTION (connection)->viewer,
                          start->tokens);
  return true;
}

static bool
on_agent_token (SpcConnection *connection, const void *message, GError **error)
{
  const SpcAgentTokens *grant = message;

  spc_agent_viewer_grant (SPC_MAIN_CONNECTION (connection)->viewer,
                          grant->tokens);
  return true;
}

static bool
on_agent_data (SpcConnection *connection, const void *message, GError **error)
{
  const QxlTail *data = message;

  return spc_agent_viewer_receive (SPC_MAIN_CONNECTION (connection)->viewer,
                                   data->data, data->size, error);
}

static bool
ignore (SpcConnection *connection, const void *message, GError **error)
{
  return true;
}

/* sizes: spec, limits, maximum body per client message */
static const SpcMessageHandler handlers[] = {
    {SPICE_MSGC_MAIN_CLIENT_INFO, 8, 8, NULL, 0, ignore},
    {SPICE_MSGC_MAIN_MIGRATE_CONNECTED, 0, 0, NULL, 0,
     spc_migration_on_connected},
    {SPICE_MSGC_MAIN_MIGRATE_CONNECT_ERROR, 0, 0, NULL, 0,
     spc_migration_on_connect_error},
    {SPICE_MSGC_MAIN_ATTACH_CHANNELS, 0, 0, NULL, 0, on_attach_channels},
    {SPICE_MSGC_MAIN_MOUSE_MODE_REQUEST, 2, 2, spc_mouse_mode_request_fields,
     sizeof (SpcMouseModeRequest), on_mouse_mode_request},
    {SPICE_MSGC_MAIN_AGENT_START, 4, 4, spc_agent_tokens_fields,
     sizeof (SpcAgentTokens), on_agent_start},
    {SPICE_MSGC_MAIN_AGENT_DATA, 0, SPC_MAX_AGENT_CHUNK, NULL, 0,
     on_agent_data},
    {SPICE_MSGC_MAIN_AGENT_TOKEN, 4, 4, spc_agent_tokens_fields,
     sizeof (SpcAgentTokens), on_agent_token},
    {SPICE_MSGC_MAIN_MIGRATE_END, 0, 0, NULL, 0, spc_migration_on_end,
     .when_held = true},
    {SPICE_MSGC_MAIN_MIGRATE_DST_DO_SEAMLESS, 4, 4,
     spc_migrate_do_seamless_fields, sizeof (SpcMigrateDoSeamless),
     spc_migration_on_do_seamless, .when_held = true},
    {SPICE_MSGC_MAIN_MIGRATE_CONNECTED_SEAMLESS, 0, 0, NULL, 0,
     spc_migration_on_connected_seamless},
    {SPICE_MSGC_MAIN_QUALITY_INDICATOR, 0, 256, NULL, 0, ignore},
};

static void
spc_main_connection_class_init (SpcMainConnectionClass *klass)
{
  SpcConnectionClass *connection = SPC_CONNECTION_CLASS (klass);

  connection->log_category = SPC_LOG_MAIN;
  connection->handlers = handlers;
  connection->n_handlers = G_N_ELEMENTS (handlers);
  connection->opened = main_connection_opened;
  connection->closed = main_connection_closed;
  connection->leaving = main_connection_leaving;
  connection->save = main_connection_save;
  connection->restore = main_connection_restore;
}

static void
spc_main_connection_init (SpcMainConnection *self)
{
}

static void
main_detached (SpcChannel *channel)
{
  spc_migration_stop (spc_server_migration (spc_channel_server (channel)));
}

static void
spc_main_class_init (SpcMainClass *klass)
{
  SpcChannelClass *channel = SPC_CHANNEL_CLASS (klass);

  channel->channel_type = SPICE_CHANNEL_MAIN;
  channel->connection_type = SPC_TYPE_MAIN_CONNECTION;
  channel->detached = main_detached;
  channel->server_changed = main_server_changed;
  spc_caps_set (&channel->caps, SPICE_MAIN_CAP_NAME_AND_UUID);
  spc_caps_set (&channel->caps, SPICE_MAIN_CAP_AGENT_CONNECTED_TOKENS);
  spc_caps_set (&channel->caps, SPICE_MAIN_CAP_SEMI_SEAMLESS_MIGRATE);
  spc_caps_set (&channel->caps, SPICE_MAIN_CAP_SEAMLESS_MIGRATE);
}

static void
spc_main_init (SpcMain *self)
{
}

SpcMain *
spc_main_new (SpcServer *server)
{
  SpcMain *self = g_object_new (SPC_TYPE_MAIN, NULL);

  spc_channel_construct (SPC_CHANNEL (self), server, 0);
  self->agent = spc_agent_new (server);
  spc_migration_new (server);
  return self;
}

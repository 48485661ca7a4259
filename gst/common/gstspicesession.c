/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicesession.h"

#include "gst/common/gstspiceagentport.h"
#include "gst/common/gstspiceauth.h"
#include "gst/common/gstspicebus.h"
#include "gst/common/gstspiceclients.h"
#include "gst/common/gstspiceclipboardend.h"
#include "gst/common/gstspicelog.h"
#include "gst/common/gstspicemigration.h"
#include "gst/common/gstspiceports.h"
#include "gst/common/gstspicestats.h"
#include "gst/common/gstspicetls-private.h"
#include "gst/encoder/gstspicevideofactory.h"
#include "server-core/video/video-codec.h"

typedef struct {
  SpcCursor *channel; /* owned; NULL: nobody has it */
  guint n_users;
} Cursor;

struct _GstSpiceSession {
  /* set by start, read by any thread */
  GstSpiceSessionFuncs funcs;
  gpointer user_data; /* owned by the bus */
  /* any thread: they lock themselves */
  SpcServer *server;
  int tls_port; /* 0: none */
  GstSpiceBus *bus;
  GstSpiceNavTable navs;
  GstSpiceInputReaders readers;
  GstSpiceClients clients;
  SpcAgentPort *agent_port;        /* the server's; NULL: none */
  GstSpiceDesk *desk;              /* owned; outlives the server */
  GstSpiceClipboardEnd *clipboard; /* owned; outlives the server */
  GstSpiceVideoFactory *factory;   /* owned; outlives the server */
  GstSpiceFiles *files;            /* owned; outlives the server */
  /* under the lock, which is never held while calling out */
  GMutex lock;
  guint slots[GST_SPICE_N_SLOTS]; /* bit n: number n is taken */
  /* under their lock, held while one is added or removed */
  GMutex cursor_lock;
  Cursor cursors[SPC_MAX_DISPLAYS];
};

/* host: loop thread */

static void
tell (GstSpiceSession *self, GstStructure *event)
{
  gst_spice_bus_push (self->bus, event);
}

static bool
on_authenticates (gpointer user_data)
{
  GstSpiceSession *self = user_data;

  return self->funcs.authenticates &&
         self->funcs.authenticates (self->user_data);
}

static void
on_authenticate (const SpcAuthQuestion *question, gpointer user_data)
{
  GstSpiceSession *self = user_data;

  tell (self, gst_spice_auth_event (
                  gst_spice_auth_request_new (self->server, question)));
}

static void
on_auth_withdrawn (GCancellable *cancellable, gpointer user_data)
{
  tell (user_data, gst_spice_auth_withdrawal (cancellable));
}

static bool
on_authorize_channel (const SpcClientInfo *client, uint8_t type, uint8_t id,
                      gpointer user_data)
{
  GstSpiceSession *self = user_data;

  return !self->funcs.authorize ||
         self->funcs.authorize (client, type, id, self->user_data);
}

static bool
on_client_connecting (const SpcClientInfo *info, SpcRole *role,
                      gpointer user_data)
{
  GstSpiceSession *self = user_data;
  bool is_welcome;

  gst_spice_clients_begin_asking (&self->clients, info);
  is_welcome = self->funcs.connecting (info->id, info->peer, self->user_data);
  *role = gst_spice_clients_end_asking (&self->clients);
  tell (self, gst_structure_new (
                  "spice-client-connecting", "connection-id", G_TYPE_UINT,
                  (guint)info->id, "address", G_TYPE_STRING, info->peer, "user",
                  G_TYPE_STRING, info->identity->user, "view-only",
                  G_TYPE_BOOLEAN, *role == SPC_ROLE_VIEW_ONLY, "accepted",
                  G_TYPE_BOOLEAN, is_welcome, NULL));
  return is_welcome;
}

static void
on_client_added (const SpcClientInfo *info, gpointer user_data)
{
  GstSpiceSession *self = user_data;
  GstStructure *event = gst_spice_clients_describe (info);

  gst_structure_set_name (event, "spice-client-added");
  gst_spice_clients_add (&self->clients, info);
  tell (self, event);
}

static void
on_client_removed (const SpcClientInfo *info, const char *reason, guint n_left,
                   gpointer user_data)
{
  GstSpiceSession *self = user_data;

  gst_spice_clients_remove (&self->clients, info->id);
  tell (self, gst_structure_new ("spice-client-removed", "connection-id",
                                 G_TYPE_UINT, (guint)info->id, "address",
                                 G_TYPE_STRING, info->peer, "user",
                                 G_TYPE_STRING, info->identity->user, "reason",
                                 G_TYPE_STRING, reason ? reason : "",
                                 "num-clients", G_TYPE_UINT, n_left, NULL));
}

static void
on_client_rejected (const SpcRejection *rejection, gpointer user_data)
{
  tell (user_data,
        gst_structure_new ("spice-client-rejected", "address", G_TYPE_STRING,
                           rejection->peer, "code", G_TYPE_INT, rejection->code,
                           "refusal", G_TYPE_STRING,
                           spc_refusal_name (rejection->why), "reason",
                           G_TYPE_STRING, rejection->reason, "untold",
                           G_TYPE_UINT, rejection->n_untold, NULL));
}

static void
on_auth_failed (const SpcAuthFailure *failure, gpointer user_data)
{
  tell (user_data,
        gst_structure_new ("spice-auth-failed", "address", G_TYPE_STRING,
                           failure->peer, "failures", G_TYPE_UINT,
                           failure->n_failures, "delay-ms", G_TYPE_UINT,
                           (guint)failure->delay_ms, "mechanism", G_TYPE_STRING,
                           failure->identity->mechanism, "user", G_TYPE_STRING,
                           failure->identity->user, "untold", G_TYPE_UINT,
                           failure->n_untold, NULL));
}

static void
on_mouse_mode_changed (bool client_mode, gpointer user_data)
{
  tell (user_data, gst_structure_new ("spice-mouse-mode", "mode", G_TYPE_STRING,
                                      client_mode ? "client" : "server", NULL));
}

static void
on_role_changed (uint32_t id, SpcRole role, gpointer user_data)
{
  GstSpiceSession *self = user_data;

  gst_spice_clients_set_role (&self->clients, id, role);
}

static void
on_control_changed (SpcControlRule rule, const uint32_t *ids, guint n,
                    gpointer user_data)
{
  static const char *const names[] = {"all", "first", "last", "named"};
  GstSpiceSession *self = user_data;

  gst_spice_clients_set_in_control (&self->clients, ids, n);
  tell (self, gst_structure_new ("spice-control-changed", "connection-id",
                                 G_TYPE_UINT, n == 1 ? (guint)ids[0] : 0,
                                 "in-control", G_TYPE_UINT, n, "control",
                                 G_TYPE_STRING, names[rule], NULL));
}

static const SpcHost host = {
    .authenticates = on_authenticates,
    .authenticate = on_authenticate,
    .auth_withdrawn = on_auth_withdrawn,
    .authorize_channel = on_authorize_channel,
    .client_connecting = on_client_connecting,
    .client_added = on_client_added,
    .client_removed = on_client_removed,
    .client_rejected = on_client_rejected,
    .auth_failed = on_auth_failed,
    .mouse_mode_changed = on_mouse_mode_changed,
    .role_changed = on_role_changed,
    .control_changed = on_control_changed,
};

static void
on_input (const SpcInputEvent *event, gpointer user_data)
{
  GstSpiceSession *self = user_data;

  gst_spice_input_readers_push (&self->readers, event);
  gst_spice_nav_table_route (&self->navs, event);
}

static const SpcInputSink input_sink = {.event = on_input};

/* encoders: their threads */

static bool
on_encoder_setup (uint8_t number, GstElement *encoder, gpointer user_data)
{
  GstSpiceSession *self = user_data;
  const SpcVideoCodec *codec = spc_video_codec_find (number);

  return codec &&
         self->funcs.encoder_setup (codec->name, encoder, self->user_data);
}

static void
on_encoder_failed (const char *factory, const GError *error, gpointer user_data)
{
  tell (user_data, gst_structure_new ("spice-encoder-failed", "encoder",
                                      G_TYPE_STRING, factory, "reason",
                                      G_TYPE_STRING, error->message, NULL));
}

static const GstSpiceVideoFactoryFuncs factory_funcs = {
    .setup = on_encoder_setup,
    .failed = on_encoder_failed,
};

static SpcVideoConfig
video_config (GstSpiceSession *self, const GstSpiceSettings *settings)
{
  SpcVideoConfig video = gst_spice_settings_video (settings);

  video.factory = gst_spice_video_factory_iface (self->factory);
  if (video.use != SPC_VIDEO_OFF)
    gst_spice_video_factory_prepare (self->factory, video.codecs);
  return video;
}

/* life */

static void
clear_session (gpointer data)
{
  GstSpiceSession *self = data;

  g_clear_object (&self->server);
  gst_spice_files_free (self->files);
  gst_spice_video_factory_close (self->factory);
  gst_spice_video_factory_unref (self->factory);
  gst_spice_desk_free (self->desk);
  gst_spice_bus_stop (self->bus);
  gst_spice_nav_table_clear (&self->navs);
  gst_spice_clipboard_end_free (self->clipboard);
  gst_spice_input_readers_clear (&self->readers);
  gst_spice_clients_clear (&self->clients);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->cursor_lock);
}

GstSpiceSession *
gst_spice_session_ref (GstSpiceSession *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
gst_spice_session_unref (GstSpiceSession *self)
{
  if (self)
    g_atomic_rc_box_release_full (self, clear_session);
}

/* Says in the settings' words what server-core refused. */
static void
explain (GError *cause, const SpcConfig *config, GError **error)
{
  gboolean is_settings = g_error_matches (cause, SPC_ERROR, SPC_ERROR_SETTINGS);

  g_set_error (error, GST_RESOURCE_ERROR,
               is_settings ? GST_RESOURCE_ERROR_SETTINGS
                           : GST_RESOURCE_ERROR_OPEN_READ_WRITE,
               "Cannot listen: address \"%s\", port %d, tls-port %d, "
               "unix-path \"%s\": %s",
               config->address ? config->address : "127.0.0.1", config->port,
               config->tls_port, config->unix_path ? config->unix_path : "",
               cause->message);
  g_error_free (cause);
}

static GstSpiceSession *
new_session (GMainContext *context, const GstSpiceSessionFuncs *funcs,
             gpointer user_data, GDestroyNotify destroy)
{
  GstSpiceSession *self = g_atomic_rc_box_new0 (GstSpiceSession);
  g_autoptr (GstSpiceEncoderProbe) probe =
      gst_spice_encoder_probe_get_shared ();

  self->funcs = *funcs;
  self->user_data = user_data;
  self->bus = gst_spice_bus_new (context, funcs->event, user_data, destroy);
  gst_spice_clients_init (&self->clients);
  g_mutex_init (&self->lock);
  g_mutex_init (&self->cursor_lock);
  gst_spice_nav_table_init (&self->navs);
  gst_spice_input_readers_init (&self->readers);
  self->factory = gst_spice_video_factory_new (probe, &factory_funcs, self);
  return self;
}

static bool
start_server (GstSpiceSession *self, const GstSpiceSettings *settings,
              SpcConfig *config, GMainContext *context, GError **error)
{
  GError *cause = NULL;

  config->video = video_config (self, settings);
  self->server = spc_new (config, context, &host, &input_sink, self);
  self->desk = gst_spice_desk_new (self->server, self->bus);
  gst_spice_migration_bind (self->server, self->bus, settings);
  self->clipboard = gst_spice_clipboard_end_new (self->server, self->bus);
  self->files = gst_spice_files_new (self->server, self->bus, settings,
                                     self->funcs.get_owner, self->user_data);
  gst_spice_ports_bind (self->server, self->bus);
  gst_spice_session_apply (self, GST_SPICE_SETTING_PASSWORD, settings, NULL);
  gst_spice_session_apply (self, GST_SPICE_SETTING_CLIPBOARD, settings, NULL);
  self->agent_port =
      gst_spice_agent_port_new (self->server, self->desk, settings);
  if (!spc_server_start (self->server, &cause)) {
    explain (cause, config, error);
  } else if (gst_spice_agent_port_listen (self->agent_port, settings, error)) {
    self->tls_port = spc_server_tls_port (self->server);
    return true;
  }
  spc_server_stop (self->server);
  return false;
}

GstSpiceSession *
gst_spice_session_start (const GstSpiceSettings *settings,
                         GMainContext *context,
                         const GstSpiceSessionFuncs *funcs, gpointer user_data,
                         GDestroyNotify destroy, GError **error)
{
  GstSpiceSession *self = new_session (context, funcs, user_data, destroy);
  SpcConfig config;
  bool is_started;

  gst_spice_log_update ();
  spc_config_init (&config);
  is_started = gst_spice_settings_to_config (settings, &config, error) &&
               start_server (self, settings, &config, context, error);
  spc_config_clear (&config);
  if (!is_started)
    g_clear_pointer (&self, gst_spice_session_unref);
  return self;
}

void
gst_spice_session_stop (GstSpiceSession *self)
{
  gst_spice_agent_port_stop (self->agent_port);
  spc_server_stop (self->server);
}

void
gst_spice_session_finish (GstSpiceSession *self)
{
  gst_spice_video_factory_close (self->factory);
  gst_spice_files_stop (self->files);
  gst_spice_bus_stop (g_steal_pointer (&self->bus));
}

/* asking */

SpcServer *
gst_spice_session_server (GstSpiceSession *self)
{
  return self->server;
}

int
gst_spice_session_port (GstSpiceSession *self)
{
  int port = spc_server_port (self->server);

  return port > 0 ? port : -1;
}

int
gst_spice_session_tls_port (GstSpiceSession *self)
{
  return self->tls_port > 0 ? self->tls_port : -1;
}

GPtrArray *
gst_spice_session_clients (GstSpiceSession *self)
{
  return gst_spice_clients_list (&self->clients);
}

guint
gst_spice_session_n_clients (GstSpiceSession *self)
{
  return gst_spice_clients_count (&self->clients);
}

GstStructure *
gst_spice_session_stats (GstSpiceSession *self)
{
  g_autoptr (GVariant) stats = spc_server_stats (self->server);

  return gst_spice_stats_from_variant (GST_SPICE_STATS_NAME, stats);
}

/* changing */

bool
gst_spice_session_apply (GstSpiceSession *self, GstSpiceSetting setting,
                         const GstSpiceSettings *settings, GError **error)
{
  SpcImageConfig images;
  SpcVideoConfig video;

  switch (setting) {
  case GST_SPICE_SETTING_PASSWORD:
  case GST_SPICE_SETTING_PASSWORD_EXPIRES:
    spc_server_set_password (
        self->server,
        gst_spice_settings_string (settings, GST_SPICE_SETTING_PASSWORD),
        gst_spice_settings_uint (settings, GST_SPICE_SETTING_PASSWORD_EXPIRES));
    break;
  case GST_SPICE_SETTING_DISABLE_TICKETING:
    spc_server_set_anonymous (self->server,
                              gst_spice_settings_bool (settings, setting));
    break;
  case GST_SPICE_SETTING_SESSION_NAME:
    spc_server_set_name (self->server,
                         gst_spice_settings_string (settings, setting));
    break;
  case GST_SPICE_SETTING_VIEW_ONLY:
    spc_server_set_default_role (self->server,
                                 gst_spice_settings_bool (settings, setting)
                                     ? SPC_ROLE_VIEW_ONLY
                                     : SPC_ROLE_FULL);
    break;
  case GST_SPICE_SETTING_CONTROL:
    spc_server_set_control (self->server,
                            gst_spice_settings_control (settings));
    break;
  case GST_SPICE_SETTING_CLIPBOARD:
  case GST_SPICE_SETTING_CLIPBOARD_MAX_SIZE:
    gst_spice_clipboard_end_apply (self->clipboard, settings);
    gst_spice_agent_port_apply (self->agent_port, settings);
    break;
  case GST_SPICE_SETTING_FILE_TRANSFER_DIR:
  case GST_SPICE_SETTING_FILE_TRANSFER_MAX_SIZE:
  case GST_SPICE_SETTING_FILE_TRANSFER_QUOTA:
  case GST_SPICE_SETTING_FILE_TRANSFER:
    gst_spice_files_apply (self->files, settings);
    gst_spice_agent_port_apply (self->agent_port, settings);
    break;
  case GST_SPICE_SETTING_IMAGE_COMPRESSION:
  case GST_SPICE_SETTING_JPEG:
  case GST_SPICE_SETTING_ZLIB_GLZ:
    images = gst_spice_settings_images (settings);
    spc_server_set_images (self->server, &images);
    break;
  case GST_SPICE_SETTING_STREAMING_VIDEO:
  case GST_SPICE_SETTING_VIDEO_CODECS:
  case GST_SPICE_SETTING_START_BITRATE:
  case GST_SPICE_SETTING_MIN_BITRATE:
  case GST_SPICE_SETTING_MAX_BITRATE:
    video = video_config (self, settings);
    spc_server_set_video (self->server, &video);
    break;
  case GST_SPICE_SETTING_SEAMLESS_MIGRATION:
  case GST_SPICE_SETTING_MIGRATION_KEY:
    gst_spice_migration_apply (self->server, settings);
    break;
  case GST_SPICE_SETTING_TLS_CERTIFICATE:
    return gst_spice_tls_apply (self->server, settings, error);
  default:
    break;
  }
  return true;
}

gboolean
gst_spice_session_set_view_only (GstSpiceSession *self, guint id,
                                 gboolean view_only)
{
  gboolean is_connected;

  if (!gst_spice_clients_choose_role (&self->clients, id, view_only,
                                      &is_connected))
    return FALSE;
  if (is_connected)
    spc_server_set_client_role (self->server, id,
                                view_only ? SPC_ROLE_VIEW_ONLY : SPC_ROLE_FULL);
  return TRUE;
}

gboolean
gst_spice_session_give_control (GstSpiceSession *self, guint id)
{
  gboolean is_known = id == 0 || gst_spice_clients_has (&self->clients, id);

  if (is_known)
    spc_server_give_control (self->server, id);
  return is_known;
}

gboolean
gst_spice_session_disconnect (GstSpiceSession *self, guint id)
{
  gboolean is_known = gst_spice_clients_has (&self->clients, id);

  if (is_known)
    spc_server_disconnect_client (self->server, id);
  return is_known;
}

/* for elements */

/* how many channels of a kind viewers cope with */
static const guint n_numbers[GST_SPICE_N_SLOTS] = {
    [GST_SPICE_SLOT_DISPLAY] = SPC_MAX_DISPLAYS,
    [GST_SPICE_SLOT_CURSOR] = SPC_MAX_DISPLAYS,
    [GST_SPICE_SLOT_PLAYBACK] = 1,
    [GST_SPICE_SLOT_RECORD] = 1,
};

int
gst_spice_session_claim (GstSpiceSession *self, GstSpiceSlot slot, int wanted)
{
  int id = -1;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < n_numbers[slot] && id < 0; i++)
    if ((wanted < 0 || (guint)wanted == i) && !(self->slots[slot] & 1u << i))
      id = (int)i;
  if (id >= 0)
    self->slots[slot] |= 1u << id;
  g_mutex_unlock (&self->lock);
  return id;
}

void
gst_spice_session_release (GstSpiceSession *self, GstSpiceSlot slot, int id)
{
  if (id < 0)
    return;
  g_mutex_lock (&self->lock);
  self->slots[slot] &= ~(1u << id);
  g_mutex_unlock (&self->lock);
}

SpcCursor *
gst_spice_session_acquire_cursor (GstSpiceSession *self, guint display_id)
{
  Cursor *cursor = &self->cursors[display_id];

  g_mutex_lock (&self->cursor_lock);
  if (cursor->n_users++ == 0) {
    cursor->channel = spc_cursor_new (self->server, (uint8_t)display_id);
    spc_server_add_channel (self->server, SPC_CHANNEL (cursor->channel));
  }
  g_mutex_unlock (&self->cursor_lock);
  return cursor->channel;
}

void
gst_spice_session_release_cursor (GstSpiceSession *self, guint display_id)
{
  Cursor *cursor = &self->cursors[display_id];

  g_mutex_lock (&self->cursor_lock);
  if (--cursor->n_users == 0) {
    spc_server_remove_channel (self->server, SPC_CHANNEL (cursor->channel));
    g_clear_object (&cursor->channel);
  }
  g_mutex_unlock (&self->cursor_lock);
}

GstSpiceClipboardEnd *
gst_spice_session_clipboard (GstSpiceSession *self)
{
  return self->clipboard;
}

GstSpiceNavTable *
gst_spice_session_nav_table (GstSpiceSession *self)
{
  return &self->navs;
}

GstSpiceDesk *
gst_spice_session_desk (GstSpiceSession *self)
{
  return self->desk;
}

GstSpiceFiles *
gst_spice_session_files (GstSpiceSession *self)
{
  return self->files;
}

GstSpiceInputReaders *
gst_spice_session_input_readers (GstSpiceSession *self)
{
  return &self->readers;
}

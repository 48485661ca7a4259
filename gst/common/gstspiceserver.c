/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:gstspiceserver
 * @title: GstSpiceServer
 * @short_description: a SPICE server that elements share
 *
 * An application that wants more than properties of elements makes a server,
 * connects to its signals, gives it to one element and lets the others find it:
 *
 * |[<!-- language="C" -->
 * GstSpiceServer *server = gst_spice_server_new (NULL);
 * g_object_set (server, "port", 5930, "password", "secret", NULL);
 * g_signal_connect (server, "client-added", G_CALLBACK (on_added), NULL);
 * g_object_set (spicesink, "server", server, NULL);
 * ]|
 *
 * Signals about clients come from a thread of the server ("spice-bus"), or from
 * the application's #GMainContext when #GstSpiceServer:context is set.
 */
#include "gst/common/gstspiceserver.h"

#include "gst/common/gstspiceauth.h"
#include "gst/common/gstspiceclipboardsignals.h"
#include "gst/common/gstspicemigration.h"
#include "gst/common/gstspicefilesignals.h"
#include "gst/common/gstspicemessages.h"
#include "gst/common/gstspiceports.h"
#include "gst/common/gstspiceregistry.h"
#include "gst/common/gstspiceroles.h"
#include "gst/common/gstspiceshare.h"
#include "gst/common/gstspicetls-private.h"

GST_DEBUG_CATEGORY_STATIC (server_debug);
#define GST_CAT_DEFAULT server_debug

struct _GstSpiceServer {
  GstObject parent;
  GstSpiceShare *share; /* locks itself */
};

G_DEFINE_FINAL_TYPE_WITH_CODE (GstSpiceServer, gst_spice_server,
                               GST_TYPE_OBJECT,
                               GST_DEBUG_CATEGORY_INIT (server_debug,
                                                        "spiceserver", 0,
                                                        "SPICE server object"))

enum {
  PROP_0,
  PROP_CONTEXT,
  PROP_CURRENT_PORT,
  PROP_CURRENT_TLS_PORT,
  PROP_NUM_CLIENTS,
  PROP_STATS,
  PROP_FIRST_SETTING,
  PROP_LAST_SETTING = PROP_FIRST_SETTING + GST_SPICE_N_SETTINGS - 1,
};

enum {
  CLIENT_CONNECTING,
  CLIENT_ADDED,
  CLIENT_REMOVED,
  CLIENT_REJECTED,
  ENCODER_SETUP,
  GET_CLIENTS,
  DISCONNECT_CLIENT,
  SET_TICKET,
  SET_KEYBOARD_LEDS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* events */

static gboolean
on_connecting (GstSpiceServer *self, guint id, const char *address)
{
  gboolean is_welcome = FALSE;

  g_signal_emit (self, signals[CLIENT_CONNECTING], 0, id, address, &is_welcome);
  return is_welcome;
}

static void
emit_added (GstSpiceServer *self, const GstStructure *event)
{
  guint id = 0;

  gst_structure_get_uint (event, "connection-id", &id);
  g_object_notify (G_OBJECT (self), "num-clients");
  g_signal_emit (self, signals[CLIENT_ADDED], 0, id,
                 gst_structure_get_string (event, "address"));
}

static void
emit_removed (GstSpiceServer *self, const GstStructure *event)
{
  guint id = 0;

  gst_structure_get_uint (event, "connection-id", &id);
  g_object_notify (G_OBJECT (self), "num-clients");
  g_signal_emit (self, signals[CLIENT_REMOVED], 0, id,
                 gst_structure_get_string (event, "address"),
                 gst_structure_get_string (event, "reason"));
}

static void
emit_rejected (GstSpiceServer *self, const GstStructure *event)
{
  const char *why = gst_structure_get_string (event, "refusal");

  g_signal_emit (self, signals[CLIENT_REJECTED], g_quark_from_string (why),
                 gst_structure_get_string (event, "address"),
                 gst_structure_get_string (event, "reason"));
}

static const struct {
  const char *name;
  void (*emit) (GstSpiceServer *self, const GstStructure *event);
} emitters[] = {
    {"spice-client-added", emit_added},
    {"spice-client-removed", emit_removed},
    {"spice-client-rejected", emit_rejected},
    {"spice-control-changed", gst_spice_roles_emit},
    {"spice-file-transfer", gst_spice_file_signals_emit_done},
};

static void
on_event (GstSpiceServer *self, const GstStructure *event)
{
  GST_INFO_OBJECT (self, "%" GST_PTR_FORMAT, event);
  for (gsize i = 0; i < G_N_ELEMENTS (emitters); i++)
    if (gst_structure_has_name (event, emitters[i].name))
      emitters[i].emit (self, event);
}

static void
on_changed (GstSpiceServer *self)
{
  GST_INFO_OBJECT (self, "port %d", gst_spice_server_get_current_port (self));
  g_object_notify (G_OBJECT (self), "current-port");
  g_object_notify (G_OBJECT (self), "current-tls-port");
}

static gboolean
on_encoder_setup (GstSpiceServer *self, const char *codec, GstElement *encoder)
{
  gboolean is_done = FALSE;

  g_signal_emit (self, signals[ENCODER_SETUP], 0, codec, encoder, &is_done);
  return is_done;
}

static const GstSpiceShareFuncs share_funcs = {
    .connecting = on_connecting,
    .event = on_event,
    .encoder_setup = on_encoder_setup,
    .changed = on_changed,
};

GstSpiceShare *
gst_spice_server_share (GstSpiceServer *owner)
{
  return owner->share;
}

/* object */

static void
gst_spice_server_init (GstSpiceServer *self)
{
  self->share = gst_spice_share_new (self, &share_funcs);
}

static void
gst_spice_server_finalize (GObject *object)
{
  gst_spice_share_free (GST_SPICE_SERVER (object)->share);
  G_OBJECT_CLASS (gst_spice_server_parent_class)->finalize (object);
}

static void
gst_spice_server_set_property (GObject *object, guint id, const GValue *value,
                               GParamSpec *spec)
{
  GstSpiceServer *self = GST_SPICE_SERVER (object);

  if (id == PROP_CONTEXT)
    gst_spice_share_set_context (self->share, g_value_get_boxed (value));
  else if (id >= PROP_FIRST_SETTING && id <= PROP_LAST_SETTING)
    gst_spice_share_set_setting (self->share, id - PROP_FIRST_SETTING, value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_spice_server_get_property (GObject *object, guint id, GValue *value,
                               GParamSpec *spec)
{
  GstSpiceServer *self = GST_SPICE_SERVER (object);

  if (id == PROP_CURRENT_PORT)
    g_value_set_int (value, gst_spice_server_get_current_port (self));
  else if (id == PROP_CURRENT_TLS_PORT)
    g_value_set_int (value, gst_spice_server_get_current_tls_port (self));
  else if (id == PROP_NUM_CLIENTS)
    g_value_set_uint (value, gst_spice_server_get_num_clients (self));
  else if (id == PROP_STATS)
    g_value_take_boxed (value, gst_spice_server_get_stats (self));
  else if (id >= PROP_FIRST_SETTING && id <= PROP_LAST_SETTING)
    gst_spice_share_get_setting (self->share, id - PROP_FIRST_SETTING, value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static gboolean
welcome (GstSpiceServer *self, guint id, const char *address)
{
  return TRUE;
}

/* one refusal is enough */
static gboolean
all_agree (GSignalInvocationHint *hint, GValue *sum, const GValue *answer,
           gpointer user_data)
{
  g_value_copy (answer, sum);
  return g_value_get_boolean (answer);
}

static GstStructure *
get_clients_action (GstSpiceServer *self)
{
  g_autoptr (GPtrArray) clients = gst_spice_server_get_clients (self);
  GstStructure *answer =
      gst_structure_new_empty ("application/x-spice-clients");
  GValue list = G_VALUE_INIT;

  g_value_init (&list, GST_TYPE_ARRAY);
  for (guint i = 0; i < clients->len; i++) {
    GValue client = G_VALUE_INIT;

    g_value_init (&client, GST_TYPE_STRUCTURE);
    g_value_set_boxed (&client, g_ptr_array_index (clients, i));
    gst_value_array_append_and_take_value (&list, &client);
  }
  gst_structure_take_value (answer, "clients", &list);
  return answer;
}

static void
install_properties (GObjectClass *klass)
{
  /**
   * GstSpiceServer:context:
   *
   * The #GMainContext the server runs in; the application iterates it. %NULL:
   * the server has a thread of its own.
   */
  g_object_class_install_property (
      klass, PROP_CONTEXT,
      g_param_spec_boxed (
          "context", "Context", "Main context to run in; none: an own thread",
          G_TYPE_MAIN_CONTEXT,
          G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
  /**
   * GstSpiceServer:current-port:
   *
   * The TCP port the server listens on, -1 when there is none. Changes, and is
   * notified, when the server starts and when it stops.
   */
  g_object_class_install_property (
      klass, PROP_CURRENT_PORT,
      g_param_spec_int ("current-port", "Current port",
                        "TCP port the server listens on; -1: none", -1, 65535,
                        -1, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  /**
   * GstSpiceServer:num-clients:
   *
   * How many viewers are connected. Notified before
   * #GstSpiceServer::client-added and #GstSpiceServer::client-removed.
   */
  g_object_class_install_property (
      klass, PROP_NUM_CLIENTS,
      g_param_spec_uint ("num-clients", "Number of clients",
                         "Viewers connected at this moment", 0, G_MAXUINT, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  /**
   * GstSpiceServer:stats:
   *
   * What gst_spice_server_get_stats() returns.
   */
  g_object_class_install_property (
      klass, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
                          "Structure, see docs/messages.md", GST_TYPE_STRUCTURE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  gst_spice_settings_install (klass, PROP_FIRST_SETTING);
}

static void
install_signals (GType type)
{
  /**
   * GstSpiceServer::client-connecting:
   * @self: the server
   * @connection_id: stands for the viewer, if it comes in
   * @address: where it connects from
   *
   * A viewer has proven itself. Emitted on the server's loop, which waits:
   * answer at once, and change no element's state. Its role may be set.
   *
   * Returns: %FALSE to refuse the viewer
   */
  signals[CLIENT_CONNECTING] = g_signal_new_class_handler (
      "client-connecting", type, G_SIGNAL_RUN_LAST, G_CALLBACK (welcome),
      all_agree, NULL, NULL, G_TYPE_BOOLEAN, 2, G_TYPE_UINT, G_TYPE_STRING);
  /**
   * GstSpiceServer::client-added:
   * @self: the server
   * @connection_id: stands for the viewer
   * @address: where it connects from
   *
   * A viewer is there.
   */
  signals[CLIENT_ADDED] =
      g_signal_new ("client-added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
  /**
   * GstSpiceServer::client-removed:
   * @self: the server
   * @connection_id: stood for the viewer
   * @address: where it was connected from
   * @reason: why it left
   *
   * A viewer has left.
   */
  signals[CLIENT_REMOVED] = g_signal_new (
      "client-removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRING);
  /**
   * GstSpiceServer::client-rejected:
   * @self: the server
   * @address: where somebody tried to connect from
   * @reason: why not
   *
   * A link failed or was refused. Its detail is the kind of refusal, as in
   * docs/messages.md: "client-rejected::wrong-password".
   */
  signals[CLIENT_REJECTED] = g_signal_new (
      "client-rejected", type, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  /**
   * GstSpiceServer::encoder-setup:
   * @self: the server
   * @codec: "vp8", "h264", "vp9" or "h265"
   * @encoder: the element, not started yet
   *
   * An encoder is about to be used. Emitted on a thread of its own, which the
   * end of the server waits for: set properties of @encoder, nothing else. Its
   * bit rate goes on following viewers' links.
   *
   * Returns: %TRUE to leave out the settings for low delay it would get
   */
  signals[ENCODER_SETUP] =
      g_signal_new ("encoder-setup", type, G_SIGNAL_RUN_LAST, 0,
                    g_signal_accumulator_true_handled, NULL, NULL,
                    G_TYPE_BOOLEAN, 2, G_TYPE_STRING, GST_TYPE_ELEMENT);
}

#define ACTION (G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION)

static void
install_actions (GType type)
{
  /**
   * GstSpiceServer::get-clients:
   * @self: the server
   *
   * Asks who is connected.
   *
   * Returns: (transfer full): a structure whose field "clients" is an array of
   *   structures as gst_spice_server_get_clients() has them
   */
  signals[GET_CLIENTS] = g_signal_new_class_handler (
      "get-clients", type, ACTION, G_CALLBACK (get_clients_action), NULL, NULL,
      NULL, GST_TYPE_STRUCTURE, 0);
  /**
   * GstSpiceServer::disconnect-client:
   * @self: the server
   * @connection_id: stands for the viewer
   *
   * Sends a viewer away; it may come back.
   *
   * Returns: %FALSE if there is no such viewer
   */
  signals[DISCONNECT_CLIENT] = g_signal_new_class_handler (
      "disconnect-client", type, ACTION,
      G_CALLBACK (gst_spice_server_disconnect_client), NULL, NULL, NULL,
      G_TYPE_BOOLEAN, 1, G_TYPE_UINT);
  /**
   * GstSpiceServer::set-ticket:
   * @self: the server
   * @password: (nullable): what viewers must know, %NULL: nothing
   * @expires_seconds: how long it works, 0: for ever
   *
   * Calls gst_spice_server_set_password().
   */
  signals[SET_TICKET] = g_signal_new_class_handler (
      "set-ticket", type, ACTION, G_CALLBACK (gst_spice_server_set_password),
      NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  /**
   * GstSpiceServer::set-keyboard-leds:
   * @self: the server
   * @leds: 1 scroll lock, 2 num lock, 4 caps lock
   *
   * Calls gst_spice_server_set_keyboard_leds().
   */
  signals[SET_KEYBOARD_LEDS] = g_signal_new_class_handler (
      "set-keyboard-leds", type, ACTION,
      G_CALLBACK (gst_spice_server_set_keyboard_leds), NULL, NULL, NULL,
      G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
gst_spice_server_class_init (GstSpiceServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = gst_spice_server_finalize;
  object_class->set_property = gst_spice_server_set_property;
  object_class->get_property = gst_spice_server_get_property;
  install_properties (object_class);
  gst_spice_tls_install (object_class, PROP_CURRENT_TLS_PORT);
  install_signals (G_TYPE_FROM_CLASS (klass));
  install_actions (G_TYPE_FROM_CLASS (klass));
  gst_spice_auth_install (object_class);
  gst_spice_roles_install (object_class);
  gst_spice_desk_install (object_class);
  gst_spice_messages_install (object_class);
  gst_spice_clipboard_install (object_class);
  gst_spice_migration_install (object_class);
  gst_spice_file_signals_install (G_TYPE_FROM_CLASS (klass));
  gst_spice_port_install_server (object_class);
}

/* life */

/**
 * gst_spice_server_new:
 * @context: (nullable): the main context to run in, iterated by the
 *   application; %NULL: a thread of the server's own
 *
 * Makes a server that is not running yet.
 *
 * Returns: (transfer full): a server
 */
GstSpiceServer *
gst_spice_server_new (GMainContext *context)
{
  return gst_object_ref_sink (g_object_new (GST_TYPE_SPICE_SERVER, "context",
                                            context, "name", "server", NULL));
}

/**
 * gst_spice_server_get_shared:
 * @name: (nullable): a name as in the elements' property "server-name"; %NULL:
 *   "default"
 *
 * Finds the server of this name in the process, or makes it.
 *
 * Returns: (transfer full): the server that elements of this name share
 */
GstSpiceServer *
gst_spice_server_get_shared (const gchar *name)
{
  return gst_spice_registry_get (name ? name : GST_SPICE_SERVER_DEFAULT_NAME);
}

/**
 * gst_spice_server_make_context:
 * @self: a server
 *
 * Makes what elements look for in a pipeline.
 *
 * Returns: (transfer full): a context that, set on a pipeline with
 *   gst_element_set_context(), makes all its elements use @self
 */
GstContext *
gst_spice_server_make_context (GstSpiceServer *self)
{
  GstContext *context;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), NULL);
  context = gst_context_new (GST_SPICE_SERVER_CONTEXT_TYPE, FALSE);
  gst_structure_set (gst_context_writable_structure (context), "server",
                     GST_TYPE_SPICE_SERVER, self, NULL);
  return context;
}

/**
 * gst_spice_server_start:
 * @self: a server
 * @error: (nullable): why not, of domain %GST_RESOURCE_ERROR
 *
 * Listens, with or without elements, until gst_spice_server_stop().
 *
 * Returns: %FALSE when the address cannot be listened on or a setting cannot be
 *   used
 */
gboolean
gst_spice_server_start (GstSpiceServer *self, GError **error)
{
  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), FALSE);
  return gst_spice_share_start (self->share, error);
}

/**
 * gst_spice_server_stop:
 * @self: a server
 *
 * Takes gst_spice_server_start() back. The server ends, and viewers are
 * disconnected, when it returns, unless elements still use it.
 */
void
gst_spice_server_stop (GstSpiceServer *self)
{
  g_return_if_fail (GST_IS_SPICE_SERVER (self));
  gst_spice_share_stop (self->share);
}

/* asking */

/**
 * gst_spice_server_is_running:
 * @self: a server
 *
 * Returns: %TRUE between start and stop, or while elements use it
 */
gboolean
gst_spice_server_is_running (GstSpiceServer *self)
{
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), FALSE);
  session = gst_spice_share_get_session (self->share);
  return session != NULL;
}

/**
 * gst_spice_server_get_current_port:
 * @self: a server
 *
 * Returns: the TCP port it listens on, -1 when there is none
 */
gint
gst_spice_server_get_current_port (GstSpiceServer *self)
{
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), -1);
  session = gst_spice_share_get_session (self->share);
  return session ? gst_spice_session_port (session) : -1;
}

/**
 * gst_spice_server_get_num_clients:
 * @self: a server
 *
 * Returns: how many viewers are connected
 */
guint
gst_spice_server_get_num_clients (GstSpiceServer *self)
{
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), 0);
  session = gst_spice_share_get_session (self->share);
  return session ? gst_spice_session_n_clients (session) : 0;
}

/**
 * gst_spice_server_get_clients:
 * @self: a server
 *
 * Each viewer is a structure "application/x-spice-client" with the fields
 * "connection-id" (uint), "address" (string), "user" (string: who it is, empty:
 * not known), "mechanism" (string: how it has proven that), "view-only"
 * (boolean: its role) and "in-control" (boolean: it types, see
 * GstSpiceControl).
 *
 * Returns: (transfer container) (element-type GstStructure): the viewers
 */
GPtrArray *
gst_spice_server_get_clients (GstSpiceServer *self)
{
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), NULL);
  session = gst_spice_share_get_session (self->share);
  return session ? gst_spice_session_clients (session) : g_ptr_array_new ();
}

/**
 * gst_spice_server_get_stats:
 * @self: a server
 *
 * Waits for the server's loop; in a handler of "client-connecting", and when
 * nothing runs, the structure is empty.
 *
 * Returns: (transfer full): a structure "application/x-spice-statistics"
 */
GstStructure *
gst_spice_server_get_stats (GstSpiceServer *self)
{
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), NULL);
  session = gst_spice_share_get_session (self->share);
  return session ? gst_spice_session_stats (session)
                 : gst_structure_new_empty (GST_SPICE_STATS_NAME);
}

/* changing */

/**
 * gst_spice_server_set_password:
 * @self: a server
 * @password: (nullable): at most 60 bytes; %NULL: none
 * @expires_seconds: how long it works from now on, 0: for ever
 *
 * Sets "password" and "password-expires" together. Viewers that are connected
 * stay.
 */
void
gst_spice_server_set_password (GstSpiceServer *self, const gchar *password,
                               guint expires_seconds)
{
  g_return_if_fail (GST_IS_SPICE_SERVER (self));
  g_object_set (self, "password-expires", expires_seconds, "password", password,
                NULL);
}

/**
 * gst_spice_server_disconnect_client:
 * @self: a server
 * @connection_id: stands for the viewer
 *
 * Returns: %FALSE if there is no such viewer
 */
gboolean
gst_spice_server_disconnect_client (GstSpiceServer *self, guint connection_id)
{
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), FALSE);
  session = gst_spice_share_get_session (self->share);
  return session && gst_spice_session_disconnect (session, connection_id);
}

/**
 * gst_spice_server_set_keyboard_leds:
 * @self: a server
 * @leds: 1 scroll lock, 2 num lock, 4 caps lock
 *
 * Tells viewers which lock lights the keyboard behind the pipeline shows.
 */
void
gst_spice_server_set_keyboard_leds (GstSpiceServer *self, guint leds)
{
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_if_fail (GST_IS_SPICE_SERVER (self));
  session = gst_spice_share_get_session (self->share);
  if (session)
    spc_server_set_keyboard_leds (gst_spice_session_server (session),
                                  (uint8_t)leds);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceuser.h"

#include "gst/common/gstspicetls.h"

#include "gst/common/gstspiceregistry.h"
#include "gst/common/gstspiceshare.h"

struct _GstSpiceUser {
  GWeakRef element;
  /* under the lock, which is never held while calling out */
  GMutex lock;
  GstSpiceSettings settings;
  char *server_name;
  GstSpiceServer *server; /* that it is listed with */
  gboolean server_is_given;
  GstSpiceSession *session; /* between open and close */
};

/* Property ids are high enough not to meet an element's own. */
enum {
  PROP_SERVER = 0x1000,
  PROP_SERVER_NAME,
  PROP_CURRENT_PORT,
  PROP_CURRENT_TLS_PORT,
  PROP_FIRST_SETTING,
  PROP_LAST_SETTING = PROP_FIRST_SETTING + GST_SPICE_N_SETTINGS - 1,
};

static GQuark
user_quark (void)
{
  return g_quark_from_static_string ("gst-spice-user");
}

/* life */

static void
clear_user (gpointer data)
{
  GstSpiceUser *self = data;

  gst_spice_settings_clear (&self->settings);
  g_free (self->server_name);
  g_weak_ref_clear (&self->element);
  g_mutex_clear (&self->lock);
}

GstSpiceUser *
gst_spice_user_ref (GstSpiceUser *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
gst_spice_user_unref (GstSpiceUser *self)
{
  g_atomic_rc_box_release_full (self, clear_user);
}

/* takes @server */
static void
move_to (GstSpiceUser *self, GstSpiceServer *server)
{
  GstSpiceServer *old;

  gst_spice_share_add_user (gst_spice_server_share (server), self);
  g_mutex_lock (&self->lock);
  old = self->server;
  self->server = server;
  g_mutex_unlock (&self->lock);
  if (!old)
    return;
  gst_spice_share_remove_user (gst_spice_server_share (old), self);
  gst_object_unref (old);
}

GstSpiceUser *
gst_spice_user_new (GstElement *element)
{
  GstSpiceUser *self = g_atomic_rc_box_new0 (GstSpiceUser);

  g_weak_ref_init (&self->element, element);
  g_mutex_init (&self->lock);
  gst_spice_settings_init (&self->settings);
  self->server_name = g_strdup (GST_SPICE_SERVER_DEFAULT_NAME);
  move_to (self, gst_spice_registry_get (self->server_name));
  g_object_set_qdata (G_OBJECT (element), user_quark (), self);
  return self;
}

void
gst_spice_user_free (GstSpiceUser *self)
{
  if (!self)
    return;
  gst_spice_user_close (self);
  gst_spice_share_remove_user (gst_spice_server_share (self->server), self);
  g_clear_pointer (&self->server, gst_object_unref);
  gst_spice_user_unref (self);
}

GstElement *
gst_spice_user_get_element (GstSpiceUser *self)
{
  return g_weak_ref_get (&self->element);
}

void
gst_spice_user_copy_settings (GstSpiceUser *self, GstSpiceSettings *settings)
{
  g_mutex_lock (&self->lock);
  gst_spice_settings_copy (settings, &self->settings);
  g_mutex_unlock (&self->lock);
}

GstSpiceServer *
gst_spice_user_get_server (GstSpiceUser *self)
{
  GstSpiceServer *server;

  g_mutex_lock (&self->lock);
  server = gst_object_ref (self->server);
  g_mutex_unlock (&self->lock);
  return server;
}

GstSpiceSession *
gst_spice_user_session (GstSpiceUser *self)
{
  GstSpiceSession *session;

  g_mutex_lock (&self->lock);
  session = self->session;
  g_mutex_unlock (&self->lock);
  return session;
}

/* properties */

void
gst_spice_user_install_properties (GObjectClass *klass)
{
  g_object_class_install_property (
      klass, PROP_SERVER,
      g_param_spec_object (
          "server", "Server",
          "The server to be part of; none: the one of the GstContext "
          "\"gst.spice.server\", or the one of server-name",
          GST_TYPE_SPICE_SERVER, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      klass, PROP_SERVER_NAME,
      g_param_spec_string (
          "server-name", "Server name",
          "Elements of a process that give the same name share one server; "
          "give it before any property of server::",
          GST_SPICE_SERVER_DEFAULT_NAME,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      klass, PROP_CURRENT_PORT,
      g_param_spec_int ("current-port", "Current port",
                        "TCP port the server listens on; -1: none", -1, 65535,
                        -1, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      klass, PROP_CURRENT_TLS_PORT,
      g_param_spec_int ("current-tls-port", "Current TLS port",
                        "TCP port the server listens on for TLS; -1: none", -1,
                        65535, -1, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  gst_spice_settings_install (klass, PROP_FIRST_SETTING);
}

static void
warn_late (GstSpiceUser *self, const char *property)
{
  g_autoptr (GstElement) element = gst_spice_user_get_element (self);

  GST_ELEMENT_WARNING (element, RESOURCE, SETTINGS,
                       ("Property \"%s\" was set while the server runs; it "
                        "counts from the next time it starts.",
                        property),
                       (NULL));
}

static void
warn_wrong (GstSpiceUser *self, const GError *error)
{
  g_autoptr (GstElement) element = gst_spice_user_get_element (self);

  GST_ELEMENT_WARNING (element, RESOURCE, SETTINGS, ("%s", error->message),
                       ("The server goes on with the value it has."));
}

/* It may come later, and a viewer hears of it when it drops a file; but who has
 * mistyped it would only then. */
static void
warn_without_directory (GstSpiceUser *self)
{
  g_autoptr (GstElement) element = gst_spice_user_get_element (self);
  g_autofree char *path = NULL;

  g_mutex_lock (&self->lock);
  path = g_strdup (gst_spice_settings_string (
      &self->settings, GST_SPICE_SETTING_FILE_TRANSFER_DIR));
  g_mutex_unlock (&self->lock);
  if (path && !g_file_test (path, G_FILE_TEST_IS_DIR))
    GST_ELEMENT_WARNING (element, RESOURCE, NOT_FOUND,
                         ("There is no directory \"%s\" for files that "
                          "viewers drop.",
                          path),
                         ("They fail until there is one."));
}

static void
set_server (GstSpiceUser *self, GstSpiceServer *server)
{
  g_autofree char *name = NULL;

  if (gst_spice_user_session (self)) {
    g_warning ("An element cannot change its server while it uses one.");
    return;
  }
  g_mutex_lock (&self->lock);
  self->server_is_given = server != NULL;
  name = g_strdup (self->server_name);
  g_mutex_unlock (&self->lock);
  move_to (self,
           server ? gst_object_ref (server) : gst_spice_registry_get (name));
}

static void
set_server_name (GstSpiceUser *self, const char *name)
{
  gboolean server_is_given;

  if (gst_spice_user_session (self)) {
    g_warning ("An element cannot change its server while it uses one.");
    return;
  }
  if (!name || !*name)
    name = GST_SPICE_SERVER_DEFAULT_NAME;
  g_mutex_lock (&self->lock);
  g_free (self->server_name);
  self->server_name = g_strdup (name);
  server_is_given = self->server_is_given;
  g_mutex_unlock (&self->lock);
  if (!server_is_given)
    move_to (self, gst_spice_registry_get (name));
}

static void
set_setting (GstSpiceUser *self, GstSpiceSetting setting, const GValue *value)
{
  g_autoptr (GstSpiceServer) server = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&self->lock);
  gst_spice_settings_set (&self->settings, setting, value);
  g_mutex_unlock (&self->lock);
  if (!gst_spice_user_session (self))
    return;
  if (!gst_spice_setting_is_live (setting)) {
    warn_late (self, gst_spice_setting_name (setting));
    return;
  }
  server = gst_spice_user_get_server (self);
  if (!gst_spice_share_update (gst_spice_server_share (server), setting, value,
                               &error))
    warn_wrong (self, error);
  else if (setting == GST_SPICE_SETTING_FILE_TRANSFER_DIR)
    warn_without_directory (self);
}

gboolean
gst_spice_user_set_property (GstSpiceUser *self, guint id, const GValue *value)
{
  if (id == PROP_SERVER)
    set_server (self, g_value_get_object (value));
  else if (id == PROP_SERVER_NAME)
    set_server_name (self, g_value_get_string (value));
  else if (id >= PROP_FIRST_SETTING && id <= PROP_LAST_SETTING)
    set_setting (self, id - PROP_FIRST_SETTING, value);
  else
    return FALSE;
  return TRUE;
}

static void
get_setting (GstSpiceUser *self, GstSpiceServer *server,
             GstSpiceSetting setting, GValue *value)
{
  gboolean is_own;

  g_mutex_lock (&self->lock);
  is_own = gst_spice_settings_has (&self->settings, setting);
  if (is_own)
    gst_spice_settings_get (&self->settings, setting, value);
  g_mutex_unlock (&self->lock);
  if (!is_own)
    gst_spice_share_get_setting (gst_spice_server_share (server), setting,
                                 value);
}

gboolean
gst_spice_user_get_property (GstSpiceUser *self, guint id, GValue *value)
{
  g_autoptr (GstSpiceServer) server = gst_spice_user_get_server (self);

  if (id == PROP_SERVER) {
    g_value_set_object (value, server);
  } else if (id == PROP_SERVER_NAME) {
    g_mutex_lock (&self->lock);
    g_value_set_string (value, self->server_name);
    g_mutex_unlock (&self->lock);
  } else if (id == PROP_CURRENT_PORT) {
    g_value_set_int (value, gst_spice_server_get_current_port (server));
  } else if (id == PROP_CURRENT_TLS_PORT) {
    g_value_set_int (value, gst_spice_server_get_current_tls_port (server));
  } else if (id >= PROP_FIRST_SETTING && id <= PROP_LAST_SETTING) {
    get_setting (self, server, id - PROP_FIRST_SETTING, value);
  } else {
    return FALSE;
  }
  return TRUE;
}

/* child proxy */

static GObject *
get_child_by_name (GstChildProxy *proxy, const char *name)
{
  GstSpiceUser *self = g_object_get_qdata (G_OBJECT (proxy), user_quark ());

  if (!g_str_equal (name, "server"))
    return NULL;
  return G_OBJECT (gst_spice_user_get_server (self));
}

static GObject *
get_child_by_index (GstChildProxy *proxy, guint index)
{
  return index == 0 ? get_child_by_name (proxy, "server") : NULL;
}

static guint
get_children_count (GstChildProxy *proxy)
{
  return 1;
}

void
gst_spice_user_child_proxy_init (gpointer iface, gpointer data)
{
  GstChildProxyInterface *proxy = iface;

  proxy->get_child_by_name = get_child_by_name;
  proxy->get_child_by_index = get_child_by_index;
  proxy->get_children_count = get_children_count;
}

/* states */

static GstSpiceServer *
server_of_context (GstElement *element)
{
  g_autoptr (GstContext) context =
      gst_element_get_context (element, GST_SPICE_SERVER_CONTEXT_TYPE);
  GstSpiceServer *server = NULL;

  if (!context)
    return NULL;
  gst_structure_get (gst_context_get_structure (context), "server",
                     GST_TYPE_SPICE_SERVER, &server, NULL);
  return server;
}

/* Asks the application, too: a handler of the message may set a context. */
static GstSpiceServer *
ask_for_context (GstElement *element)
{
  GstSpiceServer *server = server_of_context (element);

  if (server)
    return server;
  gst_element_post_message (
      element, gst_message_new_need_context (GST_OBJECT (element),
                                             GST_SPICE_SERVER_CONTEXT_TYPE));
  return server_of_context (element);
}

static void
look_for_context (GstSpiceUser *self, GstElement *element)
{
  GstSpiceServer *server = ask_for_context (element);

  if (server)
    move_to (self, server);
}

GstSpiceServer *
gst_spice_user_find_server (GstElement *element, const char *name)
{
  GstSpiceServer *server = ask_for_context (element);

  if (!name || !*name)
    name = GST_SPICE_SERVER_DEFAULT_NAME;
  return server ? server : gst_spice_registry_get (name);
}

void
gst_spice_user_post_error (GstSpiceUser *self, GError *error)
{
  g_autoptr (GstElement) element = gst_spice_user_get_element (self);

  gst_element_message_full (element, GST_MESSAGE_ERROR, error->domain,
                            error->code, g_strdup (error->message), NULL,
                            __FILE__, G_STRFUNC, __LINE__);
  g_error_free (error);
}

static void
announce (GstSpiceUser *self, GstElement *element, GstSpiceServer *server)
{
  GstStructure *event =
      gst_spice_share_listening (gst_spice_server_share (server), self);

  if (event)
    gst_element_post_message (
        element, gst_message_new_element (GST_OBJECT (element), event));
  g_object_notify (G_OBJECT (element), "current-port");
  g_object_notify (G_OBJECT (element), "current-tls-port");
}

GstSpiceSession *
gst_spice_user_open (GstSpiceUser *self)
{
  g_autoptr (GstElement) element = gst_spice_user_get_element (self);
  g_autoptr (GstSpiceServer) server = NULL;
  GstSpiceSession *session;
  GError *error = NULL;

  g_return_val_if_fail (!gst_spice_user_session (self), NULL);
  if (!self->server_is_given)
    look_for_context (self, element);
  server = gst_spice_user_get_server (self);
  session =
      gst_spice_share_enter (gst_spice_server_share (server), self, &error);
  if (!session) {
    gst_spice_user_post_error (self, error);
    return NULL;
  }
  g_mutex_lock (&self->lock);
  self->session = session;
  g_mutex_unlock (&self->lock);
  announce (self, element, server);
  warn_without_directory (self);
  return session;
}

void
gst_spice_user_close (GstSpiceUser *self)
{
  GstSpiceSession *session;
  g_autoptr (GstSpiceServer) server = NULL;

  g_mutex_lock (&self->lock);
  session = g_steal_pointer (&self->session);
  g_mutex_unlock (&self->lock);
  if (!session)
    return;
  server = gst_spice_user_get_server (self);
  gst_spice_session_unref (session);
  gst_spice_share_leave (gst_spice_server_share (server), self);
}

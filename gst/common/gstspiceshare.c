/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceshare.h"

#include "gst/common/gstspiceauth.h"
#include "gst/common/gstspiceclipboardsignals.h"
#include "gst/common/gstspicemessages.h"
#include "gst/common/gstspicesecrets.h"
#include "gst/common/gstspiceusers.h"

struct _GstSpiceShare {
  /* set at construction */
  GstSpiceServer *owner; /* not owned; outlives this */
  const GstSpiceShareFuncs *funcs;
  GMainContext *context;
  /* locks itself */
  GstSpiceUsers users;
  /* Serialises start and stop; no callback takes it. */
  GMutex state_lock;
  gboolean is_held; /* by the application; under the state lock */
  /* under the lock, a leaf */
  GMutex lock;
  GstSpiceSettings settings; /* the owner's properties */
  GstSpiceSettings running;  /* while there is a session: with the elements' */
  GstSpiceSession *session;  /* changes under both locks */
  /* atomic: the loop's thread while it asks the application */
  GThread *asking_thread;
};

/* what a session calls: it holds the owner weakly */

static GWeakRef *
weak_ref_new (gpointer object)
{
  GWeakRef *weak_ref = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak_ref, object);
  return weak_ref;
}

static void
weak_ref_free (gpointer weak_ref)
{
  g_weak_ref_clear (weak_ref);
  g_free (weak_ref);
}

static gboolean
on_connecting (guint id, const char *address, gpointer weak_ref)
{
  g_autoptr (GstSpiceServer) owner = g_weak_ref_get (weak_ref);
  GstSpiceShare *self;
  gboolean is_welcome;

  if (!owner)
    return FALSE;
  self = gst_spice_server_share (owner);
  g_atomic_pointer_set (&self->asking_thread, g_thread_self ());
  is_welcome = self->funcs->connecting (owner, id, address);
  g_atomic_pointer_set (&self->asking_thread, NULL);
  return is_welcome;
}

static gboolean
on_authenticates (gpointer weak_ref)
{
  g_autoptr (GstSpiceServer) owner = g_weak_ref_get (weak_ref);

  return owner && gst_spice_auth_has_handler (owner);
}

static gboolean
on_authorize (const SpcClientInfo *client, uint8_t type, uint8_t id,
              gpointer weak_ref)
{
  g_autoptr (GstSpiceServer) owner = g_weak_ref_get (weak_ref);
  GstSpiceShare *self;
  gboolean is_allowed;

  if (!owner)
    return FALSE;
  self = gst_spice_server_share (owner);
  g_atomic_pointer_set (&self->asking_thread, g_thread_self ());
  is_allowed = gst_spice_auth_authorize (owner, client, type, id);
  g_atomic_pointer_set (&self->asking_thread, NULL);
  return is_allowed;
}

static void
on_event (const GstStructure *event, gpointer weak_ref)
{
  g_autoptr (GstSpiceServer) owner = g_weak_ref_get (weak_ref);
  GstSpiceShare *self;

  if (!owner)
    return;
  self = gst_spice_server_share (owner);
  if (gst_spice_auth_emit (owner, event))
    return;
  if (!gst_spice_clipboard_emit (owner, event))
    self->funcs->event (owner, event);
  gst_spice_desk_emit (owner, event);
  /* others are for signals only: contents of clipboards */
  if (!g_str_has_prefix (gst_structure_get_name (event), "spice-"))
    return;
  gst_spice_messages_emit (owner, event);
  gst_spice_users_post (&self->users, event);
}

static gboolean
on_encoder_setup (const char *codec, GstElement *encoder, gpointer weak_ref)
{
  g_autoptr (GstSpiceServer) owner = g_weak_ref_get (weak_ref);

  return owner && gst_spice_server_share (owner)->funcs->encoder_setup (
                      owner, codec, encoder);
}

static gpointer
get_owner (gpointer weak_ref)
{
  return g_weak_ref_get (weak_ref);
}

static const GstSpiceSessionFuncs session_funcs = {
    .connecting = on_connecting,
    .authenticates = on_authenticates,
    .authorize = on_authorize,
    .event = on_event,
    .encoder_setup = on_encoder_setup,
    .get_owner = get_owner,
};

static gboolean
is_asking (GstSpiceShare *self)
{
  return g_atomic_pointer_get (&self->asking_thread) == g_thread_self ();
}

/* start and stop: state lock held */

static bool
start_session (GstSpiceShare *self, const GstSpiceSettings *settings,
               GError **error)
{
  GstSpiceSession *session = gst_spice_session_start (
      settings, self->context, &session_funcs, weak_ref_new (self->owner),
      weak_ref_free, error);

  if (!session)
    return false;
  g_mutex_lock (&self->lock);
  gst_spice_settings_clear (&self->running);
  gst_spice_settings_copy (&self->running, settings);
  self->session = session;
  g_mutex_unlock (&self->lock);
  return true;
}

/* Takes over live settings that an element brings to a running session. */
static bool
join_session (GstSpiceShare *self, const GstSpiceSettings *wanted,
              GError **error)
{
  bool fits;
  guint64 fresh;

  g_mutex_lock (&self->lock);
  fits = gst_spice_settings_fit (&self->running, wanted,
                                 "an element that joins", error);
  fresh = wanted->given & ~self->running.given;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; fits && i < GST_SPICE_N_SETTINGS; i++)
    if (fresh & G_GUINT64_CONSTANT (1) << i)
      fits = gst_spice_share_update (self, i, &wanted->values[i], error);
  return fits;
}

/* @opener: NULL: the application */
static bool
ensure_session (GstSpiceShare *self, GstSpiceUser *opener, GError **error)
{
  g_auto (GstSpiceSettings) settings = {0};

  if (self->session) {
    gst_spice_settings_init (&settings);
    return gst_spice_users_merge (&self->users, opener, &settings, error) &&
           join_session (self, &settings, error);
  }
  g_mutex_lock (&self->lock);
  gst_spice_settings_copy (&settings, &self->settings);
  g_mutex_unlock (&self->lock);
  return gst_spice_users_merge (&self->users, opener, &settings, error) &&
         gst_spice_secrets_load (&settings, error) &&
         start_session (self, &settings, error);
}

static gpointer
stop_elsewhere (gpointer session)
{
  gst_spice_session_stop (session);
  gst_spice_session_finish (session);
  gst_spice_session_unref (session);
  return NULL;
}

/* The session, stopped, for finish_session; NULL when it goes on. */
static GstSpiceSession *
stop_session_if_unused (GstSpiceShare *self)
{
  GstSpiceSession *session;

  if (self->is_held || gst_spice_users_n_active (&self->users) > 0)
    return NULL;
  g_mutex_lock (&self->lock);
  session = g_steal_pointer (&self->session);
  g_mutex_unlock (&self->lock);
  if (!session)
    return NULL;
  if (is_asking (self) ||
      gst_spice_files_is_asking (gst_spice_session_files (session))) {
    /* a thread of the session waits for us: it cannot be waited for */
    g_critical ("A SPICE server was stopped from its \"client-connecting\", "
                "\"authorize-channel\" or \"file-transfer-request\"; its port "
                "is free only later.");
    g_thread_unref (g_thread_new ("spice-stop", stop_elsewhere, session));
    return NULL;
  }
  gst_spice_session_stop (session);
  return session;
}

/* Without the state lock: the receiver of an event may start or stop servers.
 */
static void
finish_session (GstSpiceShare *self, GstSpiceSession *session)
{
  if (!session)
    return;
  gst_spice_session_finish (session);
  gst_spice_session_unref (session);
  self->funcs->changed (self->owner);
}

/* life */

GstSpiceShare *
gst_spice_share_new (GstSpiceServer *owner, const GstSpiceShareFuncs *funcs)
{
  GstSpiceShare *self = g_new0 (GstSpiceShare, 1);

  self->owner = owner;
  self->funcs = funcs;
  g_mutex_init (&self->state_lock);
  g_mutex_init (&self->lock);
  gst_spice_users_init (&self->users);
  gst_spice_settings_init (&self->settings);
  gst_spice_settings_init (&self->running);
  return self;
}

/* Is this a thread of the session's, which waits for itself if it stops it?
 * They hold the owner while they ask, and may be the last to let go. */
static gboolean
is_here (GstSpiceShare *self, GstSpiceSession *session)
{
  SpcLoop *loop = spc_server_loop (gst_spice_session_server (session));

  return (!self->context && spc_loop_is_here (loop)) ||
         gst_spice_files_is_asking (gst_spice_session_files (session));
}

void
gst_spice_share_free (GstSpiceShare *self)
{
  GstSpiceSession *session = g_steal_pointer (&self->session);

  if (session && is_here (self, session))
    g_thread_unref (g_thread_new ("spice-stop", stop_elsewhere, session));
  else if (session)
    stop_elsewhere (session);
  g_clear_pointer (&self->context, g_main_context_unref);
  gst_spice_settings_clear (&self->settings);
  gst_spice_settings_clear (&self->running);
  gst_spice_users_clear (&self->users);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->state_lock);
  g_free (self);
}

void
gst_spice_share_set_context (GstSpiceShare *self, GMainContext *context)
{
  g_clear_pointer (&self->context, g_main_context_unref);
  if (context)
    self->context = g_main_context_ref (context);
}

/* elements */

void
gst_spice_share_add_user (GstSpiceShare *self, GstSpiceUser *user)
{
  gst_spice_users_add (&self->users, user);
}

void
gst_spice_share_remove_user (GstSpiceShare *self, GstSpiceUser *user)
{
  gst_spice_users_remove (&self->users, user);
}

GstSpiceSession *
gst_spice_share_enter (GstSpiceShare *self, GstSpiceUser *user, GError **error)
{
  GstSpiceSession *session = NULL;
  gboolean was_running;

  if (is_asking (self)) {
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY,
                 "An element cannot join a server from its "
                 "\"client-connecting\" or \"authorize-channel\".");
    return NULL;
  }
  g_mutex_lock (&self->state_lock);
  was_running = self->session != NULL;
  if (ensure_session (self, user, error)) {
    session = gst_spice_session_ref (self->session);
    gst_spice_users_set_active (&self->users, user, TRUE);
  }
  g_mutex_unlock (&self->state_lock);
  if (session && !was_running)
    self->funcs->changed (self->owner);
  return session;
}

void
gst_spice_share_leave (GstSpiceShare *self, GstSpiceUser *user)
{
  GstSpiceSession *session;

  g_mutex_lock (&self->state_lock);
  gst_spice_users_set_active (&self->users, user, FALSE);
  session = stop_session_if_unused (self);
  g_mutex_unlock (&self->state_lock);
  finish_session (self, session);
}

static const char *
or_else (const char *text, const char *otherwise)
{
  return text ? text : otherwise;
}

GstStructure *
gst_spice_share_listening (GstSpiceShare *self, GstSpiceUser *user)
{
  const GstSpiceSettings *running = &self->running;
  GstStructure *event;

  if (!gst_spice_users_is_first (&self->users, user))
    return NULL;
  g_mutex_lock (&self->lock);
  event = gst_structure_new (
      "spice-listening", "address", G_TYPE_STRING,
      or_else (gst_spice_settings_string (running, GST_SPICE_SETTING_ADDRESS),
               "127.0.0.1"),
      "port", G_TYPE_INT,
      self->session ? gst_spice_session_port (self->session) : -1, "tls-port",
      G_TYPE_INT,
      self->session ? gst_spice_session_tls_port (self->session) : -1,
      "unix-path", G_TYPE_STRING,
      or_else (gst_spice_settings_string (running, GST_SPICE_SETTING_UNIX_PATH),
               ""),
      NULL);
  g_mutex_unlock (&self->lock);
  return event;
}

/* the application */

gboolean
gst_spice_share_start (GstSpiceShare *self, GError **error)
{
  gboolean was_running, is_held;

  g_return_val_if_fail (!is_asking (self), FALSE);
  g_mutex_lock (&self->state_lock);
  was_running = self->session != NULL;
  if (!self->is_held)
    self->is_held = ensure_session (self, NULL, error);
  is_held = self->is_held;
  g_mutex_unlock (&self->state_lock);
  if (is_held && !was_running)
    self->funcs->changed (self->owner);
  return is_held;
}

void
gst_spice_share_stop (GstSpiceShare *self)
{
  GstSpiceSession *session;

  g_mutex_lock (&self->state_lock);
  self->is_held = FALSE;
  session = stop_session_if_unused (self);
  g_mutex_unlock (&self->state_lock);
  finish_session (self, session);
}

/* both */

GstSpiceSession *
gst_spice_share_get_session (GstSpiceShare *self)
{
  GstSpiceSession *session = NULL;

  g_mutex_lock (&self->lock);
  if (self->session)
    session = gst_spice_session_ref (self->session);
  g_mutex_unlock (&self->lock);
  return session;
}

void
gst_spice_share_set_setting (GstSpiceShare *self, GstSpiceSetting setting,
                             const GValue *value)
{
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&self->lock);
  gst_spice_settings_set (&self->settings, setting, value);
  g_mutex_unlock (&self->lock);
  if (gst_spice_setting_is_live (setting) &&
      !gst_spice_share_update (self, setting, value, &error))
    g_warning ("%s", error->message);
}

bool
gst_spice_share_update (GstSpiceShare *self, GstSpiceSetting setting,
                        const GValue *value, GError **error)
{
  g_autoptr (GstSpiceSession) session = gst_spice_share_get_session (self);
  g_auto (GstSpiceSettings) before = {0}, settings = {0};

  if (!session)
    return true;
  if (!gst_spice_setting_check (setting, value, error))
    return false;
  g_mutex_lock (&self->lock);
  gst_spice_settings_copy (&before, &self->running);
  gst_spice_settings_set (&self->running, setting, value);
  gst_spice_settings_copy (&settings, &self->running);
  g_mutex_unlock (&self->lock);
  if (gst_spice_session_apply (session, setting, &settings, error))
    return true;
  g_mutex_lock (&self->lock);
  gst_spice_settings_set (&self->running, setting, &before.values[setting]);
  g_mutex_unlock (&self->lock);
  return false;
}

void
gst_spice_share_get_setting (GstSpiceShare *self, GstSpiceSetting setting,
                             GValue *value)
{
  g_mutex_lock (&self->lock);
  gst_spice_settings_get (self->session ? &self->running : &self->settings,
                          setting, value);
  g_mutex_unlock (&self->lock);
}

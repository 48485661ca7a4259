/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:gstspiceauthrequest
 * @title: GstSpiceAuthRequest
 * @short_description: a viewer that wants in
 *
 * An application with users of its own checks what viewers prove themselves
 * with, and takes as long as it needs (up to "link-timeout"):
 *
 * |[<!-- language="C" -->
 * static void
 * on_authenticate (GstSpiceServer *server, GstSpiceAuthRequest *request,
 *                  Store *store)
 * {
 *   const gchar *token = gst_spice_auth_request_get_password (request);
 *
 *   store_look_up_async (store, token,
 *                        gst_spice_auth_request_get_cancellable (request),
 *                        on_found, g_object_ref (request));
 * }
 *
 * static void
 * on_found (Store *store, const Person *person, gpointer request)
 * {
 *   if (person) {
 *     gst_spice_auth_request_set_user (request, person->name);
 *     gst_spice_auth_request_set_view_only (request, person->is_guest);
 *     gst_spice_auth_request_accept (request);
 *   }
 *   g_object_unref (request); // refuses, if it was not accepted
 * }
 * ]|
 */
#include "gst/common/gstspiceauth.h"

#include <string.h>

struct _GstSpiceAuthRequest {
  GObject parent;
  /* set at construction */
  GWeakRef server; /* SpcServer */
  uint64_t id;
  char *address;
  SpcIdentity identity; /* the user may be set until it is answered */
  char *password;       /* NULL: none; wiped at the end */
  GCancellable *cancellable;
  /* until it is answered */
  gboolean has_role, view_only;
  /* atomic */
  gint is_answered;
};

G_DEFINE_FINAL_TYPE (GstSpiceAuthRequest, gst_spice_auth_request, G_TYPE_OBJECT)

GstSpiceAuthRequest *
gst_spice_auth_request_new (SpcServer *server, const SpcAuthQuestion *question)
{
  GstSpiceAuthRequest *self = g_object_new (GST_TYPE_SPICE_AUTH_REQUEST, NULL);

  g_weak_ref_set (&self->server, server);
  self->id = question->id;
  self->address = g_strdup (question->peer);
  self->identity = *question->identity;
  self->password = g_strdup (question->ticket);
  self->cancellable = g_object_ref (question->cancellable);
  return self;
}

static gboolean
answer (GstSpiceAuthRequest *self, SpcAuthAnswer answer)
{
  g_autoptr (SpcServer) server = NULL;
  const SpcRole role = self->view_only ? SPC_ROLE_VIEW_ONLY : SPC_ROLE_FULL;

  if (!g_atomic_int_compare_and_exchange (&self->is_answered, FALSE, TRUE))
    return FALSE;
  server = g_weak_ref_get (&self->server);
  if (!server)
    return FALSE;
  spc_server_answer_auth (server, self->id, answer, self->identity.user,
                          self->has_role ? &role : NULL);
  return TRUE;
}

static void
gst_spice_auth_request_dispose (GObject *object)
{
  answer (GST_SPICE_AUTH_REQUEST (object), SPC_AUTH_REFUSE);
  G_OBJECT_CLASS (gst_spice_auth_request_parent_class)->dispose (object);
}

static void
gst_spice_auth_request_finalize (GObject *object)
{
  GstSpiceAuthRequest *self = GST_SPICE_AUTH_REQUEST (object);

  if (self->password)
    spc_wipe (self->password, strlen (self->password));
  g_free (self->password);
  g_free (self->address);
  g_clear_object (&self->cancellable);
  g_weak_ref_clear (&self->server);
  G_OBJECT_CLASS (gst_spice_auth_request_parent_class)->finalize (object);
}

static void
gst_spice_auth_request_class_init (GstSpiceAuthRequestClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gst_spice_auth_request_dispose;
  G_OBJECT_CLASS (klass)->finalize = gst_spice_auth_request_finalize;
}

static void
gst_spice_auth_request_init (GstSpiceAuthRequest *self)
{
  g_weak_ref_init (&self->server, NULL);
}

/* what is known */

/**
 * gst_spice_auth_request_get_address:
 * @self: a request
 *
 * Returns: where the viewer connects from
 */
const gchar *
gst_spice_auth_request_get_address (GstSpiceAuthRequest *self)
{
  g_return_val_if_fail (GST_IS_SPICE_AUTH_REQUEST (self), NULL);
  return self->address;
}

/**
 * gst_spice_auth_request_get_mechanism:
 * @self: a request
 *
 * Returns: "ticket", or the SASL mechanism that has been gone through already
 */
const gchar *
gst_spice_auth_request_get_mechanism (GstSpiceAuthRequest *self)
{
  g_return_val_if_fail (GST_IS_SPICE_AUTH_REQUEST (self), NULL);
  return self->identity.mechanism;
}

/**
 * gst_spice_auth_request_get_user:
 * @self: a request
 *
 * Returns: who it is: as proven by SASL, or as set; empty with a ticket, which
 *   names nobody
 */
const gchar *
gst_spice_auth_request_get_user (GstSpiceAuthRequest *self)
{
  g_return_val_if_fail (GST_IS_SPICE_AUTH_REQUEST (self), NULL);
  return self->identity.user;
}

/**
 * gst_spice_auth_request_get_password:
 * @self: a request
 *
 * The memory is wiped when @self ends; copies are the caller's to wipe.
 *
 * Returns: (nullable): what the viewer has typed, or was given as a token, at
 *   most 60 bytes; %NULL if it cannot be read, or there is none
 */
const gchar *
gst_spice_auth_request_get_password (GstSpiceAuthRequest *self)
{
  g_return_val_if_fail (GST_IS_SPICE_AUTH_REQUEST (self), NULL);
  return self->password;
}

/**
 * gst_spice_auth_request_check_password:
 * @self: a request
 * @password: what it should be
 *
 * Compares in a time that does not tell how much of it is right.
 *
 * Returns: %TRUE if it is that one, and not empty
 */
gboolean
gst_spice_auth_request_check_password (GstSpiceAuthRequest *self,
                                       const gchar *password)
{
  g_autoptr (SpcPassword) expected = NULL;

  g_return_val_if_fail (GST_IS_SPICE_AUTH_REQUEST (self), FALSE);
  expected = spc_password_new (password, 0);
  return spc_password_matches (expected, self->password, 0);
}

/**
 * gst_spice_auth_request_get_cancellable:
 * @self: a request
 *
 * What the application does to find its answer can end with it, as in the
 * example above. Cancelled on the thread that emits
 * #GstSpiceServer::authenticate. An answer may come in that moment, and then
 * has no effect.
 *
 * Returns: (transfer none): cancelled when the viewer has left, or its time is
 *   over: no answer counts any more
 */
GCancellable *
gst_spice_auth_request_get_cancellable (GstSpiceAuthRequest *self)
{
  g_return_val_if_fail (GST_IS_SPICE_AUTH_REQUEST (self), NULL);
  return self->cancellable;
}

/* what an accepted viewer is */

/**
 * gst_spice_auth_request_set_user:
 * @self: a request that is not answered yet
 * @user: who it is, at most 255 bytes
 *
 * Names the viewer in messages, the list of clients and statistics.
 */
void
gst_spice_auth_request_set_user (GstSpiceAuthRequest *self, const gchar *user)
{
  g_return_if_fail (GST_IS_SPICE_AUTH_REQUEST (self));
  g_return_if_fail (user && g_utf8_validate (user, -1, NULL));
  g_return_if_fail (strlen (user) <= SPC_MAX_USER_NAME);
  g_strlcpy (self->identity.user, user, sizeof self->identity.user);
}

/**
 * gst_spice_auth_request_set_view_only:
 * @self: a request that is not answered yet
 * @view_only: the viewer may look and listen, not type or speak
 *
 * Decides the role, which otherwise follows "view-only" of the server.
 */
void
gst_spice_auth_request_set_view_only (GstSpiceAuthRequest *self,
                                      gboolean view_only)
{
  g_return_if_fail (GST_IS_SPICE_AUTH_REQUEST (self));
  self->has_role = TRUE;
  self->view_only = view_only;
}

/* the answer */

/**
 * gst_spice_auth_request_accept:
 * @self: a request
 *
 * Lets the viewer in, if there is room.
 *
 * Returns: %FALSE if it has been answered, or the server has gone
 */
gboolean
gst_spice_auth_request_accept (GstSpiceAuthRequest *self)
{
  g_return_val_if_fail (GST_IS_SPICE_AUTH_REQUEST (self), FALSE);
  return answer (self, SPC_AUTH_ACCEPT);
}

/**
 * gst_spice_auth_request_refuse:
 * @self: a request
 *
 * The viewer is told that its password is wrong, later and later if that
 * happens often at its address.
 *
 * Returns: %FALSE if it has been answered, or the server has gone
 */
gboolean
gst_spice_auth_request_refuse (GstSpiceAuthRequest *self)
{
  g_return_val_if_fail (GST_IS_SPICE_AUTH_REQUEST (self), FALSE);
  return answer (self, SPC_AUTH_REFUSE);
}

/**
 * gst_spice_auth_request_leave:
 * @self: a request
 *
 * Leaves it to the server, as if nobody handled "authenticate": its property
 * "password" decides about a ticket, and SASL has decided already.
 *
 * Returns: %FALSE if it has been answered, or the server has gone
 */
gboolean
gst_spice_auth_request_leave (GstSpiceAuthRequest *self)
{
  g_return_val_if_fail (GST_IS_SPICE_AUTH_REQUEST (self), FALSE);
  return answer (self, SPC_AUTH_LEAVE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceauth.h"

#include "server-core/channel/channel.h"

#define AUTHENTICATE "authenticate"
#define AUTHORIZE "authorize-channel"
/* not "spice-…": it is no message for pipelines */
#define EVENT "authenticate-request"
#define WITHDRAWAL "authenticate-withdrawn"

static gboolean
allow (GstSpiceServer *self, guint id, const char *user, const char *type,
       guint channel_id)
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

void
gst_spice_auth_install (GObjectClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  /**
   * GstSpiceServer::authenticate:
   * @self: the server
   * @request: who it is, and how to answer
   *
   * A viewer brings a ticket, or has gone through SASL. While a handler is
   * connected the application decides, not #GstSpiceServer:password; it may do
   * so in the handler or later, from any thread. A request that nobody keeps is
   * refused, as is one without an answer within #GstSpiceServer:link-timeout.
   * A viewer may leave meanwhile: gst_spice_auth_request_get_cancellable().
   * Asked once for a viewer, whose further channels must bring the same ticket.
   */
  g_signal_new (AUTHENTICATE, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, GST_TYPE_SPICE_AUTH_REQUEST);
  /**
   * GstSpiceServer::authorize-channel:
   * @self: the server
   * @connection_id: stands for the viewer
   * @user: who it is; empty: not known
   * @channel: "display", "inputs", "cursor", "playback", "record",
   *   "smartcard", "usbredir", "port" or "webdav"
   * @channel_id: which of them
   *
   * May this viewer have this channel? Asked when the viewer is told of
   * channels, which leaves out those that are refused, and when it opens one.
   * Emitted on the server's loop, which waits: answer at once, and change no
   * element's state.
   *
   * Returns: %FALSE to keep the channel from the viewer
   */
  g_signal_new_class_handler (AUTHORIZE, type, G_SIGNAL_RUN_LAST,
                              G_CALLBACK (allow), all_agree, NULL, NULL,
                              G_TYPE_BOOLEAN, 4, G_TYPE_UINT, G_TYPE_STRING,
                              G_TYPE_STRING, G_TYPE_UINT);
}

static gboolean
has_handler (GstSpiceServer *self, const char *name)
{
  return g_signal_has_handler_pending (
      self, g_signal_lookup (name, GST_TYPE_SPICE_SERVER), 0, FALSE);
}

gboolean
gst_spice_auth_has_handler (GstSpiceServer *self)
{
  return has_handler (self, AUTHENTICATE);
}

GstStructure *
gst_spice_auth_event (GstSpiceAuthRequest *request)
{
  GstStructure *event = gst_structure_new_empty (EVENT);
  GValue value = G_VALUE_INIT;

  g_value_init (&value, GST_TYPE_SPICE_AUTH_REQUEST);
  g_value_take_object (&value, request);
  gst_structure_take_value (event, "request", &value);
  return event;
}

GstStructure *
gst_spice_auth_withdrawal (GCancellable *cancellable)
{
  return gst_structure_new (WITHDRAWAL, "cancellable", G_TYPE_CANCELLABLE,
                            cancellable, NULL);
}

gboolean
gst_spice_auth_emit (GstSpiceServer *self, const GstStructure *event)
{
  if (gst_structure_has_name (event, WITHDRAWAL)) {
    g_cancellable_cancel (
        g_value_get_object (gst_structure_get_value (event, "cancellable")));
    return TRUE;
  }
  if (!gst_structure_has_name (event, EVENT))
    return FALSE;
  g_signal_emit_by_name (
      self, AUTHENTICATE,
      g_value_get_object (gst_structure_get_value (event, "request")));
  return TRUE;
}

gboolean
gst_spice_auth_authorize (GstSpiceServer *self, const SpcClientInfo *client,
                          uint8_t type, uint8_t id)
{
  gboolean is_allowed = TRUE;

  if (has_handler (self, AUTHORIZE))
    g_signal_emit_by_name (self, AUTHORIZE, (guint)client->id,
                           client->identity->user, spc_channel_type_name (type),
                           (guint)id, &is_allowed);
  return is_allowed;
}

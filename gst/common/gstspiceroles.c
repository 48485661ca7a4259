/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceroles.h"

#include "gst/common/gstspicecontrol.h"
#include "gst/common/gstspiceshare.h"

void
gst_spice_roles_emit (GstSpiceServer *self, const GstStructure *event)
{
  guint id = 0;

  gst_structure_get_uint (event, "connection-id", &id);
  g_signal_emit_by_name (self, "control-changed", id);
}

void
gst_spice_roles_install (GObjectClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  /**
   * GstSpiceServer::control-changed:
   * @self: the server
   * @connection_id: who alone holds the inputs; 0: nobody does, or several do
   *
   * Others hold the inputs now. The field "in-control" of
   * gst_spice_server_get_clients() tells who.
   */
  g_signal_new ("control-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_UINT);
  /**
   * GstSpiceServer::give-control:
   * @self: the server
   * @connection_id: stands for the viewer, 0: nobody
   *
   * Calls gst_spice_server_give_control().
   *
   * Returns: %FALSE if there is no such viewer
   */
  g_signal_new_class_handler ("give-control", type,
                              G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
                              G_CALLBACK (gst_spice_server_give_control), NULL,
                              NULL, NULL, G_TYPE_BOOLEAN, 1, G_TYPE_UINT);
  /**
   * GstSpiceServer::set-client-role:
   * @self: the server
   * @connection_id: stands for the viewer
   * @view_only: the viewer may look and listen, not type or speak
   *
   * Calls gst_spice_server_set_client_role().
   *
   * Returns: %FALSE if there is no such viewer
   */
  g_signal_new_class_handler (
      "set-client-role", type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      G_CALLBACK (gst_spice_server_set_client_role), NULL, NULL, NULL,
      G_TYPE_BOOLEAN, 2, G_TYPE_UINT, G_TYPE_BOOLEAN);
}

/**
 * gst_spice_server_give_control:
 * @self: a server
 * @connection_id: stands for the viewer, 0: nobody
 *
 * Gives the inputs to one viewer alone, as long as it stays, and sets "control"
 * to %GST_SPICE_CONTROL_NAMED. Who held them lets go of its keys and buttons. A
 * viewer that may only look has them once it may do more.
 *
 * Returns: %FALSE if there is no such viewer; nothing has changed then
 */
gboolean
gst_spice_server_give_control (GstSpiceServer *self, guint connection_id)
{
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), FALSE);
  session = gst_spice_share_get_session (gst_spice_server_share (self));
  if (!session || !gst_spice_session_give_control (session, connection_id))
    return FALSE;
  g_object_set (self, "control", GST_SPICE_CONTROL_NAMED, NULL);
  return TRUE;
}

/**
 * gst_spice_server_set_client_role:
 * @self: a server
 * @connection_id: stands for the viewer
 * @view_only: the viewer may look and listen, not type or speak
 *
 * Returns: %FALSE if there is no such viewer
 */
gboolean
gst_spice_server_set_client_role (GstSpiceServer *self, guint connection_id,
                                  gboolean view_only)
{
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), FALSE);
  session = gst_spice_share_get_session (gst_spice_server_share (self));
  return session &&
         gst_spice_session_set_view_only (session, connection_id, view_only);
}

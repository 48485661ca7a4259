/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicemessages.h"

#define MESSAGE "message"

void
gst_spice_messages_install (GObjectClass *klass)
{
  /**
   * GstSpiceServer::message:
   * @self: the server
   * @message: its name and fields are in docs/messages.md
   *
   * What elements post on the bus about viewers, in the same order, also while
   * the server has no element. The detail is the name of the message, as in
   * "message::spice-migrate-connect-complete".
   */
  g_signal_new (MESSAGE, G_TYPE_FROM_CLASS (klass),
                G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1,
                GST_TYPE_STRUCTURE | G_SIGNAL_TYPE_STATIC_SCOPE);
}

void
gst_spice_messages_emit (GstSpiceServer *self, const GstStructure *event)
{
  guint id = g_signal_lookup (MESSAGE, GST_TYPE_SPICE_SERVER);

  g_signal_emit (self, id, gst_structure_get_name_id (event), event);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceline.h"

#include "gst/common/gstspiceshare.h"

GType
gst_spice_line_flags_get_type (void)
{
  static gsize type;
  static const GFlagsValue values[] = {
      {GST_SPICE_LINE_PLAIN, "As one that comes to the port", "plain"},
      {GST_SPICE_LINE_TLS, "As one that comes to the TLS port", "tls"},
      {GST_SPICE_LINE_TRUSTED, "Its password is not looked at", "trusted"},
      {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
                       g_flags_register_static ("GstSpiceLineFlags", values));
  return type;
}

/**
 * gst_spice_server_add_client:
 * @self: a running server
 * @socket: a connected stream socket: TCP, or a unix socket
 * @flags: what is known of it
 * @error: why it is not taken
 *
 * Serves a line that the application has accepted itself, at a listener of its
 * own, or has been given by another process. A viewer has a line for each of
 * its channels: all of them must come to this server, in whichever way. Whoever
 * speaks HTTP there is answered, too. Without %GST_SPICE_LINE_TRUSTED a line
 * from another machine is refused while there is nothing its viewer would be
 * asked for. The server has a descriptor of its own for the line: close yours,
 * and say nothing more on it. Waits for the server's loop.
 *
 * Returns: %FALSE with @error; the line is still yours then
 */
gboolean
gst_spice_server_add_client (GstSpiceServer *self, GSocket *socket,
                             GstSpiceLineFlags flags, GError **error)
{
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), FALSE);
  g_return_val_if_fail (G_IS_SOCKET (socket), FALSE);
  session = gst_spice_share_get_session (gst_spice_server_share (self));
  if (session)
    return spc_server_add_line (gst_spice_session_server (session), socket,
                                (SpcLineFlags)flags, error);
  g_set_error_literal (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
                       "the server does not run");
  return FALSE;
}

_Static_assert((int)GST_SPICE_LINE_TLS == (int)SPC_LINE_TLS &&
                   (int)GST_SPICE_LINE_TRUSTED == (int)SPC_LINE_TRUSTED,
               "flags are passed on as they are");

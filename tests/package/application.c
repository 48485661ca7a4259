/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* application.c – a program as others write it, with the installed package. */
#include <gst/gst.h>
#include <gst/spice/gstspice.h>

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstSpiceServer) server = NULL;
  g_autoptr (GstStructure) stats = NULL;
  g_autoptr (GstBuffer) frame = NULL;

  gst_init (&argc, &argv);
  frame = gst_buffer_new ();
  gst_spice_damage_meta_add_rect (gst_buffer_add_spice_damage_meta (frame, 0),
                                  0, 0, 1, 1);
  if (!gst_buffer_get_spice_damage_meta (frame))
    g_error ("no damage");
  server = gst_spice_server_new (NULL);
  g_object_set (server, "port", 0, NULL);
  if (!gst_spice_server_start (server, &error))
    g_error ("%s", error->message);
  stats = gst_spice_server_get_stats (server);
  g_print ("port %d, stats %s\n", gst_spice_server_get_current_port (server),
           gst_structure_get_name (stats));
  gst_spice_server_stop (server);
  return gst_spice_server_is_running (server);
}

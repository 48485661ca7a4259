/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicefilesignals.h"

#include "gst/common/gstspicefilestream.h"
#include "gst/common/gstspiceshare.h"

#define REQUEST "file-transfer-request"
#define DONE "file-transfer-done"
#define CANCEL "file-transfer-cancel"

/* default handlers */

static GOutputStream *
into_directory (GstSpiceServer *self, guint client_id, guint id,
                const char *name, guint64 size)
{
  g_autofree char *directory = NULL;

  g_object_get (self, "file-transfer-dir", &directory, NULL);
  if (!directory || !*directory)
    return NULL;
  return G_OUTPUT_STREAM (gst_spice_file_stream_new (directory, name, size));
}

static gboolean
cancel (GstSpiceServer *self, guint client_id, guint id)
{
  g_autoptr (GstSpiceSession) session =
      gst_spice_share_get_session (gst_spice_server_share (self));

  return session && gst_spice_files_cancel (gst_spice_session_files (session),
                                            client_id, id);
}

/* whoever answers first has it */
static gboolean
take_first (GSignalInvocationHint *hint, GValue *sum, const GValue *answer,
            gpointer user_data)
{
  g_value_copy (answer, sum);
  return g_value_get_object (answer) == NULL;
}

void
gst_spice_file_signals_install (GType type)
{
  /**
   * GstSpiceServer::file-transfer-request:
   * @self: the server
   * @connection_id: stands for the viewer
   * @id: stands for the file, among those of this viewer
   * @name: its name: no path, and safe to create a file by
   * @size: bytes that are to come
   *
   * A viewer drops a file. The stream is written to and closed by threads of
   * the server, which wait for it and let the viewer wait. It is closed with a
   * cancelled #GCancellable if the file has not come as a whole: such a stream
   * should leave nothing behind. Without an answer the file goes into the
   * directory #GstSpiceServer:file-transfer-dir; to refuse it, stop the
   * emission with g_signal_stop_emission_by_name() and return %NULL. Viewers
   * that are there before a handler is connected or the directory set may have
   * been told that files are not wanted. Emitted on a thread of its own; the
   * server must not be stopped from it.
   *
   * Returns: (transfer full) (nullable): where to write the file
   */
  g_signal_new_class_handler (REQUEST, type, G_SIGNAL_RUN_LAST,
                              G_CALLBACK (into_directory), take_first, NULL,
                              NULL, G_TYPE_OUTPUT_STREAM, 4, G_TYPE_UINT,
                              G_TYPE_UINT, G_TYPE_STRING, G_TYPE_UINT64);
  /**
   * GstSpiceServer::file-transfer-done:
   * @self: the server
   * @connection_id: stands for the viewer
   * @id: stood for the file
   * @name: its name
   * @location: (nullable): its path, if it is in the directory
   * @reason: (nullable): why it did not come; %NULL: it is there
   *
   * A file has come, or will not come: was refused, cancelled or cut off.
   * Nothing is left of it then.
   */
  g_signal_new (DONE, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                5, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRING,
                G_TYPE_STRING);
  /**
   * GstSpiceServer::file-transfer-cancel:
   * @self: the server
   * @connection_id: stands for the viewer
   * @id: stands for the file
   *
   * Ends a file that is on its way; the viewer is told.
   *
   * Returns: %FALSE if there is no such file
   */
  g_signal_new_class_handler (CANCEL, type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
                              G_CALLBACK (cancel), NULL, NULL, NULL,
                              G_TYPE_BOOLEAN, 2, G_TYPE_UINT, G_TYPE_UINT);
}

gboolean
gst_spice_file_signals_has_handler (GstSpiceServer *server)
{
  return g_signal_has_handler_pending (
      server, g_signal_lookup (REQUEST, GST_TYPE_SPICE_SERVER), 0, FALSE);
}

GOutputStream *
gst_spice_file_signals_request (GstSpiceServer *server, guint client_id,
                                guint id, const char *name, guint64 size)
{
  GOutputStream *stream = NULL;

  g_signal_emit_by_name (server, REQUEST, client_id, id, name, size, &stream);
  return stream;
}

void
gst_spice_file_signals_emit_done (GstSpiceServer *server,
                                  const GstStructure *event)
{
  const char *state = gst_structure_get_string (event, "state");
  gboolean is_done = g_strcmp0 (state, "done") == 0;
  guint client_id = 0, id = 0;

  if (!is_done && g_strcmp0 (state, "cancelled") != 0 &&
      g_strcmp0 (state, "failed") != 0)
    return;
  gst_structure_get_uint (event, "connection-id", &client_id);
  gst_structure_get_uint (event, "id", &id);
  g_signal_emit_by_name (
      server, DONE, client_id, id, gst_structure_get_string (event, "name"),
      gst_structure_get_string (event, "location"),
      is_done ? NULL : gst_structure_get_string (event, "reason"));
}

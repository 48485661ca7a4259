/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* record-location of spicedisplaysink: what is shown lies in the file. */
#include "gst/common/gstspicexz.h"
#include "qxl/journal.h"
#include "qxl/replay.h"
#include "qxl/stream.h"
#include "tests/recording-player.h"

#include <glib/gstdio.h>
#include <gst/check/gstcheck.h>
#include <string.h>

#define DEADLINE (20 * GST_SECOND)
/* where recordings lie */
#define FOLDER_VARIABLE "RECORDINGS"

typedef struct {
  gchar *folder, *path; /* of the recording, which goes with it */
  GstElement *pipeline;
  GstBus *bus;
  GMainLoop *loop; /* while it runs */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("spicerecorder-XXXXXX", NULL);
  g_assert_nonnull (f->folder);
  f->path = g_build_filename (f->folder, "journal", NULL);
}

static void
stop (Fixture *f)
{
  if (f->pipeline)
    gst_element_set_state (f->pipeline, GST_STATE_NULL);
  gst_clear_object (&f->bus);
  gst_clear_object (&f->pipeline);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  stop (f);
  g_remove (f->path);
  g_rmdir (f->folder);
  g_free (f->path);
  g_free (f->folder);
}

static void
launch (Fixture *f, const gchar *source, const gchar *path)
{
  g_autofree gchar *line = g_strdup_printf (
      "%s ! spicedisplaysink name=sink port=0 record-location=\"%s\"", source,
      path);
  g_autoptr (GError) error = NULL;

  f->pipeline = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  f->bus = gst_element_get_bus (f->pipeline);
}

static void
play_to (Fixture *f, GstMessageType type)
{
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (f->pipeline, GST_STATE_PLAYING);
  message =
      gst_bus_timed_pop_filtered (f->bus, DEADLINE, type | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, type);
}

/* draws the recording; returns how many batches it has */
static guint
draw_journal (const gchar *path, RecordingPlayer *player)
{
  g_autoptr (GInputStream) stream = gst_spice_xz_open (path, NULL, NULL);
  g_autoptr (QxlJournalReader) reader = qxl_journal_reader_new (stream);
  g_autoptr (GError) error = NULL;
  uint64_t time_ns, last_ns = 0;
  GBytes *bytes;
  guint n = 0;

  while ((bytes = qxl_journal_reader_next (reader, QXL_JOURNAL_FIRST_DISPLAY,
                                           &time_ns, NULL, &error))) {
    g_autoptr (QxlBatch) batch =
        qxl_stream_read_batch (bytes, NULL, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (time_ns, >=, last_ns);
    last_ns = time_ns;
    recording_player_play (player, batch);
    g_bytes_unref (bytes);
    n++;
  }
  g_assert_no_error (error);
  g_assert_false (qxl_journal_reader_is_cut_off (reader));
  return n;
}

static void
commands_are_recorded (Fixture *f, gconstpointer data)
{
  g_autofree gchar *path = g_build_filename (
      g_getenv (FOLDER_VARIABLE), "xspice-xterm-twm.qxlrec.xz", NULL);
  g_autofree gchar *source =
      g_strdup_printf ("qxlreplaysrc rate=0 location=\"%s\"", path);
  g_autoptr (GInputStream) stream = gst_spice_xz_open (path, NULL, NULL);
  g_autoptr (QxlReplay) replay = qxl_replay_new (stream);
  g_autoptr (RecordingPlayer) original = recording_player_new ();
  g_autoptr (RecordingPlayer) recorded = recording_player_new ();
  g_autoptr (GByteArray) expected = NULL, got = NULL;
  QxlBatch *batch;
  uint64_t time_ns;

  launch (f, source, f->path);
  play_to (f, GST_MESSAGE_EOS);
  stop (f);
  while ((batch = qxl_replay_next (replay, &time_ns, NULL, NULL))) {
    recording_player_play (original, batch);
    qxl_batch_free (batch);
  }
  draw_journal (f->path, recorded);
  expected = recording_player_rgb (original);
  got = recording_player_rgb (recorded);
  g_assert_cmpmem (got->data, got->len, expected->data, expected->len);
}

static void
on_changed (GFileMonitor *monitor, GFile *file, GFile *other,
            GFileMonitorEvent event, gpointer data)
{
  Fixture *f = data;
  GStatBuf status;

  if (g_stat (f->path, &status) == 0 &&
      status.st_size > (goffset)QXL_JOURNAL_HEADER_SIZE)
    g_main_loop_quit (f->loop);
}

static gboolean
on_deadline (gpointer data)
{
  g_error ("no record in time");
  return G_SOURCE_REMOVE;
}

/* A frame that is not compared when the pipeline stops is left out. */
static void
play_to_first_record (Fixture *f)
{
  g_autoptr (GFile) file = g_file_new_for_path (f->path);
  g_autoptr (GFileMonitor) monitor =
      g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
  guint deadline = g_timeout_add_seconds (20, on_deadline, NULL);

  g_assert_nonnull (monitor);
  f->loop = g_main_loop_new (NULL, FALSE);
  g_file_monitor_set_rate_limit (monitor, 1);
  g_signal_connect (monitor, "changed", G_CALLBACK (on_changed), f);
  gst_element_set_state (f->pipeline, GST_STATE_PLAYING);
  g_main_loop_run (f->loop);
  g_source_remove (deadline);
  g_clear_pointer (&f->loop, g_main_loop_unref);
}

static void
frames_are_recorded (Fixture *f, gconstpointer data)
{
  g_autoptr (RecordingPlayer) player = recording_player_new ();
  g_autoptr (GByteArray) rgb = NULL;

  launch (f,
          "videotestsrc is-live=true pattern=red ! "
          "video/x-raw,format=BGRx,width=48,height=32",
          f->path);
  play_to_first_record (f);
  stop (f);
  g_assert_cmpuint (draw_journal (f->path, player), >, 0);
  rgb = recording_player_rgb (player);
  g_assert_cmpuint (rgb->len, ==, 48 * 32 * 3);
  for (guint i = 0; i < rgb->len; i += 3)
    g_assert_cmpmem (rgb->data + i, 3, "\xff\0\0", 3);
}

/* Seeks play the surfaces anew, which nothing may be in the way of. */
static void
a_flush_destroys_what_was_drawn (Fixture *f, gconstpointer data)
{
  g_autofree gchar *path = g_build_filename (
      g_getenv (FOLDER_VARIABLE), "synthetic-all-draws.qxlrec.xz", NULL);
  g_autofree gchar *source =
      g_strdup_printf ("qxlreplaysrc rate=0 location=\"%s\"", path);
  g_autoptr (RecordingPlayer) player = recording_player_new ();
  g_autoptr (GstMessage) warning = NULL;
  g_autoptr (GByteArray) rgb = NULL;

  launch (f, source, f->path);
  for (guint i = 0; i < 3; i++) {
    play_to (f, GST_MESSAGE_EOS);
    g_assert_true (gst_element_seek_simple (f->pipeline, GST_FORMAT_TIME,
                                            GST_SEEK_FLAG_FLUSH, 0));
  }
  play_to (f, GST_MESSAGE_EOS);
  warning = gst_bus_pop_filtered (f->bus, GST_MESSAGE_WARNING);
  g_assert_null (warning);
  stop (f);
  draw_journal (f->path, player);
  rgb = recording_player_rgb (player);
  g_assert_cmpuint (rgb->len, ==, 640 * 600 * 3);
}

static void
only_the_owner_may_read_it (Fixture *f, gconstpointer data)
{
  GStatBuf status;

  launch (f, "videotestsrc num-buffers=1", f->path);
  play_to (f, GST_MESSAGE_EOS);
  g_assert_cmpint (g_stat (f->path, &status), ==, 0);
  g_assert_cmphex (status.st_mode & 0777, ==, 0600);
}

static void
no_place_to_write_is_an_error (Fixture *f, gconstpointer data)
{
  g_autofree gchar *path = g_build_filename (f->path, "below", NULL);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  launch (f, "videotestsrc num-buffers=1", path);
  g_assert_cmpint (gst_element_set_state (f->pipeline, GST_STATE_PAUSED), ==,
                   GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (f->bus, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_WRITE);
  g_assert_nonnull (strstr (error->message, "record-location"));
}

static void
a_full_disk_ends_only_the_recording (Fixture *f, gconstpointer data)
{
  launch (f, "videotestsrc is-live=true", "/dev/full");
  play_to (f, GST_MESSAGE_WARNING);
  gst_element_send_event (f->pipeline, gst_event_new_eos ());
  play_to (f, GST_MESSAGE_EOS);
}

#define ADD(path, func)                                                        \
  g_test_add ("/spicerecorder/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  ADD ("commands-are-recorded", commands_are_recorded);
  ADD ("frames-are-recorded", frames_are_recorded);
  ADD ("a-flush-destroys-what-was-drawn", a_flush_destroys_what_was_drawn);
  ADD ("only-the-owner-may-read-it", only_the_owner_may_read_it);
  ADD ("no-place-to-write-is-an-error", no_place_to_write_is_an_error);
  ADD ("a-full-disk-ends-only-the-recording",
       a_full_disk_ends_only_the_recording);
  return g_test_run ();
}

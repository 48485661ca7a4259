/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicexz.h"
#include "qxl/journal.h"
#include "qxl/replay.h"
#include "qxl/stream.h"
#include "tests/recording-player.h"

#include <glib/gstdio.h>
#include <gst/check/gstcheck.h>
#include <string.h>

#define DEADLINE (20 * GST_SECOND)
/* where the recordings lie */
#define FOLDER_VARIABLE "RECORDINGS"

/* a desktop of one pixel on which the pointer is reset three times */
#define SMALL                                                                  \
  "SPICE_REPLAY 1\n"                                                           \
  "event 0 1 20 5000000000\n1 1 4 32\n0 1 0 0\nbinary 0 data 4:abcd\n"         \
  "event 1 1 22 5004000000\n"                                                  \
  "event 2 1 22 5004500000\n"                                                  \
  "event 3 1 22 5008000000\n"
#define N_SMALL 3 /* buffers: events within a millisecond are one */

typedef struct {
  gchar *folder; /* for files; goes with them */
  GstElement *pipeline, *source;
  GstBus *bus;
  RecordingPlayer *player;
  /* streaming thread, until the pipeline stops */
  GArray *times; /* of GstClockTime */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("qxlreplaysrc-XXXXXX", NULL);
  g_assert_nonnull (f->folder);
  f->player = recording_player_new ();
  f->times = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
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
remove_folder (const gchar *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir))) {
    g_autofree gchar *file = g_build_filename (path, name, NULL);
    g_remove (file);
  }
  g_dir_close (dir);
  g_rmdir (path);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  stop (f);
  recording_player_free (f->player);
  g_array_unref (f->times);
  remove_folder (f->folder);
  g_free (f->folder);
}

static gchar *
write_file (Fixture *f, const gchar *text, gssize size)
{
  gchar *path = g_build_filename (f->folder, "recording", NULL);

  g_assert_true (g_file_set_contents (path, text, size, NULL));
  return path;
}

static gchar *
recording (const gchar *name)
{
  g_autofree gchar *file = g_strconcat (name, ".qxlrec.xz", NULL);

  return g_build_filename (g_getenv (FOLDER_VARIABLE), file, NULL);
}

static void
on_buffer (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  Fixture *f = data;
  GstClockTime pts = GST_BUFFER_PTS (buffer);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (QxlBatch) batch = NULL;
  g_autoptr (GError) error = NULL;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  bytes = g_bytes_new (map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  batch = qxl_stream_read_batch (bytes, NULL, NULL, &error);
  g_assert_no_error (error);
  recording_player_play (f->player, batch);
  g_array_append_val (f->times, pts);
}

/* as for any sink, nothing is left after it */
static GstPadProbeReturn
on_flush (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Fixture *f = data;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) ==
      GST_EVENT_FLUSH_STOP) {
    recording_player_free (f->player);
    f->player = recording_player_new ();
  }
  return GST_PAD_PROBE_OK;
}

static void
launch (Fixture *f, const gchar *location, const gchar *properties)
{
  g_autofree gchar *line = g_strdup_printf (
      "qxlreplaysrc name=source %s ! fakesink name=sink signal-handoffs=true",
      properties);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstPad) pad = NULL;

  f->pipeline = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  f->bus = gst_element_get_bus (f->pipeline);
  f->source = gst_bin_get_by_name (GST_BIN (f->pipeline), "source");
  gst_object_unref (f->source); /* the pipeline holds it */
  g_object_set (f->source, "location", location, NULL);
  sink = gst_bin_get_by_name (GST_BIN (f->pipeline), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (on_buffer), f);
  pad = gst_element_get_static_pad (sink, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_FLUSH, on_flush, f, NULL);
}

static GstMessage *
wait_for (Fixture *f, GstMessageType types)
{
  GstMessage *message =
      gst_bus_timed_pop_filtered (f->bus, DEADLINE, types | GST_MESSAGE_ERROR);

  g_assert_nonnull (message);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR &&
      !(types & GST_MESSAGE_ERROR)) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_error (message, &error, NULL);
    g_error ("%s", error->message);
  }
  return message;
}

static void
play_to (Fixture *f, GstMessageType type)
{
  gst_element_set_state (f->pipeline, GST_STATE_PLAYING);
  gst_message_unref (wait_for (f, type));
}

static GstClockTime
time_at (Fixture *f, guint n)
{
  g_assert_cmpuint (n, <, f->times->len);
  return g_array_index (f->times, GstClockTime, n);
}

/* what the recording's commands draw without the element */
static GByteArray *
expected_rgb (const gchar *path)
{
  g_autoptr (GInputStream) stream = gst_spice_xz_open (path, NULL, NULL);
  g_autoptr (QxlReplay) replay = qxl_replay_new (stream);
  g_autoptr (RecordingPlayer) player = recording_player_new ();
  QxlBatch *batch;
  uint64_t time_ns;

  while ((batch = qxl_replay_next (replay, &time_ns, NULL, NULL))) {
    recording_player_play (player, batch);
    qxl_batch_free (batch);
  }
  return recording_player_rgb (player);
}

static void
assert_shows (Fixture *f, const gchar *path)
{
  g_autoptr (GByteArray) expected = expected_rgb (path);
  g_autoptr (GByteArray) got = recording_player_rgb (f->player);

  g_assert_cmpuint (expected->len, >, 0);
  g_assert_cmpmem (got->data, got->len, expected->data, expected->len);
}

static void
buffers_draw_the_recorded_picture (Fixture *f, gconstpointer data)
{
  g_autofree gchar *path = recording (data);
  guint64 refused;

  launch (f, path, "rate=0");
  play_to (f, GST_MESSAGE_EOS);
  g_object_get (f->source, "refused", &refused, NULL);
  g_assert_cmpuint (refused, ==, 0);
  stop (f);
  assert_shows (f, path);
  for (guint i = 0; i < f->times->len; i++)
    g_assert_cmpuint (time_at (f, i), ==, GST_CLOCK_TIME_NONE);
}

static void
times_are_those_recorded (Fixture *f, gconstpointer data)
{
  g_autofree gchar *path = write_file (f, SMALL, -1);

  launch (f, path, "");
  play_to (f, GST_MESSAGE_EOS);
  stop (f);
  g_assert_cmpuint (f->times->len, ==, N_SMALL);
  g_assert_cmpuint (time_at (f, 0), ==, 0);
  g_assert_cmpuint (time_at (f, 1), ==, 4 * GST_MSECOND);
  g_assert_cmpuint (time_at (f, 2), ==, 8 * GST_MSECOND);
}

static void
rate_makes_times_shorter (Fixture *f, gconstpointer data)
{
  g_autofree gchar *path = write_file (f, SMALL, -1);

  launch (f, path, "rate=4");
  play_to (f, GST_MESSAGE_EOS);
  stop (f);
  g_assert_cmpuint (f->times->len, ==, N_SMALL);
  g_assert_cmpuint (time_at (f, 2), ==, 2 * GST_MSECOND);
}

static void
loop_begins_anew (Fixture *f, gconstpointer data)
{
  g_autofree gchar *path = write_file (f, SMALL, -1);

  /* a round after the first begins with what destroys the surface */
  launch (f, path, "loop=true num-buffers=11");
  play_to (f, GST_MESSAGE_EOS);
  stop (f);
  g_assert_cmpuint (f->times->len, ==, N_SMALL + 2 * (N_SMALL + 1));
  g_assert_cmpuint (time_at (f, N_SMALL), ==, 8 * GST_MSECOND);
  g_assert_cmpuint (time_at (f, N_SMALL + 1), ==, 8 * GST_MSECOND);
  g_assert_cmpuint (time_at (f, 10), ==, 24 * GST_MSECOND);
}

static void
seek (Fixture *f, GstSeekFlags flags, GstClockTime to)
{
  g_assert_true (gst_element_seek (f->pipeline, 1.0, GST_FORMAT_TIME, flags,
                                   GST_SEEK_TYPE_SET, (gint64)to,
                                   GST_SEEK_TYPE_NONE, 0));
}

static void
seeks_play_again_from_the_start (Fixture *f, gconstpointer data)
{
  g_autofree gchar *path = recording ("synthetic-all-draws");

  launch (f, path, "rate=0");
  gst_element_set_state (f->pipeline, GST_STATE_PAUSED);
  gst_element_get_state (f->pipeline, NULL, NULL, DEADLINE);
  seek (f, GST_SEEK_FLAG_FLUSH, 0);
  play_to (f, GST_MESSAGE_EOS);
  seek (f, GST_SEEK_FLAG_FLUSH, 0);
  play_to (f, GST_MESSAGE_EOS);
  stop (f);
  assert_shows (f, path);
}

static void
segments_may_follow_each_other (Fixture *f, gconstpointer data)
{
  g_autofree gchar *path = write_file (f, SMALL, -1);

  launch (f, path, "");
  gst_element_set_state (f->pipeline, GST_STATE_PAUSED);
  gst_element_get_state (f->pipeline, NULL, NULL, DEADLINE);
  seek (f, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_SEGMENT, 0);
  play_to (f, GST_MESSAGE_SEGMENT_DONE);
  seek (f, GST_SEEK_FLAG_SEGMENT, 0);
  gst_message_unref (wait_for (f, GST_MESSAGE_SEGMENT_DONE));
  seek (f, GST_SEEK_FLAG_NONE, 0);
  gst_message_unref (wait_for (f, GST_MESSAGE_EOS));
  stop (f);
  g_assert_cmpuint (recording_player_n_surfaces (f->player), ==, 1);
  g_assert_cmpuint (time_at (f, f->times->len - 1), ==, 8 * GST_MSECOND);
}

static void
what_lies_before_a_seek_comes_at_once (Fixture *f, gconstpointer data)
{
  g_autofree gchar *path = write_file (f, SMALL, -1);
  guint before;

  launch (f, path, "");
  gst_element_set_state (f->pipeline, GST_STATE_PAUSED);
  gst_element_get_state (f->pipeline, NULL, NULL, DEADLINE);
  seek (f, GST_SEEK_FLAG_FLUSH, 6 * GST_MSECOND);
  play_to (f, GST_MESSAGE_EOS);
  stop (f);
  before = f->times->len - N_SMALL;
  g_assert_cmpuint (time_at (f, before), ==, 6 * GST_MSECOND);
  g_assert_cmpuint (time_at (f, before + 1), ==, 6 * GST_MSECOND);
  g_assert_cmpuint (time_at (f, before + 2), ==, 8 * GST_MSECOND);
  g_assert_cmpuint (recording_player_n_surfaces (f->player), ==, 1);
}

static void
duration_is_known_of_plain_files (Fixture *f, gconstpointer data)
{
  g_autofree gchar *path = write_file (f, SMALL, -1);
  gint64 duration;

  launch (f, path, "rate=2");
  gst_element_set_state (f->pipeline, GST_STATE_PAUSED);
  gst_element_get_state (f->pipeline, NULL, NULL, DEADLINE);
  g_assert_true (
      gst_element_query_duration (f->pipeline, GST_FORMAT_TIME, &duration));
  g_assert_cmpint (duration, ==, 4 * GST_MSECOND);
}

static void
journals_are_played_too (Fixture *f, gconstpointer data)
{
  g_autofree gchar *path = g_build_filename (f->folder, "journal", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileOutputStream) stream =
      g_file_create (file, G_FILE_CREATE_NONE, NULL, NULL);
  g_autoptr (QxlJournalWriter) journal =
      qxl_journal_writer_new (G_OUTPUT_STREAM (stream), NULL);
  gint64 duration;

  for (guint i = 0; i < 2; i++) {
    g_autoptr (QxlBatch) batch = qxl_batch_new ();
    g_autoptr (QxlWriter) writer = qxl_writer_new ();
    g_autoptr (GBytes) bytes = NULL;

    qxl_batch_create_surface (batch, i, 1, 1, QXL_FORMAT_BGRX);
    qxl_stream_write_batch (batch, writer);
    bytes = qxl_writer_steal (writer);
    g_assert_true (
        qxl_journal_writer_add (journal, 0, i * 3 * GST_MSECOND, bytes, NULL));
  }
  g_assert_true (g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, NULL));
  launch (f, path, "");
  gst_element_set_state (f->pipeline, GST_STATE_PAUSED);
  gst_element_get_state (f->pipeline, NULL, NULL, DEADLINE);
  g_assert_true (
      gst_element_query_duration (f->pipeline, GST_FORMAT_TIME, &duration));
  g_assert_cmpint (duration, ==, 3 * GST_MSECOND);
  play_to (f, GST_MESSAGE_EOS);
  stop (f);
  g_assert_cmpuint (recording_player_n_surfaces (f->player), ==, 2);
  g_assert_cmpuint (time_at (f, 1), ==, 3 * GST_MSECOND);
}

static void
a_cut_off_file_ends_with_a_warning (Fixture *f, gconstpointer data)
{
  g_autofree gchar *path = write_file (f, SMALL, strlen (SMALL) - 1);

  launch (f, path, "");
  play_to (f, GST_MESSAGE_WARNING);
  gst_message_unref (wait_for (f, GST_MESSAGE_EOS));
  stop (f);
  g_assert_cmpuint (f->times->len, ==, N_SMALL - 1);
}

static void
malformed_commands_are_told (Fixture *f, gconstpointer data)
{
  g_autofree gchar *path = write_file (
      f, SMALL "event 4 0 9 5008000000\nevent 5 0 9 5009000000\n", -1);
  GstMessageType wanted = GST_MESSAGE_EOS | GST_MESSAGE_WARNING;
  guint64 refused;

  launch (f, path, "");
  gst_element_set_state (f->pipeline, GST_STATE_PLAYING);
  while (wanted != 0) {
    GstMessage *message = wait_for (f, wanted);

    wanted &= ~GST_MESSAGE_TYPE (message);
    gst_message_unref (message);
  }
  g_object_get (f->source, "refused", &refused, NULL);
  g_assert_cmpuint (refused, ==, 2);
}

static void
assert_fails (Fixture *f, const gchar *location, GQuark domain, gint code,
              const gchar *why)
{
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  launch (f, location, "");
  gst_element_set_state (f->pipeline, GST_STATE_PLAYING);
  message = wait_for (f, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, &debug);
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (debug, why));
  stop (f);
}

static void
errors_tell_the_place (Fixture *f, gconstpointer data)
{
  g_autofree gchar *nowhere = g_build_filename (f->folder, "none", NULL);
  g_autofree gchar *path =
      write_file (f, SMALL "event 4 0 1 5008000000\ndrawing\n", -1);

  assert_fails (f, NULL, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND, "");
  assert_fails (f, nowhere, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
                "none");
  assert_fails (f, f->folder, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ,
                "");
  assert_fails (f, path, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE,
                "'drawable' expected, got 'drawing'");
}

static void
states_can_go_up_and_down (Fixture *f, gconstpointer data)
{
  g_autofree gchar *path = write_file (f, SMALL, -1);

  launch (f, path, "rate=0");
  for (guint i = 0; i < 100; i++) {
    play_to (f, GST_MESSAGE_EOS);
    g_assert_cmpint (gst_element_set_state (f->pipeline, GST_STATE_NULL), ==,
                     GST_STATE_CHANGE_SUCCESS);
    recording_player_free (f->player);
    f->player = recording_player_new ();
  }
  g_assert_cmpuint (f->times->len, ==, 100 * N_SMALL);
}

#define ADD(path, data, func)                                                  \
  g_test_add ("/qxlreplaysrc/" path, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  static const gchar *const names[] = {
      "xspice-xterm-twm",   "xspice-x11perf-fills", "xspice-video-cursor",
      "qemu-firmware-boot", "guest-xorg-render",    "synthetic-all-draws"};

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = g_strconcat (
        "/qxlreplaysrc/buffers-draw-the-recorded-picture/", names[i], NULL);
    g_test_add (path, Fixture, names[i], set_up,
                buffers_draw_the_recorded_picture, tear_down);
  }
  ADD ("times-are-those-recorded", NULL, times_are_those_recorded);
  ADD ("rate-makes-times-shorter", NULL, rate_makes_times_shorter);
  ADD ("loop-begins-anew", NULL, loop_begins_anew);
  ADD ("seeks-play-again-from-the-start", NULL,
       seeks_play_again_from_the_start);
  ADD ("segments-may-follow-each-other", NULL, segments_may_follow_each_other);
  ADD ("what-lies-before-a-seek-comes-at-once", NULL,
       what_lies_before_a_seek_comes_at_once);
  ADD ("duration-is-known-of-plain-files", NULL,
       duration_is_known_of_plain_files);
  ADD ("journals-are-played-too", NULL, journals_are_played_too);
  ADD ("a-cut-off-file-ends-with-a-warning", NULL,
       a_cut_off_file_ends_with_a_warning);
  ADD ("malformed-commands-are-told", NULL, malformed_commands_are_told);
  ADD ("errors-tell-the-place", NULL, errors_tell_the_place);
  ADD ("states-can-go-up-and-down", NULL, states_can_go_up_and_down);
  return g_test_run ();
}

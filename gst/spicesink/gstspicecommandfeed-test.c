/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What spicedisplaysink does with draw commands beside drawing: pictures read
 * back, updates, refusals, limits. */
#include "gst/common/gstspice-fixture.h"
#include "gst/common/gstspiceserver.h"
#include "qxl/stream.h"
#include "server-core/image/quic.h"

#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <string.h>

#define SIDE 64
#define RED 0xff0000u
#define BLUE 0x0000ffu
#define LARGE 2048 /* pixels: pictures of 16 MiB */

typedef struct {
  NetFixture net;
  GstHarness *harness;
  GstBus *bus;
} Fixture;

static GstHarness *
commands_harness (const char *property, guint value)
{
  GstElement *sink = gst_element_factory_make ("spicedisplaysink", NULL);
  GstHarness *harness;

  g_object_set (sink, "port", 0, "async", FALSE, "sync", FALSE, NULL);
  if (property)
    g_object_set (sink, property, value, NULL);
  harness = gst_harness_new_with_element (sink, "sink", NULL);
  gst_harness_set_src_caps_str (harness,
                                "application/x-spice-qxl, version=(int)1");
  gst_object_unref (sink);
  return harness;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  net_fixture_init (&f->net);
  f->harness = commands_harness (NULL, 0);
  f->bus = gst_bus_new ();
  gst_element_set_bus (f->harness->element, f->bus);
  gst_harness_play (f->harness);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gst_element_set_bus (f->harness->element, NULL);
  gst_harness_teardown (f->harness);
  gst_object_unref (f->bus);
  net_fixture_clear (&f->net);
}

/* commands */

static void
push_bytes (GstHarness *harness, QxlWriter *writer)
{
  g_autoptr (GBytes) bytes = qxl_writer_steal (writer);

  g_assert_cmpint (
      gst_harness_push (harness, gst_buffer_new_wrapped_bytes (bytes)), ==,
      GST_FLOW_OK);
}

/* takes @batch */
static void
push_batch (GstHarness *harness, QxlBatch *batch)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  qxl_stream_write_batch (batch, writer);
  qxl_batch_free (batch);
  push_bytes (harness, writer);
}

static void
add_fill (QxlBatch *batch, uint32_t side, uint32_t color)
{
  const QxlRect all = QXL_RECT (0, 0, (int32_t)side, (int32_t)side);

  qxl_batch_draw (batch, qxl_drawable_new_fill (0, &all, color));
}

static void
add_update (QxlBatch *batch, uint32_t update_id, uint32_t surface_id,
            QxlRect area)
{
  QxlCommand command = {.kind = QXL_COMMAND_UPDATE,
                        .u.update = {.surface_id = surface_id,
                                     .update_id = update_id,
                                     .area = area}};

  qxl_batch_take (batch, &command);
}

static void
push_screen (GstHarness *harness, uint32_t side, uint32_t color)
{
  QxlBatch *batch = qxl_batch_new ();

  qxl_batch_create_surface (batch, 0, side, side, QXL_FORMAT_BGRX);
  add_fill (batch, side, color);
  push_batch (harness, batch);
}

static void
push_refused (GstHarness *harness)
{
  QxlBatch *batch = qxl_batch_new ();
  const QxlRect box = QXL_RECT (0, 0, 3, 3);

  qxl_batch_draw (batch, qxl_drawable_new_fill (777, &box, 0));
  push_batch (harness, batch);
}

/* samples */

static GstSample *
snapshot (GstHarness *harness, guint surface_id, guint x, guint y, guint width,
          guint height)
{
  GstSample *sample = NULL;

  g_signal_emit_by_name (harness->element, "snapshot", surface_id, x, y, width,
                         height, &sample);
  return sample;
}

/* all pixels are @color */
static void
check_sample (GstSample *sample, int width, int height, uint32_t color)
{
  GstVideoInfo info;
  GstVideoFrame frame;

  g_assert_nonnull (sample);
  g_assert_true (
      gst_video_info_from_caps (&info, gst_sample_get_caps (sample)));
  g_assert_cmpint (GST_VIDEO_INFO_FORMAT (&info), ==, GST_VIDEO_FORMAT_BGRx);
  g_assert_cmpint (GST_VIDEO_INFO_WIDTH (&info), ==, width);
  g_assert_cmpint (GST_VIDEO_INFO_HEIGHT (&info), ==, height);
  g_assert_true (gst_video_frame_map (
      &frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ));
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      g_assert_cmphex (
          GST_READ_UINT32_LE ((guint8 *)GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) +
                              y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0) +
                              4 * x),
          ==, color);
  gst_video_frame_unmap (&frame);
}

/* takes @sample */
static void
check_and_free (GstSample *sample, int width, int height, uint32_t color)
{
  check_sample (sample, width, height, color);
  gst_sample_unref (sample);
}

static GstMessage *
wait_message (Fixture *f, GstMessageType type)
{
  GstMessage *message =
      gst_bus_timed_pop_filtered (f->bus, 10 * GST_SECOND, type);

  g_assert_nonnull (message);
  return message;
}

static GstMessage *
wait_update (Fixture *f, guint update_id)
{
  for (;;) {
    GstMessage *message = wait_message (f, GST_MESSAGE_ELEMENT);
    const GstStructure *structure = gst_message_get_structure (message);
    guint got;

    if (!gst_structure_has_name (structure, "spice-update")) {
      gst_message_unref (message);
      continue;
    }
    g_assert_true (gst_structure_get_uint (structure, "update-id", &got));
    g_assert_cmpuint (got, ==, update_id);
    return message;
  }
}

/* NULL: it has none */
static GstSample *
sample_of (GstMessage *message)
{
  GstSample *sample = NULL;

  gst_structure_get (gst_message_get_structure (message), "sample",
                     GST_TYPE_SAMPLE, &sample, NULL);
  return sample;
}

/* snapshots */

/* at once, with no viewer there */
static void
test_snapshot (Fixture *f, gconstpointer data)
{
  push_screen (f->harness, SIDE, RED);
  check_and_free (snapshot (f->harness, 0, 0, 0, 0, 0), SIDE, SIDE, RED);
  push_screen (f->harness, SIDE, BLUE);
  check_and_free (snapshot (f->harness, 0, 0, 0, SIDE, SIDE), SIDE, SIDE, BLUE);
  check_and_free (snapshot (f->harness, 0, 60, 10, 100, 2), 4, 2, BLUE);
  check_and_free (snapshot (f->harness, 0, 63, 63, 1, 1), 1, 1, BLUE);
  check_and_free (snapshot (f->harness, 0, 1, 2, G_MAXUINT, 0), 63, 62, BLUE);
}

static void
test_nothing_to_show (Fixture *f, gconstpointer data)
{
  g_assert_null (snapshot (f->harness, 0, 0, 0, 0, 0));
  push_screen (f->harness, SIDE, RED);
  g_assert_null (snapshot (f->harness, 3, 0, 0, 5, 5));
  g_assert_null (snapshot (f->harness, 0, SIDE, 0, 5, 5));
  g_assert_null (snapshot (f->harness, 0, 0, G_MAXUINT, 5, 5));
  g_assert_null (snapshot (f->harness, G_MAXUINT, G_MAXUINT, G_MAXUINT,
                           G_MAXUINT, G_MAXUINT));
  gst_element_set_state (f->harness->element, GST_STATE_NULL);
  g_assert_null (snapshot (f->harness, 0, 0, 0, 5, 5));
}

static void
test_paused (Fixture *f, gconstpointer data)
{
  push_screen (f->harness, SIDE, RED);
  gst_element_set_state (f->harness->element, GST_STATE_PAUSED);
  check_and_free (snapshot (f->harness, 0, 0, 0, 0, 0), SIDE, SIDE, RED);
}

/* somebody asks all the time, while the server comes and goes */

typedef struct {
  GstHarness *harness;
  GMainContext *context; /* of who waits */
  gint is_over, n_asked; /* atomic */
} Asker;

static gpointer
keep_asking (gpointer data)
{
  Asker *asker = data;

  while (!g_atomic_int_get (&asker->is_over)) {
    GstSample *sample = snapshot (asker->harness, 0, 0, 0, 0, 0);

    if (sample)
      gst_sample_unref (sample);
    g_atomic_int_inc (&asker->n_asked);
    g_main_context_wakeup (asker->context);
  }
  return NULL;
}

static void
test_stop_answers (Fixture *f, gconstpointer data)
{
  Asker asker = {.harness = f->harness, .context = f->net.context};
  GThread *thread = g_thread_new ("asker", keep_asking, &asker);

  for (int i = 0; i < 30; i++) {
    gint n = g_atomic_int_get (&asker.n_asked);

    gst_element_set_state (f->harness->element, GST_STATE_PLAYING);
    NET_RUN_UNTIL (&f->net, g_atomic_int_get (&asker.n_asked) > n);
    gst_element_set_state (f->harness->element, GST_STATE_NULL);
  }
  g_atomic_int_set (&asker.is_over, TRUE);
  g_thread_join (thread);
  g_assert_cmpint (asker.n_asked, >=, 30);
}

/* QUIC */

/* a record of a copy to the surface's corner, of @stream */
static void
write_quic_copy (QxlWriter *writer, uint32_t width, uint32_t height,
                 const uint8_t *stream, size_t size)
{
  enum { FIXED = 57, DESCRIPTOR = 18 };
  const uint32_t rect[4] = {0, 0, height, width};

  qxl_writer_u32 (writer, QXL_STREAM_DISPLAY + 304);
  qxl_writer_u32 (writer, (uint32_t)(FIXED + DESCRIPTOR + 4 + size));
  qxl_writer_u32 (writer, 0); /* surface */
  for (int i = 0; i < 4; i++)
    qxl_writer_u32 (writer, rect[i]);
  qxl_writer_u8 (writer, 0); /* no clip */
  qxl_writer_u32 (writer, FIXED);
  for (int i = 0; i < 4; i++)
    qxl_writer_u32 (writer, rect[i]);
  qxl_writer_u16 (writer, 8); /* put */
  qxl_writer_u8 (writer, 0);
  qxl_writer_zeros (writer, 13); /* no mask */
  qxl_writer_u64 (writer, 0);
  qxl_writer_u8 (writer, 1); /* QUIC */
  qxl_writer_u8 (writer, 0);
  qxl_writer_u32 (writer, width);
  qxl_writer_u32 (writer, height);
  qxl_writer_u32 (writer, (uint32_t)size);
  qxl_writer_bytes (writer, stream, size);
  qxl_writer_zeros (writer, (4 - qxl_writer_size (writer) % 4) % 4);
}

/* of one colour */
static void
push_quic (GstHarness *harness, uint32_t side, uint32_t color, gboolean is_bad)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autofree uint32_t *pixels = g_new (uint32_t, side * side);
  const SpcQuicImage image = {SPC_QUIC_RGB32, side, side, side * 4,
                              (const uint8_t *)pixels};
  size_t room = 4096 + 4 * side * side, size;
  g_autofree uint8_t *stream = g_malloc (room);

  for (uint32_t i = 0; i < side * side; i++)
    pixels[i] = GUINT32_TO_LE (color);
  size = spc_quic_write (&image, scratch, stream, room);
  g_assert_cmpuint (size, >, 0);
  if (is_bad)
    memset (stream + 20, 0xff, size - 20);
  write_quic_copy (writer, side, side, stream, size);
  push_bytes (harness, writer);
}

static void
test_quic (Fixture *f, gconstpointer data)
{
  FixtureViewer viewer;

  push_screen (f->harness, SIDE, RED);
  fixture_viewer_init (&viewer, &f->net, fixture_port (f->harness->element), 0);
  push_quic (f->harness, SIDE, 0x123456, FALSE);
  check_and_free (snapshot (f->harness, 0, 0, 0, 0, 0), SIDE, SIDE, 0x123456);
  NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&viewer, SIDE, SIDE, 0x123456));
  fixture_viewer_clear (&viewer);
}

static void
check_warning (Fixture *f, const char *told)
{
  GstMessage *message = wait_message (f, GST_MESSAGE_WARNING);
  g_autoptr (GError) error = NULL;

  gst_message_parse_warning (message, &error, NULL);
  g_assert_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, told));
  gst_message_unref (message);
}

static void
test_bad_quic (Fixture *f, gconstpointer data)
{
  push_screen (f->harness, SIDE, RED);
  push_quic (f->harness, SIDE, BLUE, TRUE);
  check_warning (f, "QUIC");
  check_and_free (snapshot (f->harness, 0, 0, 0, 0, 0), SIDE, SIDE, RED);
}

/* refusals */

static void
test_refusals (Fixture *f, gconstpointer data)
{
  GstMessage *second;

  push_screen (f->harness, SIDE, RED);
  for (int i = 0; i < 100; i++)
    push_refused (f->harness);
  check_warning (f, "777");
  push_screen (f->harness, SIDE, BLUE);
  check_and_free (snapshot (f->harness, 0, 0, 0, 0, 0), SIDE, SIDE, BLUE);
  second = gst_bus_pop_filtered (f->bus, GST_MESSAGE_WARNING);
  g_assert_null (second);
}

/* updates */

static void
test_updates (Fixture *f, gconstpointer data)
{
  const QxlRect part = QXL_RECT (10, 20, 15, SIDE + 9);
  const QxlRect none = QXL_RECT (5, 5, 5, 9);
  QxlBatch *batch = qxl_batch_new ();
  GstMessage *message;
  gint bottom;

  qxl_batch_create_surface (batch, 0, SIDE, SIDE, QXL_FORMAT_BGRX);
  add_fill (batch, SIDE, RED);
  add_update (batch, 7, 0, part);
  add_fill (batch, SIDE, BLUE);
  add_update (batch, 8, 0, part);
  add_update (batch, 9, 5, part);
  add_update (batch, 10, 0, none);
  push_batch (f->harness, batch);
  message = wait_update (f, 7);
  check_and_free (sample_of (message), 5, SIDE - 20, RED);
  g_assert_true (gst_structure_get_int (gst_message_get_structure (message),
                                        "bottom", &bottom));
  g_assert_cmpint (bottom, ==, SIDE + 9);
  gst_message_unref (message);
  message = wait_update (f, 8);
  check_and_free (sample_of (message), 5, SIDE - 20, BLUE);
  gst_message_unref (message);
  for (guint id = 9; id <= 10; id++) {
    message = wait_update (f, id);
    g_assert_null (sample_of (message));
    gst_message_unref (message);
  }
}

/* Pictures that nobody reads are not piled up; when they are read, there are
 * some again. */
static void
test_unread_updates (Fixture *f, gconstpointer data)
{
  const QxlRect all = QXL_RECT (0, 0, LARGE, LARGE);
  guint id = 0;

  push_screen (f->harness, LARGE, RED);
  for (int round = 0; round < 2; round++) {
    GPtrArray *messages =
        g_ptr_array_new_with_free_func ((GDestroyNotify)gst_message_unref);
    guint n_samples = 0;

    for (guint i = 0; i < 20; i++) {
      QxlBatch *batch = qxl_batch_new ();
      GstSample *sample;

      add_update (batch, ++id, 0, all);
      push_batch (f->harness, batch);
      g_ptr_array_add (messages, wait_update (f, id));
      sample = sample_of (g_ptr_array_index (messages, i));
      g_assert_true ((sample != NULL) == (i < 4));
      n_samples += sample != NULL;
      g_clear_pointer (&sample, gst_sample_unref);
    }
    g_assert_cmpuint (n_samples, ==, 4);
    g_ptr_array_unref (messages);
  }
}

/* more than may be under way, in one buffer */
static void
test_many_updates (Fixture *f, gconstpointer data)
{
  QxlBatch *batch = qxl_batch_new ();

  push_screen (f->harness, SIDE, RED);
  for (guint id = 0; id < 150; id++)
    add_update (batch, id, 0, QXL_RECT (0, 0, 1, 1));
  push_batch (f->harness, batch);
  for (guint id = 0; id < 150; id++)
    gst_message_unref (wait_update (f, id));
}

#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("/commands/a-snapshot-shows-what-came-before", test_snapshot);
  ADD ("/commands/a-snapshot-of-nothing-is-null", test_nothing_to_show);
  ADD ("/commands/a-snapshot-is-taken-in-paused", test_paused);
  ADD ("/commands/a-snapshot-ends-with-the-server", test_stop_answers);
  ADD ("/commands/quic-images-are-shown", test_quic);
  ADD ("/commands/bad-quic-images-are-left-out", test_bad_quic);
  ADD ("/commands/refusals-are-told-once-a-second", test_refusals);
  ADD ("/commands/updates-show-what-came-before", test_updates);
  ADD ("/commands/unread-pictures-are-few", test_unread_updates);
  ADD ("/commands/updates-wait-for-each-other", test_many_updates);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What spicedisplaysink tells of the draw commands it is given: updates and
 * refusals. */
#include "gst/common/gstspice-fixture.h"
#include "gst/spicesink/gstspicedraw-fixture.h"

#include <string.h>

#define LARGE 2048 /* pixels: pictures of 16 MiB */

typedef struct {
  NetFixture net;
  GstHarness *harness;
  GstBus *bus;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  net_fixture_init (&f->net);
  f->harness = draw_harness_new (NULL, NULL);
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

/* refusals */

static void
push_refused (GstHarness *harness, uint32_t surface_id, int32_t right)
{
  QxlBatch *batch = qxl_batch_new ();
  const QxlRect box = QXL_RECT (0, 0, right, 3);

  qxl_batch_draw (batch, qxl_drawable_new_fill (surface_id, &box, 0));
  push_batch (harness, batch);
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
check_no_warning (Fixture *f)
{
  GstMessage *message;

  push_screen (f->harness, SIDE, BLUE);
  check_and_free (snapshot (f->harness, 0, 0, 0, 0, 0), SIDE, SIDE, BLUE);
  message = gst_bus_pop_filtered (f->bus, GST_MESSAGE_WARNING);
  g_assert_null (message);
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  push_screen (f->harness, SIDE, RED);
  for (int i = 0; i < 100; i++)
    push_refused (f->harness, 777 + (uint32_t)i, 3);
  check_warning (f, "777");
  check_no_warning (f);
}

static void
test_reasons (Fixture *f, gconstpointer data)
{
  push_screen (f->harness, SIDE, RED);
  for (int i = 0; i < 3; i++) {
    push_refused (f->harness, 777, 3);
    push_refused (f->harness, 0, SIDE + 1 + i);
    push_refused (f->harness, 0, -i);
  }
  check_warning (f, "there is none");
  check_warning (f, "allowed is what lies in");
  check_warning (f, "is empty");
  check_no_warning (f);
}

/* a draw with a clip of a type that is none, or a record without a body */
static void
write_wrong_record (QxlWriter *writer, uint32_t kind, bool is_draw)
{
  enum { BASE = 20 };

  qxl_writer_u32 (writer, kind);
  qxl_writer_u32 (writer, is_draw ? BASE + 1 : 0);
  if (!is_draw)
    return;
  qxl_writer_zeros (writer, BASE);
  qxl_writer_u8 (writer, 7);
  qxl_writer_zeros (writer, 3);
}

static void
test_many_reasons (Fixture *f, gconstpointer data)
{
  enum { FIRST = 302, LAST = 313, TURNS = 4, MOST = 32 };
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  GstMessage *message;
  guint n_warnings = 0;

  push_screen (f->harness, SIDE, RED);
  for (int turn = 0; turn < TURNS; turn++)
    for (uint32_t kind = FIRST; kind <= LAST; kind++) {
      write_wrong_record (writer, QXL_STREAM_DISPLAY + kind, true);
      write_wrong_record (writer, QXL_STREAM_DISPLAY + kind, false);
      write_wrong_record (writer, kind << 8, false);
      write_wrong_record (writer, QXL_STREAM_CURSOR + 103, false);
    }
  push_bytes (f->harness, writer);
  for (; n_warnings < 2 * (LAST - FIRST + 1) + 2; n_warnings++)
    gst_message_unref (wait_message (f, GST_MESSAGE_WARNING));
  message = gst_bus_pop_filtered (f->bus, GST_MESSAGE_WARNING);
  g_assert_null (message);
  g_assert_cmpuint (n_warnings, <=, MOST);
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

static void
test_updates_of_nothing (Fixture *f, gconstpointer data)
{
  const QxlRect empty = QXL_RECT (5, 5, 5, 9), part = QXL_RECT (0, 0, 9, 9);
  QxlBatch *batch = qxl_batch_new ();

  qxl_batch_create_surface (batch, 0, SIDE, SIDE, QXL_FORMAT_BGRX);
  add_update (batch, 9, 0, empty);
  push_batch (f->harness, batch);
  check_warning (f, "update 9 of surface 0: area 5,5 to 5,9 shows nothing");
  batch = qxl_batch_new ();
  add_update (batch, 10, 0, part);
  push_batch (f->harness, batch);
  gst_message_unref (wait_update (f, 9));
  gst_message_unref (wait_update (f, 10));
  check_no_warning (f);
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
  ADD ("/report/refusals-are-told-once-a-second", test_refusals);
  ADD ("/report/each-reason-is-told", test_reasons);
  ADD ("/report/reasons-are-bounded", test_many_reasons);
  ADD ("/report/updates-show-what-came-before", test_updates);
  ADD ("/report/updates-of-nothing-are-told", test_updates_of_nothing);
  ADD ("/report/unread-pictures-are-few", test_unread_updates);
  ADD ("/report/updates-wait-for-each-other", test_many_updates);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pointer from commands, as far as messages tell; its frames are tested
 * beside the sound, and what is seen, real viewers judge. */
#include "gst/common/gstspice-fixture.h"
#include "gst/common/gstspiceqxl.h"

#include <gst/check/gstharness.h>
#include <string.h>

typedef struct {
  NetFixture net;
  GstHarness *harness;
  WireClient *main, *channel;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  GstElement *sink = gst_element_factory_make ("spicecursorsink", NULL);
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_CURSOR,
                           .password = ""};
  uint32_t id;

  net_fixture_init (&f->net);
  g_object_set (sink, "port", 0, "async", FALSE, "sync", FALSE, NULL);
  f->harness = gst_harness_new_with_element (sink, "sink", NULL);
  gst_harness_play (f->harness);
  f->main = fixture_join (&f->net, fixture_port (sink), &id);
  setup.connection_id = id;
  f->channel = fixture_link (&f->net, fixture_port (sink), &setup);
  g_assert_cmpint (f->channel->link_code, ==, SPICE_LINK_ERR_OK);
  gst_harness_set_src_caps_str (f->harness, GST_SPICE_QXL_CAPS);
  gst_object_unref (sink);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  wire_client_free (f->channel);
  wire_client_free (f->main);
  gst_harness_teardown (f->harness);
  net_fixture_clear (&f->net);
}

static void
wait_for (Fixture *f, uint16_t type, guint n)
{
  NET_RUN_UNTIL (&f->net, wire_client_count (f->channel, type) >= n);
}

/* commands */

static void
add_set (QxlBatch *batch, QxlCursorType type, uint16_t side)
{
  QxlCursorCommand *command = qxl_cursor_command_new (QXL_CURSOR_SET);
  gsize size = qxl_cursor_data_size (type, side, side);

  command->is_visible = true;
  command->shape =
      qxl_cursor_shape_new (type, 0, side, side, side - 1, 0,
                            g_bytes_new_take (g_malloc0 (size), size));
  qxl_batch_cursor (batch, command);
}

static void
add_move (QxlBatch *batch, int16_t x, int16_t y)
{
  QxlCursorCommand *command = qxl_cursor_command_new (QXL_CURSOR_MOVE);

  command->x = x;
  command->y = y;
  qxl_batch_cursor (batch, command);
}

static GstBuffer *
pack (const QxlBatch *batch)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) bytes = NULL;

  qxl_stream_write_batch (batch, writer);
  bytes = qxl_writer_steal (writer);
  return gst_buffer_new_wrapped_bytes (bytes);
}

static void
push (Fixture *f, const QxlBatch *batch)
{
  g_assert_cmpint (gst_harness_push (f->harness, pack (batch)), ==,
                   GST_FLOW_OK);
}

/* warnings */

static void
check_warning (GstBus *bus, const char *told)
{
  GstMessage *message =
      gst_bus_timed_pop_filtered (bus, 10 * GST_SECOND, GST_MESSAGE_WARNING);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (message);
  gst_message_parse_warning (message, &error, NULL);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, told));
  gst_message_unref (message);
}

/* tests */

static void
test_commands (Fixture *f, gconstpointer data)
{
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  const uint8_t place[] = {5, 0, 0xfa, 0xff};
  const WireMessage *move;

  for (QxlCursorType type = 0; type < QXL_N_CURSOR_TYPES; type++) {
    g_autoptr (QxlBatch) shape = qxl_batch_new ();

    add_set (shape, type, 8 + type);
    push (f, shape);
    wait_for (f, SPICE_MSG_CURSOR_SET, type + 1);
  }
  add_move (batch, 5, -6);
  push (f, batch);
  wait_for (f, SPICE_MSG_CURSOR_MOVE, 2);
  move = wire_client_find (f->channel, SPICE_MSG_CURSOR_MOVE, 1);
  g_assert_cmpmem (g_bytes_get_data (move->body, NULL),
                   g_bytes_get_size (move->body), place, sizeof place);
  qxl_batch_cursor (batch, qxl_cursor_command_new (QXL_CURSOR_HIDE));
  push (f, batch);
  wait_for (f, SPICE_MSG_CURSOR_HIDE, 1);
  qxl_batch_cursor (batch, qxl_cursor_command_new (QXL_CURSOR_RESET));
  push (f, batch);
  wait_for (f, SPICE_MSG_CURSOR_RESET, 1);
}

static void
test_flush (Fixture *f, gconstpointer data)
{
  g_autoptr (QxlBatch) batch = qxl_batch_new ();

  add_set (batch, QXL_CURSOR_COLOR24, 24);
  push (f, batch);
  wait_for (f, SPICE_MSG_CURSOR_SET, 1);
  gst_harness_push_event (f->harness, gst_event_new_flush_start ());
  gst_harness_push_event (f->harness, gst_event_new_flush_stop (TRUE));
  wait_for (f, SPICE_MSG_CURSOR_RESET, 1);
  gst_harness_set_src_caps_str (f->harness, GST_SPICE_QXL_CAPS);
  push (f, batch);
  wait_for (f, SPICE_MSG_CURSOR_SET, 2);
}

/* drawing, pointers with shapes that are none, bytes that are no records */
static void
test_what_is_left_out (Fixture *f, gconstpointer data)
{
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  g_autoptr (GstBus) bus = gst_bus_new ();
  QxlCursorCommand *wrong = qxl_cursor_command_new (QXL_CURSOR_SET);
  GstBuffer *rubbish = gst_buffer_new_allocate (NULL, 100, NULL);

  wrong->shape = qxl_cursor_shape_new (QXL_CURSOR_ALPHA, 0, 9, 9, 0, 0,
                                       g_bytes_new_static ("short", 5));
  gst_element_set_bus (f->harness->element, bus);
  gst_buffer_memset (rubbish, 0, 0xa5, 100);
  g_assert_cmpint (gst_harness_push (f->harness, rubbish), ==, GST_FLOW_OK);
  g_assert_cmpint (gst_harness_push (f->harness, gst_buffer_new ()), ==,
                   GST_FLOW_OK);
  qxl_batch_create_surface (batch, 3, 10, 10, QXL_FORMAT_BGRX);
  qxl_batch_cursor (batch, wrong);
  qxl_batch_message (batch, "nothing for a pointer");
  add_set (batch, QXL_CURSOR_MONO, 16);
  push (f, batch);
  wait_for (f, SPICE_MSG_CURSOR_SET, 1);
  g_assert_cmpuint (wire_client_count (f->channel, SPICE_MSG_CURSOR_SET), ==,
                    1);
  check_warning (bus, "kind 0xa5a5a5a5");
  check_warning (bus, "not 324");
  check_warning (bus, "surface-create for a pointer, allowed are its own");
  check_warning (bus, "message for a pointer");
  gst_element_set_bus (f->harness->element, NULL);
}

/* frames and commands take turns; a property repeats no shape of before */
static void
test_frames_between (Fixture *f, gconstpointer data)
{
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  GstBuffer *frame = gst_buffer_new_allocate (NULL, 64, NULL);

  add_set (batch, QXL_CURSOR_COLOR8, 10);
  push (f, batch);
  wait_for (f, SPICE_MSG_CURSOR_SET, 1);
  gst_harness_set_src_caps_str (
      f->harness, "video/x-raw,format=BGRA,width=4,height=4,framerate=0/1");
  gst_buffer_memset (frame, 0, 0x80, 64);
  g_assert_cmpint (gst_harness_push (f->harness, frame), ==, GST_FLOW_OK);
  wait_for (f, SPICE_MSG_CURSOR_SET, 2);
  gst_harness_set_src_caps_str (f->harness, GST_SPICE_QXL_CAPS);
  push (f, batch);
  wait_for (f, SPICE_MSG_CURSOR_SET, 3);
  g_object_set (f->harness->element, "hot-x", 2, NULL);
  g_object_set (f->harness->element, "visible", FALSE, NULL);
  wait_for (f, SPICE_MSG_CURSOR_HIDE, 1);
  g_assert_cmpuint (wire_client_count (f->channel, SPICE_MSG_CURSOR_SET), ==,
                    3);
}

#define ADD(path, func)                                                        \
  g_test_add ("/cursor-commands/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("are-obeyed", test_commands);
  ADD ("begin-anew-after-a-flush", test_flush);
  ADD ("others-are-left-out", test_what_is_left_out);
  ADD ("take-turns-with-frames", test_frames_between);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

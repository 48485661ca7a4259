/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sound and pointer, as far as messages tell; what is heard and seen, real
 * viewers judge. */
#include "gst/common/gstspice-fixture.h"
#include "server-core/base/limits.h"
#include "server-core/wire/messages-small.h"

#include <gst/check/gstharness.h>

#define MONO "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=1"
#define STEREO                                                                 \
  "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2"
#define SHAPE "video/x-raw,format=ARGB,width=4,height=4,framerate=25/1"

typedef struct {
  NetFixture net;
  GstHarness *harness;
  GstClockTime next;
  WireClient *main, *channel;
} Fixture;

static void
set_up (Fixture *f, const char *factory, uint8_t channel_type)
{
  GstElement *sink = gst_element_factory_make (factory, NULL);
  WireClientSetup setup = {.channel_type = channel_type, .password = ""};
  uint32_t id;

  net_fixture_init (&f->net);
  g_object_set (sink, "port", 0, "async", FALSE, "sync", FALSE, NULL);
  f->harness = gst_harness_new_with_element (sink, "sink", NULL);
  gst_harness_play (f->harness);
  f->main = fixture_join (&f->net, fixture_port (sink), &id);
  setup.connection_id = id;
  f->channel = fixture_link (&f->net, fixture_port (sink), &setup);
  g_assert_cmpint (f->channel->link_code, ==, SPICE_LINK_ERR_OK);
  gst_object_unref (sink);
}

static void
set_up_sound (Fixture *f, gconstpointer data)
{
  set_up (f, "spiceplaybacksink", SPICE_CHANNEL_PLAYBACK);
  gst_harness_set_src_caps_str (f->harness, STEREO);
  /* said once the sink can know of this listener */
  NET_RUN_UNTIL (&f->net,
                 wire_client_count (f->channel, SPICE_MSG_PLAYBACK_MODE) > 0);
}

static void
set_up_cursor (Fixture *f, gconstpointer data)
{
  set_up (f, "spicecursorsink", SPICE_CHANNEL_CURSOR);
  gst_harness_set_src_caps_str (f->harness, SHAPE);
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

/* sound */

/* 10 ms of silence a packet */
static void
push_sound (Fixture *f, guint n_packets, GstBufferFlags flags)
{
  gsize size = n_packets * SPC_AUDIO_FRAMES * 4;
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (buffer, 0, 0, size);
  GST_BUFFER_PTS (buffer) = f->next;
  GST_BUFFER_DURATION (buffer) = n_packets * 10 * GST_MSECOND;
  GST_BUFFER_FLAG_SET (buffer, flags);
  f->next += GST_BUFFER_DURATION (buffer);
  g_assert_cmpint (gst_harness_push (f->harness, buffer), ==, GST_FLOW_OK);
}

static void
test_start (Fixture *f, gconstpointer data)
{
  SpcPlaybackStart start;

  push_sound (f, 5, 0);
  wait_for (f, SPICE_MSG_PLAYBACK_DATA, 5);
  wire_client_read (f->channel, SPICE_MSG_PLAYBACK_START,
                    spc_playback_start_fields, &start);
  g_assert_cmpuint (start.rate, ==, 48000);
  g_assert_cmpuint (start.channels, ==, 2);
  g_assert_cmpuint (wire_client_count (f->channel, SPICE_MSG_PLAYBACK_STOP), ==,
                    0);
}

/* buffers of any length become packets of 480 frames */
static void
test_cuts (Fixture *f, gconstpointer data)
{
  const WireMessage *message;

  for (guint i = 0; i < 10; i++) {
    GstBuffer *buffer = gst_buffer_new_allocate (NULL, 4 * 144, NULL);

    gst_buffer_memset (buffer, 0, 0, 4 * 144);
    g_assert_cmpint (gst_harness_push (f->harness, buffer), ==, GST_FLOW_OK);
  }
  wait_for (f, SPICE_MSG_PLAYBACK_DATA, 3);
  message = wire_client_find (f->channel, SPICE_MSG_PLAYBACK_DATA, 0);
  g_assert_cmpuint (g_bytes_get_size (message->body), ==,
                    4 + SPC_AUDIO_FRAMES * 4);
}

static void
test_pause (Fixture *f, gconstpointer data)
{
  push_sound (f, 3, 0);
  wait_for (f, SPICE_MSG_PLAYBACK_DATA, 1);
  gst_element_set_state (f->harness->element, GST_STATE_PAUSED);
  wait_for (f, SPICE_MSG_PLAYBACK_STOP, 1);
  gst_harness_play (f->harness);
  push_sound (f, 3, 0);
  wait_for (f, SPICE_MSG_PLAYBACK_START, 2);
}

static void
test_eos (Fixture *f, gconstpointer data)
{
  push_sound (f, 3, 0);
  wait_for (f, SPICE_MSG_PLAYBACK_DATA, 1);
  g_assert_true (gst_harness_push_event (f->harness, gst_event_new_eos ()));
  wait_for (f, SPICE_MSG_PLAYBACK_STOP, 1);
}

static void
test_gap_event (Fixture *f, gconstpointer data)
{
  push_sound (f, 3, 0);
  wait_for (f, SPICE_MSG_PLAYBACK_DATA, 3);
  g_assert_true (gst_harness_push_event (
      f->harness, gst_event_new_gap (f->next, 300 * GST_MSECOND)));
  g_assert_true (gst_harness_push_event (
      f->harness,
      gst_event_new_gap (f->next + 300 * GST_MSECOND, 300 * GST_MSECOND)));
  wait_for (f, SPICE_MSG_PLAYBACK_STOP, 1);
}

static void
test_gap_buffers (Fixture *f, gconstpointer data)
{
  push_sound (f, 3, 0);
  for (guint i = 0; i < 6; i++)
    push_sound (f, 10, GST_BUFFER_FLAG_GAP);
  wait_for (f, SPICE_MSG_PLAYBACK_STOP, 1);
  push_sound (f, 3, 0);
  wait_for (f, SPICE_MSG_PLAYBACK_START, 2);
}

static void
test_flush (Fixture *f, gconstpointer data)
{
  GstSegment segment;

  push_sound (f, 3, 0);
  wait_for (f, SPICE_MSG_PLAYBACK_DATA, 1);
  gst_harness_push_event (f->harness, gst_event_new_flush_start ());
  gst_harness_push_event (f->harness, gst_event_new_flush_stop (TRUE));
  wait_for (f, SPICE_MSG_PLAYBACK_STOP, 1);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (f->harness, gst_event_new_segment (&segment));
  push_sound (f, 3, 0);
  wait_for (f, SPICE_MSG_PLAYBACK_START, 2);
}

static void
test_new_caps (Fixture *f, gconstpointer data)
{
  SpcPlaybackStart start;

  push_sound (f, 3, 0);
  wait_for (f, SPICE_MSG_PLAYBACK_DATA, 1);
  wire_client_forget (f->channel);
  gst_harness_set_src_caps_str (f->harness, MONO);
  push_sound (f, 3, 0);
  wait_for (f, SPICE_MSG_PLAYBACK_START, 1);
  wire_client_read (f->channel, SPICE_MSG_PLAYBACK_START,
                    spc_playback_start_fields, &start);
  g_assert_cmpuint (start.channels, ==, 1);
}

/* pointer */

static void
push_shape (Fixture *f, guint8 level)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 4 * 4 * 4, NULL);

  gst_buffer_memset (buffer, 0, level, 4 * 4 * 4);
  g_assert_cmpint (gst_harness_push (f->harness, buffer), ==, GST_FLOW_OK);
}

static void
test_shape (Fixture *f, gconstpointer data)
{
  push_shape (f, 0x80);
  wait_for (f, SPICE_MSG_CURSOR_SET, 1);
  push_shape (f, 0xff);
  wait_for (f, SPICE_MSG_CURSOR_SET, 2);
  g_object_set (f->harness->element, "hot-x", 2, NULL);
  wait_for (f, SPICE_MSG_CURSOR_SET, 3);
}

static void
test_hide (Fixture *f, gconstpointer data)
{
  push_shape (f, 0x80);
  wait_for (f, SPICE_MSG_CURSOR_SET, 1);
  g_object_set (f->harness->element, "visible", FALSE, NULL);
  wait_for (f, SPICE_MSG_CURSOR_HIDE, 1);
}

static void
test_cursor_event (Fixture *f, gconstpointer data)
{
  GstStructure *fields = gst_structure_new (
      "spice-cursor", "x", G_TYPE_INT, 40, "hot-y", G_TYPE_INT, 100000,
      "visible", G_TYPE_BOOLEAN, FALSE, NULL);
  int x = 0, hot_y = 0;
  gboolean visible = TRUE;

  push_shape (f, 0x80);
  wait_for (f, SPICE_MSG_CURSOR_SET, 1);
  gst_harness_push_event (
      f->harness, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM, fields));
  wait_for (f, SPICE_MSG_CURSOR_HIDE, 1);
  g_object_get (f->harness->element, "x", &x, "hot-y", &hot_y, "visible",
                &visible, NULL);
  g_assert_cmpint (x, ==, 40);
  g_assert_cmpint (hot_y, ==, SPC_MAX_CURSOR_SIDE - 1);
  g_assert_false (visible);
}

#define ADD_SOUND(path, func)                                                  \
  g_test_add (path, Fixture, NULL, set_up_sound, func, tear_down)
#define ADD_CURSOR(path, func)                                                 \
  g_test_add (path, Fixture, NULL, set_up_cursor, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD_SOUND ("/sound/starts-with-the-first-packet", test_start);
  ADD_SOUND ("/sound/is-cut-into-packets", test_cuts);
  ADD_SOUND ("/sound/stops-in-paused", test_pause);
  ADD_SOUND ("/sound/stops-at-the-end", test_eos);
  ADD_SOUND ("/sound/stops-after-long-gap-events", test_gap_event);
  ADD_SOUND ("/sound/stops-after-long-gap-buffers", test_gap_buffers);
  ADD_SOUND ("/sound/starts-anew-after-a-flush", test_flush);
  ADD_SOUND ("/sound/starts-anew-with-new-caps", test_new_caps);
  ADD_CURSOR ("/cursor/frames-are-shapes", test_shape);
  ADD_CURSOR ("/cursor/is-hidden-by-a-property", test_hide);
  ADD_CURSOR ("/cursor/is-told-by-an-event", test_cursor_event);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

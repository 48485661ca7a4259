/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of films that are encoded already, from the pad to viewers. The packets
 * of most are numbers, which viewers do not decode; JPEG ones are pictures. */
#include "gst/common/gstspice-fixture.h"

#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#define H264                                                                   \
  "video/x-h264,stream-format=byte-stream,alignment=au,width=64,height=48,"    \
  "framerate=25/1"
#define VP8 "video/x-vp8,width=64,height=48,framerate=25/1"
#define LARGE_VP8 "video/x-vp8,width=100,height=80,framerate=25/1"
#define RAW "video/x-raw,format=BGRx,width=64,height=48,framerate=25/1"

typedef struct {
  NetFixture net;
  GstHarness *harness;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GstElement) sink =
      gst_element_factory_make ("spicedisplaysink", NULL);

  net_fixture_init (&f->net);
  g_object_set (sink, "port", 0, "async", FALSE, "sync", FALSE, NULL);
  f->harness = gst_harness_new_with_element (sink, "sink", NULL);
  gst_harness_play (f->harness);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gst_harness_teardown (f->harness);
  net_fixture_clear (&f->net);
}

static void
join (Fixture *f, FixtureViewer *viewer, uint32_t codec_cap)
{
  fixture_viewer_init_codec (viewer, &f->net,
                             fixture_port (f->harness->element), codec_cap);
}

static GstBuffer *
packet_buffer (guint64 number, gboolean is_key)
{
  g_autoptr (GBytes) bytes = wire_streams_packet (number, is_key);
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (bytes);

  if (!is_key)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  GST_BUFFER_PTS (buffer) = number * 40 * GST_MSECOND;
  return buffer;
}

static void
push_packet (Fixture *f, guint64 number, gboolean is_key)
{
  g_assert_cmpint (
      gst_harness_push (f->harness, packet_buffer (number, is_key)), ==,
      GST_FLOW_OK);
}

static const WireStream *
stream_of (const FixtureViewer *viewer)
{
  return wire_streams_at (wire_canvas_streams (viewer->canvas), 0);
}

static gboolean
has_packet (const FixtureViewer *viewer, guint64 number)
{
  const WireStream *stream = stream_of (viewer);

  return stream && stream->n_frames > 0 && stream->last_number == number;
}

/* as they are, in their order, over the whole display */
static void
test_packets (Fixture *f, gconstpointer data)
{
  FixtureViewer viewer;

  gst_harness_set_src_caps_str (f->harness, H264);
  push_packet (f, 1, TRUE);
  join (f, &viewer, SPICE_DISPLAY_CAP_CODEC_H264);
  NET_RUN_UNTIL (&f->net, has_packet (&viewer, 1));
  for (guint i = 2; i <= 10; i++) {
    push_packet (f, i, i == 5);
    NET_RUN_UNTIL (&f->net, has_packet (&viewer, i));
  }
  g_assert_true (
      qxl_rect_equal (&stream_of (&viewer)->dest, &QXL_RECT (0, 0, 64, 48)));
  g_assert_cmpuint (stream_of (&viewer)->n_frames, ==, 10);
  g_assert_true (fixture_viewer_shows (&viewer, 64, 48, 0));
  fixture_viewer_clear (&viewer);
}

/* another size or codec is another stream; raw frames end it */
static void
test_new_caps (Fixture *f, gconstpointer data)
{
  FixtureViewer viewer;
  GstVideoInfo info;
  GstBuffer *frame;

  gst_harness_set_src_caps_str (f->harness, VP8);
  push_packet (f, 1, TRUE);
  join (f, &viewer, SPICE_DISPLAY_CAP_CODEC_VP8);
  NET_RUN_UNTIL (&f->net, has_packet (&viewer, 1));
  gst_harness_set_src_caps_str (f->harness, LARGE_VP8);
  push_packet (f, 100, TRUE);
  NET_RUN_UNTIL (&f->net, has_packet (&viewer, 100));
  g_assert_true (fixture_viewer_shows (&viewer, 100, 80, 0));
  gst_harness_set_src_caps_str (f->harness, RAW);
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_BGRx, 64, 48);
  frame = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&info), NULL);
  gst_buffer_memset (frame, 0, 0x80, GST_VIDEO_INFO_SIZE (&info));
  gst_harness_push (f->harness, frame);
  NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&viewer, 64, 48, 0x808080));
  g_assert_null (stream_of (&viewer));
  gst_harness_set_src_caps_str (f->harness, VP8);
  push_packet (f, 7, TRUE);
  NET_RUN_UNTIL (&f->net, has_packet (&viewer, 7));
  fixture_viewer_clear (&viewer);
}

static guint
count_key_requests (GstHarness *harness)
{
  guint n = 0;
  GstEvent *event;

  while ((event = gst_harness_try_pull_upstream_event (harness))) {
    n += gst_video_event_is_force_key_unit (event);
    gst_event_unref (event);
  }
  return n;
}

/* of whoever encodes; not while there is nobody to see it */
static void
test_key_request (Fixture *f, gconstpointer data)
{
  FixtureViewer viewer;
  GstEvent *event;
  gboolean all_headers = FALSE;

  gst_harness_set_src_caps_str (f->harness, H264);
  for (guint i = 1; i <= 20; i++)
    push_packet (f, i, i == 1);
  g_assert_cmpuint (count_key_requests (f->harness), ==, 0);
  join (f, &viewer, SPICE_DISPLAY_CAP_CODEC_H264);
  NET_RUN_UNTIL (&f->net, stream_of (&viewer) != NULL);
  do
    event = gst_harness_pull_upstream_event (f->harness);
  while (event && !gst_video_event_is_force_key_unit (event));
  g_assert_nonnull (event);
  g_assert_true (gst_video_event_parse_upstream_force_key_unit (
      event, NULL, &all_headers, NULL));
  g_assert_true (all_headers);
  gst_event_unref (event);
  push_packet (f, 21, TRUE);
  NET_RUN_UNTIL (&f->net, has_packet (&viewer, 21));
  fixture_viewer_clear (&viewer);
}

/* What decoding needs is not cut off with the segment, and waits for its
 * decoding time, which is the first. */
static void
test_before_segment (Fixture *f, gconstpointer data)
{
  FixtureViewer viewer;
  GstSegment segment;

  gst_harness_set_src_caps_str (f->harness, VP8);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = 10 * GST_SECOND;
  g_assert_true (
      gst_harness_push_event (f->harness, gst_event_new_segment (&segment)));
  push_packet (f, 1, TRUE);
  push_packet (f, 2, FALSE);
  join (f, &viewer, SPICE_DISPLAY_CAP_CODEC_VP8);
  NET_RUN_UNTIL (&f->net, has_packet (&viewer, 2));
  fixture_viewer_clear (&viewer);
}

/* what is shown in PAUSED is not sent again in PLAYING */
static void
test_preroll (void)
{
  NetFixture net;
  FixtureViewer viewer;
  GstElement *pipeline = fixture_launch ("appsrc name=a format=time caps=\"" VP8
                                         "\" ! spicedisplaysink name=s "
                                         "port=0");
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "a");
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "s");
  GstFlowReturn ret;

  net_fixture_init (&net);
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GstBuffer) buffer = packet_buffer (i, i == 0);
    g_signal_emit_by_name (source, "push-buffer", buffer, &ret);
  }
  fixture_viewer_init_codec (&viewer, &net, fixture_port (sink),
                             SPICE_DISPLAY_CAP_CODEC_VP8);
  NET_RUN_UNTIL (&net, has_packet (&viewer, 0));
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  NET_RUN_UNTIL (&net, has_packet (&viewer, 2));
  g_assert_cmpuint (stream_of (&viewer)->n_frames, ==, 3);
  fixture_viewer_clear (&viewer);
  fixture_stop (pipeline);
  net_fixture_clear (&net);
}

static void
wait_for_element_message (GstBus *bus, const char *name)
{
  gboolean is_it = FALSE;

  while (!is_it) {
    g_autoptr (GstMessage) message =
        gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND, GST_MESSAGE_ELEMENT);

    g_assert_nonnull (message);
    is_it = gst_message_has_name (message, name);
  }
}

/* Plugins that decode are none of these tests'; the judge's have them. Here it
 * is told, once for each caps, and others go on. */
static void
test_no_decoder (Fixture *f, gconstpointer data)
{
  GstBus *bus = gst_bus_new ();
  FixtureViewer viewer, other;
  GstMessage *message;

  gst_element_set_bus (f->harness->element, bus);
  gst_harness_set_src_caps_str (f->harness, VP8);
  push_packet (f, 1, TRUE);
  join (f, &viewer, SPICE_DISPLAY_CAP_CODEC_VP8);
  NET_RUN_UNTIL (&f->net, has_packet (&viewer, 1));
  join (f, &other, 0);
  wait_for_element_message (bus, "missing-plugin");
  message =
      gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND, GST_MESSAGE_WARNING);
  g_assert_nonnull (message);
  gst_message_unref (message);
  for (guint i = 2; i < 20; i++) {
    push_packet (f, i, i % 3 == 0);
    NET_RUN_UNTIL (&f->net, has_packet (&viewer, i));
  }
  g_assert_true (fixture_viewer_shows (&other, 64, 48, 0));
  g_assert_null (gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING));
  fixture_viewer_clear (&viewer);
  fixture_viewer_clear (&other);
  gst_element_set_bus (f->harness->element, NULL);
  gst_object_unref (bus);
}

/* whatever is at work */
static void
test_stops (Fixture *f, gconstpointer data)
{
  FixtureViewer viewer;

  join (f, &viewer, 0);
  for (guint i = 0; i < 30; i++) {
    gst_harness_set_src_caps_str (f->harness, i % 2 ? VP8 : LARGE_VP8);
    push_packet (f, i, TRUE);
  }
  gst_element_set_state (f->harness->element, GST_STATE_NULL);
  NET_RUN_UNTIL (&f->net, viewer.display->closed);
  fixture_viewer_clear (&viewer);
}

static void
test_bad_caps (Fixture *f, gconstpointer data)
{
  static const char *const bad[] = {"video/x-vp8",
                                    "video/x-vp8,width=0,height=48",
                                    "video/x-vp8,width=16385,height=1",
                                    "image/jpeg,width=16384,height=16384"};

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GstCaps) caps = gst_caps_from_string (bad[i]);

    g_test_message ("%s", bad[i]);
    gst_harness_set_src_caps (f->harness, g_steal_pointer (&caps));
    g_assert_cmpint (gst_harness_push (f->harness, packet_buffer (i, TRUE)), ==,
                     GST_FLOW_NOT_NEGOTIATED);
  }
}

#define ADD(path, func)                                                        \
  g_test_add ("/film/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("packets-go-as-they-are", test_packets);
  ADD ("new-caps-begin-anew", test_new_caps);
  ADD ("a-key-frame-is-asked-for", test_key_request);
  ADD ("what-is-before-the-segment-counts", test_before_segment);
  ADD ("sizes-are-checked", test_bad_caps);
  ADD ("a-missing-decoder-is-told", test_no_decoder);
  ADD ("stops-at-any-time", test_stops);
  g_test_add_func ("/film/preroll-is-sent-once", test_preroll);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

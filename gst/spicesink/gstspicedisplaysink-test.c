/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspice-fixture.h"

#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#define WHITE 0xffffffu
#define RED 0xff0000u

typedef struct {
  NetFixture net;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  net_fixture_init (&f->net);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  net_fixture_clear (&f->net);
}

/* every native format arrives without conversion, and right */
static void
test_formats (Fixture *f, gconstpointer data)
{
  static const char *const formats[] = {
      "BGRx", "BGRA", "RGBx", "RGBA",  "xRGB",  "ARGB",  "xBGR",
      "ABGR", "RGB",  "BGR",  "RGB16", "BGR16", "RGB15", "BGR15"};

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autofree char *line = g_strdup_printf (
        "videotestsrc pattern=red num-buffers=3 ! "
        "video/x-raw,format=%s,width=65,height=33 ! spicedisplaysink name=s "
        "port=0",
        formats[i]);
    GstElement *pipeline = fixture_launch (line);
    g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "s");
    FixtureViewer viewer;

    g_test_message ("%s", formats[i]);
    gst_element_set_state (pipeline, GST_STATE_PAUSED);
    fixture_viewer_init (&viewer, &f->net, fixture_port (sink), 0);
    NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&viewer, 65, 33, RED));
    fixture_viewer_clear (&viewer);
    fixture_stop (pipeline);
  }
}

static void
push_frame (GstHarness *harness, const char *caps, guint8 level,
            GstClockTime pts)
{
  GstVideoInfo info;
  GstBuffer *buffer;
  GstCaps *parsed = gst_caps_from_string (caps);

  g_assert_true (gst_video_info_from_caps (&info, parsed));
  gst_harness_set_src_caps (harness, parsed);
  buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&info), NULL);
  gst_buffer_memset (buffer, 0, level, GST_VIDEO_INFO_SIZE (&info));
  GST_BUFFER_PTS (buffer) = pts;
  g_assert_cmpint (gst_harness_push (harness, buffer), ==, GST_FLOW_OK);
}

static GstHarness *
display_harness (void)
{
  GstElement *sink = gst_element_factory_make ("spicedisplaysink", NULL);
  GstHarness *harness;

  g_object_set (sink, "port", 0, "async", FALSE, "sync", FALSE, NULL);
  harness = gst_harness_new_with_element (sink, "sink", NULL);
  gst_harness_play (harness);
  gst_object_unref (sink);
  return harness;
}

#define SMALL "video/x-raw,format=BGRx,width=64,height=64,framerate=25/1"
#define LARGE "video/x-raw,format=BGRx,width=100,height=80,framerate=25/1"
#define SMALL_16 "video/x-raw,format=RGB16,width=64,height=64,framerate=25/1"

static void
test_renegotiation (Fixture *f, gconstpointer data)
{
  GstHarness *harness = display_harness ();
  FixtureViewer viewer;

  push_frame (harness, SMALL, 0xff, 0);
  fixture_viewer_init (&viewer, &f->net, fixture_port (harness->element), 0);
  NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&viewer, 64, 64, WHITE));
  push_frame (harness, LARGE, 0x40, 1);
  NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&viewer, 100, 80, 0x404040));
  push_frame (harness, SMALL, 0x80, 2);
  NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&viewer, 64, 64, 0x808080));
  push_frame (harness, SMALL_16, 0xff, 3);
  NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&viewer, 64, 64, WHITE));
  fixture_viewer_clear (&viewer);
  gst_harness_teardown (harness);
}

/* many more frames than a viewer can be sent: the last one counts */
static void
test_last_frame (Fixture *f, gconstpointer data)
{
  GstHarness *harness = display_harness ();
  FixtureViewer viewer;

  push_frame (harness, LARGE, 1, 0);
  fixture_viewer_init (&viewer, &f->net, fixture_port (harness->element), 0);
  for (guint i = 0; i < 200; i++)
    push_frame (harness, LARGE, (guint8)i, i);
  push_frame (harness, LARGE, 0x33, 1000);
  NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&viewer, 100, 80, 0x333333));
  fixture_viewer_clear (&viewer);
  gst_harness_teardown (harness);
}

static void
test_flush (Fixture *f, gconstpointer data)
{
  GstHarness *harness = display_harness ();
  GstSegment segment;
  FixtureViewer viewer;

  push_frame (harness, SMALL, 0x20, 0);
  fixture_viewer_init (&viewer, &f->net, fixture_port (harness->element), 0);
  NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&viewer, 64, 64, 0x202020));
  g_assert_true (
      gst_harness_push_event (harness, gst_event_new_flush_start ()));
  g_assert_true (
      gst_harness_push_event (harness, gst_event_new_flush_stop (TRUE)));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  g_assert_true (
      gst_harness_push_event (harness, gst_event_new_segment (&segment)));
  push_frame (harness, SMALL, 0x30, 0);
  NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&viewer, 64, 64, 0x303030));
  fixture_viewer_clear (&viewer);
  gst_harness_teardown (harness);
}

/* frames that come afterwards are seen as those before; nothing happens to an
 * element that is not started */
static void
test_resync (Fixture *f, gconstpointer data)
{
  g_autoptr (GstElement) idle =
      gst_element_factory_make ("spicedisplaysink", NULL);
  GstHarness *harness = display_harness ();
  FixtureViewer viewer;

  gst_object_ref_sink (idle);
  g_signal_emit_by_name (idle, "resync");
  push_frame (harness, SMALL, 0x20, 0);
  fixture_viewer_init (&viewer, &f->net, fixture_port (harness->element), 0);
  NET_RUN_UNTIL (&f->net, wire_canvas_is_marked (viewer.canvas));
  for (guint n = 1; n < 4; n++) {
    g_signal_emit_by_name (harness->element, "resync");
    NET_RUN_UNTIL (&f->net, wire_client_count (viewer.display,
                                               SPICE_MSG_DISPLAY_MARK) > n);
    g_assert_cmpuint (
        wire_client_count (viewer.display, SPICE_MSG_DISPLAY_SURFACE_CREATE),
        ==, n + 1);
    g_assert_true (fixture_viewer_shows (&viewer, 64, 64, 0x202020));
  }
  push_frame (harness, SMALL, 0x30, 1);
  NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&viewer, 64, 64, 0x303030));
  fixture_viewer_clear (&viewer);
  gst_harness_teardown (harness);
}

/* what goes in has room in the pool that was asked for */
static void
test_allocation (void)
{
  GstHarness *harness = display_harness ();
  g_autoptr (GstCaps) caps = gst_caps_from_string (SMALL);
  GstQuery *query = gst_query_new_allocation (caps, TRUE);
  guint size = 0, min = 0;

  push_frame (harness, SMALL, 0, 0);
  g_assert_true (gst_pad_peer_query (harness->srcpad, query));
  g_assert_true (
      gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL));
  g_assert_cmpuint (gst_query_get_n_allocation_pools (query), ==, 1);
  gst_query_parse_nth_allocation_pool (query, 0, NULL, &size, &min, NULL);
  g_assert_cmpuint (size, ==, 64 * 64 * 4);
  g_assert_cmpuint (min, ==, 2);
  gst_query_unref (query);
  gst_harness_teardown (harness);
}

#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("/display/native-formats-arrive", test_formats);
  ADD ("/display/a-new-size-is-a-new-surface", test_renegotiation);
  ADD ("/display/the-last-frame-arrives", test_last_frame);
  ADD ("/display/goes-on-after-a-flush", test_flush);
  ADD ("/display/viewers-are-told-anew", test_resync);
  g_test_add_func ("/display/asks-for-two-buffers", test_allocation);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

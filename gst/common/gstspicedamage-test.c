/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicedamage.h"

#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#define WIDTH 64
#define HEIGHT 48

static GstBuffer *
frame_new (guint64 serial)
{
  GstBuffer *frame = gst_buffer_new_allocate (NULL, WIDTH * HEIGHT * 4, NULL);
  GstSpiceDamageMeta *meta = gst_buffer_add_spice_damage_meta (frame, serial);

  gst_buffer_memset (frame, 0, 0x55, WIDTH * HEIGHT * 4);
  gst_spice_damage_meta_add_rect (meta, 1, 2, 3, 4);
  gst_spice_damage_meta_add_rect (meta, 10, 20, 30, 15);
  return frame;
}

static void
assert_rect (const GstSpiceDamageMeta *meta, guint index, gint x, gint y,
             gint width, gint height)
{
  gint got_x, got_y, got_width, got_height;

  g_assert_true (gst_spice_damage_meta_get_rect (meta, index, &got_x, &got_y,
                                                 &got_width, &got_height));
  g_assert_cmpint (got_x, ==, x);
  g_assert_cmpint (got_y, ==, y);
  g_assert_cmpint (got_width, ==, width);
  g_assert_cmpint (got_height, ==, height);
}

static void
assert_is_frame (GstBuffer *frame, guint64 serial)
{
  const GstSpiceDamageMeta *meta = gst_buffer_get_spice_damage_meta (frame);

  g_assert_nonnull (meta);
  g_assert_cmpuint (meta->serial, ==, serial);
  g_assert_cmpuint (gst_spice_damage_meta_get_n_rects (meta), ==, 2);
  assert_rect (meta, 0, 1, 2, 3, 4);
  assert_rect (meta, 1, 10, 20, 30, 15);
}

static void
tells_what_it_was_told (void)
{
  g_autoptr (GstBuffer) plain = gst_buffer_new ();
  g_autoptr (GstBuffer) frame = frame_new (7);
  gint n;

  g_assert_null (gst_buffer_get_spice_damage_meta (plain));
  assert_is_frame (frame, 7);
  g_assert_false (gst_spice_damage_meta_get_rect (
      gst_buffer_get_spice_damage_meta (frame), 2, &n, &n, &n, &n));
}

static void
begins_with_no_change_and_begins_anew (void)
{
  g_autoptr (GstBuffer) frame = frame_new (7);
  GstSpiceDamageMeta *meta = gst_buffer_add_spice_damage_meta (frame, 8);

  g_assert_true (meta == gst_buffer_get_spice_damage_meta (frame));
  g_assert_cmpuint (meta->serial, ==, 8);
  g_assert_cmpuint (gst_spice_damage_meta_get_n_rects (meta), ==, 0);
  g_assert_cmpuint (
      gst_buffer_get_n_meta (frame, GST_SPICE_DAMAGE_META_API_TYPE), ==, 1);
}

static void
takes_any_rectangle (void)
{
  g_autoptr (GstBuffer) frame = gst_buffer_new ();
  GstSpiceDamageMeta *meta = gst_buffer_add_spice_damage_meta (frame, 0);
  /* clang-format off */
  static const gint empty[][4] = {
    { 5, 5, 0, 10 }, { 5, 5, 10, 0 }, { 5, 5, -1, 10 },
    { 5, 5, 10, G_MININT }, { -10, 0, 10, 10 }, { 0, -10, 10, 10 },
    { G_MININT, 0, G_MAXINT, 10 },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (empty); i++)
    gst_spice_damage_meta_add_rect (meta, empty[i][0], empty[i][1], empty[i][2],
                                    empty[i][3]);
  g_assert_cmpuint (gst_spice_damage_meta_get_n_rects (meta), ==, 0);
  gst_spice_damage_meta_add_rect (meta, -10, -20, 30, 40);
  assert_rect (meta, 0, 0, 0, 20, 20);
  gst_spice_damage_meta_add_rect (meta, G_MAXINT - 1, 5, G_MAXINT, G_MAXINT);
  assert_rect (meta, 1, G_MAXINT - 1, 5, 1, G_MAXINT - 5);
}

static void
too_many_become_one (void)
{
  g_autoptr (GstBuffer) frame = gst_buffer_new ();
  GstSpiceDamageMeta *meta = gst_buffer_add_spice_damage_meta (frame, 0);

  for (gint i = 0; i < GST_SPICE_DAMAGE_MAX_RECTS; i++)
    gst_spice_damage_meta_add_rect (meta, 10 + i, 5, 2, 3);
  g_assert_cmpuint (gst_spice_damage_meta_get_n_rects (meta), ==,
                    GST_SPICE_DAMAGE_MAX_RECTS);
  gst_spice_damage_meta_add_rect (meta, 0, 100, 1, 1);
  g_assert_cmpuint (gst_spice_damage_meta_get_n_rects (meta), ==, 1);
  assert_rect (meta, 0, 0, 5, 10 + GST_SPICE_DAMAGE_MAX_RECTS + 1, 96);
}

static void
plain_copies_keep_it (void)
{
  g_autoptr (GstBuffer) frame = frame_new (7);
  g_autoptr (GstBuffer) copy = gst_buffer_copy (frame);
  g_autoptr (GstBuffer) deep_copy = gst_buffer_copy_deep (frame);

  gst_spice_damage_meta_add_rect (gst_buffer_get_spice_damage_meta (frame), 0,
                                  0, 1, 1);
  assert_is_frame (copy, 7);
  assert_is_frame (deep_copy, 7);
}

static void
a_part_has_none (void)
{
  g_autoptr (GstBuffer) frame = frame_new (7);
  g_autoptr (GstBuffer) part =
      gst_buffer_copy_region (frame, GST_BUFFER_COPY_ALL, 256, 1024);

  g_assert_null (gst_buffer_get_spice_damage_meta (part));
}

/* what comes out of @line for a frame with damage */
static GstBuffer *
passed (const char *line)
{
  GstHarness *harness = gst_harness_new_parse (line);
  GstBuffer *frame;

  gst_harness_set_src_caps_str (
      harness, "video/x-raw,format=BGRx,width=64,height=48,framerate=30/1");
  frame = gst_harness_push_and_pull (harness, frame_new (7));
  g_assert_nonnull (frame);
  gst_harness_teardown (harness);
  return frame;
}

static void
what_makes_other_pixels_drops_it (void)
{
  static const char *lines[] = {
      "videoscale ! capsfilter caps=video/x-raw,width=32,height=24",
      "videoconvert ! capsfilter caps=video/x-raw,format=I420",
      "videoconvert ! capsfilter caps=video/x-raw,format=RGB",
      "videoconvertscale ! capsfilter caps=video/x-raw,format=RGB,width=32",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (GstBuffer) frame = passed (lines[i]);

    if (gst_buffer_get_spice_damage_meta (frame))
      g_error ("%s kept the damage", lines[i]);
  }
}

static void
what_passes_frames_on_keeps_it (void)
{
  static const char *lines[] = {
      "identity",
      "queue",
      "videoconvert ! capsfilter caps=video/x-raw,format=BGRx",
      "videoscale",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (GstBuffer) frame = passed (lines[i]);

    g_test_message ("%s", lines[i]);
    assert_is_frame (frame, 7);
  }
}

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/damage/tells-what-it-was-told", tells_what_it_was_told);
  g_test_add_func ("/damage/begins-with-no-change-and-begins-anew",
                   begins_with_no_change_and_begins_anew);
  g_test_add_func ("/damage/takes-any-rectangle", takes_any_rectangle);
  g_test_add_func ("/damage/too-many-become-one", too_many_become_one);
  g_test_add_func ("/damage/plain-copies-keep-it", plain_copies_keep_it);
  g_test_add_func ("/damage/a-part-has-none", a_part_has_none);
  g_test_add_func ("/damage/what-makes-other-pixels-drops-it",
                   what_makes_other_pixels_drops_it);
  g_test_add_func ("/damage/what-passes-frames-on-keeps-it",
                   what_passes_frames_on_keeps_it);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

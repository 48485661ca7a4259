/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicedirty.h"

#include "gst/common/gstspicedamage.h"

#define NO_SERIAL -1

/* a frame with damage of one pixel at (@x, 0), or none if @x is negative; one
 * without meta if there is no serial */
static void
add (GstSpiceDirty *dirty, gint64 serial, gint x, GstBufferFlags flags)
{
  g_autoptr (GstBuffer) frame = gst_buffer_new ();

  GST_BUFFER_FLAG_SET (frame, flags);
  if (serial != NO_SERIAL) {
    GstSpiceDamageMeta *meta =
        gst_buffer_add_spice_damage_meta (frame, (guint64)serial);

    if (x >= 0)
      gst_spice_damage_meta_add_rect (meta, x, 0, 1, 1);
  }
  gst_spice_dirty_add_frame (dirty, frame);
}

static void
assert_whole (GstSpiceDirty *dirty)
{
  QxlRegion region;

  g_assert_true (gst_spice_dirty_take (dirty, &region));
  pixman_region32_fini (&region);
}

/* the pixels (@first, 0) and (@second, 0), or fewer if these are negative */
static void
assert_pixels (GstSpiceDirty *dirty, gint first, gint second)
{
  QxlRegion region, expected;

  pixman_region32_init (&expected);
  if (first >= 0)
    qxl_region_add (&expected, &QXL_RECT (first, 0, first + 1, 1));
  if (second >= 0)
    qxl_region_add (&expected, &QXL_RECT (second, 0, second + 1, 1));
  g_assert_false (gst_spice_dirty_take (dirty, &region));
  g_assert_true (pixman_region32_equal (&region, &expected));
  pixman_region32_fini (&expected);
  pixman_region32_fini (&region);
}

/* one that has compared the frame with number 10 */
static void
init_at_10 (GstSpiceDirty *dirty)
{
  gst_spice_dirty_init (dirty);
  add (dirty, 10, 1, 0);
  assert_whole (dirty);
}

static void
is_the_damage_of_the_next_frame (void)
{
  GstSpiceDirty dirty;

  init_at_10 (&dirty);
  add (&dirty, 11, 5, 0);
  assert_pixels (&dirty, 5, -1);
  add (&dirty, 12, -1, 0);
  assert_pixels (&dirty, -1, -1);
  add (&dirty, 13, 7, 0);
  assert_pixels (&dirty, 7, -1);
  gst_spice_dirty_clear (&dirty);
}

static void
collects_from_frames_not_compared (void)
{
  GstSpiceDirty dirty;

  init_at_10 (&dirty);
  add (&dirty, 11, 5, 0);
  add (&dirty, 12, -1, 0);
  add (&dirty, 13, 9, 0);
  assert_pixels (&dirty, 5, 9);
  gst_spice_dirty_clear (&dirty);
}

/* clang-format off */
static const struct {
  const char *name;
  gint64 serials[3];
  GstBufferFlags flags; /* of the last */
} unsure[] = {
  { "no meta",               { 11, NO_SERIAL, NO_SERIAL }, 0 },
  { "no meta in between",    { 11, NO_SERIAL, 12 }, 0 },
  { "a frame was lost",      { 11, 12, 14 }, 0 },
  { "the same again",        { 11, 12, 12 }, 0 },
  { "back in time",          { 11, 12, 11 }, 0 },
  { "begins anew",           { 11, 12, 0 }, 0 },
  { "a discontinuity",       { 11, 12, 13 }, GST_BUFFER_FLAG_DISCONT },
};
/* clang-format on */

static void
is_all_when_something_is_not_known (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (unsure); i++) {
    GstSpiceDirty dirty;
    gint64 last = unsure[i].serials[2];

    g_test_message ("%s", unsure[i].name);
    init_at_10 (&dirty);
    add (&dirty, unsure[i].serials[0], 2, 0);
    add (&dirty, unsure[i].serials[1], 2, 0);
    add (&dirty, last, 2, unsure[i].flags);
    assert_whole (&dirty);
    if (last != NO_SERIAL) { /* and knows again from there */
      add (&dirty, last + 1, 4, 0);
      assert_pixels (&dirty, 4, -1);
    }
    gst_spice_dirty_clear (&dirty);
  }
}

static void
stays_all_until_taken (void)
{
  GstSpiceDirty dirty;

  gst_spice_dirty_init (&dirty);
  for (gint64 serial = 0; serial < 5; serial++)
    add (&dirty, serial, 3, 0);
  assert_whole (&dirty);
  add (&dirty, 5, 4, 0);
  gst_spice_dirty_add_all (&dirty);
  add (&dirty, 6, 4, 0);
  assert_whole (&dirty);
  add (&dirty, 7, 4, 0);
  assert_pixels (&dirty, 4, -1);
  gst_spice_dirty_clear (&dirty);
}

static void
is_of_bounded_size (void)
{
  GstSpiceDirty dirty;
  QxlRegion region;
  int n_rects;

  init_at_10 (&dirty);
  for (gint64 serial = 11; serial < 2000; serial++)
    add (&dirty, serial, (gint)serial * 2, 0);
  g_assert_false (gst_spice_dirty_take (&dirty, &region));
  qxl_region_rects (&region, &n_rects);
  g_assert_cmpint (n_rects, <=, 256);
  for (int x = 11 * 2; x < 2000 * 2; x += 2)
    g_assert_true (pixman_region32_contains_point (&region, x, 0, NULL));
  pixman_region32_fini (&region);
  gst_spice_dirty_clear (&dirty);
}

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dirty/is-the-damage-of-the-next-frame",
                   is_the_damage_of_the_next_frame);
  g_test_add_func ("/dirty/collects-from-frames-not-compared",
                   collects_from_frames_not_compared);
  g_test_add_func ("/dirty/is-all-when-something-is-not-known",
                   is_all_when_something_is_not_known);
  g_test_add_func ("/dirty/stays-all-until-taken", stays_all_until_taken);
  g_test_add_func ("/dirty/is-of-bounded-size", is_of_bounded_size);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

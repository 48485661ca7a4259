/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of what frames are asked for when a viewer wishes for a size. */
#include "gst/spicesink/gstspiceresize.h"

#include <gst/check/gstcheck.h>

#define TEMPLATE                                                               \
  "video/x-raw, format = (string) { BGRx, RGB }, width = (int) [ 1, 16384 ], " \
  "height = (int) [ 1, 16384 ]; application/x-spice-qxl; image/jpeg"

static const GstStructure *
structure_at (GstCaps *caps, guint index)
{
  g_assert_cmpuint (index, <, gst_caps_get_size (caps));
  return gst_caps_get_structure (caps, index);
}

static void
test_the_wanted_size_comes_first (void)
{
  g_autoptr (GstCaps) caps =
      gst_spice_resize_prefer (gst_caps_from_string (TEMPLATE), 800, 600);
  g_autoptr (GstCaps) first = gst_caps_copy_nth (caps, 0);
  g_autoptr (GstCaps) expected = gst_caps_from_string (
      "video/x-raw, format = (string) { BGRx, RGB }, width = (int) 800, "
      "height = (int) 600");

  g_assert_true (gst_caps_is_equal (first, expected));
}

static void
test_all_else_is_taken_as_before (void)
{
  g_autoptr (GstCaps) before = gst_caps_from_string (TEMPLATE);
  g_autoptr (GstCaps) caps =
      gst_spice_resize_prefer (gst_caps_ref (before), 800, 600);

  g_assert_true (gst_caps_is_subset (before, caps));
  g_assert_true (gst_caps_is_subset (caps, before));
  /* commands and packets have no size of their own */
  g_assert_true (
      gst_structure_has_name (structure_at (caps, 1), "video/x-raw"));
  g_assert_true (gst_structure_has_name (structure_at (caps, 2),
                                         "application/x-spice-qxl"));
}

static void
test_without_a_wish_all_is_as_before (void)
{
  GstElement *sink =
      gst_object_ref_sink (gst_element_factory_make ("fakesink", NULL));
  GstSpiceResize *resize = gst_spice_resize_new (GST_BASE_SINK (sink));
  g_autoptr (GstCaps) filter = gst_caps_from_string ("video/x-raw, width = 8");
  g_autoptr (GstCaps) caps = NULL, filtered = NULL;

  caps = gst_spice_resize_get_caps (GST_BASE_SINK (sink), NULL);
  g_assert_true (gst_caps_is_any (caps));
  filtered = gst_spice_resize_get_caps (GST_BASE_SINK (sink), filter);
  g_assert_true (gst_caps_is_equal (filtered, filter));
  gst_spice_resize_free (resize);
  gst_object_unref (sink);
}

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resize/the-wanted-size-comes-first",
                   test_the_wanted_size_comes_first);
  g_test_add_func ("/resize/all-else-is-taken-as-before",
                   test_all_else_is_taken_as_before);
  g_test_add_func ("/resize/without-a-wish-all-is-as-before",
                   test_without_a_wish_all_is_as_before);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

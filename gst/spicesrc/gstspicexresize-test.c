/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starts an X server of 640 × 480 and gives it other sizes. */
#include "gst/spicesrc/gstspicexresize.h"

#include <stdlib.h>
#include <xcb/randr.h>
#include <xcb/xcb.h>

#include "gst/spicesrc/gstspicex-fixture.h"

#define DEADLINE_US (60 * G_TIME_SPAN_SECOND)

typedef struct {
  GMutex lock;
  GCond changed;
  guint n_told, n_failed;
  guint width, height;
} Told;

static GstSpiceXServer shared;

static void
on_told (guint width, guint height, const GError *error, gpointer user_data)
{
  Told *self = user_data;

  g_mutex_lock (&self->lock);
  self->n_told++;
  self->n_failed += error != NULL;
  self->width = width;
  self->height = height;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
wait_told (Told *self, guint n)
{
  gint64 end = g_get_monotonic_time () + DEADLINE_US;

  g_mutex_lock (&self->lock);
  while (self->n_told < n)
    g_assert_true (g_cond_wait_until (&self->changed, &self->lock, end));
  g_mutex_unlock (&self->lock);
}

/* what the display tells: "640x480, 3 modes" */
static char *
describe (void)
{
  xcb_connection_t *xcb = xcb_connect (shared.name, NULL);
  xcb_window_t root = xcb_setup_roots_iterator (xcb_get_setup (xcb)).data->root;
  xcb_get_geometry_reply_t *geometry =
      xcb_get_geometry_reply (xcb, xcb_get_geometry (xcb, root), NULL);
  xcb_randr_get_screen_resources_current_reply_t *resources =
      xcb_randr_get_screen_resources_current_reply (
          xcb, xcb_randr_get_screen_resources_current (xcb, root), NULL);
  char *text = g_strdup_printf ("%ux%u, %u modes", geometry->width,
                                geometry->height, resources->num_modes);

  free (geometry);
  free (resources);
  xcb_disconnect (xcb);
  return text;
}

static void
assert_display (const char *expected)
{
  g_autofree char *got = describe ();

  g_assert_cmpstr (got, ==, expected);
}

static void
test_sizes (void)
{
  static const struct {
    guint width, height;
    const char *expected;
  } rows[] = {
      {400, 300, "400x300, 2 modes"},
      {500, 310, "500x310, 2 modes"},       /* one made before is gone */
      {503, 311, "500x311, 2 modes"},       /* whole words */
      {10, 10, "320x200, 2 modes"},         /* of some use */
      {100000, 100000, "640x480, 1 modes"}, /* what there is; its own mode */
  };
  Told told = {0};
  g_autoptr (GstSpiceXResize) resize =
      gst_spice_x_resize_new (shared.name, on_told, &told);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gst_spice_x_resize_set (resize, rows[i].width, rows[i].height);
    wait_told (&told, i + 1);
    assert_display (rows[i].expected);
  }
  g_assert_cmpuint (told.n_failed, ==, 0);
}

static void
test_the_newest_wish_is_fulfilled (void)
{
  Told told = {0};
  g_autoptr (GstSpiceXResize) resize =
      gst_spice_x_resize_new (shared.name, on_told, &told);
  gint64 end = g_get_monotonic_time () + DEADLINE_US;

  for (guint i = 0; i <= 400; i++)
    gst_spice_x_resize_set (resize, 400, 200 + i / 2);
  g_mutex_lock (&told.lock);
  while (told.height != 400)
    g_assert_true (g_cond_wait_until (&told.changed, &told.lock, end));
  g_mutex_unlock (&told.lock);
  assert_display ("400x400, 2 modes");
  g_assert_cmpuint (told.n_told, <, 401);
}

static void
test_a_display_that_is_not_there_is_told (void)
{
  Told told = {0};
  g_autoptr (GstSpiceXResize) resize =
      gst_spice_x_resize_new (":999", on_told, &told);

  gst_spice_x_resize_set (resize, 400, 300);
  wait_told (&told, 1);
  g_assert_cmpuint (told.n_failed, ==, 1);
}

static void
test_nothing_waits_at_the_end (void)
{
  Told told = {0};

  for (guint i = 0; i < 50; i++) {
    GstSpiceXResize *resize =
        gst_spice_x_resize_new (shared.name, on_told, &told);

    gst_spice_x_resize_set (resize, 400 + 4 * i, 300);
    gst_spice_x_resize_free (resize);
  }
  gst_spice_x_resize_free (gst_spice_x_resize_new (NULL, on_told, &told));
  gst_spice_x_resize_free (NULL);
  g_assert_cmpuint (told.n_failed, ==, 0);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  gst_spice_x_server_start (&shared);
  g_test_add_func ("/xresize/sizes", test_sizes);
  g_test_add_func ("/xresize/the-newest-wish-is-fulfilled",
                   test_the_newest_wish_is_fulfilled);
  g_test_add_func ("/xresize/a-display-that-is-not-there-is-told",
                   test_a_display_that_is_not_there_is_told);
  g_test_add_func ("/xresize/nothing-waits-at-the-end",
                   test_nothing_waits_at_the_end);
  result = g_test_run ();
  gst_spice_x_server_stop (&shared);
  return result;
}

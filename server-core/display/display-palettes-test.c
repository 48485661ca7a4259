/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of palettes on their way to viewers: who is sent them, what viewers
 * keep of them, and that everybody sees the same. Viewers' canvases end the
 * test when a palette is used that they were not told to keep. */
#include "display-stage.h"

enum { WIDTH = 40, HEIGHT = 32 };

static const ViewerSetup with_palettes = {
    .is_native = true, .compression = SPICE_IMAGE_COMPRESSION_AUTO_LZ};
static const ViewerSetup without_palettes = {
    .compression = SPICE_IMAGE_COMPRESSION_AUTO_LZ};

static uint32_t
colour (guint palette, guint index)
{
  return palette * 0x010203 + index * 0x200011;
}

static void
draw_row (uint8_t *row, guint palette, guint n_colours)
{
  guint at = 0, left = 0;

  for (guint x = 0; x < WIDTH; x++) {
    uint32_t value;

    if (left-- == 0) {
      at = (guint)g_test_rand_int_range (0, (gint32)n_colours);
      left = (guint)g_test_rand_int_range (1, 9);
    }
    value = GUINT32_TO_LE (colour (palette, at));
    memcpy (row + (gsize)x * 4, &value, 4);
  }
}

/* a drawing of @n_colours, of all of them, that never was before; four rows
 * each are the same, so that it becomes smaller as indices, too */
static QxlImage *
drawing_new (guint palette, guint n_colours)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, WIDTH, HEIGHT, &pixels);

  for (guint y = 0; y < HEIGHT; y++)
    if (y % 4 == 0)
      draw_row (pixels + y * image->stride, palette, n_colours);
    else
      memcpy (pixels + y * image->stride, pixels + (y - 1) * image->stride,
              image->stride);
  for (guint x = 0; x < n_colours; x++) {
    uint32_t value = GUINT32_TO_LE (colour (palette, x));

    memcpy (pixels + (gsize)x * 4, &value, 4);
  }
  return image;
}

static void
post_drawing (Stage *self, guint palette, guint n_colours)
{
  const QxlRect box = QXL_RECT (3, 5, 3 + WIDTH, 5 + HEIGHT);
  QxlBatch *batch = qxl_batch_new ();

  stage_draw (self, batch,
              qxl_drawable_new_copy (0, &box, drawing_new (palette, n_colours),
                                     (QxlPoint){0, 0}));
  stage_post (self, batch);
}

static guint
n_lz_plt (const Viewer *viewer)
{
  return wire_canvas_n_images (viewer->canvas, SPICE_IMAGE_TYPE_LZ_PLT);
}

static guint
n_lz_rgb (const Viewer *viewer)
{
  return wire_canvas_n_images (viewer->canvas, SPICE_IMAGE_TYPE_LZ_RGB);
}

static void
stage_begin (Stage *self)
{
  stage_init (self);
  stage_post_first (self);
}

static void
test_keeps_palettes (void)
{
  Stage stage;
  Viewer *viewer;
  guint n_colours[] = {2, 3, 7, 16};

  stage_begin (&stage);
  viewer = viewer_new (&stage.session, &with_palettes);
  stage_wait_for (&stage, viewer);
  for (guint i = 0; i < 20; i++) {
    guint before = n_lz_plt (viewer);

    post_drawing (&stage, 0, n_colours[i % G_N_ELEMENTS (n_colours)]);
    stage_wait_for (&stage, viewer);
    g_assert_cmpuint (n_lz_plt (viewer), ==, before + 1);
  }
  g_assert_cmpuint (wire_canvas_n_palettes (viewer->canvas), ==,
                    G_N_ELEMENTS (n_colours));
  viewer_free (viewer);
  stage_clear (&stage);
}

/* the canvas ends the test if one that is there comes again to be kept */
static void
test_kept_palettes_are_not_sent (void)
{
  Stage stage;
  Viewer *viewer;

  stage_begin (&stage);
  viewer = viewer_new (&stage.session, &with_palettes);
  stage_wait_for (&stage, viewer);
  for (guint i = 0; i < 4; i++) {
    post_drawing (&stage, 0, 16);
    stage_wait_for (&stage, viewer);
    g_assert_cmpuint (wire_canvas_n_palettes (viewer->canvas), ==, 1);
  }
  g_assert_cmpuint (
      wire_client_count (viewer->display, SPICE_MSG_DISPLAY_INVAL_PALETTE), ==,
      0);
  viewer_free (viewer);
  stage_clear (&stage);
}

static void
test_more_palettes_than_are_kept (void)
{
  enum { N = 300 };
  Stage stage;
  Viewer *viewer;

  stage_begin (&stage);
  viewer = viewer_new (&stage.session, &with_palettes);
  stage_wait_for (&stage, viewer);
  for (guint i = 0; i < N; i++) {
    guint round = i / 2;

    /* an old one is used between new ones, and so stays */
    post_drawing (&stage, i % 2 ? 1 + round : 0, 5);
    stage_wait_for (&stage, viewer);
    g_assert_cmpuint (wire_canvas_n_palettes (viewer->canvas), <=, 128);
  }
  g_assert_cmpuint (n_lz_plt (viewer), ==, N);
  g_assert_cmpuint (wire_canvas_n_palettes (viewer->canvas), ==, 128);
  g_assert_cmpuint (
      wire_client_count (viewer->display, SPICE_MSG_DISPLAY_INVAL_PALETTE), ==,
      1 + N / 2 - 128);
  viewer_free (viewer);
  stage_clear (&stage);
}

/* web clients cannot show them */
static void
test_who_takes_none_is_sent_none (void)
{
  Stage stage;
  Viewer *takes, *other;

  stage_begin (&stage);
  takes = viewer_new (&stage.session, &with_palettes);
  other = viewer_new (&stage.session, &without_palettes);
  stage_wait_for (&stage, takes);
  stage_wait_for (&stage, other);
  for (guint i = 0; i < 10; i++) {
    guint before = n_lz_rgb (other);

    post_drawing (&stage, i % 3, 4);
    stage_wait_for (&stage, takes);
    stage_wait_for (&stage, other);
    g_assert_cmpuint (n_lz_rgb (other), ==, before + 1);
  }
  g_assert_cmpuint (n_lz_plt (takes), ==, 10);
  g_assert_cmpuint (n_lz_plt (other), ==, 0);
  g_assert_cmpuint (wire_canvas_n_palettes (other->canvas), ==, 0);
  viewer_free (takes);
  viewer_free (other);
  stage_clear (&stage);
}

/* one encoding serves both, although one keeps the palette and one does not */
static void
test_late_viewers_share_encodings (void)
{
  Stage stage;
  Viewer *early, *late;
  guint64 n_encoded;

  stage_begin (&stage);
  early = viewer_new (&stage.session, &with_palettes);
  stage_wait_for (&stage, early);
  for (guint i = 0; i < 5; i++) {
    post_drawing (&stage, i, 6);
    stage_wait_for (&stage, early);
  }
  late = viewer_new (&stage.session, &with_palettes);
  stage_wait_for (&stage, late);
  n_encoded = stage_n_encoded (&stage);
  for (guint i = 0; i < 5; i++) {
    post_drawing (&stage, i, 6);
    stage_wait_for (&stage, early);
    stage_wait_for (&stage, late);
  }
  g_assert_cmpuint (stage_n_encoded (&stage), ==, n_encoded + 5);
  g_assert_cmpuint (n_lz_plt (early), ==, 10);
  g_assert_cmpuint (n_lz_plt (late), ==, 5);
  g_assert_cmpuint (wire_canvas_n_palettes (early->canvas), ==, 5);
  g_assert_cmpuint (wire_canvas_n_palettes (late->canvas), ==, 5);
  viewer_free (early);
  viewer_free (late);
  stage_clear (&stage);
}

static void
test_many_colours_have_none (void)
{
  Stage stage;
  Viewer *viewer;

  stage_begin (&stage);
  viewer = viewer_new (&stage.session, &with_palettes);
  stage_wait_for (&stage, viewer);
  for (guint i = 0; i < 3; i++) {
    guint before = n_lz_rgb (viewer);

    post_drawing (&stage, 0, 40);
    stage_wait_for (&stage, viewer);
    g_assert_cmpuint (n_lz_rgb (viewer), ==, before + 1);
  }
  g_assert_cmpuint (n_lz_plt (viewer), ==, 0);
  viewer_free (viewer);
  stage_clear (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/display-palettes/viewers-keep-palettes",
                   test_keeps_palettes);
  g_test_add_func ("/display-palettes/kept-palettes-are-not-sent",
                   test_kept_palettes_are_not_sent);
  g_test_add_func ("/display-palettes/more-palettes-than-are-kept",
                   test_more_palettes_than_are_kept);
  g_test_add_func ("/display-palettes/who-takes-none-is-sent-none",
                   test_who_takes_none_is_sent_none);
  g_test_add_func ("/display-palettes/late-viewers-share-encodings",
                   test_late_viewers_share_encodings);
  g_test_add_func ("/display-palettes/many-colours-have-none",
                   test_many_colours_have_none);
  return g_test_run ();
}

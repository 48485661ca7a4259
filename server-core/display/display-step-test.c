/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests that viewers stay in step with the dictionary although some of what has
 * a slot in it is hidden, or its surface gone, before it has been sent. */
#include "display-stage.h"

#define ROUNDS 20u
/* so many draws are before it that it is not about to be sent */
#define BEFORE (2u * SPC_PIPE_LOOKAHEAD)

/* black and white, as text is, and each its own */
static QxlDrawable *
drawing_new (uint32_t surface_id, QxlRect box)
{
  uint8_t *pixels;
  QxlImage *image =
      qxl_image_new (QXL_FORMAT_BGRX, (uint32_t)qxl_rect_width (&box),
                     (uint32_t)qxl_rect_height (&box), &pixels);

  for (size_t i = 0; i < qxl_image_size (image); i += 4)
    memset (pixels + i, g_test_rand_bit () ? 0xff : 0, 4);
  return qxl_drawable_new_copy (surface_id, &box, image, (QxlPoint){0, 0});
}

static void
fill_places (Stage *stage, QxlBatch *batch)
{
  for (int i = 0; i < (int)BEFORE; i++)
    stage_fill (stage, batch, QXL_RECT (3 * i, 0, 3 * i + 2, 2),
                (uint32_t)g_test_rand_int () & 0xffffff);
}

static void
hide_drawing (Stage *stage, QxlBatch *batch)
{
  const QxlRect box = QXL_RECT (10, 10, 26, 26);

  stage_draw (stage, batch, drawing_new (0, box));
  stage_fill (stage, batch, box, 0x102030);
}

static void
drop_surface (Stage *stage, QxlBatch *batch)
{
  qxl_batch_create_surface (batch, 7, 20, 20, QXL_FORMAT_BGRX);
  qxl_batch_draw (batch, drawing_new (7, QXL_RECT (0, 0, 16, 16)));
  qxl_batch_destroy_surface (batch, 7);
}

typedef void (*LoseFunc) (Stage *stage, QxlBatch *batch);

/* what follows goes through the dictionary all the same */
static void
test_lost (gconstpointer lose)
{
  static const ViewerSetup setup = {
      .compression = SPICE_IMAGE_COMPRESSION_AUTO_GLZ, .is_native = true};
  Viewer *viewer;
  Stage stage;

  stage_init (&stage);
  stage.has_workers = true;
  stage_post_first (&stage);
  viewer = viewer_new (&stage.session, &setup);
  stage_wait_for (&stage, viewer);
  for (guint i = 0; i < ROUNDS; i++) {
    QxlBatch *batch = qxl_batch_new ();

    /* a viewer that keeps up: images have slots at once */
    stage_draw (&stage, batch, drawing_new (0, QXL_RECT (30, 30, 46, 46)));
    stage_post (&stage, batch);
    stage_wait_for (&stage, viewer);
    batch = qxl_batch_new ();
    fill_places (&stage, batch);
    ((LoseFunc)(gsize)lose) (&stage, batch);
    stage_post (&stage, batch);
    stage_wait_for (&stage, viewer);
  }
  g_assert_cmpuint (
      wire_canvas_n_images (viewer->canvas, SPICE_IMAGE_TYPE_GLZ_RGB), >=,
      ROUNDS);
  g_assert_false (wire_canvas_has_surface (viewer->canvas, 7, 20, 20));
  viewer_free (viewer);
  stage_clear (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/display-step/is-kept-when-a-draw-is-hidden",
                        (gconstpointer)(gsize)hide_drawing, test_lost);
  g_test_add_data_func ("/display-step/is-kept-when-a-surface-goes",
                        (gconstpointer)(gsize)drop_surface, test_lost);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/plain.h"

static const QxlRect box = {10, 20, 50, 60};

static QxlDrawable *
fill_new (uint16_t rop, uint32_t color)
{
  QxlOperation *op = qxl_operation_new (QXL_OP_FILL);

  op->u.fill.brush.kind = QXL_BRUSH_SOLID;
  op->u.fill.brush.color = color;
  op->u.fill.rop = rop;
  return qxl_drawable_new_operation (0, &box, op);
}

static QxlDrawable *
copy_new (uint16_t rop)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, 100, 100, &pixels);
  QxlOperation *op = qxl_operation_new (QXL_OP_COPY);

  memset (pixels, 1, qxl_image_size (image));
  op->u.copy.src = qxl_source_image (image);
  op->u.copy.src_area = QXL_RECT (1, 2, 41, 42);
  op->u.copy.rop = rop;
  return qxl_drawable_new_operation (0, &box, op);
}

/* takes @draw */
static QxlBatch *
plain (QxlDrawable *draw)
{
  QxlBatch *batch = qxl_batch_new ();

  qxl_plain_draw (batch, draw);
  return batch;
}

static const QxlDrawable *
at (const QxlBatch *batch, guint index)
{
  return qxl_batch_at (batch, index)->u.draw;
}

static void
fills_with_a_colour (void)
{
  g_autoptr (QxlBatch) put = plain (fill_new (QXL_ROP_PUT, 0x123456));
  g_autoptr (QxlBatch) inverse =
      plain (fill_new (QXL_ROP_PUT | QXL_ROP_INVERS_BRUSH, 0x123456));
  g_autoptr (QxlBatch) white = plain (qxl_drawable_new_operation (
      3, &box, qxl_operation_new (QXL_OP_WHITENESS)));
  g_autoptr (QxlBatch) changed = plain (fill_new (QXL_ROP_XOR, 0x123456));

  g_assert_cmpint (at (put, 0)->kind, ==, QXL_DRAW_FILL);
  g_assert_cmphex (at (put, 0)->u.fill.color, ==, 0x123456);
  g_assert_cmphex (at (inverse, 0)->u.fill.color, ==, 0xffedcba9);
  g_assert_cmphex (at (white, 0)->u.fill.color, ==, 0xffffffff);
  g_assert_cmpuint (at (white, 0)->surface_id, ==, 3);
  g_assert_cmpint (at (changed, 0)->kind, ==, QXL_DRAW_OPERATION);
}

static void
leaves_a_mask_alone (void)
{
  QxlDrawable *draw = fill_new (QXL_ROP_PUT, 1);
  g_autoptr (QxlBatch) batch = NULL;

  draw->u.operation->u.fill.mask.bitmap = qxl_source_surface (1);
  batch = plain (draw);
  g_assert_cmpint (at (batch, 0)->kind, ==, QXL_DRAW_OPERATION);
}

static void
copies_what_is_seen_through_a_clip (void)
{
  const QxlRect rects[] = {
      {0, 0, 20, 30}, {45, 0, 46, 100}, {200, 200, 300, 300}};
  QxlDrawable *draw = copy_new (QXL_ROP_PUT);
  g_autoptr (QxlBatch) batch = NULL;

  qxl_operation_clip (draw->u.operation, rects, 3);
  batch = plain (draw);
  g_assert_cmpuint (batch->commands->len, ==, 2);
  g_assert_cmpint (at (batch, 0)->kind, ==, QXL_DRAW_COPY);
  g_assert_true (
      qxl_rect_equal (&at (batch, 0)->box, &QXL_RECT (10, 20, 20, 30)));
  g_assert_cmpint (at (batch, 0)->u.copy.src.x, ==, 1);
  g_assert_true (
      qxl_rect_equal (&at (batch, 1)->box, &QXL_RECT (45, 20, 46, 60)));
  g_assert_cmpint (at (batch, 1)->u.copy.src.x, ==, 36);
  g_assert_cmpint (at (batch, 1)->u.copy.src.y, ==, 2);
}

static void
copies_from_another_surface (void)
{
  QxlOperation *op = qxl_operation_new (QXL_OP_COPY);
  g_autoptr (QxlBatch) batch = NULL;

  op->u.copy.src = qxl_source_surface (4);
  op->u.copy.src_area = QXL_RECT (5, 6, 45, 46);
  op->u.copy.rop = QXL_ROP_PUT;
  batch = plain (qxl_drawable_new_operation (0, &box, op));
  g_assert_cmpint (at (batch, 0)->kind, ==, QXL_DRAW_COPY_SURFACE);
  g_assert_cmpuint (at (batch, 0)->u.copy_surface.source_id, ==, 4);
  g_assert_cmpint (at (batch, 0)->u.copy_surface.src.y, ==, 6);
}

static void
leaves_scaling_and_combining_alone (void)
{
  QxlDrawable *scaled = copy_new (QXL_ROP_PUT);
  g_autoptr (QxlBatch) a = NULL;
  g_autoptr (QxlBatch) b = plain (copy_new (QXL_ROP_OR));

  scaled->u.operation->u.copy.src_area.right++;
  a = plain (scaled);
  g_assert_cmpint (at (a, 0)->kind, ==, QXL_DRAW_OPERATION);
  g_assert_cmpint (at (b, 0)->kind, ==, QXL_DRAW_OPERATION);
}

/* it is the validator's, and a part of it might pass */
static void
leaves_what_is_not_valid_alone (void)
{
  const QxlRect turned[] = {{20, 30, 40, 50}, {9, 9, 8, 8}};
  QxlDrawable *draws[] = {copy_new (QXL_ROP_PUT), copy_new (QXL_ROP_PUT),
                          copy_new (QXL_ROP_PUT), copy_new (QXL_ROP_PUT),
                          copy_new (QXL_ROP_PUT)};
  QxlSource *source = &draws[4]->u.operation->u.copy.src;

  qxl_operation_clip (draws[0]->u.operation, turned, 2);
  draws[1]->box.left = -1;
  draws[2]->box.bottom = draws[2]->box.top;
  draws[3]->u.operation->u.copy.scale_mode = (QxlScaleMode)7;
  g_clear_pointer (&source->image, qxl_image_unref);
  for (guint i = 0; i < G_N_ELEMENTS (draws); i++) {
    const QxlDrawable *draw = draws[i];
    g_autoptr (QxlBatch) batch = plain (draws[i]);

    g_assert_cmpuint (batch->commands->len, ==, 1);
    g_assert_true (at (batch, 0) == draw);
    g_assert_cmpint (draw->kind, ==, QXL_DRAW_OPERATION);
  }
}

static void
draws_nothing_outside_the_clip (void)
{
  const QxlRect away = {500, 500, 600, 600};
  QxlDrawable *draw = fill_new (QXL_ROP_XOR, 1);
  g_autoptr (QxlBatch) batch = NULL;

  qxl_operation_clip (draw->u.operation, &away, 1);
  batch = plain (draw);
  g_assert_true (qxl_batch_is_empty (batch));
}

static void
tightens_the_clip_of_what_stays (void)
{
  const QxlRect rects[] = {{0, 0, 30, 30}, {500, 500, 600, 600}};
  const QxlRect all = {0, 0, 100, 100};
  QxlDrawable *a = fill_new (QXL_ROP_XOR, 1);
  QxlDrawable *b = fill_new (QXL_ROP_XOR, 1);
  g_autoptr (QxlBatch) part = NULL;
  g_autoptr (QxlBatch) whole = NULL;

  qxl_operation_clip (a->u.operation, rects, 2);
  qxl_operation_clip (b->u.operation, &all, 1);
  part = plain (a);
  whole = plain (b);
  g_assert_cmpuint (at (part, 0)->u.operation->n_clip_rects, ==, 1);
  g_assert_true (qxl_rect_equal (&at (part, 0)->u.operation->clip_rects[0],
                                 &QXL_RECT (10, 20, 30, 30)));
  g_assert_false (at (whole, 0)->u.operation->is_clipped);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plain/fills-with-a-colour", fills_with_a_colour);
  g_test_add_func ("/plain/leaves-a-mask-alone", leaves_a_mask_alone);
  g_test_add_func ("/plain/copies-what-is-seen-through-a-clip",
                   copies_what_is_seen_through_a_clip);
  g_test_add_func ("/plain/copies-from-another-surface",
                   copies_from_another_surface);
  g_test_add_func ("/plain/leaves-scaling-and-combining-alone",
                   leaves_scaling_and_combining_alone);
  g_test_add_func ("/plain/leaves-what-is-not-valid-alone",
                   leaves_what_is_not_valid_alone);
  g_test_add_func ("/plain/draws-nothing-outside-the-clip",
                   draws_nothing_outside_the_clip);
  g_test_add_func ("/plain/tightens-the-clip-of-what-stays",
                   tightens_the_clip_of_what_stays);
  return g_test_run ();
}

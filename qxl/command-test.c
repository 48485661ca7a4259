/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/command.h"

static void
count_up (gpointer owner)
{
  ++*(int *)owner;
}

static QxlImage *
counted_image (int *n_released)
{
  static const uint8_t bytes[4];

  return qxl_image_new_wrapped (QXL_FORMAT_BGRX, 1, 1, 4, bytes, n_released,
                                count_up);
}

static void
drawables_hold_what_they_draw (void)
{
  QxlRect box = QXL_RECT (1, 2, 3, 4);
  g_autoptr (QxlDrawable) fill = qxl_drawable_new_fill (7, &box, 0x123456);
  g_autoptr (QxlDrawable) bits =
      qxl_drawable_new_copy_bits (8, &box, (QxlPoint){10, 20});

  g_autoptr (QxlDrawable) from =
      qxl_drawable_new_copy_surface (8, &box, 9, (QxlPoint){10, 20});

  g_assert_cmpint (from->kind, ==, QXL_DRAW_COPY_SURFACE);
  g_assert_cmpuint (from->u.copy_surface.source_id, ==, 9);
  g_assert_cmpint (from->u.copy_surface.src.y, ==, 20);
  g_assert_true (qxl_drawable_reads (from, 9));
  g_assert_false (qxl_drawable_reads (from, 8));
  g_assert_true (qxl_drawable_reads (bits, 8));
  g_assert_false (qxl_drawable_reads (fill, 7));
  g_assert_true (qxl_drawable_reads_surfaces (from));
  g_assert_true (qxl_drawable_reads_surfaces (bits));
  g_assert_false (qxl_drawable_reads_surfaces (fill));
  g_assert_true (qxl_drawable_is_opaque (from));
  g_assert_cmpint (fill->kind, ==, QXL_DRAW_FILL);
  g_assert_cmpuint (fill->surface_id, ==, 7);
  g_assert_true (qxl_rect_equal (&fill->box, &box));
  g_assert_cmphex (fill->u.fill.color, ==, 0x123456);
  g_assert_cmpint (bits->kind, ==, QXL_DRAW_COPY_BITS);
  g_assert_cmpuint (bits->surface_id, ==, 8);
  g_assert_cmpint (bits->u.copy_bits.src_pos.x, ==, 10);
  g_assert_cmpint (bits->u.copy_bits.src_pos.y, ==, 20);
}

static void
the_last_reference_frees_the_image (void)
{
  int n_released = 0;
  QxlRect box = QXL_RECT (0, 0, 1, 1);
  QxlDrawable *copy = qxl_drawable_new_copy (
      QXL_PRIMARY_SURFACE, &box, counted_image (&n_released), (QxlPoint){0});

  g_assert_true (qxl_drawable_ref (copy) == copy);
  qxl_drawable_unref (copy);
  g_assert_cmpint (n_released, ==, 0);
  qxl_drawable_unref (copy);
  g_assert_cmpint (n_released, ==, 1);
  qxl_drawable_unref (NULL);
}

static void
a_drawable_is_opaque_unless_it_reads_below_itself (void)
{
  static const struct {
    QxlPoint src;
    bool opaque;
  } cases[] = {
      {{10, 10}, false}, {{19, 10}, false}, {{20, 10}, true}, {{0, 10}, true},
      {{1, 1}, false},   {{15, 20}, true},  {{15, 0}, true},  {{1, 19}, false},
  };
  QxlRect box = QXL_RECT (10, 10, 20, 20);
  int n_released = 0;
  g_autoptr (QxlDrawable) fill = qxl_drawable_new_fill (0, &box, 0);
  g_autoptr (QxlDrawable) copy = qxl_drawable_new_copy (
      0, &box, counted_image (&n_released), (QxlPoint){0});

  g_assert_true (qxl_drawable_is_opaque (fill));
  g_assert_true (qxl_drawable_is_opaque (copy));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (QxlDrawable) bits =
        qxl_drawable_new_copy_bits (0, &box, cases[i].src);

    g_assert_true (qxl_drawable_is_opaque (bits) == cases[i].opaque);
  }
}

static void
batches_keep_order (void)
{
  QxlRect box = QXL_RECT (0, 0, 1, 1);
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  QxlDrawable *fill = qxl_drawable_new_fill (3, &box, 0);

  g_assert_true (qxl_batch_is_empty (batch));
  qxl_batch_create_surface (batch, 3, 640, 480, QXL_FORMAT_BGRA);
  qxl_batch_draw (batch, fill);
  qxl_batch_destroy_surface (batch, 3);
  g_assert_false (qxl_batch_is_empty (batch));
  g_assert_cmpuint (batch->commands->len, ==, 3);
  g_assert_cmpint (qxl_batch_at (batch, 0)->kind, ==,
                   QXL_COMMAND_SURFACE_CREATE);
  g_assert_cmpuint (qxl_batch_at (batch, 0)->u.create.surface_id, ==, 3);
  g_assert_cmpuint (qxl_batch_at (batch, 0)->u.create.width, ==, 640);
  g_assert_cmpuint (qxl_batch_at (batch, 0)->u.create.height, ==, 480);
  g_assert_cmpint (qxl_batch_at (batch, 0)->u.create.format, ==,
                   QXL_FORMAT_BGRA);
  g_assert_cmpint (qxl_batch_at (batch, 1)->kind, ==, QXL_COMMAND_DRAW);
  g_assert_true (qxl_batch_at (batch, 1)->u.draw == fill);
  g_assert_cmpint (qxl_batch_at (batch, 2)->kind, ==,
                   QXL_COMMAND_SURFACE_DESTROY);
  g_assert_cmpuint (qxl_batch_at (batch, 2)->u.destroy.surface_id, ==, 3);
  qxl_batch_clear (batch);
  g_assert_true (qxl_batch_is_empty (batch));
}

static void
freeing_a_batch_drops_its_drawables (void)
{
  int n_released = 0;
  QxlRect box = QXL_RECT (0, 0, 1, 1);
  QxlBatch *batch = qxl_batch_new ();
  QxlDrawable *copy = qxl_drawable_new_copy (
      0, &box, counted_image (&n_released), (QxlPoint){0});

  qxl_batch_draw (batch, qxl_drawable_ref (copy));
  qxl_batch_free (batch);
  g_assert_cmpint (n_released, ==, 0);
  qxl_drawable_unref (copy);
  g_assert_cmpint (n_released, ==, 1);
  qxl_batch_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command/drawables-hold-what-they-draw",
                   drawables_hold_what_they_draw);
  g_test_add_func ("/command/the-last-reference-frees-the-image",
                   the_last_reference_frees_the_image);
  g_test_add_func ("/command/a-drawable-is-opaque-unless-it-reads-below-itself",
                   a_drawable_is_opaque_unless_it_reads_below_itself);
  g_test_add_func ("/command/batches-keep-order", batches_keep_order);
  g_test_add_func ("/command/freeing-a-batch-drops-its-drawables",
                   freeing_a_batch_drops_its_drawables);
  return g_test_run ();
}

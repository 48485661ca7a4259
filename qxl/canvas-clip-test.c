/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/canvas.h"

#define W 301
#define H 2000

static QxlSurface *
find_none (uint32_t surface_id, gpointer user_data)
{
  return NULL;
}

/* clears what the clip leaves, through a mask of all bits or none */
static void
draw_white (QxlSurface *surface, const QxlRect *box, const QxlRect *rects,
            guint n_rects, bool is_masked)
{
  QxlOperation *op = qxl_operation_new (QXL_OP_WHITENESS);
  g_autoptr (QxlDrawable) draw = qxl_drawable_new_operation (0, box, op);
  QxlImage *image;
  uint8_t *bits;

  qxl_operation_clip (op, rects, n_rects);
  if (is_masked) {
    image = qxl_image_new (QXL_FORMAT_A1, W, H, &bits);
    for (size_t i = 0; i < qxl_image_size (image); i++)
      bits[i] = 0x55;
    op->u.mask.bitmap = qxl_source_image (image);
  }
  qxl_canvas_draw (surface, draw, find_none, NULL);
}

static void
assert_white (const QxlSurface *surface, const QxlRect *box,
              const QxlRect *rects, guint n_rects, bool is_masked)
{
  g_autofree uint8_t *white = g_new0 (uint8_t, W * H);

  for (guint i = 0; i < n_rects; i++) {
    QxlRect rect = qxl_rect_intersect (&rects[i], box);

    for (int32_t y = rect.top; y < rect.bottom; y++)
      for (int32_t x = rect.left; x < rect.right; x++)
        white[y * W + x] = 0xff;
  }
  for (int32_t y = 0; y < H; y++)
    for (int32_t x = 0; x < W; x++) {
      /* each row of the mask begins with a byte of its own */
      bool is_let_through = !is_masked || (x - box->left) % 8 % 2 == 0;
      uint8_t expected = is_let_through ? white[y * W + x] : 0;

      if (qxl_surface_row (surface, (uint32_t)y)[x] != expected)
        g_error ("at %d,%d: expected %u", x, y, expected);
    }
}

static void
check (const QxlRect *rects, guint n_rects)
{
  const QxlRect box = QXL_RECT (2, 3, W - 4, H - 1);

  for (guint i = 0; i < 2; i++) {
    g_autoptr (QxlSurface) surface = qxl_surface_new (QXL_FORMAT_A8, W, H);

    draw_white (surface, &box, rects, n_rects, i == 1);
    assert_white (surface, &box, rects, n_rects, i == 1);
  }
}

static void
nothing_passes_no_rectangle (void)
{
  const QxlRect empty[] = {{5, 5, 5, 9}, {9, 9, 3, 20}, {-9, 0, 0, 9}};

  check (NULL, 0);
  check (empty, G_N_ELEMENTS (empty));
}

static void
few_rectangles (void)
{
  const QxlRect rects[] = {{-5, -5, 20, 30},
                           {10, 10, 90, 40},
                           {W - 9, H - 9, W + 9, H + 9},
                           {50, 100, 51, 101},
                           {G_MININT32, 500, G_MAXINT32, 501}};

  for (guint n = 1; n <= G_N_ELEMENTS (rects); n++)
    check (rects, n);
}

/* columns and lines that cross: so many that no region is made of them */
static void
very_many_that_cross (void)
{
  const guint n = 8000;
  g_autofree QxlRect *rects = g_new (QxlRect, n);

  for (guint i = 0; i < n; i++) {
    int32_t x = g_test_rand_int_range (0, W / 2) * 2;
    int32_t y = g_test_rand_int_range (0, 20);

    rects[i] = i % 2 ? QXL_RECT (x, y, x + 1, H - y)
                     : QXL_RECT (-9, y * 100, W + 9, y * 100 + 7);
    if (i % 16 == 1)
      rects[i] = QXL_RECT (x, y, x, y);
  }
  check (rects, n);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas-clip/nothing-passes-no-rectangle",
                   nothing_passes_no_rectangle);
  g_test_add_func ("/canvas-clip/few-rectangles", few_rectangles);
  g_test_add_func ("/canvas-clip/very-many-that-cross", very_many_that_cross);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/canvas-fixture.h"

#include <string.h>

#define SIDE 32
#define ONE 0x10000

static const QxlRect whole = QXL_RECT (0, 0, SIDE, SIDE);

/* surface 1, to draw from */
static QxlSurface *
find_other (uint32_t surface_id, gpointer user_data)
{
  return surface_id == 1 ? user_data : NULL;
}

static QxlOperation *
composite_new (uint32_t flags, QxlSource src)
{
  QxlOperation *op = qxl_operation_new (QXL_OP_COMPOSITE);

  op->u.composite.flags = flags;
  op->u.composite.src = src;
  return op;
}

static QxlSource
noise_source (uint32_t width, uint32_t height)
{
  return qxl_source_image (
      canvas_fixture_image (QXL_FORMAT_BGRA, width, height));
}

/* what is drawn, a pixel at a time */

/* of 255, what of the source and of the destination counts */
static void
factors (guint op, uint32_t sa, uint32_t da, uint32_t *fs, uint32_t *fd)
{
  const uint32_t of[][2] = {
      {0, 0},               /* clear */
      {255, 0},             /* src */
      {0, 255},             /* dst */
      {255, 255 - sa},      /* over */
      {255 - da, 255},      /* over reverse */
      {da, 0},              /* in */
      {0, sa},              /* in reverse */
      {255 - da, 0},        /* out */
      {0, 255 - sa},        /* out reverse */
      {da, 255 - sa},       /* atop */
      {255 - da, sa},       /* atop reverse */
      {255 - da, 255 - sa}, /* xor */
      {255, 255},           /* add */
  };

  *fs = of[op][0];
  *fd = of[op][1];
}

static uint32_t
channel (uint32_t pixel, unsigned shift)
{
  return pixel >> shift & 0xff;
}

/* @mask: alpha for each channel */
static uint32_t
composed (guint op, uint32_t s, uint32_t mask, uint32_t d)
{
  uint32_t result = 0;

  for (unsigned shift = 0; shift < 32; shift += 8) {
    uint32_t m = channel (mask, shift), fs, fd, value;

    factors (op, canvas_fixture_mul (s >> 24, m), d >> 24, &fs, &fd);
    value =
        canvas_fixture_mul (canvas_fixture_mul (channel (s, shift), m), fs) +
        canvas_fixture_mul (channel (d, shift), fd);
    result |= MIN (value, 255) << shift;
  }
  return result;
}

/* where a coordinate lies in a picture of that size; -1: nowhere */
static int32_t
repeated (guint repeat, int32_t at, int32_t size)
{
  int32_t round;

  if (at >= 0 && at < size)
    return at;
  if (repeat == PIXMAN_REPEAT_NONE)
    return -1;
  if (repeat == PIXMAN_REPEAT_PAD)
    return CLAMP (at, 0, size - 1);
  round = ((at % (2 * size)) + 2 * size) % (2 * size);
  if (repeat == PIXMAN_REPEAT_NORMAL)
    return round % size;
  return round < size ? round : 2 * size - 1 - round;
}

static uint32_t
looked_up (const QxlImage *image, guint repeat, int32_t x, int32_t y)
{
  x = repeated (repeat, x, (int32_t)image->width);
  y = repeated (repeat, y, (int32_t)image->height);
  return x < 0 || y < 0 ? 0 : canvas_fixture_image_pixel (image, x, y);
}

static uint32_t
alphas (uint32_t pixel, bool component_alpha)
{
  return component_alpha ? pixel : (pixel >> 24) * 0x01010101u;
}

/* images without transforms, whose origins lie before them */
static uint32_t
model_pixel (const QxlComposite *c, const QxlRect *box, int32_t x, int32_t y,
             uint32_t d)
{
  uint32_t mask = ~0u;
  uint32_t s = looked_up (c->src.image, QXL_COMPOSITE_SRC_REPEAT (c->flags),
                          c->src_origin.x + x - box->left,
                          c->src_origin.y + y - box->top);

  if (c->flags & QXL_COMPOSITE_HAS_MASK)
    mask =
        alphas (looked_up (c->mask.image, QXL_COMPOSITE_MASK_REPEAT (c->flags),
                           c->mask_origin.x + x - box->left,
                           c->mask_origin.y + y - box->top),
                c->flags & QXL_COMPOSITE_COMPONENT_ALPHA);
  return composed (QXL_COMPOSITE_OPERATOR (c->flags), s, mask, d);
}

static void
check (QxlFormat format, const QxlRect *box, QxlOperation *op)
{
  uint32_t opaque = format == QXL_FORMAT_BGRX ? 0xff000000 : 0;
  const QxlRect clip = QXL_RECT (3, 2, SIDE - 1, SIDE - 4);
  g_autoptr (QxlSurface) surface = canvas_fixture_surface (format, SIDE, SIDE);
  g_autofree uint32_t *before = canvas_fixture_pixels (surface);
  g_autoptr (QxlDrawable) draw = qxl_drawable_new_operation (0, box, op);
  QxlRect seen = qxl_rect_intersect (box, &clip);

  qxl_operation_clip (op, &clip, 1);
  qxl_canvas_draw (surface, draw, NULL, NULL);
  for (int32_t y = 0; y < SIDE; y++)
    for (int32_t x = 0; x < SIDE; x++) {
      QxlRect pixel = QXL_RECT (x, y, x + 1, y + 1);
      uint32_t expected = before[y * SIDE + x];
      uint32_t got = canvas_fixture_surface_pixel (surface, x, y);

      if (qxl_rect_contains (&seen, &pixel))
        expected = model_pixel (&op->u.composite, box, x, y, expected | opaque);
      if ((got | opaque) != (expected | opaque))
        g_error ("flags %#x on %s at %d,%d: was %08x, expected %08x, got %08x",
                 op->u.composite.flags, qxl_format_name (format), x, y,
                 before[y * SIDE + x], expected, got);
    }
}

static void
set_mask (QxlOperation *op, bool component_alpha)
{
  QxlComposite *c = &op->u.composite;

  c->flags |= QXL_COMPOSITE_HAS_MASK;
  c->flags |= component_alpha ? QXL_COMPOSITE_COMPONENT_ALPHA : 0;
  c->mask = noise_source ((uint32_t)g_test_rand_int_range (1, 40),
                          (uint32_t)g_test_rand_int_range (1, 40));
  c->mask_origin.x = (int16_t)g_test_rand_int_range (-20, 20);
  c->mask_origin.y = (int16_t)g_test_rand_int_range (-20, 20);
}

static QxlOperation *
random_composite (guint op, bool with_mask, bool component_alpha)
{
  guint repeats = (guint)g_test_rand_int_range (0, 16);
  QxlOperation *composite =
      composite_new (op | repeats << 14,
                     noise_source ((uint32_t)g_test_rand_int_range (1, 40),
                                   (uint32_t)g_test_rand_int_range (1, 40)));

  composite->u.composite.src_origin.x =
      (int16_t)g_test_rand_int_range (-20, 20);
  composite->u.composite.src_origin.y =
      (int16_t)g_test_rand_int_range (-20, 20);
  if (with_mask)
    set_mask (composite, component_alpha);
  return composite;
}

static void
check_operators (bool with_mask, bool component_alpha)
{
  static const QxlFormat formats[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA};

  for (guint round = 0; round < 26 * 12; round++) {
    QxlRect box = QXL_RECT (
        g_test_rand_int_range (0, 10), g_test_rand_int_range (0, 10),
        g_test_rand_int_range (20, SIDE), g_test_rand_int_range (20, SIDE));

    check (formats[round % 2], &box,
           random_composite (round / 2 % 13, with_mask, component_alpha));
  }
}

static void
knows_every_operator (void)
{
  check_operators (false, false);
}

static void
draws_through_masks (void)
{
  check_operators (true, false);
}

static void
draws_through_each_component (void)
{
  check_operators (true, true);
}

/* others are for pixman to compute; they draw something, and stay in the box */
static void
takes_all_operators_there_are (void)
{
  for (guint op = 0; op < 256; op++) {
    bool is_known = op <= 13 || (op >= 0x10 && op <= 0x1b) ||
                    (op >= 0x20 && op <= 0x2b) || (op >= 0x30 && op <= 0x3e);
    g_autoptr (QxlSurface) surface =
        canvas_fixture_surface (QXL_FORMAT_BGRA, SIDE, SIDE);
    g_autofree uint32_t *before = canvas_fixture_pixels (surface);
    g_autofree uint32_t *after = NULL;
    QxlRect box = QXL_RECT (4, 4, 20, 20);
    bool is_same;

    canvas_fixture_draw (surface, &box,
                         composite_new (op, noise_source (SIDE, SIDE)), NULL,
                         NULL);
    after = canvas_fixture_pixels (surface);
    is_same = memcmp (before, after, SIDE * SIDE * 4) == 0;
    if (is_same == (is_known && op != 2 && op != 0x12 && op != 0x22))
      g_error ("operator %#x: drew %d", op, !is_same);
    g_assert_cmphex (before[3 * SIDE + 3], ==, after[3 * SIDE + 3]);
  }
}

static void
draws_nothing_with_unknown_filters (void)
{
  for (uint32_t filter = 5; filter < 8; filter++) {
    g_autoptr (QxlSurface) surface =
        qxl_surface_new (QXL_FORMAT_BGRX, SIDE, SIDE);

    canvas_fixture_draw (
        surface, &whole,
        composite_new (1 | filter << 8, noise_source (SIDE, SIDE)), NULL, NULL);
    canvas_fixture_draw (
        surface, &whole,
        composite_new (1 | filter << 11, noise_source (SIDE, SIDE)), NULL,
        NULL);
    g_assert_cmphex (canvas_fixture_surface_pixel (surface, 9, 9), ==, 0);
  }
}

static QxlOperation *
from_surface (uint32_t flags)
{
  return composite_new (PIXMAN_OP_SRC | flags, qxl_source_surface (1));
}

/* a transform of one command is none of the next */
static void
forgets_transforms (void)
{
  g_autoptr (QxlSurface) other =
      canvas_fixture_surface (QXL_FORMAT_BGRA, SIDE, SIDE);
  g_autoptr (QxlSurface) surface =
      qxl_surface_new (QXL_FORMAT_BGRA, SIDE, SIDE);
  QxlOperation *twice = from_surface (QXL_COMPOSITE_HAS_SRC_TRANSFORM |
                                      PIXMAN_FILTER_NEAREST << 8);

  twice->u.composite.src_transform =
      (QxlTransform){{ONE / 2, 0, 0, 0, ONE / 2, 0}};
  canvas_fixture_draw (surface, &whole, twice, find_other, other);
  for (int32_t i = 0; i < SIDE; i++)
    g_assert_cmphex (canvas_fixture_surface_pixel (surface, i, i), ==,
                     canvas_fixture_surface_pixel (other, i / 2, i / 2));
  canvas_fixture_draw (surface, &whole, from_surface (0), find_other, other);
  for (int32_t i = 0; i < SIDE; i++)
    g_assert_cmphex (canvas_fixture_surface_pixel (surface, i, i), ==,
                     canvas_fixture_surface_pixel (other, i, i));
}

static void
reads_opaque_surfaces_without_alpha (void)
{
  g_autoptr (QxlSurface) other =
      canvas_fixture_surface (QXL_FORMAT_BGRA, SIDE, SIDE);
  g_autoptr (QxlSurface) surface =
      qxl_surface_new (QXL_FORMAT_BGRA, SIDE, SIDE);

  canvas_fixture_draw (surface, &whole,
                       from_surface (QXL_COMPOSITE_SOURCE_OPAQUE), find_other,
                       other);
  for (int32_t i = 0; i < SIDE; i++)
    g_assert_cmphex (canvas_fixture_surface_pixel (surface, i, i), ==,
                     canvas_fixture_surface_pixel (other, i, i) | 0xff000000);
}

/* an image of alpha alone is opaque black there, a surface is not */
static void
tells_images_of_alpha_from_surfaces (void)
{
  g_autoptr (QxlSurface) other =
      canvas_fixture_surface (QXL_FORMAT_A8, SIDE, SIDE);
  g_autoptr (QxlSurface) surface =
      qxl_surface_new (QXL_FORMAT_BGRA, SIDE, SIDE);

  canvas_fixture_draw (surface, &whole, from_surface (0), find_other, other);
  g_assert_cmphex (canvas_fixture_surface_pixel (surface, 9, 5), ==,
                   canvas_fixture_surface_pixel (other, 9, 5) << 24);
  canvas_fixture_draw (
      surface, &whole,
      composite_new (PIXMAN_OP_SRC, qxl_source_image (canvas_fixture_image (
                                        QXL_FORMAT_A8, SIDE, SIDE))),
      NULL, NULL);
  g_assert_cmphex (canvas_fixture_surface_pixel (surface, 9, 5), ==,
                   0xff000000);
}

static void
reads_the_surface_itself_as_it_was (void)
{
  g_autoptr (QxlSurface) surface =
      canvas_fixture_surface (QXL_FORMAT_BGRA, SIDE, SIDE);
  g_autofree uint32_t *before = canvas_fixture_pixels (surface);
  QxlOperation *op = composite_new (PIXMAN_OP_SRC, qxl_source_surface (0));
  QxlRect box = QXL_RECT (1, 1, SIDE, SIDE);

  canvas_fixture_draw (surface, &box, op, find_other, NULL);
  for (int32_t i = 1; i < SIDE; i++)
    g_assert_cmphex (canvas_fixture_surface_pixel (surface, i, i), ==,
                     before[(i - 1) * SIDE + i - 1]);
}

/* a picture of two pixels, repeated from far away: as its pixels repeat */
static void
bounds_the_work_for_small_repeated_pictures (void)
{
  g_autoptr (QxlSurface) surface =
      qxl_surface_new (QXL_FORMAT_BGRA, 1000, 1000);
  QxlRect box = QXL_RECT (0, 0, 1000, 1000);
  QxlOperation *op = composite_new (PIXMAN_OP_SRC | PIXMAN_FILTER_NEAREST << 8 |
                                        PIXMAN_REPEAT_NORMAL << 14 |
                                        QXL_COMPOSITE_HAS_SRC_TRANSFORM,
                                    noise_source (2, 1));
  g_autoptr (QxlImage) image = qxl_image_ref (op->u.composite.src.image);

  op->u.composite.src_transform =
      (QxlTransform){{ONE, 0, 31000 * ONE, 0, ONE, 31000 * ONE}};
  canvas_fixture_draw (surface, &box, op, NULL, NULL);
  for (int32_t i = 0; i < 1000; i++)
    g_assert_cmphex (canvas_fixture_surface_pixel (surface, i, i), ==,
                     canvas_fixture_image_pixel (image, i % 2, 0));
}

static void
survives_any_transform (void)
{
  for (int round = 0; round < 2000; round++) {
    g_autoptr (QxlSurface) surface =
        qxl_surface_new (QXL_FORMAT_BGRX, SIDE, SIDE);
    QxlOperation *op = random_composite (3, true, round % 2);
    QxlComposite *c = &op->u.composite;

    c->flags |=
        QXL_COMPOSITE_HAS_SRC_TRANSFORM | QXL_COMPOSITE_HAS_MASK_TRANSFORM;
    c->flags |= (uint32_t)(round % 5) << 8 | (uint32_t)(round / 5 % 5) << 11;
    for (int i = 0; i < 6; i++) {
      c->src_transform.t[i] = (int32_t)g_test_rand_int ();
      c->mask_transform.t[i] =
          round % 3 ? (int32_t)g_test_rand_int () : G_MININT32;
    }
    canvas_fixture_draw (surface, &whole, op, NULL, NULL);
    g_assert_cmpuint (qxl_surface_width (surface), ==, SIDE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas-composite/knows-every-operator",
                   knows_every_operator);
  g_test_add_func ("/canvas-composite/draws-through-masks",
                   draws_through_masks);
  g_test_add_func ("/canvas-composite/draws-through-each-component",
                   draws_through_each_component);
  g_test_add_func ("/canvas-composite/takes-all-operators-there-are",
                   takes_all_operators_there_are);
  g_test_add_func ("/canvas-composite/draws-nothing-with-unknown-filters",
                   draws_nothing_with_unknown_filters);
  g_test_add_func ("/canvas-composite/forgets-transforms", forgets_transforms);
  g_test_add_func ("/canvas-composite/reads-opaque-surfaces-without-alpha",
                   reads_opaque_surfaces_without_alpha);
  g_test_add_func ("/canvas-composite/tells-images-of-alpha-from-surfaces",
                   tells_images_of_alpha_from_surfaces);
  g_test_add_func ("/canvas-composite/reads-the-surface-itself-as-it-was",
                   reads_the_surface_itself_as_it_was);
  g_test_add_func (
      "/canvas-composite/bounds-the-work-for-small-repeated-pictures",
      bounds_the_work_for_small_repeated_pictures);
  g_test_add_func ("/canvas-composite/survives-any-transform",
                   survives_any_transform);
  return g_test_run ();
}

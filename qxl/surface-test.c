/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/surface.h"

#include <string.h>

#define W 40
#define H 30

/* what the surface should show, drawn one pixel at a time */
typedef struct {
  uint32_t at[H][W]; /* 0xAARRGGBB */
} Model;

static void
assert_shows (const QxlSurface *surface, const Model *model)
{
  QxlRect all = QXL_RECT (0, 0, W, H);
  g_autoptr (QxlImage) image = qxl_surface_snapshot (surface, &all);

  for (unsigned y = 0; y < H; y++)
    for (unsigned x = 0; x < W; x++) {
      const uint8_t *p = qxl_image_row (image, y) + x * 4;
      uint32_t got = (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
                     (uint32_t)p[1] << 8 | p[0];

      if (got != model->at[y][x])
        g_error ("at %u,%u: expected %08x, got %08x", x, y, model->at[y][x],
                 got);
    }
}

static QxlImage *
noise_image (QxlFormat format, uint32_t width, uint32_t height)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (format, width, height, &pixels);

  for (size_t i = 0; i < qxl_image_size (image); i++)
    pixels[i] = (uint8_t)g_test_rand_int ();
  return image;
}

static void
draw_and_free (QxlSurface *surface, QxlDrawable *draw)
{
  qxl_surface_draw (surface, draw);
  qxl_drawable_unref (draw);
}

/* a surface and a model with the same noise */
static QxlSurface *
noisy_surface (Model *model)
{
  QxlSurface *surface = qxl_surface_new (QXL_FORMAT_BGRX, W, H);
  QxlImage *image = noise_image (QXL_FORMAT_BGRX, W, H);
  QxlRect all = QXL_RECT (0, 0, W, H);

  for (unsigned y = 0; y < H; y++)
    for (unsigned x = 0; x < W; x++) {
      const uint8_t *p = qxl_image_row (image, y) + x * 4;

      model->at[y][x] =
          (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | (uint32_t)p[0];
    }
  draw_and_free (surface,
                 qxl_drawable_new_copy (0, &all, image, (QxlPoint){0, 0}));
  return surface;
}

static void
starts_black (void)
{
  g_autoptr (QxlSurface) surface = qxl_surface_new (QXL_FORMAT_BGRX, W, H);
  Model model = {0};

  g_assert_cmpuint (qxl_surface_width (surface), ==, W);
  g_assert_cmpuint (qxl_surface_height (surface), ==, H);
  assert_shows (surface, &model);
}

static void
refuses_what_it_cannot_hold (void)
{
  g_assert_null (qxl_surface_new (QXL_FORMAT_BGRX, 0, 1));
  g_assert_null (qxl_surface_new (QXL_FORMAT_BGRX, 1, 0));
  g_assert_null (
      qxl_surface_new (QXL_FORMAT_BGRX, QXL_SURFACE_MAX_SIDE + 1, 1));
  g_assert_null (qxl_surface_new (QXL_FORMAT_BGRX, 1, UINT32_MAX));
  g_assert_null (qxl_surface_new (QXL_FORMAT_BGR16, 1, 1));
  g_assert_null (qxl_surface_new (QXL_FORMAT_INVALID, 1, 1));
  qxl_surface_free (NULL);
}

static const QxlRect boxes[] = {
    {3, 4, 20, 17},
    {0, 0, W, H},
    {W - 1, H - 1, W, H},
    {-5, -7, 9, 8},
    {30, 20, 100, 100},
    {-100, 10, 100, 12},
    {W, 0, W + 5, 5},
    {0, -9, 5, 0},
    {5, 5, 5, 9},
    {9, 9, 5, 12},
    {0, H, 5, H + 1},
    {0, 0, 1, 1},
    {G_MININT32, 3, G_MAXINT32, 4},
    {G_MAXINT32 - 1, G_MAXINT32 - 1, G_MAXINT32, G_MAXINT32},
    {G_MININT32, G_MININT32, G_MININT32 + 1, G_MININT32 + 1},
};

static void
fills_inside_its_bounds (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++) {
    Model model;
    g_autoptr (QxlSurface) surface = noisy_surface (&model);
    const QxlRect *box = &boxes[i];

    for (int y = 0; y < H; y++)
      for (int x = 0; x < W; x++)
        if (x >= box->left && x < box->right && y >= box->top &&
            y < box->bottom)
          model.at[y][x] = 0x123456;
    /* the top byte is kept, but not seen */
    draw_and_free (surface, qxl_drawable_new_fill (0, box, 0x99123456));
    assert_shows (surface, &model);
  }
}

/* what a copy shows at a pixel; false when it draws nothing there */
static bool
source_pixel (const QxlRect *box, QxlPoint src, int64_t width, int64_t height,
              int x, int y, int64_t *sx, int64_t *sy)
{
  *sx = (int64_t)src.x + x - box->left;
  *sy = (int64_t)src.y + y - box->top;
  return x >= box->left && x < box->right && y >= box->top && y < box->bottom &&
         *sx >= 0 && *sx < width && *sy >= 0 && *sy < height;
}

static void
copies_inside_both_bounds (void)
{
  static const QxlPoint sources[] = {{0, 0}, {2, 3},          {-4, -2},
                                     {9, 9}, {G_MAXINT32, 0}, {0, G_MININT32}};

  for (guint i = 0; i < G_N_ELEMENTS (boxes) * G_N_ELEMENTS (sources); i++) {
    const QxlRect *box = &boxes[i / G_N_ELEMENTS (sources)];
    QxlPoint src = sources[i % G_N_ELEMENTS (sources)];
    Model model;
    g_autoptr (QxlSurface) surface = noisy_surface (&model);
    QxlImage *image = noise_image (QXL_FORMAT_BGRX, 25, 22);

    for (int y = 0; y < H; y++)
      for (int x = 0; x < W; x++) {
        int64_t sx, sy;

        if (source_pixel (box, src, 25, 22, x, y, &sx, &sy)) {
          const uint8_t *p = qxl_image_row (image, (uint32_t)sy) + sx * 4;

          model.at[y][x] =
              (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | (uint32_t)p[0];
        }
      }
    draw_and_free (surface, qxl_drawable_new_copy (0, box, image, src));
    assert_shows (surface, &model);
  }
}

static void
copies_bits_in_every_direction (void)
{
  QxlRect box = QXL_RECT (10, 8, 30, 22);

  for (int dy = -9; dy <= 9; dy += 3)
    for (int dx = -11; dx <= 11; dx++) {
      QxlPoint src = {box.left + dx, box.top + dy};
      Model before, model;
      g_autoptr (QxlSurface) surface = noisy_surface (&before);

      model = before;
      for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
          int64_t sx, sy;

          if (source_pixel (&box, src, W, H, x, y, &sx, &sy))
            model.at[y][x] = before.at[sy][sx];
        }
      draw_and_free (surface, qxl_drawable_new_copy_bits (0, &box, src));
      assert_shows (surface, &model);
    }
}

static void
copies_bits_inside_its_bounds (void)
{
  static const QxlPoint sources[] = {
      {0, 0}, {-6, 2}, {35, 25}, {G_MAXINT32, G_MININT32}};

  for (guint i = 0; i < G_N_ELEMENTS (boxes) * G_N_ELEMENTS (sources); i++) {
    const QxlRect *box = &boxes[i / G_N_ELEMENTS (sources)];
    QxlPoint src = sources[i % G_N_ELEMENTS (sources)];
    Model before, model;
    g_autoptr (QxlSurface) surface = noisy_surface (&before);

    model = before;
    for (int y = 0; y < H; y++)
      for (int x = 0; x < W; x++) {
        int64_t sx, sy;

        if (source_pixel (box, src, W, H, x, y, &sx, &sy))
          model.at[y][x] = before.at[sy][sx];
      }
    draw_and_free (surface, qxl_drawable_new_copy_bits (0, box, src));
    assert_shows (surface, &model);
  }
}

static void
converts_other_formats (void)
{
  QxlRect all = QXL_RECT (0, 0, W, H);

  for (int f = QXL_FORMAT_INVALID + 1; f < QXL_N_FORMATS; f++) {
    QxlFormat format = (QxlFormat)f;
    g_autoptr (QxlSurface) surface = qxl_surface_new (QXL_FORMAT_BGRX, W, H);
    QxlImage *image = noise_image (format, W, H);
    Model model = {0};

    for (unsigned y = 0; y < H && qxl_format_is_colour (format); y++)
      for (unsigned x = 0; x < W; x++) {
        uint8_t p[4];

        qxl_format_row_to_bgrx (format, p,
                                qxl_image_row (image, y) +
                                    x * qxl_format_bytes_per_pixel (format),
                                1);
        model.at[y][x] =
            (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | (uint32_t)p[0];
      }
    draw_and_free (surface,
                   qxl_drawable_new_copy (0, &all, image, (QxlPoint){0, 0}));
    assert_shows (surface, &model);
  }
}

static void
keeps_alpha_where_it_has_it (void)
{
  g_autoptr (QxlSurface) surface = qxl_surface_new (QXL_FORMAT_BGRA, W, H);
  QxlRect left = QXL_RECT (0, 0, 1, 1);
  QxlRect middle = QXL_RECT (1, 0, 2, 1);
  QxlRect right = QXL_RECT (2, 0, 3, 1);
  uint8_t *alpha, *opaque;
  QxlImage *with = qxl_image_new (QXL_FORMAT_BGRA, 1, 1, &alpha);
  QxlImage *without = qxl_image_new (QXL_FORMAT_BGRX, 1, 1, &opaque);
  Model model = {0};

  memcpy (alpha, "\x01\x02\x03\x04", 4);
  memcpy (opaque, "\x05\x06\x07\x00", 4);
  draw_and_free (surface,
                 qxl_drawable_new_copy (0, &left, with, (QxlPoint){0, 0}));
  draw_and_free (surface,
                 qxl_drawable_new_copy (0, &middle, without, (QxlPoint){0, 0}));
  draw_and_free (surface, qxl_drawable_new_fill (0, &right, 0x80112233));
  model.at[0][0] = 0x04030201;
  model.at[0][1] = 0x070605;
  model.at[0][2] = 0x80112233;
  assert_shows (surface, &model);
}

static void
copies_from_another_surface (void)
{
  static const QxlFormat formats[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA};
  QxlRect all = QXL_RECT (0, 0, W, H), box = QXL_RECT (1, 1, 9, 9);

  for (guint i = 0; i < 4; i++) {
    g_autoptr (QxlSurface) from = qxl_surface_new (formats[i % 2], 5, 4);
    g_autoptr (QxlSurface) to = qxl_surface_new (formats[i / 2], W, H);
    g_autoptr (QxlDrawable) draw =
        qxl_drawable_new_copy_surface (0, &box, 1, (QxlPoint){2, 1});
    g_autoptr (QxlImage) image = NULL;

    draw_and_free (from, qxl_drawable_new_fill (1, &all, 0x80112233));
    qxl_surface_draw_from (to, draw, from);
    image = qxl_surface_snapshot (to, &all);
    for (uint32_t y = 0; y < H; y++)
      for (uint32_t x = 0; x < W; x++) {
        /* three columns and rows of the source lie in its reach */
        bool is_in = x >= 1 && x < 4 && y >= 1 && y < 4;
        const uint8_t *p = qxl_image_row (image, y) + 4 * x;

        g_assert_cmpuint (p[0], ==, is_in ? 0x33 : 0);
        if (formats[i / 2] == QXL_FORMAT_BGRA)
          g_assert_cmpuint (p[3], ==, is_in ? 0x80 : 0);
      }
  }
}

static void
snapshots_are_clipped_copies (void)
{
  Model model;
  g_autoptr (QxlSurface) surface = noisy_surface (&model);
  QxlRect all = QXL_RECT (0, 0, W, H);

  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++) {
    QxlRect seen = qxl_rect_intersect (&boxes[i], &all);
    g_autoptr (QxlImage) image = qxl_surface_snapshot (surface, &boxes[i]);

    if (qxl_rect_is_empty (&seen)) {
      g_assert_null (image);
      continue;
    }
    g_assert_cmpuint (image->width, ==, qxl_rect_width (&seen));
    g_assert_cmpuint (image->height, ==, qxl_rect_height (&seen));
    g_assert_cmpint (image->format, ==, QXL_FORMAT_BGRX);
    for (unsigned y = 0; y < image->height; y++)
      for (unsigned x = 0; x < image->width; x++) {
        const uint8_t *p = qxl_image_row (image, y) + x * 4;

        g_assert_cmphex ((uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
                             (uint32_t)p[1] << 8 | p[0],
                         ==, model.at[seen.top + y][seen.left + x]);
      }
  }
}

static void
snapshots_do_not_change (void)
{
  g_autoptr (QxlSurface) surface = qxl_surface_new (QXL_FORMAT_BGRX, W, H);
  QxlRect all = QXL_RECT (0, 0, W, H);
  g_autoptr (QxlImage) before = qxl_surface_snapshot (surface, &all);

  draw_and_free (surface, qxl_drawable_new_fill (0, &all, 0xffffff));
  for (size_t i = 0; i < qxl_image_size (before); i++)
    g_assert_cmphex (before->pixels[i], ==, 0);
}

/* the fourth byte that the surface has at (0, 0) */
static uint8_t
fourth_byte (const QxlSurface *surface)
{
  return qxl_surface_row (surface, 0)[3];
}

static void
keeps_fourth_bytes_as_clients_do (void)
{
  g_autoptr (QxlSurface) surface = qxl_surface_new (QXL_FORMAT_BGRX, W, H);
  g_autoptr (QxlSurface) other = qxl_surface_new (QXL_FORMAT_BGRX, W, H);
  g_autoptr (QxlDrawable) draw = NULL;
  QxlRect all = QXL_RECT (0, 0, W, H);
  QxlPoint origin = {0, 0};
  QxlImage *alpha = noise_image (QXL_FORMAT_BGRA, W, H);
  QxlImage *none = noise_image (QXL_FORMAT_BGRX, W, H);

  ((uint8_t *)alpha->pixels)[3] = 0x7b;
  draw_and_free (surface, qxl_drawable_new_fill (0, &all, 0x99123456));
  g_assert_cmphex (fourth_byte (surface), ==, 0x99);
  draw_and_free (surface, qxl_drawable_new_copy (0, &all, alpha, origin));
  g_assert_cmphex (fourth_byte (surface), ==, 0x7b);
  draw = qxl_drawable_new_copy_surface (0, &all, 1, origin);
  qxl_surface_draw_from (other, draw, surface);
  g_assert_cmphex (fourth_byte (other), ==, 0x7b);
  draw_and_free (surface, qxl_drawable_new_copy (0, &all, none, origin));
  g_assert_cmphex (fourth_byte (surface), ==, 0);
}

static void
exact_snapshots_have_fourth_bytes (void)
{
  g_autoptr (QxlSurface) surface = qxl_surface_new (QXL_FORMAT_BGRX, W, H);
  QxlRect all = QXL_RECT (0, 0, W, H), right = QXL_RECT (3, 3, W, H);
  QxlRect dot = QXL_RECT (2, 2, 3, 3);
  g_autoptr (QxlImage) whole = NULL;
  g_autoptr (QxlImage) part = NULL;
  g_autoptr (QxlImage) seen = NULL;

  draw_and_free (surface, qxl_drawable_new_fill (0, &all, 0x123456));
  draw_and_free (surface, qxl_drawable_new_fill (0, &dot, 0x01654321));
  whole = qxl_surface_snapshot_exact_in (surface, &all, NULL);
  part = qxl_surface_snapshot_exact_in (surface, &right, NULL);
  seen = qxl_surface_snapshot (surface, &all);
  g_assert_cmpint (whole->format, ==, QXL_FORMAT_BGRA);
  g_assert_cmpint (part->format, ==, QXL_FORMAT_BGRX);
  g_assert_cmpint (seen->format, ==, QXL_FORMAT_BGRX);
  g_assert_cmpmem (qxl_image_row (whole, 2) + 8, 4, "\x21\x43\x65\x01", 4);
  g_assert_cmpmem (qxl_image_row (seen, 2) + 8, 4, "\x21\x43\x65\x00", 4);
}

/* a colour of 8 bits a component, as it comes to be on a surface */
static const struct {
  QxlFormat surface, image, snapshot;
  uint8_t pixel[4], seen[4];
} conversions[] = {
    {QXL_FORMAT_RGB15,
     QXL_FORMAT_BGRX,
     QXL_FORMAT_RGB15,
     {0xff, 0x87, 0x08, 0},
     {0x1f, 0x06}},
    {QXL_FORMAT_RGB15,
     QXL_FORMAT_RGB15,
     QXL_FORMAT_RGB15,
     {0x34, 0x92},
     {0x34, 0x92}},
    {QXL_FORMAT_RGB16,
     QXL_FORMAT_BGRA,
     QXL_FORMAT_BGRX,
     {0xff, 0x87, 0x08, 3},
     {0xff, 0x86, 0x08, 0}},
    {QXL_FORMAT_RGB16,
     QXL_FORMAT_RGB15,
     QXL_FORMAT_BGRX,
     {0xff, 0x7f},
     {0xff, 0xff, 0xff, 0}},
    {QXL_FORMAT_BGRX,
     QXL_FORMAT_RGB15,
     QXL_FORMAT_BGRX,
     {0x1f, 0x00},
     {0xff, 0, 0, 0}},
    {QXL_FORMAT_A8, QXL_FORMAT_A8, QXL_FORMAT_A8, {0x7e}, {0x7e}},
    {QXL_FORMAT_A8, QXL_FORMAT_BGRA, QXL_FORMAT_A8, {1, 2, 3, 4}, {4}},
    {QXL_FORMAT_A8, QXL_FORMAT_BGRX, QXL_FORMAT_A8, {1, 2, 3, 4}, {0xff}},
    {QXL_FORMAT_A8, QXL_FORMAT_A1, QXL_FORMAT_A8, {1}, {0xff}},
    {QXL_FORMAT_A1, QXL_FORMAT_A8, QXL_FORMAT_A1, {0x80}, {1}},
    {QXL_FORMAT_A1, QXL_FORMAT_A1, QXL_FORMAT_A1, {1}, {1}},
    {QXL_FORMAT_BGRA, QXL_FORMAT_A8, QXL_FORMAT_BGRA, {0x80}, {0}},
};

static void
converts_to_narrow_formats (void)
{
  QxlRect dot = QXL_RECT (5, 0, 6, 1);

  for (guint i = 0; i < G_N_ELEMENTS (conversions); i++) {
    g_autoptr (QxlSurface) surface =
        qxl_surface_new (conversions[i].surface, 9, 2);
    uint8_t *pixels;
    QxlImage *image = qxl_image_new (conversions[i].image, 1, 1, &pixels);
    g_autoptr (QxlImage) seen = NULL;

    memcpy (pixels, conversions[i].pixel, qxl_image_size (image));
    draw_and_free (surface,
                   qxl_drawable_new_copy (0, &dot, image, (QxlPoint){0, 0}));
    seen = qxl_surface_snapshot (surface, &dot);
    g_test_message ("conversion %u", i);
    g_assert_cmpint (seen->format, ==, conversions[i].snapshot);
    g_assert_cmpmem (seen->pixels, qxl_image_size (seen), conversions[i].seen,
                     qxl_image_size (seen));
  }
}

/* is the bit of an A1 image's row set? */
static bool
bit_at (const QxlImage *image, uint32_t x, uint32_t y)
{
  return qxl_image_row (image, y)[x / 8] >> (x % 8) & 1;
}

static void
draws_single_bits (void)
{
  static const QxlFormat format = QXL_FORMAT_A1;
  const QxlRect all = QXL_RECT (0, 0, 77, 5);

  for (int32_t shift = 0; shift < 20; shift++) {
    g_autoptr (QxlSurface) surface = qxl_surface_new (format, 77, 5);
    g_autoptr (QxlImage) image = noise_image (format, 77, 5);
    g_autoptr (QxlImage) seen = NULL;
    QxlRect box = QXL_RECT (shift, 1, 70, 4);
    QxlRect half = QXL_RECT (7, 0, 70, 5);

    draw_and_free (surface,
                   qxl_drawable_new_copy (0, &all, qxl_image_ref (image),
                                          (QxlPoint){0, 0}));
    draw_and_free (surface,
                   qxl_drawable_new_copy_bits (0, &box, (QxlPoint){3, 0}));
    seen = qxl_surface_snapshot (surface, &half);
    for (uint32_t y = 0; y < 5; y++)
      for (uint32_t x = 7; x < 70; x++) {
        bool moved = y >= 1 && y < 4 && (int32_t)x >= shift;
        uint32_t from = moved ? x + 3 - (uint32_t)shift : x;

        g_assert_cmpint (bit_at (seen, x - 7, y), ==,
                         bit_at (image, from, moved ? y - 1 : y));
      }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/surface/starts-black", starts_black);
  g_test_add_func ("/surface/refuses-what-it-cannot-hold",
                   refuses_what_it_cannot_hold);
  g_test_add_func ("/surface/fills-inside-its-bounds", fills_inside_its_bounds);
  g_test_add_func ("/surface/copies-inside-both-bounds",
                   copies_inside_both_bounds);
  g_test_add_func ("/surface/copies-bits-in-every-direction",
                   copies_bits_in_every_direction);
  g_test_add_func ("/surface/copies-bits-inside-its-bounds",
                   copies_bits_inside_its_bounds);
  g_test_add_func ("/surface/converts-other-formats", converts_other_formats);
  g_test_add_func ("/surface/keeps-alpha-where-it-has-it",
                   keeps_alpha_where_it_has_it);
  g_test_add_func ("/surface/copies-from-another-surface",
                   copies_from_another_surface);
  g_test_add_func ("/surface/snapshots-are-clipped-copies",
                   snapshots_are_clipped_copies);
  g_test_add_func ("/surface/snapshots-do-not-change", snapshots_do_not_change);
  g_test_add_func ("/surface/keeps-fourth-bytes-as-clients-do",
                   keeps_fourth_bytes_as_clients_do);
  g_test_add_func ("/surface/exact-snapshots-have-fourth-bytes",
                   exact_snapshots_have_fourth_bytes);
  g_test_add_func ("/surface/converts-to-narrow-formats",
                   converts_to_narrow_formats);
  g_test_add_func ("/surface/draws-single-bits", draws_single_bits);
  return g_test_run ();
}

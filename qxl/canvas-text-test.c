/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/canvas-fixture.h"

#include <string.h>

#define SIDE 48
#define N_GLYPHS 5
#define FAR 2000000000

static const QxlRect whole = QXL_RECT (0, 0, SIDE, SIDE);

static guint
row_bytes (QxlGlyphFormat format, guint width)
{
  guint bits = format == QXL_GLYPH_A1 ? 1 : format == QXL_GLYPH_A4 ? 4 : 8;

  return (width * bits + 7) / 8;
}

static QxlOperation *
text_new (QxlGlyphFormat format, guint n_glyphs)
{
  QxlOperation *op = qxl_operation_new (QXL_OP_TEXT);
  QxlText *text = &op->u.text;

  text->string.format = format;
  text->string.n_glyphs = n_glyphs;
  text->string.glyphs = g_new0 (QxlGlyph, n_glyphs);
  text->fore_brush = (QxlBrush){.kind = QXL_BRUSH_SOLID, .color = 0xc0ffee};
  text->fore_mode = text->back_mode = QXL_ROP_PUT;
  return op;
}

/* @size: at most 24 by 24 */
static void
set_glyph (QxlText *text, guint index, QxlPoint at, uint16_t width,
           uint16_t height)
{
  QxlString *string = &text->string;
  guint most = 24 * 24;

  if (!string->rows) {
    string->rows = g_new (uint8_t, most * string->n_glyphs);
    for (guint i = 0; i < most * string->n_glyphs; i++)
      string->rows[i] =
          (uint8_t)(g_test_rand_int () & (g_test_rand_bit () ? 0xff : 0xf0));
  }
  string->glyphs[index] = (QxlGlyph){
      .render_pos = {at.x - 3, at.y + 9},
      .glyph_origin = {3, -9},
      .width = width,
      .height = height,
      .rows = string->rows + index * most,
  };
}

/* what is drawn, a pixel at a time */

static unsigned
glyph_value (QxlGlyphFormat format, const QxlGlyph *glyph, int column, int row,
             bool *wins)
{
  const uint8_t *bits = glyph->rows + (size_t)(glyph->height - 1 - row) *
                                          row_bytes (format, glyph->width);

  *wins = false;
  if (format == QXL_GLYPH_A8)
    return bits[column];
  if (format == QXL_GLYPH_A1)
    return bits[column / 8] & (0x80 >> column % 8) ? 255 : 0;
  if (column % 2 == 0)
    return bits[column / 2] & 0xf0;
  *wins = bits[column / 2] >= 0x10;
  return (bits[column / 2] & 0x0f) << 4;
}

static unsigned
mask_value (const QxlString *string, int x, int y)
{
  unsigned value = 0;

  for (guint i = 0; i < string->n_glyphs; i++) {
    const QxlGlyph *glyph = &string->glyphs[i];
    int64_t column = x - ((int64_t)glyph->render_pos.x + glyph->glyph_origin.x);
    int64_t row = y - ((int64_t)glyph->render_pos.y + glyph->glyph_origin.y);
    unsigned here;
    bool wins;

    if (column < 0 || row < 0 || column >= glyph->width || row >= glyph->height)
      continue;
    here = glyph_value (string->format, glyph, (int)column, (int)row, &wins);
    value = wins ? here : MAX (value, here);
  }
  return value;
}

static int64_t
mod (int64_t a, int64_t b)
{
  return (a % b + b) % b;
}

static uint32_t
fore_pixel (const QxlText *text, int x, int y)
{
  const QxlImage *image = text->fore_brush.pattern.image;
  int64_t left = G_MAXINT64, top = G_MAXINT64;

  if (text->fore_brush.kind == QXL_BRUSH_SOLID)
    return text->fore_brush.color | 0xff000000;
  for (guint i = 0; i < text->string.n_glyphs; i++) {
    const QxlGlyph *g = &text->string.glyphs[i];

    left = MIN (left, (int64_t)g->render_pos.x + g->glyph_origin.x);
    top = MIN (top, (int64_t)g->render_pos.y + g->glyph_origin.y);
  }
  return canvas_fixture_image_pixel (
      image,
      (int32_t)mod (x - left - text->fore_brush.pos.x, (int64_t)image->width),
      (int32_t)mod (y - top - text->fore_brush.pos.y, (int64_t)image->height));
}

static uint32_t
over (uint32_t s, unsigned mask, uint32_t d)
{
  uint32_t alpha = canvas_fixture_mul (s >> 24, mask), result = 0;

  for (unsigned shift = 0; shift < 32; shift += 8) {
    uint32_t channel = canvas_fixture_mul (s >> shift & 0xff, mask) +
                       canvas_fixture_mul (d >> shift & 0xff, 255 - alpha);

    result |= MIN (channel, 255) << shift;
  }
  return result;
}

/* draws @op, which it takes, clipped to @clip; of pixels without alpha only
 * what is seen counts */
static void
check (QxlFormat format, QxlOperation *op, const QxlRect *clip)
{
  uint32_t seen = format == QXL_FORMAT_BGRX ? 0xffffff : ~0u;
  g_autoptr (QxlSurface) surface = canvas_fixture_surface (format, SIDE, SIDE);
  g_autofree uint32_t *before = canvas_fixture_pixels (surface);
  g_autoptr (QxlDrawable) draw = qxl_drawable_new_operation (0, &whole, op);
  const QxlText *text = &op->u.text;

  qxl_operation_clip (op, clip, 1);
  qxl_canvas_draw (surface, draw, NULL, NULL);
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++) {
      QxlRect pixel = QXL_RECT (x, y, x + 1, y + 1);
      uint32_t expected = before[y * SIDE + x];
      uint32_t got = canvas_fixture_surface_pixel (surface, x, y);

      if (qxl_rect_contains (clip, &pixel)) {
        if (qxl_rect_contains (&text->back_area, &pixel))
          expected = text->back_brush.color;
        expected = over (fore_pixel (text, x, y),
                         mask_value (&text->string, x, y), expected);
      }
      if ((got ^ expected) & seen)
        g_error ("format %d: at %d,%d: expected %08x, got %08x",
                 text->string.format, x, y, expected, got);
    }
}

static QxlOperation *
random_text (QxlGlyphFormat format)
{
  QxlOperation *op = text_new (format, N_GLYPHS);

  for (guint i = 0; i < N_GLYPHS; i++) {
    QxlPoint at = {g_test_rand_int_range (-8, SIDE - 4),
                   g_test_rand_int_range (-8, SIDE - 4)};

    set_glyph (&op->u.text, i, at, (uint16_t)g_test_rand_int_range (0, 25),
               (uint16_t)g_test_rand_int_range (0, 25));
  }
  return op;
}

static void
check_format (QxlGlyphFormat format)
{
  static const QxlFormat formats[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA};
  const QxlRect clip = QXL_RECT (4, 3, SIDE - 2, SIDE - 5);

  for (int round = 0; round < 200; round++) {
    QxlOperation *op = random_text (format);

    op->u.text.fore_brush.color = (uint32_t)g_test_rand_int ();
    check (formats[round % 2], op, &clip);
  }
}

static void
draws_a1_glyphs (void)
{
  check_format (QXL_GLYPH_A1);
}

static void
draws_a4_glyphs (void)
{
  check_format (QXL_GLYPH_A4);
}

static void
draws_a8_glyphs (void)
{
  check_format (QXL_GLYPH_A8);
}

/* 0x3? left of the later glyph takes over, 0x0? does not */
static void
lets_later_pairs_win_as_clients_do (void)
{
  static const uint8_t rows[] = {0xff, 0x32, 0x02};
  QxlOperation *op = text_new (QXL_GLYPH_A4, 4);
  QxlText *text = &op->u.text;
  g_autoptr (QxlSurface) surface = qxl_surface_new (QXL_FORMAT_BGRX, 4, 1);
  QxlRect box = QXL_RECT (0, 0, 4, 1);

  text->fore_brush.color = 0xffffff;
  for (guint i = 0; i < 4; i++)
    text->string.glyphs[i] = (QxlGlyph){
        .render_pos = {i % 2 ? 2 : 0, 0},
        .width = 2,
        .height = 1,
        .rows = &rows[i < 2 ? 0 : i - 1],
    };
  canvas_fixture_draw (surface, &box, op, NULL, NULL);
  g_assert_cmphex (canvas_fixture_surface_pixel (surface, 0, 0) & 0xff, ==,
                   0xf0);
  g_assert_cmphex (canvas_fixture_surface_pixel (surface, 1, 0) & 0xff, ==,
                   0x20);
  g_assert_cmphex (canvas_fixture_surface_pixel (surface, 3, 0) & 0xff, ==,
                   0xf0);
}

static void
fills_the_back_area (void)
{
  for (int round = 0; round < 50; round++) {
    QxlOperation *op = random_text (QXL_GLYPH_A4);

    op->u.text.back_area = QXL_RECT (5, 6, 40, 30);
    op->u.text.back_brush =
        (QxlBrush){.kind = QXL_BRUSH_SOLID, .color = 0x335577};
    check (QXL_FORMAT_BGRX, op, &whole);
  }
}

static void
hangs_patterns_on_the_first_glyph (void)
{
  for (int round = 0; round < 100; round++) {
    QxlOperation *op = random_text (round % 2 ? QXL_GLYPH_A1 : QXL_GLYPH_A4);

    op->u.text.fore_brush = (QxlBrush){
        .kind = QXL_BRUSH_PATTERN,
        .pattern =
            qxl_source_image (canvas_fixture_image (QXL_FORMAT_BGRA, 5, 3)),
        .pos = {g_test_rand_int_range (-9, 9), g_test_rand_int_range (-9, 9)},
    };
    check (QXL_FORMAT_BGRX, op, &whole);
  }
}

/* 2·10⁹ pixels from each other: no mask could cover them all */
static void
takes_glyphs_far_apart (void)
{
  QxlOperation *op = random_text (QXL_GLYPH_A4);

  set_glyph (&op->u.text, 0, (QxlPoint){-FAR, FAR}, 24, 24);
  set_glyph (&op->u.text, 1, (QxlPoint){FAR, -FAR}, 24, 24);
  op->u.text.string.glyphs[2].render_pos = (QxlPoint){G_MININT32, G_MAXINT32};
  op->u.text.string.glyphs[2].glyph_origin = (QxlPoint){G_MININT32, G_MAXINT32};
  op->u.text.fore_brush = (QxlBrush){
      .kind = QXL_BRUSH_PATTERN,
      .pattern =
          qxl_source_image (canvas_fixture_image (QXL_FORMAT_BGRX, 6, 7)),
  };
  for (guint i = 0; i < 42; i++)
    ((uint8_t *)op->u.text.fore_brush.pattern.image->pixels)[i * 4 + 3] = 255;
  check (QXL_FORMAT_BGRX, op, &whole);
}

/* so that what follows is the same where the byte counts as alpha */
static void
clears_fourth_bytes_as_clients_do (void)
{
  QxlOperation *op = text_new (QXL_GLYPH_A8, 1);
  g_autoptr (QxlSurface) surface = qxl_surface_new (QXL_FORMAT_BGRX, 8, 8);
  QxlRect box = QXL_RECT (0, 0, 8, 8);

  memset (qxl_surface_pixels (surface), 0xff, 8 * 32);
  set_glyph (&op->u.text, 0, (QxlPoint){2, 2}, 3, 3);
  memset (op->u.text.string.rows, 0, 9);
  canvas_fixture_draw (surface, &box, op, NULL, NULL);
  g_assert_cmphex (canvas_fixture_surface_pixel (surface, 2, 2), ==, 0xffffff);
  g_assert_cmphex (canvas_fixture_surface_pixel (surface, 4, 4), ==, 0xffffff);
  g_assert_cmphex (canvas_fixture_surface_pixel (surface, 5, 4), ==, ~0u);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas-text/draws-a1-glyphs", draws_a1_glyphs);
  g_test_add_func ("/canvas-text/draws-a4-glyphs", draws_a4_glyphs);
  g_test_add_func ("/canvas-text/draws-a8-glyphs", draws_a8_glyphs);
  g_test_add_func ("/canvas-text/lets-later-pairs-win-as-clients-do",
                   lets_later_pairs_win_as_clients_do);
  g_test_add_func ("/canvas-text/fills-the-back-area", fills_the_back_area);
  g_test_add_func ("/canvas-text/hangs-patterns-on-the-first-glyph",
                   hangs_patterns_on_the_first_glyph);
  g_test_add_func ("/canvas-text/takes-glyphs-far-apart",
                   takes_glyphs_far_apart);
  g_test_add_func ("/canvas-text/clears-fourth-bytes-as-clients-do",
                   clears_fourth_bytes_as_clients_do);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/format.h"

#include <glib.h>
#include <string.h>

typedef struct {
  QxlFormat format;
  const char *name;
  unsigned bytes;
  bool has_alpha;
  uint8_t visible[4]; /* as it lies in memory */
  uint8_t pixel[4];
  uint32_t rgb; /* 0x00RRGGBB it means */
} Case;

/* clang-format off */
static const Case cases[] = {
  { QXL_FORMAT_BGRX,  "BGRx",  4, false, { 255, 255, 255, 0 }, { 0x33, 0x22, 0x11, 0x99 }, 0x112233 },
  { QXL_FORMAT_BGRA,  "BGRA",  4, true,  { 255, 255, 255, 0 }, { 0x33, 0x22, 0x11, 0x99 }, 0x112233 },
  { QXL_FORMAT_BGR,   "BGR",   3, false, { 255, 255, 255, 255 }, { 0x33, 0x22, 0x11 }, 0x112233 },
  { QXL_FORMAT_RGBX,  "RGBx",  4, false, { 255, 255, 255, 0 }, { 0x11, 0x22, 0x33, 0x99 }, 0x112233 },
  { QXL_FORMAT_RGBA,  "RGBA",  4, true,  { 255, 255, 255, 0 }, { 0x11, 0x22, 0x33, 0x99 }, 0x112233 },
  { QXL_FORMAT_XRGB,  "xRGB",  4, false, { 0, 255, 255, 255 }, { 0x99, 0x11, 0x22, 0x33 }, 0x112233 },
  { QXL_FORMAT_ARGB,  "ARGB",  4, true,  { 0, 255, 255, 255 }, { 0x99, 0x11, 0x22, 0x33 }, 0x112233 },
  { QXL_FORMAT_XBGR,  "xBGR",  4, false, { 0, 255, 255, 255 }, { 0x99, 0x33, 0x22, 0x11 }, 0x112233 },
  { QXL_FORMAT_ABGR,  "ABGR",  4, true,  { 0, 255, 255, 255 }, { 0x99, 0x33, 0x22, 0x11 }, 0x112233 },
  { QXL_FORMAT_RGB,   "RGB",   3, false, { 255, 255, 255, 255 }, { 0x11, 0x22, 0x33 }, 0x112233 },
  /* 5 and 6 bits: 0x10 widens to 0x84, 0x01 to 0x08, 0x1f to 0xff; green 0x20
   * of 6 bits to 0x82 */
  { QXL_FORMAT_RGB16, "RGB16", 2, false, { 255, 255, 255, 255 }, { 0x01, 0x84 }, 0x848208 },
  { QXL_FORMAT_BGR16, "BGR16", 2, false, { 255, 255, 255, 255 }, { 0x01, 0x84 }, 0x088284 },
  { QXL_FORMAT_RGB15, "RGB15", 2, false, { 255, 0x7f, 255, 0x7f }, { 0x01, 0xc2 }, 0x848408 },
  { QXL_FORMAT_BGR15, "BGR15", 2, false, { 255, 0x7f, 255, 0x7f }, { 0x01, 0xc2 }, 0x088484 },
  { QXL_FORMAT_RGB16, "RGB16", 2, false, { 255, 255, 255, 255 }, { 0xff, 0xff }, 0xffffff },
  { QXL_FORMAT_RGB15, "RGB15", 2, false, { 255, 0x7f, 255, 0x7f }, { 0xff, 0x7f }, 0xffffff },
};
/* clang-format on */

static const struct {
  QxlFormat format;
  const char *name;
  unsigned bits;
} palettes[] = {
    {QXL_FORMAT_PLT1_LE, "PLT1_LE", 1}, {QXL_FORMAT_PLT1_BE, "PLT1_BE", 1},
    {QXL_FORMAT_PLT4_LE, "PLT4_LE", 4}, {QXL_FORMAT_PLT4_BE, "PLT4_BE", 4},
    {QXL_FORMAT_PLT8, "PLT8", 8},
};

static void
knows_each_format (void)
{
  bool seen[QXL_N_FORMATS] = {[QXL_FORMAT_A8] = true, [QXL_FORMAT_A1] = true};
  unsigned n_seen = 0;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    uint32_t mask = qxl_format_visible_mask (c->format);

    g_assert_cmpstr (qxl_format_name (c->format), ==, c->name);
    g_assert_cmpuint (qxl_format_bytes_per_pixel (c->format), ==, c->bytes);
    g_assert_cmpuint (qxl_format_bits_per_pixel (c->format), ==, c->bytes * 8);
    g_assert_true (qxl_format_has_alpha (c->format) == c->has_alpha);
    g_assert_true (qxl_format_is_colour (c->format));
    g_assert_false (qxl_format_is_palette (c->format));
    g_assert_cmpmem (&mask, 4, c->visible, 4);
    seen[c->format] = true;
  }
  for (guint i = 0; i < G_N_ELEMENTS (palettes); i++)
    seen[palettes[i].format] = true;
  for (int f = QXL_FORMAT_INVALID + 1; f < QXL_N_FORMATS; f++)
    n_seen += seen[f];
  g_assert_cmpuint (n_seen, ==, QXL_N_FORMATS - 1);
  g_assert_cmpuint (qxl_format_bytes_per_pixel (QXL_FORMAT_A8), ==, 1);
  g_assert_false (qxl_format_is_colour (QXL_FORMAT_A8));
  g_assert_false (qxl_format_is_palette (QXL_FORMAT_A8));
  g_assert_cmpuint (qxl_format_bits_per_pixel (QXL_FORMAT_A1), ==, 1);
  g_assert_false (qxl_format_is_colour (QXL_FORMAT_A1));
  g_assert_false (qxl_format_is_palette (QXL_FORMAT_A1));
}

static void
knows_palettes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (palettes); i++) {
    QxlFormat format = palettes[i].format;
    unsigned bits = palettes[i].bits;

    g_assert_cmpstr (qxl_format_name (format), ==, palettes[i].name);
    g_assert_cmpuint (qxl_format_bits_per_pixel (format), ==, bits);
    g_assert_cmpuint (qxl_format_bytes_per_pixel (format), ==, bits / 8);
    g_assert_cmphex (qxl_format_visible_mask (format), ==, 0xffffffff);
    g_assert_false (qxl_format_has_alpha (format));
    g_assert_false (qxl_format_is_colour (format));
    g_assert_true (qxl_format_is_palette (format));
    for (uint32_t width = 1; width <= 40; width++) {
      size_t row_bytes;

      g_assert_true (qxl_format_row_bytes (format, width, &row_bytes));
      g_assert_cmpuint (row_bytes * 8, >=, width * bits);
      g_assert_cmpuint (row_bytes * 8, <, width * bits + 8);
    }
  }
}

static void
unknown_formats_are_harmless (void)
{
  static const int unknown[] = {QXL_FORMAT_INVALID, QXL_N_FORMATS, -1, 9999};

  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++) {
    QxlFormat format = (QxlFormat)unknown[i];
    size_t row_bytes;

    g_assert_cmpstr (qxl_format_name (format), ==, "?");
    g_assert_cmpuint (qxl_format_bytes_per_pixel (format), ==, 0);
    g_assert_cmpuint (qxl_format_bits_per_pixel (format), ==, 0);
    g_assert_false (qxl_format_is_colour (format));
    g_assert_false (qxl_format_is_palette (format));
    g_assert_false (qxl_format_has_alpha (format));
    g_assert_false (qxl_format_row_bytes (format, 10, &row_bytes));
  }
}

static void
row_bytes_are_bounded (void)
{
  size_t row_bytes;

  g_assert_true (qxl_format_row_bytes (QXL_FORMAT_BGR, 5, &row_bytes));
  g_assert_cmpuint (row_bytes, ==, 15);
  g_assert_true (
      qxl_format_row_bytes (QXL_FORMAT_BGRX, 0x1fffffff, &row_bytes));
  g_assert_cmpuint (row_bytes, ==, 0x7ffffffc);
  g_assert_false (
      qxl_format_row_bytes (QXL_FORMAT_BGRX, 0x20000000, &row_bytes));
  g_assert_false (
      qxl_format_row_bytes (QXL_FORMAT_BGRX, UINT32_MAX, &row_bytes));
  g_assert_true (
      qxl_format_row_bytes (QXL_FORMAT_PLT1_BE, UINT32_MAX, &row_bytes));
  g_assert_cmpuint (row_bytes, ==, 0x20000000);
  g_assert_true (
      qxl_format_row_bytes (QXL_FORMAT_PLT4_LE, 0xfffffffe, &row_bytes));
  g_assert_cmpuint (row_bytes, ==, 0x7fffffff);
  g_assert_false (
      qxl_format_row_bytes (QXL_FORMAT_PLT4_LE, UINT32_MAX, &row_bytes));
}

/* in rows of several lengths and at an odd address, so that vector loops and
 * their rests are both met */
static void
converts_to_bgrx (void)
{
  enum { MAX_PIXELS = 67 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];

    for (size_t n = 0; n <= MAX_PIXELS; n++) {
      g_autofree uint8_t *from = g_malloc (n * c->bytes + 1);
      g_autofree uint8_t *to = g_malloc (n * 4 + 4);

      memset (to, 0xee, n * 4 + 4);
      for (size_t x = 0; x < n; x++)
        memcpy (from + 1 + x * c->bytes, c->pixel, c->bytes);
      qxl_format_row_to_bgrx (c->format, to, from + 1, n);
      for (size_t x = 0; x < n; x++) {
        uint8_t expected[4] = {(uint8_t)c->rgb, (uint8_t)(c->rgb >> 8),
                               (uint8_t)(c->rgb >> 16), 0};

        g_assert_cmpmem (to + x * 4, 4, expected, 4);
      }
      g_assert_cmphex (to[n * 4], ==, 0xee);
    }
  }
}

/* each bit that is not in the visible mask leaves the conversion alone, each
 * bit that is changes it */
static void
mask_says_what_is_seen (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];

    for (unsigned bit = 0; bit < c->bytes * 8; bit++) {
      uint8_t pixel[4], before[4], after[4];
      bool is_seen = (c->visible[bit / 8] >> bit % 8 & 1) != 0;

      memcpy (pixel, c->pixel, 4);
      qxl_format_row_to_bgrx (c->format, before, pixel, 1);
      pixel[bit / 8] ^= (uint8_t)(1u << bit % 8);
      qxl_format_row_to_bgrx (c->format, after, pixel, 1);
      g_assert_true ((memcmp (before, after, 4) != 0) == is_seen);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/format/knows-each-format", knows_each_format);
  g_test_add_func ("/format/knows-palettes", knows_palettes);
  g_test_add_func ("/format/unknown-formats-are-harmless",
                   unknown_formats_are_harmless);
  g_test_add_func ("/format/row-bytes-are-bounded", row_bytes_are_bounded);
  g_test_add_func ("/format/converts-to-bgrx", converts_to_bgrx);
  g_test_add_func ("/format/mask-says-what-is-seen", mask_says_what_is_seen);
  return g_test_run ();
}

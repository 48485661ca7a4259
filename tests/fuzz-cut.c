/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cutting by content: whatever a picture shows, its parts cover it, none of
 * them overlap, and bands are no more than a row larger than they may be.
 *
 * An input is a byte each of the format, half the width, half the height, the
 * padding, the most parts, a word each of the bands' pixels; then a picture. */
#include "fuzz-bytes.h"
#include "fuzz.h"
#include "server-core/image/cut.h"

#include <string.h>

enum { MAX_PADDING = 16 };

static const QxlFormat formats[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA,
                                    QXL_FORMAT_BGR, QXL_FORMAT_RGB15,
                                    QXL_FORMAT_A8};

static void
check_part (const QxlImage *image, const SpcCutLimits *limits,
            const SpcPart *part, uint8_t *covered)
{
  QxlRect all = QXL_RECT (0, 0, (int)image->width, (int)image->height);
  uint32_t band = limits->band_pixels[part->content];
  uint32_t width, height;

  g_assert_false (qxl_rect_is_empty (&part->area));
  g_assert_true (qxl_rect_contains (&all, &part->area));
  width = (uint32_t)qxl_rect_width (&part->area);
  height = (uint32_t)qxl_rect_height (&part->area);
  if (band > 0) /* of whole rows, at least one */
    g_assert_cmpuint (width * (height - 1), <, band);
  for (int32_t y = part->area.top; y < part->area.bottom; y++)
    for (int32_t x = part->area.left; x < part->area.right; x++)
      g_assert_cmpuint (covered[(uint32_t)y * image->width + (uint32_t)x]++, ==,
                        0);
}

static void
check_cut (const QxlImage *image, const SpcCutLimits *limits)
{
  size_t n_pixels = (size_t)image->width * image->height;
  g_autofree uint8_t *covered = g_malloc0 (n_pixels);
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (SpcPart));

  spc_cut_image (image, limits, parts);
  for (guint i = 0; i < parts->len; i++)
    check_part (image, limits, &g_array_index (parts, SpcPart, i), covered);
  g_assert_null (memchr (covered, 0, n_pixels));
  if (limits->band_pixels[SPC_CONTENT_PHOTO] == 0 &&
      limits->band_pixels[SPC_CONTENT_DRAWN] == 0)
    g_assert_cmpuint (parts->len, <=, limits->max_parts);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzBytes bytes = fuzz_bytes (data, size);
  QxlFormat format = formats[fuzz_choice (&bytes, G_N_ELEMENTS (formats))];
  uint32_t width = 1 + 2 * fuzz_byte (&bytes);
  uint32_t height = 1 + 2 * fuzz_byte (&bytes);
  unsigned unit = qxl_format_bytes_per_pixel (format);
  size_t row = (size_t)width * unit;
  size_t stride = row + fuzz_choice (&bytes, MAX_PADDING);
  SpcCutLimits limits = {.max_parts =
                             1 + fuzz_choice (&bytes, SPC_CUT_MAX_PARTS)};
  g_autofree uint8_t *rows = g_malloc0 (stride * height + unit);
  g_autoptr (QxlImage) image =
      qxl_image_new_wrapped (format, width, height, stride, rows, NULL, NULL);

  for (int i = 0; i < SPC_N_CONTENTS; i++)
    limits.band_pixels[i] = fuzz_word (&bytes);
  fuzz_picture (&bytes, rows, stride * height / unit, unit, NULL, 0);
  check_cut (image, &limits);
  return 0;
}

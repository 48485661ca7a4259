/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the cut: that parts always cover a picture exactly, that known
 * pictures are cut where their photos are, and that limits hold. */
#include "cut.h"

#include "cut-pictures.h"

#include <string.h>

static const SpcCutLimits by_content = {SPC_CUT_MAX_PARTS, {0}};

static GArray *
cut (const QxlImage *image, const SpcCutLimits *limits)
{
  GArray *parts = g_array_new (FALSE, FALSE, sizeof (SpcPart));

  spc_cut_image (image, limits, parts);
  return parts;
}

static const SpcPart *
part_at (GArray *parts, guint i)
{
  return &g_array_index (parts, SpcPart, i);
}

static QxlImage *
picture_new (const CutPicture *picture)
{
  uint8_t *pixels = cut_picture_draw (picture);

  return qxl_image_new_wrapped (QXL_FORMAT_BGRX, BENCH_WIDTH, BENCH_HEIGHT,
                                BENCH_WIDTH * 4, pixels, pixels, g_free);
}

static const CutPicture *
picture_called (const char *name)
{
  for (unsigned i = 0; i < cut_n_pictures; i++)
    if (strcmp (cut_pictures[i].name, name) == 0)
      return &cut_pictures[i];
  g_error ("no picture %s", name);
}

/* covering */

static void
assert_covers (GArray *parts, const QxlImage *image)
{
  QxlRect all = QXL_RECT (0, 0, (int32_t)image->width, (int32_t)image->height);
  guint64 pixels = 0;

  for (guint i = 0; i < parts->len; i++) {
    const QxlRect *area = &part_at (parts, i)->area;

    g_assert_false (qxl_rect_is_empty (area));
    g_assert_true (qxl_rect_contains (&all, area));
    pixels += (guint64)qxl_rect_width (area) * (guint64)qxl_rect_height (area);
    for (guint k = 0; k < i; k++)
      g_assert_false (qxl_rect_intersects (area, &part_at (parts, k)->area));
  }
  g_assert_cmpuint (pixels, ==, (guint64)image->width * image->height);
}

/* patches of grain, of stripes and of nothing, anywhere */
static void
draw_patch (GRand *random, QxlImage *image, uint8_t *pixels)
{
  int32_t width = (int32_t)image->width, height = (int32_t)image->height;
  int32_t left = g_rand_int_range (random, 0, width);
  int32_t top = g_rand_int_range (random, 0, height);
  int32_t right = g_rand_int_range (random, left, width) + 1;
  int32_t bottom = g_rand_int_range (random, top, height) + 1;
  int kind = g_rand_int_range (random, 0, 3);
  guint32 x = g_rand_int (random);

  for (int32_t row = top; row < bottom; row++)
    for (int32_t i = 4 * left; i < 4 * right; i++) {
      x = x * 1664525 + 1013904223;
      pixels[(size_t)row * image->stride + (size_t)i] =
          (uint8_t)(kind == 0   ? 90 + (int)(x >> 28)
                    : kind == 1 ? i / 16 % 2 * 255
                                : 200);
    }
}

static QxlImage *
patches_new (GRand *random, uint32_t width, uint32_t height)
{
  QxlFormat format =
      g_rand_boolean (random) ? QXL_FORMAT_BGRX : QXL_FORMAT_BGRA;
  size_t stride = width * 4 + (size_t)g_rand_int_range (random, 0, 3) * 4;
  uint8_t *pixels = g_malloc0 (stride * height);
  QxlImage *image = qxl_image_new_wrapped (format, width, height, stride,
                                           pixels, pixels, g_free);

  for (int i = g_rand_int_range (random, 0, 12); i > 0; i--)
    draw_patch (random, image, pixels);
  return image;
}

static void
parts_cover_the_picture (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  guint most = 0;

  for (int round = 0; round < 600; round++) {
    int side = round % 3 == 0 ? 40 : 600;
    g_autoptr (QxlImage) image =
        patches_new (random, (uint32_t)g_rand_int_range (random, 1, side),
                     (uint32_t)g_rand_int_range (random, 1, side));
    SpcCutLimits limits = {.max_parts = (uint32_t)round % 20,
                           .band_pixels = {round % 4 ? 0 : 3000, 5000}};
    g_autoptr (GArray) parts = cut (image, &limits);

    assert_covers (parts, image);
    most = MAX (most, parts->len);
  }
  g_assert_cmpuint (most, >, SPC_CUT_MAX_PARTS);
}

/* finding */

/* pixels that are in a part of the other kind */
static guint
n_mistaken (const CutPicture *picture, GArray *parts)
{
  guint n = 0;

  for (guint i = 0; i < parts->len; i++) {
    const SpcPart *part = part_at (parts, i);

    for (int32_t y = part->area.top; y < part->area.bottom; y++)
      for (int32_t x = part->area.left; x < part->area.right; x++)
        n += cut_picture_is_photo (picture, x, y) !=
             (part->content == SPC_CONTENT_PHOTO);
  }
  return n;
}

static void
known_pictures_are_cut_at_their_photos (void)
{
  for (unsigned i = 0; i < cut_n_pictures; i++) {
    g_autoptr (QxlImage) image = picture_new (&cut_pictures[i]);
    g_autoptr (GArray) parts = cut (image, &by_content);
    guint n = n_mistaken (&cut_pictures[i], parts);

    assert_covers (parts, image);
    g_test_message ("%s: %u parts, %u pixels mistaken", cut_pictures[i].name,
                    parts->len, n);
    g_assert_cmpuint (n, <, BENCH_WIDTH * BENCH_HEIGHT / 50);
  }
}

static void
one_kind_is_one_part (void)
{
  static const struct {
    const char *name;
    SpcContent content;
  } cases[] = {{"desktop", SPC_CONTENT_DRAWN},
               {"subpixel", SPC_CONTENT_DRAWN},
               {"gradients", SPC_CONTENT_DRAWN},
               {"photo", SPC_CONTENT_PHOTO}};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (QxlImage) image = picture_new (picture_called (cases[i].name));
    g_autoptr (GArray) parts = cut (image, &by_content);

    g_assert_cmpuint (parts->len, ==, 1);
    g_assert_cmpint (part_at (parts, 0)->content, ==, cases[i].content);
  }
}

static void
a_photo_is_found_to_the_pixel (void)
{
  const CutPicture *mixed = picture_called ("mixed");
  g_autoptr (QxlImage) image = picture_new (mixed);
  g_autoptr (GArray) parts = cut (image, &by_content);
  guint n_photos = 0;

  g_assert_cmpuint (parts->len, ==, 5);
  for (guint i = 0; i < parts->len; i++) {
    if (part_at (parts, i)->content != SPC_CONTENT_PHOTO)
      continue;
    g_assert_true (
        qxl_rect_equal (&part_at (parts, i)->area, &mixed->photos[0]));
    n_photos++;
  }
  g_assert_cmpuint (n_photos, ==, 1);
}

static void
other_formats_are_one_drawn_part (void)
{
  uint8_t *pixels;
  g_autoptr (QxlImage) image = qxl_image_new (QXL_FORMAT_A8, 300, 200, &pixels);
  g_autoptr (GArray) parts = NULL;

  memset (pixels, 1, 300 * 200);
  parts = cut (image, &by_content);
  g_assert_cmpuint (parts->len, ==, 1);
  g_assert_cmpint (part_at (parts, 0)->content, ==, SPC_CONTENT_DRAWN);
  assert_covers (parts, image);
}

/* limits */

static void
there_are_no_more_parts_than_allowed (void)
{
  g_autoptr (QxlImage) image = picture_new (picture_called ("page"));

  for (uint32_t max = 1; max <= SPC_CUT_MAX_PARTS + 1; max++) {
    SpcCutLimits limits = {.max_parts = max};
    g_autoptr (GArray) parts = cut (image, &limits);

    g_assert_cmpuint (parts->len, <=, max);
    assert_covers (parts, image);
  }
}

static void
large_parts_become_bands (void)
{
  SpcCutLimits limits = {.max_parts = 1,
                         .band_pixels = {[SPC_CONTENT_PHOTO] = 200000}};
  g_autoptr (QxlImage) photo = picture_new (picture_called ("photo"));
  g_autoptr (QxlImage) desktop = picture_new (picture_called ("desktop"));
  g_autoptr (GArray) bands = cut (photo, &limits);
  g_autoptr (GArray) whole = cut (desktop, &limits);

  g_assert_cmpuint (whole->len, ==, 1);
  g_assert_cmpuint (bands->len, ==, 5);
  assert_covers (bands, photo);
  for (guint i = 0; i < bands->len; i++) {
    const SpcPart *band = part_at (bands, i);

    g_assert_cmpint (qxl_rect_width (&band->area), ==, BENCH_WIDTH);
    g_assert_cmpint (qxl_rect_height (&band->area), ==, BENCH_HEIGHT / 5);
    g_assert_cmpint (band->content, ==, SPC_CONTENT_PHOTO);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cut/parts-cover-the-picture", parts_cover_the_picture);
  g_test_add_func ("/cut/known-pictures-are-cut-at-their-photos",
                   known_pictures_are_cut_at_their_photos);
  g_test_add_func ("/cut/one-kind-is-one-part", one_kind_is_one_part);
  g_test_add_func ("/cut/a-photo-is-found-to-the-pixel",
                   a_photo_is_found_to_the_pixel);
  g_test_add_func ("/cut/other-formats-are-one-drawn-part",
                   other_formats_are_one_drawn_part);
  g_test_add_func ("/cut/there-are-no-more-parts-than-allowed",
                   there_are_no_more_parts_than_allowed);
  g_test_add_func ("/cut/large-parts-become-bands", large_parts_become_bands);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the measure: the scores of the three measured pictures, and images
 * too small to have any. */
#include "server-core/image/bench-pictures.h"
#include "server-core/image/graduality.h"

#include <math.h>

typedef struct {
  BenchPicture picture;
  double score;
  SpcGraduality graduality;
} Picture;

static const Picture pictures[] = {
    {BENCH_DESKTOP, 0.126, SPC_GRADUALITY_LOW},
    {BENCH_PHOTO, -0.248, SPC_GRADUALITY_HIGH},
    {BENCH_MIXED, 0.0076, SPC_GRADUALITY_LOW},
};

static void
scores_of_known_pictures (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pictures); i++) {
    const Picture *picture = &pictures[i];
    uint8_t *pixels = bench_picture_new (picture->picture);
    g_autoptr (QxlImage) image =
        qxl_image_new_wrapped (QXL_FORMAT_BGRX, BENCH_WIDTH, BENCH_HEIGHT,
                               BENCH_WIDTH * 4, pixels, pixels, g_free);
    double score;

    g_assert_true (bench_picture_is_right (picture->picture, pixels));
    g_assert_cmpint (spc_graduality (image, &score), ==, picture->graduality);
    g_test_message ("%s scores %f", bench_picture_name (picture->picture),
                    score);
    g_assert_true (fabs (score - picture->score) < 0.0006);
  }
}

static void
small_and_flat_images_are_drawn (void)
{
  for (uint32_t width = 1; width <= 40; width++)
    for (uint32_t height = 1; height <= 40; height++) {
      uint8_t *pixels;
      g_autoptr (QxlImage) image =
          qxl_image_new (QXL_FORMAT_BGRX, width, height, &pixels);

      memset (pixels, 0x55, qxl_image_size (image));
      g_assert_cmpint (spc_graduality (image, NULL), !=, SPC_GRADUALITY_HIGH);
    }
}

static void
other_formats_have_no_score (void)
{
  uint8_t *pixels;
  g_autoptr (QxlImage) image = qxl_image_new (QXL_FORMAT_A8, 64, 64, &pixels);
  double score;

  g_assert_cmpint (spc_graduality (image, &score), ==, SPC_GRADUALITY_LOW);
  g_assert_true (score == 1.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graduality/scores-of-known-pictures",
                   scores_of_known_pictures);
  g_test_add_func ("/graduality/small-and-flat-images-are-drawn",
                   small_and_flat_images_are_drawn);
  g_test_add_func ("/graduality/other-formats-have-no-score",
                   other_formats_have_no_score);
  return g_test_run ();
}

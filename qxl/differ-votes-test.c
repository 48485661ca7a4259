/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/differ-votes.h"

#include <string.h>

#define WIDTH 300
#define HEIGHT 200
#define MAX_SHIFTS 4

typedef struct {
  uint8_t *old, *new;
  QxlPictures pictures;
  QxlVotes *votes;
} Scene;

static void
scene_init (Scene *self, QxlFormat format)
{
  unsigned bytes = qxl_format_bytes_per_pixel (format);

  self->old = g_malloc0 ((size_t)WIDTH * HEIGHT * bytes);
  self->new = g_malloc0 ((size_t)WIDTH * HEIGHT * bytes);
  self->votes = qxl_votes_new (WIDTH, HEIGHT);
  self->pictures = (QxlPictures){
      .old = self->old,
      .new = self->new,
      .old_stride = WIDTH *bytes,
      .new_stride = WIDTH *bytes,
      .width = WIDTH,
      .height = HEIGHT,
      .bytes_per_pixel = bytes,
      .visible_mask = qxl_format_visible_mask (format),
      .kernels = qxl_differ_kernels_best (),
  };
}

static void
scene_clear (Scene *self)
{
  g_free (self->old);
  g_free (self->new);
  qxl_votes_free (self->votes);
}

static size_t
size_of (const Scene *self)
{
  return self->pictures.old_stride * HEIGHT;
}

static void
fill_with_noise (const Scene *self, uint8_t *pixels)
{
  for (size_t i = 0; i < size_of (self); i++)
    pixels[i] = (uint8_t)g_test_rand_int ();
}

/* the new picture is the old one, moved, in noise */
static void
shift (const Scene *self, int dx, int dy)
{
  size_t bytes = self->pictures.bytes_per_pixel;
  int left = MAX (dx, 0), right = MIN (WIDTH, WIDTH + dx);

  fill_with_noise (self, self->new);
  for (int y = MAX (dy, 0); y < MIN (HEIGHT, HEIGHT + dy); y++)
    memcpy (self->new + ((size_t)y * WIDTH + (size_t)left) * bytes,
            self->old +
                ((size_t)(y - dy) * WIDTH + (size_t)(left - dx)) * bytes,
            (size_t)(right - left) * bytes);
}

static unsigned
vote (const Scene *self, QxlShift *shifts)
{
  unsigned n;

  qxl_votes_clear (self->votes);
  for (uint32_t y = 0; y < HEIGHT; y += 8)
    qxl_votes_add_old (self->votes, &self->pictures, y, 0, WIDTH);
  for (uint32_t y = 0; y < HEIGHT; y++)
    qxl_votes_add_new (self->votes, &self->pictures, y, 0, WIDTH);
  n = qxl_votes_best (self->votes, shifts, MAX_SHIFTS);
  for (unsigned i = 0; i < n; i++) {
    g_assert_cmpuint (shifts[i].votes, >=, QXL_MIN_VOTES);
    g_assert_cmpuint (shifts[i].votes, <=, qxl_votes_most (self->votes));
    if (i > 0)
      g_assert_cmpuint (shifts[i].votes, <=, shifts[i - 1].votes);
  }
  return n;
}

static void
what_moved_votes_for_its_way (void)
{
  /* clang-format off */
  static const int ways[][2] = {
    { 0, -4 }, { 0, 17 }, { 5, 0 }, { -131, 0 }, { 7, 3 }, { -60, 100 },
  };
  /* clang-format on */

  for (int f = QXL_FORMAT_INVALID + 1; f < QXL_N_FORMATS; f++) {
    Scene scene;

    if (!qxl_format_is_colour ((QxlFormat)f))
      continue;
    scene_init (&scene, (QxlFormat)f);
    fill_with_noise (&scene, scene.old);
    for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
      QxlShift shifts[MAX_SHIFTS];

      shift (&scene, ways[i][0], ways[i][1]);
      g_assert_cmpuint (vote (&scene, shifts), ==, 1);
      g_assert_cmpint (shifts[0].dx, ==, ways[i][0]);
      g_assert_cmpint (shifts[0].dy, ==, ways[i][1]);
      g_assert_cmpuint (shifts[0].votes, ==, qxl_votes_most (scene.votes));
    }
    scene_clear (&scene);
  }
}

static void
bits_not_seen_do_not_matter (void)
{
  Scene scene;
  QxlShift shifts[MAX_SHIFTS];

  scene_init (&scene, QXL_FORMAT_ARGB);
  fill_with_noise (&scene, scene.old);
  shift (&scene, 3, 5);
  for (size_t i = 0; i < size_of (&scene); i += 4)
    scene.new[i] ^= (uint8_t)g_test_rand_int ();
  g_assert_cmpuint (vote (&scene, shifts), ==, 1);
  g_assert_cmpint (shifts[0].dx, ==, 3);
  scene_clear (&scene);
}

static void
nothing_in_common_gives_none (void)
{
  Scene scene;
  QxlShift shifts[MAX_SHIFTS];

  scene_init (&scene, QXL_FORMAT_BGRX);
  fill_with_noise (&scene, scene.old);
  fill_with_noise (&scene, scene.new);
  g_assert_cmpuint (vote (&scene, shifts), ==, 0);
  scene_clear (&scene);
}

static void
what_stayed_gives_none (void)
{
  Scene scene;
  QxlShift shifts[MAX_SHIFTS];

  scene_init (&scene, QXL_FORMAT_BGRX);
  fill_with_noise (&scene, scene.old);
  memcpy (scene.new, scene.old, size_of (&scene));
  g_assert_cmpuint (vote (&scene, shifts), ==, 0);
  g_assert_cmpuint (qxl_votes_most (scene.votes), ==, 0);
  scene_clear (&scene);
}

/* one colour, stripes, a row over and over: they may have come from anywhere */
static void
what_is_everywhere_gives_none (void)
{
  Scene scene;
  QxlShift shifts[MAX_SHIFTS];

  scene_init (&scene, QXL_FORMAT_BGRX);
  memset (scene.old, 0x7f, size_of (&scene));
  memset (scene.new, 0x7e, size_of (&scene));
  g_assert_cmpuint (vote (&scene, shifts), ==, 0);
  fill_with_noise (&scene, scene.old);
  for (size_t y = 0; y < HEIGHT; y++) {
    memcpy (scene.old + y * WIDTH * 4, scene.old, WIDTH * 4);
    memcpy (scene.new + y *WIDTH * 4, scene.old + 40, WIDTH * 4 - 40);
  }
  g_assert_cmpuint (vote (&scene, shifts), ==, 0);
  scene_clear (&scene);
}

static void
narrow_rows_are_left_out (void)
{
  Scene scene;
  g_autoptr (QxlVotes) narrow = qxl_votes_new (1, 1);

  scene_init (&scene, QXL_FORMAT_BGRX);
  fill_with_noise (&scene, scene.old);
  shift (&scene, 0, 1);
  qxl_votes_clear (scene.votes);
  for (uint32_t left = WIDTH - QXL_HASH_WINDOW + 1; left <= WIDTH; left++)
    for (uint32_t y = 0; y < HEIGHT; y++) {
      qxl_votes_add_old (scene.votes, &scene.pictures, y, left, WIDTH);
      qxl_votes_add_new (scene.votes, &scene.pictures, y, left, WIDTH);
    }
  g_assert_cmpuint (qxl_votes_most (scene.votes), ==, 0);
  qxl_votes_clear (narrow);
  qxl_votes_add_old (narrow, &scene.pictures, 0, 0, 1);
  qxl_votes_add_new (narrow, &scene.pictures, 0, 0, 1);
  g_assert_cmpuint (qxl_votes_most (narrow), ==, 0);
  scene_clear (&scene);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/differ-votes/what-moved-votes-for-its-way",
                   what_moved_votes_for_its_way);
  g_test_add_func ("/differ-votes/bits-not-seen-do-not-matter",
                   bits_not_seen_do_not_matter);
  g_test_add_func ("/differ-votes/nothing-in-common-gives-none",
                   nothing_in_common_gives_none);
  g_test_add_func ("/differ-votes/what-stayed-gives-none",
                   what_stayed_gives_none);
  g_test_add_func ("/differ-votes/what-is-everywhere-gives-none",
                   what_is_everywhere_gives_none);
  g_test_add_func ("/differ-votes/narrow-rows-are-left-out",
                   narrow_rows_are_left_out);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What has changed is sampled, and a shift is worth the cells that came by it:
 * two pictures of noise, of which one has a part of the other elsewhere. */
#include "qxl/differ-weigher.h"

#include <string.h>

#define TILE QXL_DIFFER_TILE
#define COLS 8
#define ROWS 6
#define WIDTH (COLS * TILE)
#define HEIGHT (ROWS * TILE)

typedef struct {
  uint32_t old[HEIGHT][WIDTH], new[HEIGHT][WIDTH];
  uint8_t wanted[ROWS * COLS];
  QxlPictures pictures;
  QxlChanges changes;
  QxlWeigher *weigher;
} Desk;

static void
desk_init (Desk *self)
{
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      self->old[y][x] = (uint32_t)g_test_rand_int ();
  memcpy (self->new, self->old, sizeof self->new);
  memset (self->wanted, 1, sizeof self->wanted);
  self->pictures = (QxlPictures){.old = (const uint8_t *)self->old,
                                 .new = (const uint8_t *)self->new,
                                 .old_stride = sizeof self->old[0],
                                 .new_stride = sizeof self->new[0],
                                 .width = WIDTH,
                                 .height = HEIGHT,
                                 .bytes_per_pixel = 4,
                                 .visible_mask = 0xffffff,
                                 .kernels = qxl_differ_kernels_best ()};
  qxl_changes_init (&self->changes, WIDTH, HEIGHT);
  self->weigher = qxl_weigher_new (WIDTH, HEIGHT, &self->changes);
}

static void
desk_clear (Desk *self)
{
  qxl_weigher_free (self->weigher);
  qxl_changes_clear (&self->changes);
}

static void
sample (Desk *self)
{
  qxl_changes_sample (&self->changes, &self->pictures, self->wanted);
  qxl_changes_find_area (&self->changes);
  qxl_weigher_begin (self->weigher);
}

/* @to of the new picture shows what was elsewhere in the old one */
static void
move (Desk *self, const QxlRect *to, const QxlShift *shift)
{
  for (int32_t y = to->top; y < to->bottom; y++)
    for (int32_t x = to->left; x < to->right; x++)
      self->new[y][x] = self->old[y - shift->dy][x - shift->dx];
}

static void
test_sample (void)
{
  Desk desk;
  int32_t left, right;

  desk_init (&desk);
  sample (&desk);
  g_assert_cmpuint (desk.changes.n_changed, ==, 0);
  g_assert_true (qxl_rect_is_empty (&desk.changes.area));

  for (int y = TILE; y < 3 * TILE; y++)
    for (int x = 2 * TILE; x < 5 * TILE; x++)
      desk.new[y][x] ^= 0xffffff;
  desk.new[0][0] ^= 0xff000000; /* is not seen */
  sample (&desk);
  g_assert_cmpuint (desk.changes.n_changed, ==, 6);
  g_assert_true (qxl_rect_equal (&desk.changes.area, &QXL_RECT (2, 1, 5, 3)));
  g_assert_false (qxl_changes_in_row (&desk.changes, 0, &left, &right));
  g_assert_true (qxl_changes_in_row (&desk.changes, 2, &left, &right));
  g_assert_cmpint (left, ==, 2);
  g_assert_cmpint (right, ==, 5);
  g_assert_cmpint (*qxl_changes_at (&desk.changes, 4, 1), ==, QXL_CELL_CHANGED);

  desk.wanted[COLS + 2] = 0;
  sample (&desk);
  g_assert_cmpuint (desk.changes.n_changed, ==, 5);
  g_assert_cmpint (*qxl_changes_at (&desk.changes, 2, 1), ==, QXL_CELL_SAME);
  desk_clear (&desk);
}

static void
test_weigh (void)
{
  const QxlRect to = QXL_RECT (40, 50, 200, 150);
  const QxlShift shift = {.dx = 5, .dy = -7}, wrong = {.dx = 5, .dy = 7};
  Desk desk;
  QxlMove moves[QXL_MAX_MOVES];
  unsigned gain;

  desk_init (&desk);
  move (&desk, &to, &shift);
  sample (&desk);
  g_assert_cmpuint (qxl_weigher_weigh (desk.weigher, &desk.pictures, &wrong),
                    ==, 0);
  gain = qxl_weigher_weigh (desk.weigher, &desk.pictures, &shift);
  g_assert_cmpuint (gain, ==, 4 * 2); /* those that lie in it whole */

  g_assert_cmpuint (qxl_weigher_take_moves (desk.weigher, &desk.pictures,
                                            &shift, gain, moves, QXL_MAX_MOVES),
                    ==, 1);
  g_assert_true (qxl_rect_equal (&moves[0].to, &to));
  g_assert_cmpint (moves[0].from.x, ==, to.left - shift.dx);
  g_assert_cmpint (moves[0].from.y, ==, to.top - shift.dy);
  g_assert_cmpuint (desk.changes.n_taken, ==, gain);
  g_assert_cmpint (*qxl_changes_at (&desk.changes, 2, 2), ==, QXL_CELL_TAKEN);
  g_assert_cmpint (*qxl_changes_at (&desk.changes, 1, 2), ==, QXL_CELL_CHANGED);
  desk_clear (&desk);
}

/* less than is worth a move; and no room for one */
static void
test_too_little (void)
{
  const QxlRect small = QXL_RECT (64, 64, 160, 96);
  const QxlRect large = QXL_RECT (64, 64, 192, 128);
  const QxlShift shift = {.dx = -3};
  Desk desk;
  QxlMove moves[1];
  unsigned gain;

  desk_init (&desk);
  move (&desk, &small, &shift);
  sample (&desk);
  gain = qxl_weigher_weigh (desk.weigher, &desk.pictures, &shift);
  g_assert_cmpuint (gain, ==, 3);
  g_assert_cmpuint (qxl_weigher_take_moves (desk.weigher, &desk.pictures,
                                            &shift, gain, moves, 1),
                    ==, 0);
  move (&desk, &large, &shift);
  sample (&desk);
  gain = qxl_weigher_weigh (desk.weigher, &desk.pictures, &shift);
  g_assert_cmpuint (gain, ==, 8);
  g_assert_cmpuint (qxl_weigher_take_moves (desk.weigher, &desk.pictures,
                                            &shift, gain, moves, 0),
                    ==, 0);
  g_assert_cmpuint (desk.changes.n_taken, ==, 0);
  desk_clear (&desk);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/differ-weigher/changes-are-sampled", test_sample);
  g_test_add_func ("/differ-weigher/what-came-is-weighed-and-taken",
                   test_weigh);
  g_test_add_func ("/differ-weigher/too-little-is-left", test_too_little);
  return g_test_run ();
}

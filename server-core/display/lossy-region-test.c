/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of lossy regions: traces of draws, and chance against a plain map of
 * pixels. */
#include "lossy-region.h"

#include "server-core/base/limits.h"
#include <string.h>

#define MS 1000
#define REST ((int64_t)SPC_REST_MS * MS)
#define ALL 1000000u

/* traces */

typedef enum { END, LOSSY, EXACT, MOVE, HOLDS, REST_AT } Verb;

typedef struct {
  Verb verb;
  int at_ms;
  QxlRect box; /* HOLDS: n pixels in left; REST_AT: ms in left, -1: never */
  QxlPoint from;
} Step;

#define BOX(l, t, r, b)                                                        \
  {                                                                            \
    l, t, r, b                                                                 \
  }

/* clang-format off */
static const struct {
  const char *path;
  Step steps[9];
} traces[] = {
  { "/lossy-region/a-fresh-one-is-empty",
    { { HOLDS, 0, BOX (0, 0, 0, 0), { 0, 0 } },
      { REST_AT, 0, BOX (-1, 0, 0, 0), { 0, 0 } } } },
  { "/lossy-region/loss-adds-and-exact-subtracts",
    { { LOSSY, 0, BOX (10, 10, 20, 20), { 0, 0 } },
      { HOLDS, 0, BOX (100, 0, 0, 0), { 0, 0 } },
      { EXACT, 1, BOX (0, 0, 15, 40), { 0, 0 } },
      { HOLDS, 1, BOX (50, 0, 0, 0), { 0, 0 } },
      { EXACT, 2, BOX (0, 0, 40, 40), { 0, 0 } },
      { HOLDS, 2, BOX (0, 0, 0, 0), { 0, 0 } } } },
  { "/lossy-region/what-is-drawn-again-begins-anew",
    { { LOSSY, 0, BOX (0, 0, 20, 20), { 0, 0 } },
      { LOSSY, 300, BOX (0, 0, 20, 20), { 0, 0 } },
      { REST_AT, 300, BOX (300 + SPC_REST_MS, 0, 0, 0), { 0, 0 } } } },
  { "/lossy-region/what-is-left-alone-rests-while-others-change",
    { { LOSSY, 0, BOX (0, 0, 20, 20), { 0, 0 } },
      { LOSSY, 300, BOX (10, 0, 20, 20), { 0, 0 } },
      { REST_AT, 300, BOX (SPC_REST_MS, 0, 0, 0), { 0, 0 } } } },
  { "/lossy-region/a-move-copies-loss",
    { { LOSSY, 0, BOX (0, 0, 10, 10), { 0, 0 } },
      { MOVE, 100, BOX (20, 0, 40, 10), { 0, 0 } },
      { HOLDS, 100, BOX (200, 0, 0, 0), { 0, 0 } },
      { EXACT, 100, BOX (0, 0, 10, 10), { 0, 0 } },
      { HOLDS, 100, BOX (100, 0, 0, 0), { 0, 0 } },
      { REST_AT, 100, BOX (100 + SPC_REST_MS, 0, 0, 0), { 0, 0 } } } },
  { "/lossy-region/a-move-copies-exactness",
    { { LOSSY, 0, BOX (20, 0, 30, 10), { 0, 0 } },
      { MOVE, 100, BOX (20, 0, 40, 10), { 0, 50 } },
      { HOLDS, 100, BOX (0, 0, 0, 0), { 0, 0 } } } },
  { "/lossy-region/a-move-may-overlap-itself",
    { { LOSSY, 0, BOX (0, 10, 10, 20), { 0, 0 } },
      { MOVE, 100, BOX (0, 0, 10, 40), { 0, 5 } },
      { HOLDS, 100, BOX (100, 0, 0, 0), { 0, 0 } },
      { EXACT, 100, BOX (0, 5, 10, 15), { 0, 0 } },
      { HOLDS, 100, BOX (0, 0, 0, 0), { 0, 0 } } } },
};
/* clang-format on */

static guint
n_pixels (const SpcLossyRegion *region)
{
  guint n = 0;

  for (int y = 0; y < 100; y++)
    for (int x = 0; x < 100; x++)
      n += spc_lossy_region_contains (region, x, y);
  return n;
}

static void
take_step (SpcLossyRegion *region, const Step *step)
{
  int64_t now = (int64_t)step->at_ms * MS;

  switch (step->verb) {
  case LOSSY:
    spc_lossy_region_add (region, &step->box, now);
    break;
  case EXACT:
    spc_lossy_region_subtract (region, &step->box);
    break;
  case MOVE:
    spc_lossy_region_copy (region, &step->box, region, step->from, now);
    break;
  case HOLDS:
    g_assert_cmpuint (n_pixels (region), ==, (guint)step->box.left);
    g_assert_true (spc_lossy_region_is_empty (region) == !step->box.left);
    break;
  case REST_AT:
    g_assert_cmpint (spc_lossy_region_rest_us (region), ==,
                     step->box.left < 0 ? G_MAXINT64
                                        : (int64_t)step->box.left * MS);
    break;
  case END:
    break;
  }
}

static void
test_trace (gconstpointer data)
{
  g_autoptr (SpcLossyRegion) region = spc_lossy_region_new ();

  for (const Step *step = data; step->verb != END; step++)
    take_step (region, step);
}

/* what it was, or what it becomes: either may be lossy */
static void
test_merge (void)
{
  g_autoptr (SpcLossyRegion) region = spc_lossy_region_new ();
  const QxlRect there = QXL_RECT (0, 0, 10, 10), over = QXL_RECT (5, 0, 15, 10);

  spc_lossy_region_add (region, &there, 0);
  spc_lossy_region_merge (region, &over, NULL, (QxlPoint){0, 0}, 9 * MS);
  g_assert_cmpuint (n_pixels (region), ==, 100);
  g_assert_cmpint (spc_lossy_region_rest_us (region), ==, REST);
  spc_lossy_region_merge (region, &over, region, (QxlPoint){0, 0}, 9 * MS);
  g_assert_cmpuint (n_pixels (region), ==, 150);
  spc_lossy_region_merge (region, &there, region, (QxlPoint){0, 0}, 500 * MS);
  g_assert_cmpuint (n_pixels (region), ==, 150);
  g_assert_cmpint (spc_lossy_region_rest_us (region), ==, REST + 9 * MS);
}

static void
test_from_another (void)
{
  g_autoptr (SpcLossyRegion) region = spc_lossy_region_new ();
  g_autoptr (SpcLossyRegion) source = spc_lossy_region_new ();
  const QxlRect all = QXL_RECT (0, 0, 100, 100), there = QXL_RECT (0, 0, 5, 5);
  const QxlRect half = QXL_RECT (0, 0, 50, 100);

  spc_lossy_region_add (region, &all, 0);
  spc_lossy_region_add (source, &there, 0);
  spc_lossy_region_copy (region, &half, source, (QxlPoint){0, 0}, 9 * MS);
  g_assert_cmpuint (n_pixels (region), ==, 50 * 100 + 25);
  spc_lossy_region_copy (region, &all, NULL, (QxlPoint){0, 0}, 9 * MS);
  g_assert_true (spc_lossy_region_is_empty (region));
}

/* picking */

static guint
area (const QxlRect *rects, guint n)
{
  guint pixels = 0;

  for (guint i = 0; i < n; i++)
    pixels += (guint)(qxl_rect_width (&rects[i]) * qxl_rect_height (&rects[i]));
  return pixels;
}

static void
test_pick_waits (void)
{
  g_autoptr (SpcLossyRegion) region = spc_lossy_region_new ();
  const QxlRect old = QXL_RECT (0, 0, 10, 10), new = QXL_RECT (20, 0, 30, 10);
  QxlRect rects[4];

  spc_lossy_region_add (region, &old, 0);
  spc_lossy_region_add (region, &new, 200 * MS);
  g_assert_cmpuint (spc_lossy_region_pick (region, REST - 1, ALL, rects, 4), ==,
                    0);
  g_assert_cmpuint (spc_lossy_region_pick (region, REST, ALL, rects, 4), ==, 1);
  g_assert_true (qxl_rect_equal (&rects[0], &old));
  g_assert_cmpuint (
      spc_lossy_region_pick (region, REST + 200 * MS, ALL, rects, 4), ==, 2);
  g_assert_cmpuint (
      spc_lossy_region_pick (region, REST + 200 * MS, ALL, rects, 1), ==, 1);
}

/* pieces of any size that is asked for make up the whole */
static void
test_pick_in_pieces (void)
{
  static const uint32_t sizes[] = {0, 1, 1000, 12000, 65536, 300000, 2000000};
  const QxlRect all = QXL_RECT (5, 7, 1285, 727);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (SpcLossyRegion) region = spc_lossy_region_new ();
    guint max = MAX (sizes[i], SPC_MIN_PIECE_SIDE * SPC_MIN_PIECE_SIDE);
    QxlRect rects[4];
    guint n, total = 0;

    spc_lossy_region_add (region, &all, 0);
    while ((n = spc_lossy_region_pick (region, REST, sizes[i], rects, 4)) > 0) {
      g_assert_cmpuint (area (rects, n), <=, max);
      g_assert_cmpint (qxl_rect_width (&rects[0]), <=,
                       3 * MAX (qxl_rect_height (&rects[0]), 720 / 3));
      total += area (rects, n);
      for (guint j = 0; j < n; j++)
        spc_lossy_region_subtract (region, &rects[j]);
    }
    g_assert_cmpuint (total, ==, 1280 * 720);
    g_assert_true (spc_lossy_region_is_empty (region));
  }
}

/* what is too ragged becomes one box */
static void
test_bounded (void)
{
  g_autoptr (SpcLossyRegion) region = spc_lossy_region_new ();
  QxlRect rects[SPC_MAX_LOSSY_RECTS + 1];
  int64_t now = 0;

  for (int i = 0; i < 100 * 100; i += 2) {
    int x = (i % 100) * 2, y = i / 100 * 2;
    const QxlRect box = QXL_RECT (x, y, x + 1, y + 1);

    spc_lossy_region_add (region, &box, now++);
    g_assert_true (spc_lossy_region_contains (region, x, y));
    g_assert_cmpuint (spc_lossy_region_pick (region, now + 2 * REST, ALL, rects,
                                             G_N_ELEMENTS (rects)),
                      <=, SPC_MAX_LOSSY_RECTS);
  }
  g_assert_true (spc_lossy_region_contains (region, 0, 0));
}

/* chance */

#define SIDE 40

typedef struct {
  SpcLossyRegion *region;
  int64_t since[SIDE][SIDE]; /* -1: exact */
  int64_t now;
} Model;

static QxlRect
random_box (void)
{
  int left = g_test_rand_int_range (0, SIDE);
  int top = g_test_rand_int_range (0, SIDE);

  return QXL_RECT (left, top, g_test_rand_int_range (left, SIDE) + 1,
                   g_test_rand_int_range (top, SIDE) + 1);
}

static void
model_set (Model *self, const QxlRect *box, int64_t since)
{
  for (int y = box->top; y < box->bottom; y++)
    for (int x = box->left; x < box->right; x++)
      self->since[y][x] = since;
}

static void
model_move (Model *self, const QxlRect *box, QxlPoint from)
{
  int64_t old[SIDE][SIDE];

  memcpy (old, self->since, sizeof old);
  for (int y = box->top; y < box->bottom; y++)
    for (int x = box->left; x < box->right; x++)
      self->since[y][x] = old[from.y + y - box->top][from.x + x - box->left] < 0
                              ? -1
                              : self->now;
}

static void
draw_random (Model *self)
{
  QxlRect box = random_box ();
  QxlPoint from = {
      g_test_rand_int_range (0, SIDE + 1 - qxl_rect_width (&box)),
      g_test_rand_int_range (0, SIDE + 1 - qxl_rect_height (&box))};

  switch (g_test_rand_int_range (0, 3)) {
  case 0:
    spc_lossy_region_add (self->region, &box, self->now);
    model_set (self, &box, self->now);
    break;
  case 1:
    spc_lossy_region_subtract (self->region, &box);
    model_set (self, &box, -1);
    break;
  default:
    spc_lossy_region_copy (self->region, &box, self->region, from, self->now);
    model_move (self, &box, from);
    break;
  }
}

/* nothing lossy is missed; nothing is picked too early; all that has rested
 * for a little longer than it must is picked */
static void
check_random (Model *self)
{
  QxlRect rects[SPC_MAX_LOSSY_RECTS];
  guint n = spc_lossy_region_pick (self->region, self->now, ALL, rects,
                                   G_N_ELEMENTS (rects));
  QxlRegion picked;

  pixman_region32_init (&picked);
  for (guint i = 0; i < n; i++)
    qxl_region_add (&picked, &rects[i]);
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++) {
      int64_t since = self->since[y][x];
      bool is_picked = pixman_region32_contains_point (&picked, x, y, NULL);

      g_assert_true (spc_lossy_region_contains (self->region, x, y) ==
                     (since >= 0));
      g_assert_false (is_picked && self->now - since < REST);
      g_assert_true (is_picked || since < 0 ||
                     self->now - since < REST + REST / 8);
    }
  g_assert_true ((n > 0) ==
                 (spc_lossy_region_rest_us (self->region) <= self->now));
  pixman_region32_fini (&picked);
}

static void
test_chance (void)
{
  for (int run = 0; run < 20; run++) {
    Model model = {.region = spc_lossy_region_new ()};
    const QxlRect all = QXL_RECT (0, 0, SIDE, SIDE);

    model_set (&model, &all, -1);
    for (int step = 0; step < 200; step++) {
      model.now += g_test_rand_int_range (0, 120) * MS;
      draw_random (&model);
      check_random (&model);
    }
    spc_lossy_region_free (model.region);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (traces); i++)
    g_test_add_data_func (traces[i].path, traces[i].steps, test_trace);
  g_test_add_func ("/lossy-region/merges-loss-with-what-was-there", test_merge);
  g_test_add_func ("/lossy-region/takes-loss-from-another", test_from_another);
  g_test_add_func ("/lossy-region/picks-what-is-at-rest", test_pick_waits);
  g_test_add_func ("/lossy-region/pieces-make-up-the-whole",
                   test_pick_in_pieces);
  g_test_add_func ("/lossy-region/its-size-is-bounded", test_bounded);
  g_test_add_func ("/lossy-region/is-what-was-drawn-by-chance", test_chance);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/tally.h"

#define LEFT (-7)
#define TOP 5
#define W 150
#define H 9

static const QxlRect box = QXL_RECT (LEFT, TOP, LEFT + W, TOP + H);

/* how often each pixel was met, one pixel at a time */
typedef struct {
  unsigned count[H][W];
  bool in_layer[H][W];
} Model;

static void
model_add (Model *model, bool in_layer, int32_t y, int64_t left, int64_t right)
{
  for (int64_t x = MAX (left, LEFT); x < MIN (right, LEFT + W); x++) {
    if (y < TOP || y >= TOP + H)
      continue;
    if (in_layer && model->in_layer[y - TOP][x - LEFT])
      continue;
    model->in_layer[y - TOP][x - LEFT] = in_layer;
    model->count[y - TOP][x - LEFT]++;
  }
}

static void
model_end_layer (Model *model)
{
  for (unsigned y = 0; y < H; y++)
    for (unsigned x = 0; x < W; x++)
      model->in_layer[y][x] = false;
}

static void
mark (const QxlRect *rects, guint n_rects, gpointer user_data)
{
  bool (*shown)[W] = user_data;

  for (guint i = 0; i < n_rects; i++) {
    const QxlRect *r = &rects[i];

    g_assert_true (qxl_rect_contains (&box, r) && !qxl_rect_is_empty (r));
    if (i > 0)
      g_assert_true (r->top > r[-1].top ||
                     (r->top == r[-1].top && r->left > r[-1].right));
    for (int32_t x = r->left; x < r->right; x++) {
      g_assert_false (shown[r->top - TOP][x - LEFT]);
      shown[r->top - TOP][x - LEFT] = true;
    }
  }
}

static void
assert_shows (const QxlTally *tally, const Model *model)
{
  bool met[H][W] = {0}, even[H][W] = {0};

  qxl_tally_foreach (tally, QXL_TALLY_MET, mark, met);
  qxl_tally_foreach (tally, QXL_TALLY_EVEN, mark, even);
  for (unsigned y = 0; y < H; y++)
    for (unsigned x = 0; x < W; x++) {
      unsigned count = model->count[y][x];

      if (met[y][x] != (count > 0) ||
          even[y][x] != (count > 0 && count % 2 == 0))
        g_error ("at %u,%u: met %u times, told met %d, even %d", x, y, count,
                 met[y][x], even[y][x]);
    }
}

static void
add_anywhere (QxlTally *tally, Model *model, bool in_layer)
{
  int32_t y = g_test_rand_int_range (TOP - 2, TOP + H + 2);
  int64_t left = g_test_rand_int_range (LEFT - 20, LEFT + W + 5);
  int64_t right = left + g_test_rand_int_range (-3, W);

  qxl_tally_add (tally, y, left, right);
  model_add (model, in_layer, y, left, right);
}

static void
counts_what_is_added (void)
{
  for (int round = 0; round < 200; round++) {
    g_autoptr (QxlTally) tally = qxl_tally_new (&box);
    Model model = {0};

    for (int i = 0; i < round; i++)
      add_anywhere (tally, &model, false);
    assert_shows (tally, &model);
  }
}

static void
counts_once_in_a_layer (void)
{
  for (int round = 0; round < 200; round++) {
    g_autoptr (QxlTally) tally = qxl_tally_new (&box);
    Model model = {0};

    for (int layer = 0; layer < 4; layer++) {
      bool in_layer = layer % 2 == 0;

      if (in_layer)
        qxl_tally_begin_layer (tally);
      for (int i = 0; i < round / 10; i++)
        add_anywhere (tally, &model, in_layer);
      if (in_layer)
        qxl_tally_end_layer (tally);
      model_end_layer (&model);
    }
    assert_shows (tally, &model);
  }
}

static void
takes_any_coordinates (void)
{
  g_autoptr (QxlTally) tally = qxl_tally_new (&box);
  Model model = {0};

  qxl_tally_add (tally, TOP, G_MININT64, G_MAXINT64);
  model_add (&model, false, TOP, LEFT, LEFT + W);
  qxl_tally_add (tally, G_MININT32, G_MININT64, G_MAXINT64);
  qxl_tally_add (tally, G_MAXINT32, G_MININT64, G_MAXINT64);
  qxl_tally_add (tally, TOP + 1, G_MAXINT64, G_MININT64);
  assert_shows (tally, &model);
}

static void
add_up (const QxlRect *rects, guint n_rects, gpointer user_data)
{
  guint *total = user_data;

  *total += n_rects;
}

static void
gives_many_rectangles_in_parts (void)
{
  const QxlRect large = QXL_RECT (0, 0, 1000, 1000);
  g_autoptr (QxlTally) tally = qxl_tally_new (&large);
  guint total = 0;

  for (int32_t y = 0; y < 1000; y++)
    for (int32_t x = 0; x < 1000; x += 2)
      qxl_tally_add (tally, y, x, x + 1);
  qxl_tally_foreach (tally, QXL_TALLY_MET, add_up, &total);
  g_assert_cmpuint (total, ==, 500000);
  total = 0;
  qxl_tally_foreach (tally, QXL_TALLY_EVEN, add_up, &total);
  g_assert_cmpuint (total, ==, 0);
}

static void
has_no_empty_box (void)
{
  const QxlRect none = QXL_RECT (3, 3, 3, 9);

  g_assert_null (qxl_tally_new (&none));
  qxl_tally_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tally/counts-what-is-added", counts_what_is_added);
  g_test_add_func ("/tally/counts-once-in-a-layer", counts_once_in_a_layer);
  g_test_add_func ("/tally/takes-any-coordinates", takes_any_coordinates);
  g_test_add_func ("/tally/gives-many-rectangles-in-parts",
                   gives_many_rectangles_in_parts);
  g_test_add_func ("/tally/has-no-empty-box", has_no_empty_box);
  return g_test_run ();
}

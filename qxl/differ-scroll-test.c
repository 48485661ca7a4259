/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/differ-fixture.h"

#include <string.h>

#define WIDTH 640
#define HEIGHT 480

static const QxlRect whole_frame = QXL_RECT (0, 0, WIDTH, HEIGHT);

static void
desk_init (QxlScene *self)
{
  qxl_scene_init (self, QXL_FORMAT_BGRX, WIDTH, HEIGHT, 0, 0);
  qxl_scene_paint (self, &whole_frame, true);
  qxl_scene_show (self);
}

/* what a batch costs: pixels drawn by other means than moves */
static uint32_t
n_drawn (const QxlBatch *batch)
{
  uint32_t n = 0;

  for (guint i = 0; i < batch->commands->len; i++) {
    const QxlDrawable *draw = qxl_batch_at (batch, i)->u.draw;

    if (draw->kind != QXL_DRAW_COPY_BITS)
      n += (uint32_t)(qxl_rect_width (&draw->box) *
                      qxl_rect_height (&draw->box));
  }
  return n;
}

static guint
n_moves (const QxlBatch *batch)
{
  guint n = 0;

  for (guint i = 0; i < batch->commands->len; i++)
    n += qxl_batch_at (batch, i)->u.draw->kind == QXL_DRAW_COPY_BITS;
  return n;
}

/* the first command takes @to's pixels from where they were, and no less */
static void
assert_move (const QxlBatch *batch, const QxlRect *to, int dx, int dy)
{
  const QxlDrawable *draw;

  g_assert_cmpuint (n_moves (batch), ==, 1);
  draw = qxl_batch_at (batch, 0)->u.draw;
  g_assert_cmpint (draw->kind, ==, QXL_DRAW_COPY_BITS);
  g_assert_cmpint (draw->box.left - draw->u.copy_bits.src_pos.x, ==, dx);
  g_assert_cmpint (draw->box.top - draw->u.copy_bits.src_pos.y, ==, dy);
  if (!qxl_rect_contains (&draw->box, to))
    g_error ("moved %d,%d to %d,%d, expected %d,%d to %d,%d", draw->box.left,
             draw->box.top, draw->box.right, draw->box.bottom, to->left,
             to->top, to->right, to->bottom);
}

/* scrolls inside @window and fills what is laid open with noise; returns where
 * the rest lies now */
static QxlRect
scroll (QxlScene *self, const QxlRect *window, int dx, int dy)
{
  QxlRect stays =
      QXL_RECT (window->left + MAX (dx, 0), window->top + MAX (dy, 0),
                window->right + MIN (dx, 0), window->bottom + MIN (dy, 0));
  QxlRect source = QXL_RECT (stays.left - dx, stays.top - dy, stays.right - dx,
                             stays.bottom - dy);
  QxlRect open = *window;

  qxl_scene_move (self, &source, dx, dy);
  if (dy != 0) {
    open.top = dy < 0 ? stays.bottom : window->top;
    open.bottom = dy < 0 ? window->bottom : stays.top;
    qxl_scene_paint (self, &open, true);
  }
  open = *window;
  if (dx != 0) {
    open.left = dx < 0 ? stays.right : window->left;
    open.right = dx < 0 ? window->right : stays.left;
    qxl_scene_paint (self, &open, true);
  }
  return stays;
}

static void
a_scroll_is_a_move (void)
{
  /* clang-format off */
  static const struct {
    QxlRect window;
    int dx, dy;
  } scrolls[] = {
    { { 0, 0, WIDTH, HEIGHT }, 0, -4 }, /* all of the screen */
    { { 0, 0, WIDTH, HEIGHT }, 0, 33 },
    { { 0, 0, WIDTH, HEIGHT }, -200, 0 },
    { { 45, 51, 401, 333 }, 0, -1 }, /* in a window */
    { { 45, 51, 401, 333 }, 0, 18 },
    { { 45, 51, 401, 333 }, 0, -150 },
    { { 45, 51, 401, 333 }, 3, 0 },
    { { 45, 51, 401, 333 }, -77, 0 },
    { { 45, 51, 401, 333 }, 10, -10 },
    { { 300, 200, WIDTH, HEIGHT }, 0, -16 },
    { { 16, 16, 200, 150 }, 0, -16 },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (scrolls); i++) {
    const QxlRect *window = &scrolls[i].window;
    int dx = scrolls[i].dx, dy = scrolls[i].dy;
    QxlScene scene;

    desk_init (&scene);
    for (int repeat = 0; repeat < 3; repeat++) {
      QxlRect stays = scroll (&scene, window, dx, dy);
      g_autoptr (QxlBatch) batch = qxl_scene_push (&scene);

      assert_move (batch, &stays, dx, dy);
      /* and the rest is what was laid open, twice where two sides meet */
      g_assert_cmpuint (
          n_drawn (batch), <=,
          5 *
              (uint32_t)(qxl_rect_width (window) * qxl_rect_height (window) -
                         qxl_rect_width (&stays) * qxl_rect_height (&stays)) /
              4);
    }
    qxl_scene_clear (&scene);
  }
}

static void
what_has_moved_is_not_compared_again (void)
{
  uint32_t n_compared, n_dirty;
  QxlScene scene;

  desk_init (&scene);
  scroll (&scene, &whole_frame, 0, -32);
  g_autoptr (QxlBatch) batch = qxl_scene_push (&scene);

  g_assert_cmpuint (n_moves (batch), ==, 1);
  qxl_differ_counts (scene.differ, &n_compared, &n_dirty);
  /* the row of tiles that was laid open */
  g_assert_cmpuint (n_compared, ==, WIDTH / QXL_DIFFER_TILE);
  g_assert_cmpuint (n_dirty, ==, n_compared);
  qxl_scene_clear (&scene);
}

/* every other row of tiles is even, and looks as if it stayed */
static void
what_has_moved_unseen_is_not_compared_again (void)
{
  uint32_t n_compared, n_dirty;
  QxlScene scene;

  desk_init (&scene);
  for (uint32_t top = 0; top < HEIGHT; top += 2 * QXL_DIFFER_TILE)
    memset (qxl_scene_pixel (&scene, 0, top), 0xaa,
            scene.stride * QXL_DIFFER_TILE);
  qxl_scene_show (&scene);
  qxl_scene_show (&scene); /* no search after one in vain */
  scroll (&scene, &whole_frame, 0, -2 * QXL_DIFFER_TILE);
  g_autoptr (QxlBatch) batch = qxl_scene_push (&scene);

  g_assert_cmpuint (n_moves (batch), ==, 1);
  qxl_differ_counts (scene.differ, &n_compared, &n_dirty);
  /* the rows that were laid open, and an even one above and below the move */
  g_assert_cmpuint (n_compared, ==, 4 * WIDTH / QXL_DIFFER_TILE);
  g_assert_cmpuint (n_dirty, ==, 2 * WIDTH / QXL_DIFFER_TILE);
  qxl_scene_clear (&scene);
}

/* lines of 18.5 pixels, then the other way, then in another window */
static void
a_scroll_may_go_on_by_two_ways_in_turn (void)
{
  /* clang-format off */
  static const struct {
    QxlRect window;
    int dx, dy;
  } scrolls[] = {
    { { 45, 51, 401, 433 }, 0, -18 },
    { { 45, 51, 401, 433 }, 0, -19 },
    { { 45, 51, 401, 433 }, 0, -18 },
    { { 45, 51, 401, 433 }, 0, -18 },
    { { 45, 51, 401, 433 }, 0, -19 },
    { { 45, 51, 401, 433 }, 0, 18 },
    { { 45, 51, 401, 433 }, 0, 19 },
    { { 45, 51, 401, 433 }, 0, -18 },
    { { 410, 20, 630, 440 }, 0, -18 },
    { { 410, 20, 630, 440 }, -37, 0 },
    { { 410, 20, 630, 440 }, 0, -18 },
  };
  /* clang-format on */
  QxlScene scene;

  desk_init (&scene);
  for (guint i = 0; i < G_N_ELEMENTS (scrolls); i++) {
    QxlRect stays =
        scroll (&scene, &scrolls[i].window, scrolls[i].dx, scrolls[i].dy);
    g_autoptr (QxlBatch) batch = qxl_scene_push (&scene);

    assert_move (batch, &stays, scrolls[i].dx, scrolls[i].dy);
  }
  qxl_scene_clear (&scene);
}

/* by the way that was right before, and by another one */
static void
one_scroll_does_not_hide_another (void)
{
  const QxlRect left = QXL_RECT (10, 20, 300, 400);
  const QxlRect right = QXL_RECT (330, 40, 630, 400);
  QxlScene scene;

  desk_init (&scene);
  scroll (&scene, &left, 0, -7);
  qxl_scene_show (&scene);
  for (int i = 0; i < 4; i++) {
    scroll (&scene, &left, 0, -7);
    scroll (&scene, &right, 0, 5 + i);
    {
      g_autoptr (QxlBatch) batch = qxl_scene_push (&scene);

      g_assert_cmpuint (n_moves (batch), ==, 2);
      g_assert_cmpuint (n_drawn (batch), <, WIDTH * HEIGHT / 10);
    }
  }
  qxl_scene_clear (&scene);
}

/* a border, a scroll bar, a blinking cursor and a clock change as well */
static void
other_things_may_change_meanwhile (void)
{
  QxlRect window = QXL_RECT (45, 51, 401, 333);
  QxlRect bar = QXL_RECT (401, 51, 415, 333);
  QxlRect cursor = QXL_RECT (200, 200, 203, 216);
  QxlRect clock = QXL_RECT (560, 440, 620, 460);
  QxlScene scene;

  desk_init (&scene);
  for (int i = 0; i < 4; i++) {
    QxlRect stays = scroll (&scene, &window, 0, -7);

    qxl_scene_paint (&scene, &bar, true);
    qxl_scene_paint (&scene, &cursor, false);
    qxl_scene_paint (&scene, &clock, true);
    {
      g_autoptr (QxlBatch) batch = qxl_scene_push (&scene);

      g_assert_cmpuint (n_moves (batch), >=, 1);
      g_assert_cmpuint (
          n_drawn (batch), <,
          (uint32_t)(qxl_rect_width (&stays) * qxl_rect_height (&stays)) / 3);
    }
  }
  qxl_scene_clear (&scene);
}

static void
a_dragged_window_is_a_move (void)
{
  QxlScene desk, scene;
  QxlRect window = QXL_RECT (100, 50, 350, 260);

  desk_init (&desk);
  desk_init (&scene);
  for (int i = 0; i < 12; i++) {
    QxlRect before = window;
    int dx = i % 5 * 3 - 4, dy = 9 - i % 4 * 4;

    window = QXL_RECT (window.left + dx, window.top + dy, window.right + dx,
                       window.bottom + dy);
    qxl_scene_move (&scene, &before, dx, dy);
    /* what it lays open is the desk behind it */
    for (int y = before.top; y < before.bottom; y++)
      for (int x = before.left; x < before.right; x++)
        if (x < window.left || x >= window.right || y < window.top ||
            y >= window.bottom)
          memcpy (qxl_scene_pixel (&scene, (uint32_t)x, (uint32_t)y),
                  qxl_scene_pixel (&desk, (uint32_t)x, (uint32_t)y), 4);
    {
      g_autoptr (QxlBatch) batch = qxl_scene_push (&scene);

      assert_move (batch, &window, dx, dy);
      g_assert_cmpuint (n_drawn (batch), <, 210 * 250 / 5);
    }
  }
  qxl_scene_clear (&desk);
  qxl_scene_clear (&scene);
}

static void
several_windows_scroll_at_once (void)
{
  const QxlRect left = QXL_RECT (10, 20, 300, 400);
  const QxlRect right = QXL_RECT (330, 40, 630, 250);
  const QxlRect below = QXL_RECT (330, 260, 630, 470);
  QxlScene scene;

  desk_init (&scene);
  for (int i = 1; i < 5; i++) {
    scroll (&scene, &left, 0, -3 * i);
    scroll (&scene, &right, 0, 5);
    scroll (&scene, &below, -2 * i, 0);
    {
      g_autoptr (QxlBatch) batch = qxl_scene_push (&scene);

      g_assert_cmpuint (n_moves (batch), ==, 3);
      g_assert_cmpuint (n_drawn (batch), <, WIDTH * HEIGHT / 10);
    }
  }
  qxl_scene_clear (&scene);
}

/* what is moved lies partly where something else is moved to */
static void
moves_that_overlap_are_right (void)
{
  const QxlRect upper = QXL_RECT (20, 10, 420, 170);
  const QxlRect lower = QXL_RECT (20, 170, 420, 330);
  QxlScene scene;

  desk_init (&scene);
  for (int i = 0; i < 6; i++) {
    bool is_exchange = i % 2 == 0;
    g_autoptr (QxlBatch) batch = NULL;

    if (is_exchange) { /* by way of a third place, which is restored */
      QxlRect third = QXL_RECT (20, 330, 420, 480);

      qxl_scene_move (&scene, &upper, 0, 310);
      qxl_scene_move (&scene, &lower, 0, -160);
      third = QXL_RECT (20, 320, 420, 480);
      qxl_scene_move (&scene, &third, 0, -150);
    } else { /* down both, the upper one over the lower one's place */
      qxl_scene_move (&scene, &lower, 0, 120);
      qxl_scene_move (&scene, &upper, 0, 120);
    }
    batch = qxl_scene_push (&scene);
    g_assert_cmpuint (n_moves (batch), >=, 1);
  }
  qxl_scene_clear (&scene);
}

/* A film is not searched each time, and what scrolls later is found soon. */
static void
a_film_has_no_moves (void)
{
  QxlScene scene;
  guint found = 0;

  desk_init (&scene);
  for (int i = 0; i < 10; i++) {
    g_autoptr (QxlBatch) batch = NULL;

    qxl_scene_paint (&scene, &whole_frame, true);
    batch = qxl_scene_push (&scene);
    g_assert_cmpuint (n_moves (batch), ==, 0);
  }
  for (int i = 0; i < 4; i++) {
    g_autoptr (QxlBatch) batch = NULL;

    scroll (&scene, &whole_frame, 0, -5);
    batch = qxl_scene_push (&scene);
    found += n_moves (batch);
  }
  g_assert_cmpuint (found, >=, 1);
  qxl_scene_clear (&scene);
}

static void
a_small_change_is_no_search (void)
{
  QxlRect line = QXL_RECT (50, 100, 350, 116);
  QxlScene scene;
  g_autoptr (QxlBatch) batch = NULL;

  desk_init (&scene);
  qxl_scene_move (&scene, &line, 0, 40);
  batch = qxl_scene_push (&scene);
  g_assert_cmpuint (n_moves (batch), ==, 0);
  qxl_scene_clear (&scene);
}

/* anything at all, and the viewer's picture is the frame's */
static void
change_something (QxlScene *self)
{
  QxlRect area = qxl_scene_random_area (self);
  int width = qxl_rect_width (&area), height = qxl_rect_height (&area);
  int dx = g_test_rand_int_range (-width + 1, width);
  int dy = g_test_rand_int_range (-height + 1, height);

  switch (g_test_rand_int_range (0, 8)) {
  case 0:
    qxl_scene_paint (self, &area, false);
    break;
  case 1:
    qxl_scene_paint (self, &area, true);
    break;
  case 2:
    scroll (self, &area, dx, dy);
    break;
  case 3:
    scroll (self, &area, dx / 8, 0);
    break;
  case 4:
  case 5:
    scroll (self, &area, 0, dy / 8);
    break;
  default:
    qxl_scene_move (self, &area, dx / 4, dy / 4);
    break;
  }
}

/* clang-format off */
static const struct {
  uint32_t width, height;
} sizes[] = {
  { 1, 1 }, { 33, 400 }, { 400, 33 }, { 257, 191 }, { 640, 360 },
};
/* clang-format on */

static void
shows_random_moves_exactly (void)
{
  guint found = 0;

  for (int f = QXL_FORMAT_INVALID + 1; f < QXL_N_FORMATS; f++) {
    if (!qxl_format_is_colour ((QxlFormat)f))
      continue;
    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
      QxlScene scene;
      QxlRect all = QXL_RECT (0, 0, (int)sizes[s].width, (int)sizes[s].height);

      qxl_scene_init (&scene, (QxlFormat)f, sizes[s].width, sizes[s].height,
                      (size_t)g_test_rand_int_range (0, 10),
                      (size_t)g_test_rand_int_range (0, 10));
      qxl_scene_paint (&scene, &all, true);
      qxl_scene_show (&scene);
      for (int i = 0; i < 20; i++) {
        g_autoptr (QxlBatch) batch = NULL;

        for (int n = g_test_rand_int_range (1, 4); n > 0; n--)
          change_something (&scene);
        batch = qxl_scene_push (&scene);
        found += n_moves (batch);
      }
      qxl_scene_clear (&scene);
    }
  }
  g_test_message ("%u moves", found);
  g_assert_cmpuint (found, >, 20); /* usually about a hundred */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/differ-scroll/a-scroll-is-a-move", a_scroll_is_a_move);
  g_test_add_func ("/differ-scroll/what-has-moved-is-not-compared-again",
                   what_has_moved_is_not_compared_again);
  g_test_add_func ("/differ-scroll/what-has-moved-unseen-is-not-compared-again",
                   what_has_moved_unseen_is_not_compared_again);
  g_test_add_func ("/differ-scroll/a-scroll-may-go-on-by-two-ways-in-turn",
                   a_scroll_may_go_on_by_two_ways_in_turn);
  g_test_add_func ("/differ-scroll/one-scroll-does-not-hide-another",
                   one_scroll_does_not_hide_another);
  g_test_add_func ("/differ-scroll/other-things-may-change-meanwhile",
                   other_things_may_change_meanwhile);
  g_test_add_func ("/differ-scroll/a-dragged-window-is-a-move",
                   a_dragged_window_is_a_move);
  g_test_add_func ("/differ-scroll/several-windows-scroll-at-once",
                   several_windows_scroll_at_once);
  g_test_add_func ("/differ-scroll/moves-that-overlap-are-right",
                   moves_that_overlap_are_right);
  g_test_add_func ("/differ-scroll/a-film-has-no-moves", a_film_has_no_moves);
  g_test_add_func ("/differ-scroll/a-small-change-is-no-search",
                   a_small_change_is_no_search);
  g_test_add_func ("/differ-scroll/shows-random-moves-exactly",
                   shows_random_moves_exactly);
  return g_test_run ();
}

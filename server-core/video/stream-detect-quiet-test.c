/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the detector by traces of what must not become a stream: each draws
 * a frame of it. */
#include "stream-detect-fixture.h"

static void
draw_typing (SpcDetectPlay *play, int n)
{
  QxlRect cursor;

  if (n % 3 == 0)
    spc_detect_play_type (play, n / 3);
  cursor = QXL_RECT (760 + n / 3 % 40 * 9, 100, 762 + n / 3 % 40 * 9, 118);
  spc_detect_play_other (play, &cursor);
}

static void
draw_fast_typing (SpcDetectPlay *play, int n)
{
  spc_detect_play_type (play, n);
}

static void
draw_blinking (SpcDetectPlay *play, int n)
{
  static const QxlRect cursor = QXL_RECT (300, 200, 302, 218);

  if (n % 12 == 0)
    spc_detect_play_box (play, &cursor, 100);
}

static void
draw_spinner (SpcDetectPlay *play, int n)
{
  static const QxlRect spinner = QXL_RECT (300, 200, 348, 248);

  (void)n;
  spc_detect_play_box (play, &spinner, SPC_COST_FILM);
}

static void
draw_scroll (SpcDetectPlay *play, int n)
{
  static const QxlRect to = QXL_RECT (200, 100, 1000, 550);
  static const QxlRect strip = QXL_RECT (200, 550, 1000, 600);

  (void)n;
  spc_detect_play_move (play, &to, 0, -50);
  spc_detect_play_box (play, &strip, SPC_COST_TEXT * 2);
}

static void
draw_fast_scroll (SpcDetectPlay *play, int n)
{
  static const QxlRect to = QXL_RECT (200, 100, 1000, 450);
  static const QxlRect strip = QXL_RECT (200, 450, 1000, 600);

  (void)n;
  spc_detect_play_move (play, &to, 0, -150);
  spc_detect_play_box (play, &strip, SPC_COST_TEXT * 2);
}

/* turns of a wheel, 4 in a second */
static void
draw_scroll_as_pictures (SpcDetectPlay *play, int n)
{
  static const QxlRect page = QXL_RECT (200, 100, 1000, 600);

  if (n % 6 == 0)
    spc_detect_play_tiles (play, &page, SPC_COST_TEXT * 2, 12);
}

/* 8 in a second, for a second at a time */
static void
draw_reading (SpcDetectPlay *play, int n)
{
  static const QxlRect page = QXL_RECT (200, 100, 1000, 600);

  if (n % 3 == 0 && n / 25 % 2 == 0)
    spc_detect_play_tiles (play, &page, SPC_COST_TEXT * 2, 12);
}

/* a page that is turned now and then, all of it */
static void
draw_leafing (SpcDetectPlay *play, int n)
{
  static const QxlRect page = QXL_RECT (200, 100, 1000, 600);

  if (n % 7 == 0)
    spc_detect_play_box (play, &page, SPC_COST_FILM);
}

/* key by key in a spread sheet, with its tools drawn again each time */
static void
draw_cells (SpcDetectPlay *play, int n)
{
  static const QxlRect tools[] = {
      QXL_RECT (363, 56, 418, 91), QXL_RECT (499, 64, 810, 91),
      QXL_RECT (725, 56, 810, 64), QXL_RECT (260, 97, 795, 121)};

  spc_detect_play_type (play, n);
  if (n % 3 == 0 && n / 10 % 4 == 0)
    for (guint i = 0; i < G_N_ELEMENTS (tools); i++)
      spc_detect_play_box (play, &tools[i], SPC_COST_TEXT * 3);
}

static QxlRect
dragged (int n)
{
  int32_t x = 20 + ABS (n % 120 - 60) * 10, y = 30 + n % 120 * 2;

  return QXL_RECT (x, y, x + 400, y + 300);
}

static void
draw_drag (SpcDetectPlay *play, int n)
{
  QxlRect from = dragged (n), to = dragged (n + 1);
  QxlRect uncovered = from;

  spc_detect_play_move (play, &to, to.left - from.left, to.top - from.top);
  if (to.left > from.left)
    uncovered.right = to.left;
  else
    uncovered.left = to.right;
  spc_detect_play_box (play, &uncovered, SPC_COST_FILM);
}

static void
draw_drag_as_pictures (SpcDetectPlay *play, int n)
{
  QxlRect from = dragged (n), to = dragged (n + 1);
  QxlRect both = qxl_rect_union (&from, &to);

  spc_detect_play_tiles (play, &both, SPC_COST_TEXT * 2, 12);
}

static void
draw_slides (SpcDetectPlay *play, int n)
{
  static const QxlRect all = QXL_RECT (0, 0, 1280, 720);

  if (n % 75 == 0)
    spc_detect_play_tiles (play, &all, SPC_COST_FILM, 0);
}

static void
draw_flat_game (SpcDetectPlay *play, int n)
{
  static const QxlRect field = QXL_RECT (200, 100, 1000, 600);
  int32_t x = 200 + n * 5 % 700;
  QxlRect ball = QXL_RECT (x, 300, x + 40, 340);

  spc_detect_play_tiles (play, &field, SPC_COST_CARTOON, 4);
  spc_detect_play_other (play, &ball);
}

static void
draw_cheap_animation (SpcDetectPlay *play, int n)
{
  static const QxlRect banner = QXL_RECT (300, 100, 780, 400);

  if (n % 5 < 2)
    spc_detect_play_box (play, &banner, SPC_COST_CARTOON);
}

static void
draw_repeats (SpcDetectPlay *play, int n)
{
  static const QxlRect banner = QXL_RECT (300, 100, 780, 400);

  (void)n;
  spc_detect_play_box (play, &banner, 0);
}

static void
draw_fills (SpcDetectPlay *play, int n)
{
  static const QxlRect banner = QXL_RECT (300, 100, 780, 400);

  (void)n;
  spc_detect_play_other (play, &banner);
}

typedef struct {
  const char *name;
  void (*draw) (SpcDetectPlay *play, int n);
  bool is_fast; /* rate alone makes a stream of it */
} Quiet;

static const Quiet quiets[] = {
    {"typing", draw_typing, false},
    {"fast typing", draw_fast_typing, false},
    {"a blinking cursor", draw_blinking, false},
    {"a spinner", draw_spinner, false},
    {"a scroll", draw_scroll, false},
    {"a scroll in big steps", draw_fast_scroll, false},
    {"a scroll as pictures", draw_scroll_as_pictures, false},
    {"reading", draw_reading, false},
    {"leafing", draw_leafing, false},
    {"a spread sheet", draw_cells, false},
    {"a window dragged", draw_drag, false},
    {"a window dragged as pictures", draw_drag_as_pictures, false},
    {"slides", draw_slides, false},
    {"fills", draw_fills, false},
    {"a game in flat colours", draw_flat_game, true},
    {"a cheap animation", draw_cheap_animation, true},
    {"repeats", draw_repeats, true},
};

static void
play_quiet (const Quiet *quiet, bool by_cost)
{
  SpcStreamLimits limits;
  SpcDetectPlay play;

  spc_stream_limits_init (&limits);
  limits.by_cost = by_cost;
  spc_detect_play_init (&play, 1280, 720, &limits);
  for (int n = 0; n < 500; n++) {
    quiet->draw (&play, n);
    spc_detect_play_frame (&play, 40);
  }
  g_test_message ("%s, %s: %u", quiet->name, by_cost ? "by cost" : "by rate",
                  play.n_starts);
  g_assert_cmpuint (play.n_starts, ==, !by_cost && quiet->is_fast);
  spc_detect_play_clear (&play);
}

static void
what_is_no_film_is_none (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (quiets); i++) {
    play_quiet (&quiets[i], true);
    play_quiet (&quiets[i], false);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-detect-quiet/what-is-no-film-is-none",
                   what_is_no_film_is_none);
  return g_test_run ();
}

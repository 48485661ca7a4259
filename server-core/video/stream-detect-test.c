/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the detector by traces: what is on a screen, and what should become
 * a stream of it, and when. */
#include "stream-detect-fixture.h"

static const QxlRect film = QXL_RECT (101, 83, 741, 443);
static const QxlRect film_even = QXL_RECT (100, 82, 742, 444);

typedef void (*Film) (SpcDetectPlay *play, const QxlRect *box);

static void
as_box (SpcDetectPlay *play, const QxlRect *box)
{
  spc_detect_play_box (play, box, SPC_COST_FILM);
}

static void
as_tiles (SpcDetectPlay *play, const QxlRect *box)
{
  spc_detect_play_tiles (play, box, SPC_COST_FILM, 0);
}

static void
as_some_tiles (SpcDetectPlay *play, const QxlRect *box)
{
  spc_detect_play_tiles (play, box, SPC_COST_FILM, 8);
}

static const Film films[] = {as_box, as_tiles, as_some_tiles};

/* frames until there is a region */
static guint
play_until_start (SpcDetectPlay *play, Film show, const QxlRect *box,
                  int64_t period_ms)
{
  guint n_starts = play->n_starts;

  for (guint n = 1; n <= 100; n++) {
    show (play, box);
    spc_detect_play_frame (play, period_ms);
    if (play->n_starts > n_starts)
      return n;
  }
  return 0;
}

static void
play_film (SpcDetectPlay *play, Film show, const QxlRect *box,
           int64_t period_ms, guint n)
{
  for (guint i = 0; i < n; i++) {
    show (play, box);
    spc_detect_play_frame (play, period_ms);
  }
}

static void
a_film_in_a_window_is_found (void)
{
  static const int64_t periods_ms[] = {16, 33, 40, 66, 100};

  for (guint i = 0; i < G_N_ELEMENTS (films); i++)
    for (guint j = 0; j < G_N_ELEMENTS (periods_ms); j++) {
      SpcDetectPlay play;
      guint n;

      spc_detect_play_init (&play, 1280, 720, NULL);
      n = play_until_start (&play, films[i], &film, periods_ms[j]);
      g_assert_cmpuint (n, >=, 3);
      g_assert_cmpuint (n, <=, 5);
      play_film (&play, films[i], &film, periods_ms[j], 200);
      g_assert_cmpuint (play.n, ==, 1);
      g_assert_true (spc_detect_play_has (&play, &film_even));
      g_assert_cmpuint (play.regions[0].fps, >=, 950 / periods_ms[j]);
      g_assert_cmpuint (play.regions[0].fps, <=, 1100 / periods_ms[j]);
      g_assert_cmpuint (play.n_starts, ==, 1);
      g_assert_cmpuint (play.n_puts, <=, i == 2 ? 1 : 0);
      spc_detect_play_clear (&play);
    }
}

static void
text_beside_stays_outside (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (films); i++) {
    SpcDetectPlay play;

    spc_detect_play_init (&play, 1280, 720, NULL);
    for (int n = 0; n < 500; n++) {
      films[i](&play, &film);
      if (n % 3 == 0)
        spc_detect_play_type (&play, n / 3);
      spc_detect_play_frame (&play, 40);
    }
    g_assert_cmpuint (play.n, ==, 1);
    g_assert_true (spc_detect_play_has (&play, &film_even));
    g_assert_cmpuint (play.n_starts, ==, 1);
    spc_detect_play_clear (&play);
  }
}

static void
two_films_stay_two (void)
{
  static const QxlRect left = QXL_RECT (40, 80, 360, 260);
  static const QxlRect right = QXL_RECT (400, 80, 720, 260);
  static const QxlRect below = QXL_RECT (500, 300, 1000, 600);

  for (guint i = 0; i < G_N_ELEMENTS (films); i++) {
    SpcDetectPlay play;

    spc_detect_play_init (&play, 1280, 720, NULL);
    for (int n = 0; n < 300; n++) {
      films[i](&play, &left);
      if (n > 20 && n % 2 == 0)
        films[i](&play, &right);
      if (n > 40)
        films[i](&play, &below);
      spc_detect_play_frame (&play, 40);
    }
    g_assert_cmpuint (play.n, ==, 3);
    g_assert_true (spc_detect_play_has (&play, &left));
    g_assert_true (spc_detect_play_has (&play, &right));
    g_assert_true (spc_detect_play_has (&play, &below));
    g_assert_cmpuint (play.n_starts, ==, 3);
    spc_detect_play_clear (&play);
  }
}

static void
two_films_that_start_at_once_stay_two (void)
{
  static const QxlRect left = QXL_RECT (40, 80, 360, 260);
  static const QxlRect right = QXL_RECT (400, 120, 720, 300);

  for (guint i = 0; i < G_N_ELEMENTS (films); i++) {
    SpcDetectPlay play;

    spc_detect_play_init (&play, 1280, 720, NULL);
    for (int n = 0; n < 100; n++) {
      films[i](&play, &left);
      films[i](&play, &right);
      spc_detect_play_frame (&play, 40);
      if (n > 5)
        g_assert_cmpuint (play.n, ==, 2);
    }
    g_assert_true (spc_detect_play_has (&play, &left));
    g_assert_true (spc_detect_play_has (&play, &right));
    spc_detect_play_clear (&play);
  }
}

static void
a_film_of_the_whole_screen_is_found (void)
{
  static const QxlRect sizes[] = {QXL_RECT (0, 0, 1280, 720),
                                  QXL_RECT (0, 0, 1367, 769),
                                  QXL_RECT (0, 0, 3840, 2160)};

  for (guint i = 0; i < G_N_ELEMENTS (films); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++) {
      QxlRect even = QXL_RECT (0, 0, sizes[j].right & ~1, sizes[j].bottom & ~1);
      SpcDetectPlay play;

      spc_detect_play_init (&play, (uint32_t)sizes[j].right,
                            (uint32_t)sizes[j].bottom, NULL);
      play_film (&play, films[i], &sizes[j], 33, 100);
      g_assert_cmpuint (play.n, ==, 1);
      g_assert_true (spc_detect_play_has (&play, &even));
      g_assert_cmpuint (play.n_puts, ==, 0);
      spc_detect_play_clear (&play);
    }
}

/* told of each step */
static void
init_for_drags (SpcDetectPlay *play)
{
  SpcStreamLimits limits;

  spc_stream_limits_init (&limits);
  limits.drag_rest_us = limits.max_drag_us = 0;
  spc_detect_play_init (play, 1280, 720, &limits);
}

/* A window with the film is dragged, as moves; it goes on playing. */
static void
a_film_moves_with_its_window (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (films); i++) {
    QxlRect box = film;
    SpcDetectPlay play;

    init_for_drags (&play);
    play_film (&play, films[i], &box, 40, 50);
    for (int n = 0; n < 40; n++) {
      QxlRect window =
          QXL_RECT (box.left - 5, box.top - 24, box.right + 5, box.bottom + 5);
      QxlRect to = QXL_RECT (window.left + 7, window.top + 3, window.right + 7,
                             window.bottom + 3);
      QxlRect trail =
          QXL_RECT (window.left, window.top, window.left + 7, window.bottom);

      spc_detect_play_move (&play, &to, 7, 3);
      spc_detect_play_box (&play, &trail, SPC_COST_TEXT);
      box = QXL_RECT (box.left + 7, box.top + 3, box.right + 7, box.bottom + 3);
      films[i](&play, &box);
      spc_detect_play_frame (&play, 40);
      g_assert_cmpuint (play.n, ==, 1);
      g_assert_cmpint (ABS (play.regions[0].rect.left - box.left), <=, 1);
      g_assert_cmpint (qxl_rect_width (&play.regions[0].rect), ==, 642);
      g_assert_cmpint (qxl_rect_height (&play.regions[0].rect), ==, 362);
    }
    play_film (&play, films[i], &box, 40, 100);
    g_assert_cmpuint (play.n_starts, ==, 1);
    g_assert_cmpuint (play.n_ends, ==, 0);
    spc_detect_play_clear (&play);
  }
}

/* The same, but all of it is drawn anew, as differs do where everything has
 * changed. */
static void
a_film_is_dragged_without_moves (void)
{
  QxlRect box = film;
  uint32_t id;
  SpcDetectPlay play;

  init_for_drags (&play);
  play_film (&play, as_tiles, &box, 40, 50);
  id = play.regions[0].id;
  for (int n = 0; n < 40; n++) {
    QxlRect window =
        QXL_RECT (box.left - 5, box.top - 24, box.right + 12, box.bottom + 8);

    box = QXL_RECT (box.left + 7, box.top + 3, box.right + 7, box.bottom + 3);
    as_tiles (&play, &window);
    spc_detect_play_frame (&play, 40);
    g_assert_cmpuint (play.n, ==, 1);
    g_assert_cmpuint (play.regions[0].id, ==, id);
    g_assert_cmpint (qxl_rect_width (&play.regions[0].rect), ==, 642);
    g_assert_cmpint (qxl_rect_height (&play.regions[0].rect), ==, 362);
    if (n >= 2) /* what it went before one could know is missing */
      g_assert_cmpint (ABS (play.regions[0].rect.left - box.left), <=, 8);
  }
  play_film (&play, as_tiles, &box, 40, 100);
  g_assert_cmpuint (play.n_starts, ==, 1);
  g_assert_true (qxl_rect_contains (&play.regions[0].rect, &box));
  g_assert_cmpint (qxl_rect_width (&play.regions[0].rect), <=, 642);
  spc_detect_play_clear (&play);
}

static void
a_drag_is_told_when_it_rests (void)
{
  QxlRect box = QXL_RECT (100, 82, 740, 442);
  QxlRect end;
  SpcDetectPlay play;

  spc_detect_play_init (&play, 1280, 720, NULL);
  play_film (&play, as_tiles, &box, 40, 50);
  for (int n = 0; n < 40; n++) {
    QxlRect to =
        QXL_RECT (box.left + 7, box.top + 3, box.right + 7, box.bottom + 3);

    spc_detect_play_move (&play, &to, 7, 3);
    box = to;
    as_tiles (&play, &box);
    spc_detect_play_frame (&play, 40);
  }
  g_assert_cmpuint (play.n_puts, <=, 1); /* after a second */
  spc_detect_play_rest (&play, 240);
  g_assert_cmpuint (play.n_puts, <=, 2);
  end = play.regions[0].rect;
  g_assert_true (qxl_rect_equal (&end, &box));
  play_film (&play, as_tiles, &box, 40, 100);
  g_assert_true (spc_detect_play_has (&play, &end));
  g_assert_cmpuint (play.n_starts, ==, 1);
  spc_detect_play_clear (&play);
}

/* Two films in one window. */
static void
films_move_together (void)
{
  static const QxlRect left = QXL_RECT (40, 80, 360, 260);
  static const QxlRect right = QXL_RECT (400, 80, 720, 260);
  static const QxlRect to = QXL_RECT (230, 90, 950, 300);
  static const QxlRect left_to = QXL_RECT (240, 100, 560, 280);
  static const QxlRect right_to = QXL_RECT (600, 100, 920, 280);
  uint32_t left_id, right_id;
  SpcDetectPlay play;

  init_for_drags (&play);
  for (int n = 0; n < 20; n++) {
    as_box (&play, &left);
    as_box (&play, &right);
    spc_detect_play_frame (&play, 40);
  }
  left_id = spc_detect_play_id (&play, &left);
  right_id = spc_detect_play_id (&play, &right);
  spc_detect_play_move (&play, &to, 200, 20);
  spc_detect_play_frame (&play, 40);
  g_assert_cmpuint (play.n, ==, 2);
  g_assert_cmpuint (spc_detect_play_id (&play, &left_to), ==, left_id);
  g_assert_cmpuint (spc_detect_play_id (&play, &right_to), ==, right_id);
  spc_detect_play_clear (&play);
}

/* A window that is dragged without moves: it disappears here and appears there.
 */
static void
a_film_that_is_elsewhere_keeps_its_id (void)
{
  static const QxlRect places[] = {QXL_RECT (120, 90, 760, 450),
                                   QXL_RECT (140, 70, 780, 430),
                                   QXL_RECT (600, 340, 1240, 700)};

  for (guint i = 0; i < 2; i++) {
    SpcDetectPlay play;

    spc_detect_play_init (&play, 1280, 720, NULL);
    play_film (&play, films[i], &film, 40, 50);
    for (guint j = 0; j < G_N_ELEMENTS (places); j++) {
      uint32_t id = play.regions[0].id;

      play_film (&play, films[i], &places[j], 40, 12);
      g_assert_cmpuint (play.n, ==, 1);
      g_assert_cmpuint (play.regions[0].id, ==, id);
      /* of the same size as before, which was a little larger */
      g_assert_true (qxl_rect_contains (&play.regions[0].rect, &places[j]));
      g_assert_cmpint (qxl_rect_width (&play.regions[0].rect), ==, 642);
      g_assert_cmpint (qxl_rect_height (&play.regions[0].rect), ==, 362);
    }
    spc_detect_play_clear (&play);
  }
}

static void
a_film_that_grows_is_followed_at_once (void)
{
  static const QxlRect larger = QXL_RECT (60, 60, 860, 510);
  static const QxlRect all = QXL_RECT (0, 0, 1280, 720);

  for (guint i = 0; i < G_N_ELEMENTS (films); i++) {
    SpcDetectPlay play;
    uint32_t id;

    spc_detect_play_init (&play, 1280, 720, NULL);
    play_film (&play, films[i], &film, 40, 50);
    id = play.regions[0].id;
    play_film (&play, films[i], &larger, 40, 8);
    g_assert_cmpuint (spc_detect_play_id (&play, &larger), ==, id);
    play_film (&play, films[i], &all, 40, 8);
    g_assert_cmpuint (spc_detect_play_id (&play, &all), ==, id);
    g_assert_cmpuint (play.n, ==, 1);
    g_assert_cmpuint (play.n_puts, <=, i == 2 ? 4 : 2);
    spc_detect_play_clear (&play);
  }
}

static void
a_film_that_shrinks_is_followed_later (void)
{
  static const QxlRect larger = QXL_RECT (60, 60, 860, 510);

  for (guint i = 0; i < G_N_ELEMENTS (films); i++) {
    SpcDetectPlay play;
    uint32_t id;

    spc_detect_play_init (&play, 1280, 720, NULL);
    play_film (&play, films[i], &larger, 40, 60);
    id = spc_detect_play_id (&play, &larger);
    play_film (&play, films[i], &film, 40, 20);
    g_assert_cmpuint (spc_detect_play_id (&play, &larger), ==, id);
    play_film (&play, films[i], &film, 40, 100);
    g_assert_cmpuint (spc_detect_play_id (&play, &film_even), ==, id);
    g_assert_cmpuint (play.n_puts, ==, 1);
    spc_detect_play_clear (&play);
  }
}

/* Only the middle changes all the time, the edges now and then. */
static void
edges_that_rest_now_and_then_do_not_flap (void)
{
  static const QxlRect middle = QXL_RECT (240, 150, 640, 380);
  SpcDetectPlay play;

  spc_detect_play_init (&play, 1280, 720, NULL);
  for (int n = 0; n < 3000; n++) {
    bool is_wide = n / 75 % 2 == 0; /* 3 s each */

    as_tiles (&play, is_wide ? &film : &middle);
    spc_detect_play_frame (&play, 40);
  }
  g_assert_cmpuint (play.n_starts, ==, 1);
  g_assert_cmpuint (play.n, ==, 1);
  g_assert_cmpuint (play.n_puts, <=, 4);
  spc_detect_play_clear (&play);
}

static void
a_menu_over_it_does_not_stop_it (void)
{
  static const QxlRect menu = QXL_RECT (600, 300, 820, 620);
  static const QxlRect entry = QXL_RECT (602, 340, 818, 360);
  SpcDetectPlay play;

  spc_detect_play_init (&play, 1280, 720, NULL);
  play_film (&play, as_tiles, &film, 40, 50);
  for (int n = 0; n < 100; n++) {
    as_tiles (&play, &film);
    if (n == 5)
      spc_detect_play_box (&play, &menu, SPC_COST_TEXT);
    if (n == 6)
      spc_detect_play_other (&play, &menu);
    if (n == 20 || n == 40)
      spc_detect_play_box (&play, &entry, SPC_COST_TEXT);
    spc_detect_play_frame (&play, 40);
    g_assert_cmpuint (play.n, ==, 1);
    g_assert_true (spc_detect_play_has (&play, &film_even));
    g_assert_true (play.regions[0].is_active);
  }
  spc_detect_play_clear (&play);
}

static void
it_ends_when_it_stands_still (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (films); i++) {
    SpcDetectPlay play;

    spc_detect_play_init (&play, 1280, 720, NULL);
    play_film (&play, films[i], &film, 40, 50);
    spc_detect_play_rest (&play, 900);
    g_assert_true (play.regions[0].is_active);
    spc_detect_play_rest (&play, 200);
    g_assert_cmpuint (play.n, ==, 1);
    g_assert_false (play.regions[0].is_active);
    spc_detect_play_rest (&play, 1700);
    g_assert_cmpuint (play.n, ==, 1);
    spc_detect_play_rest (&play, 300);
    g_assert_cmpuint (play.n, ==, 0);
    g_assert_cmpint (spc_stream_detect_next_us (play.detect), ==, G_MAXINT64);
    spc_detect_play_clear (&play);
  }
}

/* how long a film that has just stopped is a region still, to 100 ms */
static int64_t
measure_wait (SpcDetectPlay *play)
{
  int64_t stopped_us = play->now_us;

  while (play->n > 0 && play->now_us - stopped_us < 20 * G_USEC_PER_SEC)
    spc_detect_play_rest (play, 100);
  return (play->now_us - stopped_us + 50000) / 100000 * 100;
}

static void
it_waits_longer_each_time (void)
{
  static const int64_t waits_ms[] = {3000, 5000, 7000, 9000, 10000, 10000};
  SpcDetectPlay play;

  spc_detect_play_init (&play, 1280, 720, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (waits_ms); i++) {
    int64_t wait_ms;

    play_film (&play, as_tiles, &film, 40, 50);
    g_assert_cmpuint (play.n, ==, 1);
    wait_ms = measure_wait (&play);
    g_assert_cmpint (ABS (wait_ms - waits_ms[i]), <=, 200);
  }
  spc_detect_play_rest (&play, 61000);
  play_film (&play, as_tiles, &film, 40, 50);
  g_assert_cmpint (ABS (measure_wait (&play) - 3000), <=, 200);
  spc_detect_play_clear (&play);
}

static void
a_source_with_pauses_does_not_flap (void)
{
  SpcDetectPlay play;

  spc_detect_play_init (&play, 1280, 720, NULL);
  for (int n = 0; n < 30; n++) {
    play_film (&play, as_tiles, &film, 33, 12);
    spc_detect_play_rest (&play, n % 2 == 0 ? 1000 : 2000);
  }
  g_assert_cmpuint (play.n_starts, ==, 1);
  g_assert_cmpuint (play.n_ends, ==, 0);
  g_assert_cmpuint (play.n_puts, ==, 0);
  spc_detect_play_clear (&play);
}

/* A stopped film in which a clock goes on, and a spinner. */
static void
small_changes_do_not_keep_it (void)
{
  static const QxlRect clock = QXL_RECT (660, 420, 730, 436);
  static const QxlRect spinner = QXL_RECT (400, 240, 448, 288);
  SpcDetectPlay play;

  spc_detect_play_init (&play, 1280, 720, NULL);
  play_film (&play, as_tiles, &film, 40, 50);
  for (int n = 0; n < 120; n++) {
    spc_detect_play_box (&play, &spinner, SPC_COST_TEXT);
    if (n % 30 == 0)
      spc_detect_play_box (&play, &clock, SPC_COST_TEXT);
    spc_detect_play_frame (&play, 33);
  }
  g_assert_cmpuint (play.n, ==, 0);
  spc_detect_play_clear (&play);
}

static void
slides_do_not_keep_it (void)
{
  SpcDetectPlay play;

  spc_detect_play_init (&play, 1280, 720, NULL);
  play_film (&play, as_tiles, &film, 40, 50);
  play_film (&play, as_tiles, &film, 1500, 4);
  g_assert_cmpuint (play.n, ==, 0);
  spc_detect_play_clear (&play);
}

/* What changes fast becomes a stream when it begins to cost. */
static void
cost_decides (void)
{
  static const QxlRect banner = QXL_RECT (300, 100, 780, 400);
  SpcDetectPlay play;

  spc_detect_play_init (&play, 1280, 720, NULL);
  for (int n = 0; n < 100; n++) {
    spc_detect_play_box (&play, &banner, SPC_COST_CARTOON);
    spc_detect_play_frame (&play, 100);
  }
  g_assert_cmpuint (play.n, ==, 0);
  g_assert_cmpuint (play_until_start (&play, as_box, &banner, 100), <=, 5);
  spc_detect_play_clear (&play);
}

/* Nothing is known of what it costs: nobody is there. */
static void
without_viewers_there_is_none (void)
{
  SpcDetectPlay play;

  spc_detect_play_init (&play, 1280, 720, NULL);
  for (int n = 0; n < 100; n++) {
    as_tiles (&play, &film);
    g_array_set_size (play.sent, 0);
    spc_detect_play_frame (&play, 40);
  }
  g_assert_cmpuint (play.n_starts, ==, 0);
  /* what is refused again and again is not looked at in each frame */
  g_assert_cmpuint (play_until_start (&play, as_tiles, &film, 40), <=, 12);
  spc_detect_play_clear (&play);
}

/* A slow link: what a picture costs is known when it is written at last. */
static void
it_starts_when_costs_are_known (void)
{
  guint first = 0;
  SpcDetectPlay play;

  spc_detect_play_init (&play, 1280, 720, NULL);
  for (guint n = 0; n < 20; n++) {
    as_tiles (&play, &film);
    if (n < 9)
      g_array_set_size (play.sent, 0);
    spc_detect_play_frame (&play, 40);
    if (first == 0 && play.n > 0)
      first = n;
  }
  g_assert_cmpuint (first, >=, 9);
  g_assert_cmpuint (first, <=, 14);
  g_assert_true (spc_detect_play_has (&play, &film_even));
  spc_detect_play_clear (&play);
}

/* Frames come when they can. */
static void
it_bears_uneven_times (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (films); i++) {
    SpcDetectPlay play;

    spc_detect_play_init (&play, 1280, 720, NULL);
    for (guint n = 0; n < 500; n++) {
      films[i](&play, &film);
      spc_detect_play_frame (&play, g_rand_int_range (play.rand, 10, 110));
    }
    g_assert_cmpuint (play.n_starts, ==, 1);
    g_assert_cmpuint (play.n_ends, ==, 0);
    g_assert_true (spc_detect_play_has (&play, &film_even));
    spc_detect_play_clear (&play);
  }
}

/* Figures that run about: no tile changes for long. */
static void
a_cartoon_is_one_region (void)
{
  static const QxlRect field = QXL_RECT (200, 100, 840, 460);
  SpcDetectPlay play;
  guint n_late = 0;

  spc_detect_play_init (&play, 1280, 720, NULL);
  for (guint n = 0; n < 600; n++) {
    spc_detect_play_tiles (&play, &field, SPC_COST_FILM, 2);
    spc_detect_play_frame (&play, 40);
    if (n == 75)
      n_late = play.n_starts + play.n_ends + play.n_puts;
  }
  g_assert_cmpuint (play.n, ==, 1);
  g_assert_cmpuint (play.n_starts + play.n_ends + play.n_puts, ==, n_late);
  g_assert_true (spc_detect_play_has (&play, &field));
  spc_detect_play_clear (&play);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define PROMISE(name, function)                                                \
  g_test_add_func ("/stream-detect/" name, function)
  PROMISE ("a-film-in-a-window-is-found", a_film_in_a_window_is_found);
  PROMISE ("a-film-of-the-whole-screen-is-found",
           a_film_of_the_whole_screen_is_found);
  PROMISE ("text-beside-stays-outside", text_beside_stays_outside);
  PROMISE ("two-films-stay-two", two_films_stay_two);
  PROMISE ("two-films-that-start-at-once-stay-two",
           two_films_that_start_at_once_stay_two);
  PROMISE ("a-film-moves-with-its-window", a_film_moves_with_its_window);
  PROMISE ("a-film-is-dragged-without-moves", a_film_is_dragged_without_moves);
  PROMISE ("a-drag-is-told-when-it-rests", a_drag_is_told_when_it_rests);
  PROMISE ("films-move-together", films_move_together);
  PROMISE ("a-film-that-is-elsewhere-keeps-its-id",
           a_film_that_is_elsewhere_keeps_its_id);
  PROMISE ("a-film-that-grows-is-followed-at-once",
           a_film_that_grows_is_followed_at_once);
  PROMISE ("a-film-that-shrinks-is-followed-later",
           a_film_that_shrinks_is_followed_later);
  PROMISE ("edges-that-rest-now-and-then-do-not-flap",
           edges_that_rest_now_and_then_do_not_flap);
  PROMISE ("a-menu-over-it-does-not-stop-it", a_menu_over_it_does_not_stop_it);
  PROMISE ("it-ends-when-it-stands-still", it_ends_when_it_stands_still);
  PROMISE ("it-waits-longer-each-time", it_waits_longer_each_time);
  PROMISE ("a-source-with-pauses-does-not-flap",
           a_source_with_pauses_does_not_flap);
  PROMISE ("small-changes-do-not-keep-it", small_changes_do_not_keep_it);
  PROMISE ("slides-do-not-keep-it", slides_do_not_keep_it);
  PROMISE ("cost-decides", cost_decides);
  PROMISE ("without-viewers-there-is-none", without_viewers_there_is_none);
  PROMISE ("it-starts-when-costs-are-known", it_starts_when_costs_are_known);
  PROMISE ("it-bears-uneven-times", it_bears_uneven_times);
  PROMISE ("a-cartoon-is-one-region", a_cartoon_is_one_region);
#undef PROMISE
  return g_test_run ();
}

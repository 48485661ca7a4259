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

/* A window with the film is dragged, as moves; it goes on playing. */
static void
a_film_moves_with_its_window (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (films); i++) {
    QxlRect box = film;
    SpcDetectPlay play;

    spc_detect_play_init (&play, 1280, 720, NULL);
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

  spc_detect_play_init (&play, 1280, 720, NULL);
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
  g_assert_cmpuint (play_until_start (&play, as_tiles, &film, 40), <=, 5);
  spc_detect_play_clear (&play);
}

static QxlRect
random_rect (SpcDetectPlay *play)
{
  int32_t left = g_rand_int_range (play->rand, -50, 700);
  int32_t top = g_rand_int_range (play->rand, -50, 500);

  return QXL_RECT (left, top, left + g_rand_int_range (play->rand, 1, 400),
                   top + g_rand_int_range (play->rand, 1, 400));
}

static void
draw_something (SpcDetectPlay *play, const QxlRect *lasting, guint n_lasting)
{
  QxlRect rect = random_rect (play);
  const QxlRect *one =
      &lasting[g_rand_int_range (play->rand, 0, (gint32)n_lasting)];

  switch (g_rand_int_range (play->rand, 0, 40)) {
  case 0:
    spc_detect_play_box (play, &rect, SPC_COST_FILM);
    break;
  case 1:
    spc_detect_play_other (play, &rect);
    break;
  case 2:
    spc_detect_play_move (play, &rect, g_rand_int_range (play->rand, -90, 90),
                          g_rand_int_range (play->rand, -90, 90));
    break;
  case 3:
    spc_detect_play_rest (play, g_rand_int_range (play->rand, 0, 1000));
    break;
  default:
    spc_detect_play_tiles (play, one, SPC_COST_FILM, 6);
  }
}

/* The play checks each answer. */
static void
any_trace_gives_sound_regions (void)
{
  for (guint seed = 0; seed < 40; seed++) {
    QxlRect lasting[24];
    SpcStreamLimits limits;
    SpcDetectPlay play;

    spc_stream_limits_init (&limits);
    limits.by_cost = seed % 2 == 0;
    spc_detect_play_init (&play, 801, 599, &limits);
    g_rand_set_seed (play.rand, seed);
    for (guint i = 0; i < G_N_ELEMENTS (lasting); i++)
      lasting[i] = random_rect (&play);
    for (int n = 0; n < 400; n++) {
      guint n_lasting = 1 + seed % G_N_ELEMENTS (lasting);

      for (guint i = 0; i < n_lasting * 2; i++)
        draw_something (&play, lasting, n_lasting);
      spc_detect_play_frame (&play, g_rand_int_range (play.rand, 5, 80));
    }
    g_assert_cmpuint (play.n_starts, >, 0);
    spc_detect_play_clear (&play);
  }
}

static void
bad_boxes_and_times_do_no_harm (void)
{
  static const QxlRect boxes[] = {
      QXL_RECT (0, 0, 0, 0), QXL_RECT (50, 50, 20, 20),
      QXL_RECT (INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX),
      QXL_RECT (-10, -10, 5, 5), QXL_RECT (5000, 5000, 6000, 6000)};
  SpcDetectPlay play;

  spc_detect_play_init (&play, 1, 1, NULL);
  for (guint i = 0; i < 100; i++) {
    const QxlRect *box = &boxes[i % G_N_ELEMENTS (boxes)];
    QxlPoint far = {i % 2 == 0 ? INT32_MIN : INT32_MAX, 7};

    play.now_us -= 100000;
    spc_stream_detect_draw (play.detect, box, SPC_STREAM_DRAW_PICTURE,
                            play.now_us);
    spc_stream_detect_move (play.detect, box, far, play.now_us);
    spc_stream_detect_sent (play.detect, box, UINT32_MAX, play.now_us);
    spc_detect_play_frame (&play, 0);
    g_assert_cmpuint (play.n, ==, 0);
  }
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
  PROMISE ("any-trace-gives-sound-regions", any_trace_gives_sound_regions);
  PROMISE ("bad-boxes-and-times-do-no-harm", bad_boxes_and_times_do_no_harm);
#undef PROMISE
  return g_test_run ();
}

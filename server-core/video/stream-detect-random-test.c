/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the detector by traces that make no sense. */
#include "stream-detect-fixture.h"

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
  g_test_add_func ("/stream-detect-random/any-trace-gives-sound-regions",
                   any_trace_gives_sound_regions);
  g_test_add_func ("/stream-detect-random/bad-boxes-and-times-do-no-harm",
                   bad_boxes_and_times_do_no_harm);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the quality of MJPEG: films are sizes by a law, with cuts. */
#include "mjpeg-quality.h"

#include <glib.h>
#include <math.h>

enum { FPS = 25, INTERVAL_US = 1000000 / FPS };

typedef struct {
  double scale; /* bytes at a step of 1 */
  double slope;
  double noise; /* part of a frame */
  GRand *random;
} Film;

typedef struct {
  SpcMjpegQuality quality;
  Film film;
  int64_t now_us;
} Play;

static void
play_init (Play *self, uint32_t bitrate_bps, double slope, double noise)
{
  *self = (Play){
      .film = {.scale = 30000 * pow (16, slope),
               .slope = slope,
               .noise = noise,
               .random = g_rand_new_with_seed (3)},
      .now_us = 1000,
  };
  spc_mjpeg_quality_init (&self->quality, bitrate_bps, FPS);
}

static void
play_clear (Play *self)
{
  g_rand_free (self->film.random);
}

/* returns the frame's bytes */
static double
play_frame (Play *self, int64_t interval_us)
{
  const Film *film = &self->film;
  double luck = g_rand_double_range (film->random, -1, 1);
  double bytes;

  self->now_us += interval_us;
  spc_mjpeg_quality_note_frame (&self->quality, self->now_us);
  bytes = film->scale *
          pow (spc_mjpeg_quality_step (&self->quality), -film->slope) *
          (1 + luck * film->noise);
  spc_mjpeg_quality_note_size (&self->quality, (size_t)bytes);
  return bytes;
}

/* bytes of the mean frame */
static double
play_frames (Play *self, int n, int64_t interval_us)
{
  double sum = 0;

  for (int i = 0; i < n; i++)
    sum += play_frame (self, interval_us);
  return sum / n;
}

static void
assert_near (double value, double wanted, double part)
{
  if (fabs (value - wanted) > wanted * part)
    g_error ("%.0f bytes, wanted %.0f within %.0f%%", value, wanted,
             part * 100);
}

static const double slopes[] = {0.9, 1.2, 1.5, 2.0};

static void
test_three_frames (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (slopes); i++) {
    Play play;

    play_init (&play, 20000 * 8 * FPS, slopes[i], 0.03);
    play_frames (&play, 3, INTERVAL_US);
    assert_near (play_frames (&play, 4, INTERVAL_US), 20000, 0.25);
    spc_mjpeg_quality_set_bitrate (&play.quality, 8000 * 8 * FPS);
    play_frames (&play, 3, INTERVAL_US);
    assert_near (play_frames (&play, 4, INTERVAL_US), 8000, 0.25);
    play.film.scale /= 2.5; /* a cut */
    play_frames (&play, 3, INTERVAL_US);
    assert_near (play_frames (&play, 4, INTERVAL_US), 8000, 0.25);
    play_clear (&play);
  }
}

static void
test_mean_is_the_rate (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (slopes); i++) {
    Play play;
    double sum = 0;

    play_init (&play, 20000 * 8 * FPS, slopes[i], 0.1);
    play_frames (&play, FPS, INTERVAL_US);
    for (int scene = 0; scene < 10; scene++) {
      play.film.scale *= scene & 1 ? 0.6 : 1 / 0.6;
      sum += play_frames (&play, 2 * FPS, INTERVAL_US);
    }
    assert_near (sum / 10, 20000, 0.05);
    play_clear (&play);
  }
}

static void
test_no_flicker (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (slopes); i++) {
    Play play;
    int n_changes = 0;
    double before;

    play_init (&play, 20000 * 8 * FPS, slopes[i], 0.03);
    play_frames (&play, 10, INTERVAL_US);
    before = play.quality.step;
    for (int n = 0; n < 4 * FPS; n++) {
      play_frame (&play, INTERVAL_US);
      n_changes += play.quality.step != before;
      before = play.quality.step;
    }
    g_assert_cmpint (n_changes, <=, 10);
    play_clear (&play);
  }
}

/* a slower film has larger frames */
static void
test_frame_rate (void)
{
  Play play;

  play_init (&play, 20000 * 8 * FPS, 1.4, 0);
  play_frames (&play, 20, INTERVAL_US);
  play_frames (&play, 20, 2 * INTERVAL_US);
  assert_near (play_frames (&play, 20, 2 * INTERVAL_US), 40000, 0.15);
  /* a pause is no rate */
  play_frame (&play, 10 * G_USEC_PER_SEC);
  assert_near (play_frames (&play, 10, 2 * INTERVAL_US), 40000, 0.15);
  play_clear (&play);
}

static void
test_estimate (void)
{
  SpcMjpegQuality quality;

  spc_mjpeg_quality_init (&quality, 20000 * 8 * FPS, FPS);
  spc_mjpeg_quality_note_frame (&quality, 1000);
  spc_mjpeg_quality_note_estimate (&quality, spc_mjpeg_quality_step (&quality),
                                   60000);
  g_assert_cmpfloat (spc_mjpeg_quality_step (&quality), >, 24);
  g_assert_cmpfloat (spc_mjpeg_quality_step (&quality), <, 40);
}

static void
test_ends_of_the_range (void)
{
  static const struct {
    uint32_t bitrate_bps;
    double step;
  } rows[] = {{0, SPC_MJPEG_FINEST_STEP},
              {G_MAXUINT32, SPC_MJPEG_FINEST_STEP},
              {1, SPC_MJPEG_COARSEST_STEP}};

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    Play play;

    play_init (&play, rows[i].bitrate_bps, 1.5, 0.05);
    play_frames (&play, 5, INTERVAL_US);
    g_assert_cmpfloat (play.quality.step, ==, rows[i].step);
    play_clear (&play);
  }
}

/* a step that stays because it is nearly right is as good */
static void
test_knows_the_finest (void)
{
  static const struct {
    double rate; /* of what the finest step takes */
    bool is_finest;
  } rows[] = {{4, true}, {1.1, true}, {0.7, false}, {0.1, false}};
  const double most = 30000 * pow (16, 1.5) / pow (SPC_MJPEG_FINEST_STEP, 1.5);

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    Play play;

    play_init (&play, (uint32_t)(rows[i].rate * most * 8 * FPS), 1.5, 0.02);
    play_frames (&play, FPS, INTERVAL_US);
    g_assert_true (spc_mjpeg_quality_is_finest (&play.quality) ==
                   rows[i].is_finest);
    play_clear (&play);
  }
}

/* after a second beyond reach there is no second of the contrary */
static void
test_debt_is_bounded (void)
{
  Play play;

  play_init (&play, 1000 * 8 * FPS, 1.5, 0);
  play_frames (&play, 20 * FPS, INTERVAL_US);
  spc_mjpeg_quality_set_bitrate (&play.quality, 20000 * 8 * FPS);
  play_frames (&play, 3, INTERVAL_US);
  assert_near (play_frames (&play, 4, INTERVAL_US), 20000, 0.3);
  play_clear (&play);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mjpeg-quality/right-after-three-frames",
                   test_three_frames);
  g_test_add_func ("/mjpeg-quality/the-mean-is-the-rate",
                   test_mean_is_the_rate);
  g_test_add_func ("/mjpeg-quality/does-not-flicker", test_no_flicker);
  g_test_add_func ("/mjpeg-quality/measures-the-frame-rate", test_frame_rate);
  g_test_add_func ("/mjpeg-quality/takes-an-estimate", test_estimate);
  g_test_add_func ("/mjpeg-quality/ends-of-the-range", test_ends_of_the_range);
  g_test_add_func ("/mjpeg-quality/knows-the-finest", test_knows_the_finest);
  g_test_add_func ("/mjpeg-quality/debt-is-bounded", test_debt_is_bounded);
  return g_test_run ();
}

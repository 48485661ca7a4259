/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of when an encoder is known to make the best pictures. */
#include "rate-best.h"

#include "rate-class.h"
#include <glib.h>

enum { FPS = 30 };

/* how many times it changed between best and not */
static unsigned
note (SpcRateBest *self, unsigned n, bool is_finest)
{
  unsigned n_changes = 0;

  for (unsigned i = 0; i < n; i++) {
    bool was_best = self->is_best;

    spc_rate_best_note (self, 0, 0, is_finest);
    n_changes += self->is_best != was_best;
  }
  return n_changes;
}

static void
test_after_a_second (void)
{
  SpcRateBest best;

  spc_rate_best_init (&best);
  g_assert_cmpuint (note (&best, 500, false), ==, 0);
  g_assert_false (best.is_best);
  note (&best, 20, true);
  g_assert_false (best.is_best);
  note (&best, 20, true);
  g_assert_true (best.is_best);
}

static void
test_one_coarse_frame_is_none (void)
{
  SpcRateBest best;

  spc_rate_best_init (&best);
  for (unsigned i = 0; i < 100; i++) {
    note (&best, 9, true);
    note (&best, 1, false);
  }
  g_assert_true (best.is_best);
}

static void
test_ends_within_half_a_second (void)
{
  SpcRateBest best;

  spc_rate_best_init (&best);
  note (&best, 100, true);
  note (&best, 4, false);
  g_assert_true (best.is_best);
  note (&best, 6, false);
  g_assert_false (best.is_best);
}

/* What changes all the time is soon not waited for; an hour of a film whose
 * scenes last ten seconds. */
static void
test_does_not_go_to_and_fro (void)
{
  unsigned n_changes = 0;
  SpcRateBest best;

  spc_rate_best_init (&best);
  for (unsigned i = 0; i < 360; i++)
    n_changes += note (&best, 300, i % 2 == 0);
  g_assert_cmpuint (n_changes, >=, 6);
  g_assert_cmpuint (n_changes, <=, 10);
  note (&best, 1024, true);
  g_assert_true (best.is_best);
}

static void
test_fewer_bits_are_yet_to_be_seen (void)
{
  SpcRateBest best;

  spc_rate_best_init (&best);
  note (&best, 100, true);
  spc_rate_best_begin_anew (&best);
  g_assert_false (best.is_best);
  note (&best, 31, true);
  g_assert_false (best.is_best);
  note (&best, 1, true);
  g_assert_true (best.is_best);
}

/* what finest pictures take */

typedef struct {
  SpcRateBest best;
  int64_t now_us;
} Film;

static void
film_init (Film *self)
{
  self->now_us = G_USEC_PER_SEC;
  spc_rate_best_init (&self->best);
}

/* returns how many times the class changed */
static unsigned
film_play (Film *self, unsigned seconds, uint32_t bps)
{
  unsigned n_changes = 0;

  for (unsigned i = 0; i < seconds * FPS; i++) {
    unsigned was = self->best.taken_class;

    self->now_us += G_USEC_PER_SEC / FPS;
    spc_rate_best_note (&self->best, self->now_us, bps / 8 / FPS, true);
    n_changes += self->best.taken_class != was;
  }
  return n_changes;
}

static void
test_class_pays (void)
{
  static const uint32_t rates_bps[] = {200000, 1000000, 11000000, 300000000};

  for (size_t i = 0; i < G_N_ELEMENTS (rates_bps); i++) {
    Film film;
    unsigned taken;

    film_init (&film);
    g_assert_cmpuint (spc_rate_best_class (&film.best, 31), ==, 0);
    film_play (&film, 3, rates_bps[i]);
    taken = spc_rate_best_class (&film.best, 31);
    g_assert_cmpuint (spc_rate_class_bps (taken), >=, rates_bps[i]);
    g_assert_cmpuint (spc_rate_class_bps (taken), <, rates_bps[i] * 3 / 2);
    /* not more than it may */
    g_assert_cmpuint (spc_rate_best_class (&film.best, taken - 1), ==,
                      taken - 1);
    /* nor of coarse pictures */
    spc_rate_best_begin_anew (&film.best);
    g_assert_cmpuint (spc_rate_best_class (&film.best, 31), ==, 0);
  }
}

/* more at once, less after a while, and soon no more */
static void
test_class_does_not_go_to_and_fro (void)
{
  unsigned n_changes = 0, taken;
  Film film;

  film_init (&film);
  film_play (&film, 10, 3000000);
  taken = film.best.taken_class;
  film_play (&film, 2, 10000000);
  g_assert_cmpuint (film.best.taken_class, >, taken);
  film_play (&film, 10, 3000000);
  g_assert_cmpuint (film.best.taken_class, ==, taken);
  for (unsigned i = 0; i < 360; i++)
    n_changes += film_play (&film, 10, i % 2 == 0 ? 10000000 : 3000000);
  g_assert_cmpuint (n_changes, <=, 10);
  g_assert_cmpuint (film.best.taken_class, >, taken);
  film_play (&film, 100, 3000000);
  g_assert_cmpuint (film.best.taken_class, ==, taken);
  /* around a bound it stays */
  n_changes = 0;
  for (unsigned i = 0; i < 1000; i++)
    n_changes += film_play (
        &film, 1, spc_rate_class_bps (12) / 100 * (i % 2 == 0 ? 98 : 102));
  g_assert_cmpuint (n_changes, <=, 2);
}

/* a film that was stopped takes no less */
static void
test_pause_is_not_measured (void)
{
  Film film;
  unsigned taken;

  film_init (&film);
  film_play (&film, 10, 3000000);
  taken = film.best.taken_class;
  for (unsigned i = 0; i < 20; i++) {
    film.now_us += 5 * G_USEC_PER_SEC;
    spc_rate_best_note (&film.best, film.now_us, 12500, true);
  }
  g_assert_cmpuint (film.best.taken_class, ==, taken);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate-best/after-a-second", test_after_a_second);
  g_test_add_func ("/rate-best/one-coarse-frame-is-none",
                   test_one_coarse_frame_is_none);
  g_test_add_func ("/rate-best/ends-within-half-a-second",
                   test_ends_within_half_a_second);
  g_test_add_func ("/rate-best/does-not-go-to-and-fro",
                   test_does_not_go_to_and_fro);
  g_test_add_func ("/rate-best/fewer-bits-are-yet-to-be-seen",
                   test_fewer_bits_are_yet_to_be_seen);
  g_test_add_func ("/rate-best/its-class-pays", test_class_pays);
  g_test_add_func ("/rate-best/its-class-does-not-go-to-and-fro",
                   test_class_does_not_go_to_and_fro);
  g_test_add_func ("/rate-best/a-pause-is-not-measured",
                   test_pause_is_not_measured);
  return g_test_run ();
}

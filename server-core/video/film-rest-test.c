/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of films that stand still: times of their frames. */
#include "film-rest.h"

#include <glib.h>

#define MS INT64_C (1000)
#define BEGIN (1000 * MS)

/* frames each @step_ms, up to @end_us; the time of the last */
static int64_t
play (SpcFilmRest *rest, int64_t from_us, int64_t end_us, int64_t step_ms)
{
  int64_t last_us = from_us;

  for (int64_t now_us = from_us; now_us <= end_us; now_us += step_ms * MS) {
    spc_film_rest_note (rest, now_us);
    last_us = now_us;
  }
  return last_us;
}

static void
test_no_film_does_not_stand (void)
{
  const SpcFilmRest rest = {0};

  g_assert_false (spc_film_rest_has_begun (&rest));
  g_assert_false (spc_film_rest_is_still (&rest, BEGIN));
  g_assert_cmpint (spc_film_rest_next_us (&rest, BEGIN), ==, G_MAXINT64);
}

static void
test_one_frame_stands (void)
{
  SpcFilmRest rest = {0};
  int64_t still_us = BEGIN + SPC_FILM_STILL_MS * MS;

  spc_film_rest_note (&rest, BEGIN);
  g_assert_true (spc_film_rest_has_begun (&rest));
  g_assert_false (spc_film_rest_is_still (&rest, still_us - 1));
  g_assert_cmpint (spc_film_rest_next_us (&rest, BEGIN), ==, still_us);
  g_assert_true (spc_film_rest_is_still (&rest, still_us));
  g_assert_cmpint (spc_film_rest_next_us (&rest, still_us), ==, G_MAXINT64);
}

static void
test_films_of_each_rate (void)
{
  /* clang-format off */
  static const struct { int64_t step_ms; bool is_still; } films[] = {
    { 16, false }, { 40, false }, { 200, false }, { 399, false },
    { 400, true }, { 1000, true }, { 60000, true },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (films); i++) {
    SpcFilmRest rest = {0};
    int64_t last_us =
        play (&rest, BEGIN, BEGIN + 200000 * MS, films[i].step_ms);

    g_assert_cmpint (spc_film_rest_is_still (&rest, last_us), ==,
                     films[i].is_still);
  }
}

static void
test_goes_on_after_a_while (void)
{
  SpcFilmRest rest = {0};
  int64_t again_us, last_us;

  last_us = play (&rest, BEGIN, BEGIN + 5000 * MS, 40);
  again_us = last_us + SPC_FILM_STILL_MS * MS;
  last_us = play (&rest, again_us, again_us + SPC_FILM_STEADY_MS * MS - 1, 40);
  g_assert_true (spc_film_rest_is_still (&rest, last_us));
  g_assert_cmpint (spc_film_rest_next_us (&rest, last_us), ==, G_MAXINT64);
  spc_film_rest_note (&rest, last_us + 40 * MS);
  g_assert_false (spc_film_rest_is_still (&rest, last_us + 40 * MS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/film-rest/no-film-does-not-stand",
                   test_no_film_does_not_stand);
  g_test_add_func ("/film-rest/one-frame-stands", test_one_frame_stands);
  g_test_add_func ("/film-rest/films-of-each-rate", test_films_of_each_rate);
  g_test_add_func ("/film-rest/goes-on-after-a-while",
                   test_goes_on_after_a_while);
  return g_test_run ();
}

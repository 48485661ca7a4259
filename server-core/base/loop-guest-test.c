/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "loop.h"

static void
do_nothing (gpointer data)
{
}

static void
count_destroyed (gpointer data)
{
  g_atomic_int_inc ((gint *)data);
}

typedef struct {
  SpcLoop *loop;
  GThread *ran_on;
  bool is_here;
  gint n_inside, n_done; /* atomic */
  gint is_kept;          /* atomic */
  int number;            /* the loop's */
} Visit;

/* a moment, until the loop's thread may be asleep for long enough */
static bool
wait_for_quiet (void)
{
  gint64 end_us = g_get_monotonic_time () + 1000;

  while (g_get_monotonic_time () < end_us)
    g_thread_yield ();
  return true;
}

static void
note_visit (gpointer data)
{
  Visit *visit = data;

  visit->ran_on = g_thread_self ();
  visit->is_here = spc_loop_is_here (visit->loop);
}

static void
keep_loop (gpointer data)
{
  Visit *visit = data;

  g_atomic_int_set (&visit->n_inside, 1);
  while (g_atomic_int_get (&visit->is_kept) != 0)
    g_thread_yield ();
}

/* it goes to sleep when it has run what was posted, and has to have slept */
static void
visit_until_let_in (Visit *visit)
{
  do {
    spc_loop_run (visit->loop, note_visit, visit, NULL);
    spc_loop_call (visit->loop, do_nothing, NULL);
  } while (visit->ran_on != g_thread_self () && wait_for_quiet ());
}

static void
loop_lets_guests_in_while_it_sleeps (void)
{
  g_autoptr (SpcLoop) loop = spc_loop_new (NULL);
  Visit visit = {.loop = loop};
  gint n_destroyed = 0;

  spc_loop_start (loop);
  visit_until_let_in (&visit);
  g_assert_true (visit.ran_on == g_thread_self ());
  g_assert_true (visit.is_here);
  g_assert_false (spc_loop_is_here (loop));
  visit.is_kept = 1;
  spc_loop_post (loop, keep_loop, &visit, NULL);
  while (g_atomic_int_get (&visit.n_inside) == 0)
    g_thread_yield ();
  visit.ran_on = NULL;
  spc_loop_run (loop, note_visit, &visit, NULL);
  g_assert_null (visit.ran_on);
  g_atomic_int_set (&visit.is_kept, 0);
  spc_loop_call (loop, do_nothing, NULL);
  g_assert_true (visit.ran_on != NULL && visit.ran_on != g_thread_self ());
  spc_loop_stop (loop);
  spc_loop_run (loop, do_nothing, &n_destroyed, count_destroyed);
  g_assert_cmpint (n_destroyed, ==, 1);
}

static void
be_alone (gpointer data)
{
  Visit *visit = data;

  g_assert_true (spc_loop_is_here (visit->loop));
  g_assert_cmpint (g_atomic_int_add (&visit->n_inside, 1), ==, 0);
  visit->number++;
  g_atomic_int_add (&visit->n_inside, -1);
  g_atomic_int_inc (&visit->n_done);
}

/* what a guest posts is dealt with, by itself or by the loop's thread */
static void
be_alone_twice (gpointer data)
{
  Visit *visit = data;

  be_alone (visit);
  spc_loop_post (visit->loop, be_alone, visit, NULL);
}

static gpointer
visit_loop_often (gpointer data)
{
  Visit *visit = data;

  for (int i = 0; i < 500; i++) {
    spc_loop_run (visit->loop, be_alone_twice, visit, NULL);
    if (i % 16 == 0)
      wait_for_quiet ();
  }
  return NULL;
}

static void
loop_and_guests_take_turns (void)
{
  g_autoptr (SpcLoop) loop = spc_loop_new (NULL);
  Visit visit = {.loop = loop};
  GThread *threads[3];

  spc_loop_start (loop);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("visitor", visit_loop_often, &visit);
  for (int i = 0; i < 500; i++) {
    spc_loop_post (loop, be_alone, &visit, NULL);
    spc_loop_call (loop, do_nothing, NULL);
  }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  while (g_atomic_int_get (&visit.n_done) < 500 + 3 * 1000)
    g_thread_yield ();
  spc_loop_stop (loop);
  g_assert_cmpint (visit.number, ==, 500 + 3 * 1000);
}

typedef struct {
  Visit visit;
  SpcTimer *timer;
  gint has_run; /* atomic */
} Arming;

static void
note_timer (gpointer data)
{
  g_atomic_int_set (&((Arming *)data)->has_run, 1);
}

static void
arm_as_guest (gpointer data)
{
  Arming *arming = data;

  note_visit (&arming->visit);
  if (arming->timer == NULL)
    arming->timer = spc_timer_new (arming->visit.loop, note_timer, arming);
  spc_timer_arm (arming->timer, 1);
}

static void
free_timer (gpointer data)
{
  spc_timer_free (((Arming *)data)->timer);
}

/* the thread that sleeps is told of what is sooner */
static void
guests_may_arm_timers (void)
{
  g_autoptr (SpcLoop) loop = spc_loop_new (NULL);
  Arming arming = {.visit.loop = loop};

  spc_loop_start (loop);
  visit_until_let_in (&arming.visit);
  do {
    wait_for_quiet ();
    spc_loop_run (loop, arm_as_guest, &arming, NULL);
    spc_loop_call (loop, do_nothing, NULL);
  } while (arming.visit.ran_on != g_thread_self ());
  while (g_atomic_int_get (&arming.has_run) == 0)
    g_thread_yield ();
  spc_loop_call (loop, free_timer, &arming);
  spc_loop_stop (loop);
}

static gpointer
stop_loop (gpointer loop)
{
  spc_loop_stop (loop);
  return NULL;
}

static void
keep_loop_that_ends (gpointer data)
{
  Visit *visit = data;

  note_visit (visit);
  g_atomic_int_set (&visit->n_inside, 1);
  wait_for_quiet ();
}

static gpointer
visit_loop_that_ends (gpointer data)
{
  spc_loop_run (((Visit *)data)->loop, keep_loop_that_ends, data, NULL);
  return NULL;
}

/* a guest takes the word to quit; the thread that sleeps hears of it */
static void
loop_ends_under_a_guest (void)
{
  guint n_guests = 0;

  for (int i = 0; i < 1000 && n_guests < 20; i++) {
    g_autoptr (SpcLoop) loop = spc_loop_new (NULL);
    Visit visit = {.loop = loop};
    GThread *visitor, *stopper;

    spc_loop_start (loop);
    spc_loop_call (loop, do_nothing, NULL);
    wait_for_quiet ();
    visitor = g_thread_new ("visitor", visit_loop_that_ends, &visit);
    while (g_atomic_int_get (&visit.n_inside) == 0)
      g_thread_yield ();
    n_guests += visit.ran_on == visitor;
    stopper = g_thread_new ("stopper", stop_loop, loop);
    g_thread_join (visitor);
    g_thread_join (stopper);
  }
  g_assert_cmpuint (n_guests, >, 0);
}

static void
applications_contexts_have_no_guests (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (SpcLoop) loop = spc_loop_new (context);
  Visit visit = {.loop = loop};

  spc_loop_start (loop);
  wait_for_quiet ();
  spc_loop_run (loop, note_visit, &visit, NULL);
  g_assert_null (visit.ran_on);
  while (visit.ran_on == NULL)
    g_main_context_iteration (context, TRUE);
  spc_loop_stop (loop);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loop-guest/is-let-in-while-the-loop-sleeps",
                   loop_lets_guests_in_while_it_sleeps);
  g_test_add_func ("/loop-guest/is-alone", loop_and_guests_take_turns);
  g_test_add_func ("/loop-guest/may-arm-timers", guests_may_arm_timers);
  g_test_add_func ("/loop-guest/may-take-the-word-to-quit",
                   loop_ends_under_a_guest);
  g_test_add_func ("/loop-guest/finds-no-place-in-an-applications-context",
                   applications_contexts_have_no_guests);
  return g_test_run ();
}

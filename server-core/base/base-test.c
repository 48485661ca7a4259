/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the loop, jobs, mailbox and waits: what their headers promise. */
#include "jobs.h"
#include "log.h"
#include "mailbox.h"
#include "wait.h"

#include <signal.h>
#include <unistd.h>

typedef struct {
  SpcLoop *loop;
  GArray *order;
  gint n_destroyed;
} LoopFixture;

static void
count_destroyed (gpointer data)
{
  g_atomic_int_inc ((gint *)data);
}

typedef struct {
  LoopFixture *fixture;
  int number;
} Numbered;

static void
note_number (gpointer data)
{
  Numbered *numbered = data;

  spc_loop_assert_here (numbered->fixture->loop);
  g_array_append_val (numbered->fixture->order, numbered->number);
}

static void
do_nothing (gpointer data)
{
}

static void
posts_run_in_order (void)
{
  LoopFixture fixture = {.loop = spc_loop_new (NULL),
                         .order = g_array_new (FALSE, FALSE, sizeof (int))};

  spc_loop_start (fixture.loop);
  for (int i = 0; i < 1000; i++) {
    Numbered *numbered = g_new (Numbered, 1);
    *numbered = (Numbered){.fixture = &fixture, .number = i};
    spc_loop_post (fixture.loop, note_number, numbered, g_free);
  }
  spc_loop_call (fixture.loop, do_nothing, NULL);
  g_assert_cmpuint (fixture.order->len, ==, 1000);
  for (int i = 0; i < 1000; i++)
    g_assert_cmpint (g_array_index (fixture.order, int, i), ==, i);
  spc_loop_stop (fixture.loop);
  spc_loop_unref (fixture.loop);
  g_array_unref (fixture.order);
}

static void
count (gpointer data)
{
  (*(int *)data)++;
}

typedef struct {
  SpcLoop *loop;
  int n_posts, n_run;
} Poster;

static gpointer
post_some (gpointer data)
{
  Poster *self = data;

  for (int i = 0; i < self->n_posts; i++)
    spc_loop_post (self->loop, count, &self->n_run, NULL);
  return NULL;
}

static void
post_another (gpointer data)
{
  Poster *self = data;

  spc_loop_post (self->loop, count, &self->n_run, NULL);
}

/* however many there are, and also from a post; then it rests again */
static void
a_post_wakes_it_and_nothing_else (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (SpcLoop) loop = spc_loop_new (context);
  static const int numbers[] = {1, 2, 500, 1};

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    Poster poster = {.loop = loop, .n_posts = numbers[i]};

    while (g_main_context_iteration (context, FALSE))
      ;
    g_assert_false (g_main_context_pending (context));
    g_thread_join (g_thread_new ("poster", post_some, &poster));
    g_assert_true (g_main_context_pending (context));
    spc_loop_post (loop, post_another, &poster, NULL);
    while (poster.n_run < numbers[i] + 1)
      g_main_context_iteration (context, TRUE);
  }
  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_false (g_main_context_pending (context));
  spc_loop_stop (loop);
}

static void
stop_runs_earlier_posts_and_destroys_later_ones (void)
{
  g_autoptr (SpcLoop) loop = spc_loop_new (NULL);
  gint n_destroyed = 0;

  spc_loop_start (loop);
  for (int i = 0; i < 10; i++)
    spc_loop_post (loop, do_nothing, &n_destroyed, count_destroyed);
  spc_loop_stop (loop);
  g_assert_cmpint (n_destroyed, ==, 10);
  spc_loop_post (loop, do_nothing, &n_destroyed, count_destroyed);
  g_assert_cmpint (n_destroyed, ==, 11);
}

static void
set_true (gpointer data)
{
  *(bool *)data = true;
}

static void
call_works_on_an_application_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (SpcLoop) loop = spc_loop_new (context);
  bool called = false, posted = false;

  spc_loop_start (loop);
  spc_loop_call (loop, set_true, &called);
  g_assert_true (called);
  spc_loop_post (loop, set_true, &posted, NULL);
  g_assert_false (posted);
  while (!posted)
    g_main_context_iteration (context, TRUE);
  spc_loop_stop (loop);
}

typedef struct {
  SpcTimer *timer;
  int n_runs;
} TimerFixture;

static void
run_twice (gpointer data)
{
  TimerFixture *fixture = data;

  fixture->n_runs++;
  g_assert_false (spc_timer_is_armed (fixture->timer));
  if (fixture->n_runs == 1)
    spc_timer_arm (fixture->timer, 1);
  else
    g_clear_pointer (&fixture->timer, spc_timer_free);
}

static void
timers_are_one_shot_and_may_free_themselves (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (SpcLoop) loop = spc_loop_new (context);
  TimerFixture fixture = {0};

  fixture.timer = spc_timer_new (loop, run_twice, &fixture);
  spc_timer_arm (fixture.timer, 1);
  while (fixture.timer != NULL)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpint (fixture.n_runs, ==, 2);
  spc_loop_stop (loop);
}

static void
note_time (gpointer data)
{
  *(gint64 *)data = g_get_monotonic_time ();
}

static void
timers_run_when_they_were_armed_for_last (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (SpcLoop) loop = spc_loop_new (context);
  gint64 start_us = g_get_monotonic_time ();
  gint64 later_us = 0, sooner_us = 0, disarmed_us = 0;
  SpcTimer *later = spc_timer_new (loop, note_time, &later_us);
  SpcTimer *sooner = spc_timer_new (loop, note_time, &sooner_us);
  SpcTimer *disarmed = spc_timer_new (loop, note_time, &disarmed_us);

  spc_timer_arm (later, 1);
  spc_timer_arm (later, 30);
  spc_timer_arm (sooner, 60 * 1000);
  spc_timer_arm (sooner, 2);
  spc_timer_arm (disarmed, 1);
  spc_timer_disarm (disarmed);
  g_assert_false (spc_timer_is_armed (disarmed));
  while (later_us == 0 || sooner_us == 0)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpint (later_us - start_us, >=, 30 * 1000);
  g_assert_cmpint (sooner_us - start_us, >=, 2 * 1000);
  g_assert_cmpint (disarmed_us, ==, 0);
  g_assert_false (spc_timer_is_armed (later));
  spc_timer_free (later);
  spc_timer_free (sooner);
  spc_timer_free (disarmed);
  spc_loop_stop (loop);
}

typedef struct {
  SpcStrand *strand;
  gint running, n_done;
  GArray *order;
} StrandFixture;

typedef struct {
  StrandFixture *fixture;
  int number;
} StrandJob;

static void
run_alone (SpcWorker *worker, gpointer data)
{
  StrandJob *job = data;

  g_assert_cmpint (g_atomic_int_add (&job->fixture->running, 1), ==, 0);
  g_array_append_val (job->fixture->order, job->number);
  g_atomic_int_add (&job->fixture->running, -1);
  g_atomic_int_inc (&job->fixture->n_done);
}

static void
strands_keep_order_on_many_workers (void)
{
  g_autoptr (SpcJobs) jobs = spc_jobs_new (4);
  g_autoptr (SpcStrand) strand = spc_strand_new (jobs);
  StrandFixture fixture = {.order = g_array_new (FALSE, FALSE, sizeof (int))};

  for (int i = 0; i < 2000; i++) {
    StrandJob *job = g_new (StrandJob, 1);
    *job = (StrandJob){.fixture = &fixture, .number = i};
    spc_strand_push (strand, run_alone, job, g_free);
  }
  while (g_atomic_int_get (&fixture.n_done) < 2000)
    g_thread_yield ();
  spc_jobs_stop (jobs);
  for (int i = 0; i < 2000; i++)
    g_assert_cmpint (g_array_index (fixture.order, int, i), ==, i);
  g_array_unref (fixture.order);
}

static void
do_no_job (SpcWorker *worker, gpointer data)
{
}

typedef struct {
  SpcStrand *strand;
  GThread *ran_on;
  gint may_end; /* atomic */
} Visit;

static void
note_thread (SpcWorker *worker, gpointer data)
{
  ((Visit *)data)->ran_on = g_thread_self ();
}

static void
run_until_it_may_end (SpcWorker *worker, gpointer data)
{
  while (g_atomic_int_get (&((Visit *)data)->may_end) == 0)
    g_thread_yield ();
}

static void
guests_run_at_once_or_wait_their_turn (void)
{
  g_autoptr (SpcJobs) jobs = spc_jobs_new (1);
  g_autoptr (SpcStrand) strand = spc_strand_new (jobs);
  Visit visit = {0};
  gint n_destroyed = 0;

  spc_strand_run (strand, note_thread, &visit, NULL);
  g_assert_true (visit.ran_on == g_thread_self ());
  visit.ran_on = NULL;
  spc_strand_push (strand, run_until_it_may_end, &visit, NULL);
  spc_strand_run (strand, note_thread, &visit, NULL);
  spc_strand_push (strand, do_no_job, &n_destroyed, count_destroyed);
  g_assert_null (visit.ran_on);
  g_atomic_int_set (&visit.may_end, 1);
  while (g_atomic_int_get (&n_destroyed) == 0)
    g_thread_yield ();
  g_assert_true (visit.ran_on != NULL && visit.ran_on != g_thread_self ());
  spc_jobs_stop (jobs);
  visit.ran_on = NULL;
  spc_strand_run (strand, note_thread, &visit, NULL);
  g_assert_null (visit.ran_on);
}

static gpointer
visit_often (gpointer data)
{
  StrandJob *job = data;

  for (int i = 0; i < 500; i++) {
    StrandJob *copy = g_new (StrandJob, 1);

    *copy = *job;
    spc_strand_run (job->fixture->strand, run_alone, copy, g_free);
  }
  return NULL;
}

static void
guests_and_workers_take_turns (void)
{
  g_autoptr (SpcJobs) jobs = spc_jobs_new (2);
  g_autoptr (SpcStrand) strand = spc_strand_new (jobs);
  StrandFixture fixture = {.order = g_array_new (FALSE, FALSE, sizeof (int)),
                           .strand = strand};
  StrandJob visits[3];
  GThread *threads[3];

  for (int i = 0; i < 3; i++) {
    visits[i] = (StrandJob){.fixture = &fixture, .number = i};
    threads[i] = g_thread_new ("guest", visit_often, &visits[i]);
  }
  for (int i = 0; i < 3; i++)
    g_thread_join (threads[i]);
  while (g_atomic_int_get (&fixture.n_done) < 1500)
    g_thread_yield ();
  spc_jobs_stop (jobs);
  g_assert_cmpuint (fixture.order->len, ==, 1500);
  g_array_unref (fixture.order);
}

static void
stay_a_while (SpcWorker *worker, gpointer data)
{
  Visit *visit = data;

  g_atomic_int_set (&visit->may_end, 1);
  for (int i = 0; i < 100; i++)
    g_thread_yield ();
  visit->ran_on = g_thread_self ();
}

static gpointer
visit_once (gpointer data)
{
  spc_strand_run (((Visit *)data)->strand, stay_a_while, data, NULL);
  return NULL;
}

static void
stopping_waits_for_guests (void)
{
  g_autoptr (SpcJobs) jobs = spc_jobs_new (1);
  g_autoptr (SpcStrand) strand = spc_strand_new (jobs);
  Visit visit = {.strand = strand};
  GThread *thread = g_thread_new ("guest", visit_once, &visit);

  run_until_it_may_end (NULL, &visit);
  spc_jobs_stop (jobs);
  g_assert_true (visit.ran_on == thread);
  g_thread_join (thread);
}

typedef struct {
  SpcStrand *strand; /* kept by its own job */
  gint *n_destroyed;
} Keeper;

static void
keeper_free (gpointer data)
{
  Keeper *keeper = data;

  g_atomic_int_inc (keeper->n_destroyed);
  spc_strand_unref (keeper->strand);
  g_free (keeper);
}

/* whether a job was begun or not, before the stop or pushed after it, and
 * though the jobs themselves keep the strand alive */
static void
stopping_destroys_jobs_of_strands (void)
{
  g_autoptr (SpcJobs) jobs = spc_jobs_new (2);
  g_autoptr (SpcStrand) strand = spc_strand_new (jobs);
  gint n_destroyed = 0;

  for (int i = 0; i < 2000; i++) {
    Keeper *keeper = g_new (Keeper, 1);

    *keeper = (Keeper){.strand = spc_strand_ref (strand),
                       .n_destroyed = &n_destroyed};
    if (i == 1990)
      spc_jobs_stop (jobs);
    spc_strand_push (strand, do_no_job, keeper, keeper_free);
  }
  g_assert_cmpint (g_atomic_int_get (&n_destroyed), ==, 2000);
}

static void
count_run (SpcWorker *worker, gpointer data)
{
}

static void
every_job_is_destroyed_run_or_not (void)
{
  g_autoptr (SpcJobs) jobs = spc_jobs_new (1);
  gint n_destroyed = 0;

  for (int i = 0; i < 500; i++)
    spc_jobs_push (jobs, count_run, &n_destroyed, count_destroyed);
  spc_jobs_stop (jobs);
  spc_jobs_push (jobs, count_run, &n_destroyed, count_destroyed);
  g_assert_cmpint (n_destroyed, ==, 501);
}

static gpointer
make_local (void)
{
  return g_new0 (int, 1);
}

static void
use_local (SpcWorker *worker, gpointer data)
{
  int *mine = spc_worker_local (worker, make_local, g_free);

  *mine += 1;
  g_assert_true (mine == spc_worker_local (worker, make_local, g_free));
  g_atomic_int_set ((gint *)data, *mine);
}

static void
locals_belong_to_the_worker (void)
{
  g_autoptr (SpcJobs) jobs = spc_jobs_new (1);
  gint seen = 0;

  for (int i = 0; i < 10; i++)
    spc_jobs_push (jobs, use_local, &seen, NULL);
  while (g_atomic_int_get (&seen) < 10)
    g_thread_yield ();
  spc_jobs_stop (jobs);
}

static bool
merge_equal (gpointer newest, gpointer letter)
{
  return GPOINTER_TO_INT (newest) == GPOINTER_TO_INT (letter);
}

static void
mailbox_drops_the_oldest_and_merges (void)
{
  g_autoptr (SpcMailbox) box =
      spc_mailbox_new (3, (GDestroyNotify)do_nothing, merge_equal);

  g_assert_cmpuint (spc_mailbox_push (box, GINT_TO_POINTER (1)), ==, 0);
  g_assert_cmpuint (spc_mailbox_push (box, GINT_TO_POINTER (1)), ==, 0);
  g_assert_cmpuint (spc_mailbox_length (box), ==, 1);
  spc_mailbox_push (box, GINT_TO_POINTER (2));
  spc_mailbox_push (box, GINT_TO_POINTER (3));
  g_assert_cmpuint (spc_mailbox_push (box, GINT_TO_POINTER (4)), ==, 1);
  for (int i = 2; i <= 4; i++)
    g_assert_cmpint (GPOINTER_TO_INT (spc_mailbox_pop (box, 0)), ==, i);
  g_assert_null (spc_mailbox_pop (box, 0));
  g_assert_null (spc_mailbox_pop (box, g_get_monotonic_time () + 1000));
}

static gpointer
pop_for_ever (gpointer data)
{
  return spc_mailbox_pop (data, -1);
}

static void
mailbox_unlock_ends_a_wait (void)
{
  g_autoptr (SpcMailbox) box =
      spc_mailbox_new (3, (GDestroyNotify)do_nothing, NULL);
  GThread *thread = g_thread_new ("popper", pop_for_ever, box);

  spc_mailbox_unlock (box);
  g_assert_null (g_thread_join (thread));
  spc_mailbox_push (box, GINT_TO_POINTER (1));
  g_assert_null (spc_mailbox_pop (box, -1));
  spc_mailbox_lock (box);
  g_assert_cmpint (GPOINTER_TO_INT (spc_mailbox_pop (box, -1)), ==, 1);
}

typedef struct {
  GMutex lock;
  GCond cond;
  bool waits, may_go;
} Sleeper;

static gint n_signals; /* handled */

static void
on_signal (int number)
{
  g_atomic_int_inc (&n_signals);
}

static void
change_mask (int how)
{
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGUSR1);
  pthread_sigmask (how, &set, NULL);
}

static gpointer
sleep_with_signals_let_in (gpointer data)
{
  Sleeper *self = data;

  change_mask (SIG_UNBLOCK);
  g_mutex_lock (&self->lock);
  self->waits = true;
  g_cond_signal (&self->cond);
  while (!self->may_go)
    spc_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* the only thread that lets the signal through gets it once it goes on */
static void
wait_keeps_signals_away (void)
{
  const struct sigaction action = {.sa_handler = on_signal};
  static Sleeper sleeper;
  GThread *thread;
  sigset_t pending;

  change_mask (SIG_BLOCK);
  g_assert_cmpint (sigaction (SIGUSR1, &action, NULL), ==, 0);
  thread = g_thread_new ("sleeper", sleep_with_signals_let_in, &sleeper);
  g_mutex_lock (&sleeper.lock);
  while (!sleeper.waits)
    g_cond_wait (&sleeper.cond, &sleeper.lock);
  g_assert_cmpint (kill (getpid (), SIGUSR1), ==, 0);
  sigpending (&pending);
  g_assert_true (sigismember (&pending, SIGUSR1));
  g_assert_cmpint (g_atomic_int_get (&n_signals), ==, 0);
  sleeper.may_go = true;
  g_cond_signal (&sleeper.cond);
  g_mutex_unlock (&sleeper.lock);
  g_thread_join (thread);
  g_assert_cmpint (g_atomic_int_get (&n_signals), ==, 1);
}

static void
wait_ends_in_time (void)
{
  gint64 deadline_us = g_get_monotonic_time () + 1000;
  static Sleeper sleeper;

  g_mutex_lock (&sleeper.lock);
  while (spc_wait_until (&sleeper.cond, &sleeper.lock, deadline_us))
    continue;
  g_assert_cmpint (g_get_monotonic_time (), >=, deadline_us);
  g_mutex_unlock (&sleeper.lock);
}

static int n_logged;

static void
count_log (SpcLogCategory category, SpcLogLevel level, const char *file,
           const char *function, int line, const char *text)
{
  g_assert_cmpstr (text, ==, "number 7");
  n_logged++;
}

static void
log_obeys_thresholds (void)
{
  spc_log_set_sink (count_log);
  SPC_DEBUG (SPC_LOG_NET, "number %d", 7);
  g_assert_cmpint (n_logged, ==, 0);
  spc_log_set_threshold (SPC_LOG_NET, SPC_LEVEL_DEBUG);
  SPC_DEBUG (SPC_LOG_NET, "number %d", 7);
  g_assert_cmpint (n_logged, ==, 1);
  spc_log_set_sink (NULL);
}

/* jobs: blocks */

static void
make_block (SpcWorker *worker, gpointer user_data)
{
  g_async_queue_push (user_data,
                      qxl_blocks_take (spc_worker_blocks (worker), 4096));
}

static bool
has_kept_blocks (SpcJobs *jobs)
{
  QxlBlocksStats stats;

  qxl_blocks_stats (spc_jobs_blocks (jobs), &stats);
  return stats.kept_bytes > 0;
}

static gboolean
look_again (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
blocks_are_let_go_when_idle (void)
{
  g_autoptr (SpcJobs) jobs = spc_jobs_new (2);
  g_autoptr (GAsyncQueue) queue = g_async_queue_new ();
  guint timer = g_timeout_add (20, look_again, NULL);
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  spc_jobs_push (jobs, make_block, queue, NULL);
  qxl_blocks_give (g_async_queue_pop (queue));
  g_assert_true (has_kept_blocks (jobs));
  while (has_kept_blocks (jobs)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (timer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loop/posts-run-in-order", posts_run_in_order);
  g_test_add_func ("/loop/a-post-wakes-it-and-nothing-else",
                   a_post_wakes_it_and_nothing_else);
  g_test_add_func ("/loop/stop-runs-earlier-posts-and-destroys-later-ones",
                   stop_runs_earlier_posts_and_destroys_later_ones);
  g_test_add_func ("/loop/call-works-on-an-application-context",
                   call_works_on_an_application_context);
  g_test_add_func ("/timer/one-shot-and-may-free-itself",
                   timers_are_one_shot_and_may_free_themselves);
  g_test_add_func ("/timer/runs-when-it-was-armed-for-last",
                   timers_run_when_they_were_armed_for_last);
  g_test_add_func ("/jobs/strands-keep-order-on-many-workers",
                   strands_keep_order_on_many_workers);
  g_test_add_func ("/jobs/stopping-destroys-jobs-of-strands",
                   stopping_destroys_jobs_of_strands);
  g_test_add_func ("/jobs/guests-run-at-once-or-wait-their-turn",
                   guests_run_at_once_or_wait_their_turn);
  g_test_add_func ("/jobs/guests-and-workers-take-turns",
                   guests_and_workers_take_turns);
  g_test_add_func ("/jobs/stopping-waits-for-guests",
                   stopping_waits_for_guests);
  g_test_add_func ("/jobs/every-job-is-destroyed-run-or-not",
                   every_job_is_destroyed_run_or_not);
  g_test_add_func ("/jobs/locals-belong-to-the-worker",
                   locals_belong_to_the_worker);
  g_test_add_func ("/jobs/blocks-are-let-go-when-idle",
                   blocks_are_let_go_when_idle);
  g_test_add_func ("/mailbox/drops-the-oldest-and-merges",
                   mailbox_drops_the_oldest_and_merges);
  g_test_add_func ("/mailbox/unlock-ends-a-wait", mailbox_unlock_ends_a_wait);
  g_test_add_func ("/wait/keeps-signals-away", wait_keeps_signals_away);
  g_test_add_func ("/wait/ends-in-time", wait_ends_in_time);
  g_test_add_func ("/log/obeys-thresholds", log_obeys_thresholds);
  return g_test_run ();
}

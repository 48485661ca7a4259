/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "jobs.h"

#include "limits.h"
#include "wait.h"

#define AGE_US G_USEC_PER_SEC

typedef struct {
  SpcJobFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Job;

typedef struct {
  gpointer (*make) (void);
  gpointer object;
  GDestroyNotify destroy;
} Local;

struct _SpcWorker {
  SpcJobs *jobs;   /* not owned; the pool outlives its threads */
  GThread *thread; /* NULL: a guest */
  GArray *locals;  /* Local; this worker's thread only */
};

struct _SpcJobs {
  gint ref_count;
  QxlBlocks *blocks;
  GPtrArray *workers; /* SpcWorker, owned */
  /* guarded by lock */
  GMutex lock;
  GCond cond;
  GQueue queue;    /* Job */
  guint n_waiting; /* workers */
  guint n_guests;  /* threads that run a strand's job themselves */
  GCond guests_gone;
  bool stopping;
  int64_t aged_us; /* when the blocks were last */
  bool is_ageing;  /* some are kept, or may soon be */
  bool has_run;    /* a job, since the blocks were aged */
};

struct _SpcStrand {
  gint ref_count;
  SpcJobs *jobs;
  /* guarded by lock */
  GMutex lock;
  GQueue queue; /* Job */
  bool scheduled;
  /* whose turn it is only */
  SpcWorker *guest; /* or NULL */
};

static Job *
job_new (SpcJobFunc func, gpointer user_data, GDestroyNotify destroy)
{
  Job *job = g_new (Job, 1);

  *job = (Job){.func = func, .user_data = user_data, .destroy = destroy};
  return job;
}

static void
job_free (Job *job)
{
  if (job->destroy != NULL)
    job->destroy (job->user_data);
  g_free (job);
}

/* lock held; lets go of what no job has needed for some time. What a job has
 * made is often given back a little later. */
static void
age_blocks (SpcJobs *self)
{
  int64_t now = g_get_monotonic_time ();

  if (now - self->aged_us < AGE_US)
    return;
  self->aged_us = now;
  self->is_ageing = qxl_blocks_age (self->blocks) || self->has_run;
  self->has_run = false;
}

/* lock held; until there may be a job, or blocks to age */
static void
wait_a_while (SpcJobs *self)
{
  self->n_waiting++;
  spc_wait_until (&self->cond, &self->lock,
                  self->is_ageing ? self->aged_us + AGE_US : -1);
  self->n_waiting--;
}

/* lock held; a system call where none may be waiting */
static void
wake_worker (SpcJobs *self)
{
  if (self->n_waiting > 0)
    g_cond_signal (&self->cond);
}

static Job *
wait_for_job (SpcJobs *self)
{
  Job *job = NULL;

  g_mutex_lock (&self->lock);
  while (!self->stopping && (job = g_queue_pop_head (&self->queue)) == NULL) {
    age_blocks (self);
    wait_a_while (self);
  }
  self->is_ageing = self->has_run = true;
  g_mutex_unlock (&self->lock);
  return job;
}

static gpointer
run_worker (gpointer user_data)
{
  SpcWorker *worker = user_data;
  Job *job;

  while ((job = wait_for_job (worker->jobs)) != NULL) {
    job->func (worker, job->user_data);
    job_free (job);
  }
  return NULL;
}

static void
clear_local (gpointer data)
{
  Local *local = data;

  if (local->destroy != NULL)
    local->destroy (local->object);
}

static void
worker_free (gpointer data)
{
  SpcWorker *worker = data;

  if (worker == NULL)
    return;
  g_array_unref (worker->locals);
  g_free (worker);
}

/* without a thread */
static SpcWorker *
guest_new (SpcJobs *jobs)
{
  SpcWorker *worker = g_new0 (SpcWorker, 1);

  worker->jobs = jobs;
  worker->locals = g_array_new (FALSE, FALSE, sizeof (Local));
  g_array_set_clear_func (worker->locals, clear_local);
  return worker;
}

static SpcWorker *
worker_new (SpcJobs *jobs, guint number)
{
  SpcWorker *worker = guest_new (jobs);
  g_autofree char *name = g_strdup_printf ("spice-work-%u", number);

  worker->thread = g_thread_new (name, run_worker, worker);
  return worker;
}

SpcJobs *
spc_jobs_new (guint n_threads)
{
  SpcJobs *self = g_new0 (SpcJobs, 1);

  if (n_threads == 0)
    n_threads = CLAMP ((gint)g_get_num_processors () - 1, 1, 4);
  self->ref_count = 1;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_cond_init (&self->guests_gone);
  g_queue_init (&self->queue);
  self->blocks = qxl_blocks_new (SPC_MAX_KEPT_BYTES);
  self->workers = g_ptr_array_new_with_free_func (worker_free);
  for (guint i = 0; i < n_threads; i++)
    g_ptr_array_add (self->workers, worker_new (self, i));
  return self;
}

SpcJobs *
spc_jobs_ref (SpcJobs *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

static void
drop_queued (SpcJobs *self)
{
  Job *job;

  do {
    g_mutex_lock (&self->lock);
    job = g_queue_pop_head (&self->queue);
    g_mutex_unlock (&self->lock);
    if (job != NULL)
      job_free (job);
  } while (job != NULL);
}

void
spc_jobs_stop (SpcJobs *self)
{
  g_mutex_lock (&self->lock);
  self->stopping = true;
  g_cond_broadcast (&self->cond);
  while (self->n_guests > 0)
    spc_wait (&self->guests_gone, &self->lock);
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->workers->len; i++) {
    SpcWorker *worker = g_ptr_array_index (self->workers, i);
    g_thread_join (worker->thread);
  }
  g_ptr_array_set_size (self->workers, 0);
  drop_queued (self);
}

void
spc_jobs_unref (SpcJobs *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  spc_jobs_stop (self);
  g_ptr_array_unref (self->workers);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_cond_clear (&self->guests_gone);
  qxl_blocks_unref (self->blocks);
  g_free (self);
}

QxlBlocks *
spc_jobs_blocks (SpcJobs *self)
{
  return self->blocks;
}

void
spc_jobs_push (SpcJobs *self, SpcJobFunc func, gpointer user_data,
               GDestroyNotify destroy)
{
  Job *job = job_new (func, user_data, destroy);
  bool stopping;

  g_mutex_lock (&self->lock);
  stopping = self->stopping;
  if (!stopping) {
    g_queue_push_tail (&self->queue, job);
    wake_worker (self);
  }
  g_mutex_unlock (&self->lock);
  if (stopping)
    job_free (job);
}

/* strands */

SpcStrand *
spc_strand_new (SpcJobs *jobs)
{
  SpcStrand *self = g_new0 (SpcStrand, 1);

  self->ref_count = 1;
  self->jobs = spc_jobs_ref (jobs);
  g_mutex_init (&self->lock);
  g_queue_init (&self->queue);
  return self;
}

SpcStrand *
spc_strand_ref (SpcStrand *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
spc_strand_unref (SpcStrand *self)
{
  Job *job;

  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  while ((job = g_queue_pop_head (&self->queue)) != NULL)
    job_free (job);
  worker_free (self->guest);
  spc_jobs_unref (self->jobs);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static bool
is_stopping (SpcJobs *self)
{
  bool stopping;

  g_mutex_lock (&self->lock);
  stopping = self->stopping;
  g_mutex_unlock (&self->lock);
  return stopping;
}

static void
drop_strand (SpcStrand *self)
{
  Job *job;

  do {
    g_mutex_lock (&self->lock);
    job = g_queue_pop_head (&self->queue);
    self->scheduled = job != NULL;
    g_mutex_unlock (&self->lock);
    if (job != NULL)
      job_free (job);
  } while (job != NULL);
}

/* A turn was taken, or will never come: then nothing of the strand will run,
 * and what its jobs hold, the strand's owner perhaps, must be let go. */
static void
end_turn (gpointer data)
{
  SpcStrand *self = data;

  if (is_stopping (self->jobs))
    drop_strand (self);
  spc_strand_unref (self);
}

static void schedule_strand (SpcStrand *self);

/* after a job: the next one, if there is one, waits for a worker */
static void
pass_turn (SpcStrand *self)
{
  bool more;

  g_mutex_lock (&self->lock);
  more = self->queue.length > 0;
  self->scheduled = more;
  g_mutex_unlock (&self->lock);
  if (more)
    schedule_strand (self);
}

/* one job a turn, so that strands share the workers fairly */
static void
run_strand (SpcWorker *worker, gpointer user_data)
{
  SpcStrand *self = user_data;
  Job *job;

  g_mutex_lock (&self->lock);
  job = g_queue_pop_head (&self->queue);
  g_mutex_unlock (&self->lock);
  if (job != NULL) {
    job->func (worker, job->user_data);
    job_free (job);
  }
  pass_turn (self);
}

static void
schedule_strand (SpcStrand *self)
{
  spc_jobs_push (self->jobs, run_strand, spc_strand_ref (self), end_turn);
}

void
spc_strand_push (SpcStrand *self, SpcJobFunc func, gpointer user_data,
                 GDestroyNotify destroy)
{
  Job *job = job_new (func, user_data, destroy);
  bool schedule;

  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->queue, job);
  schedule = !self->scheduled;
  self->scheduled = true;
  g_mutex_unlock (&self->lock);
  if (schedule)
    schedule_strand (self);
}

/* guests */

static bool
enter_as_guest (SpcJobs *self)
{
  bool may_enter;

  g_mutex_lock (&self->lock);
  may_enter = !self->stopping;
  self->n_guests += may_enter;
  g_mutex_unlock (&self->lock);
  return may_enter;
}

static void
leave_as_guest (SpcJobs *self)
{
  g_mutex_lock (&self->lock);
  if (--self->n_guests == 0 && self->stopping)
    g_cond_broadcast (&self->guests_gone);
  if (!self->is_ageing) /* workers wait for jobs only */
    wake_worker (self);
  self->is_ageing = self->has_run = true;
  g_mutex_unlock (&self->lock);
}

/* false: another thread has the turn, or will */
static bool
take_turn (SpcStrand *self)
{
  bool is_free;

  g_mutex_lock (&self->lock);
  is_free = !self->scheduled;
  self->scheduled = true;
  g_mutex_unlock (&self->lock);
  if (is_free && self->guest == NULL)
    self->guest = guest_new (self->jobs);
  return is_free;
}

void
spc_strand_run (SpcStrand *self, SpcJobFunc func, gpointer user_data,
                GDestroyNotify destroy)
{
  bool is_guest = enter_as_guest (self->jobs);

  spc_strand_ref (self); /* @destroy may let go of it */
  if (is_guest && take_turn (self)) {
    func (self->guest, user_data);
    if (destroy != NULL)
      destroy (user_data);
    pass_turn (self);
  } else {
    spc_strand_push (self, func, user_data, destroy);
  }
  if (is_guest)
    leave_as_guest (self->jobs);
  spc_strand_unref (self);
}

/* inside a job */

QxlBlocks *
spc_worker_blocks (SpcWorker *self)
{
  return self->jobs->blocks;
}

gpointer
spc_worker_local (SpcWorker *self, gpointer (*make) (void),
                  GDestroyNotify destroy)
{
  Local local = {.make = make, .destroy = destroy};

  for (guint i = 0; i < self->locals->len; i++) {
    Local *have = &g_array_index (self->locals, Local, i);
    if (have->make == make)
      return have->object;
  }
  local.object = make ();
  g_array_append_val (self->locals, local);
  return local.object;
}

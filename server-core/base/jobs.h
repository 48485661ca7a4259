/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* jobs.h – worker threads for everything that touches pixels in bulk.
 *
 * A job is a function and its data. Jobs of the pool run in any order; jobs of
 * a strand run one at a time, in order, on whichever worker is free, or as a
 * guest's on the thread that brings them. A job reports by spc_loop_post.
 * Stopping drops what has not begun.
 *
 * The pool of threads has a pool of memory, for what jobs make and others free.
 * What has not been needed for about a second is given back. */
#pragma once

#include "loop.h"
#include "qxl/blocks.h"

typedef struct _SpcJobs SpcJobs;
typedef struct _SpcStrand SpcStrand;
typedef struct _SpcWorker SpcWorker;
typedef void (*SpcJobFunc) (SpcWorker *worker, gpointer user_data);

/* life: any thread */
/* @n_threads: 0 chooses: one less than the cores, 1 to 4 */
SpcJobs *spc_jobs_new (guint n_threads);
SpcJobs *spc_jobs_ref (SpcJobs *self);
void spc_jobs_unref (SpcJobs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcJobs, spc_jobs_unref)
/* waits for the jobs being run, drops the others, joins the threads; not from
 * a job */
void spc_jobs_stop (SpcJobs *self);

/* where pixels and encodings lie that its jobs make; any thread */
QxlBlocks *spc_jobs_blocks (SpcJobs *self);

/* work: any thread; @destroy (may be NULL) is always called, on the worker or,
 * for a dropped job, on the thread that drops it */
void spc_jobs_push (SpcJobs *self, SpcJobFunc func, gpointer user_data,
                    GDestroyNotify destroy);
SpcStrand *spc_strand_new (SpcJobs *jobs);
SpcStrand *spc_strand_ref (SpcStrand *self);
void spc_strand_unref (SpcStrand *self); /* queued jobs still run */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcStrand, spc_strand_unref)
void spc_strand_push (SpcStrand *self, SpcJobFunc func, gpointer user_data,
                      GDestroyNotify destroy);
/* For a short job whose result is waited for: runs it here and now, unless one
 * of the strand is at work or waits; then it is pushed. */
void spc_strand_run (SpcStrand *self, SpcJobFunc func, gpointer user_data,
                     GDestroyNotify destroy);

/* inside a job */
QxlBlocks *spc_worker_blocks (SpcWorker *self);
/* the worker's own object of this kind, made at first use and freed with the
 * worker (a guest is the strand's): scratch memory that needs no lock */
gpointer spc_worker_local (SpcWorker *self, gpointer (*make) (void),
                           GDestroyNotify destroy);

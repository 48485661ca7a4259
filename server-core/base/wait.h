/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wait.h – waits for a condition, out of the way of the process's signals.
 *
 * A signal to the process goes to any thread that lets it through. One that
 * wakes for its condition alone is no good for that: it may be asleep for days,
 * and what checks threads, such as a sanitizer, runs a handler only when its
 * thread goes on. So our threads let signals through while they work, not while
 * they wait: what an application starts in a callback, such as a child process,
 * has the application's mask. Threads: any, with @lock held. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* as g_cond_wait() */
void spc_wait (GCond *cond, GMutex *lock);
/* as g_cond_wait_until(); -1: for ever. false: @deadline_us has passed */
bool spc_wait_until (GCond *cond, GMutex *lock, gint64 deadline_us);

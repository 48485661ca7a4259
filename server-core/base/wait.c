/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wait.h"

#include <signal.h>

/* All but those a thread causes itself, whose handlers tell of crashes, and the
 * profiler's. */
static void
block_signals (sigset_t *before)
{
  static const int own[] = {SIGABRT, SIGBUS,  SIGFPE, SIGILL,
                            SIGPROF, SIGSEGV, SIGSYS, SIGTRAP};
  sigset_t signals;

  sigfillset (&signals);
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    sigdelset (&signals, own[i]);
  pthread_sigmask (SIG_BLOCK, &signals, before);
}

void
spc_wait (GCond *cond, GMutex *lock)
{
  spc_wait_until (cond, lock, -1);
}

bool
spc_wait_until (GCond *cond, GMutex *lock, gint64 deadline_us)
{
  bool in_time = true;
  sigset_t before;

  block_signals (&before);
  if (deadline_us < 0)
    g_cond_wait (cond, lock);
  else
    in_time = g_cond_wait_until (cond, lock, deadline_us);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  return in_time;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* loop.h – the one thread that owns all protocol state.
 *
 * A SpcLoop is a GMainContext: either the application's, run by it, or our own
 * with a thread "spice-loop". Work crosses over by spc_loop_post, in the order
 * posted. While our own thread sleeps, another may be the loop in its place, as
 * its guest (spc_loop_run). Timers are one-shot and belong to the loop. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct _SpcLoop SpcLoop;
typedef struct _SpcTimer SpcTimer;
typedef void (*SpcFunc) (gpointer user_data);

/* life: any thread */
/* @context: NULL for an own thread; otherwise referenced, and the application
 * runs it */
SpcLoop *spc_loop_new (GMainContext *context);
SpcLoop *spc_loop_ref (SpcLoop *self);
void spc_loop_unref (SpcLoop *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcLoop, spc_loop_unref)
void spc_loop_start (SpcLoop *self);
/* Runs what was posted before, then stops taking posts (later ones are
 * destroyed unrun) and joins the own thread. Not from the loop thread of an
 * own-thread loop. */
void spc_loop_stop (SpcLoop *self);

/* crossing: any thread */
/* @func runs on the loop, later, in order; @destroy after it, or instead of it
 * when the loop has stopped */
void spc_loop_post (SpcLoop *self, SpcFunc func, gpointer user_data,
                    GDestroyNotify destroy);
/* For what is short and waited for: the same, but while the loop's own thread
 * sleeps, and has for a moment, @func runs here and now: the caller is a guest
 * of the loop, and holds no lock that anything on the loop may want. */
void spc_loop_run (SpcLoop *self, SpcFunc func, gpointer user_data,
                   GDestroyNotify destroy);
/* Runs @func on the loop and returns after it: for start and stop only. Runs
 * it at once when called on the loop, or when nobody runs the application's
 * context at the moment. */
void spc_loop_call (SpcLoop *self, SpcFunc func, gpointer user_data);
bool spc_loop_is_here (const SpcLoop *self);
#define spc_loop_assert_here(loop) g_assert (spc_loop_is_here (loop))

/* on the loop thread */
GMainContext *spc_loop_context (SpcLoop *self);
/* @source never makes the context look for events in its dispatch */
void spc_loop_attach (SpcLoop *self, GSource *source);
SpcTimer *spc_timer_new (SpcLoop *loop, SpcFunc func, gpointer user_data);
void spc_timer_free (SpcTimer *self); /* also from inside its function */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcTimer, spc_timer_free)
void spc_timer_arm (SpcTimer *self, uint32_t delay_ms); /* again: moves it */
void spc_timer_disarm (SpcTimer *self);
bool spc_timer_is_armed (const SpcTimer *self);

/* time: any thread */
/* multimedia time of an instant of g_get_monotonic_time: milliseconds, wraps
 * after 49.7 days (spec: multimedia time) */
static inline uint32_t
spc_mm_time_at (int64_t monotonic_us)
{
  return (uint32_t)(monotonic_us / 1000);
}

static inline uint32_t
spc_mm_time_now (void)
{
  return spc_mm_time_at (g_get_monotonic_time ());
}

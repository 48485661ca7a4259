/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "loop.h"

#include <glib-unix.h>

/* The library leaves these two types to whoever provides the interface. */
struct SpiceTimer {
  GSource source;
  SpiceTimerFunc func;
  void *opaque;
};

struct SpiceWatch {
  GSource source;
  int fd;
  gpointer tag; /* NULL while nothing is watched for */
  SpiceWatchFunc func;
  void *opaque;
};

static gboolean
timer_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  SpiceTimer *timer = (SpiceTimer *)source;
  g_source_set_ready_time (source, -1); /* before the call: it may restart */
  timer->func (timer->opaque);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs timer_funcs = {.dispatch = timer_dispatch};

static SpiceTimer *
timer_add (SpiceTimerFunc func, void *opaque)
{
  GSource *source = g_source_new (&timer_funcs, sizeof (SpiceTimer));
  SpiceTimer *timer = (SpiceTimer *)source;
  timer->func = func;
  timer->opaque = opaque;
  g_source_attach (source, NULL);
  return timer;
}

static void
timer_start (SpiceTimer *timer, uint32_t ms)
{
  g_source_set_ready_time (&timer->source,
                           g_get_monotonic_time () + (gint64)ms * 1000);
}

static void
timer_cancel (SpiceTimer *timer)
{
  g_source_set_ready_time (&timer->source, -1);
}

static void
timer_remove (SpiceTimer *timer)
{
  g_source_destroy (&timer->source);
  g_source_unref (&timer->source);
}

static int
watch_events (GIOCondition conditions)
{
  int events = 0;
  if (conditions & (G_IO_IN | G_IO_HUP | G_IO_ERR))
    events |= SPICE_WATCH_EVENT_READ;
  if (conditions & G_IO_OUT)
    events |= SPICE_WATCH_EVENT_WRITE;
  return events;
}

static gboolean
watch_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  SpiceWatch *watch = (SpiceWatch *)source;
  int events = watch_events (g_source_query_unix_fd (source, watch->tag));
  if (events)
    watch->func (watch->fd, events, watch->opaque);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs watch_funcs = {.dispatch = watch_dispatch};

static void
watch_update_mask (SpiceWatch *watch, int events)
{
  GIOCondition conditions = 0;
  if (events & SPICE_WATCH_EVENT_READ)
    conditions |= G_IO_IN;
  if (events & SPICE_WATCH_EVENT_WRITE)
    conditions |= G_IO_OUT;
  if (watch->tag)
    g_source_remove_unix_fd (&watch->source, g_steal_pointer (&watch->tag));
  if (conditions)
    watch->tag = g_source_add_unix_fd (&watch->source, watch->fd, conditions);
}

static SpiceWatch *
watch_add (int fd, int events, SpiceWatchFunc func, void *opaque)
{
  GSource *source = g_source_new (&watch_funcs, sizeof (SpiceWatch));
  SpiceWatch *watch = (SpiceWatch *)source;
  watch->fd = fd;
  watch->func = func;
  watch->opaque = opaque;
  watch_update_mask (watch, events);
  g_source_attach (source, NULL);
  return watch;
}

static void
watch_remove (SpiceWatch *watch)
{
  g_source_destroy (&watch->source);
  g_source_unref (&watch->source);
}

void
feeder_loop_init_core (SpiceCoreInterface *core, FeederChannelFunc on_channel)
{
  *core = (SpiceCoreInterface){
      .base = {.type = SPICE_INTERFACE_CORE,
               .description = "GMainContext",
               .major_version = SPICE_INTERFACE_CORE_MAJOR,
               .minor_version = SPICE_INTERFACE_CORE_MINOR},
      .timer_add = timer_add,
      .timer_start = timer_start,
      .timer_cancel = timer_cancel,
      .timer_remove = timer_remove,
      .watch_add = watch_add,
      .watch_update_mask = watch_update_mask,
      .watch_remove = watch_remove,
      .channel_event = on_channel,
  };
}

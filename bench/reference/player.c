/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "player.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "costs.h"
#include "events.h"
#include "interface.h"

#define RAM_BYTES (64 << 20) /* what a virtual machine usually gets */
#define SURFACES 1024
#define AT_ONCE_US 1000

struct _FeederPlayer {
  QXLInstance instance; /* first: what the library's callbacks get */
  /* set at construction */
  QXLInterface interface;
  GArray *events;      /* FeederEvent, owned */
  SpiceReplay *replay; /* owned */
  /* set at start */
  double rate;
  GSourceFunc on_end;
  gpointer user_data;
  GThread *thread;
  /* reading thread */
  guint next_event;
  /* under lock */
  GMutex lock;
  GCond changed;  /* less is queued, or stopping */
  GQueue draws;   /* QXLCommandExt, the replay's */
  GQueue cursors; /* QXLCommandExt, the replay's */
  gboolean stopping;
  FeederPlayerStats stats;
};

static FeederPlayer *
player_of (QXLInstance *instance)
{
  return (FeederPlayer *)instance;
}

/* worker thread: what the library asks of the device */

static void
get_init_info (QXLInstance *instance, QXLDevInitInfo *info)
{
  feeder_interface_describe (info, RAM_BYTES, SURFACES);
}

static gboolean
take (FeederPlayer *self, GQueue *queue, struct QXLCommandExt *command)
{
  g_mutex_lock (&self->lock);
  QXLCommandExt *next = g_queue_pop_head (queue);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
  if (next)
    *command = *next;
  return next != NULL;
}

static int
get_command (QXLInstance *instance, struct QXLCommandExt *command)
{
  FeederPlayer *self = player_of (instance);
  return take (self, &self->draws, command);
}

static int
get_cursor_command (QXLInstance *instance, struct QXLCommandExt *command)
{
  FeederPlayer *self = player_of (instance);
  return take (self, &self->cursors, command);
}

/* TRUE: wake me up; the worker is woken after every batch, so only an empty
 * queue may wait. */
static gboolean
is_empty (FeederPlayer *self, GQueue *queue)
{
  g_mutex_lock (&self->lock);
  gboolean empty = g_queue_is_empty (queue);
  g_mutex_unlock (&self->lock);
  return empty;
}

static int
has_no_draw (QXLInstance *instance)
{
  FeederPlayer *self = player_of (instance);
  return is_empty (self, &self->draws);
}

static int
has_no_cursor (QXLInstance *instance)
{
  FeederPlayer *self = player_of (instance);
  return is_empty (self, &self->cursors);
}

/* A replay's command carries its own address as its id. */
static void
release_resource (QXLInstance *instance, struct QXLReleaseInfoExt release)
{
  spice_replay_free_cmd (player_of (instance)->replay,
                         (QXLCommandExt *)(guintptr)release.info->id);
}

/* reading thread */

static void
wake_worker (FeederPlayer *self)
{
  spice_qxl_wakeup (&self->instance);
}

/* FALSE: stopping. The worker is woken first if there is time to wait. */
static gboolean
wait_until_due (FeederPlayer *self, const FeederEvent *event)
{
  gint64 due_us = 0;
  if (self->rate > 0)
    due_us = self->stats.started_us +
             (gint64)((double)event->due_ns / 1000 / self->rate);
  if (due_us > g_get_monotonic_time () + AT_ONCE_US)
    wake_worker (self);
  else
    due_us = 0;
  g_mutex_lock (&self->lock);
  while (!self->stopping && due_us > g_get_monotonic_time ())
    g_cond_wait_until (&self->changed, &self->lock, due_us);
  gboolean goes_on = !self->stopping;
  g_mutex_unlock (&self->lock);
  return goes_on;
}

/* FALSE: stopping. */
static gboolean
wait_for_room (FeederPlayer *self, GQueue *queue, guint most)
{
  gboolean woken = FALSE;
  g_mutex_lock (&self->lock);
  while (!self->stopping && queue->length > most) {
    if (woken)
      g_cond_wait (&self->changed, &self->lock);
    else {
      g_mutex_unlock (&self->lock);
      wake_worker (self);
      woken = TRUE;
      g_mutex_lock (&self->lock);
    }
  }
  gboolean goes_on = !self->stopping;
  g_mutex_unlock (&self->lock);
  return goes_on;
}

/* The next command's time; the reader does on its way to it what stands before
 * it, so that what changes surfaces must be due, too. FALSE: the end. */
static gboolean
wait_for_next (FeederPlayer *self)
{
  while (self->next_event < self->events->len) {
    FeederEvent *event =
        &g_array_index (self->events, FeederEvent, self->next_event);
    gboolean first = self->next_event == 0;
    if (!first && !wait_until_due (self, event))
      return FALSE;
    self->next_event++;
    if (event->is_command)
      return TRUE;
  }
  return FALSE;
}

static gboolean
hand_over (FeederPlayer *self, QXLCommandExt *command)
{
  GQueue *queue =
      command->cmd.type == QXL_CMD_CURSOR ? &self->cursors : &self->draws;
  if (!wait_for_room (self, queue, QXL_COMMAND_RING_SIZE - 1))
    return FALSE;
  g_mutex_lock (&self->lock);
  g_queue_push_tail (queue, command);
  self->stats.commands++;
  self->stats.read_seconds = bench_thread_seconds ();
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static gpointer
play (gpointer user_data)
{
  FeederPlayer *self = user_data;
  while (wait_for_next (self)) {
    QXLCommandExt *command =
        spice_replay_next_cmd (self->replay, &self->instance);
    if (!command || !hand_over (self, command))
      break;
  }
  if (wait_for_room (self, &self->draws, 0) &&
      wait_for_room (self, &self->cursors, 0)) {
    g_mutex_lock (&self->lock);
    self->stats.ended_us = g_get_monotonic_time ();
    g_mutex_unlock (&self->lock);
    g_idle_add (self->on_end, self->user_data);
  }
  return NULL;
}

/* main thread */

static GArray *
find_events (const char *path, guint *commands)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, &error);
  if (!file) {
    g_printerr ("%s\n", error->message);
    return NULL;
  }
  GArray *events = feeder_events_find (g_mapped_file_get_contents (file),
                                       g_mapped_file_get_length (file));
  if (!events)
    g_printerr ("%s: no QXL recording\n", path);
  for (guint i = 0; events && i < events->len; i++)
    *commands += g_array_index (events, FeederEvent, i).is_command ? 1 : 0;
  return events;
}

static void
init_interface (QXLInterface *self)
{
  feeder_interface_init (self, "recording");
  self->get_init_info = get_init_info;
  self->get_command = get_command;
  self->req_cmd_notification = has_no_draw;
  self->release_resource = release_resource;
  self->get_cursor_command = get_cursor_command;
  self->req_cursor_notification = has_no_cursor;
}

FeederPlayer *
feeder_player_new (SpiceServer *server, const char *path)
{
  guint expected = 0;
  GArray *events = find_events (path, &expected);
  FILE *file = events ? fopen (path, "rb") : NULL;
  if (!file) {
    if (events)
      g_printerr ("%s: %s\n", path, g_strerror (errno));
    g_clear_pointer (&events, g_array_unref);
    return NULL;
  }
  FeederPlayer *self = g_new0 (FeederPlayer, 1);
  self->events = events;
  self->stats.expected = expected;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  init_interface (&self->interface);
  self->instance.base.sif = &self->interface.base;
  self->replay = spice_replay_new (file, SURFACES); /* closes it */
  spice_server_add_interface (server, &self->instance.base);
  feeder_interface_add_memory (&self->instance);
  return self;
}

void
feeder_player_free (FeederPlayer *self)
{
  if (!self)
    return;
  g_queue_clear (&self->draws);
  g_queue_clear (&self->cursors);
  g_clear_pointer (&self->replay, spice_replay_free);
  g_array_unref (self->events);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

void
feeder_player_start (FeederPlayer *self, double rate, GSourceFunc on_end,
                     gpointer user_data)
{
  self->rate = rate;
  self->on_end = on_end;
  self->user_data = user_data;
  self->stats.started_us = g_get_monotonic_time ();
  self->thread = g_thread_new ("player", play, self);
}

void
feeder_player_stop (FeederPlayer *self)
{
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&self->thread, g_thread_join);
}

void
feeder_player_get_stats (FeederPlayer *self, FeederPlayerStats *stats)
{
  g_mutex_lock (&self->lock);
  *stats = self->stats;
  g_mutex_unlock (&self->lock);
}

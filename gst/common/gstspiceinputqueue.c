/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceinputqueue.h"

struct _GstSpiceInputQueue {
  guint capacity;
  /* under the lock, a leaf */
  GMutex lock;
  GCond cond;
  GArray *events; /* SpcInputEvent, oldest first */
  gboolean is_flushing, is_ended;
  guint n_lost;
};

/* what to do without first */
typedef gboolean (*CanGo) (const SpcInputEvent *event);

static gboolean
is_pointers (const SpcInputEvent *event)
{
  return event->kind == SPC_INPUT_POINTER_MOVE ||
         event->kind == SPC_INPUT_POINTER_MOTION;
}

static gboolean
is_no_release (const SpcInputEvent *event)
{
  return event->pressed ||
         (event->kind != SPC_INPUT_KEY && event->kind != SPC_INPUT_BUTTON);
}

static gboolean
is_any (const SpcInputEvent *event)
{
  return TRUE;
}

static const CanGo order[] = {is_pointers, is_no_release, is_any};

static SpcInputEvent *
event_at (GstSpiceInputQueue *self, guint i)
{
  return &g_array_index (self->events, SpcInputEvent, i);
}

static void
add_motion (SpcInputEvent *to, const SpcInputEvent *motion)
{
  to->dx = (int32_t)CLAMP ((gint64)to->dx + motion->dx, G_MININT32, G_MAXINT32);
  to->dy = (int32_t)CLAMP ((gint64)to->dy + motion->dy, G_MININT32, G_MAXINT32);
}

static gboolean
is_same_pointer (const SpcInputEvent *a, const SpcInputEvent *b)
{
  return is_pointers (a) && a->kind == b->kind &&
         a->client_id == b->client_id && a->display_id == b->display_id;
}

/* of two moves the later place counts, two motions add up */
static gboolean
merge (GstSpiceInputQueue *self, const SpcInputEvent *event)
{
  SpcInputEvent *newest;
  SpcInputEvent sum = *event;

  if (self->events->len == 0)
    return FALSE;
  newest = event_at (self, self->events->len - 1);
  if (!is_same_pointer (newest, event) || newest->buttons != event->buttons)
    return FALSE;
  if (event->kind == SPC_INPUT_POINTER_MOTION)
    add_motion (&sum, newest);
  *newest = sum;
  return TRUE;
}

/* the way of a lost motion is not lost, if the pointer moves again */
static void
hand_on_motion (GstSpiceInputQueue *self, guint from,
                const SpcInputEvent *motion)
{
  for (guint i = from; i < self->events->len; i++) {
    if (!is_same_pointer (event_at (self, i), motion))
      continue;
    add_motion (event_at (self, i), motion);
    return;
  }
}

static void
lose_one (GstSpiceInputQueue *self)
{
  for (gsize rule = 0; rule < G_N_ELEMENTS (order); rule++)
    for (guint i = 0; i < self->events->len; i++) {
      SpcInputEvent lost = *event_at (self, i);

      if (!order[rule](&lost))
        continue;
      g_array_remove_index (self->events, i);
      if (lost.kind == SPC_INPUT_POINTER_MOTION)
        hand_on_motion (self, i, &lost);
      self->n_lost++;
      return;
    }
}

GstSpiceInputQueue *
gst_spice_input_queue_new (guint capacity)
{
  GstSpiceInputQueue *self = g_new0 (GstSpiceInputQueue, 1);

  self->capacity = capacity;
  self->events = g_array_new (FALSE, FALSE, sizeof (SpcInputEvent));
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  return self;
}

void
gst_spice_input_queue_free (GstSpiceInputQueue *self)
{
  if (!self)
    return;
  g_array_unref (self->events);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_spice_input_queue_push (GstSpiceInputQueue *self,
                            const SpcInputEvent *event)
{
  g_mutex_lock (&self->lock);
  if (!merge (self, event)) {
    if (self->events->len >= self->capacity)
      lose_one (self);
    g_array_append_val (self->events, *event);
    g_cond_signal (&self->cond);
  }
  g_mutex_unlock (&self->lock);
}

gboolean
gst_spice_input_queue_pop (GstSpiceInputQueue *self, gint64 deadline_us,
                           SpcInputEvent *event)
{
  gboolean is_there;

  g_mutex_lock (&self->lock);
  while (self->events->len == 0 && !self->is_flushing && !self->is_ended)
    if (!g_cond_wait_until (&self->cond, &self->lock, deadline_us))
      break;
  is_there = self->events->len > 0 && !self->is_flushing;
  if (is_there) {
    *event = *event_at (self, 0);
    g_array_remove_index (self->events, 0);
  }
  g_mutex_unlock (&self->lock);
  return is_there;
}

void
gst_spice_input_queue_set_flushing (GstSpiceInputQueue *self,
                                    gboolean is_flushing)
{
  g_mutex_lock (&self->lock);
  self->is_flushing = is_flushing;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_input_queue_set_ended (GstSpiceInputQueue *self, gboolean is_ended)
{
  g_mutex_lock (&self->lock);
  self->is_ended = is_ended;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_input_queue_clear (GstSpiceInputQueue *self)
{
  g_mutex_lock (&self->lock);
  g_array_set_size (self->events, 0);
  g_mutex_unlock (&self->lock);
}

guint
gst_spice_input_queue_n_lost (GstSpiceInputQueue *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_lost;
  g_mutex_unlock (&self->lock);
  return n;
}

/* all readers */

void
gst_spice_input_readers_init (GstSpiceInputReaders *self)
{
  g_mutex_init (&self->lock);
  self->queues = g_ptr_array_new ();
}

void
gst_spice_input_readers_clear (GstSpiceInputReaders *self)
{
  g_ptr_array_unref (self->queues);
  g_mutex_clear (&self->lock);
}

void
gst_spice_input_readers_add (GstSpiceInputReaders *self,
                             GstSpiceInputQueue *queue)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->queues, queue);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_input_readers_remove (GstSpiceInputReaders *self,
                                GstSpiceInputQueue *queue)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_remove (self->queues, queue);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_input_readers_push (GstSpiceInputReaders *self,
                              const SpcInputEvent *event)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->queues->len; i++)
    gst_spice_input_queue_push (g_ptr_array_index (self->queues, i), event);
  g_mutex_unlock (&self->lock);
}

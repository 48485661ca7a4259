/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicebus.h"

#include "server-core/base/limits.h"
#include "server-core/base/mailbox.h"

struct _GstSpiceBus {
  /* set at construction */
  GMainContext *context; /* NULL: the thread delivers */
  GThread *thread;       /* holds a reference */
  GstSpiceBusFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
  SpcMailbox *queue; /* of GstStructure */
  /* atomic: a source that delivers is attached to the context */
  gint is_scheduled;
  /* atomic */
  gint n_lost;
};

/* the last letter of a queue, at which the thread ends; no event has its name
 */
#define END_NAME "end-of-events"

static void
free_event (gpointer event)
{
  gst_structure_free (event);
}

static void
clear_bus (gpointer data)
{
  GstSpiceBus *self = data;

  if (self->destroy)
    self->destroy (self->user_data);
  spc_mailbox_unref (self->queue);
  g_clear_pointer (&self->context, g_main_context_unref);
}

static void
release (gpointer self)
{
  g_atomic_rc_box_release_full (self, clear_bus);
}

/* false at the end */
static gboolean
deliver (GstSpiceBus *self, GstStructure *event)
{
  gboolean goes_on = !gst_structure_has_name (event, END_NAME);

  if (goes_on)
    self->func (event, self->user_data);
  gst_structure_free (event);
  return goes_on;
}

static gpointer
run (gpointer data)
{
  GstSpiceBus *self = data;
  GstStructure *event;

  do
    event = spc_mailbox_pop (self->queue, -1);
  while (event && deliver (self, event));
  release (self);
  return NULL;
}

static gboolean
on_idle (gpointer data)
{
  GstSpiceBus *self = data;
  GstStructure *event;

  g_atomic_int_set (&self->is_scheduled, FALSE);
  while ((event = spc_mailbox_pop (self->queue, 0)) && deliver (self, event))
    continue;
  return G_SOURCE_REMOVE;
}

static void
schedule (GstSpiceBus *self)
{
  GSource *source;

  if (!g_atomic_int_compare_and_exchange (&self->is_scheduled, FALSE, TRUE))
    return;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_idle, g_atomic_rc_box_acquire (self),
                         release);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

GstSpiceBus *
gst_spice_bus_new (GMainContext *context, GstSpiceBusFunc func,
                   gpointer user_data, GDestroyNotify destroy)
{
  GstSpiceBus *self = g_atomic_rc_box_new0 (GstSpiceBus);

  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;
  self->queue = spc_mailbox_new (SPC_MAX_INPUT_EVENTS, free_event, NULL);
  if (context)
    self->context = g_main_context_ref (context);
  else
    self->thread =
        g_thread_new ("spice-bus", run, g_atomic_rc_box_acquire (self));
  return self;
}

void
gst_spice_bus_stop (GstSpiceBus *self)
{
  GThread *thread;

  if (!self)
    return;
  thread = self->thread;
  if (thread) {
    gst_spice_bus_push (self, gst_structure_new_empty (END_NAME));
    if (thread == g_thread_self ())
      g_thread_unref (thread);
    else
      g_thread_join (thread);
  } else if (g_main_context_is_owner (self->context)) {
    on_idle (self);
  }
  release (self);
}

void
gst_spice_bus_push (GstSpiceBus *self, GstStructure *event)
{
  guint n_lost = spc_mailbox_push (self->queue, event);

  g_atomic_int_add (&self->n_lost, (gint)n_lost);
  if (self->context)
    schedule (self);
}

guint
gst_spice_bus_n_lost (GstSpiceBus *self)
{
  return (guint)g_atomic_int_get (&self->n_lost);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listener.h"

/* never changed; its data goes with the last who needs it */
typedef struct {
  GCallback func;
  gpointer user_data;
  GDestroyNotify destroy;
} Held;

static void
clear_held (gpointer data)
{
  Held *held = data;

  if (held->destroy != NULL)
    held->destroy (held->user_data);
}

static void
release (gpointer held)
{
  if (held != NULL)
    g_atomic_rc_box_release_full (held, clear_held);
}

void
spc_listener_init (SpcListener *self)
{
  g_mutex_init (&self->lock);
  self->held = NULL;
}

void
spc_listener_clear (SpcListener *self)
{
  release (g_steal_pointer (&self->held));
  g_mutex_clear (&self->lock);
}

void
spc_listener_set (SpcListener *self, GCallback func, gpointer user_data,
                  GDestroyNotify destroy)
{
  Held *held = NULL;
  gpointer old;

  if (func != NULL) {
    held = g_atomic_rc_box_new (Held);
    *held = (Held){func, user_data, destroy};
  }
  g_mutex_lock (&self->lock);
  old = self->held;
  self->held = held;
  g_mutex_unlock (&self->lock);
  release (old);
}

bool
spc_listener_begin (SpcListener *self, SpcListenerCall *call)
{
  const Held *held = NULL;

  g_mutex_lock (&self->lock);
  if (self->held != NULL)
    held = g_atomic_rc_box_acquire (self->held);
  g_mutex_unlock (&self->lock);
  if (held == NULL)
    return false;
  *call = (SpcListenerCall){held->func, held->user_data, (gpointer)held};
  return true;
}

void
spc_listener_end (SpcListenerCall *call)
{
  release (g_steal_pointer (&call->held));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "refusals.h"

/* never changed; its data goes with the last who needs it */
typedef struct {
  SpcRefusedFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Listener;

static void
clear_listener (gpointer data)
{
  Listener *listener = data;

  if (listener->destroy != NULL)
    listener->destroy (listener->user_data);
}

static void
release (gpointer listener)
{
  if (listener != NULL)
    g_atomic_rc_box_release_full (listener, clear_listener);
}

void
spc_refusals_init (SpcRefusals *self)
{
  g_mutex_init (&self->lock);
  self->listener = NULL;
}

void
spc_refusals_clear (SpcRefusals *self)
{
  release (g_steal_pointer (&self->listener));
  g_mutex_clear (&self->lock);
}

void
spc_refusals_set (SpcRefusals *self, SpcRefusedFunc func, gpointer user_data,
                  GDestroyNotify destroy)
{
  Listener *listener = g_atomic_rc_box_new0 (Listener);
  gpointer old;

  *listener = (Listener){func, user_data, destroy};
  g_mutex_lock (&self->lock);
  old = self->listener;
  self->listener = listener;
  g_mutex_unlock (&self->lock);
  release (old);
}

void
spc_refusals_tell (SpcRefusals *self, const GError *error)
{
  Listener *listener = NULL;

  g_mutex_lock (&self->lock);
  if (self->listener != NULL)
    listener = g_atomic_rc_box_acquire (self->listener);
  g_mutex_unlock (&self->lock);
  if (listener != NULL && listener->func != NULL)
    listener->func (error, listener->user_data);
  release (listener);
}

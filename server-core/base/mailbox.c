/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mailbox.h"

#include "wait.h"

struct _SpcMailbox {
  gint ref_count;
  /* set at construction */
  guint capacity;
  GDestroyNotify free_letter;
  SpcMailboxMerge merge;
  /* guarded by lock */
  GMutex lock;
  GCond cond;
  GQueue letters;
  bool unlocked;
};

SpcMailbox *
spc_mailbox_new (guint capacity, GDestroyNotify free_letter,
                 SpcMailboxMerge merge)
{
  SpcMailbox *self = g_new0 (SpcMailbox, 1);

  g_assert (capacity > 0);
  self->ref_count = 1;
  self->capacity = capacity;
  self->free_letter = free_letter;
  self->merge = merge;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_queue_init (&self->letters);
  return self;
}

SpcMailbox *
spc_mailbox_ref (SpcMailbox *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
spc_mailbox_unref (SpcMailbox *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_queue_clear_full (&self->letters, self->free_letter);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

guint
spc_mailbox_push (SpcMailbox *self, gpointer letter)
{
  gpointer newest, surplus = NULL;
  guint n_dropped = 0;

  g_mutex_lock (&self->lock);
  newest = g_queue_peek_tail (&self->letters);
  if (newest != NULL && self->merge != NULL && self->merge (newest, letter)) {
    surplus = letter;
  } else {
    g_queue_push_tail (&self->letters, letter);
    if (self->letters.length > self->capacity) {
      surplus = g_queue_pop_head (&self->letters);
      n_dropped = 1;
    }
  }
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  if (surplus != NULL)
    self->free_letter (surplus);
  return n_dropped;
}

gpointer
spc_mailbox_pop (SpcMailbox *self, gint64 deadline_us)
{
  gpointer letter = NULL;
  bool waiting = deadline_us != 0;

  g_mutex_lock (&self->lock);
  while (!self->unlocked) {
    letter = g_queue_pop_head (&self->letters);
    if (letter != NULL || !waiting)
      break;
    waiting = spc_wait_until (&self->cond, &self->lock, deadline_us);
  }
  g_mutex_unlock (&self->lock);
  return letter;
}

static void
set_unlocked (SpcMailbox *self, bool unlocked)
{
  g_mutex_lock (&self->lock);
  self->unlocked = unlocked;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
spc_mailbox_unlock (SpcMailbox *self)
{
  set_unlocked (self, true);
}

void
spc_mailbox_lock (SpcMailbox *self)
{
  set_unlocked (self, false);
}

void
spc_mailbox_clear (SpcMailbox *self)
{
  GQueue letters;

  g_mutex_lock (&self->lock);
  letters = self->letters;
  g_queue_init (&self->letters);
  g_mutex_unlock (&self->lock);
  g_queue_clear_full (&letters, self->free_letter);
}

guint
spc_mailbox_length (SpcMailbox *self)
{
  guint length;

  g_mutex_lock (&self->lock);
  length = self->letters.length;
  g_mutex_unlock (&self->lock);
  return length;
}

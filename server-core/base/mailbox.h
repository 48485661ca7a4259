/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mailbox.h – a bounded queue from one thread to another that waits.
 *
 * For crossings whose receiver is a thread of its own (a source's task, an
 * event thread). The sender never waits: when full, the oldest letter is
 * dropped and counted, or the caller's merge function folds the new letter into
 * the newest one. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct _SpcMailbox SpcMailbox;
/* true: @letter was folded into @newest and is freed by the mailbox */
typedef bool (*SpcMailboxMerge) (gpointer newest, gpointer letter);

SpcMailbox *spc_mailbox_new (guint capacity, GDestroyNotify free_letter,
                             SpcMailboxMerge merge);
SpcMailbox *spc_mailbox_ref (SpcMailbox *self);
void spc_mailbox_unref (SpcMailbox *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcMailbox, spc_mailbox_unref)

/* any thread; takes @letter. With a merge function every push first tries to
 * fold into the newest letter. Returns how many letters were dropped. */
guint spc_mailbox_push (SpcMailbox *self, gpointer letter);
/* receiver: waits until @deadline_us of g_get_monotonic_time (0: does not wait,
 * -1: for ever); NULL on time-out or while unlocked */
gpointer spc_mailbox_pop (SpcMailbox *self, gint64 deadline_us);
/* any thread: ends a wait and makes pops return at once until locked again */
void spc_mailbox_unlock (SpcMailbox *self);
void spc_mailbox_lock (SpcMailbox *self);
void spc_mailbox_clear (SpcMailbox *self); /* drops all letters */
guint spc_mailbox_length (SpcMailbox *self);

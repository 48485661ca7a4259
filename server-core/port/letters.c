/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "letters.h"

#include "server-core/base/wait.h"

/* what a letter costs beside its bytes: events are bounded, too */
#define LETTER_COST 64u

struct _SpcLetters {
  gint ref_count;
  /* set at construction */
  gsize max_bytes;
  /* guarded by lock */
  GMutex lock;
  GCond cond;
  GQueue letters;  /* SpcLetter */
  gsize bytes;     /* of letters that are not given back */
  bool was_full;   /* and has not had room since */
  bool is_present; /* somebody is at the other end */
  bool is_busy;
  bool is_unlocked;
  bool is_interrupted; /* unlocked, and the sender may not know yet */
};

/* letters */

static SpcLetter *
new_letter (SpcLetterKind kind)
{
  SpcLetter *self = g_new0 (SpcLetter, 1);

  self->kind = kind;
  return self;
}

SpcLetter *
spc_letter_new_data (const void *data, gsize size)
{
  SpcLetter *self = new_letter (SPC_LETTER_DATA);

  self->data = g_bytes_new (data, size);
  return self;
}

SpcLetter *
spc_letter_new_bytes (GBytes *data)
{
  SpcLetter *self = new_letter (SPC_LETTER_DATA);

  self->data = g_bytes_ref (data);
  return self;
}

SpcLetter *
spc_letter_new_event (uint8_t event)
{
  SpcLetter *self = new_letter (SPC_LETTER_EVENT);

  self->event = event;
  return self;
}

SpcLetter *
spc_letter_new_client (SpcLetterKind kind, uint32_t client_id)
{
  SpcLetter *self = new_letter (kind);

  self->client_id = client_id;
  return self;
}

void
spc_letter_free (SpcLetter *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->data, g_bytes_unref);
  g_free (self);
}

static void
free_letter (gpointer letter)
{
  spc_letter_free (letter);
}

static gsize
cost (const SpcLetter *letter)
{
  return LETTER_COST + (letter->data ? g_bytes_get_size (letter->data) : 0);
}

/* life */

SpcLetters *
spc_letters_new (gsize max_bytes)
{
  SpcLetters *self = g_new0 (SpcLetters, 1);

  self->ref_count = 1;
  self->max_bytes = max_bytes;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_queue_init (&self->letters);
  return self;
}

SpcLetters *
spc_letters_ref (SpcLetters *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
spc_letters_unref (SpcLetters *self)
{
  if (!self || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_queue_clear_full (&self->letters, free_letter);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

/* sender; the lock is held in the first two */

static bool
add (SpcLetters *self, SpcLetter *letter)
{
  self->bytes += cost (letter);
  self->was_full |= self->bytes >= self->max_bytes;
  g_queue_push_tail (&self->letters, letter);
  g_cond_broadcast (&self->cond);
  return !self->was_full;
}

static bool
may_put (const SpcLetters *self, const SpcLetter *letter)
{
  if (letter->kind == SPC_LETTER_DATA && !self->is_present)
    return false;
  return self->bytes < self->max_bytes;
}

bool
spc_letters_push (SpcLetters *self, SpcLetter *letter)
{
  bool has_room;

  g_mutex_lock (&self->lock);
  has_room = add (self, letter);
  g_mutex_unlock (&self->lock);
  return has_room;
}

/* Who unlocks may lock again before a waiting sender has run. */
static bool
is_woken (const SpcLetters *self)
{
  return self->is_unlocked || self->is_interrupted;
}

static bool
holds_some (const SpcLetters *self)
{
  return self->is_present && (self->bytes > 0 || self->is_busy);
}

bool
spc_letters_put (SpcLetters *self, SpcLetter *letter)
{
  bool is_taken;

  g_mutex_lock (&self->lock);
  while (!is_woken (self) && !may_put (self, letter))
    spc_wait (&self->cond, &self->lock);
  is_taken = !self->is_unlocked && may_put (self, letter);
  self->is_interrupted = self->is_unlocked;
  if (is_taken)
    add (self, letter);
  g_mutex_unlock (&self->lock);
  if (!is_taken)
    spc_letter_free (letter);
  return is_taken;
}

bool
spc_letters_drain (SpcLetters *self)
{
  bool is_drained;

  g_mutex_lock (&self->lock);
  while (!is_woken (self) && holds_some (self))
    spc_wait (&self->cond, &self->lock);
  is_drained = !self->is_unlocked && !holds_some (self);
  self->is_interrupted = self->is_unlocked;
  g_mutex_unlock (&self->lock);
  return is_drained;
}

/* receiver */

SpcLetter *
spc_letters_pop (SpcLetters *self, gint64 deadline_us)
{
  SpcLetter *letter = NULL;
  bool is_waiting = deadline_us != 0;

  g_mutex_lock (&self->lock);
  while (!is_waiting || !self->is_unlocked) {
    letter = g_queue_pop_head (&self->letters);
    if (letter || !is_waiting)
      break;
    is_waiting = spc_wait_until (&self->cond, &self->lock, deadline_us);
  }
  g_mutex_unlock (&self->lock);
  return letter;
}

/* half of it, so that the sender does not stop and go with every letter */
static bool
take_off (SpcLetters *self, gsize bytes)
{
  bool has_room;

  self->bytes -= bytes;
  has_room = self->was_full && self->bytes <= self->max_bytes / 2;
  if (has_room)
    self->was_full = false;
  g_cond_broadcast (&self->cond);
  return has_room;
}

bool
spc_letters_give_back (SpcLetters *self, SpcLetter *letter)
{
  bool has_room;

  g_mutex_lock (&self->lock);
  has_room = take_off (self, cost (letter));
  g_mutex_unlock (&self->lock);
  spc_letter_free (letter);
  return has_room;
}

bool
spc_letters_clear (SpcLetters *self)
{
  GQueue letters;
  gsize bytes = 0;
  bool has_room;

  g_mutex_lock (&self->lock);
  letters = self->letters;
  g_queue_init (&self->letters);
  for (GList *link = letters.head; link; link = link->next)
    bytes += cost (link->data);
  has_room = take_off (self, bytes);
  g_mutex_unlock (&self->lock);
  g_queue_clear_full (&letters, free_letter);
  return has_room;
}

static void
take_if_data (SpcLetters *self, GList *link, GByteArray *bytes)
{
  SpcLetter *letter = link->data;
  gsize size;
  const uint8_t *data;

  if (letter->kind != SPC_LETTER_DATA)
    return;
  data = g_bytes_get_data (letter->data, &size);
  g_byte_array_append (bytes, data, (guint)size);
  g_queue_delete_link (&self->letters, link);
  take_off (self, cost (letter));
  spc_letter_free (letter);
}

/* where the letters of the client that came last begin; lock held */
static GList *
find_last_client (SpcLetters *self)
{
  for (GList *link = self->letters.tail; link; link = link->prev)
    if (((const SpcLetter *)link->data)->kind == SPC_LETTER_ATTACHED)
      return link;
  return self->letters.head;
}

GBytes *
spc_letters_take_data (SpcLetters *self)
{
  GByteArray *bytes = g_byte_array_new ();

  g_mutex_lock (&self->lock);
  for (GList *link = find_last_client (self), *next; link; link = next) {
    next = link->next;
    take_if_data (self, link, bytes);
  }
  g_mutex_unlock (&self->lock);
  return g_byte_array_free_to_bytes (bytes);
}

bool
spc_letters_take_back (SpcLetters *self, SpcLetterKind kind, uint32_t client_id)
{
  SpcLetter *newest;
  bool is_it;

  g_mutex_lock (&self->lock);
  newest = g_queue_peek_tail (&self->letters);
  is_it = newest && newest->kind == kind && newest->client_id == client_id;
  if (is_it) {
    g_queue_pop_tail (&self->letters);
    take_off (self, cost (newest));
    spc_letter_free (newest);
  }
  g_mutex_unlock (&self->lock);
  return is_it;
}

static void
set (SpcLetters *self, bool *flag, bool value)
{
  g_mutex_lock (&self->lock);
  *flag = value;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
spc_letters_set_present (SpcLetters *self, bool present)
{
  set (self, &self->is_present, present);
}

void
spc_letters_set_busy (SpcLetters *self, bool busy)
{
  set (self, &self->is_busy, busy);
}

/* any side */

gsize
spc_letters_bytes (SpcLetters *self)
{
  gsize bytes;

  g_mutex_lock (&self->lock);
  bytes = self->bytes;
  g_mutex_unlock (&self->lock);
  return bytes;
}

void
spc_letters_unlock (SpcLetters *self)
{
  g_mutex_lock (&self->lock);
  self->is_unlocked = self->is_interrupted = true;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
spc_letters_lock (SpcLetters *self)
{
  set (self, &self->is_unlocked, false);
}

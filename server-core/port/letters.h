/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* letters.h – bytes and events on their way between two threads, none lost.
 *
 * A queue with a bound on its bytes, which are counted until they are given
 * back: a sender that may wait does so while it is full, one that may not is
 * told. While nobody is at the other end, bytes are not taken. Any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
  SPC_LETTER_DATA,
  SPC_LETTER_EVENT,
  SPC_LETTER_ATTACHED, /* a client has come */
  SPC_LETTER_DETACHED, /* it has left */
} SpcLetterKind;

typedef struct {
  SpcLetterKind kind;
  uint8_t event;      /* SpcPortEvent */
  uint32_t client_id; /* ATTACHED, DETACHED */
  GBytes *data;
} SpcLetter;

SpcLetter *spc_letter_new_data (const void *data, gsize size);
SpcLetter *spc_letter_new_bytes (GBytes *data); /* referenced */
SpcLetter *spc_letter_new_event (uint8_t event);
SpcLetter *spc_letter_new_client (SpcLetterKind kind, uint32_t client_id);
void spc_letter_free (SpcLetter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcLetter, spc_letter_free)

typedef struct _SpcLetters SpcLetters;

/* life */
SpcLetters *spc_letters_new (gsize max_bytes);
SpcLetters *spc_letters_ref (SpcLetters *self);
void spc_letters_unref (SpcLetters *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcLetters, spc_letters_unref)

/* sender; takes @letter */
/* never waits; false: full from now on */
bool spc_letters_push (SpcLetters *self, SpcLetter *letter);
/* Waits until there is room, and for data until somebody is there. false:
 * unlocked, and the letter is gone. */
bool spc_letters_put (SpcLetters *self, SpcLetter *letter);
/* waits until all is given back and not busy, or nobody is there; false:
 * unlocked */
bool spc_letters_drain (SpcLetters *self);

/* receiver */
/* waits until @deadline_us as spc_mailbox_pop(); NULL when unlocked, too */
SpcLetter *spc_letters_pop (SpcLetters *self, gint64 deadline_us);
/* takes a popped @letter; true: what was full has room again */
bool spc_letters_give_back (SpcLetters *self, SpcLetter *letter);
/* drops what waits; true: as above */
bool spc_letters_clear (SpcLetters *self);
/* (transfer full) the bytes that wait of the client that came last, in order,
 * taken out; what else waits stays */
GBytes *spc_letters_take_data (SpcLetters *self);
/* Takes the newest letter back if it is this one; false: it is another. Two
 * that cancel each other out need not wait. */
bool spc_letters_take_back (SpcLetters *self, SpcLetterKind kind,
                            uint32_t client_id);
/* somebody is at the other end of the line */
void spc_letters_set_present (SpcLetters *self, bool present);
/* what was given back is still on its way out */
void spc_letters_set_busy (SpcLetters *self, bool busy);

/* any side */
gsize spc_letters_bytes (SpcLetters *self);
/* ends the waits of a side and makes them return at once until locked again */
void spc_letters_unlock (SpcLetters *self);
void spc_letters_lock (SpcLetters *self);

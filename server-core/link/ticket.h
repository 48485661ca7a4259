/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ticket.h – RSA key pairs and password tickets.
 *
 * A link whose ticket will be judged gets a key pair of its own, used once:
 * with the same pair a ticket that was overheard would open another link. All
 * others share a pair. One takes some 10 ms to make: a worker does that, one at
 * a time, ahead of the asking if it can. Loop thread, except where said. */
#pragma once

#include "server-core/base/jobs.h"
#include "server-core/base/limits.h"

typedef struct _SpcTicketKey SpcTicketKey;
typedef struct _SpcTicketKeys SpcTicketKeys;
typedef struct _SpcPassword SpcPassword;

/* the store of ready pairs */
/* pairs kept ready: one client's links, more or less */
#define SPC_READY_TICKET_KEYS 8u
SpcTicketKeys *spc_ticket_keys_new (SpcLoop *loop, SpcJobs *jobs);
void spc_ticket_keys_free (SpcTicketKeys *self); /* nobody waits any more */
guint spc_ticket_keys_n_ready (const SpcTicketKeys *self);
guint spc_ticket_keys_n_waiting (const SpcTicketKeys *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcTicketKeys, spc_ticket_keys_free)

/* @key: (transfer full): a pair; NULL: the system's cryptography refuses
 * RSA-1024 */
typedef void (*SpcTicketKeyFunc) (SpcTicketKey *key, gpointer user_data);
/* (transfer full): one that is ready, of nobody else; NULL: @func gets one, in
 * the order of asking */
SpcTicketKey *spc_ticket_keys_take (SpcTicketKeys *self, SpcTicketKeyFunc func,
                                    gpointer user_data);
/* the same, of the pair that all have in common who ask for it */
SpcTicketKey *spc_ticket_keys_share (SpcTicketKeys *self, SpcTicketKeyFunc func,
                                     gpointer user_data);
/* who waits with this @user_data gets none */
void spc_ticket_keys_forget (SpcTicketKeys *self, gpointer user_data);

/* a pair */
SpcTicketKey *spc_ticket_key_ref (SpcTicketKey *self);
void spc_ticket_key_unref (SpcTicketKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcTicketKey, spc_ticket_key_unref)
/* DER SubjectPublicKeyInfo */
const uint8_t *spc_ticket_key_public (const SpcTicketKey *self);
/* Decrypts @blob into @text, NUL-terminated; false for any wrong blob. Wipe
 * @text with spc_wipe afterwards. */
bool spc_ticket_key_decrypt (SpcTicketKey *self,
                             const uint8_t blob[SPC_TICKET_SIZE],
                             char text[SPC_TICKET_SIZE + 1]);

/* what a ticket is checked against: any thread */
/* NULL when @text has more than SPC_MAX_PASSWORD bytes. @text NULL or empty:
 * nobody can log in. @lifetime_s: 0: for ever */
SpcPassword *spc_password_new (const char *text, uint32_t lifetime_s);
void spc_password_free (SpcPassword *self); /* wipes */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcPassword, spc_password_free)
/* constant time; false when @self is NULL or empty or expired at @now_us, or
 * @text is NULL */
bool spc_password_matches (const SpcPassword *self, const char *text,
                           int64_t now_us);
/* the same, but the empty text is one like others, and time does not count */
bool spc_password_is (const SpcPassword *self, const char *text);
void spc_wipe (void *memory, size_t size);

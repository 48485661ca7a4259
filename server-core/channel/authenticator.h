/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* authenticator.h – who passes with which ticket, or as which user of SASL.
 *
 * A ticket is right if it is the password, or what the application says is
 * right, or, for further channels of a viewer, the one that it came in with:
 * so the application is asked once for a viewer, and a password that ends or
 * changes meanwhile does not take channels from who is in. Whom SASL has
 * proven passes unless the application says no; further channels of a viewer
 * must be the same user's. Wrong ones are held back by address. Loop thread
 * only. */
#pragma once

#include "server-core/link/link.h"

typedef struct _SpcAuthenticator SpcAuthenticator;

/* about one ticket, valid during a call; never in the log */
typedef struct {
  uint64_t id; /* of the question; none has been used before */
  const char *peer;
  const SpcIdentity *identity;
  const char *ticket; /* NULL: it did not decrypt, or there is none: SASL */
  GCancellable *cancellable; /* stands for it when it is withdrawn */
} SpcAuthQuestion;

typedef enum {
  SPC_AUTH_REFUSE,
  SPC_AUTH_ACCEPT,
  SPC_AUTH_LEAVE, /* to the password, as if nobody had been asked */
} SpcAuthAnswer;

typedef struct {
  const char *peer;
  const SpcIdentity *identity;
  guint n_failures;  /* in a row, from this address */
  uint32_t delay_ms; /* for which the answer is held back */
  guint n_untold;    /* before it, since too many came at once */
} SpcAuthFailure;

typedef struct {
  /* does the application want to decide? Asked for each ticket. */
  bool (*is_asked) (gpointer user_data);
  void (*ask) (const SpcAuthQuestion *question, gpointer user_data);
  /* the link is over, and no answer counts; once, and not after an answer.
   * Whose it is cancels it: we do not call foreign code. */
  void (*withdrawn) (GCancellable *cancellable, gpointer user_data);
  /* false: there is no such session; *@proof: what it came in with, or NULL */
  bool (*find_proof) (uint32_t connection_id, const SpcPassword **proof,
                      SpcIdentity *identity, gpointer user_data);
  void (*failed) (const SpcAuthFailure *failure, gpointer user_data);
} SpcAuthenticatorOwner;

/* in a link's note: somebody decided about the role in the lower bits */
#define SPC_NOTE_OWN_ROLE 0x100u
#define SPC_NOTE_ROLE_BITS 0xffu

/* life */
SpcAuthenticator *spc_authenticator_new (const SpcAuthenticatorOwner *owner,
                                         gpointer user_data);
void spc_authenticator_free (SpcAuthenticator *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcAuthenticator, spc_authenticator_free)

/* settings: see acceptor.h */
void spc_authenticator_set_password (SpcAuthenticator *self,
                                     const char *password, uint32_t lifetime_s);
void spc_authenticator_set_anonymous (SpcAuthenticator *self, bool allowed);
/* viewers can prove who they are: nobody gets by just because no password was
 * set */
void spc_authenticator_set_sasl (SpcAuthenticator *self, bool is_on);
/* False: others than this machine can connect now, and there is nothing they
 * would be asked for. */
bool spc_authenticator_expose (SpcAuthenticator *self, bool reachable);

/* would a ticket be judged now? */
bool spc_authenticator_needs_ticket (SpcAuthenticator *self);
/* tickets: for SpcLinkHost's check_ticket */
SpcVerdict spc_authenticator_check (SpcAuthenticator *self, SpcLink *link,
                                    SpcLinkRequest *request,
                                    const SpcTransport *transport,
                                    const char *text, uint32_t *delay_ms);
/* users: for its check_user */
SpcVerdict spc_authenticator_check_user (SpcAuthenticator *self, SpcLink *link,
                                         SpcLinkRequest *request,
                                         const SpcTransport *transport,
                                         bool is_proven, uint32_t *delay_ms);
/* Of a question; later ones, and of links that are gone, are forgotten.
 * @user: "" or NULL leaves it as it is, and SASL's stays. @note: with
 * SPC_NOTE_OWN_ROLE, or 0. */
void spc_authenticator_answer (SpcAuthenticator *self, uint64_t question_id,
                               SpcAuthAnswer answer, const char *user,
                               uint32_t note);
void spc_authenticator_forget (SpcAuthenticator *self,
                               SpcLink *link); /* it is over */

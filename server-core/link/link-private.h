/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* link-private.h – a link from inside: link.c knows the order of steps and
 * when each is due, link-steps.c what is done in each. Loop thread only. */
#pragma once

#include "handshake.h"
#include "link.h"
#include "sasl-exchange.h"

typedef enum {
  LINK_MAGIC,     /* its first bytes tell a stray client at once */
  LINK_HEADER,    /* the rest of the link header */
  LINK_MESS,      /* which channel? */
  LINK_KEY,       /* a key pair for it is being made */
  LINK_MECHANISM, /* how will it prove itself? */
  LINK_CHOICE,    /* a ticket? */
  LINK_TICKET,    /* the password */
  LINK_OFFER,     /* before SASL all else must be written */
  LINK_SASL,      /* the exchange has the transport */
  LINK_JUDGED,    /* is it right? the host may think about it */
  LINK_ACCEPTED,  /* SASL's last word is being written */
  LINK_ADMISSION, /* is there still a place? */
  LINK_RESULT,    /* "OK" is being written */
  LINK_HELD,      /* a refusal is held back */
  LINK_FAREWELL,  /* a refusal is being written */
  LINK_LINGER,    /* until the peer has read it */
  LINK_OVER,
} LinkState;

struct _SpcLink {
  guint ref_count;
  /* set at construction */
  char *peer, *network;
  SpcLoop *loop;       /* not owned */
  SpcTicketKeys *keys; /* not owned */
  SpcSaslDesk *desk;   /* NULL: none */
  const SpcLinkHost *host;
  gpointer user_data;
  uint32_t timeout_ms;
  SpcTimer *timer, *retry;
  SpcTransport *transport; /* NULL once handed over */
  /* the handshake */
  LinkState state;
  SpcLinkRequest request;
  SpcMechanisms mechanism; /* the client's choice */
  SpcCaps offered;         /* of the channel */
  SpcTicketKey *key;       /* NULL: none yet, or none is needed */
  bool shares_key;         /* whose ticket is not judged */
  bool awaits_key, has_no_key;
  SpcSaslExchange *exchange;
  bool is_proven;  /* by SASL */
  bool has_ticket; /* in the next field, else it did not decrypt */
  char ticket[SPC_TICKET_SIZE + 1];
  bool is_pending; /* the last verdict was to come, not now */
  bool is_asked;   /* by somebody else, else it is a matter of time */
  uint32_t hold_ms;
  /* how it ends */
  int code;
  GError *error;
  /* bytes */
  GByteArray *out; /* not yet taken by the transport */
  uint32_t mess_size;
  uint32_t n_in, n_discarded;
  uint8_t in[SPC_MAX_LINK_SIZE];
};

/* link.c → link-steps.c: who listens to the transport, and to SASL */
void spc_link_on_ready (SpcTransport *transport, GIOCondition ready,
                        gpointer user_data);
void spc_link_on_verdict (SpcSaslVerdict verdict, const GError *error,
                          gpointer user_data);

/* link-steps.c → link.c */
/* the first reason counts */
void spc_link_fail (SpcLink *self, SpcError kind, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* does the client need a key pair, for its ticket, and will that be judged? */
bool spc_link_takes_tickets (SpcLink *self);
bool spc_link_needs_ticket (SpcLink *self);
/* the steps, in their order; false takes the rule's other way */
bool spc_link_check_magic (SpcLink *self);
bool spc_link_check_header (SpcLink *self);
bool spc_link_judge_mess (SpcLink *self);
bool spc_link_answer_mess (SpcLink *self);
bool spc_link_check_mechanism (SpcLink *self);
bool spc_link_is_for_ticket (SpcLink *self);
bool spc_link_read_ticket (SpcLink *self);
bool spc_link_begin_exchange (SpcLink *self);
bool spc_link_refuse_exchange (SpcLink *self);
/* while somebody thinks about its verdict: is it noticed if the peer leaves? */
bool spc_link_watches_peer (const SpcLink *self);
bool spc_link_note_identity (SpcLink *self);
bool spc_link_accept_proof (SpcLink *self);
bool spc_link_refuse_proof (SpcLink *self);
bool spc_link_give_up_waiting (SpcLink *self);
bool spc_link_wrap_line (SpcLink *self);
bool spc_link_ask_admission (SpcLink *self);
bool spc_link_hand_over (SpcLink *self);
bool spc_link_deny (SpcLink *self);
bool spc_link_end_output (SpcLink *self);

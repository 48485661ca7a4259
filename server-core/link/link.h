/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* link.h – from an accepted transport to an authenticated channel link.
 *
 * A SpcLink owns a transport during the handshake: link message, reply,
 * mechanism, ticket or SASL, result. It asks its host what the server offers
 * and whether the password is right, and hands the transport over once the
 * result "OK" is on its way. Every way of failing is answered with the code the
 * protocol has for it, then the transport is closed and the link frees itself.
 * Loop thread only. */
#pragma once

#include "caps.h"
#include "sasl-desk.h"
#include "server-core/base/error.h"
#include "server-core/net/transport.h"
#include "ticket.h"

typedef struct _SpcLink SpcLink;

#define SPC_MAX_REFUSAL 80 /* bytes of a text */

/* who a client is, as far as it has proven it */
typedef struct {
  char user[SPC_MAX_USER_NAME + 1]; /* "": tickets have none */
  /* "none": nothing was needed; "ticket"; or the name of one of SASL's */
  char mechanism[SPC_MAX_MECHANISM_NAME + 1];
} SpcIdentity;

/* what a client asked for */
typedef struct {
  uint32_t connection_id;
  uint8_t channel_type, channel_id;
  SpcCaps common_caps, channel_caps; /* the client's */
  /* what the host notes on the way: check_ticket for admit, admit for attach */
  SpcIdentity identity;
  SpcPassword *proof; /* owned; the ticket that was right, if one was needed */
  uint32_t client_id; /* that the session will have */
  uint32_t note;
  /* why one of them says no, for the log; or "" and 0 */
  char refusal[SPC_MAX_REFUSAL];
  SpcError refusal_kind;
} SpcLinkRequest;

typedef enum {
  SPC_VERDICT_RIGHT,
  SPC_VERDICT_WRONG, /* held back for *@delay_ms */
  SPC_VERDICT_WAIT,  /* to be asked again in *@delay_ms */
  SPC_VERDICT_ASKED, /* to be asked again on spc_link_judge */
} SpcVerdict;

/* the server's side of a handshake; codes are SPICE_LINK_ERR_…. Any of these
 * may free the link. */
typedef struct {
  /* before the reply: is this channel offered, and with which capabilities? */
  uint32_t (*offer) (const SpcLinkRequest *request, SpcTransport *transport,
                     SpcCaps *channel_caps, gpointer user_data);
  /* is @text (NULL: the blob did not decrypt) the password? Also right when
   * none is needed. *@delay_ms is 0 at the call. */
  SpcVerdict (*check_ticket) (SpcLink *link, SpcLinkRequest *request,
                              SpcTransport *transport, const char *text,
                              uint32_t *delay_ms, gpointer user_data);
  /* the same of who has come by SASL, which has proven the user of the
   * request's identity, or not. NULL when there is no desk. */
  SpcVerdict (*check_user) (SpcLink *link, SpcLinkRequest *request,
                            SpcTransport *transport, bool is_proven,
                            uint32_t *delay_ms, gpointer user_data);
  /* after the ticket: may the link be attached? */
  uint32_t (*admit) (SpcLinkRequest *request, SpcTransport *transport,
                     gpointer user_data);
  /* success: takes @transport, may take the proof; the result word has been
   * written */
  void (*attach) (SpcLinkRequest *request, SpcTransport *transport,
                  gpointer user_data);
  /* the link is over, well (@error NULL) or not; @code: what was answered, -1
   * for a close without an answer. Called once, then the link is freed; not
   * called after spc_link_free. */
  void (*ended) (SpcLink *link, const char *peer, int code, const GError *error,
                 gpointer user_data);
  /* is a ticket judged, if one came now? May not free the link. NULL: yes */
  bool (*needs_ticket) (gpointer user_data);
} SpcLinkHost;

/* takes @transport; @keys and @host stay valid. The time limit covers the
 * handshake from here to the result, waiting for a verdict included, a
 * held-back refusal not. @desk (NULL: none) is where SASL asks, instead of a
 * ticket or besides. */
SpcLink *spc_link_new (SpcLoop *loop, SpcTransport *transport,
                       SpcTicketKeys *keys, SpcSaslDesk *desk,
                       uint32_t timeout_ms, const SpcLinkHost *host,
                       gpointer user_data);
/* the host has a verdict now: it is asked for it, if the link waits for one */
void spc_link_judge (SpcLink *self);
const char *spc_link_peer (const SpcLink *self);
const char *spc_link_network (const SpcLink *self); /* see transport.h */
void spc_link_free (SpcLink *self); /* closes without an answer */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcLink, spc_link_free)

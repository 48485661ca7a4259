/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* link.h – from an accepted transport to an authenticated channel link.
 *
 * A SpcLink owns a transport during the handshake: link message, reply,
 * mechanism, ticket, result. It asks its host what the server offers and
 * whether the password is right, and hands the transport over once the result
 * "OK" is on its way. Every way of failing is answered with the code the
 * protocol has for it, then the transport is closed and the link frees itself.
 * Loop thread only. */
#pragma once

#include "caps.h"
#include "server-core/base/error.h"
#include "server-core/net/transport.h"
#include "ticket.h"

typedef struct _SpcLink SpcLink;

#define SPC_MAX_REFUSAL 80 /* bytes of a text */

/* what a client asked for */
typedef struct {
  uint32_t connection_id;
  uint8_t channel_type, channel_id;
  SpcCaps common_caps, channel_caps; /* the client's */
  /* what the host's admit tells its attach */
  uint32_t client_id; /* that the session will have */
  uint32_t note;
  char refusal[SPC_MAX_REFUSAL]; /* why admit does not, for the log; or "" */
} SpcLinkRequest;

/* the server's side of a handshake; codes are SPICE_LINK_ERR_…. Any of these
 * may free the link. */
typedef struct {
  /* before the reply: is this channel offered, and with which capabilities? */
  uint32_t (*offer) (const SpcLinkRequest *request, SpcTransport *transport,
                     SpcCaps *channel_caps, gpointer user_data);
  /* is @text (NULL: the blob did not decrypt) the password? Also true when
   * none is needed. A refusal is held back for *@delay_ms (0 at the call). */
  bool (*check_ticket) (const SpcLinkRequest *request, SpcTransport *transport,
                        const char *text, uint32_t *delay_ms,
                        gpointer user_data);
  /* after the ticket: may the link be attached? */
  uint32_t (*admit) (SpcLinkRequest *request, SpcTransport *transport,
                     gpointer user_data);
  /* success: takes @transport; the result word has been written */
  void (*attach) (const SpcLinkRequest *request, SpcTransport *transport,
                  gpointer user_data);
  /* the link is over, well (@error NULL) or not; @code: what was answered, -1
   * for a close without an answer. Called once, then the link is freed; not
   * called after spc_link_free. */
  void (*ended) (SpcLink *link, const char *peer, int code, const GError *error,
                 gpointer user_data);
} SpcLinkHost;

/* takes @transport; @keys and @host stay valid. The time limit covers the
 * handshake from here to the result, a held-back refusal not counted. */
SpcLink *spc_link_new (SpcLoop *loop, SpcTransport *transport,
                       SpcTicketKeys *keys, uint32_t timeout_ms,
                       const SpcLinkHost *host, gpointer user_data);
void spc_link_free (SpcLink *self); /* closes without an answer */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcLink, spc_link_free)

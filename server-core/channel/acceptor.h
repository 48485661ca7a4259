/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* acceptor.h – who connects to a server: listeners, handshakes, admission.
 *
 * Accepts transports, runs a bounded number of handshakes, has an authenticator
 * check their tickets, asks its owner whether a proven link is admitted, and
 * counts and tells why others are not. Loop thread only. */
#pragma once

#include "config.h"
#include "authenticator.h"
#include "server-core/link/refusal.h"

typedef struct _SpcAcceptor SpcAcceptor;

/* somebody was not let in, or not with a further channel */
typedef struct {
  const char *peer;
  int code; /* SPICE_LINK_ERR_…, -1: none sent */
  SpcRefusal why;
  const char *reason; /* for people, with the numbers */
  guint n_untold; /* before it, since too many came at once; set by the acceptor
                   */
} SpcRejection;

/* the owner's answers; codes are SPICE_LINK_ERR_… */
typedef struct {
  uint32_t (*offer) (const SpcLinkRequest *request, SpcCaps *channel_caps,
                     gpointer user_data);
  uint32_t (*admit) (SpcLinkRequest *request, const char *peer,
                     gpointer user_data);
  /* takes @transport, may take the proof */
  void (*attach) (SpcLinkRequest *request, SpcTransport *transport,
                  gpointer user_data);
  /* connections of viewers from this network (transport.h) */
  guint (*count_links) (const char *network, gpointer user_data);
  void (*rejected) (const SpcRejection *rejection, gpointer user_data);
  SpcAuthenticatorOwner authenticator;
} SpcAcceptorOwner;

SpcAcceptor *spc_acceptor_new (SpcLoop *loop, SpcJobs *jobs,
                               const SpcConfig *config,
                               const SpcAcceptorOwner *owner,
                               gpointer user_data);
void spc_acceptor_free (SpcAcceptor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcAcceptor, spc_acceptor_free)

/* listens as the configuration says; refuses an address that others can reach
 * unless a password is set, the application is asked, or anonymous viewers are
 * allowed */
bool spc_acceptor_open (SpcAcceptor *self, GError **error);
void spc_acceptor_close (SpcAcceptor *self); /* listeners and handshakes end */
uint16_t spc_acceptor_port (const SpcAcceptor *self);     /* 0: none */
uint16_t spc_acceptor_tls_port (const SpcAcceptor *self); /* 0: none */
bool spc_acceptor_has_tls (const SpcAcceptor *self);
/* Reads certificate and key anew, for the lines to come; false with @error when
 * they are of no use, and then the old ones stay. */
bool spc_acceptor_reload_tls (SpcAcceptor *self, GError **error);
/* The same with other settings, which are looked at if there is TLS yet. */
bool spc_acceptor_change_tls (SpcAcceptor *self, const SpcTlsConfig *config,
                              GError **error);

/* NULL @password: none is set. With one that is empty or too long (limits.h)
 * nobody can log in. */
void spc_acceptor_set_password (SpcAcceptor *self, const char *password,
                                uint32_t lifetime_s);
void spc_acceptor_set_anonymous (SpcAcceptor *self, bool allowed);
/* see authenticator.h */
void spc_acceptor_answer (SpcAcceptor *self, uint64_t question_id,
                          SpcAuthAnswer answer, const char *user,
                          uint32_t note);
/* asking */
guint spc_acceptor_n_pending (const SpcAcceptor *self);
guint64 spc_acceptor_n_refused (const SpcAcceptor *self, SpcRefusal why);
/* counts and tells it: of a link that was over, but could not be attached */
void spc_acceptor_reject (SpcAcceptor *self, const SpcRejection *rejection);
/* see spc_server_add_line () */
bool spc_acceptor_add_line (SpcAcceptor *self, GSocket *socket,
                            SpcLineFlags flags, GError **error);
/* a transport that did not come from a listener */
void spc_acceptor_take (SpcAcceptor *self, SpcTransport *transport);

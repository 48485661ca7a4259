/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gate.h – the server's door: listeners, handshakes, who may come in.
 *
 * Accepts transports, runs a bounded number of handshakes, lets a porter check
 * their tickets, asks its owner whether a proven link is admitted, and counts
 * and tells why others are not. Loop thread only. */
#pragma once

#include "config.h"
#include "porter.h"
#include "server-core/link/refusal.h"

typedef struct _SpcGate SpcGate;

/* somebody was not let in, or not with a further channel */
typedef struct {
  const char *peer;
  int code; /* SPICE_LINK_ERR_…, -1: none sent */
  SpcRefusal why;
  const char *reason; /* for people, with the numbers */
  guint n_untold; /* before it, since too many came at once; set by the gate */
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
  SpcPorterOwner porter;
} SpcGateOwner;

SpcGate *spc_gate_new (SpcLoop *loop, SpcJobs *jobs, const SpcConfig *config,
                       const SpcGateOwner *owner, gpointer user_data);
void spc_gate_free (SpcGate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcGate, spc_gate_free)

/* listens as the configuration says; refuses an address that others can reach
 * unless a password is set, the application is asked, or anonymous viewers are
 * allowed */
bool spc_gate_open (SpcGate *self, GError **error);
void spc_gate_close (SpcGate *self);          /* listeners and handshakes end */
uint16_t spc_gate_port (const SpcGate *self); /* 0: none */
uint16_t spc_gate_tls_port (const SpcGate *self); /* 0: none */
bool spc_gate_has_tls (const SpcGate *self);
/* Reads certificate and key anew, for the lines to come; false with @error when
 * they are of no use, and then the old ones stay. */
bool spc_gate_reload_tls (SpcGate *self, GError **error);
/* The same with other settings, which are looked at if there is TLS yet. */
bool spc_gate_change_tls (SpcGate *self, const SpcTlsConfig *config,
                          GError **error);

/* NULL @password: none is set. With one that is empty or too long (limits.h)
 * nobody can log in. */
void spc_gate_set_password (SpcGate *self, const char *password,
                            uint32_t lifetime_s);
void spc_gate_set_anonymous (SpcGate *self, bool allowed);
/* see porter.h */
void spc_gate_answer (SpcGate *self, uint64_t question_id, SpcAuthAnswer answer,
                      const char *user, uint32_t note);
/* asking */
guint spc_gate_n_pending (const SpcGate *self);
guint64 spc_gate_n_refused (const SpcGate *self, SpcRefusal why);
/* counts and tells it: of a link that was over, but could not be attached */
void spc_gate_reject (SpcGate *self, const SpcRejection *rejection);
/* see spc_server_add_line () */
bool spc_gate_add_line (SpcGate *self, GSocket *socket, SpcLineFlags flags,
                        GError **error);
/* a transport that did not come from a listener */
void spc_gate_take (SpcGate *self, SpcTransport *transport);

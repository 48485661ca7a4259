/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gate.h – the server's door: listeners, handshakes, who may come in.
 *
 * Accepts transports, runs a bounded number of handshakes, checks tickets and
 * holds wrong ones back, and asks its owner whether a proven link is admitted.
 * Loop thread only. */
#pragma once

#include "config.h"
#include "server-core/link/link.h"

typedef struct _SpcGate SpcGate;

/* the owner's answers; codes are SPICE_LINK_ERR_… */
typedef struct {
  uint32_t (*offer) (const SpcLinkRequest *request, SpcCaps *channel_caps,
                     gpointer user_data);
  uint32_t (*admit) (SpcLinkRequest *request, const char *peer,
                     gpointer user_data);
  void (*attach) (const SpcLinkRequest *request, SpcTransport *transport,
                  gpointer user_data); /* takes @transport */
  void (*rejected) (const char *peer, int code, const char *reason,
                    gpointer user_data);
  void (*auth_failed) (const char *peer, guint n_failures, gpointer user_data);
} SpcGateOwner;

SpcGate *spc_gate_new (SpcLoop *loop, SpcJobs *jobs, const SpcConfig *config,
                       const SpcGateOwner *owner, gpointer user_data);
void spc_gate_free (SpcGate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcGate, spc_gate_free)

/* listens as the configuration says; refuses an address that others can reach
 * unless a password is set or anonymous viewers are allowed */
bool spc_gate_open (SpcGate *self, GError **error);
void spc_gate_close (SpcGate *self);          /* listeners and handshakes end */
uint16_t spc_gate_port (const SpcGate *self); /* 0: none */
uint16_t spc_gate_tls_port (const SpcGate *self); /* 0: none */
/* Reads certificate and key anew, for the lines to come; false with @error when
 * they are of no use, and then the old ones stay. */
bool spc_gate_reload_tls (SpcGate *self, GError **error);

/* NULL @password: none is set. With one that is empty or too long (limits.h)
 * nobody can log in. */
void spc_gate_set_password (SpcGate *self, const char *password,
                            uint32_t lifetime_s);
void spc_gate_set_anonymous (SpcGate *self, bool allowed);
guint spc_gate_n_pending (const SpcGate *self);
/* a transport that did not come from a listener (tests, an application) */
void spc_gate_take (SpcGate *self, SpcTransport *transport);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* connect-pace.h – how quickly an address may open connections.
 *
 * Pure: asked for each connection with the time. An address may do at once what
 * it may do in SPC_CONNECT_BURST_S seconds, as a viewer that opens all its
 * channels, or a browser a page with its parts; from then on it is as quick as
 * it is allowed to be. @network: peer_network of transport.h. Holds a bounded
 * number of addresses, those that were heard of longest ago give way. Loop
 * thread only. */
#pragma once

#include "server-core/net/transport.h"
#include <stdint.h>

typedef struct _SpcConnectPace SpcConnectPace;

typedef enum {
  SPC_PACE_FINE,
  SPC_PACE_TOO_FAST, /* and that is to be told */
  SPC_PACE_STILL_TOO_FAST,
} SpcPaceVerdict;

SpcConnectPace *spc_connect_pace_new (void);
void spc_connect_pace_free (SpcConnectPace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcConnectPace, spc_connect_pace_free)
/* Connections a second that are allowed to whom is at the other end; 0: any
 * number, as on unix sockets. @wanted: that many, 0: any number, -1: the usual
 * one, but any number from this machine: a proxy or a tunnel here brings
 * everybody, and who is here need not connect to do harm. */
uint32_t spc_connect_pace_for (const SpcTransport *transport, int wanted);
/* @per_s: at least 1. Told is the first connection that is too much, and the
 * next after a minute, or once the address has been quiet for as long as it
 * takes to have all of its burst again. */
SpcPaceVerdict spc_connect_pace_judge (SpcConnectPace *self,
                                       const char *network, uint32_t per_s,
                                       int64_t now_us);

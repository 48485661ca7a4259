/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flow.h – the acknowledgement window and the pings of one connection.
 *
 * Pure bookkeeping (spec: ACK window, ping): told what was sent and what came
 * back, answers whether more may be sent and when a ping was. Acks and pongs
 * that nobody asked for are harmless. Zeroed memory is a new one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* unanswered ones that are remembered: a viewer's streams may have 6 every 5 s,
 * and one that answers none for 30 s is closed; a ping beyond is sent, but
 * nobody hears of its answer */
#define SPC_MAX_PINGS 64

typedef struct {
  uint32_t id;
  int64_t sent_us;        /* monotonic */
  void *func, *user_data; /* the caller's */
} SpcPendingPing;

typedef struct {
  uint32_t generation, window; /* messages; 0: no window */
  bool synced;                 /* the peer has confirmed the generation */
  uint32_t outstanding;        /* messages sent and not acknowledged */
  uint32_t next_ping_id;
  unsigned n_pings;
  SpcPendingPing pings[SPC_MAX_PINGS];
} SpcFlow;

/* a new window begins; the caller sends SET_ACK with these values */
void spc_flow_start_window (SpcFlow *self, uint32_t window);
void spc_flow_sent (SpcFlow *self); /* one message */
/* no window, or no more than two of them are outstanding */
bool spc_flow_may_send (const SpcFlow *self);
void spc_flow_ack_sync (SpcFlow *self, uint32_t generation);
void spc_flow_ack (SpcFlow *self);

/* @now_us: monotonic. Returns the id to send, 0 when too many are unanswered */
uint32_t spc_flow_ping (SpcFlow *self, int64_t now_us, void *func,
                        void *user_data);
/* false: no such ping. Pings sent before it are forgotten. */
bool spc_flow_pong (SpcFlow *self, uint32_t id, SpcPendingPing *ping);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pending-links.h – the connections whose handshakes are under way.
 *
 * Each begins as an entrance, which finds out what it speaks, and becomes a
 * link, which shakes hands. Both kinds are here in the order in which they
 * came, and are not owned. Plain data: the acceptor puts them in and takes them
 * out. Loop thread only. */
#pragma once

#include "server-core/link/link.h"
#include "server-core/net/entrance.h"

typedef struct {
  GQueue entrances; /* SpcEntrance */
  GQueue links;     /* SpcLink */
} SpcPendingLinks;

/* one of them */
typedef struct {
  const char *peer, *network; /* transport.h; its own */
  SpcEntrance *entrance;      /* NULL: it is a link */
  SpcLink *link;              /* NULL: it is an entrance */
} SpcPendingLink;

void spc_pending_links_init (SpcPendingLinks *self);
guint spc_pending_links_length (const SpcPendingLinks *self);
/* how many come from that network */
guint spc_pending_links_count (const SpcPendingLinks *self,
                               const char *network);
/* The oldest of the network that has the most, entrances first: who floods
 * makes room for itself. There is one. */
SpcPendingLink spc_pending_links_choose (const SpcPendingLinks *self);

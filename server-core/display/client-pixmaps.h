/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* client-pixmaps.h – which cache of its client a display channel fills.
 *
 * By what it says in INIT. Loop thread only. */
#pragma once

#include "pixmap-cache.h"
#include "server-core/channel/client.h"
#include "server-core/wire/messages-display.h"

/* what no web client says, and all others that are known do */
bool spc_init_is_native (const SpcDisplayInit *init, bool takes_composite);
/* The mirror of what the client keeps by the id in @init: it lives as long as
 * the client does, and the first INIT says its size. NULL: the channel has no
 * images kept. Web clients have a cache for each channel, which does not
 * outlive it, and cannot wait for others (spec: quirks): their first display
 * channel gets one, the others none. */
SpcPixmapCache *spc_client_join_pixmaps (SpcClient *client,
                                         const SpcDisplayInit *init,
                                         bool takes_composite);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* loop.h – libspice-server's core interface on the default GMainContext.
 *
 * Timers and watches are GSources; each belongs to the server that asked for
 * it. Threads: the main thread only. */
#pragma once

#include <glib.h>
#include <spice.h>

typedef void (*FeederChannelFunc) (int event, SpiceChannelEventInfo *info);

/* Fills a core interface; @on_channel hears of channels that come and go. The
 * interface must live as long as the server. */
void feeder_loop_init_core (SpiceCoreInterface *core,
                            FeederChannelFunc on_channel);

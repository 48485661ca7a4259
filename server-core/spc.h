/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spc.h – the server layer: umbrella header, and the one call that knows all
 * kinds of channels. */
#pragma once

#include "audio/playback.h"        /* sound out */
#include "audio/record.h"          /* sound in */
#include "base/log.h"              /* the log and its sink */
#include "channel/server.h"        /* server, host and input vtables */
#include "cursor/cursor-channel.h" /* pointer shapes */
#include "display/display.h"       /* pictures */
#include "inputs/scancodes.h"      /* key names */
#include "port/port.h"             /* byte streams */
#include "main/agent-desk.h"       /* what viewers wish of the desktop */

/* a server with its main and inputs channels; others are added by who produces
 * for them */
SpcServer *spc_new (const SpcConfig *config, GMainContext *context,
                    const SpcHost *host, const SpcInputSink *input_sink,
                    gpointer user_data);

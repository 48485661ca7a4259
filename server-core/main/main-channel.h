/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* main-channel.h – the main channel: a session's beginning and its frame.
 *
 * Greets a viewer (INIT, name, uuid), measures the line once, lists the
 * channels and what is added later, settles the mouse mode, and publishes the
 * multimedia clock. When a viewer's main connection ends, the viewer is gone.
 * Loop thread only. */
#pragma once

#include "server-core/channel/server.h"

#define SPC_TYPE_MAIN (spc_main_get_type ())
G_DECLARE_FINAL_TYPE (SpcMain, spc_main, SPC, MAIN, SpcChannel)

SpcMain *spc_main_new (SpcServer *server);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inputs.h – the inputs channel: keys, locks, pointer, buttons.
 *
 * Turns messages into input events (channel/server.h), acknowledges
 * motion, keeps the pressed keys and buttons of each viewer and lets go of them
 * when it leaves, unless another viewer holds them too. One a server, id 0.
 * Loop thread only.
 *
 * Locks: the channel follows the lock keys that go by and what
 * spc_inputs_set_leds tells. A viewer that reports other locks gets its way:
 * the lock keys are pressed for it. */
#pragma once

#include "server-core/channel/server.h"

#define SPC_TYPE_INPUTS (spc_inputs_get_type ())
G_DECLARE_FINAL_TYPE (SpcInputs, spc_inputs, SPC, INPUTS, SpcChannel)

SpcInputs *spc_inputs_new (SpcServer *server);
/* which lock LEDs are lit, SPC_LOCK_…; every viewer is told */
void spc_inputs_set_leds (SpcInputs *self, uint8_t locks);

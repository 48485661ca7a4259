/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* quic-runs.h – QUIC's adaptive code of run lengths.
 *
 * A state stands for a length that is expected; each time a run reaches it, the
 * next state expects as much or more (spec: QUIC). Pure; any thread. */
#pragma once

#include "quic-bit-reader.h"
#include "quic-bits.h"
#include <stdbool.h>

/* bits of a run's code, beyond one a pixel */
enum { SPC_QUIC_RUN_END = 16 };

/* Writes a run of @n pixels, and behind it one of none if @then_none. @state is
 * 0 at an image's start. */
void spc_quic_put_run (SpcQuicBits *bits, uint8_t *state, uint32_t n,
                       bool then_none);

/* reads a run of at most @most pixels to *@n; false: it is longer */
bool spc_quic_get_run (SpcQuicBitReader *bits, uint8_t *state, uint32_t most,
                       uint32_t *n);

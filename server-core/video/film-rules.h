/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* film-rules.h – whether a patch of heat is a film, and one worth a stream.
 *
 * By how fast it changes, how much of it, for how long, and what it costs.
 * Pure.
 */
#pragma once

#include "heat-patch.h"
#include "stream-detect.h"

/* No scroll looks like it. */
bool spc_film_is_sure (const SpcStreamLimits *limits,
                       const SpcHeatPatch *patch);
/* by_cost: its pictures cost enough more than video would */
bool spc_film_is_worth_it (const SpcStreamLimits *limits,
                           const SpcHeatPatch *patch);

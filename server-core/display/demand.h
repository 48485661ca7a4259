/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* demand.h – in which encodings viewers wait for the next batch.
 *
 * Loop thread only. */
#pragma once

#include "draft.h"

/* a bit beside those of SPC_DEMAND: the next slot of the dictionary */
#define SPC_DEMAND_GLZ (1u << 31)

/* Bits of what the viewers of a display wait for. @connections: all of it */
guint spc_demand_of (GPtrArray *connections, SpcGlzGroup *group);

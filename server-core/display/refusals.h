/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* refusals.h – whom a display tells of commands that it refuses.
 *
 * Embedded in the display. Telling: the loop thread; setting: any. */
#pragma once

#include "display.h"

typedef struct {
  GMutex lock;
  gpointer listener; /* guarded by it; shared with a call that is under way */
} SpcRefusals;

void spc_refusals_init (SpcRefusals *self);
void spc_refusals_clear (SpcRefusals *self);

void spc_refusals_set (SpcRefusals *self, SpcRefusedFunc func,
                       gpointer user_data, GDestroyNotify destroy);
void spc_refusals_tell (SpcRefusals *self, const GError *error);

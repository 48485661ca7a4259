/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hidden-draws.h – which draws of a batch others of it seem to hide.
 *
 * A guess, made before anything is encoded: covers are not joined, only the
 * newest few are looked at, and one that is refused later hides nothing. What
 * is hidden indeed, the tree finds out. Pure; any thread. */
#pragma once

#include "qxl/command.h"

/* for each command, whether it is a draw that lies below an opaque one, and
 * nothing is read in between (transfer full); NULL: none is */
bool *spc_hidden_draws_find (const QxlBatch *batch);

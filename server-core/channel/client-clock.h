/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* client-clock.h – tells a client the multimedia time (spec: multimedia time).
 *
 * Its clock goes by what it was told last, until it hears sound. Loop thread
 * only. */
#pragma once

#include "client.h"

/* nothing happens once its main connection has gone */
void spc_client_tell_clock (SpcClient *self);

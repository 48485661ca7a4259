/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inputs.h – keyboard, mouse and tablet that print what clients do, one line
 * an event on standard output:
 *   KEY 1e · MOTION dx dy wheel buttons · BUTTONS mask · POSITION x y buttons
 *   WHEEL step buttons
 * Threads: the main thread. */
#pragma once

#include <glib.h>
#include <spice.h>

typedef struct _FeederInputs FeederInputs;

/* @with_tablet: clients may send absolute positions. */
FeederInputs *feeder_inputs_new (SpiceServer *server, gboolean with_tablet,
                                 gboolean print);
void feeder_inputs_free (FeederInputs *self); /* after the server is gone */

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* grainy-film.h – a synthetic film with grain, to judge encoders by.
 *
 * Soft light that glides, and over it the grain of silver: about normally
 * distributed, each pixel for itself, another one in each frame, the same on
 * all channels. The same on every machine. For tests and benches only. */
#pragma once

#include "qxl/image.h"

/* BGRX */
QxlImage *grainy_film_frame (uint32_t number, uint32_t width, uint32_t height);

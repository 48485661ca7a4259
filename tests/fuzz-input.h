/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fuzz-input.h – what a fuzzer of sessions takes from its input.
 *
 * Numbers are little-endian; beyond the input's end they are zeros. */
#pragma once

#include "qxl/command.h"

/* of what is drawn, pixels */
#define FUZZ_MAX_SIDE 100u

typedef struct {
  const uint8_t *data;
  size_t size;
} Input;

uint32_t take (Input *input, unsigned n_bytes);
/* not more than there are */
void skip (Input *input, uint32_t n_bytes);
int32_t take_coordinate (Input *input); /* -4 to 251 */
QxlPoint take_point (Input *input);
QxlRect take_rect (Input *input);
QxlImage *take_image (Input *input, QxlFormat format);
/* a fill, a move or a copy, of small places inside and outside */
QxlDrawable *take_drawable (Input *input, uint32_t surface_id);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pointer-state.h – what holds of a pointer, and how commands change it.
 *
 * Plain data, one thread at a time (spec: pointer state). */
#pragma once

#include "pointer-shape.h"

typedef struct {
  SpcPointerShape *shape; /* owned; NULL: none */
  bool visible;
  int16_t x, y;         /* of the hot spot, as last moved */
  int16_t set_x, set_y; /* the same, or what came with a shape since */
  uint16_t trail_length, trail_frequency;
  uint32_t n_resets;
} SpcPointerState;

/* visible at 0,0, without a shape */
void spc_pointer_state_init (SpcPointerState *self);
void spc_pointer_state_clear (SpcPointerState *self);
void spc_pointer_state_copy (SpcPointerState *self,
                             const SpcPointerState *from);
/* a shape equal to the one it has is not taken in its place */
void spc_pointer_state_set_shape (SpcPointerState *self,
                                  SpcPointerShape *shape);
void spc_pointer_state_move (SpcPointerState *self, int16_t x, int16_t y);
/* @shape: that of a SET */
void spc_pointer_state_apply (SpcPointerState *self,
                              const QxlCursorCommand *command,
                              SpcPointerShape *shape);

static inline bool
spc_pointer_state_is_seen (const SpcPointerState *self)
{
  return self->visible && self->shape;
}

/* true if a viewer that was told it has nothing to forget */
static inline bool
spc_pointer_state_is_blank (const SpcPointerState *self)
{
  return !self->shape && !self->trail_length && !self->trail_frequency;
}

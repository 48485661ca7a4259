/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pointer-state.h"

void
spc_pointer_state_init (SpcPointerState *self)
{
  *self = (SpcPointerState){.visible = true};
}

void
spc_pointer_state_clear (SpcPointerState *self)
{
  spc_pointer_shape_unref (self->shape);
  spc_pointer_state_init (self);
}

void
spc_pointer_state_copy (SpcPointerState *self, const SpcPointerState *from)
{
  SpcPointerShape *old = self->shape;

  *self = *from;
  spc_pointer_shape_ref (self->shape);
  spc_pointer_shape_unref (old);
}

void
spc_pointer_state_set_shape (SpcPointerState *self, SpcPointerShape *shape)
{
  SpcPointerShape *old = self->shape;

  if (spc_pointer_shape_equals (old, shape))
    return;
  self->shape = spc_pointer_shape_ref (shape);
  spc_pointer_shape_unref (old);
}

void
spc_pointer_state_move (SpcPointerState *self, int16_t x, int16_t y)
{
  self->x = self->set_x = x;
  self->y = self->set_y = y;
}

static void
reset (SpcPointerState *self)
{
  uint32_t n_resets = self->n_resets + 1;

  spc_pointer_state_clear (self);
  self->n_resets = n_resets;
}

/* a place that comes with a shape is not kept for those who come later */
static void
set (SpcPointerState *self, const QxlCursorCommand *command,
     SpcPointerShape *shape)
{
  spc_pointer_state_set_shape (self, shape);
  self->visible = command->is_visible;
  self->set_x = command->x;
  self->set_y = command->y;
}

void
spc_pointer_state_apply (SpcPointerState *self, const QxlCursorCommand *command,
                         SpcPointerShape *shape)
{
  switch (command->kind) {
  case QXL_CURSOR_SET:
    set (self, command, shape);
    break;
  case QXL_CURSOR_MOVE:
    spc_pointer_state_move (self, command->x, command->y);
    self->visible = true;
    break;
  case QXL_CURSOR_HIDE:
    self->visible = false;
    break;
  case QXL_CURSOR_TRAIL:
    self->trail_length = command->length;
    self->trail_frequency = command->frequency;
    break;
  case QXL_CURSOR_RESET:
    reset (self);
    break;
  }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* brushes, and what needs no more than them */
#include "qxl/canvas-private.h"

#include "qxl/rop.h"

bool
qxl_canvas_brush (const QxlCanvasCall *call, const QxlBrush *brush,
                  QxlOperand *operand)
{
  pixman_image_t *tile;

  if (brush->kind != QXL_BRUSH_PATTERN) {
    qxl_operand_init_colour (operand,
                             brush->kind == QXL_BRUSH_SOLID ? brush->color : 0);
    return true;
  }
  tile = qxl_canvas_source_as_dest (call, &brush->pattern);
  if (tile == NULL)
    return false;
  qxl_operand_init_tile (operand, tile, brush->pos.x, brush->pos.y);
  return true;
}

void
qxl_canvas_brush_code (QxlCanvasCall *call, const QxlBrush *brush, uint8_t code,
                       const QxlRegion *region)
{
  QxlOperand operand;

  if (!qxl_canvas_brush (call, brush, &operand))
    return;
  qxl_canvas_combine (call, code, &operand, region);
  qxl_operand_clear (&operand);
}

void
qxl_canvas_apply_brush (QxlCanvasCall *call, const QxlBrush *brush,
                        uint16_t rop, const QxlRegion *region)
{
  qxl_canvas_brush_code (
      call, brush,
      qxl_rop2_code (rop, QXL_ROP_INVERS_BRUSH, QXL_ROP_INVERS_DEST), region);
}

void
qxl_canvas_fill (QxlCanvasCall *call)
{
  const QxlFill *fill = &call->op->u.fill;

  qxl_canvas_apply_brush (call, &fill->brush, fill->rop, &call->region);
}

static void
without_brush (QxlCanvasCall *call, uint16_t rop)
{
  const QxlBrush none = {.kind = QXL_BRUSH_NONE};

  qxl_canvas_apply_brush (call, &none, rop, &call->region);
}

void
qxl_canvas_blackness (QxlCanvasCall *call)
{
  without_brush (call, QXL_ROP_BLACKNESS);
}

void
qxl_canvas_whiteness (QxlCanvasCall *call)
{
  without_brush (call, QXL_ROP_WHITENESS);
}

void
qxl_canvas_invers (QxlCanvasCall *call)
{
  without_brush (call, QXL_ROP_INVERS);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/canvas-private.h"

#include "qxl/rop.h"

typedef struct {
  uint8_t code;
  QxlOperand p, s;
} Rop3;

static void
rop3_row (gpointer data, uint32_t *d, int32_t x, int32_t y, size_t n)
{
  const Rop3 *rop3 = data;
  uint32_t p[QXL_CANVAS_ROW_MAX], s[QXL_CANVAS_ROW_MAX];

  qxl_operand_read (&rop3->p, p, x, y, n);
  qxl_operand_read (&rop3->s, s, x, y, n);
  qxl_rop3_row (rop3->code, d, p, s, n);
}

void
qxl_canvas_rop3 (QxlCanvasCall *call)
{
  const QxlRop3 *op = &call->op->u.rop3;
  const QxlCopy *copy = &op->copy;
  Rop3 rop3 = {.code = op->code};

  if (!qxl_canvas_operand (call, &copy->src, &copy->src_area, copy->scale_mode,
                           QXL_CANVAS_SCALE_ROP3, &rop3.s))
    return;
  if (qxl_canvas_brush (call, &op->brush, &rop3.p)) {
    qxl_operand_limit (&rop3.s, &call->region);
    qxl_canvas_each_row (call, &call->region, rop3_row, &rop3);
    qxl_operand_clear (&rop3.p);
  }
  qxl_operand_clear (&rop3.s);
}

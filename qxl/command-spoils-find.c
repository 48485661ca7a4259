/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/command-spoils-private.h"

#include "qxl/command-samples.h"

QxlDrawable *
qxl_spoil_draw_in (QxlCommand *command)
{
  return command->kind == QXL_COMMAND_DRAW ? command->u.draw : NULL;
}

QxlOperation *
qxl_spoil_op_in (QxlCommand *command)
{
  QxlDrawable *draw = qxl_spoil_draw_in (command);

  return draw != NULL && draw->kind == QXL_DRAW_OPERATION ? draw->u.operation
                                                          : NULL;
}

QxlOperation *
qxl_spoil_op_of_kind (QxlCommand *command, QxlOpKind kind)
{
  QxlOperation *op = qxl_spoil_op_in (command);

  return op != NULL && op->kind == kind ? op : NULL;
}

QxlDrawable *
qxl_spoil_plain_of_kind (QxlCommand *command, QxlDrawKind kind)
{
  QxlDrawable *draw = qxl_spoil_draw_in (command);

  return draw != NULL && draw->kind == kind ? draw : NULL;
}

QxlCopy *
qxl_spoil_copy_in (QxlCommand *command)
{
  QxlOperation *op = qxl_spoil_op_in (command);

  if (op == NULL)
    return NULL;
  switch (op->kind) {
  case QXL_OP_COPY:
  case QXL_OP_BLEND:
    return &op->u.copy;
  case QXL_OP_OPAQUE:
    return &op->u.opaque.copy;
  case QXL_OP_ROP3:
    return &op->u.rop3.copy;
  default:
    return NULL;
  }
}

QxlRect *
qxl_spoil_src_area_in (QxlCommand *command)
{
  QxlCopy *copy = qxl_spoil_copy_in (command);
  QxlOperation *op = qxl_spoil_op_in (command);

  if (copy != NULL)
    return &copy->src_area;
  if (op != NULL && op->kind == QXL_OP_TRANSPARENT)
    return &op->u.transparent.src_area;
  if (op != NULL && op->kind == QXL_OP_ALPHA_BLEND)
    return &op->u.alpha_blend.src_area;
  return NULL;
}

QxlSource *
qxl_spoil_source_in (QxlCommand *command, QxlSourceRole role)
{
  QxlOperation *op = qxl_spoil_op_in (command);

  return op != NULL ? (QxlSource *)qxl_operation_source (op, role) : NULL;
}

QxlBrush *
qxl_spoil_brush_in (QxlCommand *command)
{
  QxlOperation *op = qxl_spoil_op_in (command);

  if (op == NULL)
    return NULL;
  switch (op->kind) {
  case QXL_OP_FILL:
    return &op->u.fill.brush;
  case QXL_OP_OPAQUE:
    return &op->u.opaque.brush;
  case QXL_OP_ROP3:
    return &op->u.rop3.brush;
  case QXL_OP_STROKE:
    return &op->u.stroke.brush;
  case QXL_OP_TEXT:
    return &op->u.text.fore_brush;
  default:
    return NULL;
  }
}

QxlMask *
qxl_spoil_mask_in (QxlCommand *command)
{
  QxlOperation *op = qxl_spoil_op_in (command);
  QxlCopy *copy = qxl_spoil_copy_in (command);
  QxlMask *found = copy != NULL ? &copy->mask : NULL;

  if (op != NULL && op->kind == QXL_OP_FILL)
    found = &op->u.fill.mask;
  if (op != NULL && (op->kind == QXL_OP_BLACKNESS ||
                     op->kind == QXL_OP_WHITENESS || op->kind == QXL_OP_INVERS))
    found = &op->u.mask;
  return found != NULL && found->bitmap.kind != QXL_SOURCE_NONE ? found : NULL;
}

bool
qxl_spoil_replace (QxlSource *source, QxlSource by)
{
  if (source != NULL) {
    qxl_image_unref (source->image);
    *source = by;
  } else {
    qxl_image_unref (by.image);
  }
  return source != NULL;
}

const QxlSource nothing = {.kind = QXL_SOURCE_NONE};

QxlSource
qxl_spoil_source_of (QxlFormat format)
{
  return qxl_source_image (qxl_sample_image (format));
}

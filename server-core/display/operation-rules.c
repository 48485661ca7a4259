/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "operation-rules.h"

bool
spc_surface_is_told (QxlFormat format, const SpcDrawTraits *traits)
{
  switch (format) {
  case QXL_FORMAT_BGRX:
  case QXL_FORMAT_BGRA:
    return true;
  case QXL_FORMAT_RGB15:
    return traits->is_native;
  case QXL_FORMAT_A8:
    return traits->is_native && traits->takes_a8_surfaces;
  default:
    return false;
  }
}

/* Codes of at most two operands have commands of their own, and clients know
 * them there only. */
static bool
is_known_rop3 (uint8_t code)
{
  bool needs_brush = (code >> 4) != (code & 0x0f);
  bool needs_src = ((code >> 2) & 0x33) != (code & 0x33);
  bool needs_dest = ((code >> 1) & 0x55) != (code & 0x55);

  return needs_brush && needs_src && needs_dest;
}

static bool
is_told_stroke (const QxlStroke *stroke)
{
  /* dashes differ at slanted joints; patterns of surfaces fail */
  return (stroke->attr.flags & QXL_LINE_STYLED) == 0 &&
         (stroke->brush.kind != QXL_BRUSH_PATTERN ||
          stroke->brush.pattern.kind == QXL_SOURCE_IMAGE);
}

static bool
is_told_on_a8 (QxlOpKind kind)
{
  return kind == QXL_OP_FILL || kind == QXL_OP_COPY ||
         kind == QXL_OP_COPY_BITS || kind == QXL_OP_COMPOSITE;
}

/* what clients get wrong about where pixels come from */
static bool
has_odd_source (const QxlDrawable *draw)
{
  const QxlSource *mask =
      qxl_operation_source (draw->u.operation, QXL_ROLE_MASK);

  if (qxl_operation_reads (draw->u.operation, draw->surface_id))
    return true;
  return mask != NULL && mask->kind == QXL_SOURCE_SURFACE &&
         draw->u.operation->kind != QXL_OP_COMPOSITE;
}

bool
spc_draw_is_told (const QxlDrawable *draw, QxlFormat format,
                  const SpcDrawTraits *traits)
{
  const QxlOperation *op;

  if (draw->kind != QXL_DRAW_OPERATION)
    return true;
  op = draw->u.operation;
  if (!traits->is_native || has_odd_source (draw) ||
      (format == QXL_FORMAT_A8 && !is_told_on_a8 (op->kind)))
    return false;
  switch (op->kind) {
  case QXL_OP_ROP3:
    return is_known_rop3 (op->u.rop3.code);
  case QXL_OP_STROKE:
    return is_told_stroke (&op->u.stroke);
  case QXL_OP_TEXT:
    return op->u.text.string.format != QXL_GLYPH_A8;
  case QXL_OP_COMPOSITE:
    return traits->takes_composite;
  default:
    return true;
  }
}

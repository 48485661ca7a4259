/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/stream-kinds.h"

#include "qxl/layout-parts.h"

/* bodies */

const QxlField qxl_surface_record_fields[] = {
    QXL_F_U32 (QxlSurfaceRecord, surface_id),
    QXL_F_U32 (QxlSurfaceRecord, width),
    QXL_F_U32 (QxlSurfaceRecord, height),
    QXL_F_U32 (QxlSurfaceRecord, format),
    QXL_F_U32 (QxlSurfaceRecord, flags),
    QXL_F_END,
};

const QxlField qxl_destroy_record_fields[] = {
    QXL_F_U32 (QxlDestroyRecord, surface_id),
    QXL_F_END,
};

const QxlField qxl_monitors_record_fields[] = {
    QXL_F_U16 (QxlMonitorsRecord, count),
    QXL_F_U16 (QxlMonitorsRecord, max_allowed),
    QXL_F_END,
};

const QxlField qxl_head_record_fields[] = {
    QXL_F_U32 (QxlHeadRecord, id),    QXL_F_U32 (QxlHeadRecord, surface_id),
    QXL_F_U32 (QxlHeadRecord, width), QXL_F_U32 (QxlHeadRecord, height),
    QXL_F_U32 (QxlHeadRecord, x),     QXL_F_U32 (QxlHeadRecord, y),
    QXL_F_U32 (QxlHeadRecord, flags), QXL_F_END,
};

const QxlField qxl_set_record_fields[] = {
    QXL_F_U16 (QxlSetRecord, x),
    QXL_F_U16 (QxlSetRecord, y),
    QXL_F_U8 (QxlSetRecord, visible),
    QXL_F_U16 (QxlSetRecord, flags),
    QXL_F_END,
};

const QxlField qxl_shape_record_fields[] = {
    QXL_F_U64 (QxlShapeRecord, unique),
    QXL_F_U8 (QxlShapeRecord, type),
    QXL_F_U16 (QxlShapeRecord, width),
    QXL_F_U16 (QxlShapeRecord, height),
    QXL_F_U16 (QxlShapeRecord, hot_x),
    QXL_F_U16 (QxlShapeRecord, hot_y),
    QXL_F_END,
};

const QxlField qxl_move_record_fields[] = {
    QXL_F_U16 (QxlMoveRecord, x),
    QXL_F_U16 (QxlMoveRecord, y),
    QXL_F_END,
};

const QxlField qxl_trail_record_fields[] = {
    QXL_F_U16 (QxlTrailRecord, length),
    QXL_F_U16 (QxlTrailRecord, frequency),
    QXL_F_END,
};

const QxlField qxl_update_record_fields[] = {
    QXL_F_U32 (QxlUpdateRecord, surface_id),
    QXL_F_U32 (QxlUpdateRecord, area.top),
    QXL_F_U32 (QxlUpdateRecord, area.left),
    QXL_F_U32 (QxlUpdateRecord, area.bottom),
    QXL_F_U32 (QxlUpdateRecord, area.right),
    QXL_F_U32 (QxlUpdateRecord, update_id),
    QXL_F_END,
};

/* numbers */

static const struct {
  uint32_t number;
  QxlFormat format;
} surface_formats[] = {
    {1, QXL_FORMAT_A1},    {8, QXL_FORMAT_A8},     {16, QXL_FORMAT_RGB15},
    {32, QXL_FORMAT_BGRX}, {80, QXL_FORMAT_RGB16}, {96, QXL_FORMAT_BGRA},
};

uint32_t
qxl_stream_surface_number (QxlFormat format)
{
  for (guint i = 0; i < G_N_ELEMENTS (surface_formats); i++)
    if (surface_formats[i].format == format)
      return surface_formats[i].number;
  return 0;
}

QxlFormat
qxl_stream_surface_format (uint32_t number)
{
  for (guint i = 0; i < G_N_ELEMENTS (surface_formats); i++)
    if (surface_formats[i].number == number)
      return surface_formats[i].format;
  return QXL_FORMAT_INVALID;
}

static const struct {
  uint32_t kind;
  const char *name;
} kind_names[] = {
    {QXL_RECORD_UPDATE, "update"},
    {QXL_RECORD_MESSAGE, "message"},
    {QXL_RECORD_SURFACE_CREATE, "surface-create"},
    {QXL_RECORD_SURFACE_DESTROY, "surface-destroy"},
    {QXL_RECORD_MONITORS, "monitors"},
    {QXL_RECORD_CURSOR_RESET, "cursor-reset"},
    {QXL_RECORD_CURSOR_SET, "cursor-set"},
    {QXL_RECORD_CURSOR_MOVE, "cursor-move"},
    {QXL_RECORD_CURSOR_HIDE, "cursor-hide"},
    {QXL_RECORD_CURSOR_TRAIL, "cursor-trail"},
};

const char *
qxl_stream_kind_name (uint32_t kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if (kind_names[i].kind == kind)
      return kind_names[i].name;
  for (guint op = 0; op < QXL_N_OPS; op++)
    if (qxl_layouts[op].message != 0 &&
        kind == QXL_STREAM_DISPLAY + qxl_layouts[op].message)
      return qxl_op_kind_name ((QxlOpKind)op);
  return "?";
}

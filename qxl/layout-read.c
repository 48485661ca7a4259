/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads bodies by the tables of command-layout.c. The fixed part is read by one
 * reader, each pointer followed at once by another: two levels, no recursion.
 * Pointers may share what they lead to. */
#include "qxl/guest-data.h"
#include "qxl/layout-parts.h"
#include "qxl/refuse.h"

bool
qxl_layout_follow (const QxlLayoutBody *self, uint32_t pointer,
                   const char *what, QxlReader *reader, GError **error)
{
  if (pointer == 0)
    return qxl_refuse (error, "pointer to %s is 0, there must be one", what);
  if (pointer >= self->size)
    return qxl_refuse (
        error, "pointer to %s is %u, the body has %" G_GSIZE_FORMAT " bytes",
        what, pointer, self->size);
  qxl_reader_init (reader, self->body + pointer, self->size - pointer);
  return true;
}

static bool
is_mask_bitmap (const QxlPart *part)
{
  return part->kind == QXL_PART_MASK;
}

static bool
read_source (const QxlLayoutBody *self, const QxlPart *part, QxlReader *reader,
             QxlSource *source, GError **error)
{
  uint32_t pointer = qxl_reader_u32 (reader);

  if (pointer == 0 && is_mask_bitmap (part))
    return true;
  return qxl_reader_finish (reader, "body", error) &&
         qxl_layout_read_source (self, pointer, is_mask_bitmap (part), source,
                                 error);
}

static bool
read_brush (const QxlLayoutBody *self, const QxlPart *part, QxlReader *reader,
            QxlBrush *brush, GError **error)
{
  uint8_t kind = qxl_reader_u8 (reader);

  if (kind > QXL_BRUSH_PATTERN)
    return qxl_refuse (error,
                       "brush of type %u; allowed are none 0, solid 1, "
                       "pattern 2",
                       kind);
  brush->kind = (QxlBrushKind)kind;
  if (kind == QXL_BRUSH_SOLID)
    brush->color = qxl_reader_u32 (reader);
  if (kind != QXL_BRUSH_PATTERN)
    return true;
  if (!read_source (self, part, reader, &brush->pattern, error))
    return false;
  brush->pos = qxl_reader_point (reader);
  return true;
}

static bool
read_mask (const QxlLayoutBody *self, const QxlPart *part, QxlReader *reader,
           QxlMask *mask, GError **error)
{
  mask->is_inverted = (qxl_reader_u8 (reader) & 1) != 0;
  mask->pos = qxl_reader_point (reader);
  return read_source (self, part, reader, &mask->bitmap, error);
}

static bool
read_line_attr (const QxlLayoutBody *self, QxlReader *reader, QxlLineAttr *attr,
                GError **error)
{
  QxlReader style;
  uint8_t n_style;

  attr->flags = qxl_reader_u8 (reader);
  if ((attr->flags & QXL_LINE_STYLED) == 0)
    return true;
  n_style = qxl_reader_u8 (reader);
  return qxl_layout_follow (self, qxl_reader_u32 (reader), "dashes", &style,
                            error) &&
         qxl_line_attr_read_style (attr, &style, n_style, error);
}

static bool
read_scale_mode (QxlReader *reader, QxlScaleMode *mode, GError **error)
{
  uint8_t value = qxl_reader_u8 (reader);

  if (value > QXL_SCALE_NEAREST)
    return qxl_refuse (
        error, "scale mode %u; allowed are interpolate 0, nearest 1", value);
  *mode = (QxlScaleMode)value;
  return true;
}

static bool
read_path (const QxlLayoutBody *self, QxlReader *reader, QxlPath *path,
           GError **error)
{
  QxlReader target;

  return qxl_layout_follow (self, qxl_reader_u32 (reader), "path", &target,
                            error) &&
         qxl_path_read_wire (path, &target, error);
}

static bool
read_string (const QxlLayoutBody *self, QxlReader *reader, QxlString *string,
             GError **error)
{
  QxlReader target;

  return qxl_layout_follow (self, qxl_reader_u32 (reader), "string", &target,
                            error) &&
         qxl_string_read_wire (string, &target, error);
}

/* what has no pointer in it */
static bool
read_plain_part (const QxlPart *part, QxlReader *reader, void *at,
                 GError **error)
{
  switch (part->kind) {
  case QXL_PART_U8:
    *(uint8_t *)at = qxl_reader_u8 (reader);
    return true;
  case QXL_PART_ENUM:
    return read_scale_mode (reader, at, error);
  case QXL_PART_FLAGS:
    *(uint16_t *)at = qxl_reader_u8 (reader);
    return true;
  case QXL_PART_U16:
    *(uint16_t *)at = qxl_reader_u16 (reader);
    return true;
  case QXL_PART_U32:
    *(uint32_t *)at = qxl_reader_u32 (reader);
    return true;
  case QXL_PART_POINT:
    *(QxlPoint *)at = qxl_reader_point (reader);
    return true;
  case QXL_PART_RECT:
    *(QxlRect *)at = qxl_reader_rect (reader);
    return true;
  case QXL_PART_TRANSFORM:
    return qxl_transform_read (at, reader, error);
  default:
    g_assert_not_reached ();
  }
}

static bool
read_part (const QxlLayoutBody *self, const QxlPart *part, QxlReader *reader,
           QxlOperation *op, GError **error)
{
  void *at = (uint8_t *)op + part->offset;

  switch (part->kind) {
  case QXL_PART_IMAGE:
    return read_source (self, part, reader, at, error);
  case QXL_PART_BRUSH:
    return read_brush (self, part, reader, at, error);
  case QXL_PART_MASK:
    return read_mask (self, part, reader, at, error);
  case QXL_PART_PATH:
    return read_path (self, reader, at, error);
  case QXL_PART_LINE_ATTR:
    return read_line_attr (self, reader, at, error);
  case QXL_PART_STRING:
    return read_string (self, reader, at, error);
  default:
    return read_plain_part (part, reader, at, error);
  }
}

static bool
read_clip (QxlReader *reader, QxlOperation *op, GError **error)
{
  uint8_t type = qxl_reader_u8 (reader);

  if (type > 1)
    return qxl_refuse (error,
                       "clip of type %u; allowed are none 0, "
                       "rectangles 1",
                       type);
  return type == 0 ||
         qxl_operation_read_clip (op, reader, qxl_reader_u32 (reader), error);
}

static bool
read_parts (const QxlLayoutBody *self, QxlReader *reader, QxlOperation *op,
            GError **error)
{
  for (const QxlPart *part = qxl_layouts[op->kind].parts;
       part->kind != QXL_PART_END; part++)
    if (qxl_part_is_there (part, op) &&
        !read_part (self, part, reader, op, error))
      return false;
  return qxl_reader_finish (reader, "body", error);
}

/* 0: of no draw */
static QxlOpKind
find_kind (uint16_t message)
{
  for (guint kind = 0; kind < QXL_N_OPS; kind++)
    if (qxl_layouts[kind].message == message && message != 0)
      return (QxlOpKind)kind;
  return 0;
}

QxlDrawable *
qxl_layout_read_draw (uint16_t message, const uint8_t *body, size_t size,
                      const QxlLayoutReadHooks *hooks, gpointer user_data,
                      GError **error)
{
  const QxlLayoutBody self = {body, size, hooks, user_data};
  QxlOpKind kind = find_kind (message);
  g_autoptr (QxlOperation) op = NULL;
  QxlReader reader;
  uint32_t surface_id;
  QxlRect box;

  if (kind == 0) {
    qxl_refuse (error, "message %u draws nothing", message);
    return NULL;
  }
  op = qxl_operation_new (kind);
  qxl_reader_init (&reader, body, size);
  surface_id = qxl_reader_u32 (&reader);
  box = qxl_reader_rect (&reader);
  if (!read_clip (&reader, op, error) ||
      !read_parts (&self, &reader, op, error))
    return NULL;
  return qxl_drawable_new_operation (surface_id, &box, g_steal_pointer (&op));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists are read twice: once to count and check, once to fill memory of just
 * their size. */
#include "qxl/guest-data.h"
#include "qxl/refuse.h"

#include <string.h>

QxlPoint
qxl_reader_point (QxlReader *reader)
{
  int32_t x = (int32_t)qxl_reader_u32 (reader);
  int32_t y = (int32_t)qxl_reader_u32 (reader);

  return (QxlPoint){x, y};
}

QxlRect
qxl_reader_rect (QxlReader *reader)
{
  int32_t top = (int32_t)qxl_reader_u32 (reader);
  int32_t left = (int32_t)qxl_reader_u32 (reader);
  int32_t bottom = (int32_t)qxl_reader_u32 (reader);
  int32_t right = (int32_t)qxl_reader_u32 (reader);

  return QXL_RECT (left, top, right, bottom);
}

/* clips */

bool
qxl_operation_read_clip (QxlOperation *self, QxlReader *reader,
                         uint32_t n_rects, GError **error)
{
  g_autofree QxlRect *rects = NULL;

  if (n_rects > QXL_MAX_CLIP_RECTS)
    return qxl_refuse (error, "clip of %u rectangles; at most %u allowed",
                       n_rects, QXL_MAX_CLIP_RECTS);
  if (qxl_reader_left (reader) / 16 < n_rects)
    return qxl_refuse (
        error, "clip of %u rectangles comes with %" G_GSIZE_FORMAT " bytes",
        n_rects, qxl_reader_left (reader));
  rects = g_new (QxlRect, n_rects);
  for (uint32_t i = 0; i < n_rects; i++)
    rects[i] = qxl_reader_rect (reader);
  qxl_operation_clip (self, rects, n_rects);
  return qxl_reader_finish (reader, "clip", error);
}

/* paths */

typedef struct {
  bool is_wire;
  uint32_t n_segments; /* WIRE: those that are to come */
  /* found so far */
  guint segments, points;
  bool has_current; /* the figure has a point to go on from */
} PathForm;

typedef struct {
  uint32_t flags, count;
} SegmentHead;

static bool
has_more_segments (const PathForm *form, const QxlReader *reader)
{
  return form->is_wire ? form->segments < form->n_segments
                       : qxl_reader_left (reader) > 0;
}

static SegmentHead
read_segment_head (const PathForm *form, QxlReader *reader)
{
  uint32_t flags =
      form->is_wire ? qxl_reader_u8 (reader) : qxl_reader_u32 (reader);

  return (SegmentHead){flags, qxl_reader_u32 (reader)};
}

static bool
check_bezier (const PathForm *form, const SegmentHead *head, GError **error)
{
  bool begins = head->flags & QXL_PATH_BEGIN;
  uint32_t controls = head->count - (begins ? 1 : 0);

  if (controls % 3 != 0)
    return qxl_refuse (
        error, "path's Bezier segment has %u points, not 3 a curve", controls);
  if (controls > 0 && !begins && !form->has_current)
    return qxl_refuse (error,
                       "path's Bezier segment has no point to start from");
  return true;
}

static bool
check_segment (PathForm *form, const SegmentHead *head, QxlReader *reader,
               GError **error)
{
  if (!qxl_reader_finish (reader, "path", error))
    return false;
  if (head->count > qxl_reader_left (reader) / 8)
    return qxl_refuse (error,
                       "path's segment of %u points comes with %" G_GSIZE_FORMAT
                       " bytes",
                       head->count, qxl_reader_left (reader));
  if ((head->flags & QXL_PATH_BEGIN) && head->count == 0)
    return qxl_refuse (error, "path's figure begins with no point");
  if ((head->flags & QXL_PATH_BEZIER) && !check_bezier (form, head, error))
    return false;
  form->segments++;
  form->points += head->count;
  if (form->segments > QXL_MAX_PATH_SEGMENTS ||
      form->points > QXL_PATH_MAX_POINTS)
    return qxl_refuse (error, "path of over %u segments or %u points",
                       QXL_MAX_PATH_SEGMENTS, QXL_PATH_MAX_POINTS);
  form->has_current =
      (form->has_current || head->count > 0) && !(head->flags & QXL_PATH_END);
  qxl_reader_bytes (reader, (size_t)head->count * 8);
  return true;
}

/* the checked segments, from the start again */
static void
fill_path (QxlPath *self, PathForm *form, QxlReader *reader)
{
  guint n_segments = form->segments;
  QxlPoint *points = g_new (QxlPoint, form->points);

  self->segments = g_new0 (QxlPathSegment, n_segments);
  self->points = points;
  for (self->n_segments = 0; self->n_segments < n_segments;
       self->n_segments++) {
    SegmentHead head = read_segment_head (form, reader);

    self->segments[self->n_segments] = (QxlPathSegment){
        .flags = (uint8_t)head.flags,
        .n_points = head.count,
        .points = points,
    };
    for (uint32_t i = 0; i < head.count; i++)
      *points++ = qxl_reader_point (reader);
  }
}

static bool
read_path (QxlPath *self, PathForm *form, QxlReader *reader, GError **error)
{
  QxlReader again = *reader;

  while (has_more_segments (form, reader)) {
    SegmentHead head = read_segment_head (form, reader);

    if (!check_segment (form, &head, reader, error))
      return false;
  }
  if (!qxl_reader_finish (reader, "path", error))
    return false;
  fill_path (self, form, &again);
  return true;
}

bool
qxl_path_read_guest (QxlPath *self, QxlReader *reader, GError **error)
{
  PathForm form = {.is_wire = false};

  return read_path (self, &form, reader, error);
}

bool
qxl_path_read_wire (QxlPath *self, QxlReader *reader, GError **error)
{
  PathForm form = {.is_wire = true};

  form.n_segments = qxl_reader_u32 (reader);
  return read_path (self, &form, reader, error);
}

/* strings */

static unsigned
bits_per_pixel (QxlGlyphFormat format)
{
  switch (format) {
  case QXL_GLYPH_A1:
    return 1;
  case QXL_GLYPH_A4:
    return 4;
  default:
    return 8;
  }
}

static bool
fits (int64_t coordinate)
{
  return coordinate >= G_MININT32 && coordinate <= G_MAXINT32;
}

static bool
has_a_place (const QxlGlyph *glyph)
{
  int64_t left = (int64_t)glyph->render_pos.x + glyph->glyph_origin.x;
  int64_t top = (int64_t)glyph->render_pos.y + glyph->glyph_origin.y;

  return fits (left) && fits (top) && fits (left + glyph->width) &&
         fits (top + glyph->height);
}

static bool
read_glyph (QxlGlyph *glyph, QxlGlyphFormat format, QxlReader *reader,
            size_t *size, GError **error)
{
  glyph->render_pos = qxl_reader_point (reader);
  glyph->glyph_origin = qxl_reader_point (reader);
  glyph->width = qxl_reader_u16 (reader);
  glyph->height = qxl_reader_u16 (reader);
  *size =
      ((size_t)glyph->width * bits_per_pixel (format) + 7) / 8 * glyph->height;
  glyph->rows = qxl_reader_bytes (reader, *size);
  if (!qxl_reader_finish (reader, "string", error))
    return false;
  if (!has_a_place (glyph))
    return qxl_refuse (error,
                       "string's glyph of %u×%u lies outside all surfaces",
                       glyph->width, glyph->height);
  return true;
}

static bool
check_string (uint32_t n_glyphs, uint32_t flags, GError **error)
{
  uint32_t format = flags & (QXL_GLYPH_A1 | QXL_GLYPH_A4 | QXL_GLYPH_A8);

  if (format != QXL_GLYPH_A1 && format != QXL_GLYPH_A4 &&
      format != QXL_GLYPH_A8)
    return qxl_refuse (
        error, "string's flags %#x name not one of A1, A4 and A8", flags);
  if (n_glyphs == 0 || n_glyphs > QXL_MAX_GLYPHS)
    return qxl_refuse (error, "string of %u glyphs; 1 to %u allowed", n_glyphs,
                       QXL_MAX_GLYPHS);
  return true;
}

/* the rows into one block */
static void
take_rows (QxlString *self, size_t total)
{
  uint8_t *rows = g_malloc (MAX (total, 1));

  self->rows = rows;
  for (guint i = 0; i < self->n_glyphs; i++) {
    QxlGlyph *glyph = &self->glyphs[i];
    size_t size = ((size_t)glyph->width * bits_per_pixel (self->format) + 7) /
                  8 * glyph->height;

    if (size > 0)
      memcpy (rows, glyph->rows, size);
    glyph->rows = rows;
    rows += size;
  }
}

static bool
read_string (QxlString *self, QxlReader *reader, uint32_t n_glyphs,
             uint32_t flags, GError **error)
{
  size_t total = 0, size;
  g_autofree QxlGlyph *glyphs = NULL;

  if (!check_string (n_glyphs, flags, error))
    return false;
  if (qxl_reader_left (reader) / 20 < n_glyphs)
    return qxl_refuse (
        error, "string of %u glyphs comes with %" G_GSIZE_FORMAT " bytes",
        n_glyphs, qxl_reader_left (reader));
  self->format = flags & (QXL_GLYPH_A1 | QXL_GLYPH_A4 | QXL_GLYPH_A8);
  glyphs = g_new0 (QxlGlyph, n_glyphs);
  for (uint32_t i = 0; i < n_glyphs; i++) {
    if (!read_glyph (&glyphs[i], self->format, reader, &size, error))
      return false;
    total += size;
  }
  self->n_glyphs = n_glyphs;
  self->glyphs = g_steal_pointer (&glyphs);
  take_rows (self, total);
  return true;
}

bool
qxl_string_read_guest (QxlString *self, QxlReader *reader, uint32_t n_glyphs,
                       uint32_t flags, GError **error)
{
  if (!read_string (self, reader, n_glyphs, flags, error))
    return false;
  if (qxl_reader_left (reader) > 0)
    return qxl_refuse (
        error, "string of %u glyphs has %" G_GSIZE_FORMAT " bytes too many",
        n_glyphs, qxl_reader_left (reader));
  return true;
}

bool
qxl_string_read_wire (QxlString *self, QxlReader *reader, GError **error)
{
  uint16_t n_glyphs = qxl_reader_u16 (reader);
  uint8_t flags = qxl_reader_u8 (reader);

  if (!qxl_reader_finish (reader, "string", error))
    return false;
  return read_string (self, reader, n_glyphs, flags, error);
}

/* lines, transforms */

/* a length as it is drawn: rounded, in a byte */
static uint8_t
drawn_length (int32_t fixed)
{
  return (uint8_t)((fixed >> 4) + ((fixed & 15) > 8));
}

bool
qxl_line_attr_read_style (QxlLineAttr *self, QxlReader *reader,
                          uint32_t n_style, GError **error)
{
  unsigned total = 0;

  if (n_style == 0 || n_style > G_MAXUINT8)
    return qxl_refuse (error, "line of %u dashes; 1 to %d allowed", n_style,
                       G_MAXUINT8);
  g_free (self->style);
  self->style = g_new (int32_t, n_style);
  self->n_style = n_style;
  for (uint32_t i = 0; i < n_style; i++) {
    self->style[i] = (int32_t)qxl_reader_u32 (reader);
    total += drawn_length (self->style[i]);
  }
  if (!qxl_reader_finish (reader, "line style", error))
    return false;
  return total > 0 ||
         qxl_refuse (error, "line's %u dashes have no length", n_style);
}

bool
qxl_transform_read (QxlTransform *self, QxlReader *reader, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->t); i++)
    self->t[i] = (int32_t)qxl_reader_u32 (reader);
  return qxl_reader_finish (reader, "transform", error);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/command-spoils-private.h"

#include "qxl/command-samples.h"
#include "qxl/validate.h"

#define A1_SURFACE 5u

/* strokes */

static QxlStroke *
stroke_in (QxlCommand *command)
{
  QxlOperation *op = qxl_spoil_op_of_kind (command, QXL_OP_STROKE);
  return op != NULL ? &op->u.stroke : NULL;
}

/* of one segment */
static bool
replace_path (QxlCommand *command, uint8_t flags, guint n_points)
{
  QxlStroke *stroke = stroke_in (command);

  if (stroke == NULL)
    return false;
  g_free (stroke->path.points);
  g_free (stroke->path.segments);
  stroke->path.points = g_new0 (QxlPoint, n_points);
  stroke->path.segments = g_new0 (QxlPathSegment, 1);
  stroke->path.segments[0] =
      (QxlPathSegment){flags, n_points, stroke->path.points};
  stroke->path.n_segments = 1;
  return true;
}

static bool
path_too_long (QxlCommand *command)
{
  if (!replace_path (command, QXL_PATH_BEGIN, 3))
    return false;
  stroke_in (command)->path.n_segments = QXL_MAX_PATH_SEGMENTS + 1;
  return true;
}

static bool
curve_from_nowhere (QxlCommand *command)
{
  return replace_path (command, QXL_PATH_BEZIER | QXL_PATH_END, 3);
}

static bool
curve_of_two (QxlCommand *command)
{
  return replace_path (command, QXL_PATH_BEGIN | QXL_PATH_BEZIER, 3);
}

static bool
begin_without_point (QxlCommand *command)
{
  return replace_path (command, QXL_PATH_BEGIN, 0);
}

static bool
point_afar (QxlCommand *command)
{
  if (!replace_path (command, QXL_PATH_BEGIN, 2))
    return false;
  stroke_in (command)->path.points[1].x = G_MININT32;
  return true;
}

static bool
too_many_pixels (QxlCommand *command)
{
  guint n_points = 2 * (QXL_MAX_PATH_LENGTH / (2 * QXL_MAX_COORDINATE) + 1);

  if (!replace_path (command, QXL_PATH_BEGIN, n_points))
    return false;
  for (guint i = 0; i < n_points; i++)
    stroke_in (command)->path.points[i].y =
        (i % 2 ? 1 : -1) * QXL_MAX_COORDINATE * 16;
  return true;
}

static bool
replace_style (QxlCommand *command, const int32_t *lengths, guint n)
{
  QxlStroke *stroke = stroke_in (command);

  if (stroke == NULL)
    return false;
  g_free (stroke->attr.style);
  stroke->attr.flags |= QXL_LINE_STYLED;
  stroke->attr.n_style = n;
  stroke->attr.style = lengths != NULL ? g_memdup2 (lengths, n * 4) : NULL;
  return true;
}

static bool
style_null (QxlCommand *command)
{
  return replace_style (command, NULL, 2);
}

static bool
style_of_none (QxlCommand *command)
{
  return replace_style (command, (const int32_t[]){16}, 0);
}

static bool
style_of_zeros (QxlCommand *command)
{
  /* half a pixel and 256 of them count as none */
  return replace_style (command, (const int32_t[]){0, 8, 4096}, 3);
}

static bool
style_negative (QxlCommand *command)
{
  return replace_style (command, (const int32_t[]){32, -16}, 2);
}

static bool
style_too_long (QxlCommand *command)
{
  int32_t lengths[QXL_MAX_STYLE + 1];

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    lengths[i] = 16;
  return replace_style (command, lengths, G_N_ELEMENTS (lengths));
}

/* texts */

static QxlText *
text_in (QxlCommand *command)
{
  QxlOperation *op = qxl_spoil_op_of_kind (command, QXL_OP_TEXT);
  return op != NULL ? &op->u.text : NULL;
}

SPOIL (glyph_format, QxlText, text_in (command),
       self->string.format = (QxlGlyphFormat)0)
SPOIL (glyph_formats, QxlText, text_in (command),
       self->string.format = (QxlGlyphFormat)3)
SPOIL (no_glyph, QxlText, text_in (command), self->string.n_glyphs = 0)
SPOIL (too_many_glyphs, QxlText, text_in (command),
       self->string.n_glyphs = QXL_MAX_GLYPHS + 1)
SPOIL (glyph_afar, QxlText, text_in (command),
       self->string.glyphs[0].render_pos.x = 2000000000)
static bool
glyphs_apart (QxlCommand *command)
{
  QxlText *text = text_in (command);

  if (text == NULL || text->string.n_glyphs < 2)
    return false;
  text->string.glyphs[0].render_pos = (QxlPoint){-30000, -30000};
  text->string.glyphs[1].render_pos = (QxlPoint){30000, 30000};
  for (guint i = 0; i < 2; i++) {
    text->string.glyphs[i].width = text->string.glyphs[i].height = 1;
    text->string.glyphs[i].rows = text->string.rows;
  }
  return true;
}

static bool
glyph_without_rows (QxlCommand *command)
{
  QxlText *text = text_in (command);

  if (text == NULL)
    return false;
  text->string.glyphs[0].width = text->string.glyphs[0].height = 1;
  text->string.glyphs[0].rows = NULL;
  return true;
}

SPOIL_IF (back_area_in_xor, QxlText, text_in (command),
          !qxl_rect_is_empty (&self->back_area), self->fore_mode = QXL_ROP_XOR)
SPOIL (back_area_inverted, QxlText, text_in (command),
       self->back_area = QXL_RECT (9, 9, 1, 1))
/* composites */

static QxlComposite *
composite_in (QxlCommand *command)
{
  QxlOperation *op = qxl_spoil_op_of_kind (command, QXL_OP_COMPOSITE);
  return op != NULL ? &op->u.composite : NULL;
}

SPOIL (operator_between, QxlComposite, composite_in (command),
       self->flags = (self->flags & ~0xffu) | 14)

SPOIL (operator_beyond, QxlComposite, composite_in (command),
       self->flags = (self->flags & ~0xffu) | 200)

SPOIL (source_filter, QxlComposite, composite_in (command),
       self->flags = (self->flags & ~(7u << 8)) | 5u << 8)

SPOIL (mask_filter, QxlComposite, composite_in (command),
       self->flags = (self->flags & ~(7u << 11)) | 7u << 11)

SPOIL (mask_unsaid, QxlComposite, composite_in (command),
       self->flags = self->flags ^ QXL_COMPOSITE_HAS_MASK)
SPOIL (composite_of_a1, QxlComposite, composite_in (command),
       qxl_spoil_replace (&self->src, qxl_spoil_source_of (QXL_FORMAT_A1)))

static bool
source_flattened (QxlCommand *command)
{
  QxlComposite *composite = composite_in (command);

  if (composite == NULL)
    return false;
  composite->flags |= QXL_COMPOSITE_HAS_SRC_TRANSFORM;
  composite->src_transform = (QxlTransform){{2, 4, 0, 3, 6, 0}};
  return true;
}

static bool
mask_flattened (QxlCommand *command)
{
  QxlComposite *composite = composite_in (command);

  if (composite == NULL)
    return false;
  composite->flags |= QXL_COMPOSITE_HAS_MASK_TRANSFORM;
  composite->mask_transform = (QxlTransform){{0, 0, 1, 0, 0, 1}};
  return true;
}

/* clang-format off */
const QxlSpoil qxl_spoils_of_kinds[] = {
  { "path-of-too-many-segments",      "path of 65537 segments",  path_too_long },
  { "curve-from-nowhere",             "curve without a point",   curve_from_nowhere },
  { "curve-of-two-points",            "curves of 2 points",      curve_of_two },
  { "figure-without-point",           "without a point",         begin_without_point },
  { "point-afar",                     "point at",                point_afar },
  { "path-of-too-many-pixels",        "pixels, at most 67108864", too_many_pixels },
  { "style-null",                     "style of 2 lengths",      style_null },
  { "style-of-none",                  "style of 0 lengths",      style_of_none },
  { "style-of-zeros",                 "all 0",                   style_of_zeros },
  { "style-negative",                 "style length -16/16",     style_negative },
  { "style-too-long",                 "style of 256 lengths",    style_too_long },
  { "glyphs-of-no-format",            "glyphs of format 0",      glyph_format },
  { "glyphs-of-two-formats",          "glyphs of format 3",      glyph_formats },
  { "text-without-glyph",             "0 glyphs, allowed are 1", no_glyph },
  { "text-of-too-many-glyphs",        "65536 glyphs",            too_many_glyphs },
  { "glyph-afar",                     "allowed is 32767 each way", glyph_afar },
  { "glyphs-far-apart",               "glyphs spread over",      glyphs_apart },
  { "glyph-without-rows",             "without pixels",          glyph_without_rows },
  { "back-area-in-xor",               "fore mode 0x40",          back_area_in_xor },
  { "back-area-inverted",             "turned around",           back_area_inverted },
  { "operator-between",               "operator 0xe",            operator_between },
  { "operator-beyond",                "operator 0xc8",           operator_beyond },
  { "source-filter",                  "filters 5 and",           source_filter },
  { "mask-filter",                    "and 7, allowed are 0 to 4", mask_filter },
  { "mask-unsaid",                    "do not agree",            mask_unsaid },
  { "composite-of-a1",                "source in A1",            composite_of_a1 },
  { "source-transform-flat",          "transform of source",     source_flattened },
  { "mask-transform-flat",            "transform of mask",       mask_flattened },
  { NULL },
};
/* clang-format on */

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A body is a table of parts, each of which knows its place in the operation.
 * Plain draws become operations that borrow their images. */
#include "qxl/layout-parts.h"

#include <string.h>

/* tables */

/* clang-format off */
#define OP(member) offsetof (QxlOperation, u.member)
#define U8(member)      { QXL_PART_U8,    OP (member), 0, 0 }
#define ENUM(member)    { QXL_PART_ENUM,  OP (member), 0, 0 }
#define FLAGS(member)   { QXL_PART_FLAGS, OP (member), 0, 0 }
#define U16(member)     { QXL_PART_U16,   OP (member), 0, 0 }
#define U32(member)     { QXL_PART_U32,   OP (member), 0, 0 }
#define POINT(member)   { QXL_PART_POINT, OP (member), 0, 0 }
#define RECT(member)    { QXL_PART_RECT,  OP (member), 0, 0 }
#define SRC(member)     { QXL_PART_IMAGE, OP (member), QXL_ROLE_SRC, 0 }
#define BRUSH(member)   { QXL_PART_BRUSH, OP (member), QXL_ROLE_BRUSH, 0 }
#define BACK(member)    { QXL_PART_BRUSH, OP (member), QXL_ROLE_BACK_BRUSH, 0 }
#define MASK(member)    { QXL_PART_MASK,  OP (member), QXL_ROLE_MASK, 0 }
#define PART(kind, member) { QXL_PART_##kind, OP (member), 0, 0 }
/* of a composite, if a bit of its flags is set */
#define IF(bit, kind, member)                                                  \
  { QXL_PART_##kind, OP (member), QXL_ROLE_MASK, QXL_COMPOSITE_##bit }
#define END             { QXL_PART_END, 0, 0, 0 }

static const QxlPart fill_parts[] = {
    BRUSH (fill.brush), U16 (fill.rop), MASK (fill.mask), END};
static const QxlPart opaque_parts[] = {
    SRC (opaque.copy.src), RECT (opaque.copy.src_area), BRUSH (opaque.brush),
    U16 (opaque.copy.rop), ENUM (opaque.copy.scale_mode),
    MASK (opaque.copy.mask), END};
static const QxlPart copy_parts[] = {
    SRC (copy.src), RECT (copy.src_area), U16 (copy.rop),
    ENUM (copy.scale_mode), MASK (copy.mask), END};
static const QxlPart copy_bits_parts[] = {POINT (copy_bits.src_pos), END};
static const QxlPart mask_parts[] = {MASK (mask), END};
static const QxlPart rop3_parts[] = {
    SRC (rop3.copy.src), RECT (rop3.copy.src_area), BRUSH (rop3.brush),
    U8 (rop3.code), ENUM (rop3.copy.scale_mode), MASK (rop3.copy.mask), END};
static const QxlPart stroke_parts[] = {
    PART (PATH, stroke.path), PART (LINE_ATTR, stroke.attr),
    BRUSH (stroke.brush), U16 (stroke.fore_mode), U16 (stroke.back_mode), END};
static const QxlPart text_parts[] = {
    PART (STRING, text.string), RECT (text.back_area), BRUSH (text.fore_brush),
    BACK (text.back_brush), U16 (text.fore_mode), U16 (text.back_mode), END};
static const QxlPart transparent_parts[] = {
    SRC (transparent.src), RECT (transparent.src_area),
    U32 (transparent.src_color), U32 (transparent.true_color), END};
static const QxlPart alpha_blend_parts[] = {
    FLAGS (alpha_blend.alpha_flags), U8 (alpha_blend.alpha),
    SRC (alpha_blend.src), RECT (alpha_blend.src_area), END};
static const QxlPart composite_parts[] = {
    U32 (composite.flags), SRC (composite.src),
    IF (HAS_MASK, IMAGE, composite.mask),
    IF (HAS_SRC_TRANSFORM, TRANSFORM, composite.src_transform),
    IF (HAS_MASK_TRANSFORM, TRANSFORM, composite.mask_transform),
    U16 (composite.src_origin.x), U16 (composite.src_origin.y),
    U16 (composite.mask_origin.x), U16 (composite.mask_origin.y), END};

const QxlLayout qxl_layouts[QXL_N_OPS] = {
    [QXL_OP_FILL]        = {302, fill_parts},
    [QXL_OP_OPAQUE]      = {303, opaque_parts},
    [QXL_OP_COPY]        = {304, copy_parts},
    [QXL_OP_COPY_BITS]   = {104, copy_bits_parts},
    [QXL_OP_BLEND]       = {305, copy_parts},
    [QXL_OP_BLACKNESS]   = {306, mask_parts},
    [QXL_OP_WHITENESS]   = {307, mask_parts},
    [QXL_OP_INVERS]      = {308, mask_parts},
    [QXL_OP_ROP3]        = {309, rop3_parts},
    [QXL_OP_STROKE]      = {310, stroke_parts},
    [QXL_OP_TEXT]        = {311, text_parts},
    [QXL_OP_TRANSPARENT] = {312, transparent_parts},
    [QXL_OP_ALPHA_BLEND] = {313, alpha_blend_parts},
    [QXL_OP_COMPOSITE]   = {318, composite_parts},
};
/* clang-format on */

static const QxlTransform identity = {{65536, 0, 0, 0, 65536, 0}};

/* plain draws */

static QxlRect
area_at (QxlPoint src, const QxlRect *box)
{
  return QXL_RECT (src.x, src.y, src.x + qxl_rect_width (box),
                   src.y + qxl_rect_height (box));
}

static QxlCopy
plain_copy (QxlSource source, QxlPoint src, const QxlRect *box)
{
  return (QxlCopy){.src = source,
                   .src_area = area_at (src, box),
                   .rop = QXL_ROP_PUT,
                   .scale_mode = QXL_SCALE_NEAREST};
}

/* the operation a plain draw stands for, its image borrowed */
static QxlOperation
plain_operation (const QxlDrawable *draw)
{
  QxlOperation op = {0};

  switch (draw->kind) {
  case QXL_DRAW_FILL:
    op.kind = QXL_OP_FILL;
    op.u.fill.brush.kind = QXL_BRUSH_SOLID;
    op.u.fill.brush.color = draw->u.fill.color;
    op.u.fill.rop = QXL_ROP_PUT;
    break;
  case QXL_DRAW_COPY:
    op.kind = QXL_OP_COPY;
    op.u.copy = plain_copy (qxl_source_image (draw->u.copy.image),
                            draw->u.copy.src, &draw->box);
    break;
  case QXL_DRAW_COPY_BITS:
    op.kind = QXL_OP_COPY_BITS;
    op.u.copy_bits.src_pos = draw->u.copy_bits.src_pos;
    break;
  case QXL_DRAW_COPY_SURFACE:
    op.kind = QXL_OP_COPY;
    op.u.copy = plain_copy (qxl_source_surface (draw->u.copy_surface.source_id),
                            draw->u.copy_surface.src, &draw->box);
    break;
  case QXL_DRAW_OPERATION:
    op = *draw->u.operation;
    break;
  }
  return op;
}

uint16_t
qxl_layout_message (const QxlDrawable *draw)
{
  QxlOpKind kind = plain_operation (draw).kind;

  return (guint)kind < QXL_N_OPS ? qxl_layouts[kind].message : 0;
}

/* writing */

/* what a pointer of the fixed part leads to */
typedef struct {
  QxlPartKind kind; /* IMAGE, PATH, LINE_ATTR, STRING */
  size_t pos;       /* of the pointer in the writer */
  QxlSourceRole role;
  const void *what;
} Target;

typedef struct {
  QxlWriter *writer;
  size_t start; /* of the body in the writer */
  const QxlLayoutHooks *hooks;
  gpointer user_data;
  Target targets[QXL_N_ROLES + 1];
  guint n_targets;
} Writing;

static void
put_point (QxlWriter *writer, QxlPoint point)
{
  qxl_writer_u32 (writer, (uint32_t)point.x);
  qxl_writer_u32 (writer, (uint32_t)point.y);
}

static void
put_rect (QxlWriter *writer, const QxlRect *rect)
{
  qxl_writer_u32 (writer, (uint32_t)rect->top);
  qxl_writer_u32 (writer, (uint32_t)rect->left);
  qxl_writer_u32 (writer, (uint32_t)rect->bottom);
  qxl_writer_u32 (writer, (uint32_t)rect->right);
}

/* a pointer, to be set when what it leads to is written; NULL leads nowhere */
static void
put_pointer (Writing *self, QxlPartKind kind, QxlSourceRole role,
             const void *what)
{
  if (what != NULL) {
    g_assert (self->n_targets < G_N_ELEMENTS (self->targets));
    self->targets[self->n_targets++] = (Target){
        .kind = kind,
        .pos = qxl_writer_size (self->writer),
        .role = role,
        .what = what,
    };
  }
  qxl_writer_u32 (self->writer, 0);
}

static void
put_source (Writing *self, QxlSourceRole role, const QxlSource *source)
{
  put_pointer (self, QXL_PART_IMAGE, role,
               source->kind != QXL_SOURCE_NONE ? source : NULL);
}

static void
put_brush (Writing *self, QxlSourceRole role, const QxlBrush *brush)
{
  qxl_writer_u8 (self->writer, (uint8_t)brush->kind);
  if (brush->kind == QXL_BRUSH_SOLID)
    qxl_writer_u32 (self->writer, brush->color);
  if (brush->kind == QXL_BRUSH_PATTERN) {
    put_source (self, role, &brush->pattern);
    put_point (self->writer, brush->pos);
  }
}

static void
put_mask (Writing *self, const QxlMask *mask)
{
  qxl_writer_u8 (self->writer, mask->is_inverted ? 1 : 0);
  put_point (self->writer, mask->pos);
  put_source (self, QXL_ROLE_MASK, &mask->bitmap);
}

static void
put_line_attr (Writing *self, const QxlLineAttr *attr)
{
  qxl_writer_u8 (self->writer, attr->flags);
  if ((attr->flags & QXL_LINE_STYLED) == 0)
    return;
  qxl_writer_u8 (self->writer, (uint8_t)attr->n_style);
  put_pointer (self, QXL_PART_LINE_ATTR, 0, attr);
}

static void
put_transform (QxlWriter *writer, const QxlTransform *transform)
{
  for (guint i = 0; i < G_N_ELEMENTS (transform->t); i++)
    qxl_writer_u32 (writer, (uint32_t)transform->t[i]);
}

static uint8_t
scale_mode (const QxlScaleMode *mode)
{
  return (uint8_t)*mode;
}

static uint8_t
low_byte (const uint16_t *flags)
{
  return (uint8_t)*flags;
}

static void
put_part (Writing *self, const QxlPart *part, const QxlOperation *op)
{
  QxlWriter *writer = self->writer;
  const void *at = (const uint8_t *)op + part->offset;

  switch (part->kind) {
  case QXL_PART_U8:
    qxl_writer_u8 (writer, *(const uint8_t *)at);
    break;
  case QXL_PART_ENUM:
    qxl_writer_u8 (writer, scale_mode (at));
    break;
  case QXL_PART_FLAGS:
    qxl_writer_u8 (writer, low_byte (at));
    break;
  case QXL_PART_U16:
    qxl_writer_u16 (writer, *(const uint16_t *)at);
    break;
  case QXL_PART_U32:
    qxl_writer_u32 (writer, *(const uint32_t *)at);
    break;
  case QXL_PART_POINT:
    put_point (writer, *(const QxlPoint *)at);
    break;
  case QXL_PART_RECT:
    put_rect (writer, at);
    break;
  case QXL_PART_IMAGE:
    put_source (self, part->role, at);
    break;
  case QXL_PART_BRUSH:
    put_brush (self, part->role, at);
    break;
  case QXL_PART_MASK:
    put_mask (self, at);
    break;
  case QXL_PART_PATH:
  case QXL_PART_STRING:
    put_pointer (self, part->kind, 0, at);
    break;
  case QXL_PART_LINE_ATTR:
    put_line_attr (self, at);
    break;
  case QXL_PART_TRANSFORM:
    put_transform (writer, at);
    break;
  case QXL_PART_END:
    break;
  }
}

bool
qxl_part_is_there (const QxlPart *part, const QxlOperation *op)
{
  return part->needs == 0 || (op->u.composite.flags & part->needs) != 0;
}

/* clip rectangles stand in the fixed part */
static void
put_base (QxlWriter *writer, const QxlDrawable *draw, const QxlOperation *op)
{
  qxl_writer_u32 (writer, draw->surface_id);
  put_rect (writer, &draw->box);
  qxl_writer_u8 (writer, op->is_clipped ? 1 : 0);
  if (!op->is_clipped)
    return;
  qxl_writer_u32 (writer, op->n_clip_rects);
  for (guint i = 0; i < op->n_clip_rects; i++)
    put_rect (writer, &op->clip_rects[i]);
}

/* what pointers lead to */

static void
write_path (QxlWriter *writer, const QxlPath *path)
{
  qxl_writer_u32 (writer, path->n_segments);
  for (guint i = 0; i < path->n_segments; i++) {
    const QxlPathSegment *segment = &path->segments[i];
    qxl_writer_u8 (writer, segment->flags);
    qxl_writer_u32 (writer, segment->n_points);
    for (guint j = 0; j < segment->n_points; j++)
      put_point (writer, segment->points[j]);
  }
}

static size_t
glyph_bytes (const QxlGlyph *glyph, QxlGlyphFormat format)
{
  size_t bits = format == QXL_GLYPH_A1 ? 1 : format == QXL_GLYPH_A4 ? 4 : 8;

  return (glyph->width * bits + 7) / 8 * glyph->height;
}

static void
write_string (QxlWriter *writer, const QxlString *string)
{
  qxl_writer_u16 (writer, (uint16_t)string->n_glyphs);
  qxl_writer_u8 (writer, (uint8_t)string->format);
  for (guint i = 0; i < string->n_glyphs; i++) {
    const QxlGlyph *glyph = &string->glyphs[i];
    put_point (writer, glyph->render_pos);
    put_point (writer, glyph->glyph_origin);
    qxl_writer_u16 (writer, glyph->width);
    qxl_writer_u16 (writer, glyph->height);
    qxl_writer_bytes (writer, glyph->rows, glyph_bytes (glyph, string->format));
  }
}

static void
write_style (QxlWriter *writer, const QxlLineAttr *attr)
{
  for (guint i = 0; i < attr->n_style; i++)
    qxl_writer_u32 (writer, (uint32_t)attr->style[i]);
}

static void
align_image (const Writing *self)
{
  size_t pixels = qxl_writer_size (self->writer) - self->start +
                  QXL_LAYOUT_DESCRIPTOR_SIZE + QXL_LAYOUT_BITMAP_SIZE;

  if (self->hooks->align_pixels)
    qxl_writer_zeros (self->writer, (4 - pixels % 4) % 4);
}

static void
write_target (const Writing *self, const Target *target)
{
  QxlWriter *writer = self->writer;
  size_t body_pos;

  if (target->kind == QXL_PART_IMAGE)
    align_image (self);
  body_pos = qxl_writer_size (writer) - self->start;
  qxl_writer_patch_u32 (writer, target->pos, (uint32_t)body_pos);
  switch (target->kind) {
  case QXL_PART_IMAGE:
    self->hooks->image (self->user_data, target->role, target->what, writer,
                        body_pos);
    break;
  case QXL_PART_PATH:
    write_path (writer, target->what);
    break;
  case QXL_PART_STRING:
    write_string (writer, target->what);
    break;
  case QXL_PART_LINE_ATTR:
    write_style (writer, target->what);
    break;
  default:
    g_assert_not_reached ();
  }
}

/* Sets the flags of what there is, and adds transforms that are asked for. */
static void
settle_composite (QxlComposite *self, bool explicit_transforms)
{
  const uint32_t has_mask = QXL_COMPOSITE_HAS_MASK;
  const uint32_t has_src_transform = QXL_COMPOSITE_HAS_SRC_TRANSFORM;
  const uint32_t has_mask_transform = QXL_COMPOSITE_HAS_MASK_TRANSFORM;

  self->flags &= ~has_mask;
  if (self->mask.kind != QXL_SOURCE_NONE)
    self->flags |= has_mask;
  if (!explicit_transforms)
    return;
  if (self->src.kind == QXL_SOURCE_SURFACE &&
      (self->flags & has_src_transform) == 0) {
    self->flags |= has_src_transform;
    self->src_transform = identity;
  }
  if (self->mask.kind == QXL_SOURCE_SURFACE &&
      (self->flags & has_mask_transform) == 0) {
    self->flags |= has_mask_transform;
    self->mask_transform = identity;
  }
}

void
qxl_layout_write_draw (const QxlDrawable *draw, QxlWriter *writer,
                       const QxlLayoutHooks *hooks, gpointer user_data)
{
  Writing self = {.writer = writer,
                  .start = qxl_writer_size (writer),
                  .hooks = hooks,
                  .user_data = user_data};
  QxlOperation op = plain_operation (draw);

  g_return_if_fail (qxl_layout_message (draw) != 0);
  if (op.kind == QXL_OP_COMPOSITE)
    settle_composite (&op.u.composite, hooks->explicit_transforms);
  put_base (writer, draw, &op);
  for (const QxlPart *part = qxl_layouts[op.kind].parts;
       part->kind != QXL_PART_END; part++)
    if (qxl_part_is_there (part, &op))
      put_part (&self, part, &op);
  for (guint i = 0; i < self.n_targets; i++)
    write_target (&self, &self.targets[i]);
}

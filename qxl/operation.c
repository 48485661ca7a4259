/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/operation.h"

static const char *const names[QXL_N_OPS] = {
    [QXL_OP_FILL] = "fill",
    [QXL_OP_OPAQUE] = "opaque",
    [QXL_OP_COPY] = "copy",
    [QXL_OP_COPY_BITS] = "copy-bits",
    [QXL_OP_BLEND] = "blend",
    [QXL_OP_BLACKNESS] = "blackness",
    [QXL_OP_WHITENESS] = "whiteness",
    [QXL_OP_INVERS] = "invers",
    [QXL_OP_ROP3] = "rop3",
    [QXL_OP_STROKE] = "stroke",
    [QXL_OP_TEXT] = "text",
    [QXL_OP_TRANSPARENT] = "transparent",
    [QXL_OP_ALPHA_BLEND] = "alpha-blend",
    [QXL_OP_COMPOSITE] = "composite",
};

const char *
qxl_op_kind_name (QxlOpKind kind)
{
  return (guint)kind < QXL_N_OPS && names[kind] != NULL ? names[kind] : "?";
}

/* life */

QxlOperation *
qxl_operation_new (QxlOpKind kind)
{
  QxlOperation *self = g_new0 (QxlOperation, 1);

  self->kind = kind;
  return self;
}

static void
free_stroke (QxlStroke *stroke)
{
  g_free (stroke->path.segments);
  g_free (stroke->path.points);
  g_free (stroke->attr.style);
}

static void
free_text (QxlText *text)
{
  g_free (text->string.glyphs);
  g_free (text->string.rows);
}

void
qxl_operation_free (QxlOperation *self)
{
  if (self == NULL)
    return;
  for (guint role = 0; role < QXL_N_ROLES; role++) {
    const QxlSource *source = qxl_operation_source (self, (QxlSourceRole)role);
    if (source != NULL)
      qxl_image_unref (source->image);
  }
  if (self->kind == QXL_OP_STROKE)
    free_stroke (&self->u.stroke);
  if (self->kind == QXL_OP_TEXT)
    free_text (&self->u.text);
  g_free (self->clip_rects);
  g_free (self);
}

void
qxl_operation_clip (QxlOperation *self, const QxlRect *rects, guint n_rects)
{
  g_free (self->clip_rects);
  self->is_clipped = true;
  self->n_clip_rects = n_rects;
  self->clip_rects = g_memdup2 (rects, n_rects * sizeof *rects);
}

/* sources */

QxlSource
qxl_source_image (QxlImage *image)
{
  return (QxlSource){.kind = QXL_SOURCE_IMAGE, .image = image};
}

QxlSource
qxl_source_surface (uint32_t surface_id)
{
  return (QxlSource){.kind = QXL_SOURCE_SURFACE, .surface_id = surface_id};
}

static const QxlSource *
find_src (const QxlOperation *self)
{
  switch (self->kind) {
  case QXL_OP_COPY:
  case QXL_OP_BLEND:
    return &self->u.copy.src;
  case QXL_OP_OPAQUE:
    return &self->u.opaque.copy.src;
  case QXL_OP_ROP3:
    return &self->u.rop3.copy.src;
  case QXL_OP_TRANSPARENT:
    return &self->u.transparent.src;
  case QXL_OP_ALPHA_BLEND:
    return &self->u.alpha_blend.src;
  case QXL_OP_COMPOSITE:
    return &self->u.composite.src;
  default:
    return NULL;
  }
}

static const QxlBrush *
find_brush (const QxlOperation *self)
{
  switch (self->kind) {
  case QXL_OP_FILL:
    return &self->u.fill.brush;
  case QXL_OP_OPAQUE:
    return &self->u.opaque.brush;
  case QXL_OP_ROP3:
    return &self->u.rop3.brush;
  case QXL_OP_STROKE:
    return &self->u.stroke.brush;
  case QXL_OP_TEXT:
    return &self->u.text.fore_brush;
  default:
    return NULL;
  }
}

static const QxlMask *
find_mask (const QxlOperation *self)
{
  switch (self->kind) {
  case QXL_OP_FILL:
    return &self->u.fill.mask;
  case QXL_OP_COPY:
  case QXL_OP_BLEND:
    return &self->u.copy.mask;
  case QXL_OP_OPAQUE:
    return &self->u.opaque.copy.mask;
  case QXL_OP_ROP3:
    return &self->u.rop3.copy.mask;
  case QXL_OP_BLACKNESS:
  case QXL_OP_WHITENESS:
  case QXL_OP_INVERS:
    return &self->u.mask;
  default:
    return NULL;
  }
}

static const QxlSource *
find_pattern (const QxlBrush *brush)
{
  return brush != NULL && brush->kind == QXL_BRUSH_PATTERN ? &brush->pattern
                                                           : NULL;
}

static const QxlSource *
find_bitmap (const QxlOperation *self)
{
  const QxlMask *mask = find_mask (self);

  if (self->kind == QXL_OP_COMPOSITE)
    return &self->u.composite.mask;
  return mask != NULL ? &mask->bitmap : NULL;
}

const QxlSource *
qxl_operation_source (const QxlOperation *self, QxlSourceRole role)
{
  const QxlSource *source = NULL;

  switch (role) {
  case QXL_ROLE_SRC:
    source = find_src (self);
    break;
  case QXL_ROLE_BRUSH:
    source = find_pattern (find_brush (self));
    break;
  case QXL_ROLE_BACK_BRUSH:
    if (self->kind == QXL_OP_TEXT)
      source = find_pattern (&self->u.text.back_brush);
    break;
  case QXL_ROLE_MASK:
    source = find_bitmap (self);
    break;
  default:
    break;
  }
  return source != NULL && source->kind != QXL_SOURCE_NONE ? source : NULL;
}

const QxlRect *
qxl_operation_src_area (const QxlOperation *self)
{
  switch (self->kind) {
  case QXL_OP_COPY:
  case QXL_OP_BLEND:
    return &self->u.copy.src_area;
  case QXL_OP_OPAQUE:
    return &self->u.opaque.copy.src_area;
  case QXL_OP_ROP3:
    return &self->u.rop3.copy.src_area;
  case QXL_OP_TRANSPARENT:
    return &self->u.transparent.src_area;
  case QXL_OP_ALPHA_BLEND:
    return &self->u.alpha_blend.src_area;
  default:
    return NULL;
  }
}

/* asking */

static bool
has_mask (const QxlOperation *self)
{
  return qxl_operation_source (self, QXL_ROLE_MASK) != NULL;
}

/* does the rop's result not depend on its second operand? */
static bool
rop_overwrites (uint16_t rop)
{
  if (rop & QXL_ROP_PUT)
    return true;
  if (rop & (QXL_ROP_OR | QXL_ROP_AND | QXL_ROP_XOR))
    return false;
  return (rop & (QXL_ROP_BLACKNESS | QXL_ROP_WHITENESS)) != 0 ||
         (rop & QXL_ROP_INVERS) == 0;
}

/* Where a source ends, nothing may be drawn, so only one that is known to reach
 * far enough counts; the size of a surface is not known here. */
static bool
covers_area (const QxlSource *src, const QxlRect *area)
{
  return src->kind == QXL_SOURCE_IMAGE && area->left >= 0 && area->top >= 0 &&
         area->right > area->left && area->bottom > area->top &&
         (uint32_t)area->right <= src->image->width &&
         (uint32_t)area->bottom <= src->image->height;
}

/* is bit (P, S, 0) of the code the same as (P, S, 1), for all P and S? */
static bool
rop3_overwrites (uint8_t code)
{
  return ((code >> 1) & 0x55) == (code & 0x55);
}

bool
qxl_operation_is_opaque (const QxlOperation *self)
{
  if (has_mask (self))
    return false;
  switch (self->kind) {
  case QXL_OP_FILL:
    return rop_overwrites (self->u.fill.rop);
  case QXL_OP_COPY:
  case QXL_OP_BLEND:
    return rop_overwrites (self->u.copy.rop) &&
           covers_area (&self->u.copy.src, &self->u.copy.src_area);
  case QXL_OP_OPAQUE:
    return covers_area (&self->u.opaque.copy.src,
                        &self->u.opaque.copy.src_area);
  case QXL_OP_ROP3:
    return rop3_overwrites (self->u.rop3.code) &&
           covers_area (&self->u.rop3.copy.src, &self->u.rop3.copy.src_area);
  case QXL_OP_BLACKNESS:
  case QXL_OP_WHITENESS:
    return true;
  default:
    return false;
  }
}

bool
qxl_operation_is_picture (const QxlOperation *self)
{
  return qxl_operation_source (self, QXL_ROLE_SRC) != NULL &&
         qxl_operation_source (self, QXL_ROLE_MASK) == NULL;
}

bool
qxl_operation_reads (const QxlOperation *self, uint32_t surface_id)
{
  for (guint role = 0; role < QXL_N_ROLES; role++) {
    const QxlSource *source = qxl_operation_source (self, (QxlSourceRole)role);
    if (source != NULL && source->kind == QXL_SOURCE_SURFACE &&
        source->surface_id == surface_id)
      return true;
  }
  return false;
}

bool
qxl_operation_reads_surfaces (const QxlOperation *self)
{
  for (guint role = 0; role < QXL_N_ROLES; role++) {
    const QxlSource *source = qxl_operation_source (self, (QxlSourceRole)role);
    if (source != NULL && source->kind == QXL_SOURCE_SURFACE)
      return true;
  }
  return false;
}

size_t
qxl_operation_size (const QxlOperation *self)
{
  size_t size = 0;

  for (guint role = 0; role < QXL_N_ROLES; role++) {
    const QxlSource *source = qxl_operation_source (self, (QxlSourceRole)role);
    if (source != NULL && source->kind == QXL_SOURCE_IMAGE)
      size += qxl_image_size (source->image);
  }
  return size;
}

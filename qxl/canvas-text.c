/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text: glyphs are put together to one mask, through which the brush is drawn.
 * The mask is made in strips, and only where the region lies, so that glyphs
 * may be as far apart as they like. */
#include "qxl/canvas-private.h"
#include "qxl/canvas-view.h"

/* Largest strip of a mask, pixels, but for one that is a single row. */
#define STRIP_PIXELS (1 << 22)

/* within 2^33 of the surface */
typedef struct {
  int64_t left, top, right, bottom;
} Area;

static Area
glyph_area (const QxlGlyph *glyph)
{
  int64_t left = (int64_t)glyph->render_pos.x + glyph->glyph_origin.x;
  int64_t top = (int64_t)glyph->render_pos.y + glyph->glyph_origin.y;

  return (Area){left, top, left + glyph->width, top + glyph->height};
}

static Area
area_of_glyphs (const QxlString *string)
{
  Area all = glyph_area (&string->glyphs[0]);

  for (guint i = 1; i < string->n_glyphs; i++) {
    Area area = glyph_area (&string->glyphs[i]);

    all = (Area){MIN (all.left, area.left), MIN (all.top, area.top),
                 MAX (all.right, area.right), MAX (all.bottom, area.bottom)};
  }
  return all;
}

/* may be empty */
static QxlRect
clip_area (const Area *area, const QxlRect *to)
{
  return QXL_RECT ((int32_t)CLAMP (area->left, to->left, to->right),
                   (int32_t)CLAMP (area->top, to->top, to->bottom),
                   (int32_t)CLAMP (area->right, to->left, to->right),
                   (int32_t)CLAMP (area->bottom, to->top, to->bottom));
}

/* glyphs */

/* @mask: of columns @first to before @end of the glyph's row @bits */
typedef void (*PutRow) (uint8_t *mask, const uint8_t *bits, unsigned first,
                        unsigned end);

static void
put_row_a1 (uint8_t *mask, const uint8_t *bits, unsigned first, unsigned end)
{
  for (unsigned i = first; i < end; i++)
    if (bits[i / 8] & (0x80 >> i % 8))
      mask[i - first] = 0xff;
}

/* The higher value wins, but in clients the right pixel of a pair takes the
 * later glyph's whenever that glyph's left pixel is not 0. */
static void
put_row_a4 (uint8_t *mask, const uint8_t *bits, unsigned first, unsigned end)
{
  for (unsigned i = first; i < end; i++) {
    uint8_t pair = bits[i / 2];
    uint8_t value = i % 2 ? (uint8_t)(pair << 4) : pair & 0xf0;
    uint8_t *to = &mask[i - first];

    if (value > *to || (i % 2 && pair >> 4))
      *to = value;
  }
}

static void
put_row_a8 (uint8_t *mask, const uint8_t *bits, unsigned first, unsigned end)
{
  for (unsigned i = first; i < end; i++)
    mask[i - first] = MAX (mask[i - first], bits[i]);
}

typedef struct {
  unsigned bits; /* a pixel */
  PutRow put_row;
} GlyphKind;

static bool
glyph_kind (QxlGlyphFormat format, GlyphKind *kind)
{
  switch (format) {
  case QXL_GLYPH_A1:
    *kind = (GlyphKind){1, put_row_a1};
    return true;
  case QXL_GLYPH_A4:
    *kind = (GlyphKind){4, put_row_a4};
    return true;
  case QXL_GLYPH_A8:
    *kind = (GlyphKind){8, put_row_a8};
    return true;
  }
  return false;
}

/* the part of the glyph that lies in @strip, which the mask covers */
static void
put_glyph (const QxlGlyph *glyph, const GlyphKind *kind, const QxlRect *strip,
           pixman_image_t *mask)
{
  Area area = glyph_area (glyph);
  QxlRect seen = clip_area (&area, strip);
  size_t row_bytes = ((size_t)glyph->width * kind->bits + 7) / 8;
  size_t stride = (size_t)pixman_image_get_stride (mask);
  uint8_t *to = (uint8_t *)pixman_image_get_data (mask);

  if (qxl_rect_is_empty (&seen))
    return;
  to += (size_t)(seen.left - strip->left);
  for (int32_t y = seen.top; y < seen.bottom; y++) {
    size_t row = (size_t)(area.bottom - 1 - y); /* the bottom one is first */

    kind->put_row (
        to + (size_t)(y - strip->top) * stride, glyph->rows + row * row_bytes,
        (unsigned)(seen.left - area.left), (unsigned)(seen.right - area.left));
  }
}

static pixman_image_t *
make_mask (const QxlString *string, const GlyphKind *kind, const QxlRect *strip)
{
  pixman_image_t *mask = pixman_image_create_bits (
      PIXMAN_a8, qxl_rect_width (strip), qxl_rect_height (strip), NULL, 0);

  for (guint i = 0; mask && i < string->n_glyphs; i++)
    put_glyph (&string->glyphs[i], kind, strip, mask);
  return mask;
}

/* brushes */

static uint16_t
widen5 (uint32_t value)
{
  value &= 0x1f;
  return (uint16_t)(value << 11 | value << 6 | value << 1 | value >> 4);
}

static uint16_t
widen8 (uint32_t value)
{
  return (uint16_t)((value & 0xff) * 0x101);
}

static pixman_image_t *
solid_source (QxlFormat format, uint32_t color)
{
  bool is_16bit = format == QXL_FORMAT_RGB15 || format == QXL_FORMAT_RGB16;
  pixman_color_t c = {
      .red = is_16bit ? widen5 (color >> 10) : widen8 (color >> 16),
      .green = is_16bit ? widen5 (color >> 5) : widen8 (color >> 8),
      .blue = is_16bit ? widen5 (color) : widen8 (color),
      .alpha = 0xffff,
  };

  return pixman_image_create_solid_fill (&c);
}

static pixman_image_t *
brush_source (QxlCanvasCall *call, const QxlBrush *brush)
{
  pixman_image_t *image;

  if (brush->kind == QXL_BRUSH_SOLID)
    return solid_source (call->format, brush->color);
  if (brush->kind != QXL_BRUSH_PATTERN)
    return NULL;
  image = qxl_canvas_source_as_dest (call, &brush->pattern);
  if (image)
    pixman_image_set_repeat (image, PIXMAN_REPEAT_NORMAL);
  return image;
}

/* which of @n pixels in a circle lies @offset from the first */
static int
wrapped (int64_t offset, int n)
{
  int64_t rest = offset % n;

  return (int)(rest < 0 ? rest + n : rest);
}

/* drawing */

static void
draw_strip (QxlCanvasCall *call, pixman_image_t *source, const Area *all,
            pixman_image_t *mask, const QxlRect *strip)
{
  const QxlBrush *brush = &call->op->u.text.fore_brush;
  int x = 0, y = 0;

  if (brush->kind == QXL_BRUSH_PATTERN) {
    x = wrapped (strip->left - all->left - brush->pos.x,
                 pixman_image_get_width (source));
    y = wrapped (strip->top - all->top - brush->pos.y,
                 pixman_image_get_height (source));
  }
  pixman_image_composite32 (PIXMAN_OP_OVER, source, mask, call->image, x, y, 0,
                            0, strip->left, strip->top, qxl_rect_width (strip),
                            qxl_rect_height (strip));
}

/* clients do so around the whole text, outside of the clip and the box, too */
static void
clear_top_bytes (const QxlCanvasCall *call, const Area *all)
{
  QxlRect surface = QXL_RECT (0, 0, (int32_t)qxl_surface_width (call->dest),
                              (int32_t)qxl_surface_height (call->dest));
  QxlRect area = clip_area (all, &surface);

  qxl_canvas_clear_top_bytes (call->image, &area);
}

static void
draw_glyphs (QxlCanvasCall *call, const QxlText *text, const Area *all,
             pixman_image_t *source)
{
  QxlRect extents = *(const QxlRect *)pixman_region32_extents (&call->region);
  QxlRect seen = clip_area (all, &extents);
  int32_t rows = MAX (1, STRIP_PIXELS / MAX (1, qxl_rect_width (&seen)));
  GlyphKind kind;

  if (qxl_rect_is_empty (&seen) || !glyph_kind (text->string.format, &kind))
    return;
  pixman_image_set_clip_region32 (call->image, &call->region);
  for (int32_t top = seen.top; top < seen.bottom; top += rows) {
    QxlRect strip =
        QXL_RECT (seen.left, top, seen.right, MIN (top + rows, seen.bottom));
    pixman_image_t *mask = make_mask (&text->string, &kind, &strip);

    if (!mask)
      break;
    draw_strip (call, source, all, mask, &strip);
    pixman_image_unref (mask);
  }
  pixman_image_set_clip_region32 (call->image, NULL);
}

static void
draw_back (QxlCanvasCall *call, const QxlText *text)
{
  QxlRegion region;

  if (qxl_rect_is_empty (&text->back_area))
    return;
  pixman_region32_init (&region);
  qxl_region_add (&region, &text->back_area);
  pixman_region32_intersect (&region, &region, &call->region);
  if (!qxl_region_is_empty (&region))
    qxl_canvas_apply_brush (call, &text->back_brush, QXL_ROP_PUT, &region);
  pixman_region32_fini (&region);
}

void
qxl_canvas_text (QxlCanvasCall *call)
{
  const QxlText *text = &call->op->u.text;
  pixman_image_t *source = brush_source (call, &text->fore_brush);

  draw_back (call, text);
  if (source && text->string.n_glyphs > 0) {
    Area all = area_of_glyphs (&text->string);

    draw_glyphs (call, text, &all, source);
    clear_top_bytes (call, &all);
  }
  g_clear_pointer (&source, pixman_image_unref);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/operation-fixture.h"

static int32_t
pick (GRand *rand, int32_t below)
{
  return g_rand_int_range (rand, 0, below);
}

static QxlPoint
random_point (GRand *rand)
{
  int32_t x = pick (rand, 80) - 20;

  return (QxlPoint){x, pick (rand, 80) - 20};
}

static QxlRect
random_rect (GRand *rand)
{
  QxlPoint at = random_point (rand);

  return QXL_RECT (at.x, at.y, at.x + 1 + pick (rand, 40),
                   at.y + 1 + pick (rand, 40));
}

static void
fill_row (GRand *rand, QxlFormat format, uint8_t *row, uint32_t width)
{
  size_t row_bytes;

  qxl_format_row_bytes (format, width, &row_bytes);
  for (size_t i = 0; i < row_bytes; i++)
    row[i] =
        format == QXL_FORMAT_BGRX && i % 4 == 3 ? 0 : (uint8_t)pick (rand, 256);
  if (format == QXL_FORMAT_A1 && width % 8 != 0)
    row[row_bytes - 1] &= (uint8_t)((1u << width % 8) - 1);
}

QxlImage *
qxl_fixture_image (GRand *rand, QxlFormat format)
{
  uint32_t width = 1 + (uint32_t)pick (rand, 20);
  uint32_t height = 1 + (uint32_t)pick (rand, 20);
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (format, width, height, &pixels);

  for (uint32_t y = 0; y < height; y++)
    fill_row (rand, format, pixels + y * image->stride, width);
  return image;
}

static QxlSource
random_source (GRand *rand, guint n_surfaces)
{
  static const QxlFormat formats[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA,
                                      QXL_FORMAT_RGB15, QXL_FORMAT_A8};

  if (n_surfaces > 0 && pick (rand, 3) == 0)
    return qxl_source_surface ((uint32_t)pick (rand, (int32_t)n_surfaces));
  return qxl_source_image (
      qxl_fixture_image (rand, formats[pick (rand, G_N_ELEMENTS (formats))]));
}

static QxlBrush
random_brush (GRand *rand, guint n_surfaces)
{
  QxlBrush brush = {.kind = (QxlBrushKind)pick (rand, 3)};

  if (brush.kind == QXL_BRUSH_SOLID)
    brush.color = g_rand_int (rand);
  if (brush.kind == QXL_BRUSH_PATTERN) {
    brush.pattern = random_source (rand, n_surfaces);
    brush.pos = random_point (rand);
  }
  return brush;
}

static QxlMask
random_mask (GRand *rand)
{
  QxlMask mask = {.is_inverted = pick (rand, 2) != 0,
                  .pos = random_point (rand)};

  if (pick (rand, 2) == 0)
    mask.bitmap = qxl_source_image (qxl_fixture_image (rand, QXL_FORMAT_A1));
  return mask;
}

static uint16_t
random_rop (GRand *rand)
{
  return (uint16_t)((8u << pick (rand, 7)) | (pick (rand, 8)) |
                    (pick (rand, 2) != 0 ? QXL_ROP_INVERS_RES : 0));
}

static QxlCopy
random_copy (GRand *rand, guint n_surfaces)
{
  return (QxlCopy){
      .src = random_source (rand, n_surfaces),
      .src_area = random_rect (rand),
      .rop = random_rop (rand),
      .scale_mode = (QxlScaleMode)pick (rand, 2),
      .mask = random_mask (rand),
  };
}

static QxlPath
random_path (GRand *rand)
{
  QxlPath path = {.n_segments = 1 + (guint)pick (rand, 4)};
  guint per_segment = 4;

  path.segments = g_new0 (QxlPathSegment, path.n_segments);
  path.points = g_new0 (QxlPoint, path.n_segments * per_segment);
  for (guint i = 0; i < path.n_segments; i++) {
    path.segments[i] = (QxlPathSegment){
        .flags = (uint8_t)(QXL_PATH_BEGIN | QXL_PATH_END |
                           (pick (rand, 2) != 0 ? QXL_PATH_CLOSE : 0) |
                           (pick (rand, 2) != 0 ? QXL_PATH_BEZIER : 0)),
        .n_points = per_segment,
        .points = path.points + i * per_segment,
    };
    for (guint j = 0; j < per_segment; j++)
      path.segments[i].points[j] =
          (QxlPoint){pick (rand, 1000) - 100, pick (rand, 1000) - 100};
  }
  return path;
}

static QxlLineAttr
random_attr (GRand *rand)
{
  QxlLineAttr attr = {0};

  if (pick (rand, 2) == 0)
    return attr;
  attr.flags = QXL_LINE_STYLED;
  if (pick (rand, 2) == 0)
    attr.flags |= QXL_LINE_START_WITH_GAP;
  attr.n_style = 1 + (guint)pick (rand, 4);
  attr.style = g_new (int32_t, attr.n_style);
  for (guint i = 0; i < attr.n_style; i++)
    attr.style[i] = 16 * (1 + pick (rand, 9));
  return attr;
}

static QxlString
random_string (GRand *rand)
{
  QxlString string = {.format = (QxlGlyphFormat)(1 << pick (rand, 3)),
                      .n_glyphs = 1 + (guint)pick (rand, 4)};
  guint bits = string.format == QXL_GLYPH_A8 ? 8 : 1;
  size_t most = 20 * 20;
  uint8_t *row;

  if (string.format == QXL_GLYPH_A4)
    bits = 4;
  row = string.rows = g_malloc0 (1 + string.n_glyphs * most);
  string.glyphs = g_new0 (QxlGlyph, string.n_glyphs);
  for (guint i = 0; i < string.n_glyphs; i++) {
    QxlGlyph *glyph = &string.glyphs[i];
    size_t size;

    glyph->render_pos = random_point (rand);
    glyph->glyph_origin = random_point (rand);
    glyph->width = (uint16_t)(1 + pick (rand, 20));
    glyph->height = (uint16_t)(1 + pick (rand, 20));
    glyph->rows = row;
    size = (glyph->width * bits + 7) / 8 * glyph->height;
    while (size-- > 0)
      *row++ = (uint8_t)pick (rand, 256);
  }
  return string;
}

static QxlTransform
random_transform (GRand *rand)
{
  QxlTransform transform;

  for (guint i = 0; i < 6; i++)
    transform.t[i] = pick (rand, 1 << 18) - (1 << 17);
  return transform;
}

static QxlComposite
random_composite (GRand *rand, guint n_surfaces)
{
  QxlComposite self = {.flags = (uint32_t)pick (rand, 14),
                       .src = random_source (rand, n_surfaces)};

  if (pick (rand, 2) == 0) {
    self.flags |= QXL_COMPOSITE_HAS_MASK;
    self.mask = qxl_source_image (qxl_fixture_image (rand, QXL_FORMAT_A8));
  }
  if (pick (rand, 2) == 0) {
    self.flags |= QXL_COMPOSITE_HAS_SRC_TRANSFORM;
    self.src_transform = random_transform (rand);
  }
  if (pick (rand, 2) == 0) {
    self.flags |= QXL_COMPOSITE_HAS_MASK_TRANSFORM;
    self.mask_transform = random_transform (rand);
  }
  self.src_origin.x = (int16_t)(pick (rand, 40) - 20);
  self.mask_origin.y = (int16_t)(pick (rand, 40) - 20);
  return self;
}

static void
fill_stroke (GRand *rand, QxlStroke *stroke, guint n_surfaces)
{
  stroke->path = random_path (rand);
  stroke->attr = random_attr (rand);
  stroke->brush = random_brush (rand, n_surfaces);
  stroke->fore_mode = random_rop (rand);
  stroke->back_mode = random_rop (rand);
}

static void
fill_text (GRand *rand, QxlText *text, guint n_surfaces)
{
  text->string = random_string (rand);
  text->back_area = random_rect (rand);
  text->fore_brush = random_brush (rand, n_surfaces);
  text->back_brush = random_brush (rand, n_surfaces);
  text->fore_mode = random_rop (rand);
  text->back_mode = random_rop (rand);
}

static void
fill_operation (GRand *rand, QxlOperation *op, guint n_surfaces)
{
  switch (op->kind) {
  case QXL_OP_FILL:
    op->u.fill.brush = random_brush (rand, n_surfaces);
    op->u.fill.rop = random_rop (rand);
    op->u.fill.mask = random_mask (rand);
    break;
  case QXL_OP_OPAQUE:
    op->u.opaque.copy = random_copy (rand, n_surfaces);
    op->u.opaque.brush = random_brush (rand, n_surfaces);
    break;
  case QXL_OP_COPY:
  case QXL_OP_BLEND:
    op->u.copy = random_copy (rand, n_surfaces);
    break;
  case QXL_OP_COPY_BITS:
    op->u.copy_bits.src_pos = random_point (rand);
    break;
  case QXL_OP_BLACKNESS:
  case QXL_OP_WHITENESS:
  case QXL_OP_INVERS:
    op->u.mask = random_mask (rand);
    break;
  case QXL_OP_ROP3:
    op->u.rop3.copy = random_copy (rand, n_surfaces);
    op->u.rop3.brush = random_brush (rand, n_surfaces);
    op->u.rop3.code = (uint8_t)pick (rand, 256);
    break;
  case QXL_OP_STROKE:
    fill_stroke (rand, &op->u.stroke, n_surfaces);
    break;
  case QXL_OP_TEXT:
    fill_text (rand, &op->u.text, n_surfaces);
    break;
  case QXL_OP_TRANSPARENT:
    op->u.transparent.src = random_source (rand, n_surfaces);
    op->u.transparent.src_area = random_rect (rand);
    op->u.transparent.src_color = g_rand_int (rand);
    op->u.transparent.true_color = g_rand_int (rand) & 0xffffff;
    break;
  case QXL_OP_ALPHA_BLEND:
    op->u.alpha_blend.alpha_flags = (uint16_t)pick (rand, 4);
    op->u.alpha_blend.alpha = (uint8_t)pick (rand, 256);
    op->u.alpha_blend.src = random_source (rand, n_surfaces);
    op->u.alpha_blend.src_area = random_rect (rand);
    break;
  case QXL_OP_COMPOSITE:
    op->u.composite = random_composite (rand, n_surfaces);
    break;
  case QXL_N_OPS:
    break;
  }
}

QxlOperation *
qxl_fixture_operation (GRand *rand, QxlOpKind kind, guint n_surfaces)
{
  QxlOperation *op = qxl_operation_new (kind);
  QxlRect rects[4];
  guint n_rects = (guint)pick (rand, 5);

  fill_operation (rand, op, n_surfaces);
  for (guint i = 0; i < n_rects; i++)
    rects[i] = random_rect (rand);
  if (pick (rand, 3) == 0)
    qxl_operation_clip (op, rects, n_rects);
  return op;
}

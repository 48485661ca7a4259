/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/command-samples.h"

#include "qxl/surface.h"

#include <string.h>

#define WIDTH 64
#define HEIGHT 48

bool
qxl_sample_shape (uint32_t surface_id, QxlSurfaceShape *out, gpointer user_data)
{
  static const QxlFormat formats[] = {QXL_SURFACE_FORMATS};

  if (surface_id >= QXL_SAMPLE_SURFACES)
    return false;
  *out = (QxlSurfaceShape){WIDTH, HEIGHT, formats[surface_id]};
  return true;
}

/* samples */

QxlImage *
qxl_sample_image (QxlFormat format)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (format, 16, 16, &pixels);

  memset (pixels, 0x5a, qxl_image_size (image));
  return image;
}

static QxlSource
source_of (QxlFormat format)
{
  return qxl_source_image (qxl_sample_image (format));
}

static const QxlRect box = {4, 4, 36, 30};
static const QxlRect area = {1, 2, 9, 14};

static QxlBrush
solid (void)
{
  return (QxlBrush){.kind = QXL_BRUSH_SOLID, .color = 0x123456};
}

static QxlBrush
pattern (void)
{
  return (QxlBrush){.kind = QXL_BRUSH_PATTERN,
                    .pattern = source_of (QXL_FORMAT_BGRX),
                    .pos = {-3, 5}};
}

static QxlMask
mask (void)
{
  return (QxlMask){.bitmap = source_of (QXL_FORMAT_A1), .pos = {2, 1}};
}

static QxlCopy
copy_of (QxlSource source)
{
  return (QxlCopy){
      .src = source, .src_area = area, .rop = QXL_ROP_PUT, .mask = mask ()};
}

static void
add (QxlBatch *self, QxlOperation *op)
{
  const QxlRect clips[] = {QXL_RECT (0, 0, 10, 10), QXL_RECT (8, 8, 99, 20)};

  qxl_operation_clip (op, clips, G_N_ELEMENTS (clips));
  qxl_batch_draw (self,
                  qxl_drawable_new_operation (QXL_PRIMARY_SURFACE, &box, op));
}

static void
add_copies (QxlBatch *self)
{
  QxlOperation *op = qxl_operation_new (QXL_OP_FILL);

  op->u.fill = (QxlFill){pattern (), QXL_ROP_XOR, mask ()};
  add (self, op);
  op = qxl_operation_new (QXL_OP_OPAQUE);
  op->u.opaque.copy = copy_of (source_of (QXL_FORMAT_BGRA));
  op->u.opaque.brush = solid ();
  add (self, op);
  op = qxl_operation_new (QXL_OP_COPY);
  op->u.copy = copy_of (qxl_source_surface (1));
  add (self, op);
  op = qxl_operation_new (QXL_OP_COPY_BITS);
  op->u.copy_bits.src_pos = (QxlPoint){-5, 40};
  add (self, op);
  op = qxl_operation_new (QXL_OP_BLEND);
  op->u.copy = copy_of (source_of (QXL_FORMAT_RGB15));
  add (self, op);
  op = qxl_operation_new (QXL_OP_ROP3);
  op->u.rop3.copy = copy_of (source_of (QXL_FORMAT_BGRX));
  op->u.rop3.brush = pattern ();
  op->u.rop3.code = 0xca;
  add (self, op);
}

static void
add_masked (QxlBatch *self)
{
  static const QxlOpKind kinds[] = {QXL_OP_BLACKNESS, QXL_OP_WHITENESS,
                                    QXL_OP_INVERS};

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    QxlOperation *op = qxl_operation_new (kinds[i]);
    op->u.mask = mask ();
    add (self, op);
  }
}

static void
add_stroke (QxlBatch *self)
{
  static const QxlPoint points[] = {{100, 100}, {200, 90},  {240, 33}, {1, 2},
                                    {500, 500}, {600, 500}, {40, 40}};
  QxlOperation *op = qxl_operation_new (QXL_OP_STROKE);
  QxlStroke *stroke = &op->u.stroke;
  QxlPath *path = &stroke->path;

  path->n_segments = 2;
  path->points = g_memdup2 (points, sizeof points);
  path->segments = g_new0 (QxlPathSegment, 2);
  path->segments[0] = (QxlPathSegment){QXL_PATH_BEGIN, 1, path->points};
  path->segments[1] = (QxlPathSegment){
      QXL_PATH_BEZIER | QXL_PATH_END | QXL_PATH_CLOSE, 6, path->points + 1};
  stroke->attr.flags = QXL_LINE_STYLED;
  stroke->attr.n_style = 2;
  stroke->attr.style = g_new0 (int32_t, 2);
  stroke->attr.style[0] = 64;
  stroke->brush = solid ();
  stroke->fore_mode = QXL_ROP_PUT;
  add (self, op);
}

static void
add_text (QxlBatch *self)
{
  QxlOperation *op = qxl_operation_new (QXL_OP_TEXT);
  QxlString *string = &op->u.text.string;

  string->format = QXL_GLYPH_A8;
  string->n_glyphs = 2;
  string->rows = g_malloc0 (16);
  string->glyphs = g_new0 (QxlGlyph, 2);
  for (guint i = 0; i < 2; i++)
    string->glyphs[i] = (QxlGlyph){.render_pos = {10 + (int32_t)i * 5, 20},
                                   .glyph_origin = {0, -4},
                                   .width = 4,
                                   .height = 4,
                                   .rows = string->rows};
  op->u.text.back_area = area;
  op->u.text.fore_brush = pattern ();
  op->u.text.back_brush = solid ();
  op->u.text.fore_mode = op->u.text.back_mode = QXL_ROP_PUT;
  add (self, op);
}

static void
add_blends (QxlBatch *self)
{
  static const QxlTransform turn = {{0, 65536, 0, -65536, 0, 0}};
  QxlOperation *op = qxl_operation_new (QXL_OP_TRANSPARENT);
  QxlComposite *composite;

  op->u.transparent.src = source_of (QXL_FORMAT_BGRX);
  op->u.transparent.src_area = area;
  add (self, op);
  op = qxl_operation_new (QXL_OP_ALPHA_BLEND);
  op->u.alpha_blend.alpha = 99;
  op->u.alpha_blend.src = qxl_source_surface (1);
  op->u.alpha_blend.src_area = area;
  add (self, op);
  op = qxl_operation_new (QXL_OP_COMPOSITE);
  composite = &op->u.composite;
  composite->flags = 3 | 4 << 8 | QXL_COMPOSITE_HAS_MASK |
                     QXL_COMPOSITE_HAS_SRC_TRANSFORM |
                     QXL_COMPOSITE_HAS_MASK_TRANSFORM;
  composite->src = source_of (QXL_FORMAT_BGRA);
  composite->mask = source_of (QXL_FORMAT_A8);
  composite->src_transform = composite->mask_transform = turn;
  add (self, op);
}

static void
add_plain (QxlBatch *self)
{
  qxl_batch_draw (self, qxl_drawable_new_fill (0, &box, 0xff));
  qxl_batch_draw (
      self, qxl_drawable_new_copy (0, &area, qxl_sample_image (QXL_FORMAT_BGRX),
                                   (QxlPoint){8, 4}));
  qxl_batch_draw (self, qxl_drawable_new_copy_bits (1, &box, (QxlPoint){5, 5}));
  qxl_batch_draw (self,
                  qxl_drawable_new_copy_surface (0, &box, 1, (QxlPoint){}));
}

static QxlCursorShape *
cursor_shape (void)
{
  /* 9 pixels of 4 bits and their mask, padded to bytes, and 16 colours */
  return qxl_cursor_shape_new (
      QXL_CURSOR_COLOR4, 7, 9, 3, 8, 2,
      g_bytes_new_take (g_malloc0 (3 * 5 + 64 + 3 * 2), 3 * 5 + 64 + 3 * 2));
}

void
qxl_sample_commands (QxlBatch *self)
{
  const QxlHead heads[] = {{0, 0, QXL_RECT (0, 0, 32, HEIGHT)},
                           {1, 0, QXL_RECT (32, 0, WIDTH, HEIGHT)}};
  QxlCursorCommand *cursor = qxl_cursor_command_new (QXL_CURSOR_SET);

  qxl_batch_create_surface (self, QXL_MAX_SURFACES - 1, QXL_SURFACE_MAX_SIDE, 1,
                            QXL_FORMAT_RGB16);
  qxl_batch_destroy_surface (self, 2);
  add_plain (self);
  add_copies (self);
  add_masked (self);
  add_stroke (self);
  add_text (self);
  add_blends (self);
  qxl_batch_set_monitors (self, heads, G_N_ELEMENTS (heads), 2);
  cursor->shape = cursor_shape ();
  qxl_batch_cursor (self, cursor);
  qxl_batch_cursor (self, qxl_cursor_command_new (QXL_CURSOR_TRAIL));
  qxl_batch_update (self, 1, &box, 3);
  qxl_batch_message (self, "hello");
}

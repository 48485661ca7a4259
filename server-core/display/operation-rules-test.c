/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "operation-rules.h"

#include "qxl/surface.h"

static const SpcDrawTraits native = {true, true, true};
static const SpcDrawTraits web = {false, false, false};
static const QxlRect box = {0, 0, 8, 8};

/* 0 to 5, one of each of QXL_SURFACE_FORMATS in its order */
static SpcSurfaceList *surfaces;

static void
make_surfaces (void)
{
  static const QxlFormat formats[] = {QXL_SURFACE_FORMATS};

  surfaces = spc_surface_list_new ();
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    spc_surface_list_add (surfaces, &(SpcSurfaceInfo){i, 64, 48, formats[i]});
}

static QxlDrawable *
draw_new (QxlOpKind kind)
{
  return qxl_drawable_new_operation (0, &box, qxl_operation_new (kind));
}

static void
tells_plain_draws_to_everybody (void)
{
  g_autoptr (QxlDrawable) fill = qxl_drawable_new_fill (0, &box, 1);

  g_assert_true (spc_draw_is_told (fill, surfaces, &web));
  g_assert_true (spc_draw_is_told (fill, surfaces, &native));
}

static void
tells_operations_to_native_clients (void)
{
  for (int kind = QXL_OP_FILL; kind < QXL_N_OPS; kind++) {
    g_autoptr (QxlDrawable) draw = draw_new ((QxlOpKind)kind);
    bool is_rop3 =
        kind == QXL_OP_ROP3; /* of code 0, which is none of its own */

    g_assert_false (spc_draw_is_told (draw, surfaces, &web));
    g_assert_cmpint (spc_draw_is_told (draw, surfaces, &native), ==, !is_rop3);
  }
}

/* 218 codes need all three operands */
static void
tells_rop3_codes_that_clients_know (void)
{
  g_autoptr (QxlDrawable) draw = draw_new (QXL_OP_ROP3);
  guint n_told = 0;

  draw->u.operation->u.rop3.brush.kind = QXL_BRUSH_SOLID;
  for (unsigned code = 0; code < 256; code++) {
    draw->u.operation->u.rop3.code = (uint8_t)code;
    n_told += spc_draw_is_told (draw, surfaces, &native);
  }
  g_assert_cmpuint (n_told, ==, 218);
  draw->u.operation->u.rop3.code = 0xcc;
  g_assert_false (spc_draw_is_told (draw, surfaces, &native));
  draw->u.operation->u.rop3.code = 0xca;
  g_assert_true (spc_draw_is_told (draw, surfaces, &native));
  draw->u.operation->u.rop3.brush.kind = QXL_BRUSH_NONE;
  g_assert_false (spc_draw_is_told (draw, surfaces, &native));
}

/* they read beside a pattern that begins inside the box */
static void
tells_rop3_patterns_from_their_origin_on (void)
{
  g_autoptr (QxlDrawable) draw = draw_new (QXL_OP_ROP3);
  QxlBrush *brush = &draw->u.operation->u.rop3.brush;

  draw->u.operation->u.rop3.code = 0xca;
  *brush =
      (QxlBrush){.kind = QXL_BRUSH_PATTERN, .pattern = qxl_source_surface (1)};
  g_assert_true (spc_draw_is_told (draw, surfaces, &native));
  brush->pos = (QxlPoint){-3, 1};
  g_assert_false (spc_draw_is_told (draw, surfaces, &native));
  brush->pos = (QxlPoint){1, -3};
  g_assert_false (spc_draw_is_told (draw, surfaces, &native));
}

/* @on, @off: 28.4 */
static void
make_dashes (QxlDrawable *draw, int32_t on, int32_t off)
{
  QxlLineAttr *attr = &draw->u.operation->u.stroke.attr;

  attr->flags = QXL_LINE_STYLED;
  attr->n_style = 2;
  attr->style = g_renew (int32_t, attr->style, 2);
  attr->style[0] = on;
  attr->style[1] = off;
}

static void
tells_dashes_that_have_lengths (void)
{
  static const struct {
    int32_t on, off;
    bool is_told;
  } lists[] = {{16, 16, true}, {9, 160, true},        {16, 0, false},
               {8, 16, false}, {16, 256 * 16, false}, {257 * 16, 16, true}};
  g_autoptr (QxlDrawable) draw = draw_new (QXL_OP_STROKE);

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    make_dashes (draw, lists[i].on, lists[i].off);
    g_test_message ("%d/16 on, %d/16 off", lists[i].on, lists[i].off);
    g_assert_cmpint (spc_draw_is_told (draw, surfaces, &native), ==,
                     lists[i].is_told);
  }
}

static void
makes_pictures_of_what_clients_get_wrong (void)
{
  g_autoptr (QxlDrawable) dashes = draw_new (QXL_OP_STROKE);
  g_autoptr (QxlDrawable) text = draw_new (QXL_OP_TEXT);
  g_autoptr (QxlDrawable) masked = draw_new (QXL_OP_FILL);
  g_autoptr (QxlDrawable) own = draw_new (QXL_OP_COPY);
  g_autoptr (QxlDrawable) composite = draw_new (QXL_OP_COMPOSITE);
  const SpcDrawTraits old = {.is_native = true};

  make_dashes (dashes, 40, 8);
  text->u.operation->u.text.string.format = QXL_GLYPH_A8;
  masked->u.operation->u.fill.mask.bitmap = qxl_source_surface (3);
  own->u.operation->u.copy.src = qxl_source_surface (0);
  g_assert_false (spc_draw_is_told (dashes, surfaces, &native));
  g_assert_false (spc_draw_is_told (text, surfaces, &native));
  text->u.operation->u.text.string.format = QXL_GLYPH_A1;
  text->u.operation->u.text.fore_brush =
      (QxlBrush){.kind = QXL_BRUSH_PATTERN, .pattern = qxl_source_surface (1)};
  g_assert_false (spc_draw_is_told (text, surfaces, &native));
  g_assert_false (spc_draw_is_told (masked, surfaces, &native));
  g_assert_false (spc_draw_is_told (own, surfaces, &native));
  g_assert_false (spc_draw_is_told (composite, surfaces, &old));
}

/* they abort on surfaces whose pixels are of another size, but convert images
 */
static void
makes_pictures_of_sources_of_other_sizes (void)
{
  g_autoptr (QxlDrawable) plain =
      qxl_drawable_new_copy_surface (0, &box, 2, (QxlPoint){0, 0});
  g_autoptr (QxlDrawable) copy = draw_new (QXL_OP_COPY);
  g_autoptr (QxlDrawable) fill = draw_new (QXL_OP_FILL);
  g_autoptr (QxlDrawable) composite = draw_new (QXL_OP_COMPOSITE);
  QxlBrush *brush = &fill->u.operation->u.fill.brush;
  uint8_t *pixels;

  g_assert_false (spc_draw_is_told (plain, surfaces, &native));
  plain->u.copy_surface.source_id = 1;
  g_assert_true (spc_draw_is_told (plain, surfaces, &native));
  copy->u.operation->u.copy.src_area = box;
  copy->u.operation->u.copy.src = qxl_source_surface (2);
  g_assert_false (spc_draw_is_told (copy, surfaces, &native));
  copy->u.operation->u.copy.src = qxl_source_surface (1);
  g_assert_true (spc_draw_is_told (copy, surfaces, &native));
  copy->u.operation->u.copy.src =
      qxl_source_image (qxl_image_new (QXL_FORMAT_RGB15, 8, 8, &pixels));
  g_assert_true (spc_draw_is_told (copy, surfaces, &native));
  *brush =
      (QxlBrush){.kind = QXL_BRUSH_PATTERN, .pattern = qxl_source_surface (2)};
  g_assert_false (spc_draw_is_told (fill, surfaces, &native));
  copy->surface_id = 1; /* with alpha */
  g_assert_false (spc_draw_is_told (copy, surfaces, &native));
  composite->u.operation->u.composite.src = qxl_source_surface (2);
  g_assert_true (spc_draw_is_told (composite, surfaces, &native));
  composite->u.operation->u.composite.src = qxl_source_surface (4);
  g_assert_true (spc_draw_is_told (composite, surfaces, &native));
  composite->u.operation->u.composite.mask = qxl_source_surface (5);
  g_assert_true (spc_draw_is_told (composite, surfaces, &native));
  composite->u.operation->u.composite.mask = qxl_source_surface (4);
  g_assert_false (spc_draw_is_told (composite, surfaces, &native));
  composite->u.operation->u.composite.mask.kind = QXL_SOURCE_NONE;
  composite->u.operation->u.composite.flags = QXL_COMPOSITE_SOURCE_OPAQUE;
  g_assert_false (spc_draw_is_told (composite, surfaces, &native));
}

static void
makes_pictures_of_alpha_out_of_nothing (void)
{
  const QxlRect whole = QXL_RECT (0, 0, 64, 48);
  g_autoptr (QxlDrawable) plain =
      qxl_drawable_new_copy_surface (1, &box, 0, (QxlPoint){0, 0});
  g_autoptr (QxlDrawable) blend = draw_new (QXL_OP_ALPHA_BLEND);
  g_autoptr (QxlDrawable) copy =
      qxl_drawable_new_operation (1, &box, qxl_operation_new (QXL_OP_COPY));
  QxlAlphaBlend *how = &blend->u.operation->u.alpha_blend;
  QxlCopy *what = &copy->u.operation->u.copy;
  uint8_t *pixels;

  g_assert_false (spc_draw_is_told (plain, surfaces, &native));
  spc_surface_list_add (surfaces, &(SpcSurfaceInfo){6, 9, 9, QXL_FORMAT_BGRX});
  how->src = qxl_source_surface (6);
  g_assert_true (spc_draw_is_told (blend, surfaces, &native));
  how->alpha_flags = QXL_ALPHA_SRC_SURFACE_HAS_ALPHA;
  g_assert_false (spc_draw_is_told (blend, surfaces, &native));
  what->src =
      qxl_source_image (qxl_image_new (QXL_FORMAT_BGRX, 64, 48, &pixels));
  what->src_area = whole;
  g_assert_false (spc_draw_is_told (copy, surfaces, &native));
  what->src_area = box; /* as large as on the surface */
  g_assert_false (spc_draw_is_told (copy, surfaces, &native));
  what->src_area = whole;
  copy->surface_id = 0;
  g_assert_true (spc_draw_is_told (copy, surfaces, &native));
  copy->surface_id = 2; /* scaled and converted */
  g_assert_false (spc_draw_is_told (copy, surfaces, &native));
  spc_surface_list_remove (surfaces, 6);
}

static void
tells_plain_copies_with_alpha_where_there_is_alpha (void)
{
  static const struct {
    QxlFormat from;
    uint32_t to;
    bool is_told;
  } copies[] = {
      {QXL_FORMAT_BGRA, 1, true},   {QXL_FORMAT_BGRX, 1, false},
      {QXL_FORMAT_RGB15, 1, false}, {QXL_FORMAT_BGRA, 0, true},
      {QXL_FORMAT_BGRX, 0, true},   {QXL_FORMAT_RGB15, 0, true},
      {QXL_FORMAT_BGRX, 2, true},
  };

  for (guint i = 0; i < G_N_ELEMENTS (copies); i++) {
    uint8_t *pixels;
    QxlImage *image = qxl_image_new (copies[i].from, 8, 8, &pixels);
    g_autoptr (QxlDrawable) copy =
        qxl_drawable_new_copy (copies[i].to, &box, image, (QxlPoint){0, 0});

    g_test_message ("%s on surface %u", qxl_format_name (copies[i].from),
                    copies[i].to);
    g_assert_cmpint (spc_draw_is_told (copy, surfaces, &native), ==,
                     copies[i].is_told);
  }
}

static void
copy_image (QxlSource *source, QxlRect *area, QxlImage *image)
{
  *source = qxl_source_image (image);
  *area = box;
}

static void
paint_image (QxlBrush *brush, QxlImage *image)
{
  *brush = (QxlBrush){.kind = QXL_BRUSH_PATTERN,
                      .pattern = qxl_source_image (image)};
}

/* unscaled */
static void
use_image (QxlOperation *op, QxlSourceRole role, QxlFormat format)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (format, 8, 8, &pixels);

  switch (op->kind) {
  case QXL_OP_FILL:
    paint_image (&op->u.fill.brush, image);
    break;
  case QXL_OP_OPAQUE:
    op->u.opaque.copy.src_area = box;
    if (role == QXL_ROLE_BRUSH)
      paint_image (&op->u.opaque.brush, image);
    else
      op->u.opaque.copy.src = qxl_source_image (image);
    break;
  case QXL_OP_STROKE:
    paint_image (&op->u.stroke.brush, image);
    break;
  case QXL_OP_TEXT:
    paint_image (role == QXL_ROLE_BRUSH ? &op->u.text.fore_brush
                                        : &op->u.text.back_brush,
                 image);
    break;
  case QXL_OP_TRANSPARENT:
    copy_image (&op->u.transparent.src, &op->u.transparent.src_area, image);
    break;
  case QXL_OP_ALPHA_BLEND:
    copy_image (&op->u.alpha_blend.src, &op->u.alpha_blend.src_area, image);
    break;
  default:
    copy_image (&op->u.copy.src, &op->u.copy.src_area, image);
  }
  g_assert_nonnull (qxl_operation_source (op, role));
}

/* as pixels, brushes or what is behind a text: fourth bytes become alpha */
static void
makes_pictures_of_alpha_out_of_nothing_in_any_role (void)
{
  static const struct {
    QxlOpKind kind;
    QxlSourceRole role;
  } uses[] = {
      {QXL_OP_FILL, QXL_ROLE_BRUSH},      {QXL_OP_OPAQUE, QXL_ROLE_SRC},
      {QXL_OP_OPAQUE, QXL_ROLE_BRUSH},    {QXL_OP_COPY, QXL_ROLE_SRC},
      {QXL_OP_BLEND, QXL_ROLE_SRC},       {QXL_OP_STROKE, QXL_ROLE_BRUSH},
      {QXL_OP_TEXT, QXL_ROLE_BRUSH},      {QXL_OP_TEXT, QXL_ROLE_BACK_BRUSH},
      {QXL_OP_TRANSPARENT, QXL_ROLE_SRC}, {QXL_OP_ALPHA_BLEND, QXL_ROLE_SRC},
  };
  static const QxlFormat formats[] = {QXL_FORMAT_BGRA, QXL_FORMAT_BGRX,
                                      QXL_FORMAT_RGB15};

  for (guint i = 0; i < G_N_ELEMENTS (uses); i++)
    for (guint j = 0; j < G_N_ELEMENTS (formats); j++) {
      g_autoptr (QxlDrawable) draw = draw_new (uses[i].kind);

      use_image (draw->u.operation, uses[i].role, formats[j]);
      g_test_message ("kind %d, role %d, %s", uses[i].kind, uses[i].role,
                      qxl_format_name (formats[j]));
      g_assert_true (spc_draw_is_told (draw, surfaces, &native));
      draw->surface_id = 1; /* with alpha */
      g_assert_cmpint (spc_draw_is_told (draw, surfaces, &native), ==,
                       formats[j] == QXL_FORMAT_BGRA);
    }
}

static void
makes_pictures_of_dashes_of_patterns (void)
{
  g_autoptr (QxlDrawable) draw = draw_new (QXL_OP_STROKE);
  QxlStroke *stroke = &draw->u.operation->u.stroke;

  use_image (draw->u.operation, QXL_ROLE_BRUSH, QXL_FORMAT_BGRX);
  g_assert_true (spc_draw_is_told (draw, surfaces, &native));
  make_dashes (draw, 40, 32);
  g_assert_false (spc_draw_is_told (draw, surfaces, &native));
  g_clear_pointer (&stroke->brush.pattern.image, qxl_image_unref);
  stroke->brush = (QxlBrush){.kind = QXL_BRUSH_SOLID, .color = 0x123456};
  g_assert_true (spc_draw_is_told (draw, surfaces, &native));
}

static void
makes_pictures_of_slanted_lines_that_are_cut (void)
{
  static const struct {
    QxlPoint from, to; /* pixels; the box is from 0,0 to 8,8 */
    bool is_told;
  } lines[] = {
      {{1, 1}, {6, 7}, true},   {{1, 1}, {8, 6}, false},
      {{-3, 4}, {40, 4}, true}, {{5, -9}, {5, 60}, true},
      {{3, -1}, {4, 5}, false},
  };
  g_autoptr (QxlDrawable) draw = draw_new (QXL_OP_STROKE);
  QxlPath *path = &draw->u.operation->u.stroke.path;

  path->points = g_new0 (QxlPoint, 2);
  path->segments = g_new0 (QxlPathSegment, 1);
  path->n_segments = 1;
  path->segments[0] = (QxlPathSegment){QXL_PATH_BEGIN, 2, path->points};
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    path->points[0] = (QxlPoint){lines[i].from.x * 16, lines[i].from.y * 16};
    path->points[1] = (QxlPoint){lines[i].to.x * 16, lines[i].to.y * 16};
    g_assert_cmpint (spc_draw_is_told (draw, surfaces, &native), ==,
                     lines[i].is_told);
  }
  /* cut by the clip, which is less than the box */
  path->points[0] = (QxlPoint){16, 16};
  path->points[1] = (QxlPoint){96, 80};
  g_assert_true (spc_draw_is_told (draw, surfaces, &native));
  qxl_operation_clip (draw->u.operation, &QXL_RECT (0, 0, 5, 8), 1);
  g_assert_false (spc_draw_is_told (draw, surfaces, &native));
}

/* a row of a line that is cut in two */
static void
makes_pictures_of_lines_through_gaps (void)
{
  static const struct {
    QxlRect rects[3];
    guint n_rects;
    bool is_told;
  } clips[] = {
      {{{0, 0, 3, 8}, {3, 0, 8, 8}}, 2, true},
      {{{0, 0, 3, 8}, {4, 0, 8, 8}}, 2, false},
      {{{0, 0, 3, 4}, {4, 4, 8, 8}}, 2, true}, /* one above the other */
      {{{0, 0, 3, 5}, {4, 4, 8, 8}}, 2, false},
      {{{0, 0, 3, 5}, {4, 8, 8, 9}}, 2, true}, /* outside of the box */
      {{{0, 0, 3, 8}, {4, 0, 8, 8}, {2, 0, 5, 8}}, 3, true},
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (clips); i++) {
    g_autoptr (QxlDrawable) draw = draw_new (QXL_OP_STROKE);

    if (i % 2 == 1)
      make_dashes (draw, 40, 32);
    qxl_operation_clip (draw->u.operation, clips[i / 2].rects,
                        clips[i / 2].n_rects);
    g_test_message ("clip %u, dashed %u", i / 2, i % 2);
    g_assert_cmpint (spc_draw_is_told (draw, surfaces, &native), ==,
                     clips[i / 2].is_told);
  }
}

/* they would never end */
static void
makes_pictures_of_curves_that_are_points (void)
{
  for (guint i = 0; i < 2; i++) {
    g_autoptr (QxlDrawable) draw = draw_new (QXL_OP_STROKE);
    QxlPath *path = &draw->u.operation->u.stroke.path;

    if (i == 1)
      make_dashes (draw, 40, 32);
    path->points = g_new0 (QxlPoint, 4);
    path->segments = g_new0 (QxlPathSegment, 1);
    path->n_segments = 1;
    path->segments[0] =
        (QxlPathSegment){QXL_PATH_BEGIN | QXL_PATH_BEZIER, 4, path->points};
    g_assert_false (spc_draw_is_told (draw, surfaces, &native));
    path->points[1] = path->points[2] = (QxlPoint){32, 32};
    path->points[3] = (QxlPoint){48, 16};
    g_assert_true (spc_draw_is_told (draw, surfaces, &native));
  }
}

/* what is cut to: a clip's rectangle that is nowhere in the box adds nothing */
static void
knows_what_lines_are_cut_to (void)
{
  static const QxlRect rects[] = {{0, 0, 4, 8}, {0, 8, 8, 20}};
  g_autoptr (QxlDrawable) draw = draw_new (QXL_OP_STROKE);
  QxlPath *path = &draw->u.operation->u.stroke.path;

  path->points = g_new0 (QxlPoint, 2);
  path->segments = g_new0 (QxlPathSegment, 1);
  path->n_segments = 1;
  path->segments[0] = (QxlPathSegment){QXL_PATH_BEGIN, 2, path->points};
  path->points[0] = (QxlPoint){1 * 16, 1 * 16};
  path->points[1] = (QxlPoint){6 * 16, 5 * 16};
  g_assert_true (spc_draw_is_told (draw, surfaces, &native));
  qxl_operation_clip (draw->u.operation, rects, G_N_ELEMENTS (rects));
  g_assert_false (spc_draw_is_told (draw, surfaces, &native));
}

static void
makes_pictures_of_transforms_of_surfaces (void)
{
  g_autoptr (QxlDrawable) draw = draw_new (QXL_OP_COMPOSITE);
  QxlComposite *composite = &draw->u.operation->u.composite;

  composite->flags = QXL_COMPOSITE_HAS_SRC_TRANSFORM;
  composite->src = qxl_source_surface (1);
  composite->src_transform = (QxlTransform){{65536, 0, 0, 0, 65536, 0}};
  g_assert_true (spc_draw_is_told (draw, surfaces, &native));
  composite->src_transform.t[2] = 1;
  g_assert_false (spc_draw_is_told (draw, surfaces, &native));
}

static void
tells_surfaces_that_the_protocol_can_fill (void)
{
  const QxlFormat told[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA, QXL_FORMAT_RGB15,
                            QXL_FORMAT_A8};
  const SpcDrawTraits old = {.is_native = true};

  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    g_assert_cmpint (spc_surface_told_as (1, told[i], &native), ==, told[i]);
  g_assert_cmpint (spc_surface_told_as (1, QXL_FORMAT_A8, &old), ==,
                   QXL_FORMAT_INVALID);
  g_assert_cmpint (spc_surface_told_as (1, QXL_FORMAT_RGB16, &native), ==,
                   QXL_FORMAT_INVALID);
  g_assert_cmpint (spc_surface_told_as (1, QXL_FORMAT_A1, &native), ==,
                   QXL_FORMAT_INVALID);
}

static void
tells_web_clients_of_what_is_shown_only (void)
{
  g_assert_cmpint (spc_surface_told_as (0, QXL_FORMAT_BGRX, &web), ==,
                   QXL_FORMAT_BGRX);
  g_assert_cmpint (spc_surface_told_as (0, QXL_FORMAT_BGRA, &web), ==,
                   QXL_FORMAT_BGRX);
  g_assert_cmpint (spc_surface_told_as (1, QXL_FORMAT_BGRX, &web), ==,
                   QXL_FORMAT_INVALID);
  g_assert_cmpint (spc_surface_told_as (0, QXL_FORMAT_A8, &web), ==,
                   QXL_FORMAT_INVALID);
}

static void
tells_web_clients_of_pixels_they_decode (void)
{
  const QxlFormat formats[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA, QXL_FORMAT_BGR,
                               QXL_FORMAT_RGB15};
  g_autoptr (QxlDrawable) from =
      qxl_drawable_new_copy_surface (0, &box, 1, (QxlPoint){0, 0});

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    uint8_t *pixels;
    QxlImage *image = qxl_image_new (formats[i], 8, 8, &pixels);
    g_autoptr (QxlDrawable) copy =
        qxl_drawable_new_copy (0, &box, image, (QxlPoint){0, 0});

    g_assert_cmpint (spc_draw_is_told (copy, surfaces, &web), ==, i < 2);
    g_assert_true (spc_draw_is_told (copy, surfaces, &native));
  }
  g_assert_false (spc_draw_is_told (from, surfaces, &web));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  make_surfaces ();
  g_test_add_func ("/operation-rules/tells-plain-draws-to-everybody",
                   tells_plain_draws_to_everybody);
  g_test_add_func ("/operation-rules/tells-operations-to-native-clients",
                   tells_operations_to_native_clients);
  g_test_add_func ("/operation-rules/tells-rop3-codes-that-clients-know",
                   tells_rop3_codes_that_clients_know);
  g_test_add_func ("/operation-rules/tells-rop3-patterns-from-their-origin-on",
                   tells_rop3_patterns_from_their_origin_on);
  g_test_add_func ("/operation-rules/tells-dashes-that-have-lengths",
                   tells_dashes_that_have_lengths);
  g_test_add_func ("/operation-rules/makes-pictures-of-what-clients-get-wrong",
                   makes_pictures_of_what_clients_get_wrong);
  g_test_add_func ("/operation-rules/tells-surfaces-that-the-protocol-can-fill",
                   tells_surfaces_that_the_protocol_can_fill);
  g_test_add_func ("/operation-rules/makes-pictures-of-sources-of-other-sizes",
                   makes_pictures_of_sources_of_other_sizes);
  g_test_add_func ("/operation-rules/makes-pictures-of-alpha-out-of-nothing",
                   makes_pictures_of_alpha_out_of_nothing);
  g_test_add_func ("/operation-rules/"
                   "tells-plain-copies-with-alpha-where-there-is-alpha",
                   tells_plain_copies_with_alpha_where_there_is_alpha);
  g_test_add_func ("/operation-rules/"
                   "makes-pictures-of-alpha-out-of-nothing-in-any-role",
                   makes_pictures_of_alpha_out_of_nothing_in_any_role);
  g_test_add_func ("/operation-rules/makes-pictures-of-dashes-of-patterns",
                   makes_pictures_of_dashes_of_patterns);
  g_test_add_func (
      "/operation-rules/makes-pictures-of-slanted-lines-that-are-cut",
      makes_pictures_of_slanted_lines_that_are_cut);
  g_test_add_func ("/operation-rules/makes-pictures-of-lines-through-gaps",
                   makes_pictures_of_lines_through_gaps);
  g_test_add_func ("/operation-rules/makes-pictures-of-curves-that-are-points",
                   makes_pictures_of_curves_that_are_points);
  g_test_add_func ("/operation-rules/knows-what-lines-are-cut-to",
                   knows_what_lines_are_cut_to);
  g_test_add_func ("/operation-rules/makes-pictures-of-transforms-of-surfaces",
                   makes_pictures_of_transforms_of_surfaces);
  g_test_add_func ("/operation-rules/tells-web-clients-of-what-is-shown-only",
                   tells_web_clients_of_what_is_shown_only);
  g_test_add_func ("/operation-rules/tells-web-clients-of-pixels-they-decode",
                   tells_web_clients_of_pixels_they_decode);
  result = g_test_run ();
  spc_surface_list_free (surfaces);
  return result;
}

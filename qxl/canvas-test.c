/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/canvas-model.h"

#include <string.h>

#define W 40
#define H 30
#define N_OTHERS 6u

static const QxlFormat formats[] = {QXL_SURFACE_FORMATS};

/* a surface to draw on, of id 0, and one of each format to draw from */
typedef struct {
  QxlSurface *dest;
  QxlSurface *others[N_OTHERS]; /* ids 1… in the order of formats[] */
} Scene;

static QxlSurface *
find (uint32_t surface_id, gpointer user_data)
{
  Scene *self = user_data;

  if (surface_id == 0)
    return self->dest;
  return surface_id <= N_OTHERS ? self->others[surface_id - 1] : NULL;
}

static void
fill_with_noise (uint8_t *bytes, size_t n)
{
  for (size_t i = 0; i < n; i++)
    bytes[i] = (uint8_t)g_test_rand_int ();
}

static QxlSurface *
noisy_surface (QxlFormat format, uint32_t width, uint32_t height)
{
  QxlSurface *surface = qxl_surface_new (format, width, height);

  fill_with_noise (qxl_surface_pixels (surface),
                   qxl_surface_stride (surface) * height);
  return surface;
}

static QxlImage *
noisy_image (QxlFormat format, uint32_t width, uint32_t height)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (format, width, height, &pixels);

  fill_with_noise (pixels, qxl_image_size (image));
  return image;
}

/* from @from up to just before @to */
static int32_t
pick (int32_t from, int32_t to)
{
  return g_test_rand_int_range (from, to);
}

static void
scene_init (Scene *self, QxlFormat format)
{
  self->dest = noisy_surface (format, W, H);
  for (guint i = 0; i < N_OTHERS; i++)
    self->others[i] = noisy_surface (formats[i], (uint32_t)pick (1, 50),
                                     (uint32_t)pick (1, 40));
}

static void
scene_clear (Scene *self)
{
  qxl_surface_free (self->dest);
  for (guint i = 0; i < N_OTHERS; i++)
    qxl_surface_free (self->others[i]);
}

static void
assert_is_as_modelled (const Scene *scene, const QxlModelDraw *model,
                       const char *what)
{
  g_autoptr (QxlModelPixels) after = qxl_model_pixels_new (scene->dest);

  for (int32_t y = 0; y < H; y++)
    for (int32_t x = 0; x < W; x++) {
      uint32_t care;
      uint32_t expected = qxl_model_pixel (model, x, y, &care);
      uint32_t got = after->at[y * W + x];

      if ((got ^ expected) & care)
        g_error ("%s %s on %s at %d,%d: was %08x, expected %08x, got %08x",
                 qxl_op_kind_name (model->draw->u.operation->kind), what,
                 qxl_format_name (after->format), x, y,
                 model->before->at[y * W + x], expected, got);
    }
}

/* draws @op, which it takes, and asks the model */
static void
check (Scene *scene, const QxlRect *box, QxlOperation *op, const char *what)
{
  g_autoptr (QxlModelPixels) before = qxl_model_pixels_new (scene->dest);
  g_autoptr (QxlDrawable) draw = qxl_drawable_new_operation (0, box, op);
  const QxlModelDraw model = {before, draw, find, scene};

  qxl_canvas_draw (scene->dest, draw, find, scene);
  assert_is_as_modelled (scene, &model, what);
}

/* random parts of operations */

static QxlRect
random_rect (int32_t width, int32_t height)
{
  int32_t left = pick (0, width), top = pick (0, height);

  return QXL_RECT (left, top, pick (left + 1, width + 1),
                   pick (top + 1, height + 1));
}

/* an image or surface of that format, or the surface itself if it is one */
static QxlSource
random_source_of (const Scene *scene, QxlFormat format)
{
  if (qxl_surface_format (scene->dest) == format && pick (0, 3) == 0)
    return qxl_source_surface (0);
  if (format == QXL_FORMAT_RGB16 || pick (0, 3) == 0)
    for (guint i = 0; i < N_OTHERS; i++)
      if (formats[i] == format)
        return qxl_source_surface (i + 1);
  return qxl_source_image (
      noisy_image (format, (uint32_t)pick (1, 50), (uint32_t)pick (1, 40)));
}

static QxlSource
random_source (const Scene *scene)
{
  static const QxlFormat colours[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA,
                                      QXL_FORMAT_RGB15, QXL_FORMAT_RGB16};
  static const QxlFormat alphas[] = {QXL_FORMAT_A8, QXL_FORMAT_A1,
                                     QXL_FORMAT_BGRA};

  if (qxl_format_is_colour (qxl_surface_format (scene->dest)))
    return random_source_of (scene, colours[pick (0, 4)]);
  return random_source_of (scene, alphas[pick (0, 3)]);
}

static void
size_of (const Scene *scene, const QxlSource *source, int32_t *width,
         int32_t *height)
{
  const QxlSurface *surface;

  if (source->kind == QXL_SOURCE_IMAGE) {
    *width = (int32_t)source->image->width;
    *height = (int32_t)source->image->height;
    return;
  }
  surface = find (source->surface_id, (gpointer)scene);
  *width = (int32_t)qxl_surface_width (surface);
  *height = (int32_t)qxl_surface_height (surface);
}

/* of the box's size, anywhere about the source */
static QxlRect
random_area_near (const Scene *scene, const QxlSource *source,
                  const QxlRect *box)
{
  int32_t width, height, left, top;

  size_of (scene, source, &width, &height);
  left = pick (-9, width + 4);
  top = pick (-9, height + 4);
  return QXL_RECT (left, top, left + qxl_rect_width (box),
                   top + qxl_rect_height (box));
}

static QxlRect
random_area_inside (const Scene *scene, const QxlSource *source)
{
  int32_t width, height;

  size_of (scene, source, &width, &height);
  return random_rect (width, height);
}

static QxlBrush
random_brush (const Scene *scene)
{
  QxlBrush brush = {.kind = (QxlBrushKind)pick (0, 3),
                    .color = g_test_rand_int (),
                    .pos = {pick (-99, 99), pick (-99, 99)}};

  if (brush.kind == QXL_BRUSH_PATTERN)
    brush.pattern = random_source (scene);
  return brush;
}

static QxlMask
random_mask (void)
{
  QxlMask mask = {.is_inverted = pick (0, 2) != 0,
                  .pos = {pick (-5, 12), pick (-5, 12)}};

  switch (pick (0, 4)) {
  case 0:
    mask.bitmap = qxl_source_surface (N_OTHERS); /* the A1 one */
    break;
  case 1:
    mask.bitmap = qxl_source_image (noisy_image (
        QXL_FORMAT_A1, (uint32_t)pick (1, 60), (uint32_t)pick (1, 40)));
    break;
  default: /* none */
    break;
  }
  return mask;
}

static void
clip_at_random (QxlOperation *op)
{
  QxlRect rects[12];
  guint n = (guint)pick (0, 12);

  for (guint i = 0; i < n; i++)
    rects[i] =
        QXL_RECT (pick (-9, W), pick (-9, H), pick (0, W + 9), pick (0, H + 9));
  if (pick (0, 2) == 0)
    qxl_operation_clip (op, rects, n);
}

/* the rop's bits all at random, or a single one */
static uint16_t
random_rop (void)
{
  if (pick (0, 2))
    return (uint16_t)pick (0, 0x800);
  return (uint16_t)(1 << pick (3, 10));
}

/* @is_scaled: else 1:1, if need be beyond the source */
static void
random_copy (const Scene *scene, const QxlRect *box, bool is_scaled,
             QxlCopy *copy)
{
  *copy = (QxlCopy){.src = random_source (scene),
                    .rop = random_rop (),
                    .scale_mode = QXL_SCALE_NEAREST,
                    .mask = random_mask ()};
  copy->src_area = is_scaled ? random_area_inside (scene, &copy->src)
                             : random_area_near (scene, &copy->src, box);
}

static void
random_operation (const Scene *scene, QxlOperation *op, const QxlRect *box,
                  bool is_scaled)
{
  QxlCopy copy;

  switch (op->kind) {
  case QXL_OP_FILL:
    op->u.fill = (QxlFill){random_brush (scene), random_rop (), random_mask ()};
    break;
  case QXL_OP_COPY:
  case QXL_OP_BLEND:
    random_copy (scene, box, is_scaled, &op->u.copy);
    break;
  case QXL_OP_OPAQUE:
    random_copy (scene, box, is_scaled, &op->u.opaque.copy);
    op->u.opaque.brush = random_brush (scene);
    if (op->u.opaque.brush.kind == QXL_BRUSH_PATTERN &&
        op->u.opaque.brush.pattern.kind == QXL_SOURCE_SURFACE &&
        op->u.opaque.brush.pattern.surface_id == 0)
      op->u.opaque.brush.kind = QXL_BRUSH_NONE;
    break;
  case QXL_OP_ROP3:
    random_copy (scene, box, is_scaled, &op->u.rop3.copy);
    op->u.rop3.brush = random_brush (scene);
    op->u.rop3.code = (uint8_t)g_test_rand_int ();
    break;
  case QXL_OP_COPY_BITS:
    op->u.copy_bits.src_pos = (QxlPoint){pick (-9, W), pick (-9, H)};
    break;
  case QXL_OP_TRANSPARENT:
    random_copy (scene, box, is_scaled, &copy);
    op->u.transparent = (QxlTransparent){
        .src = copy.src,
        .src_area = copy.src_area,
        .true_color = g_test_rand_int (),
    };
    qxl_image_unref (copy.mask.bitmap.image);
    break;
  case QXL_OP_ALPHA_BLEND:
    random_copy (scene, box, is_scaled, &copy);
    op->u.alpha_blend = (QxlAlphaBlend){
        .alpha_flags = (uint16_t)pick (0, 4),
        .alpha = (uint8_t)(pick (0, 3) ? g_test_rand_int () : 255),
        .src = copy.src,
        .src_area = copy.src_area,
    };
    qxl_image_unref (copy.mask.bitmap.image);
    break;
  default:
    op->u.mask = random_mask ();
  }
}

static const QxlOpKind kinds[] = {
    QXL_OP_FILL,  QXL_OP_OPAQUE,      QXL_OP_COPY,       QXL_OP_COPY_BITS,
    QXL_OP_BLEND, QXL_OP_BLACKNESS,   QXL_OP_WHITENESS,  QXL_OP_INVERS,
    QXL_OP_ROP3,  QXL_OP_TRANSPARENT, QXL_OP_ALPHA_BLEND};

static void
check_random (bool is_scaled, guint n)
{
  for (guint i = 0; i < n * G_N_ELEMENTS (formats); i++) {
    Scene scene;

    scene_init (&scene, formats[i % G_N_ELEMENTS (formats)]);
    for (guint k = 0; k < G_N_ELEMENTS (kinds); k++) {
      QxlRect box = random_rect (W, H);
      QxlOperation *op = qxl_operation_new (kinds[k]);

      random_operation (&scene, op, &box, is_scaled);
      clip_at_random (op);
      check (&scene, &box, op, "at random");
    }
    scene_clear (&scene);
  }
}

static void
draws_every_kind_on_every_format (void)
{
  check_random (false, 60);
}

static void
scales_to_the_nearest_pixel (void)
{
  check_random (true, 60);
}

/* all at once */

static void
knows_every_binary_operation (void)
{
  const QxlRect box = QXL_RECT (3, 2, W - 1, 9);

  for (guint rop = 0; rop < 0x800; rop++) {
    Scene scene;
    QxlOperation *op = qxl_operation_new (QXL_OP_FILL);

    scene_init (&scene, formats[rop % G_N_ELEMENTS (formats)]);
    op->u.fill.brush = (QxlBrush){
        QXL_BRUSH_SOLID, g_test_rand_int (), qxl_source_image (NULL), {0, 0}};
    op->u.fill.rop = (uint16_t)rop;
    check (&scene, &box, op, "solid");
    scene_clear (&scene);
  }
}

static void
knows_every_ternary_operation (void)
{
  static const QxlFormat some[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA,
                                   QXL_FORMAT_RGB15, QXL_FORMAT_RGB16};
  const QxlRect box = QXL_RECT (5, 7, 38, 21);

  for (guint i = 0; i < 256 * G_N_ELEMENTS (some); i++) {
    Scene scene;
    QxlOperation *op = qxl_operation_new (QXL_OP_ROP3);

    scene_init (&scene, some[i / 256]);
    op->u.rop3.code = (uint8_t)i;
    op->u.rop3.brush = random_brush (&scene);
    op->u.rop3.copy.src =
        qxl_source_image (noisy_image (QXL_FORMAT_BGRX, 33, 14));
    op->u.rop3.copy.src_area = QXL_RECT (0, 0, 33, 14);
    check (&scene, &box, op, "by code");
    scene_clear (&scene);
  }
}

static void
masks_at_every_bit (void)
{
  for (int32_t i = 0; i < 17 * 9 * 2; i++) {
    Scene scene;
    const QxlRect box = QXL_RECT (i % 9, 3, W - i % 5, 12);
    QxlOperation *op = qxl_operation_new (QXL_OP_INVERS);

    scene_init (&scene, formats[(guint)i % G_N_ELEMENTS (formats)]);
    op->u.mask = (QxlMask){
        .is_inverted = i >= 17 * 9,
        .pos = {i / 9 % 17, i % 3},
        .bitmap = qxl_source_image (
            noisy_image (QXL_FORMAT_A1, (uint32_t)pick (20, 60), 11)),
    };
    check (&scene, &box, op, "masked");
    scene_clear (&scene);
  }
}

static void
moves_bits_in_nine_directions (void)
{
  const QxlRect box = QXL_RECT (12, 9, 30, 22);

  for (int32_t i = 0; i < 9 * 12; i++) {
    Scene scene;
    QxlOperation *op = qxl_operation_new (QXL_OP_COPY_BITS);
    int32_t far = 1 + i / 9;

    scene_init (&scene, formats[(guint)pick (0, N_OTHERS)]);
    op->u.copy_bits.src_pos = (QxlPoint){box.left + far * (i % 3 - 1),
                                         box.top + far * (i / 3 % 3 - 1)};
    clip_at_random (op);
    check (&scene, &box, op, "moved");
    scene_clear (&scene);
  }
}

/* between pixels of the formats a client scales, with and without combining */
static void
interpolates (void)
{
  static const QxlFormat some[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA,
                                   QXL_FORMAT_RGB15, QXL_FORMAT_A8};

  for (guint i = 0; i < 400; i++) {
    const QxlFormat format = some[i % G_N_ELEMENTS (some)];
    const bool is_rop3 = pick (0, 3) == 0;
    QxlRect box = random_rect (W, H);
    QxlOperation *op = qxl_operation_new (is_rop3 ? QXL_OP_ROP3 : QXL_OP_COPY);
    QxlCopy *copy = is_rop3 ? &op->u.rop3.copy : &op->u.copy;
    Scene scene;

    scene_init (&scene, format);
    copy->src = random_source_of (&scene, format);
    copy->src_area = random_area_inside (&scene, &copy->src);
    copy->rop = pick (0, 2) ? QXL_ROP_PUT : random_rop ();
    copy->scale_mode = QXL_SCALE_INTERPOLATE;
    op->u.rop3.code = is_rop3 ? (uint8_t)g_test_rand_int () : 0;
    clip_at_random (op);
    check (&scene, &box, op, "interpolated");
    scene_clear (&scene);
  }
}

/* blending */

static uint32_t
word_at (const QxlSurface *surface, uint32_t x, uint32_t y)
{
  uint32_t value;

  memcpy (&value, qxl_surface_row (surface, y) + x * 4, 4);
  return GUINT32_FROM_LE (value);
}

static void
blend_dots (Scene *scene, uint16_t flags, uint32_t first, uint32_t second)
{
  const QxlRect box = QXL_RECT (0, 0, 2, 1), dot = QXL_RECT (0, 0, 1, 1);
  const QxlRect clip = QXL_RECT (1, 0, 2, 1);
  QxlOperation *op = qxl_operation_new (QXL_OP_ALPHA_BLEND);
  g_autoptr (QxlDrawable) draw = NULL;
  QxlDrawable *fill;
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRA, 2, 1, &pixels);

  memcpy (pixels, "\x10\x20\x30\x40\x10\x20\x30\x40", 8);
  fill = qxl_drawable_new_fill (0, &box, second);
  qxl_canvas_draw (scene->dest, fill, find, scene);
  qxl_drawable_unref (fill);
  fill = qxl_drawable_new_fill (0, &dot, first);
  qxl_canvas_draw (scene->dest, fill, find, scene);
  qxl_drawable_unref (fill);
  op->u.alpha_blend = (QxlAlphaBlend){.alpha_flags = flags,
                                      .alpha = 255,
                                      .src = qxl_source_image (image),
                                      .src_area = box};
  qxl_operation_clip (op, &clip, 1);
  draw = qxl_drawable_new_operation (0, &box, op);
  qxl_canvas_draw (scene->dest, draw, find, scene);
}

/* the first pixel is clipped away: what is done to it is done to the box */
static void
blending_clears_fourth_bytes (void)
{
  Scene scene;

  scene_init (&scene, QXL_FORMAT_BGRX);
  blend_dots (&scene, 0, 0xff123456, 0xff000000);
  g_assert_cmphex (word_at (scene.dest, 0, 0), ==, 0x00123456);
  g_assert_cmphex (word_at (scene.dest, 1, 0), ==, 0x00302010);
  blend_dots (&scene, 0, 0x12123456, 0);
  g_assert_cmphex (word_at (scene.dest, 0, 0), ==, 0x12123456);
  blend_dots (&scene, QXL_ALPHA_DEST_HAS_ALPHA, 0xff123456, 0x80000000);
  g_assert_cmphex (word_at (scene.dest, 0, 0), ==, 0xff123456);
  g_assert_cmphex (word_at (scene.dest, 1, 0), ==, 0xa0302010);
  scene_clear (&scene);
}

/* plain kinds */

static void
draws_plain_kinds_too (void)
{
  const QxlRect box = QXL_RECT (1, 1, 4, 4);
  g_autoptr (QxlDrawable) other =
      qxl_drawable_new_copy_surface (0, &box, 1, (QxlPoint){0, 0});
  g_autoptr (QxlDrawable) itself =
      qxl_drawable_new_copy_surface (0, &box, 0, (QxlPoint){5, 5});
  g_autoptr (QxlDrawable) nothing =
      qxl_drawable_new_copy_surface (0, &box, 99, (QxlPoint){0, 0});
  uint32_t before;
  Scene scene;

  scene_init (&scene, QXL_FORMAT_BGRX);
  qxl_canvas_draw (scene.dest, other, find, &scene);
  before = word_at (scene.dest, 1, 1);
  g_assert_cmphex (before, ==, word_at (scene.others[0], 0, 0));
  qxl_canvas_draw (scene.dest, nothing, find, &scene);
  g_assert_cmphex (word_at (scene.dest, 1, 1), ==, before);
  qxl_canvas_draw (scene.dest, itself, find, &scene);
  g_assert_cmphex (word_at (scene.dest, 1, 1), ==, before);
  scene_clear (&scene);
}

/* what is not valid */

static int32_t
wild (void)
{
  static const int32_t values[] = {0,
                                   1,
                                   -1,
                                   7,
                                   W,
                                   H,
                                   G_MININT32,
                                   G_MAXINT32,
                                   G_MININT32 + 1,
                                   32767,
                                   -32768,
                                   32768,
                                   G_MAXINT32 - 1,
                                   65536,
                                   -1000000000,
                                   1000000000};

  return values[pick (0, (int32_t)G_N_ELEMENTS (values))];
}

static QxlRect
wild_rect (void)
{
  return pick (0, 3) ? QXL_RECT (wild (), wild (), wild (), wild ())
                     : random_rect (W, H);
}

static void
make_wild (QxlOperation *op)
{
  QxlRect rects[3] = {wild_rect (), wild_rect (), wild_rect ()};

  if (pick (0, 3) == 0)
    qxl_operation_clip (op, rects, 3);
  switch (op->kind) {
  case QXL_OP_COPY:
  case QXL_OP_BLEND:
  case QXL_OP_OPAQUE:
  case QXL_OP_ROP3: /* they all begin with a copy */
    op->u.copy.src_area = wild_rect ();
    op->u.copy.mask.pos = (QxlPoint){wild (), wild ()};
    op->u.copy.scale_mode = (QxlScaleMode)pick (0, 2);
    break;
  case QXL_OP_FILL:
    op->u.fill.brush.pos = (QxlPoint){wild (), wild ()};
    op->u.fill.mask.pos = (QxlPoint){wild (), wild ()};
    break;
  case QXL_OP_COPY_BITS:
    op->u.copy_bits.src_pos = (QxlPoint){wild (), wild ()};
    break;
  case QXL_OP_TRANSPARENT:
    op->u.transparent.src_area = wild_rect ();
    break;
  case QXL_OP_ALPHA_BLEND:
    op->u.alpha_blend.src_area = wild_rect ();
    break;
  default:
    op->u.mask.pos = (QxlPoint){wild (), wild ()};
  }
}

static void
assert_same_outside (const QxlSurface *surface, const QxlModelPixels *before,
                     const QxlRect *box)
{
  g_autoptr (QxlModelPixels) after = qxl_model_pixels_new (surface);

  for (int32_t y = 0; y < H; y++)
    for (int32_t x = 0; x < W; x++)
      if (x < box->left || x >= box->right || y < box->top || y >= box->bottom)
        g_assert_cmphex (after->at[y * W + x], ==, before->at[y * W + x]);
}

static void
survives_what_is_not_valid (void)
{
  for (guint i = 0; i < 4000; i++) {
    QxlRect near = random_rect (W, H), box = wild_rect ();
    QxlOperation *op = qxl_operation_new (kinds[i % G_N_ELEMENTS (kinds)]);
    g_autoptr (QxlModelPixels) before = NULL;
    g_autoptr (QxlDrawable) draw = NULL;
    Scene scene;

    scene_init (&scene, formats[pick (0, N_OTHERS)]);
    random_operation (&scene, op, &near, false);
    make_wild (op);
    before = qxl_model_pixels_new (scene.dest);
    draw = qxl_drawable_new_operation (0, &box, op);
    qxl_canvas_draw (scene.dest, draw, find, &scene);
    assert_same_outside (scene.dest, before, &box);
    scene_clear (&scene);
  }
}

/* a source that is gone, is no mask, or is none */
static void
survives_missing_sources (void)
{
  const QxlSource wrong[] = {
      qxl_source_surface (99), qxl_source_surface (1), {0}};
  const QxlRect box = QXL_RECT (0, 0, W, H);

  for (guint i = 0; i < 3 * G_N_ELEMENTS (kinds); i++) {
    QxlOperation *op = qxl_operation_new (kinds[i / 3]);
    g_autoptr (QxlDrawable) draw = NULL;
    g_autoptr (QxlModelPixels) before = NULL, after = NULL;
    bool draws = op->kind == QXL_OP_COPY_BITS || i % 3 == 1;
    Scene scene;

    scene_init (&scene, QXL_FORMAT_BGRX);
    if (op->kind == QXL_OP_FILL)
      op->u.fill.mask.bitmap = wrong[i % 3];
    else if (op->kind >= QXL_OP_BLACKNESS && op->kind <= QXL_OP_INVERS)
      op->u.mask.bitmap = wrong[i % 3];
    else if (op->kind == QXL_OP_TRANSPARENT)
      op->u.transparent.src = wrong[i % 3];
    else if (op->kind == QXL_OP_ALPHA_BLEND)
      op->u.alpha_blend.src = wrong[i % 3];
    else if (op->kind != QXL_OP_COPY_BITS)
      op->u.copy.src = wrong[i % 3];
    before = qxl_model_pixels_new (scene.dest);
    draw = qxl_drawable_new_operation (0, &box, op);
    qxl_canvas_draw (scene.dest, draw, find, &scene);
    after = qxl_model_pixels_new (scene.dest);
    if (i % 3 == 0 && !draws && op->kind != QXL_OP_OPAQUE)
      g_assert_cmpmem (after->at, W * H * 4, before->at, W * H * 4);
    scene_clear (&scene);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/draws-every-kind-on-every-format",
                   draws_every_kind_on_every_format);
  g_test_add_func ("/canvas/scales-to-the-nearest-pixel",
                   scales_to_the_nearest_pixel);
  g_test_add_func ("/canvas/interpolates", interpolates);
  g_test_add_func ("/canvas/knows-every-binary-operation",
                   knows_every_binary_operation);
  g_test_add_func ("/canvas/knows-every-ternary-operation",
                   knows_every_ternary_operation);
  g_test_add_func ("/canvas/masks-at-every-bit", masks_at_every_bit);
  g_test_add_func ("/canvas/moves-bits-in-nine-directions",
                   moves_bits_in_nine_directions);
  g_test_add_func ("/canvas/blending-clears-fourth-bytes",
                   blending_clears_fourth_bytes);
  g_test_add_func ("/canvas/draws-plain-kinds-too", draws_plain_kinds_too);
  g_test_add_func ("/canvas/survives-what-is-not-valid",
                   survives_what_is_not_valid);
  g_test_add_func ("/canvas/survives-missing-sources",
                   survives_missing_sources);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "random-operations.h"

#include "qxl/canvas.h"
#include "qxl/command-spoils.h"
#include "random-parts.h"

#define MIN_WIDTH 160
#define MAX_WIDTH 240
#define MIN_HEIGHT 120
#define MAX_HEIGHT 180
#define MAX_BOX 70
#define MAX_BATCH 8 /* draws */
/* one in so many */
#define RARE_RESIZE 400
#define RARE_CHANGE 25
#define RARE_LARGE 30 /* boxes */
#define RARE_OTHER 10 /* invalid commands that are no draws */

struct _RandomOperations {
  RandomParts parts;
  QxlBatch *batch;    /* being made */
  QxlOpKind favoured; /* QXL_N_OPS: none */
};

/* surfaces */

static QxlFormat
choose_format (RandomParts *parts, uint32_t id)
{
  static const QxlFormat formats[] = {QXL_SURFACE_FORMATS};

  return id < G_N_ELEMENTS (formats)
             ? formats[id]
             : formats[random_between (parts, 0, G_N_ELEMENTS (formats) - 1)];
}

static void
create (RandomOperations *self, uint32_t id)
{
  RandomParts *parts = &self->parts;
  uint32_t width = (uint32_t)random_between (parts, MIN_WIDTH, MAX_WIDTH);
  uint32_t height = (uint32_t)random_between (parts, MIN_HEIGHT, MAX_HEIGHT);
  QxlFormat format = choose_format (parts, id);

  if (id != QXL_PRIMARY_SURFACE) {
    width = (uint32_t)random_between (parts, 1, MAX_WIDTH / 2);
    height = (uint32_t)random_between (parts, 1, MAX_HEIGHT / 2);
  }
  qxl_surface_free (parts->surfaces[id]);
  parts->surfaces[id] = qxl_surface_new (format, width, height);
  qxl_batch_create_surface (self->batch, id, width, height, format);
}

static void
change_off_screen (RandomOperations *self)
{
  RandomParts *parts = &self->parts;
  uint32_t id = (uint32_t)random_between (parts, 1, RANDOM_SURFACES - 1);

  if (parts->surfaces[id] == NULL || random_one_in (parts, 2)) {
    create (self, id);
    return;
  }
  g_clear_pointer (&parts->surfaces[id], qxl_surface_free);
  qxl_batch_destroy_surface (self->batch, id);
}

/* the primary half of the time, else one that exists */
static uint32_t
choose_surface (RandomParts *parts)
{
  uint32_t id = (uint32_t)random_between (parts, 0, 2 * RANDOM_SURFACES - 1);

  return id < RANDOM_SURFACES && parts->surfaces[id] != NULL
             ? id
             : QXL_PRIMARY_SURFACE;
}

static QxlFormat
format_of (const RandomParts *parts, uint32_t id)
{
  return qxl_surface_format (parts->surfaces[id]);
}

static bool
is_colour (const RandomParts *parts, uint32_t id)
{
  return qxl_format_is_colour (format_of (parts, id));
}

/* operations; each fills what its kind has */

/* *@area: inside the source, of the box's size for half of the time */
static QxlSource
choose_source (RandomParts *parts, uint32_t id, const QxlRect *box,
               QxlRect *area)
{
  bool is_scaled = random_one_in (parts, 2);
  uint32_t width = is_scaled ? 1 : (uint32_t)qxl_rect_width (box);
  uint32_t height = is_scaled ? 1 : (uint32_t)qxl_rect_height (box);
  QxlSource source;
  QxlRect all;

  if (is_scaled && random_one_in (parts, 2)) {
    width = (uint32_t)random_between (parts, 1, 50);
    height = (uint32_t)random_between (parts, 1, 50);
  }
  source = random_source_for (parts, id, &width, &height);
  all = QXL_RECT (0, 0, (int32_t)width, (int32_t)height);
  if (is_scaled) {
    *area = random_rect_in (parts, &all, MAX_BOX);
    return source;
  }
  area->left = random_between (parts, 0, all.right - qxl_rect_width (box));
  area->top = random_between (parts, 0, all.bottom - qxl_rect_height (box));
  area->right = area->left + qxl_rect_width (box);
  area->bottom = area->top + qxl_rect_height (box);
  return source;
}

static QxlCopy
choose_copy (RandomParts *parts, uint32_t id, const QxlRect *box)
{
  QxlCopy copy = {.rop = random_rop (parts)};

  copy.src = choose_source (parts, id, box, &copy.src_area);
  copy.scale_mode =
      random_one_in (parts, 2) ? QXL_SCALE_INTERPOLATE : QXL_SCALE_NEAREST;
  copy.mask = random_mask (parts, box);
  return copy;
}

static void
fill_stroke (RandomParts *parts, QxlStroke *stroke, uint32_t id,
             const QxlRect *box)
{
  random_path (parts, &stroke->path, box);
  random_line (parts, &stroke->attr);
  stroke->brush = random_brush (parts, id);
  stroke->fore_mode = random_rop (parts);
  stroke->back_mode = random_rop (parts);
}

static void
fill_text (RandomParts *parts, QxlText *text, uint32_t id, const QxlRect *box)
{
  random_string (parts, &text->string, box);
  text->fore_mode = random_rop (parts);
  text->back_mode = random_rop (parts);
  do {
    g_clear_pointer (&text->fore_brush.pattern.image, qxl_image_unref);
    text->fore_brush = random_brush (parts, id);
  } while (text->fore_brush.kind == QXL_BRUSH_NONE);
  if (!random_one_in (parts, 3))
    return;
  text->back_area = random_rect_in (parts, box, MAX_BOX);
  text->fore_mode = QXL_ROP_PUT;
  do {
    g_clear_pointer (&text->back_brush.pattern.image, qxl_image_unref);
    text->back_brush = random_brush (parts, id);
  } while (text->back_brush.kind == QXL_BRUSH_NONE);
}

/* near the identity, turned or mirrored now and then */
static QxlTransform
choose_transform (RandomParts *parts)
{
  int32_t one = 1 << 16;
  QxlTransform transform = {{random_between (parts, one / 4, 4 * one),
                             random_between (parts, -one / 8, one / 8),
                             random_between (parts, -20 * one, 20 * one),
                             random_between (parts, -one / 8, one / 8),
                             random_between (parts, one / 4, 4 * one),
                             random_between (parts, -20 * one, 20 * one)}};

  if (random_one_in (parts, 4))
    transform = (QxlTransform){{0, one, 0, -one, 0, 30 * one}};
  if (random_one_in (parts, 4))
    transform = (QxlTransform){{one, 0, one / 2, 0, one, 3 * one}};
  return transform;
}

static uint32_t
choose_operator (RandomParts *parts)
{
  static const struct {
    int32_t first, last;
  } ranges[] = {{0, 0x0d},    {0, 0x0d},    {3, 3},
                {0x10, 0x1b}, {0x20, 0x2b}, {0x30, 0x3e}};
  int32_t i = random_between (parts, 0, G_N_ELEMENTS (ranges) - 1);

  return (uint32_t)random_between (parts, ranges[i].first, ranges[i].last);
}

static void
fill_composite (RandomParts *parts, QxlComposite *composite)
{
  uint32_t flags = choose_operator (parts);

  flags |= (uint32_t)random_between (parts, 0, 4) << 8;
  flags |= (uint32_t)random_between (parts, 0, 4) << 11;
  flags |= (uint32_t)random_between (parts, 0, 3) << 14;
  flags |= (uint32_t)random_between (parts, 0, 3) << 16;
  composite->src = random_composite_source (parts);
  composite->src_origin.x = (int16_t)random_between (parts, -20, 20);
  composite->src_origin.y = (int16_t)random_between (parts, -20, 20);
  composite->mask_origin.x = (int16_t)random_between (parts, -20, 20);
  composite->mask_origin.y = (int16_t)random_between (parts, -20, 20);
  if (random_one_in (parts, 2)) {
    composite->mask = random_composite_source (parts);
    flags |= QXL_COMPOSITE_HAS_MASK;
    flags |= random_one_in (parts, 3) ? QXL_COMPOSITE_COMPONENT_ALPHA : 0;
  }
  if (random_one_in (parts, 3))
    flags |= QXL_COMPOSITE_HAS_SRC_TRANSFORM;
  if ((flags & QXL_COMPOSITE_HAS_MASK) && random_one_in (parts, 3))
    flags |= QXL_COMPOSITE_HAS_MASK_TRANSFORM;
  flags |= random_one_in (parts, 4) ? QXL_COMPOSITE_SOURCE_OPAQUE : 0;
  composite->src_transform = choose_transform (parts);
  composite->mask_transform = choose_transform (parts);
  composite->flags = flags;
}

/* kinds that only colours can be drawn on */
static bool
is_for_colours (QxlOpKind kind)
{
  return kind == QXL_OP_ROP3 || kind == QXL_OP_TEXT ||
         kind == QXL_OP_TRANSPARENT;
}

static void
fill_blend (RandomParts *parts, QxlAlphaBlend *blend, uint32_t id,
            const QxlRect *box)
{
  blend->src = choose_source (parts, id, box, &blend->src_area);
  blend->alpha =
      random_one_in (parts, 3) ? 255 : (uint8_t)random_between (parts, 0, 255);
  blend->alpha_flags = (uint16_t)random_between (parts, 0, 3);
}

static void
fill_transparent (RandomParts *parts, QxlTransparent *transparent, uint32_t id,
                  const QxlRect *box)
{
  transparent->src = choose_source (parts, id, box, &transparent->src_area);
  transparent->true_color =
      random_one_in (parts, 2) ? 0 : g_rand_int (parts->random);
  if (transparent->src.kind == QXL_SOURCE_IMAGE &&
      transparent->src.image->format == QXL_FORMAT_BGRX)
    transparent->true_color =
        GUINT32_FROM_LE (*(const uint32_t *)transparent->src.image->pixels);
}

static void
fill_operation (RandomParts *parts, QxlOperation *op, uint32_t id,
                const QxlRect *box)
{
  switch (op->kind) {
  case QXL_OP_FILL:
    op->u.fill.brush = random_brush (parts, id);
    op->u.fill.rop = random_rop (parts);
    op->u.fill.mask = random_mask (parts, box);
    break;
  case QXL_OP_OPAQUE:
    op->u.opaque.copy = choose_copy (parts, id, box);
    op->u.opaque.brush = random_brush (parts, id);
    break;
  case QXL_OP_COPY:
  case QXL_OP_BLEND:
    op->u.copy = choose_copy (parts, id, box);
    break;
  case QXL_OP_COPY_BITS:
    op->u.copy_bits.src_pos =
        (QxlPoint){box->left + random_between (parts, -30, 30),
                   box->top + random_between (parts, -30, 30)};
    break;
  case QXL_OP_BLACKNESS:
  case QXL_OP_WHITENESS:
  case QXL_OP_INVERS:
    op->u.mask = random_mask (parts, box);
    break;
  case QXL_OP_ROP3:
    op->u.rop3.copy = choose_copy (parts, id, box);
    op->u.rop3.brush = random_brush (parts, id);
    op->u.rop3.code = (uint8_t)random_between (parts, 0, 255);
    break;
  case QXL_OP_STROKE:
    fill_stroke (parts, &op->u.stroke, id, box);
    break;
  case QXL_OP_TEXT:
    fill_text (parts, &op->u.text, id, box);
    break;
  case QXL_OP_TRANSPARENT:
    fill_transparent (parts, &op->u.transparent, id, box);
    break;
  case QXL_OP_ALPHA_BLEND:
    fill_blend (parts, &op->u.alpha_blend, id, box);
    break;
  case QXL_OP_COMPOSITE:
    fill_composite (parts, &op->u.composite);
    break;
  case QXL_N_OPS:
    g_assert_not_reached ();
  }
  random_clip (parts, op, box);
}

/* draws */

static QxlOpKind
choose_kind (RandomOperations *self)
{
  RandomParts *parts = &self->parts;

  if (self->favoured != QXL_N_OPS && random_one_in (parts, 2))
    return self->favoured;
  return (QxlOpKind)random_between (parts, QXL_OP_FILL, QXL_N_OPS - 1);
}

static QxlDrawable *
choose_operation (RandomOperations *self, uint32_t id, const QxlRect *box)
{
  RandomParts *parts = &self->parts;
  QxlOpKind kind = choose_kind (self);
  QxlOperation *op = qxl_operation_new (
      is_for_colours (kind) && !is_colour (parts, id) ? QXL_OP_COPY : kind);

  fill_operation (parts, op, id, box);
  return qxl_drawable_new_operation (id, box, op);
}

/* NULL: @other is not large enough */
static QxlDrawable *
copy_surface (RandomParts *parts, uint32_t id, const QxlRect *box)
{
  uint32_t other = id == 0 ? 1 : 0; /* both of 32 bits */
  QxlRect all;

  if (parts->surfaces[other] == NULL)
    return NULL;
  all = random_surface_bounds (parts, other);
  if (qxl_rect_width (&all) < qxl_rect_width (box) ||
      qxl_rect_height (&all) < qxl_rect_height (box))
    return NULL;
  return qxl_drawable_new_copy_surface (
      id, box, other,
      (QxlPoint){
          random_between (parts, 0, all.right - qxl_rect_width (box)),
          random_between (parts, 0, all.bottom - qxl_rect_height (box))});
}

static QxlDrawable *
choose_plain (RandomParts *parts, uint32_t id, const QxlRect *box)
{
  const QxlRect all = random_surface_bounds (parts, id);
  QxlDrawable *draw = NULL;

  /* of alpha alone only those that need no other pixels */
  switch (random_between (parts, 0, is_colour (parts, id) ? 3 : 1)) {
  case 0:
    return qxl_drawable_new_fill (id, box, g_rand_int (parts->random));
  case 1:
    return qxl_drawable_new_copy_bits (
        id, box,
        (QxlPoint){
            random_between (parts, 0, all.right - qxl_rect_width (box)),
            random_between (parts, 0, all.bottom - qxl_rect_height (box))});
  case 2:
    draw = copy_surface (parts, id, box);
    break;
  }
  return draw != NULL
             ? draw
             : qxl_drawable_new_copy (
                   id, box,
                   random_images_next (parts->images,
                                       (uint32_t)qxl_rect_width (box),
                                       (uint32_t)qxl_rect_height (box)),
                   (QxlPoint){0, 0});
}

static QxlDrawable *
choose_draw (RandomOperations *self)
{
  RandomParts *parts = &self->parts;
  uint32_t id = choose_surface (parts);
  const QxlRect all = random_surface_bounds (parts, id);
  QxlRect box = random_rect_in (
      parts, &all, random_one_in (parts, RARE_LARGE) ? MAX_WIDTH : MAX_BOX);

  if (random_one_in (parts, 4))
    return choose_plain (parts, id, &box);
  return choose_operation (self, id, &box);
}

static QxlSurface *
find_surface (uint32_t surface_id, gpointer user_data)
{
  const RandomOperations *self = user_data;

  return surface_id < RANDOM_SURFACES ? self->parts.surfaces[surface_id] : NULL;
}

/* the calls */

static void
change_surfaces (RandomOperations *self)
{
  RandomParts *parts = &self->parts;

  if (parts->surfaces[QXL_PRIMARY_SURFACE] == NULL ||
      random_one_in (parts, RARE_RESIZE))
    create (self, QXL_PRIMARY_SURFACE);
  if (random_one_in (parts, RARE_CHANGE))
    change_off_screen (self);
}

QxlBatch *
random_operations_next (RandomOperations *self, guint max_draws, guint *n_draws)
{
  guint n = (guint)random_between (&self->parts, 1, MAX_BATCH);

  self->batch = qxl_batch_new ();
  *n_draws = MIN (n, max_draws);
  for (guint i = 0; i < *n_draws; i++) {
    QxlDrawable *draw;

    change_surfaces (self);
    draw = choose_draw (self);
    qxl_canvas_draw (self->parts.surfaces[draw->surface_id], draw, find_surface,
                     self);
    qxl_batch_draw (self->batch, draw);
  }
  return g_steal_pointer (&self->batch);
}

/* a valid command, which is not carried out */
static void
add_any (RandomOperations *self, QxlBatch *batch)
{
  const QxlRect all = random_surface_bounds (&self->parts, QXL_PRIMARY_SURFACE);
  const QxlHead heads[] = {{0, 0, all}, {1, 0, all}};
  QxlCursorCommand *cursor;

  switch (random_between (&self->parts, 0, RARE_OTHER)) {
  case 0:
    qxl_batch_create_surface (batch, 7, 20, 20, QXL_FORMAT_BGRX);
    break;
  case 1:
    qxl_batch_set_monitors (batch, heads, 2, 2);
    break;
  case 2:
    cursor = qxl_cursor_command_new (QXL_CURSOR_SET);
    cursor->shape = qxl_cursor_shape_new (
        QXL_CURSOR_ALPHA, 0, 3, 5, 1, 1, g_bytes_new_take (g_malloc0 (60), 60));
    qxl_batch_cursor (batch, cursor);
    break;
  case 3:
    qxl_batch_update (batch, QXL_PRIMARY_SURFACE, &all, 1);
    break;
  case 4:
    qxl_batch_message (batch, "a text");
    break;
  case 5:
    qxl_batch_destroy_surface (batch, QXL_PRIMARY_SURFACE);
    break;
  default:
    qxl_batch_draw (batch, choose_draw (self));
  }
}

static const QxlSpoil *
choose_spoil (RandomParts *parts)
{
  const QxlSpoil *table =
      qxl_spoil_tables[random_between (parts, 0, QXL_N_SPOIL_TABLES - 1)];
  int32_t n = 0;

  while (table[n].name != NULL)
    n++;
  return &table[random_between (parts, 0, n - 1)];
}

QxlBatch *
random_operations_next_invalid (RandomOperations *self, const char **spoiled)
{
  for (;;) {
    g_autoptr (QxlBatch) batch = qxl_batch_new ();
    const QxlSpoil *spoil = choose_spoil (&self->parts);

    add_any (self, batch);
    *spoiled = spoil->name;
    if (spoil->spoil (&g_array_index (batch->commands, QxlCommand, 0)))
      return g_steal_pointer (&batch);
  }
}

bool
random_operations_toss (RandomOperations *self)
{
  return g_rand_boolean (self->parts.random);
}

bool
random_operations_shape (uint32_t surface_id, QxlSurfaceShape *out,
                         gpointer user_data)
{
  const QxlSurface *surface = find_surface (surface_id, user_data);

  if (surface == NULL)
    return false;
  *out = (QxlSurfaceShape){qxl_surface_width (surface),
                           qxl_surface_height (surface),
                           qxl_surface_format (surface)};
  return true;
}

QxlImage *
random_operations_picture (const RandomOperations *self)
{
  const QxlRect all = random_surface_bounds (&self->parts, QXL_PRIMARY_SURFACE);

  return qxl_surface_snapshot (self->parts.surfaces[QXL_PRIMARY_SURFACE], &all);
}

/* life */

RandomOperations *
random_operations_new (uint32_t seed)
{
  RandomOperations *self = g_new0 (RandomOperations, 1);

  self->parts.random = g_rand_new_with_seed (seed);
  self->parts.images = random_images_new (self->parts.random);
  self->favoured = QXL_N_OPS;
  return self;
}

void
random_operations_favour (RandomOperations *self, QxlOpKind kind)
{
  self->favoured = kind;
}

void
random_operations_free (RandomOperations *self)
{
  if (self == NULL)
    return;
  for (uint32_t id = 0; id < RANDOM_SURFACES; id++)
    qxl_surface_free (self->parts.surfaces[id]);
  random_images_free (self->parts.images);
  g_rand_free (self->parts.random);
  g_free (self);
}

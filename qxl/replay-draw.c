/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/replay-draw.h"

#include "qxl/bitmap.h"
#include "qxl/guest-data.h"

#include <string.h>

/* types and flags of image descriptors */
#define IMAGE_BITMAP 0
#define IMAGE_QUIC 1
#define IMAGE_SURFACE 104
#define IMAGE_CACHE 1u
#define IMAGE_HIGH_BITS_SET 2u
/* Cached images are recognised up to this sum of bytes, then forgotten. */
#define IMAGES_MAX_BYTES (64u << 20)

/* what a drawable says before its body */
typedef struct {
  uint32_t surface_id;
  QxlRect box;
  bool is_compat; /* in the layout of drivers that know no surfaces */
  bool has_self;  /* a missing source is the surface that is drawn on */
  QxlRect self_area;
} Head;

/* the scene */

void
qxl_scene_init (QxlScene *self, QxlRecording *recording)
{
  *self = (QxlScene){.recording = recording};
  self->images = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                        (GDestroyNotify)qxl_image_unref);
}

void
qxl_scene_clear (QxlScene *self)
{
  g_clear_error (&self->refusal);
  qxl_blocks_unref (self->blocks);
  g_clear_pointer (&self->images, g_hash_table_unref);
}

void
qxl_scene_forget_images (QxlScene *self)
{
  g_hash_table_remove_all (self->images);
  self->images_size = 0;
}

bool
qxl_scene_refuse (QxlScene *self, const char *format, ...)
{
  va_list args;

  if (self->refusal != NULL)
    return false;
  va_start (args, format);
  self->refusal =
      g_error_new_valist (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, format, args);
  va_end (args);
  return false;
}

void
qxl_scene_take_refusal (QxlScene *self, GError *error)
{
  if (self->refusal == NULL)
    self->refusal = error;
  else
    g_clear_error (&error);
}

/* images */

/* Cached images have ids, which stand for the content as far as the guest is to
 * be believed: one that is the same as before is given out again, so that
 * viewers know it. Takes @image. */
static QxlImage *
recognise_image (QxlScene *self, uint64_t id, QxlImage *image)
{
  QxlImage *known = g_hash_table_lookup (self->images, &id);
  size_t size = qxl_image_size (image);

  if (known != NULL && known->format == image->format &&
      known->width == image->width && known->height == image->height &&
      memcmp (known->pixels, image->pixels, size) == 0) {
    qxl_image_unref (image);
    return qxl_image_ref (known);
  }
  if (known != NULL) {
    self->images_size -= qxl_image_size (known);
    g_hash_table_remove (self->images, &id);
  }
  if (self->images_size + size > IMAGES_MAX_BYTES)
    qxl_scene_forget_images (self);
  if (size <= IMAGES_MAX_BYTES) {
    g_hash_table_insert (self->images, g_memdup2 (&id, sizeof id),
                         qxl_image_ref (image));
    self->images_size += size;
  }
  return image;
}

/* Colours; returns how many, -1 if the recording is over. */
static int
read_palette (QxlScene *self, uint32_t *colours)
{
  QxlRecording *recording = self->recording;
  uint16_t n = qxl_recording_u16 (recording, "qp.num_ents");

  qxl_recording_u64 (recording, "unique");
  if (n > QXL_PALETTE_MAX_ENTRIES)
    qxl_scene_refuse (self, "palette of %u colours; at most %u allowed", n,
                      QXL_PALETTE_MAX_ENTRIES);
  for (guint i = 0; i < n && !qxl_recording_is_over (recording); i++) {
    uint32_t colour = qxl_recording_u32 (recording, "ents");
    if (i < QXL_PALETTE_MAX_ENTRIES)
      colours[i] = colour;
  }
  return qxl_recording_is_over (recording)
             ? -1
             : (int)MIN (n, QXL_PALETTE_MAX_ENTRIES);
}

static void
read_pixels (QxlScene *self, QxlBitmap *bitmap)
{
  uint64_t size = (uint64_t)bitmap->y * bitmap->stride;

  if (bitmap->flags & QXL_BITMAP_DIRECT) {
    bitmap->data =
        qxl_recording_binary (self->recording, "image_data_flat", size);
    bitmap->size = (size_t)size;
    return;
  }
  bitmap->data =
      qxl_recording_chunks (self->recording, "bitmap.data", &bitmap->size);
  if (bitmap->data != NULL && bitmap->size != size)
    qxl_recording_refuse (self->recording,
                          "bitmap of %u rows of %u bytes has %" G_GSIZE_FORMAT
                          " bytes",
                          bitmap->y, bitmap->stride, bitmap->size);
}

static QxlImage *
read_bitmap (QxlScene *self, bool high_bits_set, bool is_mask)
{
  QxlRecording *recording = self->recording;
  uint32_t colours[QXL_PALETTE_MAX_ENTRIES] = {0};
  QxlBitmap bitmap = {.high_bits_set = high_bits_set, .palette = colours};
  GError *error = NULL;
  QxlImage *image;
  int n_colours = 0;

  bitmap.format = qxl_recording_u8 (recording, "bitmap.format");
  bitmap.flags = qxl_recording_u8 (recording, "bitmap.flags");
  bitmap.x = qxl_recording_u32 (recording, "bitmap.x");
  bitmap.y = qxl_recording_u32 (recording, "bitmap.y");
  bitmap.stride = qxl_recording_u32 (recording, "bitmap.stride");
  if (qxl_recording_u8 (recording, "has_palette"))
    n_colours = read_palette (self, colours);
  read_pixels (self, &bitmap);
  if (qxl_recording_is_over (recording))
    return NULL;
  bitmap.n_palette = (guint)n_colours;
  image = is_mask ? qxl_bitmap_to_mask (&bitmap, &error)
                  : qxl_bitmap_to_image_in (&bitmap, self->blocks, &error);
  if (image == NULL)
    qxl_scene_take_refusal (self, error);
  return image;
}

static QxlImage *
read_quic (QxlScene *self, uint32_t width, uint32_t height)
{
  uint32_t said = qxl_recording_u32 (self->recording, "quic.data_size");
  size_t size;
  const uint8_t *data =
      qxl_recording_chunks (self->recording, "quic.data", &size);
  g_autoptr (QxlImage) image = NULL;
  GError *error = NULL;

  if (data == NULL)
    return NULL;
  if (said != size)
    qxl_scene_refuse (
        self, "QUIC image of %u bytes comes with %" G_GSIZE_FORMAT, said, size);
  else if (self->quic == NULL)
    qxl_scene_refuse (self, "QUIC image, which nobody decodes");
  else
    image =
        self->quic (data, size, width, height, self->quic_user_data, &error);
  if (error != NULL)
    qxl_scene_take_refusal (self, error);
  if (image != NULL && (image->width != width || image->height != height)) {
    qxl_scene_refuse (self, "QUIC image of %ux%u pixels is said to have %ux%u",
                      image->width, image->height, width, height);
    return NULL;
  }
  return g_steal_pointer (&image);
}

static QxlSource
surface_source (QxlScene *self, uint32_t surface_id)
{
  if (surface_id < QXL_MAX_SURFACES)
    return qxl_source_surface (surface_id);
  qxl_scene_refuse (self, "image of surface %u; ids below %u are allowed",
                    surface_id, QXL_MAX_SURFACES);
  return (QxlSource){QXL_SOURCE_NONE};
}

/* kind NONE: there is none, or it is refused */
static QxlSource
read_source (QxlScene *self, bool is_mask)
{
  QxlRecording *recording = self->recording;
  QxlImage *image = NULL;
  uint64_t id;
  uint32_t width, height;
  uint8_t type, flags;

  if (!qxl_recording_u8 (recording, "image"))
    return (QxlSource){QXL_SOURCE_NONE};
  id = qxl_recording_u64 (recording, "descriptor.id");
  type = qxl_recording_u8 (recording, "descriptor.type");
  flags = qxl_recording_u8 (recording, "descriptor.flags");
  width = qxl_recording_u32 (recording, "descriptor.width");
  height = qxl_recording_u32 (recording, "descriptor.height");
  if (type == IMAGE_SURFACE)
    return surface_source (
        self, qxl_recording_u32 (recording, "surface_image.surface_id"));
  if (type == IMAGE_BITMAP)
    image = read_bitmap (self, flags & IMAGE_HIGH_BITS_SET, is_mask);
  else if (type == IMAGE_QUIC)
    image = read_quic (self, width, height);
  else
    qxl_scene_refuse (self, "image of type %u", type);
  if (image == NULL)
    return (QxlSource){QXL_SOURCE_NONE};
  if ((flags & IMAGE_CACHE) && !is_mask)
    image = recognise_image (self, id, image);
  return qxl_source_image (image);
}

/* @area, of a piece of the surface, as what it is of the surface itself */
static void
move_into (QxlScene *self, const QxlRect *piece, QxlRect *area)
{
  QxlRect all;

  if (!qxl_rect_is_sane (piece)) {
    qxl_scene_refuse (self, "self_bitmap_area %d,%d to %d,%d is turned around",
                      piece->left, piece->top, piece->right, piece->bottom);
    return;
  }
  all = QXL_RECT (0, 0, qxl_rect_width (piece), qxl_rect_height (piece));
  if (!qxl_rect_is_sane (area) || !qxl_rect_contains (&all, area)) {
    qxl_scene_refuse (self,
                      "source area %d,%d to %d,%d, allowed is what lies in the "
                      "self_bitmap_area of %dx%d",
                      area->left, area->top, area->right, area->bottom,
                      all.right, all.bottom);
    return;
  }
  *area = QXL_RECT (area->left + piece->left, area->top + piece->top,
                    area->right + piece->left, area->bottom + piece->top);
}

/* of a command that cannot do without; with @head what is missing may be the
 * surface itself, whose area is then that of @src_area */
static void
need_source (QxlScene *self, const Head *head, QxlSource *src,
             QxlRect *src_area)
{
  if (src->kind != QXL_SOURCE_NONE)
    return;
  if (head == NULL || !head->has_self) {
    qxl_scene_refuse (self, "source is missing");
    return;
  }
  *src = qxl_source_surface (head->surface_id);
  move_into (self, &head->self_area, src_area);
}

/* parts */

static void
read_brush (QxlScene *self, QxlBrush *brush)
{
  uint32_t kind = qxl_recording_u32 (self->recording, "type");

  switch (kind) {
  case QXL_BRUSH_NONE:
    return;
  case QXL_BRUSH_SOLID:
    brush->kind = QXL_BRUSH_SOLID;
    brush->color = qxl_recording_u32 (self->recording, "u.color");
    return;
  case QXL_BRUSH_PATTERN:
    brush->kind = QXL_BRUSH_PATTERN;
    brush->pattern = read_source (self, false);
    brush->pos = qxl_recording_point (self->recording, "point");
    if (brush->pattern.kind == QXL_SOURCE_NONE)
      qxl_scene_refuse (self, "brush's pattern is missing");
    return;
  default:
    qxl_scene_refuse (self, "brush of type %u", kind);
  }
}

static void
read_mask (QxlScene *self, QxlMask *mask)
{
  mask->is_inverted = qxl_recording_u8 (self->recording, "flags") & 1;
  mask->pos = qxl_recording_point (self->recording, "point");
  mask->bitmap = read_source (self, true);
}

static void
read_copy (QxlScene *self, QxlCopy *copy)
{
  copy->src = read_source (self, false);
  copy->src_area = qxl_recording_rect (self->recording, "src_area");
}

static void
read_scale_mode (QxlScene *self, QxlCopy *copy)
{
  uint8_t mode = qxl_recording_u8 (self->recording, "scale_mode");

  copy->scale_mode = mode;
  if (mode > QXL_SCALE_NEAREST)
    qxl_scene_refuse (self, "scale mode %u", mode);
}

/* a reader of a list's bytes */
static bool
begin_list (QxlScene *self, const char *name, QxlReader *reader)
{
  size_t size;
  const uint8_t *data = qxl_recording_chunks (self->recording, name, &size);

  qxl_reader_init (reader, data, size);
  return data != NULL;
}

static void
read_clip (QxlScene *self, QxlOperation *operation, uint32_t n_rects)
{
  QxlReader reader;
  GError *error = NULL;

  if (!begin_list (self, "clip_rects", &reader))
    return;
  if (reader.size != (uint64_t)n_rects * 16)
    qxl_scene_refuse (
        self, "clip of %u rectangles comes with %" G_GSIZE_FORMAT " bytes",
        n_rects, reader.size);
  else if (!qxl_operation_read_clip (operation, &reader, n_rects, &error))
    qxl_scene_take_refusal (self, error);
}

static void
read_path (QxlScene *self, QxlPath *path)
{
  QxlReader reader;
  GError *error = NULL;

  if (begin_list (self, "path", &reader) &&
      !qxl_path_read_guest (path, &reader, &error))
    qxl_scene_take_refusal (self, error);
}

static void
read_line_attr (QxlScene *self, QxlLineAttr *attr)
{
  QxlReader reader;
  GError *error = NULL;
  const uint8_t *data;
  uint8_t n;

  attr->flags = qxl_recording_u8 (self->recording, "attr.flags");
  if (!(attr->flags & QXL_LINE_STYLED))
    return;
  n = qxl_recording_u8 (self->recording, "attr.style_nseg");
  data = qxl_recording_binary (self->recording, "style", n * 4u);
  if (data == NULL)
    return;
  qxl_reader_init (&reader, data, n * 4u);
  if (!qxl_line_attr_read_style (attr, &reader, n, &error))
    qxl_scene_take_refusal (self, error);
}

static void
read_string (QxlScene *self, QxlString *string)
{
  uint32_t said = qxl_recording_u32 (self->recording, "data_size");
  uint16_t n_glyphs = qxl_recording_u16 (self->recording, "length");
  uint16_t flags = qxl_recording_u16 (self->recording, "flags");
  QxlReader reader;
  GError *error = NULL;

  if (!begin_list (self, "string", &reader))
    return;
  if (said != reader.size)
    qxl_scene_refuse (self, "string of %u bytes comes with %" G_GSIZE_FORMAT,
                      said, reader.size);
  else if (!qxl_string_read_guest (string, &reader, n_glyphs, flags, &error))
    qxl_scene_take_refusal (self, error);
}

/* bodies */

static void
read_fill (QxlScene *self, const Head *head, QxlOperation *operation)
{
  QxlFill *fill = &operation->u.fill;

  read_brush (self, &fill->brush);
  fill->rop = qxl_recording_u16 (self->recording, "rop_descriptor");
  read_mask (self, &fill->mask);
}

static void
read_opaque (QxlScene *self, const Head *head, QxlOperation *operation)
{
  QxlOpaque *opaque = &operation->u.opaque;

  read_copy (self, &opaque->copy);
  read_brush (self, &opaque->brush);
  opaque->copy.rop = qxl_recording_u16 (self->recording, "rop_descriptor");
  read_scale_mode (self, &opaque->copy);
  read_mask (self, &opaque->copy.mask);
  need_source (self, head, &opaque->copy.src, &opaque->copy.src_area);
}

/* COPY and BLEND have a source of their own in any case */
static void
read_copy_body (QxlScene *self, const Head *head, QxlOperation *operation)
{
  QxlCopy *copy = &operation->u.copy;

  read_copy (self, copy);
  copy->rop = qxl_recording_u16 (self->recording, "rop_descriptor");
  read_scale_mode (self, copy);
  read_mask (self, &copy->mask);
  need_source (self, NULL, &copy->src, &copy->src_area);
}

static void
read_copy_bits (QxlScene *self, const Head *head, QxlOperation *operation)
{
  operation->u.copy_bits.src_pos =
      qxl_recording_point (self->recording, "point");
}

static void
read_mask_body (QxlScene *self, const Head *head, QxlOperation *operation)
{
  read_mask (self, &operation->u.mask);
}

static void
read_rop3 (QxlScene *self, const Head *head, QxlOperation *operation)
{
  QxlRop3 *rop3 = &operation->u.rop3;

  read_copy (self, &rop3->copy);
  read_brush (self, &rop3->brush);
  rop3->code = qxl_recording_u8 (self->recording, "rop3");
  read_scale_mode (self, &rop3->copy);
  read_mask (self, &rop3->copy.mask);
  need_source (self, head, &rop3->copy.src, &rop3->copy.src_area);
}

static void
read_stroke (QxlScene *self, const Head *head, QxlOperation *operation)
{
  QxlStroke *stroke = &operation->u.stroke;

  read_path (self, &stroke->path);
  read_line_attr (self, &stroke->attr);
  read_brush (self, &stroke->brush);
  stroke->fore_mode = qxl_recording_u16 (self->recording, "fore_mode");
  stroke->back_mode = qxl_recording_u16 (self->recording, "back_mode");
}

static void
read_text (QxlScene *self, const Head *head, QxlOperation *operation)
{
  QxlText *text = &operation->u.text;

  read_string (self, &text->string);
  text->back_area = qxl_recording_rect (self->recording, "back_area");
  read_brush (self, &text->fore_brush);
  read_brush (self, &text->back_brush);
  text->fore_mode = qxl_recording_u16 (self->recording, "fore_mode");
  text->back_mode = qxl_recording_u16 (self->recording, "back_mode");
}

static void
read_transparent (QxlScene *self, const Head *head, QxlOperation *operation)
{
  QxlTransparent *transparent = &operation->u.transparent;

  transparent->src = read_source (self, false);
  transparent->src_area = qxl_recording_rect (self->recording, "src_area");
  transparent->src_color = qxl_recording_u32 (self->recording, "src_color");
  transparent->true_color = qxl_recording_u32 (self->recording, "true_color");
  need_source (self, head, &transparent->src, &transparent->src_area);
}

static void
read_alpha_blend (QxlScene *self, const Head *head, QxlOperation *operation)
{
  QxlAlphaBlend *blend = &operation->u.alpha_blend;

  if (!head->is_compat)
    blend->alpha_flags = qxl_recording_u16 (self->recording, "alpha_flags");
  blend->alpha = qxl_recording_u8 (self->recording, "alpha");
  blend->src = read_source (self, false);
  blend->src_area = qxl_recording_rect (self->recording, "src_area");
  need_source (self, head, &blend->src, &blend->src_area);
}

/* returns whether there is one */
static bool
read_transform (QxlScene *self, const char *word, QxlTransform *transform)
{
  const uint8_t *data;
  QxlReader reader;

  if (!qxl_recording_u8 (self->recording, word))
    return false;
  data = qxl_recording_binary (self->recording, "transform", 24);
  if (data == NULL)
    return false;
  qxl_reader_init (&reader, data, 24);
  return qxl_transform_read (transform, &reader, NULL);
}

static void
read_composite (QxlScene *self, const Head *head, QxlOperation *operation)
{
  QxlComposite *composite = &operation->u.composite;
  uint32_t has = 0;
  QxlRect unused = {0};
  QxlPoint at;

  composite->flags = qxl_recording_u32 (self->recording, "flags");
  composite->src = read_source (self, false);
  if (read_transform (self, "src_transform", &composite->src_transform))
    has |= QXL_COMPOSITE_HAS_SRC_TRANSFORM;
  if (qxl_recording_u8 (self->recording, "mask"))
    composite->mask = read_source (self, false);
  if (composite->mask.kind != QXL_SOURCE_NONE)
    has |= QXL_COMPOSITE_HAS_MASK;
  if (read_transform (self, "mask_transform", &composite->mask_transform))
    has |= QXL_COMPOSITE_HAS_MASK_TRANSFORM;
  at = qxl_recording_point16 (self->recording, "src_origin");
  composite->src_origin.x = (int16_t)at.x;
  composite->src_origin.y = (int16_t)at.y;
  at = qxl_recording_point16 (self->recording, "mask_origin");
  composite->mask_origin.x = (int16_t)at.x;
  composite->mask_origin.y = (int16_t)at.y;
  composite->flags &=
      ~(QXL_COMPOSITE_HAS_MASK | QXL_COMPOSITE_HAS_SRC_TRANSFORM |
        QXL_COMPOSITE_HAS_MASK_TRANSFORM);
  composite->flags |= has;
  need_source (self, NULL, &composite->src, &unused);
}

typedef void (*BodyFunc) (QxlScene *self, const Head *head,
                          QxlOperation *operation);

static const BodyFunc bodies[QXL_N_OPS] = {
    [QXL_OP_FILL] = read_fill,
    [QXL_OP_OPAQUE] = read_opaque,
    [QXL_OP_COPY] = read_copy_body,
    [QXL_OP_COPY_BITS] = read_copy_bits,
    [QXL_OP_BLEND] = read_copy_body,
    [QXL_OP_BLACKNESS] = read_mask_body,
    [QXL_OP_WHITENESS] = read_mask_body,
    [QXL_OP_INVERS] = read_mask_body,
    [QXL_OP_ROP3] = read_rop3,
    [QXL_OP_STROKE] = read_stroke,
    [QXL_OP_TEXT] = read_text,
    [QXL_OP_TRANSPARENT] = read_transparent,
    [QXL_OP_ALPHA_BLEND] = read_alpha_blend,
    [QXL_OP_COMPOSITE] = read_composite,
};

/* drawables */

/* the rest of the head in either layout; they differ in the word after the
 * time. What a drawable says it depends on is not used: its sources say it. */
static void
read_head_rest (QxlScene *self, Head *head)
{
  QxlRecording *recording = self->recording;

  head->is_compat = qxl_recording_next_is (recording, "bitmap_offset");
  if (head->is_compat) {
    head->has_self = qxl_recording_u16 (recording, "bitmap_offset") != 0;
    head->self_area = qxl_recording_rect (recording, "bitmap_area");
    head->surface_id = QXL_PRIMARY_SURFACE;
    return;
  }
  head->has_self = qxl_recording_u8 (recording, "self_bitmap") != 0;
  head->self_area = qxl_recording_rect (recording, "self_bitmap_area");
  head->surface_id = qxl_recording_u32 (recording, "surface_id");
  for (guint i = 0; i < 3; i++) {
    qxl_recording_u32 (recording, "surfaces_dest");
    qxl_recording_rect (recording, "surfaces_rects");
  }
}

/* of the operation, whose kind is not known yet */
static void
read_head (QxlScene *self, Head *head, QxlOperation *operation)
{
  QxlRecording *recording = self->recording;
  uint32_t clip;

  qxl_recording_literal (recording, "drawable");
  head->box = qxl_recording_rect (recording, "bbox");
  clip = qxl_recording_u32 (recording, "type");
  if (clip == 1)
    read_clip (self, operation, qxl_recording_u32 (recording, "num_rects"));
  else if (clip != 0)
    qxl_scene_refuse (self, "clip of type %u", clip);
  qxl_recording_u8 (recording, "effect");
  qxl_recording_u32 (recording, "mm_time");
  read_head_rest (self, head);
  if (head->surface_id >= QXL_MAX_SURFACES)
    qxl_scene_refuse (self, "drawable on surface %u; ids below %u are allowed",
                      head->surface_id, QXL_MAX_SURFACES);
}

QxlDrawable *
qxl_scene_read_drawable (QxlScene *self)
{
  g_autoptr (QxlOperation) operation = qxl_operation_new (QXL_OP_FILL);
  Head head = {0};
  uint8_t kind;

  read_head (self, &head, operation);
  kind = qxl_recording_u8 (self->recording, "type");
  if (qxl_recording_is_over (self->recording))
    return NULL;
  if (kind >= QXL_N_OPS || bodies[kind] == NULL) {
    qxl_scene_refuse (self, "drawable of type %u", kind);
    return NULL;
  }
  operation->kind = kind;
  bodies[kind](self, &head, operation);
  if (qxl_recording_is_over (self->recording) || self->refusal != NULL)
    return NULL;
  return qxl_drawable_new_operation (head.surface_id, &head.box,
                                     g_steal_pointer (&operation));
}

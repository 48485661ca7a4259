/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire-canvas.h"

#include "image-decoders-glz.h"
#include "wire-palettes.h"

#include <string.h>

#define N_SURFACES 16u

typedef struct {
  uint32_t width, height;
  bool has_alpha;
  uint32_t *pixels; /* width × height; NULL: there is none */
} Surface;

struct _WireCanvas {
  Surface surfaces[N_SURFACES];
  bool marked;
  GArray *heads; /* QxlRect */
  guint n_draws;
  guint n_images[256];
  GlzDecoder *glz;
  WirePixmaps *pixmaps;   /* kept */
  bool shares;            /* they are not its own */
  WirePalettes *palettes; /* kept */
  WireStreams *streams;
};

/* surfaces */

static Surface *
surface_of (WireCanvas *self, uint32_t id)
{
  g_assert_cmpuint (id, <, N_SURFACES);
  g_assert_nonnull (self->surfaces[id].pixels);
  return &self->surfaces[id];
}

static uint32_t *
pixel_at (const Surface *surface, int32_t x, int32_t y)
{
  return surface->pixels + (size_t)y * surface->width + x;
}

static void
on_create (WireCanvas *self, QxlReader *reader)
{
  SpcSurfaceCreate create;
  Surface *surface;

  qxl_fields_read (spc_surface_create_fields, &create, reader);
  g_assert_cmpuint (create.surface_id, <, N_SURFACES);
  surface = &self->surfaces[create.surface_id];
  g_assert_null (surface->pixels);
  g_assert_cmpuint (create.width, >, 0);
  g_assert_cmpuint (create.height, >, 0);
  g_assert_true (create.format == SPICE_SURFACE_FMT_32_xRGB ||
                 create.format == SPICE_SURFACE_FMT_32_ARGB);
  g_assert_cmpuint (create.flags, ==, create.surface_id == 0);
  surface->width = create.width;
  surface->height = create.height;
  surface->has_alpha = create.format == SPICE_SURFACE_FMT_32_ARGB;
  surface->pixels = g_new0 (uint32_t, (size_t)create.width * create.height);
}

static void
on_destroy (WireCanvas *self, QxlReader *reader)
{
  SpcSurfaceDestroy destroy;

  qxl_fields_read (spc_surface_destroy_fields, &destroy, reader);
  g_clear_pointer (&surface_of (self, destroy.surface_id)->pixels, g_free);
}

/* drawing */

static void
put (const Surface *surface, int32_t x, int32_t y, uint32_t pixel)
{
  *pixel_at (surface, x, y) = surface->has_alpha ? pixel : pixel & 0xffffff;
}

static void
paint (int32_t x, int32_t y, uint32_t pixel, gpointer user_data)
{
  put (surface_of (user_data, 0), x, y, pixel);
}

static Surface *
target (WireCanvas *self, const SpcDrawBase *base)
{
  Surface *surface = surface_of (self, base->surface_id);
  QxlRect all =
      QXL_RECT (0, 0, (int32_t)surface->width, (int32_t)surface->height);

  g_assert_false (qxl_rect_is_empty (&base->box));
  g_assert_true (qxl_rect_contains (&all, &base->box));
  g_assert_cmpuint (base->clip_type, ==, SPICE_CLIP_TYPE_NONE);
  self->n_draws++;
  return surface;
}

static void
on_fill (WireCanvas *self, QxlReader *reader)
{
  SpcDrawFill fill;
  Surface *surface;

  qxl_fields_read (spc_draw_fill_fields, &fill, reader);
  surface = target (self, &fill.base);
  g_assert_cmpuint (fill.brush_type, ==, SPICE_BRUSH_TYPE_SOLID);
  g_assert_cmpuint (fill.rop, ==, SPICE_ROPD_OP_PUT);
  g_assert_cmpuint (fill.mask_bitmap, ==, 0);
  for (int32_t y = fill.base.box.top; y < fill.base.box.bottom; y++)
    for (int32_t x = fill.base.box.left; x < fill.base.box.right; x++)
      put (surface, x, y, fill.color);
}

static void
on_copy_bits (WireCanvas *self, QxlReader *reader)
{
  SpcCopyBits copy;
  Surface *surface;
  QxlRect *box = &copy.base.box;
  g_autofree uint32_t *before = NULL;

  qxl_fields_read (spc_copy_bits_fields, &copy, reader);
  surface = target (self, &copy.base);
  g_assert_cmpint (copy.src_pos.x, >=, 0);
  g_assert_cmpint (copy.src_pos.y, >=, 0);
  g_assert_cmpuint (copy.src_pos.x + qxl_rect_width (box), <=, surface->width);
  g_assert_cmpuint (copy.src_pos.y + qxl_rect_height (box), <=,
                    surface->height);
  before =
      g_memdup2 (surface->pixels, (size_t)surface->width * surface->height * 4);
  for (int32_t y = 0; y < qxl_rect_height (box); y++)
    for (int32_t x = 0; x < qxl_rect_width (box); x++)
      put (surface, box->left + x, box->top + y,
           before[(size_t)(copy.src_pos.y + y) * surface->width +
                  copy.src_pos.x + x]);
}

/* @message: to its end, from the payload on */
static void
decode (WireCanvas *self, const SpcImageDescriptor *descriptor,
        const QxlReader *message, ImagePixels *pixels, GError **error)
{
  const uint8_t *payload = message->data + message->pos;
  ImagePalette palette;
  size_t size;

  if (!image_palette_find (descriptor->type, message->data, message->size,
                           message->pos, &size, &palette, error))
    return;
  if (descriptor->type == SPICE_IMAGE_TYPE_GLZ_RGB ||
      descriptor->type == SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB)
    glz_decoder_decode_payload (self->glz, descriptor->type, payload, size,
                                pixels, error);
  else if (image_decode_payload (descriptor->type, descriptor->width,
                                 descriptor->height, payload, size, pixels,
                                 error))
    image_palette_apply (wire_palettes_take (self->palettes, &palette), pixels,
                         error);
}

static bool
is_from_cache (const SpcImageDescriptor *descriptor)
{
  return descriptor->type == SPICE_IMAGE_TYPE_FROM_CACHE ||
         descriptor->type == SPICE_IMAGE_TYPE_FROM_CACHE_LOSSLESS;
}

/* the pixels of an image at @offset of the message, to its end: those of the
 * cache, or @own with what was decoded */
static const ImagePixels *
read_image (WireCanvas *self, const QxlReader *message, uint32_t offset,
            ImagePixels *own)
{
  SpcImageDescriptor descriptor;
  g_autoptr (GError) error = NULL;
  QxlReader reader;

  g_assert_cmpuint (offset, ==, SPC_DRAW_COPY_SIZE);
  qxl_reader_init (&reader, message->data, message->size);
  qxl_reader_bytes (&reader, offset);
  qxl_fields_read (spc_image_descriptor_fields, &descriptor, &reader);
  g_assert_false (reader.failed);
  self->n_images[descriptor.type]++;
  if (is_from_cache (&descriptor)) {
    g_assert_cmpuint (qxl_reader_left (&reader), ==, 0);
    return wire_pixmaps_get (self->pixmaps, &descriptor);
  }
  g_assert_cmpuint (descriptor.flags & SPICE_IMAGE_FLAGS_HIGH_BITS_SET, ==, 0);
  decode (self, &descriptor, &reader, own, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (own->width, ==, descriptor.width);
  g_assert_cmpuint (own->height, ==, descriptor.height);
  wire_pixmaps_take (self->pixmaps, &descriptor, own);
  return own;
}

/* the pixels of a surface as those of an image; borrowed */
static bool
read_surface (WireCanvas *self, const QxlReader *message, uint32_t offset,
              ImagePixels *out)
{
  SpcImageDescriptor descriptor;
  const Surface *surface;
  QxlReader reader;

  qxl_reader_init (&reader, message->data + offset, message->size - offset);
  qxl_fields_read (spc_image_descriptor_fields, &descriptor, &reader);
  if (descriptor.type != SPICE_IMAGE_TYPE_SURFACE)
    return false;
  surface = surface_of (self, qxl_reader_u32 (&reader));
  g_assert_false (reader.failed);
  g_assert_cmpuint (qxl_reader_left (&reader), ==, 0);
  g_assert_cmpuint (descriptor.width, ==, surface->width);
  g_assert_cmpuint (descriptor.height, ==, surface->height);
  self->n_images[descriptor.type]++;
  *out = (ImagePixels){
      .format = SPICE_BITMAP_FMT_32BIT,
      .width = surface->width,
      .height = surface->height,
      .top_down = true,
      .stride = surface->width * 4,
      .pixels = (uint8_t *)surface->pixels,
  };
  return true;
}

static uint32_t
image_pixel (const ImagePixels *pixels, int32_t x, int32_t y)
{
  uint32_t row =
      pixels->top_down ? (uint32_t)y : pixels->height - 1 - (uint32_t)y;
  uint32_t pixel;

  memcpy (&pixel, pixels->pixels + row * pixels->stride + 4 * (size_t)x, 4);
  return GUINT32_FROM_LE (pixel);
}

static void
on_copy (WireCanvas *self, QxlReader *reader)
{
  g_auto (ImagePixels) own = {0};
  ImagePixels borrowed;
  const ImagePixels *pixels = &borrowed;
  SpcDrawCopy copy;
  Surface *surface;
  QxlRect *box = &copy.base.box, *area = &copy.src_area;

  qxl_fields_read (spc_draw_copy_fields, &copy, reader);
  surface = target (self, &copy.base);
  g_assert_cmpuint (copy.rop, ==, SPICE_ROPD_OP_PUT);
  g_assert_cmpuint (copy.mask_bitmap, ==, 0);
  g_assert_cmpint (qxl_rect_width (area), ==, qxl_rect_width (box));
  g_assert_cmpint (qxl_rect_height (area), ==, qxl_rect_height (box));
  if (!read_surface (self, reader, copy.src_image, &borrowed))
    pixels = read_image (self, reader, copy.src_image, &own);
  g_assert_true (pixels->format == SPICE_BITMAP_FMT_32BIT ||
                 pixels->format == SPICE_BITMAP_FMT_RGBA);
  g_assert_cmpint (area->left, >=, 0);
  g_assert_cmpint (area->top, >=, 0);
  g_assert_cmpuint (area->right, <=, pixels->width);
  g_assert_cmpuint (area->bottom, <=, pixels->height);
  for (int32_t y = 0; y < qxl_rect_height (box); y++)
    for (int32_t x = 0; x < qxl_rect_width (box); x++)
      put (surface, box->left + x, box->top + y,
           image_pixel (pixels, area->left + x, area->top + y));
  qxl_reader_bytes (reader, qxl_reader_left (reader));
}

/* the rest */

static void
on_heads (WireCanvas *self, QxlReader *reader)
{
  SpcMonitorsConfig config;

  qxl_fields_read (spc_monitors_config_fields, &config, reader);
  g_array_set_size (self->heads, 0);
  for (guint i = 0; i < config.count; i++) {
    SpcHead head;
    QxlRect rect;

    qxl_fields_read (spc_head_fields, &head, reader);
    g_assert_cmpuint (head.surface_id, ==, 0);
    g_assert_cmpuint (head.monitor_id, >=, i);
    rect = QXL_RECT ((int32_t)head.x, (int32_t)head.y,
                     (int32_t)(head.x + head.width),
                     (int32_t)(head.y + head.height));
    g_array_append_val (self->heads, rect);
  }
}

static void
on_mark (WireCanvas *self, QxlReader *reader)
{
  surface_of (self, 0);
  self->marked = true;
}

static void
on_inval_list (WireCanvas *self, QxlReader *reader)
{
  wire_pixmaps_inval (self->pixmaps, reader);
}

static void
on_inval_all (WireCanvas *self, QxlReader *reader)
{
  wire_pixmaps_inval_all (self->pixmaps, reader);
}

static void
on_inval_palette (WireCanvas *self, QxlReader *reader)
{
  wire_palettes_inval (self->palettes, reader);
}

static void
on_inval_all_palettes (WireCanvas *self, QxlReader *reader)
{
  wire_palettes_inval_all (self->palettes);
}

static const struct {
  uint16_t type;
  void (*func) (WireCanvas *self, QxlReader *reader);
} table[] = {
    {SPICE_MSG_DISPLAY_SURFACE_CREATE, on_create},
    {SPICE_MSG_DISPLAY_SURFACE_DESTROY, on_destroy},
    {SPICE_MSG_DISPLAY_DRAW_FILL, on_fill},
    {SPICE_MSG_DISPLAY_DRAW_COPY, on_copy},
    {SPICE_MSG_DISPLAY_COPY_BITS, on_copy_bits},
    {SPICE_MSG_DISPLAY_MONITORS_CONFIG, on_heads},
    {SPICE_MSG_DISPLAY_MARK, on_mark},
    {SPICE_MSG_DISPLAY_INVAL_LIST, on_inval_list},
    {SPICE_MSG_DISPLAY_INVAL_ALL_PIXMAPS, on_inval_all},
    {SPICE_MSG_DISPLAY_INVAL_PALETTE, on_inval_palette},
    {SPICE_MSG_DISPLAY_INVAL_ALL_PALETTES, on_inval_all_palettes},
};

void
wire_canvas_message (WireCanvas *self, uint16_t type, const uint8_t *body,
                     uint32_t size)
{
  QxlReader reader;

  if (type < SPICE_MSG_BASE_LAST)
    return;
  qxl_reader_init (&reader, body, size);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    if (table[i].type != type)
      continue;
    table[i].func (self, &reader);
    g_assert_false (reader.failed);
    g_assert_cmpuint (qxl_reader_left (&reader), ==, 0);
    return;
  }
  if (!wire_streams_message (self->streams, type, &reader))
    g_error ("a display message of type %u", type);
  g_assert_false (reader.failed);
  g_assert_cmpuint (qxl_reader_left (&reader), ==, 0);
}

WireCanvas *
wire_canvas_new (void)
{
  WireCanvas *self = g_new0 (WireCanvas, 1);

  self->heads = g_array_new (FALSE, FALSE, sizeof (QxlRect));
  self->glz = glz_decoder_new (WIRE_CANVAS_GLZ_WINDOW);
  self->pixmaps = wire_pixmaps_new (WIRE_PIXMAPS_USUAL);
  self->palettes = wire_palettes_new ();
  self->streams = wire_streams_new (paint, self);
  return self;
}

void
wire_canvas_free (WireCanvas *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < N_SURFACES; i++)
    g_free (self->surfaces[i].pixels);
  g_array_unref (self->heads);
  glz_decoder_free (self->glz);
  if (!self->shares)
    wire_pixmaps_free (self->pixmaps);
  wire_palettes_free (self->palettes);
  wire_streams_free (self->streams);
  g_free (self);
}

void
wire_canvas_announce (WireCanvas *self, uint64_t cache_pixels)
{
  g_assert_cmpuint (wire_pixmaps_count (self->pixmaps), ==, 0);
  wire_pixmaps_free (self->pixmaps);
  self->pixmaps = wire_pixmaps_new (cache_pixels);
}

void
wire_canvas_share (WireCanvas *self, WirePixmaps *pixmaps)
{
  wire_canvas_announce (self, 0);
  wire_pixmaps_free (self->pixmaps);
  self->pixmaps = pixmaps;
  self->shares = true;
}

bool
wire_canvas_misses (const WireCanvas *self, uint16_t type, const uint8_t *body,
                    uint32_t size)
{
  SpcImageDescriptor descriptor;
  QxlReader reader;

  if (type != SPICE_MSG_DISPLAY_DRAW_COPY || size < SPC_DRAW_COPY_SIZE)
    return false;
  qxl_reader_init (&reader, body + SPC_DRAW_COPY_SIZE,
                   size - SPC_DRAW_COPY_SIZE);
  qxl_fields_read (spc_image_descriptor_fields, &descriptor, &reader);
  return is_from_cache (&descriptor) &&
         !wire_pixmaps_has (self->pixmaps, descriptor.id);
}

/* asking */

const WireStreams *
wire_canvas_streams (const WireCanvas *self)
{
  return self->streams;
}

bool
wire_canvas_has_surface (const WireCanvas *self, uint32_t surface_id,
                         uint32_t width, uint32_t height)
{
  const Surface *surface = &self->surfaces[surface_id];

  return surface->pixels != NULL && surface->width == width &&
         surface->height == height;
}

uint32_t
wire_canvas_pixel (const WireCanvas *self, uint32_t surface_id, uint32_t x,
                   uint32_t y)
{
  const Surface *surface = &self->surfaces[surface_id];

  g_assert_true (surface->pixels != NULL && x < surface->width &&
                 y < surface->height);
  return *pixel_at (surface, (int32_t)x, (int32_t)y);
}

bool
wire_canvas_shows (const WireCanvas *self, uint32_t surface_id,
                   const QxlImage *image)
{
  const Surface *surface = &self->surfaces[surface_id];

  if (!wire_canvas_has_surface (self, surface_id, image->width, image->height))
    return false;
  for (uint32_t y = 0; y < image->height; y++)
    if (memcmp (pixel_at (surface, 0, (int32_t)y), qxl_image_row (image, y),
                (size_t)image->width * 4) != 0)
      return false;
  return true;
}

bool
wire_canvas_is_marked (const WireCanvas *self)
{
  return self->marked;
}

const QxlRect *
wire_canvas_heads (const WireCanvas *self, guint *n_heads)
{
  *n_heads = self->heads->len;
  return (const QxlRect *)(gconstpointer)self->heads->data;
}

guint
wire_canvas_n_draws (const WireCanvas *self)
{
  return self->n_draws;
}

guint
wire_canvas_n_images (const WireCanvas *self, uint8_t image_type)
{
  return self->n_images[image_type];
}

guint
wire_canvas_n_kept (const WireCanvas *self)
{
  return wire_pixmaps_count (self->pixmaps);
}

guint
wire_canvas_n_palettes (const WireCanvas *self)
{
  return wire_palettes_count (self->palettes);
}

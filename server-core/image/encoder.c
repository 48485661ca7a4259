/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "encoder.h"

#include "codec.h"
#include "palette-payload.h"

#include <spice/enums.h>

/* Bytes of pixels in one image: what the LZ decoders of clients accept, and
 * far below the 32-bit size of a message (spec: images). */
#define MAX_PIXEL_BYTES ((size_t)(1u << 30) - 1)

/* Slots grow in such steps, so that images of slowly growing size do not mean
 * a new allocation each. */
#define SLOT_STEP ((size_t)64 * 1024)

struct _SpcScratch {
  void *slots[SPC_N_SLOTS];
  size_t sizes[SPC_N_SLOTS];
  QxlBlocks *blocks; /* referenced, or NULL */
};

typedef struct {
  const char *name;
  uint8_t type; /* SPICE_IMAGE_TYPE_… */
  uint32_t formats;
  SpcEncodeFunc encode; /* NULL: plain, or lossy */
  SpcEncodeLossyFunc encode_lossy;
  uint8_t alpha_type;   /* of formats with alpha, if it is another */
  uint8_t palette_type; /* of palettes, the same */
} Codec;

#define TAKES(format) (1u << QXL_FORMAT_##format)
#define TAKES_PALETTES                                                         \
  (TAKES (PLT1_LE) | TAKES (PLT1_BE) | TAKES (PLT4_LE) | TAKES (PLT4_BE) |     \
   TAKES (PLT8))

/* clang-format off */
static const Codec codecs[SPC_N_CODECS] = {
  [SPC_CODEC_BITMAP] = {
    "bitmap", SPICE_IMAGE_TYPE_BITMAP,
    TAKES (BGRX) | TAKES (BGRA) | TAKES (BGR) | TAKES (RGB15) | TAKES (A8) |
      TAKES (A1) | TAKES_PALETTES,
    NULL },
  [SPC_CODEC_LZ] = {
    "lz", SPICE_IMAGE_TYPE_LZ_RGB,
    TAKES (BGRX) | TAKES (BGRA) | TAKES (BGR) | TAKES (RGB15) | TAKES (A8) |
      TAKES_PALETTES,
    spc_lz_encode, .palette_type = SPICE_IMAGE_TYPE_LZ_PLT },
  [SPC_CODEC_LZ4] = {
    "lz4", SPICE_IMAGE_TYPE_LZ4,
    TAKES (BGRX) | TAKES (BGRA) | TAKES (BGR) | TAKES (RGB15),
    spc_lz4_encode },
  [SPC_CODEC_QUIC] = {
    "quic", SPICE_IMAGE_TYPE_QUIC,
    TAKES (BGRX) | TAKES (BGRA) | TAKES (BGR) | TAKES (RGB15),
    spc_quic_encode },
  [SPC_CODEC_JPEG] = {
    "jpeg", SPICE_IMAGE_TYPE_JPEG,
    TAKES (BGRX) | TAKES (BGRA) | TAKES (BGR) | TAKES (RGB15),
    NULL, spc_jpeg_encode, SPICE_IMAGE_TYPE_JPEG_ALPHA },
};
/* clang-format on */

/* scratch */

SpcScratch *
spc_scratch_new (void)
{
  return g_new0 (SpcScratch, 1);
}

void
spc_scratch_free (SpcScratch *self)
{
  if (!self)
    return;
  for (int i = 0; i < SPC_N_SLOTS; i++)
    g_free (self->slots[i]);
  qxl_blocks_unref (self->blocks);
  g_free (self);
}

void
spc_scratch_use_blocks (SpcScratch *self, QxlBlocks *blocks)
{
  if (self->blocks == blocks)
    return;
  qxl_blocks_unref (self->blocks);
  self->blocks = blocks ? qxl_blocks_ref (blocks) : NULL;
}

void *
spc_scratch_get (SpcScratch *self, SpcSlot slot, size_t size)
{
  if (self->sizes[slot] < size) {
    g_free (self->slots[slot]);
    self->sizes[slot] = (size + SLOT_STEP - 1) / SLOT_STEP * SLOT_STEP;
    self->slots[slot] = g_malloc (self->sizes[slot]);
  }
  return self->slots[slot];
}

QxlBlocks *
spc_scratch_blocks (const SpcScratch *self)
{
  return self->blocks;
}

size_t
spc_scratch_size (const SpcScratch *self)
{
  size_t size = 0;

  for (int i = 0; i < SPC_N_SLOTS; i++)
    size += self->sizes[i];
  return size;
}

GBytes *
spc_payload_new (QxlBlocks *blocks, size_t size, uint8_t **to)
{
  *to = qxl_blocks_take (blocks, size);
  if (!*to)
    g_error ("no memory for a payload of %zu bytes", size);
  return g_bytes_new_with_free_func (*to, size, qxl_blocks_give, *to);
}

GBytes *
spc_payload_new_copy (QxlBlocks *blocks, const void *data, size_t size)
{
  uint8_t *to;
  GBytes *payload = spc_payload_new (blocks, size, &to);

  memcpy (to, data, size);
  return payload;
}

const uint8_t *
spc_codec_tight_rows (const QxlImage *image, SpcScratch *scratch)
{
  size_t row = qxl_image_row_bytes (image);
  uint8_t *copy;

  if (image->stride == row || image->height == 1)
    return image->pixels;
  copy = spc_scratch_get (scratch, SPC_SLOT_PIXELS, row * image->height);
  for (uint32_t y = 0; y < image->height; y++)
    memcpy (copy + y * row, qxl_image_row (image, y), row);
  return copy;
}

/* encoding */

static const Codec *
codec_of (SpcImageCodec codec)
{
  if ((unsigned)codec >= SPC_N_CODECS || !codecs[codec].name)
    return NULL;
  return &codecs[codec];
}

const char *
spc_image_codec_name (SpcImageCodec codec)
{
  const Codec *row = codec_of (codec);

  return row ? row->name : "?";
}

bool
spc_image_codec_takes (SpcImageCodec codec, QxlFormat format)
{
  const Codec *row = codec_of (codec);

  return row && (unsigned)format < QXL_N_FORMATS &&
         (row->formats & (1u << format));
}

bool
spc_image_codec_is_lossy (SpcImageCodec codec)
{
  const Codec *row = codec_of (codec);

  return row && row->encode_lossy;
}

static bool
check_image (SpcImageCodec codec, const QxlImage *image, GError **error)
{
  size_t row;

  if (!spc_image_codec_takes (codec, image->format)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 "encoding %s takes no %s images", spc_image_codec_name (codec),
                 qxl_format_name (image->format));
    return false;
  }
  if (image->width == 0 || image->height == 0 ||
      !qxl_format_row_bytes (image->format, image->width, &row) ||
      row > MAX_PIXEL_BYTES / image->height) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "image of %u×%u %s pixels: allowed are 1 to %zu bytes",
                 image->width, image->height, qxl_format_name (image->format),
                 MAX_PIXEL_BYTES);
    return false;
  }
  return !qxl_format_is_palette (image->format) ||
         spc_palette_is_sound (image, error);
}

/* NULL if the compressed form is not smaller than the plain one */
static GBytes *
encode_compressed (const Codec *codec, const QxlImage *image, int quality,
                   SpcScratch *scratch)
{
  size_t room = spc_bitmap_payload_size (image) - 1;
  uint8_t *to;
  size_t size;

  if (!codec->encode && !codec->encode_lossy)
    return NULL;
  to = spc_scratch_get (scratch, SPC_SLOT_STREAM, room);
  size = codec->encode
             ? codec->encode (image, scratch, to, room)
             : codec->encode_lossy (image, quality, scratch, to, room);
  g_assert (size <= room);
  return size ? spc_payload_new_copy (scratch->blocks, to, size) : NULL;
}

static uint8_t
type_of (const Codec *codec, QxlFormat format)
{
  if (codec->alpha_type && qxl_format_has_alpha (format))
    return codec->alpha_type;
  if (codec->palette_type && qxl_format_is_palette (format))
    return codec->palette_type;
  return codec->type;
}

bool
spc_image_encode (SpcImageCodec codec, const QxlImage *image,
                  SpcScratch *scratch, SpcEncodedImage *out, GError **error)
{
  return spc_image_encode_lossy (codec, image, SPC_DEFAULT_QUALITY, scratch,
                                 out, error);
}

bool
spc_image_encode_lossy (SpcImageCodec codec, const QxlImage *image, int quality,
                        SpcScratch *scratch, SpcEncodedImage *out,
                        GError **error)
{
  const Codec *row = codec_of (codec);

  memset (out, 0, sizeof *out);
  if (!check_image (codec, image, error))
    return false;
  out->width = image->width;
  out->height = image->height;
  out->type = type_of (row, image->format);
  out->payload = encode_compressed (row, image, quality, scratch);
  out->is_lossy = out->payload && row->encode_lossy;
  if (!out->payload) {
    out->type = SPICE_IMAGE_TYPE_BITMAP;
    out->payload = spc_bitmap_encode (image, scratch);
  }
  if (image->palette)
    out->palette = qxl_palette_ref (image->palette);
  return true;
}

size_t
spc_encoded_image_size (const SpcEncodedImage *self)
{
  return (self->payload ? g_bytes_get_size (self->payload) : 0) +
         (self->body ? g_bytes_get_size (self->body) : 0);
}

void
spc_encoded_image_join (SpcEncodedImage *self)
{
  GByteArray *all;
  size_t size, body_size;
  const uint8_t *payload, *body;

  if (!self->body)
    return;
  payload = g_bytes_get_data (self->payload, &size);
  body = g_bytes_get_data (self->body, &body_size);
  all = g_byte_array_new ();
  g_byte_array_append (all, payload, (guint)self->body_at);
  g_byte_array_append (all, body, (guint)body_size);
  g_byte_array_append (all, payload + self->body_at,
                       (guint)(size - self->body_at));
  g_bytes_unref (self->payload);
  g_clear_pointer (&self->body, g_bytes_unref);
  self->payload = g_byte_array_free_to_bytes (all);
}

void
spc_encoded_image_clear (SpcEncodedImage *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->payload, g_bytes_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->palette, qxl_palette_unref);
  memset (self, 0, sizeof *self);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image-vectors-palette.h"

#include "image-palettes.h"
#include "server-core/image/palette-payload.h"
#include <spice/enums.h>
#include <string.h>

/* where the payload is in a DRAW_COPY without clip rectangles */
enum { PAYLOAD_OFFSET = 57 + 18 };

struct _PaletteVectors {
  GHashTable *kept; /* id → ImagePalette */
};

static bool
fail (GError **error, const char *what)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, what);
  return false;
}

PaletteVectors *
palette_vectors_new (void)
{
  PaletteVectors *self = g_new (PaletteVectors, 1);

  self->kept =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return self;
}

void
palette_vectors_free (PaletteVectors *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->kept);
  g_free (self);
}

/* colours */

static uint8_t
wire_format (QxlFormat format)
{
  switch (format) {
  case QXL_FORMAT_PLT1_LE:
    return SPICE_BITMAP_FMT_1BIT_LE;
  case QXL_FORMAT_PLT1_BE:
    return SPICE_BITMAP_FMT_1BIT_BE;
  case QXL_FORMAT_PLT4_LE:
    return SPICE_BITMAP_FMT_4BIT_LE;
  case QXL_FORMAT_PLT4_BE:
    return SPICE_BITMAP_FMT_4BIT_BE;
  default:
    return SPICE_BITMAP_FMT_8BIT;
  }
}

/* what the image shows; it is top-down */
static bool
colours_of (const QxlImage *image, const ImagePalette *palette,
            ImagePixels *colours, GError **error)
{
  *colours = (ImagePixels){
      .format = wire_format (image->format),
      .top_down = true,
      .width = image->width,
      .height = image->height,
      .stride = qxl_image_row_bytes (image),
      .pixels = g_memdup2 (image->pixels, qxl_image_size (image)),
  };
  return image_palette_apply (palette, colours, error);
}

static bool
is_same (const ImagePixels *a, const ImagePixels *b)
{
  if (a->width != b->width || a->height != b->height || a->stride != b->stride)
    return false;
  for (uint32_t y = 0; y < a->height; y++) {
    uint32_t other = a->top_down == b->top_down ? y : a->height - 1 - y;

    if (memcmp (a->pixels + y * a->stride, b->pixels + other * b->stride,
                a->stride) != 0)
      return false;
  }
  return true;
}

/* @body shows @expected; @palette: of its reference, filled; its colours too
 * unless they are in the client's cache */
static bool
check_body (uint8_t type, const uint8_t *body, size_t size, size_t offset,
            const ImagePixels *expected, const ImagePalette *kept,
            ImagePalette *palette, GError **error)
{
  g_auto (ImagePixels) pixels = {0};
  size_t payload_size;
  bool is_kept;

  if (!image_palette_find (type, body, size, offset, &payload_size, palette,
                           error) ||
      !image_decode_payload (type, expected->width, expected->height,
                             body + offset, payload_size, &pixels, error))
    return false;
  is_kept = palette->flags & SPICE_BITMAP_FLAGS_PAL_FROM_CACHE;
  if (!image_palette_apply (is_kept ? kept : palette, &pixels, error))
    return false;
  return is_same (&pixels, expected) || fail (error, "other colours");
}

/* our encoding */

static GBytes *
write_body (const SpcEncodedImage *encoded, SpcPaletteUse use, uint64_t id)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  qxl_writer_zeros (writer, PAYLOAD_OFFSET);
  spc_encoded_image_write (encoded, PAYLOAD_OFFSET, use, id, writer);
  return qxl_writer_steal (writer);
}

static bool
check_use (const SpcEncodedImage *encoded, SpcPaletteUse use,
           const ImagePixels *colours, const ImagePalette *palette,
           GError **error)
{
  static const uint8_t flags[] = {
      [SPC_PALETTE_PLAIN] = 0,
      [SPC_PALETTE_ADDED] = SPICE_BITMAP_FLAGS_PAL_CACHE_ME,
      [SPC_PALETTE_IS_THERE] = SPICE_BITMAP_FLAGS_PAL_FROM_CACHE,
  };
  const uint64_t id = 0x1234;
  g_autoptr (GBytes) body = write_body (encoded, use, id);
  ImagePalette found;

  if (!check_body (encoded->type, g_bytes_get_data (body, NULL),
                   g_bytes_get_size (body), PAYLOAD_OFFSET, colours, palette,
                   &found, error))
    return false;
  if (found.flags != (flags[use] | SPICE_BITMAP_FLAGS_TOP_DOWN) ||
      found.id != (use == SPC_PALETTE_PLAIN ? 0 : id))
    return fail (error, "the palette comes otherwise than was said");
  return use == SPC_PALETTE_IS_THERE || found.n_entries == palette->n_entries ||
         fail (error, "other colours in the palette");
}

static bool
check_codec (SpcImageCodec codec, const QxlImage *image,
             const ImagePalette *palette, SpcScratch *scratch, GError **error)
{
  g_auto (ImagePixels) colours = {0};
  SpcEncodedImage encoded;
  bool ok;

  if (!colours_of (image, palette, &colours, error) ||
      !spc_image_encode (codec, image, scratch, &encoded, error))
    return false;
  ok = check_use (&encoded, SPC_PALETTE_PLAIN, &colours, palette, error) &&
       check_use (&encoded, SPC_PALETTE_ADDED, &colours, palette, error) &&
       check_use (&encoded, SPC_PALETTE_IS_THERE, &colours, palette, error);
  spc_encoded_image_clear (&encoded);
  return ok;
}

static bool
check_image (QxlImage *image, const ImagePalette *palette, SpcScratch *scratch,
             GError **error)
{
  qxl_image_take_palette (
      image, qxl_palette_new (1, palette->entries, palette->n_entries));
  return check_codec (SPC_CODEC_LZ, image, palette, scratch, error) &&
         check_codec (SPC_CODEC_BITMAP, image, palette, scratch, error);
}

/* a folder without the colours is as good: any will do, one for each index */
static void
make_up (ImagePalette *palette, QxlFormat format)
{
  palette->n_entries = 1u << qxl_format_bits_per_pixel (format);
  for (uint32_t i = 0; i < palette->n_entries; i++)
    palette->entries[i] = i * 0x010203;
}

static bool
read_palette (const Vector *vector, const char *path, ImagePalette *palette,
              GError **error)
{
  g_autofree char *content = NULL;
  size_t size;

  palette->n_entries = vector->palette_ents;
  if (!g_file_get_contents (path, &content, &size, error))
    return false;
  if (palette->n_entries > 256 || size != 4 * palette->n_entries)
    return fail (error, "palette of another size than the index tells");
  memcpy (palette->entries, content, size);
  for (uint32_t i = 0; i < palette->n_entries; i++)
    palette->entries[i] = GUINT32_FROM_LE (palette->entries[i]) & 0xffffff;
  return true;
}

bool
palette_vectors_check (const Vector *vector, const char *folder,
                       QxlImage *image, SpcScratch *scratch, GError **error)
{
  g_autofree char *path = g_build_filename (folder, vector->palette, NULL);
  ImagePalette palette = {0};

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    make_up (&palette, image->format);
  else if (!read_palette (vector, path, &palette, error))
    return false;
  return check_image (image, &palette, scratch, error);
}

/* the reference's bodies */

static bool
check_same_body (const Vector *vector, GBytes *body, size_t offset,
                 const QxlImage *image, SpcPaletteUse use, SpcScratch *scratch,
                 GError **error)
{
  SpcEncodedImage encoded;
  g_autoptr (GBytes) ours = NULL;
  size_t size, our_size;
  const uint8_t *theirs = g_bytes_get_data (body, &size);
  const uint8_t *bytes;

  if (!spc_image_encode (SPC_CODEC_BITMAP, image, scratch, &encoded, error))
    return false;
  ours = write_body (&encoded, use, vector->palette_unique);
  spc_encoded_image_clear (&encoded);
  bytes = g_bytes_get_data (ours, &our_size);
  if (offset == PAYLOAD_OFFSET && our_size == size &&
      memcmp (bytes + offset, theirs + offset, size - offset) == 0)
    return true;
  return fail (error, "payload differs from the reference's");
}

static SpcPaletteUse
use_of (uint8_t flags)
{
  if (flags & SPICE_BITMAP_FLAGS_PAL_FROM_CACHE)
    return SPC_PALETTE_IS_THERE;
  return flags & SPICE_BITMAP_FLAGS_PAL_CACHE_ME ? SPC_PALETTE_ADDED
                                                 : SPC_PALETTE_PLAIN;
}

bool
palette_vectors_check_wire (PaletteVectors *self, const Vector *vector,
                            GBytes *body, size_t offset, QxlImage *image,
                            SpcScratch *scratch, GError **error)
{
  g_auto (ImagePixels) colours = {0};
  size_t size, payload_size;
  const uint8_t *bytes = g_bytes_get_data (body, &size);
  ImagePalette palette;
  const ImagePalette *kept;
  SpcPaletteUse use;

  if (!image_palette_find (vector->image_type, bytes, size, offset,
                           &payload_size, &palette, error))
    return false;
  use = use_of (palette.flags);
  if (palette.id != vector->palette_unique)
    return fail (error, "another palette than the index tells");
  if (use == SPC_PALETTE_ADDED)
    g_hash_table_insert (self->kept, g_memdup2 (&palette.id, sizeof palette.id),
                         g_memdup2 (&palette, sizeof palette));
  kept = use == SPC_PALETTE_IS_THERE
             ? g_hash_table_lookup (self->kept, &palette.id)
             : &palette;
  if (kept == NULL)
    return fail (error, "a palette that no vector before has");
  if (!colours_of (image, kept, &colours, error) ||
      !check_body (vector->image_type, bytes, size, offset, &colours, kept,
                   &palette, error) ||
      !check_image (image, kept, scratch, error))
    return false;
  return vector->image_type != SPICE_IMAGE_TYPE_BITMAP ||
         check_same_body (vector, body, offset, image, use, scratch, error);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image-decoders.h"

#include "image-decoders-jpeg.h"
#include "image-decoders-quic.h"
#include <lz4.h>
#include <spice/enums.h>
#include <string.h>

/* bytes that one byte of data can become: a length byte stands for 255 units
 * of up to 4 bytes, in LZ4 for 255 bytes */
enum { LZ_GROWTH = 256 * 4, LZ4_GROWTH = 256 };

enum { LZ_MAGIC = 0x20205a4c, LZ_VERSION = 0x00010001 };

/* reading: sticky, after the end everything is 0 and @ok is false */
typedef struct {
  const uint8_t *at, *end;
  bool ok;
} Reader;

/* @data may be NULL if there is none */
static Reader
reader_over (const uint8_t *data, size_t size)
{
  static const uint8_t nothing[1];

  if (!data)
    data = nothing;
  return (Reader){data, data + size, true};
}

static const uint8_t *
take (Reader *r, size_t n)
{
  const uint8_t *at = r->at;

  if (!r->ok || (size_t)(r->end - at) < n) {
    r->ok = false;
    return NULL;
  }
  r->at += n;
  return at;
}

static uint8_t
take_u8 (Reader *r)
{
  const uint8_t *b = take (r, 1);

  return b ? b[0] : 0;
}

static uint32_t
take_u32_le (Reader *r)
{
  const uint8_t *b = take (r, 4);

  return b ? b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24 : 0;
}

static uint32_t
take_u32_be (Reader *r)
{
  return GUINT32_SWAP_LE_BE (take_u32_le (r));
}

static bool
fail (GError **error, const char *what, uint64_t got, uint64_t expected)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "%s: %" G_GUINT64_FORMAT ", expected %" G_GUINT64_FORMAT, what,
               got, expected);
  return false;
}

/* pixels */

static const uint8_t format_bits[] = {
    [SPICE_BITMAP_FMT_1BIT_LE] = 1, [SPICE_BITMAP_FMT_1BIT_BE] = 1,
    [SPICE_BITMAP_FMT_4BIT_LE] = 4, [SPICE_BITMAP_FMT_4BIT_BE] = 4,
    [SPICE_BITMAP_FMT_8BIT] = 8,    [SPICE_BITMAP_FMT_16BIT] = 16,
    [SPICE_BITMAP_FMT_24BIT] = 24,  [SPICE_BITMAP_FMT_32BIT] = 32,
    [SPICE_BITMAP_FMT_RGBA] = 32,   [SPICE_BITMAP_FMT_8BIT_A] = 8,
};

void
image_pixels_clear (ImagePixels *self)
{
  g_clear_pointer (&self->pixels, g_free);
  memset (self, 0, sizeof *self);
}

static size_t
row_bytes (uint32_t width, unsigned bits)
{
  return (size_t)(((uint64_t)width * bits + 7) / 8);
}

/* @most: bytes that the data at hand can become */
static bool
allocate (ImagePixels *out, unsigned bits, size_t most, GError **error)
{
  most = MIN (most, IMAGE_DECODERS_LIMIT);
  out->stride = row_bytes (out->width, bits);
  if (out->width == 0 || out->height == 0 || bits == 0 ||
      out->stride > most / out->height)
    return fail (error, "bytes of a row, at most", out->stride,
                 out->height ? most / out->height : 0);
  out->pixels = g_malloc0 (out->stride * out->height);
  return true;
}

/* LZ: passes of tokens */

typedef struct {
  uint8_t *to;           /* the pass's first unit */
  unsigned step;         /* bytes from unit to unit */
  unsigned unit;         /* bytes a unit writes */
  unsigned bias;         /* length of a match with F = 0 */
  bool high_first;       /* literals of rgb16 are big-endian */
  uint32_t n;            /* units of the pass */
  uint32_t position;     /* units produced */
  uint32_t max_distance; /* seen */
} Pass;

static bool
lz_literals (Pass *pass, Reader *r, uint32_t n, GError **error)
{
  if (n > pass->n - pass->position)
    return fail (error, "literals beyond the end", n, pass->n - pass->position);
  for (; n; n--, pass->position++) {
    uint8_t *to = pass->to + (size_t)pass->position * pass->step;
    const uint8_t *from = take (r, pass->unit);

    if (!from)
      return fail (error, "end inside literals", 0, n);
    memcpy (to, from, pass->unit);
    if (pass->high_first) {
      to[0] = from[1];
      to[1] = from[0];
    }
  }
  return true;
}

static bool
lz_match (Pass *pass, Reader *r, uint8_t token, GError **error)
{
  uint64_t length = token >> 5;
  uint32_t distance = (uint32_t)(token & 31) << 8;
  uint8_t more = 255, low;

  if (length == 7)
    while (more == 255 && r->ok)
      length += more = take_u8 (r);
  low = take_u8 (r);
  distance += low;
  if (low == 255 && (token & 31) == 31) {
    distance = 8191 + ((uint32_t)take_u8 (r) << 8);
    distance += take_u8 (r);
  }
  distance++;
  length += pass->bias;
  if (!r->ok)
    return fail (error, "end inside a match", 0, length);
  if (distance > pass->position)
    return fail (error, "match from before the start", distance,
                 pass->position);
  if (length > pass->n - pass->position)
    return fail (error, "match beyond the end", length,
                 pass->n - pass->position);
  pass->max_distance = MAX (pass->max_distance, distance);
  for (; length; length--, pass->position++) {
    uint8_t *to = pass->to + (size_t)pass->position * pass->step;

    memcpy (to, to - (size_t)distance * pass->step, pass->unit);
  }
  return true;
}

static bool
lz_pass (Pass *pass, Reader *r, GError **error)
{
  while (pass->position < pass->n) {
    uint8_t token = take_u8 (r);

    if (!r->ok)
      return fail (error, "end before the last unit", pass->position, pass->n);
    if (token < 32 ? !lz_literals (pass, r, token + 1, error)
                   : !lz_match (pass, r, token, error))
      return false;
  }
  return true;
}

/* LZ: types */

/* what a type decodes to, and its passes: colour or only, then alpha */
typedef struct {
  uint8_t format, bits;
  uint8_t step, unit, bias;
  bool alpha;
} LzType;

/* clang-format off */
static const LzType lz_types[LZ_N_TYPES] = {
  [LZ_PLT1_LE] = { SPICE_BITMAP_FMT_1BIT_LE,  1, 1, 1, 2, false },
  [LZ_PLT1_BE] = { SPICE_BITMAP_FMT_1BIT_BE,  1, 1, 1, 2, false },
  [LZ_PLT4_LE] = { SPICE_BITMAP_FMT_4BIT_LE,  4, 1, 1, 2, false },
  [LZ_PLT4_BE] = { SPICE_BITMAP_FMT_4BIT_BE,  4, 1, 1, 2, false },
  [LZ_PLT8]    = { SPICE_BITMAP_FMT_8BIT,     8, 1, 1, 2, false },
  [LZ_RGB16]   = { SPICE_BITMAP_FMT_16BIT,   16, 2, 2, 1, false },
  [LZ_RGB24]   = { SPICE_BITMAP_FMT_24BIT,   24, 3, 3, 0, false },
  [LZ_RGB32]   = { SPICE_BITMAP_FMT_32BIT,   32, 4, 3, 0, false },
  [LZ_RGBA]    = { SPICE_BITMAP_FMT_RGBA,    32, 4, 3, 0, true },
  [LZ_XXXA]    = { SPICE_BITMAP_FMT_INVALID, 32, 4, 0, 0, true },
  [LZ_A8]      = { SPICE_BITMAP_FMT_8BIT_A,   8, 1, 1, 2, false },
};
/* clang-format on */

static bool
lz_passes (const LzType *type, Reader *r, ImagePixels *out, GError **error)
{
  size_t units = out->stride * out->height / type->step;
  Pass first = {.to = out->pixels,
                .step = type->step,
                .unit = type->unit,
                .bias = type->bias,
                .high_first = type->unit == 2,
                .n = (uint32_t)units};
  Pass alpha = {.to = out->pixels + 3,
                .step = 4,
                .unit = 1,
                .bias = 2,
                .n = (uint32_t)units};

  if (type->unit && !lz_pass (&first, r, error))
    return false;
  if (type->alpha && !lz_pass (&alpha, r, error))
    return false;
  out->max_distance = MAX (first.max_distance, alpha.max_distance);
  if (r->at != r->end)
    return fail (error, "bytes left over", (uint64_t)(r->end - r->at), 0);
  return true;
}

bool
image_decode_lz (const uint8_t *data, size_t size, ImagePixels *out,
                 GError **error)
{
  Reader r = reader_over (data, size);
  uint32_t magic, version, type, stride, top_down;

  memset (out, 0, sizeof *out);
  magic = take_u32_be (&r);
  version = take_u32_be (&r);
  type = take_u32_be (&r);
  out->width = take_u32_be (&r);
  out->height = take_u32_be (&r);
  stride = take_u32_be (&r);
  top_down = take_u32_be (&r);
  if (!r.ok)
    return fail (error, "LZ header", size, 28);
  if (magic != LZ_MAGIC || version != LZ_VERSION)
    return fail (error, "LZ magic and version", magic, LZ_MAGIC);
  if (type == 0 || type >= LZ_N_TYPES || top_down > 1)
    return fail (error, "LZ type", type, LZ_RGB32);
  out->lz_type = (uint8_t)type;
  out->format = lz_types[type].format;
  out->top_down = top_down;
  if (!allocate (out, lz_types[type].bits, (size_t)(r.end - r.at) * LZ_GROWTH,
                 error))
    return false;
  if (stride == out->stride && lz_passes (&lz_types[type], &r, out, error))
    return true;
  if (stride != out->stride)
    fail (error, "LZ stride", stride, out->stride);
  image_pixels_clear (out);
  return false;
}

/* LZ4 */

/* blocks one after another; each may refer back to what stands before it */
static bool
lz4_blocks (Reader *r, uint8_t *to, size_t size, GError **error)
{
  size_t done = 0;

  while (r->at != r->end) {
    uint32_t block_size = take_u32_be (r);
    const uint8_t *block = take (r, block_size);
    int n;

    if (!block || block_size > G_MAXINT)
      return fail (error, "LZ4 block", block_size, (uint64_t)(r->end - r->at));
    n = LZ4_decompress_safe_usingDict ((const char *)block, (char *)to + done,
                                       (int)block_size, (int)(size - done),
                                       (const char *)to, (int)done);
    if (n <= 0)
      return fail (error, "LZ4 block's content", block_size, size - done);
    done += (size_t)n;
  }
  return done == size || fail (error, "LZ4 output", done, size);
}

bool
image_decode_lz4 (const uint8_t *data, size_t size, uint32_t width,
                  uint32_t height, ImagePixels *out, GError **error)
{
  Reader r = reader_over (data, size);
  uint8_t top_down, format;

  memset (out, 0, sizeof *out);
  top_down = take_u8 (&r);
  format = take_u8 (&r);
  if (!r.ok || top_down > 1)
    return fail (error, "LZ4 top-down", top_down, 1);
  if (format < SPICE_BITMAP_FMT_16BIT || format > SPICE_BITMAP_FMT_RGBA)
    return fail (error, "LZ4 format", format, SPICE_BITMAP_FMT_32BIT);
  out->format = format;
  out->top_down = top_down;
  out->width = width;
  out->height = height;
  if (!allocate (out, format_bits[format], size * LZ4_GROWTH, error))
    return false;
  if (lz4_blocks (&r, out->pixels, out->stride * height, error))
    return true;
  image_pixels_clear (out);
  return false;
}

/* payloads */

/* a palette's id or its pointer; returns whether a palette is named */
static bool
take_palette (Reader *r, uint8_t flags)
{
  if (flags & SPICE_BITMAP_FLAGS_PAL_FROM_CACHE)
    return take (r, 8);
  return take_u32_le (r) != 0;
}

/* 1-bit pixels without a palette are masks */
static bool
palette_fits (uint8_t format, bool has_palette)
{
  if (format <= SPICE_BITMAP_FMT_1BIT_BE)
    return true;
  return has_palette == (format <= SPICE_BITMAP_FMT_8BIT);
}

static bool
decode_bitmap (Reader *r, ImagePixels *out, GError **error)
{
  uint8_t format = take_u8 (r), flags = take_u8 (r);
  uint32_t width = take_u32_le (r), height = take_u32_le (r);
  uint32_t stride = take_u32_le (r);
  bool has_palette = take_palette (r, flags);

  if (!r->ok || format == 0 || format >= G_N_ELEMENTS (format_bits))
    return fail (error, "BITMAP head with format", format,
                 SPICE_BITMAP_FMT_32BIT);
  if (width != out->width || height != out->height)
    return fail (error, "BITMAP size", width, out->width);
  if (flags & ~SPICE_BITMAP_FLAGS_MASK)
    return fail (error, "BITMAP flags", flags, SPICE_BITMAP_FLAGS_MASK);
  if (!palette_fits (format, has_palette))
    return fail (error, "BITMAP palettes", has_palette, !has_palette);
  out->format = format;
  out->top_down = flags & SPICE_BITMAP_FLAGS_TOP_DOWN;
  if (!allocate (out, format_bits[format], (size_t)(r->end - r->at), error))
    return false;
  if (stride < out->stride)
    return fail (error, "BITMAP stride", stride, out->stride);
  for (uint32_t y = 0; y < height; y++) {
    const uint8_t *row = take (r, stride);

    if (!row)
      return fail (error, "BITMAP rows", y, height);
    memcpy (out->pixels + y * out->stride, row, out->stride);
  }
  return r->at == r->end || fail (error, "bytes left over", 1, 0);
}

/* the size in the stream is the descriptor's */
static bool
check_width (const ImagePixels *pixels, uint32_t width, uint32_t height,
             GError **error)
{
  if (pixels->width != width)
    return fail (error, "width", pixels->width, width);
  return pixels->height == height ||
         fail (error, "height", pixels->height, height);
}

static bool
decode_sized (uint8_t type, Reader *r, ImagePixels *out, GError **error)
{
  uint32_t width = out->width, height = out->height;
  uint8_t flags = type == SPICE_IMAGE_TYPE_LZ_PLT ? take_u8 (r) : 0;
  uint32_t size = take_u32_le (r);
  bool is_palette;

  if (type == SPICE_IMAGE_TYPE_LZ_PLT && !take_palette (r, flags))
    return fail (error, "LZ_PLT palettes", 0, 1);
  if (!r->ok || size != (size_t)(r->end - r->at))
    return fail (error, "data size", size, (uint64_t)(r->end - r->at));
  if (type == SPICE_IMAGE_TYPE_LZ4)
    return image_decode_lz4 (r->at, size, width, height, out, error);
  if (type == SPICE_IMAGE_TYPE_JPEG)
    return image_decode_jpeg (r->at, size, width, height, out, error);
  if (type == SPICE_IMAGE_TYPE_QUIC)
    return image_decode_quic (r->at, size, out, error) &&
           check_width (out, width, height, error);
  if (!image_decode_lz (r->at, size, out, error))
    return false;
  is_palette = out->lz_type <= LZ_PLT8;
  if (is_palette != (type == SPICE_IMAGE_TYPE_LZ_PLT) ||
      out->lz_type == LZ_XXXA)
    return fail (error, "LZ type in this image type", out->lz_type, type);
  return check_width (out, width, height, error);
}

static bool
decode_jpeg_alpha (Reader *r, ImagePixels *out, GError **error)
{
  uint8_t flags = take_u8 (r);
  uint32_t jpeg_size = take_u32_le (r), size = take_u32_le (r);

  if (!r->ok || size != (size_t)(r->end - r->at))
    return fail (error, "data size", size, (uint64_t)(r->end - r->at));
  if (flags & ~SPICE_JPEG_ALPHA_FLAGS_MASK)
    return fail (error, "JPEG_ALPHA flags", flags, SPICE_JPEG_ALPHA_FLAGS_MASK);
  return image_decode_jpeg_alpha (r->at, size, jpeg_size,
                                  flags & SPICE_JPEG_ALPHA_FLAGS_TOP_DOWN,
                                  out->width, out->height, out, error);
}

bool
image_decode_payload (uint8_t type, uint32_t width, uint32_t height,
                      const uint8_t *payload, size_t size, ImagePixels *out,
                      GError **error)
{
  Reader r = reader_over (payload, size);
  bool ok = false;

  memset (out, 0, sizeof *out);
  out->width = width;
  out->height = height;
  switch (type) {
  case SPICE_IMAGE_TYPE_BITMAP:
    ok = decode_bitmap (&r, out, error);
    break;
  case SPICE_IMAGE_TYPE_LZ_RGB:
  case SPICE_IMAGE_TYPE_LZ_PLT:
  case SPICE_IMAGE_TYPE_LZ4:
  case SPICE_IMAGE_TYPE_QUIC:
  case SPICE_IMAGE_TYPE_JPEG:
    ok = decode_sized (type, &r, out, error);
    break;
  case SPICE_IMAGE_TYPE_JPEG_ALPHA:
    ok = decode_jpeg_alpha (&r, out, error);
    break;
  default:
    return fail (error, "image type", type, SPICE_IMAGE_TYPE_LZ_RGB);
  }
  if (!ok)
    image_pixels_clear (out);
  return ok;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "glz.h"

#include "glz-match.h"
#include "glz-zlib.h"

#include <spice/enums.h>

enum {
  MAGIC = 0x20205a4c,
  VERSION = 0x00010001, /* major 1, minor 1 */
  HEADER_SIZE = 33,
  TOP_DOWN = 1 << 4, /* beside the type */
  SIZE_BYTES = 4,    /* each u32 of the payload before the stream */
  /* smaller streams are not worth the try (spec: ZLIB_GLZ) */
  MIN_DEFLATE = 100,
};

/* encoding */

/* more than any parse of @n units makes, each coded as @literal bytes */
static size_t
worst_case (size_t n, size_t literal)
{
  return n * literal + n / 16 + 16;
}

static GBytes *
write_passes (SpcGlzDictionary *dictionary, const SpcGlzImage *image,
              SpcScratch *scratch)
{
  size_t n = image->n_pixels;
  size_t room = worst_case (n, 3) + worst_case (n, 1);
  uint8_t *to = spc_scratch_get (scratch, SPC_SLOT_STREAM, room), *at = to;

  if (image->type == SPC_LZ_RGB16)
    at = spc_glz_write_words (dictionary, image, at, to + room);
  else
    at = spc_glz_write_colours (dictionary, image, at, to + room);
  if (image->type == SPC_LZ_RGBA)
    at = spc_glz_write_alphas (dictionary, image, at, to + room);
  g_assert (at);
  return spc_payload_new_copy (spc_scratch_blocks (scratch), to,
                               (size_t)(at - to));
}

bool
spc_glz_encode_stored (SpcGlzDictionary *dictionary, QxlImage *image,
                       bool top_down, SpcScratch *scratch, SpcGlzStream *out,
                       GError **error)
{
  const SpcGlzImage *added;

  memset (out, 0, sizeof *out);
  if (!spc_glz_dictionary_takes (dictionary, image->format, image->width,
                                 image->height)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 "GLZ takes no image of %u×%u %s pixels", image->width,
                 image->height, qxl_format_name (image->format));
    return false;
  }
  added = spc_glz_dictionary_add (dictionary, image);
  out->type = SPICE_IMAGE_TYPE_GLZ_RGB;
  out->width = image->width;
  out->height = image->height;
  out->stride = (uint32_t)spc_lz_row_bytes (added->type, image->width);
  out->id = added->id;
  out->head_distance = (uint32_t)(added->id - dictionary->head_id);
  out->lz_type = (uint8_t)(added->type | (top_down ? TOP_DOWN : 0));
  out->body = write_passes (dictionary, added, scratch);
  out->tokens = g_bytes_get_size (out->body);
  return true;
}

bool
spc_glz_encode (SpcGlzDictionary *dictionary, QxlImage *image,
                SpcScratch *scratch, SpcGlzStream *out, GError **error)
{
  return spc_glz_encode_stored (dictionary, image, true, scratch, out, error);
}

SpcGlzStream
spc_glz_stream_copy (const SpcGlzStream *self)
{
  SpcGlzStream copy = *self;

  if (copy.body)
    g_bytes_ref (copy.body);
  return copy;
}

bool
spc_glz_stream_may_deflate (const SpcGlzStream *self)
{
  return self->type == SPICE_IMAGE_TYPE_GLZ_RGB &&
         g_bytes_get_size (self->body) >= MIN_DEFLATE;
}

void
spc_glz_stream_deflate (SpcGlzStream *self, SpcScratch *scratch)
{
  size_t size;
  const uint8_t *body = g_bytes_get_data (self->body, &size);
  GBytes *deflated;

  if (!spc_glz_stream_may_deflate (self))
    return;
  deflated = spc_zlib_deflate (body, size, scratch);
  if (!deflated)
    return;
  self->type = SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB;
  self->body_adler = spc_zlib_adler (body, size);
  g_bytes_unref (self->body);
  self->body = deflated;
}

/* sending */

static void
put_header (const SpcGlzStream *self, uint64_t id, uint8_t *to)
{
  uint64_t big_id = GUINT64_TO_BE (id);

  spc_put_u32_be (to, MAGIC);
  spc_put_u32_be (to + 4, VERSION);
  to[8] = self->lz_type;
  spc_put_u32_be (to + 9, self->width);
  spc_put_u32_be (to + 13, self->height);
  spc_put_u32_be (to + 17, self->stride);
  memcpy (to + 21, &big_id, sizeof big_id);
  spc_put_u32_be (to + 29, self->head_distance);
}

static void
write_plain (const SpcGlzStream *self, uint64_t id, SpcEncodedImage *out)
{
  uint8_t head[SIZE_BYTES + HEADER_SIZE];

  spc_put_u32_le (head,
                  (uint32_t)(HEADER_SIZE + g_bytes_get_size (self->body)));
  put_header (self, id, head + SIZE_BYTES);
  out->payload = g_bytes_new (head, sizeof head);
  out->body_at = sizeof head;
}

static void
write_deflated (const SpcGlzStream *self, uint64_t id, SpcEncodedImage *out)
{
  enum { HEAD_SIZE = 2 * SIZE_BYTES + SPC_ZLIB_HEAD_SIZE + HEADER_SIZE };
  uint8_t around[HEAD_SIZE + SPC_ZLIB_TAIL_SIZE];
  size_t data_size = sizeof around - 2 * SIZE_BYTES;
  uint8_t *header;

  spc_put_u32_le (around, (uint32_t)(HEADER_SIZE + self->tokens));
  spc_put_u32_le (around + SIZE_BYTES,
                  (uint32_t)(data_size + g_bytes_get_size (self->body)));
  header = spc_zlib_put_head (around + 2 * SIZE_BYTES, HEADER_SIZE);
  put_header (self, id, header);
  spc_zlib_put_tail (around + HEAD_SIZE, header, HEADER_SIZE, self->body_adler,
                     self->tokens);
  out->payload = g_bytes_new (around, sizeof around);
  out->body_at = HEAD_SIZE;
}

void
spc_glz_stream_payload (const SpcGlzStream *self, uint64_t id,
                        SpcEncodedImage *out)
{
  *out = (SpcEncodedImage){
      .type = self->type, .width = self->width, .height = self->height};
  out->body = g_bytes_ref (self->body);
  if (self->type == SPICE_IMAGE_TYPE_GLZ_RGB)
    write_plain (self, id, out);
  else
    write_deflated (self, id, out);
}

void
spc_glz_stream_clear (SpcGlzStream *self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
  memset (self, 0, sizeof *self);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image-decoders-glz.h"

#include <spice/enums.h>
#include <string.h>
#include <zlib.h>

enum {
  MAGIC = 0x20205a4c,
  VERSION = 0x00010001,
  HEADER_SIZE = 33,
  MAX_LITERALS = 32,
  /* bytes that one byte can become: a length byte stands for 255 pixels */
  GROWTH = 256 * 4,
  ZLIB_GROWTH = 1040, /* deflate makes at most 1032 of one */
};

/* an image as clients keep it: B G R and alpha or 0 */
typedef struct {
  uint64_t id;
  uint8_t type;
  uint32_t n;
  uint8_t *pixels;
} Image;

struct _GlzDecoder {
  uint64_t window_pixels;
  GQueue images; /* Image, oldest first */
  uint64_t head_id;
  GlzDecoderState state;
};

typedef struct {
  GlzDecoder *decoder;
  const uint8_t *at, *end;
  Image *image;
  uint64_t head_distance;
  uint32_t position; /* pixels of the pass that are done */
} Stream;

typedef enum { COLOUR, WORD, ALPHA } Pass; /* also the bias of lengths */

static bool
fail (GError **error, const char *what, uint64_t got, uint64_t expected)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "%s: %" G_GUINT64_FORMAT ", expected %" G_GUINT64_FORMAT, what,
               got, expected);
  return false;
}

/* life */

static void
image_free (Image *image)
{
  g_free (image->pixels);
  g_free (image);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Image, image_free)

GlzDecoder *
glz_decoder_new (uint64_t window_pixels)
{
  GlzDecoder *self = g_new0 (GlzDecoder, 1);

  self->window_pixels = window_pixels;
  g_queue_init (&self->images);
  return self;
}

void
glz_decoder_free (GlzDecoder *self)
{
  if (!self)
    return;
  g_queue_clear_full (&self->images, (GDestroyNotify)image_free);
  g_free (self);
}

const GlzDecoderState *
glz_decoder_state (const GlzDecoder *self)
{
  return &self->state;
}

/* window */

/* images from @head on, and one of @n pixels, must fit */
static bool
check_window (GlzDecoder *self, uint64_t head, uint64_t n, GError **error)
{
  for (GList *l = self->images.head; l; l = l->next) {
    const Image *image = l->data;

    if (image->id >= head)
      n += image->n;
  }
  return n <= self->window_pixels ||
         fail (error, "pixels in the window", n, self->window_pixels);
}

static void
keep (GlzDecoder *self, Image *image, uint64_t head_distance)
{
  Image *oldest;

  self->head_id = image->id - head_distance;
  self->state.head_distance = head_distance;
  self->state.next_id = image->id + 1;
  g_queue_push_tail (&self->images, image);
  while ((oldest = g_queue_peek_head (&self->images))->id < self->head_id)
    image_free (g_queue_pop_head (&self->images));
  self->state.n_images = g_queue_get_length (&self->images);
}

/* nth from the newest */
static Image *
find_image (const Stream *s, uint64_t distance)
{
  if (distance > s->head_distance)
    return NULL;
  return g_queue_peek_nth (&s->decoder->images,
                           g_queue_get_length (&s->decoder->images) -
                               (guint)distance);
}

/* tokens */

/* 0 at the end, and @ok turns false */
static uint32_t
take (Stream *s, bool *ok)
{
  if (s->at == s->end) {
    *ok = false;
    return 0;
  }
  return *s->at++;
}

static void
put_word (uint8_t *pixel, uint32_t word)
{
  for (int i = 0; i < 3; i++, word >>= 5)
    pixel[i] = (uint8_t)((word & 31) << 3 | (word & 31) >> 2);
  pixel[3] = 0;
}

static bool
decode_literals (Stream *s, Pass pass, uint32_t n, GError **error)
{
  static const uint8_t sizes[] = {[COLOUR] = 3, [WORD] = 2, [ALPHA] = 1};

  if (n > s->image->n - s->position)
    return fail (error, "literals beyond the end", n,
                 s->image->n - s->position);
  if ((size_t)(s->end - s->at) < (size_t)n * sizes[pass])
    return fail (error, "end inside literals", (uint64_t)(s->end - s->at), n);
  for (; n; n--, s->position++, s->at += sizes[pass]) {
    uint8_t *to = s->image->pixels + 4 * (size_t)s->position;

    if (pass == COLOUR)
      memcpy (to, s->at, 3);
    else if (pass == WORD)
      put_word (to, (uint32_t)s->at[0] << 8 | s->at[1]);
    else
      to[3] = s->at[0];
  }
  return true;
}

static bool
check_match (const Stream *s, const Image *from, uint64_t images,
             uint64_t pixel, uint64_t length, GError **error)
{
  if (!from)
    return fail (error, "match into an image", images, s->head_distance);
  if (from->type != s->image->type)
    return fail (error, "match into an image of type", from->type,
                 s->image->type);
  if (length > s->image->n - s->position)
    return fail (error, "match beyond the end", length,
                 s->image->n - s->position);
  if (images == 0 && pixel >= s->position)
    return fail (error, "match from before the start", pixel, s->position);
  if (images > 0 && pixel + length > from->n)
    return fail (error, "match beyond the end of its image", pixel + length,
                 from->n);
  return true;
}

static void
note_match (GlzDecoderState *state, uint64_t images, uint64_t pixel)
{
  state->max_image = MAX (state->max_image, images);
  state->max_pixel = MAX (state->max_pixel, pixel);
  state->references += images > 0;
}

static bool
copy_match (Stream *s, Pass pass, uint64_t images, uint64_t pixel,
            uint64_t length, GError **error)
{
  const Image *from = images ? find_image (s, images) : s->image;
  const uint8_t *source;

  if (!check_match (s, from, images, pixel, length, error))
    return false;
  note_match (&s->decoder->state, images, pixel);
  if (images == 0)
    pixel = s->position - (pixel + 1);
  source = from->pixels + 4 * pixel;
  for (; length; length--, s->position++, source += 4) {
    uint8_t *to = s->image->pixels + 4 * (size_t)s->position;

    if (pass == ALPHA)
      to[3] = source[3];
    else
      memcpy (to, source, 4);
  }
  return true;
}

static bool
decode_match (Stream *s, Pass pass, uint32_t token, GError **error)
{
  uint64_t length = token >> 5, images, pixel = token & 15;
  bool is_long = token & 16, ok = true;
  uint32_t more = 255, control, n;

  if (length == 7)
    while (more == 255 && ok)
      length += more = take (s, &ok);
  pixel += take (s, &ok) << 4;
  control = take (s, &ok);
  n = control >> 6;
  images = is_long ? 0 : control & 63;
  for (uint32_t j = 0; j < n; j++)
    images += (uint64_t)take (s, &ok) << (8 * j + (is_long ? 0 : 6));
  if (is_long) {
    pixel += (control & 31) << 12;
    if (control & 32)
      pixel += take (s, &ok) << 17;
  }
  if (!ok)
    return fail (error, "end inside a match", s->position, s->image->n);
  return copy_match (s, pass, images, pixel, length + pass, error);
}

static bool
decode_pass (Stream *s, Pass pass, GError **error)
{
  s->position = 0;
  while (s->position < s->image->n) {
    bool ok = true;
    uint32_t token = take (s, &ok);

    if (!ok)
      return fail (error, "end before the last pixel", s->position,
                   s->image->n);
    if (token < MAX_LITERALS ? !decode_literals (s, pass, token + 1, error)
                             : !decode_match (s, pass, token, error))
      return false;
  }
  return true;
}

static bool
decode_passes (Stream *s, GError **error)
{
  Pass first = s->image->type == LZ_RGB16 ? WORD : COLOUR;

  if (!decode_pass (s, first, error))
    return false;
  if (s->image->type == LZ_RGBA && !decode_pass (s, ALPHA, error))
    return false;
  return s->at == s->end ||
         fail (error, "bytes left over", (uint64_t)(s->end - s->at), 0);
}

/* output */

static const struct {
  uint8_t format, bytes; /* of a pixel */
} lz_types[LZ_N_TYPES] = {
    [LZ_RGB16] = {SPICE_BITMAP_FMT_16BIT, 2},
    [LZ_RGB24] = {SPICE_BITMAP_FMT_24BIT, 3},
    [LZ_RGB32] = {SPICE_BITMAP_FMT_32BIT, 4},
    [LZ_RGBA] = {SPICE_BITMAP_FMT_RGBA, 4},
};

static void
give_pixels (const Image *image, ImagePixels *out)
{
  unsigned bytes = lz_types[image->type].bytes;

  out->pixels = g_malloc ((size_t)image->n * bytes);
  for (size_t i = 0; i < image->n; i++) {
    const uint8_t *from = image->pixels + 4 * i;
    uint8_t *to = out->pixels + bytes * i;

    if (bytes == 2) {
      uint32_t word =
          from[0] >> 3 | from[1] >> 3 << 5 | (uint32_t)from[2] >> 3 << 10;

      to[0] = (uint8_t)word;
      to[1] = (uint8_t)(word >> 8);
    } else {
      memcpy (to, from, bytes);
    }
  }
}

/* streams */

static uint64_t
number_at (const uint8_t *at, unsigned n_bytes)
{
  uint64_t value = 0;

  for (; n_bytes; n_bytes--)
    value = value << 8 | *at++;
  return value;
}

static bool
check_header (GlzDecoder *self, const uint8_t *header, ImagePixels *out,
              uint64_t most, GError **error)
{
  uint64_t id = number_at (header + 21, 8);
  uint64_t head_distance = number_at (header + 29, 4);

  out->lz_type = header[8] & 15;
  out->top_down = header[8] & 16;
  out->width = (uint32_t)number_at (header + 9, 4);
  out->height = (uint32_t)number_at (header + 13, 4);
  out->stride = (size_t)number_at (header + 17, 4);
  if (number_at (header, 4) != MAGIC || number_at (header + 4, 4) != VERSION)
    return fail (error, "GLZ magic", number_at (header, 4), MAGIC);
  if (header[8] >> 5 || out->lz_type >= LZ_N_TYPES ||
      !lz_types[out->lz_type].format)
    return fail (error, "GLZ type", header[8], LZ_RGB32);
  out->format = lz_types[out->lz_type].format;
  most = MIN (most, IMAGE_DECODERS_LIMIT) / 4;
  if (out->width == 0 || out->height == 0 || out->width > most / out->height)
    return fail (error, "GLZ size", out->width, most);
  if (out->stride != (uint64_t)out->width * lz_types[out->lz_type].bytes)
    return fail (error, "GLZ stride", out->stride, out->width);
  if (id != self->state.next_id)
    return fail (error, "GLZ id", id, self->state.next_id);
  if (head_distance > id - self->head_id)
    return fail (error, "GLZ head's distance", head_distance,
                 id - self->head_id);
  return check_window (self, id - head_distance,
                       (uint64_t)out->width * out->height, error);
}

bool
glz_decoder_decode (GlzDecoder *self, const uint8_t *data, size_t size,
                    ImagePixels *out, GError **error)
{
  g_autoptr (Image) image = NULL;
  Stream s = {.decoder = self};

  memset (out, 0, sizeof *out);
  if (size < HEADER_SIZE)
    return fail (error, "GLZ header", size, HEADER_SIZE);
  if (!check_header (self, data, out, (uint64_t)size * GROWTH, error))
    return false;
  image = g_new0 (Image, 1);
  image->id = self->state.next_id;
  image->type = out->lz_type;
  image->n = out->width * out->height;
  image->pixels = g_malloc0 (4 * (size_t)image->n);
  s.image = image;
  s.at = data + HEADER_SIZE;
  s.end = data + size;
  s.head_distance = number_at (data + 29, 4);
  if (!decode_passes (&s, error))
    return false;
  give_pixels (image, out);
  keep (self, g_steal_pointer (&image), s.head_distance);
  return true;
}

bool
glz_decoder_decode_zlib (GlzDecoder *self, const uint8_t *data, size_t size,
                         size_t glz_size, ImagePixels *out, GError **error)
{
  g_autofree uint8_t *stream = NULL;
  uLongf inflated = glz_size;
  uLong used = size;

  memset (out, 0, sizeof *out);
  if (glz_size > IMAGE_DECODERS_LIMIT || glz_size / ZLIB_GROWTH > size)
    return fail (error, "GLZ size", glz_size, IMAGE_DECODERS_LIMIT);
  stream = g_malloc (glz_size + 1);
  if (uncompress2 (stream, &inflated, data, &used) != Z_OK || used != size)
    return fail (error, "zlib stream's bytes", used, size);
  if (inflated != glz_size)
    return fail (error, "inflated bytes", inflated, glz_size);
  return glz_decoder_decode (self, stream, inflated, out, error);
}

bool
glz_decoder_decode_payload (GlzDecoder *self, uint8_t type,
                            const uint8_t *payload, size_t size,
                            ImagePixels *out, GError **error)
{
  bool is_zlib = type == SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB;
  size_t head = is_zlib ? 8 : 4;
  uint32_t sizes[2];

  memset (out, 0, sizeof *out);
  if (!is_zlib && type != SPICE_IMAGE_TYPE_GLZ_RGB)
    return fail (error, "image type", type, SPICE_IMAGE_TYPE_GLZ_RGB);
  if (size < head)
    return fail (error, "payload's head", size, head);
  memcpy (sizes, payload, head);
  if (GUINT32_FROM_LE (sizes[is_zlib]) != size - head)
    return fail (error, "data size", GUINT32_FROM_LE (sizes[is_zlib]),
                 size - head);
  if (is_zlib)
    return glz_decoder_decode_zlib (self, payload + head, size - head,
                                    GUINT32_FROM_LE (sizes[0]), out, error);
  return glz_decoder_decode (self, payload + head, size - head, out, error);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image-vectors-glz.h"

#include "image-decoders-glz.h"

#include <spice/enums.h>
#include <string.h>

/* of vectors without a sequence */
enum { LONE_WINDOW = 1 << 20 };

struct _GlzSequence {
  char *name;
  GlzDecoder *reference, *ours;
  SpcGlzDictionary *dictionary;
};

static void
clear (GlzSequence *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->reference, glz_decoder_free);
  g_clear_pointer (&self->ours, glz_decoder_free);
  g_clear_pointer (&self->dictionary, spc_glz_dictionary_free);
}

GlzSequence *
glz_sequence_new (void)
{
  return g_new0 (GlzSequence, 1);
}

void
glz_sequence_free (GlzSequence *self)
{
  if (!self)
    return;
  clear (self);
  g_free (self);
}

void
glz_sequence_enter (GlzSequence *self, const Vector *vector)
{
  uint64_t window = *vector->sequence ? vector->window_pixels : LONE_WINDOW;

  if (*vector->sequence && g_strcmp0 (self->name, vector->sequence) == 0)
    return;
  clear (self);
  self->name = g_strdup (vector->sequence);
  self->reference = glz_decoder_new (window);
  self->ours = glz_decoder_new (window);
  self->dictionary = spc_glz_dictionary_new (window);
}

static bool
is_deflated (const Vector *vector)
{
  return vector->glz_size > 0;
}

bool
glz_sequence_decode (GlzSequence *self, const Vector *vector, GBytes *output,
                     ImagePixels *pixels, GError **error)
{
  size_t size;
  const uint8_t *data = g_bytes_get_data (output, &size);

  if (is_deflated (vector))
    return glz_decoder_decode_zlib (self->reference, data, size,
                                    vector->glz_size, pixels, error);
  return glz_decoder_decode (self->reference, data, size, pixels, error);
}

static bool
check_numbers (const GlzSequence *self, const Vector *vector,
               const SpcGlzStream *stream, GError **error)
{
  const GlzDecoderState *state = glz_decoder_state (self->reference);

  if (stream->id == vector->glz_id &&
      stream->head_distance == vector->win_head_dist &&
      state->head_distance == stream->head_distance)
    return true;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               "id %" G_GUINT64_FORMAT " and head's distance %u, expected "
               "%u and %u",
               stream->id, stream->head_distance, vector->glz_id,
               vector->win_head_dist);
  return false;
}

bool
glz_sequence_encode (GlzSequence *self, const Vector *vector, QxlImage *image,
                     SpcScratch *scratch, ImagePixels *pixels, size_t *size,
                     GError **error)
{
  g_auto (SpcGlzStream) stream = {0};
  SpcEncodedImage encoded;
  const uint8_t *payload;
  bool ok;

  if (!spc_glz_encode_stored (self->dictionary, image, vector->top_down,
                              scratch, &stream, error) ||
      !check_numbers (self, vector, &stream, error))
    return false;
  if (is_deflated (vector))
    spc_glz_stream_deflate (&stream, scratch);
  spc_glz_stream_payload (&stream, stream.id, &encoded);
  spc_encoded_image_join (&encoded);
  payload = g_bytes_get_data (encoded.payload, size);
  ok = glz_decoder_decode_payload (self->ours, encoded.type, payload, *size,
                                   pixels, error);
  *size -= encoded.type == SPICE_IMAGE_TYPE_GLZ_RGB ? 4 : 8;
  spc_encoded_image_clear (&encoded);
  return ok;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glz.h – the GLZ image format: LZ over a window of past images (spec: GLZ).
 *
 * A dictionary numbers the images it codes and keeps them, by reference where
 * it can, while they are in its window; an image's stream refers to those
 * before it by how many images ago they were. Only the id in the header is
 * absolute, so viewers who were sent the same images since the last reset share
 * a dictionary and its streams, each under ids of its own counting.
 * A viewer must be sent each image of the window exactly once and in order; one
 * that missed an image must wait for the next reset. Its ids start at 0, have
 * no gap, and go on counting over resets.
 * Threads: any, one at a time for a dictionary (a strand). */
#pragma once

#include "encoder.h"

typedef struct _SpcGlzDictionary SpcGlzDictionary;

/* An image's stream but for the numbers before it. Plain data; the body may be
 * shared by any number of viewers and threads. */
typedef struct {
  uint8_t type; /* SPICE_IMAGE_TYPE_GLZ_RGB or _ZLIB_GLZ_RGB */
  uint32_t width, height;
  uint64_t id;            /* the dictionary's, counted from 0 */
  uint32_t head_distance; /* to the oldest image of the window */
  uint8_t lz_type;        /* and orientation, as in the header */
  uint32_t stride;
  GBytes *body;        /* tokens; those of ZLIB_GLZ_RGB deflated */
  uint32_t body_adler; /* of the tokens; 0 for GLZ_RGB */
  size_t tokens;       /* bytes before deflating */
} SpcGlzStream;

/* life */

/**
 * spc_glz_dictionary_new:
 * @window_pixels: at most what the client offered in DISPLAY_INIT, or the least
 *   of all clients; more than 2^25 is taken as that
 */
SpcGlzDictionary *spc_glz_dictionary_new (uint64_t window_pixels);
void spc_glz_dictionary_free (SpcGlzDictionary *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcGlzDictionary, spc_glz_dictionary_free)

/* work */

/* whether images of that format are coded at all */
bool spc_glz_takes_format (QxlFormat format);
/* whether an image of that size can be coded; if not, no id is used up */
bool spc_glz_dictionary_takes (const SpcGlzDictionary *self, QxlFormat format,
                               uint32_t width, uint32_t height);

/**
 * spc_glz_encode:
 * @dictionary: takes the image, see spc_glz_dictionary_takes
 * @image: kept until it leaves the window
 * @scratch: of the calling worker
 * @out: filled; clear it afterwards
 *
 * Codes the next image. Other than with the encodings of encoder.h, the stream
 * may be larger than the plain pixels, and must be sent all the same: images
 * after it may refer to it.
 *
 * Returns: false if the dictionary does not take the image
 */
bool spc_glz_encode (SpcGlzDictionary *dictionary, QxlImage *image,
                     SpcScratch *scratch, SpcGlzStream *out, GError **error);
/* the same, of rows in another storage order: bottom to top if not @top_down */
bool spc_glz_encode_stored (SpcGlzDictionary *dictionary, QxlImage *image,
                            bool top_down, SpcScratch *scratch,
                            SpcGlzStream *out, GError **error);

/* another stream with the same body; clear it afterwards */
SpcGlzStream spc_glz_stream_copy (const SpcGlzStream *self);
/* is it a GLZ_RGB stream large enough to be worth deflating? */
bool spc_glz_stream_may_deflate (const SpcGlzStream *self);
/* Makes ZLIB_GLZ_RGB of a GLZ_RGB stream, if that saves bytes; else it stays as
 * it is. For slow links: costs some forty times what the coding did. */
void spc_glz_stream_deflate (SpcGlzStream *self, SpcScratch *scratch);

/* forgets all images: the next one refers to none before it, and viewers may
 * join with it */
void spc_glz_dictionary_reset (SpcGlzDictionary *self);

/* bytes held, images kept by reference included: at most 4 for each pixel of
 * the window, 5 if they have alpha, and 2 MiB */
size_t spc_glz_dictionary_size (const SpcGlzDictionary *self);

/* sending */

/* the payload after the image descriptor, for a viewer to whom this is the
 * image @id (its own counting, from 0 without gaps); the body is shared */
void spc_glz_stream_payload (const SpcGlzStream *self, uint64_t id,
                             SpcEncodedImage *out);
void spc_glz_stream_clear (SpcGlzStream *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SpcGlzStream, spc_glz_stream_clear)

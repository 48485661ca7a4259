/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image-vectors-jpeg.h – the two sides of a JPEG vector.
 *
 * Neither needs to be the other's bytes: the index tells how well the reference
 * resembles the input, in dB, and both must come within half a dB of it. Alphas
 * must be exact. Threads: any. */
#pragma once

#include "image-decoders.h"
#include "server-core/image/codec.h"
#include "vector-index.h"

/* whether @vector is to be compared so */
bool jpeg_vector_is_one (const Vector *vector);
/* @input: rows of @format as the index tells; @pixels may be of that format, or
 * of four bytes */
bool jpeg_vector_compare (const Vector *vector, GBytes *input, QxlFormat format,
                          const ImagePixels *pixels, GError **error);
/* a reference's data without the payload's head */
bool jpeg_vector_decode (const Vector *vector, GBytes *output,
                         ImagePixels *pixels, GError **error);
/* what our payload of @image at the vector's quality decodes to, however large
 * it is; the bytes after its head in *@size */
bool jpeg_vector_encode (const Vector *vector, const QxlImage *image,
                         SpcScratch *scratch, ImagePixels *pixels, size_t *size,
                         GError **error);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image-vectors-glz.h – the two sides of a sequence of GLZ vectors.
 *
 * Vectors of one sequence share a window: the reference's streams are decoded
 * with one, and ours, made of the same images in the same order, with another.
 * A vector of another sequence than the one before, or of none, starts anew.
 * Threads: any, one at a time. */
#pragma once

#include "image-decoders.h"
#include "server-core/image/glz.h"
#include "vector-index.h"

typedef struct _GlzSequence GlzSequence;

GlzSequence *glz_sequence_new (void);
void glz_sequence_free (GlzSequence *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GlzSequence, glz_sequence_free)

/* to be called first with each vector */
void glz_sequence_enter (GlzSequence *self, const Vector *vector);
/* a payload of the reference, without its sizes */
bool glz_sequence_decode (GlzSequence *self, const Vector *vector,
                          GBytes *output, ImagePixels *pixels, GError **error);
/* Codes @image, its rows in storage order, and checks that id and head are the
 * vector's; returns what it decodes to, and the bytes of data it made. */
bool glz_sequence_encode (GlzSequence *self, const Vector *vector,
                          QxlImage *image, SpcScratch *scratch,
                          ImagePixels *pixels, size_t *size, GError **error);

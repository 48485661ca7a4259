/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* random-images.h – images of all kinds, from a seed.
 *
 * Letters, photos, one colour, noise, with and without alpha; and now and then
 * one from before, as itself or as a copy with the same pixels. One thread. */
#pragma once

#include "qxl/image.h"

typedef struct _RandomImages RandomImages;

/* @random: not owned */
RandomImages *random_images_new (GRand *random);
void random_images_free (RandomImages *self);
/* the next one, of at least that size; (transfer full) */
QxlImage *random_images_next (RandomImages *self, uint32_t width,
                              uint32_t height);

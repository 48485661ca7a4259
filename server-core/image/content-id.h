/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* content-id.h – a name for what an image shows: equal pixels, equal name.
 *
 * 128 bits of a keyed hash over format, width, height and the pixels, row by
 * row, without the padding between rows, and the palette if there is one. The
 * key is drawn at random once a process and never leaves it, so ids mean
 * nothing elsewhere or later.
 *
 * Whoever draws (a page in a browser, a pipeline) may choose pixels at will
 * but must not be able to make two images that share an id: a viewer would be
 * shown the other one. Each piece of at most 1024 bytes of a row goes through
 * NH, a universal hash: for any two different images of one format and size
 * chosen without the key, all of its sums agree with a probability of at most
 * 2^-128. What NH gives goes, behind format and size, through SipHash-2-4
 * with 128 bits, whose results tell nothing about either key; nobody is told
 * them anyway, only whether two images were taken for the same. So there is
 * nothing better than to try pairs, and of n images ever drawn two share an id
 * with a probability of about n^2 / 2^128.
 *
 * The fourth byte of BGRX counts: it is 0 in images we make, and where it is
 * not, equal pictures only get different names. Any thread. */
#pragma once

#include "qxl/image.h"

#include <stdbool.h>

typedef struct {
  uint64_t words[2];
} SpcContentId;

SpcContentId spc_content_id (const QxlImage *image);

static inline bool
spc_content_id_is_equal (const SpcContentId *a, const SpcContentId *b)
{
  return a->words[0] == b->words[0] && a->words[1] == b->words[1];
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glz-match.h – finds what an image repeats of its dictionary's window.
 *
 * A pass is the pixels of one image, all rows without a gap (spec: GLZ).
 * Greedy: at each place the best of the unit before, the one above, the one
 * that goes on where the last match into another image ended, and the latest
 * places where few and where several units were the same.
 * Threads: those of the dictionary. */
#pragma once

#include "glz-dictionary.h"

/* Each writes the tokens of one pass over @image, the dictionary's newest, to
 * @to, never at @end or beyond, and returns where the next pass begins, or
 * NULL if they do not fit. */

uint8_t *spc_glz_write_colours (SpcGlzDictionary *dictionary,
                                const SpcGlzImage *image, uint8_t *to,
                                const uint8_t *end);
uint8_t *spc_glz_write_words (SpcGlzDictionary *dictionary,
                              const SpcGlzImage *image, uint8_t *to,
                              const uint8_t *end);
uint8_t *spc_glz_write_alphas (SpcGlzDictionary *dictionary,
                               const SpcGlzImage *image, uint8_t *to,
                               const uint8_t *end);

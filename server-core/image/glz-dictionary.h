/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glz-dictionary.h – the window of past images that GLZ refers to; image/ only.
 *
 * Life and use are in glz.h; this is what its matcher works on. Each pixel of
 * the window has a place, a number below 2^SPC_GLZ_PLACE_BITS; places are given
 * in turn, those of an image from a page's start on. The hash tables hold
 * places and need no clearing: what a stale entry names is looked up, compared,
 * and found to be another image's pixel or none at all.
 * Memory: the window's pixels, 4 bytes each (of images with several alphas 5),
 * and SPC_GLZ_MAX_OVERHEAD, beside what the store has ready. Images that own
 * tight B G R x or 16-bit pixels are kept themselves, of others a copy; nothing
 * else is kept with them. An image that fills most of the window is taken, too,
 * though it throws out what was there: with pictures of 0.22 to 0.88 of the
 * window between office work, leaving them to LZ made the work 7 % smaller, but
 * all 5 % larger. Threads: any, one at a time. */
#pragma once

#include "glz-store.h"
#include "glz.h"
#include "lz.h"

enum {
  SPC_GLZ_PLACE_BITS = 26,
  SPC_GLZ_PAGE_BITS = 8,     /* places of a page belong to one image */
  SPC_GLZ_MAX_IMAGES = 4096, /* of a window; a page of padding each at most */
  SPC_GLZ_MAX_WINDOW = 1 << 25,   /* pixels; the format's pixel numbers */
  SPC_GLZ_MAX_OVERHEAD = 2 << 20, /* bytes: tables, and what describes images */
};

/* hash tables, by the pixels under the hash: a letter's stroke, a letter, some
 * letters, what is worth a token whatever it costs */
typedef enum {
  SPC_GLZ_SHORT,
  SPC_GLZ_MIDDLE,
  SPC_GLZ_LONG,
  SPC_GLZ_LONGEST,
  SPC_GLZ_N_TABLES
} SpcGlzTable;

/* entries of each, as a power of 2; twice as many in all gain 0.7 % */
enum {
  SPC_GLZ_SHORT_BITS = 14,
  SPC_GLZ_MIDDLE_BITS = 16,
  SPC_GLZ_LONG_BITS = 16,
  SPC_GLZ_LONGEST_BITS = 15
};

/* an image of the window */
typedef struct {
  uint64_t id;
  SpcLzType type;
  uint32_t width;
  uint32_t n_pixels;
  uint32_t first;        /* place of its first pixel */
  const uint8_t *units;  /* what the first pass codes, without padding; NULL
                            once it is out of the window */
  const uint8_t *alphas; /* RGBA only; NULL: all are @alpha */
  uint8_t alpha;
  QxlImage *image; /* owned; NULL if the units are our own memory */
  uint8_t *planes; /* that memory, of the store */
} SpcGlzImage;

struct _SpcGlzDictionary {
  uint64_t window_pixels;
  /* images from head to next - 1 are in the window, and the newest of them may
   * be the one being coded */
  uint64_t head_id, next_id;
  uint64_t n_pixels;   /* of them */
  SpcGlzImage *images; /* at id % SPC_GLZ_MAX_IMAGES */
  /* places */
  uint32_t next_place;
  uint32_t place_mask;
  uint16_t *pages; /* place >> SPC_GLZ_PAGE_BITS → index in images */
  /* entries: a tag of the hash << SPC_GLZ_PLACE_BITS | place */
  uint32_t *tables[SPC_GLZ_N_TABLES];
  SpcGlzStore *store; /* owned: of planes */
  size_t own_bytes;   /* in planes */
};

/* Takes @image into the window after those that leave it for that. Only if
 * spc_glz_dictionary_takes says so. */
const SpcGlzImage *spc_glz_dictionary_add (SpcGlzDictionary *self,
                                           QxlImage *image);

static inline const SpcGlzImage *
spc_glz_dictionary_image (const SpcGlzDictionary *self, uint64_t id)
{
  return &self->images[id % SPC_GLZ_MAX_IMAGES];
}

/* the image that had @place last; it may have left the window since, and the
 * place may be beyond its end */
static inline const SpcGlzImage *
spc_glz_dictionary_find (const SpcGlzDictionary *self, uint32_t place)
{
  return &self->images[self->pages[place >> SPC_GLZ_PAGE_BITS]];
}

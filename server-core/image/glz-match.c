/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glz-match.c – one body for all unit sizes, see lz-search.h. */
#include "glz-match.h"

#include "lz-search.h"

#define INLINE SPC_LZ_INLINE

typedef SpcLzKind Kind;

/* Format limits: spec: GLZ */
enum {
  NEAR_PIXELS = 4096,   /* pixel numbers of the short form */
  LONG_PIXELS = 131072, /* those that need a byte more in the long form */
  NEAR_IMAGES = 64,     /* image distances in the short form's control byte */
  HEAD_BYTES = 3,       /* of a match, at least */
};

/* Search limits, found by measuring screenshots */
enum {
  LONG_ENOUGH = 32,  /* units; a match so long is not compared with others */
  INSERT_LIMIT = 16, /* units; inside longer matches only some are hashed */
  INSERT_STEP = 64,
  PATIENCE = 8,   /* literals, after which a gain of 1 byte is passed by */
  SKIP_SHIFT = 6, /* literals, before steps over noise grow longer */
  MAX_STEP = 32,  /* units */
  TWINS = 64,     /* images looked at for one of the same size */
};

typedef struct {
  const SpcGlzDictionary *dictionary;
  const SpcGlzImage *image;
  const uint8_t *units;
  uint32_t n;
  /* where the last match into another image leads */
  const SpcGlzImage *again;
  int64_t again_shift; /* to be added to a position in this image */
} Search;

typedef struct {
  const SpcGlzImage *image; /* from where */
  uint32_t from;            /* its pixel */
  uint32_t length;          /* units */
  int64_t gain;             /* bytes saved against literals */
} Match;

/* units */

INLINE const uint8_t *
units_of (const Kind kind, const SpcGlzImage *image)
{
  return kind.size == 1 ? image->alphas : image->units;
}

INLINE const uint8_t *
unit_at (const Kind kind, const SpcGlzImage *image, uint32_t at)
{
  return units_of (kind, image) + (size_t)at * kind.size;
}

/* hash tables: an entry is a place, and above it bits of the hash that tell
 * most of the others with the same slot apart */

#define PLACE_MASK ((1u << SPC_GLZ_PLACE_BITS) - 1)

INLINE uint32_t *
long_slot (const Kind kind, const Search *s, uint32_t at, uint32_t *tag)
{
  uint64_t hash = spc_lz_long_hash (kind, s->units + (size_t)at * kind.size);

  *tag = (uint32_t)(hash >> 8) & ~PLACE_MASK;
  return s->dictionary->long_table + (hash >> (64 - SPC_GLZ_LONG_BITS));
}

INLINE uint32_t *
short_slot (const Kind kind, const Search *s, uint32_t at, uint32_t *tag)
{
  uint64_t key = spc_lz_load (s->units + (size_t)at * kind.size,
                              kind.short_units * kind.size);
  uint64_t hash = key * 0x9e3779b97f4a7c15u;

  *tag = (uint32_t)(hash >> 8) & ~PLACE_MASK;
  return s->dictionary->short_table + (hash >> (64 - SPC_GLZ_SHORT_BITS));
}

INLINE uint32_t
place_of (const Search *s, uint32_t at)
{
  return (s->image->first + at) & s->dictionary->place_mask;
}

INLINE void
insert (const Kind kind, const Search *s, uint32_t at)
{
  uint32_t tag, *slot;

  if (s->n - at < kind.long_units)
    return;
  slot = long_slot (kind, s, at, &tag);
  *slot = tag | place_of (s, at);
  slot = short_slot (kind, s, at, &tag);
  *slot = tag | place_of (s, at);
}

/* matches */

/* bytes of the match but for length bytes; in the form that the format wants
 * for these numbers */
INLINE unsigned
match_head (uint64_t images, uint32_t pixel)
{
  unsigned bytes = HEAD_BYTES;
  unsigned bits = pixel < NEAR_PIXELS ? 6 : 0;

  for (images >>= bits; images; images >>= 8)
    bytes++;
  return bytes + (pixel >= LONG_PIXELS);
}

INLINE unsigned
match_cost (const Kind kind, const Search *s, const SpcGlzImage *image,
            uint32_t from, uint32_t at, uint32_t length)
{
  uint32_t pixel = image == s->image ? at - from - 1 : from;

  return match_head (s->image->id - image->id, pixel) +
         spc_lz_length_bytes (length - kind.bias);
}

/* makes the match that starts at @from and @at the best if it saves more */
INLINE void
try_candidate (const Kind kind, const Search *s, const SpcGlzImage *image,
               uint32_t from, uint32_t at, Match *best)
{
  const uint8_t *there = unit_at (kind, image, from);
  const uint8_t *here = s->units + (size_t)at * kind.size;
  size_t limit = MIN (image->n_pixels - from, s->n - at);
  uint32_t length;
  int64_t gain;

  if (spc_lz_load (there, kind.size) != spc_lz_load (here, kind.size))
    return;
  length = (uint32_t)(spc_lz_same_bytes (there, here, limit * kind.size) /
                      kind.size);
  if (length <= kind.bias)
    return;
  gain = (int64_t)length * kind.literal -
         match_cost (kind, s, image, from, at, length);
  if (gain > best->gain)
    *best = (Match){image, from, length, gain};
}

INLINE void
try_place (const Kind kind, const Search *s, uint32_t place, uint32_t at,
           Match *best)
{
  uint32_t from;
  const SpcGlzImage *image =
      spc_glz_dictionary_find (s->dictionary, place, &from);

  if (from < image->n_pixels && image->type == s->image->type &&
      (image != s->image || from < at))
    try_candidate (kind, s, image, from, at, best);
}

INLINE void
try_tables (const Kind kind, const Search *s, uint32_t at, Match *best)
{
  uint32_t *slot, tag, entry;

  if (s->n - at < kind.long_units)
    return;
  slot = long_slot (kind, s, at, &tag);
  entry = *slot;
  *slot = tag | place_of (s, at);
  if (((entry ^ tag) & ~PLACE_MASK) == 0 && best->length < LONG_ENOUGH)
    try_place (kind, s, entry, at, best);
  slot = short_slot (kind, s, at, &tag);
  entry = *slot;
  *slot = tag | place_of (s, at);
  if (((entry ^ tag) & ~PLACE_MASK) == 0 && best->length <= kind.long_units)
    try_place (kind, s, entry, at, best);
}

INLINE void
try_again (const Kind kind, const Search *s, uint32_t at, Match *best)
{
  int64_t from = at + s->again_shift;

  if (s->again && from >= 0 && from < s->again->n_pixels)
    try_candidate (kind, s, s->again, (uint32_t)from, at, best);
}

INLINE Match
find (const Kind kind, const Search *s, uint32_t at)
{
  Match best = {0};

  if (at >= 1)
    try_candidate (kind, s, s->image, at - 1, at, &best);
  if (at >= s->image->width)
    try_candidate (kind, s, s->image, at - s->image->width, at, &best);
  if (best.length < LONG_ENOUGH)
    try_again (kind, s, at, &best);
  try_tables (kind, s, at, &best);
  return best;
}

/* units before the match, down to @first, that belong to it as well */
INLINE uint32_t
extend_back (const Kind kind, const Search *s, uint32_t at, uint32_t first,
             const Match *match)
{
  uint32_t n = 0;

  while (
      at - n > first && match->from > n &&
      spc_lz_load (unit_at (kind, match->image, match->from - n - 1),
                   kind.size) ==
          spc_lz_load (s->units + (size_t)(at - n - 1) * kind.size, kind.size))
    n++;
  return n;
}

/* writing; NULL, once it does not fit, stays NULL */

INLINE uint8_t *
put_images (uint64_t images, unsigned n, uint8_t *out)
{
  for (; n; n--, images >>= 8)
    *out++ = (uint8_t)images;
  return out;
}

INLINE uint8_t *
put_match (const Kind kind, const Search *s, const Match *match, uint32_t at,
           uint8_t *out, const uint8_t *end)
{
  uint64_t images = s->image->id - match->image->id;
  uint32_t pixel = images ? match->from : at - match->from - 1;
  uint32_t field = match->length - kind.bias;
  unsigned head = match_head (images, pixel);
  bool far = pixel >= NEAR_PIXELS, farther = pixel >= LONG_PIXELS;
  unsigned n = head - HEAD_BYTES - farther;

  if (!out || (size_t)(end - out) < head + spc_lz_length_bytes (field))
    return NULL;
  *out++ = (uint8_t)(MIN (field, SPC_LZ_MAX_TOKEN_LENGTH) << 5 | far << 4 |
                     (pixel & 15));
  out = spc_lz_put_length (field, out);
  *out++ = (uint8_t)(pixel >> 4);
  if (!far) {
    *out++ = (uint8_t)(n << 6 | (images & (NEAR_IMAGES - 1)));
    return put_images (images >> 6, n, out);
  }
  *out++ = (uint8_t)(n << 6 | farther << 5 | (pixel >> 12 & 31));
  out = put_images (images, n, out);
  if (farther)
    *out++ = (uint8_t)(pixel >> 17);
  return out;
}

/* the pass */

INLINE void
insert_match (const Kind kind, const Search *s, const Match *match,
              uint32_t from, uint32_t to)
{
  if (to - from > INSERT_LIMIT) {
    if (match->image != s->image)
      for (; from < to - 2; from += INSERT_STEP)
        insert (kind, s, from);
    from = to - 2;
  }
  for (; from < to; from++)
    insert (kind, s, from);
}

/* an image before of the same size is likely to be what this one changes */
static const SpcGlzImage *
find_twin (const SpcGlzDictionary *dictionary, const SpcGlzImage *image)
{
  uint64_t first =
      MAX (dictionary->head_id, image->id > TWINS ? image->id - TWINS : 0);

  for (uint64_t id = image->id; id > first; id--) {
    const SpcGlzImage *other = spc_glz_dictionary_image (dictionary, id - 1);

    if (other->type == image->type && other->width == image->width &&
        other->n_pixels == image->n_pixels)
      return other;
  }
  return NULL;
}

INLINE uint8_t *
write_pass (const Kind kind, const SpcGlzDictionary *dictionary,
            const SpcGlzImage *image, uint8_t *out, const uint8_t *end)
{
  Search s = {.dictionary = dictionary,
              .image = image,
              .units = units_of (kind, image),
              .n = image->n_pixels,
              .again = find_twin (dictionary, image)};
  uint32_t at = 0, sent = 0;

  while (at < s.n && out) {
    uint32_t waiting = at - sent;
    Match match = find (kind, &s, at);

    if (match.gain <= (waiting >= PATIENCE ? 1 : 0)) {
      at += MIN (1 + (waiting >> SKIP_SHIFT), MIN (MAX_STEP, s.n - at));
      continue;
    }
    uint32_t back = extend_back (kind, &s, at, sent, &match);

    if (match.image != image) {
      s.again = match.image;
      s.again_shift = (int64_t)match.from - at;
    }
    out = spc_lz_put_literals (kind, s.units + (size_t)sent * kind.size,
                               at - back - sent, out, end);
    insert_match (kind, &s, &match, at + 1, at + match.length);
    at += match.length;
    sent = at;
    match.from -= back;
    match.length += back;
    out = put_match (kind, &s, &match, at - match.length, out, end);
  }
  return spc_lz_put_literals (kind, s.units + (size_t)sent * kind.size,
                              s.n - sent, out, end);
}

uint8_t *
spc_glz_write_colours (SpcGlzDictionary *dictionary, const SpcGlzImage *image,
                       uint8_t *to, const uint8_t *end)
{
  return write_pass ((Kind){4, 3, 0, 2, 4}, dictionary, image, to, end);
}

uint8_t *
spc_glz_write_words (SpcGlzDictionary *dictionary, const SpcGlzImage *image,
                     uint8_t *to, const uint8_t *end)
{
  return write_pass ((Kind){2, 2, 1, 2, 5}, dictionary, image, to, end);
}

uint8_t *
spc_glz_write_alphas (SpcGlzDictionary *dictionary, const SpcGlzImage *image,
                      uint8_t *to, const uint8_t *end)
{
  return write_pass ((Kind){1, 1, 2, 4, 8}, dictionary, image, to, end);
}

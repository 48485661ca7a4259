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
  INSERT_STEP = 64,  /* units between these */
  STEP = 4,          /* units between those hashed inside shorter matches */
  LONGEST_STEP = 12, /* units between those hashed longest */
  WORTHY = 8,     /* units; longer matches save something whatever they cost */
  PATIENCE = 8,   /* literals, after which a gain of 1 byte is passed by */
  SKIP_SHIFT = 6, /* literals, before steps over noise grow longer */
  MAX_STEP = 32,  /* units */
  TWINS = 64,     /* images looked at for one of the same size */
};

/* how positions of this image lie in another one: x and y shifted */
typedef struct {
  const SpcGlzImage *image; /* NULL: none */
  int64_t shift;            /* to be added to a position in row 0 */
  int64_t row_shift;        /* and for each row: the difference of widths */
} Alignment;

typedef struct {
  const SpcGlzDictionary *dictionary;
  const SpcGlzImage *image;
  const uint8_t *units;
  uint32_t n, row;
  /* kept here, so that the compiler need not fear that writing to a table
   * changes them */
  uint32_t *tables[SPC_GLZ_N_TABLES];
  uint32_t place_mask, first;
  uint32_t y, row_end;              /* of the current position */
  uint32_t last_long, last_longest; /* positions: units for no hash beyond */
  uint32_t next_longest;            /* position where it is used again */
  /* of the last long match into another image, and of the last that it did not
   * foresee */
  Alignment strong, recent;
} Search;

typedef struct {
  const SpcGlzImage *image; /* from where */
  const uint8_t *units;     /* the pass's in it */
  uint32_t from;            /* its pixel */
  uint32_t length;          /* units; 0: none */
} Match;

/* units */

INLINE const uint8_t *
units_of (const Kind kind, const SpcGlzImage *image)
{
  return kind.size == 1 ? image->alphas : image->units;
}

INLINE const uint8_t *
unit_here (const Kind kind, const Search *s, uint32_t at)
{
  return s->units + (size_t)at * kind.size;
}

/* hash tables: an entry is a place, and above it bits of the hash that tell
 * most of the others with the same slot apart */

#define PLACE_MASK ((1u << SPC_GLZ_PLACE_BITS) - 1)

INLINE uint32_t
place_of (const Search *s, uint32_t at)
{
  return (s->first + at) & s->place_mask;
}

/* puts @at into the table; returns whether the slot was for the same hash, and
 * the place it had */
INLINE bool
exchange (const Kind kind, const Search *s, SpcGlzTable table, uint32_t at,
          uint32_t *place)
{
  const unsigned units = table == SPC_GLZ_SHORT  ? kind.short_units
                         : table == SPC_GLZ_LONG ? kind.long_units
                                                 : kind.longest_units;
  const unsigned bits = table == SPC_GLZ_SHORT  ? SPC_GLZ_SHORT_BITS
                        : table == SPC_GLZ_LONG ? SPC_GLZ_LONG_BITS
                                                : SPC_GLZ_LONGEST_BITS;
  const unsigned step = table == SPC_GLZ_LONGEST ? 16 : 8; /* half of them */
  uint64_t hash =
      spc_lz_hash (unit_here (kind, s, at), units * kind.size, step);
  uint32_t tag = (uint32_t)(hash >> 8) & ~PLACE_MASK;
  uint32_t *slot = s->tables[table] + (hash >> (64 - bits));
  uint32_t entry = *slot;

  *slot = tag | place_of (s, at);
  *place = entry & s->place_mask;
  return ((entry ^ tag) & ~PLACE_MASK) == 0;
}

/* each fourth of the positions @from to before @to: a match found a few units
 * late is extended back */
INLINE void
insert (const Kind kind, const Search *s, uint32_t from, uint32_t to)
{
  uint32_t place;

  from = (from + STEP - 1) / STEP * STEP;
  to = MIN (to, s->last_long);
  for (uint32_t at = from; at < to; at += STEP) {
    exchange (kind, s, SPC_GLZ_SHORT, at, &place);
    exchange (kind, s, SPC_GLZ_LONG, at, &place);
  }
}

/* some positions inside a match, and some near its end */
INLINE void
insert_match (const Kind kind, const Search *s, const Match *match, uint32_t at)
{
  uint32_t end = at + match->length;

  at++;
  if (end - at > INSERT_LIMIT) {
    /* the other image may leave the window long before this one does */
    if (match->image != s->image)
      for (; end - at > INSERT_STEP; at += INSERT_STEP)
        insert (kind, s, at, at + STEP);
    at = end - STEP;
  }
  insert (kind, s, at, end);
}

/* candidates: each makes a match the best if it is longer */

INLINE void
try_match (const Kind kind, const Search *s, const Match match, uint32_t at,
           Match *best)
{
  const uint8_t *there = match.units + (size_t)match.from * kind.size;
  const uint8_t *here = unit_here (kind, s, at);
  uint32_t length;

  if (match.length < kind.min_units ||
      spc_lz_load (there, kind.min_units * kind.size) !=
          spc_lz_load (here, kind.min_units * kind.size))
    return;
  length = (uint32_t)(spc_lz_same_bytes (there, here,
                                         (size_t)match.length * kind.size) /
                      kind.size);
  if (length <= best->length)
    return;
  *best = match;
  best->length = length;
}

/* within the image; @from lies before @at */
INLINE void
try_own (const Kind kind, const Search *s, uint32_t from, uint32_t at,
         Match *best)
{
  try_match (kind, s, (Match){s->image, s->units, from, s->n - at}, at, best);
}

INLINE void
try_other (const Kind kind, const Search *s, const SpcGlzImage *image,
           uint32_t from, uint32_t at, Match *best)
{
  uint32_t limit = MIN (image->n_pixels - from, s->n - at);

  try_match (kind, s, (Match){image, units_of (kind, image), from, limit}, at,
             best);
}

INLINE void
try_place (const Kind kind, const Search *s, uint32_t place, uint32_t at,
           Match *best)
{
  uint32_t from = (place - s->first) & s->place_mask;
  const SpcGlzImage *image;

  if (from < s->n) {
    if (from < at)
      try_own (kind, s, from, at, best);
    return;
  }
  image = spc_glz_dictionary_find (s->dictionary, place);
  from = (place - image->first) & s->place_mask;
  if (from < image->n_pixels && image->type == s->image->type)
    try_other (kind, s, image, from, at, best);
}

INLINE void
try_alignment (const Kind kind, const Search *s, const Alignment *alignment,
               uint32_t at, Match *best)
{
  int64_t from = at + alignment->shift + s->y * alignment->row_shift;

  if (alignment->image && from >= 0 && from < alignment->image->n_pixels)
    try_other (kind, s, alignment->image, (uint32_t)from, at, best);
}

INLINE void
try_tables (const Kind kind, Search *s, uint32_t at, Match *best)
{
  uint32_t place;

  if (at >= s->next_longest && at < s->last_longest) {
    s->next_longest = at + LONGEST_STEP;
    if (exchange (kind, s, SPC_GLZ_LONGEST, at, &place))
      try_place (kind, s, place, at, best);
    if (best->length >= kind.longest_units)
      return;
  }
  if (at >= s->last_long)
    return;
  if (exchange (kind, s, SPC_GLZ_LONG, at, &place))
    try_place (kind, s, place, at, best);
  if (best->length > kind.long_units)
    return;
  if (exchange (kind, s, SPC_GLZ_SHORT, at, &place))
    try_place (kind, s, place, at, best);
}

INLINE Match
find (const Kind kind, Search *s, uint32_t at)
{
  Match best = {0};

  if (at >= 1)
    try_own (kind, s, at - 1, at, &best);
  if (at >= s->row)
    try_own (kind, s, at - s->row, at, &best);
  if (best.length >= LONG_ENOUGH)
    return best;
  try_alignment (kind, s, &s->strong, at, &best);
  try_alignment (kind, s, &s->recent, at, &best);
  if (best.length < LONG_ENOUGH)
    try_tables (kind, s, at, &best);
  return best;
}

/* units before the match, down to @first, that belong to it as well */
INLINE uint32_t
extend_back (const Kind kind, const Search *s, uint32_t at, uint32_t first,
             const Match *match)
{
  const uint8_t *there = match->units + (size_t)match->from * kind.size;
  const uint8_t *here = unit_here (kind, s, at);
  uint32_t limit = MIN (at - first, match->from), n = 0;

  while (n < limit && spc_lz_load (there -= kind.size, kind.size) ==
                          spc_lz_load (here -= kind.size, kind.size))
    n++;
  return n;
}

/* alignments */

INLINE void
note_alignment (Search *s, const Match *match, uint32_t at)
{
  Alignment *strong = &s->strong;
  Alignment *recent = &s->recent;
  int64_t row_shift = (int64_t)match->image->width - s->row;
  Alignment seen = {match->image, (int64_t)match->from - at - s->y * row_shift,
                    row_shift};

  if (recent->image == seen.image && recent->shift == seen.shift)
    return;
  if (match->length < LONG_ENOUGH) {
    *recent = seen;
    return;
  }
  *recent = *strong;
  *strong = seen;
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

/* writing; NULL, once it does not fit, stays NULL */

/* bytes of a match but for length bytes, in the one form that the format has
 * for these numbers */
INLINE unsigned
match_head (uint64_t images, uint32_t pixel)
{
  unsigned bytes = HEAD_BYTES;

  for (images >>= pixel < NEAR_PIXELS ? 6 : 0; images; images >>= 8)
    bytes++;
  return bytes + (pixel >= LONG_PIXELS);
}

/* P of the format */
INLINE uint32_t
pixel_number (const Search *s, const Match *match, uint32_t at)
{
  return match->image == s->image ? at - match->from - 1 : match->from;
}

/* bytes saved against literals */
INLINE int64_t
match_gain (const Kind kind, const Search *s, const Match *match, uint32_t at)
{
  unsigned head =
      match_head (s->image->id - match->image->id, pixel_number (s, match, at));

  return (int64_t)match->length * kind.literal - head -
         spc_lz_length_bytes (match->length - kind.bias);
}

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
  uint32_t pixel = pixel_number (s, match, at);
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

INLINE Search
search_over (const Kind kind, const SpcGlzDictionary *dictionary,
             const SpcGlzImage *image)
{
  uint32_t n = image->n_pixels;

  return (Search){
      .dictionary = dictionary,
      .image = image,
      .units = units_of (kind, image),
      .n = n,
      .row = image->width,
      .tables = {dictionary->tables[SPC_GLZ_SHORT],
                 dictionary->tables[SPC_GLZ_LONG],
                 dictionary->tables[SPC_GLZ_LONGEST]},
      .place_mask = dictionary->place_mask,
      .first = image->first,
      .row_end = image->width,
      .last_long = n >= kind.long_units ? n - kind.long_units + 1 : 0,
      .last_longest = n >= kind.longest_units ? n - kind.longest_units + 1 : 0,
      .strong.image = find_twin (dictionary, image),
  };
}

/* a match at @at worth its token; length 0 if there is none */
INLINE Match
find_worthy (const Kind kind, Search *s, uint32_t at, uint32_t waiting)
{
  Match match;

  for (; at >= s->row_end; s->row_end += s->row)
    s->y++;
  match = find (kind, s, at);
  if (match.length && match.length <= WORTHY &&
      match_gain (kind, s, &match, at) <= (waiting >= PATIENCE ? 1 : 0))
    match.length = 0;
  return match;
}

INLINE uint8_t *
write_pass (const Kind kind, const SpcGlzDictionary *dictionary,
            const SpcGlzImage *image, uint8_t *out, const uint8_t *end)
{
  Search s = search_over (kind, dictionary, image);
  uint32_t at = 0, sent = 0;

  while (at < s.n && out) {
    uint32_t waiting = at - sent, back;
    Match match = find_worthy (kind, &s, at, waiting);

    if (match.length == 0) {
      at += MIN (1 + (waiting >> SKIP_SHIFT), MIN (MAX_STEP, s.n - at));
      continue;
    }
    if (match.image != image)
      note_alignment (&s, &match, at);
    back = extend_back (kind, &s, at, sent, &match);
    out = spc_lz_put_literals (kind, unit_here (kind, &s, sent),
                               at - back - sent, out, end);
    insert_match (kind, &s, &match, at);
    sent = at + match.length;
    match.from -= back;
    match.length += back;
    out = put_match (kind, &s, &match, at - back, out, end);
    at = sent;
  }
  return spc_lz_put_literals (kind, unit_here (kind, &s, sent), s.n - sent, out,
                              end);
}

uint8_t *
spc_glz_write_colours (SpcGlzDictionary *dictionary, const SpcGlzImage *image,
                       uint8_t *to, const uint8_t *end)
{
  return write_pass ((Kind){4, 3, 0, 2, 3, 10, 32}, dictionary, image, to, end);
}

uint8_t *
spc_glz_write_words (SpcGlzDictionary *dictionary, const SpcGlzImage *image,
                     uint8_t *to, const uint8_t *end)
{
  return write_pass ((Kind){2, 2, 1, 2, 4, 10, 32}, dictionary, image, to, end);
}

uint8_t *
spc_glz_write_alphas (SpcGlzDictionary *dictionary, const SpcGlzImage *image,
                      uint8_t *to, const uint8_t *end)
{
  return write_pass ((Kind){1, 1, 2, 4, 6, 16, 48}, dictionary, image, to, end);
}

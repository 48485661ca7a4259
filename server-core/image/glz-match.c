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

/* Search limits, found by measuring recorded desktops */
enum {
  LONG_ENOUGH = 64,   /* units; a match so long is not compared with others */
  SHORT_INSERTS = 3,  /* last units of a match that are hashed short */
  MIDDLE_INSERTS = 6, /* and those hashed over more */
  INSERT_STEP = 64,   /* units between those hashed in the rest of it */
  WORTHY = 8,     /* units; longer matches save something whatever they cost */
  PATIENCE = 8,   /* literals, after which a gain of 1 byte is passed by */
  LONG_STEP = 8,  /* literals after these, to the next hashed over many */
  SKIP_SHIFT = 6, /* literals, before steps over noise grow longer */
  MAX_STEP = 32,  /* units */
  TWINS = 64,     /* images looked at for one of the same size */
  MAX_TAKEN = 4,  /* matches that a later one may take in */
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
  uint32_t y, row_end;             /* of the current position */
  uint32_t last[SPC_GLZ_N_TABLES]; /* positions: units for no hash beyond */
  uint32_t next_long;              /* position to hash over many amid noise */
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
tag_of (uint64_t hash)
{
  return (uint32_t)(hash >> 8) & ~PLACE_MASK;
}

INLINE uint32_t
entry_of (const Search *s, uint32_t at, uint64_t hash)
{
  return tag_of (hash) | ((s->first + at) & s->place_mask);
}

/* The middle table keeps two entries for a hash: the latest, and the one that
 * a search found there before. */
INLINE uint32_t *
slot_of (const Search *s, SpcGlzTable table, uint64_t hash)
{
  static const unsigned bits[] = {SPC_GLZ_SHORT_BITS, SPC_GLZ_MIDDLE_BITS - 1,
                                  SPC_GLZ_LONG_BITS, SPC_GLZ_LONGEST_BITS};

  return s->tables[table] +
         ((hash >> (64 - bits[table])) << (table == SPC_GLZ_MIDDLE));
}

/* of the units from @unit on */
INLINE uint64_t
hash_of (const Kind kind, SpcGlzTable table, const uint8_t *unit)
{
  return spc_lz_hash (unit, kind.hashed[table] * kind.size,
                      table == SPC_GLZ_LONGEST ? 16 : 8); /* half of them */
}

/* positions @from to before @to */
INLINE void
insert (const Kind kind, const Search *s, SpcGlzTable table, uint32_t from,
        uint32_t to)
{
  to = MIN (to, s->last[table]);
  for (uint32_t at = from; at < to; at++) {
    uint64_t hash = hash_of (kind, table, unit_here (kind, s, at));

    *slot_of (s, table, hash) = entry_of (s, at, hash);
  }
}

/* Some positions inside a match, and some near its end. What begins between
 * them is found a few units late and extended back. */
INLINE void
insert_match (const Kind kind, const Search *s, const Match *match, uint32_t at)
{
  uint32_t end = at + match->length, n;

  at++;
  /* the other image may leave the window long before this one does */
  if (match->image != s->image)
    for (; end - at > INSERT_STEP; at += INSERT_STEP) {
      insert (kind, s, SPC_GLZ_SHORT, at, at + 1);
      insert (kind, s, SPC_GLZ_MIDDLE, at, at + 1);
    }
  n = end - at;
  insert (kind, s, SPC_GLZ_SHORT, end - MIN (n, SHORT_INSERTS), end);
  insert (kind, s, SPC_GLZ_MIDDLE, end - MIN (n, MIDDLE_INSERTS), end);
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

  if (kind.size == 1 && !image->alphas)
    return;
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

/* @differs: an entry, its tag compared with the one looked for */
INLINE void
try_entry (const Kind kind, const Search *s, uint32_t differs, uint32_t at,
           Match *best)
{
  if (!(differs & ~PLACE_MASK))
    try_place (kind, s, differs & s->place_mask, at, best);
}

/* Puts @at into the first @n tables, and tries what was there, that of the
 * most units first. All slots are read before: they come late, together. */
INLINE void
try_tables (const Kind kind, const Search *s, unsigned n, uint32_t at,
            Match *best)
{
  uint32_t differs[SPC_GLZ_N_TABLES], second = 0;

#pragma GCC unroll 4
  for (unsigned i = 0; i < n; i++) {
    uint64_t hash = hash_of (kind, i, unit_here (kind, s, at));
    uint32_t *slot = slot_of (s, i, hash);

    differs[i] = *slot ^ tag_of (hash);
    if (i == SPC_GLZ_MIDDLE) {
      second = slot[1] ^ tag_of (hash);
      slot[1] = slot[0];
    }
    *slot = entry_of (s, at, hash);
  }
#pragma GCC unroll 4
  for (unsigned i = n; i-- > 0;) {
    if (best->length > kind.hashed[i])
      return;
    try_entry (kind, s, differs[i], at, best);
    if (i == SPC_GLZ_MIDDLE)
      try_entry (kind, s, second, at, best);
  }
}

/* after @waiting literals */
INLINE void
try_hashes (const Kind kind, Search *s, uint32_t at, uint32_t waiting,
            Match *best)
{
  if (at < s->last[SPC_GLZ_LONGEST] &&
      (waiting < PATIENCE || at >= s->next_long)) {
    s->next_long = at + LONG_STEP;
    try_tables (kind, s, SPC_GLZ_N_TABLES, at, best);
  } else if (at < s->last[SPC_GLZ_MIDDLE]) {
    try_tables (kind, s, SPC_GLZ_MIDDLE + 1, at, best);
  }
}

INLINE Match
find (const Kind kind, Search *s, uint32_t at, uint32_t waiting)
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
    try_hashes (kind, s, at, waiting, &best);
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
  Search s = {
      .dictionary = dictionary,
      .image = image,
      .units = units_of (kind, image),
      .n = n,
      .row = image->width,
      .place_mask = dictionary->place_mask,
      .first = image->first,
      .row_end = image->width,
      .strong.image = find_twin (dictionary, image),
  };

  for (int i = 0; i < SPC_GLZ_N_TABLES; i++) {
    s.tables[i] = dictionary->tables[i];
    s.last[i] = n >= kind.hashed[i] ? n - kind.hashed[i] + 1 : 0;
  }
  return s;
}

/* a match at @at worth its token; length 0 if there is none */
INLINE Match
find_worthy (const Kind kind, Search *s, uint32_t at, uint32_t waiting)
{
  Match match;

  for (; at >= s->row_end; s->row_end += s->row)
    s->y++;
  match = find (kind, s, at, waiting);
  if (match.length && match.length <= WORTHY &&
      match_gain (kind, s, &match, at) <= (waiting >= PATIENCE ? 1 : 0))
    match.length = 0;
  return match;
}

/* matches as they were written last, one right behind the other */
typedef struct {
  struct {
    uint32_t at;
    uint8_t *out;
  } match[MAX_TAKEN]; /* of the newest, at newest % MAX_TAKEN */
  unsigned newest, n;
} Written;

/* Extends a match at @at over those written before it, as far as it holds all
 * of them: it was found late, or is longer than what it was compared with.
 * Returns where it begins; *@out is where its token goes then. */
INLINE uint32_t
take_in (const Kind kind, const Search *s, Written *written, Match *match,
         uint32_t at, uint8_t **out)
{
  for (; written->n; written->n--, written->newest--) {
    uint32_t from = written->match[written->newest % MAX_TAKEN].at;
    uint32_t n = at - from;
    size_t bytes = (size_t)n * kind.size;

    if (match->from < n ||
        spc_lz_same_bytes (match->units + (size_t)match->from * kind.size -
                               bytes,
                           unit_here (kind, s, from), bytes) < bytes)
      break;
    match->from -= n;
    match->length += n;
    at = from;
    *out = written->match[written->newest % MAX_TAKEN].out;
  }
  return at;
}

INLINE void
note_written (Written *written, uint32_t at, uint8_t *out)
{
  written->newest++;
  written->n = MIN (written->n + 1, MAX_TAKEN);
  written->match[written->newest % MAX_TAKEN].at = at;
  written->match[written->newest % MAX_TAKEN].out = out;
}

INLINE uint8_t *
write_pass (const Kind kind, const SpcGlzDictionary *dictionary,
            const SpcGlzImage *image, uint8_t *out, const uint8_t *end)
{
  Search s = search_over (kind, dictionary, image);
  uint32_t at = 0, sent = 0;
  Written written = {0};

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
    if (at - back > sent) {
      out = spc_lz_put_literals (kind, unit_here (kind, &s, sent),
                                 at - back - sent, out, end);
      written.n = 0;
    }
    insert_match (kind, &s, &match, at);
    match.from -= back;
    match.length += back;
    at -= back;
    at = take_in (kind, &s, &written, &match, at, &out);
    note_written (&written, at, out);
    sent = at + match.length;
    out = put_match (kind, &s, &match, at, out, end);
    at = sent;
  }
  return spc_lz_put_literals (kind, unit_here (kind, &s, sent), s.n - sent, out,
                              end);
}

uint8_t *
spc_glz_write_colours (SpcGlzDictionary *dictionary, const SpcGlzImage *image,
                       uint8_t *to, const uint8_t *end)
{
  return write_pass ((Kind){4, 3, 0, 2, {4, 12, 24, 64}}, dictionary, image, to,
                     end);
}

uint8_t *
spc_glz_write_words (SpcGlzDictionary *dictionary, const SpcGlzImage *image,
                     uint8_t *to, const uint8_t *end)
{
  return write_pass ((Kind){2, 2, 1, 2, {4, 12, 24, 64}}, dictionary, image, to,
                     end);
}

/* all alphas are one: a literal, and a match of the rest with it */
static uint8_t *
write_one_alpha (const Kind kind, const SpcGlzImage *image, uint8_t *out,
                 const uint8_t *end)
{
  const Search s = {.image = image};
  const Match rest = {.image = image, .length = image->n_pixels - 1};
  const uint8_t units[] = {image->alpha, image->alpha, image->alpha,
                           image->alpha};

  if (image->n_pixels <= G_N_ELEMENTS (units))
    return spc_lz_put_literals (kind, units, image->n_pixels, out, end);
  out = spc_lz_put_literals (kind, units, 1, out, end);
  return put_match (kind, &s, &rest, 1, out, end);
}

uint8_t *
spc_glz_write_alphas (SpcGlzDictionary *dictionary, const SpcGlzImage *image,
                      uint8_t *to, const uint8_t *end)
{
  const Kind kind = {1, 1, 2, 4, {6, 16, 32, 64}};

  return image->alphas ? write_pass (kind, dictionary, image, to, end)
                       : write_one_alpha (kind, image, to, end);
}

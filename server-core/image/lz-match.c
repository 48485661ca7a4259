/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lz-match.c – one body for all unit sizes. It is inlined into each public
 * function with a constant Kind, so the compiler makes three loops of it. */
#include "lz-match.h"

#include "lz-search.h"

#define INLINE SPC_LZ_INLINE

typedef SpcLzKind Kind;

/* the hash tables: over the fewest units that can pay, and over several */
enum { SHORT, LONG };

/* Format limit: distance - 1 of the first far match (spec: LZ) */
enum { NEAR_LIMIT = 8191 };

/* Search limits, found by measuring screenshots */
enum {
  LONG_BITS = 14,    /* of the hash over several units */
  SHORT_BITS = 12,   /* of the hash over the fewest units that can pay */
  MIN_BITS = 6,      /* small images clear less memory */
  LONG_ENOUGH = 32,  /* units; a match so long is not compared with others */
  INSERT_LIMIT = 16, /* units; inside longer matches only the end is hashed */
  PATIENCE = 8,      /* literals, after which a gain of 1 byte is passed by */
  SKIP_SHIFT = 6,    /* literals, before steps over noise grow longer */
  MAX_STEP = 32,     /* units */
};

G_STATIC_ASSERT (((1u << LONG_BITS) + (1u << SHORT_BITS)) * sizeof (uint32_t) ==
                 SPC_LZ_TABLE_SIZE);

typedef struct {
  const uint8_t *units;
  uint32_t n, row;
  uint32_t *long_table, *short_table; /* position + 1; 0: none */
  unsigned long_shift, short_shift;
} Search;

typedef struct {
  uint32_t distance, length; /* units */
  int64_t gain;              /* bytes saved against literals */
} Match;

/* units */

INLINE bool
is_same (const Kind kind, const Search *s, uint32_t i, uint32_t j)
{
  return spc_lz_load (s->units + (size_t)i * kind.size, kind.size) ==
         spc_lz_load (s->units + (size_t)j * kind.size, kind.size);
}

/* units that are equal from @from and @to on; @from lies before @to */
INLINE uint32_t
same_units (const Kind kind, const Search *s, uint32_t from, uint32_t to)
{
  size_t n = spc_lz_same_bytes (s->units + (size_t)from * kind.size,
                                s->units + (size_t)to * kind.size,
                                (size_t)(s->n - to) * kind.size);

  return (uint32_t)(n / kind.size);
}

/* hash tables */

INLINE uint32_t *
long_slot (const Kind kind, const Search *s, uint32_t at)
{
  return s->long_table + (spc_lz_hash (s->units + (size_t)at * kind.size,
                                       kind.hashed[LONG] * kind.size, 8) >>
                          s->long_shift);
}

INLINE uint32_t *
short_slot (const Kind kind, const Search *s, uint32_t at)
{
  return s->short_table + (spc_lz_hash (s->units + (size_t)at * kind.size,
                                        kind.hashed[SHORT] * kind.size, 8) >>
                           s->short_shift);
}

INLINE void
insert (const Kind kind, const Search *s, uint32_t at)
{
  if (s->n - at < kind.hashed[LONG])
    return;
  *long_slot (kind, s, at) = at + 1;
  *short_slot (kind, s, at) = at + 1;
}

static void
search_init (Search *s, const SpcLzPass *pass)
{
  unsigned bits = MIN_BITS;

  while (bits < LONG_BITS && (1u << bits) < pass->n_units)
    bits++;
  s->units = pass->units;
  s->n = pass->n_units;
  s->row = pass->row;
  s->long_table = pass->table;
  s->short_table = pass->table + (1u << bits);
  s->long_shift = 64 - bits;
  s->short_shift = 64 - MIN (bits, SHORT_BITS);
  memset (s->long_table, 0, sizeof (uint32_t) << bits);
  memset (s->short_table, 0, sizeof (uint32_t) << MIN (bits, SHORT_BITS));
}

/* matches */

INLINE unsigned
match_cost (const Kind kind, uint32_t distance, uint32_t length)
{
  return (distance > NEAR_LIMIT ? 4 : 2) +
         spc_lz_length_bytes (length - kind.bias);
}

/* makes the match that starts at @from and @at the best if it saves more */
INLINE void
try_candidate (const Kind kind, const Search *s, uint32_t from, uint32_t at,
               Match *best)
{
  uint32_t distance = at - from;
  uint32_t length;
  int64_t gain;

  if (!is_same (kind, s, from, at) || distance > SPC_LZ_MAX_DISTANCE)
    return;
  length = same_units (kind, s, from, at);
  if (length <= kind.bias)
    return;
  gain = (int64_t)length * kind.literal - match_cost (kind, distance, length);
  if (gain > best->gain)
    *best = (Match){distance, length, gain};
}

INLINE void
try_tables (const Kind kind, const Search *s, uint32_t at, Match *best)
{
  uint32_t *slot, from;

  if (s->n - at < kind.hashed[LONG])
    return;
  slot = long_slot (kind, s, at);
  from = *slot;
  *slot = at + 1;
  if (from && best->length < LONG_ENOUGH)
    try_candidate (kind, s, from - 1, at, best);
  slot = short_slot (kind, s, at);
  from = *slot;
  *slot = at + 1;
  if (from && best->length <= kind.hashed[LONG] &&
      at - (from - 1) <= NEAR_LIMIT)
    try_candidate (kind, s, from - 1, at, best);
}

INLINE Match
find (const Kind kind, const Search *s, uint32_t at)
{
  Match best = {0};

  if (at >= 1)
    try_candidate (kind, s, at - 1, at, &best);
  if (at >= s->row)
    try_candidate (kind, s, at - s->row, at, &best);
  try_tables (kind, s, at, &best);
  return best;
}

/* units before @at, down to @first, that belong to the match as well */
INLINE uint32_t
extend_back (const Kind kind, const Search *s, uint32_t at, uint32_t first,
             uint32_t distance)
{
  uint32_t n = 0;

  while (at - n > first && at - n > distance &&
         is_same (kind, s, at - n - 1, at - n - 1 - distance))
    n++;
  return n;
}

/* writing; NULL, once it does not fit, stays NULL */

INLINE uint8_t *
put_literals (const Kind kind, const Search *s, uint32_t from, uint32_t to,
              uint8_t *out, const uint8_t *end)
{
  return spc_lz_put_literals (kind, s->units + (size_t)from * kind.size,
                              to - from, out, end);
}

INLINE uint8_t *
put_match (const Kind kind, const Match *match, uint8_t *out,
           const uint8_t *end)
{
  uint32_t back = match->distance - 1;
  uint32_t field = match->length - kind.bias;
  bool far = back >= NEAR_LIMIT;

  if (!out ||
      (size_t)(end - out) < match_cost (kind, match->distance, match->length))
    return NULL;
  *out++ = (uint8_t)(MIN (field, SPC_LZ_MAX_TOKEN_LENGTH) << 5 |
                     (far ? 31 : back >> 8));
  out = spc_lz_put_length (field, out);
  if (far) {
    *out++ = 255;
    back -= NEAR_LIMIT;
    *out++ = (uint8_t)(back >> 8);
  }
  *out++ = (uint8_t)back;
  return out;
}

/* the pass */

INLINE void
insert_match (const Kind kind, const Search *s, uint32_t from, uint32_t to)
{
  if (to - from > INSERT_LIMIT)
    from = to - 2;
  for (; from < to; from++)
    insert (kind, s, from);
}

INLINE uint8_t *
write_pass (const Kind kind, const SpcLzPass *pass, uint8_t *out,
            const uint8_t *end)
{
  Search s;
  uint32_t at = 0, sent = 0;

  search_init (&s, pass);
  while (at < s.n && out) {
    uint32_t waiting = at - sent;
    Match match = find (kind, &s, at);

    if (match.gain <= (waiting >= PATIENCE ? 1 : 0)) {
      at += MIN (1 + (waiting >> SKIP_SHIFT), MIN (MAX_STEP, s.n - at));
      continue;
    }
    uint32_t back = extend_back (kind, &s, at, sent, match.distance);

    out = put_literals (kind, &s, sent, at - back, out, end);
    insert_match (kind, &s, at + 1, at + match.length);
    at += match.length;
    match.length += back;
    out = put_match (kind, &match, out, end);
    sent = at;
  }
  return put_literals (kind, &s, sent, s.n, out, end);
}

uint8_t *
spc_lz_write_colours (const SpcLzPass *pass, uint8_t *to, const uint8_t *end)
{
  return write_pass ((Kind){4, 3, 0, 1, {1, 5}}, pass, to, end);
}

uint8_t *
spc_lz_write_words (const SpcLzPass *pass, uint8_t *to, const uint8_t *end)
{
  return write_pass ((Kind){2, 2, 1, 2, {2, 4}}, pass, to, end);
}

uint8_t *
spc_lz_write_bytes (const SpcLzPass *pass, uint8_t *to, const uint8_t *end)
{
  return write_pass ((Kind){1, 1, 2, 3, {3, 6}}, pass, to, end);
}

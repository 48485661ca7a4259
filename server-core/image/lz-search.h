/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lz-search.h – what the matchers of LZ and GLZ share; image/ only.
 *
 * A unit is a pixel or a byte in memory. The functions are inlined with a
 * constant SpcLzKind, so that each size of unit gets loops of its own.
 * Threads: any. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

#define SPC_LZ_INLINE static inline __attribute__ ((always_inline))

/* Format limits: spec: LZ, GLZ */
enum {
  SPC_LZ_MAX_LITERALS = 32,
  SPC_LZ_MAX_TOKEN_LENGTH = 7, /* more goes to length bytes */
};

typedef struct {
  unsigned size;      /* bytes in memory */
  unsigned literal;   /* bytes as a literal */
  unsigned bias;      /* length of a match with length field 0 */
  unsigned min_units; /* a match of fewer saves nothing */
  unsigned hashed[4]; /* units under each table's hash, ascending */
} SpcLzKind;

/* units */

SPC_LZ_INLINE uint64_t
spc_lz_load (const uint8_t *at, unsigned n_bytes)
{
  uint64_t value = 0;

  memcpy (&value, at, n_bytes);
  return GUINT64_FROM_LE (value);
}

/* Of 32 bytes, those before the first that differs; 32 if none does. They
 * select and do not branch: where that is cannot be foreseen. */

SPC_LZ_INLINE size_t
spc_lz_same_of_32_c (const uint8_t *a, const uint8_t *b)
{
  uint64_t differs[4], first;
  size_t n;

  for (int i = 0; i < 4; i++)
    differs[i] = spc_lz_load (a + 8 * i, 8) ^ spc_lz_load (b + 8 * i, 8);
  if (!(differs[0] | differs[1] | differs[2] | differs[3]))
    return 32;
  first = differs[2] ? differs[2] : differs[3];
  n = differs[2] ? 16 : 24;
  first = differs[1] ? differs[1] : first;
  n = differs[1] ? 8 : n;
  first = differs[0] ? differs[0] : first;
  n = differs[0] ? 0 : n;
  return n + (size_t)__builtin_ctzll (first) / 8;
}

#ifdef __SSE2__
SPC_LZ_INLINE size_t
spc_lz_same_of_32_sse2 (const uint8_t *a, const uint8_t *b)
{
  uint64_t same = 0;

  for (int i = 0; i < 32; i += 16) {
    __m128i x = _mm_loadu_si128 ((const __m128i *)(a + i));
    __m128i y = _mm_loadu_si128 ((const __m128i *)(b + i));

    same |= (uint64_t)_mm_movemask_epi8 (_mm_cmpeq_epi8 (x, y)) << i;
  }
  return (size_t)__builtin_ctzll (~same);
}
#define spc_lz_same_of_32 spc_lz_same_of_32_sse2

SPC_LZ_INLINE bool
spc_lz_are_64_same_sse2 (const uint8_t *a, const uint8_t *b)
{
  __m128i same = _mm_set1_epi8 (-1);

  for (int i = 0; i < 64; i += 16)
    same = _mm_and_si128 (
        same, _mm_cmpeq_epi8 (_mm_loadu_si128 ((const __m128i *)(a + i)),
                              _mm_loadu_si128 ((const __m128i *)(b + i))));
  return _mm_movemask_epi8 (same) == 0xffff;
}
#define spc_lz_are_64_same spc_lz_are_64_same_sse2
#else
#define spc_lz_same_of_32 spc_lz_same_of_32_c
#define spc_lz_are_64_same(a, b) (memcmp (a, b, 64) == 0)
#endif

/* equal bytes from @a and @b on, up to @limit; the first @n are known. Apart,
 * for most matches are short. */
static __attribute__ ((noinline)) size_t
spc_lz_same_more (const uint8_t *a, const uint8_t *b, size_t n, size_t limit)
{
  while (limit - n >= 64 && spc_lz_are_64_same (a + n, b + n))
    n += 64;
  while (limit - n >= 32) {
    size_t same = spc_lz_same_of_32 (a + n, b + n);

    if (same < 32)
      return n + same;
    n += 32; /* not same: the next round need not wait for it */
  }
  while (n < limit && a[n] == b[n])
    n++;
  return n;
}

/* equal bytes from @a and @b on, up to @limit */
SPC_LZ_INLINE size_t
spc_lz_same_bytes (const uint8_t *a, const uint8_t *b, size_t limit)
{
  size_t n = 0;

  if (limit >= 32) {
    n = spc_lz_same_of_32 (a, b);
    if (n < 32)
      return n;
  }
  return spc_lz_same_more (a, b, n, limit);
}

/* A number for @n_bytes from @at on, whose upper bits are well mixed; of each
 * step its first 8 bytes count. Both are constants: steps of 8 bytes
 * for all of them. The products do not wait for each other. */
SPC_LZ_INLINE uint64_t
spc_lz_hash (const uint8_t *at, unsigned n_bytes, unsigned step)
{
  static const uint64_t factors[] = {
      0x9e3779b97f4a7c15u,
      0xc2b2ae3d27d4eb4fu,
      0x165667b19e3779f9u,
      0x27d4eb2f165667c5u,
  };
  uint64_t hash = 0;

  /* else the compiler keeps a loop, and loads bytes by a length in it */
#pragma GCC unroll 16
  for (unsigned i = 0; i < n_bytes; i += 2 * step) {
    unsigned left = n_bytes - i;
    uint64_t key = spc_lz_load (at + i, MIN (left, 8));

    if (left > step) {
      uint64_t more = spc_lz_load (at + i + step, MIN (left - step, 8));

      key ^= more << 21 | more >> 43;
    }
    hash += key * factors[i / (2 * step) % G_N_ELEMENTS (factors)];
  }
  return hash;
}

/* lengths: @field is the match's length less the bias */

SPC_LZ_INLINE unsigned
spc_lz_length_bytes (uint32_t field)
{
  return field < SPC_LZ_MAX_TOKEN_LENGTH
             ? 0
             : 1 + (field - SPC_LZ_MAX_TOKEN_LENGTH) / 255;
}

SPC_LZ_INLINE uint8_t *
spc_lz_put_length (uint32_t field, uint8_t *out)
{
  if (field < SPC_LZ_MAX_TOKEN_LENGTH)
    return out;
  for (field -= SPC_LZ_MAX_TOKEN_LENGTH; field >= 255; field -= 255)
    *out++ = 255;
  *out++ = (uint8_t)field;
  return out;
}

/* 4 bytes of each unit become 3; writes up to 2 bytes beyond these */
SPC_LZ_INLINE uint8_t *
spc_lz_put_colours (const uint8_t *unit, size_t n, uint8_t *out)
{
  const uint64_t mask = 0xffffff;

  for (; n >= 2; n -= 2, unit += 8, out += 6) {
    uint64_t two = spc_lz_load (unit, 8);

    two = GUINT64_TO_LE ((two & mask) | (two >> 8 & mask << 24));
    memcpy (out, &two, 8);
  }
  if (n) {
    memcpy (out, unit, 3);
    out += 3;
  }
  return out;
}

/* the literals of one token */
SPC_LZ_INLINE uint8_t *
spc_lz_put_units (const SpcLzKind kind, const uint8_t *unit, size_t n,
                  uint8_t *out, const uint8_t *end)
{
  if (kind.size == 4 && (size_t)(end - out) >= n * 3 + 2)
    return spc_lz_put_colours (unit, n, out);
  for (; n; n--, unit += kind.size, out += kind.literal) {
    if (kind.size == 2) {
      out[0] = unit[1];
      out[1] = unit[0];
    } else {
      memcpy (out, unit, kind.literal);
    }
  }
  return out;
}

/* the tokens of @n units; NULL if they do not fit or @out is NULL */
SPC_LZ_INLINE uint8_t *
spc_lz_put_literals (const SpcLzKind kind, const uint8_t *unit, size_t n,
                     uint8_t *out, const uint8_t *end)
{
  size_t tokens = (n + SPC_LZ_MAX_LITERALS - 1) / SPC_LZ_MAX_LITERALS;

  if (!out || (size_t)(end - out) < tokens + n * kind.literal)
    return NULL;
  while (n) {
    size_t now = MIN (n, SPC_LZ_MAX_LITERALS);

    *out++ = (uint8_t)(now - 1);
    out = spc_lz_put_units (kind, unit, now, out, end);
    unit += now * kind.size;
    n -= now;
  }
  return out;
}

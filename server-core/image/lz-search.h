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

#define SPC_LZ_INLINE static inline __attribute__ ((always_inline))

/* Format limits: spec: LZ, GLZ */
enum {
  SPC_LZ_MAX_LITERALS = 32,
  SPC_LZ_MAX_TOKEN_LENGTH = 7, /* more goes to length bytes */
};

typedef struct {
  unsigned size;        /* bytes in memory */
  unsigned literal;     /* bytes as a literal */
  unsigned bias;        /* length of a match with length field 0 */
  unsigned short_units; /* units under the short hash */
  unsigned long_units;  /* units under the long hash */
} SpcLzKind;

/* units */

SPC_LZ_INLINE uint64_t
spc_lz_load (const uint8_t *at, unsigned n_bytes)
{
  uint64_t value = 0;

  memcpy (&value, at, n_bytes);
  return GUINT64_FROM_LE (value);
}

/* equal bytes from @a and @b on, up to @limit */
SPC_LZ_INLINE size_t
spc_lz_same_bytes (const uint8_t *a, const uint8_t *b, size_t limit)
{
  size_t n = 0;

  while (limit - n >= 32) {
    uint64_t differs = 0;

    for (int i = 0; i < 32; i += 8)
      differs |= spc_lz_load (a + n + i, 8) ^ spc_lz_load (b + n + i, 8);
    if (differs)
      break;
    n += 32;
  }
  while (limit - n >= 8) {
    uint64_t differs = spc_lz_load (a + n, 8) ^ spc_lz_load (b + n, 8);

    if (differs)
      return n + (size_t)__builtin_ctzll (differs) / 8;
    n += 8;
  }
  while (n < limit && a[n] == b[n])
    n++;
  return n;
}

/* A number for the units from @at on, whose upper bits are well mixed. A short
 * one covers 1 to 8 bytes, a long one up to 16. */

SPC_LZ_INLINE uint32_t
spc_lz_short_hash (const SpcLzKind kind, const uint8_t *at)
{
  uint32_t key = (uint32_t)spc_lz_load (at, kind.short_units * kind.size);

  return key * 0x9e3779b1u;
}

SPC_LZ_INLINE uint64_t
spc_lz_long_hash (const SpcLzKind kind, const uint8_t *at)
{
  unsigned n_bytes = kind.long_units * kind.size;
  uint64_t key = spc_lz_load (at, MIN (n_bytes, 8));

  if (n_bytes > 8)
    key = key * 0x9e3779b185ebca87u ^ spc_lz_load (at + 8, n_bytes - 8);
  return key * 0x9e3779b97f4a7c15u;
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
    n -= now;
    for (; now; now--, unit += kind.size, out += kind.literal) {
      if (kind.size == 2) {
        out[0] = unit[1];
        out[1] = unit[0];
      } else {
        memcpy (out, unit, kind.literal);
      }
    }
  }
  return out;
}

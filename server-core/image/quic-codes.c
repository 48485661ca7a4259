/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "quic-codes.h"

/* clang-format off */

/* the format's own numbers: ngr and length of the escape */
#define OF_8_BITS(do, u)                                                      \
  do (u, 0,  18, 26), do (u, 1,  36, 26), do (u, 2,  72, 26),                 \
  do (u, 3, 144, 25), do (u, 4, 240, 19), do (u, 5, 224, 12),                 \
  do (u, 6, 192,  9), do (u, 7, 128,  8)
#define OF_5_BITS(do, u)                                                      \
  do (u, 0,  21, 25), do (u, 1,  30, 16), do (u, 2,  28,  9),                 \
  do (u, 3,  24,  6), do (u, 4,  16,  5)

#define LENGTH(u, l, ngr, escape) ((u) < (ngr) ? ((u) >> (l)) + 1 + (l)       \
                                               : (escape))
#define VALUE(u, l, ngr, escape)                                              \
  ((u) < (ngr) ? (1 << (l)) | ((u) & ((1 << (l)) - 1)) : (u) - (ngr))
#define CODEWORD(u, l, ngr, escape)                                           \
  VALUE (u, l, ngr, escape) << SPC_QUIC_LENGTH_BITS |                         \
  LENGTH (u, l, ngr, escape)

#define CODEWORDS_8(u) { OF_8_BITS (CODEWORD, u) }
#define CODEWORDS_5(u) { OF_5_BITS (CODEWORD, u) }

#define LENGTHS_8(u)                                                          \
  { LENGTH (u, 7, 128,  8), LENGTH (u, 6, 192,  9), LENGTH (u, 5, 224, 12),   \
    LENGTH (u, 4, 240, 19), LENGTH (u, 3, 144, 25), LENGTH (u, 2,  72, 26),   \
    LENGTH (u, 1,  36, 26), LENGTH (u, 0,  18, 26) }
#define LENGTHS_5(u)                                                          \
  { LENGTH (u, 4,  16,  5), LENGTH (u, 3,  24,  6), LENGTH (u, 2,  28,  9),   \
    LENGTH (u, 1,  30, 16), LENGTH (u, 0,  21, 25), LENGTH (u, 0,  21, 25),   \
    LENGTH (u, 0,  21, 25), LENGTH (u, 0,  21, 25) }

/* floor (log2 (c + 1)), at most the last bucket */
#define BUCKET(c, last)                                                       \
  ((c) < 1 ? 0 : (c) < 3 ? 1 : (c) < 7 ? 2 : (c) < 15 ? 3                     \
   : (c) < 31 || (last) < 5 ? 4 : (c) < 63 ? 5 : (c) < 127 ? 6 : 7)
#define BUCKET_8(c) BUCKET (c, 7)
#define BUCKET_5(c) BUCKET (c, 4)

#define REPEAT_4(do, u) do (u), do ((u) + 1), do ((u) + 2), do ((u) + 3)
#define REPEAT_16(do, u)                                                      \
  REPEAT_4 (do, u), REPEAT_4 (do, (u) + 4),                                   \
  REPEAT_4 (do, (u) + 8), REPEAT_4 (do, (u) + 12)
#define REPEAT_64(do, u)                                                      \
  REPEAT_16 (do, u), REPEAT_16 (do, (u) + 16),                                \
  REPEAT_16 (do, (u) + 32), REPEAT_16 (do, (u) + 48)
#define REPEAT_32(do) REPEAT_16 (do, 0), REPEAT_16 (do, 16)
#define REPEAT_256(do)                                                        \
  REPEAT_64 (do, 0), REPEAT_64 (do, 64), REPEAT_64 (do, 128),                 \
  REPEAT_64 (do, 192)

static const uint16_t codewords_8[256][SPC_QUIC_MAX_CODES] = {
  REPEAT_256 (CODEWORDS_8)
};
static const uint16_t codewords_5[32][SPC_QUIC_MAX_CODES] = {
  REPEAT_32 (CODEWORDS_5)
};
/* a vector of them is loaded at once */
static const _Alignas (16) uint16_t lengths_8[256][SPC_QUIC_MAX_CODES] = {
  REPEAT_256 (LENGTHS_8)
};
static const _Alignas (16) uint16_t lengths_5[32][SPC_QUIC_MAX_CODES] = {
  REPEAT_32 (LENGTHS_5)
};
static const uint8_t buckets_8[256] = { REPEAT_256 (BUCKET_8) };
static const uint8_t buckets_5[32] = { REPEAT_32 (BUCKET_5) };

#define NGR(u, l, ngr, escape) ngr
#define ESCAPE(u, l, ngr, escape) escape

const SpcQuicFamily spc_quic_family_8 = {
  .bits = 8, .max = 255,
  .codewords = codewords_8, .lengths = lengths_8, .buckets = buckets_8,
  .ngr = { OF_8_BITS (NGR, 0) }, .escape_length = { OF_8_BITS (ESCAPE, 0) },
};

const SpcQuicFamily spc_quic_family_5 = {
  .bits = 5, .max = 31,
  .codewords = codewords_5, .lengths = lengths_5, .buckets = buckets_5,
  .ngr = { OF_5_BITS (NGR, 0) }, .escape_length = { OF_5_BITS (ESCAPE, 0) },
};
/* clang-format on */

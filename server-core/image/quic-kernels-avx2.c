/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between two learnings the model stands still, so that the codewords of all
 * pixels until the next one can be found side by side, eight pixels at a time.
 * Where learning is frequent, or few pixels are left, one by one is faster. */
#include "quic-kernels.h"

#include <immintrin.h>

#define ALWAYS_INLINE inline __attribute__ ((always_inline))

enum {
  VECTOR = 32, /* bytes */
  BLOCK = 8,   /* quads of a vector */
  /* of the pace: before it learning is so frequent that one by one is faster */
  MIN_STEP_FOR_BLOCK = 3,
  MIN_FOR_BLOCK = 2, /* quads: the same */
};

static inline __m256i
load (const void *from)
{
  return _mm256_loadu_si256 (from);
}

/* residuals */

typedef struct {
  __m256i ones, max, half;
} Folding;

static inline Folding
folding_of (unsigned max)
{
  return (Folding){_mm256_set1_epi8 (1), _mm256_set1_epi8 ((char)max),
                   _mm256_set1_epi8 ((char)((max + 1) / 2))};
}

static inline __m256i
fold (const Folding *self, __m256i x, __m256i left, __m256i above)
{
  /* the instruction rounds up, the format down */
  __m256i odd = _mm256_and_si256 (_mm256_xor_si256 (left, above), self->ones);
  __m256i mean = _mm256_sub_epi8 (_mm256_avg_epu8 (left, above), odd);
  __m256i d = _mm256_sub_epi8 (x, mean);
  __m256i negative =
      _mm256_cmpeq_epi8 (_mm256_and_si256 (d, self->half), self->half);
  __m256i folded = _mm256_xor_si256 (_mm256_add_epi8 (d, d), negative);

  return _mm256_and_si256 (folded, self->max);
}

static void
predict_quads (const uint8_t *row, const uint8_t *above, uint32_t n,
               unsigned max, uint8_t *folded, uint64_t *equal)
{
  const Folding folding = folding_of (max);
  uint8_t *equal_bytes = (uint8_t *)equal;

  for (size_t i = 0; i < n; i += BLOCK) {
    __m256i x = load (row + 4 * i), left = load (row + 4 * i - 4);
    __m256i same = _mm256_cmpeq_epi32 (x, left);

    _mm256_storeu_si256 ((void *)(folded + 4 * i),
                         fold (&folding, x, left, load (above + 4 * i)));
    equal_bytes[i / BLOCK] =
        (uint8_t)_mm256_movemask_ps (_mm256_castsi256_ps (same));
  }
}

static void
predict_bytes (const uint8_t *row, const uint8_t *above, uint32_t n,
               unsigned max, uint8_t *folded, uint64_t *equal)
{
  const Folding folding = folding_of (max);
  const uint8_t *before = row - 1;
  uint8_t *equal_bytes = (uint8_t *)equal;

  for (size_t i = 0; i < n; i += VECTOR) {
    __m256i x = load (row + i), left = load (before + i);
    int same = _mm256_movemask_epi8 (_mm256_cmpeq_epi8 (x, left));

    _mm256_storeu_si256 ((void *)(folded + i),
                         fold (&folding, x, left, load (above + i)));
    memcpy (equal_bytes + i / 8, &same, sizeof same);
  }
}

/* learning */

/* counts the lengths of @u's codewords in a bucket; returns the best code */
static ALWAYS_INLINE uint8_t
count (SpcQuicModel *model, const SpcQuicFamily *family, unsigned component,
       unsigned bucket, unsigned u)
{
  __m128i *at = (void *)model->counters[component][bucket];
  __m128i counters = _mm_add_epi16 (
      _mm_load_si128 (at), _mm_load_si128 ((const void *)family->lengths[u]));
  /* the least, and above it the first place where it stands */
  unsigned least = (unsigned)_mm_cvtsi128_si32 (_mm_minpos_epu16 (counters));

  if ((least & 0xffff) > model->trigger)
    counters = _mm_srli_epi16 (counters, 1);
  _mm_store_si128 (at, counters);
  return (uint8_t)(family->bits - 1 - (least >> 16));
}

/* codes one by one */

/* Lengths are the lowest bits of codewords: sums of codewords hold the sums of
 * lengths there, and shifts look at no more than six of them. */
static ALWAYS_INLINE void
put_colours (SpcQuicBits *bits, uint32_t red, uint32_t green, uint32_t blue)
{
  uint32_t low_n = blue + green, n = (low_n + red) & 255;
  uint64_t low = (uint64_t)(green >> SPC_QUIC_LENGTH_BITS) << (blue & 63) |
                 blue >> SPC_QUIC_LENGTH_BITS;

  if (G_LIKELY (n <= 64)) {
    uint64_t high = (uint64_t)(red >> SPC_QUIC_LENGTH_BITS) << (low_n & 63);

    spc_quic_bits_put (bits, high | low, n);
    return;
  }
  spc_quic_bits_put (bits, red >> SPC_QUIC_LENGTH_BITS, red & 255);
  spc_quic_bits_put (bits, low, low_n & 255);
}

static ALWAYS_INLINE void
put_quads (SpcQuicModel *model, SpcQuicBits *bits, const uint8_t *context,
           const uint8_t *u, uint32_t n, bool learns)
{
  const SpcQuicFamily *family = model->family;
  unsigned blue = family->buckets[context[0]];
  unsigned green = family->buckets[context[1]];
  unsigned red = family->buckets[context[2]];

  for (; n; n--, u += 4) {
    put_colours (bits, family->codewords[u[2]][model->best[2][red]],
                 family->codewords[u[1]][model->best[1][green]],
                 family->codewords[u[0]][model->best[0][blue]]);
    if (learns && model->wait-- == 0) {
      model->best[0][blue] = count (model, family, 0, blue, u[0]);
      model->best[1][green] = count (model, family, 1, green, u[1]);
      model->best[2][red] = count (model, family, 2, red, u[2]);
      model->wait = spc_quic_model_next_wait (model);
    }
    blue = family->buckets[u[0]];
    green = family->buckets[u[1]];
    red = family->buckets[u[2]];
  }
}

/* codes side by side */

/* looked up by a nibble; of a family */
typedef struct {
  _Alignas(VECTOR) uint8_t bucket_low[VECTOR]; /* of context + 1 */
  uint8_t bucket_high[VECTOR];                 /* of its high nibble */
  uint8_t ngr[VECTOR], escape[VECTOR];         /* of code l */
  uint8_t low_bits[VECTOR];                    /* (1 << l) - 1 */
  uint8_t scale[VECTOR];                       /* 1 << (7 - l) */
} Tables;

/* clang-format off */
#define TWICE(...) { __VA_ARGS__, __VA_ARGS__ }
static const Tables tables_8 = {
  TWICE (0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3),
  TWICE (0, 4, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7),
  TWICE (18, 36, 72, 144, 240, 224, 192, 128, 0, 0, 0, 0, 0, 0, 0, 0),
  TWICE (26, 26, 26, 25, 19, 12, 9, 8, 0, 0, 0, 0, 0, 0, 0, 0),
  TWICE (0, 1, 3, 7, 15, 31, 63, 127, 0, 0, 0, 0, 0, 0, 0, 0),
  TWICE (128, 64, 32, 16, 8, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0),
};
static const Tables tables_5 = {
  TWICE (0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3),
  TWICE (0, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  TWICE (21, 30, 28, 24, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  TWICE (25, 16, 9, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  TWICE (0, 1, 3, 7, 15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  TWICE (128, 64, 32, 16, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
};
/* clang-format on */

static ALWAYS_INLINE __m256i
look_up (const uint8_t *table, __m256i at)
{
  return _mm256_shuffle_epi8 (load (table), at);
}

static ALWAYS_INLINE __m256i
best_of (const SpcQuicModel *model, unsigned component)
{
  return _mm256_broadcastsi128_si256 (
      _mm_load_si128 ((const void *)model->best[component]));
}

/* the code that the residual behind each byte of @contexts is written in */
static ALWAYS_INLINE __m256i
find_codes (const Tables *self, const SpcQuicModel *model, __m256i contexts)
{
  const __m256i nibble = _mm256_set1_epi8 (15);
  __m256i c = _mm256_adds_epu8 (contexts, _mm256_set1_epi8 (1));
  __m256i low = _mm256_and_si256 (c, nibble);
  __m256i high = _mm256_and_si256 (_mm256_srli_epi16 (c, 4), nibble);
  __m256i buckets = _mm256_max_epu8 (look_up (self->bucket_low, low),
                                     look_up (self->bucket_high, high));
  /* odd components stand behind even ones */
  __m256i at =
      _mm256_add_epi8 (buckets, _mm256_set1_epi16 (SPC_QUIC_MAX_CODES << 8));

  return _mm256_blend_epi16 (_mm256_shuffle_epi8 (best_of (model, 0), at),
                             _mm256_shuffle_epi8 (best_of (model, 2), at),
                             0xaa);
}

/* u >> l of bytes of which each has its own scale */
static ALWAYS_INLINE __m256i
shift_right (__m256i u, __m256i scale)
{
  const __m256i even = _mm256_set1_epi16 (255);
  __m256i low = _mm256_mullo_epi16 (_mm256_and_si256 (u, even),
                                    _mm256_and_si256 (scale, even));
  __m256i high = _mm256_mullo_epi16 (_mm256_srli_epi16 (u, 8),
                                     _mm256_srli_epi16 (scale, 8));

  low = _mm256_srli_epi16 (low, 7);
  high = _mm256_add_epi16 (high, high); /* >> 7, << 8 */
  return _mm256_or_si256 (low, _mm256_andnot_si256 (even, high));
}

/* values and lengths of codewords, both bytes */
static ALWAYS_INLINE void
find_codewords (const Tables *self, __m256i u, __m256i l, __m256i *values,
                __m256i *lengths)
{
  const __m256i one = _mm256_set1_epi8 (1);
  __m256i ngr = look_up (self->ngr, l);
  __m256i low_bits = look_up (self->low_bits, l);
  __m256i zeros = shift_right (u, look_up (self->scale, l));
  __m256i is_escape = _mm256_cmpeq_epi8 (_mm256_max_epu8 (u, ngr), u);
  __m256i value = _mm256_add_epi8 (_mm256_and_si256 (u, low_bits),
                                   _mm256_add_epi8 (low_bits, one));
  __m256i length = _mm256_add_epi8 (_mm256_add_epi8 (zeros, l), one);

  *values = _mm256_blendv_epi8 (value, _mm256_sub_epi8 (u, ngr), is_escape);
  *lengths = _mm256_blendv_epi8 (length, look_up (self->escape, l), is_escape);
}

/* bytes of @n quads without their fourth */
static ALWAYS_INLINE __m256i
mask_of (uint32_t n)
{
  static const uint32_t masks[2 * BLOCK] = {0xffffff, 0xffffff, 0xffffff,
                                            0xffffff, 0xffffff, 0xffffff,
                                            0xffffff, 0xffffff, 0};

  return load (masks + BLOCK - n);
}

/* bits of each pixel, and how many; right if they are at most 32 */
static ALWAYS_INLINE __m256i
join_components (__m256i values, __m256i lengths, __m256i *n)
{
  const __m256i byte = _mm256_set1_epi32 (255);
  __m256i n_blue = _mm256_and_si256 (lengths, byte);
  __m256i n_low = _mm256_add_epi32 (
      n_blue, _mm256_and_si256 (_mm256_srli_epi32 (lengths, 8), byte));
  __m256i green = _mm256_and_si256 (_mm256_srli_epi32 (values, 8), byte);
  __m256i low = _mm256_or_si256 (_mm256_and_si256 (values, byte),
                                 _mm256_sllv_epi32 (green, n_blue));
  __m256i red = _mm256_srli_epi32 (values, 16);

  *n = _mm256_add_epi32 (n_low, _mm256_srli_epi32 (lengths, 16));
  return _mm256_or_si256 (low, _mm256_sllv_epi32 (red, n_low));
}

/* of pairs of pixels, the first one's on top; of both at most 64 */
static ALWAYS_INLINE __m256i
join_pixels (__m256i pixels, __m256i n, __m256i *n_pair)
{
  const __m256i half = _mm256_set1_epi64x (0xffffffff);
  __m256i n_odd = _mm256_srli_epi64 (n, 32);
  __m256i even = _mm256_sllv_epi64 (_mm256_and_si256 (pixels, half), n_odd);

  *n_pair = _mm256_and_si256 (_mm256_add_epi32 (n, n_odd), half);
  return _mm256_or_si256 (even, _mm256_srli_epi64 (pixels, 32));
}

static ALWAYS_INLINE bool
any_over (__m256i n, int most)
{
  __m256i over = _mm256_cmpgt_epi32 (n, _mm256_set1_epi32 (most));

  return !_mm256_testz_si256 (over, over);
}

/* bits of 64-bit lanes to their top, where the writer wants them */
static ALWAYS_INLINE __m256i
to_top (__m256i bits, __m256i n)
{
  return _mm256_sllv_epi64 (bits,
                            _mm256_sub_epi64 (_mm256_set1_epi64x (64), n));
}

static ALWAYS_INLINE void
put_first (SpcQuicBits *bits, __m128i tops, __m128i n)
{
  spc_quic_bits_put_top (bits, (uint64_t)_mm_cvtsi128_si64 (tops),
                         (unsigned)_mm_cvtsi128_si32 (n));
}

static ALWAYS_INLINE void
put_both (SpcQuicBits *bits, __m128i tops, __m128i n)
{
  put_first (bits, tops, n);
  spc_quic_bits_put_top (bits, (uint64_t)_mm_extract_epi64 (tops, 1),
                         (unsigned)_mm_extract_epi32 (n, 2));
}

/* false if four pixels take more than 64 bits */
static ALWAYS_INLINE bool
put_fours (SpcQuicBits *bits, __m256i pairs, __m256i n)
{
  __m256i n_second = _mm256_shuffle_epi32 (n, 0x4e); /* lanes swapped */
  __m256i n_four = _mm256_add_epi64 (n, n_second);
  __m256i second = _mm256_unpackhi_epi64 (pairs, pairs);
  __m256i fours = _mm256_or_si256 (_mm256_sllv_epi64 (pairs, n_second), second);

  if (any_over (n_four, 64))
    return false;
  fours = to_top (fours, n_four);
  put_first (bits, _mm256_castsi256_si128 (fours),
             _mm256_castsi256_si128 (n_four));
  put_first (bits, _mm256_extracti128_si256 (fours, 1),
             _mm256_extracti128_si256 (n_four, 1));
  return true;
}

/* of @n_quads quads, 1 to BLOCK */
static ALWAYS_INLINE void
put_pairs (SpcQuicBits *bits, __m256i pairs, __m256i n, uint32_t n_quads)
{
  if (n_quads == BLOCK && put_fours (bits, pairs, n))
    return;
  pairs = to_top (pairs, n);
  put_both (bits, _mm256_castsi256_si128 (pairs), _mm256_castsi256_si128 (n));
  if (n_quads > BLOCK / 2)
    put_both (bits, _mm256_extracti128_si256 (pairs, 1),
              _mm256_extracti128_si256 (n, 1));
}

/* @n quads, 1 to BLOCK; false if one of them takes more than 32 bits */
static ALWAYS_INLINE bool
put_block (const Tables *tables, const SpcQuicModel *model, SpcQuicBits *bits,
           uint32_t before, const uint8_t *u, uint32_t n)
{
  __m256i contexts = _mm256_blend_epi32 (
      load (u - 4), _mm256_castsi128_si256 (_mm_cvtsi32_si128 ((int)before)),
      1);
  __m256i values, lengths, pixels, pairs, n_pixels, n_pairs;

  find_codewords (tables, load (u), find_codes (tables, model, contexts),
                  &values, &lengths);
  values = _mm256_and_si256 (values, mask_of (n));
  lengths = _mm256_and_si256 (lengths, mask_of (n));
  pixels = join_components (values, lengths, &n_pixels);
  if (G_UNLIKELY (any_over (n_pixels, 32)))
    return false;
  pairs = join_pixels (pixels, n_pixels, &n_pairs);
  put_pairs (bits, pairs, n_pairs, n);
  return true;
}

static ALWAYS_INLINE uint32_t
quad_at (const uint8_t *at)
{
  uint32_t quad;

  memcpy (&quad, at, 4);
  return quad;
}

static ALWAYS_INLINE void
learn_byte (SpcQuicModel *model, const SpcQuicFamily *family,
            unsigned component, unsigned context, unsigned u)
{
  unsigned bucket = family->buckets[context];
  uint8_t best = count (model, family, component, bucket, u);

  if (model->best[component][bucket] != best)
    model->best[component][bucket] = best;
}

static ALWAYS_INLINE void
learn_quad (SpcQuicModel *model, const uint8_t *context, const uint8_t *u)
{
  const SpcQuicFamily *family = model->family;

  learn_byte (model, family, 0, context[0], u[0]);
  learn_byte (model, family, 1, context[1], u[1]);
  learn_byte (model, family, 2, context[2], u[2]);
  model->wait = spc_quic_model_next_wait (model);
}

static ALWAYS_INLINE void
put_blocks (SpcQuicModel *model, SpcQuicBits *bits, const uint8_t *context,
            const uint8_t *u, uint32_t n)
{
  const Tables *tables = model->family->bits == 8 ? &tables_8 : &tables_5;

  while (n) {
    uint32_t some = MIN (MIN (n, BLOCK), model->wait + 1);
    const uint8_t *last = u + 4 * (some - 1);

    if (some < MIN_FOR_BLOCK ||
        !put_block (tables, model, bits, quad_at (context), u, some))
      put_quads (model, bits, context, u, some, false);
    if (some > 1)
      context = last - 4;
    if (some > model->wait)
      learn_quad (model, context, last);
    else
      model->wait -= some;
    n -= some;
    u = last + 4;
    context = last;
  }
}

static void
code_quads (SpcQuicModel *model, SpcQuicBits *bits, const uint8_t *context,
            const uint8_t *u, uint32_t n)
{
  SpcQuicBits local = *bits;

  if (model->step < MIN_STEP_FOR_BLOCK)
    put_quads (model, &local, context, u, n, true);
  else
    put_blocks (model, &local, context, u, n);
  *bits = local;
}

static void
code_bytes (SpcQuicModel *model, SpcQuicBits *bits, const uint8_t *context,
            const uint8_t *u, uint32_t n)
{
  const SpcQuicFamily *family = model->family;
  unsigned bucket = family->buckets[*context];
  SpcQuicBits local = *bits;

  for (; n; n--, u++) {
    unsigned codeword = family->codewords[*u][model->best[0][bucket]];

    spc_quic_bits_put (&local, codeword >> SPC_QUIC_LENGTH_BITS,
                       codeword & 255);
    if (model->wait-- == 0) {
      model->best[0][bucket] = count (model, family, 0, bucket, *u);
      model->wait = spc_quic_model_next_wait (model);
    }
    bucket = family->buckets[*u];
  }
  *bits = local;
}

/* runs */

static void
keep_quads (const uint64_t *runs, const uint8_t *kept, uint32_t n,
            uint8_t *folded)
{
  const __m256i bit_of_lane = _mm256_setr_epi32 (1, 2, 4, 8, 16, 32, 64, 128);

  for (size_t at = 0; at * 64 < n; at++)
    for (uint64_t word = runs[at], i = at * 64; word; word >>= 8, i += BLOCK) {
      __m256i bits =
          _mm256_and_si256 (_mm256_set1_epi32 ((int)word), bit_of_lane);
      __m256i mask = _mm256_cmpeq_epi32 (bits, bit_of_lane);
      __m256i blended =
          _mm256_blendv_epi8 (load (folded + 4 * i), load (kept + 4 * i), mask);

      _mm256_storeu_si256 ((void *)(folded + 4 * i), blended);
    }
}

static bool
is_supported (void)
{
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("bmi") &&
         __builtin_cpu_supports ("bmi2");
}

const SpcQuicKernels spc_quic_kernels_avx2 = {
    "avx2",
    is_supported,
    {predict_quads, predict_bytes},
    {code_quads, code_bytes},
    {keep_quads, spc_quic_keep_bytes_c},
};

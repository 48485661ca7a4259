/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* palettise.c – in two passes. The first finds the colours, each in a small
 * hash table, and gives each pixel a number in the order of finding. The second
 * turns numbers into indices of the sorted palette and packs them, eight pixels
 * at a time; where they are the same as the eight before, so is the result.
 * Neighbours are mostly equal, so both compare before they look up. */
#include "palettise.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

enum {
  MAX_COLOURS = QXL_PALETTE_MAX_ENTRIES,
  TABLE_BITS = 10, /* four places for each colour */
  MIN_TABLE_BITS = 5,
  GLANCES = 1024,   /* pixels looked at first */
  GLANCE_STEP = 16, /* pixels from one to the next, at least */
  STEP = 8,         /* pixels packed at a time */
};

/* the rule */
enum {
  MIN_PIXELS = 400,
  MAX_PIXELS = 1 << 18,
  PIXELS_A_COLOUR = 64, /* at least: the palette is sent, too */
  PAYING_COLOURS = 16,
};

/* no colour: those have 24 bits */
#define NOTHING UINT32_MAX
#define COLOUR_MASK 0xffffffu
/* 2^32 divided by the golden ratio */
#define HASH_FACTOR 0x9e3779b1u

typedef struct {
  uint32_t keys[1 << TABLE_BITS]; /* a colour, or NOTHING */
  uint8_t numbers[1 << TABLE_BITS];
  unsigned shift, mask;
  uint32_t found[MAX_COLOURS]; /* colours by number */
  unsigned n_found, max;
} Colours;

/* colours */

static void
colours_init (Colours *self, size_t n_pixels, unsigned max)
{
  unsigned bits = MIN_TABLE_BITS;

  while (bits < TABLE_BITS && (size_t)1 << bits < 2 * MIN (n_pixels, 2 * max))
    bits++;
  memset (self->keys, 0xff, sizeof self->keys[0] << bits);
  self->shift = 32 - bits;
  self->mask = (1u << bits) - 1;
  self->n_found = 0;
  self->max = max;
}

static inline uint32_t
colour_at (const uint8_t *pixel)
{
  uint32_t value;

  memcpy (&value, pixel, 4);
  return GUINT32_FROM_LE (value) & COLOUR_MASK;
}

/* the colour's number, or -1 if it is one too many */
static inline int
number_of (Colours *self, uint32_t colour)
{
  unsigned slot = colour * HASH_FACTOR >> self->shift;

  while (self->keys[slot] != colour) {
    if (self->keys[slot] == NOTHING) {
      if (self->n_found == self->max)
        return -1;
      self->keys[slot] = colour;
      self->numbers[slot] = (uint8_t)self->n_found;
      self->found[self->n_found++] = colour;
      break;
    }
    slot = (slot + 1) & self->mask;
  }
  return self->numbers[slot];
}

/* pixels spread over the whole picture, where a photo shows at once */
static bool
glance (Colours *self, const QxlImage *image)
{
  uint64_t n_pixels = (uint64_t)image->width * image->height;
  uint64_t step = MAX (n_pixels / GLANCES, GLANCE_STEP);

  for (uint64_t at = 0; at < n_pixels; at += step) {
    const uint8_t *row = qxl_image_row (image, (uint32_t)(at / image->width));

    if (number_of (self, colour_at (row + at % image->width * 4)) < 0)
      return false;
  }
  return true;
}

/* first pass */

/* of the pixels from @pixel on, so many are of @colour, counted by eights */
static inline size_t
same_by_eights (const uint8_t *pixel, size_t n, uint32_t colour)
{
  size_t at = 0;
#ifdef __SSE2__
  const __m128i mask = _mm_set1_epi32 ((int)COLOUR_MASK);
  const __m128i all = _mm_set1_epi32 ((int)colour);

  for (; n - at >= 8; at += 8, pixel += 32) {
    __m128i a = _mm_loadu_si128 ((const __m128i *)pixel);
    __m128i b = _mm_loadu_si128 ((const __m128i *)(pixel + 16));

    a = _mm_cmpeq_epi32 (_mm_and_si128 (a, mask), all);
    b = _mm_cmpeq_epi32 (_mm_and_si128 (b, mask), all);
    if (_mm_movemask_epi8 (_mm_and_si128 (a, b)) != 0xffff)
      break;
  }
#endif
  return at;
}

/* Eight pixels at a time, unless they are all like the one before: each is
 * looked up, for where neighbours differ cannot be foreseen. */
static bool
number_row (Colours *self, const uint8_t *pixel, size_t n, uint8_t *numbers)
{
  uint32_t last = NOTHING;
  int number = 0;

  for (size_t x = 0; x < n;) {
    size_t same = same_by_eights (pixel + x * 4, n - x, last);
    size_t end;

    memset (numbers + x, number, same);
    x += same;
    for (end = MIN (x + STEP, n); x < end; x++) {
      last = colour_at (pixel + x * 4);
      number = number_of (self, last);
      if (number < 0)
        return false;
      numbers[x] = (uint8_t)number;
    }
  }
  return true;
}

/* the palette */

/* Shell's sort, with Ciura's gaps: qsort calls out for each comparison, which
 * took as long as a pass over 8192 pixels */
static void
sort (uint32_t *values, unsigned n)
{
  static const unsigned gaps[] = {132, 57, 23, 10, 4, 1};

  for (size_t g = 0; g < G_N_ELEMENTS (gaps); g++)
    for (unsigned gap = gaps[g], i = gap; i < n; i++) {
      uint32_t value = values[i];
      unsigned at = i;

      for (; at >= gap && values[at - gap] > value; at -= gap)
        values[at] = values[at - gap];
      values[at] = value;
    }
}

/* the palette; @indices: where each number's colour came to be */
static QxlPalette *
make_palette (const Colours *self, uint8_t indices[MAX_COLOURS])
{
  uint32_t sorted[MAX_COLOURS]; /* the number in the lowest 8 bits */
  unsigned n = self->n_found;

  for (unsigned i = 0; i < n; i++)
    sorted[i] = self->found[i] << 8 | i;
  sort (sorted, n);
  for (unsigned i = 0; i < n; i++) {
    indices[sorted[i] & 255] = (uint8_t)i;
    sorted[i] >>= 8;
  }
  if (n == 1) /* clients look up both colours of 1-bit pixels */
    sorted[n++] = sorted[0];
  return qxl_palette_new_hashed (sorted, n);
}

/* second pass */

static inline void
pack (const uint8_t numbers[STEP], const uint8_t *indices, unsigned bits,
      uint8_t *packed)
{
  for (unsigned i = 0, at = 0; i < STEP; at++) {
    unsigned byte = 0;

    for (unsigned k = 0; k < 8 / bits; k++)
      byte = byte << bits | indices[numbers[i++]];
    packed[at] = (uint8_t)byte;
  }
}

/* Numbers become indices in the same memory, whose rows have whole steps
 * before and no padding after: writing never overtakes reading. @bits is a
 * constant. */
static inline __attribute__ ((always_inline)) void
pack_rows (uint8_t *memory, uint32_t width, uint32_t height,
           const uint8_t *indices, unsigned bits)
{
  size_t n_steps = (width + STEP - 1) / STEP;
  size_t row_bytes = ((size_t)width * bits + 7) / 8;
  uint8_t last[STEP], packed[STEP];

  memcpy (last, memory, STEP);
  pack (last, indices, bits, packed);
  for (uint32_t y = 0; y < height; y++) {
    const uint8_t *from = memory + y * n_steps * STEP;
    uint8_t *to = memory + y * row_bytes;

    for (size_t i = 0; i < n_steps; i++, from += STEP, to += bits) {
      if (memcmp (from, last, STEP) != 0) {
        memcpy (last, from, STEP);
        pack (last, indices, bits, packed);
      }
      memcpy (to, packed, bits);
    }
  }
}

static QxlFormat
format_for (const QxlPalette *palette)
{
  if (palette->n_entries <= 2)
    return QXL_FORMAT_PLT1_BE;
  return palette->n_entries <= 16 ? QXL_FORMAT_PLT4_BE : QXL_FORMAT_PLT8;
}

static QxlImage *
make_image (const Colours *colours, uint32_t width, uint32_t height,
            uint8_t *memory)
{
  uint8_t indices[MAX_COLOURS];
  QxlPalette *palette = make_palette (colours, indices);
  QxlFormat format = format_for (palette);
  QxlImage *image;
  size_t row_bytes;

  switch (qxl_format_bits_per_pixel (format)) {
  case 1:
    pack_rows (memory, width, height, indices, 1);
    break;
  case 4:
    pack_rows (memory, width, height, indices, 4);
    break;
  default:
    pack_rows (memory, width, height, indices, 8);
  }
  qxl_format_row_bytes (format, width, &row_bytes);
  image = qxl_image_new_wrapped (format, width, height, row_bytes, memory, NULL,
                                 NULL);
  qxl_image_take_palette (image, palette);
  return image;
}

QxlImage *
spc_palettise (const QxlImage *image, unsigned max_colours, SpcScratch *scratch)
{
  size_t row = ((size_t)image->width + STEP - 1) / STEP * STEP;
  Colours colours;
  uint8_t *numbers;

  if (image->format != QXL_FORMAT_BGRX)
    return NULL;
  colours_init (&colours, (size_t)image->width * image->height,
                MIN (max_colours, MAX_COLOURS));
  if (!glance (&colours, image))
    return NULL;
  numbers = spc_scratch_get (scratch, SPC_SLOT_INDICES, row * image->height);
  for (uint32_t y = 0; y < image->height; y++) {
    uint8_t *to = numbers + y * row;

    if (!number_row (&colours, qxl_image_row (image, y), image->width, to))
      return NULL;
    memset (to + image->width, 0, row - image->width);
  }
  return make_image (&colours, image->width, image->height, numbers);
}

unsigned
spc_palettise_pays (const QxlImage *image)
{
  uint64_t n_pixels = (uint64_t)image->width * image->height;

  if (image->format != QXL_FORMAT_BGRX || n_pixels < MIN_PIXELS ||
      n_pixels > MAX_PIXELS)
    return 0;
  return (unsigned)MIN (n_pixels / PIXELS_A_COLOUR, PAYING_COLOURS);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image-decoders-quic.h"

#include <spice/enums.h>
#include <string.h>

enum {
  MAGIC = 0x43495551, /* "QUIC" */
  HEADER_WORDS = 5,
  WORD_BITS = 32,
  MAX_PIXELS = 536870911,
  MAX_COMPONENTS = 4,
  MAX_CODES = 8, /* also the number of buckets */
  CODE_LIMIT = 26,
  LAST_STEP = 6,
  SEGMENT = 2048,  /* pixels until the step grows */
  FIRST_RUN = 3,   /* column */
  LAST_STATE = 31, /* of the run code */
};

static const uint16_t triggers[LAST_STEP + 1] = {110, 550, 900, 800,
                                                 550, 400, 350};

static const uint8_t run_exponents[LAST_STATE + 1] = {
    0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,  2,  3,  3,  3,  3,
    4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15,
};

/* the low six bits of the 256 random numbers are all that is ever used */
static const uint8_t random_bytes[256] = {
    0x42, 0x17, 0x53, 0x55, 0x07, 0x52, 0x28, 0x8e, 0x8c, 0xe0, 0xaf, 0xac,
    0x64, 0x86, 0x92, 0x4b, 0x44, 0x13, 0xea, 0x1d, 0x50, 0x7f, 0xb9, 0x33,
    0xd0, 0x03, 0x05, 0x4e, 0x0f, 0x9e, 0x94, 0x89, 0xa4, 0x6d, 0x43, 0xf9,
    0xbd, 0x00, 0x08, 0x45, 0x29, 0xce, 0x6b, 0x5b, 0xab, 0xbb, 0x1f, 0xe3,
    0x27, 0x7c, 0x2a, 0xa6, 0x4d, 0x36, 0x7e, 0xc1, 0x1a, 0xc3, 0x0b, 0x3d,
    0x74, 0xa2, 0xc7, 0xf0, 0x04, 0x3b, 0x16, 0x0c, 0x96, 0x88, 0xb2, 0x84,
    0x8a, 0x46, 0x2c, 0xc8, 0x8b, 0xee, 0xdf, 0x73, 0x75, 0x11, 0x01, 0x2b,
    0x6e, 0x3c, 0xe4, 0x76, 0x0a, 0x9b, 0x67, 0x6c, 0x56, 0xe9, 0x57, 0xc2,
    0xec, 0x40, 0x68, 0xb5, 0xa8, 0xb0, 0x90, 0xeb, 0x60, 0x5c, 0xe1, 0x4c,
    0x54, 0x02, 0x78, 0xbe, 0x77, 0xfa, 0x12, 0x14, 0x0d, 0x37, 0x26, 0x9d,
    0x79, 0xd3, 0x31, 0x21, 0x6f, 0xbf, 0xfb, 0x80, 0x23, 0xfd, 0x93, 0x19,
    0x2e, 0x66, 0xfc, 0xc4, 0x63, 0x41, 0x9a, 0xe8, 0x9c, 0xca, 0x85, 0x0e,
    0xd9, 0xd2, 0x70, 0xf1, 0xd4, 0x7b, 0x3e, 0xe2, 0xae, 0x87, 0xa1, 0x34,
    0x22, 0x7a, 0xc9, 0x5d, 0x48, 0xf7, 0xfe, 0xbc, 0xa5, 0x24, 0xe5, 0x72,
    0xc6, 0x83, 0x4a, 0x1c, 0x30, 0x98, 0x5a, 0x7d, 0x39, 0x1e, 0xcb, 0xb6,
    0x82, 0x06, 0x32, 0xef, 0x47, 0x91, 0xa3, 0x35, 0x20, 0xcc, 0xd7, 0xd1,
    0xc5, 0x15, 0x71, 0xb7, 0xb3, 0x2d, 0xb4, 0x1b, 0xe7, 0x99, 0xa7, 0xff,
    0xd6, 0xd8, 0xaa, 0xf4, 0x38, 0xe6, 0x69, 0xa9, 0xb8, 0xa0, 0xcd, 0x58,
    0xda, 0xf3, 0xdb, 0xf8, 0x3a, 0x65, 0x18, 0x6a, 0x8f, 0xdc, 0x51, 0x5e,
    0x5f, 0xcf, 0x10, 0x97, 0x59, 0xf6, 0x61, 0x62, 0x81, 0xdd, 0x9f, 0xf2,
    0xf5, 0x95, 0xb1, 0x4f, 0x2f, 0x49, 0xc0, 0xba, 0x25, 0xad, 0xde, 0x8d,
    0x09, 0xed, 0x3f, 0xd5,
};

static bool
fail (GError **error, const char *what, uint64_t got, uint64_t expected)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "%s: %" G_GUINT64_FORMAT ", expected %" G_GUINT64_FORMAT, what,
               got, expected);
  return false;
}

/* bits: sticky, after the end they are 0 and @ok is false */

typedef struct {
  const uint8_t *data;
  size_t at, n; /* bits */
  bool ok;
} Bits;

static uint32_t
take_bit (Bits *bits)
{
  size_t at = bits->at;

  if (at >= bits->n) {
    bits->ok = false;
    return 0;
  }
  bits->at++;
  /* first the top bit of a word's last byte */
  return bits->data[at / 32 * 4 + 3 - at % 32 / 8] >> (7 - at % 8) & 1;
}

static uint32_t
take_bits (Bits *bits, unsigned n)
{
  uint32_t value = 0;

  while (n--)
    value = value << 1 | take_bit (bits);
  return value;
}

/* codes: the family of the length-limited Golomb-Rice codes */

typedef struct {
  unsigned prefix, ngr, suffix;
} Code;

static Code
code_of (unsigned bits, unsigned l)
{
  Code code = {.prefix = MIN (CODE_LIMIT - bits, (1u << (bits - l)) - 1)};

  code.ngr = code.prefix << l;
  while ((1u << code.suffix) < (1u << bits) - code.ngr)
    code.suffix++;
  return code;
}

static unsigned
code_length (unsigned bits, unsigned l, unsigned u)
{
  Code code = code_of (bits, l);

  return u < code.ngr ? (u >> l) + 1 + l : code.prefix + code.suffix;
}

static unsigned
take_code (Bits *in, unsigned bits, unsigned l)
{
  Code code = code_of (bits, l);
  unsigned zeros = 0;

  while (zeros < code.prefix && in->ok && take_bit (in) == 0)
    zeros++;
  if (zeros == code.prefix)
    return code.ngr + take_bits (in, code.suffix);
  return zeros << l | take_bits (in, l);
}

/* a component: its buckets and its lines, which the image owns */

typedef struct {
  uint32_t counters[MAX_CODES][MAX_CODES];
  uint8_t best[MAX_CODES];
  uint8_t *above, *row, *residuals;
  uint8_t first_before; /* residual of column 0 one row earlier */
} Component;

typedef struct {
  unsigned bits, n; /* of a component; components */
  Component *components;
  uint32_t wait, step, left, run_state;
  uint8_t seed;
} Group;

static unsigned
bucket_of (const Group *group, unsigned context)
{
  unsigned bucket = 0;

  while (context + 1 >= 2u << bucket)
    bucket++;
  return MIN (bucket, group->bits - 1);
}

static unsigned
context_at (const Component *c, uint32_t column)
{
  return column ? c->residuals[column - 1] : c->first_before;
}

static void
update (const Group *group, Component *c, unsigned context, unsigned u)
{
  unsigned bucket = bucket_of (group, context), best = 0;
  uint32_t *counters = c->counters[bucket];

  for (unsigned l = 0; l < group->bits; l++) {
    counters[l] += code_length (group->bits, l, u);
    if (counters[l] <= counters[best])
      best = l;
  }
  c->best[bucket] = (uint8_t)best;
  if (counters[best] > triggers[group->step])
    for (unsigned l = 0; l < group->bits; l++)
      counters[l] >>= 1;
}

static unsigned
predict (const Component *c, uint32_t column, bool first_row)
{
  if (first_row)
    return column ? c->row[column - 1] : 0;
  if (column == 0)
    return c->above[0];
  return (c->row[column - 1] + c->above[column]) >> 1;
}

static unsigned
unfold (unsigned u, unsigned max)
{
  return u & 1 ? max - (u >> 1) : u >> 1;
}

static bool
take_pixel (Group *group, Bits *in, uint32_t column, bool first_row,
            GError **error)
{
  unsigned max = (1u << group->bits) - 1, contexts[MAX_COMPONENTS];

  for (unsigned k = 0; k < group->n; k++) {
    Component *c = &group->components[k];
    unsigned u;

    contexts[k] = context_at (c, column);
    u = take_code (in, group->bits, c->best[bucket_of (group, contexts[k])]);
    if (!in->ok || u > max)
      return fail (error, "QUIC residual", u, max);
    c->residuals[column] = (uint8_t)u;
    c->row[column] = (predict (c, column, first_row) + unfold (u, max)) & max;
  }
  if (group->wait--)
    return true;
  for (unsigned k = 0; k < group->n; k++)
    update (group, &group->components[k], contexts[k],
            group->components[k].residuals[column]);
  group->wait = random_bytes[++group->seed] & ((1u << group->step) - 1);
  return true;
}

/* runs */

static bool
all_agree (const Group *group, uint32_t column)
{
  for (unsigned k = 0; k < group->n; k++) {
    const Component *c = &group->components[k];

    if (c->above[column - 1] != c->above[column] ||
        c->row[column - 1] != c->row[column - 2])
      return false;
  }
  return true;
}

/* more than @most is an error of the caller's to find */
static uint32_t
take_run_length (Group *group, Bits *in, uint32_t most)
{
  uint64_t n = 0;

  while (n <= most && take_bit (in)) {
    n += 1u << run_exponents[group->run_state];
    group->run_state = MIN (group->run_state + 1, LAST_STATE);
  }
  n += take_bits (in, run_exponents[group->run_state]);
  if (group->run_state)
    group->run_state--;
  return (uint32_t)MIN (n, (uint64_t)most + 1);
}

static bool
take_run (Group *group, Bits *in, uint32_t column, uint32_t end,
          uint32_t *length, GError **error)
{
  *length = take_run_length (group, in, end - column);
  if (!in->ok || *length > end - column)
    return fail (error, "QUIC run", *length, end - column);
  for (unsigned k = 0; k < group->n; k++) {
    uint8_t *row = group->components[k].row + column;

    memset (row, row[-1], *length);
  }
  return true;
}

/* rows */

static bool
take_segment (Group *group, Bits *in, uint32_t column, uint32_t end,
              bool first_row, GError **error)
{
  uint32_t run_start = 0, length;

  while (column < end) {
    if (!first_row && column >= FIRST_RUN && column != run_start &&
        all_agree (group, column)) {
      run_start = column;
      if (!take_run (group, in, column, end, &length, error))
        return false;
      column += length;
    } else if (!take_pixel (group, in, column++, first_row, error))
      return false;
  }
  return true;
}

static bool
take_row (Group *group, Bits *in, uint32_t width, bool first_row,
          GError **error)
{
  uint32_t column = 0;

  for (unsigned k = 0; k < group->n; k++) {
    Component *c = &group->components[k];

    c->first_before = first_row ? 0 : c->residuals[0];
  }
  while (group->step < LAST_STEP && group->left <= width - column) {
    uint32_t end = column + group->left;

    if (!take_segment (group, in, column, end, first_row, error))
      return false;
    column = end;
    group->step++;
    group->left = SEGMENT;
  }
  if (column == width)
    return true;
  if (!take_segment (group, in, column, width, first_row, error))
    return false;
  if (group->step < LAST_STEP)
    group->left -= width - column;
  return true;
}

/* images */

typedef struct {
  uint8_t format;     /* what it decodes to */
  uint8_t bytes;      /* of a pixel there */
  uint8_t bits;       /* of a component */
  uint8_t components; /* of the first group */
  bool alpha;         /* a second group follows */
} QuicType;

/* clang-format off */
static const QuicType quic_types[QUIC_N_TYPES] = {
  [QUIC_GRAY]  = { SPICE_BITMAP_FMT_8BIT,  1, 8, 1, false },
  [QUIC_RGB16] = { SPICE_BITMAP_FMT_16BIT, 2, 5, 3, false },
  [QUIC_RGB24] = { SPICE_BITMAP_FMT_24BIT, 3, 8, 3, false },
  [QUIC_RGB32] = { SPICE_BITMAP_FMT_32BIT, 4, 8, 3, false },
  [QUIC_RGBA]  = { SPICE_BITMAP_FMT_RGBA,  4, 8, 3, true },
};
/* clang-format on */

typedef struct {
  const QuicType *type;
  Component components[MAX_COMPONENTS]; /* R, G, B, alpha; or Y */
  Group groups[2];
  unsigned n_groups;
  uint8_t *lines; /* owned: three a component */
} Image;

static void
image_init (Image *self, const QuicType *type, uint32_t width)
{
  uint8_t *line;

  memset (self, 0, sizeof *self);
  self->type = type;
  self->lines = line = g_malloc0 ((size_t)width * 3 * MAX_COMPONENTS);
  for (int k = 0; k < MAX_COMPONENTS; k++, line += (size_t)width * 3) {
    Component *c = &self->components[k];

    c->above = line;
    c->row = line + width;
    c->residuals = line + 2 * (size_t)width;
    memset (c->best, type->bits - 1, sizeof c->best);
  }
  self->n_groups = 1 + type->alpha;
  for (unsigned i = 0; i < self->n_groups; i++)
    self->groups[i] = (Group){.bits = type->bits,
                              .n = i ? 1 : type->components,
                              .components = &self->components[i ? 3 : 0],
                              .left = SEGMENT,
                              .seed = 255};
}

static void
store_pixel (const Image *self, uint32_t column, uint8_t *to)
{
  const Component *c = self->components;
  unsigned word;

  if (self->type->components == 1) {
    to[0] = c[0].row[column];
    return;
  }
  if (self->type->bits == 5) {
    word = (unsigned)c[0].row[column] << 10 | c[1].row[column] << 5 |
           c[2].row[column];
    to[0] = (uint8_t)word;
    to[1] = (uint8_t)(word >> 8);
    return;
  }
  for (int k = 0; k < 3; k++)
    to[k] = c[2 - k].row[column];
  if (self->type->alpha)
    to[3] = c[3].row[column];
}

static bool
take_rows (Image *self, Bits *in, ImagePixels *out, GError **error)
{
  for (uint32_t y = 0; y < out->height; y++) {
    uint8_t *to = out->pixels + y * out->stride;

    for (unsigned i = 0; i < self->n_groups; i++)
      if (!take_row (&self->groups[i], in, out->width, y == 0, error))
        return false;
    for (uint32_t x = 0; x < out->width; x++)
      store_pixel (self, x, to + (size_t)x * self->type->bytes);
    for (int k = 0; k < MAX_COMPONENTS; k++) {
      Component *c = &self->components[k];
      uint8_t *above = c->above;

      c->above = c->row;
      c->row = above;
    }
  }
  return true;
}

/* zero bits to the end of a word, and one more word of them */
static bool
take_end (Bits *in, GError **error)
{
  size_t rest = in->n - in->at;

  if (rest < WORD_BITS || rest >= 2 * WORD_BITS)
    return fail (error, "QUIC bits left over", rest, WORD_BITS);
  while (rest--)
    if (take_bit (in))
      return fail (error, "QUIC padding", 1, 0);
  return true;
}

/* All components of row 0 and of the columns before FIRST_RUN take a bit at
 * least: a size that this stream cannot hold is refused before allocating. */
static bool
check_size (const QuicType *type, const Bits *in, const ImagePixels *out,
            GError **error)
{
  uint64_t width = out->width, height = out->height, least;

  if (width == 0 || height == 0 || width * height > MAX_PIXELS ||
      width * height * type->bytes > IMAGE_DECODERS_LIMIT)
    return fail (error, "QUIC pixels", width * height, MAX_PIXELS);
  least = width + (height - 1) * MIN (width, FIRST_RUN);
  least *= type->components + type->alpha;
  if (least > in->n - in->at)
    return fail (error, "QUIC bits of this size", in->n - in->at, least);
  return true;
}

/* the header but its sizes; NULL if it is wrong */
static const QuicType *
take_header (Bits *in, ImagePixels *out, GError **error)
{
  uint32_t magic = take_bits (in, WORD_BITS);
  uint32_t version = take_bits (in, WORD_BITS);
  uint32_t type = take_bits (in, WORD_BITS);

  out->width = take_bits (in, WORD_BITS);
  out->height = take_bits (in, WORD_BITS);
  if (!in->ok)
    return fail (error, "QUIC header", in->n, HEADER_WORDS * WORD_BITS), NULL;
  if (magic != MAGIC || version != 0)
    return fail (error, "QUIC magic and version", magic, MAGIC), NULL;
  if (type == 0 || type >= QUIC_N_TYPES)
    return fail (error, "QUIC type", type, QUIC_RGB32), NULL;
  return &quic_types[type];
}

bool
image_decode_quic (const uint8_t *data, size_t size, ImagePixels *out,
                   GError **error)
{
  Bits in = {.data = data, .n = size / 4 * WORD_BITS, .ok = true};
  const QuicType *type;
  Image image;
  bool ok;

  memset (out, 0, sizeof *out);
  if (size % 4)
    return fail (error, "QUIC size", size, size / 4 * 4);
  type = take_header (&in, out, error);
  if (!type || !check_size (type, &in, out, error))
    return false;
  out->format = type->format;
  out->top_down = true;
  out->stride = (size_t)out->width * type->bytes;
  out->pixels = g_malloc0 (out->stride * out->height);
  image_init (&image, type, out->width);
  ok = take_rows (&image, &in, out, error) && take_end (&in, error);
  g_free (image.lines);
  if (!ok)
    image_pixels_clear (out);
  return ok;
}

/* from one decoder's pixel to another's, which has all of a row's bytes */
static void
widen (ImageQuicType type, const uint8_t *from, uint8_t *to)
{
  for (int k = 0; k < 3; k++)
    to[k] = type == QUIC_GRAY ? from[0] : from[k];
  to[3] = 0;
}

bool
image_quic_is_shown (ImageQuicType type, const ImagePixels *pixels,
                     const QxlImage *image)
{
  static const QxlFormat formats[QUIC_N_TYPES] = {
      [QUIC_GRAY] = QXL_FORMAT_BGRX,  [QUIC_RGB16] = QXL_FORMAT_RGB15,
      [QUIC_RGB24] = QXL_FORMAT_BGRX, [QUIC_RGB32] = QXL_FORMAT_BGRX,
      [QUIC_RGBA] = QXL_FORMAT_BGRA,
  };
  const bool is_wider = type == QUIC_GRAY || type == QUIC_RGB24;
  const size_t bytes = quic_types[type].bytes;
  uint8_t pixel[4];

  if (image->format != formats[type] || image->width != pixels->width ||
      image->height != pixels->height)
    return false;
  for (uint32_t y = 0; y < image->height; y++) {
    const uint8_t *row = pixels->pixels + y * pixels->stride;
    const uint8_t *shown = qxl_image_row (image, y);

    if (!is_wider && memcmp (row, shown, pixels->stride) != 0)
      return false;
    for (size_t x = 0; is_wider && x < image->width; x++) {
      widen (type, row + x * bytes, pixel);
      if (memcmp (pixel, shown + 4 * x, 4) != 0)
        return false;
    }
  }
  return true;
}

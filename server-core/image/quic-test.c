/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "quic.h"

#include "tests/image-decoders-quic.h"
#include <string.h>

/* images */

typedef enum {
  SOLID,    /* one run a row */
  STRIPES,  /* rows alike, each of one colour */
  COLUMNS,  /* rows alike, of short runs */
  TEXT,     /* few colours at random: runs of every length, many of none */
  GRADIENT, /* small residuals */
  SALT,     /* flat with outliers: escapes behind small contexts */
  NOISE,
  MIXED, /* all of it in one row */
  N_CONTENTS
} Content;

static const uint8_t pixel_bytes[SPC_QUIC_N_TYPES] = {
    [SPC_QUIC_GRAY] = 1,  [SPC_QUIC_RGB16] = 2, [SPC_QUIC_RGB24] = 3,
    [SPC_QUIC_RGB32] = 4, [SPC_QUIC_RGBA] = 4,
};

static uint32_t
random_u32 (uint32_t *x)
{
  *x ^= *x << 13;
  *x ^= *x >> 17;
  *x ^= *x << 5;
  return *x;
}

static uint8_t
content_byte (Content content, uint32_t x, uint32_t y, unsigned c,
              uint32_t *random)
{
  switch (content) {
  case SOLID:
    return (uint8_t)(0x31 + c);
  case STRIPES:
    return (uint8_t)(y / 3 * 7 + c);
  case COLUMNS:
    return (uint8_t)(x / 9 * 31 + c);
  case TEXT:
    return random_u32 (random) % 5 ? 0xf0 : 0x11;
  case GRADIENT:
    return (uint8_t)(x + 2 * y + 5 * c + random_u32 (random) % 3);
  case SALT:
    return random_u32 (random) % 97 ? 0x80 : (uint8_t)random_u32 (random);
  case NOISE:
    return (uint8_t)(random_u32 (random) >> 16);
  default:
    return content_byte (x / 40 % MIXED, x, y, c, random);
  }
}

/* what is not sent is 0 after decoding: make it 0 before */
static uint8_t
sent_bits (SpcQuicType type, unsigned c)
{
  if (type == SPC_QUIC_RGB32 && c == 3)
    return 0;
  return type == SPC_QUIC_RGB16 && c == 1 ? 0x7f : 0xff;
}

/* fills in @image's stride and returns its rows; a pixel of text is of one kind
 * in all its bytes */
static uint8_t *
draw (SpcQuicImage *image, Content content, size_t padding)
{
  unsigned bytes = pixel_bytes[image->type];
  uint32_t random = image->width * 2654435761u | 1;
  uint8_t *rows;

  image->stride = (size_t)image->width * bytes + padding;
  rows = g_malloc (image->stride * image->height);
  memset (rows, 0xa5, image->stride * image->height);
  for (uint32_t y = 0; y < image->height; y++)
    for (uint32_t x = 0; x < image->width; x++) {
      uint32_t pixel_random = random;

      for (unsigned c = 0; c < bytes; c++) {
        if (content == TEXT)
          random = pixel_random;
        rows[y * image->stride + x * bytes + c] =
            content_byte (content, x, y, c, &random) &
            sent_bits (image->type, c);
      }
    }
  return rows;
}

/* checks */

static void
check_decodes (const SpcQuicImage *image, const uint8_t *stream, size_t size)
{
  size_t row = (size_t)image->width * pixel_bytes[image->type];
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;

  image_decode_quic (stream, size, &pixels, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pixels.width, ==, image->width);
  g_assert_cmpuint (pixels.height, ==, image->height);
  for (uint32_t y = 0; y < image->height; y++)
    g_assert_cmpmem (pixels.pixels + y * pixels.stride, pixels.stride,
                     image->rows + y * image->stride, row);
}

static void
check_same_by (const SpcQuicKernels *kernels, const SpcQuicImage *image,
               SpcScratch *scratch, const uint8_t *stream, size_t size)
{
  g_autofree uint8_t *other = g_malloc (size);
  size_t other_size =
      spc_quic_write_with (kernels, image, scratch, other, size);

  if (other_size != size || memcmp (other, stream, size) != 0)
    g_error ("%s: another stream of type %d, %u×%u", kernels->name, image->type,
             image->width, image->height);
}

/* the reference variant's stream decodes to @image, and all others write it
 * too; returns its size */
static size_t
check_round_trip (const SpcQuicImage *image, SpcScratch *scratch)
{
  size_t room = 64 + (size_t)image->width * image->height * 16;
  g_autofree uint8_t *stream = g_malloc (room);
  size_t size =
      spc_quic_write_with (&spc_quic_kernels_c, image, scratch, stream, room);

  g_assert_cmpuint (size, >, 24);
  check_decodes (image, stream, size);
  for (unsigned i = 0; spc_quic_kernels_at (i); i++)
    if (spc_quic_kernels_at (i)->is_supported ())
      check_same_by (spc_quic_kernels_at (i), image, scratch, stream, size);
  return size;
}

static size_t
check_drawn (SpcQuicImage *image, Content content, size_t padding,
             SpcScratch *scratch)
{
  g_autofree uint8_t *rows = draw (image, content, padding);

  image->rows = rows;
  return check_round_trip (image, scratch);
}

/* tests */

static void
test_worked_example (void)
{
  static const uint8_t expected[] = {
      0x51, 0x55, 0x49, 0x43, 0, 0, 0, 0,    4,    0,    0, 0, 1, 0,
      0,    0,    1,    0,    0, 0, 0, 0xda, 0x94, 0xee, 0, 0, 0, 0,
  };
  static const uint8_t pixel[] = {0x2d, 0x0a, 0x37, 0};
  const SpcQuicImage image = {SPC_QUIC_RGB32, 1, 1, 4, pixel};
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  uint8_t stream[64];
  size_t size = spc_quic_write (&image, scratch, stream, sizeof stream);

  g_assert_cmpmem (stream, size, expected, sizeof expected);
}

/* the tables say what the rule behind them does */
static void
check_family (const SpcQuicFamily *family)
{
  unsigned bits = family->bits;

  for (unsigned l = 0; l < bits; l++) {
    unsigned prefix = MIN (SPC_QUIC_MAX_LENGTH - bits, (1u << (bits - l)) - 1);
    unsigned ngr = prefix << l;
    unsigned suffix = g_bit_storage ((1u << bits) - ngr - 1);

    g_assert_cmpuint (family->ngr[l], ==, ngr);
    g_assert_cmpuint (family->escape_length[l], ==, prefix + suffix);
    for (unsigned u = 0; u <= family->max; u++) {
      unsigned length = u < ngr ? (u >> l) + 1 + l : prefix + suffix;
      unsigned value = u < ngr ? 1u << l | (u & ((1u << l) - 1)) : u - ngr;

      g_assert_cmpuint (family->codewords[u][l], ==,
                        value << SPC_QUIC_LENGTH_BITS | length);
      g_assert_cmpuint (family->lengths[u][bits - 1 - l], ==, length);
    }
  }
  for (unsigned u = 0; u <= family->max; u++) {
    unsigned bucket = MIN (g_bit_storage (u + 1) - 1, bits - 1);

    g_assert_cmpuint (family->buckets[u], ==, bucket);
    for (unsigned i = bits; i < SPC_QUIC_MAX_CODES; i++)
      g_assert_cmpuint (family->lengths[u][i], ==,
                        family->lengths[u][bits - 1]);
  }
}

static void
test_families (void)
{
  g_assert_cmpuint (spc_quic_family_8.max, ==, 255);
  g_assert_cmpuint (spc_quic_family_5.max, ==, 31);
  check_family (&spc_quic_family_8);
  check_family (&spc_quic_family_5);
}

static void
test_sizes (gconstpointer data)
{
  Content content = GPOINTER_TO_INT (data);
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (int type = SPC_QUIC_GRAY; type < SPC_QUIC_N_TYPES; type++)
    for (uint32_t width = 1; width <= 70; width++) {
      SpcQuicImage image = {
          .type = type, .width = width, .height = 1 + width * 7 % 19};

      check_drawn (&image, content, width % 3 * 5, scratch);
    }
}

/* all steps of the pace, with their borders inside rows and at their ends */
static void
test_wide (void)
{
  static const uint32_t widths[] = {127, 1024, 2047, 2048, 2049, 3000, 4096};
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (widths); i++)
    for (int type = SPC_QUIC_GRAY; type < SPC_QUIC_N_TYPES; type++)
      for (Content content = 0; content < N_CONTENTS; content++) {
        SpcQuicImage image = {
            .type = type, .width = widths[i], .height = 20480 / widths[i]};

        check_drawn (&image, content, i, scratch);
      }
}

/* as many steps as there are; then flat for the longest runs there can be */
static void
test_long_runs (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  SpcQuicImage image = {
      .type = SPC_QUIC_GRAY, .width = SPC_QUIC_MAX_WIDTH, .height = 40};
  g_autofree uint8_t *rows = draw (&image, SOLID, 0);
  size_t size;

  image.rows = rows;
  size = check_round_trip (&image, scratch);
  /* of row 0 a bit a pixel once it has learned; then 4 codes a row */
  g_assert_cmpuint (size, <, SPC_QUIC_MAX_WIDTH / 8 + 2000);
}

/* too little room: 0, nothing written beyond; enough: the same stream */
static void
test_room (void)
{
  enum { BEYOND = 16 };
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (int type = SPC_QUIC_GRAY; type < SPC_QUIC_N_TYPES; type++) {
    SpcQuicImage image = {.type = type, .width = 24, .height = 20};
    g_autofree uint8_t *rows = draw (&image, MIXED, 3);
    size_t size;

    image.rows = rows;
    size = check_round_trip (&image, scratch);
    for (size_t room = 0; room <= size + 300; room++) {
      g_autofree uint8_t *stream = g_malloc (room + BEYOND);

      memset (stream + room, 0xa5, BEYOND);
      g_assert_cmpuint (spc_quic_write (&image, scratch, stream, room), ==,
                        room < size ? 0 : size);
      for (int k = 0; k < BEYOND; k++)
        g_assert_cmphex (stream[room + k], ==, 0xa5);
      if (room >= size)
        check_decodes (&image, stream, size);
    }
  }
}

/* each residual the largest behind the smallest: all of it escapes */
static void
test_worst_case (void)
{
  enum { WIDTH = 300, HEIGHT = 20 };
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  SpcQuicImage image = {SPC_QUIC_RGBA, WIDTH, HEIGHT, 4 * WIDTH, NULL};
  g_autofree uint8_t *rows = g_malloc (4 * WIDTH * HEIGHT);

  image.rows = rows;
  for (int period = 2; period < 40; period++) {
    for (int i = 0; i < 4 * WIDTH * HEIGHT; i++)
      rows[i] = i / 4 % WIDTH % period ? 0 : 0x80;
    check_round_trip (&image, scratch);
  }
}

/* alpha is not seen by the colours, and the other way round */
static void
test_alpha (void)
{
  enum { WIDTH = 500, HEIGHT = 10, N = WIDTH * HEIGHT };
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autofree uint8_t *rows = g_malloc (4 * N);
  const SpcQuicImage image = {SPC_QUIC_RGBA, WIDTH, HEIGHT, 4 * WIDTH, rows};
  uint32_t random = 5;
  size_t size;

  memset (rows, 0x40, 4 * N);
  for (int i = 0; i < N; i++)
    rows[4 * i + 3] = (uint8_t)(random_u32 (&random) >> 11);
  size = check_round_trip (&image, scratch);
  g_assert_cmpuint (size, <=, N + N / 16 + 3 * WIDTH / 8 + 300);
}

/* the fourth byte of RGB32 and the top bit of RGB16 change nothing */
static void
test_unused (void)
{
  enum { N = 64 };
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  uint8_t clean[4 * N * N], dirty[4 * N * N], streams[2][8 * N * N];

  for (SpcQuicType type = SPC_QUIC_RGB16; type <= SPC_QUIC_RGB32; type += 2) {
    SpcQuicImage image = {.type = type, .width = N, .height = N};
    g_autofree uint8_t *rows = draw (&image, TEXT, 0);
    uint32_t random = 9;
    size_t sizes[2];

    memcpy (clean, rows, image.stride * N);
    for (size_t i = 0; i < image.stride * N; i++)
      dirty[i] = clean[i] | (~sent_bits (type, i % pixel_bytes[type]) &
                             random_u32 (&random) >> 7);
    for (int k = 0; k < 2; k++) {
      image.rows = k ? dirty : clean;
      sizes[k] = spc_quic_write (&image, scratch, streams[k], 8 * N * N);
    }
    g_assert_cmpmem (streams[0], sizes[0], streams[1], sizes[1]);
  }
}

static void
test_limits (void)
{
  static const uint8_t pixel[4] = {0}; /* never read */
  static const struct {
    uint32_t width, height;
  } sizes[] = {
      {0, 1},         {1, 0},        {SPC_QUIC_MAX_WIDTH + 1, 1},
      {1, 536870912}, {8192, 65536},
  };
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  uint8_t stream[64];

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    const SpcQuicImage image = {SPC_QUIC_RGB32, sizes[i].width, sizes[i].height,
                                4, pixel};

    g_assert_cmpuint (spc_quic_write (&image, scratch, stream, sizeof stream),
                      ==, 0);
  }
  g_assert_cmpuint (spc_scratch_size (scratch), ==, 0);
}

/* what a worker holds is set by its widest image */
static void
test_scratch (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  SpcQuicImage image = {.type = SPC_QUIC_RGBA, .width = 3000, .height = 4};
  size_t held;

  check_drawn (&image, MIXED, 0, scratch);
  held = spc_scratch_size (scratch);
  g_assert_cmpuint (held, >, 0);
  g_assert_cmpuint (held, <, 3000 * 60);
  for (uint32_t i = 0; i < 50; i++) {
    image.width = 1 + i * 60;
    check_drawn (&image, MIXED, 0, scratch);
    g_assert_cmpuint (spc_scratch_size (scratch), ==, held);
  }
}

int
main (int argc, char **argv)
{
  static const char *const content_names[N_CONTENTS] = {
      "solid",    "stripes", "columns", "text",
      "gradient", "salt",    "noise",   "mixed"};

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quic/worked-example", test_worked_example);
  g_test_add_func ("/quic/tables-follow-the-rule", test_families);
  for (int i = 0; i < N_CONTENTS; i++) {
    g_autofree char *path =
        g_strconcat ("/quic/every-type-and-width/", content_names[i], NULL);

    g_test_add_data_func (path, GINT_TO_POINTER (i), test_sizes);
  }
  g_test_add_func ("/quic/wide-rows", test_wide);
  g_test_add_func ("/quic/longest-runs", test_long_runs);
  g_test_add_func ("/quic/never-beyond-the-room", test_room);
  g_test_add_func ("/quic/worst-case", test_worst_case);
  g_test_add_func ("/quic/alpha-is-apart", test_alpha);
  g_test_add_func ("/quic/unused-bits-change-nothing", test_unused);
  g_test_add_func ("/quic/limits", test_limits);
  g_test_add_func ("/quic/scratch-does-not-grow", test_scratch);
  return g_test_run ();
}

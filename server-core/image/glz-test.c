/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "glz.h"

#include "palette-payload.h"
#include "tests/image-decoders-glz.h"
#include <spice/enums.h>
#include <string.h>

enum { HEADER_SIZE = 33 };

static const QxlFormat formats[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA,
                                    QXL_FORMAT_BGR, QXL_FORMAT_RGB15};

/* a server's side and a viewer's */
typedef struct {
  SpcGlzDictionary *dictionary;
  GlzDecoder *viewer;
  SpcScratch *scratch;
} Pair;

static void
pair_init (Pair *self, uint64_t window)
{
  self->dictionary = spc_glz_dictionary_new (window);
  self->viewer = glz_decoder_new (window);
  self->scratch = spc_scratch_new ();
}

static void
pair_clear (Pair *self)
{
  spc_glz_dictionary_free (self->dictionary);
  glz_decoder_free (self->viewer);
  spc_scratch_free (self->scratch);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static uint32_t
random_u32 (uint32_t *x)
{
  *x ^= *x << 13;
  *x ^= *x >> 17;
  *x ^= *x << 5;
  return *x;
}

/* images */

/* what is not sent is 0 after decoding: make it 0 before */
static void
clear_unsent (QxlFormat format, uint8_t *row, size_t size)
{
  for (size_t i = 0; i < size; i++)
    if ((format == QXL_FORMAT_BGRX && i % 4 == 3) ||
        (format == QXL_FORMAT_RGB15 && i % 2 == 1))
      row[i] &= format == QXL_FORMAT_BGRX ? 0 : 0x7f;
}

/* pieces of @pool at random, between noise; so images have much in common */
static QxlImage *
image_of_pieces (QxlFormat format, uint32_t width, uint32_t height,
                 const uint8_t *pool, size_t pool_size, uint32_t *random)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (format, width, height, &pixels);
  size_t size = qxl_image_size (image), i = 0;
  unsigned unit = qxl_format_bytes_per_pixel (format);

  while (i < size) {
    size_t length = (1 + random_u32 (random) % 60) * unit;
    size_t from = random_u32 (random) % (pool_size - 256) / unit * unit;

    length = MIN (length, size - i);
    if (random_u32 (random) % 4)
      memcpy (pixels + i, pool + from, length);
    else
      memset (pixels + i, (int)(random_u32 (random) % 3), length);
    i += length;
  }
  clear_unsent (format, pixels, size);
  return image;
}

static QxlImage *
noise_image (uint32_t width, uint32_t height, uint32_t seed)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, width, height, &pixels);
  size_t size = qxl_image_size (image);

  for (size_t i = 0; i < size; i++)
    pixels[i] = (uint8_t)(random_u32 (&seed) >> 9);
  clear_unsent (QXL_FORMAT_BGRX, pixels, size);
  return image;
}

/* the same rows with bytes between them */
static QxlImage *
pad (QxlImage *image)
{
  enum { PADDING = 12 };
  size_t row = qxl_image_size (image) / image->height;
  size_t stride = row + PADDING;
  uint8_t *pixels = g_malloc (stride * image->height);
  QxlImage *padded;

  memset (pixels, 0xee, stride * image->height);
  for (uint32_t y = 0; y < image->height; y++)
    memcpy (pixels + y * stride, qxl_image_row (image, y), row);
  padded = qxl_image_new_wrapped (image->format, image->width, image->height,
                                  stride, pixels, pixels, g_free);
  qxl_image_unref (image);
  return padded;
}

/* @image, all of whose pixels B G R A become of one A */
static QxlImage *
with_alpha (QxlImage *image, uint8_t alpha)
{
  uint8_t *pixels = (uint8_t *)qxl_image_row (image, 0);

  for (size_t i = 3; i < qxl_image_size (image); i += 4)
    pixels[i] = alpha;
  return image;
}

/* checks */

static void
check_decodes (GlzDecoder *viewer, const SpcGlzStream *stream, uint64_t id,
               const QxlImage *image, bool top_down)
{
  SpcEncodedImage encoded;
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  const uint8_t *payload;
  size_t size, row = qxl_image_size (image) / image->height;

  spc_glz_stream_payload (stream, id, &encoded);
  g_assert_cmpuint (spc_encoded_image_size (&encoded), >,
                    g_bytes_get_size (stream->body));
  spc_encoded_image_join (&encoded);
  g_assert_cmpuint (encoded.type, ==, stream->type);
  g_assert_cmpuint (encoded.width, ==, image->width);
  g_assert_cmpuint (encoded.height, ==, image->height);
  payload = g_bytes_get_data (encoded.payload, &size);
  glz_decoder_decode_payload (viewer, encoded.type, payload, size, &pixels,
                              &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pixels.width, ==, image->width);
  g_assert_cmpuint (pixels.height, ==, image->height);
  g_assert_cmpint (pixels.top_down, ==, top_down);
  for (uint32_t y = 0; y < image->height; y++)
    g_assert_cmpmem (pixels.pixels + y * pixels.stride, pixels.stride,
                     qxl_image_row (image, y), row);
  spc_encoded_image_clear (&encoded);
}

/* codes, decodes, compares; takes @image; returns the stream's size */
static size_t
pass_on (Pair *pair, QxlImage *image, bool top_down)
{
  g_auto (SpcGlzStream) stream = {0};
  g_autoptr (GError) error = NULL;
  size_t size;

  spc_glz_encode_stored (pair->dictionary, image, top_down, pair->scratch,
                         &stream, &error);
  g_assert_no_error (error);
  size = HEADER_SIZE + g_bytes_get_size (stream.body);
  check_decodes (pair->viewer, &stream, stream.id, image, top_down);
  qxl_image_unref (image);
  return size;
}

/* tests */

static void
test_header (void)
{
  static const uint8_t expected[] = {
      43,   0,    0,    0,                   /* bytes that follow */
      0x20, 0x20, 0x5a, 0x4c, 0, 1, 0, 1,    /* magic, version */
      0x18, 0,    0,    0,    3, 0, 0, 0, 1, /* RGB32 top-down, 3×1 */
      0,    0,    0,    12,                  /* stride */
      1,    2,    3,    4,    5, 6, 7, 8,    /* id */
      0,    0,    0,    0,                   /* to the head */
      2,    10,   20,   30,   7, 8, 9, 1, 2, 3,
  };
  static const uint8_t rows[] = {10, 20, 30, 0, 7, 8, 9, 0, 1, 2, 3, 0};
  g_auto (Pair) pair = {0};
  g_auto (SpcGlzStream) stream = {0};
  SpcEncodedImage encoded;
  const uint8_t *payload;
  size_t size;
  uint8_t *pixels;
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) written = NULL;
  g_autoptr (QxlImage) image = qxl_image_new (QXL_FORMAT_BGRX, 3, 1, &pixels);

  memcpy (pixels, rows, sizeof rows);
  pair_init (&pair, 100);
  g_assert_true (
      spc_glz_encode (pair.dictionary, image, pair.scratch, &stream, NULL));
  spc_glz_stream_payload (&stream, 0x0102030405060708u, &encoded);
  g_assert_true (encoded.body == stream.body);
  spc_encoded_image_write (&encoded, 0, SPC_PALETTE_PLAIN, 0, writer);
  written = qxl_writer_steal (writer);
  spc_encoded_image_join (&encoded);
  g_assert_true (g_bytes_equal (written, encoded.payload));
  payload = g_bytes_get_data (encoded.payload, &size);
  g_assert_cmpmem (payload, size, expected, sizeof expected);
  spc_encoded_image_clear (&encoded);
}

/* all types, padded or not, both orientations, in windows of 1 to 20 images */
static void
test_sequences (void)
{
  uint32_t random = 1;
  uint8_t pool[4096];

  for (size_t i = 0; i < sizeof pool; i++)
    pool[i] = (uint8_t)(random_u32 (&random) >> 9);
  for (uint64_t window = 1000; window < 20000; window += 3000) {
    g_auto (Pair) pair = {0};

    pair_init (&pair, window);
    for (int i = 0; i < 300; i++) {
      uint32_t width = 1 + random_u32 (&random) % 40;
      uint32_t height = 1 + random_u32 (&random) % 24;
      QxlImage *image = image_of_pieces (
          formats[random_u32 (&random) % G_N_ELEMENTS (formats)], width, height,
          pool, sizeof pool, &random);

      if (random_u32 (&random) % 3 == 0)
        image = pad (image);
      pass_on (&pair, image, random_u32 (&random) & 1);
    }
    g_assert_cmpuint (glz_decoder_state (pair.viewer)->references, >, 50);
    g_assert_cmpuint (glz_decoder_state (pair.viewer)->next_id, ==, 300);
  }
}

/* one alpha costs a literal and a match; images with several are found between
 * those with one, and those with one between these */
static void
test_one_alpha (void)
{
  enum { ROUNDS = 40, MOST_BYTES = 10 };
  uint32_t random = 5;
  uint8_t pool[1024];
  g_auto (Pair) pair = {0};

  for (size_t i = 0; i < sizeof pool; i++)
    pool[i] = (uint8_t)(random_u32 (&random) >> 9);
  pair_init (&pair, 30000);
  for (uint32_t width = 1; width < 9; width++)
    pass_on (&pair,
             with_alpha (image_of_pieces (QXL_FORMAT_BGRA, width, 1, pool,
                                          sizeof pool, &random),
                         (uint8_t)width),
             true);
  for (uint32_t i = 0; i < ROUNDS; i++) {
    uint32_t again = random;
    QxlImage *image =
        image_of_pieces (QXL_FORMAT_BGRA, 40, 30, pool, sizeof pool, &random);

    if (i % 2)
      image = pad (image);
    pass_on (&pair, image, i % 3);
    random = again;
    image =
        image_of_pieces (QXL_FORMAT_BGRA, 40, 30, pool, sizeof pool, &random);
    /* its colours are those of the image before */
    g_assert_cmpuint (pass_on (&pair, with_alpha (image, (uint8_t)i), true), <=,
                      HEADER_SIZE + 2 * MOST_BYTES);
  }
  g_assert_cmpuint (glz_decoder_state (pair.viewer)->references, >, ROUNDS);
}

/* what has been in the window costs a few bytes, and nothing remains of what
 * has left it */
static void
test_window (void)
{
  enum { SIDE = 30, PIXELS = SIDE * SIDE };
  g_auto (Pair) pair = {0};
  const GlzDecoderState *state;

  pair_init (&pair, 3 * PIXELS);
  state = glz_decoder_state (pair.viewer);
  g_assert_cmpuint (pass_on (&pair, noise_image (SIDE, SIDE, 1), true), >,
                    3 * PIXELS);
  g_assert_cmpuint (pass_on (&pair, noise_image (SIDE, SIDE, 1), true), <,
                    HEADER_SIZE + 16);
  g_assert_cmpuint (state->head_distance, ==, 1);
  pass_on (&pair, noise_image (SIDE, SIDE, 2), true);
  g_assert_cmpuint (state->head_distance, ==, 2);
  pass_on (&pair, noise_image (SIDE, SIDE, 3), true);
  g_assert_cmpuint (state->head_distance, ==, 2);
  pass_on (&pair, noise_image (SIDE, SIDE, 4), true);
  g_assert_cmpuint (pass_on (&pair, noise_image (SIDE, SIDE, 1), true), >,
                    3 * PIXELS);
  g_assert_cmpuint (pass_on (&pair, noise_image (SIDE, SIDE, 4), true), <,
                    HEADER_SIZE + 16);
}

/* a piece of an image in two colours, where any few pixels are found anywhere:
 * each row of it is a match, and little else is needed */
static void
test_moved (void)
{
  enum { WIDTH = 300, HEIGHT = 200, LEFT = 31, TOP = 17 };
  enum { PIECE_WIDTH = 120, PIECE_HEIGHT = 90, SEARCH = 300 };
  g_auto (Pair) pair = {0};
  uint32_t random = 3;
  uint8_t *pixels, *to;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, WIDTH, HEIGHT, &pixels);
  QxlImage *piece =
      qxl_image_new (QXL_FORMAT_BGRX, PIECE_WIDTH, PIECE_HEIGHT, &to);

  memset (pixels, 0, qxl_image_size (image));
  for (size_t i = 0; i < WIDTH * HEIGHT; i++)
    memset (pixels + 4 * i, random_u32 (&random) % 3 ? 0 : 0xff, 3);
  for (uint32_t y = 0; y < PIECE_HEIGHT; y++)
    memcpy (to + y * piece->stride, qxl_image_row (image, TOP + y) + LEFT * 4,
            piece->stride);
  pair_init (&pair, 1 << 20);
  pass_on (&pair, image, true);
  g_assert_cmpuint (pass_on (&pair, piece, true), <=,
                    HEADER_SIZE + 6 * PIECE_HEIGHT + SEARCH);
}

/* the window holds one image: each starts anew */
static void
test_one_image (void)
{
  g_auto (Pair) pair = {0};

  pair_init (&pair, 901);
  for (uint32_t i = 0; i < 20; i++) {
    pass_on (&pair, noise_image (30, 30, 1 + i % 2), true);
    g_assert_cmpuint (glz_decoder_state (pair.viewer)->head_distance, ==, 0);
  }
  g_assert_cmpuint (glz_decoder_state (pair.viewer)->references, ==, 0);
}

static void
test_refuses (void)
{
  static const struct {
    QxlFormat format;
    uint32_t width, height;
    bool takes;
  } rows[] = {
      {QXL_FORMAT_BGRX, 33, 30, true},
      {QXL_FORMAT_BGRX, 999, 1, true},
      {QXL_FORMAT_BGRX, 1000, 1, false}, /* as large as the window */
      {QXL_FORMAT_BGRX, 65536, 65536, false},
      {QXL_FORMAT_A8, 10, 10, false}, /* clients read beyond their tables */
      {QXL_FORMAT_INVALID, 10, 10, false},
      {QXL_FORMAT_BGRX, 0, 10, false},
  };
  g_auto (Pair) pair = {0};
  g_autoptr (SpcGlzDictionary) off = spc_glz_dictionary_new (0);
  g_auto (SpcGlzStream) stream = {0};
  g_autoptr (QxlImage) large = noise_image (40, 40, 1);
  g_autoptr (GError) error = NULL;

  pair_init (&pair, 1000);
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_assert_cmpint (spc_glz_dictionary_takes (pair.dictionary, rows[i].format,
                                               rows[i].width, rows[i].height),
                     ==, rows[i].takes);
    g_assert_false (spc_glz_dictionary_takes (off, rows[i].format,
                                              rows[i].width, rows[i].height));
  }
  g_assert_false (
      spc_glz_encode (pair.dictionary, large, pair.scratch, &stream, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_null (stream.body);
  pass_on (&pair, noise_image (10, 10, 1), true); /* with id 0 */
  g_assert_cmpuint (glz_decoder_state (pair.viewer)->next_id, ==, 1);
}

/* each number of bytes that a pixel number can take, in an image and beyond */

enum { PIECE = 60 };

static const uint32_t far_pixels[] = {
    100, 4094, 4095, 4096, 4097, 70000, 131071, 131072, 131073, 300000,
};

static void
test_far_pixels (void)
{
  g_autoptr (QxlImage) piece = noise_image (PIECE, 1, 7);

  for (size_t i = 0; i < G_N_ELEMENTS (far_pixels); i++) {
    g_auto (Pair) pair = {0};
    uint32_t distance = far_pixels[i];
    uint8_t *pixels;
    QxlImage *image =
        qxl_image_new (QXL_FORMAT_BGRX, distance + PIECE, 1, &pixels);

    memset (pixels, 0, qxl_image_size (image));
    memcpy (pixels, piece->pixels, PIECE * 4);
    memcpy (pixels + (size_t)distance * 4, piece->pixels, PIECE * 4);
    pair_init (&pair, 1 << 21);
    /* the piece, the gap's run, the copy */
    g_assert_cmpuint (pass_on (&pair, image, true), <=,
                      HEADER_SIZE + 3 * PIECE + 2 + 7 + distance / 255 + 6);
    g_assert_cmpuint (glz_decoder_state (pair.viewer)->max_pixel, ==,
                      distance - 1);
  }
}

static void
test_far_pixels_of_others (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (far_pixels); i++) {
    g_auto (Pair) pair = {0};
    uint32_t distance = far_pixels[i];
    QxlImage *image = noise_image (distance + PIECE, 1, 5);
    uint8_t *pixels;
    QxlImage *piece = qxl_image_new (QXL_FORMAT_BGRX, PIECE, 1, &pixels);

    memcpy (pixels, image->pixels + (size_t)distance * 4, PIECE * 4);
    pair_init (&pair, 1 << 21);
    pass_on (&pair, image, true);
    g_assert_cmpuint (pass_on (&pair, piece, true), <=, HEADER_SIZE + 7);
    g_assert_cmpuint (glz_decoder_state (pair.viewer)->max_pixel, ==, distance);
  }
}

/* each number of bytes that an image distance can take */
static void
test_far_images (void)
{
  static const uint32_t distances[] = {1, 63, 64, 65, 255, 256, 257, 4000};

  for (size_t i = 0; i < G_N_ELEMENTS (distances); i++) {
    g_auto (Pair) pair = {0};

    pair_init (&pair, 1 << 20);
    pass_on (&pair, noise_image (100, 1, 3), true);
    for (uint32_t k = 1; k < distances[i]; k++)
      pass_on (&pair, noise_image (1, 1, 100 + k), true);
    g_assert_cmpuint (pass_on (&pair, noise_image (100, 1, 3), true), <=,
                      HEADER_SIZE + 8);
    g_assert_cmpuint (glz_decoder_state (pair.viewer)->max_image, ==,
                      distances[i]);
  }
}

/* tiny images do not fill memory: the head moves on */
static void
test_many_images (void)
{
  enum { MOST = 4096 };
  g_auto (Pair) pair = {0};
  size_t before, after;

  pair_init (&pair, 1 << 20);
  for (uint32_t i = 0; i < MOST; i++)
    pass_on (&pair, noise_image (2, 1, 1 + i), true);
  g_assert_cmpuint (glz_decoder_state (pair.viewer)->head_distance, ==,
                    MOST - 1);
  before = spc_glz_dictionary_size (pair.dictionary);
  for (uint32_t i = 0; i < MOST; i++)
    pass_on (&pair, noise_image (2, 1, 5 + i), true);
  after = spc_glz_dictionary_size (pair.dictionary);
  g_assert_cmpuint (glz_decoder_state (pair.viewer)->head_distance, ==,
                    MOST - 1);
  g_assert_cmpuint (before, ==, after);
}

/* images that own their pixels are kept without a copy, and let go with the
 * window */
static void
test_retention (void)
{
  enum { SIDE = 20, N = 10, IN_WINDOW = 3, SIZE = SIDE * SIDE * 4 };
  g_auto (Pair) pair = {0};
  QxlImage *images[N];
  size_t empty;

  pair_init (&pair, IN_WINDOW * SIDE * SIDE);
  empty = spc_glz_dictionary_size (pair.dictionary);
  for (int i = 0; i < N; i++) {
    images[i] = noise_image (SIDE, SIDE, 1 + (uint32_t)i);
    pass_on (&pair, qxl_image_ref (images[i]), true);
    for (int j = 0; j <= i; j++)
      g_assert_cmpint (images[j]->ref_count, ==, j > i - IN_WINDOW ? 2 : 1);
  }
  g_assert_cmpuint (spc_glz_dictionary_size (pair.dictionary) - empty, ==,
                    IN_WINDOW * (SIZE + sizeof (QxlImage)));
  spc_glz_dictionary_reset (pair.dictionary);
  g_assert_cmpuint (spc_glz_dictionary_size (pair.dictionary), ==, empty);
  for (int i = 0; i < N; i++) {
    g_assert_cmpint (images[i]->ref_count, ==, 1);
    qxl_image_unref (images[i]);
  }
}

static void
count_release (gpointer count)
{
  ++*(int *)count;
}

/* what wraps a part of more is not what keeps that */
static void
test_wrapped (void)
{
  enum { SIDE = 20 };
  static const struct {
    QxlFormat format;
    uint8_t first_alpha;
    size_t pixel; /* bytes kept */
  } rows[] = {
      {QXL_FORMAT_BGRX, 0, 4},
      {QXL_FORMAT_BGRA, 0, 4}, /* of one alpha */
      {QXL_FORMAT_BGRA, 1, 5},
  };
  g_auto (Pair) pair = {0};
  g_autofree uint8_t *pixels = g_malloc0 (SIDE * SIDE * 4);
  int released = 0;
  size_t expected;

  pair_init (&pair, 4 * SIDE * SIDE);
  expected = spc_glz_dictionary_size (pair.dictionary);
  for (int i = 0; i < (int)G_N_ELEMENTS (rows); i++) {
    pixels[3] = rows[i].first_alpha;
    pass_on (&pair,
             qxl_image_new_wrapped (rows[i].format, SIDE, SIDE, SIDE * 4,
                                    pixels, &released, count_release),
             true);
    g_assert_cmpint (released, ==, i + 1);
    expected += SIDE * SIDE * rows[i].pixel;
    g_assert_cmpuint (spc_glz_dictionary_size (pair.dictionary), ==, expected);
  }
}

/* whatever images a window is full of */
static void
test_bound (void)
{
  enum { WINDOW = 1 << 18, OVERHEAD = 2 << 20 };
  static const uint32_t sides[] = {1, 8, 100, 511};

  for (guint i = 0; i < G_N_ELEMENTS (sides) * G_N_ELEMENTS (formats); i++) {
    QxlFormat format = formats[i % G_N_ELEMENTS (formats)];
    uint32_t side = sides[i / G_N_ELEMENTS (formats)];
    size_t pixel = format == QXL_FORMAT_BGRA ? 5 : 4;
    uint32_t n = MIN (2 * WINDOW / (side * side) + 2, 5000);
    g_auto (Pair) pair = {0};

    pair_init (&pair, WINDOW);
    for (uint32_t j = 0; j < n; j++) {
      g_auto (SpcGlzStream) stream = {0};
      uint8_t *pixels;
      g_autoptr (QxlImage) image = qxl_image_new (format, side, side, &pixels);

      memset (pixels, 0, qxl_image_size (image));
      g_assert_true (
          spc_glz_encode (pair.dictionary, image, pair.scratch, &stream, NULL));
      g_assert_cmpuint (spc_glz_dictionary_size (pair.dictionary), <=,
                        WINDOW * pixel + OVERHEAD);
    }
  }
}

/* who joins after a reset shares the streams, with ids of its own */
static void
test_reset (void)
{
  g_auto (Pair) pair = {0};
  g_autoptr (GlzDecoder) joiner = glz_decoder_new (10000);
  const int joined = 5;

  pair_init (&pair, 10000);
  for (int i = 0; i < 20; i++) {
    g_autoptr (QxlImage) image = noise_image (30, 20, 1 + (uint32_t)i % 3);
    g_auto (SpcGlzStream) stream = {0};

    if (i == joined)
      spc_glz_dictionary_reset (pair.dictionary);
    g_assert_true (
        spc_glz_encode (pair.dictionary, image, pair.scratch, &stream, NULL));
    g_assert_cmpuint (stream.head_distance, ==,
                      i < joined ? i : MIN (i - joined, 15));
    if (i % 2)
      spc_glz_stream_deflate (&stream, pair.scratch);
    check_decodes (pair.viewer, &stream, (uint64_t)i, image, true);
    if (i >= joined)
      check_decodes (joiner, &stream, (uint64_t)(i - joined), image, true);
  }
  g_assert_cmpuint (glz_decoder_state (joiner)->references, >, 0);
}

/* deflated streams decode for any id; what does not shrink stays GLZ */
static void
test_deflate (void)
{
  g_auto (Pair) pair = {0};
  uint32_t random = 4;
  uint8_t pool[4096];
  unsigned deflated = 0;

  for (size_t i = 0; i < sizeof pool; i++)
    pool[i] = (uint8_t)(random_u32 (&random) % 4 * 50);
  pair_init (&pair, 1 << 16);
  for (uint32_t i = 0; i < 40; i++) {
    g_autoptr (QxlImage) image =
        i % 2 ? noise_image (1 + i, 20, i)
              : image_of_pieces (formats[i / 2 % 4], 1 + i * 2, 30, pool,
                                 sizeof pool, &random);
    g_auto (SpcGlzStream) stream = {0};
    size_t size;

    g_assert_true (
        spc_glz_encode (pair.dictionary, image, pair.scratch, &stream, NULL));
    size = g_bytes_get_size (stream.body);
    spc_glz_stream_deflate (&stream, pair.scratch);
    if (stream.type == SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB) {
      g_assert_cmpuint (g_bytes_get_size (stream.body) + 11, <, size);
      deflated++;
    } else {
      g_assert_cmpuint (g_bytes_get_size (stream.body), ==, size);
    }
    check_decodes (pair.viewer, &stream, i, image, true);
  }
  g_assert_cmpuint (deflated, >=, 10);
  g_assert_cmpuint (deflated, <=, 20);
}

/* nothing is allocated per image but the body, once the largest was seen */
static void
test_steady (void)
{
  g_auto (Pair) pair = {0};
  size_t most = 0;

  pair_init (&pair, 30000);
  for (uint32_t i = 0; i < 200; i++) {
    size_t size;

    pass_on (&pair, noise_image (1 + i * 37 % 100, 1 + i * 11 % 50, 1 + i % 9),
             true);
    size = spc_glz_dictionary_size (pair.dictionary);
    most = MAX (most, size);
  }
  spc_glz_dictionary_reset (pair.dictionary);
  g_assert_cmpuint (most - spc_glz_dictionary_size (pair.dictionary), <=,
                    30000 * 4 + 200 * sizeof (QxlImage));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/glz/header", test_header);
  g_test_add_func ("/glz/sequences-decode-equal", test_sequences);
  g_test_add_func ("/glz/one-alpha", test_one_alpha);
  g_test_add_func ("/glz/window-is-found-and-left", test_window);
  g_test_add_func ("/glz/moved-content-is-found", test_moved);
  g_test_add_func ("/glz/window-of-one-image", test_one_image);
  g_test_add_func ("/glz/refuses-what-does-not-fit", test_refuses);
  g_test_add_func ("/glz/far-pixels", test_far_pixels);
  g_test_add_func ("/glz/far-pixels-of-others", test_far_pixels_of_others);
  g_test_add_func ("/glz/far-images", test_far_images);
  g_test_add_func ("/glz/many-images-move-the-head", test_many_images);
  g_test_add_func ("/glz/images-are-kept-and-let-go", test_retention);
  g_test_add_func ("/glz/what-is-wrapped-is-copied", test_wrapped);
  g_test_add_func ("/glz/memory-is-bounded", test_bound);
  g_test_add_func ("/glz/reset-lets-viewers-join", test_reset);
  g_test_add_func ("/glz/deflate-or-leave", test_deflate);
  g_test_add_func ("/glz/memory-is-the-windows", test_steady);
  return g_test_run ();
}

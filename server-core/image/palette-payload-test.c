/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "palette-payload.h"

#include "tests/image-palettes.h"
#include <spice/enums.h>
#include <string.h>

/* a message's bytes before the payload, in these tests */
enum { OFFSET = 75 };

static const QxlFormat formats[] = {
    QXL_FORMAT_PLT1_LE, QXL_FORMAT_PLT1_BE, QXL_FORMAT_PLT4_LE,
    QXL_FORMAT_PLT4_BE, QXL_FORMAT_PLT8,
};

static const SpcImageCodec codecs[] = {SPC_CODEC_BITMAP, SPC_CODEC_LZ};

/* images */

static uint32_t
colour (guint index)
{
  return 0x010203 * index ^ 0x805000;
}

static QxlPalette *
palette_new (guint n_entries)
{
  uint32_t entries[QXL_PALETTE_MAX_ENTRIES];

  for (guint i = 0; i < QXL_PALETTE_MAX_ENTRIES; i++)
    entries[i] = colour (i);
  return qxl_palette_new (1, entries, n_entries);
}

static guint
index_of (uint32_t x, uint32_t y, guint n_entries)
{
  return (x / 3 * 5 + y / 2 * 7 + x * y % 3) % n_entries;
}

static void
put_index (QxlFormat format, uint8_t *row, uint32_t x, guint index)
{
  unsigned bits = qxl_format_bits_per_pixel (format), per_byte = 8 / bits;
  unsigned at = x % per_byte;

  if (format == QXL_FORMAT_PLT1_BE || format == QXL_FORMAT_PLT4_BE)
    at = per_byte - 1 - at;
  row[x / per_byte] |= (uint8_t)(index << at * bits);
}

static QxlImage *
image_new (QxlFormat format, uint32_t width, uint32_t height, guint n_entries)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (format, width, height, &pixels);

  memset (pixels, 0, qxl_image_size (image));
  for (uint32_t y = 0; y < height; y++)
    for (uint32_t x = 0; x < width; x++)
      put_index (format, pixels + y * image->stride, x,
                 index_of (x, y, n_entries));
  qxl_image_take_palette (image, palette_new (n_entries));
  return image;
}

static GBytes *
write_image (const SpcEncodedImage *encoded, SpcPaletteUse use, uint64_t id)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  qxl_writer_zeros (writer, OFFSET);
  spc_encoded_image_write (encoded, OFFSET, use, id, writer);
  return qxl_writer_steal (writer);
}

static void
encode (SpcImageCodec codec, const QxlImage *image, SpcEncodedImage *encoded)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (GError) error = NULL;

  spc_image_encode (codec, image, scratch, encoded, &error);
  g_assert_no_error (error);
}

/* bytes on the wire */

/* 4 × 1 pixels of 8 bits, three colours */
static const uint8_t bitmap_head[] = {
    5, 4, 4, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0,
};
static const uint8_t indices[] = {2, 1, 0, 2};
static const uint8_t colours[] = {
    3, 0, 0, 0x50, 0x80, 0, 3, 0x52, 0x81, 0, 6, 0x54, 0x82, 0,
};

static QxlImage *
small_image_new (void)
{
  QxlImage *image =
      qxl_image_new_wrapped (QXL_FORMAT_PLT8, 4, 1, 4, indices, NULL, NULL);

  qxl_image_take_palette (image, palette_new (3));
  return image;
}

static void
assert_next (QxlReader *reader, const uint8_t *expected, size_t n)
{
  const uint8_t *got = qxl_reader_bytes (reader, n);

  g_assert_nonnull (got);
  g_assert_cmpmem (got, n, expected, n);
}

static void
check_bytes (SpcPaletteUse use, uint8_t flag, uint64_t id_behind)
{
  g_autoptr (QxlImage) image = small_image_new ();
  g_autoptr (GBytes) body = NULL;
  uint8_t head[sizeof bitmap_head];
  SpcEncodedImage encoded;
  QxlReader reader;

  memcpy (head, bitmap_head, sizeof head);
  head[1] |= flag;
  encode (SPC_CODEC_BITMAP, image, &encoded);
  body = write_image (&encoded, use, 0x77);
  qxl_reader_init (&reader, g_bytes_get_data (body, NULL),
                   g_bytes_get_size (body));
  qxl_reader_bytes (&reader, OFFSET);
  assert_next (&reader, head, sizeof head);
  if (use == SPC_PALETTE_IS_THERE)
    g_assert_cmpuint (qxl_reader_u64 (&reader), ==, 0x77);
  else
    g_assert_cmpuint (qxl_reader_u32 (&reader), ==, OFFSET + 14 + 4 + 4);
  assert_next (&reader, indices, sizeof indices);
  if (use != SPC_PALETTE_IS_THERE) {
    g_assert_cmpuint (qxl_reader_u64 (&reader), ==, id_behind);
    assert_next (&reader, colours, sizeof colours);
  }
  g_assert_cmpuint (qxl_reader_left (&reader), ==, 0);
  spc_encoded_image_clear (&encoded);
  g_assert_null (encoded.palette);
}

static void
writes_a_palette_behind (void)
{
  check_bytes (SPC_PALETTE_PLAIN, 0, 0);
}

static void
writes_a_palette_to_keep (void)
{
  check_bytes (SPC_PALETTE_ADDED, 1, 0x77);
}

static void
writes_the_id_of_a_kept_palette (void)
{
  check_bytes (SPC_PALETTE_IS_THERE, 2, 0);
}

static void
writes_others_as_they_are (void)
{
  uint8_t *pixels;
  g_autoptr (QxlImage) image = qxl_image_new (QXL_FORMAT_BGRX, 2, 1, &pixels);
  SpcEncodedImage encoded;

  memset (pixels, 9, 8);
  encode (SPC_CODEC_BITMAP, image, &encoded);
  g_assert_null (encoded.palette);
  for (int use = SPC_PALETTE_PLAIN; use <= SPC_PALETTE_IS_THERE; use++) {
    g_autoptr (GBytes) body = write_image (&encoded, use, 7);

    g_assert_cmpmem ((const uint8_t *)g_bytes_get_data (body, NULL) + OFFSET,
                     g_bytes_get_size (body) - OFFSET,
                     g_bytes_get_data (encoded.payload, NULL),
                     g_bytes_get_size (encoded.payload));
  }
  spc_encoded_image_clear (&encoded);
}

/* round trips */

static void
check_shown (const QxlImage *image, const SpcEncodedImage *encoded,
             SpcPaletteUse use)
{
  g_autoptr (GBytes) body = write_image (encoded, use, 5);
  size_t payload_size, size;
  const uint8_t *bytes = g_bytes_get_data (body, &size);
  ImagePalette palette;
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  guint n_entries = image->palette->n_entries;

  image_palette_find (encoded->type, bytes, size, OFFSET, &payload_size,
                      &palette, &error);
  g_assert_no_error (error);
  if (use == SPC_PALETTE_IS_THERE) {
    palette.n_entries = n_entries;
    memcpy (palette.entries, image->palette->entries, n_entries * 4);
  }
  image_decode_payload (encoded->type, image->width, image->height,
                        bytes + OFFSET, payload_size, &pixels, &error);
  g_assert_no_error (error);
  g_assert_true (pixels.top_down);
  if (encoded->type == SPICE_IMAGE_TYPE_BITMAP)
    g_assert_true (pixels.format != SPICE_BITMAP_FMT_1BIT_LE &&
                   pixels.format != SPICE_BITMAP_FMT_4BIT_LE);
  image_palette_apply (&palette, &pixels, &error);
  g_assert_no_error (error);
  for (uint32_t y = 0; y < image->height; y++)
    for (uint32_t x = 0; x < image->width; x++) {
      uint32_t shown;

      memcpy (&shown, pixels.pixels + y * pixels.stride + 4 * x, 4);
      g_assert_cmphex (GUINT32_FROM_LE (shown), ==,
                       colour (index_of (x, y, n_entries)));
    }
}

static void
check_round_trip (SpcImageCodec codec, const QxlImage *image)
{
  SpcEncodedImage encoded;

  encode (codec, image, &encoded);
  g_assert_true (encoded.palette == image->palette);
  g_assert_true (
      encoded.type == SPICE_IMAGE_TYPE_BITMAP ||
      (codec == SPC_CODEC_LZ && encoded.type == SPICE_IMAGE_TYPE_LZ_PLT));
  for (int use = SPC_PALETTE_PLAIN; use <= SPC_PALETTE_IS_THERE; use++)
    check_shown (image, &encoded, use);
  spc_encoded_image_clear (&encoded);
}

static void
shows_every_format_and_width (void)
{
  for (guint f = 0; f < G_N_ELEMENTS (formats); f++)
    for (uint32_t width = 1; width <= 70; width++) {
      guint most = 1u << qxl_format_bits_per_pixel (formats[f]);
      g_autoptr (QxlImage) image =
          image_new (formats[f], width, 1 + width * 7 % 11,
                     most - (most > 2 ? width % 3 : 0));

      for (guint c = 0; c < G_N_ELEMENTS (codecs); c++)
        check_round_trip (codecs[c], image);
    }
}

static void
large_images_become_lz_plt (void)
{
  for (guint f = 0; f < G_N_ELEMENTS (formats); f++) {
    g_autoptr (QxlImage) image = image_new (formats[f], 150, 80, 2);
    SpcEncodedImage encoded;

    encode (SPC_CODEC_LZ, image, &encoded);
    g_assert_cmpuint (encoded.type, ==, SPICE_IMAGE_TYPE_LZ_PLT);
    g_assert_cmpuint (g_bytes_get_size (encoded.payload), <,
                      qxl_image_size (image));
    spc_encoded_image_clear (&encoded);
    check_round_trip (SPC_CODEC_LZ, image);
  }
}

/* what is refused */

static void
assert_refused (const QxlImage *image)
{
  for (guint c = 0; c < G_N_ELEMENTS (codecs); c++) {
    g_autoptr (SpcScratch) scratch = spc_scratch_new ();
    g_autoptr (GError) error = NULL;
    SpcEncodedImage encoded;

    g_assert_false (
        spc_image_encode (codecs[c], image, scratch, &encoded, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_assert_null (encoded.payload);
    g_assert_null (encoded.palette);
  }
}

static void
refuses_indices_without_a_palette (void)
{
  for (guint f = 0; f < G_N_ELEMENTS (formats); f++) {
    uint8_t *pixels;
    g_autoptr (QxlImage) image = qxl_image_new (formats[f], 20, 2, &pixels);

    memset (pixels, 0, qxl_image_size (image));
    assert_refused (image);
  }
}

static void
refuses_indices_beyond_the_palette (void)
{
  enum { WIDTH = 13, HEIGHT = 3 };

  for (guint f = 0; f < G_N_ELEMENTS (formats); f++) {
    bool is_bit = qxl_format_bits_per_pixel (formats[f]) == 1;
    guint n_entries = is_bit ? 1 : 7;

    for (uint32_t at = 0; at < WIDTH * HEIGHT && !is_bit; at++) {
      g_autoptr (QxlImage) image = image_new (formats[f], WIDTH, HEIGHT, 7);
      uint8_t *row = (uint8_t *)image->pixels + at / WIDTH * image->stride;

      put_index (formats[f], row, at % WIDTH, 8);
      assert_refused (image);
    }
    if (is_bit) {
      g_autoptr (QxlImage) image =
          image_new (formats[f], WIDTH, HEIGHT, n_entries);

      assert_refused (image);
    }
  }
}

static void
padding_is_no_index (void)
{
  static const QxlFormat halves[] = {QXL_FORMAT_PLT4_LE, QXL_FORMAT_PLT4_BE};

  for (guint f = 0; f < G_N_ELEMENTS (halves); f++) {
    g_autoptr (QxlImage) image = image_new (halves[f], 5, 2, 3);

    put_index (halves[f], (uint8_t *)image->pixels, 5, 15);
    for (guint c = 0; c < G_N_ELEMENTS (codecs); c++)
      check_round_trip (codecs[c], image);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/palette-payload/writes-a-palette-behind",
                   writes_a_palette_behind);
  g_test_add_func ("/palette-payload/writes-a-palette-to-keep",
                   writes_a_palette_to_keep);
  g_test_add_func ("/palette-payload/writes-the-id-of-a-kept-palette",
                   writes_the_id_of_a_kept_palette);
  g_test_add_func ("/palette-payload/writes-others-as-they-are",
                   writes_others_as_they_are);
  g_test_add_func ("/palette-payload/shows-every-format-and-width",
                   shows_every_format_and_width);
  g_test_add_func ("/palette-payload/large-images-become-lz-plt",
                   large_images_become_lz_plt);
  g_test_add_func ("/palette-payload/refuses-indices-without-a-palette",
                   refuses_indices_without_a_palette);
  g_test_add_func ("/palette-payload/refuses-indices-beyond-the-palette",
                   refuses_indices_beyond_the_palette);
  g_test_add_func ("/palette-payload/padding-is-no-index", padding_is_no_index);
  return g_test_run ();
}

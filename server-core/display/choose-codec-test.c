/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the choice of an encoding: both steps of the rule as tables. */
#include "choose-codec.h"

#include "server-core/wire/protocol.h"

#define OFF SPICE_IMAGE_COMPRESSION_OFF
#define AUTO_LZ SPICE_IMAGE_COMPRESSION_AUTO_LZ
#define AUTO_GLZ SPICE_IMAGE_COMPRESSION_AUTO_GLZ
#define GLZ SPICE_IMAGE_COMPRESSION_GLZ
#define QUIC SPICE_IMAGE_COMPRESSION_QUIC
#define LZ SPICE_IMAGE_COMPRESSION_LZ
#define LZ4 SPICE_IMAGE_COMPRESSION_LZ4

typedef enum { REMOTE, LOCAL } Place;

/* clang-format off */
static const struct {
  uint8_t configured, preferred;
  bool takes_lz4, takes_glz;
  Place place;
  SpcCompression compression;
  bool uses_glz;
} link_choices[] = {
  /* configured, preferred, takes LZ4, GLZ, place     is sent */
  /* nobody has said anything */
  { 0,        0,        false, false, REMOTE,  SPC_COMPRESSION_AUTO, false },
  { 0,        0,        true,  true,  REMOTE,  SPC_COMPRESSION_AUTO, true },
  { 0,        0,        false, true,  LOCAL,   SPC_COMPRESSION_AUTO, true },
  { 0,        0,        true,  true,  LOCAL,   SPC_COMPRESSION_LZ4,  false },
  /* the client has */
  { 0,        OFF,      true,  true,  LOCAL,   SPC_COMPRESSION_OFF,  false },
  { 0,        LZ,       true,  true,  LOCAL,   SPC_COMPRESSION_LZ,   false },
  { 0,        LZ4,      true,  true,  REMOTE,  SPC_COMPRESSION_LZ4,  false },
  { 0,        LZ4,      false, true,  LOCAL,   SPC_COMPRESSION_LZ,   false },
  { 0,        AUTO_LZ,  true,  true,  LOCAL,   SPC_COMPRESSION_AUTO, false },
  { 0,        AUTO_GLZ, true,  true,  LOCAL,   SPC_COMPRESSION_AUTO, true },
  { 0,        AUTO_GLZ, true,  false, REMOTE,  SPC_COMPRESSION_AUTO, false },
  { 0,        GLZ,      true,  true,  REMOTE,  SPC_COMPRESSION_LZ,   true },
  { 0,        GLZ,      true,  false, REMOTE,  SPC_COMPRESSION_LZ,   false },
  { 0,        QUIC,     true,  true,  LOCAL,   SPC_COMPRESSION_QUIC, false },
  /* the application has */
  { OFF,      0,        true,  true,  LOCAL,   SPC_COMPRESSION_OFF,  false },
  { QUIC,     0,        true,  true,  LOCAL,   SPC_COMPRESSION_QUIC, false },
  { LZ,       0,        true,  true,  REMOTE,  SPC_COMPRESSION_LZ,   false },
  { LZ4,      0,        true,  true,  REMOTE,  SPC_COMPRESSION_LZ4,  false },
  { LZ4,      0,        false, true,  REMOTE,  SPC_COMPRESSION_LZ,   false },
  { GLZ,      0,        true,  true,  REMOTE,  SPC_COMPRESSION_LZ,   true },
  { AUTO_LZ,  0,        true,  true,  LOCAL,   SPC_COMPRESSION_AUTO, false },
  { AUTO_GLZ, 0,        true,  true,  LOCAL,   SPC_COMPRESSION_AUTO, true },
  { AUTO_GLZ, 0,        true,  false, REMOTE,  SPC_COMPRESSION_AUTO, false },
  /* both: the client knows better */
  { OFF,      GLZ,      true,  true,  REMOTE,  SPC_COMPRESSION_LZ,   true },
  { AUTO_GLZ, OFF,      true,  true,  REMOTE,  SPC_COMPRESSION_OFF,  false },
  /* of a protocol to come: as if not said */
  { 0,        255,      true,  true,  LOCAL,   SPC_COMPRESSION_LZ4,  false },
  { QUIC,     8,        true,  true,  REMOTE,  SPC_COMPRESSION_QUIC, false },
  { 200,      0,        true,  true,  REMOTE,  SPC_COMPRESSION_AUTO, true },
};

static const struct {
  SpcUse use;
  bool is_slow, is_used;
} use_choices[] = {
  { SPC_USE_AUTO,   false, false },
  { SPC_USE_AUTO,   true,  true },
  { SPC_USE_ALWAYS, false, true },
  { SPC_USE_ALWAYS, true,  true },
  { SPC_USE_NEVER,  false, false },
  { SPC_USE_NEVER,  true,  false },
};

typedef enum { FLAT, PHOTO } Content;

static const struct {
  SpcCompression compression;
  Content content;
  uint32_t width, height;
  bool permits_loss;
  SpcImageCodec codec;
} image_choices[] = {
  { SPC_COMPRESSION_AUTO, FLAT,  64, 64, false, SPC_CODEC_LZ },
  { SPC_COMPRESSION_AUTO, PHOTO, 64, 64, false, SPC_CODEC_QUIC },
  { SPC_COMPRESSION_QUIC, FLAT,  64, 64, false, SPC_CODEC_QUIC },
  { SPC_COMPRESSION_LZ,   PHOTO, 64, 64, false, SPC_CODEC_LZ },
  { SPC_COMPRESSION_LZ4,  PHOTO, 64, 64, false, SPC_CODEC_LZ4 },
  { SPC_COMPRESSION_OFF,  PHOTO, 64, 64, false, SPC_CODEC_BITMAP },
  /* loss shows in drawings, and is not wanted where an encoding is, nor where
   * it saves little */
  { SPC_COMPRESSION_AUTO, PHOTO, 40, 40, true,  SPC_CODEC_JPEG },
  { SPC_COMPRESSION_AUTO, PHOTO, 40, 39, true,  SPC_CODEC_QUIC },
  { SPC_COMPRESSION_AUTO, FLAT,  40, 40, true,  SPC_CODEC_LZ },
  { SPC_COMPRESSION_QUIC, PHOTO, 40, 40, true,  SPC_CODEC_JPEG },
  { SPC_COMPRESSION_QUIC, FLAT,  40, 40, true,  SPC_CODEC_QUIC },
  { SPC_COMPRESSION_LZ,   PHOTO, 40, 40, true,  SPC_CODEC_LZ },
  { SPC_COMPRESSION_LZ4,  PHOTO, 40, 40, true,  SPC_CODEC_LZ4 },
  { SPC_COMPRESSION_OFF,  PHOTO, 40, 40, true,  SPC_CODEC_BITMAP },
  /* too small to become smaller */
  { SPC_COMPRESSION_AUTO, FLAT,  13, 1,  false, SPC_CODEC_BITMAP },
  { SPC_COMPRESSION_LZ,   FLAT,  1,  1,  false, SPC_CODEC_BITMAP },
  { SPC_COMPRESSION_AUTO, FLAT,  14, 1,  false, SPC_CODEC_LZ },
  /* too narrow for QUIC */
  { SPC_COMPRESSION_AUTO, PHOTO, 2,  64, false, SPC_CODEC_LZ },
  { SPC_COMPRESSION_QUIC, PHOTO, 64, 2,  false, SPC_CODEC_LZ },
  /* palettes change nothing about photos */
  { SPC_COMPRESSION_AUTO_PALETTES, FLAT,  64, 64, false, SPC_CODEC_LZ },
  { SPC_COMPRESSION_AUTO_PALETTES, PHOTO, 64, 64, false, SPC_CODEC_QUIC },
  { SPC_COMPRESSION_AUTO_PALETTES, PHOTO, 65, 64, true,  SPC_CODEC_JPEG },
  { SPC_COMPRESSION_LZ_PALETTES,   PHOTO, 64, 64, false, SPC_CODEC_LZ },
};
/* clang-format on */

static QxlImage *
image_new (QxlFormat format, Content content, uint32_t width, uint32_t height)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (format, width, height, &pixels);
  uint32_t grain = 1;

  for (uint32_t i = 0; i < width * height * 4; i++) {
    grain = grain * 1664525 + 1013904223;
    pixels[i] = content == FLAT || i % 4 == 3
                    ? 0
                    : (uint8_t)(100 + i / 4 % width / 2 + (grain >> 28));
  }
  return image;
}

static void
test_link_choices (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (link_choices); i++) {
    const SpcLinkTraits link = {
        .configured.compression = link_choices[i].configured,
        .preferred = link_choices[i].preferred,
        .takes_lz4 = link_choices[i].takes_lz4,
        .takes_glz = link_choices[i].takes_glz,
        .is_local = link_choices[i].place == LOCAL,
    };
    SpcLinkCoding coding = spc_choose_coding (&link);

    g_test_message ("row %u", i);
    g_assert_cmpint (coding.compression, ==, link_choices[i].compression);
    g_assert_cmpint (coding.uses_glz, ==, link_choices[i].uses_glz);
  }
}

static void
test_slow_links (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (use_choices); i++) {
    const SpcLinkTraits of_jpeg = {.configured.jpeg = use_choices[i].use,
                                   .configured.zlib_glz = SPC_USE_NEVER,
                                   .is_slow = use_choices[i].is_slow};
    const SpcLinkTraits of_zlib = {.configured.jpeg = SPC_USE_NEVER,
                                   .configured.zlib_glz = use_choices[i].use,
                                   .is_slow = use_choices[i].is_slow};
    SpcLinkCoding jpeg = spc_choose_coding (&of_jpeg);
    SpcLinkCoding zlib = spc_choose_coding (&of_zlib);

    g_test_message ("row %u", i);
    g_assert_cmpint (jpeg.permits_loss, ==, use_choices[i].is_used);
    g_assert_false (jpeg.deflates_glz);
    g_assert_cmpint (zlib.deflates_glz, ==, use_choices[i].is_used);
    g_assert_false (zlib.permits_loss);
  }
}

static void
test_image_choices (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (image_choices); i++) {
    g_autoptr (QxlImage) image =
        image_new (QXL_FORMAT_BGRX, image_choices[i].content,
                   image_choices[i].width, image_choices[i].height);
    bool by_loss, other_by_loss;
    SpcImageCodec codec =
        spc_choose_codec (image_choices[i].compression, image,
                          image_choices[i].permits_loss, &by_loss);
    SpcImageCodec other =
        spc_choose_codec (image_choices[i].compression, image,
                          !image_choices[i].permits_loss, &other_by_loss);

    g_assert_true (by_loss == (codec != other));
    g_assert_true (by_loss == other_by_loss);
    if (codec != image_choices[i].codec)
      g_error ("row %u: got %s, expected %s", i, spc_image_codec_name (codec),
               spc_image_codec_name (image_choices[i].codec));
  }
}

/* whatever is chosen takes what display surfaces consist of */
static void
test_takes_surface_formats (void)
{
  static const QxlFormat formats[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA};

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    for (int compression = 0; compression < SPC_N_COMPRESSIONS; compression++)
      for (int content = FLAT; content <= PHOTO; content++) {
        g_autoptr (QxlImage) image = image_new (formats[i], content, 9, 9);
        bool by_loss;

        g_assert_true (spc_image_codec_takes (
            spc_choose_codec (compression, image, true, &by_loss), formats[i]));
      }
}

static void
test_links_with_palettes (void)
{
  static const struct {
    uint8_t preferred;
    SpcCompression compression;
    bool goes_by_content, has_palettes;
  } rows[] = {
      {0, SPC_COMPRESSION_AUTO_PALETTES, true, true},
      {AUTO_LZ, SPC_COMPRESSION_AUTO_PALETTES, true, true},
      {AUTO_GLZ, SPC_COMPRESSION_AUTO_PALETTES, true, true},
      {LZ, SPC_COMPRESSION_LZ_PALETTES, false, true},
      {GLZ, SPC_COMPRESSION_LZ_PALETTES, false, true},
      {LZ4, SPC_COMPRESSION_LZ_PALETTES, false, true}, /* does not take LZ4 */
      {QUIC, SPC_COMPRESSION_QUIC, false, false},
      {OFF, SPC_COMPRESSION_OFF, false, false},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const SpcLinkTraits link = {.preferred = rows[i].preferred,
                                .takes_palettes = true};
    SpcCompression compression = spc_choose_coding (&link).compression;

    g_assert_cmpint (compression, ==, rows[i].compression);
    g_assert_cmpint (spc_compression_goes_by_content (compression), ==,
                     rows[i].goes_by_content);
    g_assert_cmpint (spc_compression_has_palettes (compression), ==,
                     rows[i].has_palettes);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/choose-codec/by-the-link", test_link_choices);
  g_test_add_func ("/choose-codec/by-the-bandwidth", test_slow_links);
  g_test_add_func ("/choose-codec/by-the-image", test_image_choices);
  g_test_add_func ("/choose-codec/takes-surface-formats",
                   test_takes_surface_formats);
  g_test_add_func ("/choose-codec/links-with-palettes",
                   test_links_with_palettes);
  return g_test_run ();
}

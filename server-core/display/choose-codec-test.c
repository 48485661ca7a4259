/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the choice of an encoding: both steps of the rule as tables. */
#include "choose-codec.h"

#include "server-core/wire/protocol.h"

#define OFF SPICE_IMAGE_COMPRESSION_OFF
#define AUTO_LZ SPICE_IMAGE_COMPRESSION_AUTO_LZ
#define AUTO_GLZ SPICE_IMAGE_COMPRESSION_AUTO_GLZ
#define QUIC SPICE_IMAGE_COMPRESSION_QUIC
#define LZ SPICE_IMAGE_COMPRESSION_LZ
#define LZ4 SPICE_IMAGE_COMPRESSION_LZ4

typedef struct {
  SpcLinkTraits link;
  SpcCompression compression;
} LinkChoice;

/* clang-format off */
static const LinkChoice link_choices[] = {
  /* takes LZ4, local, asks for   is sent */
  { { false, false, 0 },        SPC_COMPRESSION_AUTO },
  { { true,  false, 0 },        SPC_COMPRESSION_AUTO },
  { { false, true,  0 },        SPC_COMPRESSION_AUTO },
  { { true,  true,  0 },        SPC_COMPRESSION_LZ4 },
  { { true,  true,  OFF },      SPC_COMPRESSION_OFF },
  { { true,  true,  LZ },       SPC_COMPRESSION_LZ },
  { { true,  false, LZ4 },      SPC_COMPRESSION_LZ4 },
  { { false, true,  LZ4 },      SPC_COMPRESSION_LZ },
  { { true,  true,  AUTO_LZ },  SPC_COMPRESSION_AUTO },
  { { true,  true,  AUTO_GLZ }, SPC_COMPRESSION_AUTO },
  { { true,  true,  QUIC },     SPC_COMPRESSION_QUIC },
  { { true,  true,  255 },      SPC_COMPRESSION_AUTO },
};

typedef enum { FLAT, PHOTO } Content;

static const struct {
  SpcCompression compression;
  Content content;
  uint32_t width, height;
  SpcImageCodec codec;
} image_choices[] = {
  { SPC_COMPRESSION_AUTO, FLAT,  64, 64, SPC_CODEC_LZ },
  { SPC_COMPRESSION_AUTO, PHOTO, 64, 64, SPC_CODEC_QUIC },
  { SPC_COMPRESSION_QUIC, FLAT,  64, 64, SPC_CODEC_QUIC },
  { SPC_COMPRESSION_LZ,   PHOTO, 64, 64, SPC_CODEC_LZ },
  { SPC_COMPRESSION_LZ4,  PHOTO, 64, 64, SPC_CODEC_LZ4 },
  { SPC_COMPRESSION_OFF,  PHOTO, 64, 64, SPC_CODEC_BITMAP },
  /* too small to become smaller */
  { SPC_COMPRESSION_AUTO, FLAT,  13, 1,  SPC_CODEC_BITMAP },
  { SPC_COMPRESSION_LZ,   FLAT,  1,  1,  SPC_CODEC_BITMAP },
  { SPC_COMPRESSION_AUTO, FLAT,  14, 1,  SPC_CODEC_LZ },
  /* too narrow for QUIC */
  { SPC_COMPRESSION_AUTO, PHOTO, 2,  64, SPC_CODEC_LZ },
  { SPC_COMPRESSION_QUIC, PHOTO, 64, 2,  SPC_CODEC_LZ },
};
/* clang-format on */

static QxlImage *
image_new (QxlFormat format, Content content, uint32_t width, uint32_t height)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (format, width, height, &pixels);

  for (uint32_t i = 0; i < width * height * 4; i++)
    pixels[i] = content == FLAT || i % 4 == 3
                    ? 0
                    : (uint8_t)(i / 4 % width + i / 4 / width * 2);
  return image;
}

static void
test_link_choices (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (link_choices); i++) {
    SpcCompression got = spc_choose_compression (&link_choices[i].link);

    if (got != link_choices[i].compression)
      g_error ("row %u: got %d, expected %d", i, got,
               link_choices[i].compression);
  }
}

static void
test_image_choices (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (image_choices); i++) {
    g_autoptr (QxlImage) image =
        image_new (QXL_FORMAT_BGRX, image_choices[i].content,
                   image_choices[i].width, image_choices[i].height);
    SpcImageCodec codec =
        spc_choose_codec (image_choices[i].compression, image);

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

        g_assert_true (spc_image_codec_takes (
            spc_choose_codec (compression, image), formats[i]));
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/choose-codec/by-the-link", test_link_choices);
  g_test_add_func ("/choose-codec/by-the-image", test_image_choices);
  g_test_add_func ("/choose-codec/takes-surface-formats",
                   test_takes_surface_formats);
  return g_test_run ();
}

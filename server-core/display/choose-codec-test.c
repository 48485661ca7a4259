/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the choice of an encoding: the rule as a table. */
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
  uint32_t width, height;
  SpcImageCodec codec;
} Choice;

/* clang-format off */
static const Choice choices[] = {
  /* takes LZ4, local, prefers      size     is sent as */
  { { false, false, 0 },        64, 64,  SPC_CODEC_LZ },
  { { true,  false, 0 },        64, 64,  SPC_CODEC_LZ },
  { { false, true,  0 },        64, 64,  SPC_CODEC_LZ },
  { { true,  true,  0 },        64, 64,  SPC_CODEC_LZ4 },
  /* too small to become smaller */
  { { true,  true,  0 },        13, 1,   SPC_CODEC_BITMAP },
  { { false, false, LZ },       1,  1,   SPC_CODEC_BITMAP },
  { { false, false, 0 },        14, 1,   SPC_CODEC_LZ },
  /* what the viewer asks for, as far as there is such an encoding */
  { { true,  true,  OFF },      64, 64,  SPC_CODEC_BITMAP },
  { { true,  true,  LZ },       64, 64,  SPC_CODEC_LZ },
  { { true,  false, LZ4 },      64, 64,  SPC_CODEC_LZ4 },
  { { false, true,  LZ4 },      64, 64,  SPC_CODEC_LZ },
  { { true,  true,  AUTO_LZ },  64, 64,  SPC_CODEC_LZ },
  { { true,  true,  AUTO_GLZ }, 64, 64,  SPC_CODEC_LZ },
  { { true,  true,  QUIC },     64, 64,  SPC_CODEC_LZ },
  { { true,  true,  255 },      64, 64,  SPC_CODEC_LZ },
};
/* clang-format on */

static void
test_choices (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++) {
    uint8_t *pixels;
    g_autoptr (QxlImage) image = qxl_image_new (
        QXL_FORMAT_BGRX, choices[i].width, choices[i].height, &pixels);
    SpcImageCodec codec = spc_choose_codec (&choices[i].link, image);

    if (codec != choices[i].codec)
      g_error ("row %u: got %s, expected %s", i, spc_image_codec_name (codec),
               spc_image_codec_name (choices[i].codec));
    g_assert_true (spc_image_codec_takes (codec, image->format));
  }
}

/* whatever is chosen takes what display surfaces consist of */
static void
test_takes_surface_formats (void)
{
  static const QxlFormat formats[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA};

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    for (guint preferred = 0; preferred < 256; preferred++) {
      SpcLinkTraits link = {true, true, (uint8_t)preferred};
      uint8_t *pixels;
      g_autoptr (QxlImage) image = qxl_image_new (formats[i], 9, 9, &pixels);

      g_assert_true (
          spc_image_codec_takes (spc_choose_codec (&link, image), formats[i]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/choose-codec/the-table", test_choices);
  g_test_add_func ("/choose-codec/takes-any-format-of-a-surface",
                   test_takes_surface_formats);
  return g_test_run ();
}

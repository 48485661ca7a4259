/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "video-codec.h"

#include <glib.h>
#include <spice/enums.h>

static void
test_finds_by_number_and_name (void)
{
  const SpcVideoCodec *codec;
  unsigned n = 0;

  for (; (codec = spc_video_codec_at (n)) != NULL; n++) {
    g_assert_true (spc_video_codec_find (codec->number) == codec);
    g_assert_true (spc_video_codec_by_name (codec->name) == codec);
  }
  g_assert_cmpuint (n, ==, SPICE_VIDEO_CODEC_TYPE_ENUM_END - 1);
  g_assert_cmpuint (spc_video_codec_by_name ("H264")->number, ==,
                    SPICE_VIDEO_CODEC_TYPE_H264);
}

static void
test_knows_no_others (void)
{
  g_assert_null (spc_video_codec_find (0));
  g_assert_null (spc_video_codec_find (SPICE_VIDEO_CODEC_TYPE_ENUM_END));
  g_assert_null (spc_video_codec_by_name ("h26"));
  g_assert_null (spc_video_codec_by_name (""));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/video-codec/finds-by-number-and-name",
                   test_finds_by_number_and_name);
  g_test_add_func ("/video-codec/knows-no-others", test_knows_no_others);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "codec-choice.h"

#include <glib.h>
#include <spice/enums.h>

#define MJPEG SPICE_VIDEO_CODEC_TYPE_MJPEG
#define VP8 SPICE_VIDEO_CODEC_TYPE_VP8
#define H264 SPICE_VIDEO_CODEC_TYPE_H264
#define BIT(codec) (1u << (codec))

static const struct {
  SpcVideoTraits traits;
  uint8_t choice;
} rows[] = {
    /* the server's order, as far as the viewer can follow */
    {{.offered = {H264, VP8, MJPEG}, .decoded = BIT (VP8) | BIT (MJPEG)}, VP8},
    {{.offered = {H264, VP8, MJPEG}, .decoded = BIT (MJPEG)}, MJPEG},
    {{.offered = {H264, VP8}, .decoded = BIT (MJPEG)}, 0},
    {{.offered = {0}, .decoded = BIT (MJPEG)}, 0},
    /* the viewer's, if that is obeyed */
    {{.offered = {H264, VP8, MJPEG},
      .wished = {MJPEG, VP8},
      .obeys_wish = true,
      .decoded = BIT (H264) | BIT (VP8) | BIT (MJPEG)},
     MJPEG},
    {{.offered = {H264, VP8, MJPEG},
      .wished = {MJPEG, VP8},
      .decoded = BIT (H264) | BIT (VP8) | BIT (MJPEG)},
     H264},
    /* wishes that cannot be granted */
    {{.offered = {H264, MJPEG},
      .wished = {VP8, 99, MJPEG},
      .obeys_wish = true,
      .decoded = BIT (H264) | BIT (VP8) | BIT (MJPEG)},
     MJPEG},
    {{.offered = {H264, MJPEG},
      .wished = {VP8},
      .obeys_wish = true,
      .decoded = BIT (H264) | BIT (VP8)},
     H264},
    /* a link with room to spare */
    {{.offered = {H264, VP8, MJPEG},
      .favours_mjpeg = true,
      .decoded = BIT (H264) | BIT (MJPEG)},
     MJPEG},
    {{.offered = {H264, VP8, MJPEG},
      .favours_mjpeg = true,
      .wished = {VP8},
      .obeys_wish = true,
      .decoded = BIT (VP8) | BIT (MJPEG)},
     VP8},
    {{.offered = {H264, VP8}, .favours_mjpeg = true, .decoded = BIT (VP8)},
     VP8},
    {{.offered = {H264, MJPEG}, .favours_mjpeg = true, .decoded = BIT (H264)},
     H264},
};

static void
test_chooses (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (spc_choose_video_codec (&rows[i].traits), ==,
                      rows[i].choice);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec-choice/chooses", test_chooses);
  return g_test_run ();
}

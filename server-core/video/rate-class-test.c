/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rate-class.h"

#include <glib.h>
#include <spice/enums.h>

static void
test_ladder (void)
{
  g_assert_cmpuint (spc_rate_class_bps (0), ==, 0);
  for (unsigned i = 2; i < SPC_N_RATE_CLASSES; i++) {
    double ratio =
        (double)spc_rate_class_bps (i) / (double)spc_rate_class_bps (i - 1);

    g_assert_cmpfloat (ratio, >, 1.41);
    g_assert_cmpfloat (ratio, <, 1.42);
    g_assert_cmpuint (spc_rate_class (spc_rate_class_bps (i), 0), ==, i);
    g_assert_cmpuint (spc_rate_class (spc_rate_class_bps (i) - 1, 0), ==,
                      i - 1);
  }
  g_assert_cmpuint (spc_rate_class (0, 0), ==, 1);
  g_assert_cmpuint (spc_rate_class (G_MAXUINT32, 0), ==,
                    SPC_N_RATE_CLASSES - 1);
  g_assert_cmpuint (spc_rate_class_bps (99), ==,
                    spc_rate_class_bps (SPC_N_RATE_CLASSES - 1));
}

/* a rate that moves by a few per cent moves nobody */
static void
test_hysteresis (void)
{
  for (uint32_t bps = 100000; bps < 1000000000; bps += bps / 50) {
    unsigned rate_class = spc_rate_class (bps, 0);
    int n_moves = 0;

    for (int i = 0; i < 20; i++) {
      unsigned next =
          spc_rate_class ((uint32_t)(bps * (i & 1 ? 0.97 : 1.03)), rate_class);
      n_moves += next != rate_class;
      rate_class = next;
    }
    g_assert_cmpint (n_moves, <=, 1);
    g_assert_cmpfloat (spc_rate_class_bps (rate_class), <=, bps * 1.05);
    g_assert_cmpfloat (spc_rate_class_bps (rate_class), >=, bps / 1.6);
  }
}

/* from anywhere, at once, to where a new one would be or its neighbour */
static void
test_long_ways (void)
{
  for (unsigned from = 1; from < SPC_N_RATE_CLASSES; from++)
    for (uint32_t bps = 100000; bps < 2000000000; bps += bps / 10) {
      unsigned to = spc_rate_class (bps, from);
      int distance = (int)to - (int)spc_rate_class (bps, 0);

      g_assert_cmpint (ABS (distance), <=, 1);
    }
}

static void
test_frame_rate (void)
{
  static const struct {
    uint32_t bps;
    uint8_t codec;
    uint32_t width, height, fps, least, most;
  } rows[] = {
      {20000000, SPICE_VIDEO_CODEC_TYPE_MJPEG, 640, 360, 30, 30, 30},
      {1000000, SPICE_VIDEO_CODEC_TYPE_MJPEG, 640, 360, 30, 8, 16},
      {1000000, SPICE_VIDEO_CODEC_TYPE_H264, 640, 360, 30, 30, 30},
      {100000, SPICE_VIDEO_CODEC_TYPE_MJPEG, 1920, 1080, 30, 1, 1},
      {0, SPICE_VIDEO_CODEC_TYPE_VP8, 640, 360, 0, 1, 1},
      {1000000, SPICE_VIDEO_CODEC_TYPE_VP8, 0, 0, 25, 25, 25},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    uint32_t fps =
        spc_rate_class_fps (spc_rate_class (rows[i].bps, 0), rows[i].codec,
                            rows[i].width, rows[i].height, rows[i].fps);

    g_assert_cmpuint (fps, >=, rows[i].least);
    g_assert_cmpuint (fps, <=, rows[i].most);
  }
}

/* 16384 by 16384 pixels have more than 32 bits count */
static void
test_large_screens (void)
{
  static const struct {
    uint8_t codec;
    uint32_t width, height, bps;
  } rows[] = {
      {SPICE_VIDEO_CODEC_TYPE_H264, 2560, 1600, 245760000},
      {SPICE_VIDEO_CODEC_TYPE_H264, 3840, 2160, 497664000},
      {SPICE_VIDEO_CODEC_TYPE_MJPEG, 3840, 2160, 995328000},
      {SPICE_VIDEO_CODEC_TYPE_MJPEG, 16384, 16384, UINT32_MAX},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    uint32_t bps =
        spc_rate_enough_bps (rows[i].codec, rows[i].width, rows[i].height);

    g_assert_cmpuint (bps, ==, rows[i].bps);
    g_assert_cmpuint (spc_rate_class_bps (spc_rate_class (bps, 0)), >, bps / 2);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate-class/ladder", test_ladder);
  g_test_add_func ("/rate-class/stays-where-it-is", test_hysteresis);
  g_test_add_func ("/rate-class/goes-far-at-once", test_long_ways);
  g_test_add_func ("/rate-class/few-bits-are-few-frames", test_frame_rate);
  g_test_add_func ("/rate-class/large-screens-are-bounded", test_large_screens);
  return g_test_run ();
}

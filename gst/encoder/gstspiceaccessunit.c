/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/encoder/gstspiceaccessunit.h"

#include <spice/enums.h>

/* A picture decoding may begin with, and what must come with it: sets of NAL
 * unit types, bit n: type n (H.264 table 7-1, H.265 table 7-1). */
typedef struct {
  uint64_t pictures;
  uint64_t sets; /* all of them */
  unsigned shift;
  unsigned mask;
} NalRule;

static const NalRule h264 = {
    .pictures = 1ull << 5,         /* IDR */
    .sets = 1ull << 7 | 1ull << 8, /* SPS, PPS */
    .shift = 0,
    .mask = 0x1f,
};
static const NalRule h265 = {
    .pictures = 0x3full << 16,                    /* BLA, IDR, CRA */
    .sets = 1ull << 32 | 1ull << 33 | 1ull << 34, /* VPS, SPS, PPS */
    .shift = 1,
    .mask = 0x3f,
};

/* An Annex-B stream is searched to its first picture's slice only: nothing that
 * counts comes after. */
static bool
nal_units_have (const NalRule *rule, const uint8_t *bytes, size_t size)
{
  uint64_t seen = 0;

  for (size_t i = 0; i + 3 < size; i++) {
    if (bytes[i] != 0 || bytes[i + 1] != 0 || bytes[i + 2] != 1)
      continue;
    seen |= 1ull << (bytes[i + 3] >> rule->shift & rule->mask);
    if (seen & rule->pictures)
      return (seen & rule->sets) == rule->sets;
    i += 3;
  }
  return false;
}

/* RFC 6386, 9.1: the lowest bit of the frame tag */
static bool
vp8_is_key (const uint8_t *bytes, size_t size)
{
  return size >= 3 && !(bytes[0] & 1);
}

/* The uncompressed header, most significant bit first: frame_marker (2),
 * profile_low_bit, profile_high_bit, reserved_zero in profile 3,
 * show_existing_frame, frame_type (0: key). */
static bool
vp9_is_key (const uint8_t *bytes, size_t size)
{
  unsigned shift;

  if (size < 2 || bytes[0] >> 6 != 2)
    return false;
  shift = (bytes[0] & 0x30) == 0x30 ? 1 : 0;
  return (bytes[0] << shift & 0x0c) == 0;
}

bool
gst_spice_access_unit_is_key (uint8_t codec, const uint8_t *bytes, size_t size)
{
  switch (codec) {
  case SPICE_VIDEO_CODEC_TYPE_H264:
    return nal_units_have (&h264, bytes, size);
  case SPICE_VIDEO_CODEC_TYPE_H265:
    return nal_units_have (&h265, bytes, size);
  case SPICE_VIDEO_CODEC_TYPE_VP8:
    return vp8_is_key (bytes, size);
  case SPICE_VIDEO_CODEC_TYPE_VP9:
    return vp9_is_key (bytes, size);
  default:
    return codec == SPICE_VIDEO_CODEC_TYPE_MJPEG && size > 0;
  }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "codec-choice.h"

#include "video-codec.h"
#include <spice/enums.h>
#include <stddef.h>
#include <string.h>

static bool
is_decoded (const SpcVideoTraits *traits, uint8_t number)
{
  return spc_video_codec_find (number) != NULL &&
         (traits->decoded & 1u << number) != 0;
}

static bool
is_offered (const SpcVideoTraits *traits, uint8_t number)
{
  return strchr ((const char *)traits->offered, number) != NULL;
}

/* what the viewer did not name comes after what it did */
uint8_t
spc_choose_video_codec (const SpcVideoTraits *traits)
{
  if (traits->obeys_wish)
    for (const uint8_t *wish = traits->wished; *wish != 0; wish++)
      if (is_offered (traits, *wish) && is_decoded (traits, *wish))
        return *wish;
  if (traits->favours_mjpeg &&
      is_offered (traits, SPICE_VIDEO_CODEC_TYPE_MJPEG) &&
      is_decoded (traits, SPICE_VIDEO_CODEC_TYPE_MJPEG))
    return SPICE_VIDEO_CODEC_TYPE_MJPEG;
  for (const uint8_t *offer = traits->offered; *offer != 0; offer++)
    if (is_decoded (traits, *offer))
      return *offer;
  return 0;
}

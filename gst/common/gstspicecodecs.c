/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicecodecs.h"

#include "server-core/video/video-codec.h"

#include <string.h>

/* behind who encodes it */
static const SpcVideoCodec *
find_codec (char *entry)
{
  const char *colon = strrchr (entry, ':');

  return spc_video_codec_by_name (
      g_strstrip ((char *)(gpointer)(colon ? colon + 1 : entry)));
}

static bool
has_codec (const uint8_t *codecs, uint8_t number)
{
  return strchr ((const char *)codecs, number) != NULL;
}

bool
gst_spice_codecs_parse (const char *text,
                        uint8_t codecs[SPC_MAX_VIDEO_CODECS + 1],
                        char **unknown)
{
  g_auto (GStrv) entries = NULL;
  guint n_codecs = 0, n_names = 0;

  memset (codecs, 0, SPC_MAX_VIDEO_CODECS + 1);
  if (unknown)
    *unknown = NULL;
  if (!text || g_ascii_strcasecmp (text, "auto") == 0)
    return true;
  entries = g_strsplit_set (text, ",;", -1);
  for (char **entry = entries; *entry; entry++) {
    const SpcVideoCodec *codec;

    if (*g_strstrip (*entry) == 0)
      continue;
    n_names++;
    codec = find_codec (*entry);
    if (!codec && unknown && !*unknown)
      *unknown = g_strdup (*entry);
    if (codec && n_codecs < SPC_MAX_VIDEO_CODECS &&
        !has_codec (codecs, codec->number))
      codecs[n_codecs++] = codec->number;
  }
  return n_names == 0 || n_codecs > 0;
}

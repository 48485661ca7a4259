/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicecodecs.h – the list of codecs that users write.
 *
 * Names, best first, with commas or semicolons between; before each there may
 * be who encodes it, as libspice-server's users write it: "gstreamer:h264".
 * What is not known is passed over. Any thread. */
#pragma once

#include "server-core/base/limits.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* @text: NULL, empty or "auto": none, which leaves it to the server; @codecs:
 * the protocol's numbers, ended by 0; @unknown: filled with the first name that
 * was passed over, NULL for none; or NULL. Returns false if there are names and
 * none of them is known. */
bool gst_spice_codecs_parse (const char *text,
                             uint8_t codecs[SPC_MAX_VIDEO_CODECS + 1],
                             char **unknown);

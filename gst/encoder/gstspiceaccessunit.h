/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceaccessunit.h – what an encoder's output says of itself.
 *
 * Encoders' own flags are not enough: one marks an intra picture as a key frame
 * that the ones after it may look back beyond. Pure; any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Can decoding begin with this access unit of @codec
 * (SPICE_VIDEO_CODEC_TYPE_…)? True for H.264 and H.265 only if it brings its
 * parameter sets, for MJPEG always. */
bool gst_spice_access_unit_is_key (uint8_t codec, const uint8_t *bytes,
                                   size_t size);

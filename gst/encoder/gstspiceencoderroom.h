/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceencoderroom.h – are there file descriptors for an encoder?
 *
 * GStreamer takes some for each pipeline and does not look whether it got them:
 * a process that has none left is full of critical warnings then. Any thread.
 */
#pragma once

#include <stdbool.h>

/* for one more encoder; others may take them the next moment */
bool gst_spice_encoder_has_room (void);

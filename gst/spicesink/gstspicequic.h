/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicequic.h – decodes the QUIC images of a batch of commands.
 *
 * A few bytes may hold a huge picture of one colour; a batch may have so many
 * of its pixels only as a pipeline would bring unpacked. Any thread, one at a
 * time. */
#pragma once

#include "qxl/image.h"

/* bytes of pixels in a batch: one picture of 8192 × 8192 */
#define GST_SPICE_QUIC_MAX_BATCH ((size_t)256 * 1024 * 1024)

/* for a batch; all 0 at its start */
typedef struct {
  size_t n_bytes; /* decoded so far */
} GstSpiceQuic;

/* as spc_quic_decode() */
QxlImage *gst_spice_quic_decode (GstSpiceQuic *self, const uint8_t *data,
                                 size_t size, uint32_t width, uint32_t height,
                                 GError **error);

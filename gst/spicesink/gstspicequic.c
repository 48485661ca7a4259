/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicequic.h"

#include "server-core/image/quic-decode.h"

#include <gio/gio.h>

QxlImage *
gst_spice_quic_decode (GstSpiceQuic *self, const uint8_t *data, size_t size,
                       uint32_t width, uint32_t height, GError **error)
{
  const uint64_t n_bytes = (uint64_t)width * height * 4;
  QxlImage *image;

  if (n_bytes > GST_SPICE_QUIC_MAX_BATCH - self->n_bytes) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                 "QUIC image of %ux%u pixels behind %" G_GSIZE_FORMAT
                 " bytes of others, allowed are %" G_GSIZE_FORMAT " in a batch",
                 width, height, self->n_bytes, GST_SPICE_QUIC_MAX_BATCH);
    return NULL;
  }
  image = spc_quic_decode (data, size, width, height, error);
  if (image)
    self->n_bytes += n_bytes;
  return image;
}

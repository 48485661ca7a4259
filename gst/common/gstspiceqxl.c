/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceqxl.h"

typedef struct {
  GstBuffer *buffer; /* owned */
  GstMapInfo map;
} Mapping;

static void
unmap (gpointer data)
{
  Mapping *self = data;

  gst_buffer_unmap (self->buffer, &self->map);
  gst_buffer_unref (self->buffer);
  g_free (self);
}

gboolean
gst_spice_caps_are_qxl (const GstCaps *caps)
{
  return gst_structure_has_name (gst_caps_get_structure (caps, 0),
                                 GST_SPICE_QXL_NAME);
}

GBytes *
gst_spice_qxl_bytes (GstBuffer *buffer)
{
  Mapping *self = g_new0 (Mapping, 1);

  if (!gst_buffer_map (buffer, &self->map, GST_MAP_READ)) {
    g_free (self);
    return NULL;
  }
  self->buffer = gst_buffer_ref (buffer);
  return g_bytes_new_with_free_func (self->map.data, self->map.size, unmap,
                                     self);
}

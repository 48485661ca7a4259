/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceqxl.h"

#define WARNING_INTERVAL GST_SECOND

/* bytes */

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

/* reader */

void
gst_spice_qxl_reader_init (GstSpiceQxlReader *self, GstObject *object)
{
  *self = (GstSpiceQxlReader){.object = object, .warned = GST_CLOCK_TIME_NONE};
}

void
gst_spice_qxl_reader_refuse (GstSpiceQxlReader *self, const char *reason)
{
  GstClockTime now = gst_util_get_timestamp ();

  self->n_refused++;
  if (GST_CLOCK_TIME_IS_VALID (self->warned) &&
      now - self->warned < WARNING_INTERVAL)
    return;
  self->warned = now;
  GST_WARNING_OBJECT (self->object,
                      "%s; left out so far: %" G_GUINT64_FORMAT " commands",
                      reason, self->n_refused);
}

static void
on_refused (gpointer user_data, guint record, const GError *error)
{
  gst_spice_qxl_reader_refuse (user_data, error->message);
}

QxlBatch *
gst_spice_qxl_reader_read (GstSpiceQxlReader *self, GstBuffer *buffer)
{
  static const QxlStreamHooks hooks = {.refused = on_refused};
  g_autoptr (GBytes) bytes = gst_spice_qxl_bytes (buffer);

  if (!bytes)
    return NULL;
  return qxl_stream_read_batch (bytes, &hooks, self, NULL);
}

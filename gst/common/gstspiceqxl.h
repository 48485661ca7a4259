/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceqxl.h – buffers of QXL commands (qxl/stream.h).
 *
 * A pad that takes them has a GstSpiceQxlReader, which tells of records that
 * are none in the log, once a second at most, and counts them. */
#pragma once

#include "qxl/stream.h"

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_SPICE_QXL_NAME "application/x-spice-qxl"
#define GST_SPICE_QXL_CAPS GST_SPICE_QXL_NAME ", version = (int) 1"

gboolean gst_spice_caps_are_qxl (const GstCaps *caps);
/* A buffer's memory, which it keeps mapped. NULL: it cannot be read. */
GBytes *gst_spice_qxl_bytes (GstBuffer *buffer);

typedef struct {
  /* set at construction */
  GstObject *object; /* not owned; whose log it is */
  /* the thread that reads */
  guint64 n_refused;
  GstClockTime warned; /* GST_CLOCK_TIME_NONE: never */
} GstSpiceQxlReader;

void gst_spice_qxl_reader_init (GstSpiceQxlReader *self, GstObject *object);
/* the commands of all good records; NULL: the buffer cannot be read */
QxlBatch *gst_spice_qxl_reader_read (GstSpiceQxlReader *self,
                                     GstBuffer *buffer);
/* One that is left out by whoever takes the commands. */
void gst_spice_qxl_reader_refuse (GstSpiceQxlReader *self, const char *reason);

G_END_DECLS

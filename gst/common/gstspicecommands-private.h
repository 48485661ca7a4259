/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicecommands-private.h – what the files of GstSpiceCommands share.
 *
 * gstspicecommands.c keeps surfaces and the list, gstspicecommands-draw.c and
 * gstspicecommands-text.c add draws to it. Any thread, one at a time. */
#pragma once

#include "gst/common/gstspicecommands.h"
#include "qxl/command.h"

/* Most pixels of a coordinate either way from a surface's origin. */
#define GST_SPICE_MAX_COORDINATE 32767

/* a surface that was created */
typedef struct {
  guint width, height;
  QxlFormat format;
} GstSpiceTarget;

/* NULL: there is none of that id */
const GstSpiceTarget *gst_spice_commands_surface (GstSpiceCommands *self,
                                                  guint surface_id);
/* the part of @area that lies on the target; FALSE: nothing */
gboolean gst_spice_commands_find_box (GstSpiceCommands *self,
                                      const QxlRect *area, QxlRect *box);
/* adds a draw on the target, through its clip; takes @op */
void gst_spice_commands_add (GstSpiceCommands *self, const QxlRect *box,
                             QxlOperation *op);
/* the target was created, and the area's corners are coordinates */
gboolean gst_spice_commands_can_draw (GstSpiceCommands *self, gint64 x,
                                      gint64 y, gint64 width, gint64 height);
/* the pixels as an image, which keeps @bytes; NULL: it has too few */
QxlImage *gst_spice_commands_wrap (GBytes *bytes, QxlFormat format, guint width,
                                   guint height, guint stride);
QxlBrush gst_spice_commands_solid (guint32 color);

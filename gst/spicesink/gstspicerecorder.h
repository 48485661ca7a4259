/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicerecorder.h – writes what a display is given to a file.
 *
 * The file is a journal (qxl/journal.h) that qxlreplaysrc plays: each batch
 * with its time after the first one. It shows all that the screen has shown, so
 * only its owner may read it. A record is handed to the system as a whole, so
 * that the file is of use after a crash, too. What cannot be written ends the
 * recording with a warning on the bus, and nothing else. Any thread. */
#pragma once

#include "qxl/command.h"

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstSpiceRecorder GstSpiceRecorder;

/* Replaces the file at @path. @owner posts the warning, and outlives the
 * recorder. NULL and @error (of GIO): the file cannot be written. */
GstSpiceRecorder *gst_spice_recorder_new (GstElement *owner, const gchar *path,
                                          guint display, GError **error);
/* NULL is allowed, here and below: nothing is recorded */
void gst_spice_recorder_free (GstSpiceRecorder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstSpiceRecorder, gst_spice_recorder_free)

/* writes it at once, with the present time */
void gst_spice_recorder_add_batch (GstSpiceRecorder *self,
                                   const QxlBatch *batch);
/* a buffer of application/x-spice-qxl as it is */
void gst_spice_recorder_add_bytes (GstSpiceRecorder *self, GBytes *bytes);

G_END_DECLS

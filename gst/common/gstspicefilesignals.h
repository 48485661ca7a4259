/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicefilesignals.h – GstSpiceServer's signals about dropped files.
 *
 * "file-transfer-request" asks the application where a file shall go; its
 * default handler answers with a file in the directory of "file-transfer-dir".
 * "file-transfer-done" tells of each file's end; "file-transfer-cancel" is an
 * action. Install: class init; the others: any thread, with no lock held. */
#pragma once

#include "gst/common/gstspiceserver.h"

#include <gio/gio.h>

G_BEGIN_DECLS

void gst_spice_file_signals_install (GType type);

/* an application would be asked */
gboolean gst_spice_file_signals_has_handler (GstSpiceServer *server);
/* (transfer full) NULL: nobody wants the file */
GOutputStream *gst_spice_file_signals_request (GstSpiceServer *server,
                                               guint client_id, guint id,
                                               const char *name, guint64 size);
/* @event: "spice-file-transfer"; emits if it tells of an end */
void gst_spice_file_signals_emit_done (GstSpiceServer *server,
                                       const GstStructure *event);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicefiles.h – dropped files in one run of a server.
 *
 * Joins what viewers send (server-core/main/file-drop.h), what the settings
 * allow, the threads that write (gstspicefilewriter.h), the signals and the
 * bus. Made and freed with the session; any thread, except where said. */
#pragma once

#include "gst/common/gstspicebus.h"
#include "gst/common/gstspicesettings.h"
#include "server-core/channel/server.h"

G_BEGIN_DECLS

typedef struct _GstSpiceFiles GstSpiceFiles;
/* (transfer full) the GstSpiceServer whose signals are emitted; NULL: gone */
typedef gpointer (*GstSpiceFilesOwner) (gpointer user_data);

/* life: around the server's */
/* Before @server, which has a main channel, is started. @bus: borrowed until
 * stop. */
GstSpiceFiles *gst_spice_files_new (SpcServer *server, GstSpiceBus *bus,
                                    const GstSpiceSettings *settings,
                                    GstSpiceFilesOwner owner,
                                    gpointer user_data);
/* After the server's stop: nothing is left of files that have not come, and the
 * bus has been told, when it returns. Not from a thread that asks. */
void gst_spice_files_stop (GstSpiceFiles *self);
void gst_spice_files_free (GstSpiceFiles *self);

/* changing */
/* settings have changed */
void gst_spice_files_apply (GstSpiceFiles *self,
                            const GstSpiceSettings *settings);
/* false: there is no such file */
gboolean gst_spice_files_cancel (GstSpiceFiles *self, guint client_id,
                                 guint id);
/* this thread asks the application at the moment: it must not stop */
gboolean gst_spice_files_is_asking (GstSpiceFiles *self);

G_END_DECLS

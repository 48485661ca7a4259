/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicefilewriter.h – writes dropped files, out of the loop's way.
 *
 * Each file has a queue of its own that is worked off in order by one thread at
 * a time, so that a slow disk or an application that blocks holds up that file
 * alone. Tells the drop (server-core/main/file-drop.h) what was done, and the
 * bus how far a file is. Made with the session; told what to do by the loop. */
#pragma once

#include "server-core/main/file-drop.h"

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstSpiceFileWriter GstSpiceFileWriter;

typedef struct {
  /* Where shall it go? (transfer full); NULL: nowhere. A thread of the writer,
   * which may be kept waiting. */
  GOutputStream *(*request) (guint client_id, guint id, const char *name,
                             guint64 size, gpointer user_data);
  /* "spice-file-transfer", docs/messages.md; takes @event. Threads of the
   * writer. */
  void (*tell) (GstStructure *event, gpointer user_data);
} GstSpiceFileWriterFuncs;

/* life */
GstSpiceFileWriter *gst_spice_file_writer_new (
    const GstSpiceFileWriterFuncs *funcs, gpointer user_data);
/* who is answered; before the first file */
void gst_spice_file_writer_set_drop (GstSpiceFileWriter *self,
                                     SpcFileDrop *drop);
/* Gives up what is under way; nothing is left of it, and no thread of the
 * writer runs, when it returns. Not from request or tell. */
void gst_spice_file_writer_stop (GstSpiceFileWriter *self);
void gst_spice_file_writer_unref (GstSpiceFileWriter *self);

/* asking: any thread */
gboolean gst_spice_file_writer_is_here (GstSpiceFileWriter *self);
gboolean gst_spice_file_writer_has (GstSpiceFileWriter *self, guint client_id,
                                    guint id);

/* work: loop thread; see SpcFileHost */
void gst_spice_file_writer_open (GstSpiceFileWriter *self, const SpcFile *file);
void gst_spice_file_writer_write (GstSpiceFileWriter *self, guint64 handle,
                                  GBytes *block);
void gst_spice_file_writer_finish (GstSpiceFileWriter *self, guint64 handle);
void gst_spice_file_writer_abandon (GstSpiceFileWriter *self, guint64 handle,
                                    gboolean is_cancelled, const char *reason);

G_END_DECLS

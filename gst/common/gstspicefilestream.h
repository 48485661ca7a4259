/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicefilestream.h – a file that comes into a directory whole or not at
 * all.
 *
 * A GOutputStream. Its bytes go to a hidden file under a name of its own, which
 * gets the wanted name when the stream is closed after exactly as many bytes as
 * were announced. Whatever else happens (an error, too few bytes, a close that
 * is cancelled) nothing is left. A file, link or device that is there already
 * is never touched or followed: the new one gets a number ("a (2).txt"). Any
 * thread, one at a time. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_FILE_STREAM (gst_spice_file_stream_get_type ())
G_DECLARE_FINAL_TYPE (GstSpiceFileStream, gst_spice_file_stream, GST,
                      SPICE_FILE_STREAM, GOutputStream)

/* @name: safe to create a file by */
GstSpiceFileStream *gst_spice_file_stream_new (const char *directory,
                                               const char *name, guint64 size);
/* creates the hidden file; before anything is written. G_IO_ERROR_NO_SPACE if
 * the disk has less than the announced bytes. */
gboolean gst_spice_file_stream_open (GstSpiceFileStream *self, GError **error);
/* after close: the path, or NULL if there is no file */
const char *gst_spice_file_stream_path (GstSpiceFileStream *self);
/* bytes the directory's disk has at this moment */
guint64 gst_spice_file_stream_free_bytes (GstSpiceFileStream *self);

G_END_DECLS

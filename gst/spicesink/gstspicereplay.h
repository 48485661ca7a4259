/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicereplay.h – reads files of recorded draw commands, of either format.
 *
 * Recordings of libspice-server (qxl/replay.h) and those of
 * spicedisplaysink (qxl/journal.h), also packed with xz, become batches in the
 * bytes of the pad format. What a recording of libspice-server has within a
 * millisecond, or what is played within one, becomes one batch. Any thread, one
 * at a time; waits for the file.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _GstSpiceReplay GstSpiceReplay;

/* NULL and @error (of GIO): it cannot be opened. What it is shows when it is
 * read. */
GstSpiceReplay *gst_spice_replay_open (const gchar *path, GError **error);
void gst_spice_replay_free (GstSpiceReplay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstSpiceReplay, gst_spice_replay_free)

/* The next batch and when it came, in ns after the first event. @rate: how many
 * times as fast it is played. NULL without @error: there is no further one;
 * NULL with: the file is none from here on. */
GBytes *gst_spice_replay_next (GstSpiceReplay *self, gdouble rate,
                               guint64 *time_ns, GError **error);
/* commands left out so far because they were malformed, and why the last one
 * was; NULL: none was */
guint64 gst_spice_replay_n_refused (const GstSpiceReplay *self);
const gchar *gst_spice_replay_refusal (const GstSpiceReplay *self);
/* did the file end inside an event? */
gboolean gst_spice_replay_is_cut_off (const GstSpiceReplay *self);

/* When the file's last event came, without reading all of it. FALSE: it is not
 * told, as with packed files. */
gboolean gst_spice_replay_find_end (const gchar *path, guint64 *time_ns);

G_END_DECLS

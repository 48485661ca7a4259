/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicexz.h – opens files that may be packed with xz.
 *
 * Any thread. Needs at most 128 MiB to unpack. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* a converter from .xz to what it holds; NULL: built without liblzma */
GConverter *gst_spice_xz_decoder_new (void);
/* Reads the file at @path, unpacked if its first bytes say that it is packed.
 * NULL and @error (of GIO): it cannot be read, or not be unpacked. */
GInputStream *gst_spice_xz_open (const gchar *path, GCancellable *cancellable,
                                 GError **error);

G_END_DECLS

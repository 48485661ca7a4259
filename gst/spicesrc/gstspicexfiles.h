/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicexfiles.h – lists of files as X programs and as viewers write them.
 *
 * X programs exchange text/uri-list, lines of "file:///a%20b"; the agent
 * protocol "copy" or "cut" and absolute paths, with NUL between them (spec:
 * clipboard). Pure functions. Threads: any. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full) or NULL when there is no file in it */
GBytes *gst_spice_x_files_to_uris (GBytes *list);
GBytes *gst_spice_x_files_from_uris (GBytes *uris);

G_END_DECLS

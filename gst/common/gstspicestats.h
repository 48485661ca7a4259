/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicestats.h – a server's statistics as a GstStructure. Pure. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* @variant: a{sv}; nested dictionaries become structures, lists of them value
 * arrays (GST_TYPE_ARRAY). Keys keep their names, with - for _. */
GstStructure *gst_spice_stats_from_variant (const char *name,
                                            GVariant *variant);

G_END_DECLS

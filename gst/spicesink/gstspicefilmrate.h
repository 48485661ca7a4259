/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicefilmrate.h – what viewers' lines bear of a film that is encoded
 * before the sink.
 *
 * A property that tells by notify, as rtpgccbwe has it, and a message on the
 * bus of the same. What is told comes from a thread of GStreamer's pool, the
 * newest value alone. Any thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* class init, get_property. FALSE: not ours */
void gst_spice_film_rate_install_property (GObjectClass *klass);
gboolean gst_spice_film_rate_get_property (GObject *sink, guint id,
                                           GValue *value);

/* bits a second; 0: no line has met its bound */
void gst_spice_film_rate_set (GstElement *sink, guint bitrate_bps);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceinject.h – `spiceinject`, an element that passes video through and
 * plays the navigation events coming back into an X display.
 *
 * Threads: events arrive on whichever thread pushes them upstream, one lock
 * keeps them in order; the X connection lives from PAUSED to READY. */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_INJECT (gst_spice_inject_get_type ())
G_DECLARE_FINAL_TYPE (GstSpiceInject, gst_spice_inject, GST, SPICE_INJECT,
                      GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE (spiceinject);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceresize.h – the size viewers wish a display to have.
 *
 * What a display sink does about it: tells upstream by an event, and with
 * "auto-resize" asks it to negotiate anew while the caps query answers frames
 * of that size first, within bounds. Has these properties, and those that say
 * which device the display is. Any thread; start and stop from state changes.
 */
#pragma once

#include "gst/common/gstspicesession.h"

#include <gst/base/gstbasesink.h>

G_BEGIN_DECLS

typedef struct _GstSpiceResize GstSpiceResize;

/* life: of the element */
GstSpiceResize *gst_spice_resize_new (GstBaseSink *sink); /* not referenced */
void gst_spice_resize_free (GstSpiceResize *self);

/* properties: class init, set_property, get_property. FALSE: not one of ours */
void gst_spice_resize_install_properties (GObjectClass *klass);
gboolean gst_spice_resize_set_property (GstSpiceResize *self, guint id,
                                        const GValue *value);
gboolean gst_spice_resize_get_property (GstSpiceResize *self, guint id,
                                        GValue *value);

/* work */
/* @nav: takes events for upstream until stop */
void gst_spice_resize_start (GstSpiceResize *self, GstSpiceDesk *desk,
                             guint display_id, GstSpiceNav *nav);
void gst_spice_resize_stop (GstSpiceResize *self);
/* get_caps of the sink's class: frames of the wanted size come first */
GstCaps *gst_spice_resize_get_caps (GstBaseSink *sink, GstCaps *filter);

/* pure: @caps, before them their raw video of this size; takes @caps */
GstCaps *gst_spice_resize_prefer (GstCaps *caps, int width, int height);

G_END_DECLS

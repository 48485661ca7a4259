/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceclock.h – running time of an element to the machine's time.
 *
 * Multimedia time is the machine's monotonic clock; a pipeline may run by
 * another. Streaming thread of the element. */
#pragma once

#include <gst/gst.h>
#include <stdint.h>

G_BEGIN_DECLS

/* when, on the monotonic clock, @running_time + @latency_ns will be (or was) */
gint64 gst_spice_clock_monotonic_us (GstElement *element,
                                     GstClockTime running_time,
                                     GstClockTime latency_ns);
/* @element's running time at this moment; 0 without a clock */
GstClockTime gst_spice_clock_running_time (GstElement *element);

G_END_DECLS

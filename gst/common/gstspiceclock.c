/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceclock.h"

gint64
gst_spice_clock_monotonic_us (GstElement *element, GstClockTime running_time,
                              GstClockTime latency_ns)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (element);
  gint64 now_us = g_get_monotonic_time ();
  GstClockTimeDiff ahead;

  if (!clock || !GST_CLOCK_TIME_IS_VALID (running_time))
    return now_us;
  ahead = GST_CLOCK_DIFF (gst_clock_get_time (clock),
                          gst_element_get_base_time (element) + running_time +
                              latency_ns);
  return now_us + ahead / GST_USECOND;
}

GstClockTime
gst_spice_clock_running_time (GstElement *element)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (element);
  GstClockTimeDiff running;

  if (!clock)
    return 0;
  running = GST_CLOCK_DIFF (gst_element_get_base_time (element),
                            gst_clock_get_time (clock));
  return running > 0 ? (GstClockTime)running : 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicewait.h"

void
gst_spice_wait_begin (GstBaseSink *sink)
{
  sink->have_preroll = TRUE;
  GST_BASE_SINK_PREROLL_UNLOCK (sink);
}

static GstFlowReturn
wait_to_play (GstBaseSink *sink)
{
  GstFlowReturn ret = GST_FLOW_OK;

  while (ret == GST_FLOW_OK && sink->need_preroll && !sink->flushing)
    ret = gst_base_sink_wait_preroll (sink);
  return sink->flushing ? GST_FLOW_FLUSHING : ret;
}

GstFlowReturn
gst_spice_wait_end (GstBaseSink *sink, gpointer object, gboolean is_done)
{
  if (!is_done)
    g_thread_yield (); /* to the thread that changes the state */
  GST_BASE_SINK_PREROLL_LOCK (sink);
  sink->have_preroll = FALSE;
  if (sink->flushing)
    return GST_FLOW_FLUSHING;
  if (is_done)
    return GST_FLOW_OK;
  return object ? gst_base_sink_do_preroll (sink, GST_MINI_OBJECT_CAST (object))
                : wait_to_play (sink);
}

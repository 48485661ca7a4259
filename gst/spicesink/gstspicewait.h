/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicewait.h – a sink's wait for something that is not the clock.
 *
 * render, preroll and event are called with the preroll lock, which a change of
 * state needs; and the thread that changes it may be the one that is to end the
 * wait. So the lock is given away meanwhile, as in a wait for the clock:
 *
 *   do {
 *     gst_spice_wait_begin (sink);
 *     is_done = ...;  waits; unlock() ends that, too
 *     ret = gst_spice_wait_end (sink, object, is_done);
 *   } while (!is_done && ret == GST_FLOW_OK);
 *
 * The state may change, and change back, before the streaming thread runs
 * again. So what unlock() says must be kept until the wait has seen it, even
 * if unlock_stop() has been called since; else the wait begins anew while the
 * sink takes it for ended. Thread: streaming. */
#pragma once

#include <gst/base/gstbasesink.h>

G_BEGIN_DECLS

/* gives the preroll lock away */
void gst_spice_wait_begin (GstBaseSink *sink);
/* Takes it again. FLUSHING: the sink is, what was waited for or not. With
 * @is_done, OK at once; else when the sink plays, after @object (a buffer or
 * event) has been its preroll. @object is NULL inside preroll itself. */
GstFlowReturn gst_spice_wait_end (GstBaseSink *sink, gpointer object,
                                  gboolean is_done);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicecontrol.h – what an application may say of who types.
 *
 * The type of the property "control". Any thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_CONTROL (gst_spice_control_get_type ())

/**
 * GstSpiceControl:
 * @GST_SPICE_CONTROL_ALL: everybody who may
 * @GST_SPICE_CONTROL_FIRST: who has been there longest of those who may
 * @GST_SPICE_CONTROL_LAST: who came last of those who may
 * @GST_SPICE_CONTROL_NAMED: who was given the inputs by
 *   gst_spice_server_give_control(), nobody else
 *
 * Who of several viewers types and points. Who may only look never does.
 */
typedef enum {
  GST_SPICE_CONTROL_ALL,
  GST_SPICE_CONTROL_FIRST,
  GST_SPICE_CONTROL_LAST,
  GST_SPICE_CONTROL_NAMED,
} GstSpiceControl;

GType gst_spice_control_get_type (void);

G_END_DECLS

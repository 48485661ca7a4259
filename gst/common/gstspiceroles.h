/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceroles.h – the part of GstSpiceServer that is about who types.
 *
 * The signal "control-changed", the actions "give-control" and
 * "set-client-role", both of any thread. */
#pragma once

#include "gst/common/gstspiceserver.h"

G_BEGIN_DECLS

/* class init */
void gst_spice_roles_install (GObjectClass *klass);
/* event thread: @event is "spice-control-changed" */
void gst_spice_roles_emit (GstSpiceServer *self, const GstStructure *event);

G_END_DECLS

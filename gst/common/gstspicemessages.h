/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicemessages.h – messages about viewers, for who has no pipeline.
 *
 * The signal "message" of GstSpiceServer: what elements post on their bus, also
 * while the server has none. */
#pragma once

#include "gst/common/gstspiceserver.h"

G_BEGIN_DECLS

/* class init */
void gst_spice_messages_install (GObjectClass *klass);
/* event thread: @event is one of docs/messages.md */
void gst_spice_messages_emit (GstSpiceServer *self, const GstStructure *event);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicedisplayactions.h – what an application has a display do.
 *
 * The action signals of a display sink, "snapshot" and "resync". They may be
 * emitted in any thread, whether the element is started or not. */
#pragma once

#include "gst/spicesink/gstspicedisplaysink.h"

G_BEGIN_DECLS

/* class init */
void gst_spice_display_actions_install (GstSpiceDisplaySinkClass *klass);

G_END_DECLS

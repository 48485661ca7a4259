/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceregistry.h – the process's one table of servers, by name.
 *
 * Holds no reference: a server lives as long as an element or the application
 * does. Any thread. */
#pragma once

#include "gst/common/gstspiceserver.h"

G_BEGIN_DECLS

/* the living server of this name, or a new one; (transfer full) */
GstSpiceServer *gst_spice_registry_get (const char *name);

G_END_DECLS

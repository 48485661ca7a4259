/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* settings.h – libspice-server's settings by name, and a port for it. */
#pragma once

#include <glib.h>
#include <spice.h>

#define FEEDER_COMPRESSIONS "off, auto-glz, auto-lz, quic, glz, lz, lz4"
#define FEEDER_STREAMINGS "off, all, filter"

/* FALSE, and what there is on standard error: a name is not known. @jpeg:
 * auto, always, never; @codecs: as the library has it, NULL leaves its own */
gboolean feeder_settings_apply (SpiceServer *server, const char *compression,
                                const char *jpeg, const char *streaming,
                                const char *codecs);
int feeder_settings_find_port (void); /* 0: there is none */

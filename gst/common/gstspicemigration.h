/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicemigration.h – the part of GstSpiceServer that is about viewers who
 * move to another server, or come from one.
 *
 * The actions "migrate-connect", "migrate-end", "switch-host" and
 * "expect-migration", and what is told of them on the bus. Any thread. */
#pragma once

#include "gst/common/gstspicebus.h"
#include "gst/common/gstspiceserver.h"
#include "gst/common/gstspicesettings.h"
#include "server-core/main/migrate.h"

G_BEGIN_DECLS

/* class init */
void gst_spice_migration_install (GObjectClass *klass);

/* for a session: before the server's start, and when a setting changes; @bus
 * outlives @server */
void gst_spice_migration_bind (SpcServer *server, GstSpiceBus *bus,
                               const GstSpiceSettings *settings);
void gst_spice_migration_apply (SpcServer *server,
                                const GstSpiceSettings *settings);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceports.h – the byte streams of a session, by name.
 *
 * A port has two sides, the sink element whose bytes go to the client and the
 * source element that gives the client's; whichever comes first makes it, and
 * it is offered to viewers until both are gone. It is opened while the sink
 * side is, or without one the source side. What happens on it is told on the
 * bus ("spice-port-event"). Any thread. */
#pragma once

#include "gst/common/gstspicebus.h"
#include "server-core/port/port.h"

G_BEGIN_DECLS

typedef struct _GstSpicePorts GstSpicePorts;
typedef struct _GstSpicePort GstSpicePort;

typedef enum {
  GST_SPICE_SIDE_SINK,
  GST_SPICE_SIDE_SRC,
  GST_SPICE_N_SIDES
} GstSpicePortSide;

/* life: the server's; @bus outlives its loop */
void gst_spice_ports_bind (SpcServer *server, GstSpiceBus *bus);
GstSpicePorts *gst_spice_ports_of (SpcServer *server);

/* elements */
/* The port of @config->name; the id is chosen here. NULL with @error: the side
 * is taken, or the name, or it is another kind of port. */
GstSpicePort *gst_spice_ports_acquire (GstSpicePorts *self,
                                       GstSpicePortSide side,
                                       const SpcPortConfig *config,
                                       GError **error);
void gst_spice_ports_release (GstSpicePorts *self, GstSpicePort *port,
                              GstSpicePortSide side);
/* borrowed; valid until release */
SpcPort *gst_spice_port_channel (GstSpicePort *port);
void gst_spice_ports_set_open (GstSpicePorts *self, GstSpicePort *port,
                               GstSpicePortSide side, gboolean is_open);

/* the application */
/* FALSE: there is no such port, or it has no room */
gboolean gst_spice_ports_send_event (GstSpicePorts *self, const char *name,
                                     SpcPortEvent event);

/* the action "port-event" of GstSpiceServer: class init */
void gst_spice_port_install_server (GObjectClass *klass);

/* events by name, "opened", "closed", "break"; FALSE: there is none */
const char *gst_spice_port_event_name (const SpcLetter *letter);
gboolean gst_spice_port_event_from_name (const char *name, SpcPortEvent *event);

G_END_DECLS

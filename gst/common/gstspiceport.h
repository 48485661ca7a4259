/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceport.h – what both port elements share: properties, opening, events.
 *
 * The element's object lock guards the settings. Any thread; open and close
 * from state changes. */
#pragma once

#include "gst/common/gstspiceports.h"
#include "gst/common/gstspiceuser.h"

G_BEGIN_DECLS

/* SpcPortKind as a property: port, webdav, usbredir, smartcard */
#define GST_TYPE_SPICE_PORT_TYPE (gst_spice_port_type_get_type ())
GType gst_spice_port_type_get_type (void);
const char *gst_spice_port_kind_name (SpcPortKind kind);

#define GST_SPICE_PORT_CAPS "application/octet-stream"
#define GST_SPICE_PORT_EVENT "spice-port-event"

typedef struct {
  SpcPortKind kind;
  char *name; /* NULL: made of the kind and the number */
  guint number;
  gboolean broadcast;
} GstSpicePortSettings;

void gst_spice_port_settings_clear (GstSpicePortSettings *self);

/* The properties "port-type", "port-name", "port-number", "broadcast" with the
 * ids @first_id and on; @index: from 0, in that order. Set and get return FALSE
 * for others; they take @object's lock. */
void gst_spice_port_install_properties (GObjectClass *klass, guint first_id);
gboolean gst_spice_port_set_property (GstSpicePortSettings *self,
                                      GstObject *object, guint index,
                                      const GValue *value);
gboolean gst_spice_port_get_property (const GstSpicePortSettings *self,
                                      GstObject *object, guint index,
                                      GValue *value);

/* of an open user's session */
GstSpicePorts *gst_spice_user_ports (GstSpiceUser *user);
/* NULL→READY: opens the user's session and its port; NULL after an error
 * message */
GstSpicePort *gst_spice_port_open (const GstSpicePortSettings *self,
                                   GstSpiceUser *user, GstSpicePortSide side);
/* READY→NULL */
void gst_spice_port_close (GstSpicePort *port, GstSpiceUser *user,
                           GstSpicePortSide side);

G_END_DECLS

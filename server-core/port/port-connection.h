/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* port-connection.h – one client's line to a byte-stream channel.
 *
 * What a client may send, and in which form, by the kind of channel; the port
 * does the rest. Loop thread only. */
#pragma once

#include "server-core/channel/connection.h"

/* bytes and events: port, webdav */
#define SPC_TYPE_PORT_CONNECTION (spc_port_connection_get_type ())
GType spc_port_connection_get_type (void);
/* bytes: usbredir */
#define SPC_TYPE_BYTES_CONNECTION (spc_bytes_connection_get_type ())
GType spc_bytes_connection_get_type (void);
/* messages: smartcard */
#define SPC_TYPE_CARD_CONNECTION (spc_card_connection_get_type ())
GType spc_card_connection_get_type (void);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* transport-tls.h – a transport within TLS, the server's side. Loop thread
 * only. */
#pragma once

#include "tls-context.h"
#include "transport.h"

/* Takes @line, to which nothing has been said yet. Hands are shaken while
 * somebody reads or wants to; what goes wrong with it is a failed read. A
 * record never holds bytes of two pieces. */
SpcTransport *spc_transport_new_tls (SpcLoop *loop, SpcTlsContext *context,
                                     SpcTransport *line);

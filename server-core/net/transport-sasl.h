/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* transport-sasl.h – a transport within the security layer that a SASL
 * mechanism has agreed on. Loop thread only. */
#pragma once

#include "sasl.h"
#include "transport.h"

/* Takes @line, of which nothing has been read ahead but what was given back;
 * @session has a layer, and is only used here from now on. */
SpcTransport *spc_transport_new_sasl (SpcLoop *loop, SpcSaslSession *session,
                                      SpcTransport *line);

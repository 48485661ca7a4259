/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* port-kinds.h – the kinds of byte streams differ in what belongs to a class:
 * the type of channel, and of its connections. Any thread. */
#pragma once

#include "port.h"

GType spc_port_type_of (SpcPortKind kind); /* SPC_TYPE_PORT or derived */

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* protocol.h – the protocol's numbers.
 *
 * From the spice-protocol package (headers only). Its names begin with SPICE_;
 * ours never do. */
#pragma once

#include <spice/enums.h>
#include <spice/protocol.h>

/* sizes on the wire (spec: message framing) */
#define SPC_MINI_HEADER_SIZE 6u
#define SPC_FULL_HEADER_SIZE 18u
#define SPC_IMAGE_DESCRIPTOR_SIZE 18u

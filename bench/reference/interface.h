/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* interface.h – what libspice-server asks of any display device.
 *
 * Guest memory is this process's: an address is a pointer, one slot spans
 * everything. Only a device with commands knows how to give and take them; all
 * other questions have the same answers for each and are answered here. */
#pragma once

#include <spice.h>

#define FEEDER_SLOT_GROUP 0

/* Everything but get_command, get_cursor_command, both requests for a
 * notification, release_resource and get_init_info. */
void feeder_interface_init (QXLInterface *self, const char *description);
void feeder_interface_describe (QXLDevInitInfo *info, uint32_t ram_bytes,
                                uint32_t surfaces);
/* once the device has been added to its server */
void feeder_interface_add_memory (QXLInstance *instance);

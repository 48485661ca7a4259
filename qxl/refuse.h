/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* refuse.h – says no to what came from outside.
 *
 * Any thread. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/* sets @error (which may be NULL) to G_IO_ERROR_INVALID_DATA with this text;
 * returns false, so that a check can end with it */
bool qxl_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

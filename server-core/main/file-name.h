/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* file-name.h – makes a name from outside safe to create a file by.
 *
 * Pure; any thread. */
#pragma once

#include "server-core/base/limits.h"

#include <glib.h>
#include <stdbool.h>

/* (transfer full) what is left of @name (any bytes with a NUL at their end): of
 * a path the last part, without control and invisible characters, dots or
 * blanks at its ends and at most SPC_MAX_FILE_NAME bytes long, with its
 * extension. NULL: it is no UTF-8, leads upwards ("../a", which nobody sends
 * who means well), or nothing is left. */
char *spc_file_name_make_safe (const char *name);
/* (transfer full) the @n-th name to try when @name is taken: "a.txt", "a
 * (2).txt", … */
char *spc_file_name_number (const char *name, guint n);

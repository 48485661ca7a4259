/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/refuse.h"

bool
qxl_refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error =
        g_error_new_valist (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, format, args);
  va_end (args);
  return false;
}

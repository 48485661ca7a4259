/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a viewer says of a file it drops: whatever the bytes, a file that is let
 * in has a name that is safe to create it by, and a size below 2⁶³.
 *
 * An input is the body of FILE_XFER_START. */
#include "fuzz.h"
#include "server-core/main/file-messages.h"
#include "server-core/main/file-name.h"

#include <string.h>

static void
check_name (const char *name)
{
  g_autofree char *again = spc_file_name_make_safe (name);
  size_t length = strlen (name);

  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_cmpuint (length, >, 0);
  g_assert_cmpuint (length, <=, SPC_MAX_FILE_NAME);
  g_assert_null (strpbrk (name, "/\\\n\r\t\x1b\x7f"));
  g_assert_null (strchr (". ", name[0]));
  g_assert_null (strchr (". ", name[length - 1]));
  g_assert_cmpstr (again, ==, name); /* nothing is left to be done */
}

static void
check_numbered (const char *name)
{
  g_autofree char *other = spc_file_name_number (name, 10000);

  g_assert_cmpuint (strlen (other), <=, 255);
  g_assert_true (g_utf8_validate (other, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (SpcFileStart) start = {0};
  g_autoptr (GError) error = NULL;

  if (!spc_file_start_read (&start, data, size, &error)) {
    g_assert_nonnull (error);
    return 0;
  }
  g_assert_cmpuint (start.size, <=, G_MAXINT64);
  check_name (start.name);
  check_numbered (start.name);
  return 0;
}

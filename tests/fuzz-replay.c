/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Feeds files, and the files of folders, to a fuzz entry: what was found once
 * stays found without a fuzzer. Options of libFuzzer are accepted and ignored,
 * so that both can be called alike. */
#include "fuzz.h"

#include <glib.h>
#include <stdlib.h>

static guint
replay_file (const char *path)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, &error))
    g_error ("%s", error->message);
  g_print ("%s: %" G_GSIZE_FORMAT " bytes\n", path, size);
  LLVMFuzzerTestOneInput ((const uint8_t *)data, size);
  return 1;
}

static guint
replay_folder (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = g_dir_open (path, 0, &error);
  const char *name;
  guint n = 0;

  if (folder == NULL)
    g_error ("%s", error->message);
  while ((name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);

    n += replay_file (file);
  }
  return n;
}

int
main (int argc, char **argv)
{
  guint n = 0;

  LLVMFuzzerInitialize (&argc, &argv);
  for (int i = 1; i < argc; i++) {
    if (argv[i][0] == '-')
      continue;
    if (g_file_test (argv[i], G_FILE_TEST_IS_DIR))
      n += replay_folder (argv[i]);
    else
      n += replay_file (argv[i]);
  }
  g_print ("%u inputs\n", n);
  return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

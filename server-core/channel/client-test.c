/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of what the channels of a client share. */
#include "client.h"

static void
count_end (gpointer resource)
{
  (*(int *)resource)++;
}

static void
resources_live_as_long_as_the_client (void)
{
  SpcClient *client = spc_client_new (NULL, 7, "somewhere");
  int ends[3] = {0};

  g_assert_null (spc_client_resource (client, "cup", 0));
  spc_client_add_resource (client, "cup", 0, &ends[0], count_end);
  spc_client_add_resource (client, "cup", 255, &ends[1], count_end);
  spc_client_add_resource (client, "jar", 0, &ends[2], count_end);
  g_assert_true (spc_client_resource (client, "cup", 0) == &ends[0]);
  g_assert_true (spc_client_resource (client, "cup", 255) == &ends[1]);
  g_assert_true (spc_client_resource (client, "jar", 0) == &ends[2]);
  g_assert_null (spc_client_resource (client, "jar", 1));
  spc_client_ref (client);
  spc_client_unref (client);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    g_assert_cmpint (ends[i], ==, 0);
  spc_client_unref (client);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    g_assert_cmpint (ends[i], ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/resources-live-as-long-as-it",
                   resources_live_as_long_as_the_client);
  return g_test_run ();
}

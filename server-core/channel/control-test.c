/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "control.h"

/* who comes in this order; "v" may look only, "f" has a full role, "c" is
 * closing; ids count from 1 */
typedef struct {
  const char *path;
  SpcControlRule rule;
  uint32_t named;
  const char *clients;
  const char *expected; /* "+" holds the inputs, "-" does not */
} Case;

static const Case cases[] = {
    {"all-but-spectators", SPC_CONTROL_ALL, 0, "fvf", "+-+"},
    {"all-but-those-that-leave", SPC_CONTROL_ALL, 0, "fc", "+-"},
    {"first-is-the-longest-there", SPC_CONTROL_FIRST, 0, "fff", "+--"},
    {"first-passes-over-spectators", SPC_CONTROL_FIRST, 0, "vcff", "--+-"},
    {"last-is-the-newest", SPC_CONTROL_LAST, 0, "fff", "--+"},
    {"last-passes-over-spectators", SPC_CONTROL_LAST, 0, "ffvc", "-+--"},
    {"named-is-who-was-named", SPC_CONTROL_NAMED, 2, "fff", "-+-"},
    {"named-needs-a-full-role", SPC_CONTROL_NAMED, 2, "fvf", "---"},
    {"named-nobody", SPC_CONTROL_NAMED, 0, "ff", "--"},
    {"named-who-is-gone", SPC_CONTROL_NAMED, 9, "ff", "--"},
    {"only-spectators", SPC_CONTROL_FIRST, 0, "vv", "--"},
};

static SpcClient *
make_client (uint32_t id, char kind)
{
  SpcClient *client = spc_client_new (NULL, id, "test");

  client->role = kind == 'v' ? SPC_ROLE_VIEW_ONLY : SPC_ROLE_FULL;
  client->closing = kind == 'c';
  return client;
}

static void
test_rule (gconstpointer data)
{
  const Case *test = data;
  const SpcControl control = {.rule = test->rule, .named = test->named};
  g_autoptr (GPtrArray) clients =
      g_ptr_array_new_with_free_func ((GDestroyNotify)spc_client_unref);
  g_autoptr (GString) answer = g_string_new (NULL);

  for (uint32_t i = 0; test->clients[i]; i++)
    g_ptr_array_add (clients, make_client (i + 1, test->clients[i]));
  for (guint i = 0; i < clients->len; i++)
    g_string_append_c (
        answer,
        spc_control_is_due (&control, clients, g_ptr_array_index (clients, i))
            ? '+'
            : '-');
  g_assert_cmpstr (answer->str, ==, test->expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/control/", cases[i].path, NULL);

    g_test_add_data_func (path, &cases[i], test_rule);
  }
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was once published of agents that take files, tried on ours by viewers
 * that drop them: docs/hardening.md has the list. */
#include "hardening-fixture.h"

#include <string.h>

#define ENDLESS 0xffffffffu

static void
send_start (AgentClient *client, uint32_t id, const char *name)
{
  g_autofree char *text =
      g_strdup_printf ("xxxx[vdagent-file-xfer]\nname=%s\nsize=100\n", name);

  id = GUINT32_TO_LE (id);
  memcpy (text, &id, sizeof id);
  agent_client_send (client, VD_AGENT_FILE_XFER_START, text,
                     strlen (text + 4) + 4);
}

static void
send_data (AgentClient *client, uint32_t id, const char *bytes)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  uint64_t size = GUINT64_TO_LE (strlen (bytes));

  id = GUINT32_TO_LE (id);
  g_byte_array_append (body, (const guint8 *)&id, sizeof id);
  g_byte_array_append (body, (const guint8 *)&size, sizeof size);
  g_byte_array_append (body, (const guint8 *)bytes, (guint)strlen (bytes));
  agent_client_send (client, VD_AGENT_FILE_XFER_DATA, body->data, body->len);
}

static void
expect_files (Hardening *rig, const char *expected)
{
  session_settle (&rig->session);
  g_assert_cmpstr (rig->files->str, ==, expected);
  g_string_set_size (rig->files, 0);
}

static void
let_it_come (Hardening *rig)
{
  const SpcFileAnswer opened = {.kind = SPC_FILE_OPENED};

  spc_file_drop_answer (rig->drop, rig->last_file, &opened);
  session_settle (&rig->session);
}

/* CVE-2017-15108: names are names, whatever a shell or a path would see in
 * them */
static void
test_names_that_are_commands (void)
{
  static const char *const names[][2] = {
      {"$(touch x).txt", "$(touch x).txt"},
      {"`id`", "`id`"},
      {"a; rm -rf ~", "a; rm -rf ~"},
      {"a|b&c>d", "a|b&c>d"},
      {"\\$HOME", NULL},
      {"../../etc/passwd", NULL},
      {"/etc/cron.d/job", "job"},
      {"-rf", "-rf"},
  };
  Hardening rig;

  hardening_init (&rig);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (AgentClient) client =
        agent_client_start (&rig.session, ENDLESS, 7);
    const char *name;

    send_start (client, 1, names[i][0]);
    session_settle (&rig.session);
    if (names[i][1] != NULL) {
      g_autofree char *opened = g_strdup_printf ("open 1 %s; ", names[i][1]);
      g_assert_cmpstr (rig.files->str, ==, opened);
    } else {
      g_assert_cmpstr (rig.files->str, ==, "");
    }
    name = rig.files->len > 7 ? rig.files->str + 7 : "";
    g_assert_null (strchr (name, '/'));
    agent_client_free (g_steal_pointer (&client));
    session_settle (&rig.session);
    g_string_set_size (rig.files, 0);
    hardening_check_bystander (&rig);
  }
  hardening_clear (&rig);
}

static guint
count (const char *text, const char *word)
{
  guint n = 0;

  for (const char *at = text; (at = strstr (at, word)) != NULL; at++)
    n++;
  return n;
}

/* CVE-2020-25650: files without end are begun, by one viewer and by many */
static void
test_files_without_end (void)
{
  AgentClient *clients[SPC_MAX_FILES / SPC_MAX_CLIENT_FILES + 1];
  Hardening rig;

  hardening_init (&rig);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++) {
    clients[i] = agent_client_start (&rig.session, ENDLESS, 7);
    for (uint32_t id = 0; id < 3 * SPC_MAX_CLIENT_FILES; id++)
      send_start (clients[i], id, "a");
    session_settle (&rig.session);
    g_assert_cmpuint (count (rig.files->str, "open "), ==,
                      MIN ((i + 1) * SPC_MAX_CLIENT_FILES, SPC_MAX_FILES));
    g_assert_cmpuint (
        agent_client_count (clients[i], VD_AGENT_FILE_XFER_STATUS), >=,
        2 * SPC_MAX_CLIENT_FILES);
    hardening_check_bystander (&rig);
  }
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    agent_client_free (clients[i]);
  hardening_clear (&rig);
}

/* CVE-2020-25651: an id that is in use, and one that is another viewer's */
static void
test_ids_of_others (void)
{
  g_autoptr (AgentClient) owner = NULL;
  g_autoptr (AgentClient) thief = NULL;
  const uint32_t cancel[] = {GUINT32_TO_LE (1), GUINT32_TO_LE (1)};
  Hardening rig;

  hardening_init (&rig);
  owner = agent_client_start (&rig.session, ENDLESS, 7);
  thief = agent_client_start (&rig.session, ENDLESS, 7);
  send_start (owner, 1, "mine");
  expect_files (&rig, "open 1 mine; ");
  let_it_come (&rig);
  send_data (thief, 1, "stolen");
  agent_client_send (thief, VD_AGENT_FILE_XFER_STATUS, cancel, sizeof cancel);
  expect_files (&rig, "");
  send_data (owner, 1, "12345");
  expect_files (&rig, "write 5; ");
  send_start (thief, 1, "own");
  expect_files (&rig, "open 1 own; ");
  send_start (owner, 1, "again"); /* ends both */
  expect_files (&rig, "abandon; ");
  agent_client_free (g_steal_pointer (&owner));
  agent_client_free (g_steal_pointer (&thief));
  hardening_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/vulnerabilities/" path, func)
  TEST ("CVE-2017-15108", test_names_that_are_commands);
  TEST ("CVE-2020-25650", test_files_without_end);
  TEST ("CVE-2020-25651", test_ids_of_others);
  return g_test_run ();
}

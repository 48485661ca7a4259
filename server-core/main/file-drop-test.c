/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of files that viewers drop: what file-drop.h promises. */
#include "agent-fixture.h"
#include "file-drop.h"

#include <gio/gio.h>
#include <string.h>

#define DETAILED (1u << VD_AGENT_CAP_FILE_XFER_DETAILED_ERRORS)
#define DISABLED (1u << VD_AGENT_CAP_FILE_XFER_DISABLED)

/* a layer above that notes what it is told and answers when the test does */
typedef struct {
  AgentRig base;
  SpcFileDrop *drop;
  SpcFileRules rules;
  GByteArray *bytes; /* of all files */
  uint64_t handle;   /* of the last file */
} Rig;

static void
on_get_rules (SpcFileRules *rules, gpointer user_data)
{
  *rules = ((Rig *)user_data)->rules;
}

static void
on_refused (uint32_t client_id, const SpcFileStart *start, const char *reason,
            gpointer user_data)
{
  g_assert_nonnull (reason);
  agent_rig_hear (user_data, "refused %u %s; ", start->id,
                  start->name ? start->name : "-");
}

static void
on_open (const SpcFile *file, gpointer user_data)
{
  Rig *rig = user_data;

  rig->handle = file->handle;
  agent_rig_hear (&rig->base, "open %u %s %" G_GUINT64_FORMAT "; ", file->id,
                  file->name, file->size);
}

static void
on_write (uint64_t handle, GBytes *block, gpointer user_data)
{
  Rig *rig = user_data;

  agent_rig_hear (&rig->base, "write %zu; ", g_bytes_get_size (block));
  g_byte_array_append (rig->bytes, g_bytes_get_data (block, NULL),
                       (guint)g_bytes_get_size (block));
}

static void
on_finish (uint64_t handle, gpointer user_data)
{
  agent_rig_hear (user_data, "finish; ");
}

static void
on_abandon (uint64_t handle, bool is_cancelled, const char *reason,
            gpointer user_data)
{
  g_assert_nonnull (reason);
  agent_rig_hear (user_data, "%s; ", is_cancelled ? "cancelled" : "failed");
}

static const SpcFileHost host = {
    .get_rules = on_get_rules,
    .refused = on_refused,
    .open = on_open,
    .write = on_write,
    .finish = on_finish,
    .abandon = on_abandon,
};

static void
rig_init (Rig *self)
{
  *self = (Rig){.bytes = g_byte_array_new (), .rules = {.is_on = true}};
  agent_rig_init (&self->base);
  self->drop = spc_file_drop_new (spc_server_agent (self->base.session.server),
                                  &host, self);
}

static void
rig_clear (Rig *self)
{
  agent_rig_clear (&self->base);
  spc_file_drop_unref (self->drop);
  g_byte_array_unref (self->bytes);
}

static void
answer (Rig *self, SpcFileAnswerKind kind, guint n_blocks)
{
  const SpcFileAnswer message = {.kind = kind, .n_blocks = n_blocks};

  spc_file_drop_answer (self->drop, self->handle, &message);
  session_settle (&self->base.session);
}

/* what the viewer sends */

static void
send_start (AgentClient *client, uint32_t id, guint size)
{
  g_autofree char *text =
      g_strdup_printf ("xxxx[vdagent-file-xfer]\nname=a.txt\nsize=%u\n", size);
  gsize length = strlen (text);

  id = GUINT32_TO_LE (id);
  memcpy (text, &id, sizeof id);
  agent_client_send (client, VD_AGENT_FILE_XFER_START, text, length);
}

/* @size: what the block says of itself */
static void
send_block (AgentClient *client, uint32_t id, uint64_t size, const char *text)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  id = GUINT32_TO_LE (id);
  size = GUINT64_TO_LE (size);
  g_byte_array_append (body, (const guint8 *)&id, sizeof id);
  g_byte_array_append (body, (const guint8 *)&size, sizeof size);
  g_byte_array_append (body, (const guint8 *)text, (guint)strlen (text));
  agent_client_send (client, VD_AGENT_FILE_XFER_DATA, body->data, body->len);
}

static void
send_data (AgentClient *client, uint32_t id, const char *text)
{
  send_block (client, id, strlen (text), text);
}

static void
send_status (AgentClient *client, uint32_t id, uint32_t result)
{
  const uint32_t body[] = {GUINT32_TO_LE (id), GUINT32_TO_LE (result)};

  agent_client_send (client, VD_AGENT_FILE_XFER_STATUS, body, sizeof body);
}

/* the newest word of the server; none later */
static void
check_status (AgentClient *client, guint n, const char *hex)
{
  agent_assert_body (agent_client_find (client, VD_AGENT_FILE_XFER_STATUS, n),
                     hex);
  g_assert_null (agent_client_find (client, VD_AGENT_FILE_XFER_STATUS, n + 1));
}

/* a file of five bytes that may be sent */
static AgentClient *
start_file (Rig *rig)
{
  AgentClient *client = agent_client_start (&rig->base.session, NO_END, 7);

  send_start (client, 1, 5);
  assert_heard (rig, "open 1 a.txt 5; ");
  answer (rig, SPC_FILE_OPENED, 0);
  check_status (client, 0, "0100000000000000");
  return client;
}

static void
a_file_goes_through (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = start_file (&rig);
  send_data (client, 1, "12");
  send_data (client, 1, "345");
  assert_heard (&rig, "write 2; write 3; finish; ");
  g_assert_cmpmem (rig.bytes->data, rig.bytes->len, "12345", 5);
  answer (&rig, SPC_FILE_WRITTEN, 2);
  g_assert_cmpuint (agent_client_count (client, VD_AGENT_FILE_XFER_STATUS), ==,
                    1);
  answer (&rig, SPC_FILE_DONE, 0);
  check_status (client, 1, "0100000003000000");
  rig_clear (&rig);
}

static void
an_empty_file_has_one_block (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, 7);
  send_start (client, 1, 0);
  answer (&rig, SPC_FILE_OPENED, 0);
  assert_heard (&rig, "open 1 a.txt 0; ");
  send_data (client, 1, "");
  assert_heard (&rig, "finish; ");
  answer (&rig, SPC_FILE_DONE, 0);
  check_status (client, 1, "0100000003000000");
  rig_clear (&rig);
}

static void
tokens_come_back_with_what_is_written (void)
{
  g_autoptr (AgentClient) client = NULL;
  g_autofree char *text = g_strnfill (10000, 'x');
  guint n_before;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, 7);
  send_start (client, 1, 20000);
  answer (&rig, SPC_FILE_OPENED, 0);
  agent_client_settle (client);
  n_before = client->n_returned;
  send_data (client, 1, text); /* five pieces */
  agent_client_settle (client);
  g_assert_cmpuint (client->n_returned, ==, n_before);
  answer (&rig, SPC_FILE_WRITTEN, 5);
  agent_client_settle (client);
  g_assert_cmpuint (client->n_returned, ==, n_before + 5);
  rig_clear (&rig);
}

static void
tokens_of_a_file_given_up_come_back_when_it_is_let_go (void)
{
  g_autoptr (AgentClient) client = NULL;
  g_autofree char *text = g_strnfill (10000, 'x');
  guint n_before;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, 7);
  send_start (client, 1, 20000);
  answer (&rig, SPC_FILE_OPENED, 0);
  agent_client_settle (client);
  n_before = client->n_returned;
  send_data (client, 1, text);
  spc_file_drop_cancel (rig.drop, agent_rig_last_id (&rig.base), 1);
  check_status (client, 1, "0100000001000000");
  g_assert_cmpuint (client->n_returned, ==, n_before);
  answer (&rig, SPC_FILE_ABANDONED, 0);
  agent_client_settle (client);
  g_assert_cmpuint (client->n_returned, ==, n_before + 5);
  rig_clear (&rig);
}

static void
a_header_may_come_in_bytes (void)
{
  static const uint8_t body[] = {1, 0, 0, 0,   5,   0,   0,   0,  0,
                                 0, 0, 0, '1', '2', '3', '4', '5'};
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = start_file (&rig);
  agent_client_send_start (client, VD_AGENT_FILE_XFER_DATA, sizeof body, NULL,
                           0);
  for (gsize i = 0; i < sizeof body; i++) {
    agent_client_send_raw (client, body + i, 1);
    session_settle (&rig.base.session);
    if (i >= SPC_FILE_DATA_HEADER)
      answer (&rig, SPC_FILE_WRITTEN, 1);
  }
  assert_heard (&rig, "write 1; write 1; write 1; write 1; write 1; finish; ");
  rig_clear (&rig);
}

static void
more_than_announced_ends_the_file (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = start_file (&rig);
  send_data (client, 1, "123456");
  assert_heard (&rig, "failed; ");
  check_status (client, 1, "0100000002000000");
  send_data (client, 1, "1"); /* was on its way */
  assert_heard (&rig, "");
  rig_clear (&rig);
}

static void
a_block_of_two_sizes_ends_the_file (void)
{
  static const uint64_t sizes[] = {0, 4, 6, G_MAXUINT64};

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (AgentClient) client = NULL;
    Rig rig;

    rig_init (&rig);
    client = start_file (&rig);
    send_block (client, 1, sizes[i], "12345");
    assert_heard (&rig, "failed; ");
    check_status (client, 1, "0100000002000000");
    rig_clear (&rig);
  }
}

static void
the_viewer_may_cancel (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = start_file (&rig);
  send_status (client, 2, VD_AGENT_FILE_XFER_STATUS_CANCELLED);
  send_status (client, 1, VD_AGENT_FILE_XFER_STATUS_SUCCESS);
  assert_heard (&rig, "");
  send_status (client, 1, VD_AGENT_FILE_XFER_STATUS_CANCELLED);
  assert_heard (&rig, "cancelled; ");
  send_start (client, 1, 5); /* its id is free again */
  assert_heard (&rig, "open 1 a.txt 5; ");
  rig_clear (&rig);
}

static void
a_used_id_ends_both (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = start_file (&rig);
  send_start (client, 1, 5);
  assert_heard (&rig, "failed; ");
  check_status (client, 1, "0100000002000000");
  rig_clear (&rig);
}

static void
viewers_cannot_touch_each_others_files (void)
{
  g_autoptr (AgentClient) client = NULL, other = NULL;
  Rig rig;

  rig_init (&rig);
  client = start_file (&rig);
  other = agent_client_start (&rig.base.session, NO_END, 7);
  send_data (other, 1, "98765");
  send_status (other, 1, VD_AGENT_FILE_XFER_STATUS_CANCELLED);
  assert_heard (&rig, "");
  send_data (client, 1, "12345");
  assert_heard (&rig, "write 5; finish; ");
  g_assert_cmpuint (agent_client_count (other, VD_AGENT_FILE_XFER_STATUS), ==,
                    0);
  rig_clear (&rig);
}

static void
what_cannot_be_written_is_told (void)
{
  g_autoptr (AgentClient) client = NULL;
  const SpcFileAnswer full = {
      .kind = SPC_FILE_FAILED,
      .status = {.result = VD_AGENT_FILE_XFER_STATUS_NOT_ENOUGH_SPACE,
                 .free_bytes = 3}};
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, DETAILED);
  send_start (client, 9, 5);
  spc_file_drop_answer (rig.drop, rig.handle, &full);
  check_status (client, 0, "09000000040000000300000000000000");
  send_data (client, 9, "12345");
  assert_heard (&rig, "open 9 a.txt 5; ");
  rig_clear (&rig);
}

/* to the layer above, too */
static void
who_is_refused_is_told_above (void)
{
  g_autoptr (AgentClient) client = NULL;
  static const char text[] = "\1\0\0\0[vdagent-file-xfer]\nname=..\nsize=1\n";
  Rig rig;

  rig_init (&rig);
  rig.rules.max_size = 4;
  client = agent_client_start (&rig.base.session, NO_END, DETAILED);
  send_start (client, 1, 5);
  check_status (client, 0, "01000000040000000400000000000000");
  assert_heard (&rig, "refused 1 a.txt; ");
  agent_client_send (client, VD_AGENT_FILE_XFER_START, text, sizeof text);
  assert_heard (&rig, "refused 1 -; ");
  rig_clear (&rig);
}

static void
off_is_announced_and_told (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  rig.rules.is_on = false;
  client = agent_client_start (&rig.base.session, NO_END, DETAILED);
  agent_assert_body (
      agent_client_find (client, VD_AGENT_ANNOUNCE_CAPABILITIES, 0),
      "0000000004600000"); /* REPLY, DISABLED, DETAILED_ERRORS */
  send_start (client, 1, 5);
  check_status (client, 0, "0100000007000000");
  assert_heard (&rig, "refused 1 a.txt; ");
  rig.rules.is_on = true;
  spc_file_drop_rules_changed (rig.drop);
  agent_assert_body (
      agent_client_find (client, VD_AGENT_ANNOUNCE_CAPABILITIES, 1),
      "0000000004400000");
  rig_clear (&rig);
}

static void
lookers_on_drop_nothing (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = start_file (&rig);
  spc_server_set_client_role (rig.base.session.server,
                              agent_rig_last_id (&rig.base),
                              SPC_ROLE_VIEW_ONLY);
  assert_heard (&rig, "cancelled; ");
  check_status (client, 1, "0100000002000000");
  send_start (client, 2, 5);
  assert_heard (&rig, "refused 2 a.txt; ");
  check_status (client, 2, "0200000002000000");
  rig_clear (&rig);
}

/* tokens for a line that has just broken: found out while they are given */
static void
who_goes_takes_no_tokens (void)
{
  static const SpcFileAnswer written = {.kind = SPC_FILE_WRITTEN,
                                        .n_blocks = 2 * SPC_AGENT_TOKEN_GROUP};
  AgentClient *client;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, 7);
  send_start (client, 1, 20);
  answer (&rig, SPC_FILE_OPENED, 0);
  for (guint i = 0; i < 8; i++)
    send_data (client, 1, "1");
  assert_heard (&rig, "open 1 a.txt 20; write 1; write 1; write 1; write 1; "
                      "write 1; write 1; write 1; write 1; ");
  spc_file_drop_answer (rig.drop, rig.handle, &written);
  agent_client_free (client);
  assert_heard (&rig, "failed; ");
  answer (&rig, SPC_FILE_ABANDONED, 0);
  rig_clear (&rig);
}

static void
who_goes_leaves_nothing (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = start_file (&rig);
  send_data (client, 1, "123");
  assert_heard (&rig, "write 3; ");
  g_clear_pointer (&client, agent_client_free);
  assert_heard (&rig, "failed; ");
  answer (&rig, SPC_FILE_WRITTEN, 1); /* too late, and for nobody */
  answer (&rig, SPC_FILE_ABANDONED, 0);
  rig_clear (&rig);
}

static void
a_client_cannot_pile_up_files_behind_a_disk_that_hangs (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, 7);
  for (guint i = 0; i < SPC_MAX_CLIENT_FILES; i++) {
    send_start (client, 1, 5);
    send_status (client, 1, VD_AGENT_FILE_XFER_STATUS_CANCELLED);
    assert_heard (&rig, "open 1 a.txt 5; cancelled; ");
  }
  send_start (client, 1, 5);
  assert_heard (&rig, "refused 1 a.txt; ");
  check_status (client, 0, "0100000002000000");
  answer (&rig, SPC_FILE_ABANDONED, 0);
  send_start (client, 1, 5);
  assert_heard (&rig, "open 1 a.txt 5; ");
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-drop/a-file-goes-through", a_file_goes_through);
  g_test_add_func ("/file-drop/an-empty-file-has-one-block",
                   an_empty_file_has_one_block);
  g_test_add_func ("/file-drop/tokens-come-back-with-what-is-written",
                   tokens_come_back_with_what_is_written);
  g_test_add_func (
      "/file-drop/tokens-of-a-file-given-up-come-back-when-it-is-let-go",
      tokens_of_a_file_given_up_come_back_when_it_is_let_go);
  g_test_add_func ("/file-drop/a-header-may-come-in-bytes",
                   a_header_may_come_in_bytes);
  g_test_add_func ("/file-drop/more-than-announced-ends-the-file",
                   more_than_announced_ends_the_file);
  g_test_add_func ("/file-drop/a-block-of-two-sizes-ends-the-file",
                   a_block_of_two_sizes_ends_the_file);
  g_test_add_func ("/file-drop/the-viewer-may-cancel", the_viewer_may_cancel);
  g_test_add_func ("/file-drop/a-used-id-ends-both", a_used_id_ends_both);
  g_test_add_func ("/file-drop/viewers-cannot-touch-each-others-files",
                   viewers_cannot_touch_each_others_files);
  g_test_add_func ("/file-drop/what-cannot-be-written-is-told",
                   what_cannot_be_written_is_told);
  g_test_add_func ("/file-drop/who-is-refused-is-told-above",
                   who_is_refused_is_told_above);
  g_test_add_func ("/file-drop/off-is-announced-and-told",
                   off_is_announced_and_told);
  g_test_add_func ("/file-drop/lookers-on-drop-nothing",
                   lookers_on_drop_nothing);
  g_test_add_func ("/file-drop/who-goes-takes-no-tokens",
                   who_goes_takes_no_tokens);
  g_test_add_func ("/file-drop/who-goes-leaves-nothing",
                   who_goes_leaves_nothing);
  g_test_add_func (
      "/file-drop/a-client-cannot-pile-up-files-behind-a-disk-that-hangs",
      a_client_cannot_pile_up_files_behind_a_disk_that_hangs);
  return g_test_run ();
}

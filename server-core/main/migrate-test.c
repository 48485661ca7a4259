/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of viewers that move: both sides of a migration, in one process, with
 * viewers in memory that do what a script says. */
#include "main-blob.h"
#include "migrate-fixture.h"
#include "server-core/channel/client.h"
#include "server-core/wire/messages-common.h"
#include "server-core/wire/messages-main.h"

#include <string.h>

/* source */

static void
test_destination_is_told_whole (void)
{
  g_autoptr (WireClient) main = NULL;
  SpcMigrateInfo info;
  Fixture self;
  uint32_t head = (uint32_t)qxl_fields_min_size (spc_migrate_info_fields);

  fixture_init (&self);
  main = join (&self, false);
  g_assert_true (spc_migration_connect (self.migration, &elsewhere));
  session_settle (&self.session);
  wire_client_read (main, SPICE_MSG_MAIN_MIGRATE_BEGIN, spc_migrate_info_fields,
                    &info);
  g_assert_cmpuint (info.port, ==, 5901);
  g_assert_cmpuint (info.tls_port, ==, 5902);
  g_assert_cmpuint (info.host_offset, ==, head);
  g_assert_cmpuint (info.subject_offset, ==, head + info.host_size);
  g_assert_cmpuint (info.texts.size, ==, info.host_size + info.subject_size);
  g_assert_cmpmem (info.texts.data, info.host_size, "there.example",
                   sizeof "there.example");
  g_assert_cmpmem (info.texts.data + info.host_size, info.subject_size, "CN=x",
                   sizeof "CN=x");
  fixture_clear (&self);
}

static void
test_impossible_destinations_are_refused (void)
{
  static const SpcDestination wrong[] = {
      {NULL, 5900, 0, NULL},  {"", 5900, 0, NULL},      {"host", 0, 0, NULL},
      {"host", -1, -1, NULL}, {"host", 65536, 0, NULL},
  };
  Fixture self;

  fixture_init (&self);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_assert_false (spc_migration_connect (self.migration, &wrong[i]));
    g_assert_false (spc_migration_switch_host (self.migration, &wrong[i]));
  }
  g_assert_false (spc_migration_end (self.migration, true));
  g_assert_false (spc_migration_end (self.migration, false));
  g_assert_cmpstr (self.told->str, ==, "");
  fixture_clear (&self);
}

static const Way ways[] = {
    {"linked", SPICE_MSGC_MAIN_MIGRATE_CONNECTED, true, "connected semi; ",
     SPICE_MSG_MAIN_MIGRATE_END},
    {"failed", SPICE_MSGC_MAIN_MIGRATE_CONNECT_ERROR, true, "connected none; ",
     SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST},
    {"silent", 0, true, "", SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST},
    /* it was asked for the other way */
    {"seamless unasked", SPICE_MSGC_MAIN_MIGRATE_CONNECTED_SEAMLESS, true, "",
     SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST},
    {"linked, cancelled", SPICE_MSGC_MAIN_MIGRATE_CONNECTED, false,
     "connected semi; ended 0 lost 0; ", SPICE_MSG_MAIN_MIGRATE_CANCEL},
    {"silent, cancelled", 0, false, "ended 0 lost 0; ",
     SPICE_MSG_MAIN_MIGRATE_CANCEL},
};

static void
test_each_answer_has_its_end (gconstpointer data)
{
  const Way *way = data;
  g_autoptr (WireClient) main = NULL;
  Fixture self;

  fixture_init (&self);
  main = join (&self, false);
  g_assert_true (spc_migration_connect (self.migration, &elsewhere));
  session_settle (&self.session);
  go_way (&self, main, way);
  g_assert_false (main->closed);
  if (!way->completed) {
    g_assert_cmpuint (n_clients (&self), ==, 1);
  } else {
    g_clear_pointer (&main, wire_client_free);
    session_settle (&self.session);
    g_assert_nonnull (strstr (self.told->str, "ended 1 lost 0; "));
  }
  fixture_clear (&self);
}

static void
test_a_viewer_that_leaves_has_answered (void)
{
  Fixture self;
  WireClient *first, *second;

  fixture_init (&self);
  first = join (&self, false);
  second = join (&self, false);
  g_assert_true (spc_migration_connect (self.migration, &elsewhere));
  session_settle (&self.session);
  say (&self, first, SPICE_MSGC_MAIN_MIGRATE_CONNECTED);
  g_assert_cmpstr (self.told->str, ==, "");
  wire_client_free (second);
  session_settle (&self.session);
  g_assert_cmpstr (self.told->str, ==, "connected semi; ");
  wire_client_free (first);
  fixture_clear (&self);
}

static void
test_a_second_migration_cancels_the_first (void)
{
  g_autoptr (WireClient) main = NULL;
  Fixture self;

  fixture_init (&self);
  main = join (&self, false);
  g_assert_true (spc_migration_connect (self.migration, &elsewhere));
  g_assert_true (spc_migration_connect (self.migration, &elsewhere));
  session_settle (&self.session);
  g_assert_cmpstr (self.told->str, ==, "ended 0 lost 0; ");
  g_assert_cmpuint (wire_client_count (main, SPICE_MSG_MAIN_MIGRATE_BEGIN), ==,
                    2);
  g_assert_cmpuint (wire_client_count (main, SPICE_MSG_MAIN_MIGRATE_CANCEL), ==,
                    1);
  fixture_clear (&self);
}

static void
test_switch_host_needs_no_answer (void)
{
  Fixture self;
  WireClient *main;

  fixture_init (&self);
  main = join (&self, false);
  g_assert_true (spc_migration_switch_host (self.migration, &elsewhere));
  session_settle (&self.session);
  g_assert_cmpuint (
      wire_client_count (main, SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST), ==, 1);
  g_assert_false (main->closed);
  wire_client_free (main);
  session_settle (&self.session);
  g_assert_cmpstr (self.told->str, ==, "ended 1 lost 0; ");
  fixture_clear (&self);
}

static void
test_main_goes_seamlessly (void)
{
  g_autoptr (WireClient) main = NULL;
  SpcMigrateSeamless begin;
  SpcMigrate migrate;
  SpcMigrateData data;
  SpcMainBlob blob;
  Fixture self;

  fixture_init (&self);
  spc_migration_set_seamless (self.migration, true);
  session_settle (&self.session);
  main = join (&self, true);
  g_assert_true (spc_migration_connect (self.migration, &elsewhere));
  session_settle (&self.session);
  wire_client_read (main, SPICE_MSG_MAIN_MIGRATE_BEGIN_SEAMLESS,
                    spc_migrate_seamless_fields, &begin);
  g_assert_cmpuint (begin.version, ==, SPC_MIGRATE_VERSION);
  say (&self, main, SPICE_MSGC_MAIN_MIGRATE_CONNECTED_SEAMLESS);
  g_assert_cmpstr (self.told->str, ==, "connected seamless; ");
  g_assert_true (spc_migration_end (self.migration, true));
  session_settle (&self.session);
  wire_client_read (main, SPICE_MSG_MIGRATE, spc_migrate_fields, &migrate);
  g_assert_cmpuint (migrate.flags, ==, 3);
  g_assert_cmpuint (wire_client_count (main, SPICE_MSG_MIGRATE_DATA), ==, 0);
  /* nothing comes between MIGRATE and its data */
  spc_server_set_name (self.session.server, "another");
  wire_client_forget (main);
  say (&self, main, SPICE_MSGC_MIGRATE_FLUSH_MARK);
  g_assert_cmpuint (main->messages->len, ==, 1);
  wire_client_read (main, SPICE_MSG_MIGRATE_DATA, spc_migrate_data_fields,
                    &data);
  g_assert_true (spc_main_blob_read (&data.blob, &blob, NULL));
  /* a second mark is one that nobody asked for */
  say (&self, main, SPICE_MSGC_MIGRATE_FLUSH_MARK);
  NET_RUN_UNTIL (&self.session.net, main->closed);
  fixture_clear (&self);
}

/* destination */

static void
test_strangers_are_refused (void)
{
  g_autoptr (WireClient) stranger = NULL;
  g_autoptr (WireClient) other = NULL;
  Fixture self;

  fixture_init (&self);
  stranger = link_main (&self, OLD_ID, false);
  g_assert_cmpint (stranger->link_code, ==, SPICE_LINK_ERR_BAD_CONNECTION_ID);
  spc_migration_expect (self.migration, OLD_ID, A_MINUTE_MS);
  other = link_main (&self, OLD_ID + 1, false);
  g_assert_cmpint (other->link_code, ==, SPICE_LINK_ERR_BAD_CONNECTION_ID);
  g_assert_cmpuint (n_clients (&self), ==, 0);
  fixture_clear (&self);
}

static WireClient *
arrive (Fixture *self, bool seamless)
{
  WireClient *main;

  spc_migration_set_seamless (self->migration, seamless);
  spc_migration_expect (self->migration, OLD_ID, A_MINUTE_MS);
  session_settle (&self->session);
  main = link_main (self, OLD_ID, true);
  g_assert_cmpint (main->link_code, ==, SPICE_LINK_ERR_OK);
  session_settle (&self->session);
  g_assert_cmpuint (main->messages->len, ==, 0);
  return main;
}

static void
test_a_viewer_moves_in_once (void)
{
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) again = NULL;
  Fixture self;

  fixture_init (&self);
  main = arrive (&self, false);
  again = link_main (&self, OLD_ID, true);
  g_assert_cmpint (again->link_code, ==, SPICE_LINK_ERR_BAD_CONNECTION_ID);
  g_assert_cmpstr (self.told->str, ==, "");
  say (&self, main, SPICE_MSGC_MAIN_MIGRATE_END);
  g_assert_cmphex (session_id_of (main), ==, OLD_ID);
  g_assert_cmpstr (self.told->str, ==, "here; ");
  /* and has a session like any other */
  say (&self, main, SPICE_MSGC_MAIN_MIGRATE_END);
  say (&self, main, SPICE_MSGC_MAIN_ATTACH_CHANNELS);
  g_assert_cmpuint (wire_client_count (main, SPICE_MSG_MAIN_INIT), ==, 1);
  g_assert_cmpuint (wire_client_count (main, SPICE_MSG_MAIN_CHANNELS_LIST), ==,
                    1);
  g_assert_false (main->closed);
  fixture_clear (&self);
}

static void
test_a_viewer_that_does_not_come_is_forgotten (void)
{
  WireClient *main;
  Fixture self;

  fixture_init (&self);
  main = arrive (&self, false);
  wire_client_free (main);
  session_settle (&self.session);
  g_assert_cmpstr (self.told->str, ==, "not here; ");
  g_assert_cmpuint (n_clients (&self), ==, 0);
  fixture_clear (&self);
}

static void
do_seamless (Fixture *self, WireClient *main, uint32_t version)
{
  const SpcMigrateDoSeamless wish = {.version = version};

  wire_client_send_fields (main, SPICE_MSGC_MAIN_MIGRATE_DST_DO_SEAMLESS,
                           spc_migrate_do_seamless_fields, &wish);
  session_settle (&self->session);
}

static void
test_seamless_is_refused_where_it_cannot_be (void)
{
  static const struct {
    bool is_allowed;
    uint32_t version;
    uint16_t answer;
  } cases[] = {
      {true, 1, SPICE_MSG_MAIN_MIGRATE_DST_SEAMLESS_ACK},
      {true, 2, SPICE_MSG_MAIN_MIGRATE_DST_SEAMLESS_NACK},
      {false, 1, SPICE_MSG_MAIN_MIGRATE_DST_SEAMLESS_NACK},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (WireClient) main = NULL;
    Fixture self;

    fixture_init (&self);
    main = arrive (&self, cases[i].is_allowed);
    do_seamless (&self, main, cases[i].version);
    g_assert_cmpuint (wire_client_count (main, cases[i].answer), ==, 1);
    fixture_clear (&self);
  }
}

static GBytes *
main_state (const char *key, uint32_t id)
{
  const SpcBlobOwner owner = {.connection_id = id,
                              .channel_type = SPICE_CHANNEL_MAIN};
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) bytes = NULL;
  SpcMainBlob blob = {.device_version = 1};

  spc_blob_write (writer, SPC_MAIN_BLOB_MAGIC, spc_main_blob_fields, &blob);
  bytes = qxl_writer_steal (writer);
  return spc_blob_seal (bytes, key, &owner);
}

static void
send_bytes (Fixture *self, WireClient *client, uint16_t type, GBytes *bytes)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  wire_client_send (client, type, data, (uint32_t)size);
  session_settle (&self->session);
}

static void
test_a_session_is_restored (void)
{
  g_autoptr (GBytes) state = main_state ("secret", OLD_ID);
  g_autoptr (WireClient) main = NULL;
  Fixture self;

  fixture_init (&self);
  spc_migration_set_key (self.migration, "secret");
  main = arrive (&self, true);
  do_seamless (&self, main, 1);
  send_bytes (&self, main, SPICE_MSGC_MIGRATE_DATA, state);
  g_assert_cmpstr (self.told->str, ==, "here; ");
  g_assert_cmpuint (wire_client_count (main, SPICE_MSG_MAIN_INIT), ==, 0);
  g_assert_cmpuint (wire_client_count (main, SPICE_MSG_MAIN_MOUSE_MODE), ==, 1);
  g_assert_false (main->closed);
  fixture_clear (&self);
}

/* each of them ends the viewer, and nobody else */
typedef enum {
  WRONG_MAGIC,
  SHORT_DATA,
  WRONG_KEY,
  OTHER_SESSION,
  DATA_UNASKED,
  END_IN_SEAMLESS,
  SEAMLESS_TWICE,
  MARK_UNASKED,
  OTHER_MESSAGE,
  DATA_TWICE,
} Misuse;

static const char *const misuses[] = {
    [WRONG_MAGIC] = "wrong-magic",
    [SHORT_DATA] = "short-data",
    [WRONG_KEY] = "wrong-key",
    [OTHER_SESSION] = "data-of-another-session",
    [DATA_UNASKED] = "data-before-it-is-due",
    [END_IN_SEAMLESS] = "end-in-a-seamless-migration",
    [SEAMLESS_TWICE] = "seamless-twice",
    [MARK_UNASKED] = "flush-mark",
    [OTHER_MESSAGE] = "another-message",
    [DATA_TWICE] = "data-twice",
};

static void
misuse (Fixture *self, WireClient *main, Misuse what)
{
  g_autoptr (GBytes) good = main_state ("secret", OLD_ID);
  g_autoptr (GBytes) other_key = main_state ("guess", OLD_ID);
  g_autoptr (GBytes) other_id = main_state ("secret", OLD_ID + 1);
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (good, 0, 20);
  static const uint8_t zeros[100];

  if (what != DATA_UNASKED && what != MARK_UNASKED)
    do_seamless (self, main, 1);
  switch (what) {
  case WRONG_MAGIC:
    wire_client_send (main, SPICE_MSGC_MIGRATE_DATA, zeros, sizeof zeros);
    break;
  case SHORT_DATA:
    send_bytes (self, main, SPICE_MSGC_MIGRATE_DATA, part);
    break;
  case WRONG_KEY:
    send_bytes (self, main, SPICE_MSGC_MIGRATE_DATA, other_key);
    break;
  case OTHER_SESSION:
    send_bytes (self, main, SPICE_MSGC_MIGRATE_DATA, other_id);
    break;
  case DATA_TWICE:
    send_bytes (self, main, SPICE_MSGC_MIGRATE_DATA, good);
    send_bytes (self, main, SPICE_MSGC_MIGRATE_DATA, good);
    break;
  case DATA_UNASKED:
    send_bytes (self, main, SPICE_MSGC_MIGRATE_DATA, good);
    break;
  case END_IN_SEAMLESS:
    say (self, main, SPICE_MSGC_MAIN_MIGRATE_END);
    break;
  case SEAMLESS_TWICE:
    do_seamless (self, main, 1);
    break;
  case MARK_UNASKED:
    say (self, main, SPICE_MSGC_MIGRATE_FLUSH_MARK);
    break;
  case OTHER_MESSAGE:
    say (self, main, SPICE_MSGC_MAIN_ATTACH_CHANNELS);
    break;
  }
}

static void
test_misuse_ends_the_viewer (gconstpointer data)
{
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) other = NULL;
  Fixture self;

  fixture_init (&self);
  spc_migration_set_key (self.migration, "secret");
  main = arrive (&self, true);
  misuse (&self, main, (Misuse)GPOINTER_TO_UINT (data));
  NET_RUN_UNTIL (&self.session.net, main->closed);
  g_assert_cmpuint (n_clients (&self), ==, 0);
  other = join (&self, false);
  g_assert_false (other->closed);
  fixture_clear (&self);
}

/* blobs */

static void
test_parts_lie_inside (void)
{
  static const uint8_t bytes[64];
  const QxlTail all = {.data = bytes, .size = sizeof bytes};
  static const struct {
    uint32_t offset, size;
    bool is_right;
  } cases[] = {
      {16, 48, true},          {64, 0, true},
      {16, 0, true},           {15, 1, false},
      {16, 49, false},         {65, 0, false},
      {G_MAXUINT32, 1, false}, {16, G_MAXUINT32, false},
      {64, 1, false},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    QxlTail part;

    g_assert_cmpint (
        spc_blob_part (&all, 16, cases[i].offset, cases[i].size, &part, NULL),
        ==, cases[i].is_right);
  }
}

static void
test_each_prefix_of_a_blob_is_refused (void)
{
  g_autoptr (GBytes) whole = main_state (NULL, OLD_ID);
  gsize size;
  const uint8_t *data = g_bytes_get_data (whole, &size);
  SpcMainBlob blob;
  QxlTail bytes = {.data = data, .size = (uint32_t)size};

  g_assert_true (spc_main_blob_read (&bytes, &blob, NULL));
  for (bytes.size = 0; bytes.size < size; bytes.size++)
    g_assert_false (spc_main_blob_read (&bytes, &blob, NULL));
}

static void
test_proof_covers_each_byte (void)
{
  const SpcBlobOwner owner = {.connection_id = OLD_ID,
                              .channel_type = SPICE_CHANNEL_MAIN};
  const SpcBlobOwner other = {.connection_id = OLD_ID,
                              .channel_type = SPICE_CHANNEL_INPUTS};
  g_autoptr (GBytes) sealed = main_state ("secret", OLD_ID);
  gsize size;
  const uint8_t *data = g_bytes_get_data (sealed, &size);
  g_autofree uint8_t *copy = g_memdup2 (data, size);
  const QxlTail bytes = {.data = copy, .size = (uint32_t)size};
  QxlTail blob;

  g_assert_true (spc_blob_unseal (&bytes, "secret", &owner, &blob, NULL));
  g_assert_cmpuint (blob.size, ==, size - SPC_MIGRATE_CODE_SIZE);
  g_assert_false (spc_blob_unseal (&bytes, "secret", &other, &blob, NULL));
  for (gsize i = 0; i < size; i++) {
    copy[i] ^= 1;
    g_assert_false (spc_blob_unseal (&bytes, "secret", &owner, &blob, NULL));
    copy[i] ^= 1;
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hardening/main/migration-host-has-its-nul",
                   test_destination_is_told_whole);
  g_test_add_func ("/migrate/impossible-destinations-are-refused",
                   test_impossible_destinations_are_refused);
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autofree char *path =
        g_strconcat ("/migrate/each-answer-has-its-end/", ways[i].name, NULL);

    g_test_add_data_func (path, &ways[i], test_each_answer_has_its_end);
  }
  g_test_add_func ("/migrate/a-viewer-that-leaves-has-answered",
                   test_a_viewer_that_leaves_has_answered);
  g_test_add_func ("/migrate/a-second-migration-cancels-the-first",
                   test_a_second_migration_cancels_the_first);
  g_test_add_func ("/migrate/switch-host-needs-no-answer",
                   test_switch_host_needs_no_answer);
  g_test_add_func ("/migrate/main-goes-seamlessly", test_main_goes_seamlessly);
  g_test_add_func ("/migrate/strangers-are-refused",
                   test_strangers_are_refused);
  g_test_add_func ("/migrate/a-viewer-moves-in-once",
                   test_a_viewer_moves_in_once);
  g_test_add_func ("/migrate/a-viewer-that-does-not-come-is-forgotten",
                   test_a_viewer_that_does_not_come_is_forgotten);
  g_test_add_func ("/migrate/seamless-is-refused-where-it-cannot-be",
                   test_seamless_is_refused_where_it_cannot_be);
  g_test_add_func ("/migrate/a-session-is-restored",
                   test_a_session_is_restored);
  for (gsize i = 0; i < G_N_ELEMENTS (misuses); i++) {
    g_autofree char *path =
        g_strconcat ("/hardening/base/migration-misuse/", misuses[i], NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER ((guint)i),
                          test_misuse_ends_the_viewer);
  }
  g_test_add_func ("/migrate/parts-lie-inside", test_parts_lie_inside);
  g_test_add_func ("/hardening/base/short-migration-blob",
                   test_each_prefix_of_a_blob_is_refused);
  g_test_add_func ("/migrate/proof-covers-each-byte",
                   test_proof_covers_each_byte);
  return g_test_run ();
}

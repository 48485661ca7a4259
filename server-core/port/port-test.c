/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Byte streams against docs/wire.md and docs/hardening.md. */
#include "port.h"

#include "server-core/base/limits.h"
#include "server-core/channel/channel-fixture.h"
#include "server-core/wire/protocol.h"

#include <string.h>

#define CAP_LZ4 (1u << SPICE_SPICEVMC_CAP_DATA_COMPRESS_LZ4)
/* "chat", closed */
#define INIT "201:0500000009000000006368617400"
#define OPENED_INIT "201:0500000009000000016368617400"

typedef struct {
  ChannelFixture fixture;
  SpcPort *port;
  GString *news;
} Test;

static void
on_news (SpcLetterKind kind, uint8_t event, uint32_t client_id,
         gpointer user_data)
{
  Test *test = user_data;

  g_string_append (test->news, kind == SPC_LETTER_ATTACHED   ? "+"
                               : kind == SPC_LETTER_DETACHED ? "-"
                                                             : "e");
  if (kind == SPC_LETTER_EVENT)
    g_string_append_printf (test->news, "%u", event);
}

static void
set_up_with (Test *test, const SpcPortConfig *config)
{
  channel_fixture_init (&test->fixture);
  test->news = g_string_new (NULL);
  test->port = spc_port_new (test->fixture.server, config);
  spc_port_set_func (test->port, on_news, test, NULL);
  spc_server_add_channel (test->fixture.server, SPC_CHANNEL (test->port));
}

static void
set_up (Test *test, gconstpointer data)
{
  SpcPortConfig config = {.kind = (SpcPortKind)GPOINTER_TO_INT (data),
                          .name = "chat"};

  set_up_with (test, &config);
}

static void
set_up_broadcast (Test *test, gconstpointer data)
{
  SpcPortConfig config = {.name = "chat", .broadcast = true};

  set_up_with (test, &config);
}

static void
tear_down (Test *test, gconstpointer data)
{
  channel_fixture_clear (&test->fixture);
  g_object_unref (test->port);
  g_string_free (test->news, TRUE);
}

static Viewer *
new_viewer (Test *test, uint32_t caps)
{
  return viewer_new (&test->fixture, SPC_CHANNEL (test->port), caps);
}

static void
write_text (Test *test, const char *text)
{
  g_assert_cmpuint (spc_port_write (test->port, text, strlen (text)), ==,
                    strlen (text));
}

/* "+" a client came, "-" it left, "e2" an event, "TEXT" its bytes; NULL: none
 */
static char *
next_letter (Test *test)
{
  SpcLetter *letter = spc_port_read (test->port, 0);
  char *text = NULL;

  if (!letter)
    return NULL;
  if (letter->kind == SPC_LETTER_DATA)
    text = g_strndup (g_bytes_get_data (letter->data, NULL),
                      g_bytes_get_size (letter->data));
  else if (letter->kind == SPC_LETTER_EVENT)
    text = g_strdup_printf ("e%u", letter->event);
  else
    text = g_strdup (letter->kind == SPC_LETTER_ATTACHED ? "+" : "-");
  spc_port_give_back (test->port, letter);
  return text;
}

#define EXPECT_LETTER(test, expected)                                          \
  G_STMT_START                                                                 \
  {                                                                            \
    g_autofree char *letter_ = next_letter (test);                             \
    g_assert_cmpstr (letter_, ==, expected);                                   \
  }                                                                            \
  G_STMT_END

static void
test_a_port_begins_with_its_name (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, 0);

  VIEWER_EXPECT (viewer, INIT);
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_usbredir_begins_with_nothing (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, 0);

  spc_port_post_event (test->port, SPC_PORT_OPENED);
  VIEWER_EXPECT (viewer, NULL);
  write_text (test, "a");
  VIEWER_EXPECT (viewer, "101:61");
  viewer_send (viewer, "201:02"); /* it has no events */
  g_assert_true (viewer_is_closed (viewer));
  viewer_free (viewer);
}

static void
test_clients_are_told_of_events_in_order (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, 0);

  VIEWER_EXPECT (viewer, INIT);
  spc_port_post_event (test->port, SPC_PORT_OPENED);
  spc_port_post_event (test->port, SPC_PORT_OPENED);
  write_text (test, "a");
  g_assert_true (spc_port_write_event (test->port, SPC_PORT_BREAK));
  write_text (test, "b");
  spc_port_post_event (test->port, SPC_PORT_CLOSED);
  VIEWER_EXPECT (viewer, "202:00");
  VIEWER_EXPECT (viewer, "101:61");
  VIEWER_EXPECT (viewer, "202:02");
  VIEWER_EXPECT (viewer, "101:62");
  VIEWER_EXPECT (viewer, "202:01");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_later_clients_begin_with_what_holds (Test *test, gconstpointer data)
{
  Viewer *viewer;

  spc_port_post_event (test->port, SPC_PORT_OPENED);
  channel_fixture_settle (&test->fixture);
  viewer = new_viewer (test, 0);
  VIEWER_EXPECT (viewer, OPENED_INIT);
  viewer_free (viewer);
}

static void
test_a_consumer_hears_all_in_order (Test *test, gconstpointer data)
{
  Viewer *viewer;

  spc_port_post_consumer (test->port, true);
  viewer = new_viewer (test, 0);
  viewer_send (viewer, "201:00");
  viewer_send (viewer, "101:616263");
  viewer_send (viewer, "201:02");
  viewer_send (viewer, "201:63"); /* an unknown event */
  viewer_send (viewer, "101:");
  viewer_send (viewer, "101:64");
  viewer_free (viewer);
  EXPECT_LETTER (test, "+");
  EXPECT_LETTER (test, "e0");
  EXPECT_LETTER (test, "abc");
  EXPECT_LETTER (test, "e2");
  EXPECT_LETTER (test, "d");
  EXPECT_LETTER (test, "-");
  EXPECT_LETTER (test, NULL);
  g_assert_cmpstr (test->news->str, ==, "+e0e2-");
}

static void
test_a_late_consumer_is_told_of_the_client (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, 0);

  viewer_send (viewer, "101:61"); /* nobody listens */
  spc_port_post_consumer (test->port, true);
  channel_fixture_settle (&test->fixture);
  EXPECT_LETTER (test, "+");
  EXPECT_LETTER (test, NULL);
  viewer_free (viewer);
}

static void
test_compressed_data_is_unpacked (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, 0);

  spc_port_post_consumer (test->port, true);
  channel_fixture_settle (&test->fixture);
  EXPECT_LETTER (test, "+");
  /* a block of literals: token 0x30, "abc" */
  viewer_send (viewer, "102:010300000030616263");
  EXPECT_LETTER (test, "abc");
  viewer_free (viewer);
}

/* hardening list: byte streams; each ends the channel, and nothing else */
static void
test_bad_messages_end_the_channel (Test *test, gconstpointer data)
{
  static const char *const bad[] = {
      "102:000300000030616263", /* not LZ4 */
      "102:010400000030616263", /* says more than there is */
      "102:010200000030616263", /* says less */
      "102:0103000000306162",   /* damaged */
      "102:01000010ff30616263", /* unpacks to 4 GiB, it says */
      "102:010300",             /* shorter than its fixed part */
      "201:",                   /* no event */
      "201:0000",               /* too long */
      "103:",                   /* unknown */
      "4:",                     /* a flush mark without a migration */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    Viewer *viewer = new_viewer (test, 0);

    viewer_send (viewer, bad[i]);
    g_assert_true (viewer_is_closed (viewer));
    viewer_free (viewer);
  }
}

static void
send_header (Viewer *viewer, uint16_t type, uint32_t size)
{
  const uint8_t header[6] = {
      (uint8_t)type,        (uint8_t)(type >> 8),  (uint8_t)size,
      (uint8_t)(size >> 8), (uint8_t)(size >> 16), (uint8_t)(size >> 24),
  };
  const GOutputVector piece = {header, sizeof header};

  g_assert_cmpint (spc_transport_writev (viewer->end, &piece, 1, NULL), ==, 6);
  channel_fixture_settle (viewer->fixture);
}

/* hardening list: sizes up to 4 GiB, refused before a byte is allocated */
static void
test_large_messages_are_refused_by_their_header (Test *test, gconstpointer data)
{
  static const struct {
    uint16_t type;
    uint32_t size;
  } cases[] = {
      {SPICE_MSGC_SPICEVMC_DATA, SPC_MAX_PORT_DATA + 1},
      {SPICE_MSGC_SPICEVMC_DATA, 0x80000000u},
      {SPICE_MSGC_SPICEVMC_DATA, 0xffffffffu},
      {SPICE_MSGC_SPICEVMC_COMPRESSED_DATA, SPC_MAX_PORT_DATA + 6},
      {SPICE_MSGC_SPICEVMC_COMPRESSED_DATA, 0xffffffffu},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    Viewer *viewer = new_viewer (test, 0);

    send_header (viewer, cases[i].type, cases[i].size);
    g_assert_true (viewer_is_closed (viewer));
    viewer_free (viewer);
  }
}

static void
test_data_is_packed_where_it_pays (Test *test, gconstpointer data)
{
  static const char zeros[3000];
  Viewer *viewer = new_viewer (test, CAP_LZ4);
  g_autofree char *message = NULL;

  VIEWER_EXPECT (viewer, INIT);
  g_assert_cmpuint (spc_port_write (test->port, zeros, 3000), ==, 3000);
  message = viewer_next (viewer);
  g_assert_true (g_str_has_prefix (message, "102:01b80b0000"));
  g_assert_cmpuint (strlen (message), <, 100);
  g_assert_cmpuint (spc_port_write (test->port, zeros, 1000), ==, 1000);
  g_clear_pointer (&message, g_free);
  message = viewer_next (viewer);
  g_assert_true (g_str_has_prefix (message, "101:0000"));
  viewer_free (viewer);
}

static void
test_who_cannot_unpack_gets_bytes (Test *test, gconstpointer data)
{
  static const char zeros[3000];
  Viewer *viewer = new_viewer (test, 0);
  g_autofree char *message = NULL;

  VIEWER_EXPECT (viewer, INIT);
  g_assert_cmpuint (spc_port_write (test->port, zeros, 3000), ==, 3000);
  message = viewer_next (viewer);
  g_assert_true (g_str_has_prefix (message, "101:0000"));
  g_assert_cmpuint (strlen (message), ==, 4 + 6000);
  viewer_free (viewer);
}

/* one client at a time */

static void
test_a_second_client_is_turned_away (Test *test, gconstpointer data)
{
  Viewer *first = new_viewer (test, 0);
  Viewer *second = new_viewer (test, 0);

  g_assert_true (viewer_is_closed (second));
  VIEWER_EXPECT (second, NULL);
  write_text (test, "a");
  VIEWER_EXPECT (first, INIT);
  VIEWER_EXPECT (first, "101:61");
  viewer_free (second);
  write_text (test, "b");
  VIEWER_EXPECT (first, "101:62");
  viewer_free (first);
  g_assert_cmpstr (test->news->str, ==, "+-");
  first = new_viewer (test, 0);
  VIEWER_EXPECT (first, INIT);
  viewer_free (first);
}

static void
test_spectators_have_no_streams (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, 0);

  VIEWER_EXPECT (viewer, INIT);
  spc_server_set_client_role (test->fixture.server, viewer->client->id,
                              SPC_ROLE_FULL);
  channel_fixture_settle (&test->fixture);
  g_assert_false (viewer_is_closed (viewer));
  spc_server_set_client_role (test->fixture.server, viewer->client->id,
                              SPC_ROLE_VIEW_ONLY);
  g_assert_true (viewer_is_closed (viewer));
  g_assert_cmpstr (test->news->str, ==, "+-");
  viewer_free (viewer);
}

static void
test_what_was_for_one_client_is_not_for_the_next (Test *test,
                                                  gconstpointer data)
{
  Viewer *viewer =
      viewer_new_slow (&test->fixture, SPC_CHANNEL (test->port), 0, 64);

  write_text (test, "for the first client alone, and more than its line takes, "
                    "so that some of it waits");
  spc_port_post_event (test->port, SPC_PORT_OPENED);
  channel_fixture_settle (&test->fixture);
  viewer_free (viewer);
  viewer = new_viewer (test, 0);
  VIEWER_EXPECT (viewer, OPENED_INIT);
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

/* flow */

typedef struct {
  SpcPort *port;
  gsize size;
  gint taken, is_done; /* atomic */
} Writer;

static gpointer
write_all (gpointer data)
{
  Writer *self = data;
  g_autofree char *zeros = g_malloc0 (self->size);

  g_atomic_int_set (&self->taken,
                    (gint)spc_port_write (self->port, zeros, self->size));
  g_atomic_int_set (&self->is_done, TRUE);
  return NULL;
}

static bool
is_full (gpointer user_data)
{
  const Writer *self = user_data;

  return spc_port_queued_bytes (self->port) >= SPC_MAX_PORT_BYTES;
}

static gsize
read_some (Viewer *viewer)
{
  guint8 buffer[65536];
  gssize n = spc_transport_read (viewer->end, buffer, sizeof buffer, NULL);

  g_main_context_iteration (viewer->fixture->context, FALSE);
  return n > 0 ? (gsize)n : 0;
}

/* hardening list: no unbounded queue to a slow client */
static void
test_a_producer_waits_for_a_slow_client (Test *test, gconstpointer data)
{
  Writer writer = {.port = test->port, .size = 4 * SPC_MAX_PORT_BYTES};
  Viewer *viewer =
      viewer_new_slow (&test->fixture, SPC_CHANNEL (test->port), 0, 4096);
  GThread *thread = g_thread_new ("writer", write_all, &writer);
  gsize got = 0;

  channel_fixture_wait (&test->fixture, is_full, &writer);
  channel_fixture_settle (&test->fixture);
  g_assert_false (g_atomic_int_get (&writer.is_done));
  g_assert_cmpuint (spc_port_queued_bytes (test->port), <=,
                    SPC_MAX_PORT_BYTES + SPC_PORT_BLOCK_BYTES + 64);
  while (got < writer.size)
    got += read_some (viewer);
  g_thread_join (thread);
  g_assert_cmpint (writer.taken, ==, writer.size);
  viewer_free (viewer);
}

static void
test_a_wait_can_be_ended (Test *test, gconstpointer data)
{
  Writer writer = {.port = test->port, .size = 10};
  GThread *thread = g_thread_new ("writer", write_all, &writer);

  spc_port_unlock_producer (test->port); /* there is no client */
  g_thread_join (thread);
  g_assert_cmpint (writer.taken, ==, 0);
  g_assert_false (spc_port_drain (test->port));
  spc_port_lock_producer (test->port);
  g_assert_true (spc_port_drain (test->port));
}

static void
test_draining_waits_for_the_line (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, 0);

  VIEWER_EXPECT (viewer, INIT);
  write_text (test, "a");
  VIEWER_EXPECT (viewer, "101:61");
  g_assert_true (spc_port_drain (test->port));
  viewer_free (viewer);
}

/* @size bytes of DATA, as far as the line takes them; returns what it took */
static gsize
send_block (Viewer *viewer, gsize offset, const uint8_t *block, gsize size)
{
  const GOutputVector piece = {block + offset, size - offset};
  gssize n = spc_transport_writev (viewer->end, &piece, 1, NULL);

  channel_fixture_settle (viewer->fixture);
  return n > 0 ? (gsize)n : 0;
}

/* sends blocks until the line takes no more; returns the bytes of data sent */
static gsize
send_until_full (Viewer *viewer, const uint8_t *block, gsize size,
                 gsize *offset)
{
  gsize sent = 0, n;

  while ((n = send_block (viewer, *offset, block, size)) > 0) {
    sent += n;
    *offset = (*offset + n) % size;
    g_assert_cmpuint (sent, <, 16 * SPC_MAX_PORT_BYTES);
  }
  return sent;
}

static gsize
consume_one (Test *test)
{
  SpcLetter *letter = spc_port_read (test->port, 0);
  gsize size = 0;

  if (!letter)
    return 0;
  if (letter->data)
    size = g_bytes_get_size (letter->data);
  spc_port_give_back (test->port, letter);
  channel_fixture_settle (&test->fixture);
  return size;
}

/* a client that sends faster than the consumer takes is no longer read, and
 * nothing is lost */
static void
test_a_client_waits_for_a_slow_consumer (Test *test, gconstpointer data)
{
  enum { SIZE = 6 + 1000 };
  uint8_t block[SIZE] = {SPICE_MSGC_SPICEVMC_DATA, 0, 1000 & 255, 1000 >> 8};
  Viewer *viewer =
      viewer_new_slow (&test->fixture, SPC_CHANNEL (test->port), 0, 16384);
  gsize offset = 0, sent, got = 0;

  spc_port_post_consumer (test->port, true);
  channel_fixture_settle (&test->fixture);
  sent = send_until_full (viewer, block, SIZE, &offset);
  g_assert_cmpuint (sent, >, SPC_MAX_PORT_BYTES / 2);
  g_assert_cmpuint (sent, <, 2 * SPC_MAX_PORT_BYTES);
  g_assert_false (spc_connection_is_closed (viewer->connection));
  while (got < sent / SIZE * 1000)
    got += consume_one (test);
  g_assert_cmpuint (send_until_full (viewer, block, SIZE, &offset), >,
                    SPC_MAX_PORT_BYTES / 2);
  viewer_free (viewer);
}

/* broadcast */

static void
test_a_broadcast_reaches_all (Test *test, gconstpointer data)
{
  Viewer *first = new_viewer (test, 0);
  Viewer *second = new_viewer (test, 0);

  write_text (test, "a");
  VIEWER_EXPECT (first, INIT);
  VIEWER_EXPECT (first, "101:61");
  VIEWER_EXPECT (second, INIT);
  VIEWER_EXPECT (second, "101:61");
  viewer_free (first);
  write_text (test, "b");
  VIEWER_EXPECT (second, "101:62");
  viewer_free (second);
  write_text (test, "c"); /* waits for nobody */
  channel_fixture_settle (&test->fixture);
  g_assert_cmpuint (spc_port_queued_bytes (test->port), ==, 0);
}

static void
test_a_broadcast_lets_go_of_the_slow (Test *test, gconstpointer data)
{
  Viewer *slow =
      viewer_new_slow (&test->fixture, SPC_CHANNEL (test->port), 0, 4096);
  static const char zeros[SPC_PORT_BLOCK_BYTES];

  for (guint i = 0; i < 20; i++) {
    g_assert_cmpuint (spc_port_write (test->port, zeros, sizeof zeros), ==,
                      sizeof zeros);
    channel_fixture_settle (&test->fixture);
  }
  g_assert_true (spc_connection_is_closed (slow->connection));
  g_assert_cmpuint (spc_port_queued_bytes (test->port), ==, 0);
  viewer_free (slow);
}

/* smartcard; the rules of readers have a test of their own */

static void
test_card_messages_pass_both_ways (Test *test, gconstpointer data)
{
  static const uint8_t added[] = {0, 0, 0, 2, 0, 0, 0, 0,
                                  0, 0, 0, 4, 0, 0, 0, 0};
  Viewer *viewer = new_viewer (test, 0);
  SpcLetter *letter;

  spc_port_post_consumer (test->port, true);
  channel_fixture_settle (&test->fixture);
  EXPECT_LETTER (test, "+");
  viewer_send (viewer, "101:03000000ffffffff0400000041424300");
  letter = spc_port_read (test->port, 0);
  g_assert_cmpmem (g_bytes_get_data (letter->data, NULL),
                   g_bytes_get_size (letter->data), "\0\0\0\3\0\0\0\0\0\0\0\0",
                   12);
  spc_port_give_back (test->port, letter);
  g_assert_cmpuint (spc_port_write (test->port, added, 7), ==, 7);
  VIEWER_EXPECT (viewer, NULL);
  g_assert_cmpuint (spc_port_write (test->port, added + 7, 9), ==, 9);
  VIEWER_EXPECT (viewer, "101:02000000000000000400000000000000");
  viewer_free (viewer);
  letter = spc_port_read (test->port, 0);
  g_assert_cmpmem (g_bytes_get_data (letter->data, NULL),
                   g_bytes_get_size (letter->data), "\0\0\0\4\0\0\0\0\0\0\0\0",
                   12);
  spc_port_give_back (test->port, letter);
  EXPECT_LETTER (test, "-");
}

static void
test_cards_without_a_device_are_refused (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, 0);

  viewer_send (viewer, "101:03000000ffffffff00000000");
  VIEWER_EXPECT (viewer, "101:02000000ffffffff0400000002000000");
  viewer_free (viewer);
}

/* its role changes before its connection ends */
static void
test_cards_of_a_spectator_are_refused (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, 0);

  spc_port_post_consumer (test->port, true);
  channel_fixture_settle (&test->fixture);
  EXPECT_LETTER (test, "+");
  viewer->client->role = SPC_ROLE_VIEW_ONLY;
  viewer_send (viewer, "101:03000000ffffffff00000000");
  VIEWER_EXPECT (viewer, "101:02000000ffffffff0400000002000000");
  viewer_send (viewer, "101:07000000000000000100000041");
  EXPECT_LETTER (test, NULL);
  viewer_free (viewer);
}

/* hardening list: smartcard, a body longer than the message */
static void
test_bad_card_messages_end_the_channel (Test *test, gconstpointer data)
{
  static const char *const bad[] = {
      "101:03000000ffffffff01000000",
      "101:07000000ffffffffffffffff41",
      "101:0700000000000000",
      "102:010300000030616263",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    Viewer *viewer = new_viewer (test, 0);

    viewer_send (viewer, bad[i]);
    g_assert_true (viewer_is_closed (viewer));
    viewer_free (viewer);
  }
}

int
main (int argc, char **argv)
{
#define ADD_KIND(path, kind, func)                                             \
  g_test_add ("/port/" path, Test, GINT_TO_POINTER (kind), set_up, func,       \
              tear_down)
#define ADD_HARD(path, kind, func)                                             \
  g_test_add ("/hardening/" path, Test, GINT_TO_POINTER (kind), set_up, func,  \
              tear_down)
#define ADD(path, func) ADD_KIND (path, SPC_PORT_PLAIN, func)
#define ADD_BROADCAST(path, func)                                              \
  g_test_add ("/port/" path, Test, NULL, set_up_broadcast, func, tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("init", test_a_port_begins_with_its_name);
  ADD_KIND ("init/webdav", SPC_PORT_WEBDAV, test_a_port_begins_with_its_name);
  ADD_KIND ("init/usbredir", SPC_PORT_USBREDIR,
            test_usbredir_begins_with_nothing);
  ADD ("events/to-client", test_clients_are_told_of_events_in_order);
  ADD ("events/late-client", test_later_clients_begin_with_what_holds);
  ADD ("consumer", test_a_consumer_hears_all_in_order);
  ADD ("consumer/late", test_a_late_consumer_is_told_of_the_client);
  ADD ("compressed/from-client", test_compressed_data_is_unpacked);
  ADD ("compressed/to-client", test_data_is_packed_where_it_pays);
  ADD ("compressed/without-cap", test_who_cannot_unpack_gets_bytes);
  ADD_HARD ("byte-streams/bad-messages", SPC_PORT_PLAIN,
            test_bad_messages_end_the_channel);
  ADD_HARD ("byte-streams/sizes", SPC_PORT_PLAIN,
            test_large_messages_are_refused_by_their_header);
  ADD ("one-client", test_a_second_client_is_turned_away);
  ADD ("one-client/spectator", test_spectators_have_no_streams);
  ADD ("one-client/next", test_what_was_for_one_client_is_not_for_the_next);
  ADD_HARD ("byte-streams/producer-waits", SPC_PORT_PLAIN,
            test_a_producer_waits_for_a_slow_client);
  ADD ("flow/unlock", test_a_wait_can_be_ended);
  ADD ("flow/drain", test_draining_waits_for_the_line);
  ADD_HARD ("byte-streams/client-waits", SPC_PORT_PLAIN,
            test_a_client_waits_for_a_slow_consumer);
  ADD_BROADCAST ("broadcast", test_a_broadcast_reaches_all);
  ADD_BROADCAST ("broadcast/slow", test_a_broadcast_lets_go_of_the_slow);
  ADD_KIND ("smartcard", SPC_PORT_SMARTCARD, test_card_messages_pass_both_ways);
  ADD_KIND ("smartcard/no-device", SPC_PORT_SMARTCARD,
            test_cards_without_a_device_are_refused);
  ADD_KIND ("smartcard/spectator", SPC_PORT_SMARTCARD,
            test_cards_of_a_spectator_are_refused);
  ADD_HARD ("smartcard/bad-messages", SPC_PORT_SMARTCARD,
            test_bad_card_messages_end_the_channel);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Flaws of other servers that never got a number, tried on ours: byte streams,
 * smartcards, WebSockets and who is let in. docs/hardening.md has the list. */
#include "hardening-fixture.h"

#include <lz4.h>
#include <string.h>

#define NO_END 0xffffffffu

/* byte streams */

static gsize
bytes_that_arrived (Hardening *rig)
{
  SpcPort *port = SPC_PORT (rig->channels[HARDENING_PORT]);
  SpcLetter *letter;
  gsize n = 0;

  session_settle (&rig->session);
  while ((letter = spc_port_read (port, 0)) != NULL) {
    if (letter->data != NULL)
      n += g_bytes_get_size (letter->data);
    spc_port_give_back (port, letter);
  }
  return n;
}

/* a block that says it unpacks to @claimed bytes */
static void
send_packed (Intruder *intruder, uint8_t type, uint32_t claimed,
             const void *block, guint size)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  claimed = GUINT32_TO_LE (claimed);
  g_byte_array_append (body, &type, 1);
  g_byte_array_append (body, (const uint8_t *)&claimed, sizeof claimed);
  g_byte_array_append (body, block, size);
  intruder_send (intruder, SPICE_MSGC_SPICEVMC_COMPRESSED_DATA, body->len,
                 body->data, body->len);
}

/* zeros of @size bytes, packed */
static GByteArray *
pack_zeros (guint size)
{
  g_autofree char *zeros = g_malloc0 (size);
  GByteArray *packed = g_byte_array_new ();

  g_byte_array_set_size (packed, (guint)LZ4_compressBound ((int)size));
  g_byte_array_set_size (
      packed, (guint)LZ4_compress_default (zeros, (char *)packed->data,
                                           (int)size, (int)packed->len));
  return packed;
}

static void
try_packed (Hardening *rig, uint8_t type, uint32_t claimed, const void *block,
            guint size, gsize arrives)
{
  g_autoptr (Intruder) intruder = intruder_new (rig, HARDENING_PORT);

  send_packed (intruder, type, claimed, block, size);
  g_assert_cmpint (intruder_is_out (intruder), ==, arrives == 0);
  g_assert_cmpuint (bytes_that_arrived (rig), ==, arrives);
}

/* what it unpacks to is bounded, whatever it says */
static void
test_unpacked_size (void)
{
  static const guint n = SPC_MAX_PORT_DATA;
  g_autoptr (GByteArray) fits = pack_zeros (n);
  g_autoptr (GByteArray) beyond = pack_zeros (n + 1);
  Hardening rig;

  hardening_init (&rig);
  spc_port_post_consumer (SPC_PORT (rig.channels[HARDENING_PORT]), true);
  try_packed (&rig, 1, n, fits->data, fits->len, n);
  try_packed (&rig, 1, n + 1, beyond->data, beyond->len, 0);
  try_packed (&rig, 1, n, beyond->data, beyond->len, 0);
  try_packed (&rig, 1, n - 1, fits->data, fits->len, 0);
  try_packed (&rig, 1, 0, fits->data, fits->len, 0);
  try_packed (&rig, 1, 0x80000000u, fits->data, fits->len, 0);
  try_packed (&rig, 1, NO_END, fits->data, fits->len, 0);
  try_packed (&rig, 0, 100, fits->data, fits->len, 0);
  try_packed (&rig, 255, 100, fits->data, fits->len, 0);
  hardening_clear (&rig);
}

/* lengths and distances within a block that lead out of it */
static void
test_lz4_lengths (void)
{
  static const struct {
    const char *block;
    guint size;
  } rows[] = {
      {"", 0},
      {"\xf0", 1},                         /* 15 literals and more, and none */
      {"\xf0\xff\xff\xff\xff", 5},         /* so many */
      {"\x30\x61\x62", 3},                 /* one is missing */
      {"\x10\x61\x00\x00", 4},             /* a match at distance 0 */
      {"\x10\x61\xff\xff", 4},             /* from before the start */
      {"\x1f\x61\x01\x00\xff\xff\xff", 7}, /* without end */
      {"\xff\xff\xff\xff\xff\xff\xff\xff", 8},
  };
  Hardening rig;

  hardening_init (&rig);
  spc_port_post_consumer (SPC_PORT (rig.channels[HARDENING_PORT]), true);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    try_packed (&rig, 1, 100, rows[i].block, rows[i].size, 0);
    hardening_check_bystander (&rig);
  }
  hardening_clear (&rig);
}

/* a client that does not read: what waits for it has an end, and nobody else
 * waits. That nothing is lost is told by port-test. */
static void
test_queue_to_a_slow_client (void)
{
  static const char zeros[4096];
  g_autoptr (Intruder) slow = NULL;
  SpcPort *port;
  Hardening rig;
  guint n = 0;

  hardening_init (&rig);
  port = SPC_PORT (rig.channels[HARDENING_PORT]);
  slow = intruder_new (&rig, HARDENING_PORT);
  session_settle (&rig.session);
  while (spc_port_queued_bytes (port) < SPC_MAX_PORT_BYTES) {
    g_assert_cmpuint (spc_port_write (port, zeros, sizeof zeros), ==,
                      sizeof zeros);
    session_settle (&rig.session);
    g_assert_cmpuint (n++, <, 16 * SPC_MAX_PORT_BYTES / sizeof zeros);
  }
  g_assert_cmpuint (spc_port_queued_bytes (port), <=,
                    SPC_MAX_PORT_BYTES + SPC_PORT_BLOCK_BYTES + sizeof zeros);
  spc_port_unlock_producer (port);
  g_assert_cmpuint (spc_port_write (port, zeros, sizeof zeros), ==, 0);
  hardening_check_bystander (&rig);
  intruder_free (g_steal_pointer (&slow));
  hardening_clear (&rig);
}

/* smartcard */

static void
send_card (Intruder *intruder, uint32_t type, uint32_t reader, uint32_t length,
           uint32_t given)
{
  uint32_t body[3 + 4] = {GUINT32_TO_LE (type), GUINT32_TO_LE (reader),
                          GUINT32_TO_LE (length)};

  g_assert_cmpuint (given, <=, 16);
  intruder_send (intruder, SPICE_MSGC_SMARTCARD_DATA, 12 + given, body,
                 12 + given);
}

static void
test_reader_ids (void)
{
  static const uint32_t ids[] = {0,  9,           SPC_MAX_READERS,  31,
                                 32, 0x80000000u, SPC_VSC_NO_READER};
  Hardening rig;

  hardening_init (&rig);
  spc_port_post_consumer (SPC_PORT (rig.channels[HARDENING_SMARTCARD]), true);
  {
    g_autoptr (Intruder) intruder = intruder_new (&rig, HARDENING_SMARTCARD);

    for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
      for (uint32_t type = SPC_VSC_READER_REMOVE; type <= SPC_VSC_APDU; type++)
        send_card (intruder, type, ids[i], 4, 4);
    for (guint i = 0; i < 3 * SPC_MAX_READERS; i++)
      send_card (intruder, SPC_VSC_READER_ADD, SPC_VSC_NO_READER, 4, 4);
    g_assert_false (intruder_is_out (intruder));
    hardening_check_bystander (&rig);
  }
  hardening_clear (&rig);
}

static void
test_body_length (void)
{
  static const uint32_t lengths[] = {17, 65537, 0x80000000u, 0xfffffff4u,
                                     NO_END};
  Hardening rig;

  hardening_init (&rig);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
    g_autoptr (Intruder) intruder = intruder_new (&rig, HARDENING_SMARTCARD);

    send_card (intruder, SPC_VSC_APDU, 0, lengths[i], 16);
    g_assert_true (intruder_is_out (intruder));
    hardening_check_bystander (&rig);
  }
  hardening_clear (&rig);
}

/* WebSocket */

#define UPGRADE                                                                \
  "GET / HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\n"                     \
  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"                       \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

static bool
has_text (const RawLine *line, const char *text)
{
  const gsize n = strlen (text);

  for (gsize i = 0; i + n <= line->got->len; i++)
    if (memcmp (line->got->data + i, text, n) == 0)
      return true;
  return false;
}

static RawLine *
websocket_new (Hardening *rig)
{
  RawLine *line = raw_line_new (rig);

  raw_line_say (line, UPGRADE, strlen (UPGRADE));
  NET_RUN_UNTIL (&rig->session.net, has_text (line, "\r\n\r\n"));
  g_assert_true (has_text (line, "HTTP/1.1 101 "));
  g_byte_array_set_size (line->got, 0);
  return line;
}

/* a frame's header with a size of 64 bits, and a mask that changes nothing */
static void
say_frame_of (RawLine *line, uint64_t size)
{
  uint8_t header[14] = {0x82, 0xff};

  for (guint i = 0; i < 8; i++)
    header[2 + i] = (uint8_t)(size >> (56 - 8 * i));
  raw_line_say (line, header, sizeof header);
}

/* 2^32 + n is not n: all that follows belongs to the one frame */
static void
test_frame_of_4_gib (void)
{
  const SpcLinkMess mess = {.channel_type = SPICE_CHANNEL_MAIN,
                            .channel_id = 9, /* there is none */
                            .caps_offset = SPC_LINK_MESS_SIZE};
  g_autoptr (RawLine) line = NULL;
  Hardening rig;

  hardening_init (&rig);
  line = websocket_new (&rig);
  say_frame_of (line, G_GUINT64_CONSTANT (0x100000000) + 4);
  raw_line_say_link (line, SPC_LINK_MESS_SIZE, &mess);
  NET_RUN_UNTIL (&rig.session.net, line->is_closed);
  /* an answer to the link, in a frame of its own */
  g_assert_cmpuint (line->got->len, >, 4);
  g_assert_cmpuint (line->got->data[0], ==, 0x82);
  g_assert_true (has_text (line, "REDQ"));
  g_clear_pointer (&line, raw_line_free);
  hardening_clear (&rig);
}

static gint n_frames_refused; /* atomic */

static void
look_for_refusals (SpcLogCategory category, SpcLogLevel level, const char *file,
                   const char *function, int line, const char *text)
{
  if (strstr (text, "2^63 bytes or more") != NULL)
    g_atomic_int_inc (&n_frames_refused);
}

/* at once, not when its time is over */
static void
test_frame_of_2_63 (void)
{
  static const uint64_t sizes[] = {G_GUINT64_CONSTANT (0x8000000000000000),
                                   G_MAXUINT64};
  Hardening rig;

  hardening_init (&rig);
  spc_log_set_sink (look_for_refusals);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (RawLine) line = websocket_new (&rig);

    say_frame_of (line, sizes[i]);
    NET_RUN_UNTIL (&rig.session.net, line->is_closed);
    g_assert_cmpint (g_atomic_int_get (&n_frames_refused), ==, i + 1);
    hardening_check_bystander (&rig);
  }
  hardening_clear (&rig);
}

/* what comes after a goodbye changes nothing, and nothing goes round */
static void
test_words_after_goodbye (void)
{
  static const uint8_t goodbye[] = {0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8};
  static const uint8_t noise[256];
  Hardening rig;

  hardening_init (&rig);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (RawLine) line = websocket_new (&rig);

    raw_line_say (line, goodbye, sizeof goodbye);
    raw_line_say (line, i == 0 ? goodbye : noise,
                  i == 0 ? sizeof goodbye : sizeof noise);
    NET_RUN_UNTIL (&rig.session.net, line->is_closed);
    g_assert_cmpuint (net_fixture_run_ready (&rig.session.net, 1000), <, 1000);
    hardening_check_bystander (&rig);
  }
  hardening_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/hardening/" path, func)
  TEST ("byte-streams/unpacked-size", test_unpacked_size);
  TEST ("byte-streams/lz4-lengths", test_lz4_lengths);
  TEST ("byte-streams/queue-to-a-slow-client", test_queue_to_a_slow_client);
  TEST ("smartcard/reader-ids", test_reader_ids);
  TEST ("smartcard/body-length", test_body_length);
  TEST ("websocket/frame-of-4-gib", test_frame_of_4_gib);
  TEST ("websocket/frame-of-2-63", test_frame_of_2_63);
  TEST ("websocket/words-after-goodbye", test_words_after_goodbye);
  return g_test_run ();
}

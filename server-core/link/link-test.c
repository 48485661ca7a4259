/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "link.h"
#include "link-fixture.h"
#include "server-core/net/listener.h"
#include "server-core/net/net-fixture.h"
#include "server-core/wire/messages-link.h"

#include <string.h>

/* the captured session's first 42 bytes (spec: worked example) */
static const uint8_t good_start[42] = {
    0x52, 0x45, 0x44, 0x51, 2, 0, 0,    0, 2, 0, 0,    0, 26, 0,
    0,    0,    0,    0,    0, 0, 1,    0, 1, 0, 0,    0, 1,  0,
    0,    0,    18,   0,    0, 0, 0x0d, 0, 0, 0, 0x0f, 0, 0,  0,
};
static const uint8_t spice_mechanism[4] = {1, 0, 0, 0};

#define ERROR_REPLY_BYTES 194u

/* which callback frees the link */
typedef enum {
  FREE_NOWHERE,
  FREE_IN_OFFER,
  FREE_IN_CHECK,
  FREE_IN_ADMIT,
  FREE_IN_ATTACH,
  FREE_IN_ENDED,
} FreeWhere;

typedef struct {
  NetFixture net;
  SpcJobs *jobs;
  SpcTicketKeys *keys;
  SpcTransport *client;
  SpcLink *link;
  /* what the host answers */
  uint32_t offer_code, admit_code, hold_ms;
  SpcPassword *password; /* NULL: none is needed */
  FreeWhere frees;
  /* what it was asked and told */
  SpcLinkRequest request;
  SpcTransport *attached;
  guint n_offers, n_checks, n_ended;
  bool was_readable;
  int code;
  GError *error;
  /* the client's side */
  GByteArray *got;
  bool is_closed;
} Test;

/* host */

static void
free_if (Test *test, FreeWhere where)
{
  if (test->frees == where)
    g_clear_pointer (&test->link, spc_link_free);
}

static uint32_t
offer (const SpcLinkRequest *request, SpcTransport *transport,
       SpcCaps *channel_caps, gpointer user_data)
{
  Test *test = user_data;

  test->n_offers++;
  test->request = *request;
  spc_caps_set (channel_caps, 3);
  spc_caps_set (channel_caps, 33);
  free_if (test, FREE_IN_OFFER);
  return test->offer_code;
}

static bool
check_ticket (const SpcLinkRequest *request, SpcTransport *transport,
              const char *text, uint32_t *delay_ms, gpointer user_data)
{
  Test *test = user_data;

  test->n_checks++;
  test->was_readable = text != NULL;
  g_assert_cmpuint (*delay_ms, ==, 0);
  *delay_ms = test->hold_ms;
  free_if (test, FREE_IN_CHECK);
  return test->password == NULL ||
         spc_password_matches (test->password, text, g_get_monotonic_time ());
}

static uint32_t
admit (SpcLinkRequest *request, SpcTransport *transport,
       gpointer user_data)
{
  Test *test = user_data;

  free_if (test, FREE_IN_ADMIT);
  return test->admit_code;
}

static void
attach (const SpcLinkRequest *request, SpcTransport *transport,
        gpointer user_data)
{
  Test *test = user_data;

  g_assert_null (test->attached);
  test->attached = transport;
  free_if (test, FREE_IN_ATTACH);
}

static void
ended (SpcLink *link, const char *peer, int code, const GError *error,
       gpointer user_data)
{
  Test *test = user_data;

  g_assert_true (link == test->link);
  g_assert_cmpint (error == NULL, ==, code == SPICE_LINK_ERR_OK);
  test->n_ended++;
  test->code = code;
  test->error = error != NULL ? g_error_copy (error) : NULL;
  free_if (test, FREE_IN_ENDED);
  test->link = NULL;
}

static const SpcLinkHost host = {offer, check_ticket, admit, attach, ended};

/* fixture */

static void
test_init (Test *test)
{
  memset (test, 0, sizeof *test);
  net_fixture_init (&test->net);
  test->jobs = spc_jobs_new (1);
  test->keys = spc_ticket_keys_new (test->net.loop, test->jobs);
  test->got = g_byte_array_new ();
}

static void
test_dial (Test *test, gsize capacity, uint32_t timeout_ms)
{
  SpcTransport *transport;

  g_clear_pointer (&test->client, spc_transport_free);
  g_clear_pointer (&test->attached, spc_transport_free);
  g_clear_error (&test->error);
  g_byte_array_set_size (test->got, 0);
  test->is_closed = false;
  test->n_ended = 0;
  spc_transport_new_pair (test->net.loop, capacity, &transport, &test->client);
  test->link = spc_link_new (test->net.loop, transport, test->keys, timeout_ms,
                             &host, test);
}

static void
test_clear (Test *test)
{
  net_fixture_run_ready (&test->net, 20);
  g_assert_cmpuint (test->n_ended, <=, 1);
  spc_link_free (test->link);
  spc_transport_free (test->client);
  spc_transport_free (test->attached);
  spc_password_free (test->password);
  spc_ticket_keys_free (test->keys);
  spc_jobs_stop (test->jobs);
  spc_jobs_unref (test->jobs);
  g_byte_array_unref (test->got);
  g_clear_error (&test->error);
  net_fixture_clear (&test->net);
}

/* client */

static void
client_read (Test *test)
{
  uint8_t bytes[512];
  gssize n;

  while ((n = spc_transport_read (test->client, bytes, sizeof bytes, NULL)) > 0)
    g_byte_array_append (test->got, bytes, (guint)n);
  test->is_closed |= n == 0;
}

/* true when all has been taken; what is read meanwhile is kept */
static bool
client_write (Test *test, const uint8_t **at, gsize *left)
{
  gssize n = *left > 0 ? net_write (test->client, *at, *left, NULL) : 0;

  if (n > 0) {
    *at += n;
    *left -= (gsize)n;
  }
  client_read (test);
  return *left == 0;
}

static void
client_send (Test *test, const uint8_t *bytes, gsize size)
{
  NET_RUN_UNTIL (&test->net, client_write (test, &bytes, &size));
}

static bool
client_has (Test *test, gsize size)
{
  client_read (test);
  return test->got->len >= size || test->is_closed;
}

/* @size bytes of the server's, taken out of what was got */
static void
client_expect (Test *test, void *bytes, gsize size)
{
  NET_RUN_UNTIL (&test->net, client_has (test, size));
  g_assert_cmpuint (test->got->len, >=, size);
  memcpy (bytes, test->got->data, size);
  g_byte_array_remove_range (test->got, 0, (guint)size);
}

static void
read_fields (const QxlField *fields, void *object, const uint8_t *bytes,
             gsize size)
{
  QxlReader reader;

  qxl_reader_init (&reader, bytes, size);
  qxl_fields_read (fields, object, &reader);
  g_assert_false (reader.failed);
}

static void
client_expect_header (Test *test, SpcLinkHeader *header)
{
  uint8_t bytes[SPC_LINK_HEADER_SIZE];

  client_expect (test, bytes, sizeof bytes);
  read_fields (spc_link_header_fields, header, bytes, sizeof bytes);
  g_assert_cmphex (header->magic, ==, SPC_LINK_MAGIC);
  g_assert_cmpuint (header->major_version, ==, 2);
  g_assert_cmpuint (header->minor_version, ==, 2);
}

/* a good reply: its key, and the words after it checked */
static void
client_expect_reply (Test *test, uint8_t key[SPC_PUBLIC_KEY_SIZE])
{
  static const uint8_t words[] = {0x0b, 0, 0, 0, 8, 0, 0, 0, 2, 0, 0, 0};
  uint8_t bytes[SPC_LINK_REPLY_SIZE + sizeof words];
  SpcLinkHeader header;
  SpcLinkReply reply;

  client_expect_header (test, &header);
  g_assert_cmpuint (header.size, ==, sizeof bytes);
  client_expect (test, bytes, sizeof bytes);
  read_fields (spc_link_reply_fields, &reply, bytes, sizeof bytes);
  g_assert_cmpuint (reply.error, ==, SPICE_LINK_ERR_OK);
  g_assert_cmpuint (reply.num_common_caps, ==, 1);
  g_assert_cmpuint (reply.num_channel_caps, ==, 2);
  g_assert_cmpuint (reply.caps_offset, ==, SPC_LINK_REPLY_SIZE);
  g_assert_cmpmem (bytes + SPC_LINK_REPLY_SIZE, sizeof words, words,
                   sizeof words);
  memcpy (key, reply.public_key, SPC_PUBLIC_KEY_SIZE);
}

static void
client_expect_result (Test *test, uint32_t code)
{
  uint8_t bytes[SPC_LINK_RESULT_SIZE];
  const uint8_t expected[] = {(uint8_t)code, 0, 0, 0};

  client_expect (test, bytes, sizeof bytes);
  g_assert_cmpmem (bytes, sizeof bytes, expected, sizeof expected);
}

/* the server's last bytes have been got; then it ends */
static void
client_expect_end (Test *test, int code)
{
  NET_RUN_UNTIL (&test->net, client_has (test, G_MAXUINT));
  g_assert_true (test->is_closed);
  g_assert_cmpuint (test->got->len, ==, 0);
  spc_transport_close (test->client);
  NET_RUN_UNTIL (&test->net, test->n_ended > 0);
  g_assert_cmpuint (test->n_ended, ==, 1);
  g_assert_cmpint (test->code, ==, code);
  g_assert_nonnull (test->error);
  g_assert_null (test->attached);
}

/* a block of 194 bytes with nothing but the code in it, and the end */
static void
client_expect_refusal (Test *test, uint32_t code)
{
  uint8_t bytes[SPC_LINK_REPLY_SIZE];
  uint8_t expected[SPC_LINK_REPLY_SIZE] = {(uint8_t)code};
  SpcLinkHeader header;

  client_expect_header (test, &header);
  g_assert_cmpuint (header.size, ==, ERROR_REPLY_BYTES - SPC_LINK_HEADER_SIZE);
  client_expect (test, bytes, sizeof bytes);
  g_assert_cmpmem (bytes, sizeof bytes, expected, sizeof expected);
  client_expect_end (test, (int)code);
}

/* up to and with the ticket, which holds @text and its NUL */
static void
client_log_in (Test *test, const uint8_t *start, gsize start_size,
               bool mechanism, const char *text)
{
  uint8_t key[SPC_PUBLIC_KEY_SIZE], blob[SPC_TICKET_SIZE];

  client_send (test, start, start_size);
  client_expect_reply (test, key);
  link_fixture_encrypt (key, text, strlen (text) + 1, blob);
  if (mechanism)
    client_send (test, spice_mechanism, sizeof spice_mechanism);
  client_send (test, blob, sizeof blob);
}

static void
client_log_in_well (Test *test, const char *text)
{
  client_log_in (test, good_start, sizeof good_start, true, text);
}

static void
expect_attached (Test *test)
{
  client_expect_result (test, SPICE_LINK_ERR_OK);
  NET_RUN_UNTIL (&test->net, test->n_ended > 0);
  g_assert_cmpint (test->code, ==, SPICE_LINK_ERR_OK);
  g_assert_nonnull (test->attached);
  g_assert_cmpuint (test->n_ended, ==, 1);
}

/* good links */

static void
good_link_is_attached (void)
{
  Test test;

  test_init (&test);
  test.password = spc_password_new ("abc123", 0);
  test_dial (&test, 4096, 10000);
  client_log_in_well (&test, "abc123");
  expect_attached (&test);
  g_assert_cmpuint (test.request.connection_id, ==, 0);
  g_assert_cmpuint (test.request.channel_type, ==, SPICE_CHANNEL_MAIN);
  g_assert_cmpuint (test.request.channel_id, ==, 0);
  g_assert_cmphex (test.request.common_caps.words[0], ==, 0xd);
  g_assert_cmphex (test.request.channel_caps.words[0], ==, 0xf);
  test_clear (&test);
}

static void
ticket_may_come_directly (void)
{
  Test test;
  uint8_t start[sizeof good_start];

  test_init (&test);
  test.password = spc_password_new ("abc123", 0);
  memcpy (start, good_start, sizeof start);
  start[34] = 0x08; /* MINI_HEADER only */
  test_dial (&test, 4096, 10000);
  client_log_in (&test, start, sizeof start, false, "abc123");
  expect_attached (&test);
  g_assert_true (
      spc_caps_has (&test.request.common_caps, SPICE_COMMON_CAP_MINI_HEADER));
  test_clear (&test);
}

static void
no_capabilities_are_fine (void)
{
  /* num_*_caps 0, and an offset that means nothing then */
  static const uint8_t start[34] = {0x52, 0x45, 0x44, 0x51, 2, 0, 0, 0, 9, 0,
                                    0,    0,    18,   0,    0, 0, 1, 2, 3, 4,
                                    2,    5,    0,    0,    0, 0, 0, 0, 0, 0,
                                    0xff, 0xff, 0xff, 0xff};
  Test test;

  test_init (&test);
  test_dial (&test, 4096, 10000);
  client_log_in (&test, start, sizeof start, false, "");
  expect_attached (&test);
  g_assert_cmphex (test.request.connection_id, ==, 0x04030201);
  g_assert_cmpuint (test.request.channel_type, ==, SPICE_CHANNEL_DISPLAY);
  g_assert_cmpuint (test.request.channel_id, ==, 5);
  g_assert_false (
      spc_caps_has (&test.request.common_caps, SPICE_COMMON_CAP_MINI_HEADER));
  test_clear (&test);
}

/* one byte at a time in both directions */
static void
narrow_line_works (void)
{
  Test test;

  test_init (&test);
  test.password = spc_password_new ("abc123", 0);
  test_dial (&test, 1, 10000);
  client_log_in_well (&test, "abc123");
  expect_attached (&test);
  test_clear (&test);
}

/* words far behind the message, and more of them than are kept */
static void
largest_message_works (void)
{
  g_autofree uint8_t *start = g_malloc0 (16 + SPC_MAX_LINK_SIZE);
  Test test;

  memcpy (start, good_start, 34);
  start[12] = 0x00;
  start[13] = 0x10; /* 4096 */
  start[22] = 0;
  start[23] = 2; /* 512 common words */
  start[26] = 0xf8;
  start[27] = 1; /* 504 channel words */
  start[30] = 4096 - 1016 * 4;
  start[16 + 32] = 0x09;
  start[16 + 32 + 512 * 4] = 0x55;
  test_init (&test);
  test_dial (&test, 1000, 10000);
  client_log_in (&test, start, 16 + SPC_MAX_LINK_SIZE, true, "");
  expect_attached (&test);
  g_assert_cmphex (test.request.common_caps.words[0], ==, 9);
  g_assert_cmphex (test.request.channel_caps.words[0], ==, 0x55);
  test_clear (&test);
}

/* what follows the ticket is the channel's */
static void
early_messages_stay_unread (void)
{
  Test test;
  char text[8];

  test_init (&test);
  test_dial (&test, 4096, 10000);
  client_log_in_well (&test, "");
  client_send (&test, (const uint8_t *)"early", 5);
  expect_attached (&test);
  g_assert_cmpint (spc_transport_read (test.attached, text, sizeof text, NULL),
                   ==, 5);
  g_assert_cmpmem (text, 5, "early", 5);
  test_clear (&test);
}

static void
host_is_asked_once_a_link (void)
{
  Test test;

  test_init (&test);
  for (int i = 0; i < 3; i++) {
    test_dial (&test, 4096, 10000);
    client_log_in_well (&test, "x");
    expect_attached (&test);
  }
  g_assert_cmpuint (test.n_offers, ==, 3);
  g_assert_cmpuint (test.n_checks, ==, 3);
  test_clear (&test);
}

/* refusals before the ticket */

typedef struct {
  const char *name;
  gsize n_sent;     /* of good_start, changed */
  gsize at;         /* where it is changed */
  uint8_t bytes[4]; /* to what */
  uint32_t code;
} Wrong;

static const Wrong wrongs[] = {
    {"http-is-answered-after-4-bytes", 4, 0, {'G', 'E', 'T', ' '}, 2},
    {"zero-magic", 4, 0, {0, 0, 0, 0}, 2},
    {"last-byte-of-magic", 4, 0, {'R', 'E', 'D', 'q'}, 2},
    {"version-1", 16, 4, {1, 0, 0, 0}, 4},
    {"version-3", 16, 4, {3, 0, 0, 0}, 4},
    {"version-0", 16, 4, {0, 0, 0, 0}, 4},
    {"version-of-32-bits", 16, 4, {2, 0, 0, 1}, 4},
    {"size-0", 16, 12, {0, 0, 0, 0}, 3},
    {"size-17", 16, 12, {17, 0, 0, 0}, 3},
    {"size-4097", 16, 12, {1, 16, 0, 0}, 3},
    {"size-of-4-gigabytes", 16, 12, {0xff, 0xff, 0xff, 0xff}, 3},
    {"size-too-small-for-words", 42 - 1, 12, {25, 0, 0, 0}, 3},
    {"1025-common-words", 42, 22, {1, 4, 0, 0}, 3},
    {"1025-channel-words", 42, 26, {1, 4, 0, 0}, 3},
    {"too-many-words-for-32-bits", 42, 22, {0xff, 0xff, 0xff, 0x3f}, 3},
    {"one-word-too-many", 42, 22, {2, 0, 0, 0}, 3},
    {"offset-17", 42, 30, {17, 0, 0, 0}, 3},
    {"offset-0", 42, 30, {0, 0, 0, 0}, 3},
    {"offset-one-too-far", 42, 30, {19, 0, 0, 0}, 3},
    {"offset-far-away", 42, 30, {0xfc, 0xff, 0xff, 0xff}, 3},
};

static void
wrong_start_is_answered (gconstpointer data)
{
  const Wrong *wrong = data;
  uint8_t start[sizeof good_start];
  Test test;

  memcpy (start, good_start, sizeof start);
  memcpy (start + wrong->at, wrong->bytes, 4);
  test_init (&test);
  test_dial (&test, 4096, 10000);
  client_send (&test, start, wrong->n_sent);
  client_expect_refusal (&test, wrong->code);
  g_assert_error (test.error, SPC_ERROR, SPC_ERROR_PROTOCOL);
  g_assert_cmpuint (test.n_offers, ==, 0);
  test_clear (&test);
}

static void
offer_chooses_the_code (void)
{
  static const uint32_t codes[] = {5, 6, 7, 8, 9};
  Test test;

  test_init (&test);
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++) {
    test.offer_code = codes[i];
    test_dial (&test, 4096, 10000);
    client_send (&test, good_start, sizeof good_start);
    client_expect_refusal (&test, codes[i]);
  }
  g_assert_cmpuint (test.n_checks, ==, 0);
  test_clear (&test);
}

static void
wrong_mechanism_is_answered (void)
{
  static const uint32_t mechanisms[] = {0, 2, 3, 0x101, 0xffffffff};
  Test test;
  uint8_t key[SPC_PUBLIC_KEY_SIZE];

  test_init (&test);
  for (gsize i = 0; i < G_N_ELEMENTS (mechanisms); i++) {
    uint32_t word = GUINT32_TO_LE (mechanisms[i]);

    test_dial (&test, 4096, 10000);
    client_send (&test, good_start, sizeof good_start);
    client_expect_reply (&test, key);
    client_send (&test, (const uint8_t *)&word, sizeof word);
    client_expect_refusal (&test, SPICE_LINK_ERR_INVALID_DATA);
  }
  g_assert_cmpuint (test.n_checks, ==, 0);
  test_clear (&test);
}

/* tickets */

static void
wrong_passwords_are_denied (void)
{
  static const char *const texts[] = {"", "abc12", "abc1234", "ABC123"};
  Test test;

  test_init (&test);
  test.password = spc_password_new ("abc123", 0);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    test_dial (&test, 4096, 10000);
    client_log_in_well (&test, texts[i]);
    client_expect_result (&test, SPICE_LINK_ERR_PERMISSION_DENIED);
    client_expect_end (&test, SPICE_LINK_ERR_PERMISSION_DENIED);
    g_assert_true (test.was_readable);
    g_assert_error (test.error, SPC_ERROR, SPC_ERROR_AUTH);
  }
  test_clear (&test);
}

typedef enum { BLOB_ZEROS, BLOB_ONES, BLOB_RANDOM, BLOB_FLIPPED, N_BLOBS } Blob;

static void
make_blob (Blob kind, const uint8_t key[SPC_PUBLIC_KEY_SIZE],
           uint8_t blob[SPC_TICKET_SIZE])
{
  memset (blob, kind == BLOB_ZEROS ? 0 : 0xff, SPC_TICKET_SIZE);
  if (kind == BLOB_RANDOM)
    for (gsize i = 0; i < SPC_TICKET_SIZE; i++)
      blob[i] = (uint8_t)g_test_rand_int ();
  if (kind == BLOB_FLIPPED) {
    link_fixture_encrypt (key, "abc123", 7, blob);
    blob[64] ^= 1;
  }
}

static void
send_wrong_blob (Test *test, Blob kind)
{
  uint8_t key[SPC_PUBLIC_KEY_SIZE], blob[SPC_TICKET_SIZE];

  test_dial (test, 4096, 10000);
  client_send (test, good_start, sizeof good_start);
  client_expect_reply (test, key);
  make_blob (kind, key, blob);
  client_send (test, spice_mechanism, sizeof spice_mechanism);
  client_send (test, blob, sizeof blob);
}

static void
wrong_blobs_are_denied (void)
{
  Test test;

  test_init (&test);
  test.password = spc_password_new ("abc123", 0);
  for (Blob kind = 0; kind < N_BLOBS; kind++) {
    send_wrong_blob (&test, kind);
    client_expect_result (&test, SPICE_LINK_ERR_PERMISSION_DENIED);
    client_expect_end (&test, SPICE_LINK_ERR_PERMISSION_DENIED);
    g_assert_false (test.was_readable);
  }
  test_clear (&test);
}

static void
wrong_blobs_do_when_none_is_needed (void)
{
  Test test;

  test_init (&test);
  for (Blob kind = 0; kind < N_BLOBS; kind++) {
    send_wrong_blob (&test, kind);
    expect_attached (&test);
    g_assert_false (test.was_readable);
  }
  test_clear (&test);
}

static void
password_of_60_bytes_works (void)
{
  g_autofree char *text = g_strnfill (60, 'w');
  Test test;

  test_init (&test);
  test.password = spc_password_new (text, 0);
  g_assert_nonnull (test.password);
  test_dial (&test, 4096, 10000);
  client_log_in_well (&test, text);
  expect_attached (&test);
  test_clear (&test);
}

static void
empty_password_denies_all (void)
{
  static const char *const texts[] = {"", "x"};
  Test test;

  test_init (&test);
  test.password = spc_password_new ("", 0);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    test_dial (&test, 4096, 10000);
    client_log_in_well (&test, texts[i]);
    client_expect_result (&test, SPICE_LINK_ERR_PERMISSION_DENIED);
    client_expect_end (&test, SPICE_LINK_ERR_PERMISSION_DENIED);
  }
  test_clear (&test);
}

/* held for longer than the time limit, which it does not count for */
static void
denial_is_held_back (void)
{
  Test test;
  gint64 since_us;

  test_init (&test);
  test.password = spc_password_new ("abc123", 0);
  test.hold_ms = 300;
  test_dial (&test, 4096, 250);
  since_us = g_get_monotonic_time ();
  client_log_in_well (&test, "wrong");
  client_expect_result (&test, SPICE_LINK_ERR_PERMISSION_DENIED);
  g_assert_cmpint (g_get_monotonic_time () - since_us, >=, 300 * 1000);
  client_expect_end (&test, SPICE_LINK_ERR_PERMISSION_DENIED);
  test_clear (&test);
}

/* its place is free at once */
static void
held_back_peer_may_leave (void)
{
  Test test;

  test_init (&test);
  test.password = spc_password_new ("abc123", 0);
  test.hold_ms = 1000 * 1000;
  test_dial (&test, 4096, 10000);
  client_log_in_well (&test, "wrong");
  spc_transport_close (test.client);
  NET_RUN_UNTIL (&test.net, test.n_ended > 0);
  g_assert_cmpint (test.code, ==, -1);
  g_assert_error (test.error, SPC_ERROR, SPC_ERROR_AUTH);
  test_clear (&test);
}

static void
admit_chooses_the_result (void)
{
  static const uint32_t codes[] = {8, 9, 1};
  Test test;

  test_init (&test);
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++) {
    test.admit_code = codes[i];
    test_dial (&test, 4096, 10000);
    client_log_in_well (&test, "");
    client_expect_result (&test, codes[i]);
    client_expect_end (&test, (int)codes[i]);
  }
  test_clear (&test);
}

/* peers that do not play along */

/* the first @n bytes of a whole good handshake */
static void
send_prefix (Test *test, gsize n)
{
  uint8_t rest[sizeof spice_mechanism + SPC_TICKET_SIZE] = {1};
  uint8_t key[SPC_PUBLIC_KEY_SIZE];

  client_send (test, good_start, MIN (n, sizeof good_start));
  if (n < sizeof good_start)
    return;
  client_expect_reply (test, key);
  link_fixture_encrypt (key, "abc123", 7, rest + sizeof spice_mechanism);
  client_send (test, rest, n - sizeof good_start);
}

#define HANDSHAKE_BYTES                                                        \
  (sizeof good_start + sizeof spice_mechanism + SPC_TICKET_SIZE)

static void
every_prefix_ends_cleanly (void)
{
  Test test;

  test_init (&test);
  test.password = spc_password_new ("abc123", 0);
  for (gsize n = 0; n < HANDSHAKE_BYTES; n++) {
    test_dial (&test, 4096, 10000);
    send_prefix (&test, n);
    spc_transport_close (test.client);
    NET_RUN_UNTIL (&test.net, test.n_ended > 0);
    g_assert_cmpint (test.code, ==, -1);
    g_assert_error (test.error, SPC_ERROR, SPC_ERROR_CLOSED);
    g_assert_null (test.attached);
  }
  g_assert_cmpuint (test.n_checks, ==, 0);
  test_clear (&test);
}

static void
silence_times_out (void)
{
  static const gsize prefixes[] = {0, 1, 4, 15, 16, 41, 42, 46, 100, 173};
  Test test;

  test_init (&test);
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    test_dial (&test, 4096, 100);
    send_prefix (&test, prefixes[i]);
    client_expect_end (&test, -1);
    g_assert_error (test.error, SPC_ERROR, SPC_ERROR_TIMEOUT);
  }
  test_clear (&test);
}

/* the answer does not fit the line and nobody reads */
static void
unread_answer_times_out (void)
{
  Test test;

  test_init (&test);
  test_dial (&test, 43, 100);
  g_assert_cmpint (net_write (test.client, good_start, 42, NULL), ==, 42);
  NET_RUN_UNTIL (&test.net, test.n_ended > 0);
  g_assert_cmpint (test.code, ==, -1);
  g_assert_error (test.error, SPC_ERROR, SPC_ERROR_TIMEOUT);
  test_clear (&test);
}

static void
random_bytes_end_cleanly (void)
{
  Test test;

  test_init (&test);
  for (int i = 0; i < 300; i++) {
    uint8_t bytes[256];

    for (gsize k = 0; k < sizeof bytes; k++)
      bytes[k] = (uint8_t)g_test_rand_int ();
    if (i % 3 > 0)
      memcpy (bytes, good_start, i % 3 == 1 ? 4 : 16);
    test_dial (&test, 4096, 10000);
    client_send (&test, bytes, sizeof bytes);
    spc_transport_close (test.client);
    NET_RUN_UNTIL (&test.net, test.n_ended > 0);
    g_assert_nonnull (test.error);
  }
  test_clear (&test);
}

/* a refused peer that goes on sending is cut off */
static void
flood_is_cut_off (void)
{
  g_autofree uint8_t *zeros = g_malloc0 (1024 * 1024);
  Test test;

  test_init (&test);
  test_dial (&test, 4096, 10000);
  NET_RUN_UNTIL (&test.net, (net_write (test.client, zeros, 1024 * 1024, NULL),
                             test.n_ended > 0));
  g_assert_cmpint (test.code, ==, SPICE_LINK_ERR_INVALID_MAGIC);
  test_clear (&test);
}

/* a refused peer that stays is cut off too */
static void
farewell_has_an_end (void)
{
  Test test;

  test_init (&test);
  test_dial (&test, 4096, 10000);
  client_send (&test, (const uint8_t *)"xxxx", 4);
  NET_RUN_UNTIL (&test.net, test.n_ended > 0);
  g_assert_cmpint (test.code, ==, SPICE_LINK_ERR_INVALID_MAGIC);
  test_clear (&test);
}

/* freeing */

static void
free_closes_without_answer (void)
{
  static const gsize prefixes[] = {0, 16, 42, 100};
  Test test;

  test_init (&test);
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    test_dial (&test, 4096, 10000);
    send_prefix (&test, prefixes[i]);
    g_clear_pointer (&test.link, spc_link_free);
    NET_RUN_UNTIL (&test.net, client_has (&test, G_MAXUINT));
    g_assert_true (test.is_closed);
    g_assert_cmpuint (test.n_ended, ==, 0);
  }
  test_clear (&test);
}

static void
host_may_free_the_link (void)
{
  Test test;

  test_init (&test);
  for (FreeWhere where = FREE_IN_OFFER; where <= FREE_IN_ENDED; where++) {
    test_dial (&test, 4096, 10000);
    test.frees = where;
    if (where == FREE_IN_OFFER)
      client_send (&test, good_start, sizeof good_start);
    else
      send_prefix (&test, HANDSHAKE_BYTES);
    NET_RUN_UNTIL (&test.net, test.link == NULL);
    net_fixture_run_ready (&test.net, 20);
    g_assert_cmpuint (test.n_ended, ==, where == FREE_IN_ENDED ? 1 : 0);
    g_assert_cmpint (test.attached != NULL, ==, where >= FREE_IN_ATTACH);
    client_read (&test);
    g_assert_cmpint (test.is_closed, ==, where < FREE_IN_ATTACH);
  }
  test_clear (&test);
}

/* over TCP: what a refused peer sent beyond what was read must not make the
 * kernel drop the answer */

/* wakes the loop up when something has come */
static void
client_ready (SpcTransport *transport, GIOCondition ready, gpointer user_data)
{
  Test *test = user_data;

  client_read (test);
  if (test->is_closed)
    spc_transport_want (transport, 0);
}

static void
link_accepted (SpcListener *listener, SpcTransport *transport,
               gpointer user_data)
{
  Test *test = user_data;

  test->link =
      spc_link_new (test->net.loop, transport, test->keys, 10000, &host, test);
}

static void
answer_survives_over_tcp (void)
{
  Test test;
  g_autoptr (SpcListener) listener = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree uint8_t *junk = g_malloc0 (20000);
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_DEFAULT, NULL);

  test_init (&test);
  listener = spc_listener_new_tcp (test.net.loop, "127.0.0.1", 0, link_accepted,
                                   &test, NULL);
  g_assert_nonnull (listener);
  address = g_inet_socket_address_new_from_string (
      "127.0.0.1", spc_listener_port (listener));
  g_assert_true (g_socket_connect (socket, address, NULL, NULL));
  test.client = spc_transport_new_socket (test.net.loop, socket);
  spc_transport_set_func (test.client, client_ready, &test);
  spc_transport_want (test.client, G_IO_IN);
  client_send (&test, junk, 20000);
  client_expect_refusal (&test, SPICE_LINK_ERR_INVALID_MAGIC);
  g_clear_pointer (&listener, spc_listener_free);
  test_clear (&test);
}

static const struct {
  const char *path;
  GTestFunc func;
} tests[] = {
    {"/link/good-link-is-attached", good_link_is_attached},
    {"/link/ticket-may-come-directly", ticket_may_come_directly},
    {"/link/no-capabilities-are-fine", no_capabilities_are_fine},
    {"/link/narrow-line-works", narrow_line_works},
    {"/link/largest-message-works", largest_message_works},
    {"/link/early-messages-stay-unread", early_messages_stay_unread},
    {"/link/host-is-asked-once-a-link", host_is_asked_once_a_link},
    {"/link/offer-chooses-the-code", offer_chooses_the_code},
    {"/link/wrong-mechanism-is-answered", wrong_mechanism_is_answered},
    {"/link/wrong-passwords-are-denied", wrong_passwords_are_denied},
    {"/link/wrong-blobs-are-denied", wrong_blobs_are_denied},
    {"/link/wrong-blobs-do-when-none-is-needed",
     wrong_blobs_do_when_none_is_needed},
    {"/link/password-of-60-bytes-works", password_of_60_bytes_works},
    {"/link/empty-password-denies-all", empty_password_denies_all},
    {"/link/denial-is-held-back", denial_is_held_back},
    {"/link/held-back-peer-may-leave", held_back_peer_may_leave},
    {"/link/admit-chooses-the-result", admit_chooses_the_result},
    {"/link/every-prefix-ends-cleanly", every_prefix_ends_cleanly},
    {"/link/silence-times-out", silence_times_out},
    {"/link/unread-answer-times-out", unread_answer_times_out},
    {"/link/random-bytes-end-cleanly", random_bytes_end_cleanly},
    {"/link/flood-is-cut-off", flood_is_cut_off},
    {"/link/farewell-has-an-end", farewell_has_an_end},
    {"/link/free-closes-without-answer", free_closes_without_answer},
    {"/link/host-may-free-the-link", host_may_free_the_link},
    {"/link/answer-survives-over-tcp", answer_survives_over_tcp},
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (wrongs); i++) {
    g_autofree char *path =
        g_strdup_printf ("/link/wrong-start/%s", wrongs[i].name);

    g_test_add_data_func (path, &wrongs[i], wrong_start_is_answered);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_func (tests[i].path, tests[i].func);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "link.h"
#include "link-fixture.h"
#include "link-rig.h"
#include "server-core/wire/messages-link.h"

#include <string.h>

/* good links */

static void
good_link_is_attached (void)
{
  LinkRig rig;

  link_rig_init (&rig);
  rig.password = spc_password_new ("abc123", 0);
  link_rig_dial (&rig, 4096, 10000);
  link_rig_log_in_well (&rig, "abc123");
  link_rig_expect_attached (&rig);
  g_assert_cmpuint (rig.request.connection_id, ==, 0);
  g_assert_cmpuint (rig.request.channel_type, ==, SPICE_CHANNEL_MAIN);
  g_assert_cmpuint (rig.request.channel_id, ==, 0);
  g_assert_cmphex (rig.request.common_caps.words[0], ==, 0xd);
  g_assert_cmphex (rig.request.channel_caps.words[0], ==, 0xf);
  link_rig_clear (&rig);
}

/* dials, says which channel, and takes the reply */
static void
dial_for_key (LinkRig *rig, uint8_t key[SPC_PUBLIC_KEY_SIZE])
{
  link_rig_dial (rig, 4096, 10000);
  link_rig_send (rig, link_good_start, sizeof link_good_start);
  link_rig_expect_reply (rig, key);
}

static void
key_is_a_links_own_if_its_ticket_is_judged (void)
{
  for (int judged = 0; judged < 2; judged++) {
    uint8_t first[SPC_PUBLIC_KEY_SIZE], second[SPC_PUBLIC_KEY_SIZE];
    LinkRig rig;

    link_rig_init (&rig);
    rig.password = judged ? spc_password_new ("abc123", 0) : NULL;
    dial_for_key (&rig, first);
    g_clear_pointer (&rig.link, spc_link_free);
    dial_for_key (&rig, second);
    g_assert_cmpint (memcmp (first, second, sizeof first) != 0, ==, judged);
    link_rig_clear (&rig);
  }
}

/* even if it is right: it may have been overheard */
static void
ticket_for_a_shared_key_opens_nothing (void)
{
  uint8_t key[SPC_PUBLIC_KEY_SIZE], blob[SPC_TICKET_SIZE];
  LinkRig rig;

  link_rig_init (&rig);
  dial_for_key (&rig, key);
  rig.password = spc_password_new ("abc123", 0);
  link_fixture_encrypt (key, "abc123", 7, blob);
  link_rig_send (&rig, link_spice_mechanism, sizeof link_spice_mechanism);
  link_rig_send (&rig, blob, sizeof blob);
  link_rig_expect_result (&rig, SPICE_LINK_ERR_PERMISSION_DENIED);
  link_rig_expect_end (&rig, SPICE_LINK_ERR_PERMISSION_DENIED);
  g_assert_cmpuint (rig.n_checks, ==, 0);
  link_rig_clear (&rig);
}

static void
ticket_may_come_directly (void)
{
  LinkRig rig;
  uint8_t start[sizeof link_good_start];

  link_rig_init (&rig);
  rig.password = spc_password_new ("abc123", 0);
  memcpy (start, link_good_start, sizeof start);
  start[34] = 0x08; /* MINI_HEADER only */
  link_rig_dial (&rig, 4096, 10000);
  link_rig_log_in (&rig, start, sizeof start, false, "abc123");
  link_rig_expect_attached (&rig);
  g_assert_true (
      spc_caps_has (&rig.request.common_caps, SPICE_COMMON_CAP_MINI_HEADER));
  link_rig_clear (&rig);
}

static void
no_capabilities_are_fine (void)
{
  /* num_*_caps 0, and an offset that means nothing then */
  static const uint8_t start[34] = {0x52, 0x45, 0x44, 0x51, 2, 0, 0, 0, 9, 0,
                                    0,    0,    18,   0,    0, 0, 1, 2, 3, 4,
                                    2,    5,    0,    0,    0, 0, 0, 0, 0, 0,
                                    0xff, 0xff, 0xff, 0xff};
  LinkRig rig;

  link_rig_init (&rig);
  link_rig_dial (&rig, 4096, 10000);
  link_rig_log_in (&rig, start, sizeof start, false, "");
  link_rig_expect_attached (&rig);
  g_assert_cmphex (rig.request.connection_id, ==, 0x04030201);
  g_assert_cmpuint (rig.request.channel_type, ==, SPICE_CHANNEL_DISPLAY);
  g_assert_cmpuint (rig.request.channel_id, ==, 5);
  g_assert_false (
      spc_caps_has (&rig.request.common_caps, SPICE_COMMON_CAP_MINI_HEADER));
  link_rig_clear (&rig);
}

/* one byte at a time in both directions */
static void
narrow_line_works (void)
{
  LinkRig rig;

  link_rig_init (&rig);
  rig.password = spc_password_new ("abc123", 0);
  link_rig_dial (&rig, 1, 10000);
  link_rig_log_in_well (&rig, "abc123");
  link_rig_expect_attached (&rig);
  link_rig_clear (&rig);
}

/* words far behind the message, and more of them than are kept */
static void
largest_message_works (void)
{
  g_autofree uint8_t *start = g_malloc0 (16 + SPC_MAX_LINK_SIZE);
  LinkRig rig;

  memcpy (start, link_good_start, 34);
  start[12] = 0x00;
  start[13] = 0x10; /* 4096 */
  start[22] = 0;
  start[23] = 2; /* 512 common words */
  start[26] = 0xf8;
  start[27] = 1; /* 504 channel words */
  start[30] = 4096 - 1016 * 4;
  start[16 + 32] = 0x09;
  start[16 + 32 + 512 * 4] = 0x55;
  link_rig_init (&rig);
  link_rig_dial (&rig, 1000, 10000);
  link_rig_log_in (&rig, start, 16 + SPC_MAX_LINK_SIZE, true, "");
  link_rig_expect_attached (&rig);
  g_assert_cmphex (rig.request.common_caps.words[0], ==, 9);
  g_assert_cmphex (rig.request.channel_caps.words[0], ==, 0x55);
  link_rig_clear (&rig);
}

/* what follows the ticket is the channel's */
static void
early_messages_stay_unread (void)
{
  LinkRig rig;
  char text[8];

  link_rig_init (&rig);
  link_rig_dial (&rig, 4096, 10000);
  link_rig_log_in_well (&rig, "");
  link_rig_send (&rig, (const uint8_t *)"early", 5);
  link_rig_expect_attached (&rig);
  g_assert_cmpint (spc_transport_read (rig.attached, text, sizeof text, NULL),
                   ==, 5);
  g_assert_cmpmem (text, 5, "early", 5);
  link_rig_clear (&rig);
}

static void
host_is_asked_once_a_link (void)
{
  LinkRig rig;

  link_rig_init (&rig);
  for (int i = 0; i < 3; i++) {
    link_rig_dial (&rig, 4096, 10000);
    link_rig_log_in_well (&rig, "x");
    link_rig_expect_attached (&rig);
  }
  g_assert_cmpuint (rig.n_offers, ==, 3);
  g_assert_cmpuint (rig.n_checks, ==, 3);
  link_rig_clear (&rig);
}

/* refusals before the ticket */

typedef struct {
  const char *name;
  gsize n_sent;     /* of link_good_start, changed */
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
  uint8_t start[sizeof link_good_start];
  LinkRig rig;

  memcpy (start, link_good_start, sizeof start);
  memcpy (start + wrong->at, wrong->bytes, 4);
  link_rig_init (&rig);
  link_rig_dial (&rig, 4096, 10000);
  link_rig_send (&rig, start, wrong->n_sent);
  link_rig_expect_refusal (&rig, wrong->code);
  g_assert_error (rig.error, SPC_ERROR, SPC_ERROR_PROTOCOL);
  g_assert_cmpuint (rig.n_offers, ==, 0);
  link_rig_clear (&rig);
}

static void
offer_chooses_the_code (void)
{
  static const uint32_t codes[] = {5, 6, 7, 8, 9};
  LinkRig rig;

  link_rig_init (&rig);
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++) {
    rig.offer_code = codes[i];
    link_rig_dial (&rig, 4096, 10000);
    link_rig_send (&rig, link_good_start, sizeof link_good_start);
    link_rig_expect_refusal (&rig, codes[i]);
  }
  g_assert_cmpuint (rig.n_checks, ==, 0);
  link_rig_clear (&rig);
}

static void
wrong_mechanism_is_answered (void)
{
  static const uint32_t mechanisms[] = {0, 2, 3, 0x101, 0xffffffff};
  LinkRig rig;
  uint8_t key[SPC_PUBLIC_KEY_SIZE];

  link_rig_init (&rig);
  for (gsize i = 0; i < G_N_ELEMENTS (mechanisms); i++) {
    uint32_t word = GUINT32_TO_LE (mechanisms[i]);

    link_rig_dial (&rig, 4096, 10000);
    link_rig_send (&rig, link_good_start, sizeof link_good_start);
    link_rig_expect_reply (&rig, key);
    link_rig_send (&rig, (const uint8_t *)&word, sizeof word);
    link_rig_expect_refusal (&rig, SPICE_LINK_ERR_INVALID_DATA);
  }
  g_assert_cmpuint (rig.n_checks, ==, 0);
  link_rig_clear (&rig);
}

/* tickets */

static void
wrong_passwords_are_denied (void)
{
  static const char *const texts[] = {"", "abc12", "abc1234", "ABC123"};
  LinkRig rig;

  link_rig_init (&rig);
  rig.password = spc_password_new ("abc123", 0);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    link_rig_dial (&rig, 4096, 10000);
    link_rig_log_in_well (&rig, texts[i]);
    link_rig_expect_result (&rig, SPICE_LINK_ERR_PERMISSION_DENIED);
    link_rig_expect_end (&rig, SPICE_LINK_ERR_PERMISSION_DENIED);
    g_assert_true (rig.was_readable);
    g_assert_error (rig.error, SPC_ERROR, SPC_ERROR_AUTH);
  }
  link_rig_clear (&rig);
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
send_wrong_blob (LinkRig *rig, Blob kind)
{
  uint8_t key[SPC_PUBLIC_KEY_SIZE], blob[SPC_TICKET_SIZE];

  link_rig_dial (rig, 4096, 10000);
  link_rig_send (rig, link_good_start, sizeof link_good_start);
  link_rig_expect_reply (rig, key);
  make_blob (kind, key, blob);
  link_rig_send (rig, link_spice_mechanism, sizeof link_spice_mechanism);
  link_rig_send (rig, blob, sizeof blob);
}

static void
wrong_blobs_are_denied (void)
{
  LinkRig rig;

  link_rig_init (&rig);
  rig.password = spc_password_new ("abc123", 0);
  for (Blob kind = 0; kind < N_BLOBS; kind++) {
    send_wrong_blob (&rig, kind);
    link_rig_expect_result (&rig, SPICE_LINK_ERR_PERMISSION_DENIED);
    link_rig_expect_end (&rig, SPICE_LINK_ERR_PERMISSION_DENIED);
    g_assert_false (rig.was_readable);
  }
  link_rig_clear (&rig);
}

static void
wrong_blobs_do_when_none_is_needed (void)
{
  LinkRig rig;

  link_rig_init (&rig);
  for (Blob kind = 0; kind < N_BLOBS; kind++) {
    send_wrong_blob (&rig, kind);
    link_rig_expect_attached (&rig);
    g_assert_false (rig.was_readable);
  }
  link_rig_clear (&rig);
}

static void
password_of_60_bytes_works (void)
{
  g_autofree char *text = g_strnfill (60, 'w');
  LinkRig rig;

  link_rig_init (&rig);
  rig.password = spc_password_new (text, 0);
  g_assert_nonnull (rig.password);
  link_rig_dial (&rig, 4096, 10000);
  link_rig_log_in_well (&rig, text);
  link_rig_expect_attached (&rig);
  link_rig_clear (&rig);
}

static void
empty_password_denies_all (void)
{
  static const char *const texts[] = {"", "x"};
  LinkRig rig;

  link_rig_init (&rig);
  rig.password = spc_password_new ("", 0);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    link_rig_dial (&rig, 4096, 10000);
    link_rig_log_in_well (&rig, texts[i]);
    link_rig_expect_result (&rig, SPICE_LINK_ERR_PERMISSION_DENIED);
    link_rig_expect_end (&rig, SPICE_LINK_ERR_PERMISSION_DENIED);
  }
  link_rig_clear (&rig);
}

/* held for longer than the time limit, which it does not count for */
static void
denial_is_held_back (void)
{
  LinkRig rig;
  gint64 since_us;

  link_rig_init (&rig);
  rig.password = spc_password_new ("abc123", 0);
  rig.hold_ms = 300;
  link_rig_dial (&rig, 4096, 250);
  since_us = g_get_monotonic_time ();
  link_rig_log_in_well (&rig, "wrong");
  link_rig_expect_result (&rig, SPICE_LINK_ERR_PERMISSION_DENIED);
  g_assert_cmpint (g_get_monotonic_time () - since_us, >=, 300 * 1000);
  link_rig_expect_end (&rig, SPICE_LINK_ERR_PERMISSION_DENIED);
  link_rig_clear (&rig);
}

/* its place is free at once */
static void
held_back_peer_may_leave (void)
{
  LinkRig rig;

  link_rig_init (&rig);
  rig.password = spc_password_new ("abc123", 0);
  rig.hold_ms = 1000 * 1000;
  link_rig_dial (&rig, 4096, 10000);
  link_rig_log_in_well (&rig, "wrong");
  spc_transport_close (rig.client);
  NET_RUN_UNTIL (&rig.net, rig.n_ended > 0);
  g_assert_cmpint (rig.code, ==, -1);
  g_assert_error (rig.error, SPC_ERROR, SPC_ERROR_AUTH);
  link_rig_clear (&rig);
}

/* the host may need to think, or to ask */
static void
verdict_may_come_later (void)
{
  static const struct {
    const char *text;
    uint32_t code;
  } tries[] = {{"abc123", SPICE_LINK_ERR_OK},
               {"wrong", SPICE_LINK_ERR_PERMISSION_DENIED}};
  LinkRig rig;

  link_rig_init (&rig);
  rig.password = spc_password_new ("abc123", 0);
  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++) {
    rig.later = SPC_VERDICT_ASKED;
    rig.n_later = 2;
    rig.n_checks = 0;
    link_rig_dial (&rig, 4096, 60 * 1000);
    link_rig_log_in_well (&rig, tries[i].text);
    for (guint n = 1; n <= 3; n++) {
      NET_RUN_UNTIL (&rig.net, rig.n_checks == n);
      net_fixture_run_ready (&rig.net, 20);
      g_assert_cmpuint (rig.n_checks, ==, n);
      if (rig.link != NULL)
        spc_link_judge (rig.link);
    }
    link_rig_expect_result (&rig, tries[i].code);
  }
  link_rig_clear (&rig);
}

/* who hangs up is noticed while somebody thinks about it, at any depth of the
 * line's buffer */
static void
peer_may_leave_while_the_host_thinks (void)
{
  static const gsize capacities[] = {4096, 1};
  LinkRig rig;

  link_rig_init (&rig);
  for (gsize i = 0; i < G_N_ELEMENTS (capacities); i++) {
    rig.later = SPC_VERDICT_ASKED;
    rig.n_later = 1;
    rig.n_checks = 0;
    link_rig_dial (&rig, capacities[i], 600 * 1000);
    link_rig_log_in_well (&rig, "");
    NET_RUN_UNTIL (&rig.net, rig.n_checks == 1);
    spc_transport_close (rig.client);
    NET_RUN_UNTIL (&rig.net, rig.n_ended > 0);
    g_assert_cmpint (rig.code, ==, -1);
    g_assert_error (rig.error, SPC_ERROR, SPC_ERROR_CLOSED);
    g_assert_cmpuint (rig.n_checks, ==, 1);
  }
  link_rig_clear (&rig);
}

/* what a client says too early is the channel's, and costs no turns */
static void
early_messages_survive_a_question (void)
{
  LinkRig rig;
  char text[8];
  gsize n = 0;

  link_rig_init (&rig);
  rig.later = SPC_VERDICT_ASKED;
  rig.n_later = 1;
  link_rig_dial (&rig, 4096, 600 * 1000);
  link_rig_log_in_well (&rig, "");
  NET_RUN_UNTIL (&rig.net, rig.n_checks == 1);
  link_rig_send (&rig, (const uint8_t *)"early", 5);
  g_assert_cmpuint (net_fixture_run_ready (&rig.net, 100), <, 100);
  spc_link_judge (rig.link);
  link_rig_expect_attached (&rig);
  while (n < 5) {
    gssize got = spc_transport_read (rig.attached, text + n, 5 - n, NULL);

    g_assert_cmpint (got, >, 0);
    n += (gsize)got;
  }
  g_assert_cmpmem (text, n, "early", 5);
  link_rig_clear (&rig);
}

static void
verdict_is_asked_for_again (void)
{
  LinkRig rig;

  link_rig_init (&rig);
  rig.later = SPC_VERDICT_WAIT;
  rig.n_later = 3;
  rig.hold_ms = 1;
  link_rig_dial (&rig, 4096, 60 * 1000);
  link_rig_log_in_well (&rig, "");
  link_rig_expect_attached (&rig);
  g_assert_cmpuint (rig.n_checks, ==, 4);
  link_rig_clear (&rig);
}

static void
verdict_that_never_comes_is_a_denial (void)
{
  static const SpcVerdict later[] = {SPC_VERDICT_ASKED, SPC_VERDICT_WAIT};
  static const int kinds[] = {SPC_ERROR_NO_ANSWER, SPC_ERROR_LIMIT};
  LinkRig rig;

  link_rig_init (&rig);
  for (gsize i = 0; i < G_N_ELEMENTS (later); i++) {
    rig.later = later[i];
    rig.n_later = 1;
    rig.hold_ms = 60 * 1000;
    link_rig_dial (&rig, 4096, 2000);
    link_rig_send_prefix (&rig, LINK_HANDSHAKE_BYTES);
    link_rig_expect_result (&rig, SPICE_LINK_ERR_PERMISSION_DENIED);
    link_rig_expect_end (&rig, SPICE_LINK_ERR_PERMISSION_DENIED);
    g_assert_error (rig.error, SPC_ERROR, kinds[i]);
  }
  link_rig_clear (&rig);
}

/* a verdict without a question is none */
static void
unasked_verdicts_do_nothing (void)
{
  LinkRig rig;

  link_rig_init (&rig);
  link_rig_dial (&rig, 4096, 60 * 1000);
  spc_link_judge (rig.link);
  link_rig_log_in_well (&rig, "");
  link_rig_expect_attached (&rig);
  g_assert_cmpuint (rig.n_checks, ==, 1);
  link_rig_clear (&rig);
}

static void
admit_chooses_the_result (void)
{
  static const uint32_t codes[] = {8, 9, 1};
  LinkRig rig;

  link_rig_init (&rig);
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++) {
    rig.admit_code = codes[i];
    link_rig_dial (&rig, 4096, 10000);
    link_rig_log_in_well (&rig, "");
    link_rig_expect_result (&rig, codes[i]);
    link_rig_expect_end (&rig, (int)codes[i]);
    g_assert_nonnull (strstr (rig.error->message, "full house"));
  }
  link_rig_clear (&rig);
}

static const struct {
  const char *path;
  GTestFunc func;
} tests[] = {
    {"/link/good-link-is-attached", good_link_is_attached},
    {"/link/key-is-its-own-if-its-ticket-is-judged",
     key_is_a_links_own_if_its_ticket_is_judged},
    {"/link/ticket-for-a-shared-key-opens-nothing",
     ticket_for_a_shared_key_opens_nothing},
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
    {"/link/verdict-may-come-later", verdict_may_come_later},
    {"/link/peer-may-leave-while-the-host-thinks",
     peer_may_leave_while_the_host_thinks},
    {"/link/early-messages-survive-a-question",
     early_messages_survive_a_question},
    {"/link/verdict-is-asked-for-again", verdict_is_asked_for_again},
    {"/link/verdict-that-never-comes-is-a-denial",
     verdict_that_never_comes_is_a_denial},
    {"/link/unasked-verdicts-do-nothing", unasked_verdicts_do_nothing},
    {"/link/admit-chooses-the-result", admit_chooses_the_result},
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

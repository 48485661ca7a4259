/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ticket.h"
#include "link-fixture.h"
#include "server-core/net/net-fixture.h"

#include <string.h>

typedef struct {
  NetFixture net;
  SpcJobs *jobs;
  SpcTicketKeys *keys;
} Test;

static void
test_init (Test *test)
{
  net_fixture_init (&test->net);
  test->jobs = spc_jobs_new (1);
  test->keys = spc_ticket_keys_new (test->net.loop, test->jobs);
}

static void
test_clear (Test *test)
{
  spc_ticket_keys_free (test->keys);
  spc_jobs_stop (test->jobs);
  spc_jobs_unref (test->jobs);
  net_fixture_clear (&test->net);
}

static SpcTicketKey *
take (Test *test)
{
  return link_fixture_take_key (&test->net, test->keys);
}

static void
store_is_filled_ahead (void)
{
  Test test;

  test_init (&test);
  NET_RUN_UNTIL (&test.net,
                 spc_ticket_keys_n_ready (test.keys) == SPC_READY_TICKET_KEYS);
  spc_ticket_key_unref (take (&test));
  g_assert_cmpuint (spc_ticket_keys_n_ready (test.keys), ==,
                    SPC_READY_TICKET_KEYS - 1);
  NET_RUN_UNTIL (&test.net,
                 spc_ticket_keys_n_ready (test.keys) == SPC_READY_TICKET_KEYS);
  test_clear (&test);
}

/* more links at once than there are ready pairs; each pair differs */
static void
who_comes_to_an_empty_store_waits (void)
{
  enum { N = 3 * SPC_READY_TICKET_KEYS };
  Test test;
  SpcTicketKey *taken[N] = {0};

  test_init (&test);
  for (int i = 0; i < N; i++) {
    g_assert_null (
        spc_ticket_keys_take (test.keys, link_fixture_keep_key, &taken[i]));
    g_assert_cmpuint (spc_ticket_keys_n_waiting (test.keys), ==, i + 1);
  }
  for (int i = 0; i < N; i++) {
    NET_RUN_UNTIL (&test.net, taken[i] != NULL);
    for (int k = 0; k < i; k++)
      g_assert_true (memcmp (spc_ticket_key_public (taken[i]),
                             spc_ticket_key_public (taken[k]),
                             SPC_PUBLIC_KEY_SIZE) != 0);
  }
  g_assert_cmpuint (spc_ticket_keys_n_waiting (test.keys), ==, 0);
  for (int i = 0; i < N; i++)
    spc_ticket_key_unref (taken[i]);
  test_clear (&test);
}

static void
who_is_forgotten_gets_none (void)
{
  Test test;
  SpcTicketKey *first = NULL, *second = NULL;

  test_init (&test);
  g_assert_null (
      spc_ticket_keys_take (test.keys, link_fixture_keep_key, &first));
  g_assert_null (
      spc_ticket_keys_share (test.keys, link_fixture_keep_key, &second));
  spc_ticket_keys_forget (test.keys, &first);
  NET_RUN_UNTIL (&test.net, second != NULL);
  NET_RUN_UNTIL (&test.net,
                 spc_ticket_keys_n_ready (test.keys) == SPC_READY_TICKET_KEYS);
  g_assert_null (first);
  spc_ticket_key_unref (second);
  test_clear (&test);
}

/* and nobody gets it who asks for one of his own */
static void
one_pair_is_common (void)
{
  Test test;
  g_autoptr (SpcTicketKey) first = NULL, second = NULL, own = NULL;

  test_init (&test);
  NET_RUN_UNTIL (&test.net,
                 spc_ticket_keys_n_ready (test.keys) == SPC_READY_TICKET_KEYS);
  first = spc_ticket_keys_share (test.keys, NULL, NULL);
  second = spc_ticket_keys_share (test.keys, NULL, NULL);
  g_assert_true (first != NULL && first == second);
  g_assert_cmpuint (spc_ticket_keys_n_ready (test.keys), ==,
                    SPC_READY_TICKET_KEYS - 1);
  for (guint i = 0; i < 2 * SPC_READY_TICKET_KEYS; i++) {
    own = take (&test);
    g_assert_true (own != first);
    g_clear_pointer (&own, spc_ticket_key_unref);
  }
  test_clear (&test);
}

static void
store_goes_while_somebody_waits (void)
{
  Test test;
  SpcTicketKey *key = NULL;

  test_init (&test);
  g_assert_null (spc_ticket_keys_take (test.keys, link_fixture_keep_key, &key));
  test_clear (&test);
  g_assert_null (key);
}

static void
store_goes_while_jobs_run (void)
{
  Test test;

  for (int i = 0; i < 10; i++) {
    test_init (&test);
    if (i % 2 == 0)
      g_main_context_iteration (test.net.context, TRUE);
    g_assert_cmpuint (spc_ticket_keys_n_ready (test.keys), <=,
                      SPC_READY_TICKET_KEYS);
    test_clear (&test);
  }
}

/* spec: server reply, "the DER prefix of the key is constant" */
static void
public_key_is_what_clients_parse (void)
{
  static const uint8_t prefix[] = {
      0x30, 0x81, 0x9f, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
      0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x81,
      0x8d, 0x00, 0x30, 0x81, 0x89, 0x02, 0x81, 0x81, 0x00};
  static const uint8_t suffix[] = {0x02, 0x03, 0x01, 0x00, 0x01};
  Test test;

  test_init (&test);
  for (int i = 0; i < 12; i++) {
    g_autoptr (SpcTicketKey) key = take (&test);
    const uint8_t *der = spc_ticket_key_public (key);

    g_assert_cmpmem (der, sizeof prefix, prefix, sizeof prefix);
    g_assert_cmpuint (der[sizeof prefix] & 0x80, ==, 0x80);
    g_assert_cmpmem (der + SPC_PUBLIC_KEY_SIZE - sizeof suffix, sizeof suffix,
                     suffix, sizeof suffix);
  }
  test_clear (&test);
}

static void
right_blobs_decrypt (void)
{
  static const char longest[] =
      "0123456789012345678901234567890123456789012345678901234567890123456789"
      "012345678901234";
  static const struct {
    const char *plain;
    gsize size;
    const char *text;
  } cases[] = {
      {"abc123", 7, "abc123"},
      {"", 1, ""},
      {"no NUL", 6, "no NUL"},
      {"", 0, ""},
      {"abc\0def", 8, "abc"},
      {longest, 86, longest},
      {"p\xc3\xa4ss", 6, "p\xc3\xa4ss"},
  };
  Test test;
  g_autoptr (SpcTicketKey) key = NULL;

  test_init (&test);
  key = take (&test);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    uint8_t blob[SPC_TICKET_SIZE];
    char text[SPC_TICKET_SIZE + 1];

    link_fixture_encrypt (spc_ticket_key_public (key), cases[i].plain,
                          cases[i].size, blob);
    memset (text, 'x', sizeof text);
    g_assert_true (spc_ticket_key_decrypt (key, blob, text));
    g_assert_cmpstr (text, ==, cases[i].text);
    g_assert_cmpint (text[SPC_TICKET_SIZE], ==, 0);
  }
  test_clear (&test);
}

static void
wrong_blobs_do_not (void)
{
  Test test;
  g_autoptr (SpcTicketKey) key = NULL, other = NULL;
  uint8_t blob[SPC_TICKET_SIZE];
  char text[SPC_TICKET_SIZE + 1];

  test_init (&test);
  key = take (&test);
  other = take (&test);
  memset (blob, 0, sizeof blob);
  g_assert_false (spc_ticket_key_decrypt (key, blob, text));
  memset (blob, 0xff, sizeof blob);
  g_assert_false (spc_ticket_key_decrypt (key, blob, text));
  link_fixture_encrypt (spc_ticket_key_public (other), "abc", 4, blob);
  g_assert_false (spc_ticket_key_decrypt (key, blob, text));
  for (int i = 0; i < 64; i++) {
    link_fixture_encrypt (spc_ticket_key_public (key), "abc", 4, blob);
    blob[g_test_rand_int_range (0, SPC_TICKET_SIZE)] ^= 1 << (i % 8);
    g_assert_false (spc_ticket_key_decrypt (key, blob, text));
    g_assert_cmpint (text[0], ==, 0);
  }
  test_clear (&test);
}

/* encrypts until the blob begins with exactly @n_zeros zero bytes */
static void
encrypt_with_zeros (SpcTicketKey *key, guint n_zeros,
                    uint8_t blob[SPC_TICKET_SIZE])
{
  do
    link_fixture_encrypt (spc_ticket_key_public (key), "abc", 4, blob);
  while ((n_zeros > 0 && blob[0] != 0) || blob[n_zeros] == 0);
}

/* spec: SPICE ticket, "moved zeros" */
static void
moved_zeros_are_forgiven (void)
{
  Test test;
  g_autoptr (SpcTicketKey) key = NULL;
  uint8_t blob[SPC_TICKET_SIZE], moved[SPC_TICKET_SIZE] = {0};
  char text[SPC_TICKET_SIZE + 1];

  test_init (&test);
  key = take (&test);
  encrypt_with_zeros (key, 1, blob);
  memcpy (moved, blob + 1, SPC_TICKET_SIZE - 1);
  g_assert_true (spc_ticket_key_decrypt (key, moved, text));
  g_assert_cmpstr (text, ==, "abc");
  g_assert_true (spc_ticket_key_decrypt (key, blob, text));
  test_clear (&test);
}

/* about one in 256 has a leading zero, about one a trailing one */
static void
many_tickets_decrypt (void)
{
  Test test;

  test_init (&test);
  for (int k = 0; k < 8; k++) {
    g_autoptr (SpcTicketKey) key = take (&test);

    for (int i = 0; i < 32; i++) {
      uint8_t blob[SPC_TICKET_SIZE];
      char text[SPC_TICKET_SIZE + 1];

      link_fixture_encrypt (spc_ticket_key_public (key), "secret", 7, blob);
      g_assert_true (spc_ticket_key_decrypt (key, blob, text));
      g_assert_cmpstr (text, ==, "secret");
    }
  }
  test_clear (&test);
}

static void
password_must_be_the_same (void)
{
  static const char *const wrong[] = {"",       "s",       "secre",  "secret1",
                                      "Secret", "secrets", "tterces"};
  g_autoptr (SpcPassword) password = spc_password_new ("secret", 0);

  g_assert_true (spc_password_matches (password, "secret", 0));
  g_assert_true (spc_password_matches (password, "secret", G_MAXINT64));
  g_assert_false (spc_password_matches (password, NULL, 0));
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (spc_password_matches (password, wrong[i], 0));
}

static void
password_has_up_to_60_bytes (void)
{
  g_autofree char *text = g_strnfill (61, 'p');
  g_autofree char *longer = g_strnfill (128, 'p');
  g_autoptr (SpcPassword) password = NULL;

  g_assert_null (spc_password_new (text, 0));
  text[60] = '\0';
  password = spc_password_new (text, 0);
  g_assert_true (spc_password_matches (password, text, 0));
  g_assert_false (spc_password_matches (password, longer, 0));
  longer[61] = '\0';
  g_assert_false (spc_password_matches (password, longer, 0));
}

static void
no_password_lets_nobody_in (void)
{
  g_autoptr (SpcPassword) empty = spc_password_new ("", 0);
  g_autoptr (SpcPassword) none = spc_password_new (NULL, 0);

  g_assert_nonnull (empty);
  g_assert_nonnull (none);
  g_assert_false (spc_password_matches (empty, "", 0));
  g_assert_false (spc_password_matches (none, "", 0));
  g_assert_false (spc_password_matches (NULL, "", 0));
  g_assert_false (spc_password_matches (none, "x", 0));
}

static void
password_expires (void)
{
  int64_t before_us = g_get_monotonic_time ();
  g_autoptr (SpcPassword) password = spc_password_new ("secret", 30);
  int64_t after_us = g_get_monotonic_time ();

  g_assert_true (
      spc_password_matches (password, "secret", before_us + 29999999));
  g_assert_false (
      spc_password_matches (password, "secret", after_us + 30000000));
}

static void
wiped_memory_is_zero (void)
{
  char text[16] = "secret";
  static const char zeros[16];

  spc_wipe (text, sizeof text);
  g_assert_cmpmem (text, sizeof text, zeros, sizeof zeros);
}

/* what a viewer came in with may be empty, where that was accepted */
static void
empty_is_a_text (void)
{
  g_autoptr (SpcPassword) empty = spc_password_new ("", 0);
  g_autoptr (SpcPassword) some = spc_password_new ("some", 0);

  g_assert_true (spc_password_is (empty, ""));
  g_assert_false (spc_password_is (empty, "some"));
  g_assert_false (spc_password_is (empty, NULL));
  g_assert_true (spc_password_is (some, "some"));
  g_assert_false (spc_password_is (some, ""));
  g_assert_false (spc_password_is (NULL, ""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ticket/store-is-filled-ahead", store_is_filled_ahead);
  g_test_add_func ("/ticket/who-comes-to-an-empty-store-waits",
                   who_comes_to_an_empty_store_waits);
  g_test_add_func ("/ticket/who-is-forgotten-gets-none",
                   who_is_forgotten_gets_none);
  g_test_add_func ("/ticket/one-pair-is-common", one_pair_is_common);
  g_test_add_func ("/ticket/store-goes-while-somebody-waits",
                   store_goes_while_somebody_waits);
  g_test_add_func ("/ticket/store-goes-while-jobs-run",
                   store_goes_while_jobs_run);
  g_test_add_func ("/ticket/public-key-is-what-clients-parse",
                   public_key_is_what_clients_parse);
  g_test_add_func ("/ticket/right-blobs-decrypt", right_blobs_decrypt);
  g_test_add_func ("/ticket/wrong-blobs-do-not", wrong_blobs_do_not);
  g_test_add_func ("/ticket/moved-zeros-are-forgiven",
                   moved_zeros_are_forgiven);
  g_test_add_func ("/ticket/many-tickets-decrypt", many_tickets_decrypt);
  g_test_add_func ("/password/must-be-the-same", password_must_be_the_same);
  g_test_add_func ("/password/has-up-to-60-bytes", password_has_up_to_60_bytes);
  g_test_add_func ("/password/none-lets-nobody-in", no_password_lets_nobody_in);
  g_test_add_func ("/password/expires", password_expires);
  g_test_add_func ("/password/empty-is-a-text", empty_is_a_text);
  g_test_add_func ("/password/wiped-memory-is-zero", wiped_memory_is_zero);
  return g_test_run ();
}

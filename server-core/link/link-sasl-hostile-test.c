/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who does not prove it, or breaks the rules of SASL. */
#include "link-sasl-rig.h"
#include "server-core/wire/messages-link.h"

#include <string.h>

/* refused ones */

typedef struct {
  const char *name, *mechanism, *user, *password;
} Bad;

static const Bad bads[] = {
    {"wrong-password-scram", SASL_RIG_SCRAM, SASL_FIXTURE_USER, "dahlia"},
    {"wrong-password-plain", "PLAIN", SASL_FIXTURE_USER, "dahlia"},
    {"wrong-password-digest", SASL_RIG_DIGEST, SASL_FIXTURE_USER, "dahlia"},
    {"unknown-user-scram", SASL_RIG_SCRAM, "alice", SASL_FIXTURE_PASSWORD},
    {"unknown-user-digest", SASL_RIG_DIGEST, "alice", SASL_FIXTURE_PASSWORD},
};

static void
stranger_is_refused (gconstpointer data)
{
  const Bad *bad = data;
  SaslRig test;

  sasl_rig_set_up (&test);
  test.is_secure = true;
  sasl_rig_open_desk (&test);
  sasl_rig_dial (&test, SASL_RIG_ROOMY);
  sasl_rig_log_in (&test, bad->mechanism, bad->user, bad->password);
  sasl_rig_expect_denial (&test);
  g_assert_cmpuint (test.rig.n_checks, ==, 1);
  g_assert_true (test.rig.request.identity.user[0] == '\0' ||
                 g_str_equal (test.rig.request.identity.user, bad->user));
  sasl_rig_tear_down (&test);
}

/* and gets no layer */
static void
stranger_on_a_plain_line_is_refused (void)
{
  SaslRig test;

  sasl_rig_set_up (&test);
  sasl_rig_open_desk (&test);
  sasl_rig_dial (&test, SASL_RIG_ROOMY);
  sasl_rig_log_in (&test, SASL_RIG_DIGEST, SASL_FIXTURE_USER, "dahlia");
  sasl_rig_expect_denial (&test);
  g_assert_cmpuint (test.rig.n_checks, ==, 1);
  g_assert_true (
      test.rig.request.identity.user[0] == '\0' ||
      g_str_equal (test.rig.request.identity.user, SASL_FIXTURE_USER));
  sasl_rig_tear_down (&test);
}

/* its library would keep each for ever */
static void
word_told_twice_is_refused (void)
{
  static const char words[] =
      "username=\"gertrude\",nonce=\"a\",nonce=\"b\",nonce=\"c\"";
  g_autofree char *challenge = NULL, *answer = NULL;
  unsigned size;
  SaslRig test;

  sasl_rig_begin_secure (&test);
  sasl_rig_send_name (&test, SASL_RIG_DIGEST);
  sasl_rig_send_data (&test, NULL, 0);
  challenge = sasl_rig_expect_answer (&test, &size);
  g_assert_nonnull (challenge);
  sasl_rig_send_data (&test, words, sizeof words - 1);
  answer = sasl_rig_expect_answer (&test, &size);
  g_assert_null (answer);
  sasl_rig_expect_denial (&test);
  g_assert_nonnull (strstr (test.rig.error->message, "nonce twice"));
  sasl_rig_tear_down (&test);
}

/* nothing is told while the refusal is held back */
static void
refusal_is_held_back (void)
{
  SaslRig test;
  int64_t begin_us;

  sasl_rig_set_up (&test);
  test.is_secure = true;
  sasl_rig_open_desk (&test);
  test.rig.hold_ms = 200;
  sasl_rig_dial (&test, SASL_RIG_ROOMY);
  begin_us = g_get_monotonic_time ();
  sasl_rig_log_in (&test, "PLAIN", SASL_FIXTURE_USER, "dahlia");
  g_assert_cmpint (g_get_monotonic_time () - begin_us, >=, 200 * 1000);
  sasl_rig_expect_denial (&test);
  sasl_rig_tear_down (&test);
}

static void
host_may_refuse_a_user (void)
{
  SaslRig test;

  sasl_rig_set_up (&test);
  test.is_secure = true;
  sasl_rig_open_desk (&test);
  test.rig.refuses_users = true;
  sasl_rig_dial (&test, SASL_RIG_ROOMY);
  sasl_rig_log_in_well (&test, "PLAIN");
  sasl_rig_expect_denial (&test);
  g_assert_cmpstr (test.rig.request.identity.user, ==, SASL_FIXTURE_USER);
  sasl_rig_tear_down (&test);
}

static void
host_may_free_the_link (void)
{
  SaslRig test;

  sasl_rig_set_up (&test);
  test.is_secure = true;
  sasl_rig_open_desk (&test);
  test.rig.frees = FREE_IN_CHECK;
  sasl_rig_dial (&test, SASL_RIG_ROOMY);
  sasl_rig_begin (&test);
  sasl_rig_send_name (&test, "PLAIN");
  sasl_rig_send_data (&test, "\0a\0b", 4);
  NET_RUN_UNTIL (&test.rig.net, link_rig_has (&test.rig, G_MAXUINT));
  g_assert_cmpuint (test.rig.n_checks, ==, 1);
  g_assert_cmpuint (test.rig.n_ended, ==, 0);
  sasl_rig_tear_down (&test);
}

static void
unended_mechanism_is_ended (void)
{
  SaslRig test;

  sasl_rig_set_up (&test);
  sasl_fixture_add_endless ();
  test.is_secure = true;
  sasl_rig_open_desk (&test);
  sasl_rig_dial (&test, SASL_RIG_ROOMY);
  sasl_rig_begin (&test);
  sasl_rig_send_name (&test, SASL_FIXTURE_ENDLESS);
  for (guint i = 0; i < SPC_MAX_SASL_STEPS; i++) {
    g_autofree char *answer = NULL;
    unsigned size;

    sasl_rig_send_data (&test, i % 2 ? "x" : NULL, 1);
    answer = sasl_rig_expect_answer (&test, &size);
    g_assert_true ((answer != NULL) == (i < SPC_MAX_SASL_STEPS - 1));
    g_assert_true (test.is_done == (i == SPC_MAX_SASL_STEPS - 1));
  }
  sasl_rig_expect_denial (&test);
  sasl_rig_tear_down (&test);
}

/* clients that break the rules */

typedef struct {
  const char *name, *mechanism;
  uint32_t name_size; /* 0: that of the mechanism */
  uint32_t data_size;
} Broken;

static const Broken brokens[] = {
    {"name-too-long", "", 101, 0},
    {"name-huge", "", G_MAXUINT32, 0},
    {"name-unknown", "NOBODY", 0, 0},
    {"name-not-offered", "ANONYMOUS", 0, 0},
    {"name-lower-case", "plain", 0, 0},
    {"name-with-nul", "PLAIN", 6, 0},
    {"name-with-comma", "PLAIN,DIGEST-MD5", 0, 0},
    {"data-too-long", "PLAIN", 0, SPC_MAX_SASL_DATA + 1},
    {"data-huge", "PLAIN", 0, G_MAXUINT32},
};

static void
breach_is_refused (gconstpointer data)
{
  const Broken *broken = data;
  uint32_t size = (uint32_t)strlen (broken->mechanism);
  SaslRig test;

  sasl_rig_begin_secure (&test);
  sasl_rig_send_u32 (&test, broken->name_size ? broken->name_size : size);
  link_rig_send (&test.rig, (const uint8_t *)broken->mechanism,
                 MAX (size, MIN (broken->name_size, size + 1)));
  if (broken->data_size > 0)
    sasl_rig_send_u32 (&test, broken->data_size);
  link_rig_expect_refusal (&test.rig, SPICE_LINK_ERR_INVALID_DATA);
  g_assert_error (test.rig.error, SPC_ERROR, SPC_ERROR_PROTOCOL);
  g_assert_cmpuint (test.rig.n_checks, ==, 0);
  sasl_rig_tear_down (&test);
}

static void
empty_name_is_refused (void)
{
  SaslRig test;

  sasl_rig_set_up (&test);
  sasl_rig_open_desk (&test);
  sasl_rig_dial (&test, SASL_RIG_ROOMY);
  sasl_rig_begin (&test);
  sasl_rig_send_u32 (&test, 0);
  link_rig_expect_refusal (&test.rig, SPICE_LINK_ERR_INVALID_DATA);
  sasl_rig_tear_down (&test);
}

/* much, but not too much, is given to the mechanism */
static void
largest_data_is_judged (void)
{
  g_autofree char *data = g_malloc0 (SPC_MAX_SASL_DATA);
  SaslRig test;

  sasl_rig_begin_secure (&test);
  sasl_rig_send_name (&test, "PLAIN");
  sasl_rig_send_u32 (&test, SPC_MAX_SASL_DATA);
  link_rig_send (&test.rig, (const uint8_t *)data, SPC_MAX_SASL_DATA);
  {
    unsigned size;
    g_autofree char *answer = sasl_rig_expect_answer (&test, &size);

    g_assert_null (answer);
  }
  sasl_rig_expect_denial (&test);
  sasl_rig_tear_down (&test);
}

static void
ticket_is_refused_where_sasl_is_required (void)
{
  uint8_t key[SPC_PUBLIC_KEY_SIZE], zeros[SPC_PUBLIC_KEY_SIZE] = {0};
  SaslRig test;

  sasl_rig_set_up (&test);
  sasl_rig_open_desk (&test);
  sasl_rig_dial (&test, SASL_RIG_ROOMY);
  link_rig_send (&test.rig, link_good_start, sizeof link_good_start);
  link_rig_expect_reply (&test.rig, key);
  g_assert_cmpmem (key, sizeof key, zeros, sizeof zeros);
  link_rig_send (&test.rig, link_spice_mechanism, sizeof link_spice_mechanism);
  link_rig_expect_refusal (&test.rig, SPICE_LINK_ERR_INVALID_DATA);
  sasl_rig_tear_down (&test);
}

static void
sasl_is_refused_where_it_is_off (void)
{
  uint8_t key[SPC_PUBLIC_KEY_SIZE];
  SaslRig test;

  sasl_rig_set_up (&test);
  sasl_rig_dial (&test, SASL_RIG_ROOMY);
  link_rig_send (&test.rig, link_good_start, sizeof link_good_start);
  link_rig_expect_reply (&test.rig, key);
  link_rig_send (&test.rig, link_sasl_mechanism, sizeof link_sasl_mechanism);
  link_rig_expect_refusal (&test.rig, SPICE_LINK_ERR_INVALID_DATA);
  sasl_rig_tear_down (&test);
}

/* it would send a ticket at once */
static void
client_that_cannot_choose_is_refused (void)
{
  uint8_t start[sizeof link_good_start];
  SaslRig test;

  sasl_rig_set_up (&test);
  sasl_rig_open_desk (&test);
  memcpy (start, link_good_start, sizeof start);
  start[34] = 0x08; /* MINI_HEADER only */
  sasl_rig_dial (&test, SASL_RIG_ROOMY);
  link_rig_send (&test.rig, start, sizeof start);
  link_rig_expect_refusal (&test.rig, SPICE_LINK_ERR_VERSION_MISMATCH);
  sasl_rig_tear_down (&test);
}

/* the client goes after any of its bytes */
static void
every_prefix_ends_cleanly (void)
{
  static const uint8_t words[] = {5,   0,  0,   0,   'P', 'L', 'A', 'I',
                                  'N', 10, 0,   0,   0,   0,   'a', 'b',
                                  'c', 0,  'd', 'e', 'f', 0,   0};
  SaslRig test;

  sasl_rig_set_up (&test);
  test.is_secure = true;
  sasl_rig_open_desk (&test);
  for (gsize n = 0; n < sizeof words; n++) {
    sasl_rig_dial (&test, SASL_RIG_ROOMY);
    sasl_rig_begin (&test);
    link_rig_send (&test.rig, words, n);
    spc_transport_close (test.rig.client);
    NET_RUN_UNTIL (&test.rig.net, test.rig.n_ended > 0);
    g_assert_cmpint (test.rig.code, ==, -1);
    g_assert_error (test.rig.error, SPC_ERROR, SPC_ERROR_CLOSED);
  }
  g_assert_cmpuint (test.rig.n_checks, ==, 0);
  sasl_rig_tear_down (&test);
}

/* while a worker looks at what it said */
static void
client_that_does_not_wait_ends_cleanly (void)
{
  SaslRig test;

  sasl_rig_begin_secure (&test);
  sasl_rig_send_name (&test, SASL_RIG_SCRAM);
  sasl_rig_send_data (&test, "n,,n=gertrude,r=abcdefgh", 24);
  spc_transport_close (test.rig.client);
  NET_RUN_UNTIL (&test.rig.net, test.rig.n_ended > 0);
  g_assert_cmpint (test.rig.code, ==, -1);
  g_assert_error (test.rig.error, SPC_ERROR, SPC_ERROR_CLOSED);
  sasl_rig_tear_down (&test);
}

static void
silence_times_out (void)
{
  SaslRig test;

  sasl_rig_set_up (&test);
  test.is_secure = true;
  sasl_rig_open_desk (&test);
  link_rig_dial (&test.rig, SASL_RIG_ROOMY, 500);
  link_rig_send (&test.rig, link_good_start, sizeof link_good_start);
  link_rig_send (&test.rig, link_sasl_mechanism, sizeof link_sasl_mechanism);
  NET_RUN_UNTIL (&test.rig.net, test.rig.n_ended > 0);
  g_assert_cmpint (test.rig.code, ==, -1);
  g_assert_error (test.rig.error, SPC_ERROR, SPC_ERROR_TIMEOUT);
  sasl_rig_tear_down (&test);
}

static const struct {
  const char *path;
  GTestFunc func;
} tests[] = {
    {"/link-sasl-hostile/stranger-on-a-plain-line-is-refused",
     stranger_on_a_plain_line_is_refused},
    {"/link-sasl-hostile/word-told-twice-is-refused",
     word_told_twice_is_refused},
    {"/link-sasl-hostile/refusal-is-held-back", refusal_is_held_back},
    {"/link-sasl-hostile/host-may-refuse-a-user", host_may_refuse_a_user},
    {"/link-sasl-hostile/host-may-free-the-link", host_may_free_the_link},
    {"/link-sasl-hostile/unended-mechanism-is-ended",
     unended_mechanism_is_ended},
    {"/link-sasl-hostile/empty-name-is-refused", empty_name_is_refused},
    {"/link-sasl-hostile/largest-data-is-judged", largest_data_is_judged},
    {"/link-sasl-hostile/ticket-is-refused-where-sasl-is-required",
     ticket_is_refused_where_sasl_is_required},
    {"/link-sasl-hostile/sasl-is-refused-where-it-is-off",
     sasl_is_refused_where_it_is_off},
    {"/link-sasl-hostile/client-that-cannot-choose-is-refused",
     client_that_cannot_choose_is_refused},
    {"/link-sasl-hostile/every-prefix-ends-cleanly", every_prefix_ends_cleanly},
    {"/link-sasl-hostile/client-that-does-not-wait-ends-cleanly",
     client_that_does_not_wait_ends_cleanly},
    {"/link-sasl-hostile/silence-times-out", silence_times_out},
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (bads); i++) {
    g_autofree char *path = g_strdup_printf (
        "/link-sasl-hostile/stranger-is-refused/%s", bads[i].name);

    g_test_add_data_func (path, &bads[i], stranger_is_refused);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (brokens); i++) {
    g_autofree char *path = g_strdup_printf (
        "/link-sasl-hostile/breach-is-refused/%s", brokens[i].name);

    g_test_add_data_func (path, &brokens[i], breach_is_refused);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_func (tests[i].path, tests[i].func);
  return g_test_run ();
}

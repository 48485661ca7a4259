/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "link-sasl-rig.h"

#include "server-core/wire/messages-link.h"

#include <string.h>

const uint8_t link_sasl_mechanism[LINK_MECHANISM_BYTES] = {2, 0, 0, 0};

void
sasl_rig_set_up (SaslRig *test)
{
  *test = (SaslRig){0};
  sasl_fixture_init (&test->sasl);
  link_rig_init (&test->rig);
}

/* with what was changed of the configuration */
void
sasl_rig_open_desk (SaslRig *test)
{
  g_autoptr (GError) error = NULL;

  test->rig.desk =
      spc_sasl_desk_new (test->rig.net.loop, &test->sasl.config, &error);
  g_assert_no_error (error);
}

static void
drop_client (SaslRig *test)
{
  g_clear_pointer (&test->client, sasl_client_fixture_free);
}

void
sasl_rig_tear_down (SaslRig *test)
{
  drop_client (test);
  link_rig_clear (&test->rig);
  sasl_fixture_clear (&test->sasl);
}

void
sasl_rig_dial (SaslRig *test, gsize capacity)
{
  drop_client (test);
  test->is_done = false;
  test->rig.is_secure = test->is_secure;
  link_rig_dial (&test->rig, capacity, 60000);
}

/* words */

void
sasl_rig_send_u32 (SaslRig *test, uint32_t word)
{
  uint32_t little = GUINT32_TO_LE (word);

  link_rig_send (&test->rig, (const uint8_t *)&little, sizeof little);
}

static uint32_t
expect_u32 (SaslRig *test)
{
  uint32_t little;

  link_rig_expect (&test->rig, &little, sizeof little);
  return GUINT32_FROM_LE (little);
}

/* with its NUL; NULL: nothing */
void
sasl_rig_send_data (SaslRig *test, const char *data, unsigned size)
{
  sasl_rig_send_u32 (test, data ? size + 1 : 0);
  if (!data)
    return;
  link_rig_send (&test->rig, (const uint8_t *)data, size);
  link_rig_send (&test->rig, (const uint8_t *)"", 1);
}

/* what the server says and whether it is done; NULL: nothing */
char *
sasl_rig_expect_answer (SaslRig *test, unsigned *size)
{
  uint32_t n = expect_u32 (test);
  g_autofree char *answer = n > 0 ? g_malloc (n) : NULL;
  uint8_t is_done;

  g_assert_cmpuint (n, <=, SPC_MAX_SASL_DATA);
  if (answer) {
    link_rig_expect (&test->rig, answer, n);
    g_assert_cmpint (answer[n - 1], ==, '\0');
  }
  link_rig_expect (&test->rig, &is_done, 1);
  g_assert_cmpuint (is_done, <=, 1);
  test->is_done = is_done == 1;
  *size = n > 0 ? n - 1 : 0;
  return g_steal_pointer (&answer);
}

/* steps */

static void
expect_list (SaslRig *test)
{
  uint32_t size = expect_u32 (test);

  g_assert_cmpuint (size, <=, SASL_RIG_MAX_LIST);
  link_rig_expect (&test->rig, test->list, size);
  test->list[size] = '\0';
  g_assert_true (g_str_has_prefix (test->list, ","));
  g_assert_true (g_str_has_suffix (test->list, ","));
}

/* up to the list of mechanisms */
void
sasl_rig_begin (SaslRig *test)
{
  uint8_t key[SPC_PUBLIC_KEY_SIZE];

  link_rig_send (&test->rig, link_good_start, sizeof link_good_start);
  link_rig_expect_reply (&test->rig, key);
  link_rig_send (&test->rig, link_sasl_mechanism, sizeof link_sasl_mechanism);
  expect_list (test);
}

void
sasl_rig_begin_secure (SaslRig *test)
{
  sasl_rig_set_up (test);
  test->is_secure = true;
  sasl_rig_open_desk (test);
  sasl_rig_dial (test, SASL_RIG_ROOMY);
  sasl_rig_begin (test);
}

void
sasl_rig_send_name (SaslRig *test, const char *mechanism)
{
  sasl_rig_send_u32 (test, (uint32_t)strlen (mechanism));
  link_rig_send (&test->rig, (const uint8_t *)mechanism, strlen (mechanism));
}

/* until the server is done; its last word comes next */
static void
exchange (SaslRig *test)
{
  while (!test->is_done) {
    unsigned size, said_size = 0;
    g_autofree char *answer = sasl_rig_expect_answer (test, &size);
    const char *said = NULL;

    if (answer && !sasl_client_fixture_is_done (test->client))
      said = sasl_client_fixture_step (test->client, answer, size, &said_size);
    if (!test->is_done)
      sasl_rig_send_data (test, said, said_size);
  }
}

void
sasl_rig_log_in (SaslRig *test, const char *mechanism, const char *user,
                 const char *password)
{
  const char *said;
  unsigned size = 0;

  sasl_rig_begin (test);
  test->client =
      sasl_client_fixture_new (mechanism, user, password, !test->is_secure);
  said = sasl_client_fixture_start (test->client, test->list, &size);
  sasl_rig_send_name (test, mechanism);
  sasl_rig_send_data (test, said, size);
  exchange (test);
}

void
sasl_rig_log_in_well (SaslRig *test, const char *mechanism)
{
  sasl_rig_log_in (test, mechanism, SASL_FIXTURE_USER, SASL_FIXTURE_PASSWORD);
}

void
sasl_rig_expect_acceptance (SaslRig *test)
{
  g_assert_true (sasl_client_fixture_is_done (test->client));
  g_assert_cmpuint (expect_u32 (test), ==, SPC_SASL_ACCEPTED);
}

void
sasl_rig_expect_denial (SaslRig *test)
{
  static const char reason[] = "Authentication failed";
  char text[sizeof reason];

  g_assert_cmpuint (expect_u32 (test), ==, SPC_SASL_DENIED);
  g_assert_cmpuint (expect_u32 (test), ==, sizeof reason);
  link_rig_expect (&test->rig, text, sizeof text);
  g_assert_cmpmem (text, sizeof text, reason, sizeof reason);
  link_rig_expect_end (&test->rig, SPICE_LINK_ERR_PERMISSION_DENIED);
  g_assert_error (test->rig.error, SPC_ERROR, SPC_ERROR_AUTH);
}

void
sasl_rig_expect_user (SaslRig *test, const char *mechanism)
{
  g_assert_cmpstr (test->rig.request.identity.user, ==, SASL_FIXTURE_USER);
  g_assert_cmpstr (test->rig.request.identity.mechanism, ==, mechanism);
  g_assert_cmpuint (test->rig.n_checks, ==, 1);
}

/* inside the layer: until @size bytes of the server's are whole */
static bool
has_unwrapped (SaslRig *test, GByteArray *plain, guint size)
{
  LinkRig *rig = &test->rig;

  link_rig_read (rig);
  if (rig->got->len > 0)
    sasl_client_fixture_decode (test->client, rig->got->data, rig->got->len,
                                plain);
  g_byte_array_set_size (rig->got, 0);
  return plain->len >= size;
}

void
sasl_rig_expect_unwrapped (SaslRig *test, const void *expected, guint size)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();

  NET_RUN_UNTIL (&test->rig.net, has_unwrapped (test, plain, size));
  g_assert_cmpmem (plain->data, plain->len, expected, size);
}

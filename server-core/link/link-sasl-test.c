/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who proves by SASL who it is, and how it is asked. */
#include "link-sasl-rig.h"
#include "server-core/base/log.h"
#include "server-core/wire/messages-link.h"

#include <string.h>

/* good clients */

typedef struct {
  const char *name, *mechanism;
} Good;

static const Good goods[] = {
    {"scram-sha-256", SASL_RIG_SCRAM},
    {"scram-sha-1", "SCRAM-SHA-1"},
    {"digest-md5", SASL_RIG_DIGEST},
    {"plain", "PLAIN"},
};

static void
user_is_proven (gconstpointer data)
{
  const Good *good = data;
  SaslRig test;

  sasl_rig_set_up (&test);
  test.is_secure = true;
  sasl_rig_open_desk (&test);
  sasl_rig_dial (&test, SASL_RIG_ROOMY);
  sasl_rig_log_in_well (&test, good->mechanism);
  sasl_rig_expect_acceptance (&test);
  link_rig_expect_attached (&test.rig);
  sasl_rig_expect_user (&test, good->mechanism);
  sasl_rig_tear_down (&test);
}

static void
plain_line_gets_a_layer (void)
{
  static const uint8_t result[SPC_LINK_RESULT_SIZE] = {0};
  SaslRig test;

  sasl_rig_set_up (&test);
  sasl_rig_open_desk (&test);
  sasl_rig_dial (&test, SASL_RIG_ROOMY);
  sasl_rig_log_in_well (&test, SASL_RIG_DIGEST);
  sasl_rig_expect_acceptance (&test);
  sasl_rig_expect_unwrapped (&test, result, sizeof result);
  NET_RUN_UNTIL (&test.rig.net, test.rig.n_ended > 0);
  g_assert_nonnull (test.rig.attached);
  sasl_rig_expect_user (&test, SASL_RIG_DIGEST);
  sasl_rig_tear_down (&test);
}

/* who can listen must not read passwords, nor what is shown afterwards */
static void
plain_line_is_offered_layers_only (void)
{
  SaslRig test;

  sasl_rig_set_up (&test);
  test.sasl.config.mechanisms = g_strdup ("plain scram-sha-256 digest-md5");
  sasl_rig_open_desk (&test);
  sasl_rig_dial (&test, SASL_RIG_ROOMY);
  sasl_rig_begin (&test);
  g_assert_cmpstr (test.list, ==, "," SASL_RIG_DIGEST ",");
  sasl_rig_tear_down (&test);
}

static void
weaker_lines_may_be_allowed (void)
{
  SaslRig test;

  sasl_rig_set_up (&test);
  test.sasl.config.min_ssf = 0;
  sasl_rig_open_desk (&test);
  sasl_rig_dial (&test, SASL_RIG_ROOMY);
  sasl_rig_begin (&test);
  g_assert_nonnull (strstr (test.list, "," SASL_RIG_SCRAM ","));
  g_assert_null (strstr (test.list, ",PLAIN,"));
  sasl_rig_tear_down (&test);
}

static void
mechanisms_are_chosen (void)
{
  SaslRig test;

  sasl_rig_set_up (&test);
  test.is_secure = true;
  test.sasl.config.mechanisms = g_strdup ("scram-sha-1");
  sasl_rig_open_desk (&test);
  sasl_rig_dial (&test, SASL_RIG_ROOMY);
  sasl_rig_begin (&test);
  g_assert_cmpstr (test.list, ==, ",SCRAM-SHA-1,");
  sasl_rig_tear_down (&test);
}

/* one byte at a time */
static void
narrow_line_works (void)
{
  static const uint8_t result[SPC_LINK_RESULT_SIZE] = {0};
  SaslRig test;

  sasl_rig_set_up (&test);
  sasl_rig_open_desk (&test);
  sasl_rig_dial (&test, 1);
  sasl_rig_log_in_well (&test, SASL_RIG_DIGEST);
  sasl_rig_expect_acceptance (&test);
  sasl_rig_expect_unwrapped (&test, result, sizeof result);
  sasl_rig_tear_down (&test);
}

static void
ticket_may_do_instead (void)
{
  SaslRig test;

  sasl_rig_set_up (&test);
  test.sasl.config.use = SPC_SASL_OPTIONAL;
  sasl_rig_open_desk (&test);
  test.rig.password = spc_password_new ("abc123", 0);
  sasl_rig_dial (&test, SASL_RIG_ROOMY);
  link_rig_log_in_well (&test.rig, "abc123");
  link_rig_expect_attached (&test.rig);
  g_assert_cmpstr (test.rig.request.identity.user, ==, "");
  sasl_rig_tear_down (&test);
}

/* settings */

static void
unknown_mechanism_is_no_start (void)
{
  g_autoptr (GError) error = NULL;
  SaslRig test;

  sasl_rig_set_up (&test);
  test.sasl.config.mechanisms = g_strdup ("nonsense");
  g_assert_null (
      spc_sasl_desk_new (test.rig.net.loop, &test.sasl.config, &error));
  g_assert_error (error, SPC_ERROR, SPC_ERROR_SETTINGS);
  g_assert_nonnull (strstr (error->message, "nonsense"));
  sasl_rig_tear_down (&test);
}

static void
process_has_one_name (void)
{
  g_autoptr (GError) error = NULL;
  SaslRig test;

  sasl_rig_set_up (&test);
  g_free (test.sasl.config.app_name);
  test.sasl.config.app_name = g_strdup ("another");
  g_assert_null (
      spc_sasl_desk_new (test.rig.net.loop, &test.sasl.config, &error));
  g_assert_error (error, SPC_ERROR, SPC_ERROR_SETTINGS);
  g_assert_nonnull (strstr (error->message, "another"));
  sasl_rig_tear_down (&test);
}

/* secrets */

static GMutex log_lock;
static GString *logged;

static void
keep_log (SpcLogCategory category, SpcLogLevel level, const char *file,
          const char *function, int line, const char *text)
{
  g_mutex_lock (&log_lock);
  g_string_append_printf (logged, "%s\n", text);
  g_mutex_unlock (&log_lock);
}

/* at the highest level */
static void
secrets_are_not_logged (void)
{
  SaslRig test;

  logged = g_string_new (NULL);
  spc_log_set_sink (keep_log);
  for (SpcLogCategory i = 0; i < SPC_N_LOG_CATEGORIES; i++)
    spc_log_set_threshold (i, SPC_LEVEL_TRACE);
  sasl_rig_set_up (&test);
  test.is_secure = true;
  sasl_rig_open_desk (&test);
  for (gsize i = 0; i < G_N_ELEMENTS (goods); i++) {
    sasl_rig_dial (&test, SASL_RIG_ROOMY);
    sasl_rig_log_in_well (&test, goods[i].mechanism);
    sasl_rig_expect_acceptance (&test);
    link_rig_expect_attached (&test.rig);
    sasl_rig_dial (&test, SASL_RIG_ROOMY);
    sasl_rig_log_in (&test, goods[i].mechanism, SASL_FIXTURE_USER,
                     "wrong-" SASL_FIXTURE_PASSWORD);
    sasl_rig_expect_denial (&test);
  }
  sasl_rig_tear_down (&test);
  for (SpcLogCategory i = 0; i < SPC_N_LOG_CATEGORIES; i++)
    spc_log_set_threshold (i, SPC_LEVEL_WARNING);
  spc_log_set_sink (NULL);
  g_assert_nonnull (strstr (logged->str, "SASL"));
  g_assert_null (strstr (logged->str, SASL_FIXTURE_PASSWORD));
  g_string_free (logged, TRUE);
}

static const struct {
  const char *path;
  GTestFunc func;
} tests[] = {
    {"/link-sasl/plain-line-gets-a-layer", plain_line_gets_a_layer},
    {"/link-sasl/plain-line-is-offered-layers-only",
     plain_line_is_offered_layers_only},
    {"/link-sasl/weaker-lines-may-be-allowed", weaker_lines_may_be_allowed},
    {"/link-sasl/mechanisms-are-chosen", mechanisms_are_chosen},
    {"/link-sasl/narrow-line-works", narrow_line_works},
    {"/link-sasl/ticket-may-do-instead", ticket_may_do_instead},
    {"/link-sasl/unknown-mechanism-is-no-start", unknown_mechanism_is_no_start},
    {"/link-sasl/process-has-one-name", process_has_one_name},
    {"/link-sasl/secrets-are-not-logged", secrets_are_not_logged},
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (goods); i++) {
    g_autofree char *path =
        g_strdup_printf ("/link-sasl/user-is-proven/%s", goods[i].name);

    g_test_add_data_func (path, &goods[i], user_is_proven);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_func (tests[i].path, tests[i].func);
  return g_test_run ();
}

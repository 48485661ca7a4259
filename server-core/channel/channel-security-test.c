/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "channel-security.h"

#include "server-core/base/error.h"
#include "server-core/wire/protocol.h"

#include <string.h>

static void
test_words (void)
{
  SpcSecurity security[SPC_N_CHANNEL_TYPES];

  g_assert_true (spc_channel_security_parse ("required", security, NULL));
  for (unsigned i = 0; i < SPC_N_CHANNEL_TYPES; i++)
    g_assert_cmpint (security[i], ==, SPC_SECURITY_REQUIRED);
  g_assert_true (spc_channel_security_parse (NULL, security, NULL));
  for (unsigned i = 0; i < SPC_N_CHANNEL_TYPES; i++)
    g_assert_cmpint (security[i], ==, SPC_SECURITY_OPTIONAL);
}

static void
test_list (void)
{
  SpcSecurity security[SPC_N_CHANNEL_TYPES];

  g_assert_true (spc_channel_security_parse (
      "default=none; main = required,inputs=required;display=optional;",
      security, NULL));
  g_assert_cmpint (security[SPICE_CHANNEL_MAIN], ==, SPC_SECURITY_REQUIRED);
  g_assert_cmpint (security[SPICE_CHANNEL_INPUTS], ==, SPC_SECURITY_REQUIRED);
  g_assert_cmpint (security[SPICE_CHANNEL_DISPLAY], ==, SPC_SECURITY_OPTIONAL);
  g_assert_cmpint (security[SPICE_CHANNEL_CURSOR], ==, SPC_SECURITY_NONE);
}

static void
check_refused (const char *text, const char *named)
{
  SpcSecurity security[SPC_N_CHANNEL_TYPES] = {SPC_SECURITY_NONE};
  g_autoptr (GError) error = NULL;

  g_assert_false (spc_channel_security_parse (text, security, &error));
  g_assert_error (error, SPC_ERROR, SPC_ERROR_SETTINGS);
  g_assert_nonnull (strstr (error->message, named));
  g_assert_cmpint (security[0], ==, SPC_SECURITY_NONE);
}

static void
test_refusals (void)
{
  check_refused ("main=always", "\"always\"");
  check_refused ("tunnel=required", "\"tunnel\"");
  check_refused ("main=required;=none", "\"\"");
  check_refused ("main", "\"main\"");
}

static void
test_judgement (void)
{
  SpcSecurity security[SPC_N_CHANNEL_TYPES];

  spc_channel_security_parse ("main=required;cursor=none", security, NULL);
  for (unsigned is_secure = 0; is_secure < 2; is_secure++) {
    g_assert_cmpuint (
        spc_channel_security_judge (security, SPICE_CHANNEL_MAIN, is_secure),
        ==, is_secure ? SPICE_LINK_ERR_OK : SPICE_LINK_ERR_NEED_SECURED);
    g_assert_cmpuint (
        spc_channel_security_judge (security, SPICE_CHANNEL_CURSOR, is_secure),
        ==, is_secure ? SPICE_LINK_ERR_NEED_UNSECURED : SPICE_LINK_ERR_OK);
    g_assert_cmpuint (
        spc_channel_security_judge (security, SPICE_CHANNEL_DISPLAY, is_secure),
        ==, SPICE_LINK_ERR_OK);
    g_assert_cmpuint (spc_channel_security_judge (security, 255, is_secure), ==,
                      SPICE_LINK_ERR_OK);
  }
}

static void
check_lines (const char *text, bool has_plain, bool has_secure,
             const char *named)
{
  SpcSecurity security[SPC_N_CHANNEL_TYPES];
  g_autoptr (GError) error = NULL;

  spc_channel_security_parse (text, security, NULL);
  g_assert_cmpint (
      spc_channel_security_check (security, has_plain, has_secure, &error), ==,
      named == NULL);
  g_assert_true (!named || strstr (error->message, named));
}

/* what nobody could open is not begun with */
static void
test_lines_there_are (void)
{
  check_lines ("", true, false, NULL);
  check_lines ("", false, true, NULL);
  check_lines ("required", true, true, NULL);
  check_lines ("none", true, true, NULL);
  check_lines ("required", false, true, NULL);
  check_lines ("none", true, false, NULL);
  check_lines ("required", true, false, "\"main\"");
  check_lines ("none", false, true, "\"main\"");
  check_lines ("inputs=required", true, false, "\"inputs\"");
  check_lines ("webdav=none", false, true, "\"webdav\"");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/channel-security/one-word-is-for-all", test_words);
  g_test_add_func ("/channel-security/later-words-count", test_list);
  g_test_add_func ("/channel-security/the-unknown-is-named", test_refusals);
  g_test_add_func ("/channel-security/lines-are-judged", test_judgement);
  g_test_add_func ("/channel-security/lines-must-be-there",
                   test_lines_there_are);
  return g_test_run ();
}

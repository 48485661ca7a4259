/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "refusal.h"

#include "server-core/base/error.h"
#include "server-core/wire/protocol.h"

static void
names_differ (void)
{
  for (SpcRefusal a = 0; a < SPC_N_REFUSALS; a++) {
    g_assert_nonnull (spc_refusal_name (a));
    for (SpcRefusal b = 0; b < a; b++)
      g_assert_cmpstr (spc_refusal_name (a), !=, spc_refusal_name (b));
  }
}

static const struct {
  int code;
  int error; /* -1: none */
  const char *name;
} cases[] = {
    {SPICE_LINK_ERR_INVALID_MAGIC, SPC_ERROR_PROTOCOL, "bad-magic"},
    {SPICE_LINK_ERR_VERSION_MISMATCH, SPC_ERROR_PROTOCOL, "version"},
    {SPICE_LINK_ERR_INVALID_DATA, SPC_ERROR_PROTOCOL, "malformed"},
    {SPICE_LINK_ERR_INVALID_DATA, SPC_ERROR_CAPS, "capability"},
    {SPICE_LINK_ERR_NEED_SECURED, SPC_ERROR_FAILED, "tls-required"},
    {SPICE_LINK_ERR_NEED_UNSECURED, SPC_ERROR_FAILED, "tls-forbidden"},
    {-1, SPC_ERROR_TLS, "tls-failed"},
    {-1, SPC_ERROR_WEB, "web"},
    {-1, SPC_ERROR_PROTOCOL, "malformed"},
    {-1, SPC_ERROR_TIMEOUT, "timeout"},
    {-1, SPC_ERROR_CLOSED, "closed"},
    {SPICE_LINK_ERR_PERMISSION_DENIED, SPC_ERROR_AUTH, "wrong-password"},
    {SPICE_LINK_ERR_PERMISSION_DENIED, SPC_ERROR_DECLINED, "not-authorised"},
    {SPICE_LINK_ERR_PERMISSION_DENIED, SPC_ERROR_NO_ANSWER, "no-answer"},
    /* one that is held back and leaves has failed for its password */
    {-1, SPC_ERROR_AUTH, "wrong-password"},
    {SPICE_LINK_ERR_BAD_CONNECTION_ID, SPC_ERROR_FAILED, "no-session"},
    {SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE, SPC_ERROR_FAILED, "no-channel"},
    {SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE, SPC_ERROR_DECLINED,
     "not-authorised"},
    {SPICE_LINK_ERR_ERROR, SPC_ERROR_LIMIT, "limit"},
    {SPICE_LINK_ERR_ERROR, SPC_ERROR_FAILED, "failed"},
    {-1, -1, "failed"},
};

static void
code_and_error_tell_why (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error =
        cases[i].error < 0
            ? NULL
            : g_error_new_literal (SPC_ERROR, cases[i].error, "because");

    g_assert_cmpstr (spc_refusal_name (spc_refusal_of (cases[i].code, error)),
                     ==, cases[i].name);
  }
}

/* another domain's numbers mean nothing here */
static void
foreign_errors_are_failures (void)
{
  g_autoptr (GError) error = g_error_new_literal (
      g_quark_from_static_string ("foreign"), SPC_ERROR_LIMIT, "because");

  g_assert_cmpint (spc_refusal_of (-1, error), ==, SPC_REFUSAL_FAILED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/refusal/names-differ", names_differ);
  g_test_add_func ("/refusal/code-and-error-tell-why", code_and_error_tell_why);
  g_test_add_func ("/refusal/foreign-errors-are-failures",
                   foreign_errors_are_failures);
  return g_test_run ();
}

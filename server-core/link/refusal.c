/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "refusal.h"

#include "server-core/base/error.h"
#include "server-core/wire/protocol.h"

#include <stdbool.h>

static const char *const names[SPC_N_REFUSALS] = {
    [SPC_REFUSAL_FAILED] = "failed",
    [SPC_REFUSAL_CLOSED] = "closed",
    [SPC_REFUSAL_TIMEOUT] = "timeout",
    [SPC_REFUSAL_BAD_MAGIC] = "bad-magic",
    [SPC_REFUSAL_VERSION] = "version",
    [SPC_REFUSAL_MALFORMED] = "malformed",
    [SPC_REFUSAL_CAPABILITY] = "capability",
    [SPC_REFUSAL_TLS_REQUIRED] = "tls-required",
    [SPC_REFUSAL_TLS_FORBIDDEN] = "tls-forbidden",
    [SPC_REFUSAL_TLS_FAILED] = "tls-failed",
    [SPC_REFUSAL_WEB] = "web",
    [SPC_REFUSAL_NO_CHANNEL] = "no-channel",
    [SPC_REFUSAL_NO_SESSION] = "no-session",
    [SPC_REFUSAL_WRONG_PASSWORD] = "wrong-password",
    [SPC_REFUSAL_NO_ANSWER] = "no-answer",
    [SPC_REFUSAL_NOT_AUTHORISED] = "not-authorised",
    [SPC_REFUSAL_LIMIT] = "limit",
    [SPC_REFUSAL_TOO_FAST] = "too-fast",
};

/* what an error says by itself, before the code that was sent */
static const struct {
  SpcError error;
  SpcRefusal refusal;
} by_error[] = {
    {SPC_ERROR_TIMEOUT, SPC_REFUSAL_TIMEOUT},
    {SPC_ERROR_AUTH, SPC_REFUSAL_WRONG_PASSWORD},
    {SPC_ERROR_LIMIT, SPC_REFUSAL_LIMIT},
    {SPC_ERROR_CLOSED, SPC_REFUSAL_CLOSED},
    {SPC_ERROR_TLS, SPC_REFUSAL_TLS_FAILED},
    {SPC_ERROR_WEB, SPC_REFUSAL_WEB},
    {SPC_ERROR_CAPS, SPC_REFUSAL_CAPABILITY},
    {SPC_ERROR_DECLINED, SPC_REFUSAL_NOT_AUTHORISED},
    {SPC_ERROR_NO_ANSWER, SPC_REFUSAL_NO_ANSWER},
};

static const struct {
  int code;
  SpcRefusal refusal;
} by_code[] = {
    {SPICE_LINK_ERR_INVALID_MAGIC, SPC_REFUSAL_BAD_MAGIC},
    {SPICE_LINK_ERR_INVALID_DATA, SPC_REFUSAL_MALFORMED},
    {SPICE_LINK_ERR_VERSION_MISMATCH, SPC_REFUSAL_VERSION},
    {SPICE_LINK_ERR_NEED_SECURED, SPC_REFUSAL_TLS_REQUIRED},
    {SPICE_LINK_ERR_NEED_UNSECURED, SPC_REFUSAL_TLS_FORBIDDEN},
    {SPICE_LINK_ERR_PERMISSION_DENIED, SPC_REFUSAL_NOT_AUTHORISED},
    {SPICE_LINK_ERR_BAD_CONNECTION_ID, SPC_REFUSAL_NO_SESSION},
    {SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE, SPC_REFUSAL_NO_CHANNEL},
};

const char *
spc_refusal_name (SpcRefusal refusal)
{
  g_return_val_if_fail (refusal < SPC_N_REFUSALS, NULL);
  return names[refusal];
}

SpcRefusal
spc_refusal_of (int code, const GError *error)
{
  bool is_ours = error != NULL && error->domain == SPC_ERROR;

  for (gsize i = 0; is_ours && i < G_N_ELEMENTS (by_error); i++)
    if (error->code == (int)by_error[i].error)
      return by_error[i].refusal;
  for (gsize i = 0; i < G_N_ELEMENTS (by_code); i++)
    if (code == by_code[i].code)
      return by_code[i].refusal;
  return is_ours && error->code == SPC_ERROR_PROTOCOL ? SPC_REFUSAL_MALFORMED
                                                      : SPC_REFUSAL_FAILED;
}

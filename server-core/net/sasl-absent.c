/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A build without SASL: there is never a session. */
#include "sasl.h"

#include "server-core/base/error.h"

bool
spc_sasl_is_built (void)
{
  return false;
}

SpcSasl *
spc_sasl_new (const SpcSaslConfig *config, GError **error)
{
  g_set_error_literal (error, SPC_ERROR, SPC_ERROR_SETTINGS,
                       "SASL was left out when this was built");
  return NULL;
}

SpcSasl *
spc_sasl_ref (SpcSasl *self)
{
  return self;
}

void
spc_sasl_unref (SpcSasl *self)
{
  g_assert (!self);
}

SpcSaslSession *
spc_sasl_session_new (SpcSasl *sasl, bool is_protected, GError **error)
{
  g_assert_not_reached ();
}

SpcSaslSession *
spc_sasl_session_ref (SpcSaslSession *self)
{
  return self;
}

void
spc_sasl_session_unref (SpcSaslSession *self)
{
  g_assert (!self);
}

const char *
spc_sasl_session_mechanisms (SpcSaslSession *self)
{
  g_assert_not_reached ();
}

bool
spc_sasl_session_has (SpcSaslSession *self, const char *mechanism)
{
  g_assert_not_reached ();
}

SpcSaslProgress
spc_sasl_session_step (SpcSaslSession *self, const char *mechanism,
                       const char *data, gsize size, const char **answer,
                       gsize *answer_size)
{
  g_assert_not_reached ();
}

const char *
spc_sasl_session_reason (SpcSaslSession *self)
{
  g_assert_not_reached ();
}

const char *
spc_sasl_session_user (SpcSaslSession *self)
{
  g_assert_not_reached ();
}

bool
spc_sasl_session_has_layer (SpcSaslSession *self)
{
  g_assert_not_reached ();
}

bool
spc_sasl_session_encode (SpcSaslSession *self, const void *bytes, gsize size,
                         GByteArray *out, GError **error)
{
  g_assert_not_reached ();
}

void
spc_sasl_session_pad (SpcSaslSession *self, gsize size, GByteArray *out)
{
  g_assert_not_reached ();
}

bool
spc_sasl_session_decode (SpcSaslSession *self, const void *bytes, gsize size,
                         GByteArray *out, GError **error)
{
  g_assert_not_reached ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sasl.h"

void
spc_sasl_config_copy (SpcSaslConfig *self, const SpcSaslConfig *from)
{
  *self = *from;
  self->app_name = g_strdup (from->app_name);
  self->mechanisms = g_strdup (from->mechanisms);
  self->database = g_strdup (from->database);
}

void
spc_sasl_config_clear (SpcSaslConfig *self)
{
  g_clear_pointer (&self->app_name, g_free);
  g_clear_pointer (&self->mechanisms, g_free);
  g_clear_pointer (&self->database, g_free);
}

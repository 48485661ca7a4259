/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

void
spc_config_init (SpcConfig *self)
{
  *self = (SpcConfig){
      .port = -1,
      .tls_port = -1,
      .sasl.min_ssf = SPC_DEFAULT_SASL_SSF,
      .max_clients = SPC_DEFAULT_MAX_CLIENTS,
      .link_timeout_s = SPC_DEFAULT_LINK_TIMEOUT_S,
      .max_pending_links = SPC_MAX_PENDING_LINKS,
      .max_connects_per_s = -1,
      .video = {.min_bps = SPC_MIN_VIDEO_BPS, .max_bps = SPC_MAX_VIDEO_BPS},
  };
}

void
spc_config_copy (SpcConfig *self, const SpcConfig *from)
{
  *self = *from;
  self->address = g_strdup (from->address);
  self->unix_path = g_strdup (from->unix_path);
  self->name = g_strdup (from->name);
  spc_tls_config_copy (&self->tls, &from->tls);
  spc_sasl_config_copy (&self->sasl, &from->sasl);
  self->web.web_root = g_strdup (from->web.web_root);
  self->web.web_origins = g_strdup (from->web.web_origins);
}

void
spc_config_clear (SpcConfig *self)
{
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->unix_path, g_free);
  g_clear_pointer (&self->name, g_free);
  spc_tls_config_clear (&self->tls);
  spc_sasl_config_clear (&self->sasl);
  g_clear_pointer (&self->web.web_root, g_free);
  g_clear_pointer (&self->web.web_origins, g_free);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* channel-security.h – which channels need TLS, and which must not have it.
 *
 * Pure. Written as a list such as "default=optional;main=required;inputs=
 * required", or as one word for all of them. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define SPC_N_CHANNEL_TYPES 16 /* of SPICE_CHANNEL_…, with room */

typedef enum {
  SPC_SECURITY_OPTIONAL, /* on the plain port and the TLS port */
  SPC_SECURITY_REQUIRED, /* on the TLS port only */
  SPC_SECURITY_NONE,     /* on the plain port only */
} SpcSecurity;

/* False with @error that names what is not known, and then @security is as it
 * was. NULL or empty: optional everywhere. Later words count. */
bool spc_channel_security_parse (const char *text,
                                 SpcSecurity security[SPC_N_CHANNEL_TYPES],
                                 GError **error);
/* False with @error: a channel is for a kind of line that there is none of.
 * What nobody can open was not meant so. */
bool spc_channel_security_check (const SpcSecurity *security, bool has_plain,
                                 bool has_secure, GError **error);
/* may a channel of this type come over a line that is secure, or is not?
 * SPICE_LINK_ERR_…: OK, NEED_SECURED or NEED_UNSECURED */
unsigned spc_channel_security_judge (const SpcSecurity *security,
                                     unsigned channel_type, bool is_secure);

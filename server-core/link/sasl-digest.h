/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a client says to DIGEST-MD5, looked at before the library does: the
 * plugin of Cyrus SASL 2.1.28 keeps for ever what a directive said that is said
 * again, so that a stranger could fill the memory. RFC 2831 (2.1.2) lets such
 * words fail. Any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define SPC_SASL_DIGEST "DIGEST-MD5"

/* true: words, SIZE bytes, are directives name=value with commas between them,
 * a value a token or a quoted string, no name there twice. Else an error of
 * SPC_ERROR_AUTH. */
bool spc_sasl_digest_check (const char *words, gsize size, GError **error);

G_END_DECLS

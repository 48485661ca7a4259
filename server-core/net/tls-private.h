/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tls-private.h – what tls-context and transport-tls share. */
#pragma once

#include "tls-context.h"

#include <openssl/ssl.h>

SSL_CTX *spc_tls_context_ssl (SpcTlsContext *self); /* borrowed */
/* the first thing the library found wrong; its list is empty afterwards */
const char *spc_tls_reason (void);

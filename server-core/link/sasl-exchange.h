/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sasl-exchange.h – what is said until SASL knows who a client is.
 *
 * Borrows a link's transport from the list of mechanisms to the last word but
 * one (spec: SASL), which is the link's: whether the client may come in. It
 * calls back once, and has let go of the transport then. Loop thread only. */
#pragma once

#include "sasl-desk.h"
#include "server-core/net/transport.h"

typedef struct _SpcSaslExchange SpcSaslExchange;

typedef enum {
  SPC_EXCHANGE_PROVEN,
  SPC_EXCHANGE_DENIED,    /* it is not who it says */
  SPC_EXCHANGE_MALFORMED, /* it broke the protocol, or a limit */
  SPC_EXCHANGE_BROKEN,    /* the line has failed or ended */
} SpcSaslVerdict;

/* @error: NULL if proven. May free the exchange. */
typedef void (*SpcSaslExchangeFunc) (SpcSaslVerdict verdict,
                                     const GError *error, gpointer user_data);

/* life */
/* @transport stays valid meanwhile. NULL with @error when it cannot even
 * begin. */
SpcSaslExchange *spc_sasl_exchange_new (SpcSaslDesk *desk,
                                        SpcTransport *transport,
                                        SpcSaslExchangeFunc func,
                                        gpointer user_data, GError **error);
void spc_sasl_exchange_free (SpcSaslExchange *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcSaslExchange, spc_sasl_exchange_free)

/* afterwards */
const char *spc_sasl_exchange_mechanism (SpcSaslExchange *self);
/* if it is not proven: a claim, or NULL */
const char *spc_sasl_exchange_user (SpcSaslExchange *self);
/* the last word, at the end of @out */
void spc_sasl_exchange_accept (SpcSaslExchange *self, GByteArray *out);
void spc_sasl_exchange_deny (GByteArray *out);
/* After the word was written: takes @line, returns what to go on with. */
SpcTransport *spc_sasl_exchange_wrap (SpcSaslExchange *self, SpcLoop *loop,
                                      SpcTransport *line);

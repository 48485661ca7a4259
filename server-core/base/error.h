/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* error.h – the error domain of server-core.
 *
 * Messages name what came and what was allowed. */
#pragma once

#include <glib.h>

typedef enum {
  SPC_ERROR_FAILED,    /* the system refused */
  SPC_ERROR_ADDRESS,   /* an address or port cannot be listened on */
  SPC_ERROR_SETTINGS,  /* settings contradict each other or the rules */
  SPC_ERROR_PROTOCOL,  /* a peer broke the protocol */
  SPC_ERROR_TIMEOUT,   /* a peer took too long */
  SPC_ERROR_AUTH,      /* a peer did not prove who it is */
  SPC_ERROR_LIMIT,     /* a bound of limits.h */
  SPC_ERROR_CLOSED,    /* the peer went away */
  SPC_ERROR_TLS,       /* a TLS handshake or record */
  SPC_ERROR_WEB,       /* a browser asked for what it does not get */
  SPC_ERROR_CAPS,      /* a peer knows no way of ours */
  SPC_ERROR_DECLINED,  /* the application said no */
  SPC_ERROR_NO_ANSWER, /* the application said nothing in time */
} SpcError;

#define SPC_ERROR (spc_error_quark ())
GQuark spc_error_quark (void);

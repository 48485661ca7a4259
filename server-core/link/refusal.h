/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* refusal.h – why somebody was not let in: one list, with names. Pure. */
#pragma once

#include <glib.h>

typedef enum {
  SPC_REFUSAL_FAILED,         /* by us: the log tells */
  SPC_REFUSAL_CLOSED,         /* the peer left before it was through */
  SPC_REFUSAL_TIMEOUT,        /* the peer took too long */
  SPC_REFUSAL_BAD_MAGIC,      /* it does not speak the protocol */
  SPC_REFUSAL_VERSION,        /* it speaks another one */
  SPC_REFUSAL_MALFORMED,      /* what it says makes no sense */
  SPC_REFUSAL_CAPABILITY,     /* it knows no way of ours to prove itself */
  SPC_REFUSAL_TLS_REQUIRED,   /* this channel is for encrypted lines */
  SPC_REFUSAL_TLS_FORBIDDEN,  /* this channel is for plain lines */
  SPC_REFUSAL_TLS_FAILED,     /* no TLS, a wrong version, a certificate */
  SPC_REFUSAL_WEB,            /* a browser's request, or a foreign page */
  SPC_REFUSAL_NO_CHANNEL,     /* it is not offered, or taken */
  SPC_REFUSAL_NO_SESSION,     /* of a session that is not there */
  SPC_REFUSAL_WRONG_PASSWORD, /* or another proof */
  SPC_REFUSAL_NO_ANSWER,      /* the application did not answer in time */
  SPC_REFUSAL_NOT_AUTHORISED, /* the application said no */
  SPC_REFUSAL_LIMIT,          /* too many of something */
  SPC_REFUSAL_TOO_FAST,       /* its address connects too often */
  SPC_N_REFUSALS
} SpcRefusal;

/* "wrong-password": in messages and statistics */
const char *spc_refusal_name (SpcRefusal refusal);
/* @code: SPICE_LINK_ERR_… that was sent, -1: none; @error: as the link ended */
SpcRefusal spc_refusal_of (int code, const GError *error);

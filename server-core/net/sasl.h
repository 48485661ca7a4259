/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sasl.h – who a peer is, by the mechanisms of Cyrus SASL; the server's side.
 *
 * A SpcSasl is how one server asks; a SpcSaslSession is one peer that is asked,
 * and afterwards the layer that protects its line, if its mechanism has one.
 * What a peer says is secret: it is wiped, and never logged. A step may wait
 * for files and for other programs, so it is a worker's. Any thread; a session
 * is used by one at a time. */
#pragma once

#include "server-core/base/limits.h"
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
  SPC_SASL_OFF,
  SPC_SASL_OPTIONAL, /* or a ticket */
  SPC_SASL_REQUIRED,
} SpcSaslUse;

typedef struct {
  SpcSaslUse use;
  char *app_name;   /* of the library's file NAME.conf; NULL: "spice" */
  char *mechanisms; /* separated by blanks or commas; NULL: as the file says */
  char *database;   /* sasldb of users; NULL: as the file says */
  uint32_t min_ssf; /* bits, of a layer on lines others could listen to */
} SpcSaslConfig;

void spc_sasl_config_copy (SpcSaslConfig *self, const SpcSaslConfig *from);
void spc_sasl_config_clear (SpcSaslConfig *self);

/* what all peers of a server have in common */
typedef struct _SpcSasl SpcSasl;

bool spc_sasl_is_built (void); /* false: SASL was left out */
/* NULL: @error says why nobody could prove anything. May look up the name of
 * this machine. All in a process have the same app_name. */
SpcSasl *spc_sasl_new (const SpcSaslConfig *config, GError **error);
SpcSasl *spc_sasl_ref (SpcSasl *self);
void spc_sasl_unref (SpcSasl *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcSasl, spc_sasl_unref)

/* one peer */
typedef struct _SpcSaslSession SpcSaslSession;

typedef enum {
  SPC_SASL_CONTINUE, /* the peer has to say more */
  SPC_SASL_PROVEN,
  SPC_SASL_REFUSED,
} SpcSaslProgress;

/* @is_protected: nobody can listen to the line as it is. NULL: @error says why
 * it cannot be asked, as when no mechanism is strong enough. */
SpcSaslSession *spc_sasl_session_new (SpcSasl *sasl, bool is_protected,
                                      GError **error);
SpcSaslSession *spc_sasl_session_ref (SpcSaslSession *self);
void spc_sasl_session_unref (SpcSaslSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcSaslSession, spc_sasl_session_unref)
/* ",NAME,NAME," */
const char *spc_sasl_session_mechanisms (SpcSaslSession *self);
bool spc_sasl_session_has (SpcSaslSession *self, const char *mechanism);
/* The first with a mechanism, which it has; later ones with NULL. @data: what
 * the peer says, NULL: nothing. *@answer: NULL for nothing; valid until the
 * next call. */
SpcSaslProgress spc_sasl_session_step (SpcSaslSession *self,
                                       const char *mechanism, const char *data,
                                       gsize size, const char **answer,
                                       gsize *answer_size);
/* why it was refused, without what the peer said; for the log */
const char *spc_sasl_session_reason (SpcSaslSession *self);

/* once it is proven; else who it claims to be, NULL: not known */
const char *spc_sasl_session_user (SpcSaslSession *self);
/* once it is proven */
bool spc_sasl_session_has_layer (SpcSaslSession *self);
/* at the end of @out */
bool spc_sasl_session_encode (SpcSaslSession *self, const void *bytes,
                              gsize size, GByteArray *out, GError **error);
/* Packets that hold nothing, at least @size bytes of them, at the end of @out;
 * fewer when the mechanism has none. */
void spc_sasl_session_pad (SpcSaslSession *self, gsize size, GByteArray *out);
/* bytes as they come from the line; what they hold appears in @out when it is
 * whole */
bool spc_sasl_session_decode (SpcSaslSession *self, const void *bytes,
                              gsize size, GByteArray *out, GError **error);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sasl-fixture.h – for tests: users in a file, and a client's half of SASL. */
#pragma once

#include "sasl.h"

/* one user, who is in the file */
#define SASL_FIXTURE_USER "gertrude"
#define SASL_FIXTURE_PASSWORD "zinnia-7041"
/* a mechanism of the server's that never comes to an end */
#define SASL_FIXTURE_ENDLESS "ENDLESS"

typedef struct {
  char *folder;
  SpcSaslConfig config; /* of a server with this file; may be changed */
  SpcSasl *keep;        /* keeps the library in use */
} SaslFixture;

void sasl_fixture_init (SaslFixture *self);
void sasl_fixture_clear (SaslFixture *self);
void sasl_fixture_add_endless (void); /* while the library is in use */

typedef struct _SaslClient SaslClient;

/* @mechanism: the only one it knows. Without @needs_layer it wants none. */
SaslClient *sasl_client_fixture_new (const char *mechanism, const char *user,
                                     const char *password, bool needs_layer);
void sasl_client_fixture_free (SaslClient *self);
/* what it says first; NULL: nothing. @list: the server's mechanisms. */
const char *sasl_client_fixture_start (SaslClient *self, const char *list,
                                       unsigned *size);
/* what it says next; NULL: nothing. It must not be at odds. */
const char *sasl_client_fixture_step (SaslClient *self, const char *answer,
                                      unsigned answer_size, unsigned *size);
bool sasl_client_fixture_is_done (SaslClient *self);
/* once it is done: at the end of @out */
void sasl_client_fixture_encode (SaslClient *self, const void *bytes,
                                 gsize size, GByteArray *out);
/* a packet that holds nothing */
void sasl_client_fixture_pad (SaslClient *self, GByteArray *out);
void sasl_client_fixture_decode (SaslClient *self, const void *bytes,
                                 gsize size, GByteArray *out);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* link-sasl-rig.h – for tests: a link whose client says who it is by SASL, with
 * the library's own client at the other end. */
#pragma once

#include "link-rig.h"
#include "server-core/net/sasl-fixture.h"

/* the only one with a layer of its own */
#define SASL_RIG_DIGEST "DIGEST-MD5"
#define SASL_RIG_SCRAM "SCRAM-SHA-256"
#define SASL_RIG_MAX_LIST 300
#define SASL_RIG_ROOMY 8192

extern const uint8_t link_sasl_mechanism[LINK_MECHANISM_BYTES];

typedef struct {
  LinkRig rig;
  SaslFixture sasl;
  SaslClient *client;
  bool is_secure;
  bool is_done; /* the server has said so */
  char list[SASL_RIG_MAX_LIST + 1];
} SaslRig;

/* in order of use; what is changed of the configuration goes before the desk */
void sasl_rig_set_up (SaslRig *test);
void sasl_rig_open_desk (SaslRig *test);
void sasl_rig_tear_down (SaslRig *test);
void sasl_rig_dial (SaslRig *test, gsize capacity);
void sasl_rig_send_u32 (SaslRig *test, uint32_t word);
void sasl_rig_send_data (SaslRig *test, const char *data, unsigned size);
char *sasl_rig_expect_answer (SaslRig *test, unsigned *size);
void sasl_rig_begin (SaslRig *test);
/* set-up, desk and all, on a line that is secure */
void sasl_rig_begin_secure (SaslRig *test);
void sasl_rig_send_name (SaslRig *test, const char *mechanism);
void sasl_rig_log_in (SaslRig *test, const char *mechanism, const char *user,
                      const char *password);
void sasl_rig_log_in_well (SaslRig *test, const char *mechanism);
void sasl_rig_expect_acceptance (SaslRig *test);
void sasl_rig_expect_denial (SaslRig *test);
void sasl_rig_expect_user (SaslRig *test, const char *mechanism);
void sasl_rig_expect_unwrapped (SaslRig *test, const void *expected,
                                guint size);

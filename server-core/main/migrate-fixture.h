/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* migrate-fixture.h – for tests: a server whose host writes down what it hears
 * of viewers that move, and viewers in memory that can. */
#pragma once

#include "migrate.h"
#include "tests/session.h"

#define OLD_ID 0x12345678u
#define A_MINUTE_MS 60000u

/* what the host hears: "connected semi; ended 1 lost 0; here; " */
typedef struct {
  Session session;
  SpcMigration *migration;
  GString *told;
} Fixture;

/* how a migration may go for a viewer that was asked to connect */
typedef struct {
  const char *name;
  uint16_t answer; /* 0: the viewer has none */
  bool completed;
  const char *told; /* before it leaves */
  uint16_t message; /* what it is sent at the end */
} Way;

void fixture_init (Fixture *self);
void fixture_clear (Fixture *self);
/* a main link of a viewer that moves, seamlessly too */
WireClient *link_main (Fixture *self, uint32_t connection_id,
                       bool takes_seamless);
/* the same, of a new session */
WireClient *join (Fixture *self, bool takes_seamless);
void say (Fixture *self, WireClient *client, uint16_t type);
/* the viewer answers, the migration ends; asserts what is told and sent */
void go_way (Fixture *self, WireClient *client, const Way *way);
guint n_clients (Fixture *self);
extern const SpcDestination elsewhere;

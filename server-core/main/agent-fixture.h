/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* agent-fixture.h – for tests: both ends of the agent.
 *
 * An application that keeps what it hears as text; and a viewer's side, which
 * sits on the main connection of a scripted viewer, cuts what it sends and puts
 * together what comes. It has tokens of its own that it does not look at, so
 * that a test may break the rules. */
#pragma once

#include "tests/session.h"

#include <spice/vd_agent.h>

/* tokens without end */
#define NO_END 0xffffffffu

/* the application: the first field, "base", of what a test makes of it */
typedef struct {
  Session session;
  GString *heard; /* "grabbed 0 2; finish; …" */
} AgentRig;

void agent_rig_init (AgentRig *self);
void agent_rig_clear (AgentRig *self);
uint32_t agent_rig_last_id (const AgentRig *self); /* of the newest viewer */
/* appends to what was heard */
void agent_rig_hear (AgentRig *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* what the application has heard since */
#define assert_heard(rig, text)                                                \
  G_STMT_START                                                                 \
  {                                                                            \
    session_settle (&(rig)->base.session);                                     \
    g_assert_cmpstr ((rig)->base.heard->str, ==, text);                        \
    g_string_set_size ((rig)->base.heard, 0);                                  \
  }                                                                            \
  G_STMT_END

/* a viewer */

typedef struct {
  uint32_t type;
  GBytes *body;
} AgentMessage;

typedef struct {
  Session *session;
  WireClient *main; /* owned */
  guint n_seen;     /* messages of @main */
  GByteArray *stream;
  GPtrArray *messages; /* AgentMessage, in order */
  guint n_pieces, n_returned;
} AgentClient;

/* joins; without AGENT_START */
AgentClient *agent_client_join (Session *session);
/* takes @main, which has had its INIT or moves in */
AgentClient *agent_client_over (Session *session, WireClient *main);
void agent_client_free (AgentClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AgentClient, agent_client_free)
/* AGENT_START, then ANNOUNCE_CAPABILITIES, which is answered */
AgentClient *agent_client_start (Session *session, uint32_t tokens,
                                 uint32_t caps);

void agent_client_send_u32 (AgentClient *self, uint16_t type, uint32_t value);
/* one AGENT_DATA */
void agent_client_send_raw (AgentClient *self, const void *data, gsize size);
/* a header and what is given of the body, in one AGENT_DATA */
void agent_client_send_start (AgentClient *self, uint32_t type,
                              uint32_t body_size, const void *data, gsize size);
/* a whole message, cut; waits for tokens like a viewer */
void agent_client_send (AgentClient *self, uint32_t type, const void *body,
                        gsize size);
/* runs the session, then takes in what has come */
void agent_client_settle (AgentClient *self);
/* the @n th message of this type, or NULL; settles first */
const AgentMessage *agent_client_find (AgentClient *self, uint32_t type,
                                       guint n);
guint agent_client_count (AgentClient *self, uint32_t type);
/* "0100000002" */
void agent_assert_body (const AgentMessage *message, const char *hex);

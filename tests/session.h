/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* session.h – for tests: a server run by hand, and viewers of it in memory.
 *
 * Server and viewers share the test's thread. The server has a main channel;
 * the test adds others. What the host is told is kept as text. */
#pragma once

#include "server-core/channel/server.h"
#include "server-core/net/net-fixture.h"
#include "wire-client.h"

/* bytes a viewer's line holds in one direction, like a socket's buffers */
#define SESSION_LINE_BYTES (64u * 1024u)

typedef struct {
  NetFixture net;
  SpcServer *server;
  /* what the host answers */
  bool refuses;
  bool makes_view_only;
  bool authenticates;  /* the test answers with spc_server_answer_auth */
  uint8_t denied_type; /* of channels nobody may have; 0: none */
  /* what it heard: "added 1 view-only; removed 0 left; …" */
  GString *events;
  GString *inputs; /* "key 1e down; …" */
  uint32_t last_client_id;
  uint64_t last_question;
  guint n_withdrawn; /* questions of links that are over */
  SpcRefusal last_refusal;
} Session;

/* @config: NULL for one that asks nobody for a password */
void session_init (Session *self, const SpcConfig *config);
void session_clear (Session *self); /* stops it */
/* takes @channel */
void session_add (Session *self, gpointer channel);

/* a link through memory, run until it has succeeded or failed */
WireClient *session_link (Session *self, const WireClientSetup *setup);
/* the same over a line of @line_bytes */
WireClient *session_link_over (Session *self, const WireClientSetup *setup,
                               gsize line_bytes);
/* a main link that has had its INIT */
WireClient *session_join (Session *self);
/* the connection id another channel of this viewer needs */
uint32_t session_id_of (const WireClient *main);
/* another channel of the viewer of @main, which must succeed */
WireClient *session_open (Session *self, const WireClient *main,
                          uint8_t channel_type, uint8_t channel_id);

/* warnings logged since the session began; they do not end the test */
guint session_n_warnings (void);

/* runs until nothing is ready any more */
void session_settle (Session *self);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hardening-fixture.h – for tests: a server with channels of all kinds, a
 * bystander who looks at its desktop, and those who want to harm it.
 *
 * The server listens on a port of the loopback address. Offenders come over
 * TCP like any viewer, or as intruders straight into a channel, where a test
 * needs hundreds of them. All share the test's thread. */
#pragma once

#include "server-core/main/agent-fixture.h"
#include "server-core/main/file-drop.h"
#include "server-core/spc.h"
#include "server-core/wire/messages-link.h"
#include "viewer.h"

typedef enum {
  HARDENING_MAIN,
  HARDENING_DISPLAY,
  HARDENING_INPUTS,
  HARDENING_CURSOR,
  HARDENING_PLAYBACK,
  HARDENING_RECORD,
  HARDENING_PORT,
  HARDENING_WEBDAV,
  HARDENING_USBREDIR,
  HARDENING_SMARTCARD,
  HARDENING_N_CHANNELS
} HardeningChannel;

typedef struct {
  Session session;
  /* the session has its references */
  SpcChannel *channels[HARDENING_N_CHANNELS];
  SpcDisplay *display;
  SpcFileDrop *drop;
  /* what the application hears */
  GString *files;     /* "open 1 NAME; write 5; …" */
  uint64_t last_file; /* its handle */
  guint n_monitor_wishes;
  Viewer *bystander;
  guint n_calls, n_pongs; /* how often it was looked after */
} Hardening;

void hardening_init (Hardening *self);
/* the bystander is still well; everybody else has left */
void hardening_clear (Hardening *self);
/* The bystander gets a new picture, is pinged and answers. */
void hardening_check_bystander (Hardening *self);
/* @client is closed by the server, and the bystander does not notice */
void hardening_check_ended (Hardening *self, const WireClient *client);
guint hardening_n_clients (Hardening *self);
/* commands that the display has refused */
guint64 hardening_n_refused (Hardening *self);

/* over TCP */
GSocket *hardening_dial (Hardening *self);
/* until the link has succeeded or failed */
WireClient *hardening_link (Hardening *self, const WireClientSetup *setup);
/* a main link that has had its INIT */
WireClient *hardening_join (Hardening *self);
/* a channel of the viewer of @main, which must succeed */
WireClient *hardening_open (Hardening *self, const WireClient *main,
                            HardeningChannel channel);
int hardening_try (Hardening *self, uint8_t channel_type, uint8_t channel_id,
                   uint32_t connection_id);

/* a line over TCP on which nothing is said but what a test says */
typedef struct {
  SpcTransport *line; /* owned */
  GByteArray *got;
  bool is_closed; /* by the server */
} RawLine;

RawLine *raw_line_new (Hardening *self);
void raw_line_free (RawLine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawLine, raw_line_free)
void raw_line_say (RawLine *self, const void *bytes, gsize size);
/* a link message with the usual magic and version */
void raw_line_say_link (RawLine *self, uint32_t size, const SpcLinkMess *mess);
/* the code of the answer to it, which has come whole */
uint32_t raw_line_answer (const RawLine *self);

/* past the link stage: a viewer of one channel that keeps no rules */
typedef struct {
  Hardening *rig;
  SpcClient *client;         /* owned */
  SpcConnection *connection; /* owned */
  SpcTransport *end;         /* owned; its own */
} Intruder;

Intruder *intruder_new (Hardening *self, HardeningChannel channel);
void intruder_free (Intruder *self); /* leaves */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Intruder, intruder_free)
/* a message that claims @claimed bytes and has @size */
void intruder_send (Intruder *self, uint16_t type, uint32_t claimed,
                    const void *body, uint32_t size);
/* thrown out, once all that was ready has happened */
bool intruder_is_out (Intruder *self);
/* the messages of its channel, base messages left out */
const SpcMessageHandler *hardening_handlers (Hardening *self,
                                             HardeningChannel channel,
                                             guint *n_handlers);

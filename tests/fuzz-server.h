/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fuzz-server.h – the server a fuzzer of sessions looks at.
 *
 * There is one a process: the first input begins it, it serves all of them,
 * and at exit it stops, holding no channel any more. Its loop runs where the
 * fuzzer lets it, it has one worker, and it logs nothing. */
#pragma once

#include "server-core/channel/server.h"
#include "server-core/net/net-fixture.h"

#define FUZZ_MAX_CHANNELS 8u

typedef struct {
  NetFixture net;
  SpcServer *server;
  SpcChannel *channels[FUZZ_MAX_CHANNELS]; /* in the order they were added */
  unsigned n_channels;
} FuzzServer;

/* once a process, with what lives until it ends */
void fuzz_server_init (FuzzServer *self);
/* @channel: (transfer full): a new SpcChannel */
void fuzz_server_add_channel (FuzzServer *self, gpointer channel);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz-server.h"

#include "server-core/link/link-fixture.h"

#include <stdlib.h>

/* what the exit of the process stops: atexit() passes no argument */
static FuzzServer *running;

static void
stop (void)
{
  spc_server_stop (running->server);
  for (unsigned i = 0; i < running->n_channels; i++)
    g_assert_finalize_object (running->channels[i]);
  g_assert_finalize_object (running->server);
  net_fixture_clear (&running->net);
}

static void
be_quiet (SpcLogCategory category, SpcLogLevel level, const char *file,
          const char *function, int line, const char *text)
{
}

/* One is waited for, so that what OpenSSL does at exit happens after the
 * workers were stopped. */
static void
make_ticket_key (FuzzServer *self)
{
  g_autoptr (SpcTicketKeys) keys =
      spc_ticket_keys_new (self->net.loop, spc_server_jobs (self->server));

  spc_ticket_key_unref (link_fixture_take_key (&self->net, keys));
}

void
fuzz_server_init (FuzzServer *self)
{
  SpcConfig config;

  g_assert_null (running);
  running = self;
  spc_log_set_sink (be_quiet);
  net_fixture_init (&self->net);
  spc_config_init (&config);
  config.n_workers = 1;
  self->server = spc_server_new (&config, self->net.context, NULL, NULL, NULL);
  spc_config_clear (&config);
  make_ticket_key (self);
  atexit (stop);
}

void
fuzz_server_add_channel (FuzzServer *self, gpointer channel)
{
  g_assert_cmpuint (self->n_channels, <, FUZZ_MAX_CHANNELS);
  self->channels[self->n_channels++] = SPC_CHANNEL (channel);
  spc_server_add_channel (self->server, SPC_CHANNEL (channel));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A viewer that moves in with whatever state it likes: nothing may crash, and
 * when it has gone nothing is left.
 *
 * An input is a list of messages, each a byte that chooses the channel (its
 * lower two bits) and the kind (bit 7: MIGRATE_END or a flush mark instead of
 * state), two of the size, and as many of the state. */
#include "fuzz-input.h"
#include "fuzz.h"
#include "server-core/channel/migrator.h"
#include "server-core/inputs/inputs.h"
#include "server-core/link/ticket.h"
#include "server-core/main/main-channel.h"
#include "server-core/main/migrate.h"
#include "server-core/net/net-fixture.h"
#include "server-core/spc.h"
#include "server-core/wire/protocol.h"

#include <stdlib.h>

#define ID 77u

enum { MAIN, DISPLAY, INPUTS, CURSOR, N_CHANNELS };

typedef struct {
  NetFixture net;
  SpcServer *server;
  SpcChannel *channels[N_CHANNELS];
  SpcTransport *ends[N_CHANNELS];
} Fuzz;

static Fuzz fuzz;

static void
open_channel (SpcClient *client, unsigned index)
{
  SpcChannel *channel = fuzz.channels[index];
  SpcConnectionSetup setup = {.channel = channel, .client = client};

  setup.common_caps.words[0] = 1u << SPICE_COMMON_CAP_MINI_HEADER;
  spc_transport_new_pair (fuzz.net.loop, 65536, &setup.transport,
                          &fuzz.ends[index]);
  spc_connection_open (SPC_CHANNEL_GET_CLASS (channel)->connection_type,
                       &setup);
}

static void
arrive (void)
{
  SpcClient *client = spc_client_new (fuzz.server, ID, "fuzz");

  spc_migration_expect (spc_server_migration (fuzz.server), ID, 600000);
  net_fixture_run_ready (&fuzz.net, 10);
  g_ptr_array_add (spc_server_clients (fuzz.server), client);
  g_assert_true (spc_server_take_arrival (fuzz.server, client));
  for (unsigned i = 0; i < N_CHANNELS; i++)
    open_channel (client, i);
}

static void
send_message (unsigned channel, uint16_t type, const uint8_t *body,
              uint32_t size)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  const uint8_t header[6] = {(uint8_t)type,         (uint8_t)(type >> 8),
                             (uint8_t)size,         (uint8_t)(size >> 8),
                             (uint8_t)(size >> 16), (uint8_t)(size >> 24)};

  g_byte_array_append (message, header, sizeof header);
  if (size > 0)
    g_byte_array_append (message, body, size);
  net_write (fuzz.ends[channel], message->data, message->len, NULL);
  net_fixture_run_ready (&fuzz.net, 10);
}

static void
send_state (Input *input)
{
  uint32_t choice = take (input, 1);
  unsigned channel = choice % N_CHANNELS;
  uint32_t wanted = take (input, 2);
  uint32_t size = MIN (wanted, (uint32_t)input->size);

  if (choice & 0x80)
    send_message (channel,
                  channel == MAIN ? SPICE_MSGC_MAIN_MIGRATE_END
                                  : SPICE_MSGC_MIGRATE_FLUSH_MARK,
                  NULL, 0);
  else
    send_message (channel, SPICE_MSGC_MIGRATE_DATA, input->data, size);
  skip (input, size);
}

static void
leave (void)
{
  GPtrArray *clients = spc_server_clients (fuzz.server);

  for (unsigned i = 0; i < N_CHANNELS; i++)
    g_clear_pointer (&fuzz.ends[i], spc_transport_free);
  NET_RUN_UNTIL (&fuzz.net, clients->len == 0);
  for (unsigned i = 0; i < N_CHANNELS; i++)
    g_assert_cmpuint (spc_channel_n_connections (fuzz.channels[i]), ==, 0);
}

static void
tear_down (void)
{
  spc_server_stop (fuzz.server);
  for (unsigned i = 0; i < N_CHANNELS; i++)
    g_assert_finalize_object (fuzz.channels[i]);
  g_assert_finalize_object (fuzz.server);
  net_fixture_clear (&fuzz.net);
}

static void
be_quiet (SpcLogCategory category, SpcLogLevel level, const char *file,
          const char *function, int line, const char *text)
{
}

/* One is waited for, so that what OpenSSL does at exit happens after the
 * workers were stopped. */
static void
warm_up (void)
{
  g_autoptr (SpcTicketKeys) keys =
      spc_ticket_keys_new (fuzz.net.loop, spc_server_jobs (fuzz.server));

  spc_ticket_key_free (spc_ticket_keys_take (keys, NULL));
}

static void
set_up (void)
{
  SpcServer *server;
  SpcConfig config;

  spc_log_set_sink (be_quiet);
  net_fixture_init (&fuzz.net);
  spc_config_init (&config);
  config.n_workers = 1;
  server = spc_server_new (&config, fuzz.net.context, NULL, NULL, NULL);
  spc_config_clear (&config);
  fuzz.server = server;
  warm_up ();
  fuzz.channels[MAIN] = SPC_CHANNEL (spc_main_new (server));
  fuzz.channels[DISPLAY] = SPC_CHANNEL (spc_display_new (server, 0));
  fuzz.channels[INPUTS] = SPC_CHANNEL (spc_inputs_new (server));
  fuzz.channels[CURSOR] = SPC_CHANNEL (spc_cursor_new (server, 0));
  for (unsigned i = 0; i < N_CHANNELS; i++)
    spc_server_add_channel (server, fuzz.channels[i]);
  spc_migration_set_seamless (spc_server_migration (server), true);
  atexit (tear_down);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const uint8_t version[4] = {1, 0, 0, 0};
  Input input = {data, size};

  if (fuzz.server == NULL)
    set_up ();
  arrive ();
  send_message (MAIN, SPICE_MSGC_MAIN_MIGRATE_DST_DO_SEAMLESS, version,
                sizeof version);
  while (input.size > 0)
    send_state (&input);
  leave ();
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A viewer that moves in with whatever state it likes: nothing may crash, and
 * when it has gone nothing is left.
 *
 * An input is a list of messages, each a byte that chooses the channel (its
 * lower three bits) and the kind (bit 7: MIGRATE_END or a flush mark instead of
 * state; bit 6: what the viewer goes on with, agent data or bytes), two of the
 * size, and as many of the state. */
#include "fuzz-input.h"
#include "fuzz-server.h"
#include "fuzz.h"
#include "server-core/channel/migrator.h"
#include "server-core/inputs/inputs.h"
#include "server-core/main/clipboard.h"
#include "server-core/main/main-channel.h"
#include "server-core/main/migrate.h"
#include "server-core/port/port.h"
#include "server-core/spc.h"
#include "server-core/wire/protocol.h"

#define ID 77u

enum { MAIN, DISPLAY, INPUTS, CURSOR, PORT, CARD, N_CHANNELS };

typedef struct {
  FuzzServer base;
  SpcTransport *ends[N_CHANNELS];
} Fuzz;

static Fuzz fuzz;

static void
open_channel (SpcClient *client, unsigned index)
{
  SpcChannel *channel = fuzz.base.channels[index];
  SpcConnectionSetup setup = {.channel = channel, .client = client};

  setup.common_caps.words[0] = 1u << SPICE_COMMON_CAP_MINI_HEADER;
  spc_transport_new_pair (fuzz.base.net.loop, 65536, &setup.transport,
                          &fuzz.ends[index]);
  spc_connection_open (SPC_CHANNEL_GET_CLASS (channel)->connection_type,
                       &setup);
}

static void
arrive (void)
{
  SpcClient *client = spc_client_new (fuzz.base.server, ID, "fuzz");

  spc_migration_expect (spc_server_migration (fuzz.base.server), ID, 600000);
  net_fixture_run_ready (&fuzz.base.net, 10);
  g_ptr_array_add (spc_server_clients (fuzz.base.server), client);
  g_assert_true (spc_server_take_arrival (fuzz.base.server, client));
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
  net_fixture_run_ready (&fuzz.base.net, 10);
}

static void
send_state (Input *input)
{
  uint32_t choice = take (input, 1);
  unsigned channel = (choice & 7) % N_CHANNELS;
  uint32_t wanted = take (input, 2);
  uint32_t size = MIN (wanted, (uint32_t)input->size);

  if (choice & 0x80)
    send_message (channel,
                  channel == MAIN ? SPICE_MSGC_MAIN_MIGRATE_END
                                  : SPICE_MSGC_MIGRATE_FLUSH_MARK,
                  NULL, 0);
  else if (choice & 0x40)
    send_message (channel,
                  channel == MAIN ? SPICE_MSGC_MAIN_AGENT_DATA
                                  : SPICE_MSGC_SPICEVMC_DATA,
                  input->data, size);
  else
    send_message (channel, SPICE_MSGC_MIGRATE_DATA, input->data, size);
  skip (input, size);
}

static void
read_all (SpcPort *port)
{
  SpcLetter *letter;

  while ((letter = spc_port_read (port, 0)) != NULL)
    spc_port_give_back (port, letter);
}

static void
leave (void)
{
  GPtrArray *clients = spc_server_clients (fuzz.base.server);

  for (unsigned i = 0; i < N_CHANNELS; i++)
    g_clear_pointer (&fuzz.ends[i], spc_transport_free);
  NET_RUN_UNTIL (&fuzz.base.net, clients->len == 0);
  for (unsigned i = 0; i < N_CHANNELS; i++)
    g_assert_cmpuint (spc_channel_n_connections (fuzz.base.channels[i]), ==, 0);
  read_all (SPC_PORT (fuzz.base.channels[PORT]));
  read_all (SPC_PORT (fuzz.base.channels[CARD]));
}

/* an application that has text, and takes what comes */

static void
on_grab_or_request (uint32_t client_id, uint8_t selection, uint32_t types,
                    gpointer user_data)
{
}

static void
on_released (uint32_t client_id, uint8_t selection, gpointer user_data)
{
}

static void
on_clipboard_data (uint32_t client_id, uint8_t selection, uint32_t type,
                   GBytes *bytes, gpointer user_data)
{
}

static const SpcClipboardHost clipboard_host = {
    .grabbed = on_grab_or_request,
    .released = on_released,
    .requested = on_grab_or_request,
    .data = on_clipboard_data,
};

static void
add_port (FuzzServer *base, SpcPortKind kind)
{
  const SpcPortConfig config = {.kind = kind, .name = "chat"};
  SpcPort *port = spc_port_new (base->server, &config);

  spc_port_post_consumer (port, true);
  fuzz_server_add_channel (base, port);
}

/* in the order of their indices */
static void
set_up (void)
{
  FuzzServer *base = &fuzz.base;
  SpcClipboard *clipboard;

  fuzz_server_init (base);
  fuzz_server_add_channel (base, spc_main_new (base->server));
  fuzz_server_add_channel (base, spc_display_new (base->server, 0));
  fuzz_server_add_channel (base, spc_inputs_new (base->server));
  fuzz_server_add_channel (base, spc_cursor_new (base->server, 0));
  add_port (base, SPC_PORT_PLAIN);
  add_port (base, SPC_PORT_SMARTCARD);
  g_assert_cmpuint (base->n_channels, ==, N_CHANNELS);
  clipboard = spc_clipboard_new (spc_server_agent (base->server),
                                 &clipboard_host, NULL);
  spc_clipboard_grab (clipboard, 0, 0, 2);
  spc_migration_set_seamless (spc_server_migration (base->server), true);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const uint8_t version[4] = {1, 0, 0, 0};
  Input input = {data, size};

  if (fuzz.base.server == NULL)
    set_up ();
  arrive ();
  send_message (MAIN, SPICE_MSGC_MAIN_MIGRATE_DST_DO_SEAMLESS, version,
                sizeof version);
  while (input.size > 0)
    send_state (&input);
  leave ();
  return 0;
}

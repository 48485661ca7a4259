/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The agent against viewers that send what they like: agent messages of right
 * and wrong sizes, cut anywhere, with and without tokens; meanwhile an
 * application uses the clipboard and changes its rules, roles change, viewers
 * come and go. Nothing may crash or leak, what waits for a viewer stays
 * bounded, and the application hears an answer to each of its questions.
 *
 * An input is a list of actions, one byte each, with their values behind. */
#include "fuzz-input.h"
#include "fuzz-server.h"
#include "fuzz.h"
#include "server-core/main/agent-desk.h"
#include "server-core/main/clipboard.h"
#include "server-core/main/main-channel.h"
#include "server-core/wire/protocol.h"

#include <spice/vd_agent.h>

#define N_VIEWERS 2
#define MAX_SIZE 5000u
#define LINE_BYTES 4096u
#define MAX_WAITING_ITEMS 64u

typedef struct {
  SpcClient *client; /* referenced; NULL: nobody */
  SpcTransport *end;
} FuzzViewer;

typedef struct {
  FuzzServer base; /* of the main channel alone */
  SpcClipboard *clipboard;
  FuzzViewer viewers[N_VIEWERS];
  uint32_t next_id;
  guint n_asked, n_answered;
} Fuzz;

static Fuzz fuzz;

/* the application */

static void
on_grabbed (uint32_t id, uint8_t selection, uint32_t types, gpointer user_data)
{
  g_assert_cmpuint (types & ~SPC_CLIPBOARD_ALL_TYPES, ==, 0);
  g_assert_cmpuint (selection, <, SPC_CLIPBOARD_SELECTIONS);
}

static void
on_released (uint32_t id, uint8_t selection, gpointer user_data)
{
  g_assert_cmpuint (selection, <, SPC_CLIPBOARD_SELECTIONS);
}

static void
on_requested (uint32_t id, uint8_t selection, uint32_t type, gpointer user_data)
{
  g_assert_cmpuint (type - 1, <, SPC_CLIPBOARD_N_TYPES - 1);
}

static void
on_data (uint32_t id, uint8_t selection, uint32_t type, GBytes *bytes,
         gpointer user_data)
{
  fuzz.n_answered++;
  g_assert_true (bytes == NULL || g_bytes_get_size (bytes) <= MAX_SIZE);
}

static const SpcClipboardHost clipboard_host = {
    .grabbed = on_grabbed,
    .released = on_released,
    .requested = on_requested,
    .data = on_data,
};

static const SpcDeskHost desk_host = {.monitors = NULL};

static FuzzViewer *
take_viewer (Input *input)
{
  return &fuzz.viewers[take (input, 1) % N_VIEWERS];
}

static uint32_t
id_of (const FuzzViewer *viewer)
{
  return viewer->client != NULL ? viewer->client->id : 4711;
}

static void
do_grab (Input *input)
{
  uint32_t choice = take (input, 1);
  uint32_t types = (choice & SPC_CLIPBOARD_ALL_TYPES) | 1u << 1;

  spc_clipboard_grab (
      fuzz.clipboard, choice & 0x80 ? 0 : id_of (take_viewer (input)),
      (uint8_t)(take (input, 1) % SPC_CLIPBOARD_SELECTIONS), types);
}

static void
do_release (Input *input)
{
  spc_clipboard_release (fuzz.clipboard, 0,
                         (uint8_t)(take (input, 1) % SPC_CLIPBOARD_SELECTIONS));
}

static void
do_request (Input *input)
{
  uint32_t type = 1 + take (input, 1) % (SPC_CLIPBOARD_N_TYPES - 1);

  fuzz.n_asked++;
  spc_clipboard_request (fuzz.clipboard, id_of (take_viewer (input)),
                         (uint8_t)(take (input, 1) % SPC_CLIPBOARD_SELECTIONS),
                         type);
}

static void
do_set_data (Input *input)
{
  uint32_t type = 1 + take (input, 1) % (SPC_CLIPBOARD_N_TYPES - 1);
  gsize size = take (input, 2) % (2 * MAX_SIZE);
  g_autoptr (GBytes) bytes =
      size > 0 ? g_bytes_new_take (g_malloc0 (size), size) : NULL;

  spc_clipboard_set_data (fuzz.clipboard, id_of (take_viewer (input)),
                          (uint8_t)(take (input, 1) % SPC_CLIPBOARD_SELECTIONS),
                          type, bytes);
}

static void
do_policy (Input *input)
{
  uint32_t choice = take (input, 1);
  const SpcClipboardPolicy policy = {.to_client = choice & 1,
                                     .to_server = choice & 2,
                                     .max_size = choice & 4 ? 10 : MAX_SIZE};

  spc_clipboard_set_policy (fuzz.clipboard, &policy);
}

static void
do_role (Input *input)
{
  spc_server_set_client_role (fuzz.base.server, id_of (take_viewer (input)),
                              take (input, 1) & 1 ? SPC_ROLE_VIEW_ONLY
                                                  : SPC_ROLE_FULL);
}

/* viewers */

static void
forget_viewer (FuzzViewer *viewer)
{
  g_clear_pointer (&viewer->end, spc_transport_free);
  g_clear_pointer (&viewer->client, spc_client_unref);
}

static void
do_leave (Input *input)
{
  forget_viewer (take_viewer (input));
}

static void
do_join (Input *input)
{
  FuzzViewer *viewer = take_viewer (input);
  SpcChannel *channel = fuzz.base.channels[0];
  SpcConnectionSetup setup = {.channel = channel};

  forget_viewer (viewer);
  viewer->client = spc_client_new (fuzz.base.server, ++fuzz.next_id, "fuzz");
  g_ptr_array_add (spc_server_clients (fuzz.base.server),
                   spc_client_ref (viewer->client));
  setup.client = viewer->client;
  setup.common_caps.words[0] = 1u << SPICE_COMMON_CAP_MINI_HEADER;
  setup.channel_caps.words[0] = take (input, 1);
  spc_transport_new_pair (fuzz.base.net.loop, LINE_BYTES, &setup.transport,
                          &viewer->end);
  setup.transport->is_local = true;
  spc_connection_open (SPC_CHANNEL_GET_CLASS (channel)->connection_type,
                       &setup);
}

static void
do_read (Input *input)
{
  FuzzViewer *viewer = take_viewer (input);
  uint8_t bytes[4096];

  for (uint32_t n = take (input, 1); n > 0 && viewer->end != NULL; n--) {
    if (spc_transport_read (viewer->end, bytes, sizeof bytes, NULL) <= 0)
      return;
    net_fixture_run_ready (&fuzz.base.net, 4);
  }
}

static void
put_u32 (GByteArray *message, uint32_t value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (message, (const uint8_t *)&value, 4);
}

static void
send_message (FuzzViewer *viewer, uint16_t type, const GByteArray *body)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  uint8_t type_bytes[2] = {(uint8_t)type, (uint8_t)(type >> 8)};

  g_byte_array_append (message, type_bytes, 2);
  put_u32 (message, body->len);
  g_byte_array_append (message, body->data, body->len);
  if (viewer->end != NULL)
    net_write (viewer->end, message->data, message->len, NULL);
}

/* AGENT_START or AGENT_TOKEN */
static void
do_tokens (Input *input)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  FuzzViewer *viewer = take_viewer (input);
  uint32_t choice = take (input, 1);

  put_u32 (body, choice & 0x80 ? UINT32_MAX : choice & 0x3f);
  send_message (viewer,
                choice & 0x40 ? SPICE_MSGC_MAIN_AGENT_TOKEN
                              : SPICE_MSGC_MAIN_AGENT_START,
                body);
}

static void
append_input (GByteArray *body, Input *input, uint32_t size)
{
  static const uint8_t zeros[SPC_MAX_AGENT_CHUNK];
  uint32_t given = (uint32_t)MIN (size, input->size);

  if (given > 0)
    g_byte_array_append (body, input->data, given);
  g_byte_array_append (body, zeros, MIN (size - given, sizeof zeros));
  skip (input, given);
}

/* the beginning of a message: all of it, less, or more */
static void
do_start_message (Input *input)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  FuzzViewer *viewer = take_viewer (input);
  uint32_t type = take (input, 1), choice = take (input, 1);
  uint32_t size = take (input, choice & 1 ? 4 : 1);
  uint32_t here =
      choice & 2 ? take (input, 2) % (SPC_MAX_AGENT_CHUNK + 1) : size;

  put_u32 (body, choice & 0x80 ? take (input, 1) : VD_AGENT_PROTOCOL);
  put_u32 (body, type % (VD_AGENT_END_MESSAGE + 2));
  put_u32 (body, 0);
  put_u32 (body, 0);
  put_u32 (body, size);
  append_input (body, input, MIN (here, SPC_MAX_AGENT_CHUNK));
  send_message (viewer, SPICE_MSGC_MAIN_AGENT_DATA, body);
}

/* any bytes: the rest of a message, or a bad beginning */
static void
do_piece (Input *input)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  FuzzViewer *viewer = take_viewer (input);

  append_input (body, input, take (input, 2) % (SPC_MAX_AGENT_CHUNK + 1));
  send_message (viewer, SPICE_MSGC_MAIN_AGENT_DATA, body);
}

/* what much depends on */
static void
do_announce (Input *input)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  FuzzViewer *viewer = take_viewer (input);

  put_u32 (body, VD_AGENT_PROTOCOL);
  put_u32 (body, VD_AGENT_ANNOUNCE_CAPABILITIES);
  put_u32 (body, 0);
  put_u32 (body, 0);
  put_u32 (body, 8);
  put_u32 (body, take (input, 1) & 1);
  put_u32 (body, take (input, 1) << 12 | take (input, 1));
  send_message (viewer, SPICE_MSGC_MAIN_AGENT_DATA, body);
}

static void (*const actions[]) (Input *input) = {
    do_join,          do_leave,         do_read,     do_tokens, do_announce,
    do_start_message, do_start_message, do_piece,    do_piece,  do_grab,
    do_release,       do_request,       do_set_data, do_policy, do_role,
};

static void
check (void)
{
  for (guint i = 0; i < N_VIEWERS; i++) {
    SpcClient *client = fuzz.viewers[i].client;

    if (client == NULL || client->connections->len == 0)
      continue;
    g_assert_cmpuint (spc_pipe_length (spc_connection_pipe (
                          g_ptr_array_index (client->connections, 0))),
                      <=, MAX_WAITING_ITEMS);
  }
}

/* life */

static void
end_input (void)
{
  for (guint i = 0; i < N_VIEWERS; i++)
    forget_viewer (&fuzz.viewers[i]);
  while (spc_server_n_clients (fuzz.base.server) > 0 ||
         g_main_context_pending (fuzz.base.net.context))
    g_main_context_iteration (fuzz.base.net.context, FALSE);
  for (uint8_t i = 0; i < SPC_CLIPBOARD_SELECTIONS; i++)
    spc_clipboard_release (fuzz.clipboard, 0, i);
  while (g_main_context_iteration (fuzz.base.net.context, FALSE))
    continue;
  /* one answer may serve several questions */
  g_assert_cmpuint (fuzz.n_answered, <=, fuzz.n_asked);
  g_assert_true (fuzz.n_answered > 0 || fuzz.n_asked == 0);
  fuzz.n_answered = fuzz.n_asked = 0;
}

static void
set_up (void)
{
  const SpcClipboardPolicy policy = {true, true, MAX_SIZE};
  SpcServer *server;
  SpcMain *main_channel;

  fuzz_server_init (&fuzz.base);
  server = fuzz.base.server;
  main_channel = spc_main_new (server);
  fuzz.clipboard =
      spc_clipboard_new (spc_server_agent (server), &clipboard_host, NULL);
  spc_desk_new (server, &desk_host, NULL);
  spc_clipboard_set_policy (fuzz.clipboard, &policy);
  fuzz_server_add_channel (&fuzz.base, main_channel);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Input input = {data, size};

  if (fuzz.base.server == NULL)
    set_up ();
  while (input.size > 0) {
    actions[take (&input, 1) % G_N_ELEMENTS (actions)](&input);
    net_fixture_run_ready (&fuzz.base.net, 3);
    check ();
  }
  end_input ();
  return 0;
}

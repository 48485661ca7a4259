/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A whole server against viewers and producers that do what they like: viewers
 * come and go, open channels, send messages of right and wrong sizes, read or
 * do not read, acknowledge or do not; meanwhile pictures, pointers and sound
 * are posted, and channels, roles and viewers are taken away. Nothing may
 * crash, what waits for a viewer stays bounded, and when all have gone nothing
 * is left.
 *
 * An input is a list of actions, one byte each, with their values behind. The
 * links are made past the link stage, which fuzz-link looks at; some are within
 * TLS. */
#include "fuzz-input.h"
#include "fuzz-line.h"
#include "fuzz-server.h"
#include "fuzz.h"
#include "server-core/inputs/inputs.h"
#include "server-core/main/main-channel.h"
#include "server-core/net/tls-fixture.h"
#include "server-core/spc.h"
#include "server-core/wire/protocol.h"

#include <stdlib.h>
#include <string.h>

#define N_VIEWERS 4
/* answers of one read to a flood of questions come on top of the bound */
#define MAX_WAITING_ITEMS (8 * SPC_MAX_PIPE_ITEMS)
#define MAX_WAITING_BYTES (SPC_MAX_OUTPUT_BYTES + 2 * 256u * 1024u)

/* channels of the server, main first */
enum {
  MAIN,
  DISPLAY,
  SECOND_DISPLAY,
  INPUTS,
  CURSOR,
  PLAYBACK,
  RECORD,
  N_CHANNELS
};

typedef struct {
  SpcClient *client; /* referenced; NULL: nobody */
  FuzzLine *ends[N_CHANNELS];
} FuzzViewer;

typedef struct {
  FuzzServer base;
  SpcTlsContext *tls; /* of lines within it */
  FuzzViewer viewers[N_VIEWERS];
  uint32_t next_id;
} Fuzz;

/* bits of how a channel is opened; the upper four are its line's capacity */
enum {
  MINI_HEADER = 1,
  LOCAL = 2,
  TLS = 4,
  GREET_LATER = 8, /* what is sent or read first shakes hands */
};

/* the input */

static FuzzViewer *
take_viewer (Fuzz *self, Input *input)
{
  return &self->viewers[take (input, 1) % N_VIEWERS];
}

static unsigned
take_channel (Input *input)
{
  return take (input, 1) % N_CHANNELS;
}

/* viewers */

static void
hang_up (FuzzViewer *viewer, unsigned channel)
{
  g_clear_pointer (&viewer->ends[channel], fuzz_line_free);
}

static void
forget_viewer (FuzzViewer *viewer)
{
  for (unsigned i = 0; i < N_CHANNELS; i++)
    hang_up (viewer, i);
  g_clear_pointer (&viewer->client, spc_client_unref);
}

static void
open_channel (Fuzz *self, FuzzViewer *viewer, unsigned index, Input *input)
{
  SpcChannel *channel = self->base.channels[index];
  SpcConnectionSetup setup = {.channel = channel, .client = viewer->client};
  uint32_t choices = take (input, 1);

  if (viewer->client->closing || spc_channel_server (channel) == NULL ||
      spc_client_find (viewer->client, spc_channel_type (channel),
                       spc_channel_id (channel)) != NULL)
    return;
  hang_up (viewer, index);
  setup.common_caps.words[0] =
      choices & MINI_HEADER ? 1u << SPICE_COMMON_CAP_MINI_HEADER : 0;
  setup.channel_caps.words[0] = take (input, 2);
  viewer->ends[index] =
      fuzz_line_new (self->base.net.loop, (gsize)16 << (choices >> 4),
                     choices & TLS ? self->tls : NULL, &setup.transport);
  setup.transport->is_local = choices & LOCAL;
  spc_connection_open (SPC_CHANNEL_GET_CLASS (channel)->connection_type,
                       &setup);
  if (!(choices & GREET_LATER))
    fuzz_line_greet (viewer->ends[index], &self->base.net);
}

static void
do_join (Fuzz *self, Input *input)
{
  FuzzViewer *viewer = take_viewer (self, input);

  forget_viewer (viewer);
  viewer->client = spc_client_new (self->base.server, ++self->next_id, "fuzz");
  g_ptr_array_add (spc_server_clients (self->base.server),
                   spc_client_ref (viewer->client));
  open_channel (self, viewer, MAIN, input);
}

static void
do_open (Fuzz *self, Input *input)
{
  FuzzViewer *viewer = take_viewer (self, input);
  unsigned index = take_channel (input);

  if (viewer->client != NULL)
    open_channel (self, viewer, index, input);
}

static void
do_hang_up (Fuzz *self, Input *input)
{
  FuzzViewer *viewer = take_viewer (self, input);

  hang_up (viewer, take_channel (input));
}

static void
do_leave (Fuzz *self, Input *input)
{
  forget_viewer (take_viewer (self, input));
}

static void
do_read (Fuzz *self, Input *input)
{
  FuzzViewer *viewer = take_viewer (self, input);
  FuzzLine *end = viewer->ends[take_channel (input)];

  for (uint32_t n = take (input, 1); n > 0 && end != NULL; n--) {
    if (!fuzz_line_read (end))
      return;
    net_fixture_run_ready (&self->base.net, 4);
  }
}

/* what viewers send */

static void
send_bytes (FuzzLine *end, const uint8_t *data, size_t size)
{
  if (end != NULL && size > 0)
    fuzz_line_send (end, data, size);
}

static void
send_message (FuzzLine *end, uint16_t type, uint32_t claimed, Input *input,
              uint32_t size)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  uint8_t header[6] = {(uint8_t)type,
                       (uint8_t)(type >> 8),
                       (uint8_t)claimed,
                       (uint8_t)(claimed >> 8),
                       (uint8_t)(claimed >> 16),
                       (uint8_t)(claimed >> 24)};
  static const uint8_t zeros[4096];
  uint32_t given = (uint32_t)MIN (size, input->size);

  g_byte_array_append (message, header, sizeof header);
  if (given > 0)
    g_byte_array_append (message, input->data, given);
  g_byte_array_append (message, zeros, MIN (size - given, sizeof zeros));
  skip (input, given);
  send_bytes (end, message->data, message->len);
}

/* of a size the channel's table allows */
static void
do_send_right (Fuzz *self, Input *input)
{
  FuzzViewer *viewer = take_viewer (self, input);
  unsigned index = take_channel (input);
  GType type =
      SPC_CHANNEL_GET_CLASS (self->base.channels[index])->connection_type;
  SpcConnectionClass *klass = g_type_class_peek (type);
  uint32_t choice = take (input, 1), size;
  const SpcMessageHandler *handler;

  if (klass == NULL || klass->n_handlers == 0)
    return;
  handler = &klass->handlers[choice % klass->n_handlers];
  size = handler->max_size;
  if (size > handler->min_size)
    size = handler->min_size +
           take (input, 2) % (handler->max_size - handler->min_size + 1);
  send_message (viewer->ends[index], handler->type, size, input, size);
}

/* INIT or acks, which much depends on */
static void
do_send_usual (Fuzz *self, Input *input)
{
  FuzzViewer *viewer = take_viewer (self, input);
  unsigned index = take_channel (input);
  Input none = {0}, generation = {(const uint8_t *)"\1\0\0\0", 4};
  FuzzLine *end = viewer->ends[index];

  switch (take (input, 1) % 4) {
  case 0:
    send_message (end, SPICE_MSGC_DISPLAY_INIT, 14, &none, 14);
    break;
  case 1:
    send_message (end, SPICE_MSGC_ACK_SYNC, 4, &generation, 4);
    break;
  case 2:
    send_message (end, SPICE_MSGC_ACK, 0, &none, 0);
    break;
  default:
    send_message (end, SPICE_MSGC_PONG, 12, input, 12);
    break;
  }
}

static void
do_send_wrong (Fuzz *self, Input *input)
{
  FuzzViewer *viewer = take_viewer (self, input);
  unsigned index = take_channel (input);
  uint16_t type = (uint16_t)take (input, 2);
  uint32_t claimed = take (input, 4);

  send_message (viewer->ends[index], type, claimed, input, take (input, 1));
}

static void
do_send_raw (Fuzz *self, Input *input)
{
  FuzzViewer *viewer = take_viewer (self, input);
  unsigned index = take_channel (input);
  uint32_t size = take (input, 1);

  size = (uint32_t)MIN (size, input->size);
  send_bytes (viewer->ends[index], input->data, size);
  skip (input, size);
}

/* within TLS what is no part of it, on a plain line more of the same */
static void
do_send_beneath (Fuzz *self, Input *input)
{
  FuzzViewer *viewer = take_viewer (self, input);
  FuzzLine *end = viewer->ends[take_channel (input)];
  uint32_t size = take (input, 1);

  size = (uint32_t)MIN (size, input->size);
  if (end != NULL && size > 0)
    fuzz_line_send_beneath (end, input->data, size);
  skip (input, size);
}

/* the same question again and again */
static void
do_flood (Fuzz *self, Input *input)
{
  FuzzViewer *viewer = take_viewer (self, input);
  Input none = {0}, mode = {(const uint8_t *)"\2\0", 2};
  FuzzLine *end = viewer->ends[MAIN];
  uint32_t n = take (input, 1) * 16;

  for (uint32_t i = 0; i < n; i++) {
    send_message (end, SPICE_MSGC_MAIN_ATTACH_CHANNELS, 0, &none, 0);
    send_message (end, SPICE_MSGC_MAIN_MOUSE_MODE_REQUEST, 2, &mode, 2);
    mode = (Input){(const uint8_t *)(i % 2 ? "\2\0" : "\1\0"), 2};
  }
}

/* producers */

static void
take_command (Input *input, QxlBatch *batch)
{
  uint32_t choices = take (input, 1), surface_id = choices >> 6;
  uint32_t width;

  switch (choices % 16) {
  case 0:
    qxl_batch_destroy_surface (batch, surface_id);
    break;
  case 1:
  case 2:
    width = take (input, 1) % FUZZ_MAX_SIDE;
    qxl_batch_create_surface (batch, surface_id, width,
                              take (input, 1) % FUZZ_MAX_SIDE,
                              choices & 32 ? QXL_FORMAT_BGRA : QXL_FORMAT_BGRX);
    break;
  default:
    qxl_batch_draw (batch, take_drawable (input, surface_id));
    break;
  }
}

static void
do_draw (Fuzz *self, Input *input)
{
  SpcChannel *display = self->base.channels[DISPLAY + take (input, 1) % 2];
  QxlBatch *batch = qxl_batch_new ();

  for (uint32_t n = take (input, 1) % 8; n > 0; n--)
    take_command (input, batch);
  spc_display_post (SPC_DISPLAY (display), batch);
}

/* films: kinds of them, codecs native and made here */

static void
do_video (Fuzz *self, Input *input)
{
  SpcVideoConfig video = {.start_bps = 10000000};
  uint32_t choices = take (input, 1);

  video.use = choices % (SPC_VIDEO_FILTER + 1);
  video.obeys_viewers = choices & 0x80;
  if (choices & 0x40)
    video.codecs[0] = (uint8_t)(1 + take (input, 1) % SPC_MAX_VIDEO_CODECS);
  spc_server_set_video (self->base.server, &video);
}

static SpcDisplay *
take_display (Fuzz *self, Input *input)
{
  return SPC_DISPLAY (self->base.channels[DISPLAY + take (input, 1) % 2]);
}

static void
do_film (Fuzz *self, Input *input)
{
  SpcDisplay *display = take_display (self, input);
  SpcFilm film = {.is_film = take (input, 1) & 1};

  film.codec = (uint8_t)(take (input, 1) % (SPC_MAX_VIDEO_CODECS + 1));
  film.width = take (input, 1) % FUZZ_MAX_SIDE;
  film.height = take (input, 1) % FUZZ_MAX_SIDE;
  spc_display_set_film (display, &film);
}

static void
do_packet (Fuzz *self, Input *input)
{
  SpcDisplay *display = take_display (self, input);
  SpcVideoPacket packet = {.is_key = take (input, 1) & 1,
                           .time_us = g_get_monotonic_time ()};
  uint32_t size = take (input, 1) & 0x3f;

  size = (uint32_t)MIN (size, input->size);
  packet.bytes = g_bytes_new (input->data, size);
  skip (input, size);
  spc_display_post_packet (display, &packet);
  g_bytes_unref (packet.bytes);
}

/* how a viewer fares with a stream, whose numbers are low ones */
static void
do_report (Fuzz *self, Input *input)
{
  FuzzViewer *viewer = take_viewer (self, input);
  FuzzLine *end = viewer->ends[DISPLAY + take (input, 1) % 2];
  uint32_t choices = take (input, 1), words[8] = {choices % 4};
  Input report = {(const uint8_t *)words, sizeof words};

  for (unsigned i = 1; i < G_N_ELEMENTS (words); i++)
    words[i] = take (input, choices & 0x40 ? 4 : 1);
  if (choices & 0x80) /* "I cannot decode that" */
    words[4] = 0, words[5] = 0xffffffff;
  send_message (end, SPICE_MSGC_DISPLAY_STREAM_REPORT, sizeof words, &report,
                sizeof words);
}

/* an order of codecs, right or not */
static void
do_prefer (Fuzz *self, Input *input)
{
  FuzzViewer *viewer = take_viewer (self, input);
  FuzzLine *end = viewer->ends[DISPLAY + take (input, 1) % 2];
  uint32_t size = 1 + take (input, 1) % 8;

  send_message (end, SPICE_MSGC_DISPLAY_PREFERRED_VIDEO_CODEC_TYPE, size, input,
                size);
}

static void
do_resync (Fuzz *self, Input *input)
{
  spc_display_resync (take_display (self, input));
}

static void
do_heads (Fuzz *self, Input *input)
{
  QxlRect heads[4];
  guint n = take (input, 1) % (G_N_ELEMENTS (heads) + 1);

  for (guint i = 0; i < n; i++)
    heads[i] = take_rect (input);
  spc_display_post_heads (SPC_DISPLAY (self->base.channels[DISPLAY]), heads, n);
}

static QxlCursorShape *
take_pointer_shape (Input *input)
{
  QxlCursorType type = take (input, 1) % (QXL_N_CURSOR_TYPES + 1);
  uint16_t width = (uint16_t)(take (input, 1) * 2);
  uint16_t height = (uint16_t)take (input, 1);
  gsize size = qxl_cursor_data_size (type, width, height);
  uint8_t *data = g_malloc0 (size + 1);

  for (gsize i = 0; i < size && input->size > 0; i++)
    data[i] = (uint8_t)take (input, 1);
  return qxl_cursor_shape_new (
      type, 0, width, height, (uint16_t)take (input, 1),
      (uint16_t)take (input, 1),
      g_bytes_new_take (data, size + (take (input, 1) & 1)));
}

static QxlCursorCommand *
take_pointer_command (Input *input)
{
  QxlCursorCommand *command =
      qxl_cursor_command_new (take (input, 1) % (QXL_CURSOR_RESET + 1));

  command->x = (int16_t)take (input, 2);
  command->y = (int16_t)take (input, 1);
  command->length = (uint16_t)take (input, 1);
  command->is_visible = take (input, 1) & 1;
  if (command->kind == QXL_CURSOR_SET)
    command->shape = take_pointer_shape (input);
  return command;
}

static void
do_cursor (Fuzz *self, Input *input)
{
  SpcCursor *cursor = SPC_CURSOR (self->base.channels[CURSOR]);
  uint16_t hot_x, hot_y;
  int32_t x;

  switch (take (input, 1) % 4) {
  case 0:
    hot_x = (uint16_t)take (input, 1);
    hot_y = (uint16_t)take (input, 1);
    spc_cursor_post_shape (cursor, take_image (input, QXL_FORMAT_BGRA), hot_x,
                           hot_y);
    break;
  case 1:
    x = (int32_t)take (input, 4);
    spc_cursor_post_position (cursor, x, take_coordinate (input));
    break;
  case 2:
    spc_cursor_post_visible (cursor, take (input, 1) & 1);
    break;
  default:
    spc_cursor_post_command (cursor, take_pointer_command (input));
    break;
  }
}

static void
do_play (Fuzz *self, Input *input)
{
  SpcPlayback *playback = SPC_PLAYBACK (self->base.channels[PLAYBACK]);

  switch (take (input, 1) % 4) {
  case 0:
    spc_playback_post_start (playback, 48000, 2, take (input, 4));
    break;
  case 1:
    spc_playback_post_stop (playback);
    break;
  default:
    spc_playback_post_packet (
        playback, g_bytes_new (input->data, MIN (input->size, 60)),
        g_bytes_new_take (g_malloc0 (1920), 1920), take (input, 4));
    break;
  }
}

static void
do_record (Fuzz *self, Input *input)
{
  SpcRecord *record = SPC_RECORD (self->base.channels[RECORD]);
  SpcRecordPacket *packet;

  switch (take (input, 1) % 3) {
  case 0:
    spc_record_post_start (record);
    break;
  case 1:
    spc_record_post_stop (record);
    break;
  default:
    while ((packet = spc_mailbox_pop (spc_record_mailbox (record), 0)) != NULL)
      spc_record_packet_free (packet);
    break;
  }
}

/* the application */

static void
do_channel (Fuzz *self, Input *input)
{
  SpcChannel *channel =
      self->base.channels[1 + take (input, 1) % (N_CHANNELS - 1)];

  if (spc_channel_server (channel) != NULL)
    spc_server_remove_channel (self->base.server, channel);
  else
    spc_server_add_channel (self->base.server, channel);
}

static void
do_request (Fuzz *self, Input *input)
{
  uint32_t what = take (input, 1), id = self->next_id - take (input, 1) % 4;

  switch (what % 5) {
  case 0:
    spc_server_set_client_role (self->base.server, id,
                                what & 0x80 ? SPC_ROLE_FULL
                                            : SPC_ROLE_VIEW_ONLY);
    break;
  case 1:
    spc_server_disconnect_client (self->base.server, id);
    break;
  case 2:
    spc_server_set_keyboard_leds (self->base.server, (uint8_t)take (input, 1));
    break;
  case 3:
    spc_server_set_name (self->base.server, what & 0x80 ? "a name" : NULL);
    break;
  default:
    g_variant_unref (spc_server_stats (self->base.server));
    break;
  }
}

static void
do_run (Fuzz *self, Input *input)
{
  net_fixture_run_ready (&self->base.net, take (input, 1));
}

static void (*const actions[]) (Fuzz *self, Input *input) = {
    do_join,         do_open,       do_hang_up,    do_leave,    do_read,
    do_send_right,   do_send_usual, do_send_wrong, do_send_raw, do_flood,
    do_draw,         do_draw,       do_heads,      do_cursor,   do_play,
    do_record,       do_channel,    do_request,    do_run,      do_video,
    do_film,         do_packet,     do_report,     do_prefer,   do_resync,
    do_send_beneath,
};

/* the promises */

static void
check_connection (SpcConnection *connection, gpointer user_data)
{
  g_assert_cmpuint (spc_pipe_length (spc_connection_pipe (connection)), <=,
                    MAX_WAITING_ITEMS);
  g_assert_cmpuint (spc_connection_backlog (connection), <=, MAX_WAITING_BYTES);
}

static void
check (Fuzz *self)
{
  for (unsigned i = 0; i < N_CHANNELS; i++)
    spc_channel_foreach (self->base.channels[i], check_connection, NULL);
}

static bool
has_room (Fuzz *self, unsigned channel)
{
  return spc_display_room (SPC_DISPLAY (self->base.channels[channel])) ==
         SPC_MAX_BATCHES;
}

/* all go, and nothing of them is left */
static void
end_session (Fuzz *self)
{
  GPtrArray *clients = spc_server_clients (self->base.server);

  for (unsigned i = 0; i < N_VIEWERS; i++)
    forget_viewer (&self->viewers[i]);
  NET_RUN_UNTIL (&self->base.net, clients->len == 0);
  NET_RUN_UNTIL (&self->base.net,
                 has_room (self, DISPLAY) && has_room (self, SECOND_DISPLAY));
  for (unsigned i = 0; i < N_CHANNELS; i++) {
    g_assert_cmpuint (spc_channel_n_connections (self->base.channels[i]), ==,
                      0);
    if (spc_channel_server (self->base.channels[i]) == NULL)
      spc_server_add_channel (self->base.server, self->base.channels[i]);
  }
  net_fixture_run_ready (&self->base.net, 1000);
}

/* life */

static Fuzz fuzz;

static SpcTlsContext *
make_tls (void)
{
  SpcTlsContext *context;
  TlsFiles files;

  tls_files_init (&files);
  context = tls_files_context (&files);
  tls_files_clear (&files);
  return context;
}

static void
forget_tls (void)
{
  spc_tls_context_unref (fuzz.tls);
}

/* in the order of their indices */
static void
set_up (void)
{
  FuzzServer *base = &fuzz.base;
  SpcServer *server;

  fuzz_server_init (base);
  server = base->server;
  fuzz_server_add_channel (base, spc_main_new (server));
  fuzz_server_add_channel (base, spc_display_new (server, 0));
  fuzz_server_add_channel (base, spc_display_new (server, 1));
  fuzz_server_add_channel (base, spc_inputs_new (server));
  fuzz_server_add_channel (base, spc_cursor_new (server, 0));
  fuzz_server_add_channel (base, spc_playback_new (server, SPC_AUDIO_AUTO));
  fuzz_server_add_channel (base,
                           spc_record_new (server, SPC_AUDIO_AUTO, 48000, 2));
  g_assert_cmpuint (base->n_channels, ==, N_CHANNELS);
  fuzz.tls = make_tls ();
  atexit (forget_tls);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Input input = {data, size};

  if (fuzz.base.server == NULL)
    set_up ();
  while (input.size > 0) {
    actions[take (&input, 1) % G_N_ELEMENTS (actions)](&fuzz, &input);
    net_fixture_run_ready (&fuzz.base.net, 3);
    check (&fuzz);
  }
  end_session (&fuzz);
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Flaws of other servers that never got a number, tried on ours: what all
 * channels share, main, inputs, sound and display. docs/hardening.md has the
 * list. */
#include "hardening-fixture.h"
#include "server-core/wire/messages-common.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_SURPLUS_ACKS 10000u
#define NO_END 0xffffffffu

/* all channels */

static void
expect_out (Hardening *rig, HardeningChannel channel, uint16_t type,
            uint32_t claimed, const void *body, uint32_t size)
{
  g_autoptr (Intruder) intruder = intruder_new (rig, channel);

  intruder_send (intruder, type, claimed, body, size);
  if (!intruder_is_out (intruder))
    g_error ("channel %u: message %u of %u bytes was taken", channel, type,
             claimed);
}

static void
test_unsolicited_flush_mark (void)
{
  Hardening rig;

  hardening_init (&rig);
  for (guint i = 0; i < HARDENING_N_CHANNELS; i++) {
    expect_out (&rig, i, SPICE_MSGC_MIGRATE_FLUSH_MARK, 0, NULL, 0);
    hardening_check_bystander (&rig);
  }
  hardening_clear (&rig);
}

/* not a byte of it is collected, however long it says it is */
static void
test_unsolicited_migrate_data (void)
{
  static const uint32_t sizes[] = {0, 1, 11, 100, SPC_MAX_MIGRATE_DATA, NO_END};
  Hardening rig;

  hardening_init (&rig);
  for (guint i = 0; i < HARDENING_N_CHANNELS; i++) {
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
      expect_out (&rig, i, SPICE_MSGC_MIGRATE_DATA, sizes[j], NULL, 0);
    hardening_check_bystander (&rig);
  }
  hardening_clear (&rig);
}

/* more than was sent is acknowledged: that is no credit for later */
static void
test_surplus_acks (void)
{
  const WireClientSetup main_setup = {.channel_type = SPICE_CHANNEL_MAIN};
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_DISPLAY,
                           .silent = true};
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) display = NULL;
  SpcAckSync sync = {7};
  SpcSetAck set_ack;
  Hardening rig;
  guint64 before;

  hardening_init (&rig);
  main = hardening_link (&rig, &main_setup);
  NET_RUN_UNTIL (&rig.session.net,
                 wire_client_find (main, SPICE_MSG_MAIN_INIT, 0) != NULL);
  setup.connection_id = session_id_of (main);
  display = hardening_link (&rig, &setup);
  viewer_say_init (display);
  NET_RUN_UNTIL (&rig.session.net,
                 wire_client_find (display, SPICE_MSG_SET_ACK, 0) != NULL);
  wire_client_read (display, SPICE_MSG_SET_ACK, spc_set_ack_fields, &set_ack);
  wire_client_send_fields (display, SPICE_MSGC_ACK_SYNC, spc_ack_sync_fields,
                           &sync); /* of no generation there is */
  sync.generation = set_ack.generation;
  wire_client_send_fields (display, SPICE_MSGC_ACK_SYNC, spc_ack_sync_fields,
                           &sync);
  for (guint i = 0; i < N_SURPLUS_ACKS; i++)
    wire_client_send (display, SPICE_MSGC_ACK, NULL, 0);
  NET_RUN_UNTIL (&rig.session.net, wire_client_is_flushed (display));
  hardening_check_bystander (&rig);
  before = display->n_messages;
  for (guint i = 0; i < 4 * set_ack.window; i++)
    hardening_check_bystander (&rig);
  session_settle (&rig.session);
  g_assert_cmpuint (display->n_messages, >, before);
  g_assert_cmpuint (display->n_messages - before, <=, 2 * set_ack.window + 1);
  g_assert_false (display->closed);
  wire_client_free (g_steal_pointer (&display));
  wire_client_free (g_steal_pointer (&main));
  hardening_clear (&rig);
}

/* refused by the header: nothing is waited or allocated for */
static void
test_messages_of_4_gib (void)
{
  static const uint32_t sizes[] = {SPC_MAX_PORT_DATA + 6, G_MAXINT32,
                                   0x80000000u, NO_END - 5, NO_END};
  Hardening rig;

  hardening_init (&rig);
  for (guint i = 0; i < HARDENING_N_CHANNELS; i++) {
    guint n;
    const SpcMessageHandler *handlers = hardening_handlers (&rig, i, &n);

    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++) {
      for (uint16_t type = 0; type <= SPICE_MSGC_DISCONNECTING; type++)
        expect_out (&rig, i, type, sizes[j], NULL, 0);
      for (guint k = 0; k < n; k++)
        expect_out (&rig, i, handlers[k].type, sizes[j], NULL, 0);
      expect_out (&rig, i, G_MAXUINT16, sizes[j], NULL, 0);
    }
    hardening_check_bystander (&rig);
  }
  hardening_clear (&rig);
}

/* a viewer with its inputs channel */
typedef struct {
  Hardening rig;
  WireClient *main, *inputs; /* owned */
} Typist;

static void
typist_init (Typist *self)
{
  hardening_init (&self->rig);
  self->main = hardening_join (&self->rig);
  self->inputs = hardening_open (&self->rig, self->main, HARDENING_INPUTS);
}

static void
typist_clear (Typist *self)
{
  wire_client_free (self->inputs);
  wire_client_free (self->main);
  hardening_clear (&self->rig);
}

static void
press_key (Typist *self, uint32_t code)
{
  uint32_t down = GUINT32_TO_LE (code), up = GUINT32_TO_LE (code | 0x80);

  wire_client_send (self->inputs, SPICE_MSGC_INPUTS_KEY_DOWN, &down,
                    sizeof down);
  wire_client_send (self->inputs, SPICE_MSGC_INPUTS_KEY_UP, &up, sizeof up);
  session_settle (&self->rig.session);
}

/* the channel is of use still */
static void
check_key_arrives (Typist *self)
{
  g_string_set_size (self->rig.session.inputs, 0);
  press_key (self, 0x1e);
  NET_RUN_UNTIL (&self->rig.session.net,
                 strstr (self->rig.session.inputs->str, "key 1e up; ") != NULL);
  g_assert_false (self->inputs->closed);
}

static void
test_second_link_of_a_channel (void)
{
  Typist typist;

  typist_init (&typist);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (hardening_try (&typist.rig, SPICE_CHANNEL_INPUTS, 0,
                                    session_id_of (typist.main)),
                     ==, SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE);
  check_key_arrives (&typist);
  typist_clear (&typist);
}

/* main */

static void
test_ends_and_quality_are_ignored (void)
{
  static const char quality[256] = "good";
  g_autoptr (WireClient) main = NULL;
  Hardening rig;

  hardening_init (&rig);
  main = hardening_join (&rig);
  for (guint i = 0; i < 3; i++)
    wire_client_send (main, SPICE_MSGC_MAIN_MIGRATE_END, NULL, 0);
  wire_client_send (main, SPICE_MSGC_MAIN_QUALITY_INDICATOR, NULL, 0);
  wire_client_send (main, SPICE_MSGC_MAIN_QUALITY_INDICATOR, quality, 256);
  wire_client_send (main, SPICE_MSGC_MAIN_ATTACH_CHANNELS, NULL, 0);
  NET_RUN_UNTIL (&rig.session.net,
                 wire_client_count (main, SPICE_MSG_MAIN_CHANNELS_LIST) == 1);
  hardening_check_bystander (&rig);
  wire_client_send_header (main, SPICE_MSGC_MAIN_QUALITY_INDICATOR, 257);
  hardening_check_ended (&rig, main);
  hardening_clear (&rig);
}

static void
test_agent_data_beyond_2048 (void)
{
  static const uint32_t sizes[] = {SPC_MAX_AGENT_CHUNK + 1, 4096, G_MAXINT32,
                                   NO_END};
  Hardening rig;
  Session bare;

  hardening_init (&rig);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (WireClient) main = hardening_join (&rig);
    g_autoptr (AgentClient) client = agent_client_start (&rig.session, 10, 0);

    wire_client_send_header (main, SPICE_MSGC_MAIN_AGENT_DATA, sizes[i]);
    hardening_check_ended (&rig, main); /* it has not begun with the agent */
    wire_client_send_header (client->main, SPICE_MSGC_MAIN_AGENT_DATA,
                             sizes[i]);
    hardening_check_ended (&rig, client->main);
  }
  hardening_clear (&rig);
  session_init (&bare, NULL); /* there is no agent at all */
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (WireClient) main = session_join (&bare);

    wire_client_send_header (main, SPICE_MSGC_MAIN_AGENT_DATA, sizes[i]);
    NET_RUN_UNTIL (&bare.net, main->closed);
  }
  session_clear (&bare);
}

/* nobody is expected to move in, with whatever id */
static void
test_main_link_with_an_id (void)
{
  g_autoptr (WireClient) present = NULL;
  Hardening rig;

  hardening_init (&rig);
  present = hardening_join (&rig);
  g_assert_cmpint (hardening_try (&rig, SPICE_CHANNEL_MAIN, 0, 1), ==,
                   SPICE_LINK_ERR_BAD_CONNECTION_ID);
  g_assert_cmpint (hardening_try (&rig, SPICE_CHANNEL_MAIN, 0, NO_END), ==,
                   SPICE_LINK_ERR_BAD_CONNECTION_ID);
  g_assert_cmpint (
      hardening_try (&rig, SPICE_CHANNEL_MAIN, 0, session_id_of (present)), ==,
      SPICE_LINK_ERR_BAD_CONNECTION_ID);
  hardening_check_bystander (&rig);
  g_assert_false (present->closed);
  g_assert_cmpuint (hardening_n_clients (&rig), ==, 2);
  wire_client_free (g_steal_pointer (&present));
  hardening_clear (&rig);
}

/* inputs */

static void
test_every_key_code (void)
{
  static const uint32_t wide[] = {0x7f,   0xff,        0x7fe0,      0xffe0,
                                  0xe0e0, 0x7fffffffu, 0x80000000u, NO_END,
                                  0x100,  0x1d45,      0xe11d45};
  Typist typist;

  typist_init (&typist);
  for (uint32_t code = 0; code < 0x100; code++) {
    press_key (&typist, code);
    press_key (&typist, 0xe0 | code << 8);
  }
  for (guint i = 0; i < G_N_ELEMENTS (wide); i++)
    press_key (&typist, wide[i]);
  check_key_arrives (&typist);
  typist_clear (&typist);
}

/* positions in server mode, where none are asked for, and on displays that are
 * none */
static void
test_position_unasked (void)
{
  static const uint8_t positions[][11] = {
      {10, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0},
      {10, 0, 0, 0, 10, 0, 0, 0, 0, 0, 255},
      {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
  };
  Typist typist;

  typist_init (&typist);
  for (guint i = 0; i < G_N_ELEMENTS (positions); i++)
    wire_client_send (typist.inputs, SPICE_MSGC_INPUTS_MOUSE_POSITION,
                      positions[i], 11);
  session_settle (&typist.rig.session);
  g_assert_null (strstr (typist.rig.session.inputs->str, "move"));
  check_key_arrives (&typist);
  typist_clear (&typist);
}

/* sound */

static void
test_modes_without_decoder (void)
{
  static const uint8_t modes[][6] = {
      {0, 0, 0, 0, 0, 0},
      {0, 0, 0, 0, 2, 0}, /* CELT */
      {0, 0, 0, 0, 4, 0},
      {0, 0, 0, 0, 255, 255},
  };
  Hardening rig;

  hardening_init (&rig);
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    expect_out (&rig, HARDENING_RECORD, SPICE_MSGC_RECORD_MODE, 6, modes[i], 6);
    hardening_check_bystander (&rig);
  }
  hardening_clear (&rig);
}

static void
test_data_without_mode (void)
{
  static const uint8_t data[64];
  Hardening rig;

  hardening_init (&rig);
  spc_record_post_start (SPC_RECORD (rig.channels[HARDENING_RECORD]));
  {
    g_autoptr (Intruder) intruder = intruder_new (&rig, HARDENING_RECORD);

    for (guint i = 0; i < 100; i++)
      intruder_send (intruder, SPICE_MSGC_RECORD_DATA, 64, data, 64);
    g_assert_false (intruder_is_out (intruder));
    g_assert_cmpuint (spc_mailbox_length (spc_record_mailbox (
                          SPC_RECORD (rig.channels[HARDENING_RECORD]))),
                      <=, SPC_MAX_AUDIO_PACKETS);
  }
  hardening_clear (&rig);
}

static void
test_volume_of_no_channels (void)
{
  static const uint16_t loud[] = {1000, 1000};
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_PLAYBACK};
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) sound = NULL;
  SpcPlayback *playback;
  Hardening rig;

  hardening_init (&rig);
  playback = SPC_PLAYBACK (rig.channels[HARDENING_PLAYBACK]);
  main = hardening_join (&rig);
  spc_caps_set (&setup.channel_caps, SPICE_PLAYBACK_CAP_VOLUME);
  setup.connection_id = session_id_of (main);
  sound = hardening_link (&rig, &setup);
  spc_playback_set_volume (playback, loud, 0);
  spc_playback_post_start (playback, 48000, 2, 0);
  NET_RUN_UNTIL (&rig.session.net,
                 wire_client_count (sound, SPICE_MSG_PLAYBACK_START) == 1);
  g_assert_cmpuint (wire_client_count (sound, SPICE_MSG_PLAYBACK_VOLUME), ==,
                    0);
  spc_playback_set_volume (playback, loud, 2);
  NET_RUN_UNTIL (&rig.session.net,
                 wire_client_count (sound, SPICE_MSG_PLAYBACK_VOLUME) == 1);
  wire_client_free (g_steal_pointer (&sound));
  wire_client_free (g_steal_pointer (&main));
  hardening_clear (&rig);
}

/* display */

static void
test_surfaces_beyond_1024 (void)
{
  QxlBatch *batch = qxl_batch_new ();
  Hardening rig;

  hardening_init (&rig);
  for (uint32_t id = 1; id < SPC_MAX_SURFACES + 5; id++)
    qxl_batch_create_surface (batch, id, 1, 1, QXL_FORMAT_BGRX);
  spc_display_post (rig.display, batch);
  hardening_check_bystander (&rig);
  g_assert_cmpuint (hardening_n_refused (&rig), ==, 5);
  hardening_clear (&rig);
}

/* of streams that are none */
static void
test_stream_ids_beyond_64 (void)
{
  static const uint32_t ids[] = {0,  SPC_MAX_STREAMS, 63,
                                 64, 0x80000000u,     NO_END};
  g_autoptr (Viewer) viewer = NULL;
  Hardening rig;

  hardening_init (&rig);
  viewer = viewer_new (&rig.session, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    const uint32_t report[8] = {GUINT32_TO_LE (ids[i]),
                                NO_END,
                                NO_END,
                                NO_END,
                                NO_END,
                                NO_END,
                                NO_END,
                                NO_END};

    wire_client_send (viewer->display, SPICE_MSGC_DISPLAY_STREAM_REPORT, report,
                      sizeof report);
  }
  hardening_check_bystander (&rig);
  g_assert_false (viewer->display->closed);
  viewer_free (g_steal_pointer (&viewer));
  hardening_clear (&rig);
}

/* the list is said to be longer than the message, or of no codecs there are */
static void
test_codecs_beyond_the_message (void)
{
  static const uint8_t lists[][4] = {
      {3, 1, 2, 0}, {255, 1, 2, 3}, {2, 0, 255, 0},
      {0, 1, 2, 3}, {3, 1, 1, 1},   {128, 255, 255, 255},
  };
  g_autoptr (Viewer) viewer = NULL;
  uint8_t longest[256];
  Hardening rig;

  hardening_init (&rig);
  viewer = viewer_new (&rig.session, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (uint32_t size = 1; size <= 4; size++)
      wire_client_send (viewer->display,
                        SPICE_MSGC_DISPLAY_PREFERRED_VIDEO_CODEC_TYPE, lists[i],
                        size);
  memset (longest, 255, sizeof longest);
  wire_client_send (viewer->display,
                    SPICE_MSGC_DISPLAY_PREFERRED_VIDEO_CODEC_TYPE, longest,
                    sizeof longest);
  hardening_check_bystander (&rig);
  g_assert_false (viewer->display->closed);
  wire_client_send_header (viewer->display,
                           SPICE_MSGC_DISPLAY_PREFERRED_VIDEO_CODEC_TYPE, 257);
  hardening_check_ended (&rig, viewer->display);
  viewer_free (g_steal_pointer (&viewer));
  hardening_clear (&rig);
}

static void
test_gl_draw_done_without_draw (void)
{
  g_autoptr (Viewer) viewer = NULL;
  Hardening rig;

  hardening_init (&rig);
  viewer = viewer_new (&rig.session, NULL);
  wire_client_send (viewer->display, SPICE_MSGC_DISPLAY_GL_DRAW_DONE, NULL, 0);
  hardening_check_ended (&rig, viewer->display);
  viewer_free (g_steal_pointer (&viewer));
  hardening_clear (&rig);
}

/* the process */

static gint n_pipe_signals; /* atomic */

static void
on_pipe_signal (int number)
{
  g_atomic_int_inc (&n_pipe_signals);
}

/* nobody is there any more, and the write must find out */
static void
write_to_nobody (SpcLoop *loop)
{
  static const GOutputVector word = {"word", 4};
  g_autoptr (SpcTransport) line = NULL;
  g_autoptr (GError) error = NULL;
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  line = spc_transport_new_socket (loop, g_socket_new_from_fd (ends[0], NULL));
  close (ends[1]);
  g_assert_cmpint (spc_transport_writev (line, &word, 1, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
}

static void
test_no_sigpipe (void)
{
  struct sigaction mine = {.sa_handler = on_pipe_signal}, before;
  Hardening rig;

  hardening_init (&rig);
  /* the first socket has the signal ignored: not to be relied on */
  g_type_class_unref (g_type_class_ref (G_TYPE_SOCKET));
  g_assert_cmpint (sigaction (SIGPIPE, &mine, &before), ==, 0);
  write_to_nobody (rig.session.net.loop);
  for (guint i = 0; i < 5; i++) {
    WireClient *main = hardening_join (&rig);
    WireClient *inputs = hardening_open (&rig, main, HARDENING_INPUTS);

    wire_client_free (inputs);
    for (guint j = 0; j < 5; j++) {
      spc_server_set_keyboard_leds (rig.session.server, (uint8_t)j);
      session_settle (&rig.session);
    }
    wire_client_free (main);
    hardening_check_bystander (&rig);
  }
  hardening_clear (&rig);
  g_assert_cmpint (g_atomic_int_get (&n_pipe_signals), ==, 0);
  sigaction (SIGPIPE, &before, NULL);
}

static GHashTable *
descriptors (void)
{
  GHashTable *set = g_hash_table_new (NULL, NULL);
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_hash_table_add (set, GINT_TO_POINTER (atoi (name)));
  return set;
}

static void
test_close_on_exec (void)
{
  g_autoptr (GHashTable) before = descriptors ();
  g_autoptr (GHashTable) during = NULL;
  g_autoptr (WireClient) main = NULL;
  GHashTableIter iter;
  gpointer key;
  Hardening rig;
  guint n = 0;

  hardening_init (&rig);
  main = hardening_join (&rig);
  during = descriptors ();
  g_hash_table_iter_init (&iter, during);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    int flags = fcntl (GPOINTER_TO_INT (key), F_GETFD);

    if (g_hash_table_contains (before, key) || flags < 0)
      continue;
    g_assert_cmpint (flags & FD_CLOEXEC, !=, 0);
    n++;
  }
  g_assert_cmpuint (n, >=, 3); /* the listener and both ends of a link */
  wire_client_free (g_steal_pointer (&main));
  hardening_clear (&rig);
}

static gint n_told_secrets, n_lines; /* atomic */

static void
look_for_secrets (SpcLogCategory category, SpcLogLevel level, const char *file,
                  const char *function, int line, const char *text)
{
  g_atomic_int_inc (&n_lines);
  if (strstr (text, "s3cret") != NULL || strstr (text, "gu3ss") != NULL)
    g_atomic_int_inc (&n_told_secrets);
}

static void
try_password (Hardening *rig, const char *password, int expected)
{
  const WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN,
                                 .password = password};
  g_autoptr (WireClient) client = hardening_link (rig, &setup);

  g_assert_cmpint (client->link_code, ==, expected);
}

static void
test_secrets_are_not_logged (void)
{
  Hardening rig;

  hardening_init (&rig);
  spc_log_set_sink (look_for_secrets);
  for (guint i = 0; i < SPC_N_LOG_CATEGORIES; i++)
    spc_log_set_threshold (i, SPC_LEVEL_TRACE);
  spc_server_set_password (rig.session.server, "s3cret", 0);
  spc_server_set_anonymous (rig.session.server, false);
  try_password (&rig, "s3cret", SPICE_LINK_ERR_OK);
  try_password (&rig, "gu3ss", SPICE_LINK_ERR_PERMISSION_DENIED);
  hardening_clear (&rig);
  for (guint i = 0; i < SPC_N_LOG_CATEGORIES; i++)
    spc_log_set_threshold (i, SPC_LEVEL_WARNING);
  g_assert_cmpint (g_atomic_int_get (&n_lines), >, 5);
  g_assert_cmpint (g_atomic_int_get (&n_told_secrets), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/hardening/" path, func)
  TEST ("base/unsolicited-flush-mark", test_unsolicited_flush_mark);
  TEST ("base/unsolicited-migrate-data", test_unsolicited_migrate_data);
  TEST ("base/surplus-acks", test_surplus_acks);
  TEST ("base/messages-of-4-gib", test_messages_of_4_gib);
  TEST ("base/second-link-of-a-channel", test_second_link_of_a_channel);
  TEST ("main/migrate-end-and-quality-indicator",
        test_ends_and_quality_are_ignored);
  TEST ("main/agent-data-beyond-2048", test_agent_data_beyond_2048);
  TEST ("main/link-with-an-id", test_main_link_with_an_id);
  TEST ("inputs/every-key-code", test_every_key_code);
  TEST ("inputs/position-unasked", test_position_unasked);
  TEST ("sound/record-mode-without-decoder", test_modes_without_decoder);
  TEST ("sound/record-data-without-mode", test_data_without_mode);
  TEST ("sound/volume-of-no-channels", test_volume_of_no_channels);
  TEST ("display/surfaces-beyond-1024", test_surfaces_beyond_1024);
  TEST ("display/stream-ids-beyond-64", test_stream_ids_beyond_64);
  TEST ("display/codecs-beyond-the-message", test_codecs_beyond_the_message);
  TEST ("display/gl-draw-done-without-draw", test_gl_draw_done_without_draw);
  TEST ("process/no-sigpipe", test_no_sigpipe);
  TEST ("process/descriptors-close-on-exec", test_close_on_exec);
  TEST ("process/secrets-are-not-logged", test_secrets_are_not_logged);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record.h"

#include "server-core/channel/channel-fixture.h"
#include "server-core/wire/protocol.h"

#define CAP_VOLUME (1u << SPICE_RECORD_CAP_VOLUME)
#define CAP_OPUS (1u << SPICE_RECORD_CAP_OPUS)

#define START "101:02000000010080bb0000"
#define STOP "102:"
#define MODE_RAW "102:000000000100"
#define MODE_OPUS "102:000000000300"
#define MARK "103:00000000"

typedef struct {
  ChannelFixture fixture;
  SpcRecord *record;
} Test;

static void
set_up (Test *test, gconstpointer data)
{
  channel_fixture_init (&test->fixture);
  test->record = spc_record_new (
      test->fixture.server, (SpcAudioCodec)GPOINTER_TO_INT (data), 48000, 2);
  spc_server_add_channel (test->fixture.server, SPC_CHANNEL (test->record));
}

static void
tear_down (Test *test, gconstpointer data)
{
  channel_fixture_clear (&test->fixture);
  g_object_unref (test->record);
}

static Viewer *
new_viewer (Test *test, uint32_t caps)
{
  return viewer_new (&test->fixture, SPC_CHANNEL (test->record), caps);
}

/* one that has been asked and has answered */
static Viewer *
speaking_viewer (Test *test, const char *mode)
{
  Viewer *viewer = new_viewer (test, CAP_OPUS);

  spc_record_post_start (test->record);
  VIEWER_EXPECT (viewer, START);
  viewer_send (viewer, mode);
  viewer_send (viewer, MARK);
  return viewer;
}

/* "opus first TIME SIZE FIRST-BYTE" */
static char *
next_packet (Test *test)
{
  g_autoptr (SpcRecordPacket) packet =
      spc_mailbox_pop (spc_record_mailbox (test->record), 0);
  const uint8_t *data;
  gsize size;

  if (!packet)
    return NULL;
  g_assert_cmpint (packet->arrival_us, >, 0);
  data = g_bytes_get_data (packet->data, &size);
  return g_strdup_printf (
      "%s%s %u %" G_GSIZE_FORMAT " %02x", packet->opus ? "opus" : "raw",
      packet->first ? " first" : "", packet->time_ms, size, data[0]);
}

#define EXPECT_PACKET(test, expected)                                          \
  G_STMT_START                                                                 \
  {                                                                            \
    g_autofree char *packet_ = next_packet (test);                             \
    g_assert_cmpstr (packet_, ==, expected);                                   \
  }                                                                            \
  G_STMT_END

static void
test_viewers_follow_the_consumer (Test *test, gconstpointer data)
{
  Viewer *early = new_viewer (test, 0);
  Viewer *late;

  VIEWER_EXPECT (early, NULL);
  spc_record_post_start (test->record);
  VIEWER_EXPECT (early, START);
  late = new_viewer (test, 0);
  VIEWER_EXPECT (late, START);
  spc_record_post_start (test->record);
  VIEWER_EXPECT (early, NULL);
  spc_record_post_stop (test->record);
  VIEWER_EXPECT (early, STOP);
  VIEWER_EXPECT (late, STOP);
  VIEWER_EXPECT (late, NULL);
  viewer_free (early);
  viewer_free (late);
}

static void
test_raw_packets_arrive (Test *test, gconstpointer data)
{
  Viewer *viewer = speaking_viewer (test, MODE_RAW);

  viewer_send (viewer, "101:070000001122334455667788");
  viewer_send (viewer, "101:0000000011223344556677"); /* half a frame more */
  viewer_send (viewer, "101:00000000112233");
  EXPECT_PACKET (test, "raw first 7 8 11");
  EXPECT_PACKET (test, "raw 0 4 11");
  EXPECT_PACKET (test, NULL);
  viewer_free (viewer);
}

static void
test_opus_packets_arrive (Test *test, gconstpointer data)
{
  Viewer *viewer = speaking_viewer (test, MODE_OPUS);

  viewer_send (viewer, "101:00000000fcfffe");
  viewer_send (viewer, "101:00000000"); /* empty */
  EXPECT_PACKET (test, "opus first 0 3 fc");
  EXPECT_PACKET (test, NULL);
  viewer_free (viewer);
}

static void
test_data_outside_start_and_stop_is_ignored (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, CAP_OPUS);

  viewer_send (viewer, "101:0000000011223344");
  EXPECT_PACKET (test, NULL);
  spc_record_post_start (test->record);
  VIEWER_EXPECT (viewer, START);
  viewer_send (viewer, "101:0000000021223344");
  spc_record_post_stop (test->record);
  VIEWER_EXPECT (viewer, STOP);
  viewer_send (viewer, "101:0000000031223344");
  EXPECT_PACKET (test, "raw first 0 4 21");
  EXPECT_PACKET (test, NULL);
  viewer_free (viewer);
}

static void
test_starting_empties_the_mailbox (Test *test, gconstpointer data)
{
  Viewer *viewer = speaking_viewer (test, MODE_RAW);

  viewer_send (viewer, "101:0000000011223344");
  spc_record_post_stop (test->record);
  spc_record_post_start (test->record);
  channel_fixture_settle (&test->fixture);
  EXPECT_PACKET (test, NULL);
  viewer_free (viewer);
}

static void
test_the_newest_speaker_has_the_floor (Test *test, gconstpointer data)
{
  Viewer *first = speaking_viewer (test, MODE_RAW);
  Viewer *second;

  viewer_send (first, "101:0000000011223344");
  EXPECT_PACKET (test, "raw first 0 4 11");
  second = speaking_viewer (test, MODE_OPUS);
  viewer_send (first, "101:0000000012223344");
  EXPECT_PACKET (test, NULL);
  viewer_send (second, "101:0000000021223344");
  EXPECT_PACKET (test, "opus first 0 4 21");
  viewer_send (first, "101:0000000013223344");
  EXPECT_PACKET (test, NULL);
  viewer_free (second);
  viewer_send (first, "101:0000000014223344");
  EXPECT_PACKET (test, "raw first 0 4 14");
  viewer_free (first);
}

static bool
is_later (gpointer user_data)
{
  return g_get_monotonic_time () >= *(const int64_t *)user_data;
}

static gboolean
wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
let_time_pass (Test *test, int64_t us)
{
  int64_t until = g_get_monotonic_time () + us;
  GSource *source = g_timeout_source_new (50);

  g_source_set_callback (source, wake, NULL, NULL);
  g_source_attach (source, test->fixture.context);
  channel_fixture_wait (&test->fixture, is_later, &until);
  g_source_destroy (source);
  g_source_unref (source);
}

static void
test_silence_gives_the_floor_away (Test *test, gconstpointer data)
{
  Viewer *first = speaking_viewer (test, MODE_RAW);
  Viewer *second = speaking_viewer (test, MODE_RAW);

  viewer_send (second, "101:0000000021223344");
  EXPECT_PACKET (test, "raw first 0 4 21");
  let_time_pass (test, G_USEC_PER_SEC);
  viewer_send (first, "101:0000000011223344");
  EXPECT_PACKET (test, "raw first 0 4 11");
  viewer_free (first);
  viewer_free (second);
}

static void
test_view_only_is_not_heard (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, CAP_OPUS);

  viewer->client->role = SPC_ROLE_VIEW_ONLY;
  spc_record_post_start (test->record);
  VIEWER_EXPECT (viewer, NULL);
  viewer_send (viewer, MODE_RAW);
  viewer_send (viewer, "101:0000000011223344");
  EXPECT_PACKET (test, NULL);
  viewer_free (viewer);
}

static void
test_a_late_consumer_loses_the_oldest (Test *test, gconstpointer data)
{
  Viewer *viewer = speaking_viewer (test, MODE_RAW);

  for (guint i = 0; i < SPC_MAX_AUDIO_PACKETS + 3; i++) {
    g_autofree char *message = g_strdup_printf ("101:00000000%02x000000", i);

    viewer_send (viewer, message);
  }
  g_assert_cmpuint (spc_mailbox_length (spc_record_mailbox (test->record)), ==,
                    SPC_MAX_AUDIO_PACKETS);
  EXPECT_PACKET (test, "raw 0 4 03");
  viewer_free (viewer);
}

static void
test_volume_and_mute (Test *test, gconstpointer data)
{
  static const uint16_t volume[] = {0x1234};
  Viewer *with = new_viewer (test, CAP_VOLUME);
  Viewer *without = new_viewer (test, 0);

  spc_record_set_volume (test->record, volume, 1);
  spc_record_set_mute (test->record, true);
  spc_record_post_start (test->record);
  VIEWER_EXPECT (with, "103:013412");
  VIEWER_EXPECT (with, "104:01");
  VIEWER_EXPECT (with, START);
  VIEWER_EXPECT (without, START);
  viewer_free (with);
  viewer_free (without);
}

static const char *const bad_messages[] = {
    "102:000000000000", /* modes: none, CELT, beyond */
    "102:000000000200", "102:000000000400", "102:0000000001", "101:000000",
    "103:000000",       "103:0000000000",   "104:",
};

static void
test_bad_messages_end_the_connection (Test *test, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_messages); i++) {
    Viewer *viewer = new_viewer (test, CAP_OPUS);

    viewer_send (viewer, bad_messages[i]);
    g_assert_true (viewer_is_closed (viewer));
    viewer_free (viewer);
  }
}

/* a DATA message of @size bytes with its time */
static char *
data_message (guint size)
{
  GString *message = g_string_new ("101:");

  for (guint i = 0; i < size; i++)
    g_string_append (message, "00");
  return g_string_free (message, FALSE);
}

static void
check_data_size (Test *test, const char *mode, guint size, bool is_taken)
{
  Viewer *viewer = speaking_viewer (test, mode);
  g_autofree char *message = data_message (size);

  viewer_send (viewer, message);
  g_assert_cmpint (viewer_is_closed (viewer), ==, !is_taken);
  viewer_free (viewer);
}

static void
test_packets_are_bounded (Test *test, gconstpointer data)
{
  check_data_size (test, MODE_RAW, SPC_MAX_RECORD_DATA, true);
  check_data_size (test, MODE_RAW, SPC_MAX_RECORD_DATA + 1, false);
  check_data_size (test, MODE_OPUS, 4 + 1500, true);
  check_data_size (test, MODE_OPUS, 4 + 1501, false);
}

static void
test_raw_only_refuses_opus (Test *test, gconstpointer data)
{
  SpcChannelClass *klass = SPC_CHANNEL_GET_CLASS (test->record);
  Viewer *viewer = speaking_viewer (test, MODE_RAW);

  g_assert_false (spc_caps_has (&klass->caps, SPICE_RECORD_CAP_OPUS));
  g_assert_true (spc_caps_has (&klass->caps, SPICE_RECORD_CAP_VOLUME));
  viewer_send (viewer, MODE_OPUS);
  g_assert_true (viewer_is_closed (viewer));
  viewer_free (viewer);
}

#define ADD(path, codec, func)                                                 \
  g_test_add ("/record/" path, Test, GINT_TO_POINTER (codec), set_up, func,    \
              tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("viewers-follow-the-consumer", SPC_AUDIO_AUTO,
       test_viewers_follow_the_consumer);
  ADD ("raw-packets-arrive", SPC_AUDIO_AUTO, test_raw_packets_arrive);
  ADD ("opus-packets-arrive", SPC_AUDIO_AUTO, test_opus_packets_arrive);
  ADD ("data-outside-start-and-stop-is-ignored", SPC_AUDIO_AUTO,
       test_data_outside_start_and_stop_is_ignored);
  ADD ("starting-empties-the-mailbox", SPC_AUDIO_AUTO,
       test_starting_empties_the_mailbox);
  ADD ("the-newest-speaker-has-the-floor", SPC_AUDIO_AUTO,
       test_the_newest_speaker_has_the_floor);
  ADD ("silence-gives-the-floor-away", SPC_AUDIO_AUTO,
       test_silence_gives_the_floor_away);
  ADD ("view-only-is-not-heard", SPC_AUDIO_AUTO, test_view_only_is_not_heard);
  ADD ("a-late-consumer-loses-the-oldest", SPC_AUDIO_AUTO,
       test_a_late_consumer_loses_the_oldest);
  ADD ("volume-and-mute", SPC_AUDIO_AUTO, test_volume_and_mute);
  ADD ("bad-messages-end-the-connection", SPC_AUDIO_AUTO,
       test_bad_messages_end_the_connection);
  ADD ("packets-are-bounded", SPC_AUDIO_AUTO, test_packets_are_bounded);
  ADD ("raw-only-refuses-opus", SPC_AUDIO_RAW, test_raw_only_refuses_opus);
  return g_test_run ();
}

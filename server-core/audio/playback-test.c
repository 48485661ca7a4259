/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "playback.h"

#include "server-core/channel/channel-fixture.h"
#include "server-core/wire/protocol.h"

#define CAP_VOLUME (1u << SPICE_PLAYBACK_CAP_VOLUME)
#define CAP_LATENCY (1u << SPICE_PLAYBACK_CAP_LATENCY)
#define CAP_OPUS (1u << SPICE_PLAYBACK_CAP_OPUS)

/* time 0 */
#define MODE_RAW "102:000000000100"
#define MODE_OPUS "102:000000000300"
#define STOP "104:"
/* two channels, S16, 48000 Hz, time 1000 */
#define START "103:02000000010080bb0000e8030000"

typedef struct {
  ChannelFixture fixture;
  SpcPlayback *playback;
} Test;

static void
set_up (Test *test, gconstpointer data)
{
  SpcAudioCodec codec = (SpcAudioCodec)GPOINTER_TO_INT (data);

  channel_fixture_init (&test->fixture);
  test->playback = spc_playback_new (test->fixture.server, codec);
  spc_server_add_channel (test->fixture.server, SPC_CHANNEL (test->playback));
}

static void
tear_down (Test *test, gconstpointer data)
{
  channel_fixture_clear (&test->fixture);
  g_object_unref (test->playback);
}

static Viewer *
new_viewer (Test *test, uint32_t caps, const char *mode)
{
  Viewer *viewer =
      viewer_new (&test->fixture, SPC_CHANNEL (test->playback), caps);

  VIEWER_EXPECT (viewer, mode);
  return viewer;
}

static void
start (Test *test)
{
  spc_playback_post_start (test->playback, 48000, 2, 1000);
}

static void
stop (Test *test)
{
  spc_playback_post_stop (test->playback);
}

/* a packet of one byte in each form: 0f, aa */
static void
post_packet (Test *test, uint32_t time_ms)
{
  static const uint8_t opus = 0x0f, raw = 0xaa;

  spc_playback_post_packet (test->playback, g_bytes_new (&opus, 1),
                            g_bytes_new (&raw, 1), time_ms);
}

static void
test_each_gets_what_it_takes (Test *test, gconstpointer data)
{
  Viewer *raw = new_viewer (test, 0, MODE_RAW);
  Viewer *opus = new_viewer (test, CAP_OPUS, MODE_OPUS);

  VIEWER_EXPECT (raw, NULL);
  start (test);
  post_packet (test, 1000);
  post_packet (test, 1010);
  stop (test);
  VIEWER_EXPECT (raw, START);
  VIEWER_EXPECT (raw, "101:e8030000aa");
  VIEWER_EXPECT (raw, "101:f2030000aa");
  VIEWER_EXPECT (raw, STOP);
  VIEWER_EXPECT (raw, NULL);
  VIEWER_EXPECT (opus, START);
  VIEWER_EXPECT (opus, "101:e80300000f");
  VIEWER_EXPECT (opus, "101:f20300000f");
  VIEWER_EXPECT (opus, STOP);
  VIEWER_EXPECT (opus, NULL);
  viewer_free (raw);
  viewer_free (opus);
}

static void
test_raw_for_all_when_asked (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, CAP_OPUS, MODE_RAW);

  g_assert_false (spc_playback_wants_opus (test->playback));
  g_assert_true (spc_playback_wants_raw (test->playback));
  viewer_free (viewer);
}

static void
test_wants_follow_viewers (Test *test, gconstpointer data)
{
  Viewer *raw, *opus;

  g_assert_false (spc_playback_wants_opus (test->playback));
  g_assert_false (spc_playback_wants_raw (test->playback));
  opus = new_viewer (test, CAP_OPUS, MODE_OPUS);
  g_assert_true (spc_playback_wants_opus (test->playback));
  g_assert_false (spc_playback_wants_raw (test->playback));
  raw = new_viewer (test, 0, MODE_RAW);
  g_assert_true (spc_playback_wants_raw (test->playback));
  spc_playback_post_start (test->playback, 44100, 2, 0);
  g_assert_false (spc_playback_wants_opus (test->playback));
  viewer_free (raw);
  g_assert_true (spc_playback_wants_raw (test->playback));
  start (test);
  g_assert_true (spc_playback_wants_opus (test->playback));
  g_assert_false (spc_playback_wants_raw (test->playback));
  viewer_free (opus);
  g_assert_false (spc_playback_wants_opus (test->playback));
}

static void
test_other_values_start_anew (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, CAP_OPUS, MODE_OPUS);

  start (test);
  VIEWER_EXPECT (viewer, START);
  start (test); /* the same */
  VIEWER_EXPECT (viewer, NULL);
  spc_playback_post_start (test->playback, 44100, 1, 2000);
  VIEWER_EXPECT (viewer, STOP);
  VIEWER_EXPECT (viewer, "102:d00700000100");
  VIEWER_EXPECT (viewer, "103:01000000010044ac0000d0070000");
  /* mono: clients decode Opus to two channels all the same */
  spc_playback_post_start (test->playback, 48000, 1, 1000);
  VIEWER_EXPECT (viewer, STOP);
  VIEWER_EXPECT (viewer, "102:e80300000300");
  VIEWER_EXPECT (viewer, START);
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_a_late_joiner_is_told_at_once (Test *test, gconstpointer data)
{
  static const uint16_t volume[] = {0xffff, 0x8000};
  Viewer *viewer;

  spc_playback_set_volume (test->playback, volume, 2);
  spc_playback_set_mute (test->playback, false);
  spc_playback_set_latency (test->playback, 100);
  start (test);
  post_packet (test, 1000);
  channel_fixture_settle (&test->fixture);
  viewer = new_viewer (test, CAP_VOLUME | CAP_LATENCY, "102:e80300000100");
  VIEWER_EXPECT (viewer, "105:02ffff0080");
  VIEWER_EXPECT (viewer, "106:00");
  VIEWER_EXPECT (viewer, "107:64000000");
  VIEWER_EXPECT (viewer, START);
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

/* what the loop has not taken yet comes after its start, and is not older */
static void
test_no_packet_is_older_than_its_start (Test *test, gconstpointer data)
{
  Viewer *viewer;

  start (test);
  post_packet (test, 1000);
  channel_fixture_settle (&test->fixture);
  post_packet (test, 1010);
  post_packet (test, 1020);
  viewer = viewer_new (&test->fixture, SPC_CHANNEL (test->playback), 0);
  VIEWER_EXPECT (viewer, "102:e80300000100");
  VIEWER_EXPECT (viewer, START);
  VIEWER_EXPECT (viewer, "101:f2030000aa");
  VIEWER_EXPECT (viewer, "101:fc030000aa");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_settings_need_capabilities (Test *test, gconstpointer data)
{
  static const uint16_t volume[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  Viewer *without = new_viewer (test, 0, MODE_RAW);
  Viewer *with = new_viewer (test, CAP_VOLUME | CAP_LATENCY, MODE_RAW);

  spc_playback_set_volume (test->playback, volume, G_N_ELEMENTS (volume));
  spc_playback_set_mute (test->playback, true);
  spc_playback_set_latency (test->playback, 60);
  VIEWER_EXPECT (without, NULL);
  VIEWER_EXPECT (with, "105:0801000200030004000500060007000800");
  VIEWER_EXPECT (with, "106:01");
  VIEWER_EXPECT (with, "107:3c000000");
  spc_playback_set_volume (test->playback, volume, 0); /* ignored */
  spc_playback_set_mute (test->playback, true);
  VIEWER_EXPECT (with, NULL);
  viewer_free (without);
  viewer_free (with);
}

static void
test_packets_while_stopped_are_dropped (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, 0, MODE_RAW);

  post_packet (test, 1);
  VIEWER_EXPECT (viewer, NULL);
  start (test);
  stop (test);
  post_packet (test, 2);
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_the_loop_may_be_late (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, 0, MODE_RAW);

  start (test);
  for (uint32_t i = 0; i < SPC_MAX_AUDIO_PACKETS + 5; i++)
    post_packet (test, 1000 + i * 10);
  g_assert_cmpuint (spc_playback_dropped (test->playback), ==, 5);
  VIEWER_EXPECT (viewer, "103:02000000010080bb00001a040000");
  for (uint32_t i = 5; i < SPC_MAX_AUDIO_PACKETS + 5; i++) {
    uint32_t time = 1000 + i * 10;
    g_autofree char *expected =
        g_strdup_printf ("101:%02x%02x0000aa", time & 0xff, time >> 8);

    VIEWER_EXPECT (viewer, expected);
  }
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

/* 1920 bytes, as real ones */
static void
post_large_packet (Test *test, uint32_t time_ms)
{
  spc_playback_post_packet (test->playback, NULL,
                            g_bytes_new_take (g_malloc0 (1920), 1920), time_ms);
  channel_fixture_settle (&test->fixture);
}

/* how many DATA messages come until the next other one */
static guint
count_data (Viewer *viewer, char **other)
{
  guint n = 0;

  *other = NULL;
  while (!*other) {
    g_autofree char *got = viewer_next (viewer);

    if (!got)
      return n;
    if (g_str_has_prefix (got, "101:"))
      n++;
    else
      *other = g_steal_pointer (&got);
  }
  return n;
}

static void
test_a_slow_viewer_loses_the_oldest (Test *test, gconstpointer data)
{
  SpcChannel *channel = SPC_CHANNEL (test->playback);
  Viewer *slow = viewer_new_slow (&test->fixture, channel, 0, 2000);
  Viewer *fast = new_viewer (test, 0, MODE_RAW);
  g_autofree char *other = NULL;
  guint n_received, n_posted = 200;

  start (test);
  VIEWER_EXPECT (fast, START);
  for (uint32_t i = 0; i < n_posted; i++) {
    post_large_packet (test, 1000 + i * 10);
    g_free (viewer_next (fast));
    g_assert_cmpuint (spc_pipe_length (spc_connection_pipe (slow->connection)),
                      <=, 1);
    g_assert_cmpuint (spc_connection_backlog (slow->connection), <, 2 * 1930);
  }
  VIEWER_EXPECT (slow, MODE_RAW);
  VIEWER_EXPECT (slow, START);
  stop (test);
  n_received = count_data (slow, &other);
  g_assert_cmpstr (other, ==, STOP);
  g_assert_cmpuint (n_received, <=, SPC_MAX_AUDIO_PACKETS + 2);
  g_assert_cmpuint (n_received, >=, SPC_MAX_AUDIO_PACKETS);
  g_assert_cmpuint (spc_playback_dropped (test->playback), ==,
                    n_posted - n_received);
  viewer_free (slow);
  viewer_free (fast);
}

/* nothing piles up for a viewer that takes nothing at all */
static void
test_runs_do_not_pile_up (Test *test, gconstpointer data)
{
  SpcChannel *channel = SPC_CHANNEL (test->playback);
  Viewer *viewer = viewer_new_slow (&test->fixture, channel, 0, 20);
  g_autofree char *first = NULL;

  for (uint32_t i = 0; i < 500; i++) {
    spc_playback_post_start (test->playback, 48000, 1 + i % 2, i);
    post_packet (test, i);
    channel_fixture_settle (&test->fixture);
    stop (test);
    channel_fixture_settle (&test->fixture);
  }
  g_assert_cmpuint (spc_pipe_length (spc_connection_pipe (viewer->connection)),
                    <=, 1);
  g_assert_cmpuint (spc_connection_backlog (viewer->connection), <, 100);
  VIEWER_EXPECT (viewer, MODE_RAW);
  first = viewer_next (viewer);
  g_assert_true (g_str_has_prefix (first, "103:"));
  viewer_free (viewer);
}

static gpointer
produce (gpointer user_data)
{
  static const uint16_t volume[] = {1000, 1000};
  Test *test = user_data;

  for (uint32_t i = 0; i < 300; i++) {
    start (test);
    post_packet (test, i * 10);
    spc_playback_set_volume (test->playback, volume, 1 + i % 2);
    if (i % 10 == 9)
      stop (test);
    g_assert_cmpuint (spc_playback_dropped (test->playback), <=, 300);
    g_assert_true (spc_playback_wants_opus (test->playback));
  }
  return NULL;
}

static void
test_producers_are_other_threads (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, CAP_OPUS | CAP_LATENCY, MODE_OPUS);
  GThread *thread = g_thread_new ("producer", produce, test);

  g_free (viewer_last (viewer));
  g_thread_join (thread);
  g_free (viewer_last (viewer));
  spc_playback_set_latency (test->playback, 77);
  VIEWER_EXPECT (viewer, "107:4d000000");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_clients_may_not_send (Test *test, gconstpointer data)
{
  Viewer *viewer = new_viewer (test, 0, MODE_RAW);

  viewer_send (viewer, "101:00000000");
  g_assert_true (viewer_is_closed (viewer));
  viewer_free (viewer);
}

#define ADD(path, codec, func)                                                 \
  g_test_add ("/playback/" path, Test, GINT_TO_POINTER (codec), set_up, func,  \
              tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("each-gets-what-it-takes", SPC_AUDIO_AUTO, test_each_gets_what_it_takes);
  ADD ("raw-for-all-when-asked", SPC_AUDIO_RAW, test_raw_for_all_when_asked);
  ADD ("wants-follow-viewers", SPC_AUDIO_OPUS, test_wants_follow_viewers);
  ADD ("other-values-start-anew", SPC_AUDIO_AUTO, test_other_values_start_anew);
  ADD ("a-late-joiner-is-told-at-once", SPC_AUDIO_AUTO,
       test_a_late_joiner_is_told_at_once);
  ADD ("no-packet-is-older-than-its-start", SPC_AUDIO_AUTO,
       test_no_packet_is_older_than_its_start);
  ADD ("settings-need-capabilities", SPC_AUDIO_AUTO,
       test_settings_need_capabilities);
  ADD ("packets-while-stopped-are-dropped", SPC_AUDIO_AUTO,
       test_packets_while_stopped_are_dropped);
  ADD ("the-loop-may-be-late", SPC_AUDIO_AUTO, test_the_loop_may_be_late);
  ADD ("a-slow-viewer-loses-the-oldest", SPC_AUDIO_AUTO,
       test_a_slow_viewer_loses_the_oldest);
  ADD ("runs-do-not-pile-up", SPC_AUDIO_AUTO, test_runs_do_not_pile_up);
  ADD ("producers-are-other-threads", SPC_AUDIO_AUTO,
       test_producers_are_other_threads);
  ADD ("clients-may-not-send", SPC_AUDIO_AUTO, test_clients_may_not_send);
  return g_test_run ();
}

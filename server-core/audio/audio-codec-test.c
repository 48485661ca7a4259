/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "audio-codec.h"

#include <math.h>
#include <string.h>

#define MAX_SAMPLES (SPC_AUDIO_FRAMES * 2)

typedef struct {
  uint32_t rate, channels;
} Layout;

static const Layout good[] = {{48000, 2}, {48000, 1}, {24000, 2},
                              {12000, 2}, {8000, 1},  {8000, 2}};
static const Layout bad[] = {{44100, 2}, {16000, 2},         {96000, 2},
                             {0, 2},     {48000, 0},         {48000, 3},
                             {1, 1},     {48000, UINT32_MAX}};

/* a quarter-scale tone of @period samples a turn, going on at @start */
static void
fill_tone (int16_t *pcm, uint32_t channels, unsigned start, double period)
{
  for (unsigned i = 0; i < SPC_AUDIO_FRAMES; i++)
    for (uint32_t c = 0; c < channels; c++)
      pcm[i * channels + c] =
          (int16_t)(8192 * sin (2 * G_PI * (start + i) / period));
}

static double
energy (const int16_t *pcm, unsigned n)
{
  double sum = 0;

  for (unsigned i = 0; i < n; i++)
    sum += (double)pcm[i] * pcm[i];
  return sum / n;
}

static void
check_tone (const Layout *layout)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SpcAudioEncoder) encoder =
      spc_audio_encoder_new (layout->rate, layout->channels, 96000, &error);
  g_autoptr (SpcAudioDecoder) decoder =
      spc_audio_decoder_new (layout->rate, layout->channels, &error);
  int16_t in[MAX_SAMPLES], out[MAX_SAMPLES];

  g_assert_no_error (error);
  for (unsigned n = 0; n < 20; n++) {
    g_autoptr (GBytes) packet = NULL;

    fill_tone (in, layout->channels, n * SPC_AUDIO_FRAMES, 48);
    packet = spc_audio_encoder_encode (encoder, in, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (g_bytes_get_size (packet), <=, SPC_MAX_OPUS_PACKET);
    g_assert_cmpint (
        spc_audio_decoder_decode (decoder, g_bytes_get_data (packet, NULL),
                                  g_bytes_get_size (packet), out, &error),
        ==, SPC_AUDIO_FRAMES);
  }
  g_assert_cmpfloat (
      fabs (energy (out, SPC_AUDIO_FRAMES * layout->channels) /
                energy (in, SPC_AUDIO_FRAMES * layout->channels) -
            1),
      <, 0.3);
}

static void
test_a_tone_survives (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_assert_true (spc_audio_opus_takes (good[i].rate, good[i].channels));
    check_tone (&good[i]);
  }
}

static void
test_other_layouts_are_refused (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) encoder_error = NULL;
    g_autoptr (GError) decoder_error = NULL;

    g_assert_false (spc_audio_opus_takes (bad[i].rate, bad[i].channels));
    g_assert_null (spc_audio_encoder_new (bad[i].rate, bad[i].channels, 96000,
                                          &encoder_error));
    g_assert_nonnull (encoder_error);
    g_assert_null (
        spc_audio_decoder_new (bad[i].rate, bad[i].channels, &decoder_error));
    g_assert_nonnull (decoder_error);
  }
}

/* noise at the highest bit rate would need more than 480 bytes */
static void
test_packets_stay_below_480_bytes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SpcAudioEncoder) encoder =
      spc_audio_encoder_new (48000, 2, 510000, &error);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  g_assert_no_error (error);
  for (unsigned n = 0; n < 50; n++) {
    g_autoptr (GBytes) packet = NULL;
    int16_t pcm[MAX_SAMPLES];

    for (unsigned i = 0; i < MAX_SAMPLES; i++)
      pcm[i] = (int16_t)g_rand_int_range (random, -32768, 32768);
    packet = spc_audio_encoder_encode (encoder, pcm, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (g_bytes_get_size (packet), <=, SPC_MAX_OPUS_PACKET);
  }
}

static void
test_a_lost_packet_is_concealed (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SpcAudioDecoder) decoder =
      spc_audio_decoder_new (48000, 2, &error);
  int16_t pcm[MAX_SAMPLES];

  g_assert_cmpint (spc_audio_decoder_decode (decoder, NULL, 0, pcm, &error), ==,
                   SPC_AUDIO_FRAMES);
  g_assert_no_error (error);
}

/* every byte string is a number of frames that fit, or an error */
static void
test_garbage_is_harmless (void)
{
  g_autoptr (SpcAudioDecoder) decoder = spc_audio_decoder_new (48000, 2, NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (2);

  for (unsigned n = 0; n < 2000; n++) {
    g_autoptr (GError) error = NULL;
    uint8_t packet[600];
    int16_t pcm[MAX_SAMPLES];
    size_t size = (size_t)g_rand_int_range (random, 1, sizeof packet + 1);
    int frames;

    for (size_t i = 0; i < size; i++)
      packet[i] = (uint8_t)g_rand_int (random);
    frames = spc_audio_decoder_decode (decoder, packet, size, pcm, &error);
    g_assert_cmpint (frames, <=, SPC_AUDIO_FRAMES);
    g_assert_true (frames >= 0 || error != NULL);
  }
}

/* plucked, three times a second: loud and quiet packets take turns */
static void
fill_plucked (int16_t *pcm, unsigned start)
{
  for (unsigned i = 0; i < SPC_AUDIO_FRAMES; i++) {
    double t = (start + i) / 48000.0, since = fmod (t, 0.3);

    pcm[2 * i] = (int16_t)(2500 * exp (-7 * since) * sin (440 * 2 * G_PI * t));
    pcm[2 * i + 1] = pcm[2 * i];
  }
}

static int
loudest (const int16_t *pcm, unsigned n)
{
  int peak = 0;

  for (unsigned i = 0; i < n; i++)
    peak = MAX (peak, ABS (pcm[i]));
  return peak;
}

/* Every viewer starts with whatever packet is sent next. */
static void
test_joining_in_the_middle_does_not_pop (void)
{
  g_autoptr (SpcAudioEncoder) encoder =
      spc_audio_encoder_new (48000, 2, 128000, NULL);
  int16_t pcm[MAX_SAMPLES];

  for (unsigned n = 0; n < 200; n++) {
    g_autoptr (GBytes) packet = NULL;
    g_autoptr (SpcAudioDecoder) joiner = spc_audio_decoder_new (48000, 2, NULL);

    fill_plucked (pcm, n * SPC_AUDIO_FRAMES);
    packet = spc_audio_encoder_encode (encoder, pcm, NULL);
    g_assert_nonnull (packet);
    g_assert_cmpint (
        spc_audio_decoder_decode (joiner, g_bytes_get_data (packet, NULL),
                                  g_bytes_get_size (packet), pcm, NULL),
        ==, SPC_AUDIO_FRAMES);
    g_assert_cmpint (loudest (pcm, MAX_SAMPLES), <, 2 * 2500);
  }
}

/* 20 ms at 48 kHz: TOC byte of a 20 ms CELT frame */
static void
test_a_longer_packet_is_an_error (void)
{
  static const uint8_t packet[] = {0xf8, 0xff, 0xfe};
  g_autoptr (GError) error = NULL;
  g_autoptr (SpcAudioDecoder) decoder = spc_audio_decoder_new (48000, 2, NULL);
  int16_t pcm[MAX_SAMPLES];

  g_assert_cmpint (
      spc_audio_decoder_decode (decoder, packet, sizeof packet, pcm, &error),
      ==, -1);
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio-codec/a-tone-survives", test_a_tone_survives);
  g_test_add_func ("/audio-codec/other-layouts-are-refused",
                   test_other_layouts_are_refused);
  g_test_add_func ("/audio-codec/packets-stay-below-480-bytes",
                   test_packets_stay_below_480_bytes);
  g_test_add_func ("/audio-codec/a-lost-packet-is-concealed",
                   test_a_lost_packet_is_concealed);
  g_test_add_func ("/audio-codec/joining-in-the-middle-does-not-pop",
                   test_joining_in_the_middle_does_not_pop);
  g_test_add_func ("/audio-codec/garbage-is-harmless",
                   test_garbage_is_harmless);
  g_test_add_func ("/audio-codec/a-longer-packet-is-an-error",
                   test_a_longer_packet_is_an_error);
  return g_test_run ();
}

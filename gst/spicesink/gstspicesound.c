/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicesound.h"

#include "server-core/audio/audio-clock.h"
#include "server-core/base/loop.h"

#include <gst/base/gstadapter.h>

/* Good for music in stereo, and below 1 % of a slow line's megabits. */
#define OPUS_BITRATE_BPS 128000u

struct _GstSpiceSound {
  /* set at construction */
  SpcPlayback *channel;
  SpcAudioCodec codec;
  /* set with the format */
  guint rate, channels;
  SpcAudioEncoder *encoder; /* NULL: raw only */
  /* of the stream */
  GstAdapter *samples;
  gint64 head_us; /* when the first of the samples is to be heard */
  SpcAudioClock clock;
  gboolean is_started;
};

static gsize
packet_bytes (const GstSpiceSound *self)
{
  return SPC_AUDIO_FRAMES * self->channels * sizeof (gint16);
}

static gint64
frames_to_us (const GstSpiceSound *self, gsize n_frames)
{
  return (gint64)gst_util_uint64_scale (n_frames, G_USEC_PER_SEC, self->rate);
}

/* life */

GstSpiceSound *
gst_spice_sound_new (SpcPlayback *channel, SpcAudioCodec codec)
{
  GstSpiceSound *self = g_new0 (GstSpiceSound, 1);

  self->channel = g_object_ref (channel);
  self->codec = codec;
  self->samples = gst_adapter_new ();
  return self;
}

void
gst_spice_sound_free (GstSpiceSound *self)
{
  if (!self)
    return;
  gst_spice_sound_stop (self);
  spc_audio_encoder_free (self->encoder);
  g_object_unref (self->samples);
  g_object_unref (self->channel);
  g_free (self);
}

/* work */

void
gst_spice_sound_set_format (GstSpiceSound *self, const GstAudioInfo *info)
{
  guint rate = (guint)GST_AUDIO_INFO_RATE (info);
  guint channels = (guint)GST_AUDIO_INFO_CHANNELS (info);

  if (rate == self->rate && channels == self->channels)
    return;
  gst_spice_sound_stop (self);
  self->rate = rate;
  self->channels = channels;
  g_clear_pointer (&self->encoder, spc_audio_encoder_free);
  if (self->codec != SPC_AUDIO_RAW && spc_audio_opus_takes (rate, channels))
    self->encoder =
        spc_audio_encoder_new (rate, channels, OPUS_BITRATE_BPS, NULL);
  spc_audio_clock_init (&self->clock, rate);
}

void
gst_spice_sound_push (GstSpiceSound *self, GstBuffer *buffer, gint64 at_us)
{
  gsize waiting = gst_adapter_available (self->samples) /
                  (self->channels * sizeof (gint16));

  self->head_us = at_us - frames_to_us (self, waiting);
  gst_adapter_push (self->samples, gst_buffer_ref (buffer));
}

/* STOP and START make viewers forget the delay that a gap has left them */
static void
start_if_needed (GstSpiceSound *self, SpcAudioStep step, uint32_t stamp_ms)
{
  if (self->is_started && step == SPC_AUDIO_GAP)
    spc_playback_post_stop (self->channel);
  if (!self->is_started || step == SPC_AUDIO_GAP)
    spc_playback_post_start (self->channel, self->rate, self->channels,
                             stamp_ms);
  self->is_started = TRUE;
}

static void
post_packet (GstSpiceSound *self, const gint16 *pcm)
{
  g_autoptr (GBytes) opus = NULL;
  g_autoptr (GBytes) raw = NULL;
  uint32_t stamp_ms;
  SpcAudioStep step =
      spc_audio_clock_stamp (&self->clock, spc_mm_time_at (self->head_us),
                             SPC_AUDIO_FRAMES, &stamp_ms);

  start_if_needed (self, step, stamp_ms);
  if (self->encoder && spc_playback_wants_opus (self->channel))
    opus = spc_audio_encoder_encode (self->encoder, pcm, NULL);
  if (spc_playback_wants_raw (self->channel))
    raw = g_bytes_new (pcm, packet_bytes (self));
  if (opus || raw)
    spc_playback_post_packet (self->channel, g_steal_pointer (&opus),
                              g_steal_pointer (&raw), stamp_ms);
}

gboolean
gst_spice_sound_post (GstSpiceSound *self)
{
  gsize size = packet_bytes (self);

  if (gst_adapter_available (self->samples) < size)
    return FALSE;
  post_packet (self, gst_adapter_map (self->samples, size));
  gst_adapter_unmap (self->samples);
  gst_adapter_flush (self->samples, size);
  self->head_us += frames_to_us (self, SPC_AUDIO_FRAMES);
  return TRUE;
}

void
gst_spice_sound_drain (GstSpiceSound *self)
{
  gsize left = self->channels ? gst_adapter_available (self->samples) : 0;

  while (left > 0 && gst_spice_sound_post (self))
    left = gst_adapter_available (self->samples);
  if (left == 0)
    return;
  gst_adapter_push (self->samples,
                    gst_buffer_new_memdup ((guint8[SPC_AUDIO_FRAMES * 4]){0},
                                           packet_bytes (self) - left));
  gst_spice_sound_post (self);
}

void
gst_spice_sound_stop (GstSpiceSound *self)
{
  gst_adapter_clear (self->samples);
  if (self->is_started)
    spc_playback_post_stop (self->channel);
  self->is_started = FALSE;
  if (self->rate)
    spc_audio_clock_break (&self->clock);
}

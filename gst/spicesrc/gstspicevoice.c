/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesrc/gstspicevoice.h"

#include <gst/base/gstadapter.h>
#include <string.h>

/* held back when somebody begins to speak: what a local network and a viewer's
 * own 10 ms blocks make packets late by */
#define PREROLL_BYTES (4 * GST_SPICE_VOICE_BYTES)
/* more has piled up because clocks differ or the line stalled: the oldest goes
 */
#define MAX_BYTES (SPC_MAX_AUDIO_PACKETS * GST_SPICE_VOICE_BYTES)

struct _GstSpiceVoice {
  GstAdapter *samples;
  SpcAudioDecoder *decoder; /* NULL until there is Opus */
  gboolean is_speaking;     /* enough was held back */
};

GstSpiceVoice *
gst_spice_voice_new (void)
{
  GstSpiceVoice *self = g_new0 (GstSpiceVoice, 1);

  self->samples = gst_adapter_new ();
  return self;
}

void
gst_spice_voice_free (GstSpiceVoice *self)
{
  if (!self)
    return;
  spc_audio_decoder_free (self->decoder);
  g_object_unref (self->samples);
  g_free (self);
}

void
gst_spice_voice_clear (GstSpiceVoice *self)
{
  gst_adapter_clear (self->samples);
  g_clear_pointer (&self->decoder, spc_audio_decoder_free);
  self->is_speaking = FALSE;
}

static void
add (GstSpiceVoice *self, gconstpointer data, gsize size)
{
  gsize have;

  if (size == 0)
    return;
  gst_adapter_push (self->samples, gst_buffer_new_memdup (data, size));
  have = gst_adapter_available (self->samples);
  if (have > MAX_BYTES)
    gst_adapter_flush (self->samples, have - PREROLL_BYTES);
}

static void
add_opus (GstSpiceVoice *self, const guint8 *data, gsize size)
{
  gint16 pcm[GST_SPICE_VOICE_FRAMES * GST_SPICE_VOICE_CHANNELS];
  int n_frames;

  if (!self->decoder)
    self->decoder = spc_audio_decoder_new (GST_SPICE_VOICE_RATE,
                                           GST_SPICE_VOICE_CHANNELS, NULL);
  if (!self->decoder)
    return;
  n_frames = spc_audio_decoder_decode (self->decoder, data, size, pcm, NULL);
  if (n_frames > 0)
    add (self, pcm,
         (gsize)n_frames * GST_SPICE_VOICE_CHANNELS * sizeof (gint16));
}

void
gst_spice_voice_put (GstSpiceVoice *self, SpcRecordPacket *packet)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (packet->data, &size);

  if (packet->first)
    gst_spice_voice_clear (self);
  if (packet->opus)
    add_opus (self, data, size);
  else
    add (self, data, size - size % (2 * sizeof (gint16)));
  spc_record_packet_free (packet);
}

gboolean
gst_spice_voice_take (GstSpiceVoice *self, guint8 *samples, gboolean *is_new)
{
  gsize have = gst_adapter_available (self->samples);

  *is_new = FALSE;
  if (!self->is_speaking && have >= PREROLL_BYTES)
    *is_new = self->is_speaking = TRUE;
  if (have < GST_SPICE_VOICE_BYTES)
    self->is_speaking = FALSE;
  if (!self->is_speaking) {
    memset (samples, 0, GST_SPICE_VOICE_BYTES);
    return FALSE;
  }
  gst_adapter_copy (self->samples, samples, 0, GST_SPICE_VOICE_BYTES);
  gst_adapter_flush (self->samples, GST_SPICE_VOICE_BYTES);
  return TRUE;
}

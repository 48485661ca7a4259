/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicevoice.h – packets of a microphone made into an even flow of samples.
 *
 * Decodes, holds back a little so that late packets do not tear holes, and
 * gives out frames at a fixed pace: samples, or nothing when nobody speaks.
 * Holds at most 200 ms. One thread at a time. */
#pragma once

#include "server-core/audio/record.h"

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_SPICE_VOICE_RATE 48000
#define GST_SPICE_VOICE_CHANNELS 2
/* frames given out at a time: 10 ms */
#define GST_SPICE_VOICE_FRAMES SPC_AUDIO_FRAMES
#define GST_SPICE_VOICE_BYTES                                                  \
  (GST_SPICE_VOICE_FRAMES * GST_SPICE_VOICE_CHANNELS * sizeof (gint16))

typedef struct _GstSpiceVoice GstSpiceVoice;

GstSpiceVoice *gst_spice_voice_new (void);
void gst_spice_voice_free (GstSpiceVoice *self);
void gst_spice_voice_clear (GstSpiceVoice *self);

/* takes @packet */
void gst_spice_voice_put (GstSpiceVoice *self, SpcRecordPacket *packet);
/* Fills @samples, GST_SPICE_VOICE_BYTES; FALSE: there is nothing to hear, and
 * they are zero. *@is_new: the first after silence or of another speaker. */
gboolean gst_spice_voice_take (GstSpiceVoice *self, guint8 *samples,
                               gboolean *is_new);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicesound.h – a stream of samples cut into packets for a playback
 * channel.
 *
 * Cuts S16 samples into packets of 480 frames, encodes what viewers want,
 * stamps and posts it; starts the channel with the first packet and after a
 * gap. Streaming thread, or with the stream stopped. */
#pragma once

#include "server-core/audio/playback.h"

#include <gst/audio/audio.h>

G_BEGIN_DECLS

typedef struct _GstSpiceSound GstSpiceSound;

/* life */
/* @channel is referenced */
GstSpiceSound *gst_spice_sound_new (SpcPlayback *channel, SpcAudioCodec codec);
void gst_spice_sound_free (GstSpiceSound *self); /* stops, too */

/* work */
/* another rate or number of channels: what was begun ends */
void gst_spice_sound_set_format (GstSpiceSound *self, const GstAudioInfo *info);
/* samples to cut; @at_us: when, on the monotonic clock, they are to be heard */
void gst_spice_sound_push (GstSpiceSound *self, GstBuffer *buffer,
                           gint64 at_us);
/* Posts the next packet; false: there are not enough samples for one. */
gboolean gst_spice_sound_post (GstSpiceSound *self);
/* posts what is left, filled up with silence */
void gst_spice_sound_drain (GstSpiceSound *self);
/* viewers hear silence until the next packet; samples left are dropped */
void gst_spice_sound_stop (GstSpiceSound *self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceaudio.h – what both sound elements share: codec, volume, caps.
 *
 * Plain values; the element's object lock guards them. Any thread. */
#pragma once

#include "gst/common/gstspicedesk.h"
#include "server-core/audio/playback.h"

#include <gst/audio/audio.h>

G_BEGIN_DECLS

/* SpcAudioCodec as a property: auto, opus, raw */
#define GST_TYPE_SPICE_AUDIO_CODEC (gst_spice_audio_codec_get_type ())
GType gst_spice_audio_codec_get_type (void);

/* what viewers take without conversion, the best first */
#define GST_SPICE_AUDIO_BEST_CAPS                                              \
  "audio/x-raw, format = (string) " GST_AUDIO_NE (                             \
      S16) ", layout = (string) interleaved, rate = (int) 48000, channels = "  \
           "(int) 2"
#define GST_SPICE_AUDIO_CAPS                                                   \
  GST_SPICE_AUDIO_BEST_CAPS                                                    \
  "; audio/x-raw, format = (string) " GST_AUDIO_NE (                           \
      S16) ", layout = (string) interleaved, rate = (int) [ 8000, 96000 ], "   \
           "channels = (int) [ 1, 2 ]"

typedef struct {
  SpcAudioCodec codec;
  double volume; /* linear, 1.0 is 100 % */
  gboolean mute;
  gboolean has_volume, has_mute; /* somebody has set it */
  gboolean is_synced;            /* viewers may set it, too */
  gboolean is_notifying;         /* of what a viewer has set */
  GstElement *element;           /* not owned; while it follows viewers */
} GstSpiceAudioSettings;

/* of the property; viewers are asked for 1.0 at the most */
#define GST_SPICE_MAX_VOLUME 10.0
/* what viewers are told, of two channels: 0 to 65535, which is 1.0 */
void gst_spice_audio_volume (double volume, uint16_t amplitudes[2]);

/* The properties "codec", "volume", "mute", "volume-sync" with the ids
 * @first_id and on; @index: from 0, in that order. Set and get return FALSE for
 * others; they take @object's lock. */
void gst_spice_audio_install_properties (GObjectClass *klass, guint first_id);
gboolean gst_spice_audio_set_property (GstSpiceAudioSettings *self,
                                       GstObject *object, guint index,
                                       const GValue *value);
gboolean gst_spice_audio_get_property (const GstSpiceAudioSettings *self,
                                       GstObject *object, guint index,
                                       GValue *value);
void gst_spice_audio_settings_init (GstSpiceAudioSettings *self);

/* With "volume-sync" a viewer's volume becomes that of the properties. Viewers
 * are not told of it, as they would answer. From start to stop of @element,
 * which has @self in it; the stop takes no part in a lock of the caller's. */
void gst_spice_audio_follow (GstSpiceAudioSettings *self, GstElement *element,
                             GstSpiceDesk *desk, gboolean is_record);
void gst_spice_audio_unfollow (GstSpiceDesk *desk, gboolean is_record);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* audio-settings.h – volume and mute, as both sound channels tell them.
 *
 * Plain data: what was set, what one viewer was told, and the messages that
 * make up the difference. Any thread, one at a time; sending on the loop. */
#pragma once

#include "server-core/channel/connection.h"
#include "server-core/wire/messages-small.h"

typedef struct {
  SpcAudioVolume volume; /* no channels: not set */
  bool has_mute;         /* false: not set */
  bool mute;
} SpcAudioSettings;

/* the first SPC_MAX_VOLUME_CHANNELS channels count; none is ignored, since
 * clients complain about it */
void spc_audio_settings_set_volume (SpcAudioSettings *self,
                                    const uint16_t *volume, guint n_channels);
void spc_audio_settings_set_mute (SpcAudioSettings *self, bool mute);
/* inside an item's build; afterwards @told equals @self */
void spc_audio_settings_send (const SpcAudioSettings *self,
                              SpcAudioSettings *told, SpcConnection *connection,
                              uint16_t volume_type, uint16_t mute_type);

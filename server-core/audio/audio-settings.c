/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "audio-settings.h"

#include <string.h>

void
spc_audio_settings_set_volume (SpcAudioSettings *self, const uint16_t *volume,
                               guint n_channels)
{
  SpcAudioVolume *to = &self->volume;

  if (n_channels == 0)
    return;
  *to = (SpcAudioVolume){
      .n_channels = (uint8_t)MIN (n_channels, SPC_MAX_VOLUME_CHANNELS)};
  for (guint i = 0; i < to->n_channels; i++)
    to->channels[i].value = volume[i];
}

void
spc_audio_settings_set_mute (SpcAudioSettings *self, bool mute)
{
  self->has_mute = true;
  self->mute = mute;
}

static bool
volume_equals (const SpcAudioVolume *a, const SpcAudioVolume *b)
{
  return a->n_channels == b->n_channels &&
         memcmp (a->channels, b->channels,
                 a->n_channels * sizeof a->channels[0]) == 0;
}

void
spc_audio_settings_send (const SpcAudioSettings *self, SpcAudioSettings *told,
                         SpcConnection *connection, uint16_t volume_type,
                         uint16_t mute_type)
{
  SpcAudioMute mute = {.mute = self->mute};

  if (!volume_equals (&self->volume, &told->volume))
    spc_connection_write (connection, volume_type, spc_audio_volume_fields,
                          &self->volume);
  if (self->has_mute && (!told->has_mute || told->mute != self->mute))
    spc_connection_write (connection, mute_type, spc_audio_mute_fields, &mute);
  *told = *self;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sound.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TICK_MS 10
#define TONE_LEVEL 10000 /* of 32767 */
#define HEARD_LEVEL 500  /* below this a half second counts as silent */
#define REPORT_FRAMES (FEEDER_SOUND_RATE / 2)
#define MAX_LATE_FRAMES (FEEDER_SOUND_RATE / 5) /* then the clock restarts */

typedef struct {
  guint frames;
  guint rises; /* from below to above zero */
  gint peak;
  gint last;
} Listener;

struct _FeederSound {
  SpicePlaybackInstance playback;
  SpiceRecordInstance record;
  guint tone_hz;
  gboolean print;
  gint64 started_us;
  guint64 played; /* frames since started_us */
  guint64 phase;  /* frames of tone ever made */
  Listener heard;
  guint tick;
};

static guint32
tone_frame (guint64 n, guint tone_hz)
{
  double angle =
      2 * G_PI * (double)(n * tone_hz % FEEDER_SOUND_RATE) / FEEDER_SOUND_RATE;
  guint16 level = (guint16)(gint16)lrint (sin (angle) * TONE_LEVEL);
  return (guint32)level << 16 | level; /* left and right */
}

/* FALSE: the server has no buffer, no client or a slow one. */
static gboolean
play_buffer (FeederSound *self)
{
  uint32_t *frames = NULL;
  uint32_t count = 0;
  spice_server_playback_get_buffer (&self->playback, &frames, &count);
  if (!frames)
    return FALSE;
  for (uint32_t i = 0; i < count; i++)
    frames[i] = tone_frame (self->phase++, self->tone_hz);
  spice_server_playback_put_samples (&self->playback, frames);
  self->played += count;
  return TRUE;
}

static void
play (FeederSound *self)
{
  gint64 elapsed_us = g_get_monotonic_time () - self->started_us;
  guint64 due = (guint64)elapsed_us * FEEDER_SOUND_RATE / G_USEC_PER_SEC;
  while (self->played < due && play_buffer (self))
    ;
  if (due > self->played + MAX_LATE_FRAMES) {
    self->started_us = g_get_monotonic_time ();
    self->played = 0;
  }
}

static void
hear (Listener *self, guint32 frame)
{
  gint left = (gint16)(guint16)frame;
  if (self->last < 0 && left >= 0)
    self->rises++;
  self->last = left;
  self->peak = MAX (self->peak, abs (left));
  self->frames++;
}

static void
listen_in (FeederSound *self)
{
  uint32_t frames[FEEDER_SOUND_RATE * TICK_MS / 1000];
  uint32_t count;
  while ((count = spice_server_record_get_samples (&self->record, frames,
                                                   G_N_ELEMENTS (frames)))) {
    for (uint32_t i = 0; i < count; i++)
      hear (&self->heard, frames[i]);
    if (self->heard.frames < REPORT_FRAMES)
      continue;
    if (self->print && self->heard.peak >= HEARD_LEVEL)
      printf ("RECORD %u\n",
              self->heard.rises * FEEDER_SOUND_RATE / self->heard.frames);
    self->heard = (Listener){.last = self->heard.last};
  }
}

static gboolean
on_tick (gpointer user_data)
{
  FeederSound *self = user_data;
  if (self->tone_hz)
    play (self);
  listen_in (self);
  return G_SOURCE_CONTINUE;
}

static const SpicePlaybackInterface playback_interface = {
    .base = {.type = SPICE_INTERFACE_PLAYBACK,
             .description = "tone",
             .major_version = SPICE_INTERFACE_PLAYBACK_MAJOR,
             .minor_version = SPICE_INTERFACE_PLAYBACK_MINOR},
};

static const SpiceRecordInterface record_interface = {
    .base = {.type = SPICE_INTERFACE_RECORD,
             .description = "listener",
             .major_version = SPICE_INTERFACE_RECORD_MAJOR,
             .minor_version = SPICE_INTERFACE_RECORD_MINOR},
};

FeederSound *
feeder_sound_new (SpiceServer *server, guint tone_hz, gboolean print)
{
  FeederSound *self = g_new0 (FeederSound, 1);
  self->tone_hz = tone_hz;
  self->print = print;
  self->started_us = g_get_monotonic_time ();
  self->playback.base.sif = &playback_interface.base;
  self->record.base.sif = &record_interface.base;
  spice_server_add_interface (server, &self->playback.base);
  spice_server_add_interface (server, &self->record.base);
  spice_server_set_playback_rate (&self->playback, FEEDER_SOUND_RATE);
  spice_server_set_record_rate (&self->record, FEEDER_SOUND_RATE);
  uint16_t volume[] = {FEEDER_VOLUME_LEFT, FEEDER_VOLUME_RIGHT};
  spice_server_playback_set_volume (&self->playback, 2, volume);
  spice_server_playback_set_mute (&self->playback, FALSE);
  spice_server_record_set_volume (&self->record, 2, volume);
  spice_server_record_set_mute (&self->record, TRUE);
  if (tone_hz)
    spice_server_playback_start (&self->playback);
  spice_server_record_start (&self->record);
  self->tick = g_timeout_add (TICK_MS, on_tick, self);
  return self;
}

void
feeder_sound_stop (FeederSound *self)
{
  g_source_remove (self->tick);
  if (self->tone_hz)
    spice_server_playback_stop (&self->playback);
  spice_server_record_stop (&self->record);
}

void
feeder_sound_free (FeederSound *self)
{
  g_free (self);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "film-producer.h"

#include "display.h"
#include "server-core/video/film-rest.h"

/* bit rates: an eighth more or less is told, and how often */
#define BITRATE_SHARE 8u
#define BITRATE_INTERVAL_US (G_USEC_PER_SEC / 2)

struct _SpcFilmProducer {
  SpcFilmProducerFunc unpictured;
  gpointer user_data;
  SpcListener listener;
  SpcTimer *timer;
  SpcFilmRest rest;
  int64_t drawn_us;
  bool lacks_frames;
  guint wants; /* SpcFilmWants, as it was told */
  guint bitrate_bps;
  int64_t told_bitrate_us;
};

static void
tell (SpcFilmProducer *self, guint more)
{
  SpcListenerCall call;

  if (!spc_listener_begin (&self->listener, &call))
    return;
  ((SpcFilmFunc)call.func) (self->wants | more, self->bitrate_bps,
                            call.user_data);
  spc_listener_end (&call);
}

/* pictures */

static guint
wants (const SpcFilmProducer *self, int64_t now_us)
{
  guint wants = 0;

  if (self->lacks_frames)
    wants |= SPC_FILM_WANTS_FRAMES;
  if (spc_film_rest_is_still (&self->rest, now_us))
    wants |= SPC_FILM_WANTS_STILL;
  return wants;
}

static void
arm (SpcFilmProducer *self, int64_t now_us)
{
  int64_t next_us = spc_film_rest_next_us (&self->rest, now_us);

  if (next_us == G_MAXINT64)
    spc_timer_disarm (self->timer);
  else if (!spc_timer_is_armed (self->timer))
    spc_timer_arm (self->timer, (uint32_t)((next_us - now_us) / 1000 + 1));
}

static void
update (SpcFilmProducer *self)
{
  int64_t now_us = g_get_monotonic_time ();
  guint before = self->wants;

  self->wants = wants (self, now_us);
  arm (self, now_us);
  if (self->wants == before)
    return;
  if (self->wants == 0) {
    self->drawn_us = 0;
    self->unpictured (self->user_data);
  }
  tell (self, 0);
}

static void
on_timer (gpointer user_data)
{
  update (user_data);
}

void
spc_film_producer_begin (SpcFilmProducer *self)
{
  self->rest = (SpcFilmRest){0};
  self->drawn_us = 0;
  spc_film_producer_set_bitrate (self, 0);
  update (self);
}

void
spc_film_producer_note_packet (SpcFilmProducer *self)
{
  spc_film_rest_note (&self->rest, g_get_monotonic_time ());
  update (self);
}

void
spc_film_producer_note_drawn (SpcFilmProducer *self)
{
  if (self->wants != 0 && spc_film_rest_has_begun (&self->rest))
    self->drawn_us = g_get_monotonic_time ();
}

int64_t
spc_film_producer_drawn_us (const SpcFilmProducer *self)
{
  return self->drawn_us;
}

void
spc_film_producer_set_lacks_frames (SpcFilmProducer *self, bool lacks_frames)
{
  self->lacks_frames = lacks_frames;
  update (self);
}

void
spc_film_producer_stop (SpcFilmProducer *self)
{
  spc_timer_disarm (self->timer);
}

/* the rest */

void
spc_film_producer_want_key (SpcFilmProducer *self)
{
  tell (self, SPC_FILM_WANTS_KEY);
}

bool
spc_film_producer_takes_bitrate (const SpcFilmProducer *self)
{
  return g_get_monotonic_time () - self->told_bitrate_us >= BITRATE_INTERVAL_US;
}

void
spc_film_producer_set_bitrate (SpcFilmProducer *self, guint bitrate_bps)
{
  guint old_bps = self->bitrate_bps;

  if (bitrate_bps == old_bps ||
      (bitrate_bps != 0 &&
       MAX (bitrate_bps, old_bps) - MIN (bitrate_bps, old_bps) <
           old_bps / BITRATE_SHARE))
    return;
  self->bitrate_bps = bitrate_bps;
  self->told_bitrate_us = g_get_monotonic_time ();
  tell (self, 0);
}

SpcListener *
spc_film_producer_listener (SpcFilmProducer *self)
{
  return &self->listener;
}

/* life */

SpcFilmProducer *
spc_film_producer_new (SpcLoop *loop, SpcFilmProducerFunc unpictured,
                       gpointer user_data)
{
  SpcFilmProducer *self = g_new0 (SpcFilmProducer, 1);

  self->unpictured = unpictured;
  self->user_data = user_data;
  self->timer = spc_timer_new (loop, on_timer, self);
  spc_listener_init (&self->listener);
  return self;
}

void
spc_film_producer_free (SpcFilmProducer *self)
{
  if (self == NULL)
    return;
  spc_timer_free (self->timer);
  spc_listener_clear (&self->listener);
  g_free (self);
}

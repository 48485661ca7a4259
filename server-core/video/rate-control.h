/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rate-control.h – how much video the way to one viewer carries.
 *
 * One for all streams of a viewer, whatever their codecs. Pings that follow
 * frames tell how fast these arrive, and by how much longer than the shortest
 * one a way took: that is the queue. While there is hardly any, and what is
 * allowed is used, the rate grows, carefully near the rate at which the last
 * queue began. When it is too long, the rate becomes less than what arrived
 * meanwhile. A shortest way that is longer for good is found out by a queue
 * that does not shrink. Pure: times are monotonic µs; one thread at a time. */
#pragma once

#include "playback-margin.h"
#include "rate-path.h"
#include <stdbool.h>
#include <stdint.h>

/* bits a second; 0: of our choice */
typedef struct {
  uint32_t start_bps, min_bps, max_bps;
} SpcRateLimits;

/* a frame that is being written */
typedef struct {
  uint32_t bytes;
  int64_t time_us;   /* of what it shows */
  int64_t queued_us; /* when it began to wait for being written */
} SpcRateFrame;

typedef struct {
  SpcRateLimits limits;
  double target_bps;
  SpcRatePath path;
  SpcPlaybackMargin margin;
  double frame_bytes; /* of late */
  int64_t waited_us;  /* for being written: the last frame */
  /* where a queue began last: 0: not known, or long passed */
  double ceiling_bps;
  int64_t grown_us;     /* when it was last seen whether the rate may grow */
  unsigned n_long;      /* ways with too long a queue, one after the other */
  int64_t cut_us;       /* when the rate was last cut; 0: not yet */
  int64_t cut_queue_us; /* the queue then */
  unsigned n_vain;      /* cuts one after the other that did not shorten it */
} SpcRateControl;

/* life; plain data, no clear */
void spc_rate_control_init (SpcRateControl *self, const SpcRateLimits *limits);

/* what happens */
/* True: a ping is to be sent right behind it (spc_connection_ping ()). */
bool spc_rate_control_note_sent (SpcRateControl *self, int64_t now_us,
                                 const SpcRateFrame *frame);
/* the answers to those pings, in order */
void spc_rate_control_note_pong (SpcRateControl *self, int64_t now_us,
                                 int64_t round_trip_us);
/* A frame was thrown away because earlier ones wait; not one that was not
 * begun because of spc_rate_control_may_send (). */
void spc_rate_control_note_dropped (SpcRateControl *self, int64_t now_us);
/* a STREAM_REPORT about frames that were stamped with the margin (spec:
 * streams): the last one's stamp, and how early it was; below 0: late */
void spc_rate_control_note_report (SpcRateControl *self, int64_t now_us,
                                   uint32_t n_frames, uint32_t n_drops,
                                   uint32_t last_stamp_ms,
                                   int32_t last_delay_ms);
/* the viewer is told the time, and its clock is another one from now on */
void spc_rate_control_note_clock (SpcRateControl *self);

/* what frames needed so far had a reason that is gone: the margin shrinks from
 * now on, unless later ones need as much */
void spc_rate_control_forget_lateness (SpcRateControl *self);

/* asking, at any time */
/* for all streams together */
uint32_t spc_rate_control_target_bps (const SpcRateControl *self);
/* false: the next frame would only wait; leave it out */
bool spc_rate_control_may_send (const SpcRateControl *self, int64_t now_us);
/* What a frame of that time is stamped with, so that it arrives before it is to
 * be shown. When nothing is heard; else the sound's latency is what counts. */
uint32_t spc_rate_control_stamp (SpcRateControl *self, uint32_t time_ms);
/* how far the stamp is ahead (playback-margin.h) */
int32_t spc_rate_control_margin_ms (const SpcRateControl *self);

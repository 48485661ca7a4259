/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceencoder-fixture.h – an encoder under test, and what came out of it.
 *
 * Waits have a deadline, after which the test fails. One thread. */
#pragma once

#include "gst/encoder/gstspiceencoderpipe.h"

#define ENCODER_STAGE_FPS 30

typedef struct {
  GMutex lock;
  GCond cond;
  SpcVideoEncoder *encoder;
  GPtrArray *units; /* GBytes */
  GArray *times_us; /* int64_t, one a unit */
  GArray *keys;     /* bool, one a unit */
  GError *error;    /* the sink's */
  GError *demoted;  /* the owner's */
  bool is_sink_gone, is_thread_gone;
  GstSpiceEncoderSetup setup;
} EncoderStage;

/* life */
void encoder_stage_init (EncoderStage *self, const GstSpiceEncoderEntry *entry,
                         uint32_t width, uint32_t height, uint32_t bitrate_bps);
/* frees the encoder and waits for its thread */
void encoder_stage_clear (EncoderStage *self);
/* only what an encoder is made with, for factories */
SpcVideoSink encoder_stage_sink (EncoderStage *self);
void encoder_stage_init_bare (EncoderStage *self);

/* frames: a coloured picture that moves, number @n of them */
QxlImage *encoder_stage_picture (uint32_t width, uint32_t height, guint n);
int64_t encoder_stage_time_us (guint n);
/* pushes picture @n and waits for the unit made of it */
void encoder_stage_show (EncoderStage *self, uint32_t width, uint32_t height,
                         guint n, bool is_key);

/* waiting */
void encoder_stage_wait_units (EncoderStage *self, guint n_units);
void encoder_stage_wait_failed (EncoderStage *self);

/* the picture a usual client shows of the last unit, BGRx; NULL: nothing on
 * this machine decodes @codec */
GBytes *encoder_stage_decode (EncoderStage *self, uint8_t codec, uint32_t width,
                              uint32_t height);
/* decibels, of colours */
double encoder_stage_psnr (const uint8_t *a, const uint8_t *b, gsize n_pixels);

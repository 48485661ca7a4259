/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* video-stage.h – for tests: a factory of pretended encoders.
 *
 * Their packets are numbers (tests/wire-streams.h), made at once. Runs on the
 * test's loop. */
#pragma once

#include "server-core/video/video-encoder.h"

typedef struct {
  SpcVideoFactory factory;
  uint8_t codec;     /* the only one; 0: none */
  bool refuses;      /* to create */
  bool is_finest;    /* what it makes */
  guint fails_after; /* packets; 0: never */
  guint delay;       /* frames it keeps before it gives the first back */
  guint generation;
  /* what was asked of it */
  guint n_encoders, n_living, n_frames, n_keys;
} Studio;

/* makes @codec, 0: nothing */
void studio_init (Studio *self, uint8_t codec);

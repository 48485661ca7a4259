/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gop.h – the packets of a film since its last key frame.
 *
 * What a viewer who comes later must be sent to see the film at once, where
 * nobody can make a key frame for it. Bounded: what becomes too long is
 * forgotten, up to the next key frame. Threads: any, one at a time. */
#pragma once

#include "server-core/video/video-encoder.h"

typedef struct {
  GArray *packets; /* SpcVideoPacket, each with a reference to its bytes */
  gsize n_bytes;
} SpcGop;

/* life */
void spc_gop_init (SpcGop *self);
void spc_gop_clear (SpcGop *self);

/* work */
/* one that does not go on from a key frame is left out */
void spc_gop_add (SpcGop *self, const SpcVideoPacket *packet);
/* nothing goes on from what there is */
void spc_gop_forget (SpcGop *self);

/* asking */
guint spc_gop_length (const SpcGop *self); /* 0: no key frame */
const SpcVideoPacket *spc_gop_at (const SpcGop *self, guint index);

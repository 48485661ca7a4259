/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* codec-handover.h – when a stream moves from one encoder to another.
 *
 * Both are fed while the new one gets ready, so that nothing stands still. The
 * new one takes over with a key frame that is no older than what was sent of
 * the old one. If its first is older, since it takes long to open, another is
 * asked for, and frames of the old one after it are held back for as long as
 * that takes. Pure: times are monotonic µs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int64_t sent_us;  /* of the old one's last frame that was sent */
  int64_t key_us;   /* of the new one's key frame that was too old; 0: none */
  int64_t asked_us; /* when another was asked for; 0: none awaited */
  unsigned n_asked;
} SpcCodecHandover;

typedef enum {
  SPC_HANDOVER_SEND,
  SPC_HANDOVER_ASK,     /* send it, and ask the new one for a key frame */
  SPC_HANDOVER_HOLD,    /* do not send it */
  SPC_HANDOVER_GIVE_UP, /* send it; the new one is of no use */
} SpcHandoverStep;

/* @sent_us: see above */
void spc_codec_handover_init (SpcCodecHandover *self, int64_t sent_us);
/* what becomes of the old one's frame of that time, which has come @now_us */
SpcHandoverStep spc_codec_handover_old (SpcCodecHandover *self, int64_t time_us,
                                        int64_t now_us);
/* a key frame of the new one: true: it takes over */
bool spc_codec_handover_new (SpcCodecHandover *self, int64_t time_us);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "codec-handover.h"

/* An encoder is not asked for key frames more often (display/stream-feed.c),
 * and one that is open makes it sooner than that. */
#define KEY_INTERVAL_US 300000
#define MAX_HOLD_US 300000
#define MAX_ASKED 3u

void
spc_codec_handover_init (SpcCodecHandover *self, int64_t sent_us)
{
  *self = (SpcCodecHandover){.sent_us = sent_us};
}

static SpcHandoverStep
step_for (SpcCodecHandover *self, int64_t time_us, int64_t now_us)
{
  if (self->asked_us != 0 && time_us <= self->asked_us)
    return SPC_HANDOVER_SEND;
  if (self->asked_us != 0 && time_us - self->asked_us < MAX_HOLD_US)
    return SPC_HANDOVER_HOLD;
  if (self->asked_us != 0) {
    self->asked_us = 0;
    self->key_us = time_us;
    return self->n_asked < MAX_ASKED ? SPC_HANDOVER_SEND : SPC_HANDOVER_GIVE_UP;
  }
  if (self->key_us == 0 || time_us - self->key_us < KEY_INTERVAL_US)
    return SPC_HANDOVER_SEND;
  self->asked_us = now_us;
  self->n_asked++;
  return SPC_HANDOVER_ASK;
}

SpcHandoverStep
spc_codec_handover_old (SpcCodecHandover *self, int64_t time_us, int64_t now_us)
{
  SpcHandoverStep step = step_for (self, time_us, now_us);

  if (step != SPC_HANDOVER_HOLD)
    self->sent_us = time_us;
  return step;
}

bool
spc_codec_handover_new (SpcCodecHandover *self, int64_t time_us)
{
  if (time_us >= self->sent_us)
    return true;
  if (self->key_us == 0)
    self->key_us = time_us;
  return false;
}

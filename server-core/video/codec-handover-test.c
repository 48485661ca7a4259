/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Traces of two encoders, one of which takes over from the other. */
#include "codec-handover.h"

#include <glib.h>

#define FRAME_US INT64_C (33000)

/* how many frames after its own a packet comes */
typedef struct {
  const char *name;
  int old_delay, new_delay;
  int open_frames; /* until the new one's first packet, beside its delay */
  bool takes_over;
  int most_frozen; /* frames between what is sent */
} Trace;

static const Trace traces[] = {
    {"one as quick", 0, 0, 0, true, 1},
    {"one that opens slowly", 0, 0, 10, true, 2},
    {"one that keeps two frames", 0, 2, 10, true, 4},
    {"a quicker one", 3, 0, 5, true, 4},
    {"one that is never in time", 0, 20, 10, false, 11},
};

/* An encoder gives a key frame at its first frame, and when it is asked, of the
 * next; each comes new_delay frames later, the first ones only once it is
 * open. */
typedef struct {
  const Trace *trace;
  SpcCodecHandover handover;
  int key;      /* frame that is one, of the new encoder */
  int shown;    /* last frame sent */
  int shown_at; /* when */
  int frozen;   /* longest */
  bool is_over, is_given_up;
} Play;

static void
show (Play *self, int frame, int now)
{
  g_assert_cmpint (frame, >=, self->shown);
  self->frozen = MAX (self->frozen, now - self->shown_at);
  self->shown = frame;
  self->shown_at = now;
}

static void
come_new (Play *self, int frame, int now)
{
  if (self->is_over) {
    show (self, frame, now);
    return;
  }
  if (frame != self->key || self->is_given_up)
    return;
  self->is_over =
      spc_codec_handover_new (&self->handover, 1 + frame * FRAME_US);
  if (self->is_over)
    show (self, frame, now);
}

static void
come_old (Play *self, int frame, int now)
{
  if (self->is_over || frame < 0)
    return;
  switch (self->is_given_up
              ? SPC_HANDOVER_SEND
              : spc_codec_handover_old (&self->handover, 1 + frame * FRAME_US,
                                        1 + now * FRAME_US)) {
  case SPC_HANDOVER_HOLD:
    return;
  case SPC_HANDOVER_ASK:
    self->key = now + 1;
    break;
  case SPC_HANDOVER_GIVE_UP:
    self->is_given_up = true;
    break;
  case SPC_HANDOVER_SEND:
    break;
  }
  show (self, frame, now);
}

static void
test_traces (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (traces); i++) {
    const Trace *trace = &traces[i];
    Play play = {.trace = trace};

    spc_codec_handover_init (&play.handover, 0);
    g_test_message ("%s", trace->name);
    for (int now = 0; now < 100; now++) {
      int opened = trace->open_frames + trace->new_delay;

      come_old (&play, now - trace->old_delay, now);
      /* all that it was given until it is open comes at once */
      for (int frame = 0; now == opened && frame <= trace->open_frames; frame++)
        come_new (&play, frame, now);
      if (now > opened)
        come_new (&play, now - trace->new_delay, now);
    }
    g_assert_cmpint (play.is_over, ==, trace->takes_over);
    g_assert_cmpint (play.is_given_up, ==, !trace->takes_over);
    g_assert_cmpint (play.frozen, <=, trace->most_frozen);
    g_assert_cmpint (play.shown, >=,
                     99 - MAX (trace->old_delay, trace->new_delay));
  }
}

/* each of its frames is a key frame, so nothing needs asking */
static void
test_frames_that_stand_alone (void)
{
  SpcCodecHandover handover;

  spc_codec_handover_init (&handover, 0);
  for (int64_t us = FRAME_US; us < 20 * FRAME_US; us += FRAME_US) {
    g_assert_cmpint (spc_codec_handover_old (&handover, us, us), ==,
                     us < 12 * FRAME_US   ? SPC_HANDOVER_SEND
                     : us < 13 * FRAME_US ? SPC_HANDOVER_ASK
                                          : SPC_HANDOVER_HOLD);
    if (us > 2 * FRAME_US && us < 14 * FRAME_US)
      g_assert_cmpint (spc_codec_handover_new (&handover, us - FRAME_US), ==,
                       us >= 13 * FRAME_US);
  }
}

/* nothing was sent of the old one, or nothing after the new one began */
static void
test_a_still_film_is_handed_over (void)
{
  SpcCodecHandover handover;

  spc_codec_handover_init (&handover, 5000);
  g_assert_true (spc_codec_handover_new (&handover, 5000));
  spc_codec_handover_init (&handover, 0);
  g_assert_true (spc_codec_handover_new (&handover, 1));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec-handover/traces", test_traces);
  g_test_add_func ("/codec-handover/frames-that-stand-alone",
                   test_frames_that_stand_alone);
  g_test_add_func ("/codec-handover/a-still-film-is-handed-over",
                   test_a_still_film_is_handed_over);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of who shares an encoder. Groups are {viewers, class, least wanted,
 * class of the best}. */
#include "rate-best.h"
#include "rate-class.h"
#include "rate-share.h"

#include <glib.h>

#define SHARE(own, wanted, has_waited, ...)                                    \
  share ((const SpcRateGroup[]){__VA_ARGS__},                                  \
         G_N_ELEMENTS (((const SpcRateGroup[]){__VA_ARGS__})), own, wanted,    \
         has_waited)

static SpcRateMove
share (const SpcRateGroup *groups, unsigned n_groups, unsigned own,
       unsigned wanted, bool has_waited)
{
  return spc_rate_share (groups, n_groups, own, wanted, has_waited);
}

static void
assert_move (SpcRateMove got, SpcRateMoveKind kind, unsigned group,
             unsigned rate_class)
{
  g_assert_cmpint (got.kind, ==, kind);
  g_assert_cmpuint (got.group, ==, group);
  g_assert_cmpuint (got.rate_class, ==, rate_class);
}

static void
test_alone_goes_by_itself (void)
{
  assert_move (SHARE (0, 14, false, {1, 14, 14}), SPC_RATE_STAY, 0, 0);
  assert_move (SHARE (0, 17, false, {1, 14, 17}), SPC_RATE_SET, 0, 17);
  assert_move (SHARE (0, 9, false, {1, 14, 9}), SPC_RATE_SET, 0, 9);
}

static void
test_rises_with_the_last (void)
{
  assert_move (SHARE (0, 16, false, {16, 14, 14}), SPC_RATE_STAY, 0, 0);
  assert_move (SHARE (0, 16, false, {16, 14, 15}), SPC_RATE_SET, 0, 15);
  assert_move (SHARE (0, 16, false, {16, 14, 16}), SPC_RATE_SET, 0, 16);
}

/* who has waited goes to a better one, or makes one */
static void
test_does_not_wait_for_ever (void)
{
  assert_move (SHARE (0, 16, true, {2, 14, 14}), SPC_RATE_LEAVE, 0, 16);
  assert_move (SHARE (0, 14, true, {2, 14, 14}), SPC_RATE_STAY, 0, 0);
  assert_move (SHARE (0, 16, true, {2, 14, 14}, {1, 15, 15}), SPC_RATE_JOIN, 1,
               0);
  assert_move (SHARE (0, 16, true, {2, 14, 14}, {1, 15, 15}, {1, 16, 16}),
               SPC_RATE_JOIN, 2, 0);
  assert_move (SHARE (0, 16, true, {2, 14, 14}, {1, 17, 17}), SPC_RATE_LEAVE, 0,
               16);
}

static void
test_slow_one_leaves (void)
{
  assert_move (SHARE (0, 9, false, {2, 14, 9}), SPC_RATE_LEAVE, 0, 9);
  assert_move (SHARE (0, 9, false, {2, 14, 9}, {1, 9, 9}), SPC_RATE_JOIN, 1, 0);
  assert_move (SHARE (0, 9, false, {1, 14, 9}, {1, 8, 8}), SPC_RATE_JOIN, 1, 0);
  assert_move (SHARE (0, 9, false, {1, 14, 9}, {1, 7, 7}), SPC_RATE_SET, 0, 9);
  assert_move (SHARE (0, 9, false, {1, 14, 9}, {1, 10, 10}), SPC_RATE_SET, 0,
               9);
  assert_move (SHARE (0, 1, false, {1, 14, 1}), SPC_RATE_SET, 0, 1);
}

static void
test_those_that_come_together_merge (void)
{
  assert_move (SHARE (1, 16, false, {3, 15, 15}, {2, 13, 16}), SPC_RATE_MERGE,
               0, 0);
  assert_move (SHARE (1, 14, false, {3, 15, 15}, {2, 13, 14}), SPC_RATE_SET, 0,
               14);
}

/* another codec's are not looked at */
static void
test_other_codecs_are_apart (void)
{
  assert_move (SHARE (1, 16, false, {0, 15, 0}, {2, 13, 16}), SPC_RATE_SET, 0,
               16);
}

/* Viewers of one link that grow and shrink by chance: never more encoders than
 * classes, and one in the end. */
typedef struct {
  unsigned group, wanted, waits;
} Viewer;

enum { N_VIEWERS = 16, WAIT_STEPS = 60 };

static void
fill_groups (const Viewer *viewers, SpcRateGroup *groups)
{
  for (int i = 0; i < N_VIEWERS; i++) {
    groups[i].n_viewers = 0;
    groups[i].least_wanted = G_MAXUINT;
  }
  for (int i = 0; i < N_VIEWERS; i++) {
    SpcRateGroup *group = &groups[viewers[i].group];

    group->n_viewers++;
    group->least_wanted = MIN (group->least_wanted, viewers[i].wanted);
  }
}

static unsigned
find_free (const SpcRateGroup *groups)
{
  unsigned i = 0;

  while (groups[i].n_viewers > 0)
    i++;
  return i;
}

static void
do_move (Viewer *viewers, SpcRateGroup *groups, unsigned who, SpcRateMove move)
{
  unsigned own = viewers[who].group;

  switch (move.kind) {
  case SPC_RATE_STAY:
    break;
  case SPC_RATE_SET:
    groups[own].rate_class = move.rate_class;
    for (int i = 0; i < N_VIEWERS; i++)
      if (viewers[i].group == own)
        viewers[i].waits = 0;
    break;
  case SPC_RATE_MERGE:
    for (int i = 0; i < N_VIEWERS; i++)
      if (viewers[i].group == own)
        viewers[i].group = move.group;
    break;
  case SPC_RATE_JOIN:
    viewers[who].group = move.group;
    break;
  case SPC_RATE_LEAVE:
    viewers[who].group = find_free (groups);
    groups[viewers[who].group].rate_class = move.rate_class;
    break;
  }
}

static void
step (Viewer *viewers, SpcRateGroup *groups, unsigned who)
{
  Viewer *viewer = &viewers[who];

  fill_groups (viewers, groups);
  viewer->waits =
      viewer->wanted > groups[viewer->group].rate_class ? viewer->waits + 1 : 0;
  do_move (viewers, groups, who,
           spc_rate_share (groups, N_VIEWERS, viewer->group, viewer->wanted,
                           viewer->waits > WAIT_STEPS));
}

static unsigned
count_groups (const Viewer *viewers, SpcRateGroup *groups)
{
  unsigned n = 0;

  fill_groups (viewers, groups);
  for (int i = 0; i < N_VIEWERS; i++)
    n += groups[i].n_viewers > 0;
  return n;
}

static void
test_one_encoder_for_a_crowd (void)
{
  Viewer viewers[N_VIEWERS] = {0};
  SpcRateGroup groups[N_VIEWERS] = {{.rate_class = 14}};
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (int i = 0; i < N_VIEWERS; i++)
    viewers[i].wanted = 14;
  /* all grow to 19, each when it likes, within the time they wait */
  for (int round = 0; round < 200; round++)
    for (unsigned i = 0; i < N_VIEWERS; i++) {
      unsigned due = 14 + MIN ((unsigned)round / 30, 5);

      if (viewers[i].wanted < due && g_rand_int_range (random, 0, 8) == 0)
        viewers[i].wanted++;
      step (viewers, groups, i);
      g_assert_cmpuint (count_groups (viewers, groups), ==, 1);
    }
  g_assert_cmpuint (groups[viewers[0].group].rate_class, ==, 19);
  /* anything at all, then all the same */
  for (int round = 0; round < 3000; round++) {
    unsigned who = (unsigned)g_rand_int_range (random, 0, N_VIEWERS);

    viewers[who].wanted = (unsigned)g_rand_int_range (random, 1, 31);
    step (viewers, groups, who);
    fill_groups (viewers, groups);
    g_assert_cmpuint (groups[viewers[who].group].rate_class, <=,
                      viewers[who].wanted);
  }
  for (int round = 0; round < 200; round++)
    for (unsigned i = 0; i < N_VIEWERS; i++) {
      viewers[i].wanted = 12;
      step (viewers, groups, i);
    }
  g_assert_cmpuint (count_groups (viewers, groups), ==, 1);
  g_assert_cmpuint (groups[viewers[0].group].rate_class, ==, 12);
}

/* where nothing is better */

static void
test_the_best_is_enough (void)
{
  assert_move (SHARE (0, 17, true, {1, 15, 17, 15}), SPC_RATE_STAY, 0, 0);
  assert_move (SHARE (0, 17, true, {2, 15, 15, 14}), SPC_RATE_STAY, 0, 0);
  assert_move (SHARE (0, 17, true, {2, 15, 15, 15}, {1, 17, 17, 0}),
               SPC_RATE_STAY, 0, 0);
  assert_move (SHARE (0, 17, true, {2, 15, 15, 15}, {1, 14, 17, 0}),
               SPC_RATE_STAY, 0, 0);
  /* what is not taken need not be paid for */
  assert_move (SHARE (0, 15, false, {2, 17, 15, 15}), SPC_RATE_STAY, 0, 0);
}

/* with those that have most to spare */
static void
test_the_best_is_shared (void)
{
  assert_move (SHARE (0, 15, false, {2, 15, 15, 15}, {1, 17, 17, 15}),
               SPC_RATE_JOIN, 1, 0);
  assert_move (
      SHARE (0, 15, false, {2, 14, 14, 0}, {1, 16, 16, 15}, {1, 17, 17, 15}),
      SPC_RATE_JOIN, 2, 0);
  assert_move (SHARE (0, 17, false, {2, 17, 17, 15}, {1, 15, 15, 15}),
               SPC_RATE_STAY, 0, 0);
  assert_move (SHARE (0, 17, false, {2, 17, 17, 15}, {1, 17, 17, 15}),
               SPC_RATE_STAY, 0, 0);
  assert_move (SHARE (1, 17, false, {2, 17, 17, 15}, {1, 17, 17, 15}),
               SPC_RATE_JOIN, 0, 0);
  assert_move (SHARE (0, 14, false, {2, 14, 14, 0}, {1, 17, 17, 15}),
               SPC_RATE_STAY, 0, 0);
  assert_move (SHARE (0, 15, false, {2, 15, 15, 15}, {0, 17, 0, 15}),
               SPC_RATE_STAY, 0, 0);
}

static void
test_too_much_is_left_for_the_best (void)
{
  assert_move (SHARE (0, 12, false, {2, 15, 12, 15}), SPC_RATE_LEAVE, 0, 12);
  assert_move (SHARE (0, 15, false, {2, 17, 15, 16}, {1, 12, 12, 12}),
               SPC_RATE_JOIN, 1, 0);
  assert_move (SHARE (0, 11, false, {2, 15, 11, 15}, {1, 12, 12, 12}),
               SPC_RATE_LEAVE, 0, 11);
}

static void
test_who_comes_shares_the_best (void)
{
  const SpcRateGroup groups[] = {
      {1, 13, 13, 0}, {3, 17, 17, 15}, {1, 15, 15, 15}, {0, 14, 0}};

  g_assert_cmpuint (spc_rate_find_group (groups, 4, 19), ==, 1);
  g_assert_cmpuint (spc_rate_find_group (groups, 4, 15), ==, 1);
  g_assert_cmpuint (spc_rate_find_group (groups, 4, 14), ==, 4);
  g_assert_cmpuint (spc_rate_find_group (groups, 4, 13), ==, 0);
}

/* A film whose finest pictures take a class's bits, and a crowd. In each round
 * there is a frame, and each viewer is looked at. */
typedef struct {
  Viewer viewers[N_VIEWERS];
  SpcRateGroup groups[N_VIEWERS];
  SpcRateBest best[N_VIEWERS];
  unsigned needed; /* the class */
  unsigned n_moves;
  int64_t now_us;
} Crowd;

enum { FPS = 30 };

static void
crowd_init (Crowd *self, unsigned wanted, unsigned needed)
{
  *self = (Crowd){.needed = needed};
  for (int i = 0; i < N_VIEWERS; i++) {
    self->viewers[i] = (Viewer){.group = 0, .wanted = wanted};
    spc_rate_best_init (&self->best[i]);
  }
  self->groups[0].rate_class = wanted;
}

/* what a new group knows, and one with fewer bits */
static void
note_move (Crowd *self, SpcRateMove move, unsigned group, unsigned was)
{
  self->n_moves++;
  if (move.kind == SPC_RATE_LEAVE)
    spc_rate_best_init (&self->best[group]);
  else if (move.kind == SPC_RATE_SET && move.rate_class < was)
    spc_rate_best_begin_anew (&self->best[group]);
}

static void
crowd_step (Crowd *self, unsigned who)
{
  Viewer *viewer = &self->viewers[who];
  unsigned was = self->groups[viewer->group].rate_class;
  SpcRateMove move;

  fill_groups (self->viewers, self->groups);
  for (int i = 0; i < N_VIEWERS; i++)
    self->groups[i].best_class =
        spc_rate_best_class (&self->best[i], self->groups[i].rate_class);
  viewer->waits = viewer->wanted > was ? viewer->waits + 1 : 0;
  move = spc_rate_share (self->groups, N_VIEWERS, viewer->group, viewer->wanted,
                         viewer->waits > WAIT_STEPS);
  do_move (self->viewers, self->groups, who, move);
  if (move.kind != SPC_RATE_STAY)
    note_move (self, move, viewer->group, was);
}

static void
crowd_play (Crowd *self, unsigned n_rounds)
{
  for (unsigned round = 0; round < n_rounds; round++) {
    for (unsigned i = 0; i < N_VIEWERS; i++)
      crowd_step (self, i);
    self->now_us += G_USEC_PER_SEC / FPS;
    for (unsigned i = 0; i < N_VIEWERS; i++) {
      unsigned used = MIN (self->groups[i].rate_class, self->needed);

      spc_rate_best_note (&self->best[i], self->now_us,
                          spc_rate_class_bps (used) / 8 / FPS * 9 / 10,
                          used >= self->needed);
    }
  }
}

static void
assert_crowd (Crowd *self, unsigned n_groups)
{
  g_assert_cmpuint (count_groups (self->viewers, self->groups), ==, n_groups);
}

static unsigned
class_of (const Crowd *self, unsigned who)
{
  return self->groups[self->viewers[who].group].rate_class;
}

/* Viewers of fast links that found 15 to 17 and stay there: they would be in
 * three classes. */
static void
test_fast_ones_end_together (void)
{
  Crowd crowd;

  crowd_init (&crowd, 13, 15);
  for (unsigned i = 0; i < N_VIEWERS; i++)
    crowd.viewers[i].wanted = 15 + i % 3;
  crowd_play (&crowd, 300);
  assert_crowd (&crowd, 1);
  g_assert_cmpuint (class_of (&crowd, 0), ==, 15);
  /* those that come later, and a slow one */
  for (unsigned i = 0; i < 4; i++)
    crowd.viewers[i].wanted = 16;
  crowd.viewers[0].wanted = 9;
  crowd_play (&crowd, 300);
  assert_crowd (&crowd, 2);
  g_assert_cmpuint (class_of (&crowd, 0), ==, 9);
  g_assert_cmpuint (class_of (&crowd, 1), ==, 15);
}

static void
test_apart_at_first_ends_together (void)
{
  Crowd crowd;

  crowd_init (&crowd, 13, 15);
  for (unsigned i = 0; i < N_VIEWERS; i++) {
    crowd.viewers[i] = (Viewer){.group = i % 3, .wanted = 15 + i % 3};
    crowd.groups[i % 3].rate_class = 15 + i % 3;
  }
  crowd_play (&crowd, 100);
  assert_crowd (&crowd, 1);
  g_assert_cmpuint (class_of (&crowd, 0), ==, 17);
  crowd.n_moves = 0;
  crowd_play (&crowd, 3000);
  g_assert_cmpuint (crowd.n_moves, ==, 0);
}

/* rates that rise and fall, but not below what is taken */
static void
test_more_than_enough_is_enough (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  Crowd crowd;

  crowd_init (&crowd, 17, 14);
  crowd_play (&crowd, 100);
  crowd.n_moves = 0;
  for (int round = 0; round < 3000; round++) {
    for (unsigned i = 0; i < N_VIEWERS; i++)
      crowd.viewers[i].wanted = (unsigned)g_rand_int_range (random, 14, 18);
    crowd_play (&crowd, 1);
  }
  g_assert_cmpuint (crowd.n_moves, ==, 0);
  assert_crowd (&crowd, 1);
}

/* A slow viewer has the best, too, as long as that takes little; when it takes
 * more it goes, and the others do not notice. */
static void
test_slow_one_draws_nobody_down (void)
{
  Crowd crowd;

  crowd_init (&crowd, 17, 10);
  crowd.viewers[5].wanted = 11;
  crowd_play (&crowd, 200);
  assert_crowd (&crowd, 1);
  crowd.needed = 16;
  for (unsigned round = 0; round < 300; round++) {
    crowd_play (&crowd, 1);
    for (unsigned i = 0; i < N_VIEWERS; i++)
      if (i != 5)
        g_assert_cmpuint (class_of (&crowd, i), ==, 17);
    if (round > 2 * FPS)
      g_assert_cmpuint (class_of (&crowd, 5), ==, 11);
  }
  assert_crowd (&crowd, 2);
}

static void
test_worse_link_still_leaves (void)
{
  Crowd crowd;

  crowd_init (&crowd, 17, 15);
  crowd_play (&crowd, 100);
  assert_crowd (&crowd, 1);
  crowd.viewers[3].wanted = 12;
  crowd_play (&crowd, 1);
  g_assert_cmpuint (class_of (&crowd, 3), ==, 12);
  crowd_play (&crowd, 300);
  g_assert_cmpuint (class_of (&crowd, 3), ==, 12);
  g_assert_cmpuint (class_of (&crowd, 0), ==, 17);
  crowd.viewers[3].wanted = 16;
  crowd_play (&crowd, 100);
  assert_crowd (&crowd, 1);
}

/* an hour of scenes of ten seconds, hard ones and easy ones, and one viewer for
 * whom half of them are too much */
static void
test_does_not_go_to_and_fro (void)
{
  Crowd crowd;

  crowd_init (&crowd, 17, 12);
  crowd.viewers[5].wanted = 13;
  for (unsigned i = 0; i < 360; i++) {
    crowd.needed = i % 2 == 0 ? 12 : 15;
    crowd_play (&crowd, 10 * FPS);
    g_assert_cmpuint (class_of (&crowd, 0), ==, 17);
  }
  g_assert_cmpuint (crowd.n_moves, >, 2);
  g_assert_cmpuint (crowd.n_moves, <=, 12);
  assert_crowd (&crowd, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate-share/alone-goes-by-itself",
                   test_alone_goes_by_itself);
  g_test_add_func ("/rate-share/rises-with-the-last", test_rises_with_the_last);
  g_test_add_func ("/rate-share/does-not-wait-for-ever",
                   test_does_not_wait_for_ever);
  g_test_add_func ("/rate-share/slow-one-leaves", test_slow_one_leaves);
  g_test_add_func ("/rate-share/those-that-come-together-merge",
                   test_those_that_come_together_merge);
  g_test_add_func ("/rate-share/other-codecs-are-apart",
                   test_other_codecs_are_apart);
  g_test_add_func ("/rate-share/one-encoder-for-a-crowd",
                   test_one_encoder_for_a_crowd);
  g_test_add_func ("/rate-share/the-best-is-enough", test_the_best_is_enough);
  g_test_add_func ("/rate-share/the-best-is-shared", test_the_best_is_shared);
  g_test_add_func ("/rate-share/too-much-is-left-for-the-best",
                   test_too_much_is_left_for_the_best);
  g_test_add_func ("/rate-share/who-comes-shares-the-best",
                   test_who_comes_shares_the_best);
  g_test_add_func ("/rate-share/fast-ones-end-together",
                   test_fast_ones_end_together);
  g_test_add_func ("/rate-share/apart-at-first-ends-together",
                   test_apart_at_first_ends_together);
  g_test_add_func ("/rate-share/more-than-enough-is-enough",
                   test_more_than_enough_is_enough);
  g_test_add_func ("/rate-share/slow-one-draws-nobody-down",
                   test_slow_one_draws_nobody_down);
  g_test_add_func ("/rate-share/worse-link-still-leaves",
                   test_worse_link_still_leaves);
  g_test_add_func ("/rate-share/does-not-go-to-and-fro",
                   test_does_not_go_to_and_fro);
  return g_test_run ();
}

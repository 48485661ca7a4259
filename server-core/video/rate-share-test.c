/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of who shares an encoder. Groups are {viewers, class, least wanted}. */
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
  return g_test_run ();
}

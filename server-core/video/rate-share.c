/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rate-share.h"

/* a class less than wanted is as good, and costs no encoder */
#define NEAR 1u

/* the one of the highest class from @least to @most; n_groups: none */
static unsigned
find_group (const SpcRateGroup *groups, unsigned n_groups, unsigned own,
            unsigned least, unsigned most)
{
  unsigned found = n_groups;

  for (unsigned i = 0; i < n_groups; i++) {
    const SpcRateGroup *group = &groups[i];

    if (i == own || group->n_viewers == 0 || group->rate_class < least ||
        group->rate_class > most)
      continue;
    if (found == n_groups || group->rate_class > groups[found].rate_class)
      found = i;
  }
  return found;
}

/* of those whose best is not too much, the one with most bits to spare;
 * n_groups: none */
static unsigned
find_best_group (const SpcRateGroup *groups, unsigned n_groups, unsigned most)
{
  unsigned found = n_groups;

  for (unsigned i = 0; i < n_groups; i++) {
    const SpcRateGroup *group = &groups[i];

    if (group->n_viewers == 0 || group->best_class == 0 ||
        group->best_class > most)
      continue;
    if (found == n_groups || group->rate_class > groups[found].rate_class)
      found = i;
  }
  return found;
}

static SpcRateMove
move_to (SpcRateMoveKind kind, unsigned group)
{
  return (SpcRateMove){.kind = kind, .group = group};
}

static SpcRateMove
change_to (SpcRateMoveKind kind, unsigned rate_class)
{
  return (SpcRateMove){.kind = kind, .rate_class = rate_class};
}

unsigned
spc_rate_find_group (const SpcRateGroup *groups, unsigned n_groups,
                     unsigned wanted)
{
  unsigned best = find_best_group (groups, n_groups, wanted);

  return best < n_groups
             ? best
             : find_group (groups, n_groups, n_groups, wanted, wanted);
}

static SpcRateMove
go_down (const SpcRateGroup *groups, unsigned n_groups, unsigned own,
         unsigned wanted)
{
  unsigned least = wanted > NEAR ? wanted - NEAR : 1;
  unsigned other = find_group (groups, n_groups, own, least, wanted);

  if (other < n_groups)
    return move_to (SPC_RATE_JOIN, other);
  return change_to (groups[own].n_viewers > 1 ? SPC_RATE_LEAVE : SPC_RATE_SET,
                    wanted);
}

SpcRateMove
spc_rate_share (const SpcRateGroup *groups, unsigned n_groups, unsigned own,
                unsigned wanted, bool has_waited)
{
  const SpcRateGroup *group = &groups[own];
  bool can_all_rise = group->least_wanted > group->rate_class;
  unsigned most = can_all_rise ? group->least_wanted : wanted;
  unsigned best = find_best_group (groups, n_groups, wanted);
  unsigned other;

  if (best < n_groups)
    return best == own ? (SpcRateMove){SPC_RATE_STAY}
                       : move_to (SPC_RATE_JOIN, best);
  if (wanted < group->rate_class)
    return go_down (groups, n_groups, own, wanted);
  if (!can_all_rise && (wanted == group->rate_class || !has_waited))
    return (SpcRateMove){SPC_RATE_STAY};
  other = find_group (groups, n_groups, own, group->rate_class + 1, most);
  if (other < n_groups)
    return move_to (can_all_rise ? SPC_RATE_MERGE : SPC_RATE_JOIN, other);
  return change_to (can_all_rise ? SPC_RATE_SET : SPC_RATE_LEAVE, most);
}

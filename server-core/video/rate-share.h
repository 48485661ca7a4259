/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rate-share.h – which viewers are fed by one encoder.
 *
 * An encode costs more than all that is sent of it, so viewers that take about
 * the same rate share one, at the least class of theirs. Who takes less leaves;
 * who could take more waits for the others for a while, since rates that grow
 * do not grow at once. Where pictures are the best there are (rate-best.h) more
 * is no gain: whoever can take these has them from one encoder, the one that
 * could make most of harder scenes. Pure. */
#pragma once

#include <stdbool.h>

/* an encoder's viewers; 0 of them: it is none of this codec */
typedef struct {
  unsigned n_viewers;
  unsigned rate_class;
  unsigned least_wanted; /* of their classes */
  /* that of the bits it takes, when more would make nothing better; else 0 */
  unsigned best_class;
} SpcRateGroup;

typedef enum {
  SPC_RATE_STAY,
  SPC_RATE_SET,   /* the group: to that class */
  SPC_RATE_MERGE, /* the group: all to the other one */
  SPC_RATE_JOIN,  /* the viewer: to the other one */
  SPC_RATE_LEAVE, /* the viewer: to a new one of that class */
} SpcRateMoveKind;

typedef struct {
  SpcRateMoveKind kind;
  unsigned group;      /* MERGE, JOIN */
  unsigned rate_class; /* SET, LEAVE */
} SpcRateMove;

/* the group that a viewer of that class begins in without a loss; n_groups:
 * none */
unsigned spc_rate_find_group (const SpcRateGroup *groups, unsigned n_groups,
                              unsigned wanted);

/* what becomes of a viewer of the group @own; @has_waited: it could have taken
 * more for long, and its group got no better */
SpcRateMove spc_rate_share (const SpcRateGroup *groups, unsigned n_groups,
                            unsigned own, unsigned wanted, bool has_waited);

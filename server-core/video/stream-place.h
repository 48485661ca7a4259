/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream-place.h – a region that behaves like video, while it lives.
 *
 * Counts what is drawn on it, and says whether it still changes, where it
 * should grow by a few pixels, and where nothing changes any more. What lies
 * farther out is found by the heat map. Plain data; one thread. */
#pragma once

#include "qxl/geometry.h"
#include <glib.h>

typedef enum {
  SPC_SIDE_LEFT,
  SPC_SIDE_TOP,
  SPC_SIDE_RIGHT,
  SPC_SIDE_BOTTOM,
  SPC_N_SIDES
} SpcSide;

/* frames that were drawn over a side */
typedef struct {
  guint n;         /* one soon after another */
  int64_t last_us; /* the last of them */
  int32_t by;      /* most of them, pixels */
} SpcSideOver;

typedef struct {
  uint32_t id;
  QxlRect exact;   /* what changes */
  QxlRect rect;    /* even, around it */
  QxlRect told;    /* what of that has been told; empty: nothing yet */
  int64_t told_us; /* it has been so until then */
  int64_t changed_us;
  int64_t wait_us;    /* still for so long, and it ends */
  uint32_t period_us; /* of its frames, smoothed */
  bool is_active;
  struct {
    int64_t start_us; /* of its first box; 0: none */
    uint64_t pixels;
    bool is_counted;
  } frame; /* that is being drawn */
  struct {
    int64_t start_us;
    uint64_t pixels;
    guint n_frames;
  } second;           /* what has changed in it */
  int64_t counted_us; /* the last frame that was counted */
  struct {
    int64_t start_us, length_us;
    guint n_frames;
    QxlRect hull; /* of what was drawn */
    bool has_cut; /* the region has shrunk at the end of one before */
  } window;       /* of evidence that it should shrink */
  SpcSideOver over[SPC_N_SIDES];
  int64_t moved_us;
} SpcStreamPlace;

/* @shrink_us: length of a window at first */
void spc_stream_place_init (SpcStreamPlace *self, uint32_t id,
                            const QxlRect *exact, uint32_t period_us,
                            int64_t shrink_us, int64_t now_us);
/* something was drawn; @box is not empty */
void spc_stream_place_draw (SpcStreamPlace *self, const QxlRect *box,
                            int64_t now_us);
/* it is somewhere else from now on, or of another size */
void spc_stream_place_put (SpcStreamPlace *self, const QxlRect *exact,
                           int64_t now_us);
/* it has been put somewhere lately, as a window that is dragged */
bool spc_stream_place_is_moving (const SpcStreamPlace *self, int64_t now_us);
/* @exact becomes what it has to be to hold what was drawn over its sides again
 * and again; false: nothing was */
bool spc_stream_place_overflows (const SpcStreamPlace *self, QxlRect *exact,
                                 int64_t now_us);
/* it has become larger */
void spc_stream_place_grow (SpcStreamPlace *self, const QxlRect *exact,
                            int64_t now_us);
/* There is evidence enough to see whether it should shrink, to window.hull at
 * least; the caller then calls shrink. */
bool spc_stream_place_can_shrink (const SpcStreamPlace *self, int64_t now_us);
/* @exact: may be as before; a new window begins */
void spc_stream_place_shrink (SpcStreamPlace *self, const QxlRect *exact,
                              int64_t now_us);

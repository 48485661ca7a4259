/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lossy-region.h – what of a surface a viewer was sent with loss, since when.
 *
 * Told of every draw in the order the viewer gets them, it knows which pixels
 * there differ from the server's, and which of them have been left alone for
 * SPC_REST_MS: they are worth sending once more, exactly. Pure: the time is an
 * argument and never goes back. Its size is bounded: when it has become too
 * ragged, what lies between counts as lossy too, which costs bytes but is never
 * wrong. Loop thread only. */
#pragma once

#include "qxl/geometry.h"
#include <glib.h>

/* rectangles it is made of, at most */
#define SPC_MAX_LOSSY_RECTS 256
/* pixels: a smaller piece is hardly worth a message of its own */
#define SPC_MIN_PIECE_SIDE 32

typedef struct _SpcLossyRegion SpcLossyRegion;

/* life */
SpcLossyRegion *spc_lossy_region_new (void);
void spc_lossy_region_free (SpcLossyRegion *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcLossyRegion, spc_lossy_region_free)

/* what the viewer is sent */
void spc_lossy_region_add (SpcLossyRegion *self, const QxlRect *box,
                           int64_t now_us); /* drawn with loss */
void spc_lossy_region_subtract (SpcLossyRegion *self,
                                const QxlRect *box); /* drawn exactly */
/* @box becomes what lies at @src of @source, which may be @self; NULL: of
 * something exact */
void spc_lossy_region_copy (SpcLossyRegion *self, const QxlRect *box,
                            const SpcLossyRegion *source, QxlPoint src,
                            int64_t now_us);
/* the same, but what was lossy in @box may be so still */
void spc_lossy_region_merge (SpcLossyRegion *self, const QxlRect *box,
                             const SpcLossyRegion *source, QxlPoint src,
                             int64_t now_us);

/* asking */
bool spc_lossy_region_is_empty (const SpcLossyRegion *self);
bool spc_lossy_region_contains (const SpcLossyRegion *self, int32_t x,
                                int32_t y);
/* when the part left alone for longest comes to rest, or has; G_MAXINT64: the
 * region is empty */
int64_t spc_lossy_region_rest_us (const SpcLossyRegion *self);
/* Some of what is at rest: at most @max_rects rectangles of @max_pixels
 * together, but at least one of SPC_MIN_PIECE_SIDE² if that much is there.
 * Returns how many; not 0 from spc_lossy_region_rest_us on. */
guint spc_lossy_region_pick (const SpcLossyRegion *self, int64_t now_us,
                             uint32_t max_pixels, QxlRect *rects,
                             guint max_rects);

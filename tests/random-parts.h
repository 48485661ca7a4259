/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* random-parts.h – what operations are made of, by chance.
 *
 * Sources, brushes, masks, clips, paths and strings, all valid on the surface
 * they are asked for. One thread. */
#pragma once

#include "qxl/surface.h"
#include "random-images.h"

/* The ids up to the sixth have the formats of QXL_SURFACE_FORMATS in their
 * order, the others any. */
#define RANDOM_SURFACES 9u

typedef struct {
  GRand *random;
  RandomImages *images;
  QxlSurface *surfaces[RANDOM_SURFACES]; /* NULL: there is none */
} RandomParts;

/* numbers */
int32_t random_between (RandomParts *self, int32_t least, int32_t most);
bool random_one_in (RandomParts *self, int32_t n);

/* places */
QxlRect random_surface_bounds (const RandomParts *self, uint32_t id);
/* inside @bounds, not empty, at most @most a side */
QxlRect random_rect_in (RandomParts *self, const QxlRect *bounds, int32_t most);

/* sources; (transfer full) */
/* one that can be converted for surface @dest. @width, @height: what it is at
 * least, then what it is */
QxlSource random_source_for (RandomParts *self, uint32_t dest, uint32_t *width,
                             uint32_t *height);
/* one that a composite takes */
QxlSource random_composite_source (RandomParts *self);

/* parts */
QxlBrush random_brush (RandomParts *self, uint32_t dest);
QxlMask random_mask (RandomParts *self, const QxlRect *box);
/* none for most */
void random_clip (RandomParts *self, QxlOperation *op, const QxlRect *box);
uint16_t random_rop (RandomParts *self);
/* around @box */
void random_path (RandomParts *self, QxlPath *path, const QxlRect *box);
void random_line (RandomParts *self, QxlLineAttr *attr);
void random_string (RandomParts *self, QxlString *string, const QxlRect *box);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* known-surfaces.h – which surfaces a viewer has, and what of them is old.
 *
 * A region is dirty if the viewer was not sent its newest pixels and no item
 * stands for them. Loop thread only. */
#pragma once

#include "qxl/geometry.h"

#include <glib.h>

typedef struct _SpcKnownSurfaces SpcKnownSurfaces;

SpcKnownSurfaces *spc_known_surfaces_new (void);
void spc_known_surfaces_free (SpcKnownSurfaces *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcKnownSurfaces, spc_known_surfaces_free)

void spc_known_surfaces_add (SpcKnownSurfaces *self, uint32_t id);
void spc_known_surfaces_remove (SpcKnownSurfaces *self, uint32_t id);
bool spc_known_surfaces_has (const SpcKnownSurfaces *self, uint32_t id);

/* nothing, if the surface is not known */
void spc_known_surfaces_soil (SpcKnownSurfaces *self, uint32_t id,
                              const QxlRect *rects, guint n_rects);
/* is anything dirty? */
bool spc_known_surfaces_are_dirty (const SpcKnownSurfaces *self);
/* false: nothing is dirty; else the region of one surface is @region's, which
 * has to be initialised, and clean from then on */
bool spc_known_surfaces_clean_one (SpcKnownSurfaces *self, uint32_t *id,
                                   QxlRegion *region);

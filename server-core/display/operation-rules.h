/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* operation-rules.h – which draws a viewer can be told as commands.
 *
 * Clients draw most of what QXL has themselves, and pixel for pixel as our own
 * canvas does; what they draw wrongly, or cannot, they are sent as a picture of
 * the box (spec: draw commands). Pure. */
#pragma once

#include "surface-list.h"

/* what a viewer's client is able to do */
typedef struct {
  bool is_native; /* no web client: those know little more than copies */
  bool takes_composite;
  bool takes_a8_surfaces;
} SpcDrawTraits;

/* the kind of surface at the client that stands for it; QXL_FORMAT_INVALID:
 * there is none, the client is not to hear of it */
QxlFormat spc_surface_told_as (uint32_t surface_id, QxlFormat format,
                               const SpcDrawTraits *traits);
/* Can the draw be told as it is, if the client has all surfaces in it?
 * @surfaces: those there are when it is drawn, all of it among them */
bool spc_draw_is_told (const QxlDrawable *draw, const SpcSurfaceList *surfaces,
                       const SpcDrawTraits *traits);

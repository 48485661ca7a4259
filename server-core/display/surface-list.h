/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* surface-list.h – which surfaces a display has, and which commands fit them.
 *
 * What the loop knows of surfaces; their pixels are the picture's. Any thread,
 * one at a time. */
#pragma once

#include "qxl/command.h"

typedef struct {
  uint32_t id, width, height;
  QxlFormat format;
} SpcSurfaceInfo;

typedef struct _SpcSurfaceList SpcSurfaceList;

SpcSurfaceList *spc_surface_list_new (void);
void spc_surface_list_free (SpcSurfaceList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcSurfaceList, spc_surface_list_free)

/* in place of one with the same id, if there is one */
void spc_surface_list_add (SpcSurfaceList *self, const SpcSurfaceInfo *info);
void spc_surface_list_remove (SpcSurfaceList *self, uint32_t id);

/* NULL: there is none; borrowed until the next change, here and below */
const SpcSurfaceInfo *spc_surface_list_find (const SpcSurfaceList *self,
                                             uint32_t id);
/* the primary surface first, if there is one */
guint spc_surface_list_length (const SpcSurfaceList *self);
const SpcSurfaceInfo *spc_surface_list_at (const SpcSurfaceList *self,
                                           guint index);

/* has it 15 bits a pixel? Clients keep what is drawn there in 15 bits, wherever
 * it is drawn next, and take colours of palettes for pixels. */
bool spc_surface_list_is_narrow (const SpcSurfaceList *self, uint32_t id);
/* A move that is not clipped as a plain one, of what comes from inside the
 * surface; NULL: nothing does, or @draw is something else. (transfer full) */
QxlDrawable *spc_surface_list_plain_move (const SpcSurfaceList *self,
                                          const QxlDrawable *draw);
/* Can it be done? If not, @error names what came and what was allowed. */
bool spc_surface_list_check (const SpcSurfaceList *self,
                             const QxlCommand *command, GError **error);

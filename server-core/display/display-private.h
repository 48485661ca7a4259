/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display-private.h – what the parts of the display's room tell each other.
 *
 * Loop thread only. */
#pragma once

#include "display.h"
#include "encode-ticket.h"
#include "glz-group.h"
#include "keep-policy.h"
#include "picture.h"
#include "recent-names.h"
#include "streams.h"
#include "surface-list.h"

/* what there is to be seen, to one that has no surface: display-resync.c */
void spc_display_begin_viewer (SpcConnection *connection);
SpcPicture *spc_display_picture (SpcDisplay *self);
SpcGlzGroup *spc_display_glz_group (SpcDisplay *self);
SpcStreams *spc_display_streams (SpcDisplay *self);
SpcKeepPolicy *spc_display_keep_policy (SpcDisplay *self);
SpcRecentNames *spc_display_recent_names (SpcDisplay *self);
/* queues an encoding; @content: if known, or NULL; @done gets the display */
SpcEncodeTicket *spc_display_encode (SpcDisplay *self, QxlImage *image,
                                     const SpcEncodeOrder *order,
                                     const SpcContentId *content, SpcFunc done);
/* every viewer's client keeps an image that shows this */
bool spc_display_is_kept_by_all (SpcDisplay *self, const SpcContentId *content);
const SpcSurfaceList *spc_display_surfaces (SpcDisplay *self);
/* an item with all of a surface as it is now: the same one for viewers that ask
 * between two draws (transfer full) */
SpcItem *spc_display_whole_surface (SpcDisplay *self, uint32_t surface_id);
/* where heads lie from now on */
void spc_display_use_heads (SpcDisplay *self, const QxlHead *heads,
                            guint n_heads, guint max_heads);
SpcItem *spc_display_heads_item (SpcDisplay *self); /* (transfer full) */
/* work that items wait for has ended: pumps every viewer, once for all the work
 * that ends in the same turn of the loop */
void spc_display_pump_soon (SpcDisplay *self);
/* viewers have caught up, or fallen behind: what the next batch is to have
 * encoded before it is posted */
void spc_display_update_demand (SpcDisplay *self);
void spc_display_count_encoded (SpcDisplay *self);
void spc_display_count_stream (SpcDisplay *self);
void spc_display_count_video_frame (SpcDisplay *self);
void spc_display_count_fold (SpcDisplay *self);
void spc_display_count_snapshot (SpcDisplay *self);
void spc_display_count_dropped (SpcDisplay *self, guint n_draws);

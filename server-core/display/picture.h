/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* picture.h – what a display's surfaces show, kept for late and slow viewers.
 *
 * Commands are collected and rendered only when a picture is wanted or too much
 * has piled up; what is hidden by then is never rendered. Pixels live on a
 * strand of the workers; everything here is called on the loop thread. */
#pragma once

#include "draft.h"

typedef struct _SpcPicture SpcPicture;

SpcPicture *spc_picture_new (SpcLoop *loop, SpcJobs *jobs);
void spc_picture_free (SpcPicture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcPicture, spc_picture_free)

/* @command: valid; it is copied, drawables are referenced */
void spc_picture_apply (SpcPicture *self, const QxlCommand *command);

/* @drafted: draws of kind COPY, whose boxes cover what of the rectangles lies
 * in the surface; what is taken out of it is the callee's */
typedef void (*SpcPictureFunc) (SpcDraftedBatch *drafted, gpointer user_data);
/* What @rects of the surface show after all commands applied so far. @func runs
 * on the loop, later; not when the server stops before, but @destroy does. */
void spc_picture_snapshot (SpcPicture *self, uint32_t surface_id,
                           const QxlRect *rects, guint n_rects,
                           SpcPictureFunc func, gpointer user_data,
                           GDestroyNotify destroy);

/* @image: as it is seen, BGRX or BGRA (see readable-image.h); NULL: there is no
 * such surface, or nothing of the area in it */
typedef void (*SpcPictureReadFunc) (QxlImage *image, gpointer user_data);
/* the same for one area, as an image and not for viewers */
void spc_picture_read (SpcPicture *self, uint32_t surface_id,
                       const QxlRect *area, SpcPictureReadFunc func,
                       gpointer user_data, GDestroyNotify destroy);

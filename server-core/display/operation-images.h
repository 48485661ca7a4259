/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* operation-images.h – the images in a drawing command, encoded for viewers.
 *
 * Its sources, patterns and masks, each made once a compression for all viewers
 * that use it, always exact: what is combined with other pixels permits no
 * loss. A source without alpha is one of those that clients keep. Loop thread
 * only. */
#pragma once

#include "qxl/command.h"
#include "server-core/channel/connection.h"

typedef struct _SpcDisplay SpcDisplay;
typedef struct _SpcOperationImages SpcOperationImages;

/* @draw: of kind OPERATION; it is referenced, and so is @display */
SpcOperationImages *spc_operation_images_new (SpcDisplay *display,
                                              QxlDrawable *draw);
void spc_operation_images_free (SpcOperationImages *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcOperationImages, spc_operation_images_free)

/* WAIT: the display will pump */
SpcItemState spc_operation_images_prepare (SpcOperationImages *self,
                                           SpcConnection *connection);
/* what was prepared: the command with its images, as one message */
void spc_operation_images_write (SpcOperationImages *self,
                                 SpcConnection *connection);

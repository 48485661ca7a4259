/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicedirty.h – what may have changed since a frame was last compared.
 *
 * Takes in the GstSpiceDamageMeta of one frame after the other, until one is
 * compared. Where it cannot be sure that it was told of every change, it is the
 * whole picture: a frame without meta, a number left out (somebody dropped
 * frames), a discontinuity (another source, perhaps). Of bounded size; the
 * caller keeps threads apart. */
#pragma once

#include "qxl/geometry.h"

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct {
  /* private */
  gboolean is_whole;
  QxlRegion region;
  gboolean has_serial;
  guint64 serial; /* of the newest frame */
} GstSpiceDirty;

/* all, as nothing was compared yet */
void gst_spice_dirty_init (GstSpiceDirty *self);
void gst_spice_dirty_clear (GstSpiceDirty *self);

/* each frame in turn, compared or not */
void gst_spice_dirty_add_frame (GstSpiceDirty *self, GstBuffer *frame);
/* something happened to the picture that frames do not tell of */
void gst_spice_dirty_add_all (GstSpiceDirty *self);
/* The newest frame is about to be compared: from now on nothing is dirty.
 * Returns TRUE for the whole picture; else fills in @region, which is the
 * caller's to finish in any case. */
gboolean gst_spice_dirty_take (GstSpiceDirty *self, QxlRegion *region);

G_END_DECLS

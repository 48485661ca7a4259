/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicedirty.h"

#include "gst/common/gstspicedamage.h"

/* rectangles of the region; beyond that it is the one around them */
#define MAX_RECTS 256

void
gst_spice_dirty_init (GstSpiceDirty *self)
{
  *self = (GstSpiceDirty){.is_whole = TRUE};
  pixman_region32_init (&self->region);
}

void
gst_spice_dirty_clear (GstSpiceDirty *self)
{
  pixman_region32_fini (&self->region);
}

void
gst_spice_dirty_add_all (GstSpiceDirty *self)
{
  self->is_whole = TRUE;
}

static void
add_damage (GstSpiceDirty *self, const GstSpiceDamageMeta *meta)
{
  gint x, y, width, height, n_rects;

  for (guint i = 0;
       gst_spice_damage_meta_get_rect (meta, i, &x, &y, &width, &height); i++) {
    QxlRect rect = QXL_RECT (x, y, x + width, y + height);

    qxl_region_add (&self->region, &rect);
  }
  qxl_region_rects (&self->region, &n_rects);
  if (n_rects > MAX_RECTS) {
    pixman_box32_t all = *pixman_region32_extents (&self->region);

    pixman_region32_reset (&self->region, &all);
  }
}

static gboolean
follows (const GstSpiceDirty *self, GstBuffer *frame,
         const GstSpiceDamageMeta *meta)
{
  return self->has_serial && !GST_BUFFER_IS_DISCONT (frame) &&
         meta->serial == self->serial + 1;
}

void
gst_spice_dirty_add_frame (GstSpiceDirty *self, GstBuffer *frame)
{
  const GstSpiceDamageMeta *meta = gst_buffer_get_spice_damage_meta (frame);

  if (!meta || !follows (self, frame, meta))
    self->is_whole = TRUE;
  else if (!self->is_whole)
    add_damage (self, meta);
  self->has_serial = meta != NULL;
  self->serial = meta ? meta->serial : 0;
}

gboolean
gst_spice_dirty_take (GstSpiceDirty *self, QxlRegion *region)
{
  gboolean is_whole = self->is_whole;

  *region = self->region;
  pixman_region32_init (&self->region);
  self->is_whole = FALSE;
  return is_whole;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicedamage.h – what has changed in a frame, told by who made it.
 *
 * A producer that knows which parts of the picture have changed since the frame
 * before attaches a GstSpiceDamageMeta to each frame; spicedisplaysink then
 * compares these parts only. Frames without one, or after others were lost on
 * the way, are compared as a whole. Any thread; a buffer that is changed must
 * be writable. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_SPICE_DAMAGE_META_API_TYPE (gst_spice_damage_meta_api_get_type ())
#define GST_SPICE_DAMAGE_META_INFO (gst_spice_damage_meta_get_info ())

/**
 * GST_SPICE_DAMAGE_MAX_RECTS:
 *
 * Rectangles a #GstSpiceDamageMeta holds; one more, and they become the one
 * around them all.
 */
#define GST_SPICE_DAMAGE_MAX_RECTS 256

typedef struct _GstSpiceDamageMeta GstSpiceDamageMeta;

/**
 * GstSpiceDamageMeta:
 * @meta: what all metas have
 * @serial: the frame's number: one more than that of the frame with which it
 *   was compared to find the damage
 *
 * What has changed in a video frame since the one numbered before it: all
 * pixels that differ lie in its rectangles. Without any, the two frames are
 * the same.
 *
 * Plain copies of a buffer keep it. Whatever makes other pixels of them
 * (scaling, cropping, converting) drops it, and so must an element that paints
 * on a buffer in place.
 */
struct _GstSpiceDamageMeta {
  GstMeta meta;
  guint64 serial;
  /*< private >*/
  GArray *rects;
};

GType gst_spice_damage_meta_api_get_type (void);
const GstMetaInfo *gst_spice_damage_meta_get_info (void);

/* telling */
GstSpiceDamageMeta *gst_buffer_add_spice_damage_meta (GstBuffer *buffer,
                                                      guint64 serial);
void gst_spice_damage_meta_add_rect (GstSpiceDamageMeta *self, gint x, gint y,
                                     gint width, gint height);

/* asking */
GstSpiceDamageMeta *gst_buffer_get_spice_damage_meta (GstBuffer *buffer);
guint gst_spice_damage_meta_get_n_rects (const GstSpiceDamageMeta *self);
gboolean gst_spice_damage_meta_get_rect (const GstSpiceDamageMeta *self,
                                         guint index, gint *x, gint *y,
                                         gint *width, gint *height);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:gstspicedamage
 * @title: GstSpiceDamageMeta
 * @short_description: what has changed in a frame
 *
 * An example, for each frame of an application:
 * |[<!-- language="C" -->
 * meta = gst_buffer_add_spice_damage_meta (buffer, n_frames++);
 * gst_spice_damage_meta_add_rect (meta, caret_x, caret_y, 2, 16);
 * gst_app_src_push_buffer (source, buffer);
 * ]|
 * #GstVideoRegionOfInterestMeta is not read instead: it says what a viewer
 * will look at, not what has changed, and a frame with a region of interest may
 * differ everywhere.
 */
#include "gst/common/gstspicedamage.h"

#include "qxl/geometry.h"

#include <gst/video/video.h>

/* meta */

GType
gst_spice_damage_meta_api_get_type (void)
{
  static gsize type;
  /* What changes any of these drops the meta, or asks the transform below. Who
   * knows only some tags drops what has others: so is the last one meant. */
  static const gchar *tags[] = {GST_META_TAG_VIDEO_STR,
                                GST_META_TAG_VIDEO_SIZE_STR,
                                GST_META_TAG_VIDEO_ORIENTATION_STR,
                                GST_META_TAG_VIDEO_COLORSPACE_STR,
                                "spice-damage",
                                NULL};

  if (g_once_init_enter (&type)) {
    GType made = gst_meta_api_type_register ("GstSpiceDamageMetaAPI", tags);

    g_once_init_leave (&type, made);
  }
  return type;
}

static gboolean
init_meta (GstMeta *meta, gpointer params, GstBuffer *buffer)
{
  GstSpiceDamageMeta *self = (GstSpiceDamageMeta *)meta;

  self->serial = 0;
  self->rects = g_array_new (FALSE, FALSE, sizeof (QxlRect));
  return TRUE;
}

static void
free_meta (GstMeta *meta, GstBuffer *buffer)
{
  g_array_unref (((GstSpiceDamageMeta *)meta)->rects);
}

/* A part of the bytes, other sizes, other formats (colours of neighbours may
 * mix in them): not the frame any more that this was said of. */
static gboolean
transform_meta (GstBuffer *to, GstMeta *meta, GstBuffer *from, GQuark type,
                gpointer data)
{
  const GstSpiceDamageMeta *self = (const GstSpiceDamageMeta *)meta;
  GstSpiceDamageMeta *copy;

  if (!GST_META_TRANSFORM_IS_COPY (type) ||
      ((const GstMetaTransformCopy *)data)->region)
    return FALSE;
  copy = gst_buffer_add_spice_damage_meta (to, self->serial);
  if (!copy)
    return FALSE;
  if (self->rects->len > 0)
    g_array_append_vals (copy->rects, self->rects->data, self->rects->len);
  return TRUE;
}

/**
 * gst_spice_damage_meta_get_info: (skip)
 *
 * Returns: how GStreamer handles a #GstSpiceDamageMeta
 */
const GstMetaInfo *
gst_spice_damage_meta_get_info (void)
{
  static gsize info;

  if (g_once_init_enter (&info)) {
    const GstMetaInfo *made = gst_meta_register (
        GST_SPICE_DAMAGE_META_API_TYPE, "GstSpiceDamageMeta",
        sizeof (GstSpiceDamageMeta), init_meta, free_meta, transform_meta);

    g_once_init_leave (&info, (gsize)made);
  }
  return (const GstMetaInfo *)info;
}

/* telling */

/**
 * gst_buffer_add_spice_damage_meta:
 * @buffer: a frame; must be writable
 * @serial: the frame's number; a producer counts its frames, from any number
 *   on, also those that it tells nothing of
 *
 * Says that nothing has changed since the frame with the number before, but for
 * what gst_spice_damage_meta_add_rect() adds. A frame has one such meta: one
 * that was there begins anew.
 *
 * Returns: (transfer none): the meta, owned by @buffer
 */
GstSpiceDamageMeta *
gst_buffer_add_spice_damage_meta (GstBuffer *buffer, guint64 serial)
{
  GstSpiceDamageMeta *self;

  g_return_val_if_fail (GST_IS_BUFFER (buffer), NULL);
  g_return_val_if_fail (gst_buffer_is_writable (buffer), NULL);
  self = gst_buffer_get_spice_damage_meta (buffer);
  if (!self)
    self = (GstSpiceDamageMeta *)gst_buffer_add_meta (
        buffer, GST_SPICE_DAMAGE_META_INFO, NULL);
  g_array_set_size (self->rects, 0);
  self->serial = serial;
  return self;
}

static void
unite (GArray *rects)
{
  QxlRect all = {0};

  for (guint i = 0; i < rects->len; i++)
    all = qxl_rect_union (&all, &g_array_index (rects, QxlRect, i));
  g_array_set_size (rects, 0);
  g_array_append_val (rects, all);
}

static gint
far_side (gint side, gint length)
{
  return side > G_MAXINT - length ? G_MAXINT : side + length;
}

/**
 * gst_spice_damage_meta_add_rect:
 * @self: a meta
 * @x: left side, pixels of the frame
 * @y: upper side
 * @width: 0 or less: nothing is added
 * @height: 0 or less: nothing is added
 *
 * Says that pixels in this rectangle may have changed. What lies outside the
 * frame does not count.
 */
void
gst_spice_damage_meta_add_rect (GstSpiceDamageMeta *self, gint x, gint y,
                                gint width, gint height)
{
  QxlRect rect;

  g_return_if_fail (self != NULL);
  if (width <= 0 || height <= 0)
    return;
  rect = QXL_RECT (MAX (x, 0), MAX (y, 0), far_side (x, width),
                   far_side (y, height));
  if (qxl_rect_is_empty (&rect))
    return;
  g_array_append_val (self->rects, rect);
  if (self->rects->len > GST_SPICE_DAMAGE_MAX_RECTS)
    unite (self->rects);
}

/* asking */

/**
 * gst_buffer_get_spice_damage_meta:
 * @buffer: a frame
 *
 * Returns: (transfer none) (nullable): what was said of it, owned by @buffer
 */
GstSpiceDamageMeta *
gst_buffer_get_spice_damage_meta (GstBuffer *buffer)
{
  g_return_val_if_fail (GST_IS_BUFFER (buffer), NULL);
  return (GstSpiceDamageMeta *)gst_buffer_get_meta (
      buffer, GST_SPICE_DAMAGE_META_API_TYPE);
}

/**
 * gst_spice_damage_meta_get_n_rects:
 * @self: a meta
 *
 * Returns: how many rectangles there are; 0: nothing has changed
 */
guint
gst_spice_damage_meta_get_n_rects (const GstSpiceDamageMeta *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->rects->len;
}

/**
 * gst_spice_damage_meta_get_rect:
 * @self: a meta
 * @index: which, from 0
 * @x: (out): left side, pixels of the frame
 * @y: (out): upper side
 * @width: (out): at least 1
 * @height: (out): at least 1
 *
 * Returns: %FALSE when there are not so many
 */
gboolean
gst_spice_damage_meta_get_rect (const GstSpiceDamageMeta *self, guint index,
                                gint *x, gint *y, gint *width, gint *height)
{
  const QxlRect *rect;

  g_return_val_if_fail (self != NULL, FALSE);
  if (index >= self->rects->len)
    return FALSE;
  rect = &g_array_index (self->rects, QxlRect, index);
  *x = rect->left;
  *y = rect->top;
  *width = rect->right - rect->left;
  *height = rect->bottom - rect->top;
  return TRUE;
}

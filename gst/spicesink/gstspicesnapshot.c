/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicesnapshot.h"

#include <gst/video/video.h>

/* samples */

typedef struct {
  QxlImage *image;
  GDestroyNotify func;
  gpointer data;
} Pixels;

static void
free_pixels (gpointer data)
{
  Pixels *pixels = data;

  qxl_image_unref (pixels->image);
  if (pixels->func)
    pixels->func (pixels->data);
  g_free (pixels);
}

static GstBuffer *
wrap_pixels (QxlImage *image, GDestroyNotify func, gpointer data)
{
  const gsize size = image->stride * image->height;
  Pixels *pixels = g_new (Pixels, 1);

  *pixels = (Pixels){qxl_image_ref (image), func, data};
  return gst_buffer_new_wrapped_full (GST_MEMORY_FLAG_READONLY,
                                      (gpointer)image->pixels, size, 0, size,
                                      pixels, free_pixels);
}

GstSample *
gst_spice_snapshot_sample (QxlImage *image, GDestroyNotify func, gpointer data)
{
  const gboolean has_alpha = image->format == QXL_FORMAT_BGRA;
  gsize offsets[GST_VIDEO_MAX_PLANES] = {0};
  gint strides[GST_VIDEO_MAX_PLANES] = {(gint)image->stride};
  GstBuffer *buffer = wrap_pixels (image, func, data);
  GstCaps *caps = gst_caps_new_simple (
      "video/x-raw", "format", G_TYPE_STRING, has_alpha ? "BGRA" : "BGRx",
      "width", G_TYPE_INT, (gint)image->width, "height", G_TYPE_INT,
      (gint)image->height, "framerate", GST_TYPE_FRACTION, 0, 1, NULL);
  GstSample *sample;

  gst_buffer_add_video_meta_full (
      buffer, GST_VIDEO_FRAME_FLAG_NONE,
      has_alpha ? GST_VIDEO_FORMAT_BGRA : GST_VIDEO_FORMAT_BGRx, image->width,
      image->height, 1, offsets, strides);
  sample = gst_sample_new (buffer, caps, NULL, NULL);
  gst_buffer_unref (buffer);
  gst_caps_unref (caps);
  return sample;
}

/* waiting */

typedef struct {
  GMainContext *context; /* of the loop */
  GMutex lock;
  GCond cond;
  gboolean is_over;
  QxlImage *image; /* NULL: none, or not yet */
} Wait;

static void
on_image (QxlImage *image, gpointer data)
{
  if (image)
    ((Wait *)data)->image = qxl_image_ref (image);
}

static void
on_over (gpointer data)
{
  Wait *wait = data;

  g_mutex_lock (&wait->lock);
  wait->is_over = TRUE;
  g_cond_signal (&wait->cond);
  g_main_context_wakeup (wait->context);
  g_mutex_unlock (&wait->lock);
}

static gboolean
is_over (Wait *wait)
{
  gboolean over;

  g_mutex_lock (&wait->lock);
  over = wait->is_over;
  g_mutex_unlock (&wait->lock);
  return over;
}

static void
wait_for_it (Wait *wait)
{
  if (g_main_context_acquire (wait->context)) {
    while (!is_over (wait))
      g_main_context_iteration (wait->context, TRUE);
    g_main_context_release (wait->context);
    return;
  }
  g_mutex_lock (&wait->lock);
  while (!wait->is_over)
    g_cond_wait (&wait->cond, &wait->lock);
  g_mutex_unlock (&wait->lock);
}

static int32_t
far_edge (guint near, guint size)
{
  return size == 0 ? G_MAXINT32
                   : (int32_t)MIN ((guint64)near + size, G_MAXINT32);
}

QxlRect
gst_spice_snapshot_area (guint x, guint y, guint width, guint height)
{
  return QXL_RECT ((int32_t)MIN (x, G_MAXINT32), (int32_t)MIN (y, G_MAXINT32),
                   far_edge (x, width), far_edge (y, height));
}

GstSample *
gst_spice_snapshot_take (SpcDisplay *display, uint32_t surface_id,
                         const QxlRect *area)
{
  SpcLoop *loop = spc_channel_loop (SPC_CHANNEL (display));
  Wait wait = {.context = spc_loop_context (loop)};
  GstSample *sample = NULL;

  /* a callback of the loop may not run it */
  if (spc_loop_is_here (loop) && g_main_depth () > 0)
    return NULL;
  g_mutex_init (&wait.lock);
  g_cond_init (&wait.cond);
  spc_display_snapshot (display, surface_id, area, on_image, &wait, on_over);
  wait_for_it (&wait);
  if (wait.image)
    sample = gst_spice_snapshot_sample (wait.image, NULL, NULL);
  g_clear_pointer (&wait.image, qxl_image_unref);
  g_cond_clear (&wait.cond);
  g_mutex_clear (&wait.lock);
  return sample;
}

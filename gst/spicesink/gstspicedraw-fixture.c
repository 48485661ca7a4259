/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicedraw-fixture.h"

#include <gst/video/video.h>

GstHarness *
draw_harness_new (const char *property, const GValue *value)
{
  GstElement *sink = gst_element_factory_make ("spicedisplaysink", NULL);
  GstHarness *harness;

  g_object_set (sink, "port", 0, "async", FALSE, "sync", FALSE, NULL);
  if (property)
    g_object_set_property (G_OBJECT (sink), property, value);
  harness = gst_harness_new_with_element (sink, "sink", NULL);
  gst_harness_set_src_caps_str (harness,
                                "application/x-spice-qxl, version=(int)1");
  gst_object_unref (sink);
  return harness;
}

/* commands */

void
push_bytes (GstHarness *harness, QxlWriter *writer)
{
  g_autoptr (GBytes) bytes = qxl_writer_steal (writer);

  g_assert_cmpint (
      gst_harness_push (harness, gst_buffer_new_wrapped_bytes (bytes)), ==,
      GST_FLOW_OK);
}

void
push_batch (GstHarness *harness, QxlBatch *batch)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  qxl_stream_write_batch (batch, writer);
  qxl_batch_free (batch);
  push_bytes (harness, writer);
}

void
push_screen (GstHarness *harness, uint32_t side, uint32_t color)
{
  QxlBatch *batch = qxl_batch_new ();

  qxl_batch_create_surface (batch, 0, side, side, QXL_FORMAT_BGRX);
  add_fill (batch, side, color);
  push_batch (harness, batch);
}

void
add_fill (QxlBatch *batch, uint32_t side, uint32_t color)
{
  const QxlRect all = QXL_RECT (0, 0, (int32_t)side, (int32_t)side);

  qxl_batch_draw (batch, qxl_drawable_new_fill (0, &all, color));
}

void
add_update (QxlBatch *batch, uint32_t update_id, uint32_t surface_id,
            QxlRect area)
{
  QxlCommand command = {.kind = QXL_COMMAND_UPDATE,
                        .u.update = {.surface_id = surface_id,
                                     .update_id = update_id,
                                     .area = area}};

  qxl_batch_take (batch, &command);
}

/* pictures */

GstSample *
snapshot (GstHarness *harness, guint surface_id, guint x, guint y, guint width,
          guint height)
{
  GstSample *sample = NULL;

  g_signal_emit_by_name (harness->element, "snapshot", surface_id, x, y, width,
                         height, &sample);
  return sample;
}

static void
check_sample (GstSample *sample, int width, int height, uint32_t color)
{
  GstVideoInfo info;
  GstVideoFrame frame;

  g_assert_nonnull (sample);
  g_assert_true (
      gst_video_info_from_caps (&info, gst_sample_get_caps (sample)));
  g_assert_cmpint (GST_VIDEO_INFO_FORMAT (&info), ==, GST_VIDEO_FORMAT_BGRx);
  g_assert_cmpint (GST_VIDEO_INFO_WIDTH (&info), ==, width);
  g_assert_cmpint (GST_VIDEO_INFO_HEIGHT (&info), ==, height);
  g_assert_true (gst_video_frame_map (
      &frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ));
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      g_assert_cmphex (
          GST_READ_UINT32_LE ((guint8 *)GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) +
                              y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0) +
                              4 * x),
          ==, color);
  gst_video_frame_unmap (&frame);
}

void
check_and_free (GstSample *sample, int width, int height, uint32_t color)
{
  check_sample (sample, width, height, color);
  gst_sample_unref (sample);
}

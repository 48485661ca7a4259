/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/encoder/gstspiceencoder-fixture.h"

#include <math.h>
#include <spice/enums.h>

#define DEADLINE_S 30

/* what comes back */

static void
on_packet (const SpcVideoPacket *packet, gpointer user_data)
{
  EncoderStage *self = user_data;

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->units, g_bytes_ref (packet->bytes));
  g_array_append_val (self->times_us, packet->time_us);
  g_array_append_val (self->keys, packet->is_key);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_failed (const GError *error, gpointer user_data)
{
  EncoderStage *self = user_data;

  g_mutex_lock (&self->lock);
  g_assert_null (self->error);
  self->error = g_error_copy (error);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_sink_gone (gpointer user_data)
{
  EncoderStage *self = user_data;

  g_mutex_lock (&self->lock);
  g_assert_false (self->is_sink_gone);
  self->is_sink_gone = true;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_demoted (const GstSpiceEncoderEntry *entry, const GError *error,
            gpointer user_data)
{
  EncoderStage *self = user_data;

  g_mutex_lock (&self->lock);
  self->demoted = g_error_copy (error);
  g_mutex_unlock (&self->lock);
}

static void
on_thread_gone (gpointer user_data)
{
  EncoderStage *self = user_data;

  g_mutex_lock (&self->lock);
  self->is_thread_gone = true;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

/* life */

SpcVideoSink
encoder_stage_sink (EncoderStage *self)
{
  return (SpcVideoSink){on_packet, on_failed, self, on_sink_gone};
}

void
encoder_stage_init_bare (EncoderStage *self)
{
  GstSpiceEncoderSetup setup = self->setup;

  *self = (EncoderStage){.setup = setup, .is_thread_gone = true};
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->units = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  self->times_us = g_array_new (FALSE, FALSE, sizeof (int64_t));
  self->keys = g_array_new (FALSE, FALSE, sizeof (bool));
}

void
encoder_stage_init (EncoderStage *self, const GstSpiceEncoderEntry *entry,
                    uint32_t width, uint32_t height, uint32_t bitrate_bps)
{
  const SpcVideoOrder order = {entry->codec, width, height, bitrate_bps,
                               ENCODER_STAGE_FPS};
  GstSpiceEncoderOwner owner = {
      .failed = on_demoted, .user_data = self, .destroy = on_thread_gone};
  SpcVideoSink sink;
  g_autoptr (GError) error = NULL;

  encoder_stage_init_bare (self);
  self->is_thread_gone = false;
  owner.setup = self->setup;
  sink = encoder_stage_sink (self);
  self->encoder =
      gst_spice_encoder_pipe_new (entry, &order, &owner, &sink, &error);
  g_assert_no_error (error);
}

/* lock held */
static void
wait_once (EncoderStage *self, const char *what)
{
  int64_t end_us = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;

  if (!g_cond_wait_until (&self->cond, &self->lock, end_us))
    g_error ("waited in vain for %s (%u units came)", what, self->units->len);
}

void
encoder_stage_clear (EncoderStage *self)
{
  spc_video_encoder_free (self->encoder);
  g_mutex_lock (&self->lock);
  while (!self->is_thread_gone || !self->is_sink_gone)
    wait_once (self, "the end");
  g_mutex_unlock (&self->lock);
  g_ptr_array_unref (self->units);
  g_array_unref (self->times_us);
  g_array_unref (self->keys);
  g_clear_error (&self->error);
  g_clear_error (&self->demoted);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

/* frames */

QxlImage *
encoder_stage_picture (uint32_t width, uint32_t height, guint n)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, width, height, &pixels);

  for (uint32_t y = 0; y < height; y++)
    for (uint32_t x = 0; x < width; x++) {
      uint8_t *pixel = pixels + ((size_t)y * width + x) * 4;
      double a = (x + 2.0 * n) / width, b = (y + 1.0 * n) / height;

      pixel[0] = (uint8_t)(128 + 110 * sin (2 * G_PI * a));
      pixel[1] = (uint8_t)(128 + 110 * sin (2 * G_PI * b + 1));
      pixel[2] = (uint8_t)(128 + 110 * sin (2 * G_PI * (a + b) + 2));
      pixel[3] = 0;
    }
  return image;
}

int64_t
encoder_stage_time_us (guint n)
{
  return 5000001 + (int64_t)n * G_USEC_PER_SEC / ENCODER_STAGE_FPS;
}

void
encoder_stage_show (EncoderStage *self, uint32_t width, uint32_t height,
                    guint n, bool is_key)
{
  g_autoptr (QxlImage) picture = encoder_stage_picture (width, height, n);
  guint n_units = self->units->len;

  spc_video_encoder_push (self->encoder, picture, encoder_stage_time_us (n),
                          is_key);
  encoder_stage_wait_units (self, n_units + 1);
}

/* waiting */

void
encoder_stage_wait_units (EncoderStage *self, guint n_units)
{
  g_mutex_lock (&self->lock);
  while (self->units->len < n_units) {
    g_assert_no_error (self->error);
    wait_once (self, "a unit");
  }
  g_mutex_unlock (&self->lock);
}

void
encoder_stage_wait_failed (EncoderStage *self)
{
  g_mutex_lock (&self->lock);
  while (!self->error)
    wait_once (self, "a failure");
  g_mutex_unlock (&self->lock);
}

/* decoding: as spice-client-glib does, nothing is said of colours */

static const char *
caps_of (uint8_t codec)
{
  static const char *const caps[] = {
      [SPICE_VIDEO_CODEC_TYPE_MJPEG] = "image/jpeg",
      [SPICE_VIDEO_CODEC_TYPE_VP8] = "video/x-vp8",
      [SPICE_VIDEO_CODEC_TYPE_H264] = "video/x-h264,stream-format=byte-stream",
      [SPICE_VIDEO_CODEC_TYPE_VP9] = "video/x-vp9",
      [SPICE_VIDEO_CODEC_TYPE_H265] = "video/x-h265,stream-format=byte-stream",
  };

  return caps[codec];
}

static void
feed (EncoderStage *self, GstElement *source)
{
  GstFlowReturn flow;

  for (guint i = 0; i < self->units->len; i++) {
    GBytes *unit = g_ptr_array_index (self->units, i);
    GstBuffer *buffer = gst_buffer_new_wrapped_bytes (unit);

    GST_BUFFER_PTS (buffer) = i * GST_SECOND / ENCODER_STAGE_FPS;
    g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
    gst_buffer_unref (buffer);
  }
  g_signal_emit_by_name (source, "end-of-stream", &flow);
}

static GBytes *
pull_last (GstElement *sink)
{
  GBytes *bytes = NULL;
  GstSample *sample = NULL;

  for (;;) {
    GstMapInfo map;

    g_signal_emit_by_name (sink, "pull-sample", &sample);
    if (!sample)
      return bytes;
    g_clear_pointer (&bytes, g_bytes_unref);
    g_assert_true (
        gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ));
    bytes = g_bytes_new (map.data, map.size);
    gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
    gst_sample_unref (sample);
  }
}

GBytes *
encoder_stage_decode (EncoderStage *self, uint8_t codec, uint32_t width,
                      uint32_t height)
{
  g_autofree char *text = g_strdup_printf (
      "appsrc name=in format=time caps=%s ! decodebin ! videoconvert ! "
      "video/x-raw,format=BGRx,width=%u,height=%u ! appsink name=out "
      "sync=false",
      caps_of (codec), width, height);
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (text, &error);
  g_autoptr (GstElement) in = NULL, out = NULL;
  GBytes *bytes;

  g_assert_no_error (error);
  in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  feed (self, in);
  bytes = pull_last (out);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  return bytes;
}

double
encoder_stage_psnr (const uint8_t *a, const uint8_t *b, gsize n_pixels)
{
  double sum = 0;

  for (gsize i = 0; i < n_pixels * 4; i++)
    if (i % 4 != 3)
      sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
  return 10 * log10 (255.0 * 255.0 * (double)n_pixels * 3 / MAX (sum, 1));
}

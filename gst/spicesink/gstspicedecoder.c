/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicedecoder.h"

#include <gst/app/app.h>

GST_DEBUG_CATEGORY_STATIC (decoder_debug);
#define GST_CAT_DEFAULT decoder_debug

/* two seconds of a film at its usual rate */
#define MAX_WAITING 60

struct _GstSpiceDecoder {
  /* set at construction */
  GstElement *pipeline; /* NULL: it could not be made */
  GstAppSrc *source;
  GstSpiceDecoderFuncs funcs;
  gpointer user_data;
  gint has_failed; /* atomic */
  /* the caller of push */
  gboolean waits_for_key;
  guint n_expected; /* packets that come at once */
  guint64 n_burst;  /* of those that came, so many may wait */
};

/* pipeline */

static void
fail (GstSpiceDecoder *self, const GError *error)
{
  if (g_atomic_int_compare_and_exchange (&self->has_failed, FALSE, TRUE))
    self->funcs.failed (error, self->user_data);
}

static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  GstSpiceDecoder *self = user_data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT)
    self->funcs.message (message, self->user_data);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_error (message, &error, NULL);
    fail (self, error);
  }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static GstFlowReturn
on_sample (GstAppSink *sink, gpointer user_data)
{
  GstSpiceDecoder *self = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstVideoInfo info;

  if (sample && gst_video_info_from_caps (&info, gst_sample_get_caps (sample)))
    self->funcs.frame (gst_sample_get_buffer (sample), &info, self->user_data);
  return GST_FLOW_OK;
}

static void
on_need_data (GstAppSrc *source, guint n_bytes, gpointer user_data)
{
  const GstSpiceDecoder *self = user_data;

  self->funcs.idle (self->user_data);
}

/* One picture in the sink at most; viewers are sent the newest anyway. */
static char *
describe_pipeline (GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  int width = 0, height = 0;

  gst_structure_get_int (structure, "width", &width);
  gst_structure_get_int (structure, "height", &height);
  return g_strdup_printf (
      "appsrc name=source is-live=true format=time do-timestamp=true ! "
      "decodebin ! videoconvertscale ! "
      "video/x-raw,format=BGRx,width=%d,height=%d,pixel-aspect-ratio=1/1 ! "
      "appsink name=sink sync=false max-buffers=1 drop=true "
      "enable-last-sample=false",
      width, height);
}

static void
start (GstSpiceDecoder *self, GstCaps *caps)
{
  GstAppSinkCallbacks sink_callbacks = {.new_sample = on_sample};
  GstAppSrcCallbacks source_callbacks = {.need_data = on_need_data};
  g_autoptr (GstElement) sink =
      gst_bin_get_by_name (GST_BIN (self->pipeline), "sink");
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  self->source =
      GST_APP_SRC (gst_bin_get_by_name (GST_BIN (self->pipeline), "source"));
  gst_app_src_set_caps (self->source, caps);
  gst_app_src_set_callbacks (self->source, &source_callbacks, self, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &sink_callbacks, self, NULL);
  gst_bus_set_sync_handler (bus, on_message, self, NULL);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
}

/* life */

GstSpiceDecoder *
gst_spice_decoder_new (GstCaps *caps, const GstSpiceDecoderFuncs *funcs,
                       gpointer user_data)
{
  static gsize once = 0;
  GstSpiceDecoder *self = g_new0 (GstSpiceDecoder, 1);
  g_autofree char *line = describe_pipeline (caps);
  g_autoptr (GError) error = NULL;

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (decoder_debug, "spicedecoder", 0,
                             "SPICE film decoder");
    g_once_init_leave (&once, 1);
  }
  GST_DEBUG ("%s", line);
  self->funcs = *funcs;
  self->user_data = user_data;
  self->waits_for_key = TRUE;
  self->pipeline =
      gst_parse_launch_full (line, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (self->pipeline)
    start (self, caps);
  else
    fail (self, error);
  return self;
}

void
gst_spice_decoder_free (GstSpiceDecoder *self)
{
  if (!self)
    return;
  if (self->pipeline) {
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
    gst_object_unref (self->source);
    gst_object_unref (self->pipeline);
  }
  g_free (self);
}

/* work */

static gboolean
has_room (GstSpiceDecoder *self)
{
  guint64 n_waiting = gst_app_src_get_current_level_buffers (self->source);

  if (self->n_expected > 0) {
    self->n_expected--;
    self->n_burst = n_waiting + 1;
    return TRUE;
  }
  self->n_burst = MIN (self->n_burst, n_waiting);
  return n_waiting < MAX_WAITING + self->n_burst;
}

void
gst_spice_decoder_expect (GstSpiceDecoder *self, guint n_packets)
{
  self->n_expected = n_packets;
}

static void
push (GstSpiceDecoder *self, GBytes *packet, gboolean is_key)
{
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (packet);

  if (!is_key)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  gst_app_src_push_buffer (self->source, buffer);
}

gboolean
gst_spice_decoder_is_stuck (GstSpiceDecoder *self)
{
  return self->pipeline && self->waits_for_key &&
         gst_app_src_get_current_level_buffers (self->source) == 0;
}

gboolean
gst_spice_decoder_push (GstSpiceDecoder *self, GBytes *packet, gboolean is_key)
{
  if (!self->pipeline || (self->waits_for_key && !is_key))
    return FALSE;
  self->waits_for_key = !has_room (self);
  if (self->waits_for_key)
    GST_INFO ("too slow: pictures are left out up to the next key frame");
  else
    push (self, packet, is_key);
  return !self->waits_for_key;
}

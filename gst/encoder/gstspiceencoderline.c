/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/encoder/gstspiceencoderline.h"

#include "gst/encoder/gstspiceencoderlog.h"
#include "gst/encoder/gstspiceyuv.h"

struct _GstSpiceEncoderLine {
  /* set by new */
  const GstSpiceEncoderEntry *entry;
  GstSpiceEncoderLineFuncs funcs;
  GstElement *pipeline; /* owned; the others are inside it */
  GstElement *encoder;
  GstPad *in, *out;    /* owned: ours, linked to its ends */
  GstBufferPool *pool; /* owned; NULL: not started */
  GstVideoInfo info;   /* what the encoder is given */
  /* the thread that pushes */
  int64_t first_us; /* of the first frame; units count from it */
  bool has_first;
  /* the thread units come from */
  GstSegment segment;
};

/* what comes out */

static GBytes *
take_bytes (GstBuffer *buffer)
{
  gsize size = gst_buffer_get_size (buffer);
  gpointer bytes = g_malloc (MAX (size, 1));

  gst_buffer_extract (buffer, 0, bytes, size);
  return g_bytes_new_take (bytes, size);
}

/* Encoders may shift their stamps and their segment with them, to have room for
 * units that are decoded before they are shown: running time stays. */
static int64_t
time_of (GstSpiceEncoderLine *self, GstBuffer *buffer)
{
  GstClockTime time = GST_CLOCK_TIME_NONE;

  if (GST_BUFFER_PTS_IS_VALID (buffer))
    time = gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME,
                                        GST_BUFFER_PTS (buffer));
  if (!GST_CLOCK_TIME_IS_VALID (time))
    return self->first_us;
  return self->first_us +
         (int64_t)GST_TIME_AS_USECONDS (time + GST_USECOND / 2);
}

static GstFlowReturn
on_buffer (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstSpiceEncoderLine *self = gst_pad_get_element_private (pad);
  g_autoptr (GBytes) bytes = take_bytes (buffer);

  GST_LOG_OBJECT (self->encoder, "%" GST_PTR_FORMAT, buffer);
  self->funcs.unit (bytes, time_of (self, buffer), self->funcs.user_data);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
on_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstSpiceEncoderLine *self = gst_pad_get_element_private (pad);

  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
    gst_event_copy_segment (event, &self->segment);
  gst_event_unref (event);
  return TRUE;
}

static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  GstSpiceEncoderLine *self = user_data;
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    self->funcs.failed (error, self->funcs.user_data);
  }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

/* putting it together */

static GstElement *
add (GstSpiceEncoderLine *self, const char *factory, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element)
    gst_bin_add (GST_BIN (self->pipeline), element);
  else
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
                 "There is no element \"%s\".", factory);
  return element;
}

/* Parameter sets before each key frame, whatever the encoder does; those that
 * do so themselves work without the plugin. */
static GstElement *
add_parser (GstSpiceEncoderLine *self)
{
  GstElement *parser;

  if (!self->entry->parser)
    return self->encoder;
  parser = add (self, self->entry->parser, NULL);
  if (!parser)
    return self->encoder;
  gst_util_set_object_arg (G_OBJECT (parser), "config-interval", "-1");
  return gst_element_link (self->encoder, parser) ? parser : self->encoder;
}

static GstElement *
add_filter (GstSpiceEncoderLine *self, const char *text, GError **error)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  GstElement *filter = add (self, "capsfilter", error);

  if (filter)
    g_object_set (filter, "caps", caps, NULL);
  return filter;
}

static bool
link_pads (GstSpiceEncoderLine *self, GstElement *first, GstElement *last)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (first, "sink");
  g_autoptr (GstPad) src = gst_element_get_static_pad (last, "src");

  return sink && src && gst_pad_link (self->in, sink) == GST_PAD_LINK_OK &&
         gst_pad_link (src, self->out) == GST_PAD_LINK_OK;
}

static bool
build (GstSpiceEncoderLine *self, GError **error)
{
  GstElement *parser, *filter;

  self->encoder = add (self, self->entry->factory, error);
  if (!self->encoder)
    return false;
  parser = add_parser (self);
  filter = add_filter (self, self->entry->caps, error);
  if (filter && gst_element_link (parser, filter) &&
      link_pads (self, self->encoder, filter))
    return true;
  if (filter)
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION,
                 "\"%s\" cannot be linked.", self->entry->factory);
  return false;
}

/* Without it a pad takes only the caps it has: encoders say anew what they make
 * when their rate changes. */
static GstStaticPadTemplate out_template = GST_STATIC_PAD_TEMPLATE (
    "out", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static void
make_pads (GstSpiceEncoderLine *self)
{
  self->in = gst_pad_new ("in", GST_PAD_SRC);
  self->out = gst_pad_new_from_static_template (&out_template, "out");
  gst_pad_set_element_private (self->out, self);
  gst_pad_set_chain_function (self->out, on_buffer);
  gst_pad_set_event_function (self->out, on_event);
  gst_object_ref_sink (self->in);
  gst_object_ref_sink (self->out);
}

static bool
make_pool (GstSpiceEncoderLine *self, GstCaps *caps, GError **error)
{
  GstStructure *config;

  self->pool = gst_video_buffer_pool_new ();
  config = gst_buffer_pool_get_config (self->pool);
  gst_buffer_pool_config_set_params (config, caps, (guint)self->info.size, 0,
                                     0);
  if (gst_buffer_pool_set_config (self->pool, config) &&
      gst_buffer_pool_set_active (self->pool, TRUE))
    return true;
  g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_FAILED,
               "No memory for frames of %zu bytes.", (size_t)self->info.size);
  return false;
}

static bool
start (GstSpiceEncoderLine *self, GError **error)
{
  gst_pad_set_active (self->out, TRUE);
  gst_pad_set_active (self->in, TRUE);
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) !=
      GST_STATE_CHANGE_FAILURE)
    return true;
  g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE,
               "\"%s\" does not start.", self->entry->factory);
  return false;
}

static bool
announce (GstSpiceEncoderLine *self, const SpcVideoOrder *order, GError **error)
{
  g_autoptr (GstCaps) caps = NULL;
  GstSegment segment;

  gst_video_info_set_format (&self->info, self->entry->format, order->width,
                             order->height);
  self->info.fps_n = (gint)CLAMP (order->fps, 1, 120);
  self->info.fps_d = 1;
  caps = gst_video_info_to_caps (&self->info);
  if (!make_pool (self, caps, error))
    return false;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->in, gst_event_new_stream_start ("frames"));
  if (gst_pad_push_event (self->in, gst_event_new_caps (caps)) &&
      gst_pad_push_event (self->in, gst_event_new_segment (&segment)))
    return true;
  g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION,
               "\"%s\" does not take %u x %u pixels.", self->entry->factory,
               order->width, order->height);
  return false;
}

GstSpiceEncoderLine *
gst_spice_encoder_line_new (const GstSpiceEncoderEntry *entry,
                            const SpcVideoOrder *order,
                            GstSpiceEncoderSetup setup, gpointer setup_data,
                            const GstSpiceEncoderLineFuncs *funcs,
                            GError **error)
{
  g_autoptr (GstSpiceEncoderLine) self = g_new0 (GstSpiceEncoderLine, 1);
  g_autoptr (GstBus) bus = NULL;

  self->entry = entry;
  self->funcs = *funcs;
  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_set_sync_handler (bus, on_message, self, NULL);
  make_pads (self);
  if (!build (self, error))
    return NULL;
  if (!setup || !setup (entry->codec, self->encoder, setup_data))
    gst_spice_encoder_entry_configure (entry, self->encoder);
  gst_spice_encoder_entry_set_bitrate (entry, self->encoder,
                                       order->bitrate_bps);
  if (!start (self, error) || !announce (self, order, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
gst_spice_encoder_line_free (GstSpiceEncoderLine *self)
{
  g_autoptr (GstBus) bus = NULL;

  if (!self)
    return;
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
  gst_bus_set_flushing (bus, TRUE);
  gst_pad_set_active (self->in, FALSE);
  gst_pad_set_active (self->out, FALSE);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->in);
  gst_object_unref (self->out);
  gst_object_unref (self->pipeline);
  if (self->pool)
    gst_buffer_pool_set_active (self->pool, FALSE);
  gst_clear_object (&self->pool);
  g_free (self);
}

/* work */

/* NULL: no memory */
static GstBuffer *
convert (GstSpiceEncoderLine *self, const QxlImage *frame)
{
  GstBuffer *buffer = NULL;
  GstVideoFrame to;

  if (gst_buffer_pool_acquire_buffer (self->pool, &buffer, NULL) !=
          GST_FLOW_OK ||
      !gst_video_frame_map (&to, &self->info, buffer, GST_MAP_WRITE)) {
    gst_clear_buffer (&buffer);
    return NULL;
  }
  gst_spice_yuv_convert (frame, &to);
  gst_video_frame_unmap (&to);
  return buffer;
}

static void
ask_for_key (GstSpiceEncoderLine *self)
{
  g_autoptr (GstPad) src = gst_element_get_static_pad (self->encoder, "src");

  gst_pad_send_event (src, gst_video_event_new_upstream_force_key_unit (
                               GST_CLOCK_TIME_NONE, TRUE, 0));
}

bool
gst_spice_encoder_line_push (GstSpiceEncoderLine *self, const QxlImage *frame,
                             int64_t time_us, bool is_key)
{
  GstBuffer *buffer = convert (self, frame);

  if (!buffer)
    return false;
  /* the first frame is a key frame anyway; some make two of a wish for it */
  if (is_key && self->has_first)
    ask_for_key (self);
  if (!self->has_first)
    self->first_us = time_us;
  self->has_first = true;
  GST_BUFFER_PTS (buffer) =
      (GstClockTime)MAX (time_us - self->first_us, 0) * GST_USECOND;
  GST_BUFFER_DURATION (buffer) = GST_SECOND / (guint)self->info.fps_n;
  return gst_pad_push (self->in, buffer) == GST_FLOW_OK;
}

bool
gst_spice_encoder_line_set_bitrate (GstSpiceEncoderLine *self,
                                    uint32_t bitrate_bps)
{
  return gst_spice_encoder_entry_set_bitrate (self->entry, self->encoder,
                                              bitrate_bps);
}

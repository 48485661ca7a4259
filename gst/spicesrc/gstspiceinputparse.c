/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-spiceinputparse
 * @title: spiceinputparse
 * @short_description: cuts recorded input into buffers and stamps them
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 filesrc location=tests/typing.input ! spiceinputparse !
 * spiceinputsink
 * ]|
 * What was recorded with spiceinputsrc is typed again, at its time.
 *
 * It takes both forms that spiceinputsrc makes, the bytes and the text, from a
 * file or a demuxer, tells them apart by themselves, and gives bytes, one input
 * a buffer. Buffers keep the time a demuxer gives them; from a file they get
 * the one that stands in the input. What is no input is passed over.
 */
#include "gst/spicesrc/gstspiceinputparse.h"

#include "gst/common/gstspiceinput.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (input_parse_debug);
#define GST_CAT_DEFAULT input_parse_debug

struct _GstSpiceInputParse {
  GstBaseParse parent;
  /* streaming thread */
  gboolean is_timed; /* upstream says when */
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_SPICE_INPUT_CAPS "; text/x-raw, format = (string) "
                                          "{ utf8, pango-markup }"));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_SPICE_INPUT_CAPS));

G_DEFINE_FINAL_TYPE_WITH_CODE (GstSpiceInputParse, gst_spice_input_parse,
                               GST_TYPE_BASE_PARSE,
                               GST_DEBUG_CATEGORY_INIT (input_parse_debug,
                                                        "spiceinputparse", 0,
                                                        "SPICE input parser"))
GST_ELEMENT_REGISTER_DEFINE (spiceinputparse, "spiceinputparse", GST_RANK_NONE,
                             GST_TYPE_SPICE_INPUT_PARSE)

static gboolean
gst_spice_input_parse_start (GstBaseParse *parse)
{
  gst_base_parse_set_min_frame_size (parse, 1);
  gst_base_parse_set_syncable (parse, FALSE);
  gst_base_parse_set_infer_ts (parse, FALSE);
  gst_base_parse_set_pts_interpolation (parse, FALSE);
  GST_SPICE_INPUT_PARSE (parse)->is_timed = FALSE;
  return TRUE;
}

static gboolean
gst_spice_input_parse_sink_event (GstBaseParse *parse, GstEvent *event)
{
  const GstSegment *segment;

  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT) {
    gst_event_parse_segment (event, &segment);
    GST_SPICE_INPUT_PARSE (parse)->is_timed =
        segment->format == GST_FORMAT_TIME;
  }
  return GST_BASE_PARSE_CLASS (gst_spice_input_parse_parent_class)
      ->sink_event (parse, event);
}

/* kinds are small numbers, text begins with a digit of the time */
static gboolean
looks_like_text (guint8 first)
{
  return first >= ' ' || first == '\n' || first == '\r';
}

/* How many bytes the next input has; 0: it is not all there yet. */
static gsize
find_end (const guint8 *bytes, gsize size, gboolean is_all)
{
  const guint8 *end;

  if (!looks_like_text (bytes[0]))
    return size >= GST_SPICE_INPUT_BYTES ? GST_SPICE_INPUT_BYTES
           : is_all                      ? size
                                         : 0;
  end = memchr (bytes, '\n', MIN (size, GST_SPICE_INPUT_MAX_TEXT));
  if (end)
    return (gsize)(end - bytes) + 1;
  if (size >= GST_SPICE_INPUT_MAX_TEXT)
    return GST_SPICE_INPUT_MAX_TEXT;
  return is_all ? size : 0;
}

static gboolean
read_input (GstSpiceInput *input, const guint8 *bytes, gsize size)
{
  g_autofree char *line = NULL;

  if (!looks_like_text (bytes[0]))
    return gst_spice_input_read (input, bytes, size);
  line = g_strndup ((const char *)bytes, size);
  return gst_spice_input_from_text (input, line);
}

static void
ensure_caps (GstSpiceInputParse *self)
{
  GstPad *pad = GST_BASE_PARSE_SRC_PAD (self);
  g_autoptr (GstCaps) caps = NULL;

  if (gst_pad_has_current_caps (pad))
    return;
  caps = gst_pad_get_pad_template_caps (pad);
  gst_pad_set_caps (pad, caps);
}

static GstFlowReturn
finish (GstSpiceInputParse *self, GstBaseParseFrame *frame,
        GstSpiceInput *input, gsize size)
{
  guint8 bytes[GST_SPICE_INPUT_BYTES];

  if (self->is_timed && GST_BUFFER_PTS_IS_VALID (frame->buffer))
    input->time = GST_BUFFER_PTS (frame->buffer);
  ensure_caps (self);
  gst_spice_input_write (input, bytes);
  frame->out_buffer = gst_buffer_new_memdup (bytes, sizeof bytes);
  GST_BUFFER_PTS (frame->out_buffer) = input->time;
  GST_BUFFER_PTS (frame->buffer) = input->time;
  GST_BUFFER_DURATION (frame->buffer) = 0;
  return gst_base_parse_finish_frame (GST_BASE_PARSE (self), frame, (gint)size);
}

static GstFlowReturn
gst_spice_input_parse_handle_frame (GstBaseParse *parse,
                                    GstBaseParseFrame *frame, gint *skip)
{
  GstSpiceInputParse *self = GST_SPICE_INPUT_PARSE (parse);
  gboolean is_all = GST_BASE_PARSE_DRAINING (parse) || self->is_timed;
  GstSpiceInput input;
  GstMapInfo map;
  gboolean is_input;
  gsize size;

  *skip = 0;
  if (!gst_buffer_map (frame->buffer, &map, GST_MAP_READ))
    return GST_FLOW_ERROR;
  size = find_end (map.data, map.size, is_all);
  is_input = size > 0 && read_input (&input, map.data, size);
  gst_buffer_unmap (frame->buffer, &map);
  if (is_input)
    return finish (self, frame, &input, size);
  if (size > 0)
    GST_WARNING_OBJECT (self, "%" G_GSIZE_FORMAT " bytes are no input", size);
  *skip = (gint)size;
  gst_base_parse_set_min_frame_size (parse, 1);
  return GST_FLOW_OK;
}

static gboolean
gst_spice_input_parse_set_sink_caps (GstBaseParse *parse, GstCaps *caps)
{
  return TRUE;
}

static void
gst_spice_input_parse_init (GstSpiceInputParse *self)
{
}

static void
gst_spice_input_parse_class_init (GstSpiceInputParseClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseParseClass *parse_class = GST_BASE_PARSE_CLASS (klass);

  parse_class->start = gst_spice_input_parse_start;
  parse_class->sink_event = gst_spice_input_parse_sink_event;
  parse_class->set_sink_caps = gst_spice_input_parse_set_sink_caps;
  parse_class->handle_frame = gst_spice_input_parse_handle_frame;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (
      element_class, "SPICE input parser", "Codec/Parser",
      "Cuts recorded input into buffers and stamps them, for example: "
      "gst-launch-1.0 filesrc location=tests/typing.input ! spiceinputparse ! "
      "spiceinputsink",
      "gst-spice");
}

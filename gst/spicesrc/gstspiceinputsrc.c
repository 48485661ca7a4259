/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-spiceinputsrc
 * @title: spiceinputsrc
 * @short_description: gives what SPICE viewers type and point at
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 -e spiceinputsrc ! filesink location=session.input
 *   videotestsrc is-live=true ! spicesink
 * ]|
 * What viewers type is written to a file; `spiceinputparse ! spiceinputsink`
 * plays it.
 *
 * A live source of one buffer for each input, stamped with the running time of
 * its arrival: 32 bytes of `application/x-spice-input`, or a line of
 * `text/x-raw`, which muxers take as subtitles. While nobody types, GAP events
 * tell downstream how late it is. Only viewers in control are heard, and
 * what they type goes upstream from the display sinks as ever.
 *
 * Up to 1024 inputs wait for a pipeline that does not take them. The way of the
 * pointer is shortened first; the release of a key is not lost.
 */
#include "gst/spicesrc/gstspiceinputsrc.h"

#include "gst/common/gstspiceclock.h"
#include "gst/common/gstspiceinput.h"
#include "gst/common/gstspiceuser.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (input_src_debug);
#define GST_CAT_DEFAULT input_src_debug

#define MAX_WAITING 1024u
/* A muxer waits no longer than this for a viewer that does not type. */
#define GAP_INTERVAL_US (100 * 1000)

struct _GstSpiceInputSrc {
  GstPushSrc parent;
  /* set at construction */
  GstSpiceUser *user;
  GstSpiceInputQueue *queue; /* locks itself */
  /* atomic: a wait is to end; all is to end */
  gint is_flushing, is_ending;
  /* streaming thread */
  gboolean is_text;
  gboolean has_segment; /* downstream knows it */
  GstClockTime position;
};

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_SPICE_INPUT_CAPS "; " GST_SPICE_INPUT_TEXT_CAPS));

G_DEFINE_FINAL_TYPE_WITH_CODE (
    GstSpiceInputSrc, gst_spice_input_src, GST_TYPE_PUSH_SRC,
    G_IMPLEMENT_INTERFACE (GST_TYPE_CHILD_PROXY,
                           gst_spice_user_child_proxy_init)
        GST_DEBUG_CATEGORY_INIT (input_src_debug, "spiceinputsrc", 0,
                                 "SPICE input source"))
GST_ELEMENT_REGISTER_DEFINE (spiceinputsrc, "spiceinputsrc", GST_RANK_NONE,
                             GST_TYPE_SPICE_INPUT_SRC)

/* states */

static GstStateChangeReturn
gst_spice_input_src_change_state (GstElement *element,
                                  GstStateChange transition)
{
  GstSpiceInputSrc *self = GST_SPICE_INPUT_SRC (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY &&
      !gst_spice_user_open (self->user))
    return GST_STATE_CHANGE_FAILURE;
  ret = GST_ELEMENT_CLASS (gst_spice_input_src_parent_class)
            ->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_READY_TO_NULL ||
      (transition == GST_STATE_CHANGE_NULL_TO_READY &&
       ret == GST_STATE_CHANGE_FAILURE))
    gst_spice_user_close (self->user);
  return ret;
}

static GstSpiceInputReaders *
readers_of (GstSpiceInputSrc *self)
{
  return gst_spice_session_input_readers (gst_spice_user_session (self->user));
}

static gboolean
gst_spice_input_src_start (GstBaseSrc *src)
{
  GstSpiceInputSrc *self = GST_SPICE_INPUT_SRC (src);

  self->has_segment = FALSE;
  self->position = 0;
  g_atomic_int_set (&self->is_ending, FALSE);
  gst_spice_input_queue_set_ended (self->queue, FALSE);
  gst_spice_input_readers_add (readers_of (self), self->queue);
  return TRUE;
}

static gboolean
gst_spice_input_src_stop (GstBaseSrc *src)
{
  GstSpiceInputSrc *self = GST_SPICE_INPUT_SRC (src);

  gst_spice_input_readers_remove (readers_of (self), self->queue);
  gst_spice_input_queue_clear (self->queue);
  return TRUE;
}

static gboolean
gst_spice_input_src_unlock (GstBaseSrc *src)
{
  GstSpiceInputSrc *self = GST_SPICE_INPUT_SRC (src);

  g_atomic_int_set (&self->is_flushing, TRUE);
  gst_spice_input_queue_set_flushing (self->queue, TRUE);
  return TRUE;
}

static gboolean
gst_spice_input_src_unlock_stop (GstBaseSrc *src)
{
  GstSpiceInputSrc *self = GST_SPICE_INPUT_SRC (src);

  gst_spice_input_queue_set_flushing (self->queue, FALSE);
  g_atomic_int_set (&self->is_flushing, FALSE);
  return TRUE;
}

static gboolean
gst_spice_input_src_set_caps (GstBaseSrc *src, GstCaps *caps)
{
  GST_SPICE_INPUT_SRC (src)->is_text =
      gst_structure_has_name (gst_caps_get_structure (caps, 0), "text/x-raw");
  return TRUE;
}

/* The base class would end at once. A muxer takes inputs no sooner than the
 * picture of their time: those that wait go before the end. */
static gboolean
gst_spice_input_src_send_event (GstElement *element, GstEvent *event)
{
  GstSpiceInputSrc *self = GST_SPICE_INPUT_SRC (element);

  if (GST_EVENT_TYPE (event) != GST_EVENT_EOS ||
      !gst_pad_is_active (GST_BASE_SRC_PAD (self)))
    return GST_ELEMENT_CLASS (gst_spice_input_src_parent_class)
        ->send_event (element, event);
  gst_event_unref (event);
  g_atomic_int_set (&self->is_ending, TRUE);
  gst_spice_input_queue_set_ended (self->queue, TRUE);
  return TRUE;
}

/* streaming */

/* an input that waited while nothing played belongs to now, not before */
static GstClockTime
running_time_of (GstSpiceInputSrc *self, const SpcInputEvent *event)
{
  GstClockTime now = gst_spice_clock_running_time (GST_ELEMENT (self));
  gint64 age_us = g_get_monotonic_time () - event->time_us;
  GstClockTime age = age_us > 0 ? (GstClockTime)age_us * GST_USECOND : 0;

  return MAX (self->position, age < now ? now - age : 0);
}

static const GstSpiceInputKind kinds[] = {
    [SPC_INPUT_KEY] = GST_SPICE_INPUT_KEY,
    [SPC_INPUT_POINTER_MOVE] = GST_SPICE_INPUT_MOVE,
    [SPC_INPUT_POINTER_MOTION] = GST_SPICE_INPUT_MOTION,
    [SPC_INPUT_BUTTON] = GST_SPICE_INPUT_BUTTON,
    [SPC_INPUT_SCROLL] = GST_SPICE_INPUT_SCROLL,
    [SPC_INPUT_LOCKS] = GST_SPICE_INPUT_LOCKS,
};

/* what does not belong to its kind is 0 in both */
static GstSpiceInput
input_of (const SpcInputEvent *event, GstClockTime time)
{
  bool is_move = event->kind == SPC_INPUT_POINTER_MOVE;

  return (GstSpiceInput){
      .time = time,
      .kind = kinds[event->kind],
      .connection_id = event->client_id,
      .pressed = event->pressed,
      .scancode = event->scancode,
      .button = event->button,
      .buttons = event->buttons,
      .locks = event->locks,
      .display = event->display_id,
      .x = is_move ? event->x : event->dx,
      .y = is_move ? event->y : event->dy,
  };
}

static GstBuffer *
make_buffer (GstSpiceInputSrc *self, const GstSpiceInput *input)
{
  GstBuffer *buffer;

  if (self->is_text) {
    char *text = gst_spice_input_to_text (input);

    buffer = gst_buffer_new_wrapped (text, strlen (text));
  } else {
    guint8 bytes[GST_SPICE_INPUT_BYTES];

    gst_spice_input_write (input, bytes);
    buffer = gst_buffer_new_memdup (bytes, sizeof bytes);
  }
  GST_BUFFER_PTS (buffer) = input->time;
  GST_BUFFER_DURATION (buffer) = 0;
  return buffer;
}

/* the base class sends it with the first buffer, which may come late */
static void
send_segment (GstSpiceInputSrc *self)
{
  GstBaseSrc *src = GST_BASE_SRC (self);

  if (self->has_segment)
    return;
  self->has_segment = TRUE;
  gst_pad_push_event (GST_BASE_SRC_PAD (src),
                      gst_event_new_segment (&src->segment));
}

/* nothing until now */
static void
send_gap (GstSpiceInputSrc *self)
{
  GstClockTime now = gst_spice_clock_running_time (GST_ELEMENT (self));

  if (now <= self->position)
    return;
  send_segment (self);
  gst_pad_push_event (GST_BASE_SRC_PAD (self),
                      gst_event_new_gap (self->position, now - self->position));
  self->position = now;
}

static GstFlowReturn
gst_spice_input_src_create (GstPushSrc *src, GstBuffer **buffer)
{
  GstSpiceInputSrc *self = GST_SPICE_INPUT_SRC (src);
  SpcInputEvent event;
  GstSpiceInput input;

  while (!gst_spice_input_queue_pop (
      self->queue, g_get_monotonic_time () + GAP_INTERVAL_US, &event)) {
    if (g_atomic_int_get (&self->is_flushing))
      return GST_FLOW_FLUSHING;
    if (g_atomic_int_get (&self->is_ending))
      return GST_FLOW_EOS;
    send_gap (self);
  }
  self->position = running_time_of (self, &event);
  input = input_of (&event, self->position);
  *buffer = make_buffer (self, &input);
  return GST_FLOW_OK;
}

static gboolean
gst_spice_input_src_query (GstBaseSrc *src, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_LATENCY) {
    gst_query_set_latency (query, TRUE, 0, GST_CLOCK_TIME_NONE);
    return TRUE;
  }
  return GST_BASE_SRC_CLASS (gst_spice_input_src_parent_class)
      ->query (src, query);
}

/* object */

static void
gst_spice_input_src_set_property (GObject *object, guint id,
                                  const GValue *value, GParamSpec *spec)
{
  if (!gst_spice_user_set_property (GST_SPICE_INPUT_SRC (object)->user, id,
                                    value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_spice_input_src_get_property (GObject *object, guint id, GValue *value,
                                  GParamSpec *spec)
{
  if (!gst_spice_user_get_property (GST_SPICE_INPUT_SRC (object)->user, id,
                                    value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_spice_input_src_finalize (GObject *object)
{
  GstSpiceInputSrc *self = GST_SPICE_INPUT_SRC (object);

  gst_spice_user_free (self->user);
  gst_spice_input_queue_free (self->queue);
  G_OBJECT_CLASS (gst_spice_input_src_parent_class)->finalize (object);
}

static void
gst_spice_input_src_init (GstSpiceInputSrc *self)
{
  self->user = gst_spice_user_new (GST_ELEMENT (self));
  self->queue = gst_spice_input_queue_new (MAX_WAITING);
  gst_base_src_set_live (GST_BASE_SRC (self), TRUE);
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
}

static void
gst_spice_input_src_class_init (GstSpiceInputSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *src_class = GST_BASE_SRC_CLASS (klass);

  object_class->set_property = gst_spice_input_src_set_property;
  object_class->get_property = gst_spice_input_src_get_property;
  object_class->finalize = gst_spice_input_src_finalize;
  element_class->change_state = gst_spice_input_src_change_state;
  element_class->send_event = gst_spice_input_src_send_event;
  src_class->start = gst_spice_input_src_start;
  src_class->stop = gst_spice_input_src_stop;
  src_class->unlock = gst_spice_input_src_unlock;
  src_class->unlock_stop = gst_spice_input_src_unlock_stop;
  src_class->set_caps = gst_spice_input_src_set_caps;
  src_class->query = gst_spice_input_src_query;
  GST_PUSH_SRC_CLASS (klass)->create = gst_spice_input_src_create;

  gst_spice_user_install_properties (object_class);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (
      element_class, "SPICE input source", "Source/Network",
      "Gives what SPICE viewers type and point at, for example: "
      "gst-launch-1.0 -e spiceinputsrc ! filesink location=session.input "
      "videotestsrc is-live=true ! spicesink (then open spice://127.0.0.1:5900 "
      "and type)",
      "gst-spice");
}

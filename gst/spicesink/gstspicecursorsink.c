/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-spicecursorsink
 * @title: spicecursorsink
 * @short_description: gives SPICE viewers the shape of the pointer
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! spicesink name=s
 *   videotestsrc pattern=smpte num-buffers=1 !
 *   video/x-raw,format=BGRA,width=32,height=32 ! s.cursor_0
 * ]|
 *
 * Each frame is a shape: up to 256 by 256 pixels with straight alpha, hot spot
 * at #spicecursorsink:hot-x, #spicecursorsink:hot-y. Where the pointer is, and
 * whether it is seen, are properties, or come in step with the frames as a
 * custom downstream event "spice-cursor" with any of the fields x, y, hot-x,
 * hot-y (int) and visible (boolean).
 *
 * Or each buffer is a row of QXL commands, of which those of pointers are
 * taken: shapes of every type up to 1024 by 1024, places, trails. A flush makes
 * the pointer begin anew then.
 */
#include "gst/spicesink/gstspicecursorsink.h"

#include "gst/common/gstspiceframe.h"
#include "gst/common/gstspiceqxl.h"
#include "gst/common/gstspiceuser.h"
#include "gst/spicesink/gstspicereport.h"

GST_DEBUG_CATEGORY_STATIC (cursor_sink_debug);
#define GST_CAT_DEFAULT cursor_sink_debug

#define MAX_SIDE 256
#define EVENT_NAME "spice-cursor"
G_STATIC_ASSERT (MAX_SIDE == SPC_MAX_CURSOR_SIDE);

struct _GstSpiceCursorSink {
  GstBaseSink parent;
  /* set at construction */
  GstSpiceUser *user;
  /* object lock */
  int wanted_id;
  int hot_x, hot_y, x, y;
  gboolean visible;
  SpcCursor *channel; /* the session's, between start and stop */
  QxlImage *shape;    /* the last one */
  /* between start and stop */
  GstSpiceReport *report;
  int id;
  /* streaming thread */
  gboolean takes_commands; /* no frames */
  GstVideoInfo info;
};

enum {
  PROP_0,
  PROP_CURSOR_ID,
  PROP_HOT_X,
  PROP_HOT_Y,
  PROP_X,
  PROP_Y,
  PROP_VISIBLE,
};

/* what a change of a property calls for */
typedef enum {
  SEND_SHAPE = 1 << 0,
  SEND_POSITION = 1 << 1,
  SEND_VISIBLE = 1 << 2,
  SEND_ALL = 7,
} SendFlags;

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("video/x-raw, format = (string) " GST_SPICE_CURSOR_FORMATS
                     ", width = (int) [ 1, 256 ], height = (int) [ 1, 256 ], "
                     "framerate = " GST_VIDEO_FPS_RANGE
                     "; " GST_SPICE_QXL_CAPS));

G_DEFINE_FINAL_TYPE_WITH_CODE (
    GstSpiceCursorSink, gst_spice_cursor_sink, GST_TYPE_BASE_SINK,
    G_IMPLEMENT_INTERFACE (GST_TYPE_CHILD_PROXY,
                           gst_spice_user_child_proxy_init)
        GST_DEBUG_CATEGORY_INIT (cursor_sink_debug, "spicecursorsink", 0,
                                 "SPICE cursor sink"))
GST_ELEMENT_REGISTER_DEFINE (spicecursorsink, "spicecursorsink", GST_RANK_NONE,
                             GST_TYPE_SPICE_CURSOR_SINK)

/* to the channel: any thread */

static void
send (GstSpiceCursorSink *self, SendFlags what)
{
  g_autoptr (SpcCursor) channel = NULL;
  QxlImage *shape = NULL;
  int hot_x, hot_y, x, y;
  gboolean visible;

  GST_OBJECT_LOCK (self);
  g_set_object (&channel, self->channel);
  if (self->shape)
    shape = qxl_image_ref (self->shape);
  hot_x = self->hot_x;
  hot_y = self->hot_y;
  x = self->x;
  y = self->y;
  visible = self->visible;
  GST_OBJECT_UNLOCK (self);
  if (channel && shape && (what & SEND_SHAPE))
    spc_cursor_post_shape (channel, g_steal_pointer (&shape), (uint16_t)hot_x,
                           (uint16_t)hot_y);
  if (channel && (what & SEND_POSITION))
    spc_cursor_post_position (channel, x, y);
  if (channel && (what & SEND_VISIBLE))
    spc_cursor_post_visible (channel, visible);
  g_clear_pointer (&shape, qxl_image_unref);
}

/* start and stop */

static gboolean
claim_id (GstSpiceCursorSink *self, GstSpiceSession *session)
{
  int wanted;

  GST_OBJECT_LOCK (self);
  wanted = self->wanted_id;
  GST_OBJECT_UNLOCK (self);
  self->id = gst_spice_session_claim (session, GST_SPICE_SLOT_CURSOR, wanted);
  if (self->id >= 0)
    return TRUE;
  GST_ELEMENT_ERROR (
      self, RESOURCE, BUSY,
      ("No cursor is free for property \"cursor-id\" = %d.", wanted),
      ("a server has cursors 0 to %u", SPC_MAX_DISPLAYS - 1));
  return FALSE;
}

static gboolean
gst_spice_cursor_sink_start (GstBaseSink *sink)
{
  GstSpiceCursorSink *self = GST_SPICE_CURSOR_SINK (sink);
  GstSpiceSession *session = gst_spice_user_open (self->user);
  SpcCursor *channel;

  if (!session)
    return FALSE;
  if (!claim_id (self, session)) {
    gst_spice_user_close (self->user);
    return FALSE;
  }
  self->report = gst_spice_report_new (GST_ELEMENT (self));
  channel = gst_spice_session_acquire_cursor (session, (guint)self->id);
  GST_OBJECT_LOCK (self);
  self->channel = channel;
  GST_OBJECT_UNLOCK (self);
  send (self, SEND_ALL);
  return TRUE;
}

static gboolean
gst_spice_cursor_sink_stop (GstBaseSink *sink)
{
  GstSpiceCursorSink *self = GST_SPICE_CURSOR_SINK (sink);
  GstSpiceSession *session = gst_spice_user_session (self->user);

  GST_OBJECT_LOCK (self);
  self->channel = NULL;
  g_clear_pointer (&self->shape, qxl_image_unref);
  GST_OBJECT_UNLOCK (self);
  g_clear_pointer (&self->report, gst_spice_report_stop);
  gst_spice_session_release_cursor (session, (guint)self->id);
  gst_spice_session_release (session, GST_SPICE_SLOT_CURSOR, self->id);
  gst_spice_user_close (self->user);
  return TRUE;
}

/* streaming */

/* what a change of a property sends is then the commands' alone */
static void
forget_shape (GstSpiceCursorSink *self)
{
  GST_OBJECT_LOCK (self);
  g_clear_pointer (&self->shape, qxl_image_unref);
  GST_OBJECT_UNLOCK (self);
}

static gboolean
gst_spice_cursor_sink_set_caps (GstBaseSink *sink, GstCaps *caps)
{
  GstSpiceCursorSink *self = GST_SPICE_CURSOR_SINK (sink);

  self->takes_commands = gst_spice_caps_are_qxl (caps);
  if (!self->takes_commands)
    return gst_video_info_from_caps (&self->info, caps);
  forget_shape (self);
  return TRUE;
}

static gboolean
gst_spice_cursor_sink_propose_allocation (GstBaseSink *sink, GstQuery *query)
{
  GstCaps *caps;

  gst_query_parse_allocation (query, &caps, NULL);
  if (caps && !gst_spice_caps_are_qxl (caps))
    gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

/* commands */

static void
on_refused (gpointer report, guint record, const GError *error)
{
  gst_spice_report_refusal (error, report);
}

static void
refuse_others (GstSpiceCursorSink *self, const QxlBatch *batch)
{
  static const char *const names[] = {
      [QXL_COMMAND_SURFACE_CREATE] = "surface-create",
      [QXL_COMMAND_SURFACE_DESTROY] = "surface-destroy",
      [QXL_COMMAND_DRAW] = "a draw",
      [QXL_COMMAND_MONITORS] = "monitors",
      [QXL_COMMAND_UPDATE] = "update",
      [QXL_COMMAND_MESSAGE] = "message",
  };

  for (guint i = 0; i < batch->commands->len; i++) {
    const QxlCommandKind kind = qxl_batch_at (batch, i)->kind;
    g_autoptr (GError) error = NULL;

    if (kind == QXL_COMMAND_CURSOR)
      continue;
    error = g_error_new (G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                         "%s for a pointer, allowed are its own commands",
                         names[kind]);
    gst_spice_report_refusal (error, self->report);
  }
}

static GstFlowReturn
render_commands (GstSpiceCursorSink *self, GstBuffer *buffer)
{
  static const QxlStreamHooks hooks = {.refused = on_refused};
  g_autoptr (GBytes) bytes = gst_spice_qxl_bytes (buffer);
  g_autoptr (QxlBatch) batch = NULL;

  if (!bytes) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ,
                       ("A pointer's commands cannot be read."), (NULL));
    return GST_FLOW_ERROR;
  }
  batch = qxl_stream_read_batch (bytes, &hooks, self->report, NULL);
  refuse_others (self, batch);
  spc_cursor_post_batch (self->channel, batch);
  return GST_FLOW_OK;
}

static void
reset (GstSpiceCursorSink *self)
{
  spc_cursor_post_command (self->channel,
                           qxl_cursor_command_new (QXL_CURSOR_RESET));
}

/* frames */

static QxlImage *
copy_shape (const GstVideoFrame *frame)
{
  uint32_t width = (uint32_t)GST_VIDEO_FRAME_WIDTH (frame);
  uint32_t height = (uint32_t)GST_VIDEO_FRAME_HEIGHT (frame);
  const uint8_t *from = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);
  gsize stride = (gsize)GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
  uint8_t *to;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRA, width, height, &to);

  for (uint32_t y = 0; image && y < height; y++)
    gst_spice_row_to_bgra (GST_VIDEO_FRAME_FORMAT (frame),
                           to + y * image->stride, from + y * stride, width);
  return image;
}

static GstFlowReturn
render_frame (GstSpiceCursorSink *self, GstBuffer *buffer)
{
  GstVideoFrame frame;
  QxlImage *shape, *old;

  if (!gst_video_frame_map (&frame, &self->info, buffer, GST_MAP_READ)) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ,
                       ("A pointer's shape cannot be read."), (NULL));
    return GST_FLOW_ERROR;
  }
  shape = copy_shape (&frame);
  gst_video_frame_unmap (&frame);
  GST_OBJECT_LOCK (self);
  old = self->shape;
  self->shape = shape;
  GST_OBJECT_UNLOCK (self);
  g_clear_pointer (&old, qxl_image_unref);
  send (self, SEND_SHAPE);
  return GST_FLOW_OK;
}

static GstFlowReturn
gst_spice_cursor_sink_render (GstBaseSink *sink, GstBuffer *buffer)
{
  GstSpiceCursorSink *self = GST_SPICE_CURSOR_SINK (sink);

  return self->takes_commands ? render_commands (self, buffer)
                              : render_frame (self, buffer);
}

/* events */

static SendFlags
take_fields (GstSpiceCursorSink *self, const GstStructure *fields)
{
  SendFlags what = 0;

  GST_OBJECT_LOCK (self);
  if (gst_structure_get_int (fields, "x", &self->x) |
      gst_structure_get_int (fields, "y", &self->y))
    what |= SEND_POSITION;
  if (gst_structure_get_int (fields, "hot-x", &self->hot_x) |
      gst_structure_get_int (fields, "hot-y", &self->hot_y))
    what |= SEND_SHAPE;
  if (gst_structure_get_boolean (fields, "visible", &self->visible))
    what |= SEND_VISIBLE;
  self->hot_x = CLAMP (self->hot_x, 0, MAX_SIDE - 1);
  self->hot_y = CLAMP (self->hot_y, 0, MAX_SIDE - 1);
  GST_OBJECT_UNLOCK (self);
  return what;
}

static gboolean
gst_spice_cursor_sink_event (GstBaseSink *sink, GstEvent *event)
{
  GstSpiceCursorSink *self = GST_SPICE_CURSOR_SINK (sink);

  if (gst_event_has_name (event, EVENT_NAME))
    send (self, take_fields (self, gst_event_get_structure (event)));
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP && self->takes_commands)
    reset (self);
  return GST_BASE_SINK_CLASS (gst_spice_cursor_sink_parent_class)
      ->event (sink, event);
}

/* object */

static int *
int_member (GstSpiceCursorSink *self, guint id)
{
  switch (id) {
  case PROP_CURSOR_ID:
    return &self->wanted_id;
  case PROP_HOT_X:
    return &self->hot_x;
  case PROP_HOT_Y:
    return &self->hot_y;
  case PROP_X:
    return &self->x;
  case PROP_Y:
    return &self->y;
  case PROP_VISIBLE:
    return &self->visible;
  default:
    return NULL;
  }
}

static SendFlags
flags_for (guint id)
{
  switch (id) {
  case PROP_HOT_X:
  case PROP_HOT_Y:
    return SEND_SHAPE;
  case PROP_X:
  case PROP_Y:
    return SEND_POSITION;
  case PROP_VISIBLE:
    return SEND_VISIBLE;
  default:
    return 0;
  }
}

static void
gst_spice_cursor_sink_set_property (GObject *object, guint id,
                                    const GValue *value, GParamSpec *spec)
{
  GstSpiceCursorSink *self = GST_SPICE_CURSOR_SINK (object);
  int *member = int_member (self, id);

  if (gst_spice_user_set_property (self->user, id, value))
    return;
  if (!member) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    return;
  }
  GST_OBJECT_LOCK (self);
  *member = G_VALUE_HOLDS_BOOLEAN (value) ? g_value_get_boolean (value)
                                          : g_value_get_int (value);
  GST_OBJECT_UNLOCK (self);
  send (self, flags_for (id));
}

static void
gst_spice_cursor_sink_get_property (GObject *object, guint id, GValue *value,
                                    GParamSpec *spec)
{
  GstSpiceCursorSink *self = GST_SPICE_CURSOR_SINK (object);
  int *member = int_member (self, id);

  if (gst_spice_user_get_property (self->user, id, value))
    return;
  if (!member) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    return;
  }
  GST_OBJECT_LOCK (self);
  if (G_VALUE_HOLDS_BOOLEAN (value))
    g_value_set_boolean (value, *member);
  else
    g_value_set_int (value, *member);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_spice_cursor_sink_finalize (GObject *object)
{
  gst_spice_user_free (GST_SPICE_CURSOR_SINK (object)->user);
  G_OBJECT_CLASS (gst_spice_cursor_sink_parent_class)->finalize (object);
}

static void
gst_spice_cursor_sink_init (GstSpiceCursorSink *self)
{
  self->user = gst_spice_user_new (GST_ELEMENT (self));
  self->wanted_id = -1;
  self->id = -1;
  self->visible = TRUE;
  gst_video_info_init (&self->info);
  gst_base_sink_set_processing_deadline (GST_BASE_SINK (self), 0);
}

static void
install_int (GObjectClass *klass, guint id, const char *name, const char *nick,
             const char *blurb, int min, int max, int standard)
{
  g_object_class_install_property (
      klass, id,
      g_param_spec_int (
          name, nick, blurb, min, max, standard,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
              (id == PROP_CURSOR_ID ? 0 : GST_PARAM_MUTABLE_PLAYING)));
}

static void
install_properties (GObjectClass *klass)
{
  gst_spice_user_install_properties (klass);
  install_int (klass, PROP_CURSOR_ID, "cursor-id", "Cursor id",
               "The display whose pointer this is; -1: the lowest free one", -1,
               SPC_MAX_DISPLAYS - 1, -1);
  install_int (klass, PROP_HOT_X, "hot-x", "Hot spot x",
               "The pixel of the shape that points, from its left", 0,
               MAX_SIDE - 1, 0);
  install_int (klass, PROP_HOT_Y, "hot-y", "Hot spot y",
               "The pixel of the shape that points, from its top", 0,
               MAX_SIDE - 1, 0);
  install_int (klass, PROP_X, "x", "X",
               "Where the pointer is on its display, pixels", G_MININT16,
               G_MAXINT16, 0);
  install_int (klass, PROP_Y, "y", "Y",
               "Where the pointer is on its display, pixels", G_MININT16,
               G_MAXINT16, 0);
  g_object_class_install_property (
      klass, PROP_VISIBLE,
      g_param_spec_boolean ("visible", "Visible", "Whether the pointer is seen",
                            TRUE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                GST_PARAM_MUTABLE_PLAYING));
}

static void
gst_spice_cursor_sink_class_init (GstSpiceCursorSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);

  object_class->set_property = gst_spice_cursor_sink_set_property;
  object_class->get_property = gst_spice_cursor_sink_get_property;
  object_class->finalize = gst_spice_cursor_sink_finalize;
  sink_class->start = gst_spice_cursor_sink_start;
  sink_class->stop = gst_spice_cursor_sink_stop;
  sink_class->set_caps = gst_spice_cursor_sink_set_caps;
  sink_class->propose_allocation = gst_spice_cursor_sink_propose_allocation;
  sink_class->render = gst_spice_cursor_sink_render;
  sink_class->event = gst_spice_cursor_sink_event;

  install_properties (object_class);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (
      element_class, "SPICE cursor sink", "Sink/Video/Network",
      "Gives SPICE viewers the pointer's shape, for example: gst-launch-1.0 "
      "videotestsrc is-live=true ! spicesink name=s videotestsrc "
      "num-buffers=1 ! video/x-raw,format=BGRA,width=32,height=32 ! "
      "s.cursor_0",
      "gst-spice");
}

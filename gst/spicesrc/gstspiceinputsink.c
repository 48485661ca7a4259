/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-spiceinputsink
 * @title: spiceinputsink
 * @short_description: types recorded input, at its time
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 filesrc location=tests/typing.input ! spiceinputparse !
 * spiceinputsink
 * ]|
 * What was recorded with spiceinputsrc is typed into an X display.
 *
 * Keys, buttons and the pointer go into an X display with XTEST, as spiceinject
 * does it, or, with #spiceinputsink:target, as navigation events to an
 * element of the same pipeline, for example a spiceinject. Keys and buttons
 * still down are let go at the end, at a flush and when it stops.
 */
#include "gst/spicesrc/gstspiceinputsink.h"

#include "gst/common/gstspiceinput.h"
#include "gst/common/gstspicenav.h"
#include "gst/spicesrc/gstspicexinput.h"
#include "gst/spicesrc/gstspicexplace.h"
#include "server-core/inputs/scancodes.h"

GST_DEBUG_CATEGORY_STATIC (input_sink_debug);
#define GST_CAT_DEFAULT input_sink_debug

enum {
  PROP_0,
  PROP_TARGET,
  PROP_FIRST_PLACE,
};

struct _GstSpiceInputSink {
  GstBaseSink parent;
  /* object lock */
  GstSpiceXPlace place;
  char *target_name; /* NULL: an X display */
  /* lock: streaming thread, start and stop */
  GMutex lock;
  GstSpiceXInput *input; /* or NULL */
  GstElement *target;    /* or NULL */
  GstSpiceNavState nav;
  GArray *held; /* GstSpiceInput: what the target was told is down */
};

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
                             GST_STATIC_CAPS (GST_SPICE_INPUT_CAPS));

G_DEFINE_FINAL_TYPE_WITH_CODE (GstSpiceInputSink, gst_spice_input_sink,
                               GST_TYPE_BASE_SINK,
                               GST_DEBUG_CATEGORY_INIT (input_sink_debug,
                                                        "spiceinputsink", 0,
                                                        "SPICE input player"))
GST_ELEMENT_REGISTER_DEFINE (spiceinputsink, "spiceinputsink", GST_RANK_NONE,
                             GST_TYPE_SPICE_INPUT_SINK)

/* playing; all with the lock held */

static const SpcInputKind kinds[] = {
    [GST_SPICE_INPUT_KEY] = SPC_INPUT_KEY,
    [GST_SPICE_INPUT_MOVE] = SPC_INPUT_POINTER_MOVE,
    [GST_SPICE_INPUT_MOTION] = SPC_INPUT_POINTER_MOTION,
    [GST_SPICE_INPUT_BUTTON] = SPC_INPUT_BUTTON,
    [GST_SPICE_INPUT_SCROLL] = SPC_INPUT_SCROLL,
    [GST_SPICE_INPUT_LOCKS] = SPC_INPUT_LOCKS,
};

static SpcInputEvent
event_of (const GstSpiceInput *input)
{
  return (SpcInputEvent){
      .kind = kinds[input->kind],
      .client_id = input->connection_id,
      .pressed = input->pressed,
      .scancode = (uint16_t)input->scancode,
      .button = (uint8_t)input->button,
      .buttons = (uint16_t)input->buttons,
      .locks = (uint8_t)input->locks,
      .display_id = (uint8_t)input->display,
      .x = input->x,
      .y = input->y,
      .dx = input->x,
      .dy = input->y,
  };
}

static gboolean
is_same_key (const GstSpiceInput *a, const GstSpiceInput *b)
{
  return a->kind == b->kind && a->scancode == b->scancode &&
         a->button == b->button;
}

static void
follow_held (GstSpiceInputSink *self, const GstSpiceInput *input)
{
  guint i = 0;

  if (input->kind != GST_SPICE_INPUT_KEY &&
      input->kind != GST_SPICE_INPUT_BUTTON)
    return;
  while (i < self->held->len &&
         !is_same_key (&g_array_index (self->held, GstSpiceInput, i), input))
    i++;
  if (i < self->held->len)
    g_array_remove_index (self->held, i);
  if (input->pressed)
    g_array_append_val (self->held, *input);
}

static void
send_to_target (GstSpiceInputSink *self, const GstSpiceInput *input)
{
  SpcInputEvent event = event_of (input);
  GstStructure *structure = gst_spice_nav_state_tell (&self->nav, &event);

  follow_held (self, input);
  if (!structure)
    return;
  GST_LOG_OBJECT (self, "%" GST_PTR_FORMAT, structure);
  if (!gst_element_send_event (self->target,
                               gst_event_new_navigation (structure)))
    GST_DEBUG_OBJECT (self, "not handled by %s",
                      GST_OBJECT_NAME (self->target));
}

static void
move_to (GstSpiceInputSink *self, double x, double y)
{
  gst_spice_x_place_map (&self->place, GST_OBJECT (self), &x, &y);
  gst_spice_x_input_move_to (self->input, x, y);
}

static void
play_in_x (GstSpiceInputSink *self, const GstSpiceInput *input)
{
  bool is_played = true;

  switch (input->kind) {
  case GST_SPICE_INPUT_KEY:
    is_played = gst_spice_x_input_key (
        self->input, input->scancode,
        spc_scancode_key_name ((uint16_t)input->scancode), input->pressed);
    break;
  case GST_SPICE_INPUT_MOVE:
    move_to (self, input->x, input->y);
    break;
  case GST_SPICE_INPUT_MOTION:
    gst_spice_x_input_move_by (self->input, input->x, input->y);
    break;
  case GST_SPICE_INPUT_BUTTON:
    is_played = gst_spice_x_input_button (self->input, (int)input->button,
                                          input->pressed);
    break;
  case GST_SPICE_INPUT_SCROLL:
    gst_spice_x_input_scroll (self->input, 0, -(double)input->y);
    break;
  case GST_SPICE_INPUT_LOCKS: /* the lock keys themselves come, too */
    break;
  }
  if (!is_played)
    GST_DEBUG_OBJECT (self, "the display has no key 0x%x or button %u",
                      input->scancode, input->button);
}

/* false: the display is gone */
static bool
play (GstSpiceInputSink *self, const guint8 *bytes, gsize size)
{
  GstSpiceInput input;

  for (; size >= GST_SPICE_INPUT_BYTES; size -= GST_SPICE_INPUT_BYTES) {
    if (!gst_spice_input_read (&input, bytes, size))
      GST_WARNING_OBJECT (self, "%d bytes are no input", GST_SPICE_INPUT_BYTES);
    else if (self->target)
      send_to_target (self, &input);
    else if (self->input)
      play_in_x (self, &input);
    bytes += GST_SPICE_INPUT_BYTES;
  }
  return !self->input || gst_spice_x_input_is_alive (self->input);
}

static GstFlowReturn
gst_spice_input_sink_render (GstBaseSink *sink, GstBuffer *buffer)
{
  GstSpiceInputSink *self = GST_SPICE_INPUT_SINK (sink);
  GstMapInfo map;
  bool is_there;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return GST_FLOW_ERROR;
  g_mutex_lock (&self->lock);
  is_there = play (self, map.data, map.size);
  g_mutex_unlock (&self->lock);
  gst_buffer_unmap (buffer, &map);
  if (is_there)
    return GST_FLOW_OK;
  GST_ELEMENT_ERROR (self, RESOURCE, WRITE, ("The X display is gone."), (NULL));
  return GST_FLOW_ERROR;
}

/* the newest first, as fingers do; each knows which buttons stay down */
static void
release_held (GstSpiceInputSink *self)
{
  while (self->held->len > 0) {
    GstSpiceInput input =
        g_array_index (self->held, GstSpiceInput, self->held->len - 1);

    input.pressed = FALSE;
    if (input.kind == GST_SPICE_INPUT_BUTTON && input.button > 0)
      input.buttons &= ~(1u << (input.button - 1));
    send_to_target (self, &input);
  }
}

static void
let_go (GstSpiceInputSink *self)
{
  g_mutex_lock (&self->lock);
  if (self->input)
    gst_spice_x_input_let_go (self->input);
  if (self->target)
    release_held (self);
  g_mutex_unlock (&self->lock);
}

static gboolean
gst_spice_input_sink_event (GstBaseSink *sink, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS ||
      GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    let_go (GST_SPICE_INPUT_SINK (sink));
  return GST_BASE_SINK_CLASS (gst_spice_input_sink_parent_class)
      ->event (sink, event);
}

/* start and stop */

static gboolean
find_target (GstSpiceInputSink *self, const char *name)
{
  g_autoptr (GstObject) parent = gst_object_get_parent (GST_OBJECT (self));

  if (parent)
    self->target = gst_bin_get_by_name_recurse_up (GST_BIN (parent), name);
  if (!self->target)
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND,
                       ("There is no element \"%s\" to type into.", name),
                       (NULL));
  return self->target != NULL;
}

static gboolean
open_display (GstSpiceInputSink *self)
{
  GstObject *object = GST_OBJECT (self);
  g_autofree char *display =
      gst_spice_x_place_dup_display (&self->place, object);
  g_autofree char *name = gst_spice_x_place_dup_name (&self->place, object);
  g_autoptr (GError) error = NULL;

  self->input = gst_spice_x_input_new (display, &error);
  if (!self->input)
    GST_ELEMENT_ERROR (self, RESOURCE, OPEN_READ_WRITE,
                       ("Cannot open X display \"%s\".", name),
                       ("%s", error->message));
  return self->input != NULL;
}

static gboolean
gst_spice_input_sink_start (GstBaseSink *sink)
{
  GstSpiceInputSink *self = GST_SPICE_INPUT_SINK (sink);
  g_autofree char *target = NULL;

  GST_OBJECT_LOCK (self);
  target = g_strdup (self->target_name);
  GST_OBJECT_UNLOCK (self);
  self->nav = (GstSpiceNavState){0};
  return target ? find_target (self, target) : open_display (self);
}

static gboolean
gst_spice_input_sink_stop (GstBaseSink *sink)
{
  GstSpiceInputSink *self = GST_SPICE_INPUT_SINK (sink);

  let_go (self);
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->input, gst_spice_x_input_free);
  gst_clear_object (&self->target);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/* object */

static void
set_target (GstSpiceInputSink *self, const char *name)
{
  GST_OBJECT_LOCK (self);
  g_free (self->target_name);
  self->target_name = name && *name ? g_strdup (name) : NULL;
  GST_OBJECT_UNLOCK (self);
}

static void
gst_spice_input_sink_set_property (GObject *object, guint id,
                                   const GValue *value, GParamSpec *spec)
{
  GstSpiceInputSink *self = GST_SPICE_INPUT_SINK (object);

  if (id == PROP_TARGET)
    set_target (self, g_value_get_string (value));
  else if (!gst_spice_x_place_set (&self->place, GST_OBJECT (self),
                                   id - PROP_FIRST_PLACE, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_spice_input_sink_get_property (GObject *object, guint id, GValue *value,
                                   GParamSpec *spec)
{
  GstSpiceInputSink *self = GST_SPICE_INPUT_SINK (object);

  if (id == PROP_TARGET) {
    GST_OBJECT_LOCK (self);
    g_value_set_string (value, self->target_name);
    GST_OBJECT_UNLOCK (self);
  } else if (!gst_spice_x_place_get (&self->place, GST_OBJECT (self),
                                     id - PROP_FIRST_PLACE, value)) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
gst_spice_input_sink_finalize (GObject *object)
{
  GstSpiceInputSink *self = GST_SPICE_INPUT_SINK (object);

  gst_spice_x_place_clear (&self->place);
  g_free (self->target_name);
  g_array_unref (self->held);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_spice_input_sink_parent_class)->finalize (object);
}

static void
gst_spice_input_sink_init (GstSpiceInputSink *self)
{
  g_mutex_init (&self->lock);
  self->held = g_array_new (FALSE, FALSE, sizeof (GstSpiceInput));
}

static void
install_properties (GObjectClass *klass)
{
  g_object_class_install_property (
      klass, PROP_TARGET,
      g_param_spec_string ("target", "Target",
                           "Name of an element of this pipeline that gets "
                           "navigation events, instead of an X display",
                           NULL,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                               GST_PARAM_MUTABLE_READY));
  gst_spice_x_place_install (klass, PROP_FIRST_PLACE);
}

static void
gst_spice_input_sink_class_init (GstSpiceInputSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);

  object_class->set_property = gst_spice_input_sink_set_property;
  object_class->get_property = gst_spice_input_sink_get_property;
  object_class->finalize = gst_spice_input_sink_finalize;
  sink_class->start = gst_spice_input_sink_start;
  sink_class->stop = gst_spice_input_sink_stop;
  sink_class->event = gst_spice_input_sink_event;
  sink_class->render = gst_spice_input_sink_render;

  install_properties (object_class);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (
      element_class, "SPICE input player", "Sink",
      "Types recorded input into an X display at its time, for example: "
      "gst-launch-1.0 filesrc location=tests/typing.input ! spiceinputparse ! "
      "spiceinputsink",
      "gst-spice");
}

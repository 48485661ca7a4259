/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-spiceinject
 * @title: spiceinject
 * @short_description: plays navigation events into an X display
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 ximagesrc use-damage=false ! video/x-raw,framerate=25/1 !
 * spiceinject ! videoconvert ! spicesink
 * ]|
 * A viewer sees the desktop of $DISPLAY and types and clicks in it.
 *
 * Video passes untouched. Navigation events that come back through the source
 * pad are played into the display with XTEST, which sources like ximagesrc
 * before 1.24 leave undone:
 *
 * - key-press, key-release: the key at the place that scancode (uint) tells;
 *   without a usable one the key that carries the keysym key (string), with
 *   Shift if need be
 * - mouse-move: the pointer at that pixel of the picture, pointer_x, pointer_y
 *   (double), plus #spiceinject:x-offset, #spiceinject:y-offset
 * - mouse-move-relative: the pointer moved by delta_x, delta_y (double) pixels
 * - mouse-button-press, -release: that button (int); the pointer goes to
 *   pointer_x, pointer_y first unless it is being moved relatively
 * - mouse-scroll: a click of a wheel button for each notch of delta_pointer_x,
 *   delta_pointer_y (double): up and left are positive
 *
 * scancode is the PC XT set-1 make code; keys with an e0 prefix have 0x100
 * added, Pause is 0x245. It wins over key because it needs no knowledge of the
 * keyboard layout, which is then the display's own.
 *
 * An event that was played goes no further upstream unless
 * #spiceinject:pass-events is set; any other one (unknown, or while
 * #spiceinject:enabled is off) does. Keys and buttons still down are let go
 * when the element stops or is disabled. A display that vanishes causes one
 * warning message; video goes on.
 *
 * With #spiceinject:clipboard the display's selections CLIPBOARD and PRIMARY
 * are joined with the clipboard of the viewers: what is copied on one side can
 * be pasted on the other, text, images and lists of files, and the newest
 * counts. Data goes over when somebody pastes. The server is the one of the
 * pipeline's or process's other elements, see #spiceinject:server-name; what it
 * shares at all is up to its own "clipboard" and "clipboard-max-size". Not for
 * a display on which a viewer of it runs: each copy would be copied on for
 * ever.
 *
 * The picture is taken for the screen, one pixel for one pixel: put a scaler
 * after this element, not before, and set the offsets when the source shows
 * only a part of the screen.
 */
#include "gst/spicesrc/gstspiceinject.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "gst/common/gstspiceuser.h"
#include "gst/spicesrc/gstspicexbridge.h"
#include "gst/spicesrc/gstspicexfollow.h"
#include "gst/spicesrc/gstspicexinput.h"
#include "gst/spicesrc/gstspicexplace.h"

GST_DEBUG_CATEGORY_STATIC (spiceinject_debug);
#define GST_CAT_DEFAULT spiceinject_debug

enum {
  PROP_0,
  PROP_ENABLED,
  PROP_PASS_EVENTS,
  PROP_CLIPBOARD,
  PROP_SERVER,
  PROP_SERVER_NAME,
  PROP_RESIZE_DISPLAY,
  PROP_FIRST_PLACE,
};

struct _GstSpiceInject {
  GstBaseTransform parent;
  GstSpiceXFollow follow; /* locks itself */
  /* object lock */
  GstSpiceXPlace place;
  gboolean enabled;
  gboolean pass_events;
  gboolean clipboard;
  GstSpiceServer *server; /* that was given, or NULL */
  char *server_name;
  /* lock: events, start, stop; never held while calling out */
  GMutex lock;
  GstSpiceXInput *input;   /* NULL: stopped, not enabled yet, or display gone */
  GstSpiceXBridge *bridge; /* NULL: stopped, or no clipboard */
  bool is_started;
  bool moves_relatively; /* the last move was */
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/x-raw(ANY)"));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/x-raw(ANY)"));

#define gst_spice_inject_parent_class parent_class
G_DEFINE_TYPE (GstSpiceInject, gst_spice_inject, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE (spiceinject, "spiceinject", GST_RANK_NONE,
                             GST_TYPE_SPICE_INJECT);

/* events; all with the lock held and a display open */

static bool
play_key (GstSpiceInject *self, const GstStructure *event, bool pressed)
{
  guint scancode = 0;
  const char *name = gst_structure_get_string (event, "key");

  gst_structure_get_uint (event, "scancode", &scancode);
  return gst_spice_x_input_key (self->input, scancode, name, pressed);
}

static bool
on_key_press (GstSpiceInject *self, const GstStructure *event)
{
  return play_key (self, event, true);
}

static bool
on_key_release (GstSpiceInject *self, const GstStructure *event)
{
  return play_key (self, event, false);
}

static bool
on_mouse_move (GstSpiceInject *self, const GstStructure *event)
{
  double x, y;

  if (!gst_structure_get_double (event, "pointer_x", &x) ||
      !gst_structure_get_double (event, "pointer_y", &y))
    return false;
  gst_spice_x_place_map (&self->place, GST_OBJECT (self), &x, &y);
  gst_spice_x_input_move_to (self->input, x, y);
  self->moves_relatively = false;
  return true;
}

static bool
on_mouse_move_relative (GstSpiceInject *self, const GstStructure *event)
{
  double dx, dy;

  if (!gst_structure_get_double (event, "delta_x", &dx) ||
      !gst_structure_get_double (event, "delta_y", &dy))
    return false;
  gst_spice_x_input_move_by (self->input, dx, dy);
  self->moves_relatively = true;
  return true;
}

static bool
play_button (GstSpiceInject *self, const GstStructure *event, bool pressed)
{
  int button = 0;

  gst_structure_get_int (event, "button", &button);
  if (!self->moves_relatively)
    on_mouse_move (self, event);
  return gst_spice_x_input_button (self->input, button, pressed);
}

static bool
on_button_press (GstSpiceInject *self, const GstStructure *event)
{
  return play_button (self, event, true);
}

static bool
on_button_release (GstSpiceInject *self, const GstStructure *event)
{
  return play_button (self, event, false);
}

/* The coordinates are left alone: scalers downstream do not map those of
 * scroll events, so they may be wrong. */
static bool
on_mouse_scroll (GstSpiceInject *self, const GstStructure *event)
{
  double dx, dy;

  if (!gst_structure_get_double (event, "delta_pointer_x", &dx) ||
      !gst_structure_get_double (event, "delta_pointer_y", &dy))
    return false;
  gst_spice_x_input_scroll (self->input, dx, dy);
  return true;
}

/* clang-format off */
static const struct {
  const char *event;
  bool (*play) (GstSpiceInject *self, const GstStructure *event);
} players[] = {
  { "key-press",            on_key_press           },
  { "key-release",          on_key_release         },
  { "mouse-move",           on_mouse_move          },
  { "mouse-move-relative",  on_mouse_move_relative },
  { "mouse-button-press",   on_button_press        },
  { "mouse-button-release", on_button_release      },
  { "mouse-scroll",         on_mouse_scroll        },
};
/* clang-format on */

static bool
play (GstSpiceInject *self, const GstStructure *event)
{
  const char *name = gst_structure_get_string (event, "event");

  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (players); i++)
    if (g_str_equal (players[i].event, name))
      return players[i].play (self, event);
  return false;
}

/* the connection */

/* (transfer full): NULL is $DISPLAY */
static char *
dup_display (GstSpiceInject *self)
{
  return gst_spice_x_place_dup_display (&self->place, GST_OBJECT (self));
}

/* (transfer full): for messages */
static char *
dup_display_name (GstSpiceInject *self)
{
  return gst_spice_x_place_dup_name (&self->place, GST_OBJECT (self));
}

/* (transfer full): NULL with @error when there is no such display. Caller holds
 * the lock. */
static GstSpiceXInput *
open_display (GstSpiceInject *self, GError **error)
{
  g_autofree char *display = dup_display (self);

  return gst_spice_x_input_new (display, error);
}

/* (transfer full) */
static GstSpiceServer *
find_server (GstSpiceInject *self)
{
  g_autoptr (GstSpiceServer) given = NULL;
  g_autofree char *name = NULL;

  GST_OBJECT_LOCK (self);
  g_set_object (&given, self->server);
  name = g_strdup (self->server_name);
  GST_OBJECT_UNLOCK (self);
  return given ? g_steal_pointer (&given)
               : gst_spice_user_find_server (GST_ELEMENT (self), name);
}

static gboolean
wants_clipboard (GstSpiceInject *self)
{
  gboolean clipboard;

  GST_OBJECT_LOCK (self);
  clipboard = self->clipboard;
  GST_OBJECT_UNLOCK (self);
  return clipboard;
}

/* (transfer full): NULL with @error, or when there is to be none */
static GstSpiceXBridge *
open_bridge (GstSpiceInject *self, GError **error)
{
  g_autoptr (GstSpiceServer) server = NULL;
  g_autofree char *display = NULL;

  if (!wants_clipboard (self))
    return NULL;
  server = find_server (self);
  display = dup_display (self);
  return gst_spice_x_bridge_new (server, display, error);
}

static gboolean
is_enabled (GstSpiceInject *self)
{
  gboolean enabled;

  GST_OBJECT_LOCK (self);
  enabled = self->enabled;
  GST_OBJECT_UNLOCK (self);
  return enabled;
}

/* Drops a dead connection; true just once for each. Caller holds the lock. */
static bool
drop_if_dead (GstSpiceInject *self)
{
  if (self->input == NULL || gst_spice_x_input_is_alive (self->input))
    return false;
  g_clear_pointer (&self->input, gst_spice_x_input_free);
  return true;
}

static void
warn_display_gone (GstSpiceInject *self)
{
  g_autofree char *display = dup_display_name (self);

  GST_ELEMENT_WARNING (self, RESOURCE, WRITE,
                       ("X display \"%s\" is gone.", display),
                       ("navigation events pass upstream from now on"));
}

static void
close_bridge (GstSpiceInject *self)
{
  GstSpiceXBridge *bridge;

  g_mutex_lock (&self->lock);
  bridge = g_steal_pointer (&self->bridge);
  g_mutex_unlock (&self->lock);
  gst_spice_x_bridge_free (bridge);
}

static gboolean
gst_spice_inject_start (GstBaseTransform *trans)
{
  GstSpiceInject *self = GST_SPICE_INJECT (trans);
  g_autoptr (GError) error = NULL;
  g_autofree char *display = NULL;
  GstSpiceXBridge *bridge = open_bridge (self, &error);

  g_mutex_lock (&self->lock);
  self->bridge = bridge;
  self->moves_relatively = false;
  if (error == NULL && is_enabled (self))
    self->input = open_display (self, &error);
  self->is_started = error == NULL;
  if (self->is_started) {
    display = dup_display_name (self);
    gst_spice_x_follow_start (&self->follow, display);
  }
  g_mutex_unlock (&self->lock);
  if (error == NULL)
    return TRUE;
  close_bridge (self);
  display = dup_display_name (self);
  GST_ELEMENT_ERROR (self, RESOURCE, OPEN_READ_WRITE,
                     ("Cannot open X display \"%s\".", display),
                     ("%s", error->message));
  return FALSE;
}

static gboolean
gst_spice_inject_stop (GstBaseTransform *trans)
{
  GstSpiceInject *self = GST_SPICE_INJECT (trans);

  g_mutex_lock (&self->lock);
  self->is_started = false;
  g_clear_pointer (&self->input, gst_spice_x_input_free);
  g_mutex_unlock (&self->lock);
  close_bridge (self);
  gst_spice_x_follow_stop (&self->follow);
  return TRUE;
}

static void
apply_clipboard (GstSpiceInject *self)
{
  g_autoptr (GError) error = NULL;
  GstSpiceXBridge *bridge = NULL;
  bool is_started, is_open;

  g_mutex_lock (&self->lock);
  is_started = self->is_started;
  is_open = self->bridge != NULL;
  g_mutex_unlock (&self->lock);
  if (is_open && !wants_clipboard (self))
    close_bridge (self);
  else if (!is_open && is_started)
    bridge = open_bridge (self, &error);
  if (error != NULL)
    GST_ELEMENT_WARNING (self, RESOURCE, OPEN_READ_WRITE,
                         ("%s", error->message), (NULL));
  g_mutex_lock (&self->lock);
  if (self->is_started && self->bridge == NULL)
    self->bridge = g_steal_pointer (&bridge);
  g_mutex_unlock (&self->lock);
  gst_spice_x_bridge_free (bridge);
}

/* Whether it was enabled before the start decides if a display is open yet. */
static void
apply_enabled (GstSpiceInject *self, gboolean enabled)
{
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&self->lock);
  if (!enabled && self->input != NULL)
    gst_spice_x_input_let_go (self->input);
  if (enabled && self->is_started && self->input == NULL)
    self->input = open_display (self, &error);
  g_mutex_unlock (&self->lock);
  if (error != NULL)
    GST_ELEMENT_WARNING (self, RESOURCE, OPEN_READ_WRITE,
                         ("%s", error->message), (NULL));
}

/* data */

static gboolean
gst_spice_inject_src_event (GstBaseTransform *trans, GstEvent *event)
{
  GstSpiceInject *self = GST_SPICE_INJECT (trans);
  bool is_played = false, is_gone = false;
  gboolean pass;

  if (is_enabled (self) && gst_spice_x_follow_take (&self->follow, event))
    return TRUE;
  if (GST_EVENT_TYPE (event) != GST_EVENT_NAVIGATION)
    return GST_BASE_TRANSFORM_CLASS (parent_class)->src_event (trans, event);
  g_mutex_lock (&self->lock);
  if (self->input != NULL && is_enabled (self)) {
    is_played = play (self, gst_event_get_structure (event));
    is_gone = drop_if_dead (self);
  }
  g_mutex_unlock (&self->lock);
  if (is_gone)
    warn_display_gone (self);
  GST_LOG_OBJECT (self, "%s %" GST_PTR_FORMAT,
                  is_played && !is_gone ? "played" : "passing", event);
  GST_OBJECT_LOCK (self);
  pass = self->pass_events;
  GST_OBJECT_UNLOCK (self);
  if (!is_played || is_gone)
    return GST_BASE_TRANSFORM_CLASS (parent_class)->src_event (trans, event);
  if (pass)
    GST_BASE_TRANSFORM_CLASS (parent_class)->src_event (trans, event);
  else
    gst_event_unref (event);
  return TRUE;
}

/* Each frame is the occasion to read from the display; the frame itself is
 * not touched, and never waits for an event that is being played. */
static GstFlowReturn
gst_spice_inject_transform_ip (GstBaseTransform *trans, GstBuffer *buffer)
{
  GstSpiceInject *self = GST_SPICE_INJECT (trans);
  bool is_gone = false;

  if (!g_mutex_trylock (&self->lock))
    return GST_FLOW_OK;
  if (self->input != NULL) {
    gst_spice_x_input_drain (self->input);
    is_gone = drop_if_dead (self);
  }
  g_mutex_unlock (&self->lock);
  if (is_gone)
    warn_display_gone (self);
  return GST_FLOW_OK;
}

/* object */

static void
gst_spice_inject_set_property (GObject *object, guint id, const GValue *value,
                               GParamSpec *pspec)
{
  GstSpiceInject *self = GST_SPICE_INJECT (object);

  if (gst_spice_x_place_set (&self->place, GST_OBJECT (self),
                             id - PROP_FIRST_PLACE, value))
    return;
  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_ENABLED:
    self->enabled = g_value_get_boolean (value);
    break;
  case PROP_PASS_EVENTS:
    self->pass_events = g_value_get_boolean (value);
    break;
  case PROP_CLIPBOARD:
    self->clipboard = g_value_get_boolean (value);
    break;
  case PROP_SERVER:
    g_set_object (&self->server, g_value_get_object (value));
    break;
  case PROP_SERVER_NAME:
    g_free (self->server_name);
    self->server_name = g_value_dup_string (value);
    break;
  case PROP_RESIZE_DISPLAY:
    gst_spice_x_follow_set (&self->follow, value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
  if (id == PROP_ENABLED)
    apply_enabled (self, g_value_get_boolean (value));
  if (id == PROP_CLIPBOARD)
    apply_clipboard (self);
}

static void
gst_spice_inject_get_property (GObject *object, guint id, GValue *value,
                               GParamSpec *pspec)
{
  GstSpiceInject *self = GST_SPICE_INJECT (object);

  if (gst_spice_x_place_get (&self->place, GST_OBJECT (self),
                             id - PROP_FIRST_PLACE, value))
    return;
  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_ENABLED:
    g_value_set_boolean (value, self->enabled);
    break;
  case PROP_PASS_EVENTS:
    g_value_set_boolean (value, self->pass_events);
    break;
  case PROP_CLIPBOARD:
    g_value_set_boolean (value, self->clipboard);
    break;
  case PROP_SERVER:
    g_value_set_object (value, self->server);
    break;
  case PROP_SERVER_NAME:
    g_value_set_string (value, self->server_name);
    break;
  case PROP_RESIZE_DISPLAY:
    gst_spice_x_follow_get (&self->follow, value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_spice_inject_finalize (GObject *object)
{
  GstSpiceInject *self = GST_SPICE_INJECT (object);

  gst_spice_x_place_clear (&self->place);
  g_free (self->server_name);
  g_clear_object (&self->server);
  gst_spice_x_follow_clear (&self->follow);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags always =
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  g_object_class_install_property (
      object_class, PROP_ENABLED,
      g_param_spec_boolean ("enabled", "Enabled",
                            "Play events; switching it off lets go of all "
                            "keys and buttons",
                            TRUE, always));
  g_object_class_install_property (
      object_class, PROP_PASS_EVENTS,
      g_param_spec_boolean ("pass-events", "Pass events",
                            "Send events upstream even when they were played",
                            FALSE, always));
  gst_spice_x_place_install (object_class, PROP_FIRST_PLACE);
}

static void
install_clipboard_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  g_object_class_install_property (
      object_class, PROP_CLIPBOARD,
      g_param_spec_boolean ("clipboard", "Clipboard",
                            "Join the display's selections with the viewers' "
                            "clipboard",
                            FALSE, flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (
      object_class, PROP_SERVER,
      g_param_spec_object ("server", "Server",
                           "The server of those viewers; none: the one of the "
                           "GstContext \"gst.spice.server\", or the one of "
                           "server-name",
                           GST_TYPE_SPICE_SERVER,
                           flags | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (
      object_class, PROP_SERVER_NAME,
      g_param_spec_string ("server-name", "Server name",
                           "The server of those viewers, by the name other "
                           "elements of the process share it by",
                           GST_SPICE_SERVER_DEFAULT_NAME,
                           flags | GST_PARAM_MUTABLE_READY));
}

static void
gst_spice_inject_class_init (GstSpiceInjectClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *trans_class = GST_BASE_TRANSFORM_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (spiceinject_debug, "spiceinject", 0,
                           "navigation events into an X display");
  object_class->set_property = gst_spice_inject_set_property;
  object_class->get_property = gst_spice_inject_get_property;
  object_class->finalize = gst_spice_inject_finalize;
  install_properties (object_class);
  install_clipboard_properties (object_class);
  gst_spice_x_follow_install (object_class, PROP_RESIZE_DISPLAY);
  trans_class->start = gst_spice_inject_start;
  trans_class->stop = gst_spice_inject_stop;
  trans_class->src_event = gst_spice_inject_src_event;
  trans_class->transform_ip = gst_spice_inject_transform_ip;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (
      element_class, "X input injector", "Filter/Effect/Video",
      "Passes video and plays navigation events into an X display (XTEST)",
      "The gst-spice authors");
}

static void
gst_spice_inject_init (GstSpiceInject *self)
{
  self->enabled = TRUE;
  self->server_name = g_strdup (GST_SPICE_SERVER_DEFAULT_NAME);
  gst_spice_x_follow_init (&self->follow, GST_ELEMENT (self));
  g_mutex_init (&self->lock);
  gst_base_transform_set_in_place (GST_BASE_TRANSFORM (self), TRUE);
  gst_base_transform_set_passthrough (GST_BASE_TRANSFORM (self), TRUE);
}

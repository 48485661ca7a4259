/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicenav.h"

#include "server-core/base/mailbox.h"
#include "server-core/inputs/scancodes.h"

#include <gst/video/video.h>

GST_DEBUG_CATEGORY_STATIC (nav_debug);
#define GST_CAT_DEFAULT nav_debug

#define NAVIGATION_NAME "application/x-gst-navigation"

struct _GstSpiceNav {
  /* set at construction */
  GstElement *element;
  GstPad *pad;
  SpcMailbox *queue; /* of Letter */
  /* under the lock */
  GMutex lock;
  GThread *thread;       /* or NULL */
  GstEvent *latest;      /* that waits, its letter with it; or NULL */
  gboolean reconfigures; /* after it */
  /* event thread only */
  GstSpiceNavState state;
};

typedef struct {
  SpcInputEvent event;
  GstEvent *other;    /* instead of it, or NULL */
  gboolean is_latest; /* nothing but the latest event */
  gboolean is_end;    /* of the thread */
} Letter;

/* clang-format off */
static const struct {
  uint16_t scancode;
  guint mask;
} modifier_keys[] = {
  { 0x02a, GST_NAVIGATION_MODIFIER_SHIFT_MASK },
  { 0x036, GST_NAVIGATION_MODIFIER_SHIFT_MASK },
  { 0x01d, GST_NAVIGATION_MODIFIER_CONTROL_MASK },
  { 0x11d, GST_NAVIGATION_MODIFIER_CONTROL_MASK },
  { 0x038, GST_NAVIGATION_MODIFIER_MOD1_MASK }, /* Alt */
  { 0x138, GST_NAVIGATION_MODIFIER_MOD5_MASK }, /* AltGr */
  { 0x15b, GST_NAVIGATION_MODIFIER_MOD4_MASK |
           GST_NAVIGATION_MODIFIER_SUPER_MASK },
  { 0x15c, GST_NAVIGATION_MODIFIER_MOD4_MASK |
           GST_NAVIGATION_MODIFIER_SUPER_MASK },
};

static const struct {
  guint button;
  guint mask;
} button_masks[] = {
  { 1, GST_NAVIGATION_MODIFIER_BUTTON1_MASK },
  { 2, GST_NAVIGATION_MODIFIER_BUTTON2_MASK },
  { 3, GST_NAVIGATION_MODIFIER_BUTTON3_MASK },
  { 8, GST_NAVIGATION_MODIFIER_BUTTON4_MASK }, /* "back" */
  { 9, GST_NAVIGATION_MODIFIER_BUTTON5_MASK }, /* "forward" */
};
/* clang-format on */

/* structures */

static GstStructure *
key_structure (const SpcInputEvent *event, guint modifiers)
{
  const char *name = spc_scancode_key_name (event->scancode);
  g_autofree char *number = NULL;

  if (!name)
    name = number = g_strdup_printf ("0x%x", event->scancode);
  return gst_structure_new (NAVIGATION_NAME, "event", G_TYPE_STRING,
                            event->pressed ? "key-press" : "key-release", "key",
                            G_TYPE_STRING, name, "scancode", G_TYPE_UINT,
                            (guint)event->scancode, "state",
                            GST_TYPE_NAVIGATION_MODIFIER_TYPE, modifiers, NULL);
}

static GstStructure *
pointer_structure (const char *name, guint modifiers, double x, double y)
{
  return gst_structure_new (NAVIGATION_NAME, "event", G_TYPE_STRING, name,
                            "pointer_x", G_TYPE_DOUBLE, x, "pointer_y",
                            G_TYPE_DOUBLE, y, "state",
                            GST_TYPE_NAVIGATION_MODIFIER_TYPE, modifiers, NULL);
}

static GstStructure *
motion_structure (const SpcInputEvent *event, guint modifiers)
{
  return gst_structure_new (NAVIGATION_NAME, "event", G_TYPE_STRING,
                            "mouse-move-relative", "delta_x", G_TYPE_DOUBLE,
                            (double)event->dx, "delta_y", G_TYPE_DOUBLE,
                            (double)event->dy, "state",
                            GST_TYPE_NAVIGATION_MODIFIER_TYPE, modifiers, NULL);
}

static GstStructure *
button_structure (const SpcInputEvent *event, guint modifiers, double x,
                  double y)
{
  GstStructure *structure = pointer_structure (
      event->pressed ? "mouse-button-press" : "mouse-button-release", modifiers,
      x, y);

  gst_structure_set (structure, "button", G_TYPE_INT, (int)event->button, NULL);
  return structure;
}

/* navigation counts upwards, a wheel downwards */
static GstStructure *
scroll_structure (const SpcInputEvent *event, guint modifiers, double x,
                  double y)
{
  GstStructure *structure = pointer_structure ("mouse-scroll", modifiers, x, y);

  gst_structure_set (structure, "delta_pointer_x", G_TYPE_DOUBLE, 0.0,
                     "delta_pointer_y", G_TYPE_DOUBLE, -(double)event->dy,
                     NULL);
  return structure;
}

GstStructure *
gst_spice_nav_structure (const SpcInputEvent *event, guint modifiers, double x,
                         double y)
{
  GstStructure *structure = NULL;

  switch (event->kind) {
  case SPC_INPUT_KEY:
    structure = key_structure (event, modifiers);
    break;
  case SPC_INPUT_POINTER_MOVE:
    structure = pointer_structure ("mouse-move", modifiers, x, y);
    break;
  case SPC_INPUT_POINTER_MOTION:
    structure = motion_structure (event, modifiers);
    break;
  case SPC_INPUT_BUTTON:
    structure = button_structure (event, modifiers, x, y);
    break;
  case SPC_INPUT_SCROLL:
    structure = scroll_structure (event, modifiers, x, y);
    break;
  case SPC_INPUT_LOCKS:
    return NULL;
  }
  if (structure)
    gst_structure_set (structure, "connection-id", G_TYPE_UINT,
                       (guint)event->client_id, NULL);
  return structure;
}

/* modifiers */

static guint
modifiers_of (const GstSpiceNavState *self, const SpcInputEvent *event)
{
  guint modifiers = self->locks;
  guint buttons = event->buttons;

  /* navigation tells what was held before the event */
  if (event->kind == SPC_INPUT_BUTTON && event->button >= 1 &&
      event->button <= 16)
    buttons ^= 1u << (event->button - 1);
  for (gsize i = 0; i < G_N_ELEMENTS (modifier_keys); i++)
    if (self->held & 1u << i)
      modifiers |= modifier_keys[i].mask;
  for (gsize i = 0; i < G_N_ELEMENTS (button_masks); i++)
    if (buttons & 1u << (button_masks[i].button - 1))
      modifiers |= button_masks[i].mask;
  return modifiers;
}

static void
track_key (GstSpiceNavState *self, const SpcInputEvent *event)
{
  for (gsize i = 0; i < G_N_ELEMENTS (modifier_keys); i++) {
    if (modifier_keys[i].scancode != event->scancode)
      continue;
    if (event->pressed)
      self->held |= 1u << i;
    else
      self->held &= ~(1u << i);
  }
}

static void
track_locks (GstSpiceNavState *self, const SpcInputEvent *event)
{
  self->locks = 0;
  if (event->locks & SPC_LOCK_CAPS)
    self->locks |= GST_NAVIGATION_MODIFIER_LOCK_MASK;
  if (event->locks & SPC_LOCK_NUM)
    self->locks |= GST_NAVIGATION_MODIFIER_MOD2_MASK;
}

GstStructure *
gst_spice_nav_state_tell (GstSpiceNavState *self, const SpcInputEvent *event)
{
  guint modifiers = modifiers_of (self, event);
  GstStructure *structure;

  if (event->kind == SPC_INPUT_POINTER_MOVE) {
    self->x = event->x;
    self->y = event->y;
  }
  structure = gst_spice_nav_structure (event, modifiers, self->x, self->y);
  if (event->kind == SPC_INPUT_KEY)
    track_key (self, event);
  if (event->kind == SPC_INPUT_LOCKS)
    track_locks (self, event);
  return structure;
}

/* event thread */

static gboolean
copy_field (GQuark field, const GValue *value, gpointer user_data)
{
  const char *name = g_quark_to_string (field);

  gst_structure_set_value (user_data,
                           g_str_equal (name, "event") ? "kind" : name, value);
  return TRUE;
}

/* The message of GstNavigation holds the event as an object, which tools print
 * as NULL: its fields are repeated beside it. */
static void
post_unhandled (GstSpiceNav *self, GstEvent *event)
{
  GstMessage *message =
      gst_navigation_message_new_event (GST_OBJECT (self->element), event);

  gst_structure_foreach (gst_event_get_structure (event), copy_field,
                         gst_message_writable_structure (message));
  gst_element_post_message (self->element, message);
}

static void
send (GstSpiceNav *self, GstStructure *structure)
{
  GstEvent *event = gst_event_new_navigation (structure);

  GST_LOG_OBJECT (self->element, "%" GST_PTR_FORMAT, structure);
  if (!gst_pad_push_event (self->pad, gst_event_ref (event)))
    post_unhandled (self, event);
  gst_event_unref (event);
}

/* scalers on the way rewrite the place of moves, not of scrolls: see to it that
 * what is scrolled lies under the pointer */
static void
send_move (GstSpiceNav *self, const SpcInputEvent *scroll)
{
  SpcInputEvent move = *scroll;

  move.kind = SPC_INPUT_POINTER_MOVE;
  move.x = (int32_t)self->state.x;
  move.y = (int32_t)self->state.y;
  send (self, gst_spice_nav_state_tell (&self->state, &move));
}

static void
handle (GstSpiceNav *self, const SpcInputEvent *event)
{
  GstStructure *structure;

  if (event->kind == SPC_INPUT_SCROLL)
    send_move (self, event);
  structure = gst_spice_nav_state_tell (&self->state, event);
  if (structure)
    send (self, structure);
}

static void
letter_free (gpointer data)
{
  Letter *letter = data;

  gst_clear_event (&letter->other);
  g_free (letter);
}

static void
send_latest (GstSpiceNav *self)
{
  GstEvent *event;
  gboolean reconfigures;

  g_mutex_lock (&self->lock);
  event = g_steal_pointer (&self->latest);
  reconfigures = self->reconfigures;
  g_mutex_unlock (&self->lock);
  if (!event)
    return;
  gst_pad_push_event (self->pad, event);
  if (reconfigures)
    gst_pad_push_event (self->pad, gst_event_new_reconfigure ());
}

static gpointer
run (gpointer data)
{
  GstSpiceNav *self = data;
  Letter *letter;

  while ((letter = spc_mailbox_pop (self->queue, -1)) && !letter->is_end) {
    if (letter->other)
      gst_pad_push_event (self->pad, g_steal_pointer (&letter->other));
    else if (!letter->is_latest)
      handle (self, &letter->event);
    /* whose own letter may have been lost among too many */
    send_latest (self);
    letter_free (letter);
  }
  letter_free (letter);
  return NULL;
}

/* one display */

static bool
is_input (const Letter *letter)
{
  return !letter->is_end && !letter->other && !letter->is_latest;
}

static bool
merge_inputs (SpcInputEvent *newest, const SpcInputEvent *event)
{
  if (newest->kind != event->kind || newest->client_id != event->client_id ||
      newest->buttons != event->buttons)
    return false;
  if (event->kind == SPC_INPUT_POINTER_MOVE) {
    *newest = *event;
    return true;
  }
  if (event->kind == SPC_INPUT_POINTER_MOTION) {
    newest->dx =
        (int32_t)CLAMP ((gint64)newest->dx + event->dx, G_MININT32, G_MAXINT32);
    newest->dy =
        (int32_t)CLAMP ((gint64)newest->dy + event->dy, G_MININT32, G_MAXINT32);
    newest->time_us = event->time_us;
    return true;
  }
  return false;
}

static bool
merge (gpointer newest_letter, gpointer letter)
{
  if (!is_input (newest_letter) || !is_input (letter))
    return false;
  return merge_inputs (&((Letter *)newest_letter)->event,
                       &((Letter *)letter)->event);
}

GstSpiceNav *
gst_spice_nav_new (GstElement *element, GstPad *pad)
{
  static gsize once = 0;
  GstSpiceNav *self = g_new0 (GstSpiceNav, 1);

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (nav_debug, "spicenav", 0, "SPICE navigation");
    g_once_init_leave (&once, 1);
  }
  self->element = gst_object_ref (element);
  self->pad = gst_object_ref (pad);
  self->queue = spc_mailbox_new (SPC_MAX_INPUT_EVENTS, letter_free, merge);
  g_mutex_init (&self->lock);
  return self;
}

void
gst_spice_nav_free (GstSpiceNav *self)
{
  if (!self)
    return;
  if (self->thread) {
    Letter *end = g_new0 (Letter, 1);

    end->is_end = TRUE;
    spc_mailbox_clear (self->queue);
    spc_mailbox_push (self->queue, end);
    g_thread_join (self->thread);
  }
  spc_mailbox_unref (self->queue);
  gst_clear_event (&self->latest);
  g_mutex_clear (&self->lock);
  gst_object_unref (self->pad);
  gst_object_unref (self->element);
  g_free (self);
}

/* takes @letter */
static void
push_letter (GstSpiceNav *self, Letter *letter)
{
  if (spc_mailbox_push (self->queue, letter) > 0)
    GST_WARNING_OBJECT (self->element,
                        "upstream takes input too slowly: some was lost");
  g_mutex_lock (&self->lock);
  if (!self->thread)
    self->thread = g_thread_new ("spice-up", run, self);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_nav_push (GstSpiceNav *self, const SpcInputEvent *event)
{
  Letter *letter = g_new0 (Letter, 1);

  letter->event = *event;
  push_letter (self, letter);
}

void
gst_spice_nav_push_upstream (GstSpiceNav *self, GstEvent *event)
{
  Letter *letter = g_new0 (Letter, 1);

  letter->other = event;
  push_letter (self, letter);
}

void
gst_spice_nav_push_latest (GstSpiceNav *self, GstEvent *event,
                           gboolean reconfigures)
{
  GstEvent *old;

  g_mutex_lock (&self->lock);
  old = self->latest;
  self->latest = event;
  self->reconfigures = reconfigures;
  g_mutex_unlock (&self->lock);
  if (old) {
    gst_event_unref (old);
  } else {
    Letter *letter = g_new0 (Letter, 1);

    letter->is_latest = TRUE;
    push_letter (self, letter);
  }
}

/* all displays */

void
gst_spice_nav_table_init (GstSpiceNavTable *self)
{
  *self = (GstSpiceNavTable){0};
  g_mutex_init (&self->lock);
}

void
gst_spice_nav_table_clear (GstSpiceNavTable *self)
{
  g_mutex_clear (&self->lock);
}

void
gst_spice_nav_table_set (GstSpiceNavTable *self, guint display_id,
                         GstSpiceNav *nav)
{
  g_return_if_fail (display_id < SPC_MAX_DISPLAYS);
  g_mutex_lock (&self->lock);
  self->navs[display_id] = nav;
  g_mutex_unlock (&self->lock);
}

static GstSpiceNav *
find_nav (GstSpiceNavTable *self, guint wanted)
{
  if (wanted < SPC_MAX_DISPLAYS && self->navs[wanted])
    return self->navs[wanted];
  for (guint i = 0; i < SPC_MAX_DISPLAYS; i++)
    if (self->navs[i])
      return self->navs[i];
  return NULL;
}

gboolean
gst_spice_nav_table_route (GstSpiceNavTable *self, const SpcInputEvent *event)
{
  GstSpiceNav *nav;

  g_mutex_lock (&self->lock);
  if (event->kind == SPC_INPUT_POINTER_MOVE)
    self->pointer_display = event->display_id;
  nav = find_nav (self, self->pointer_display);
  if (nav)
    gst_spice_nav_push (nav, event);
  g_mutex_unlock (&self->lock);
  return nav != NULL;
}

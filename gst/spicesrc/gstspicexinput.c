/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XCB and not Xlib: Xlib ends the process when a connection breaks. */
#include "gst/spicesrc/gstspicexinput.h"

#include <gio/gio.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>
#include <xcb/xcbext.h>
#include <xcb/xtest.h>
#include <xkbcommon/xkbcommon.h>

#include "gst/spicesrc/gstspicexkeymap.h"

/* XTEST as of X11R6.3; relative motion has been there since the first one */
#define XTEST_MAJOR 2
#define XTEST_MINOR 2
/* More notches than this in one event is noise, not a hand. */
#define MAX_NOTCHES 10
#define MAX_BUTTON 32
/* How long a display that does not answer may hold up a stop. */
#define PLAYED_TIMEOUT_MS 1000

enum { SCROLL_UP = 4, SCROLL_DOWN = 5, SCROLL_LEFT = 6, SCROLL_RIGHT = 7 };

struct _GstSpiceXInput {
  xcb_connection_t *xcb;
  xcb_window_t root;
  GstSpiceXKeymap keymap;
  bool keymap_is_stale; /* the display told of a new one */
  bool keys_down[GST_SPICE_X_MAX_KEYCODES];
  bool buttons_down[MAX_BUTTON];
  double rest_x, rest_y;             /* of relative moves, below a pixel */
  double notch_rest_x, notch_rest_y; /* of scrolling, below a notch */
};

/* libxcb writes without MSG_NOSIGNAL. It notices most displays that went away
 * before it writes; one that goes just then would raise SIGPIPE, whose default
 * is to end the process. */
typedef struct {
  sigset_t before;
  bool was_pending;
} PipeGuard;

static void
pipe_signal_set (sigset_t *set)
{
  sigemptyset (set);
  sigaddset (set, SIGPIPE);
}

static void
pipe_guard_begin (PipeGuard *guard)
{
  sigset_t pipe, pending;

  pipe_signal_set (&pipe);
  sigpending (&pending);
  guard->was_pending = sigismember (&pending, SIGPIPE) == 1;
  pthread_sigmask (SIG_BLOCK, &pipe, &guard->before);
}

static void
pipe_guard_end (PipeGuard *guard)
{
  const struct timespec now = {0, 0};
  sigset_t pipe, pending;

  pipe_signal_set (&pipe);
  sigpending (&pending);
  if (!guard->was_pending && sigismember (&pending, SIGPIPE) == 1)
    sigtimedwait (&pipe, NULL, &now);
  pthread_sigmask (SIG_SETMASK, &guard->before, NULL);
}

static void
flush (GstSpiceXInput *self)
{
  PipeGuard guard;

  pipe_guard_begin (&guard);
  xcb_flush (self->xcb);
  pipe_guard_end (&guard);
}

/* A display forgets what it has not read when a connection closes; keys would
 * stay down. Bounded, so that a display that hangs does not hang us. */
static void
wait_until_played (GstSpiceXInput *self)
{
  GPollFD fd = {.fd = xcb_get_file_descriptor (self->xcb), .events = G_IO_IN};
  unsigned int sequence = xcb_get_input_focus (self->xcb).sequence;
  xcb_generic_error_t *failed = NULL;
  void *reply = NULL;

  flush (self);
  while (!xcb_poll_for_reply (self->xcb, sequence, &reply, &failed))
    if (g_poll (&fd, 1, PLAYED_TIMEOUT_MS) <= 0)
      break;
  free (reply);
  free (failed);
}

static bool
has_xtest (GstSpiceXInput *self)
{
  xcb_test_get_version_reply_t *reply;
  bool found;
  PipeGuard guard;

  pipe_guard_begin (&guard);
  reply = xcb_test_get_version_reply (
      self->xcb, xcb_test_get_version (self->xcb, XTEST_MAJOR, XTEST_MINOR),
      NULL);
  pipe_guard_end (&guard);
  found = reply != NULL;
  free (reply);
  return found;
}

static void
read_keymap (GstSpiceXInput *self)
{
  const xcb_setup_t *setup = xcb_get_setup (self->xcb);
  uint8_t first = setup->min_keycode;
  PipeGuard guard;
  xcb_get_keyboard_mapping_reply_t *reply;

  self->keymap_is_stale = false;
  pipe_guard_begin (&guard);
  reply = xcb_get_keyboard_mapping_reply (
      self->xcb,
      xcb_get_keyboard_mapping (self->xcb, first,
                                setup->max_keycode - first + 1),
      NULL);
  pipe_guard_end (&guard);
  if (reply == NULL)
    return;
  gst_spice_x_keymap_set (&self->keymap, first, reply->keysyms_per_keycode,
                          xcb_get_keyboard_mapping_keysyms (reply),
                          xcb_get_keyboard_mapping_keysyms_length (reply));
  free (reply);
}

static void
fake (GstSpiceXInput *self, uint8_t type, uint8_t detail, int x, int y)
{
  xcb_test_fake_input (self->xcb, type, detail, XCB_CURRENT_TIME, self->root,
                       CLAMP (x, G_MININT16, G_MAXINT16),
                       CLAMP (y, G_MININT16, G_MAXINT16), 0);
}

static void
fake_key (GstSpiceXInput *self, uint8_t keycode, bool pressed)
{
  fake (self, pressed ? XCB_KEY_PRESS : XCB_KEY_RELEASE, keycode, 0, 0);
  self->keys_down[keycode] = pressed;
}

static void
fake_button (GstSpiceXInput *self, int button, bool pressed)
{
  fake (self, pressed ? XCB_BUTTON_PRESS : XCB_BUTTON_RELEASE, button, 0, 0);
  self->buttons_down[button] = pressed;
}

/* Keycode of the Shift to borrow, or 0 when one is down already. */
static uint8_t
shift_to_borrow (GstSpiceXInput *self)
{
  uint8_t left =
      gst_spice_x_keymap_from_keysym (&self->keymap, XKB_KEY_Shift_L, 0);
  uint8_t right =
      gst_spice_x_keymap_from_keysym (&self->keymap, XKB_KEY_Shift_R, 0);

  return self->keys_down[left] || self->keys_down[right] ? 0 : left;
}

static uint8_t
find_key (GstSpiceXInput *self, uint32_t scancode, const char *name,
          bool *needs_shift)
{
  uint8_t keycode = 0;

  *needs_shift = false;
  if (scancode != 0)
    keycode = gst_spice_x_keymap_from_scancode (&self->keymap, scancode);
  if (keycode == 0 && name != NULL)
    keycode = gst_spice_x_keymap_from_name (&self->keymap, name, needs_shift);
  return keycode;
}

/* Whole part of what has added up; the rest stays. */
static int
take_whole (double *rest, double delta, int limit)
{
  double sum = *rest + delta;

  if (!isfinite (sum))
    return 0;
  *rest = fmod (sum, 1.0);
  return (int)CLAMP (trunc (sum), -limit, limit);
}

static void
click (GstSpiceXInput *self, int button, int times)
{
  for (int i = 0; i < times; i++) {
    fake_button (self, button, true);
    fake_button (self, button, false);
  }
}

GstSpiceXInput *
gst_spice_x_input_new (const char *display, GError **error)
{
  g_autoptr (GstSpiceXInput) self = g_new0 (GstSpiceXInput, 1);
  const char *shown = display ? display : g_getenv ("DISPLAY");
  int screen = 0;
  xcb_screen_iterator_t screens;

  gst_spice_x_keymap_init (&self->keymap);
  self->xcb = xcb_connect (display, &screen);
  if (xcb_connection_has_error (self->xcb)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED,
                 "cannot connect to X display \"%s\" (xcb error %d)",
                 shown ? shown : "", xcb_connection_has_error (self->xcb));
    return NULL;
  }
  screens = xcb_setup_roots_iterator (xcb_get_setup (self->xcb));
  for (; screen > 0 && screens.rem > 1; screen--)
    xcb_screen_next (&screens);
  self->root = screens.data->root;
  if (!has_xtest (self)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 "X display \"%s\" lacks the XTEST extension",
                 shown ? shown : "");
    return NULL;
  }
  read_keymap (self);
  return g_steal_pointer (&self);
}

void
gst_spice_x_input_free (GstSpiceXInput *self)
{
  if (self == NULL)
    return;
  if (gst_spice_x_input_is_alive (self)) {
    gst_spice_x_input_let_go (self);
    wait_until_played (self);
  }
  xcb_disconnect (self->xcb);
  gst_spice_x_keymap_clear (&self->keymap);
  g_free (self);
}

bool
gst_spice_x_input_is_alive (GstSpiceXInput *self)
{
  return !xcb_connection_has_error (self->xcb);
}

bool
gst_spice_x_input_key (GstSpiceXInput *self, uint32_t scancode,
                       const char *name, bool pressed)
{
  bool needs_shift;
  uint8_t keycode, shift = 0;

  gst_spice_x_input_drain (self);
  if (self->keymap_is_stale)
    read_keymap (self);
  keycode = find_key (self, scancode, name, &needs_shift);
  if (keycode == 0)
    return false;
  if (self->keys_down[keycode] == pressed)
    return true;
  if (pressed && needs_shift)
    shift = shift_to_borrow (self);
  if (shift != 0)
    fake_key (self, shift, true);
  fake_key (self, keycode, pressed);
  if (shift != 0)
    fake_key (self, shift, false);
  flush (self);
  return true;
}

bool
gst_spice_x_input_button (GstSpiceXInput *self, int button, bool pressed)
{
  if (button < 1 || button >= MAX_BUTTON)
    return false;
  if (self->buttons_down[button] == pressed)
    return true;
  fake_button (self, button, pressed);
  flush (self);
  return true;
}

void
gst_spice_x_input_move_to (GstSpiceXInput *self, double x, double y)
{
  if (!isfinite (x) || !isfinite (y))
    return;
  fake (self, XCB_MOTION_NOTIFY, false, (int)CLAMP (x, 0, G_MAXINT16),
        (int)CLAMP (y, 0, G_MAXINT16));
  flush (self);
}

void
gst_spice_x_input_move_by (GstSpiceXInput *self, double dx, double dy)
{
  int x = take_whole (&self->rest_x, dx, G_MAXINT16);
  int y = take_whole (&self->rest_y, dy, G_MAXINT16);

  if (x == 0 && y == 0)
    return;
  fake (self, XCB_MOTION_NOTIFY, true, x, y);
  flush (self);
}

void
gst_spice_x_input_scroll (GstSpiceXInput *self, double dx, double dy)
{
  int x = take_whole (&self->notch_rest_x, dx, MAX_NOTCHES);
  int y = take_whole (&self->notch_rest_y, dy, MAX_NOTCHES);

  click (self, y > 0 ? SCROLL_UP : SCROLL_DOWN, ABS (y));
  click (self, x > 0 ? SCROLL_LEFT : SCROLL_RIGHT, ABS (x));
  flush (self);
}

void
gst_spice_x_input_drain (GstSpiceXInput *self)
{
  xcb_generic_event_t *event;

  while ((event = xcb_poll_for_event (self->xcb)) != NULL) {
    if ((event->response_type & 0x7f) == XCB_MAPPING_NOTIFY)
      self->keymap_is_stale = true;
    free (event);
  }
}

void
gst_spice_x_input_let_go (GstSpiceXInput *self)
{
  for (int button = 1; button < MAX_BUTTON; button++)
    if (self->buttons_down[button])
      fake_button (self, button, false);
  for (guint keycode = 0; keycode < GST_SPICE_X_MAX_KEYCODES; keycode++)
    if (self->keys_down[keycode])
      fake_key (self, keycode, false);
  flush (self);
}

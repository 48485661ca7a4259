/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starts an X server, covers its screen with a window and looks at what
 * reaches that window when navigation events go upstream. */
#include "gst/spicesrc/gstspiceinject.h"

#include <gst/check/gstharness.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>

#include "gst/spicesrc/gstspicex-fixture.h"

#define DEADLINE_MS 10000
#define CAPS "video/x-raw,format=BGRx,width=640,height=480,framerate=25/1"
#define NAVIGATION "application/x-gst-navigation"

typedef struct {
  GstSpiceXServer server;
  xcb_connection_t *xcb;
  xcb_window_t window;
} Display;

typedef struct {
  GstHarness *harness;
  GstBus *bus;
} Fixture;

static Display shared;

/* display */

static void
sync_with (Display *display)
{
  free (xcb_get_input_focus_reply (display->xcb,
                                   xcb_get_input_focus (display->xcb), NULL));
}

static void
cover_screen (Display *display)
{
  xcb_screen_t *screen;
  const uint32_t values[] = {
      true, /* override redirect */
      XCB_EVENT_MASK_KEY_PRESS | XCB_EVENT_MASK_KEY_RELEASE |
          XCB_EVENT_MASK_BUTTON_PRESS | XCB_EVENT_MASK_BUTTON_RELEASE |
          XCB_EVENT_MASK_POINTER_MOTION,
  };

  display->xcb = xcb_connect (display->server.name, NULL);
  g_assert_cmpint (xcb_connection_has_error (display->xcb), ==, 0);
  screen = xcb_setup_roots_iterator (xcb_get_setup (display->xcb)).data;
  display->window = xcb_generate_id (display->xcb);
  xcb_create_window (display->xcb, XCB_COPY_FROM_PARENT, display->window,
                     screen->root, 0, 0, 640, 480, 0,
                     XCB_WINDOW_CLASS_INPUT_OUTPUT, screen->root_visual,
                     XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values);
  xcb_map_window (display->xcb, display->window);
  xcb_set_input_focus (display->xcb, XCB_INPUT_FOCUS_NONE, display->window,
                       XCB_CURRENT_TIME);
  sync_with (display);
}

static bool
wait_readable (int fd, gint64 deadline_us)
{
  gint64 left_ms = (deadline_us - g_get_monotonic_time ()) / 1000;
  GPollFD poll_fd = {.fd = fd, .events = G_IO_IN};

  return left_ms > 0 && g_poll (&poll_fd, 1, left_ms) > 0;
}

/* The next key, button or motion event, as "type detail" or "motion x,y". */
static char *
next_input (Display *display)
{
  static const char *const names[] = {
      [XCB_KEY_PRESS] = "key-down",
      [XCB_KEY_RELEASE] = "key-up",
      [XCB_BUTTON_PRESS] = "button-down",
      [XCB_BUTTON_RELEASE] = "button-up",
  };
  const gint64 deadline = g_get_monotonic_time () + DEADLINE_MS * 1000;
  int fd = xcb_get_file_descriptor (display->xcb);
  xcb_generic_event_t *event;
  char *text = NULL;

  while (text == NULL) {
    event = xcb_poll_for_event (display->xcb);
    if (event == NULL) {
      g_assert_true (wait_readable (fd, deadline));
      continue;
    }
    if (event->response_type == XCB_MOTION_NOTIFY) {
      xcb_motion_notify_event_t *motion = (xcb_motion_notify_event_t *)event;
      text = g_strdup_printf ("motion %d,%d", motion->root_x, motion->root_y);
    } else if (event->response_type < G_N_ELEMENTS (names) &&
               names[event->response_type] != NULL) {
      text = g_strdup_printf ("%s %d", names[event->response_type],
                              ((xcb_key_press_event_t *)event)->detail);
    }
    free (event);
  }
  return text;
}

#define expect_input(...)                                                      \
  G_STMT_START                                                                 \
  {                                                                            \
    static const char *const expected_[] = {__VA_ARGS__};                      \
    for (gsize i_ = 0; i_ < G_N_ELEMENTS (expected_); i_++) {                  \
      g_autofree char *got_ = next_input (&shared);                            \
      g_assert_cmpstr (got_, ==, expected_[i_]);                               \
    }                                                                          \
  }                                                                            \
  G_STMT_END

/* element */

static void
set_up_on (Fixture *f, const char *display)
{
  GstElement *element = gst_element_factory_make ("spiceinject", NULL);

  g_object_set (element, "display-name", display, NULL);
  f->bus = gst_bus_new ();
  gst_element_set_bus (element, f->bus);
  f->harness = gst_harness_new_with_element (element, "sink", "src");
  gst_object_unref (element);
  gst_harness_set_src_caps_str (f->harness, CAPS);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  set_up_on (f, shared.server.name);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  xcb_generic_event_t *event;

  gst_element_set_bus (f->harness->element, NULL);
  gst_harness_teardown (f->harness);
  gst_object_unref (f->bus);
  sync_with (&shared);
  while ((event = xcb_poll_for_event (shared.xcb)) != NULL)
    free (event);
}

static gboolean
navigate (Fixture *f, const char *fields)
{
  g_autofree char *text = g_strconcat (NAVIGATION ",", fields, NULL);
  GstStructure *structure = gst_structure_from_string (text, NULL);

  g_assert_nonnull (structure);
  return gst_harness_push_upstream_event (f->harness,
                                          gst_event_new_navigation (structure));
}

static GstMessage *
pop_message (Fixture *f, GstMessageType type)
{
  return gst_bus_pop_filtered (f->bus, type);
}

/* Navigation events that came out upstream (others are ignored). */
static guint
count_passed (Fixture *f)
{
  GstEvent *event;
  guint count = 0;

  while ((event = gst_harness_try_pull_upstream_event (f->harness)) != NULL) {
    count += GST_EVENT_TYPE (event) == GST_EVENT_NAVIGATION;
    gst_event_unref (event);
  }
  return count;
}

/* tests */

static void
test_scancode (Fixture *f, gconstpointer data)
{
  g_assert_true (navigate (f, "event=key-press,key=z,scancode=(uint)0x1e"));
  g_assert_true (navigate (f, "event=key-release,key=z,scancode=(uint)0x1e"));
  g_assert_true (navigate (f, "event=key-press,key=Up,scancode=(uint)0x148"));
  g_assert_true (navigate (f, "event=key-release,key=Up,scancode=(uint)0x148"));
  expect_input ("key-down 38", "key-up 38", "key-down 111", "key-up 111");
}

static void
test_name (Fixture *f, gconstpointer data)
{
  navigate (f, "event=key-press,key=a");
  navigate (f, "event=key-release,key=a");
  navigate (f, "event=key-press,key=Return,scancode=(uint)0x7f");
  navigate (f, "event=key-release,key=Return,scancode=(uint)0x7f");
  expect_input ("key-down 38", "key-up 38", "key-down 36", "key-up 36");
}

static void
test_shift (Fixture *f, gconstpointer data)
{
  navigate (f, "event=key-press,key=A");
  navigate (f, "event=key-release,key=A");
  expect_input ("key-down 50", "key-down 38", "key-up 50", "key-up 38");
  navigate (f, "event=key-press,key=Shift_R");
  navigate (f, "event=key-press,key=A");
  expect_input ("key-down 62", "key-down 38");
}

static void
test_repeat (Fixture *f, gconstpointer data)
{
  navigate (f, "event=key-press,key=a");
  g_assert_true (navigate (f, "event=key-press,key=a"));
  navigate (f, "event=key-release,key=a");
  g_assert_true (navigate (f, "event=key-release,key=a"));
  navigate (f, "event=key-press,key=b");
  expect_input ("key-down 38", "key-up 38", "key-down 56");
}

static void
test_remapped (Fixture *f, gconstpointer data)
{
  const uint32_t f35 = 0xffe0, none = 0;

  navigate (f, "event=key-press,key=F35");
  g_assert_cmpuint (count_passed (f), ==, 1);
  xcb_change_keyboard_mapping (shared.xcb, 1, 200, 1, &f35);
  sync_with (&shared);
  navigate (f, "event=key-press,key=F35");
  navigate (f, "event=key-release,key=F35");
  expect_input ("key-down 200", "key-up 200");
  xcb_change_keyboard_mapping (shared.xcb, 1, 200, 1, &none);
  sync_with (&shared);
}

static void
test_motion (Fixture *f, gconstpointer data)
{
  navigate (f, "event=mouse-move,pointer_x=12.7,pointer_y=34.2");
  g_object_set (f->harness->element, "x-offset", 100, "y-offset", 200, NULL);
  navigate (f, "event=mouse-move,pointer_x=1.0,pointer_y=2.0");
  navigate (f, "event=mouse-move,pointer_x=1e9,pointer_y=-1e9");
  expect_input ("motion 12,34", "motion 101,202", "motion 639,0");
}

static void
test_relative_motion (Fixture *f, gconstpointer data)
{
  navigate (f, "event=mouse-move,pointer_x=100.0,pointer_y=100.0");
  navigate (f, "event=mouse-move-relative,delta_x=7.0,delta_y=-3.0");
  navigate (f, "event=mouse-move-relative,delta_x=0.5,delta_y=0.5");
  navigate (f, "event=mouse-move-relative,delta_x=0.5,delta_y=0.0");
  navigate (f, "event=mouse-move-relative,delta_x=-1e300,delta_y=0.0");
  expect_input ("motion 100,100", "motion 107,97", "motion 108,97",
                "motion 0,97");
}

static void
test_buttons (Fixture *f, gconstpointer data)
{
  static const int buttons[] = {1, 2, 3, 8, 9};

  navigate (f, "event=mouse-move,pointer_x=5.0,pointer_y=6.0");
  expect_input ("motion 5,6");
  for (gsize i = 0; i < G_N_ELEMENTS (buttons); i++) {
    g_autofree char *down =
        g_strdup_printf ("event=mouse-button-press,button=%d", buttons[i]);
    g_autofree char *up =
        g_strdup_printf ("event=mouse-button-release,button=%d", buttons[i]);
    g_autofree char *want_down = g_strdup_printf ("button-down %d", buttons[i]);
    g_autofree char *want_up = g_strdup_printf ("button-up %d", buttons[i]);
    g_autofree char *got_down = NULL, *got_up = NULL;

    g_assert_true (navigate (f, down));
    g_assert_true (navigate (f, up));
    got_down = next_input (&shared);
    got_up = next_input (&shared);
    g_assert_cmpstr (got_down, ==, want_down);
    g_assert_cmpstr (got_up, ==, want_up);
  }
}

static void
test_button_place (Fixture *f, gconstpointer data)
{
  navigate (f,
            "event=mouse-button-press,button=1,pointer_x=50.0,pointer_y=60.0");
  navigate (f, "event=mouse-move-relative,delta_x=1.0,delta_y=1.0");
  navigate (f,
            "event=mouse-button-release,button=1,pointer_x=9.0,pointer_y=9.0");
  expect_input ("motion 50,60", "button-down 1", "motion 51,61", "button-up 1");
}

#define SCROLL "event=mouse-scroll,pointer_x=0.0,pointer_y=0.0,"

static void
test_scroll (Fixture *f, gconstpointer data)
{
  navigate (f, SCROLL "delta_pointer_x=0.0,delta_pointer_y=1.0");
  navigate (f, SCROLL "delta_pointer_x=0.0,delta_pointer_y=-1.0");
  navigate (f, SCROLL "delta_pointer_x=1.0,delta_pointer_y=0.0");
  navigate (f, SCROLL "delta_pointer_x=-1.0,delta_pointer_y=0.0");
  expect_input ("button-down 4", "button-up 4", "button-down 5", "button-up 5",
                "button-down 6", "button-up 6", "button-down 7", "button-up 7");
  navigate (f, SCROLL "delta_pointer_x=0.0,delta_pointer_y=0.5");
  navigate (f, SCROLL "delta_pointer_x=0.0,delta_pointer_y=1.5");
  expect_input ("button-down 4", "button-up 4", "button-down 4", "button-up 4");
}

static void
test_scroll_bound (Fixture *f, gconstpointer data)
{
  navigate (f, SCROLL "delta_pointer_x=0.0,delta_pointer_y=1e12");
  for (int i = 0; i < 10; i++)
    expect_input ("button-down 4", "button-up 4");
  navigate (f, "event=key-press,key=a");
  expect_input ("key-down 38");
}

static void
hold_two (Fixture *f)
{
  navigate (f, "event=key-press,key=a");
  navigate (f, "event=mouse-button-press,button=3");
  expect_input ("key-down 38", "button-down 3");
}

static void
test_stop (Fixture *f, gconstpointer data)
{
  hold_two (f);
  gst_element_set_state (f->harness->element, GST_STATE_READY);
  expect_input ("button-up 3", "key-up 38");
}

static void
test_disable (Fixture *f, gconstpointer data)
{
  hold_two (f);
  g_object_set (f->harness->element, "enabled", FALSE, NULL);
  expect_input ("button-up 3", "key-up 38");
  navigate (f, "event=key-press,key=a");
  g_assert_cmpuint (count_passed (f), ==, 1);
  g_object_set (f->harness->element, "enabled", TRUE, NULL);
  navigate (f, "event=key-press,key=b");
  expect_input ("key-down 56");
  g_assert_cmpuint (count_passed (f), ==, 0);
}

static void
test_pass_events (Fixture *f, gconstpointer data)
{
  navigate (f, "event=key-press,key=a");
  g_assert_cmpuint (count_passed (f), ==, 0);
  g_object_set (f->harness->element, "pass-events", TRUE, NULL);
  g_assert_true (navigate (f, "event=key-release,key=a"));
  g_assert_cmpuint (count_passed (f), ==, 1);
  expect_input ("key-down 38", "key-up 38");
}

static void
test_unknown (Fixture *f, gconstpointer data)
{
  static const char *const unknown[] = {
      "event=touch-frame",
      "event=whatever",
      "no-event=1",
      "event=key-press",
      "event=key-press,key=NoSuchKey",
      "event=key-press,key=1,scancode=(int)30,event=17",
      "event=mouse-move",
      "event=mouse-move,pointer_x=3,pointer_y=(string)x",
      "event=mouse-move-relative,delta_x=1.0",
      "event=mouse-button-press",
      "event=mouse-button-press,button=0",
      "event=mouse-button-press,button=-1",
      "event=mouse-button-press,button=100",
      "event=mouse-scroll,delta_pointer_x=1.0",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (unknown); i++) {
    g_test_message ("%s", unknown[i]);
    navigate (f, unknown[i]);
    g_assert_cmpuint (count_passed (f), ==, 1);
  }
}

static void
test_video (Fixture *f, gconstpointer data)
{
  GstBuffer *in = gst_harness_create_buffer (f->harness, 640 * 480 * 4);
  GstBuffer *out = gst_harness_push_and_pull (f->harness, gst_buffer_ref (in));

  g_assert_true (out == in);
  gst_buffer_unref (in);
  gst_buffer_unref (out);
}

static void
test_no_display (void)
{
  GstElement *element = gst_element_factory_make ("spiceinject", NULL);
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_bus (element, bus);
  g_object_set (element, "display-name", ":54321", NULL);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==,
                   GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, GST_RESOURCE_ERROR,
                  GST_RESOURCE_ERROR_OPEN_READ_WRITE);
  g_assert_nonnull (strstr (error->message, ":54321"));
  gst_element_set_bus (element, NULL);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (element);
}

static void
test_late_display (void)
{
  Fixture f;
  GstMessage *message;

  set_up_on (&f, shared.server.name);
  gst_element_set_state (f.harness->element, GST_STATE_NULL);
  g_object_set (f.harness->element, "enabled", FALSE, "display-name", ":54321",
                NULL);
  g_assert_cmpint (gst_element_set_state (f.harness->element, GST_STATE_PAUSED),
                   ==, GST_STATE_CHANGE_SUCCESS);
  g_object_set (f.harness->element, "enabled", TRUE, NULL);
  message = pop_message (&f, GST_MESSAGE_WARNING);
  g_assert_nonnull (message);
  gst_message_unref (message);
  g_object_set (f.harness->element, "display-name", shared.server.name, NULL);
  g_object_set (f.harness->element, "enabled", TRUE, NULL);
  navigate (&f, "event=key-press,key=a");
  expect_input ("key-down 38");
  tear_down (&f, NULL);
}

/* With SIGPIPE at its default, which ends the process: that is how an
 * application runs that never thought of it. */
static void
test_vanished (void)
{
  Display display = {0};
  Fixture f;
  GstMessage *message;

  signal (SIGPIPE, SIG_DFL);
  gst_spice_x_server_start (&display.server);
  set_up_on (&f, display.server.name);
  g_assert_true (navigate (&f, "event=key-press,key=a"));
  gst_spice_x_server_stop (&display.server);
  for (int i = 0; i < 100 && count_passed (&f) == 0; i++)
    navigate (&f, "event=mouse-move,pointer_x=1.0,pointer_y=1.0");
  navigate (&f, "event=mouse-move,pointer_x=1.0,pointer_y=1.0");
  g_assert_cmpuint (count_passed (&f), ==, 1);
  message = pop_message (&f, GST_MESSAGE_WARNING);
  g_assert_nonnull (message);
  gst_message_unref (message);
  g_assert_null (pop_message (&f, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR));
  test_video (&f, NULL);
  tear_down (&f, NULL);
}

static void
test_vanished_while_quiet (void)
{
  Display display = {0};
  Fixture f;
  GstMessage *message;

  gst_spice_x_server_start (&display.server);
  set_up_on (&f, display.server.name);
  gst_spice_x_server_stop (&display.server);
  test_video (&f, NULL);
  message = pop_message (&f, GST_MESSAGE_WARNING);
  g_assert_nonnull (message);
  gst_message_unref (message);
  tear_down (&f, NULL);
}

static void
test_many_starts (void)
{
  GstElement *element = gst_element_factory_make ("spiceinject", NULL);

  g_object_set (element, "display-name", shared.server.name, NULL);
  for (int i = 0; i < 300; i++) {
    g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==,
                     GST_STATE_CHANGE_SUCCESS);
    g_assert_cmpint (gst_element_set_state (element, GST_STATE_NULL), ==,
                     GST_STATE_CHANGE_SUCCESS);
  }
  gst_object_unref (element);
}

static gboolean
wish (GstHarness *harness, guint width, guint height)
{
  return gst_harness_push_upstream_event (
      harness, gst_event_new_custom (
                   GST_EVENT_CUSTOM_UPSTREAM,
                   gst_structure_new ("application/x-spice-monitors-config",
                                      "width", G_TYPE_UINT, width, "height",
                                      G_TYPE_UINT, height, NULL)));
}

/* waits for the next size of the screen */
static void
expect_size (Display *display, guint width, guint height)
{
  const gint64 deadline = g_get_monotonic_time () + 3 * DEADLINE_MS * 1000;
  int fd = xcb_get_file_descriptor (display->xcb);
  bool is_there = false;

  while (!is_there) {
    xcb_generic_event_t *event = xcb_poll_for_event (display->xcb);
    xcb_configure_notify_event_t *got = (xcb_configure_notify_event_t *)event;

    if (event == NULL)
      g_assert_true (wait_readable (fd, deadline));
    else if ((event->response_type & 0x7f) == XCB_CONFIGURE_NOTIFY)
      is_there = got->width == width && got->height == height;
    free (event);
  }
}

/* on a display of its own: the others' has a window as large as the screen */
static void
test_resize (void)
{
  const uint32_t mask = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
  Display display = {0};
  Fixture f;
  xcb_screen_t *screen;

  gst_spice_x_server_start (&display.server);
  display.xcb = xcb_connect (display.server.name, NULL);
  screen = xcb_setup_roots_iterator (xcb_get_setup (display.xcb)).data;
  xcb_change_window_attributes (display.xcb, screen->root, XCB_CW_EVENT_MASK,
                                &mask);
  sync_with (&display);
  set_up_on (&f, display.server.name);
  /* without the property it is somebody else's */
  wish (f.harness, 400, 300);
  gst_element_set_state (f.harness->element, GST_STATE_READY);
  g_object_set (f.harness->element, "resize-display", TRUE, NULL);
  gst_element_set_state (f.harness->element, GST_STATE_PLAYING);
  g_assert_true (wish (f.harness, 500, 320));
  expect_size (&display, 500, 320);
  g_assert_true (wish (f.harness, 600, 400));
  expect_size (&display, 600, 400);
  g_assert_null (pop_message (&f, GST_MESSAGE_WARNING));
  gst_element_set_bus (f.harness->element, NULL);
  gst_harness_teardown (f.harness);
  gst_object_unref (f.bus);
  xcb_disconnect (display.xcb);
  gst_spice_x_server_stop (&display.server);
}

#define add(path, function)                                                    \
  g_test_add ("/inject/" path, Fixture, NULL, set_up, function, tear_down)

static void
add_tests (void)
{
  add ("scancode-plays-the-key-at-that-place", test_scancode);
  add ("name-plays-the-key-that-carries-it", test_name);
  add ("shift-is-borrowed-when-not-down", test_shift);
  add ("repeats-are-the-display's", test_repeat);
  add ("new-keyboard-mapping-is-used", test_remapped);
  add ("motion-goes-to-the-pixel-plus-offset", test_motion);
  add ("relative-motion-adds-up", test_relative_motion);
  add ("buttons-go-down-and-up", test_buttons);
  add ("button-goes-to-its-place-first", test_button_place);
  add ("scroll-clicks-wheel-buttons", test_scroll);
  add ("scroll-is-bounded", test_scroll_bound);
  add ("stop-lets-go", test_stop);
  add ("disabling-lets-go", test_disable);
  add ("played-events-pass-when-asked", test_pass_events);
  add ("unknown-events-pass", test_unknown);
  add ("video-passes-untouched", test_video);
  g_test_add_func ("/inject/missing-display-is-an-error", test_no_display);
  g_test_add_func ("/inject/display-opens-when-enabled", test_late_display);
  g_test_add_func ("/inject/vanished-display-warns-once", test_vanished);
  g_test_add_func ("/inject/vanished-display-is-seen-without-events",
                   test_vanished_while_quiet);
  g_test_add_func ("/inject/the-display-gets-the-size-wished-for", test_resize);
  g_test_add_func ("/inject/many-starts", test_many_starts);
}

int
main (int argc, char **argv)
{
  int status;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  GST_ELEMENT_REGISTER (spiceinject, NULL);
  gst_spice_x_server_start (&shared.server);
  cover_screen (&shared);
  add_tests ();
  status = g_test_run ();
  xcb_disconnect (shared.xcb);
  gst_spice_x_server_stop (&shared.server);
  return status;
}

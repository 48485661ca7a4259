/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicenav.h"

#include <gst/check/gstharness.h>
#include <gst/video/video.h>

typedef struct {
  GstHarness *harness; /* around a sink: catches what comes out upstream */
  GstSpiceNav *nav;
  GMutex gate; /* see on_event, which may still be there at the end */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GstPad) pad = NULL;

  g_mutex_init (&f->gate);
  f->harness = gst_harness_new_with_padnames ("fakesink", "sink", NULL);
  pad = gst_element_get_static_pad (f->harness->element, "sink");
  f->nav = gst_spice_nav_new (f->harness->element, pad);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gst_spice_nav_free (f->nav);
  gst_harness_teardown (f->harness);
  g_mutex_clear (&f->gate);
}

static void
push (Fixture *f, SpcInputEvent event)
{
  gst_spice_nav_push (f->nav, &event);
}

static SpcInputEvent
key (uint16_t scancode, bool pressed)
{
  return (SpcInputEvent){.kind = SPC_INPUT_KEY,
                         .client_id = 7,
                         .scancode = scancode,
                         .pressed = pressed};
}

static SpcInputEvent
move (int32_t x, int32_t y)
{
  return (SpcInputEvent){
      .kind = SPC_INPUT_POINTER_MOVE, .client_id = 7, .x = x, .y = y};
}

/* the next navigation event; a harness waits for it with a deadline */
static GstStructure *
next (Fixture *f)
{
  GstEvent *event;
  GstStructure *structure;

  for (;;) {
    event = gst_harness_pull_upstream_event (f->harness);
    g_assert_nonnull (event);
    if (GST_EVENT_TYPE (event) == GST_EVENT_NAVIGATION)
      break;
    gst_event_unref (event);
  }
  structure = gst_structure_copy (gst_event_get_structure (event));
  gst_event_unref (event);
  return structure;
}

#define assert_structure(structure, text)                                      \
  G_STMT_START                                                                 \
  {                                                                            \
    g_autofree char *got_ = gst_structure_to_string (structure);               \
    g_autoptr (GstStructure) want_ = gst_structure_from_string (               \
        "application/x-gst-navigation," text, NULL);                           \
    g_assert_nonnull (want_);                                                  \
    if (!gst_structure_is_equal (structure, want_))                            \
      g_error ("got %s, expected %s", got_, text);                             \
  }                                                                            \
  G_STMT_END

static void
expect (Fixture *f, const char *event, const char *key_name, guint state)
{
  g_autoptr (GstStructure) got = next (f);
  GstNavigationModifierType got_state = 0;

  g_assert_cmpstr (gst_structure_get_string (got, "event"), ==, event);
  g_assert_cmpstr (gst_structure_get_string (got, "key"), ==, key_name);
  g_assert_true (gst_structure_get (
      got, "state", GST_TYPE_NAVIGATION_MODIFIER_TYPE, &got_state, NULL));
  g_assert_cmphex (got_state, ==, state);
}

static void
test_key (Fixture *f, gconstpointer data)
{
  g_autoptr (GstStructure) got = NULL;
  guint scancode = 0, id = 0;

  push (f, key (0x148, true));
  got = next (f);
  g_assert_cmpstr (gst_structure_get_string (got, "event"), ==, "key-press");
  g_assert_cmpstr (gst_structure_get_string (got, "key"), ==, "Up");
  g_assert_true (gst_structure_get_uint (got, "scancode", &scancode));
  g_assert_true (gst_structure_get_uint (got, "connection-id", &id));
  g_assert_cmphex (scancode, ==, 0x148);
  g_assert_cmpuint (id, ==, 7);
}

static void
test_unknown_key (Fixture *f, gconstpointer data)
{
  push (f, key (0x17f, true));
  expect (f, "key-press", "0x17f", 0);
}

static void
test_modifiers (Fixture *f, gconstpointer data)
{
  const guint shift = GST_NAVIGATION_MODIFIER_SHIFT_MASK;
  const guint lock = GST_NAVIGATION_MODIFIER_LOCK_MASK;

  push (f, key (0x2a, true));
  push (f, key (0x36, true));
  push (f, key (0x2a, false));
  push (f, key (0x1e, true));
  push (f, key (0x36, false));
  push (f, key (0x1e, false));
  push (f, (SpcInputEvent){.kind = SPC_INPUT_LOCKS, .locks = SPC_LOCK_CAPS});
  push (f, key (0x1e, true));
  expect (f, "key-press", "Shift_L", 0);
  expect (f, "key-press", "Shift_R", shift);
  expect (f, "key-release", "Shift_L", shift);
  expect (f, "key-press", "a", shift);
  expect (f, "key-release", "Shift_R", shift);
  expect (f, "key-release", "a", 0);
  expect (f, "key-press", "a", lock);
}

static void
test_pointer (Fixture *f, gconstpointer data)
{
  g_autoptr (GstStructure) moved = NULL, pressed = NULL, released = NULL;

  push (f, move (12, 34));
  push (f, (SpcInputEvent){.kind = SPC_INPUT_BUTTON,
                           .client_id = 7,
                           .button = 3,
                           .buttons = 4,
                           .pressed = true});
  push (f,
        (SpcInputEvent){.kind = SPC_INPUT_BUTTON, .client_id = 7, .button = 3});
  moved = next (f);
  pressed = next (f);
  released = next (f);
  assert_structure (moved, "event=mouse-move,pointer_x=12.0,pointer_y=34.0,"
                           "state=(GstNavigationModifierType)0,"
                           "connection-id=(uint)7");
  assert_structure (pressed,
                    "event=mouse-button-press,button=3,pointer_x=12.0,"
                    "pointer_y=34.0,state=(GstNavigationModifierType)0,"
                    "connection-id=(uint)7");
  assert_structure (released,
                    "event=mouse-button-release,button=3,pointer_x=12.0,"
                    "pointer_y=34.0,state=(GstNavigationModifierType)1024,"
                    "connection-id=(uint)7");
}

static void
test_scroll (Fixture *f, gconstpointer data)
{
  g_autoptr (GstStructure) first = NULL, moved = NULL, scrolled = NULL;

  push (f, move (5, 6));
  push (f, (SpcInputEvent){.kind = SPC_INPUT_SCROLL, .client_id = 7, .dy = -1});
  first = next (f);
  moved = next (f);
  scrolled = next (f);
  g_assert_cmpstr (gst_structure_get_string (moved, "event"), ==, "mouse-move");
  assert_structure (scrolled, "event=mouse-scroll,pointer_x=5.0,pointer_y=6.0,"
                              "delta_pointer_x=0.0,delta_pointer_y=1.0,"
                              "state=(GstNavigationModifierType)0,"
                              "connection-id=(uint)7");
}

static void
test_relative (Fixture *f, gconstpointer data)
{
  g_autoptr (GstStructure) got = NULL;

  push (f, (SpcInputEvent){.kind = SPC_INPUT_POINTER_MOTION,
                           .client_id = 7,
                           .dx = -3,
                           .dy = 4});
  got = next (f);
  assert_structure (got, "event=mouse-move-relative,delta_x=-3.0,delta_y=4.0,"
                         "state=(GstNavigationModifierType)0,"
                         "connection-id=(uint)7");
}

/* holds the event thread up in its first event */
static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer mutex)
{
  g_mutex_lock (mutex);
  g_mutex_unlock (mutex);
  return GST_PAD_PROBE_OK;
}

static void
test_merge (Fixture *f, gconstpointer data)
{
  g_autoptr (GstPad) pad =
      gst_element_get_static_pad (f->harness->element, "sink");
  g_autoptr (GstStructure) last = NULL;
  double x = 0;

  g_mutex_lock (&f->gate);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_event, &f->gate,
                     NULL);
  push (f, key (0x1e, true));
  for (int i = 0; i < 5000; i++)
    push (f, move (i, i));
  push (f, key (0x1e, false));
  g_mutex_unlock (&f->gate);
  expect (f, "key-press", "a", 0);
  last = next (f);
  while (g_str_equal (gst_structure_get_string (last, "event"), "mouse-move") &&
         gst_structure_get_double (last, "pointer_x", &x) && x < 4999) {
    gst_structure_free (last);
    last = next (f);
  }
  g_assert_cmpfloat (x, ==, 4999);
  expect (f, "key-release", "a", 0);
}

static GstEvent *
wish (guint number)
{
  return gst_event_new_custom (
      GST_EVENT_CUSTOM_UPSTREAM,
      gst_structure_new ("wish", "number", G_TYPE_UINT, number, NULL));
}

/* that one, then a request to negotiate; waits */
static void
expect_wish (Fixture *f, guint expected)
{
  guint number = 0;

  while (number != expected) {
    g_autoptr (GstEvent) event = gst_harness_pull_upstream_event (f->harness);

    g_assert_nonnull (event);
    if (GST_EVENT_TYPE (event) == GST_EVENT_CUSTOM_UPSTREAM)
      gst_structure_get_uint (gst_event_get_structure (event), "number",
                              &number);
  }
}

/* more input than the queue holds comes between: the last wish is not lost */
static void
test_latest (Fixture *f, gconstpointer data)
{
  g_autoptr (GstPad) pad =
      gst_element_get_static_pad (f->harness->element, "sink");
  g_autoptr (GstEvent) event = NULL;

  g_mutex_lock (&f->gate);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_event, &f->gate,
                     NULL);
  gst_spice_nav_push_latest (f->nav, wish (1), FALSE);
  for (guint i = 2; i <= 1000; i++) {
    gst_spice_nav_push_latest (f->nav, wish (i), i == 1000);
    push (f, key (0x1e, i % 2));
  }
  g_mutex_unlock (&f->gate);
  expect_wish (f, 1000);
  event = gst_harness_pull_upstream_event (f->harness);
  g_assert_cmpint (GST_EVENT_TYPE (event), ==, GST_EVENT_RECONFIGURE);
}

static void
test_unhandled (void)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");
  g_autoptr (GstBus) bus = gst_bus_new ();
  GstSpiceNav *nav = gst_spice_nav_new (sink, pad);
  SpcInputEvent event = key (0x1e, true);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GstEvent) inside = NULL;
  const GstStructure *fields;
  guint scancode = 0;

  gst_object_ref_sink (sink);
  gst_element_set_bus (sink, bus);
  gst_spice_nav_push (nav, &event);
  message =
      gst_bus_timed_pop_filtered (bus, 10 * GST_SECOND, GST_MESSAGE_ELEMENT);
  g_assert_nonnull (message);
  g_assert_cmpint (gst_navigation_message_get_type (message), ==,
                   GST_NAVIGATION_MESSAGE_EVENT);
  g_assert_true (gst_navigation_message_parse_event (message, &inside));
  fields = gst_message_get_structure (message);
  g_assert_cmpstr (gst_structure_get_string (fields, "kind"), ==, "key-press");
  g_assert_cmpstr (gst_structure_get_string (fields, "key"), ==, "a");
  g_assert_true (gst_structure_get_uint (fields, "scancode", &scancode));
  g_assert_cmphex (scancode, ==, 0x1e);
  gst_spice_nav_free (nav);
  gst_element_set_bus (sink, NULL);
  gst_object_unref (sink);
}

static void
test_routes (void)
{
  Fixture a, b;
  GstSpiceNavTable table;
  SpcInputEvent typed = key (0x1e, true), moved = move (1, 1);

  set_up (&a, NULL);
  set_up (&b, NULL);
  gst_spice_nav_table_init (&table);
  g_assert_false (gst_spice_nav_table_route (&table, &typed));
  gst_spice_nav_table_set (&table, 0, a.nav);
  gst_spice_nav_table_set (&table, 3, b.nav);
  moved.display_id = 3;
  g_assert_true (gst_spice_nav_table_route (&table, &typed));
  g_assert_true (gst_spice_nav_table_route (&table, &moved));
  g_assert_true (gst_spice_nav_table_route (&table, &typed));
  expect (&a, "key-press", "a", 0);
  expect (&b, "mouse-move", NULL, 0);
  expect (&b, "key-press", "a", 0);
  gst_spice_nav_table_set (&table, 3, NULL);
  g_assert_true (gst_spice_nav_table_route (&table, &typed));
  expect (&a, "key-press", "a", 0);
  gst_spice_nav_table_clear (&table);
  tear_down (&a, NULL);
  tear_down (&b, NULL);
}

#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("/nav/a-key-has-its-name-and-scancode", test_key);
  ADD ("/nav/an-unknown-key-has-its-number", test_unknown_key);
  ADD ("/nav/modifiers-are-those-held-before", test_modifiers);
  ADD ("/nav/the-pointer-has-its-place", test_pointer);
  ADD ("/nav/a-scroll-comes-after-a-move-and-counts-upwards", test_scroll);
  ADD ("/nav/relative-motion-is-an-event-of-its-own", test_relative);
  ADD ("/nav/moves-merge-when-upstream-is-slow", test_merge);
  ADD ("/nav/of-wishes-the-latest-is-told", test_latest);
  g_test_add_func ("/nav/what-nobody-handles-is-posted-in-plain-sight",
                   test_unhandled);
  g_test_add_func ("/nav/keys-go-where-the-pointer-was-last", test_routes);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

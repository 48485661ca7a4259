/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceinputqueue.h"

static void
push (GstSpiceInputQueue *queue, SpcInputEvent event)
{
  event.client_id = 1;
  gst_spice_input_queue_push (queue, &event);
}

static void
push_key (GstSpiceInputQueue *queue, uint16_t scancode, bool pressed)
{
  push (queue, (SpcInputEvent){.kind = SPC_INPUT_KEY,
                               .scancode = scancode,
                               .pressed = pressed});
}

static void
push_move (GstSpiceInputQueue *queue, int x, int y)
{
  push (queue, (SpcInputEvent){.kind = SPC_INPUT_POINTER_MOVE, .x = x, .y = y});
}

static void
push_motion (GstSpiceInputQueue *queue, int dx, int dy)
{
  push (queue,
        (SpcInputEvent){.kind = SPC_INPUT_POINTER_MOTION, .dx = dx, .dy = dy});
}

/* "+1e -1e (3,4) [1,-1]": keys, moves, motions */
static char *
take_all (GstSpiceInputQueue *queue)
{
  GString *text = g_string_new (NULL);
  SpcInputEvent event;

  while (gst_spice_input_queue_pop (queue, 0, &event)) {
    if (event.kind == SPC_INPUT_KEY)
      g_string_append_printf (text, "%c%x ", event.pressed ? '+' : '-',
                              event.scancode);
    else if (event.kind == SPC_INPUT_POINTER_MOVE)
      g_string_append_printf (text, "(%d,%d) ", event.x, event.y);
    else
      g_string_append_printf (text, "[%d,%d] ", event.dx, event.dy);
  }
  return g_string_free (text, FALSE);
}

static void
assert_all (GstSpiceInputQueue *queue, const char *expected)
{
  g_autofree char *all = take_all (queue);

  g_assert_cmpstr (all, ==, expected);
}

static void
test_order (void)
{
  GstSpiceInputQueue *queue = gst_spice_input_queue_new (10);

  push_key (queue, 0x1e, true);
  push_move (queue, 3, 4);
  push_key (queue, 0x1e, false);
  assert_all (queue, "+1e (3,4) -1e ");
  g_assert_cmpuint (gst_spice_input_queue_n_lost (queue), ==, 0);
  gst_spice_input_queue_free (queue);
}

static void
test_merge (void)
{
  GstSpiceInputQueue *queue = gst_spice_input_queue_new (10);

  push_move (queue, 1, 1);
  push_move (queue, 2, 2);
  push_motion (queue, 1, -1);
  push_motion (queue, 2, -3);
  push_key (queue, 0x1e, true);
  push_motion (queue, 1, 0);
  assert_all (queue, "(2,2) [3,-4] +1e [1,0] ");
  gst_spice_input_queue_free (queue);
}

/* the pointer goes first, then presses; a release never, while there is
 * anything else */
static void
test_full (void)
{
  GstSpiceInputQueue *queue = gst_spice_input_queue_new (4);

  push_key (queue, 0x10, true);
  push_motion (queue, 5, 5);
  push_key (queue, 0x10, false);
  push_motion (queue, 1, 1);
  push_key (queue, 0x11, true);
  push_key (queue, 0x11, false);
  push_key (queue, 0x12, true);
  push_key (queue, 0x12, false);
  assert_all (queue, "-10 -11 +12 -12 ");
  g_assert_cmpuint (gst_spice_input_queue_n_lost (queue), ==, 4);
  gst_spice_input_queue_free (queue);
}

static void
test_lost_motion_adds_up (void)
{
  GstSpiceInputQueue *queue = gst_spice_input_queue_new (3);

  push_motion (queue, 5, 5);
  push_key (queue, 0x10, true);
  push_motion (queue, 1, 1);
  push_key (queue, 0x10, false);
  assert_all (queue, "+10 [6,6] -10 ");
  gst_spice_input_queue_free (queue);
}

static void
test_bound (void)
{
  GstSpiceInputQueue *queue = gst_spice_input_queue_new (16);
  g_autofree char *all = NULL;

  for (uint16_t i = 0; i < 1000; i++)
    push_key (queue, i % 0x80, false);
  g_assert_cmpuint (gst_spice_input_queue_n_lost (queue), ==, 1000 - 16);
  all = take_all (queue);
  g_assert_true (g_str_has_suffix (all, "-67 "));
  gst_spice_input_queue_free (queue);
}

static gpointer
read_one (gpointer queue)
{
  SpcInputEvent event;

  return GINT_TO_POINTER (gst_spice_input_queue_pop (
      queue, g_get_monotonic_time () + 60 * G_USEC_PER_SEC, &event));
}

static void
test_flushing (void)
{
  GstSpiceInputQueue *queue = gst_spice_input_queue_new (4);
  GThread *reader = g_thread_new ("reader", read_one, queue);

  gst_spice_input_queue_set_flushing (queue, TRUE);
  g_assert_false (GPOINTER_TO_INT (g_thread_join (reader)));
  push_key (queue, 0x10, true);
  assert_all (queue, "");
  gst_spice_input_queue_set_flushing (queue, FALSE);
  reader = g_thread_new ("reader", read_one, queue);
  g_assert_true (GPOINTER_TO_INT (g_thread_join (reader)));
  gst_spice_input_queue_clear (queue);
  gst_spice_input_queue_free (queue);
}

/* what came before the end is read after it */
static void
test_end (void)
{
  GstSpiceInputQueue *queue = gst_spice_input_queue_new (4);
  GThread *reader;

  push_key (queue, 0x10, true);
  gst_spice_input_queue_set_ended (queue, TRUE);
  reader = g_thread_new ("reader", read_one, queue);
  g_assert_true (GPOINTER_TO_INT (g_thread_join (reader)));
  reader = g_thread_new ("reader", read_one, queue);
  g_assert_false (GPOINTER_TO_INT (g_thread_join (reader)));
  gst_spice_input_queue_free (queue);
}

static void
test_readers (void)
{
  GstSpiceInputQueue *a = gst_spice_input_queue_new (4);
  GstSpiceInputQueue *b = gst_spice_input_queue_new (4);
  const SpcInputEvent event = {.kind = SPC_INPUT_KEY, .scancode = 0x1e};
  GstSpiceInputReaders readers;

  gst_spice_input_readers_init (&readers);
  gst_spice_input_readers_add (&readers, a);
  gst_spice_input_readers_add (&readers, b);
  gst_spice_input_readers_push (&readers, &event);
  gst_spice_input_readers_remove (&readers, a);
  gst_spice_input_readers_push (&readers, &event);
  assert_all (a, "-1e ");
  assert_all (b, "-1e -1e ");
  gst_spice_input_readers_clear (&readers);
  gst_spice_input_queue_free (a);
  gst_spice_input_queue_free (b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inputqueue/keeps-the-order", test_order);
  g_test_add_func ("/inputqueue/the-pointers-way-is-merged", test_merge);
  g_test_add_func ("/inputqueue/a-full-one-loses-no-release", test_full);
  g_test_add_func ("/inputqueue/lost-motion-adds-up", test_lost_motion_adds_up);
  g_test_add_func ("/inputqueue/is-bounded-whatever-comes", test_bound);
  g_test_add_func ("/inputqueue/a-wait-ends-when-flushing", test_flushing);
  g_test_add_func ("/inputqueue/an-end-is-after-what-came-before", test_end);
  g_test_add_func ("/inputqueue/every-reader-gets-all", test_readers);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspice-fixture.h"
#include "gst/common/gstspiceinput.h"
#include "server-core/wire/messages-small.h"

#include <gst/check/gstharness.h>
#include <string.h>

#define NOBODY_TYPES "0.000000000 00000001 locks 0\n"

typedef struct {
  NetFixture net;
  GstElement *pipeline;
  WireClient *main, *inputs;
  uint32_t id;
  /* under the lock: written by the streaming thread */
  GMutex lock;
  GPtrArray *buffers; /* GstBuffer */
  guint n_gaps;
  gboolean has_early_gap; /* without a segment */
} Fixture;

/* what comes */

static void
on_handoff (GstElement *sink, GstBuffer *buffer, GstPad *pad, Fixture *f)
{
  g_mutex_lock (&f->lock);
  g_ptr_array_add (f->buffers, gst_buffer_ref (buffer));
  g_mutex_unlock (&f->lock);
  g_main_context_wakeup (f->net.context);
}

static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Fixture *f = user_data;
  g_autoptr (GstEvent) segment = NULL;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_GAP)
    return GST_PAD_PROBE_OK;
  segment = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  g_mutex_lock (&f->lock);
  f->n_gaps++;
  f->has_early_gap |= segment == NULL;
  g_mutex_unlock (&f->lock);
  g_main_context_wakeup (f->net.context);
  return GST_PAD_PROBE_OK;
}

static guint
count (Fixture *f, gboolean gaps)
{
  guint n;

  g_mutex_lock (&f->lock);
  n = gaps ? f->n_gaps : f->buffers->len;
  g_mutex_unlock (&f->lock);
  return n;
}

static GstBuffer *
buffer_at (Fixture *f, guint i)
{
  GstBuffer *buffer;

  g_mutex_lock (&f->lock);
  buffer = g_ptr_array_index (f->buffers, i);
  g_mutex_unlock (&f->lock);
  return buffer;
}

/* a pipeline of @element, whose pad @pad gives inputs, and a viewer */

static void
set_up (Fixture *f, gconstpointer line)
{
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstElement) source = NULL;
  g_autoptr (GstPad) pad = NULL;
  const WireClientSetup setup = {.channel_type = SPICE_CHANNEL_INPUTS};
  WireClientSetup with_id = setup;

  net_fixture_init (&f->net);
  g_mutex_init (&f->lock);
  f->buffers =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_unref);
  f->pipeline = fixture_launch (line);
  sink = gst_bin_get_by_name (GST_BIN (f->pipeline), "sink");
  source = gst_bin_get_by_name (GST_BIN (f->pipeline), "source");
  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), f);
  pad = gst_element_get_static_pad (sink, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_event, f,
                     NULL);
  gst_element_set_state (f->pipeline, GST_STATE_PLAYING);
  f->main = fixture_join (&f->net, fixture_port (source), &f->id);
  with_id.connection_id = f->id;
  f->inputs = fixture_link (&f->net, fixture_port (source), &with_id);
}

static void
tear_down (Fixture *f, gconstpointer line)
{
  fixture_stop (f->pipeline);
  wire_client_free (f->inputs);
  wire_client_free (f->main);
  g_ptr_array_unref (f->buffers);
  g_mutex_clear (&f->lock);
  net_fixture_clear (&f->net);
}

static void
type_key (Fixture *f, uint32_t code)
{
  const SpcKeyCode key = {.code = code};

  wire_client_send_fields (f->inputs,
                           code & 0x80 ? SPICE_MSGC_INPUTS_KEY_UP
                                       : SPICE_MSGC_INPUTS_KEY_DOWN,
                           spc_key_code_fields, &key);
}

static void
assert_key (GstBuffer *buffer, uint32_t id, gboolean pressed)
{
  GstMapInfo map;
  GstSpiceInput input;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpuint (map.size, ==, GST_SPICE_INPUT_BYTES);
  g_assert_true (gst_spice_input_read (&input, map.data, map.size));
  gst_buffer_unmap (buffer, &map);
  g_assert_cmpint (input.kind, ==, GST_SPICE_INPUT_KEY);
  g_assert_cmphex (input.scancode, ==, 0x1e);
  g_assert_cmphex (input.connection_id, ==, id);
  g_assert_cmpint (input.pressed, ==, pressed);
  g_assert_cmpuint (input.time, ==, GST_BUFFER_PTS (buffer));
}

static void
test_bytes (Fixture *f, gconstpointer line)
{
  type_key (f, 0x1e);
  type_key (f, 0x9e);
  NET_RUN_UNTIL (&f->net, count (f, FALSE) == 2);
  assert_key (buffer_at (f, 0), f->id, TRUE);
  assert_key (buffer_at (f, 1), f->id, FALSE);
  g_assert_cmpuint (GST_BUFFER_PTS (buffer_at (f, 0)), <=,
                    GST_BUFFER_PTS (buffer_at (f, 1)));
}

static void
test_text (Fixture *f, gconstpointer line)
{
  g_autofree char *expected =
      g_strdup_printf (" %08x key press 0x1e a\n", f->id);
  GstMapInfo map;

  type_key (f, 0x1e);
  NET_RUN_UNTIL (&f->net, count (f, FALSE) == 1);
  g_assert_true (gst_buffer_map (buffer_at (f, 0), &map, GST_MAP_READ));
  g_assert_cmpuint (map.size, >, strlen (expected));
  g_assert_cmpmem (map.data + map.size - strlen (expected), strlen (expected),
                   expected, strlen (expected));
  gst_buffer_unmap (buffer_at (f, 0), &map);
}

/* nobody types, and a muxer would not have to wait */
static void
test_gaps (Fixture *f, gconstpointer line)
{
  NET_RUN_UNTIL (&f->net, count (f, TRUE) >= 2);
  g_assert_false (f->has_early_gap);
  g_assert_cmpuint (count (f, FALSE), ==, 0);
}

/* what was typed before the end comes before the end */
static void
test_end (Fixture *f, gconstpointer line)
{
  GstMessage *message;

  type_key (f, 0x1e);
  NET_RUN_UNTIL (&f->net, count (f, FALSE) == 1);
  gst_element_send_event (f->pipeline, gst_event_new_eos ());
  message = fixture_wait_message (&f->net, f->pipeline, GST_MESSAGE_EOS, NULL);
  gst_message_unref (message);
  g_assert_cmpuint (count (f, FALSE), ==, 1);
}

/* parser */

static void
push_bytes (GstHarness *harness, const void *bytes, gsize size)
{
  g_assert_cmpint (
      gst_harness_push (harness, gst_buffer_new_memdup (bytes, size)), ==,
      GST_FLOW_OK);
}

static GstSpiceInput
pull_input (GstHarness *harness)
{
  g_autoptr (GstBuffer) buffer = gst_harness_pull (harness);
  GstSpiceInput input;
  GstMapInfo map;

  g_assert_nonnull (buffer);
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_true (gst_spice_input_read (&input, map.data, map.size));
  gst_buffer_unmap (buffer, &map);
  g_assert_cmpuint (input.time, ==, GST_BUFFER_PTS (buffer));
  return input;
}

static GstHarness *
new_parser (void)
{
  GstHarness *harness = gst_harness_new ("spiceinputparse");
  GstSegment segment;

  gst_harness_set_src_caps_str (harness, GST_SPICE_INPUT_CAPS);
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_harness_push_event (harness, gst_event_new_segment (&segment));
  return harness;
}

/* cut anywhere, as files are read */
static void
test_parse_bytes (void)
{
  GstHarness *harness = new_parser ();
  guint8 bytes[3 * GST_SPICE_INPUT_BYTES];

  for (guint i = 0; i < 3; i++) {
    const GstSpiceInput input = {.kind = GST_SPICE_INPUT_KEY,
                                 .time = (i + 1) * GST_SECOND,
                                 .scancode = 0x10 + i};

    gst_spice_input_write (&input, bytes + i * GST_SPICE_INPUT_BYTES);
  }
  push_bytes (harness, bytes, 1);
  push_bytes (harness, bytes + 1, 60);
  push_bytes (harness, bytes + 61, sizeof bytes - 61);
  for (guint i = 0; i < 3; i++) {
    GstSpiceInput input = pull_input (harness);

    g_assert_cmphex (input.scancode, ==, 0x10 + i);
    g_assert_cmpuint (input.time, ==, (i + 1) * GST_SECOND);
  }
  gst_harness_teardown (harness);
}

static void
test_parse_text (void)
{
  static const char text[] = "0.500000000 00000001 key press 0x1e a\n"
                             "this is no input\n"
                             "\n"
                             "1.500000000 00000001 key release 0x1e a\n";
  GstHarness *harness = new_parser ();
  GstSpiceInput first, second;

  push_bytes (harness, text, 10);
  push_bytes (harness, text + 10, strlen (text) - 10);
  first = pull_input (harness);
  second = pull_input (harness);
  g_assert_true (first.pressed && !second.pressed);
  g_assert_cmpuint (first.time, ==, GST_SECOND / 2);
  g_assert_cmpuint (second.time, ==, 3 * GST_SECOND / 2);
  gst_harness_teardown (harness);
}

/* noise ends in nothing but warnings */
static void
test_parse_noise (void)
{
  GstHarness *harness = new_parser ();
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  guint8 noise[4096];

  for (gsize i = 0; i < sizeof noise; i++)
    noise[i] = (guint8)g_rand_int (random);
  push_bytes (harness, noise, sizeof noise);
  push_bytes (harness, NOBODY_TYPES, strlen (NOBODY_TYPES));
  g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
  gst_harness_teardown (harness);
}

#define ADD(path, line, func)                                                  \
  g_test_add (path, Fixture, line, set_up, func, tear_down)
#define SINK "fakesink name=sink signal-handoffs=true sync=false async=false"

int
main (int argc, char **argv)
{
  static const char bytes[] = "spiceinputsrc name=source port=0 ! " SINK;
  static const char text[] =
      "spiceinputsrc name=source port=0 ! text/x-raw ! " SINK;
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("/inputsrc/gives-bytes", bytes, test_bytes);
  ADD ("/inputsrc/gives-text-where-wanted", text, test_text);
  ADD ("/inputsrc/says-that-nobody-types", bytes, test_gaps);
  ADD ("/inputsrc/ends-after-what-was-typed", bytes, test_end);
  g_test_add_func ("/inputparse/cuts-bytes", test_parse_bytes);
  g_test_add_func ("/inputparse/cuts-text", test_parse_text);
  g_test_add_func ("/inputparse/passes-over-noise", test_parse_noise);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

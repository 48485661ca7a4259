/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Both port elements: what viewers get of them, what they get of viewers. */
#include "gst/common/gstspice-fixture.h"
#include "server-core/wire/messages-port.h"

#include <gst/check/gstharness.h>
#include <string.h>

typedef struct {
  NetFixture net;
  GstHarness *sink, *src; /* either may be NULL */
  WireClient *main, *port;
} Test;

static GstHarness *
make_harness (const char *factory, const char *pad)
{
  GstElement *element = gst_element_factory_make (factory, NULL);
  gboolean is_sink = g_str_equal (pad, "sink");
  GstHarness *harness;

  g_object_set (element, "port", 0, "port-name", "test", NULL);
  harness = gst_harness_new_with_element (element, is_sink ? pad : NULL,
                                          is_sink ? NULL : pad);
  if (is_sink)
    gst_harness_set_src_caps_str (harness, "application/octet-stream");
  gst_object_unref (element);
  return harness;
}

static WireClient *
link_port (Test *test, GstElement *element, uint8_t type)
{
  WireClientSetup setup = {.channel_type = type, .password = ""};

  if (!test->main)
    test->main =
        fixture_join (&test->net, fixture_port (element), &setup.connection_id);
  return fixture_link (&test->net, fixture_port (element), &setup);
}

static void
set_up (Test *test, gboolean with_sink, gboolean with_src)
{
  *test = (Test){0};
  net_fixture_init (&test->net);
  if (with_sink)
    test->sink = make_harness ("spiceportsink", "sink");
  if (with_src) {
    test->src = make_harness ("spiceportsrc", "src");
    gst_harness_use_systemclock (test->src);
    gst_harness_play (test->src);
  }
  test->port = link_port (test, (with_sink ? test->sink : test->src)->element,
                          SPICE_CHANNEL_PORT);
  g_assert_cmpint (test->port->link_code, ==, SPICE_LINK_ERR_OK);
  NET_RUN_UNTIL (&test->net,
                 wire_client_count (test->port, SPICE_MSG_PORT_INIT) > 0);
}

static void
tear_down (Test *test)
{
  g_clear_pointer (&test->port, wire_client_free);
  g_clear_pointer (&test->main, wire_client_free);
  g_clear_pointer (&test->sink, gst_harness_teardown);
  g_clear_pointer (&test->src, gst_harness_teardown);
  net_fixture_clear (&test->net);
}

static GstBuffer *
buffer_of (const char *text)
{
  return gst_buffer_new_memdup (text, strlen (text));
}

static void
expect_data (Test *test, guint nth, const char *text)
{
  const WireMessage *message;

  NET_RUN_UNTIL (&test->net,
                 wire_client_find (test->port, SPICE_MSG_SPICEVMC_DATA, nth));
  message = wire_client_find (test->port, SPICE_MSG_SPICEVMC_DATA, nth);
  g_assert_cmpmem (g_bytes_get_data (message->body, NULL),
                   g_bytes_get_size (message->body), text, strlen (text));
}

static void
expect_event (Test *test, guint nth, uint8_t event)
{
  SpcPortEventMessage got;

  NET_RUN_UNTIL (&test->net,
                 wire_client_find (test->port, SPICE_MSG_PORT_EVENT, nth));
  wire_message_read (wire_client_find (test->port, SPICE_MSG_PORT_EVENT, nth),
                     spc_port_event_fields, &got);
  g_assert_cmpuint (got.event, ==, event);
}

static void
expect_buffer (Test *test, const char *text)
{
  GstBuffer *buffer = gst_harness_pull (test->src);
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpmem (map.data, map.size, text, strlen (text));
  gst_buffer_unmap (buffer, &map);
  g_assert_true (GST_BUFFER_PTS_IS_VALID (buffer));
  gst_buffer_unref (buffer);
}

/* the next event of ours that came down: its "event"; run until there is one */
static char *
next_event (Test *test)
{
  GstEvent *event;
  char *name = NULL;

  while (!name) {
    if (test->port)
      NET_RUN_UNTIL (&test->net, wire_client_is_flushed (test->port));
    event = gst_harness_pull_event (test->src);
    if (GST_EVENT_TYPE (event) == GST_EVENT_CUSTOM_DOWNSTREAM)
      name = g_strdup (
          gst_structure_get_string (gst_event_get_structure (event), "event"));
    gst_event_unref (event);
  }
  return name;
}

#define EXPECT_NEXT_EVENT(test, expected)                                      \
  G_STMT_START                                                                 \
  {                                                                            \
    g_autofree char *name_ = next_event (test);                                \
    g_assert_cmpstr (name_, ==, expected);                                     \
  }                                                                            \
  G_STMT_END

static void
send_event (Test *test, uint8_t event)
{
  wire_client_send (test->port, SPICE_MSGC_PORT_EVENT, &event, 1);
}

/* flow */

static void
test_two_sides_are_one_port (void)
{
  Test test;

  set_up (&test, TRUE, TRUE);
  g_assert_cmpint (gst_harness_push (test.sink, buffer_of ("out")), ==,
                   GST_FLOW_OK);
  expect_data (&test, 0, "out");
  wire_client_send (test.port, SPICE_MSGC_SPICEVMC_DATA, "in", 2);
  NET_RUN_UNTIL (&test.net, wire_client_is_flushed (test.port));
  expect_buffer (&test, "in");
  tear_down (&test);
}

static GstEvent *
port_event (const char *event)
{
  return gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
                               gst_structure_new ("spice-port-event", "event",
                                                  G_TYPE_STRING, event, NULL));
}

static void
test_events_to_the_viewer (void)
{
  Test test;
  gboolean is_sent;

  set_up (&test, TRUE, FALSE);
  gst_harness_push (test.sink, buffer_of ("a"));
  g_assert_true (gst_harness_push_event (test.sink, port_event ("break")));
  g_assert_false (gst_harness_push_event (test.sink, port_event ("opened")));
  gst_harness_push (test.sink, buffer_of ("b"));
  g_signal_emit_by_name (test.sink->element, "port-event", "break", &is_sent);
  g_assert_true (is_sent);
  g_signal_emit_by_name (test.sink->element, "port-event", "odd", &is_sent);
  g_assert_false (is_sent);
  g_assert_true (gst_harness_push_event (test.sink, gst_event_new_eos ()));
  expect_event (&test, 0, SPC_PORT_BREAK);
  expect_event (&test, 1, SPC_PORT_BREAK);
  expect_event (&test, 2, SPC_PORT_CLOSED);
  expect_data (&test, 1, "b");
  {
    g_autofree char *types = wire_client_types (test.port);

    g_assert_cmpstr (types, ==, "201 101 202 101 202 202");
  }
  tear_down (&test);
}

static void
test_action_of_the_server (void)
{
  g_autoptr (GObject) server = NULL;
  gboolean is_sent;
  Test test;

  set_up (&test, TRUE, FALSE);
  g_object_get (test.sink->element, "server", &server, NULL);
  g_signal_emit_by_name (server, "port-event", "nobody", "break", &is_sent);
  g_assert_false (is_sent);
  g_signal_emit_by_name (server, "port-event", "test", "closed", &is_sent);
  g_assert_false (is_sent);
  g_signal_emit_by_name (server, "port-event", "test", "break", &is_sent);
  g_assert_true (is_sent);
  expect_event (&test, 0, SPC_PORT_BREAK);
  tear_down (&test);
}

static void
test_events_of_the_viewer (void)
{
  Test test;

  set_up (&test, FALSE, TRUE);
  EXPECT_NEXT_EVENT (&test, "client-attached");
  send_event (&test, SPC_PORT_OPENED);
  wire_client_send (test.port, SPICE_MSGC_SPICEVMC_DATA, "x", 1);
  send_event (&test, SPC_PORT_BREAK);
  send_event (&test, SPC_PORT_CLOSED);
  EXPECT_NEXT_EVENT (&test, "opened");
  EXPECT_NEXT_EVENT (&test, "break");
  EXPECT_NEXT_EVENT (&test, "closed");
  expect_buffer (&test, "x");
  g_clear_pointer (&test.port, wire_client_free);
  EXPECT_NEXT_EVENT (&test, "client-detached");
  tear_down (&test);
}

static void
test_the_bus_tells (void)
{
  GstElement *pipeline =
      fixture_launch ("spicesrc name=r port=0 r.port_3 ! fakesink async=false");
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "r");
  Test test = {0};
  GstMessage *message;
  const GstStructure *fields;
  guint id = 0;

  net_fixture_init (&test.net);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  test.port = link_port (&test, source, SPICE_CHANNEL_PORT);
  message = fixture_wait_message (&test.net, pipeline, GST_MESSAGE_ELEMENT,
                                  "spice-port-event");
  fields = gst_message_get_structure (message);
  g_assert_cmpstr (gst_structure_get_string (fields, "port-name"), ==,
                   "org.gst-spice.port.3");
  g_assert_cmpstr (gst_structure_get_string (fields, "port-type"), ==, "port");
  g_assert_cmpstr (gst_structure_get_string (fields, "event"), ==,
                   "client-attached");
  g_assert_true (gst_structure_get_uint (fields, "connection-id", &id));
  g_assert_cmpuint (id, !=, 0);
  gst_message_unref (message);
  tear_down (&test);
  fixture_stop (pipeline);
}

static void
test_a_source_alone_is_open_while_it_plays (void)
{
  Test test;
  SpcPortInit init;

  set_up (&test, FALSE, TRUE);
  wire_client_read (test.port, SPICE_MSG_PORT_INIT, spc_port_init_fields,
                    &init);
  g_assert_true (init.opened);
  g_assert_cmpmem (init.name.data, init.name.size, "test", 5);
  gst_element_set_state (test.src->element, GST_STATE_READY);
  expect_event (&test, 0, SPC_PORT_CLOSED);
  gst_element_set_state (test.src->element, GST_STATE_PLAYING);
  expect_event (&test, 1, SPC_PORT_OPENED);
  tear_down (&test);
}

static void
test_kinds_have_channels_of_their_own (void)
{
  static const uint8_t types[] = {SPICE_CHANNEL_WEBDAV, SPICE_CHANNEL_USBREDIR,
                                  SPICE_CHANNEL_SMARTCARD};
  GstElement *pipeline = fixture_launch (
      "fakesrc num-buffers=0 ! spiceportsink name=s port=0 port-type=webdav "
      "spiceportsrc port-type=usbredir port-number=2 ! fakesink async=false "
      "spiceportsrc port-type=smartcard ! fakesink async=false");
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "s");
  Test test = {0};

  net_fixture_init (&test.net);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    WireClientSetup setup = {.channel_type = types[i], .password = ""};
    WireClient *main =
        fixture_join (&test.net, fixture_port (sink), &setup.connection_id);
    g_autoptr (WireClient) port =
        fixture_link (&test.net, fixture_port (sink), &setup);

    g_assert_cmpint (port->link_code, ==, SPICE_LINK_ERR_OK);
    wire_client_free (main);
  }
  tear_down (&test);
  fixture_stop (pipeline);
}

/* nothing hangs */

static void
test_states_change_while_nobody_takes_the_bytes (void)
{
  GstElement *pipeline = fixture_launch (
      "fakesrc sizetype=fixed sizemax=100000 ! spiceportsink port=0");

  for (guint i = 0; i < 20; i++) {
    g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PLAYING), !=,
                     GST_STATE_CHANGE_FAILURE);
    g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PAUSED), !=,
                     GST_STATE_CHANGE_FAILURE);
    g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_READY), ==,
                     GST_STATE_CHANGE_SUCCESS);
  }
  fixture_stop (pipeline);
}

#define N_BUFFERS 300
#define BUFFER_SIZE 20000

/* what the viewer has got since the last call is added to @bytes */
static guint
collect (Test *test, GByteArray *bytes)
{
  const GPtrArray *messages = test->port->messages;

  for (guint i = 0; i < messages->len; i++) {
    const WireMessage *message = g_ptr_array_index (messages, i);

    if (message->type == SPICE_MSG_SPICEVMC_DATA)
      g_byte_array_append (bytes, g_bytes_get_data (message->body, NULL),
                           (guint)g_bytes_get_size (message->body));
  }
  wire_client_forget (test->port);
  return bytes->len;
}

/* a pause in the middle of a write that waits for a slow viewer loses nothing,
 * nor repeats */
static void
test_a_pause_loses_nothing (void)
{
  GstElement *pipeline =
      fixture_launch ("fakesrc num-buffers=300 sizetype=fixed sizemax=20000 "
                      "filltype=pattern-span ! spiceportsink name=s port=0");
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "s");
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Test test = {0};

  net_fixture_init (&test.net);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  test.port = link_port (&test, sink, SPICE_CHANNEL_PORT);
  for (guint i = 0; i < 20; i++) {
    gst_element_set_state (pipeline, GST_STATE_PAUSED);
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    g_main_context_iteration (test.net.context, FALSE);
  }
  NET_RUN_UNTIL (&test.net, collect (&test, bytes) >= N_BUFFERS * BUFFER_SIZE);
  for (guint i = 0; i < bytes->len; i++)
    g_assert_cmpuint (bytes->data[i], ==, i & 255);
  gst_message_unref (
      fixture_wait_message (&test.net, pipeline, GST_MESSAGE_EOS, NULL));
  g_assert_cmpuint (collect (&test, bytes), ==, N_BUFFERS * BUFFER_SIZE);
  tear_down (&test);
  fixture_stop (pipeline);
}

/* names */

static void
test_wrong_ports_are_refused (void)
{
  static const char *const lines[] = {
      "fakesrc ! spiceportsink port=0 port-name=a fakesrc ! spiceportsink "
      "port-name=a",
      "fakesrc ! spiceportsink port=0 port-name=a port-type=usbredir "
      "spiceportsrc port-name=a ! fakesink",
      "fakesrc ! spiceportsink port=0 port-name=a broadcast=true "
      "spiceportsrc port-name=a ! fakesink",
      "fakesrc ! spiceportsink port=0 port-name=com.redhat.spice.0",
      "fakesrc ! spiceportsink port=0 port-name=org.spice-space.stream.0",
      "fakesrc ! spiceportsink port=0 port-type=smartcard fakesrc ! "
      "spiceportsink port-type=smartcard port-number=1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    GstElement *pipeline = fixture_launch (lines[i]);
    g_autofree char *text = fixture_error_text (pipeline);

    g_assert_nonnull (text);
    g_assert_cmpuint (strlen (text), >, 20);
    fixture_stop (pipeline);
  }
}

/* a pad may come and go in any state, and its number stands for its name */
static void
test_pads_come_and_go (void)
{
  GstElement *source = fixture_launch ("spicesrc port=0");
  guint number;

  gst_element_set_state (source, GST_STATE_PLAYING);
  for (guint i = 0; i < 10; i++) {
    GstPad *first = gst_element_request_pad_simple (source, "port_%u");
    GstPad *second = gst_element_request_pad_simple (source, "port_7");

    g_assert_cmpstr (GST_OBJECT_NAME (first), ==, "port_0");
    g_assert_cmpstr (GST_OBJECT_NAME (second), ==, "port_7");
    gst_child_proxy_get (GST_CHILD_PROXY (source), "port_7::port-number",
                         &number, NULL);
    g_assert_cmpuint (number, ==, 7);
    g_assert_cmpuint (
        gst_child_proxy_get_children_count (GST_CHILD_PROXY (source)), ==, 3);
    gst_element_release_request_pad (source, first);
    gst_element_release_request_pad (source, second);
    gst_object_unref (first);
    gst_object_unref (second);
  }
  fixture_stop (source);
}

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/port/two-sides-are-one", test_two_sides_are_one_port);
  g_test_add_func ("/port/events-to-the-viewer", test_events_to_the_viewer);
  g_test_add_func ("/port/action-of-the-server", test_action_of_the_server);
  g_test_add_func ("/port/events-of-the-viewer", test_events_of_the_viewer);
  g_test_add_func ("/port/the-bus-tells", test_the_bus_tells);
  g_test_add_func ("/port/a-source-alone-is-open-while-it-plays",
                   test_a_source_alone_is_open_while_it_plays);
  g_test_add_func ("/port/kinds-have-channels-of-their-own",
                   test_kinds_have_channels_of_their_own);
  g_test_add_func ("/port/states-change-while-nobody-takes-the-bytes",
                   test_states_change_while_nobody_takes_the_bytes);
  g_test_add_func ("/port/a-pause-loses-nothing", test_a_pause_loses_nothing);
  g_test_add_func ("/port/wrong-ones-are-refused",
                   test_wrong_ports_are_refused);
  g_test_add_func ("/port/pads-come-and-go", test_pads_come_and_go);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The elements of both plugins, as applications use them: in pipelines, with
 * viewers over TCP. */
#include "gst/common/gstspice-fixture.h"
#include "gst/common/gstspiceserver.h"

#include <gst/audio/audio.h>
#include <string.h>

#define WHITE 0xffffffu
#define RED 0xff0000u

typedef struct {
  NetFixture net;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  net_fixture_init (&f->net);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  net_fixture_clear (&f->net);
}

static void
play (GstElement *pipeline)
{
  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PLAYING), !=,
                   GST_STATE_CHANGE_FAILURE);
}

static GstElement *
by_name (GstElement *pipeline, const char *name)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), name);

  g_assert_nonnull (element);
  gst_object_unref (element); /* the pipeline holds it */
  return element;
}

/* what a process has open */
static guint
count_entries (const char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;
  g_dir_close (dir);
  return n;
}

/* states */

/* the kernel lists a thread a moment longer than joining it takes */
static void
assert_no_more_threads (guint n)
{
  for (guint i = 0; i < 1000 && count_entries ("/proc/self/task") > n; i++)
    g_usleep (10000);
  g_assert_cmpuint (count_entries ("/proc/self/task"), <=, n);
}

#ifndef __has_feature
#define __has_feature(x) 0
#endif
/* sanitizers are ten times as slow and need fewer rounds to see */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||           \
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define N_CYCLES 100
#else
#define N_CYCLES 1000
#endif

static void
cycle (const char *line, guint times)
{
  GstElement *element = fixture_launch (line);
  guint n_threads = 0, n_files = 0;
  GWeakRef weak;

  for (guint i = 0; i < times; i++) {
    g_assert_cmpint (gst_element_set_state (element, GST_STATE_READY), ==,
                     GST_STATE_CHANGE_SUCCESS);
    g_assert_cmpint (gst_element_set_state (element, GST_STATE_NULL), ==,
                     GST_STATE_CHANGE_SUCCESS);
    if (i > 0)
      continue;
    n_threads = count_entries ("/proc/self/task");
    n_files = count_entries ("/proc/self/fd");
  }
  assert_no_more_threads (n_threads);
  g_assert_cmpuint (count_entries ("/proc/self/fd"), <=, n_files);
  g_weak_ref_init (&weak, element);
  gst_object_unref (element);
  g_assert_null (g_weak_ref_get (&weak));
  g_weak_ref_clear (&weak);
}

static void
test_states (gconstpointer line)
{
  g_autoptr (GstSpiceServer) server = NULL;
  GWeakRef weak;

  cycle (line, N_CYCLES);
  server = gst_spice_server_get_shared (NULL);
  g_assert_false (gst_spice_server_is_running (server));
  g_weak_ref_init (&weak, server);
  g_clear_object (&server);
  g_assert_null (g_weak_ref_get (&weak));
  g_weak_ref_clear (&weak);
}

/* all the way, with data */
static void
test_all_states (void)
{
  GstElement *pipeline = fixture_launch (
      "spicesink name=s port=0 videotestsrc is-live=true ! s. "
      "audiotestsrc is-live=true ! s. "
      "spicesrc name=r ! fakesink async=false "
      "videotestsrc ! video/x-raw,width=32,height=32 ! s.cursor_0");

  for (guint i = 0; i < 20; i++) {
    play (pipeline);
    gst_element_get_state (pipeline, NULL, NULL, 10 * GST_SECOND);
    gst_element_set_state (pipeline, i % 2 ? GST_STATE_NULL : GST_STATE_PAUSED);
  }
  fixture_stop (pipeline);
}

/* settings */

static void
test_wrong_values (void)
{
  static const struct {
    const char *line, *name, *value;
  } rows[] = {
      {"spicedisplaysink port=0 uuid=12", "uuid", "12"},
      {"spiceplaybacksink port=0 address=a/b", "address", "a/b"},
      {"spicesink port=0 address=192.0.2.1 disable-ticketing=true", "address",
       "192.0.2.1"},
      {"spicecursorsink port=0 password="
       "0123456789012345678901234567890123456789012345678901234567890",
       "password", "61 bytes"},
      {"spicerecordsrc port=0 address=0.0.0.0", "address", "0.0.0.0"},
      {"spicesrc port=-1 unix-path=/no/such/folder/socket", "unix-path",
       "/no/such/folder"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    GstElement *element = fixture_launch (rows[i].line);
    g_autofree char *text = fixture_error_text (element);

    g_test_message ("%s", text);
    g_assert_nonnull (strstr (text, rows[i].name));
    g_assert_nonnull (strstr (text, rows[i].value));
    gst_object_unref (element);
  }
}

static void
test_port_taken (void)
{
  GstElement *first = fixture_launch ("spicesink port=0 server-name=a");
  g_autofree char *line = NULL, *text = NULL, *number = NULL;
  GstElement *second;

  gst_element_set_state (first, GST_STATE_READY);
  number = g_strdup_printf ("port %d", fixture_port (first));
  line = g_strdup_printf ("spicedisplaysink server-name=b port=%d",
                          fixture_port (first));
  second = fixture_launch (line);
  text = fixture_error_text (second);
  g_assert_nonnull (strstr (text, number));
  g_assert_nonnull (strstr (text, g_strerror (EADDRINUSE)));
  fixture_stop (second);
  fixture_stop (first);
}

static void
test_conflict (void)
{
  GstElement *pipeline =
      fixture_launch ("spicedisplaysink name=a session-name=x port=0 "
                      "spiceplaybacksink name=b session-name=y");
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_READY), ==,
                   GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  g_assert_nonnull (strstr (error->message, "session-name"));
  g_assert_nonnull (strstr (error->message, "\"x\" (a)"));
  g_assert_nonnull (strstr (error->message, "\"y\" (b)"));
  fixture_stop (pipeline);
}

/* whichever starts first, it is told what the others were */
static void
test_settings_of_others (void)
{
  static const char *const lines[] = {
      "spicedisplaysink name=a port=0 spiceplaybacksink name=b",
      "spicedisplaysink name=a spiceplaybacksink name=b port=0",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    GstElement *pipeline = fixture_launch (lines[i]);

    gst_element_set_state (pipeline, GST_STATE_READY);
    g_assert_cmpint (fixture_port (by_name (pipeline, "a")), ==,
                     fixture_port (by_name (pipeline, "b")));
    g_assert_cmpint (fixture_port (by_name (pipeline, "a")), !=, 5900);
    fixture_stop (pipeline);
  }
}

static void
test_slot_taken (void)
{
  GstElement *pipeline = fixture_launch ("spicedisplaysink display-id=2 port=0 "
                                         "spicedisplaysink display-id=2");
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_READY), ==,
                   GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, "display-id"));
  fixture_stop (pipeline);
}

/* finding a server */

static void
test_server_object (void)
{
  g_autoptr (GstSpiceServer) server = gst_spice_server_new (NULL);
  g_autoptr (GstContext) context = gst_spice_server_make_context (server);
  GstElement *a = fixture_launch ("spicedisplaysink");
  GstElement *b = fixture_launch ("spicesink");

  g_object_set (server, "port", 0, NULL);
  g_object_set (a, "server", server, NULL);
  gst_element_set_context (b, context);
  gst_element_set_state (a, GST_STATE_READY);
  gst_element_set_state (b, GST_STATE_READY);
  g_assert_cmpint (fixture_port (a), ==, fixture_port (b));
  g_assert_cmpint (fixture_port (a), ==,
                   gst_spice_server_get_current_port (server));
  fixture_stop (a);
  g_assert_true (gst_spice_server_is_running (server));
  fixture_stop (b);
  g_assert_false (gst_spice_server_is_running (server));
}

static void
test_two_servers (void)
{
  GstElement *a = fixture_launch ("spicesink server-name=a port=0");
  GstElement *b = fixture_launch ("spicesink server-name=b port=0");

  gst_element_set_state (a, GST_STATE_READY);
  gst_element_set_state (b, GST_STATE_READY);
  g_assert_cmpint (fixture_port (a), !=, fixture_port (b));
  fixture_stop (a);
  fixture_stop (b);
}

/* a server of its own: the parser of GStreamer 1.22.0 loses a reference to a
 * child whose property it sets */
static void
test_child_proxy (void)
{
  GstElement *pipeline = fixture_launch (
      "spicesink name=s server-name=children server::port=0 "
      "server::session-name=desk "
      "video_1::sync=false audio::volume=0.25 cursor_0::hot-x=3 "
      "videotestsrc ! s.video_1 audiotestsrc ! s.audio "
      "videotestsrc ! video/x-raw,width=8,height=8 ! s.cursor_0");
  GstElement *sink = by_name (pipeline, "s");
  g_autofree char *name = NULL;
  double volume = 0;
  gboolean sync = TRUE;
  int hot_x = 0, port = -1, id = -1;

  gst_child_proxy_get (GST_CHILD_PROXY (sink), "audio::volume", &volume,
                       "video_1::sync", &sync, "cursor_0::hot-x", &hot_x,
                       "server::port", &port, "video_1::display-id", &id,
                       "server::session-name", &name, NULL);
  g_assert_cmpfloat (volume, ==, 0.25);
  g_assert_false (sync);
  g_assert_cmpint (hot_x, ==, 3);
  g_assert_cmpint (port, ==, 0);
  g_assert_cmpint (id, ==, 1);
  g_assert_cmpstr (name, ==, "desk");
  g_assert_cmpuint (gst_child_proxy_get_children_count (GST_CHILD_PROXY (sink)),
                    ==, 4);
  fixture_stop (pipeline);
}

/* messages */

static void
test_messages (Fixture *f, gconstpointer data)
{
  GstElement *pipeline =
      fixture_launch ("videotestsrc is-live=true ! spicesink name=s port=0 "
                      "audiotestsrc is-live=true ! s.");
  g_autoptr (GstMessage) listening = NULL;
  g_autoptr (GstMessage) added = NULL;
  g_autoptr (GstMessage) removed = NULL;
  g_autoptr (WireClient) client = NULL;
  uint32_t id;
  guint told = 0;
  int port = 0;

  play (pipeline);
  listening = fixture_wait_message (&f->net, pipeline, GST_MESSAGE_ELEMENT,
                                    "spice-listening");
  gst_structure_get_int (gst_message_get_structure (listening), "port", &port);
  g_assert_cmpint (port, ==, fixture_port (by_name (pipeline, "s")));
  g_assert_true (GST_MESSAGE_SRC (listening) ==
                 GST_OBJECT (by_name (pipeline, "s")));
  client = fixture_join (&f->net, port, &id);
  added = fixture_wait_message (&f->net, pipeline, GST_MESSAGE_ELEMENT,
                                "spice-client-added");
  gst_structure_get_uint (gst_message_get_structure (added), "connection-id",
                          &told);
  g_assert_cmpuint (told, ==, id);
  g_clear_pointer (&client, wire_client_free);
  removed = fixture_wait_message (&f->net, pipeline, GST_MESSAGE_ELEMENT,
                                  "spice-client-removed");
  g_assert_nonnull (removed);
  fixture_stop (pipeline);
}

/* a conversion rounds */
static gboolean
shows_nearly_white (FixtureViewer *viewer)
{
  return wire_canvas_has_surface (viewer->canvas, 0, 320, 240) &&
         (wire_canvas_pixel (viewer->canvas, 0, 319, 239) & 0xf8f8f8) ==
             0xf8f8f8;
}

/* the caps at the inner sink, as a format's name */
static char *
inner_format (GstElement *bin, const char *name)
{
  g_autoptr (GstPad) pad =
      gst_element_get_static_pad (by_name (bin, name), "sink");
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  g_assert_nonnull (caps);
  return g_strdup (
      gst_structure_get_string (gst_caps_get_structure (caps, 0), "format"));
}

static void
test_conversion (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *caps, *format; /* NULL: any that needs no conversion */
  } rows[] = {
      {"video/x-raw,format=RGB16", "RGB16"},
      {"video/x-raw,format=I420", NULL},
      {"video/x-raw", NULL},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *line = g_strdup_printf (
        "videotestsrc pattern=white ! %s ! spicesink name=s port=0",
        rows[i].caps);
    GstElement *pipeline = fixture_launch (line);
    g_autofree char *format = NULL;
    FixtureViewer viewer;

    play (pipeline);
    fixture_viewer_init (&viewer, &f->net,
                         fixture_port (by_name (pipeline, "s")), 0);
    NET_RUN_UNTIL (&f->net, shows_nearly_white (&viewer));
    format = inner_format (by_name (pipeline, "s"), "video_0");
    if (rows[i].format)
      g_assert_cmpstr (format, ==, rows[i].format);
    fixture_viewer_clear (&viewer);
    fixture_stop (pipeline);
  }
}

static void
test_paused (Fixture *f, gconstpointer data)
{
  GstElement *pipeline =
      fixture_launch ("videotestsrc pattern=white is-live=true ! "
                      "spicesink name=s port=0");
  FixtureViewer early, late;

  play (pipeline);
  fixture_viewer_init (&early, &f->net, fixture_port (by_name (pipeline, "s")),
                       0);
  NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&early, 320, 240, WHITE));
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  fixture_viewer_init (&late, &f->net, fixture_port (by_name (pipeline, "s")),
                       0);
  NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&late, 320, 240, WHITE));
  g_assert_false (early.display->closed);
  fixture_viewer_clear (&early);
  fixture_viewer_clear (&late);
  fixture_stop (pipeline);
}

static void
test_eos (Fixture *f, gconstpointer data)
{
  GstElement *pipeline =
      fixture_launch ("spicesink name=s port=0 videotestsrc num-buffers=5 ! s. "
                      "audiotestsrc num-buffers=5 ! s.");
  g_autoptr (GstMessage) message = NULL;

  play (pipeline);
  message = fixture_wait_message (&f->net, pipeline, GST_MESSAGE_EOS, NULL);
  g_assert_nonnull (message);
  fixture_stop (pipeline);
}

/* a pad without an end does not count */
static void
test_eos_of_video (Fixture *f, gconstpointer data)
{
  GstElement *pipeline = fixture_launch (
      "spicesink name=s port=0 eos-policy=video "
      "videotestsrc num-buffers=5 ! s. audiotestsrc is-live=true ! s.");
  g_autoptr (GstMessage) message = NULL;

  play (pipeline);
  message = fixture_wait_message (&f->net, pipeline, GST_MESSAGE_EOS, NULL);
  g_assert_nonnull (message);
  fixture_stop (pipeline);
}

/* pads */

static GstElement *
add_source (GstElement *pipeline, GstElement *sink, const char *pad_name)
{
  GstElement *source = gst_element_factory_make ("videotestsrc", NULL);
  g_autoptr (GstPad) src_pad = gst_element_get_static_pad (source, "src");
  g_autoptr (GstPad) sink_pad = gst_element_request_pad_simple (sink, pad_name);

  g_object_set (source, "is-live", TRUE, NULL);
  gst_util_set_object_arg (G_OBJECT (source), "pattern", "red");
  gst_bin_add (GST_BIN (pipeline), source);
  g_assert_nonnull (sink_pad);
  g_assert_cmpint (gst_pad_link (src_pad, sink_pad), ==, GST_PAD_LINK_OK);
  gst_element_sync_state_with_parent (source);
  return source;
}

static void
remove_source (GstElement *pipeline, GstElement *sink, GstElement *source)
{
  g_autoptr (GstPad) src_pad = gst_element_get_static_pad (source, "src");
  g_autoptr (GstPad) sink_pad = gst_pad_get_peer (src_pad);

  gst_element_set_state (source, GST_STATE_NULL);
  gst_element_release_request_pad (sink, sink_pad);
  gst_bin_remove (GST_BIN (pipeline), source);
}

static void
test_pads_in_playing (Fixture *f, gconstpointer data)
{
  GstElement *pipeline = fixture_launch (
      "videotestsrc pattern=white is-live=true ! spicesink name=s port=0");
  GstElement *sink = by_name (pipeline, "s");
  FixtureViewer first;

  play (pipeline);
  fixture_viewer_init (&first, &f->net, fixture_port (sink), 0);
  NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&first, 320, 240, WHITE));
  for (guint i = 0; i < 3; i++) {
    GstElement *source = add_source (pipeline, sink, "video_1");
    GstState state;
    FixtureViewer second;

    g_assert_cmpint (gst_element_get_state (pipeline, &state, NULL, 0), !=,
                     GST_STATE_CHANGE_FAILURE);
    g_assert_cmpint (state, ==, GST_STATE_PLAYING);
    fixture_viewer_init (&second, &f->net, fixture_port (sink), 1);
    NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&second, 320, 240, RED));
    remove_source (pipeline, sink, source);
    NET_RUN_UNTIL (&f->net, second.display->closed);
    fixture_viewer_clear (&second);
  }
  g_assert_false (first.display->closed);
  fixture_viewer_clear (&first);
  fixture_stop (pipeline);
}

static void
test_pad_names (void)
{
  GstElement *sink = fixture_launch ("spicesink");
  g_autoptr (GstPad) a = gst_element_request_pad_simple (sink, "video_%u");
  g_autoptr (GstPad) b = gst_element_request_pad_simple (sink, "video_3");
  g_autoptr (GstPad) c = gst_element_request_pad_simple (sink, "video_%u");
  g_autoptr (GstPad) audio = gst_element_request_pad_simple (sink, "audio");

  g_assert_cmpstr (GST_PAD_NAME (a), ==, "video_0");
  g_assert_cmpstr (GST_PAD_NAME (b), ==, "video_3");
  g_assert_cmpstr (GST_PAD_NAME (c), ==, "video_1");
  g_assert_nonnull (audio);
  g_assert_null (gst_element_request_pad_simple (sink, "video_16"));
  g_assert_null (gst_element_request_pad (
      sink, gst_element_get_pad_template (sink, "audio"), NULL, NULL));
  gst_object_unref (sink);
}

/* a link that names no pad: commands are drawn, they are not the pointer's */
static void
test_links_without_names (void)
{
  static const char *const rows[][2] = {
      {"fakesrc ! application/x-spice-qxl,version=1", "qxl_0"},
      {"videotestsrc ! video/x-raw,format=BGRA,width=8,height=8", "video_0"},
      {"audiotestsrc", "audio"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *line =
        g_strdup_printf ("%s ! spicesink name=s", rows[i][0]);
    GstElement *pipeline = fixture_launch (line);
    GstElement *sink = by_name (pipeline, "s");
    g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, rows[i][1]);

    g_assert_true (pad && gst_pad_is_linked (pad));
    fixture_stop (pipeline);
  }
}

/* a pad that never gets data holds up nothing */
static void
test_idle_pad (Fixture *f, gconstpointer data)
{
  GstElement *pipeline =
      fixture_launch ("videotestsrc pattern=white ! spicesink name=s port=0");
  GstElement *sink = by_name (pipeline, "s");
  g_autoptr (GstPad) audio = gst_element_request_pad_simple (sink, "audio");
  g_autoptr (GstPad) cursor = gst_element_request_pad_simple (sink, "cursor_0");
  FixtureViewer viewer;

  g_assert_true (audio != cursor);
  play (pipeline);
  g_assert_cmpint (
      gst_element_get_state (pipeline, NULL, NULL, 10 * GST_SECOND), ==,
      GST_STATE_CHANGE_SUCCESS);
  fixture_viewer_init (&viewer, &f->net, fixture_port (sink), 0);
  NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&viewer, 320, 240, WHITE));
  fixture_viewer_clear (&viewer);
  fixture_stop (pipeline);
}

static void
test_stream_volume (void)
{
  static const char *const names[] = {"spiceplaybacksink", "spicerecordsrc"};

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    GstElement *element = gst_element_factory_make (names[i], NULL);

    g_assert_true (GST_IS_STREAM_VOLUME (element));
    gst_stream_volume_set_volume (GST_STREAM_VOLUME (element),
                                  GST_STREAM_VOLUME_FORMAT_LINEAR, 0.5);
    gst_stream_volume_set_mute (GST_STREAM_VOLUME (element), TRUE);
    g_assert_cmpfloat (
        gst_stream_volume_get_volume (GST_STREAM_VOLUME (element),
                                      GST_STREAM_VOLUME_FORMAT_LINEAR),
        ==, 0.5);
    g_assert_true (gst_stream_volume_get_mute (GST_STREAM_VOLUME (element)));
    gst_object_unref (gst_object_ref_sink (element));
  }
}

static void
add_state_tests (void)
{
  static const char *const lines[][2] = {
      {"spicedisplaysink", "spicedisplaysink port=0"},
      {"spicecursorsink", "spicecursorsink port=0"},
      {"spiceplaybacksink", "spiceplaybacksink port=0"},
      {"spicerecordsrc", "spicerecordsrc port=0"},
      {"spiceportsink", "spiceportsink port=0"},
      {"spiceportsrc", "spiceportsrc port=0"},
      {"spicesink", "spicesink port=0"},
      {"spicesrc", "spicesrc port=0"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autofree char *path =
        g_strdup_printf ("/states/%s-survives-a-thousand-starts", lines[i][0]);

    g_test_add_data_func (path, lines[i][1], test_states);
  }
}

/* actions */

static void
test_resync (Fixture *f, gconstpointer data)
{
  GstElement *pipeline = fixture_launch (
      "spicesink name=s port=0 videotestsrc pattern=red num-buffers=1 ! "
      "s.video_0 videotestsrc pattern=red num-buffers=1 ! s.video_1 "
      "audiotestsrc num-buffers=1 ! s.audio");
  GstElement *sink = by_name (pipeline, "s");
  FixtureViewer viewers[2];

  g_signal_emit_by_name (sink, "resync");
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  for (uint8_t i = 0; i < 2; i++) {
    fixture_viewer_init (&viewers[i], &f->net, fixture_port (sink), i);
    NET_RUN_UNTIL (&f->net, wire_canvas_is_marked (viewers[i].canvas));
  }
  g_signal_emit_by_name (sink, "resync");
  for (int i = 0; i < 2; i++) {
    NET_RUN_UNTIL (&f->net, wire_client_count (viewers[i].display,
                                               SPICE_MSG_DISPLAY_MARK) == 2);
    fixture_viewer_clear (&viewers[i]);
  }
  fixture_stop (pipeline);
}

#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/a-wrong-value-is-an-error-that-names-it",
                   test_wrong_values);
  g_test_add_func ("/settings/a-port-that-is-taken-is-an-error",
                   test_port_taken);
  g_test_add_func ("/settings/a-second-value-is-an-error-that-names-both",
                   test_conflict);
  g_test_add_func ("/settings/count-for-the-whole-pipeline",
                   test_settings_of_others);
  g_test_add_func ("/settings/a-display-has-one-sink", test_slot_taken);
  g_test_add_func ("/server/is-an-object-or-a-context", test_server_object);
  g_test_add_func ("/server/two-run-in-one-process", test_two_servers);
  g_test_add_func ("/server/children-are-reached-by-name", test_child_proxy);
  ADD ("/messages/tell-of-clients", test_messages);
  ADD ("/display/other-formats-are-converted", test_conversion);
  ADD ("/display/keeps-its-picture-in-paused", test_paused);
  ADD ("/resync/is-for-every-display", test_resync);
  ADD ("/eos/comes-when-all-pads-have-ended", test_eos);
  ADD ("/eos/comes-when-video-has-ended", test_eos_of_video);
  ADD ("/pads/come-and-go-in-playing", test_pads_in_playing);
  ADD ("/pads/without-data-hold-up-nothing", test_idle_pad);
  g_test_add_func ("/pads/have-the-names-asked-for", test_pad_names);
  g_test_add_func ("/pads/are-chosen-by-what-comes", test_links_without_names);
  g_test_add_func ("/sound/volume-is-an-interface", test_stream_volume);
  g_test_add_func ("/states/go-up-and-down-with-data", test_all_states);
  add_state_tests ();
  result = g_test_run ();
  gst_deinit ();
  return result;
}

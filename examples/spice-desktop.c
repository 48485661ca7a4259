/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spice-desktop.c – a small remote desktop, from beginning to end.
 *
 * Shows a moving picture and plays a ticking sound to everybody who opens the
 * address it prints, says who comes and goes, what they type and what they
 * cost. The picture marks where a viewer clicks and which key it presses.
 *
 *   spice-desktop [--port=PORT] [--password=TEXT] [--seconds=N]
 *
 * An application of gst-spice has three parts, and so has this file:
 *
 *   1. a GstSpiceServer: the listening socket, the viewers, their events
 *   2. a pipeline: what the viewers see and hear
 *   3. a bus watch: errors, and input that no element wanted
 *
 * Compile it alone:
 *
 *   cc spice-desktop.c $(pkg-config --cflags --libs gstreamer-spice-1.0
 *       gstreamer-video-1.0)
 */
#include <glib-unix.h>
#include <gst/gst.h>
#include <gst/spice/gstspice.h>
#include <gst/video/navigation.h>

/* Everything the callbacks need. */
typedef struct {
  /* from the command line */
  gint port;
  gchar *password;
  gint seconds;
  /* while it runs */
  GMainLoop *loop;
  GstSpiceServer *server;
  GstElement *pipeline;
  gboolean has_failed;
} Desktop;

/* ---- 1. the server ---------------------------------------------------- */

/* A viewer has given the right password and waits to be let in. This runs on
 * the server's own loop, which does nothing else meanwhile: decide at once, by
 * what is known already. Everything may be called here but what starts or stops
 * a server or changes an element's state. */
static gboolean
on_client_connecting (GstSpiceServer *server, guint connection_id,
                      const gchar *address, gpointer user_data)
{
  g_print ("viewer %08x of %s knocks\n", connection_id, address);
  return TRUE;
}

/* The other signals come from a thread of their own, one after the other, so
 * they may take their time. The connection id stands for a viewer in all calls,
 * for example in gst_spice_server_disconnect_client(). */
static void
on_client_added (GstSpiceServer *server, guint connection_id,
                 const gchar *address, gpointer user_data)
{
  g_print ("viewer %08x of %s is in, %u now\n", connection_id, address,
           gst_spice_server_get_num_clients (server));
}

static void
on_client_removed (GstSpiceServer *server, guint connection_id,
                   const gchar *address, const gchar *reason,
                   gpointer user_data)
{
  g_print ("viewer %08x of %s is gone: %s\n", connection_id, address, reason);
}

static void
on_client_rejected (GstSpiceServer *server, const gchar *address,
                    const gchar *reason, gpointer user_data)
{
  g_print ("somebody of %s was turned away: %s\n", address, reason);
}

/* NULL: the server runs in a thread of its own. Given a GMainContext, it runs
 * in that, signals included, and lives on the application's iterating it. */
static GstSpiceServer *
make_server (Desktop *desktop)
{
  GstSpiceServer *server = gst_spice_server_new (NULL);

  g_object_set (server, "port", desktop->port, "session-name", "spice-desktop",
                NULL);
  if (desktop->password)
    g_object_set (server, "password", desktop->password, NULL);
  g_signal_connect (server, "client-connecting",
                    G_CALLBACK (on_client_connecting), desktop);
  g_signal_connect (server, "client-added", G_CALLBACK (on_client_added),
                    desktop);
  g_signal_connect (server, "client-removed", G_CALLBACK (on_client_removed),
                    desktop);
  g_signal_connect (server, "client-rejected", G_CALLBACK (on_client_rejected),
                    desktop);
  return server;
}

/* What each viewer costs. The structure is described in docs/messages.md; its
 * field "clients" is an array of structures. */
static gboolean
on_stats_timer (gpointer user_data)
{
  Desktop *desktop = user_data;
  g_autoptr (GstStructure) stats = gst_spice_server_get_stats (desktop->server);
  const GValue *clients = gst_structure_get_value (stats, "clients");
  guint n_clients = clients ? gst_value_array_get_size (clients) : 0;

  g_print ("%u viewers\n", n_clients);
  for (guint i = 0; i < n_clients; i++) {
    const GstStructure *client =
        gst_value_get_structure (gst_value_array_get_value (clients, i));
    guint64 bytes_sent = 0;
    guint round_trip_us = 0;

    gst_structure_get_uint64 (client, "bytes-sent", &bytes_sent);
    gst_structure_get_uint (client, "round-trip-us", &round_trip_us);
    g_print ("  %s: %" G_GUINT64_FORMAT " bytes sent, %u us away\n",
             gst_structure_get_string (client, "address"), bytes_sent,
             round_trip_us);
  }
  return G_SOURCE_CONTINUE;
}

/* ---- 2. the pipeline -------------------------------------------------- */

/* Two streams that have nothing to do with each other but the server their
 * sinks share. is-live: frames come as a camera's would, in their own time.
 * navigationtest draws what a viewer does, because the sink sends it upstream
 * as navigation events; in place of it and the test source one would put
 * "ximagesrc ! spiceinject", and the events would move a real desktop. */
#define PIPELINE                                                               \
  "videotestsrc is-live=true pattern=ball"                                     \
  " ! video/x-raw,width=640,height=480,framerate=25/1"                         \
  " ! navigationtest ! videoconvert ! spicedisplaysink"                        \
  " audiotestsrc is-live=true wave=ticks volume=0.3"                           \
  " ! audioconvert ! audioresample ! spiceplaybacksink"

/* All elements of the pipeline find the server in its context. An element can
 * also be given the server by its property "server"; without either, elements
 * of one process that have the same "server-name" share one. */
static GstElement *
make_pipeline (Desktop *desktop)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstContext) context =
      gst_spice_server_make_context (desktop->server);
  GstElement *pipeline = gst_parse_launch (PIPELINE, &error);

  if (error) {
    g_printerr ("cannot make the pipeline: %s\n", error->message);
    gst_clear_object (&pipeline);
    return NULL;
  }
  gst_element_set_context (pipeline, context);
  return pipeline;
}

/* ---- 3. the bus ------------------------------------------------------- */

/* Input that no element upstream handled. Beside GstNavigation's own fields it
 * has some of ours, such as the raw scancode: see docs/messages.md. */
static void
print_input (GstMessage *message)
{
  g_autoptr (GstEvent) event = NULL;
  const GstStructure *input;
  const gchar *key = NULL;
  guint scancode = 0;

  if (gst_navigation_message_get_type (message) !=
          GST_NAVIGATION_MESSAGE_EVENT ||
      !gst_navigation_message_parse_event (message, &event))
    return;
  if (gst_navigation_event_get_type (event) != GST_NAVIGATION_EVENT_KEY_PRESS ||
      !gst_navigation_event_parse_key_event (event, &key))
    return;
  input = gst_event_get_structure (event);
  gst_structure_get_uint (input, "scancode", &scancode);
  g_print ("key %s, scancode %#x\n", key, scancode);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Desktop *desktop = user_data;
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_ERROR:
    gst_message_parse_error (message, &error, NULL);
    g_printerr ("%s: %s\n", GST_MESSAGE_SRC_NAME (message), error->message);
    desktop->has_failed = TRUE;
    g_main_loop_quit (desktop->loop);
    break;
  case GST_MESSAGE_EOS:
    g_main_loop_quit (desktop->loop);
    break;
  case GST_MESSAGE_ELEMENT:
    print_input (message);
    break;
  default:
    break;
  }
  return G_SOURCE_CONTINUE;
}

/* ---- together --------------------------------------------------------- */

static gboolean
on_end (gpointer user_data)
{
  Desktop *desktop = user_data;

  g_main_loop_quit (desktop->loop);
  return G_SOURCE_CONTINUE;
}

/* Starts both halves. Elements would start the server by themselves; who wants
 * viewers to be able to connect before and after a pipeline's life, and errors
 * as a GError, starts it first. */
static gboolean
start (Desktop *desktop)
{
  g_autoptr (GError) error = NULL;

  if (!gst_spice_server_start (desktop->server, &error)) {
    g_printerr ("%s\n", error->message);
    return FALSE;
  }
  g_print ("Open spice://127.0.0.1:%d\n",
           gst_spice_server_get_current_port (desktop->server));
  return gst_element_set_state (desktop->pipeline, GST_STATE_PLAYING) !=
         GST_STATE_CHANGE_FAILURE;
}

/* The pipeline goes first: its sinks take their channels from the viewers. Stop
 * then disconnects the viewers and frees the port before it returns, and has
 * emitted the last "client-removed". */
static void
stop (Desktop *desktop)
{
  gst_element_set_state (desktop->pipeline, GST_STATE_NULL);
  gst_spice_server_stop (desktop->server);
}

static void
run (Desktop *desktop)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (desktop->pipeline);
  guint interrupt = g_unix_signal_add (SIGINT, on_end, desktop);
  guint terminate = g_unix_signal_add (SIGTERM, on_end, desktop);
  guint stats = g_timeout_add_seconds (1, on_stats_timer, desktop);
  guint end = desktop->seconds > 0
                  ? g_timeout_add_seconds (desktop->seconds, on_end, desktop)
                  : 0;

  gst_bus_add_watch (bus, on_message, desktop);
  if (start (desktop))
    g_main_loop_run (desktop->loop);
  else
    desktop->has_failed = TRUE;
  stop (desktop);
  gst_bus_remove_watch (bus);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  g_source_remove (stats);
  if (end)
    g_source_remove (end);
}

static gboolean
parse_options (Desktop *desktop, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
      {"port", 'p', 0, G_OPTION_ARG_INT, &desktop->port,
       "TCP port; 0: any free one", "PORT"},
      {"password", 0, 0, G_OPTION_ARG_STRING, &desktop->password,
       "what viewers must know", "TEXT"},
      {"seconds", 's', 0, G_OPTION_ARG_INT, &desktop->seconds,
       "how long to run; 0: until interrupted", "N"},
      {NULL},
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (g_option_context_parse (context, argc, argv, &error))
    return TRUE;
  g_printerr ("%s\n", error->message);
  return FALSE;
}

int
main (int argc, char *argv[])
{
  Desktop desktop = {.port = 5900};

  if (!parse_options (&desktop, &argc, &argv))
    return 2;
  desktop.loop = g_main_loop_new (NULL, FALSE);
  desktop.server = make_server (&desktop);
  desktop.pipeline = make_pipeline (&desktop);
  desktop.has_failed = !desktop.pipeline;
  if (desktop.pipeline)
    run (&desktop);
  gst_clear_object (&desktop.pipeline);
  gst_clear_object (&desktop.server);
  g_main_loop_unref (desktop.loop);
  g_free (desktop.password);
  return desktop.has_failed;
}

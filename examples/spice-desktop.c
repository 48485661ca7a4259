/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spice-desktop.c – a SPICE desktop in one file.
 *
 * Shows how an application uses gst-spice: it makes a server, says who may come
 * in, puts a picture and sound into it with an ordinary pipeline, and looks at
 * what viewers type. To build it anywhere:
 *
 *   cc spice-desktop.c -o spice-desktop \
 *     $(pkg-config --cflags --libs gstreamer-spice-1.0)
 */
#include <gst/gst.h>
#include <gst/spice/gstspice.h>

#include <glib-unix.h>

/* Any sources do. The pads of spicesink are the channels of a desktop: several
 * video_%u are several heads, audio is its sound. */
#define PIPELINE                                                               \
  "spicesink name=desktop "                                                    \
  "videotestsrc is-live=true pattern=ball ! "                                  \
  "  video/x-raw,width=640,height=480 ! desktop.video_0 "                      \
  "audiotestsrc is-live=true wave=ticks volume=0.2 ! desktop.audio "

static int port = 5900;
static char *password;

static const GOptionEntry options[] = {
    {"port", 'p', 0, G_OPTION_ARG_INT, &port, "where to listen, 0: anywhere",
     "PORT"},
    {"password", 'w', 0, G_OPTION_ARG_STRING, &password,
     "what viewers must know", "TEXT"},
    {NULL},
};

/* The server asks before it lets a viewer in. This is called on its own thread,
 * which waits for the answer: decide at once. */
static gboolean
on_client_connecting (GstSpiceServer *server, const char *address,
                      gpointer user_data)
{
  g_print ("somebody at %s wants in\n", address);
  return TRUE;
}

/* The other signals come from a thread that may take its time. The connection
 * id is what the server's calls about a viewer want. */
static void
on_client_added (GstSpiceServer *server, guint connection_id,
                 const char *address, gpointer user_data)
{
  gboolean is_first = gst_spice_server_get_num_clients (server) == 1;

  g_print ("viewer %08x at %s\n", connection_id, address);
  /* The first one may type, the others look on. */
  gst_spice_server_set_client_role (server, connection_id, !is_first);
}

static void
on_client_removed (GstSpiceServer *server, guint connection_id,
                   const char *address, const char *reason, gpointer user_data)
{
  g_print ("viewer %08x has left: %s\n", connection_id, reason);
}

/* Keys and pointer travel upstream as navigation events. What no element
 * handles (here: all of it) becomes a message with the event's fields. */
static void
print_navigation (const GstStructure *fields)
{
  const char *key = gst_structure_get_string (fields, "key");
  guint scancode = 0;

  if (key && gst_structure_get_uint (fields, "scancode", &scancode))
    g_print ("%s %s (scancode 0x%x)\n",
             gst_structure_get_string (fields, "kind"), key, scancode);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer loop)
{
  const GstStructure *fields = gst_message_get_structure (message);

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_error (message, &error, NULL);
    g_printerr ("%s\n", error->message);
    g_main_loop_quit (loop);
  } else if (fields &&
             gst_structure_has_name (fields, "GstNavigationMessage")) {
    print_navigation (fields);
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static GstSpiceServer *
make_server (void)
{
  GstSpiceServer *server = gst_spice_server_new (NULL);

  g_object_set (server, "port", port, "session-name", "An example", NULL);
  if (password)
    gst_spice_server_set_password (server, password, 0);
  g_signal_connect (server, "client-connecting",
                    G_CALLBACK (on_client_connecting), NULL);
  g_signal_connect (server, "client-added", G_CALLBACK (on_client_added), NULL);
  g_signal_connect (server, "client-removed", G_CALLBACK (on_client_removed),
                    NULL);
  return server;
}

/* The context hands the server to every element of the pipeline; giving it as
 * the property "server" of each would do the same. */
static GstElement *
make_pipeline (GstSpiceServer *server, GError **error)
{
  GstElement *pipeline = gst_parse_launch (PIPELINE, error);
  GstContext *context;

  if (!pipeline)
    return NULL;
  context = gst_spice_server_make_context (server);
  gst_element_set_context (pipeline, context);
  gst_context_unref (context);
  return pipeline;
}

/* The server runs from here on: a port that is taken makes this fail, with an
 * error message on the bus that says so. */
static gboolean
play (GstElement *pipeline, GstBus *bus)
{
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  if (gst_element_set_state (pipeline, GST_STATE_PLAYING) !=
      GST_STATE_CHANGE_FAILURE)
    return TRUE;
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  if (message)
    gst_message_parse_error (message, &error, NULL);
  g_printerr ("%s\n", error ? error->message : "cannot start");
  return FALSE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstSpiceServer) server = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstBus) bus = NULL;
  gboolean is_playing;

  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  server = make_server ();
  pipeline = make_pipeline (server, &error);
  if (!pipeline) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  bus = gst_element_get_bus (pipeline);
  gst_bus_add_watch (bus, on_message, loop);
  g_unix_signal_add (SIGINT, on_signal, loop);
  g_unix_signal_add (SIGTERM, on_signal, loop);

  is_playing = play (pipeline, bus);
  if (is_playing) {
    g_print ("open spice://127.0.0.1:%d\n",
             gst_spice_server_get_current_port (server));
    g_main_loop_run (loop);
  }
  /* The last element to leave stops the server. */
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  return is_playing ? 0 : 1;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* launch.c – plays a launch line, as gst-launch-1.0 does.
 *
 * A sanitizer wants a program built with it. Prints "READY <port>" once the
 * server listens, and every message and warning of an element. SIGINT and
 * SIGTERM end it, the end of what it plays does not; SIGWINCH gives the
 * capsfilter named "size" other caps, SIGUSR1 goes down to READY and plays
 * again, SIGUSR2 plays again from the start, with a flush.
 *
 *   judge-launch LAUNCH LINE… */
#include <gst/gst.h>

#include <glib-unix.h>
#include <openssl/crypto.h>
#include <stdlib.h>

#define OTHER_SIZE "video/x-raw,width=400,height=300"

typedef struct {
  GstElement *pipeline;
  GMainLoop *loop;
  int status;
} Player;

static void
print_message (GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);
  g_autofree char *text = gst_structure_to_string (structure);
  int port;

  g_print ("%s: %s\n", GST_MESSAGE_SRC_NAME (message), text);
  if (gst_structure_has_name (structure, "spice-listening") &&
      gst_structure_get_int (structure, "port", &port))
    g_print ("READY %d\n", port);
}

static void
print_error (GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  gst_message_parse_error (message, &error, NULL);
  g_print ("%s: error: %s\n", GST_MESSAGE_SRC_NAME (message), error->message);
}

static void
print_warning (GstMessage *message)
{
  g_autoptr (GError) warning = NULL;

  gst_message_parse_warning (message, &warning, NULL);
  g_print ("%s: warning: %s\n", GST_MESSAGE_SRC_NAME (message),
           warning->message);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Player *player = user_data;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_ELEMENT:
    print_message (message);
    break;
  case GST_MESSAGE_WARNING:
    print_warning (message);
    break;
  case GST_MESSAGE_ERROR:
    print_error (message);
    player->status = EXIT_FAILURE;
    g_main_loop_quit (player->loop);
    break;
  default:
    break;
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_quit (gpointer user_data)
{
  g_main_loop_quit (((Player *)user_data)->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_resize (gpointer user_data)
{
  Player *player = user_data;
  g_autoptr (GstElement) size =
      gst_bin_get_by_name (GST_BIN (player->pipeline), "size");

  if (size)
    gst_util_set_object_arg (G_OBJECT (size), "caps", OTHER_SIZE);
  return G_SOURCE_CONTINUE;
}

/* prints what could not be done */
static void
set_state (Player *player, GstState state)
{
  if (gst_element_set_state (player->pipeline, state) ==
      GST_STATE_CHANGE_FAILURE)
    g_print ("error: no change to %s\n", gst_element_state_get_name (state));
}

static gboolean
on_restart (gpointer user_data)
{
  Player *player = user_data;

  set_state (player, GST_STATE_PAUSED);
  set_state (player, GST_STATE_READY);
  set_state (player, GST_STATE_PLAYING);
  g_print ("RESTARTED\n");
  return G_SOURCE_CONTINUE;
}

static gboolean
on_seek (gpointer user_data)
{
  Player *player = user_data;

  g_print ("%s\n", gst_element_seek_simple (player->pipeline, GST_FORMAT_TIME,
                                            GST_SEEK_FLAG_FLUSH, 0)
                       ? "SOUGHT"
                       : "error: no seek");
  return G_SOURCE_CONTINUE;
}

static void
play (Player *player)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (player->pipeline);
  guint watches[] = {
      gst_bus_add_watch (bus, on_message, player),
      g_unix_signal_add (SIGINT, on_quit, player),
      g_unix_signal_add (SIGTERM, on_quit, player),
      g_unix_signal_add (SIGWINCH, on_resize, player),
      g_unix_signal_add (SIGUSR1, on_restart, player),
      g_unix_signal_add (SIGUSR2, on_seek, player),
  };

  player->loop = g_main_loop_new (NULL, FALSE);
  set_state (player, GST_STATE_PLAYING);
  g_main_loop_run (player->loop);
  set_state (player, GST_STATE_NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (watches); i++)
    g_source_remove (watches[i]);
  g_main_loop_unref (player->loop);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  Player player = {.status = EXIT_SUCCESS};

  /* Streaming threads that send go on for a moment when the pipeline is no
   * more. Were OpenSSL cleaned up meanwhile, as it does by itself when main ()
   * is over, what it keeps for them would not be freed when they end. */
  OPENSSL_init_crypto (OPENSSL_INIT_NO_ATEXIT, NULL);
  gst_init (&argc, &argv);
  player.pipeline = gst_parse_launchv ((const char **)argv + 1, &error);
  if (error) {
    g_printerr ("%s\n", error->message);
    player.status = EXIT_FAILURE;
  } else {
    play (&player);
  }
  g_clear_pointer (&player.pipeline, gst_object_unref);
  g_clear_error (&error);
  gst_deinit ();
  return player.status;
}

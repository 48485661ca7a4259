/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bare-server.c – a SPICE server without GStreamer.
 *
 * The proof of the layering, and the smallest program that shows how
 * server-core is driven: a scene drawn frame by frame, compared, posted.
 *
 *   bare-server [--port P] [--scene NAME] [--width W] [--height H] [--fps F]
 *               [--frames N] [--password TEXT]
 *
 * Prints "READY <port>" when viewers may come; draws N frames (0: for ever) and
 * keeps the last one until it is interrupted. */
#include "bench/scenes.h"
#include "qxl/differ.h"
#include "server-core/spc.h"

#include <glib-unix.h>
#include <stdlib.h>

static int port, width = 1280, height = 720, fps = 25, n_frames;
static char *scene_name, *password, *unix_path;

static const GOptionEntry options[] = {
    {"port", 0, 0, G_OPTION_ARG_INT, &port, "TCP port, 0: any", "P"},
    {"unix-path", 0, 0, G_OPTION_ARG_STRING, &unix_path, "socket", "PATH"},
    {"width", 0, 0, G_OPTION_ARG_INT, &width, "pixels", "W"},
    {"height", 0, 0, G_OPTION_ARG_INT, &height, "pixels", "H"},
    {"fps", 0, 0, G_OPTION_ARG_INT, &fps, "frames a second", "F"},
    {"frames", 0, 0, G_OPTION_ARG_INT, &n_frames, "0: for ever", "N"},
    {"scene", 0, 0, G_OPTION_ARG_STRING, &scene_name, "which", "NAME"},
    {"password", 0, 0, G_OPTION_ARG_STRING, &password, "ticket", "TEXT"},
    {NULL},
};

typedef struct {
  SpcDisplay *display;
  BenchScene *scene;
  QxlDiffer *differ;
  uint8_t *pixels;
  int frame;
} Feed;

/* a frame is drawn only when somebody could take it */
static gboolean
draw_frame (gpointer user_data)
{
  Feed *feed = user_data;
  g_autoptr (QxlBatch) batch = NULL, whole = NULL;

  if (spc_display_room (feed->display) == 0)
    return G_SOURCE_CONTINUE;
  bench_scene_render (feed->scene, (uint32_t)feed->frame, feed->pixels,
                      (size_t)width * 4);
  batch = qxl_differ_push (feed->differ, feed->pixels, (size_t)width * 4);
  if (feed->frame == 0) {
    whole = qxl_batch_new ();
    qxl_batch_create_surface (whole, QXL_PRIMARY_SURFACE, (uint32_t)width,
                              (uint32_t)height, QXL_FORMAT_BGRX);
    spc_display_post (feed->display, g_steal_pointer (&whole));
  }
  if (!qxl_batch_is_empty (batch))
    spc_display_post (feed->display, g_steal_pointer (&batch));
  feed->frame++;
  return n_frames == 0 || feed->frame < n_frames;
}

static void
print_input (const SpcInputEvent *event, gpointer user_data)
{
  if (event->kind == SPC_INPUT_KEY)
    g_print ("KEY %s %d\n", spc_scancode_key_name (event->scancode),
             event->pressed);
}

static gboolean
quit (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  static const SpcHost host;
  static const SpcInputSink input_sink = {.event = print_input};
  SpcConfig config;
  SpcServer *server;
  Feed feed = {0};

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  spc_config_init (&config);
  config.port = unix_path != NULL ? -1 : port;
  config.unix_path = g_strdup (unix_path);
  feed.scene = bench_scene_new (scene_name != NULL ? scene_name : "window",
                                (uint32_t)width, (uint32_t)height);
  feed.differ =
      qxl_differ_new (QXL_FORMAT_BGRX, (uint32_t)width, (uint32_t)height);
  if (feed.scene == NULL || feed.differ == NULL)
    g_error ("no such scene or size");
  feed.pixels = g_malloc0 ((gsize)width * (gsize)height * 4);
  server = spc_new (&config, NULL, &host, &input_sink, NULL);
  feed.display = spc_display_new (server, 0);
  spc_server_add_channel (server, SPC_CHANNEL (feed.display));
  if (password != NULL)
    spc_server_set_password (server, password, 0);
  if (!spc_server_start (server, &error))
    g_error ("%s", error->message);
  g_print ("READY %u\n", spc_server_port (server));
  g_unix_signal_add (SIGINT, quit, loop);
  g_unix_signal_add (SIGTERM, quit, loop);
  g_timeout_add (1000 / (guint)fps, draw_frame, &feed);
  g_main_loop_run (loop);
  spc_server_stop (server);
  g_object_unref (feed.display);
  g_object_unref (server);
  qxl_differ_free (feed.differ);
  bench_scene_free (feed.scene);
  g_free (feed.pixels);
  spc_config_clear (&config);
  return EXIT_SUCCESS;
}

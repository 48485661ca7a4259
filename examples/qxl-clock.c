/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qxl-clock.c – a clock that is drawn with commands: no pixel is made here.
 *
 *   qxl-clock [--port=PORT] [--seconds=N]
 *
 * Viewers are told what to draw, as a guest's display driver would tell it:
 * the face once, then each second a copy of it, three hands and a line of
 * text, some hundred bytes in all. Three parts:
 *
 *   1. what is drawn: a GstSpiceCommands, which becomes buffers
 *   2. a pipeline: an appsrc that takes the buffers to a spicesink
 *   3. a main loop with a timer
 *
 * Compile it alone:
 *
 *   cc qxl-clock.c $(pkg-config --cflags --libs gstreamer-spice-1.0) -lm
 */
#include <glib-unix.h>
#include <gst/gst.h>
#include <gst/spice/gstspice.h>
#include <math.h>

enum { WIDTH = 400, HEIGHT = 460 }; /* of the screen */
enum { CENTER = 200, RADIUS = 180 };
enum { SCREEN = 0, FACE = 1 }; /* surfaces: what is shown, and a store */

#define SKY 0x1b2838
#define PAPER 0xf4f1e8
#define INK 0x202020
#define RED 0xc02020

typedef struct {
  /* from the command line */
  gint port;
  gint seconds;
  /* while it runs */
  GMainLoop *loop;
  GstSpiceServer *server;
  GstElement *pipeline;
  GstElement *source;
  GstSpiceCommands *commands;
  gboolean has_failed;
} Clock;

/* ---- 1. what is drawn ------------------------------------------------- */

typedef struct {
  gint x, y;
} Point;

/* @turn: 0 to 1, clockwise from the top */
static Point
at (gdouble turn, gdouble radius)
{
  gdouble angle = turn * 2 * G_PI;

  return (Point){(gint)lround (CENTER + radius * sin (angle)),
                 (gint)lround (CENTER - radius * cos (angle))};
}

static void
draw_line (GstSpiceCommands *commands, Point from, Point to, guint32 color)
{
  const gint points[] = {from.x, from.y, to.x, to.y};

  gst_spice_commands_stroke (commands, points, G_N_ELEMENTS (points), FALSE,
                             color, NULL, 0);
}

static void
draw_centered (GstSpiceCommands *commands, Point middle, const gchar *text,
               guint scale, guint32 color)
{
  guint width, height;

  gst_spice_commands_measure_text (text, scale, &width, &height);
  gst_spice_commands_draw_text (commands, middle.x - (gint)width / 2,
                                middle.y - (gint)height / 2, text, scale,
                                color);
}

static void
draw_rim (GstSpiceCommands *commands)
{
  enum { N_POINTS = 120 };
  gint points[N_POINTS * 2];

  for (guint i = 0; i < N_POINTS; i++) {
    Point point = at (i / (gdouble)N_POINTS, RADIUS);
    points[i * 2] = point.x;
    points[i * 2 + 1] = point.y;
  }
  gst_spice_commands_stroke (commands, points, N_POINTS * 2, TRUE, INK, NULL,
                             0);
}

/* Drawn once, on a surface that is not shown but that viewers keep. */
static void
draw_face (GstSpiceCommands *commands)
{
  gst_spice_commands_set_target (commands, FACE);
  gst_spice_commands_fill (commands, 0, 0, WIDTH, HEIGHT, SKY,
                           GST_SPICE_ROP_PUT);
  gst_spice_commands_fill (commands, 10, 10, WIDTH - 20, WIDTH - 20, PAPER,
                           GST_SPICE_ROP_PUT);
  draw_rim (commands);
  for (guint minute = 0; minute < 60; minute++)
    draw_line (commands, at (minute / 60.0, minute % 5 == 0 ? 160 : 172),
               at (minute / 60.0, RADIUS), INK);
  for (guint hour = 1; hour <= 12; hour++) {
    g_autofree gchar *text = g_strdup_printf ("%u", hour);
    draw_centered (commands, at (hour / 12.0, 140), text, 3, INK);
  }
  gst_spice_commands_set_target (commands, SCREEN);
}

/* A long narrow diamond: lines are one pixel thick. */
static void
draw_hand (GstSpiceCommands *commands, gdouble turn, gdouble length,
           gdouble breadth)
{
  const Point corners[] = {at (turn, length), at (turn + 0.25, breadth),
                           at (turn + 0.5, breadth * 3),
                           at (turn + 0.75, breadth)};
  gint points[8];

  for (guint i = 0; i < 4; i++) {
    points[i * 2] = corners[i].x;
    points[i * 2 + 1] = corners[i].y;
  }
  gst_spice_commands_stroke (commands, points, 8, TRUE, INK, NULL, 0);
}

/* What is below the copy is hidden by it, so nothing need be erased. */
static void
draw_time (GstSpiceCommands *commands)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree gchar *text = g_date_time_format (now, "%H:%M:%S");
  gdouble second = g_date_time_get_second (now) / 60.0;
  gdouble minute = (g_date_time_get_minute (now) + second) / 60.0;
  gdouble hour = (g_date_time_get_hour (now) % 12 + minute) / 12.0;

  gst_spice_commands_copy_surface (commands, 0, 0, WIDTH, HEIGHT, FACE, 0, 0);
  draw_hand (commands, hour, 95, 7);
  draw_hand (commands, minute, 150, 5);
  draw_line (commands, at (second + 0.5, 30), at (second, 165), RED);
  draw_centered (commands, (Point){CENTER, 427}, text, 5, PAPER);
}

/* ---- 2. the pipeline -------------------------------------------------- */

/* do-timestamp: a buffer is shown when it comes. */
#define PIPELINE                                                               \
  "appsrc name=source is-live=true do-timestamp=true format=time"              \
  " ! sink.qxl_0  spicesink name=sink"

static gboolean
make_pipeline (Clock *clock)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstCaps) caps = gst_spice_commands_make_caps ();
  g_autoptr (GstContext) context =
      gst_spice_server_make_context (clock->server);

  clock->pipeline = gst_parse_launch (PIPELINE, &error);
  if (error) {
    g_printerr ("cannot make the pipeline: %s\n", error->message);
    return FALSE;
  }
  gst_element_set_context (clock->pipeline, context);
  clock->source = gst_bin_get_by_name (GST_BIN (clock->pipeline), "source");
  g_object_set (clock->source, "caps", caps, NULL);
  return TRUE;
}

/* Each buffer is carried out as a whole. */
static gboolean
on_tick (gpointer user_data)
{
  Clock *clock = user_data;
  g_autoptr (GstBuffer) buffer = NULL;
  GstFlowReturn flow;

  draw_time (clock->commands);
  buffer = gst_spice_commands_to_buffer (clock->commands);
  g_signal_emit_by_name (clock->source, "push-buffer", buffer, &flow);
  return G_SOURCE_CONTINUE;
}

/* ---- 3. the main loop ------------------------------------------------- */

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Clock *clock = user_data;
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
    gst_message_parse_warning (message, &error, NULL);
    g_printerr ("%s\n", error->message);
  }
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    g_printerr ("%s\n", error->message);
    clock->has_failed = TRUE;
    g_main_loop_quit (clock->loop);
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_end (gpointer user_data)
{
  g_main_loop_quit (((Clock *)user_data)->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
start (Clock *clock)
{
  g_autoptr (GError) error = NULL;

  if (!gst_spice_server_start (clock->server, &error)) {
    g_printerr ("%s\n", error->message);
    return FALSE;
  }
  g_print ("Open spice://127.0.0.1:%d\n",
           gst_spice_server_get_current_port (clock->server));
  gst_spice_commands_create_surface (
      clock->commands, SCREEN, GST_SPICE_SURFACE_FORMAT_XRGB, WIDTH, HEIGHT);
  gst_spice_commands_create_surface (
      clock->commands, FACE, GST_SPICE_SURFACE_FORMAT_XRGB, WIDTH, HEIGHT);
  draw_face (clock->commands);
  if (gst_element_set_state (clock->pipeline, GST_STATE_PLAYING) ==
      GST_STATE_CHANGE_FAILURE)
    return FALSE;
  on_tick (clock);
  return TRUE;
}

static void
run (Clock *clock)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (clock->pipeline);
  guint sources[] = {
      g_unix_signal_add (SIGINT, on_end, clock),
      g_unix_signal_add (SIGTERM, on_end, clock),
      g_timeout_add (1000, on_tick, clock),
      clock->seconds > 0
          ? g_timeout_add_seconds ((guint)clock->seconds, on_end, clock)
          : 0,
  };

  gst_bus_add_watch (bus, on_message, clock);
  if (start (clock))
    g_main_loop_run (clock->loop);
  else
    clock->has_failed = TRUE;
  gst_element_set_state (clock->pipeline, GST_STATE_NULL);
  gst_spice_server_stop (clock->server);
  gst_bus_remove_watch (bus);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    if (sources[i] != 0)
      g_source_remove (sources[i]);
}

static gboolean
parse_options (Clock *clock, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
      {"port", 'p', 0, G_OPTION_ARG_INT, &clock->port,
       "TCP port; 0: any free one", "PORT"},
      {"seconds", 's', 0, G_OPTION_ARG_INT, &clock->seconds,
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
  Clock clock = {.port = 5900};

  if (!parse_options (&clock, &argc, &argv))
    return 2;
  clock.loop = g_main_loop_new (NULL, FALSE);
  clock.commands = gst_spice_commands_new ();
  clock.server = gst_spice_server_new (NULL);
  g_object_set (clock.server, "port", clock.port, "session-name", "qxl-clock",
                NULL);
  clock.has_failed = !make_pipeline (&clock);
  if (!clock.has_failed)
    run (&clock);
  gst_clear_object (&clock.source);
  gst_clear_object (&clock.pipeline);
  gst_clear_object (&clock.server);
  g_object_unref (clock.commands);
  g_main_loop_unref (clock.loop);
  return clock.has_failed;
}

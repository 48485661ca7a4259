/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cursor-server.c – a server without GStreamer that obeys cursor commands.
 *
 * Two displays of a plain colour, each with its pointer. Prints "READY <port>"
 * when viewers may come, then obeys its standard input, a command a line, and
 * answers each by "DID <number of commands so far>":
 *
 *   set DISPLAY X Y VISIBLE TYPE WIDTH HEIGHT HOT_X HOT_Y FILE
 *   move DISPLAY X Y
 *   hide DISPLAY
 *   trail DISPLAY LENGTH FREQUENCY
 *   reset DISPLAY
 *   primary DISPLAY WIDTH HEIGHT     the old surface goes, a new one comes
 *
 * FILE has a shape's data. Ends when it is interrupted or its input does. */
#include "server-core/spc.h"

#include <glib-unix.h>
#include <stdlib.h>
#include <string.h>

#define N_DISPLAYS 2
#define WIDTH 320
#define HEIGHT 240

typedef struct {
  SpcServer *server;
  SpcDisplay *displays[N_DISPLAYS];
  SpcCursor *cursors[N_DISPLAYS];
  guint n_done;
  GMainLoop *loop;
} Program;

/* commands */

static int16_t
number_at (char **words, guint at)
{
  g_assert_cmpuint (at, <, g_strv_length (words));
  return (int16_t)atoi (words[at]);
}

static QxlCursorShape *
read_shape (char **words)
{
  g_autoptr (GError) error = NULL;
  char *data;
  gsize size;

  g_assert_cmpuint (g_strv_length (words), ==, 11);
  if (!g_file_get_contents (words[10], &data, &size, &error))
    g_error ("%s", error->message);
  return qxl_cursor_shape_new (
      (QxlCursorType)number_at (words, 5), 0, (uint16_t)number_at (words, 6),
      (uint16_t)number_at (words, 7), (uint16_t)number_at (words, 8),
      (uint16_t)number_at (words, 9), g_bytes_new_take (data, size));
}

static void
set (Program *self, guint id, char **words)
{
  QxlCursorCommand *command = qxl_cursor_command_new (QXL_CURSOR_SET);

  command->x = number_at (words, 2);
  command->y = number_at (words, 3);
  command->is_visible = number_at (words, 4) != 0;
  command->shape = read_shape (words);
  spc_cursor_post_command (self->cursors[id], command);
}

static void
move (Program *self, guint id, char **words)
{
  QxlCursorCommand *command = qxl_cursor_command_new (QXL_CURSOR_MOVE);

  command->x = number_at (words, 2);
  command->y = number_at (words, 3);
  spc_cursor_post_command (self->cursors[id], command);
}

static void
hide (Program *self, guint id, char **words)
{
  spc_cursor_post_command (self->cursors[id],
                           qxl_cursor_command_new (QXL_CURSOR_HIDE));
}

static void
trail (Program *self, guint id, char **words)
{
  QxlCursorCommand *command = qxl_cursor_command_new (QXL_CURSOR_TRAIL);

  command->length = (uint16_t)number_at (words, 2);
  command->frequency = (uint16_t)number_at (words, 3);
  spc_cursor_post_command (self->cursors[id], command);
}

static void
reset (Program *self, guint id, char **words)
{
  spc_cursor_post_command (self->cursors[id],
                           qxl_cursor_command_new (QXL_CURSOR_RESET));
}

static void
add_primary (QxlBatch *batch, int width, int height)
{
  qxl_batch_create_surface (batch, QXL_PRIMARY_SURFACE, (uint32_t)width,
                            (uint32_t)height, QXL_FORMAT_BGRX);
  qxl_batch_draw (batch, qxl_drawable_new_fill (QXL_PRIMARY_SURFACE,
                                                &QXL_RECT (0, 0, width, height),
                                                0x204060));
}

static void
renew_primary (Program *self, guint id, char **words)
{
  QxlBatch *batch = qxl_batch_new ();

  qxl_batch_destroy_surface (batch, QXL_PRIMARY_SURFACE);
  add_primary (batch, number_at (words, 2), number_at (words, 3));
  spc_cursor_post_batch (self->cursors[id], batch);
  spc_display_post (self->displays[id], batch);
}

static const struct {
  const char *name;
  void (*func) (Program *self, guint id, char **words);
} orders[] = {
    {"set", set},     {"move", move},   {"hide", hide},
    {"trail", trail}, {"reset", reset}, {"primary", renew_primary},
};

static void
obey (Program *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  guint id;

  g_assert_cmpuint (g_strv_length (words), >=, 2);
  id = (guint)atoi (words[1]);
  g_assert_cmpuint (id, <, N_DISPLAYS);
  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    if (g_str_equal (words[0], orders[i].name)) {
      orders[i].func (self, id, words);
      g_print ("DID %u\n", ++self->n_done);
      return;
    }
  g_error ("no command: %s", line);
}

static gboolean
on_order (GIOChannel *channel, GIOCondition condition, gpointer user_data)
{
  Program *self = user_data;
  g_autofree char *line = NULL;
  gsize end;

  if (g_io_channel_read_line (channel, &line, NULL, &end, NULL) !=
      G_IO_STATUS_NORMAL) {
    g_main_loop_quit (self->loop);
    return G_SOURCE_REMOVE;
  }
  line[end] = '\0';
  obey (self, line);
  return G_SOURCE_CONTINUE;
}

static gboolean
quit (gpointer user_data)
{
  g_main_loop_quit (((Program *)user_data)->loop);
  return G_SOURCE_CONTINUE;
}

/* life */

static void
add_display (Program *self, guint id)
{
  QxlBatch *batch = qxl_batch_new ();

  self->displays[id] = spc_display_new (self->server, (uint8_t)id);
  self->cursors[id] = spc_cursor_new (self->server, (uint8_t)id);
  spc_server_add_channel (self->server, SPC_CHANNEL (self->displays[id]));
  spc_server_add_channel (self->server, SPC_CHANNEL (self->cursors[id]));
  add_primary (batch, WIDTH, HEIGHT);
  spc_display_post (self->displays[id], batch);
}

static void
start (Program *self)
{
  g_autoptr (GError) error = NULL;
  static const SpcHost host;
  SpcConfig config;

  spc_config_init (&config);
  config.port = 0;
  config.allow_anonymous = true;
  self->server = spc_new (&config, NULL, &host, NULL, NULL);
  spc_config_clear (&config);
  for (guint id = 0; id < N_DISPLAYS; id++)
    add_display (self, id);
  if (!spc_server_start (self->server, &error))
    g_error ("%s", error->message);
  g_print ("READY %u\n", spc_server_port (self->server));
}

static void
stop (Program *self)
{
  spc_server_stop (self->server);
  for (guint id = 0; id < N_DISPLAYS; id++) {
    g_object_unref (self->displays[id]);
    g_object_unref (self->cursors[id]);
  }
  g_object_unref (self->server);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (STDIN_FILENO);
  Program self = {.loop = loop};

  start (&self);
  g_unix_signal_add (SIGINT, quit, &self);
  g_unix_signal_add (SIGTERM, quit, &self);
  g_io_channel_set_encoding (input, NULL, NULL);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, on_order, &self);
  g_main_loop_run (loop);
  stop (&self);
  return EXIT_SUCCESS;
}

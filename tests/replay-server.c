/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* replay-server.c – a server without GStreamer that plays a recording, a given
 * number of commands at a time.
 *
 *   replay-server --recording FILE --picture FILE [--compression N]
 *
 * Prints "READY <port>" when viewers may come, and then obeys its standard
 * input: a number there is of commands, which it plays. Then it writes what the
 * primary surface shows to FILE, as BGRX, drawn by its own canvas from the
 * recording alone, and prints "DREW <so far> <width> <height>" and statistics;
 * "END" is added when the recording is over. Ends when it is interrupted or its
 * input does. */
#include "qxl/canvas.h"
#include "qxl/replay.h"
#include "server-core/spc.h"

#include <glib-unix.h>
#include <stdlib.h>

static char *recording_path, *picture_path;
static int compression;

static const GOptionEntry options[] = {
    {"recording", 0, 0, G_OPTION_ARG_FILENAME, &recording_path, "plain", "F"},
    {"picture", 0, 0, G_OPTION_ARG_FILENAME, &picture_path, "file", "FILE"},
    {"compression", 0, 0, G_OPTION_ARG_INT, &compression,
     "SPICE_IMAGE_COMPRESSION_…", "N"},
    {NULL},
};

typedef struct {
  SpcServer *server;
  SpcDisplay *display;
  QxlReplay *replay;
  GHashTable *surfaces; /* id → QxlSurface */
  bool is_over;
  GMainLoop *loop;
  /* under the lock */
  GMutex lock;
  GCond cond;
  bool is_posted;
} Program;

/* what it should show */

static QxlSurface *
find_surface (uint32_t id, gpointer user_data)
{
  return g_hash_table_lookup (((Program *)user_data)->surfaces,
                              GUINT_TO_POINTER (id));
}

static void
draw (Program *self, const QxlCommand *command)
{
  QxlSurface *surface;

  switch (command->kind) {
  case QXL_COMMAND_SURFACE_CREATE:
    surface =
        qxl_surface_new (command->u.create.format, command->u.create.width,
                         command->u.create.height);
    g_hash_table_insert (self->surfaces,
                         GUINT_TO_POINTER (command->u.create.surface_id),
                         surface);
    break;
  case QXL_COMMAND_SURFACE_DESTROY:
    g_hash_table_remove (self->surfaces,
                         GUINT_TO_POINTER (command->u.destroy.surface_id));
    break;
  case QXL_COMMAND_DRAW:
    surface = find_surface (command->u.draw->surface_id, self);
    if (surface != NULL)
      qxl_canvas_draw (surface, command->u.draw, find_surface, self);
    break;
  default:
    break;
  }
}

/* posting */

typedef struct {
  Program *program;
  QxlBatch *batch;
} Post;

static void
run_post (SpcWorker *worker, gpointer user_data)
{
  Post *post = user_data;

  spc_display_post_commands (post->program->display,
                             g_steal_pointer (&post->batch), worker, NULL, NULL,
                             NULL);
}

static void
end_post (gpointer user_data)
{
  Program *self = ((Post *)user_data)->program;

  g_mutex_lock (&self->lock);
  self->is_posted = true;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
post (Program *self, QxlBatch *batch)
{
  Post post = {.program = self, .batch = batch};

  self->is_posted = false;
  spc_jobs_push (spc_server_jobs (self->server), run_post, &post, end_post);
  g_mutex_lock (&self->lock);
  while (!self->is_posted)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
}

/* the pointer and what is asked for are not the display's */
static QxlBatch *
drawn_part (QxlBatch *batch)
{
  QxlBatch *part = qxl_batch_new ();

  for (guint i = 0; i < batch->commands->len; i++) {
    QxlCommand *command = &g_array_index (batch->commands, QxlCommand, i);

    if (command->kind <= QXL_COMMAND_MONITORS)
      qxl_batch_take (part, command);
  }
  qxl_batch_free (batch);
  return part;
}

static void
play (Program *self, uint64_t n_commands)
{
  uint64_t until = qxl_replay_n_commands (self->replay) + n_commands;

  while (!self->is_over && qxl_replay_n_commands (self->replay) < until) {
    g_autoptr (GError) error = NULL;
    uint64_t time_ns;
    QxlBatch *batch = qxl_replay_next (self->replay, &time_ns, NULL, &error);

    if (batch == NULL) {
      if (error != NULL)
        g_error ("%s", error->message);
      self->is_over = true;
      break;
    }
    batch = drawn_part (batch);
    for (guint i = 0; i < batch->commands->len; i++)
      draw (self, qxl_batch_at (batch, i));
    post (self, batch);
  }
}

/* orders */

static void
write_picture (Program *self)
{
  QxlSurface *primary = find_surface (QXL_PRIMARY_SURFACE, self);
  const QxlRect all = QXL_RECT (0, 0, (int32_t)qxl_surface_width (primary),
                                (int32_t)qxl_surface_height (primary));
  g_autoptr (QxlImage) picture = qxl_surface_snapshot (primary, &all);
  SpcDisplayStats stats;
  g_autoptr (GError) error = NULL;

  if (!g_file_set_contents (picture_path, (const char *)picture->pixels,
                            (gssize)qxl_image_size (picture), &error))
    g_error ("%s", error->message);
  spc_display_stats (self->display, &stats);
  g_print ("DREW %" G_GUINT64_FORMAT " %u %u refused %" G_GUINT64_FORMAT
           " invalid %" G_GUINT64_FORMAT " dropped %" G_GUINT64_FORMAT
           " encoded %" G_GUINT64_FORMAT " pictures %" G_GUINT64_FORMAT
           " folds %" G_GUINT64_FORMAT "%s\n",
           qxl_replay_n_commands (self->replay), picture->width,
           picture->height, qxl_replay_n_refused (self->replay),
           stats.invalid_commands, stats.draws_dropped, stats.images_encoded,
           stats.snapshots, stats.folds, self->is_over ? " END" : "");
}

static gboolean
on_order (GIOChannel *channel, GIOCondition condition, gpointer user_data)
{
  Program *self = user_data;
  g_autofree char *line = NULL;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) !=
      G_IO_STATUS_NORMAL) {
    g_main_loop_quit (self->loop);
    return G_SOURCE_REMOVE;
  }
  play (self, strtoull (line, NULL, 10));
  write_picture (self);
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
free_surface (gpointer surface)
{
  qxl_surface_free (surface);
}

static void
start (Program *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (recording_path);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  static const SpcHost host;
  SpcConfig config;

  stream = g_file_read (file, NULL, &error);
  if (stream == NULL)
    g_error ("%s", error->message);
  self->replay = qxl_replay_new (G_INPUT_STREAM (stream));
  self->surfaces =
      g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, free_surface);
  spc_config_init (&config);
  config.port = 0;
  config.allow_anonymous = true;
  config.n_workers = 2;
  config.images.compression = (uint8_t)compression;
  config.images.jpeg = SPC_USE_NEVER;
  self->server = spc_new (&config, NULL, &host, NULL, NULL);
  spc_config_clear (&config);
  self->display = spc_display_new (self->server, 0);
  spc_server_add_channel (self->server, SPC_CHANNEL (self->display));
  if (!spc_server_start (self->server, &error))
    g_error ("%s", error->message);
  g_print ("READY %u\n", spc_server_port (self->server));
}

static void
stop (Program *self)
{
  spc_server_stop (self->server);
  g_object_unref (self->display);
  g_object_unref (self->server);
  qxl_replay_free (self->replay);
  g_hash_table_unref (self->surfaces);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GIOChannel) orders = g_io_channel_unix_new (STDIN_FILENO);
  g_autoptr (GError) error = NULL;
  Program self = {.loop = loop};

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) ||
      !recording_path || !picture_path)
    g_error ("%s", error ? error->message : "which files?");
  g_mutex_init (&self.lock);
  g_cond_init (&self.cond);
  start (&self);
  g_unix_signal_add (SIGINT, quit, &self);
  g_unix_signal_add (SIGTERM, quit, &self);
  g_io_channel_set_encoding (orders, NULL, NULL);
  g_io_add_watch (orders, G_IO_IN | G_IO_HUP, on_order, &self);
  g_main_loop_run (loop);
  stop (&self);
  g_cond_clear (&self.cond);
  g_mutex_clear (&self.lock);
  g_free (picture_path);
  g_free (recording_path);
  return EXIT_SUCCESS;
}

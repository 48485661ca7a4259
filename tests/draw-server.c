/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* draw-server.c – a server without GStreamer that shows draw commands, not
 * frames.
 *
 *   draw-server --picture FILE [--seed N] [--compression N] [--deflate]
 *               [--operations [--favour KIND]] [--invalid]
 *
 * Prints "READY <port>" when viewers may come, and then obeys its standard
 * input: a number there is of draws, which it posts, some from its own thread
 * and some from the workers. Then it writes what the primary surface shows to
 * FILE, as BGRX, and prints "DREW <so far> <width> <height>" and statistics.
 * With --operations draws are of all kinds, as random-operations.h makes them,
 * with --favour half of those of the kind of that name, for example "stroke",
 * and with --invalid every other batch is one of an invalid command.
 * Ends when it is interrupted or its input does. */
#include "random-draws.h"
#include "random-operations.h"
#include "server-core/spc.h"

#include <glib-unix.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_TIMEOUT_US (10 * G_USEC_PER_SEC)

static char *picture_path, *favoured;
static int seed, compression;
static gboolean deflates, has_operations, has_invalid;

static const GOptionEntry options[] = {
    {"picture", 0, 0, G_OPTION_ARG_FILENAME, &picture_path, "file", "FILE"},
    {"seed", 0, 0, G_OPTION_ARG_INT, &seed, "of the draws", "N"},
    {"compression", 0, 0, G_OPTION_ARG_INT, &compression,
     "SPICE_IMAGE_COMPRESSION_…", "N"},
    {"deflate", 0, 0, G_OPTION_ARG_NONE, &deflates, "what GLZ makes", NULL},
    {"operations", 0, 0, G_OPTION_ARG_NONE, &has_operations,
     "draws of all kinds", NULL},
    {"favour", 0, 0, G_OPTION_ARG_STRING, &favoured, "half of the operations",
     "KIND"},
    {"invalid", 0, 0, G_OPTION_ARG_NONE, &has_invalid,
     "invalid commands between", NULL},
    {NULL},
};

typedef struct {
  SpcServer *server;
  SpcDisplay *display;
  /* one of these */
  RandomDraws *draws;
  RandomOperations *operations;
  guint n_drawn, n_invalid;
  GMainLoop *loop;
  /* under the lock */
  GMutex lock;
  GCond cond;
  bool is_posted;
} Program;

/* posting */

typedef struct {
  Program *program;
  QxlBatch *batch;
} Post;

static void
run_post (SpcWorker *worker, gpointer user_data)
{
  Post *post = user_data;

  spc_display_post_from (post->program->display, g_steal_pointer (&post->batch),
                         worker);
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
post_from_worker (Program *self, QxlBatch *batch)
{
  Post post = {.program = self, .batch = batch};

  self->is_posted = false;
  spc_jobs_push (spc_server_jobs (self->server), run_post, &post, end_post);
  g_mutex_lock (&self->lock);
  while (!self->is_posted)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
}

static void
on_room (gpointer user_data)
{
  Program *self = user_data;

  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

/* as a producer that goes by what viewers take; a slow one is not waited for
 * for ever */
static void
wait_for_room (Program *self)
{
  gint64 deadline = g_get_monotonic_time () + ROOM_TIMEOUT_US;

  g_mutex_lock (&self->lock);
  while (spc_display_room (self->display) == 0)
    if (!g_cond_wait_until (&self->cond, &self->lock, deadline))
      break;
  g_mutex_unlock (&self->lock);
}

static bool
toss (Program *self)
{
  return self->draws ? random_draws_toss (self->draws)
                     : random_operations_toss (self->operations);
}

static void
post (Program *self, QxlBatch *batch, bool waits)
{
  if (waits)
    wait_for_room (self);
  if (toss (self))
    spc_display_post (self->display, batch);
  else
    post_from_worker (self, batch);
}

static void
draw (Program *self, guint n_draws)
{
  /* a producer that does not wait is obeyed, too */
  bool waits = toss (self);

  while (n_draws > 0) {
    const char *spoiled;
    guint n;

    if (self->draws)
      post (self, random_draws_next (self->draws, n_draws, &n), waits);
    else
      post (self, random_operations_next (self->operations, n_draws, &n),
            waits);
    if (has_invalid) {
      post (self, random_operations_next_invalid (self->operations, &spoiled),
            waits);
      self->n_invalid++;
    }
    n_draws -= n;
    self->n_drawn += n;
  }
}

/* orders */

static void
write_picture (Program *self)
{
  g_autoptr (QxlImage) picture =
      self->draws ? random_draws_picture (self->draws)
                  : random_operations_picture (self->operations);
  SpcDisplayStats stats;
  g_autoptr (GError) error = NULL;

  if (!g_file_set_contents (picture_path, (const char *)picture->pixels,
                            (gssize)qxl_image_size (picture), &error))
    g_error ("%s", error->message);
  spc_display_stats (self->display, &stats);
  g_print (
      "DREW %u %u %u invalid %" G_GUINT64_FORMAT " dropped %" G_GUINT64_FORMAT
      " encoded %" G_GUINT64_FORMAT " folds %" G_GUINT64_FORMAT " spoiled %u\n",
      self->n_drawn, picture->width, picture->height, stats.invalid_commands,
      stats.draws_dropped, stats.images_encoded, stats.folds, self->n_invalid);
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
  draw (self, (guint)strtoul (line, NULL, 10));
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

static RandomOperations *
operations_new (void)
{
  RandomOperations *operations = random_operations_new ((uint32_t)seed);
  int kind = QXL_OP_FILL;

  if (favoured == NULL)
    return operations;
  while (kind < QXL_N_OPS &&
         strcmp (qxl_op_kind_name ((QxlOpKind)kind), favoured) != 0)
    kind++;
  if (kind == QXL_N_OPS)
    g_error ("no operation is called \"%s\"", favoured);
  random_operations_favour (operations, (QxlOpKind)kind);
  return operations;
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
  config.n_workers = 2;
  config.images.compression = (uint8_t)compression;
  config.images.jpeg = SPC_USE_NEVER;
  config.images.zlib_glz = deflates ? SPC_USE_ALWAYS : SPC_USE_NEVER;
  self->server = spc_new (&config, NULL, &host, NULL, NULL);
  spc_config_clear (&config);
  self->display = spc_display_new (self->server, 0);
  spc_server_add_channel (self->server, SPC_CHANNEL (self->display));
  spc_display_set_room_func (self->display, on_room, self, NULL);
  if (!spc_server_start (self->server, &error))
    g_error ("%s", error->message);
  g_print ("READY %u\n", spc_server_port (self->server));
}

static void
stop (Program *self)
{
  spc_display_set_room_func (self->display, NULL, NULL, NULL);
  spc_server_stop (self->server);
  g_object_unref (self->display);
  g_object_unref (self->server);
  g_clear_pointer (&self->draws, random_draws_free);
  random_operations_free (self->operations);
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
  if (!g_option_context_parse (context, &argc, &argv, &error) || !picture_path)
    g_error ("%s", error ? error->message : "where to write the picture?");
  g_mutex_init (&self.lock);
  g_cond_init (&self.cond);
  if (has_operations)
    self.operations = operations_new ();
  else
    self.draws = random_draws_new ((uint32_t)seed);
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
  g_free (favoured);
  return EXIT_SUCCESS;
}

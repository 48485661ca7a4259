/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* reference-replayer – libspice-server with a recording's commands.
 *
 * The server that ours is measured beside where draw commands are served. It
 * shows nothing until SIGUSR2 comes, plays the recording once, says PLAYED
 * when the server has taken its last command, and stays. Prints READY <port>
 * first, and on SIGUSR1 and at the end a line of JSON with what it has cost. */
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "costs.h"
#include "loop.h"
#include "player.h"
#include "settings.h"

typedef struct {
  /* options */
  char *location;
  double rate;
  char *compression;
  char *streaming;
  int port;
  /* work */
  SpiceCoreInterface core;
  SpiceServer *server;
  FeederPlayer *player;
  gboolean started;
  BenchCosts costs;
  GMainLoop *loop;
} Replayer;

static gboolean
parse_options (Replayer *self, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
      {"location", 0, 0, G_OPTION_ARG_FILENAME, &self->location,
       "The recording, unpacked", "FILE"},
      {"rate", 0, 0, G_OPTION_ARG_DOUBLE, &self->rate,
       "Times as fast as recorded; 0 as fast as possible (1)", "N"},
      {"image-compression", 0, 0, G_OPTION_ARG_STRING, &self->compression,
       FEEDER_COMPRESSIONS " (auto-glz)", "NAME"},
      {"streaming", 0, 0, G_OPTION_ARG_STRING, &self->streaming,
       FEEDER_STREAMINGS " (filter)", "NAME"},
      {"port", 0, 0, G_OPTION_ARG_INT, &self->port, "TCP port; 0 finds one (0)",
       "PORT"},
      {NULL},
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error)) {
    g_printerr ("%s\n", error->message);
    return FALSE;
  }
  if (self->location && self->rate >= 0)
    return TRUE;
  g_printerr ("reference-replayer: --location is needed, --rate not below 0\n");
  return FALSE;
}

static void
on_channel (int event, SpiceChannelEventInfo *info)
{
}

static gboolean
start_server (Replayer *self)
{
  if (self->port == 0)
    self->port = feeder_settings_find_port ();
  feeder_loop_init_core (&self->core, on_channel);
  self->server = spice_server_new ();
  if (!feeder_settings_apply (self->server, self->compression, "auto",
                              self->streaming, NULL))
    return FALSE;
  spice_server_set_name (self->server, "reference");
  spice_server_set_noauth (self->server);
  spice_server_set_addr (self->server, "127.0.0.1", 0);
  spice_server_set_port (self->server, self->port);
  if (spice_server_init (self->server, &self->core) != 0) {
    g_printerr ("cannot listen on port %d\n", self->port);
    return FALSE;
  }
  self->player = feeder_player_new (self->server, self->location);
  if (!self->player)
    return FALSE;
  spice_server_vm_start (self->server);
  return TRUE;
}

static gboolean
on_played (gpointer user_data)
{
  printf ("PLAYED\n");
  return G_SOURCE_REMOVE;
}

static gboolean
on_start (gpointer user_data)
{
  Replayer *self = user_data;
  if (!self->started)
    feeder_player_start (self->player, self->rate, on_played, self);
  self->started = TRUE;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_ask (gpointer user_data)
{
  Replayer *self = user_data;
  FeederPlayerStats stats;
  feeder_player_get_stats (self->player, &stats);
  g_autofree char *more = g_strdup_printf (
      "\"commands\":%u,\"expected\":%u,\"played_from_us\":%" G_GINT64_FORMAT
      ",\"played_to_us\":%" G_GINT64_FORMAT ",\"read_seconds\":%.6f",
      stats.commands, stats.expected, stats.started_us, stats.ended_us,
      stats.read_seconds);
  bench_costs_print (&self->costs, more);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_end (gpointer user_data)
{
  g_main_loop_quit (((Replayer *)user_data)->loop);
  return G_SOURCE_CONTINUE;
}

static void
run (Replayer *self)
{
  self->loop = g_main_loop_new (NULL, FALSE);
  self->costs.server = "libspice-server";
  self->costs.scene = self->location;
  self->costs.started_us = g_get_monotonic_time ();
  g_unix_signal_add (SIGUSR1, on_ask, self);
  g_unix_signal_add (SIGUSR2, on_start, self);
  g_unix_signal_add (SIGINT, on_end, self);
  g_unix_signal_add (SIGTERM, on_end, self);
  printf ("READY %d\n", self->port);
  g_main_loop_run (self->loop);
  feeder_player_stop (self->player);
  on_ask (self);
}

static void
clear (Replayer *self)
{
  /* the server still gives commands back while it goes */
  g_clear_pointer (&self->server, spice_server_destroy);
  feeder_player_free (self->player);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_free (self->location);
  g_free (self->compression);
  g_free (self->streaming);
}

int
main (int argc, char **argv)
{
  Replayer self = {.rate = 1,
                   .compression = g_strdup ("auto-glz"),
                   .streaming = g_strdup ("filter")};
  setvbuf (stdout, NULL, _IOLBF, 0);
  signal (SIGPIPE, SIG_IGN); /* the library writes to sockets that are gone */
  gboolean done = parse_options (&self, &argc, &argv) && start_server (&self);
  if (done)
    run (&self);
  clear (&self);
  return done ? 0 : 2;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* reference-feeder – libspice-server driven with the scenes of the benchmarks.
 *
 * The peer our own server is measured beside, and the server the judge library
 * is proven with. Prints READY <port>, then what clients do (--print-events),
 * and at the end and on SIGUSR1 a line of JSON with what it has cost. */
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "costs.h"
#include "device.h"
#include "frame-clock.h"
#include "inputs.h"
#include "loop.h"
#include "play.h"
#include "scenes.h"
#include "settings.h"
#include "sound.h"

#define MAX_HEADS 4
#define HEAD_FRAME_DISTANCE 100 /* head n shows frame N + 100 n */
#define CURSOR_SIZE 16          /* a red square, half of it transparent */
#define CURSOR_HOT_X 3
#define CURSOR_HOT_Y 5

typedef struct {
  char *address;
  int port;
  char *unix_path;
  char *password;
  char *scene;
  int width;
  int height;
  int fps;
  int frames;
  int heads;
  char *resize;
  int tone_hz;
  int seconds;
  char *compression;
  char *jpeg;
  char *streaming;
  char *codecs;
  int play;
  gboolean times;
  gboolean join_changes;
  gboolean many_clients;
  gboolean no_tablet;
  gboolean no_sound;
  gboolean print_events;
  gboolean stamp;
  gboolean stamp_last;
} Options;

typedef struct {
  Options options;
  SpiceCoreInterface core;
  SpiceServer *server;
  FeederDevice *devices[MAX_HEADS];
  FeederInputs *inputs;
  FeederSound *sound;
  BenchScene *scene;
  guint8 *pixels;
  BenchPlay play;
  GMainLoop *loop;
  guint frame; /* that is shown */
  BenchCosts costs;
  double compare_seconds;
} Feeder;

static gboolean
parse_options (Options *to, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
      {"address", 0, 0, G_OPTION_ARG_STRING, &to->address,
       "Listen here (127.0.0.1)", "ADDRESS"},
      {"port", 0, 0, G_OPTION_ARG_INT, &to->port, "TCP port; 0 finds one (0)",
       "PORT"},
      {"unix-path", 0, 0, G_OPTION_ARG_FILENAME, &to->unix_path,
       "Listen on a unix socket instead", "PATH"},
      {"password", 0, 0, G_OPTION_ARG_STRING, &to->password,
       "Ask for it (none)", "TEXT"},
      {"scene", 0, 0, G_OPTION_ARG_STRING, &to->scene, "What to show (still)",
       "NAME"},
      {"width", 0, 0, G_OPTION_ARG_INT, &to->width, "Pixels (1280)", "N"},
      {"height", 0, 0, G_OPTION_ARG_INT, &to->height, "Pixels (720)", "N"},
      {"fps", 0, 0, G_OPTION_ARG_INT, &to->fps, "Frames a second (30)", "N"},
      {"frames", 0, 0, G_OPTION_ARG_INT, &to->frames,
       "Hold frame N-1 when it is reached; 0 goes on (0)", "N"},
      {"heads", 0, 0, G_OPTION_ARG_INT, &to->heads, "Displays, 1 to 4 (1)",
       "N"},
      {"resize", 0, 0, G_OPTION_ARG_STRING, &to->resize,
       "Change to this size at a frame", "WxH@FRAME"},
      {"tone", 0, 0, G_OPTION_ARG_INT, &to->tone_hz,
       "Play a tone; 0 none (440)", "HZ"},
      {"seconds", 0, 0, G_OPTION_ARG_INT, &to->seconds,
       "End by itself; 0 never (0)", "N"},
      {"image-compression", 0, 0, G_OPTION_ARG_STRING, &to->compression,
       FEEDER_COMPRESSIONS " (auto-glz)", "NAME"},
      {"jpeg", 0, 0, G_OPTION_ARG_STRING, &to->jpeg,
       "Loss: auto, always, never (auto)", "NAME"},
      {"streaming", 0, 0, G_OPTION_ARG_STRING, &to->streaming,
       FEEDER_STREAMINGS " (filter)", "NAME"},
      {"video-codecs", 0, 0, G_OPTION_ARG_STRING, &to->codecs,
       "Of streams, the first one a client knows (the library's)",
       "ENCODER:CODEC;…"},
      {"join-changes", 0, 0, G_OPTION_ARG_NONE, &to->join_changes,
       "One draw for changes that touch, as large as they are, not tiles",
       NULL},
      {"play", 0, 0, G_OPTION_ARG_INT, &to->play,
       "Hold the first frame until SIGUSR2, play so many, hold the last one",
       "N"},
      {"times", 0, 0, G_OPTION_ARG_NONE, &to->times,
       "Tell when each frame was handed over", NULL},
      {"clients-many", 0, 0, G_OPTION_ARG_NONE, &to->many_clients,
       "Several clients at once", NULL},
      {"no-tablet", 0, 0, G_OPTION_ARG_NONE, &to->no_tablet,
       "Relative pointer only", NULL},
      {"no-sound", 0, 0, G_OPTION_ARG_NONE, &to->no_sound,
       "No sound devices, which are looked at 100 times a second", NULL},
      {"print-events", 0, 0, G_OPTION_ARG_NONE, &to->print_events,
       "Print what clients do", NULL},
      {"stamp", 0, 0, G_OPTION_ARG_NONE, &to->stamp,
       "Put the monotonic time (µs) into each frame", NULL},
      {"stamp-last", 0, 0, G_OPTION_ARG_NONE, &to->stamp_last,
       "Put it into the lower right corner, which is sent last", NULL},
      {NULL},
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, entries, NULL);
  if (g_option_context_parse (context, argc, argv, &error))
    return TRUE;
  g_printerr ("%s\n", error->message);
  return FALSE;
}

static gboolean
configure_server (Feeder *self)
{
  const Options *options = &self->options;
  if (!feeder_settings_apply (self->server, options->compression, options->jpeg,
                              options->streaming, options->codecs))
    return FALSE;
  spice_server_set_name (self->server, "reference");
  if (options->password)
    spice_server_set_ticket (self->server, options->password, 0, FALSE, FALSE);
  else
    spice_server_set_noauth (self->server);
  if (options->unix_path)
    spice_server_set_addr (self->server, options->unix_path,
                           SPICE_ADDR_FLAG_UNIX_ONLY);
  else {
    spice_server_set_addr (self->server, options->address, 0);
    spice_server_set_port (self->server, options->port);
  }
  return TRUE;
}

static void
on_channel (int event, SpiceChannelEventInfo *info)
{
  static const char *const names[] = {
      [SPICE_CHANNEL_EVENT_CONNECTED] = "connected",
      [SPICE_CHANNEL_EVENT_INITIALIZED] = "initialized",
      [SPICE_CHANNEL_EVENT_DISCONNECTED] = "disconnected"};
  if (event > 0 && (guint)event < G_N_ELEMENTS (names))
    printf ("CHANNEL %s %d %d\n", names[event], info->type, info->id);
}

static void
on_channel_quietly (int event, SpiceChannelEventInfo *info)
{
}

static void
set_cursor (FeederDevice *device)
{
  guint8 bgra[CURSOR_SIZE * CURSOR_SIZE * 4] = {0};
  for (guint y = 0; y < CURSOR_SIZE; y++)
    for (guint x = 0; x <= y; x++) {
      guint8 *pixel = bgra + (y * CURSOR_SIZE + x) * 4;
      pixel[2] = pixel[3] = 0xff;
    }
  feeder_device_set_cursor (device, CURSOR_SIZE, CURSOR_SIZE, CURSOR_HOT_X,
                            CURSOR_HOT_Y, bgra);
}

static gboolean
start_server (Feeder *self)
{
  Options *options = &self->options;
  if (!options->unix_path && options->port == 0)
    options->port = feeder_settings_find_port ();
  if (options->many_clients) /* the library's only switch for it */
    g_setenv ("SPICE_DEBUG_ALLOW_MC", "1", TRUE);
  feeder_loop_init_core (
      &self->core, options->print_events ? on_channel : on_channel_quietly);
  self->server = spice_server_new ();
  if (!configure_server (self))
    return FALSE;
  if (spice_server_init (self->server, &self->core) != 0) {
    g_printerr ("cannot listen on port %d\n", options->port);
    return FALSE;
  }
  for (int i = 0; i < options->heads; i++) {
    self->devices[i] = feeder_device_new (
        self->server, (guint)i, (guint)options->width, (guint)options->height);
    if (options->join_changes)
      feeder_device_join_changes (self->devices[i]);
  }
  self->inputs = feeder_inputs_new (self->server, !options->no_tablet,
                                    options->print_events);
  if (!options->no_sound)
    self->sound = feeder_sound_new (self->server, (guint)options->tone_hz,
                                    options->print_events);
  spice_server_vm_start (self->server);
  set_cursor (self->devices[0]);
  return TRUE;
}

static gboolean
use_size (Feeder *self, int width, int height)
{
  BenchScene *scene =
      bench_scene_new (self->options.scene, (guint)width, (guint)height);
  if (!scene) {
    g_printerr ("scenes: %s; sizes 1 to %d\n", bench_scene_names (),
                BENCH_SCENE_MAX_SIZE);
    return FALSE;
  }
  bench_scene_free (self->scene);
  g_free (self->pixels);
  self->scene = scene;
  self->pixels = g_malloc ((gsize)width * (gsize)height * 4);
  self->options.width = width;
  self->options.height = height;
  return TRUE;
}

static void
resize_if_due (Feeder *self)
{
  int width, height;
  guint frame;
  if (!self->options.resize ||
      sscanf (self->options.resize, "%dx%d@%u", &width, &height, &frame) != 3 ||
      frame != self->frame || !use_size (self, width, height))
    return;
  for (int i = 0; i < self->options.heads; i++)
    feeder_device_resize (self->devices[i], (guint)width, (guint)height);
}

static void
stamp (Feeder *self, gsize stride)
{
  const Options *options = &self->options;
  guint64 now = bench_play_take_stamp (&self->play);
  if (options->width < BENCH_STAMP_WIDTH ||
      options->height < BENCH_STAMP_HEIGHT)
    return;
  gsize corner = bench_scene_last_corner ((guint)options->width,
                                          (guint)options->height, stride);
  if (options->stamp)
    bench_scene_stamp (self->pixels, stride, now);
  if (options->stamp_last)
    bench_scene_stamp (self->pixels + corner, stride, now);
}

static void
push_frame (Feeder *self, int head)
{
  gsize stride = (gsize)self->options.width * 4;
  double start = bench_thread_seconds ();
  bench_scene_render (self->scene,
                      self->frame + (guint)head * HEAD_FRAME_DISTANCE,
                      self->pixels, stride);
  stamp (self, stride);
  double rendered = bench_thread_seconds ();
  bench_play_note_frame (&self->play, self->frame);
  feeder_device_push (self->devices[head], self->pixels);
  self->costs.render_seconds += rendered - start;
  self->compare_seconds += bench_thread_seconds () - rendered;
}

static gboolean
on_frame (gpointer user_data)
{
  Feeder *self = user_data;
  self->frame = bench_play_take_frame (&self->play);
  if (self->options.frames > 0)
    self->frame = MIN (self->frame, (guint)self->options.frames - 1);
  resize_if_due (self);
  for (int i = 0; i < self->options.heads; i++)
    push_frame (self, i);
  return G_SOURCE_CONTINUE;
}

static void
print_costs (const Feeder *self)
{
  FeederDeviceStats stats = {0};
  for (int i = 0; i < self->options.heads; i++)
    feeder_device_add_stats (self->devices[i], &stats);
  BenchCosts costs = self->costs;
  costs.server = "libspice-server";
  costs.scene = self->options.scene;
  costs.width = self->options.width;
  costs.height = self->options.height;
  costs.fps = self->options.fps;
  costs.frame_bytes =
      (gsize)self->options.width * (gsize)self->options.height * 4;
  g_autofree char *times = bench_play_times (&self->play);
  g_autofree char *more = g_strdup_printf (
      "\"compare_seconds\":%.6f,\"frames\":%" G_GUINT64_FORMAT
      ",\"skipped\":%" G_GUINT64_FORMAT ",\"commands\":%" G_GUINT64_FORMAT
      ",\"pixel_bytes\":%" G_GUINT64_FORMAT "%s",
      self->compare_seconds, stats.frames, stats.skipped, stats.commands,
      stats.pixel_bytes, times);
  bench_costs_print (&costs, more);
}

static gboolean
on_ask (gpointer user_data)
{
  print_costs (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_end (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
run (Feeder *self)
{
  const Options *options = &self->options;
  if (!use_size (self, options->width, options->height) || !start_server (self))
    return FALSE;
  self->loop = g_main_loop_new (NULL, FALSE);
  bench_play_init (&self->play, options->play > 0
                                    ? (guint32)options->play
                                    : bench_scene_frames (self->scene));
  if (options->times)
    bench_play_tell_times (&self->play);
  self->costs.started_us = g_get_monotonic_time ();
  bench_frame_clock_start (options->fps, on_frame, self);
  g_unix_signal_add (SIGUSR1, on_ask, self);
  g_unix_signal_add (SIGINT, on_end, self->loop);
  g_unix_signal_add (SIGTERM, on_end, self->loop);
  if (options->seconds > 0)
    g_timeout_add ((guint)options->seconds * 1000, on_end, self->loop);
  if (options->unix_path)
    printf ("READY %s\n", options->unix_path);
  else
    printf ("READY %d\n", options->port);
  g_main_loop_run (self->loop);
  print_costs (self);
  return TRUE;
}

static void
clear (Feeder *self)
{
  /* the server still calls its devices while it goes */
  if (self->sound)
    feeder_sound_stop (self->sound);
  g_clear_pointer (&self->server, spice_server_destroy);
  feeder_sound_free (self->sound);
  for (int i = 0; i < MAX_HEADS; i++)
    feeder_device_free (self->devices[i]);
  feeder_inputs_free (self->inputs);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  bench_play_clear (&self->play);
  bench_scene_free (self->scene);
  g_free (self->pixels);
  g_free (self->options.address);
  g_free (self->options.unix_path);
  g_free (self->options.password);
  g_free (self->options.scene);
  g_free (self->options.resize);
  g_free (self->options.compression);
  g_free (self->options.jpeg);
  g_free (self->options.streaming);
  g_free (self->options.codecs);
}

int
main (int argc, char **argv)
{
  Feeder self = {.options = {.address = g_strdup ("127.0.0.1"),
                             .scene = g_strdup ("still"),
                             .compression = g_strdup ("auto-glz"),
                             .jpeg = g_strdup ("auto"),
                             .streaming = g_strdup ("filter"),
                             .width = 1280,
                             .height = 720,
                             .fps = 30,
                             .heads = 1,
                             .tone_hz = 440}};
  setvbuf (stdout, NULL, _IOLBF, 0);
  signal (SIGPIPE, SIG_IGN); /* the library writes to sockets that are gone */
  gboolean done = parse_options (&self.options, &argc, &argv) &&
                  self.options.heads >= 1 && self.options.heads <= MAX_HEADS &&
                  self.options.fps >= 1 && self.options.tone_hz >= 0 &&
                  run (&self);
  clear (&self);
  return done ? 0 : 2;
}

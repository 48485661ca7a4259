/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench-feed – a scene through the pipeline that users build:
 *
 *   appsrc ! spicedisplaysink
 *
 * The counterpart of reference-feeder. Prints READY <port>, and on SIGUSR1 and
 * at the end a line of JSON with what it has cost. */
#include "costs.h"
#include "frame-clock.h"
#include "play.h"
#include "scenes.h"

#include <glib-unix.h>
#include <gst/app/gstappsrc.h>
#include <signal.h>
#include <stdio.h>

/* drawn, queued and compared: few, as caches are small */
#define POOL_FRAMES 3

typedef struct {
  BenchCosts costs;
  char *scene_name;
  char *sink_properties;
  gboolean stamp_last;
  gboolean times;
  int length; /* frames to play, 0: what the scene says */
  BenchScene *scene;
  BenchPlay play;
  GstElement *pipeline, *source, *sink;
  GstBufferPool *pool;
  guint64 pushed, skipped;
  int status;
  GMainLoop *loop;
} Feed;

static gboolean
parse_options (Feed *self, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
      {"scene", 0, 0, G_OPTION_ARG_STRING, &self->scene_name,
       "What to show (still)", "NAME"},
      {"width", 0, 0, G_OPTION_ARG_INT, &self->costs.width, "Pixels (1280)",
       "N"},
      {"height", 0, 0, G_OPTION_ARG_INT, &self->costs.height, "Pixels (720)",
       "N"},
      {"fps", 0, 0, G_OPTION_ARG_INT, &self->costs.fps, "Frames a second (30)",
       "N"},
      {"stamp-last", 0, 0, G_OPTION_ARG_NONE, &self->stamp_last,
       "Put the monotonic time (µs) into each frame's lower right corner",
       NULL},
      {"play", 0, 0, G_OPTION_ARG_INT, &self->length,
       "Hold the first frame until SIGUSR2, play so many, hold the last one",
       "N"},
      {"times", 0, 0, G_OPTION_ARG_NONE, &self->times,
       "Tell when each frame was handed over", NULL},
      {"sink-properties", 0, 0, G_OPTION_ARG_STRING, &self->sink_properties,
       "More of spicedisplaysink's properties", "NAME=VALUE…"},
      {NULL},
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, argc, argv, &error)) {
    g_printerr ("%s\n", error->message);
    return FALSE;
  }
  return self->costs.width >= BENCH_STAMP_WIDTH &&
         self->costs.height >= BENCH_STAMP_HEIGHT && self->costs.fps >= 1 &&
         self->length >= 0;
}

static void
draw (Feed *self, guint32 frame, guint8 *pixels)
{
  gsize stride = (gsize)self->costs.width * 4;
  double start = bench_thread_seconds ();

  bench_scene_render (self->scene, frame, pixels, stride);
  if (self->stamp_last)
    bench_scene_stamp (
        pixels + bench_scene_last_corner ((guint)self->costs.width,
                                          (guint)self->costs.height, stride),
        stride, bench_play_take_stamp (&self->play));
  self->costs.render_seconds += bench_thread_seconds () - start;
}

static gboolean
on_frame (gpointer user_data)
{
  Feed *self = user_data;
  guint32 frame = bench_play_take_frame (&self->play);
  GstBufferPoolAcquireParams at_once = {
      .flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT};
  GstBuffer *buffer;
  GstMapInfo map;

  if (gst_buffer_pool_acquire_buffer (self->pool, &buffer, &at_once) !=
      GST_FLOW_OK) {
    self->skipped++;
    return G_SOURCE_CONTINUE;
  }
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  draw (self, frame, map.data);
  gst_buffer_unmap (buffer, &map);
  bench_play_note_frame (&self->play, frame);
  /* Not by the signal: while we hold the buffer, too, the source copies it, and
   * the pool throws its memory away. */
  gst_app_src_push_buffer (GST_APP_SRC (self->source), buffer);
  self->pushed++;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_ask (gpointer user_data)
{
  Feed *self = user_data;
  g_autofree char *times = bench_play_times (&self->play);
  g_autofree char *more = g_strdup_printf (
      "\"frames\":%" G_GUINT64_FORMAT ",\"skipped\":%" G_GUINT64_FORMAT "%s",
      self->pushed, self->skipped, times);
  bench_costs_print (&self->costs, more);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_end (gpointer user_data)
{
  g_main_loop_quit (((Feed *)user_data)->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_bus (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Feed *self = user_data;
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return G_SOURCE_CONTINUE;
  gst_message_parse_error (message, &error, NULL);
  g_printerr ("bench-feed: %s\n", error->message);
  self->status = 1;
  g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

static void
make_pool (Feed *self, GstCaps *caps)
{
  guint size = (guint)self->costs.width * (guint)self->costs.height * 4;
  GstStructure *config;

  self->costs.frame_bytes = (gsize)size * POOL_FRAMES;
  self->pool = gst_buffer_pool_new ();
  config = gst_buffer_pool_get_config (self->pool);
  gst_buffer_pool_config_set_params (config, caps, size, POOL_FRAMES,
                                     POOL_FRAMES);
  gst_buffer_pool_set_config (self->pool, config);
  gst_buffer_pool_set_active (self->pool, TRUE);
}

static gboolean
make_pipeline (Feed *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstCaps) caps = gst_caps_new_simple (
      "video/x-raw", "format", G_TYPE_STRING, "BGRx", "width", G_TYPE_INT,
      self->costs.width, "height", G_TYPE_INT, self->costs.height, "framerate",
      GST_TYPE_FRACTION, self->costs.fps, 1, NULL);

  g_autofree char *description = g_strconcat (
      "appsrc name=source is-live=true format=time do-timestamp=true "
      "max-bytes=0 ! spicedisplaysink name=sink port=0 disable-ticketing=true ",
      self->sink_properties, NULL);

  self->pipeline = gst_parse_launch_full (description, NULL,
                                          GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (!self->pipeline) {
    g_printerr ("bench-feed: %s\n", error->message);
    return FALSE;
  }
  self->source = gst_bin_get_by_name (GST_BIN (self->pipeline), "source");
  self->sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "sink");
  g_object_set (self->source, "caps", caps, NULL);
  make_pool (self, caps);
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_add_watch (bus, on_bus, self);
  return TRUE;
}

static gboolean
start (Feed *self)
{
  int port = 0;

  self->costs.scene = self->scene_name ? self->scene_name : "still";
  self->scene = bench_scene_new (self->costs.scene, (guint)self->costs.width,
                                 (guint)self->costs.height);
  if (!self->scene) {
    g_printerr ("scenes: %s; sizes to %d\n", bench_scene_names (),
                BENCH_SCENE_MAX_SIZE);
    return FALSE;
  }
  bench_play_init (&self->play, self->length > 0
                                    ? (guint32)self->length
                                    : bench_scene_frames (self->scene));
  if (self->times)
    bench_play_tell_times (&self->play);
  if (!make_pipeline (self) ||
      gst_element_set_state (self->pipeline, GST_STATE_PLAYING) ==
          GST_STATE_CHANGE_FAILURE)
    return FALSE;
  g_object_get (self->sink, "current-port", &port, NULL);
  self->costs.started_us = g_get_monotonic_time ();
  bench_frame_clock_start (self->costs.fps, on_frame, self);
  printf ("READY %d\n", port);
  return TRUE;
}

static void
clear (Feed *self)
{
  if (self->pipeline)
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
  if (self->pool)
    gst_buffer_pool_set_active (self->pool, FALSE);
  gst_clear_object (&self->pool);
  gst_clear_object (&self->source);
  gst_clear_object (&self->sink);
  gst_clear_object (&self->pipeline);
  bench_play_clear (&self->play);
  bench_scene_free (self->scene);
  g_main_loop_unref (self->loop);
  g_free (self->scene_name);
  g_free (self->sink_properties);
}

int
main (int argc, char **argv)
{
  Feed self = {
      .costs = {
          .server = "gst-spice", .width = 1280, .height = 720, .fps = 30}};

  setvbuf (stdout, NULL, _IOLBF, 0);
  self.loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGUSR1, on_ask, &self);
  g_unix_signal_add (SIGINT, on_end, &self);
  g_unix_signal_add (SIGTERM, on_end, &self);
  if (!parse_options (&self, &argc, &argv) || !start (&self))
    self.status = 2;
  else {
    g_main_loop_run (self.loop);
    on_ask (&self);
  }
  clear (&self);
  return self.status;
}

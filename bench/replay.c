/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench-replay – a QXL recording through the pipeline that users build:
 *
 *   qxlreplaysrc ! spicedisplaysink
 *
 * The counterpart of reference-replayer. The source waits for SIGUSR2, plays
 * once, and the last picture stays; PLAYED says that the sink has taken all.
 * Prints READY <port> first, and on SIGUSR1 and at the end a line of JSON with
 * what it has cost. */
#include "costs.h"

#include <glib-unix.h>
#include <gst/gst.h>
#include <signal.h>
#include <stdio.h>

typedef struct {
  BenchCosts costs;
  /* options */
  char *location, *source_name, *sink_name, *sink_properties;
  double rate;
  /* work */
  GstElement *pipeline, *source, *sink;
  gboolean started;
  int status;
  GMainLoop *loop;
  /* streaming thread, read when it is over */
  gint64 started_us, ended_us; /* monotonic; 0: not yet */
  double source_seconds;       /* CPU time of its thread */
  guint64 buffers;
} Replay;

static gboolean
parse_options (Replay *self, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
      {"location", 0, 0, G_OPTION_ARG_FILENAME, &self->location,
       "The recording, unpacked", "FILE"},
      {"rate", 0, 0, G_OPTION_ARG_DOUBLE, &self->rate,
       "Times as fast as recorded; 0 as fast as possible (1)", "N"},
      {"source", 0, 0, G_OPTION_ARG_STRING, &self->source_name,
       "Who reads it (qxlreplaysrc)", "ELEMENT"},
      {"sink", 0, 0, G_OPTION_ARG_STRING, &self->sink_name,
       "Who serves it (spicedisplaysink)", "ELEMENT"},
      {"sink-properties", 0, 0, G_OPTION_ARG_STRING, &self->sink_properties,
       "More of the sink's properties", "NAME=VALUE…"},
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
  if (self->location && self->rate >= 0)
    return TRUE;
  g_printerr ("bench-replay: --location is needed, --rate not below 0\n");
  return FALSE;
}

static gboolean
on_ask (gpointer user_data)
{
  Replay *self = user_data;
  guint64 refused = 0;

  g_object_get (self->source, "refused", &refused, NULL);
  g_autofree char *more = g_strdup_printf (
      "\"buffers\":%" G_GUINT64_FORMAT ",\"refused\":%" G_GUINT64_FORMAT
      ",\"played_from_us\":%" G_GINT64_FORMAT
      ",\"played_to_us\":%" G_GINT64_FORMAT ",\"source_seconds\":%.6f",
      self->buffers, refused, self->started_us, self->ended_us,
      self->source_seconds);
  bench_costs_print (&self->costs, more);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_end (gpointer user_data)
{
  g_main_loop_quit (((Replay *)user_data)->loop);
  return G_SOURCE_CONTINUE;
}

/* The end of the stream would end the pipeline, and the picture: it stays
 * here. What came before it has been taken, for the sink renders in the thread
 * that pushes. */
static GstPadProbeReturn
on_item (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Replay *self = user_data;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) {
    self->buffers++;
    return GST_PAD_PROBE_OK;
  }
  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_EOS)
    return GST_PAD_PROBE_OK;
  self->source_seconds = bench_thread_seconds ();
  self->ended_us = g_get_monotonic_time ();
  printf ("PLAYED\n");
  return GST_PAD_PROBE_DROP;
}

/* The recording's first moment is now: in a pipeline that runs already, too. */
static void
begin_now (Replay *self)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->source, "src");
  GstState state;

  gst_element_get_state (self->pipeline, &state, NULL, 0);
  if (state == GST_STATE_PLAYING)
    gst_pad_set_offset (
        pad, (gint64)gst_element_get_current_running_time (self->pipeline));
}

static gboolean
on_start (gpointer user_data)
{
  Replay *self = user_data;

  if (self->started)
    return G_SOURCE_CONTINUE;
  self->started = TRUE;
  self->started_us = g_get_monotonic_time ();
  begin_now (self);
  gst_element_set_locked_state (self->source, FALSE);
  gst_element_sync_state_with_parent (self->source);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_bus (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Replay *self = user_data;
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return G_SOURCE_CONTINUE;
  gst_message_parse_error (message, &error, NULL);
  g_printerr ("bench-replay: %s\n", error->message);
  self->status = 1;
  g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
make_pipeline (Replay *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *description = g_strdup_printf (
      "%s name=source location=\"%s\" rate=%g ! %s name=sink port=0 "
      "disable-ticketing=true %s",
      self->source_name ? self->source_name : "qxlreplaysrc", self->location,
      self->rate, self->sink_name ? self->sink_name : "spicedisplaysink",
      self->sink_properties ? self->sink_properties : "");

  self->pipeline = gst_parse_launch_full (description, NULL,
                                          GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (!self->pipeline) {
    g_printerr ("bench-replay: %s\n", error->message);
    return FALSE;
  }
  self->source = gst_bin_get_by_name (GST_BIN (self->pipeline), "source");
  self->sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "sink");
  gst_element_set_locked_state (self->source, TRUE);
  return TRUE;
}

static void
watch (Replay *self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->source, "src");

  gst_bus_add_watch (bus, on_bus, self);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      on_item, self, NULL);
}

static gboolean
start (Replay *self)
{
  int port = 0;

  self->costs.scene = self->location;
  if (!make_pipeline (self))
    return FALSE;
  watch (self);
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) ==
      GST_STATE_CHANGE_FAILURE)
    return FALSE;
  g_object_get (self->sink, "current-port", &port, NULL);
  self->costs.started_us = g_get_monotonic_time ();
  printf ("READY %d\n", port);
  return TRUE;
}

static void
clear (Replay *self)
{
  if (self->source)
    gst_element_set_locked_state (self->source, FALSE);
  if (self->pipeline)
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_clear_object (&self->source);
  gst_clear_object (&self->sink);
  gst_clear_object (&self->pipeline);
  g_main_loop_unref (self->loop);
  g_free (self->location);
  g_free (self->source_name);
  g_free (self->sink_name);
  g_free (self->sink_properties);
}

int
main (int argc, char **argv)
{
  Replay self = {.costs = {.server = "gst-spice"}, .rate = 1};

  setvbuf (stdout, NULL, _IOLBF, 0);
  self.loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGUSR1, on_ask, &self);
  g_unix_signal_add (SIGUSR2, on_start, &self);
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

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* canvas-latency – how old a frame is when a real client can show it.
 *
 * A spice-client-glib session reads the time that a server's feeder has written
 * into each frame (bench_scene_stamp, lower right corner) as soon as the frame
 * is in its canvas. Prints READY when the first one was read, and on SIGUSR1
 * and at the end a line of JSON with every latency since the last such line. */
#include "scenes.h"

#include <glib-unix.h>
#include <signal.h>
#include <spice-client.h>
#include <stdio.h>

#define READY_TIMEOUT_S 60
#define MAX_LATENCY_US (60 * G_USEC_PER_SEC) /* more is no stamp */

typedef struct {
  char *uri;
  SpiceSession *session;
  const guint8 *corner; /* in the canvas; NULL: no canvas, or too small */
  int stride_bytes;
  guint64 last_stamp;
  GArray *latencies_us; /* guint32 */
  guint deadline;
  int status;
  GMainLoop *loop;
} Client;

static void
fail (Client *self, const char *why)
{
  if (!g_main_loop_is_running (self->loop))
    return; /* channels close because we end */
  g_printerr ("canvas-latency: %s\n", why);
  self->status = 1;
  g_main_loop_quit (self->loop);
}

static void
on_primary (SpiceChannel *channel, gint format, gint width, gint height,
            gint stride, gint shmid, gpointer pixels, gpointer user_data)
{
  Client *self = user_data;

  self->corner = NULL;
  self->stride_bytes = stride;
  if (width >= BENCH_STAMP_WIDTH && height >= BENCH_STAMP_HEIGHT && stride > 0)
    self->corner =
        (const guint8 *)pixels +
        bench_scene_last_corner ((guint)width, (guint)height, (gsize)stride);
}

static void
on_primary_gone (SpiceChannel *channel, gpointer user_data)
{
  ((Client *)user_data)->corner = NULL;
}

static void
on_drawn (SpiceChannel *channel, gint x, gint y, gint width, gint height,
          gpointer user_data)
{
  Client *self = user_data;
  guint64 now = (guint64)g_get_monotonic_time ();

  if (!self->corner)
    return;
  guint64 stamp =
      bench_scene_read_stamp (self->corner, (gsize)self->stride_bytes);
  if (stamp == self->last_stamp || stamp > now || now - stamp > MAX_LATENCY_US)
    return;
  guint32 latency_us = (guint32)(now - stamp);
  self->last_stamp = stamp;
  g_array_append_val (self->latencies_us, latency_us);
  if (self->deadline == 0)
    return;
  g_clear_handle_id (&self->deadline, g_source_remove);
  printf ("READY\n");
}

static void
on_channel_event (SpiceChannel *channel, SpiceChannelEvent event,
                  gpointer user_data)
{
  if (event != SPICE_CHANNEL_OPENED)
    fail (user_data, "a channel has closed or failed");
}

static void
on_channel (SpiceSession *session, SpiceChannel *channel, gpointer user_data)
{
  g_signal_connect (channel, "channel-event", G_CALLBACK (on_channel_event),
                    user_data);
  if (!SPICE_IS_DISPLAY_CHANNEL (channel))
    return;
  g_signal_connect (channel, "display-primary-create", G_CALLBACK (on_primary),
                    user_data);
  g_signal_connect (channel, "display-primary-destroy",
                    G_CALLBACK (on_primary_gone), user_data);
  g_signal_connect (channel, "display-invalidate", G_CALLBACK (on_drawn),
                    user_data);
  spice_channel_connect (channel);
}

static gboolean
on_ask (gpointer user_data)
{
  Client *self = user_data;

  printf ("{\"latencies_us\":[");
  for (guint i = 0; i < self->latencies_us->len; i++)
    printf ("%s%u", i > 0 ? "," : "",
            g_array_index (self->latencies_us, guint32, i));
  printf ("]}\n");
  g_array_set_size (self->latencies_us, 0);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_end (gpointer user_data)
{
  g_main_loop_quit (((Client *)user_data)->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_deadline (gpointer user_data)
{
  Client *self = user_data;

  self->deadline = 0;
  fail (self, "no stamped frame has come in time");
  return G_SOURCE_REMOVE;
}

/* From inside the loop, so that all that fails does so while it runs. */
static gboolean
connect_session (gpointer user_data)
{
  Client *self = user_data;

  if (!spice_session_connect (self->session))
    fail (self, "cannot connect");
  return G_SOURCE_REMOVE;
}

static void
run (Client *self)
{
  self->session = spice_session_new ();
  g_object_set (self->session, "uri", self->uri, "enable-audio", FALSE,
                "enable-usbredir", FALSE, "enable-smartcard", FALSE, NULL);
  g_signal_connect (self->session, "channel-new", G_CALLBACK (on_channel),
                    self);
  self->deadline = g_timeout_add_seconds (READY_TIMEOUT_S, on_deadline, self);
  g_idle_add (connect_session, self);
  g_unix_signal_add (SIGUSR1, on_ask, self);
  g_unix_signal_add (SIGINT, on_end, self);
  g_unix_signal_add (SIGTERM, on_end, self);
  g_main_loop_run (self->loop);
  on_ask (self);
  spice_session_disconnect (self->session);
  g_object_unref (self->session);
}

int
main (int argc, char **argv)
{
  Client self = {0};

  if (argc != 2) {
    g_printerr ("usage: canvas-latency spice://HOST:PORT\n");
    return 2;
  }
  setvbuf (stdout, NULL, _IOLBF, 0);
  self.uri = argv[1];
  self.latencies_us = g_array_new (FALSE, FALSE, sizeof (guint32));
  self.loop = g_main_loop_new (NULL, FALSE);
  run (&self);
  g_array_unref (self.latencies_us);
  g_main_loop_unref (self.loop);
  return self.status;
}

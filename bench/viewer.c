/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench-viewer – many viewers in one thread that look at nothing.
 *
 * Each opens main and display as spice-gtk does, keeps the server's flow going,
 * and throws pictures away. Prints READY when every viewer has its first whole
 * picture (with --blank: can have one), and a line of JSON with what has come
 * so far on SIGUSR1 and at the end (SIGINT, SIGTERM). Ends with 1 when a server
 * lets a viewer down. */
#include "viewer-channel.h"
#include "viewer-link.h"

#include "qxl/bytes.h"

#include <glib-unix.h>
#include <signal.h>
#include <spice/enums.h>
#include <stdio.h>
#include <sys/resource.h>

#define MAX_VIEWERS 1024
#define READY_TIMEOUT_S 60
#define IMAGE_CACHE_PIXELS (20u * 1024u * 1024u) /* spice-gtk: 80 MiB */
#define GLZ_WINDOW_PIXELS (8u * 1024u * 1024u)   /* spice-gtk, 64 MiB of RAM */
#define N_TYPES 512u  /* messages of the display channel */
#define N_IMAGES 128u /* types of image, and 0 for messages without */
#define IMAGE_TYPE_AT 8u
#define NO_AUDIO_DELAY G_MAXUINT32

typedef struct _Viewers Viewers;

typedef struct {
  Viewers *all; /* not owned */
  ViewerChannel *main, *display;
  uint32_t session;
  gboolean has_picture;
  int64_t clock_ms; /* multimedia time less monotonic time */
  /* reports a server has asked for about its stream */
  uint32_t stream_id, report_id, report_frames, report_timeout_ms;
  uint32_t first_frame_time, n_frames;
  gint64 report_started_us;
} Viewer;

typedef struct {
  guint64 messages, bytes;
} Kind;

struct _Viewers {
  char *address, *password;
  int n;
  Viewer *viewers;
  int n_ready;
  gboolean blank;
  gint64 last_us; /* a display's own message came, monotonic */
  Kind kinds[N_TYPES][N_IMAGES];
  int status;
  guint deadline;
  GMainLoop *loop;
};

static void
fail (Viewers *self, const char *why)
{
  g_printerr ("bench-viewer: %s\n", why);
  self->status = 1;
  g_main_loop_quit (self->loop);
}

static void
on_lost (const char *why, gpointer user_data)
{
  fail (((Viewer *)user_data)->all, why);
}

/* streams */

static int64_t
monotonic_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

static void
start_reports (Viewer *self, QxlReader *body)
{
  self->stream_id = qxl_reader_u32 (body);
  self->report_id = qxl_reader_u32 (body);
  self->report_frames = qxl_reader_u32 (body);
  self->report_timeout_ms = qxl_reader_u32 (body);
  self->n_frames = 0;
}

static void
send_report (Viewer *self, uint32_t frame_time)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) body = NULL;
  uint32_t now = (uint32_t)(monotonic_ms () + self->clock_ms);
  gsize size;

  qxl_writer_u32 (writer, self->stream_id);
  qxl_writer_u32 (writer, self->report_id);
  qxl_writer_u32 (writer, self->first_frame_time);
  qxl_writer_u32 (writer, frame_time);
  qxl_writer_u32 (writer, self->n_frames);
  qxl_writer_u32 (writer, 0); /* none dropped */
  qxl_writer_u32 (writer, frame_time - now);
  qxl_writer_u32 (writer, NO_AUDIO_DELAY);
  body = qxl_writer_steal (writer);
  const void *data = g_bytes_get_data (body, &size);
  viewer_channel_send (self->display, SPICE_MSGC_DISPLAY_STREAM_REPORT, data,
                       (uint32_t)size);
}

static void
count_frame (Viewer *self, QxlReader *body)
{
  uint32_t id = qxl_reader_u32 (body);
  uint32_t frame_time = qxl_reader_u32 (body);
  gint64 now = g_get_monotonic_time ();

  if (self->report_frames == 0 || id != self->stream_id)
    return;
  if (self->n_frames++ == 0) {
    self->first_frame_time = frame_time;
    self->report_started_us = now;
  }
  if (self->n_frames < self->report_frames &&
      now - self->report_started_us < self->report_timeout_ms * 1000ll)
    return;
  send_report (self, frame_time);
  self->n_frames = 0;
}

/* display */

/* The type of the image a DRAW_COPY without a clip carries; 0: none. */
static uint8_t
image_type (uint16_t type, const uint8_t *body, uint32_t kept)
{
  QxlReader reader;

  if (type != SPICE_MSG_DISPLAY_DRAW_COPY)
    return 0;
  qxl_reader_init (&reader, body, kept);
  for (int i = 0; i < 5; i++) /* surface, box */
    qxl_reader_u32 (&reader);
  if (qxl_reader_u8 (&reader) != SPICE_CLIP_TYPE_NONE)
    return 0;
  uint32_t at = qxl_reader_u32 (&reader) + IMAGE_TYPE_AT;
  return at < kept ? body[at] % N_IMAGES : 0;
}

static void
count_kind (Viewers *self, uint16_t type, uint8_t image, uint32_t size)
{
  if (type >= N_TYPES)
    return;
  self->kinds[type][image].messages++;
  self->kinds[type][image].bytes += size;
}

static void
have_picture (Viewer *self)
{
  Viewers *all = self->all;

  if (self->has_picture)
    return;
  self->has_picture = TRUE;
  if (++all->n_ready < all->n)
    return;
  g_clear_handle_id (&all->deadline, g_source_remove);
  printf ("READY\n");
  fflush (stdout);
}

static void
on_display (uint16_t type, const uint8_t *body, uint32_t kept, uint32_t size,
            gpointer user_data)
{
  Viewer *self = user_data;
  QxlReader reader;

  if (type >= SPICE_MSG_DISPLAY_MODE) /* not of those that all channels have */
    self->all->last_us = g_get_monotonic_time ();
  count_kind (self->all, type, image_type (type, body, kept), size);
  qxl_reader_init (&reader, body, kept);
  switch (type) {
  case SPICE_MSG_DISPLAY_MARK:
    have_picture (self);
    break;
  case SPICE_MSG_DISPLAY_STREAM_ACTIVATE_REPORT:
    start_reports (self, &reader);
    break;
  case SPICE_MSG_DISPLAY_STREAM_DATA:
  case SPICE_MSG_DISPLAY_STREAM_DATA_SIZED:
    count_frame (self, &reader);
    break;
  default:
    break;
  }
}

static void
send_display_init (ViewerChannel *display)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) body = NULL;
  gsize size;

  qxl_writer_u8 (writer, 1); /* cache id */
  qxl_writer_u64 (writer, IMAGE_CACHE_PIXELS);
  qxl_writer_u8 (writer, 1); /* dictionary id */
  qxl_writer_u32 (writer, GLZ_WINDOW_PIXELS);
  body = qxl_writer_steal (writer);
  const void *data = g_bytes_get_data (body, &size);
  viewer_channel_send (display, SPICE_MSGC_DISPLAY_INIT, data, (uint32_t)size);
}

static const ViewerChannelFuncs display_funcs = {on_display, on_lost};

static void
open_display (Viewer *self)
{
  g_autoptr (GError) error = NULL;
  GSocketConnection *link =
      viewer_link_open (self->all->address, self->all->password, self->session,
                        SPICE_CHANNEL_DISPLAY, &error);

  if (!link) {
    fail (self->all, error->message);
    return;
  }
  self->display = viewer_channel_new (link, &display_funcs, self);
  send_display_init (self->display);
  if (self->all->blank)
    have_picture (self);
}

/* main */

static void
greet (Viewer *self, QxlReader *body)
{
  self->session = qxl_reader_u32 (body);
  for (int i = 0; i < 5; i++) /* hint, two of mouse modes, two of the agent */
    qxl_reader_u32 (body);
  self->clock_ms = (int64_t)qxl_reader_u32 (body) - monotonic_ms ();
  viewer_channel_send (self->main, SPICE_MSGC_MAIN_ATTACH_CHANNELS, NULL, 0);
}

static void
on_main (uint16_t type, const uint8_t *body, uint32_t kept, uint32_t size,
         gpointer user_data)
{
  Viewer *self = user_data;
  QxlReader reader;

  qxl_reader_init (&reader, body, kept);
  switch (type) {
  case SPICE_MSG_MAIN_INIT:
    greet (self, &reader);
    break;
  case SPICE_MSG_MAIN_CHANNELS_LIST:
    if (!self->display)
      open_display (self);
    break;
  case SPICE_MSG_MAIN_MULTI_MEDIA_TIME:
    self->clock_ms = (int64_t)qxl_reader_u32 (&reader) - monotonic_ms ();
    break;
  default:
    break;
  }
}

static const ViewerChannelFuncs main_funcs = {on_main, on_lost};

/* The next one links when the main loop comes round again, so that those who
 * are there are served in between. */
static gboolean
open_next (gpointer user_data)
{
  Viewers *self = user_data;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < self->n; i++) {
    Viewer *viewer = &self->viewers[i];
    if (viewer->main)
      continue;
    GSocketConnection *link = viewer_link_open (self->address, self->password,
                                                0, SPICE_CHANNEL_MAIN, &error);
    if (!link) {
      fail (self, error->message);
      return G_SOURCE_REMOVE;
    }
    viewer->main = viewer_channel_new (link, &main_funcs, viewer);
    return G_SOURCE_CONTINUE;
  }
  return G_SOURCE_REMOVE;
}

/* the program */

static double
cpu_seconds (void)
{
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
print_counts (const char *name, const ViewerCounts *counts)
{
  printf ("\"%s\":{\"bytes\":%" G_GUINT64_FORMAT
          ",\"messages\":%" G_GUINT64_FORMAT ",\"acks\":%" G_GUINT64_FORMAT
          ",\"pongs\":%" G_GUINT64_FORMAT "},",
          name, counts->bytes, counts->messages, counts->acks, counts->pongs);
}

/* "TYPE/IMAGE": messages, bytes of their bodies */
static void
print_kinds (const Viewers *self)
{
  const char *comma = "";

  printf ("\"kinds\":{");
  for (guint i = 0; i < N_TYPES * N_IMAGES; i++) {
    const Kind *kind = &self->kinds[i / N_IMAGES][i % N_IMAGES];
    if (kind->messages == 0)
      continue;
    printf ("%s\"%u/%u\":[%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "]", comma,
            i / N_IMAGES, i % N_IMAGES, kind->messages, kind->bytes);
    comma = ",";
  }
  printf ("},");
}

static void
print_report (const Viewers *self)
{
  ViewerCounts main_counts = {0}, display_counts = {0};

  for (int i = 0; i < self->n; i++) {
    viewer_channel_add_counts (self->viewers[i].main, &main_counts);
    viewer_channel_add_counts (self->viewers[i].display, &display_counts);
  }
  printf ("{\"viewers\":%d,\"ready\":%d,", self->n, self->n_ready);
  print_counts ("main", &main_counts);
  print_counts ("display", &display_counts);
  print_kinds (self);
  printf ("\"bytes\":%" G_GUINT64_FORMAT ",\"last_us\":%" G_GINT64_FORMAT
          ",\"cpu_seconds\":%.3f}\n",
          main_counts.bytes + display_counts.bytes, self->last_us,
          cpu_seconds ());
  fflush (stdout);
}

static gboolean
on_ask (gpointer user_data)
{
  print_report (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_end (gpointer user_data)
{
  g_main_loop_quit (((Viewers *)user_data)->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_deadline (gpointer user_data)
{
  Viewers *self = user_data;
  self->deadline = 0;
  fail (self, "not every viewer has got a picture in time");
  return G_SOURCE_REMOVE;
}

static gboolean
parse_options (Viewers *self, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
      {"address", 0, 0, G_OPTION_ARG_STRING, &self->address,
       "Server, HOST:PORT or a path", "ADDRESS"},
      {"password", 0, 0, G_OPTION_ARG_STRING, &self->password,
       "What it asks for (nothing)", "TEXT"},
      {"viewers", 0, 0, G_OPTION_ARG_INT, &self->n, "How many (1)", "N"},
      {"blank", 0, 0, G_OPTION_ARG_NONE, &self->blank,
       "Be ready when displays are open, though they show nothing", NULL},
      {NULL},
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error)) {
    g_printerr ("%s\n", error->message);
    return FALSE;
  }
  if (self->address && self->n >= 1 && self->n <= MAX_VIEWERS)
    return TRUE;
  g_printerr ("bench-viewer: --address is needed, --viewers 1 to %d\n",
              MAX_VIEWERS);
  return FALSE;
}

static void
run (Viewers *self)
{
  self->viewers = g_new0 (Viewer, (gsize)self->n);
  for (int i = 0; i < self->n; i++)
    self->viewers[i].all = self;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->deadline = g_timeout_add_seconds (READY_TIMEOUT_S, on_deadline, self);
  g_idle_add (open_next, self);
  g_unix_signal_add (SIGUSR1, on_ask, self);
  g_unix_signal_add (SIGINT, on_end, self);
  g_unix_signal_add (SIGTERM, on_end, self);
  g_main_loop_run (self->loop);
  print_report (self);
}

int
main (int argc, char **argv)
{
  g_autofree Viewers *self = g_new0 (Viewers, 1);

  self->n = 1;
  if (!parse_options (self, &argc, &argv))
    return 2;
  run (self);
  for (int i = 0; i < self->n; i++) {
    viewer_channel_free (self->viewers[i].main);
    viewer_channel_free (self->viewers[i].display);
  }
  g_free (self->viewers);
  g_main_loop_unref (self->loop);
  g_free (self->address);
  g_free (self->password);
  return self->status;
}

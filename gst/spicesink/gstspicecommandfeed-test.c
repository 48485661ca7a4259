/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of draw commands on their way: QUIC images, limits, waiting. */
#include "gst/common/gstspice-fixture.h"
#include "gst/common/gstspiceserver.h"
#include "gst/spicesink/gstspicedraw-fixture.h"
#include "server-core/image/quic.h"

#include <string.h>

typedef struct {
  NetFixture net;
  GstHarness *harness;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  net_fixture_init (&f->net);
  f->harness = draw_harness_new (NULL, NULL);
  gst_harness_play (f->harness);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gst_harness_teardown (f->harness);
  net_fixture_clear (&f->net);
}

/* QUIC */

/* a record of a copy to the surface's corner, of @stream */
static void
write_quic_copy (QxlWriter *writer, uint32_t width, uint32_t height,
                 const uint8_t *stream, size_t size)
{
  enum { FIXED = 57, DESCRIPTOR = 18 };
  const uint32_t rect[4] = {0, 0, height, width};

  qxl_writer_u32 (writer, QXL_STREAM_DISPLAY + 304);
  qxl_writer_u32 (writer, (uint32_t)(FIXED + DESCRIPTOR + 4 + size));
  qxl_writer_u32 (writer, 0); /* surface */
  for (int i = 0; i < 4; i++)
    qxl_writer_u32 (writer, rect[i]);
  qxl_writer_u8 (writer, 0); /* no clip */
  qxl_writer_u32 (writer, FIXED);
  for (int i = 0; i < 4; i++)
    qxl_writer_u32 (writer, rect[i]);
  qxl_writer_u16 (writer, 8); /* put */
  qxl_writer_u8 (writer, 0);
  qxl_writer_zeros (writer, 13); /* no mask */
  qxl_writer_u64 (writer, 0);
  qxl_writer_u8 (writer, 1); /* QUIC */
  qxl_writer_u8 (writer, 0);
  qxl_writer_u32 (writer, width);
  qxl_writer_u32 (writer, height);
  qxl_writer_u32 (writer, (uint32_t)size);
  qxl_writer_bytes (writer, stream, size);
  qxl_writer_zeros (writer, (4 - qxl_writer_size (writer) % 4) % 4);
}

/* of one colour */
static void
push_quic (GstHarness *harness, uint32_t side, uint32_t color, gboolean is_bad)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autofree uint32_t *pixels = g_new (uint32_t, side * side);
  const SpcQuicImage image = {SPC_QUIC_RGB32, side, side, side * 4,
                              (const uint8_t *)pixels};
  size_t room = 4096 + 4 * side * side, size;
  g_autofree uint8_t *stream = g_malloc (room);

  for (uint32_t i = 0; i < side * side; i++)
    pixels[i] = GUINT32_TO_LE (color);
  size = spc_quic_write (&image, scratch, stream, room);
  g_assert_cmpuint (size, >, 0);
  if (is_bad)
    memset (stream + 20, 0xff, size - 20);
  write_quic_copy (writer, side, side, stream, size);
  push_bytes (harness, writer);
}

static void
test_quic (Fixture *f, gconstpointer data)
{
  FixtureViewer viewer;

  push_screen (f->harness, SIDE, RED);
  fixture_viewer_init (&viewer, &f->net, fixture_port (f->harness->element), 0);
  push_quic (f->harness, SIDE, 0x123456, FALSE);
  check_and_free (snapshot (f->harness, 0, 0, 0, 0, 0), SIDE, SIDE, 0x123456);
  NET_RUN_UNTIL (&f->net, fixture_viewer_shows (&viewer, SIDE, SIDE, 0x123456));
  fixture_viewer_clear (&viewer);
}

static void
test_bad_quic (Fixture *f, gconstpointer data)
{
  push_screen (f->harness, SIDE, RED);
  push_quic (f->harness, SIDE, BLUE, TRUE);
  check_and_free (snapshot (f->harness, 0, 0, 0, 0, 0), SIDE, SIDE, RED);
}

/* limits */

static void
add_monitors (QxlBatch *batch, guint n_heads)
{
  QxlCommand command = {.kind = QXL_COMMAND_MONITORS};

  command.u.monitors.n_heads = n_heads;
  command.u.monitors.max_heads = n_heads;
  command.u.monitors.heads = g_new0 (QxlHead, n_heads);
  for (guint i = 0; i < n_heads; i++) {
    const int32_t left = (int32_t)i * 10;

    command.u.monitors.heads[i].id = i;
    command.u.monitors.heads[i].area = QXL_RECT (left, 0, left + 10, 10);
  }
  qxl_batch_take (batch, &command);
}

static guint
n_heads (FixtureViewer *viewer)
{
  guint n;

  wire_canvas_heads (viewer->canvas, &n);
  return n;
}

static void
test_max_monitors (void)
{
  g_auto (GValue) most = G_VALUE_INIT;
  GstHarness *harness;
  FixtureViewer viewer;
  NetFixture net;

  net_fixture_init (&net);
  g_value_init (&most, G_TYPE_UINT);
  g_value_set_uint (&most, 2);
  harness = draw_harness_new ("max-monitors", &most);
  gst_harness_play (harness);
  push_screen (harness, SIDE, RED);
  fixture_viewer_init (&viewer, &net, fixture_port (harness->element), 0);
  NET_RUN_UNTIL (&net, fixture_viewer_shows (&viewer, SIDE, SIDE, RED));
  for (guint n = 3; n > 0; n--) {
    QxlBatch *batch = qxl_batch_new ();

    add_monitors (batch, n);
    add_fill (batch, SIDE, n);
    push_batch (harness, batch);
    NET_RUN_UNTIL (&net, fixture_viewer_shows (&viewer, SIDE, SIDE, n));
    g_assert_cmpuint (n_heads (&viewer), ==, MIN (n, 2));
  }
  fixture_viewer_clear (&viewer);
  gst_harness_teardown (harness);
  net_fixture_clear (&net);
}

/* a server in a context that the test runs, or not */

typedef struct {
  NetFixture net;
  GstSpiceServer *server;
  GstHarness *harness;
} Hosted;

static void
hosted_init (Hosted *self)
{
  g_auto (GValue) value = G_VALUE_INIT;

  net_fixture_init (&self->net);
  self->server = gst_spice_server_new (self->net.context);
  g_value_init (&value, GST_TYPE_SPICE_SERVER);
  g_value_set_object (&value, self->server);
  g_object_set (self->server, "port", 0, NULL);
  self->harness = draw_harness_new ("server", &value);
  gst_harness_play (self->harness);
}

static void
hosted_clear (Hosted *self)
{
  gst_harness_teardown (self->harness);
  g_object_unref (self->server);
  net_fixture_clear (&self->net);
}

/* The server takes nothing, as its context is the caller's: pushes wait, and
 * pauses in between neither wait for them nor lose any. */

enum { N_PUSHES = 200, N_WAITING = 64 };

typedef struct {
  GstHarness *harness;
  GMainContext *context;
  GMutex lock;
  GCond cond;
  guint n_pushed;
} Pusher;

static gpointer
push_many (gpointer data)
{
  Pusher *pusher = data;

  for (guint i = 0; i < N_PUSHES; i++) {
    QxlBatch *batch = qxl_batch_new ();

    add_fill (batch, SIDE, i);
    push_batch (pusher->harness, batch);
    g_mutex_lock (&pusher->lock);
    pusher->n_pushed++;
    g_cond_signal (&pusher->cond);
    g_mutex_unlock (&pusher->lock);
    g_main_context_wakeup (pusher->context);
  }
  return NULL;
}

static guint
n_pushed (Pusher *pusher)
{
  guint n;

  g_mutex_lock (&pusher->lock);
  n = pusher->n_pushed;
  g_mutex_unlock (&pusher->lock);
  return n;
}

static void
wait_until_full (Pusher *pusher)
{
  const gint64 deadline = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&pusher->lock);
  while (pusher->n_pushed < N_WAITING - 1)
    g_assert_true (g_cond_wait_until (&pusher->cond, &pusher->lock, deadline));
  g_mutex_unlock (&pusher->lock);
}

static void
test_pause (void)
{
  Pusher pusher = {0};
  GThread *thread;
  Hosted hosted;

  hosted_init (&hosted);
  push_screen (hosted.harness, SIDE, RED); /* one of those that wait */
  g_mutex_init (&pusher.lock);
  g_cond_init (&pusher.cond);
  pusher.harness = hosted.harness;
  pusher.context = hosted.net.context;
  thread = g_thread_new ("pusher", push_many, &pusher);
  wait_until_full (&pusher);
  for (guint i = 0; i < 20; i++) {
    gst_element_set_state (hosted.harness->element, GST_STATE_PAUSED);
    g_assert_cmpuint (n_pushed (&pusher), ==, N_WAITING - 1);
    gst_element_set_state (hosted.harness->element, GST_STATE_PLAYING);
  }
  NET_RUN_UNTIL (&hosted.net, n_pushed (&pusher) == N_PUSHES);
  g_thread_join (thread);
  check_and_free (snapshot (hosted.harness, 0, 0, 0, 0, 0), SIDE, SIDE,
                  N_PUSHES - 1);
  g_cond_clear (&pusher.cond);
  g_mutex_clear (&pusher.lock);
  hosted_clear (&hosted);
}

#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("/commandfeed/quic-images-are-shown", test_quic);
  ADD ("/commandfeed/bad-quic-images-are-left-out", test_bad_quic);
  g_test_add_func ("/commandfeed/heads-are-limited", test_max_monitors);
  g_test_add_func ("/commandfeed/a-pause-loses-nothing", test_pause);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

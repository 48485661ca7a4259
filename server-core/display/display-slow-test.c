/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the display channel with viewers that read slowly or not at all:
 * bounded memory, nobody delayed, and the last picture in the end; and of the
 * room a producer has. */
#include "display-stage.h"

/* what a stalled viewer may have waiting besides pictures: its beginning, one
 * surface gone and one come, heads, a mark */
#define MAX_STALLED_ITEMS 32u

static SpcConnection *
newest_connection (Stage *stage)
{
  GPtrArray *all = spc_channel_connections (SPC_CHANNEL (stage->display));

  return g_ptr_array_index (all, all->len - 1);
}

/* has got the picture, and reads no more */
static Viewer *
stalled_new (Stage *stage, gsize line_bytes)
{
  const ViewerSetup setup = {.line_bytes = line_bytes};
  Viewer *viewer = viewer_new (&stage->session, &setup);

  stage_wait_for (stage, viewer);
  wire_client_stop_reading (viewer->display);
  return viewer;
}

/* posts that wait for the encoders, so that there is something to send */
static void
post_and_settle (Stage *stage, Viewer *witness)
{
  stage_post_random (stage);
  stage_wait_for (stage, witness);
}

static void
test_stalled_viewer (void)
{
  Stage stage;
  Viewer *fast, *slow;
  SpcPipe *pipe;
  SpcDisplayStats stats;

  stage_init (&stage);
  stage_post_first (&stage);
  fast = viewer_new (&stage.session, NULL);
  slow = stalled_new (&stage, 4096);
  pipe = spc_connection_pipe (newest_connection (&stage));
  for (guint n = 0; n < 500; n++) {
    post_and_settle (&stage, fast);
    g_assert_cmpuint (spc_pipe_length (pipe), <=,
                      MAX_STALLED_ITEMS + 6 * (SPC_MAX_PIPE_BATCHES + 1));
    g_assert_cmpuint (pipe->bytes, <=, SPC_MAX_PIPE_BYTES);
    g_assert_cmpuint (spc_connection_backlog (newest_connection (&stage)), <=,
                      SPC_MAX_OUTPUT_BYTES + STAGE_WIDTH * STAGE_HEIGHT * 8);
  }
  spc_display_stats (stage.display, &stats);
  g_assert_cmpuint (stats.folds, >, 0);
  wire_client_read_again (slow->display);
  stage_wait_for (&stage, slow);
  g_assert_false (slow->display->closed);
  viewer_free (fast);
  viewer_free (slow);
  stage_clear (&stage);
}

/* now and then a little */
static void
test_stumbling_viewer (void)
{
  Stage stage;
  Viewer *slow;

  stage_init (&stage);
  stage_post_first (&stage);
  slow = stalled_new (&stage, 3000);
  for (guint n = 0; n < 600; n++) {
    stage_post_random (&stage);
    if (g_test_rand_int_range (0, 20) == 0) {
      wire_client_read_again (slow->display);
      net_fixture_run_ready (&stage.session.net, 7);
      wire_client_stop_reading (slow->display);
    }
  }
  wire_client_read_again (slow->display);
  stage_wait_for (&stage, slow);
  viewer_free (slow);
  stage_clear (&stage);
}

/* two windows and one message, whatever is drawn; and again the last picture
 * once acks come */
static void
test_no_acks (void)
{
  const ViewerSetup setup = {.silent = true};
  Stage stage;
  Viewer *viewer;

  stage_init (&stage);
  stage_post_first (&stage);
  viewer = viewer_new (&stage.session, &setup);
  stage_wait_for (&stage, viewer);
  for (guint n = 0; n < 100; n++) {
    QxlBatch *batch = qxl_batch_new ();

    for (int i = 0; i < 10; i++)
      stage_fill (&stage, batch, QXL_RECT (i, i, i + 2, i + 2),
                  (uint32_t)g_test_rand_int () & 0xffffff);
    stage_post (&stage, batch);
    session_settle (&stage.session);
  }
  g_assert_cmpuint (viewer->display->n_messages, ==, 2 * SPC_ACK_WINDOW + 1);
  g_assert_false (viewer_shows (viewer, stage_expect (&stage)));
  for (guint i = 0; i < 2; i++) {
    wire_client_send (viewer->display, SPICE_MSGC_ACK_SYNC, "\1\0\0\0", 4);
    wire_client_send (viewer->display, SPICE_MSGC_ACK, NULL, 0);
  }
  stage_wait_for (&stage, viewer);
  viewer_free (viewer);
  stage_clear (&stage);
}

static void
test_resizes_while_stalled (void)
{
  Stage stage;
  Viewer *slow;
  SpcPipe *pipe;

  stage_init (&stage);
  stage_post_first (&stage);
  slow = stalled_new (&stage, 500);
  pipe = spc_connection_pipe (newest_connection (&stage));
  for (guint n = 0; n < 3000; n++) {
    QxlBatch *batch = qxl_batch_new ();

    stage_create (&stage, batch, 10 + n % 50, 10 + n % 30);
    stage_fill (&stage, batch, QXL_RECT (0, 0, 5, 5), n);
    stage_post (&stage, batch);
    session_settle (&stage.session);
    g_assert_cmpuint (spc_pipe_length (pipe), <=, MAX_STALLED_ITEMS);
  }
  wire_client_read_again (slow->display);
  stage_wait_for (&stage, slow);
  NET_RUN_UNTIL (&stage.session.net, wire_canvas_is_marked (slow->canvas));
  viewer_free (slow);
  stage_clear (&stage);
}

/* the surface's end is told even if its beginning was not */
static void
test_destroyed_while_stalled (void)
{
  Stage stage;
  Viewer *slow;
  SpcPipe *pipe;

  stage_init (&stage);
  stage_post_first (&stage);
  slow = stalled_new (&stage, 500);
  pipe = spc_connection_pipe (newest_connection (&stage));
  for (guint n = 0; n < 1000; n++) {
    QxlBatch *batch = qxl_batch_new ();

    stage_create (&stage, batch, 100, 100);
    stage_copy (&stage, batch, QXL_RECT (0, 0, 100, 100));
    stage_post (&stage, batch);
    batch = qxl_batch_new ();
    qxl_batch_destroy_surface (batch, 0);
    stage_post (&stage, batch);
    session_settle (&stage.session);
    g_assert_cmpuint (spc_pipe_length (pipe), <=, MAX_STALLED_ITEMS);
  }
  wire_client_read_again (slow->display);
  NET_RUN_UNTIL (
      &stage.session.net,
      !wire_canvas_has_surface (slow->canvas, 0, STAGE_WIDTH, STAGE_HEIGHT));
  session_settle (&stage.session);
  g_assert_false (wire_canvas_has_surface (slow->canvas, 0, 100, 100));
  stage_post_first (&stage);
  stage_wait_for (&stage, slow);
  viewer_free (slow);
  stage_clear (&stage);
}

static void
test_heads_while_stalled (void)
{
  Stage stage;
  Viewer *slow;
  SpcPipe *pipe;
  QxlRect head = QXL_RECT (0, 0, 1, 1);
  guint n_heads = 0;

  stage_init (&stage);
  stage_post_first (&stage);
  slow = stalled_new (&stage, 500);
  pipe = spc_connection_pipe (newest_connection (&stage));
  for (int n = 0; n < 5000; n++) {
    head.right = 1 + n % STAGE_WIDTH;
    spc_display_post_heads (stage.display, &head, 1);
    session_settle (&stage.session);
    g_assert_cmpuint (spc_pipe_length (pipe), <=, MAX_STALLED_ITEMS);
  }
  wire_client_read_again (slow->display);
  NET_RUN_UNTIL (
      &stage.session.net,
      qxl_rect_equal (wire_canvas_heads (slow->canvas, &n_heads), &head));
  g_assert_cmpuint (n_heads, ==, 1);
  viewer_free (slow);
  stage_clear (&stage);
}

/* a viewer whose own messages ask for answers it does not read */
static void
test_flooding_viewer (void)
{
  const WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN};
  g_autoptr (WireClient) main = NULL;
  Session session;
  SpcConnection *connection;
  SpcClient *client;

  session_init (&session, NULL);
  main = session_link_over (&session, &setup, 2000);
  session_settle (&session);
  wire_client_stop_reading (main);
  client = g_ptr_array_index (spc_server_clients (session.server), 0);
  connection = g_ptr_array_index (client->connections, 0);
  for (guint n = 0; n < 100000; n++)
    wire_client_send (main, SPICE_MSGC_MAIN_ATTACH_CHANNELS, NULL, 0);
  session_settle (&session);
  g_assert_false (wire_client_is_flushed (main));
  g_assert_cmpuint (spc_pipe_length (spc_connection_pipe (connection)), <=,
                    8 * SPC_MAX_PIPE_ITEMS);
  wire_client_read_again (main);
  NET_RUN_UNTIL (&session.net, wire_client_is_flushed (main));
  g_assert_false (main->closed);
  session_clear (&session);
}

/* room */

typedef struct {
  Stage *stage;
  guint n_called, n_destroyed;
} RoomWatch;

static void
on_room (gpointer user_data)
{
  RoomWatch *watch = user_data;

  spc_loop_assert_here (spc_server_loop (watch->stage->session.server));
  g_assert_cmpuint (stage_room (watch->stage), >, 0);
  watch->n_called++;
}

static void
on_room_destroyed (gpointer user_data)
{
  ((RoomWatch *)user_data)->n_destroyed++;
}

static void
watch_room (Stage *stage, RoomWatch *watch)
{
  *watch = (RoomWatch){.stage = stage};
  spc_display_set_room_func (stage->display, on_room, watch, on_room_destroyed);
}

static void
test_room_without_viewer (void)
{
  Stage stage;
  RoomWatch watch;

  stage_init (&stage);
  g_assert_cmpuint (stage_room (&stage), ==, SPC_MAX_BATCHES);
  watch_room (&stage, &watch);
  stage_post_first (&stage);
  stage_post_copy (&stage, QXL_RECT (0, 0, 3, 3));
  g_assert_cmpuint (stage_room (&stage), ==, 0);
  NET_RUN_UNTIL (&stage.session.net, watch.n_called == 2);
  g_assert_cmpuint (stage_room (&stage), ==, SPC_MAX_BATCHES);
  spc_display_set_room_func (stage.display, NULL, NULL, NULL);
  g_assert_cmpuint (watch.n_destroyed, ==, 1);
  stage_post_copy (&stage, QXL_RECT (0, 0, 3, 3));
  session_settle (&stage.session);
  g_assert_cmpuint (watch.n_called, ==, 2);
  stage_clear (&stage);
}

/* two batches that fill the line, so that room stays taken */
static void
fill_line (Stage *stage, SpcConnection *connection)
{
  for (guint n = 0; n < 2000 && stage_room (stage) > 0; n++) {
    stage_post_copy (stage, QXL_RECT (0, 0, STAGE_WIDTH, STAGE_HEIGHT));
    for (guint i = 0; i < 2000 && stage_room (stage) < SPC_MAX_BATCHES; i++)
      if (!g_main_context_iteration (stage->session.net.context, FALSE))
        g_thread_yield ();
  }
  g_assert_cmpuint (spc_pipe_length (spc_connection_pipe (connection)), >, 0);
}

static void
test_room_with_stalled_viewer (void)
{
  Stage stage;
  Viewer *slow;

  stage_init (&stage);
  stage_post_first (&stage);
  slow = stalled_new (&stage, 1000);
  fill_line (&stage, newest_connection (&stage));
  g_assert_cmpuint (stage_room (&stage), ==, 0);
  wire_client_read_again (slow->display);
  NET_RUN_UNTIL (&stage.session.net, stage_room (&stage) == SPC_MAX_BATCHES);
  stage_wait_for (&stage, slow);
  viewer_free (slow);
  stage_clear (&stage);
}

static void
test_room_when_viewer_leaves (void)
{
  Stage stage;
  Viewer *slow;
  RoomWatch watch;

  stage_init (&stage);
  stage_post_first (&stage);
  slow = stalled_new (&stage, 1000);
  fill_line (&stage, newest_connection (&stage));
  watch_room (&stage, &watch);
  g_assert_cmpuint (stage_room (&stage), ==, 0);
  viewer_free (slow);
  NET_RUN_UNTIL (&stage.session.net, watch.n_called == SPC_MAX_BATCHES);
  g_assert_cmpuint (stage_room (&stage), ==, SPC_MAX_BATCHES);
  spc_display_set_room_func (stage.display, NULL, NULL, NULL);
  stage_clear (&stage);
}

/* the fast one sets the pace */
static void
test_room_with_both (void)
{
  Stage stage;
  Viewer *fast, *slow;

  stage_init (&stage);
  stage_post_first (&stage);
  slow = stalled_new (&stage, 1000);
  fast = viewer_new (&stage.session, NULL);
  for (guint n = 0; n < 100; n++) {
    NET_RUN_UNTIL (&stage.session.net, stage_room (&stage) > 0);
    stage_post_copy (&stage, stage_random_box (&stage));
  }
  stage_wait_for (&stage, fast);
  NET_RUN_UNTIL (&stage.session.net, stage_room (&stage) == SPC_MAX_BATCHES);
  viewer_free (fast);
  viewer_free (slow);
  stage_clear (&stage);
}

/* a producer that does not ask for room is obeyed */
static void
test_room_ignored (void)
{
  Stage stage;
  Viewer *viewer;

  stage_init (&stage);
  stage_post_first (&stage);
  viewer = viewer_new (&stage.session, NULL);
  for (guint n = 0; n < 200; n++)
    stage_post_copy (&stage, stage_random_box (&stage));
  g_assert_cmpuint (stage_room (&stage), ==, 0);
  stage_wait_for (&stage, viewer);
  NET_RUN_UNTIL (&stage.session.net, stage_room (&stage) == SPC_MAX_BATCHES);
  viewer_free (viewer);
  stage_clear (&stage);
}

static void
test_stop_with_stalled_viewers (void)
{
  Stage stage;
  Viewer *viewers[4];

  stage_init (&stage);
  stage_post_first (&stage);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    viewers[i] = stalled_new (&stage, 700);
  for (guint n = 0; n < 20; n++)
    stage_post_random (&stage);
  spc_server_stop (stage.session.server);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++) {
    wire_client_read_again (viewers[i]->display);
    NET_RUN_UNTIL (&stage.session.net, viewers[i]->display->closed);
    viewer_free (viewers[i]);
  }
  stage_clear (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/display-slow/" path, func)
  TEST ("a-stalled-viewer-costs-bounded-memory", test_stalled_viewer);
  TEST ("a-stumbling-viewer-ends-equal", test_stumbling_viewer);
  TEST ("without-acks-the-window-closes", test_no_acks);
  TEST ("new-sizes-do-not-pile-up", test_resizes_while_stalled);
  TEST ("surfaces-that-go-do-not-pile-up", test_destroyed_while_stalled);
  TEST ("heads-do-not-pile-up", test_heads_while_stalled);
  TEST ("a-flood-of-questions-is-not-read", test_flooding_viewer);
  TEST ("room/without-a-viewer-at-once", test_room_without_viewer);
  TEST ("room/waits-for-the-only-viewer", test_room_with_stalled_viewer);
  TEST ("room/comes-back-when-a-viewer-leaves", test_room_when_viewer_leaves);
  TEST ("room/the-fastest-viewer-sets-it", test_room_with_both);
  TEST ("room/may-be-ignored", test_room_ignored);
  TEST ("stopping-ends-stalled-viewers", test_stop_with_stalled_viewers);
  return g_test_run ();
}

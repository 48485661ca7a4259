/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cursor-channel.h"

#include "cursor-cache.h"
#include "server-core/channel/channel-fixture.h"
#include <string.h>

#define SET_ACK "3:0100000014000000"
/* position 3,2; visible; no flags; unique 0, ALPHA, 2×2, hot spot 1,0 */
#define SHAPE                                                                  \
  "0000"                                                                       \
  "0000000000000000"                                                           \
  "00"                                                                         \
  "0200020001000000"                                                           \
  "0000ffff00ff0080ff00004000000000"
#define OTHER_SHAPE                                                            \
  "0000"                                                                       \
  "0000000000000000"                                                           \
  "00"                                                                         \
  "0100010000000000"                                                           \
  "04030201"

static const uint8_t pixels[] = {0,    0, 0xff, 0xff, 0, 0xff, 0, 0x80,
                                 0xff, 0, 0,    0x40, 0, 0,    0, 0};

typedef struct {
  ChannelFixture fixture;
  SpcCursor *cursor;
  SpcChannel *channel; /* the same */
} Test;

static void
set_up (Test *test, gconstpointer data)
{
  channel_fixture_init (&test->fixture);
  test->cursor = spc_cursor_new (test->fixture.server, 0);
  test->channel = SPC_CHANNEL (test->cursor);
  spc_server_add_channel (test->fixture.server, test->channel);
}

static void
tear_down (Test *test, gconstpointer data)
{
  channel_fixture_clear (&test->fixture);
  g_object_unref (test->cursor);
}

static QxlImage *
make_image (uint32_t width, uint32_t height, const uint8_t *from)
{
  uint8_t *to;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRA, width, height, &to);

  memcpy (to, from, (size_t)width * height * 4);
  return image;
}

static void
post_shape (Test *test)
{
  spc_cursor_post_shape (test->cursor, make_image (2, 2, pixels), 1, 0);
}

static void
post_other_shape (Test *test)
{
  static const uint8_t pixel[] = {4, 3, 2, 1};

  spc_cursor_post_shape (test->cursor, make_image (1, 1, pixel), 0, 0);
}

static void
test_without_a_shape (Test *test, gconstpointer data)
{
  Viewer *viewer = viewer_new (&test->fixture, test->channel, 0);

  VIEWER_EXPECT (viewer, SET_ACK);
  VIEWER_EXPECT (viewer, "101:0000000000000000000100");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_posted_before_any_viewer (Test *test, gconstpointer data)
{
  Viewer *viewer;

  post_shape (test);
  spc_cursor_post_position (test->cursor, 3, 2);
  channel_fixture_settle (&test->fixture);
  viewer = viewer_new (&test->fixture, test->channel, 0);
  VIEWER_EXPECT (viewer, SET_ACK);
  VIEWER_EXPECT (viewer, "101:030002000000000001" SHAPE);
  VIEWER_EXPECT (viewer, "103:0300020001" SHAPE);
  VIEWER_EXPECT (viewer, "104:03000200");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

/* a viewer that has been greeted without a shape */
static Viewer *
greeted_viewer (Test *test)
{
  Viewer *viewer = viewer_new (&test->fixture, test->channel, 0);

  VIEWER_EXPECT (viewer, SET_ACK);
  VIEWER_EXPECT (viewer, "101:0000000000000000000100");
  return viewer;
}

/* one that sees the shape at 3,2 */
static Viewer *
seeing_viewer (Test *test)
{
  Viewer *viewer = greeted_viewer (test);

  spc_cursor_post_position (test->cursor, 3, 2);
  post_shape (test);
  VIEWER_EXPECT (viewer, "103:0300020001" SHAPE);
  VIEWER_EXPECT (viewer, "104:03000200");
  VIEWER_EXPECT (viewer, NULL);
  return viewer;
}

static void
test_changed_while_connected (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);

  post_other_shape (test);
  VIEWER_EXPECT (viewer, "103:0300020001" OTHER_SHAPE);
  spc_cursor_post_position (test->cursor, -2, 40000);
  VIEWER_EXPECT (viewer, "104:feffff7f");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_hidden_and_shown_again (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);

  spc_cursor_post_visible (test->cursor, false);
  VIEWER_EXPECT (viewer, "105:");
  post_other_shape (test);
  spc_cursor_post_position (test->cursor, 9, 9);
  VIEWER_EXPECT (viewer, NULL);
  post_shape (test);
  spc_cursor_post_visible (test->cursor, true);
  VIEWER_EXPECT (viewer, "103:0900090001" SHAPE);
  VIEWER_EXPECT (viewer, "104:09000900");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_hidden_before_any_viewer (Test *test, gconstpointer data)
{
  Viewer *viewer;

  post_shape (test);
  spc_cursor_post_visible (test->cursor, false);
  channel_fixture_settle (&test->fixture);
  viewer = viewer_new (&test->fixture, test->channel, 0);
  VIEWER_EXPECT (viewer, SET_ACK);
  VIEWER_EXPECT (viewer, "101:000000000000000000" SHAPE);
  VIEWER_EXPECT (viewer, "105:");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_no_shape_hides (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);

  spc_cursor_post_shape (test->cursor, NULL, 0, 0);
  VIEWER_EXPECT (viewer, "105:");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_an_equal_shape_is_not_sent_again (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);

  post_shape (test);
  VIEWER_EXPECT (viewer, NULL);
  spc_cursor_post_shape (test->cursor, make_image (2, 2, pixels), 0, 1);
  {
    g_autofree char *got = viewer_next (viewer);

    g_assert_true (g_str_has_prefix (got, "103:"));
  }
  viewer_free (viewer);
}

static void
test_client_mode_sends_no_moves (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);

  spc_server_request_mouse_mode (test->fixture.server, viewer->client, true);
  spc_cursor_post_position (test->cursor, 50, 60);
  VIEWER_EXPECT (viewer, NULL);
  post_other_shape (test);
  VIEWER_EXPECT (viewer, "103:32003c0001" OTHER_SHAPE);
  VIEWER_EXPECT (viewer, NULL);
  spc_server_request_mouse_mode (test->fixture.server, viewer->client, false);
  VIEWER_EXPECT (viewer, "104:32003c00");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

/* without acknowledgements 41 messages go out; what comes meanwhile is merged
 */
static void
test_the_latest_wins (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);

  for (int i = 0; i < 100; i++) {
    spc_cursor_post_position (test->cursor, 100 + i, 0);
    channel_fixture_settle (&test->fixture);
  }
  post_other_shape (test);
  /* SET_ACK, INIT, SET and MOVE were sent: 37 are left */
  for (int i = 0; i < 37; i++) {
    g_autofree char *expected = g_strdup_printf ("104:%02x000000", 100 + i);

    VIEWER_EXPECT (viewer, expected);
  }
  VIEWER_EXPECT (viewer, NULL);
  g_assert_cmpuint (spc_pipe_length (spc_connection_pipe (viewer->connection)),
                    ==, 1);
  viewer_send (viewer, "1:01000000");
  viewer_send (viewer, "2:");
  VIEWER_EXPECT (viewer, "103:c700000001" OTHER_SHAPE);
  VIEWER_EXPECT (viewer, "104:c7000000");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_two_viewers_see_the_same (Test *test, gconstpointer data)
{
  Viewer *first = seeing_viewer (test);
  Viewer *second = viewer_new (&test->fixture, test->channel, 0);

  VIEWER_EXPECT (second, SET_ACK);
  VIEWER_EXPECT (second, "101:030002000000000001" SHAPE);
  VIEWER_EXPECT (second, "103:0300020001" SHAPE);
  VIEWER_EXPECT (second, "104:03000200");
  viewer_free (first);
  post_other_shape (test);
  VIEWER_EXPECT (second, "103:0300020001" OTHER_SHAPE);
  VIEWER_EXPECT (second, NULL);
  viewer_free (second);
}

static void
test_bad_shapes_are_refused (Test *test, gconstpointer data)
{
  Viewer *viewer = greeted_viewer (test);
  uint8_t *to;

  spc_log_set_sink (NULL);
  spc_log_set_threshold (SPC_LOG_CURSOR, SPC_LEVEL_NONE);
  spc_cursor_post_shape (
      test->cursor,
      qxl_image_new (QXL_FORMAT_BGRA, SPC_MAX_CURSOR_SIDE + 1, 1, &to), 0, 0);
  spc_cursor_post_shape (test->cursor,
                         qxl_image_new (QXL_FORMAT_BGRX, 1, 1, &to), 0, 0);
  VIEWER_EXPECT (viewer, NULL);
  spc_cursor_post_shape (test->cursor, make_image (1, 1, pixels + 8), 7, 7);
  VIEWER_EXPECT (viewer, "103:0000000001"
                         "0000000000000000000000"
                         "0100010000000000"
                         "ff000040");
  viewer_free (viewer);
}

static gpointer
produce (gpointer user_data)
{
  Test *test = user_data;

  for (int i = 0; i < 200; i++) {
    post_other_shape (test);
    spc_cursor_post_position (test->cursor, i, i);
    spc_cursor_post_visible (test->cursor, i % 3 != 0);
    post_shape (test);
  }
  spc_cursor_post_visible (test->cursor, true);
  spc_cursor_post_position (test->cursor, 7, 7);
  return NULL;
}

static void
test_producers_are_other_threads (Test *test, gconstpointer data)
{
  GThread *thread = g_thread_new ("producer", produce, test);
  Viewer *viewer = viewer_new (&test->fixture, test->channel, 0);
  Viewer *late;

  g_free (viewer_last (viewer));
  g_thread_join (thread);
  channel_fixture_settle (&test->fixture);
  late = viewer_new (&test->fixture, test->channel, 0);
  VIEWER_EXPECT (late, SET_ACK);
  VIEWER_EXPECT (late, "101:070007000000000001" SHAPE);
  viewer_free (late);
  viewer_free (viewer);
}

#define KEPT_SHAPE(flags, unique, pixels)                                      \
  "103:0300020001" flags "00" unique "00000000000000"                          \
  "00"                                                                         \
  "0200020001000000" pixels
#define PIXELS "0000ffff00ff0080ff00004000000000"
#define OTHER_KEPT_SHAPE(flags, unique, pixels)                                \
  "103:0300020001" flags "00" unique "00000000000000"                          \
  "00"                                                                         \
  "0100010000000000" pixels

/* once it is known that the viewer is no web client, and not before, shapes
 * that take turns are named */
static void
test_natives_keep_shapes (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);

  viewer->client->is_native = true;
  post_other_shape (test);
  VIEWER_EXPECT (viewer, OTHER_KEPT_SHAPE ("02", "01", "04030201"));
  post_shape (test);
  VIEWER_EXPECT (viewer, KEPT_SHAPE ("02", "02", PIXELS));
  for (int i = 0; i < 3; i++) {
    post_other_shape (test);
    VIEWER_EXPECT (viewer, OTHER_KEPT_SHAPE ("04", "01", ""));
    post_shape (test);
    VIEWER_EXPECT (viewer, KEPT_SHAPE ("04", "02", ""));
  }
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

/* the same pixels with another hot spot are another shape */
static void
test_hot_spots_count (Test *test, gconstpointer data)
{
  Viewer *viewer = greeted_viewer (test);

  viewer->client->is_native = true;
  for (uint16_t i = 0; i < 4; i++) {
    g_autofree char *got = NULL;

    spc_cursor_post_shape (test->cursor, make_image (2, 2, pixels), i % 2, 0);
    got = viewer_next (viewer);
    g_assert_true (g_str_has_prefix (got, i < 2 ? "103:00000000010200"
                                                : "103:00000000010400"));
    if (i == 0)
      VIEWER_EXPECT (viewer, "104:00000000");
  }
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
post_numbered (Test *test, uint32_t number)
{
  spc_cursor_post_shape (test->cursor,
                         make_image (1, 1, (const uint8_t *)&number), 0, 0);
}

/* what goes is named before what comes */
static void
test_many_shapes (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);

  viewer->client->is_native = true;
  viewer_send (viewer, "1:01000000");
  for (uint32_t i = 0; i < SPC_MAX_CURSORS; i++) {
    g_autofree char *got = NULL;

    post_numbered (test, i);
    got = viewer_next (viewer);
    g_assert_true (g_str_has_prefix (got, "103:"));
    viewer_send (viewer, "2:"); /* acknowledges more than enough */
  }
  post_numbered (test, 1000);
  VIEWER_EXPECT (viewer, "107:0100000000000000");
  VIEWER_EXPECT (viewer, "103:03000200010200"
                         "0101000000000000"
                         "00"
                         "0100010000000000"
                         "e8030000");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_clients_may_not_send (Test *test, gconstpointer data)
{
  Viewer *viewer = greeted_viewer (test);

  viewer_send (viewer, "101:");
  g_assert_true (viewer_is_closed (viewer));
  viewer_free (viewer);
}

#define ADD(path, func)                                                        \
  g_test_add ("/cursor/" path, Test, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("without-a-shape", test_without_a_shape);
  ADD ("posted-before-any-viewer", test_posted_before_any_viewer);
  ADD ("changed-while-connected", test_changed_while_connected);
  ADD ("hidden-and-shown-again", test_hidden_and_shown_again);
  ADD ("hidden-before-any-viewer", test_hidden_before_any_viewer);
  ADD ("no-shape-hides", test_no_shape_hides);
  ADD ("an-equal-shape-is-not-sent-again",
       test_an_equal_shape_is_not_sent_again);
  ADD ("client-mode-sends-no-moves", test_client_mode_sends_no_moves);
  ADD ("the-latest-wins", test_the_latest_wins);
  ADD ("two-viewers-see-the-same", test_two_viewers_see_the_same);
  ADD ("bad-shapes-are-refused", test_bad_shapes_are_refused);
  ADD ("producers-are-other-threads", test_producers_are_other_threads);
  ADD ("natives-keep-shapes", test_natives_keep_shapes);
  ADD ("hot-spots-count", test_hot_spots_count);
  ADD ("many-shapes", test_many_shapes);
  ADD ("clients-may-not-send", test_clients_may_not_send);
  return g_test_run ();
}

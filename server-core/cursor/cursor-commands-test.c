/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What viewers get of cursor commands. */
#include "cursor-cache.h"
#include "cursor-channel.h"
#include "server-core/channel/channel-fixture.h"

#include <string.h>

#define SET_ACK "3:0100000014000000"
#define NO_SHAPE_INIT "101:0000000000000000000100"
/* flags 0, unique 0, ALPHA, 1×1, hot spot 0,0 */
#define SHAPE(pixel)                                                           \
  "0000"                                                                       \
  "0000000000000000"                                                           \
  "00"                                                                         \
  "0100010000000000" pixel

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

/* commands */

static QxlCursorCommand *
make_set (QxlCursorShape *shape, bool is_visible)
{
  QxlCursorCommand *command = qxl_cursor_command_new (QXL_CURSOR_SET);

  command->x = 9;
  command->y = 8;
  command->is_visible = is_visible;
  command->shape = shape;
  return command;
}

/* one opaque pixel of blue */
static QxlCursorShape *
make_shape (uint8_t blue)
{
  const uint8_t pixel[] = {blue, 0, 0, 255};

  return qxl_cursor_shape_new (QXL_CURSOR_ALPHA, 5, 1, 1, 0, 0,
                               g_bytes_new (pixel, sizeof pixel));
}

static QxlCursorCommand *
make_move (int16_t x, int16_t y)
{
  QxlCursorCommand *command = qxl_cursor_command_new (QXL_CURSOR_MOVE);

  command->x = x;
  command->y = y;
  return command;
}

static void
post (Test *test, QxlCursorCommand *command)
{
  spc_cursor_post_command (test->cursor, command);
}

static void
post_plain (Test *test, QxlCursorKind kind)
{
  post (test, qxl_cursor_command_new (kind));
}

static void
post_trail (Test *test, uint16_t length, uint16_t frequency)
{
  QxlCursorCommand *command = qxl_cursor_command_new (QXL_CURSOR_TRAIL);

  command->length = length;
  command->frequency = frequency;
  post (test, command);
}

/* viewers */

static Viewer *
greeted_viewer (Test *test)
{
  Viewer *viewer = viewer_new (&test->fixture, test->channel, 0);

  VIEWER_EXPECT (viewer, SET_ACK);
  VIEWER_EXPECT (viewer, NO_SHAPE_INIT);
  return viewer;
}

/* 17 in blue, at 3,2 */
static Viewer *
seeing_viewer (Test *test)
{
  Viewer *viewer = greeted_viewer (test);

  post (test, make_set (make_shape (0x17), true));
  post (test, make_move (3, 2));
  VIEWER_EXPECT (viewer, "103:0300020001" SHAPE ("170000ff"));
  VIEWER_EXPECT (viewer, "104:03000200");
  VIEWER_EXPECT (viewer, NULL);
  return viewer;
}

static void
test_moves (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);

  post (test, make_move (-1, 300));
  VIEWER_EXPECT (viewer, "104:ffff2c01");
  post (test, make_move (-1, 300));
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_a_new_shape (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);
  Viewer *late;

  post (test, make_set (make_shape (0x18), true));
  VIEWER_EXPECT (viewer, "103:0900080001" SHAPE ("180000ff"));
  post (test, make_set (make_shape (0x18), true));
  VIEWER_EXPECT (viewer, NULL);
  /* the place that came with it is not the pointer's */
  late = viewer_new (&test->fixture, test->channel, 0);
  VIEWER_EXPECT (late, SET_ACK);
  VIEWER_EXPECT (late, "101:030002000000000001" SHAPE ("180000ff"));
  VIEWER_EXPECT (late, "103:0900080001" SHAPE ("180000ff"));
  VIEWER_EXPECT (late, "104:03000200");
  VIEWER_EXPECT (late, NULL);
  viewer_free (late);
  viewer_free (viewer);
}

static void
test_hidden_and_moved (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);

  post_plain (test, QXL_CURSOR_HIDE);
  VIEWER_EXPECT (viewer, "105:");
  post_plain (test, QXL_CURSOR_HIDE);
  VIEWER_EXPECT (viewer, NULL);
  post (test, make_move (4, 4));
  VIEWER_EXPECT (viewer, "103:0400040001" SHAPE ("170000ff"));
  VIEWER_EXPECT (viewer, "104:04000400");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_set_invisible (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);
  Viewer *late;

  post (test, make_set (make_shape (0x18), false));
  VIEWER_EXPECT (viewer, "105:");
  VIEWER_EXPECT (viewer, NULL);
  late = viewer_new (&test->fixture, test->channel, 0);
  VIEWER_EXPECT (late, SET_ACK);
  VIEWER_EXPECT (late, "101:030002000000000000" SHAPE ("180000ff"));
  VIEWER_EXPECT (late, "105:");
  VIEWER_EXPECT (late, NULL);
  viewer_free (late);
  viewer_free (viewer);
}

static void
test_trails (Test *test, gconstpointer data)
{
  Viewer *viewer = greeted_viewer (test);
  Viewer *late;

  post_trail (test, 5, 258);
  VIEWER_EXPECT (viewer, "106:05000201");
  post_trail (test, 5, 258);
  VIEWER_EXPECT (viewer, NULL);
  late = viewer_new (&test->fixture, test->channel, 0);
  VIEWER_EXPECT (late, SET_ACK);
  VIEWER_EXPECT (late, "101:0000000005000201000100");
  VIEWER_EXPECT (late, NULL);
  post_trail (test, 0, 0);
  VIEWER_EXPECT (late, "106:00000000");
  VIEWER_EXPECT (viewer, "106:00000000");
  viewer_free (late);
  viewer_free (viewer);
}

/* they only complain about it */
static void
test_natives_get_no_trails (Test *test, gconstpointer data)
{
  Viewer *viewer = greeted_viewer (test);

  viewer->client->is_native = true;
  post_trail (test, 5, 258);
  VIEWER_EXPECT (viewer, NULL);
  post_plain (test, QXL_CURSOR_RESET);
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_client_mode (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);

  spc_server_request_mouse_mode (test->fixture.server, viewer->client, true);
  post (test, make_move (50, 60));
  VIEWER_EXPECT (viewer, NULL);
  post_plain (test, QXL_CURSOR_HIDE);
  VIEWER_EXPECT (viewer, "105:");
  /* one that shows it counts in either mode */
  post (test, make_move (51, 61));
  VIEWER_EXPECT (viewer, "103:33003d0001" SHAPE ("170000ff"));
  VIEWER_EXPECT (viewer, "104:33003d00");
  post (test, make_move (52, 62));
  VIEWER_EXPECT (viewer, NULL);
  spc_server_request_mouse_mode (test->fixture.server, viewer->client, false);
  VIEWER_EXPECT (viewer, "104:34003e00");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

/* INIT has a place, but not all take it from there */
static void
test_places_are_told_once_they_count (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);
  Viewer *late;

  spc_server_request_mouse_mode (test->fixture.server, viewer->client, true);
  late = viewer_new (&test->fixture, test->channel, 0);
  VIEWER_EXPECT (late, SET_ACK);
  VIEWER_EXPECT (late, "101:030002000000000001" SHAPE ("170000ff"));
  VIEWER_EXPECT (late, "103:0300020001" SHAPE ("170000ff"));
  VIEWER_EXPECT (late, NULL);
  spc_server_request_mouse_mode (test->fixture.server, viewer->client, false);
  VIEWER_EXPECT (late, "104:03000200");
  VIEWER_EXPECT (late, NULL);
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (late);
  viewer_free (viewer);
}

/* resets */

static void
test_reset (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);

  post_trail (test, 1, 1);
  VIEWER_EXPECT (viewer, "106:01000100");
  post_plain (test, QXL_CURSOR_RESET);
  VIEWER_EXPECT (viewer, "102:");
  VIEWER_EXPECT (viewer, NO_SHAPE_INIT);
  VIEWER_EXPECT (viewer, NULL);
  post (test, make_set (make_shape (0x17), true));
  VIEWER_EXPECT (viewer, "103:0900080001" SHAPE ("170000ff"));
  VIEWER_EXPECT (viewer, "104:00000000");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_nothing_to_reset (Test *test, gconstpointer data)
{
  Viewer *viewer = greeted_viewer (test);

  for (int i = 0; i < 3; i++) {
    post_plain (test, QXL_CURSOR_RESET);
    VIEWER_EXPECT (viewer, NULL);
  }
  post (test, make_set (make_shape (0x17), true));
  VIEWER_EXPECT (viewer, "103:0900080001" SHAPE ("170000ff"));
  VIEWER_EXPECT (viewer, "104:00000000");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

/* a viewer that takes nothing meanwhile hears of one, and of the newest shape
 */
static void
test_resets_merge (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);

  for (int16_t i = 0; i < 37; i++) {
    g_autofree char *got = NULL;

    post (test, make_move (100 + i, 0));
    got = viewer_next (viewer);
    g_assert_true (g_str_has_prefix (got, "104:"));
  }
  for (int i = 0; i < 100; i++) {
    post (test, make_set (make_shape (0x20), true));
    post_plain (test, QXL_CURSOR_RESET);
    VIEWER_EXPECT (viewer, NULL);
  }
  post (test, make_set (make_shape (0x21), true));
  VIEWER_EXPECT (viewer, NULL);
  viewer_send (viewer, "1:01000000");
  viewer_send (viewer, "2:");
  VIEWER_EXPECT (viewer, "102:");
  VIEWER_EXPECT (viewer, "101:000000000000000001" SHAPE ("210000ff"));
  VIEWER_EXPECT (viewer, "103:0900080001" SHAPE ("210000ff"));
  VIEWER_EXPECT (viewer, "104:00000000");
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

#define KEPT(flags, unique, pixel)                                             \
  "103:0900080001" flags "00" unique "00000000000000"                          \
  "00"                                                                         \
  "0100010000000000" pixel

/* what a client kept is gone with a reset, and numbers are not given again */
static void
test_resets_empty_the_cache (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);

  viewer->client->is_native = true;
  post (test, make_set (make_shape (1), true));
  VIEWER_EXPECT (viewer, KEPT ("02", "01", "010000ff"));
  post (test, make_set (make_shape (2), true));
  VIEWER_EXPECT (viewer, KEPT ("02", "02", "020000ff"));
  post (test, make_set (make_shape (1), true));
  VIEWER_EXPECT (viewer, KEPT ("04", "01", ""));
  post_plain (test, QXL_CURSOR_RESET);
  VIEWER_EXPECT (viewer, "102:");
  VIEWER_EXPECT (viewer, NO_SHAPE_INIT);
  post (test, make_set (make_shape (1), true));
  VIEWER_EXPECT (viewer, KEPT ("02", "03", "010000ff"));
  VIEWER_EXPECT (viewer, "104:00000000");
  viewer_free (viewer);
}

/* what is wrong */

static guint n_warnings;

static void
count_warning (SpcLogCategory category, SpcLogLevel level, const char *file,
               const char *function, int line, const char *text)
{
  if (category == SPC_LOG_CURSOR && level == SPC_LEVEL_WARNING)
    n_warnings++;
}

static guint64
count_invalid (Test *test)
{
  GVariantDict *dict = g_variant_dict_new (NULL);
  guint64 n = 0;

  SPC_CHANNEL_GET_CLASS (test->channel)->add_stats (test->channel, dict);
  g_assert_true (g_variant_dict_lookup (dict, "invalid-commands", "t", &n));
  g_variant_dict_unref (dict);
  return n;
}

static void
test_bad_commands (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);

  n_warnings = 0;
  spc_log_set_sink (count_warning);
  spc_log_set_threshold (SPC_LOG_CURSOR, SPC_LEVEL_WARNING);
  for (int i = 0; i < 100; i++) {
    QxlCursorShape *shape = make_shape (0x30);

    shape->height = 2;
    post (test, make_set (shape, false));
    post (test, make_set (NULL, false));
  }
  VIEWER_EXPECT (viewer, NULL);
  spc_log_set_sink (NULL);
  g_assert_cmpuint (count_invalid (test), ==, 200);
  g_assert_cmpuint (n_warnings, >=, 1);
  g_assert_cmpuint (n_warnings, <, 100);
  viewer_free (viewer);
}

/* all black, of the largest size there is */
static void
test_large_shapes (Test *test, gconstpointer data)
{
  Viewer *viewer = greeted_viewer (test);
  QxlCursorShape *shape =
      qxl_cursor_shape_new (QXL_CURSOR_MONO, 0, 1024, 1024, 1023, 1023,
                            g_bytes_new_take (g_malloc0 (262144), 262144));
  g_autofree char *got = NULL;

  post (test, make_set (shape, true));
  got = viewer_next (viewer);
  g_assert_true (g_str_has_prefix (got, "103:0900080001"
                                        "0000"
                                        "0000000000000000"
                                        "00"
                                        "00010001ff00ff00"
                                        "000000ff"));
  g_assert_cmpuint (strlen (got), ==, 4 + 2 * (7 + 17 + 256 * 256 * 4));
  viewer_free (viewer);
}

/* batches */

static void
test_batches (Test *test, gconstpointer data)
{
  Viewer *viewer = greeted_viewer (test);
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  g_autoptr (QxlBatch) other = qxl_batch_new ();

  qxl_batch_create_surface (batch, QXL_PRIMARY_SURFACE, 64, 64,
                            QXL_FORMAT_BGRX);
  qxl_batch_cursor (batch, make_set (make_shape (1), true));
  qxl_batch_destroy_surface (batch, 7);
  qxl_batch_cursor (batch, make_move (1, 1));
  qxl_batch_cursor (batch, make_set (make_shape (2), true));
  g_assert_true (spc_cursor_post_batch (test->cursor, batch));
  VIEWER_EXPECT (viewer, "103:0900080001" SHAPE ("020000ff"));
  VIEWER_EXPECT (viewer, "104:01000100");
  VIEWER_EXPECT (viewer, NULL);
  qxl_batch_message (other, "nothing for the pointer");
  g_assert_false (spc_cursor_post_batch (test->cursor, other));
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_the_primary_goes (Test *test, gconstpointer data)
{
  Viewer *viewer = seeing_viewer (test);
  g_autoptr (QxlBatch) batch = qxl_batch_new ();

  qxl_batch_destroy_surface (batch, QXL_PRIMARY_SURFACE);
  qxl_batch_create_surface (batch, QXL_PRIMARY_SURFACE, 8, 8, QXL_FORMAT_BGRX);
  g_assert_true (spc_cursor_post_batch (test->cursor, batch));
  VIEWER_EXPECT (viewer, "102:");
  VIEWER_EXPECT (viewer, NO_SHAPE_INIT);
  VIEWER_EXPECT (viewer, NULL);
  g_assert_true (spc_cursor_post_batch (test->cursor, batch));
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (viewer);
}

static void
test_displays_do_not_mix (Test *test, gconstpointer data)
{
  g_autoptr (SpcCursor) other = spc_cursor_new (test->fixture.server, 1);
  Viewer *viewer = seeing_viewer (test);
  Viewer *second;

  spc_server_add_channel (test->fixture.server, SPC_CHANNEL (other));
  second = viewer_new (&test->fixture, SPC_CHANNEL (other), 0);
  VIEWER_EXPECT (second, SET_ACK);
  VIEWER_EXPECT (second, NO_SHAPE_INIT);
  spc_cursor_post_command (other, make_set (make_shape (0x40), true));
  VIEWER_EXPECT (second, "103:0900080001" SHAPE ("400000ff"));
  VIEWER_EXPECT (second, "104:00000000");
  post (test, make_move (77, 0));
  VIEWER_EXPECT (viewer, "104:4d000000");
  spc_cursor_post_command (other, qxl_cursor_command_new (QXL_CURSOR_RESET));
  VIEWER_EXPECT (second, "102:");
  VIEWER_EXPECT (second, NO_SHAPE_INIT);
  VIEWER_EXPECT (second, NULL);
  VIEWER_EXPECT (viewer, NULL);
  viewer_free (second);
  viewer_free (viewer);
}

#define ADD(path, func)                                                        \
  g_test_add ("/cursor-commands/" path, Test, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("moves", test_moves);
  ADD ("a-new-shape", test_a_new_shape);
  ADD ("hidden-and-moved", test_hidden_and_moved);
  ADD ("set-invisible", test_set_invisible);
  ADD ("trails", test_trails);
  ADD ("natives-get-no-trails", test_natives_get_no_trails);
  ADD ("client-mode", test_client_mode);
  ADD ("places-are-told-once-they-count", test_places_are_told_once_they_count);
  ADD ("reset", test_reset);
  ADD ("nothing-to-reset", test_nothing_to_reset);
  ADD ("resets-merge", test_resets_merge);
  ADD ("resets-empty-the-cache", test_resets_empty_the_cache);
  ADD ("bad-commands", test_bad_commands);
  ADD ("large-shapes", test_large_shapes);
  ADD ("batches", test_batches);
  ADD ("the-primary-goes", test_the_primary_goes);
  ADD ("displays-do-not-mix", test_displays_do_not_mix);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of beginning anew with viewers that look on. */
#include "display-stage.h"

/* what a stalled viewer may have waiting: a beginning, and some batches */
#define MAX_STALLED_ITEMS (32u + 6 * (SPC_MAX_PIPE_BATCHES + 1))

static const ViewerSetup native = {.is_native = true};

static guint
count (const Viewer *viewer, uint16_t type)
{
  return wire_client_count (viewer->display, type);
}

/* @n: how often there has been one so far */
static void
resync_and_wait (Stage *stage, Viewer *viewer, guint n)
{
  spc_display_resync (stage->display);
  NET_RUN_UNTIL (&stage->session.net,
                 count (viewer, SPICE_MSG_DISPLAY_MARK) == n + 1);
  stage_wait_for (stage, viewer);
}

static void
test_told_anew (void)
{
  Stage stage;
  Viewer *viewer;
  g_autofree char *types = NULL;

  stage_init (&stage);
  stage_post_first (&stage);
  viewer = viewer_new (&stage.session, NULL);
  stage_wait_for (&stage, viewer);
  resync_and_wait (&stage, viewer, 1);
  types = wire_client_types (viewer->display);
  g_assert_cmpstr (types, ==,
                   "3 108 314 304 317 102 315 108 314 106 304 317 102");
  stage_post_copy (&stage, QXL_RECT (3, 4, 20, 30));
  stage_wait_for (&stage, viewer);
  viewer_free (viewer);
  stage_clear (&stage);
}

static void
test_one_picture_for_all (void)
{
  Viewer *viewers[4];
  guint64 before;
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    viewers[i] = viewer_new (&stage.session, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    stage_wait_for (&stage, viewers[i]);
  before = stage_n_encoded (&stage);
  spc_display_resync (stage.display);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    NET_RUN_UNTIL (&stage.session.net,
                   count (viewers[i], SPICE_MSG_DISPLAY_MARK) == 2);
  g_assert_cmpuint (stage_n_encoded (&stage) - before, <=, 1);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++) {
    stage_wait_for (&stage, viewers[i]);
    viewer_free (viewers[i]);
  }
  stage_clear (&stage);
}

static void
test_before_any_picture (void)
{
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) silent = NULL;
  g_autofree char *types = NULL;
  Viewer *viewer;
  Stage stage;

  stage_init (&stage);
  spc_display_resync (stage.display);
  viewer = viewer_new (&stage.session, NULL);
  main = session_join (&stage.session);
  silent = session_open (&stage.session, main, SPICE_CHANNEL_DISPLAY, 0);
  spc_display_resync (stage.display);
  session_settle (&stage.session);
  types = wire_client_types (silent);
  g_assert_cmpstr (types, ==, "3");
  stage_post_first (&stage);
  stage_wait_for (&stage, viewer);
  viewer_free (viewer);
  stage_clear (&stage);
}

/* an image that the client keeps is sent again */
static void
test_nothing_kept_is_named (void)
{
  const QxlRect box = QXL_RECT (0, 0, STAGE_WIDTH, STAGE_HEIGHT);
  guint n_named;
  Viewer *viewer;
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  viewer = viewer_new (&stage.session, &native);
  stage_wait_for (&stage, viewer);
  stage_post_copy (&stage, box);
  stage_wait_for (&stage, viewer);
  g_assert_cmpuint (wire_canvas_n_kept (viewer->canvas), >, 0);
  n_named = wire_canvas_n_images (viewer->canvas, SPICE_IMAGE_TYPE_FROM_CACHE);
  for (guint n = 1; n < 4; n++) {
    resync_and_wait (&stage, viewer, n);
    g_assert_cmpuint (count (viewer, SPICE_MSG_DISPLAY_INVAL_ALL_PIXMAPS), ==,
                      n);
    g_assert_cmpuint (
        wire_canvas_n_images (viewer->canvas, SPICE_IMAGE_TYPE_FROM_CACHE), ==,
        n_named);
  }
  viewer_free (viewer);
  stage_clear (&stage);
}

/* a film goes on in a stream of its own, on the new surface */
static void
test_streams (void)
{
  const SpcFilm film = {.is_film = true};
  Viewer *viewer;
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  viewer = viewer_new (&stage.session, &native);
  stage_wait_for (&stage, viewer);
  spc_display_set_film (stage.display, &film);
  for (guint n = 1; n < 4; n++) {
    NET_RUN_UNTIL (&stage.session.net,
                   count (viewer, SPICE_MSG_DISPLAY_STREAM_CREATE) == n);
    spc_display_resync (stage.display);
    NET_RUN_UNTIL (&stage.session.net,
                   count (viewer, SPICE_MSG_DISPLAY_MARK) == n + 1);
    g_assert_cmpuint (count (viewer, SPICE_MSG_DISPLAY_STREAM_DESTROY), ==, n);
  }
  spc_display_set_film (stage.display, &(SpcFilm){0});
  stage_wait_for (&stage, viewer);
  viewer_free (viewer);
  stage_clear (&stage);
}

/* viewers of several kinds, other surfaces, dictionaries, palettes: whoever
 * names what a viewer does not have any more ends the test */
static void
test_random_draws (void)
{
  enum { TURNS = 60, POSTS = 5 };
  const ViewerSetup setups[] = {
      {.is_native = true},
      {.is_native = true, .compression = SPICE_IMAGE_COMPRESSION_GLZ},
      {.is_native = true, .compression = SPICE_IMAGE_COMPRESSION_AUTO_LZ},
      {.is_native = true, .cache_pixels = 5000},
      {.compression = SPICE_IMAGE_COMPRESSION_LZ},
  };
  Viewer *viewers[G_N_ELEMENTS (setups)];
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    viewers[i] = viewer_new (&stage.session, &setups[i]);
  for (guint turn = 0; turn < TURNS; turn++) {
    for (guint n = 0; n < POSTS; n++) {
      stage_post_random (&stage);
      if (g_test_rand_int_range (0, 4) == 0)
        spc_display_resync (stage.display);
    }
    for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
      stage_wait_for (&stage, viewers[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++) {
    g_assert_false (viewers[i]->display->closed);
    viewer_free (viewers[i]);
  }
  stage_clear (&stage);
}

static void
test_stalled_viewer (void)
{
  const ViewerSetup setup = {.is_native = true, .line_bytes = 4096};
  GPtrArray *connections;
  Viewer *viewer;
  SpcPipe *pipe;
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  viewer = viewer_new (&stage.session, &setup);
  stage_wait_for (&stage, viewer);
  wire_client_stop_reading (viewer->display);
  connections = spc_channel_connections (SPC_CHANNEL (stage.display));
  pipe = spc_connection_pipe (g_ptr_array_index (connections, 0));
  for (guint n = 0; n < 300; n++) {
    stage_post_random (&stage);
    spc_display_resync (stage.display);
    session_settle (&stage.session);
    g_assert_cmpuint (spc_pipe_length (pipe), <=, MAX_STALLED_ITEMS);
  }
  wire_client_read_again (viewer->display);
  stage_wait_for (&stage, viewer);
  viewer_free (viewer);
  stage_clear (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/display-resync/" path, func)
  TEST ("viewers-are-told-all-anew", test_told_anew);
  TEST ("one-picture-does-for-all", test_one_picture_for_all);
  TEST ("nothing-to-tell-is-not-told", test_before_any_picture);
  TEST ("nothing-kept-is-named", test_nothing_kept_is_named);
  TEST ("streams-go-on", test_streams);
  TEST ("random-draws-end-equal", test_random_draws);
  TEST ("a-stalled-viewer-collects-nothing", test_stalled_viewer);
  return g_test_run ();
}

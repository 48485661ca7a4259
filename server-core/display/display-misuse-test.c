/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the display channel against producers and viewers that do what they
 * should not: nobody else notices. */
#include "display-stage.h"
#include "server-core/wire/messages-display.h"

/* heads */

static bool
has_heads (Viewer *viewer, const QxlRect *heads, guint n)
{
  guint n_got;
  const QxlRect *got = wire_canvas_heads (viewer->canvas, &n_got);

  if (n_got != n)
    return false;
  for (guint i = 0; i < n; i++)
    if (!qxl_rect_equal (&got[i], &heads[i]))
      return false;
  return true;
}

static void
test_heads (void)
{
  const QxlRect all = QXL_RECT (0, 0, STAGE_WIDTH, STAGE_HEIGHT);
  const QxlRect two[] = {QXL_RECT (0, 0, 32, STAGE_HEIGHT),
                         QXL_RECT (32, 0, STAGE_WIDTH, 40)};
  const QxlRect odd[] = {QXL_RECT (0, 0, STAGE_WIDTH + 1, 5), two[0],
                         QXL_RECT (5, 5, 5, 9), QXL_RECT (-1, 0, 5, 5)};
  Stage stage;
  Viewer *viewer;

  stage_init (&stage);
  spc_display_post_heads (stage.display, two, 2);
  stage_post_first (&stage);
  viewer = viewer_new (&stage.session, NULL);
  NET_RUN_UNTIL (&stage.session.net, has_heads (viewer, two, 2));
  spc_display_post_heads (stage.display, NULL, 0);
  NET_RUN_UNTIL (&stage.session.net, has_heads (viewer, &all, 1));
  spc_display_post_heads (stage.display, odd, G_N_ELEMENTS (odd));
  NET_RUN_UNTIL (&stage.session.net, has_heads (viewer, two, 1));
  viewer_free (viewer);
  stage_clear (&stage);
}

/* what is wrong */

static void
add_invalid (QxlBatch *batch)
{
  static const QxlRect boxes[] = {
      {0, 0, STAGE_WIDTH + 1, 5},
      {-1, 0, 5, 5},
      {5, 5, 5, 9},
      {9, 9, 3, 12},
      {0, 0, 5, G_MAXINT32},
      {G_MININT32, 0, G_MAXINT32, 5},
  };
  const QxlRect box = QXL_RECT (0, 0, 8, 8);
  uint8_t *pixels;

  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++)
    qxl_batch_draw (batch, qxl_drawable_new_fill (0, &boxes[i], 1));
  qxl_batch_draw (batch, qxl_drawable_new_fill (3, &box, 1));
  qxl_batch_draw (batch, qxl_drawable_new_copy_bits (
                             0, &box, (QxlPoint){STAGE_WIDTH - 7, 0}));
  qxl_batch_draw (batch,
                  qxl_drawable_new_copy_bits (0, &box, (QxlPoint){-1, 0}));
  qxl_batch_draw (
      batch, qxl_drawable_new_copy_bits (0, &box, (QxlPoint){G_MAXINT32, 0}));
  /* no such surface, the surface itself, outside of it */
  qxl_batch_draw (batch,
                  qxl_drawable_new_copy_surface (0, &box, 3, (QxlPoint){0, 0}));
  qxl_batch_draw (
      batch, qxl_drawable_new_copy_surface (0, &box, 0, (QxlPoint){20, 20}));
  qxl_batch_create_surface (batch, 2, 8, 8, QXL_FORMAT_BGRX);
  qxl_batch_draw (batch,
                  qxl_drawable_new_copy_surface (0, &box, 2, (QxlPoint){1, 0}));
  qxl_batch_draw (batch, qxl_drawable_new_copy (0, &box, stage_noise_new (8, 7),
                                                (QxlPoint){0, 0}));
  qxl_batch_draw (batch, qxl_drawable_new_copy (0, &box, stage_noise_new (8, 8),
                                                (QxlPoint){1, 0}));
  qxl_batch_draw (batch,
                  qxl_drawable_new_copy (
                      0, &box, qxl_image_new (QXL_FORMAT_RGB16, 8, 8, &pixels),
                      (QxlPoint){0, 0}));
  qxl_batch_create_surface (batch, 1, 0, 5, QXL_FORMAT_BGRX);
  qxl_batch_create_surface (batch, 1, 5, 16385, QXL_FORMAT_BGRX);
  qxl_batch_create_surface (batch, 1, 5, 5, QXL_FORMAT_BGR);
  qxl_batch_destroy_surface (batch, 1);
}

static void
test_invalid_commands (void)
{
  QxlBatch *batch = qxl_batch_new ();
  Stage stage;
  Viewer *viewer;
  SpcDisplayStats stats;
  guint n_invalid;

  stage_init (&stage);
  stage_post_first (&stage);
  viewer = viewer_new (&stage.session, NULL);
  stage_wait_for (&stage, viewer);
  add_invalid (batch);
  n_invalid = batch->commands->len - 1; /* but for the surface created */
  stage_fill (&stage, batch, QXL_RECT (1, 1, 2, 2), 0xfedcba);
  stage_post (&stage, batch);
  stage_wait_for (&stage, viewer);
  spc_display_stats (stage.display, &stats);
  g_assert_cmpuint (stats.invalid_commands, ==, n_invalid);
  g_assert_cmpuint (session_n_warnings (), ==, n_invalid);
  /* the first picture and the fill; the other surface is blank */
  NET_RUN_UNTIL (&stage.session.net, wire_canvas_n_draws (viewer->canvas) == 2);
  viewer_free (viewer);
  stage_clear (&stage);
}

static void
test_too_many_surfaces (void)
{
  QxlBatch *batch = qxl_batch_new ();
  Stage stage;
  SpcDisplayStats stats;

  stage_init (&stage);
  for (uint32_t id = 0; id < SPC_MAX_SURFACES + 3; id++)
    qxl_batch_create_surface (batch, id, 1, 1, QXL_FORMAT_BGRX);
  qxl_batch_create_surface (batch, 5, 2, 2, QXL_FORMAT_BGRX);
  qxl_batch_destroy_surface (batch, 6);
  qxl_batch_create_surface (batch, 6, 2, 2, QXL_FORMAT_BGRX);
  stage_post (&stage, batch);
  session_settle (&stage.session);
  spc_display_stats (stage.display, &stats);
  g_assert_cmpuint (stats.invalid_commands, ==, 3);
  stage_clear (&stage);
}

/* the third is one too many, but may take the place of the second */
static void
test_too_large_surfaces (void)
{
  QxlBatch *batch = qxl_batch_new ();
  Stage stage;
  SpcDisplayStats stats;

  stage_init (&stage);
  for (uint32_t id = 0; id < 3; id++)
    qxl_batch_create_surface (batch, id, QXL_SURFACE_MAX_SIDE,
                              QXL_SURFACE_MAX_SIDE, QXL_FORMAT_BGRX);
  qxl_batch_create_surface (batch, 1, QXL_SURFACE_MAX_SIDE,
                            QXL_SURFACE_MAX_SIDE, QXL_FORMAT_BGRX);
  for (uint32_t id = 0; id < 2; id++)
    qxl_batch_destroy_surface (batch, id);
  stage_post (&stage, batch);
  session_settle (&stage.session);
  spc_display_stats (stage.display, &stats);
  g_assert_cmpuint (stats.invalid_commands, ==, 1);
  stage_clear (&stage);
}

static const struct {
  const char *what;
  uint16_t type;
  uint32_t claimed, size; /* bytes in the header, and sent */
} bad_messages[] = {
    {"a second INIT", SPICE_MSGC_DISPLAY_INIT, 14, 14},
    {"a short INIT", SPICE_MSGC_DISPLAY_INIT, 13, 13},
    {"a long INIT", SPICE_MSGC_DISPLAY_INIT, 15, 15},
    {"GL_DRAW_DONE", SPICE_MSGC_DISPLAY_GL_DRAW_DONE, 0, 0},
    {"an unknown message", 150, 4, 4},
    {"type 0", 0, 0, 0},
    {"a message too long", SPICE_MSGC_DISPLAY_PREFERRED_VIDEO_CODEC_TYPE, 257,
     0},
    {"2 GiB", SPICE_MSGC_DISPLAY_STREAM_REPORT, 0x80000000u, 0},
    {"4 GiB", SPICE_MSGC_DISPLAY_PREFERRED_COMPRESSION, G_MAXUINT32, 0},
    {"an ack with a body", SPICE_MSGC_ACK, 1, 1},
    {"a short sync", SPICE_MSGC_ACK_SYNC, 3, 3},
    {"a flush mark", SPICE_MSGC_MIGRATE_FLUSH_MARK, 0, 0},
    {"migration data", SPICE_MSGC_MIGRATE_DATA, 8, 8},
};

static void
test_bad_messages (void)
{
  static const uint8_t zeros[64];
  Stage stage;
  Viewer *witness;

  stage_init (&stage);
  stage_post_first (&stage);
  witness = viewer_new (&stage.session, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bad_messages); i++) {
    Viewer *viewer = viewer_new (&stage.session, NULL);

    g_test_message ("%s", bad_messages[i].what);
    stage_wait_for (&stage, viewer);
    wire_client_send_header (viewer->display, bad_messages[i].type,
                             bad_messages[i].claimed);
    wire_client_send_raw (viewer->display, zeros, bad_messages[i].size);
    NET_RUN_UNTIL (&stage.session.net, viewer->display->closed);
    stage_post_copy (&stage, stage_random_box (&stage));
    stage_wait_for (&stage, witness);
    g_assert_false (viewer->main->closed);
    viewer_free (viewer);
  }
  viewer_free (witness);
  stage_clear (&stage);
}

static void
test_harmless_messages (void)
{
  static const uint8_t zeros[256];
  static const struct {
    uint16_t type;
    uint32_t size;
  } rows[] = {
      {SPICE_MSGC_DISPLAY_STREAM_REPORT, 32},
      {SPICE_MSGC_DISPLAY_PREFERRED_COMPRESSION, 1},
      {SPICE_MSGC_DISPLAY_PREFERRED_VIDEO_CODEC_TYPE, 256},
      {SPICE_MSGC_DISCONNECTING, 12},
      {SPICE_MSGC_PONG, 12},
      {SPICE_MSGC_ACK, 0},
      {SPICE_MSGC_ACK_SYNC, 4},
  };
  Stage stage;
  Viewer *viewer;

  stage_init (&stage);
  stage_post_first (&stage);
  viewer = viewer_new (&stage.session, NULL);
  for (guint n = 0; n < 100; n++)
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
      wire_client_send (viewer->display, rows[i].type, zeros, rows[i].size);
  for (guint n = 0; n < 100; n++)
    stage_post_random (&stage);
  stage_wait_for (&stage, viewer);
  g_assert_false (viewer->display->closed);
  viewer_free (viewer);
  stage_clear (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/display-misuse/" path, func)
  TEST ("heads-outside-are-left-out", test_heads);
  TEST ("invalid-commands-are-dropped", test_invalid_commands);
  TEST ("too-many-surfaces-are-not-made", test_too_many_surfaces);
  TEST ("too-large-surfaces-are-refused", test_too_large_surfaces);
  TEST ("a-bad-message-ends-one-connection", test_bad_messages);
  TEST ("harmless-messages-have-no-effect", test_harmless_messages);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of how a display's images are coded while that changes: by what the
 * server is told, by what a viewer wishes, by what is measured of its link. */
#include "display-stage.h"

/* every codec makes it smaller, and zlib what GLZ makes of it */
static void
post_speckles (Stage *self)
{
  const QxlRect box = QXL_RECT (1, 2, 41, 42);
  QxlBatch *batch = qxl_batch_new ();
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, 40, 40, &pixels);

  memset (pixels, 0, qxl_image_size (image));
  for (guint i = 0; i < 40 * 40; i++)
    pixels[i * 4 + 1] = g_test_rand_bit () ? 200 : 10;
  stage_draw (self, batch,
              qxl_drawable_new_copy (0, &box, image, (QxlPoint){0, 0}));
  stage_post (self, batch);
}

static guint
n_images (const Viewer *viewer, uint8_t type)
{
  return wire_canvas_n_images (viewer->canvas, type);
}

/* those who look on get the next image as the server is told by then */
static void
test_configured (void)
{
  static const struct {
    SpcImageConfig images;
    uint8_t type, lz4_type; /* without and with LZ4 */
  } rows[] = {
      {{SPICE_IMAGE_COMPRESSION_OFF},
       SPICE_IMAGE_TYPE_BITMAP,
       SPICE_IMAGE_TYPE_BITMAP},
      {{SPICE_IMAGE_COMPRESSION_LZ4},
       SPICE_IMAGE_TYPE_LZ_RGB,
       SPICE_IMAGE_TYPE_LZ4},
      {{SPICE_IMAGE_COMPRESSION_QUIC},
       SPICE_IMAGE_TYPE_QUIC,
       SPICE_IMAGE_TYPE_QUIC},
      {{SPICE_IMAGE_COMPRESSION_GLZ},
       SPICE_IMAGE_TYPE_GLZ_RGB,
       SPICE_IMAGE_TYPE_GLZ_RGB},
      {{SPICE_IMAGE_COMPRESSION_GLZ, .zlib_glz = SPC_USE_ALWAYS},
       SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB,
       SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB},
      {{SPICE_IMAGE_COMPRESSION_LZ},
       SPICE_IMAGE_TYPE_LZ_RGB,
       SPICE_IMAGE_TYPE_LZ_RGB},
  };
  Viewer *plain, *lz4;
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  plain = viewer_new (&stage.session, NULL);
  lz4 = viewer_new (&stage.session, &(ViewerSetup){.takes_lz4 = true});
  stage_wait_for (&stage, plain);
  stage_wait_for (&stage, lz4);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint n_plain = n_images (plain, rows[i].type);
    guint n_lz4 = n_images (lz4, rows[i].lz4_type);

    spc_server_set_images (stage.session.server, &rows[i].images);
    net_fixture_run_ready (&stage.session.net, 8);
    post_speckles (&stage);
    stage_wait_for (&stage, plain);
    stage_wait_for (&stage, lz4);
    g_test_message ("row %u", i);
    g_assert_cmpuint (n_images (plain, rows[i].type), ==, n_plain + 1);
    g_assert_cmpuint (n_images (lz4, rows[i].lz4_type), ==, n_lz4 + 1);
  }
  viewer_free (plain);
  viewer_free (lz4);
  stage_clear (&stage);
}

/* a measurement that comes while a viewer looks on counts, too */
static void
test_slow_link (void)
{
  const SpcImageConfig images = {.compression = SPICE_IMAGE_COMPRESSION_GLZ};
  static const struct {
    guint64 bitrate_bps;
    uint8_t type;
  } rows[] = {
      {0, SPICE_IMAGE_TYPE_GLZ_RGB},
      {10 * 1024 * 1024 - 1, SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB},
      {10 * 1024 * 1024, SPICE_IMAGE_TYPE_GLZ_RGB},
  };
  SpcClient *client;
  Viewer *viewer;
  Stage stage;

  stage_init (&stage);
  spc_server_set_images (stage.session.server, &images);
  stage_post_first (&stage);
  viewer = viewer_new (&stage.session, NULL);
  stage_wait_for (&stage, viewer);
  client = g_ptr_array_index (spc_server_clients (stage.session.server), 0);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint n_before = n_images (viewer, rows[i].type);

    client->bitrate_bps = rows[i].bitrate_bps;
    post_speckles (&stage);
    stage_wait_for (&stage, viewer);
    g_assert_cmpuint (n_images (viewer, rows[i].type), ==, n_before + 1);
  }
  viewer_free (viewer);
  stage_clear (&stage);
}

/* a wish that does not exist takes nothing back */
static void
test_unknown_wish (void)
{
  static const uint8_t wishes[] = {0, 8, 255};
  Viewer *viewer;
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  viewer =
      viewer_new (&stage.session,
                  &(ViewerSetup){.compression = SPICE_IMAGE_COMPRESSION_OFF});
  stage_wait_for (&stage, viewer);
  for (guint i = 0; i < G_N_ELEMENTS (wishes); i++) {
    guint n_before = n_images (viewer, SPICE_IMAGE_TYPE_BITMAP);

    wire_client_send (viewer->display, SPICE_MSGC_DISPLAY_PREFERRED_COMPRESSION,
                      &wishes[i], 1);
    net_fixture_run_ready (&stage.session.net, 8);
    post_speckles (&stage);
    stage_wait_for (&stage, viewer);
    g_assert_cmpuint (n_images (viewer, SPICE_IMAGE_TYPE_BITMAP), ==,
                      n_before + 1);
  }
  viewer_free (viewer);
  stage_clear (&stage);
}

/* chance */

static void
configure_randomly (Stage *stage)
{
  const SpcImageConfig images = {
      .compression = (uint8_t)g_test_rand_int_range (
          SPICE_IMAGE_COMPRESSION_INVALID, SPICE_IMAGE_COMPRESSION_LZ4 + 2),
      .jpeg = SPC_USE_NEVER,
      .zlib_glz =
          (SpcUse)g_test_rand_int_range (SPC_USE_AUTO, SPC_USE_NEVER + 1),
  };

  spc_server_set_images (stage->session.server, &images);
}

static void
wish_randomly (Viewer *viewer)
{
  uint8_t wish = (uint8_t)g_test_rand_int_range (
      SPICE_IMAGE_COMPRESSION_INVALID, SPICE_IMAGE_COMPRESSION_LZ4 + 2);

  wire_client_send (viewer->display, SPICE_MSGC_DISPLAY_PREFERRED_COMPRESSION,
                    &wish, 1);
}

static void
measure_randomly (Stage *stage)
{
  GPtrArray *clients = spc_server_clients (stage->session.server);
  SpcClient *client = g_ptr_array_index (
      clients, (guint)g_test_rand_int_range (0, (int)clients->len));

  client->bitrate_bps = (guint64)g_test_rand_int_range (0, 3) * 8 * 1024 * 1024;
}

/* lines that hold little, so that what is prepared waits while all changes */
static void
test_random_changes (void)
{
  static const ViewerSetup setups[] = {
      {.takes_lz4 = true},
      {.takes_lz4 = true, .line_bytes = 3000, .cache_pixels = 3000},
      {.line_bytes = 500},
      {.full_header = true, .line_bytes = 10000},
  };
  Viewer *viewers[G_N_ELEMENTS (setups)];
  Stage stage;

  stage_init (&stage);
  stage.has_workers = true;
  stage_post_first (&stage);
  for (guint i = 0; i < G_N_ELEMENTS (setups); i++)
    viewers[i] = viewer_new (&stage.session, &setups[i]);
  for (guint n = 0; n < 300; n++) {
    if (g_test_rand_int_range (0, 3) == 0)
      configure_randomly (&stage);
    if (g_test_rand_int_range (0, 3) == 0)
      wish_randomly (viewers[n % G_N_ELEMENTS (setups)]);
    if (g_test_rand_int_range (0, 3) == 0)
      measure_randomly (&stage);
    stage_post_random (&stage);
  }
  for (guint i = 0; i < G_N_ELEMENTS (setups); i++) {
    stage_wait_for (&stage, viewers[i]);
    g_assert_false (viewers[i]->display->closed);
    viewer_free (viewers[i]);
  }
  stage_clear (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/display-coding/follows-the-configuration",
                   test_configured);
  g_test_add_func ("/display-coding/follows-the-bandwidth", test_slow_link);
  g_test_add_func ("/display-coding/a-wish-that-does-not-exist-is-ignored",
                   test_unknown_wish);
  g_test_add_func ("/display-coding/random-changes-end-equal",
                   test_random_changes);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of pictures with loss: what is sent so, to whom, and that everybody
 * has the exact picture once it rests. */
#include "display-connection.h"
#include "display-stage.h"
#include "server-core/channel/client.h"
#include "server-core/channel/server.h"
#include "tests/image-psnr.h"
#include <spice/enums.h>
#include <string.h>

#define WIDTH 320
#define HEIGHT 240
#define SLOW_BPS 2000000u
#define FAST_BPS 100000000u

/* what hardly suffers from loss: smooth, with some noise */
static QxlImage *
photo_new (uint32_t width, uint32_t height, uint32_t seed)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, width, height, &pixels);

  for (uint32_t y = 0; y < height; y++)
    for (uint32_t x = 0; x < width; x++, pixels += 4) {
      seed = seed * 1664525u + 1013904223u;
      pixels[3] = 0;
      for (uint32_t c = 0; c < 3; c++) {
        uint32_t wave = (x * (2 + c) + y * (3 - c) + (seed >> 30)) / 2 % 400;
        pixels[c] = (uint8_t)(20 + (wave < 200 ? wave : 400 - wave) +
                              (seed >> (26 + 2 * c) & 3));
      }
    }
  return image;
}

/* what loss would show in */
static QxlImage *
text_new (uint32_t width, uint32_t height)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, width, height, &pixels);

  memset (pixels, 0, qxl_image_size (image));
  for (size_t i = 0; i < (size_t)width * height; i++, pixels += 4)
    memset (pixels, g_test_rand_bit () ? 0xf0 : 0x10, 3);
  return image;
}

static void
draw_text (Stage *stage, QxlBatch *batch, QxlRect box)
{
  stage_draw (
      stage, batch,
      qxl_drawable_new_copy (0, &box,
                             text_new ((uint32_t)qxl_rect_width (&box),
                                       (uint32_t)qxl_rect_height (&box)),
                             (QxlPoint){0, 0}));
}

static void
post_text (Stage *stage, QxlRect box)
{
  QxlBatch *batch = qxl_batch_new ();

  draw_text (stage, batch, box);
  stage_post (stage, batch);
}

static void
draw_photo (Stage *stage, QxlBatch *batch, QxlRect box, uint32_t seed)
{
  stage_draw (
      stage, batch,
      qxl_drawable_new_copy (0, &box,
                             photo_new ((uint32_t)qxl_rect_width (&box),
                                        (uint32_t)qxl_rect_height (&box), seed),
                             (QxlPoint){0, 0}));
}

static void
post_photo (Stage *stage, QxlRect box, uint32_t seed)
{
  QxlBatch *batch = qxl_batch_new ();

  draw_photo (stage, batch, box, seed);
  stage_post (stage, batch);
}

static void
lossy_stage_init (Stage *stage, SpcUse jpeg)
{
  const SpcImageConfig images = {.jpeg = jpeg, .zlib_glz = SPC_USE_NEVER};
  QxlBatch *batch = qxl_batch_new ();

  stage_init (stage);
  spc_server_set_images (stage->session.server, &images);
  stage_create (stage, batch, WIDTH, HEIGHT);
  stage_fill (stage, batch, QXL_RECT (0, 0, WIDTH, HEIGHT), 0x204060);
  stage_post (stage, batch);
}

static SpcConnection *
newest_connection (Stage *stage)
{
  GPtrArray *all = spc_channel_connections (SPC_CHANNEL (stage->display));

  return g_ptr_array_index (all, all->len - 1);
}

static Viewer *
join (Stage *stage, const ViewerSetup *setup)
{
  Viewer *viewer = viewer_new (&stage->session, setup);

  spc_connection_client (newest_connection (stage))->is_native = true;
  stage_wait_for (stage, viewer);
  return viewer;
}

static guint
n_jpegs (const Viewer *viewer)
{
  return wire_canvas_n_images (viewer->canvas, SPICE_IMAGE_TYPE_JPEG);
}

/* how much what the viewer shows of @box resembles what it should; dB */
static double
likeness (Stage *stage, const Viewer *viewer, QxlRect box)
{
  const QxlImage *expected = stage_expect (stage);
  uint64_t squared_error = 0;

  for (int y = box.top; y < box.bottom; y++)
    for (int x = box.left; x < box.right; x++) {
      uint32_t pixel =
          wire_canvas_pixel (viewer->canvas, 0, (uint32_t)x, (uint32_t)y);
      squared_error += image_squared_error (
          (const uint8_t *)&pixel,
          qxl_image_row (expected, (uint32_t)y) + (size_t)x * 4, 1);
    }
  return image_psnr (squared_error, (uint64_t)qxl_rect_width (&box) *
                                        (uint64_t)qxl_rect_height (&box));
}

#define RUN_UNTIL(stage, condition)                                            \
  NET_RUN_UNTIL (&(stage)->session.net, condition)

/* one viewer */

static void
test_first_rough_then_exact (void)
{
  const QxlRect photo = QXL_RECT (40, 30, 240, 180);
  const QxlRect text = QXL_RECT (0, 200, WIDTH, 220);
  Stage stage;
  Viewer *viewer;
  QxlBatch *batch = qxl_batch_new ();

  lossy_stage_init (&stage, SPC_USE_ALWAYS);
  viewer = join (&stage, NULL);
  draw_photo (&stage, batch, photo, 1);
  draw_text (&stage, batch, text);
  stage_post (&stage, batch);
  RUN_UNTIL (&stage, wire_canvas_n_draws (viewer->canvas) == 3);
  g_assert_cmpuint (n_jpegs (viewer), ==, 1);
  g_assert_cmpfloat (likeness (&stage, viewer, photo), >, 30);
  g_assert_cmpfloat (likeness (&stage, viewer, photo), <, IMAGE_PSNR_SAME);
  g_assert_cmpfloat (likeness (&stage, viewer, text), ==, IMAGE_PSNR_SAME);
  stage_wait_for (&stage, viewer);
  g_assert_cmpuint (n_jpegs (viewer), ==, 1);
  viewer_free (viewer);
  stage_clear (&stage);
}

static void
test_never (void)
{
  Stage stage;
  Viewer *viewer;

  lossy_stage_init (&stage, SPC_USE_NEVER);
  viewer = join (&stage, NULL);
  spc_connection_client (newest_connection (&stage))->bitrate_bps = SLOW_BPS;
  for (uint32_t i = 0; i < 5; i++) {
    post_photo (&stage, QXL_RECT (0, 0, WIDTH, HEIGHT), i);
    stage_wait_for (&stage, viewer);
  }
  g_assert_cmpuint (n_jpegs (viewer), ==, 0);
  g_assert_null (spc_display_connection_repair (newest_connection (&stage)));
  viewer_free (viewer);
  stage_clear (&stage);
}

/* while it moves, nothing is repaired */
static void
test_animation (void)
{
  Stage stage;
  Viewer *viewer;

  lossy_stage_init (&stage, SPC_USE_ALWAYS);
  viewer = join (&stage, NULL);
  for (guint i = 1; i <= 30; i++) {
    post_photo (&stage, QXL_RECT (10, 10, 210, 160), i);
    RUN_UNTIL (&stage, n_jpegs (viewer) == i);
  }
  g_assert_cmpuint (
      wire_canvas_n_images (viewer->canvas, SPICE_IMAGE_TYPE_QUIC), ==, 0);
  stage_wait_for (&stage, viewer);
  g_assert_cmpuint (
      wire_canvas_n_images (viewer->canvas, SPICE_IMAGE_TYPE_QUIC), ==, 1);
  viewer_free (viewer);
  stage_clear (&stage);
}

/* loss that was moved is repaired where it is, and where it came from */
static void
test_moved (void)
{
  const QxlRect to = QXL_RECT (100, 50, 250, 200);
  const QxlRect cover = QXL_RECT (20, 10, 90, 60);
  Stage stage;
  Viewer *viewer;
  QxlBatch *batch = qxl_batch_new ();

  lossy_stage_init (&stage, SPC_USE_ALWAYS);
  viewer = join (&stage, NULL);
  draw_photo (&stage, batch, QXL_RECT (10, 5, 160, 155), 3);
  stage_draw (&stage, batch,
              qxl_drawable_new_copy_bits (0, &to, (QxlPoint){10, 5}));
  stage_fill (&stage, batch, cover, 0xff8000);
  stage_post (&stage, batch);
  RUN_UNTIL (&stage, wire_canvas_n_draws (viewer->canvas) == 4);
  g_assert_cmpfloat (likeness (&stage, viewer, to), <, IMAGE_PSNR_SAME);
  g_assert_cmpfloat (likeness (&stage, viewer, cover), ==, IMAGE_PSNR_SAME);
  stage_wait_for (&stage, viewer);
  viewer_free (viewer);
  stage_clear (&stage);
}

static void
test_by_chance (void)
{
  Stage stage;
  Viewer *viewer;

  lossy_stage_init (&stage, SPC_USE_ALWAYS);
  viewer = join (&stage, NULL);
  for (uint32_t i = 0; i < 200; i++) {
    if (g_test_rand_int_range (0, 3) == 0)
      post_photo (&stage, stage_random_box (&stage), i);
    else
      stage_post_random (&stage);
    net_fixture_run_ready (&stage.session.net, 20);
  }
  stage_wait_for (&stage, viewer);
  viewer_free (viewer);
  stage_clear (&stage);
}

/* a web client may draw a photo over what came after it */
static void
test_web (void)
{
  const QxlRect photo = QXL_RECT (40, 30, 240, 180);

  for (int is_native = 0; is_native < 2; is_native++) {
    const SpcLossyRepair *repair;
    Stage stage;
    Viewer *viewer;

    lossy_stage_init (&stage, SPC_USE_ALWAYS);
    viewer = join (&stage, NULL);
    spc_connection_client (newest_connection (&stage))->is_native = is_native;
    post_photo (&stage, photo, 1);
    RUN_UNTIL (&stage, n_jpegs (viewer) == 1);
    post_text (&stage, photo);
    stage_wait_for (&stage, viewer);
    repair = spc_display_connection_repair (newest_connection (&stage));
    g_assert_true (spc_lossy_repair_is_done (repair) == is_native);
    RUN_UNTIL (&stage, spc_lossy_repair_is_done (repair));
    stage_wait_for (&stage, viewer);
    viewer_free (viewer);
    stage_clear (&stage);
  }
}

/* a surface that goes takes its loss with it */
static void
test_surface_gone (void)
{
  Stage stage;
  Viewer *viewer;
  QxlBatch *batch;

  lossy_stage_init (&stage, SPC_USE_ALWAYS);
  viewer = join (&stage, NULL);
  post_photo (&stage, QXL_RECT (0, 0, WIDTH, HEIGHT), 1);
  RUN_UNTIL (&stage, n_jpegs (viewer) == 1);
  batch = qxl_batch_new ();
  stage_create (&stage, batch, 50, 40);
  stage_fill (&stage, batch, QXL_RECT (0, 0, 50, 40), 0x112233);
  stage_post (&stage, batch);
  stage_wait_for (&stage, viewer);
  g_assert_true (spc_lossy_repair_is_done (
      spc_display_connection_repair (newest_connection (&stage))));
  viewer_free (viewer);
  stage_clear (&stage);
}

/* ms until the loop has something to do of itself */
static int
ms_until_next (Stage *stage)
{
  GPollFD fds[16];
  int priority, timeout_ms;

  g_main_context_prepare (stage->session.net.context, &priority);
  g_main_context_query (stage->session.net.context, priority, &timeout_ms, fds,
                        G_N_ELEMENTS (fds));
  return timeout_ms < 0 ? G_MAXINT : timeout_ms;
}

static void
test_idle (void)
{
  Stage stage;
  Viewer *viewer;
  SpcConnection *connection;
  guint64 n_sent;

  lossy_stage_init (&stage, SPC_USE_ALWAYS);
  viewer = join (&stage, NULL);
  connection = newest_connection (&stage);
  post_photo (&stage, QXL_RECT (0, 0, WIDTH, HEIGHT), 1);
  stage_wait_for (&stage, viewer);
  session_settle (&stage.session);
  n_sent = spc_connection_stats (connection)->messages_sent;
  g_assert_true (
      spc_lossy_repair_is_done (spc_display_connection_repair (connection)));
  g_assert_cmpint (ms_until_next (&stage), >, 2 * (int)SPC_REST_MS);
  post_text (&stage, QXL_RECT (0, 0, 20, 20));
  stage_wait_for (&stage, viewer);
  session_settle (&stage.session);
  g_assert_cmpuint (spc_connection_stats (connection)->messages_sent, ==,
                    n_sent + 1);
  viewer_free (viewer);
  stage_clear (&stage);
}

/* several viewers */

static void
test_by_the_link (void)
{
  const QxlRect photo = QXL_RECT (40, 30, 240, 180);
  Stage stage;
  Viewer *slow, *fast;
  guint64 n_encoded;

  lossy_stage_init (&stage, SPC_USE_AUTO);
  slow = join (&stage, NULL);
  spc_connection_client (newest_connection (&stage))->bitrate_bps = SLOW_BPS;
  fast = join (&stage, NULL);
  spc_connection_client (newest_connection (&stage))->bitrate_bps = FAST_BPS;
  /* a drawing is encoded once for both */
  n_encoded = stage_n_encoded (&stage);
  post_text (&stage, QXL_RECT (0, 0, WIDTH, HEIGHT));
  stage_wait_for (&stage, slow);
  stage_wait_for (&stage, fast);
  g_assert_cmpuint (stage_n_encoded (&stage), ==, n_encoded + 1);
  post_photo (&stage, photo, 1);
  RUN_UNTIL (&stage, n_jpegs (slow) == 1);
  stage_wait_for (&stage, fast);
  g_assert_cmpuint (n_jpegs (fast), ==, 0);
  stage_wait_for (&stage, slow);
  viewer_free (slow);
  viewer_free (fast);
  stage_clear (&stage);
}

/* those in step with the dictionary stay so, whichever link they are on */
static void
test_dictionary (void)
{
  const ViewerSetup takes_glz = {.compression =
                                     SPICE_IMAGE_COMPRESSION_AUTO_GLZ};
  Stage stage;
  Viewer *slow, *fast;

  lossy_stage_init (&stage, SPC_USE_AUTO);
  slow = join (&stage, &takes_glz);
  spc_connection_client (newest_connection (&stage))->bitrate_bps = SLOW_BPS;
  fast = join (&stage, &takes_glz);
  spc_connection_client (newest_connection (&stage))->bitrate_bps = FAST_BPS;
  for (uint32_t i = 0; i < 10; i++) {
    post_text (&stage, QXL_RECT (0, 0, 100, 100));
    post_photo (&stage, QXL_RECT (120, 0, 300, 200), i);
    stage_wait_for (&stage, fast);
  }
  stage_wait_for (&stage, slow);
  g_assert_cmpuint (n_jpegs (slow), >, 0);
  g_assert_cmpuint (n_jpegs (fast), ==, 0);
  g_assert_cmpuint (
      wire_canvas_n_images (slow->canvas, SPICE_IMAGE_TYPE_GLZ_RGB), >, 5);
  g_assert_cmpuint (
      wire_canvas_n_images (fast->canvas, SPICE_IMAGE_TYPE_GLZ_RGB), >, 5);
  viewer_free (slow);
  viewer_free (fast);
  stage_clear (&stage);
}

/* of a photo that was repaired as a whole the exact copy is kept */
static void
test_comes_back (void)
{
  const QxlRect photo = QXL_RECT (40, 30, 240, 180);
  Stage stage;
  Viewer *viewer;

  lossy_stage_init (&stage, SPC_USE_ALWAYS);
  viewer = join (&stage, NULL);
  post_photo (&stage, photo, 1);
  stage_wait_for (&stage, viewer);
  post_text (&stage, photo);
  stage_wait_for (&stage, viewer);
  post_photo (&stage, photo, 1);
  stage_wait_for (&stage, viewer);
  g_assert_cmpuint (n_jpegs (viewer), ==, 1);
  g_assert_cmpuint (wire_canvas_n_images (viewer->canvas,
                                          SPICE_IMAGE_TYPE_FROM_CACHE_LOSSLESS),
                    ==, 1);
  viewer_free (viewer);
  stage_clear (&stage);
}

/* one that has come back before its repair is rough again, and repaired too */
static void
test_comes_back_early (void)
{
  const QxlRect photo = QXL_RECT (40, 30, 240, 180);
  Stage stage;
  Viewer *viewer;

  lossy_stage_init (&stage, SPC_USE_ALWAYS);
  viewer = join (&stage, NULL);
  post_photo (&stage, photo, 1);
  RUN_UNTIL (&stage, n_jpegs (viewer) == 1);
  post_text (&stage, photo);
  stage_wait_for (&stage, viewer);
  post_photo (&stage, photo, 1);
  RUN_UNTIL (&stage, wire_canvas_n_images (viewer->canvas,
                                           SPICE_IMAGE_TYPE_FROM_CACHE) == 1);
  g_assert_cmpfloat (likeness (&stage, viewer, photo), <, IMAGE_PSNR_SAME);
  stage_wait_for (&stage, viewer);
  viewer_free (viewer);
  stage_clear (&stage);
}

/* of one that cannot take more, nothing piles up, and it gets the last picture
 * exactly too */
static void
test_stalled (void)
{
  const ViewerSetup narrow = {.line_bytes = 4096};
  Stage stage;
  Viewer *viewer;
  SpcConnection *connection;

  lossy_stage_init (&stage, SPC_USE_ALWAYS);
  viewer = join (&stage, &narrow);
  connection = newest_connection (&stage);
  post_photo (&stage, QXL_RECT (0, 0, WIDTH, HEIGHT), 0);
  RUN_UNTIL (&stage, n_jpegs (viewer) == 1);
  wire_client_stop_reading (viewer->display);
  for (uint32_t i = 1; i < 200; i++) {
    post_photo (&stage, QXL_RECT (0, 0, WIDTH, HEIGHT), i);
    session_settle (&stage.session);
    g_assert_cmpuint (spc_pipe_length (spc_connection_pipe (connection)), <=,
                      3 * (SPC_MAX_PIPE_BATCHES + 1));
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
  g_test_add_func ("/display-lossy/a-photo-is-first-rough-then-exact",
                   test_first_rough_then_exact);
  g_test_add_func ("/display-lossy/never-means-never", test_never);
  g_test_add_func ("/display-lossy/what-moves-is-not-repaired", test_animation);
  g_test_add_func ("/display-lossy/moved-loss-is-repaired", test_moved);
  g_test_add_func ("/display-lossy/is-exact-in-the-end-by-chance",
                   test_by_chance);
  g_test_add_func ("/display-lossy/web-clients-are-repaired-below-text-too",
                   test_web);
  g_test_add_func ("/display-lossy/a-surface-takes-its-loss-with-it",
                   test_surface_gone);
  g_test_add_func ("/display-lossy/an-exact-screen-costs-nothing", test_idle);
  g_test_add_func ("/display-lossy/slow-links-alone-get-it", test_by_the_link);
  g_test_add_func ("/display-lossy/the-dictionary-is-kept-in-step",
                   test_dictionary);
  g_test_add_func ("/display-lossy/what-comes-back-is-kept-exactly",
                   test_comes_back);
  g_test_add_func ("/display-lossy/what-comes-back-early-is-repaired",
                   test_comes_back_early);
  g_test_add_func ("/display-lossy/a-stalled-viewer-collects-nothing",
                   test_stalled);
  return g_test_run ();
}

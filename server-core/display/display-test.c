/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the display channel with viewers that keep up: what they are told,
 * and that they see what was drawn. */
#include "display-stage.h"
#include "server-core/wire/messages-display.h"

/* the beginning */

static void
test_first_picture (void)
{
  Stage stage;
  Viewer *viewer;
  g_autofree char *types = NULL;

  stage_init (&stage);
  stage_post_first (&stage);
  viewer = viewer_new (&stage.session, NULL);
  stage_wait_for (&stage, viewer);
  NET_RUN_UNTIL (&stage.session.net, wire_canvas_is_marked (viewer->canvas));
  types = wire_client_types (viewer->display);
  g_assert_cmpstr (types, ==, "3 108 314 304 317 102");
  g_assert_cmpuint (wire_canvas_n_draws (viewer->canvas), ==, 1);
  viewer_free (viewer);
  stage_clear (&stage);
}

static void
test_before_any_picture (void)
{
  Stage stage;
  Viewer *viewer;
  g_autofree char *before = NULL, *after = NULL;

  stage_init (&stage);
  viewer = viewer_new (&stage.session, NULL);
  NET_RUN_UNTIL (&stage.session.net, viewer->display->n_messages == 2);
  session_settle (&stage.session);
  before = wire_client_types (viewer->display);
  g_assert_cmpstr (before, ==, "3 108");
  stage_post_first (&stage);
  stage_wait_for (&stage, viewer);
  NET_RUN_UNTIL (&stage.session.net, wire_canvas_is_marked (viewer->canvas));
  after = wire_client_types (viewer->display);
  g_assert_cmpstr (after, ==, "3 108 314 304 317 102");
  viewer_free (viewer);
  stage_clear (&stage);
}

/* a wish about compression may come first; nothing is shown before INIT */
static void
test_before_init (void)
{
  const uint8_t off = SPICE_IMAGE_COMPRESSION_OFF;
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) display = NULL;
  g_autofree char *types = NULL;
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  main = session_join (&stage.session);
  display = session_open (&stage.session, main, SPICE_CHANNEL_DISPLAY, 0);
  wire_client_send (display, SPICE_MSGC_DISPLAY_PREFERRED_COMPRESSION, &off, 1);
  stage_post_copy (&stage, QXL_RECT (1, 1, 9, 9));
  session_settle (&stage.session);
  types = wire_client_types (display);
  g_assert_cmpstr (types, ==, "3");
  g_assert_false (display->closed);
  viewer_say_init (display);
  NET_RUN_UNTIL (&stage.session.net,
                 wire_client_find (display, SPICE_MSG_DISPLAY_DRAW_COPY, 0) !=
                     NULL);
  stage_clear (&stage);
}

static void
test_without_heads_capability (void)
{
  const ViewerSetup setup = {.no_heads = true, .full_header = true};
  Stage stage;
  Viewer *viewer;
  g_autofree char *types = NULL;

  stage_init (&stage);
  stage_post_first (&stage);
  viewer = viewer_new (&stage.session, &setup);
  stage_wait_for (&stage, viewer);
  NET_RUN_UNTIL (&stage.session.net, wire_canvas_is_marked (viewer->canvas));
  types = wire_client_types (viewer->display);
  g_assert_cmpstr (types, ==, "3 108 314 304 102");
  viewer_free (viewer);
  stage_clear (&stage);
}

/* bytes as captured from the reference (spec: worked example); the image's id
 * is left out, and the picture's scale mode, which has no effect */

static void
assert_body (Viewer *viewer, uint16_t type, guint nth, const char *hex)
{
  const WireMessage *message = wire_client_find (viewer->display, type, nth);
  g_autoptr (GString) got = g_string_new (NULL);
  const uint8_t *body;
  gsize size;

  g_assert_nonnull (message);
  body = g_bytes_get_data (message->body, &size);
  for (gsize i = 0; i < size; i++) {
    bool is_id = type == SPICE_MSG_DISPLAY_DRAW_COPY && i >= 57 && i < 65;
    if (is_id)
      g_string_append (got, "..");
    else
      g_string_append_printf (got, "%02x", body[i]);
  }
  g_assert_cmpstr (got->str, ==, hex);
}

static void
post_worked_example (Stage *self)
{
  static const uint8_t pixels[] = {0x33, 0x22, 0x11, 0, 0x66, 0x55, 0x44, 0,
                                   0x99, 0x88, 0x77, 0, 0xcc, 0xbb, 0xaa, 0};
  const QxlRect box = QXL_RECT (1, 1, 3, 3);
  QxlImage *image =
      qxl_image_new_wrapped (QXL_FORMAT_BGRX, 2, 2, 8, pixels, NULL, NULL);
  QxlBatch *batch = qxl_batch_new ();

  stage_draw (self, batch,
              qxl_drawable_new_copy (0, &box, image, (QxlPoint){0, 0}));
  stage_fill (self, batch, QXL_RECT (0, 0, 2, 2), 0xc0ffee);
  stage_post (self, batch);
}

static void
test_golden (void)
{
  const ViewerSetup setup = {.compression = SPICE_IMAGE_COMPRESSION_OFF};
  QxlBatch *batch = qxl_batch_new ();
  Stage stage;
  Viewer *viewer;

  stage_init (&stage);
  stage_create (&stage, batch, 4, 4);
  stage_post (&stage, batch);
  viewer = viewer_new (&stage.session, &setup);
  NET_RUN_UNTIL (&stage.session.net, wire_canvas_is_marked (viewer->canvas));
  post_worked_example (&stage);
  stage_wait_for (&stage, viewer);
  assert_body (viewer, SPICE_MSG_SET_ACK, 0, "0100000014000000");
  assert_body (viewer, SPICE_MSG_DISPLAY_INVAL_ALL_PALETTES, 0, "");
  assert_body (viewer, SPICE_MSG_DISPLAY_SURFACE_CREATE, 0,
               "0000000004000000040000002000000001000000");
  assert_body (
      viewer, SPICE_MSG_DISPLAY_DRAW_COPY, 0,
      "00000000000000000000000004000000040000000039000000"
      "00000000000000000400000004000000080001000000000000000000000000"
      "00................0000040000000400000008040400000004000000100000"
      "0000000000"
      "0000000000000000000000000000000000000000000000000000000000000000"
      "0000000000000000000000000000000000000000000000000000000000000000");
  assert_body (viewer, SPICE_MSG_DISPLAY_MONITORS_CONFIG, 0,
               "01000100000000000000000004000000040000000000000000000000"
               "00000000");
  assert_body (viewer, SPICE_MSG_DISPLAY_MARK, 0, "");
  assert_body (
      viewer, SPICE_MSG_DISPLAY_DRAW_COPY, 1,
      "00000000010000000100000003000000030000000039000000"
      "00000000000000000200000002000000080001000000000000000000000000"
      "00................0000020000000200000008040200000002000000080000"
      "0000000000"
      "33221100665544009988770"
      "0ccbbaa00");
  assert_body (viewer, SPICE_MSG_DISPLAY_DRAW_FILL, 0,
               "00000000000000000000000002000000020000000001eeffc0000800"
               "00000000000000000000000000");
  viewer_free (viewer);
  stage_clear (&stage);
}

/* drawing */

/* whoever comes, whenever, ends with the same picture */
static void
test_random_draws (gconstpointer has_workers)
{
  static const ViewerSetup setups[] = {
      {.compression = SPICE_IMAGE_COMPRESSION_OFF},
      {.takes_lz4 = true, .compression = SPICE_IMAGE_COMPRESSION_LZ4},
      {.full_header = true, .line_bytes = 1000},
      {.line_bytes = 77},
      {.compression = SPICE_IMAGE_COMPRESSION_GLZ},
      {.compression = SPICE_IMAGE_COMPRESSION_AUTO_GLZ, .line_bytes = 1000},
      {0},
  };
  Viewer *viewers[G_N_ELEMENTS (setups)];
  Stage stage;

  stage_init (&stage);
  stage.has_workers = GPOINTER_TO_INT (has_workers) != 0;
  stage_post_first (&stage);
  for (guint i = 0; i < G_N_ELEMENTS (setups); i++) {
    viewers[i] = viewer_new (&stage.session, &setups[i]);
    for (guint n = 0; n < 60; n++)
      stage_post_random (&stage);
  }
  for (guint i = 0; i < G_N_ELEMENTS (setups); i++) {
    stage_wait_for (&stage, viewers[i]);
    g_assert_false (viewers[i]->display->closed);
    viewer_free (viewers[i]);
  }
  stage_clear (&stage);
}

/* the first draw a viewer gets is all there is */
static void
test_late_join (void)
{
  Stage stage;
  Viewer *viewer;

  stage_init (&stage);
  stage_post_first (&stage);
  for (guint n = 0; n < 300; n++)
    stage_post_random (&stage);
  viewer = viewer_new (&stage.session, NULL);
  NET_RUN_UNTIL (&stage.session.net, wire_canvas_n_draws (viewer->canvas) > 0);
  g_assert_true (viewer_shows (viewer, stage_expect (&stage)));
  viewer_free (viewer);
  stage_clear (&stage);
}

/* black and white, as text is: for GLZ, where noise of few shades is not; the
 * same for the same seed */
static void
post_again (Stage *stage, QxlRect box, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  QxlBatch *batch = qxl_batch_new ();
  uint8_t *pixels;
  QxlImage *image =
      qxl_image_new (QXL_FORMAT_BGRX, (uint32_t)qxl_rect_width (&box),
                     (uint32_t)qxl_rect_height (&box), &pixels);

  for (size_t i = 0; i < qxl_image_size (image) / 4; i++)
    memset (pixels + i * 4, g_rand_boolean (rand) ? 0xff : 0, 3);
  for (size_t i = 0; i < qxl_image_size (image) / 4; i++)
    pixels[i * 4 + 3] = 0;
  stage_draw (stage, batch,
              qxl_drawable_new_copy (0, &box, image, (QxlPoint){0, 0}));
  stage_post (stage, batch);
}

static void
post_drawing (Stage *stage, QxlRect box)
{
  post_again (stage, box, (guint32)g_test_rand_int ());
}

/* of two viewers, one in step with a dictionary: what both keep is not encoded
 * again, and what only one keeps is sent to both */
static void
test_kept_images (void)
{
  static const ViewerSetup setup = {.compression = SPICE_IMAGE_COMPRESSION_GLZ};
  static const QxlRect box = QXL_RECT (0, 0, 100, 80); /* not a small one */
  QxlBatch *batch = qxl_batch_new ();
  Viewer *early, *late;
  guint64 n_encoded;
  Stage stage;

  stage_init (&stage);
  stage.has_workers = true;
  stage_create (&stage, batch, 100, 80);
  stage_post (&stage, batch);
  early = viewer_new (&stage.session, &setup);
  post_again (&stage, box, 1);
  stage_wait_for (&stage, early);
  post_again (&stage, box, 2);
  stage_wait_for (&stage, early);
  n_encoded = stage_n_encoded (&stage);
  post_again (&stage, box, 1);
  stage_wait_for (&stage, early);
  post_again (&stage, box, 2);
  stage_wait_for (&stage, early);
  g_assert_cmpuint (stage_n_encoded (&stage), ==, n_encoded);
  late = viewer_new (&stage.session, &setup);
  for (guint32 i = 0; i < 20; i++) {
    post_again (&stage, box, i % 4);
    stage_wait_for (&stage, early);
    stage_wait_for (&stage, late);
  }
  viewer_free (early);
  viewer_free (late);
  stage_clear (&stage);
}

/* viewers in step share the dictionary; one that comes later is sent other
 * encodings at first; each counts its own images */
static void
test_shared_dictionary (void)
{
  static const ViewerSetup setup = {.compression = SPICE_IMAGE_COMPRESSION_GLZ};
  Viewer *viewers[3];
  guint64 n_before;
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  for (guint i = 0; i < 2; i++) {
    viewers[i] = viewer_new (&stage.session, &setup);
    stage_wait_for (&stage, viewers[i]);
  }
  n_before = stage_n_encoded (&stage);
  for (guint n = 0; n < 20; n++) {
    post_drawing (&stage, QXL_RECT (n, n, n + 16, n + 16));
    for (guint i = 0; i < 2; i++)
      stage_wait_for (&stage, viewers[i]);
  }
  viewers[2] = viewer_new (&stage.session, &setup);
  for (guint n = 0; n < 20; n++)
    post_drawing (&stage, QXL_RECT (0, n, 40, n + 20));
  for (guint i = 0; i < 3; i++) {
    stage_wait_for (&stage, viewers[i]);
    g_assert_false (viewers[i]->display->closed);
  }
  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (
        wire_canvas_n_images (viewers[i]->canvas, SPICE_IMAGE_TYPE_GLZ_RGB), >=,
        20);
  g_assert_cmpuint (stage_n_encoded (&stage) - n_before, <, 60);
  for (guint i = 0; i < 3; i++)
    viewer_free (viewers[i]);
  stage_clear (&stage);
}

/* marks on white, each number its own */
static void
post_page (Stage *stage, guint number)
{
  const QxlRect box = QXL_RECT (4, 4, 60, 44);
  QxlBatch *batch = qxl_batch_new ();
  uint8_t *pixels;
  QxlImage *image =
      qxl_image_new (QXL_FORMAT_BGRX, (uint32_t)qxl_rect_width (&box),
                     (uint32_t)qxl_rect_height (&box), &pixels);
  g_autoptr (GRand) marks = g_rand_new_with_seed (number);

  for (size_t i = 0; i < qxl_image_size (image) / 4; i++) {
    memset (pixels + i * 4, g_rand_boolean (marks) ? 0xff : 0, 3);
    pixels[i * 4 + 3] = 0;
  }
  stage_draw (stage, batch,
              qxl_drawable_new_copy (0, &box, image, (QxlPoint){0, 0}));
  stage_post (stage, batch);
}

/* what was shown before and comes back is named, not sent; a client with room
 * for less is told what to drop */
static void
test_repeats (void)
{
  static const struct {
    uint64_t cache_pixels;
    guint n_pages, least_repeats, most_repeats;
  } rows[] = {
      {20u << 20, 3, 15, 15},
      /* room for four pages of 56×40: the fifth drops the one due next */
      {4 * 56 * 40, 5, 0, 0},
      {4 * 56 * 40, 4, 14, 14},
      /* pages are over half of the cache */
      {2 * 56 * 40 - 1, 2, 0, 0},
  };
  const guint n_shown = 18;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    /* without a dictionary, which makes repeats too small to be kept */
    const ViewerSetup setup = {.cache_pixels = rows[i].cache_pixels,
                               .compression = SPICE_IMAGE_COMPRESSION_AUTO_LZ};
    guint n_repeats;
    Viewer *viewer;
    Stage stage;

    stage_init (&stage);
    stage.has_workers = true; /* who name what is drawn */
    stage_post_first (&stage);
    viewer = viewer_new (&stage.session, &setup);
    stage_wait_for (&stage, viewer);
    for (guint n = 0; n < n_shown; n++) {
      post_page (&stage, n % rows[i].n_pages);
      stage_wait_for (&stage, viewer);
    }
    n_repeats =
        wire_canvas_n_images (viewer->canvas, SPICE_IMAGE_TYPE_FROM_CACHE);
    g_assert_cmpuint (n_repeats, >=, rows[i].least_repeats);
    g_assert_cmpuint (n_repeats, <=, rows[i].most_repeats);
    viewer_free (viewer);
    stage_clear (&stage);
  }
}

static void
test_image_types (void)
{
  static const struct {
    ViewerSetup setup;
    uint8_t type;
  } rows[] = {
      {{.compression = SPICE_IMAGE_COMPRESSION_OFF}, SPICE_IMAGE_TYPE_BITMAP},
      {{.compression = SPICE_IMAGE_COMPRESSION_LZ}, SPICE_IMAGE_TYPE_LZ_RGB},
      {{.compression = SPICE_IMAGE_COMPRESSION_QUIC}, SPICE_IMAGE_TYPE_QUIC},
      {{.takes_lz4 = true, .compression = SPICE_IMAGE_COMPRESSION_LZ4},
       SPICE_IMAGE_TYPE_LZ4},
  };
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Viewer *viewer = viewer_new (&stage.session, &rows[i].setup);

    stage_wait_for (&stage, viewer);
    g_assert_cmpuint (wire_canvas_n_images (viewer->canvas, rows[i].type), ==,
                      1);
    viewer_free (viewer);
  }
  stage_clear (&stage);
}

static void
test_resize (void)
{
  QxlBatch *batch = qxl_batch_new ();
  Stage stage;
  Viewer *viewer;
  g_autofree char *types = NULL;

  stage_init (&stage);
  stage_post_first (&stage);
  viewer = viewer_new (&stage.session, NULL);
  NET_RUN_UNTIL (&stage.session.net, wire_canvas_is_marked (viewer->canvas));
  wire_client_forget (viewer->display);
  stage_create (&stage, batch, 30, 70);
  stage_copy (&stage, batch, QXL_RECT (0, 0, 30, 70));
  stage_post (&stage, batch);
  stage_wait_for (&stage, viewer);
  NET_RUN_UNTIL (&stage.session.net,
                 wire_client_count (viewer->display, SPICE_MSG_DISPLAY_MARK) ==
                     1);
  types = wire_client_types (viewer->display);
  g_assert_cmpstr (types, ==, "315 314 304 317 102");
  viewer_free (viewer);
  stage_clear (&stage);
}

/* more than the primary */
static void
test_other_surfaces (void)
{
  const ViewerSetup native = {.is_native = true};
  const QxlRect box = QXL_RECT (2, 1, 5, 3);
  QxlBatch *batch = qxl_batch_new ();
  Stage stage;
  Viewer *early, *late;

  stage_init (&stage);
  stage_post_first (&stage);
  early = viewer_new (&stage.session, &native);
  stage_wait_for (&stage, early);
  qxl_batch_create_surface (batch, 7, 10, 5, QXL_FORMAT_BGRA);
  qxl_batch_draw (batch, qxl_drawable_new_fill (7, &box, 0x80112233));
  stage_post (&stage, batch);
  late = viewer_new (&stage.session, &native);
  stage_wait_for (&stage, late);
  /* one that comes late hears of it when it is made use of */
  g_assert_false (wire_canvas_has_surface (late->canvas, 7, 10, 5));
  batch = qxl_batch_new ();
  qxl_batch_draw (batch,
                  qxl_drawable_new_copy_surface (0, &box, 7, (QxlPoint){2, 1}));
  stage_post (&stage, batch);
  NET_RUN_UNTIL (&stage.session.net,
                 wire_canvas_n_draws (late->canvas) == 3 &&
                     wire_canvas_n_draws (early->canvas) == 3);
  g_assert_true (wire_canvas_has_surface (early->canvas, 7, 10, 5));
  g_assert_cmphex (wire_canvas_pixel (early->canvas, 7, 4, 2), ==, 0x80112233);
  g_assert_cmphex (wire_canvas_pixel (late->canvas, 7, 4, 2), ==, 0x80112233);
  batch = qxl_batch_new ();
  qxl_batch_destroy_surface (batch, 7);
  stage_post (&stage, batch);
  NET_RUN_UNTIL (&stage.session.net,
                 !wire_canvas_has_surface (early->canvas, 7, 10, 5) &&
                     !wire_canvas_has_surface (late->canvas, 7, 10, 5));
  viewer_free (early);
  viewer_free (late);
  stage_clear (&stage);
}

/* web clients blend what they take from there */
static void
test_other_surfaces_of_web_clients (void)
{
  const QxlRect box = QXL_RECT (2, 1, 5, 3);
  QxlBatch *batch = qxl_batch_new ();
  Stage stage;
  Viewer *viewer;

  stage_init (&stage);
  stage_post_first (&stage);
  viewer = viewer_new (&stage.session, NULL);
  stage_wait_for (&stage, viewer);
  qxl_batch_create_surface (batch, 7, 10, 5, QXL_FORMAT_BGRX);
  qxl_batch_draw (batch, qxl_drawable_new_fill (7, &box, 0x112233));
  qxl_batch_draw (batch,
                  qxl_drawable_new_copy_surface (0, &box, 7, (QxlPoint){2, 1}));
  stage_post (&stage, batch);
  NET_RUN_UNTIL (&stage.session.net, wire_canvas_n_draws (viewer->canvas) == 2);
  g_assert_false (wire_canvas_has_surface (viewer->canvas, 7, 10, 5));
  g_assert_cmphex (wire_canvas_pixel (viewer->canvas, 0, 4, 2) & 0xffffff, ==,
                   0x112233);
  viewer_free (viewer);
  stage_clear (&stage);
}

/* several viewers */

static void
test_encoded_once (void)
{
  const ViewerSetup plain = {.compression = SPICE_IMAGE_COMPRESSION_OFF};
  Viewer *viewers[6];
  Stage stage;
  guint64 before;

  stage_init (&stage);
  stage_post_first (&stage);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    viewers[i] = viewer_new (&stage.session, i < 4 ? NULL : &plain);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    stage_wait_for (&stage, viewers[i]);
  g_assert_cmpuint (stage_n_encoded (&stage), ==, 2);
  for (guint n = 0; n < 10; n++) {
    before = stage_n_encoded (&stage);
    stage_post_copy (&stage, stage_random_box (&stage));
    for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
      stage_wait_for (&stage, viewers[i]);
    g_assert_cmpuint (stage_n_encoded (&stage) - before, <=, 2);
    g_assert_cmpuint (stage_n_encoded (&stage) - before, >=, 1);
  }
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    viewer_free (viewers[i]);
  stage_clear (&stage);
}

static void
test_nobody_nothing_encoded (void)
{
  Stage stage;
  SpcDisplayStats stats;

  stage_init (&stage);
  stage_post_first (&stage);
  for (guint n = 0; n < 50; n++)
    stage_post_random (&stage);
  session_settle (&stage.session);
  spc_display_stats (stage.display, &stats);
  g_assert_cmpuint (stats.batches, ==, 51);
  g_assert_cmpuint (stats.images_encoded, ==, 0);
  g_assert_cmpuint (stats.snapshots, ==, 0);
  g_assert_cmpuint (stage_room (&stage), ==, SPC_MAX_BATCHES);
  stage_clear (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/display/" path, func)
  TEST ("first-picture-is-one-draw-in-order", test_first_picture);
  TEST ("first-picture-of-an-early-viewer", test_before_any_picture);
  TEST ("nothing-before-init", test_before_init);
  TEST ("heads-only-where-announced", test_without_heads_capability);
  TEST ("bytes-are-those-of-the-specification", test_golden);
  g_test_add_data_func ("/display/random-draws-end-equal", NULL,
                        test_random_draws);
  g_test_add_data_func ("/display/random-draws-of-workers-end-equal",
                        GINT_TO_POINTER (1), test_random_draws);
  TEST ("kept-images-are-not-encoded-again", test_kept_images);
  TEST ("viewers-in-step-share-a-dictionary", test_shared_dictionary);
  TEST ("repeats-come-from-the-cache", test_repeats);
  TEST ("late-join-is-whole-at-once", test_late_join);
  TEST ("images-are-encoded-as-wished", test_image_types);
  TEST ("a-new-size-is-told-in-order", test_resize);
  TEST ("other-surfaces-come-and-go", test_other_surfaces);
  TEST ("web-clients-have-no-other-surfaces",
        test_other_surfaces_of_web_clients);
  TEST ("an-image-is-encoded-once-for-all", test_encoded_once);
  TEST ("without-viewers-nothing-is-encoded", test_nobody_nothing_encoded);
  return g_test_run ();
}

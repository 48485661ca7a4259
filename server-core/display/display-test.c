/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the display channel with viewers that keep up: what they are told,
 * and that they see what was drawn. */
#include "display.h"

#include "qxl/surface.h"
#include "server-core/wire/messages-display.h"
#include "tests/viewer.h"

#include <string.h>

#define WIDTH 64
#define HEIGHT 48

typedef struct {
  Session session;
  SpcDisplay *display;
  QxlSurface *reference; /* the primary, drawn plainly */
  QxlImage *expected;    /* what it shows, after expect () */
} Fixture;

static void
fixture_init (Fixture *self)
{
  *self = (Fixture){0};
  session_init (&self->session, NULL);
  self->display = spc_display_new (self->session.server, 0);
  session_add (&self->session, g_object_ref (self->display));
}

static void
fixture_clear (Fixture *self)
{
  session_clear (&self->session);
  g_assert_finalize_object (self->display);
  qxl_surface_free (self->reference);
  qxl_image_unref (self->expected);
}

/* drawing on the display and the reference */

static void
create (Fixture *self, QxlBatch *batch, uint32_t width, uint32_t height)
{
  qxl_batch_create_surface (batch, 0, width, height, QXL_FORMAT_BGRX);
  qxl_surface_free (self->reference);
  self->reference = qxl_surface_new (QXL_FORMAT_BGRX, width, height);
}

static void
draw (Fixture *self, QxlBatch *batch, QxlDrawable *drawable)
{
  qxl_surface_draw (self->reference, drawable);
  qxl_batch_draw (batch, drawable);
}

static void
fill (Fixture *self, QxlBatch *batch, QxlRect box, uint32_t color)
{
  draw (self, batch, qxl_drawable_new_fill (0, &box, color));
}

static QxlImage *
noise_new (uint32_t width, uint32_t height)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, width, height, &pixels);

  for (size_t i = 0; i < qxl_image_size (image); i++)
    pixels[i] = i % 4 == 3 ? 0 : (uint8_t)(g_test_rand_int () & 0x3f);
  return image;
}

static void
copy (Fixture *self, QxlBatch *batch, QxlRect box)
{
  draw (self, batch,
        qxl_drawable_new_copy (0, &box,
                               noise_new ((uint32_t)qxl_rect_width (&box),
                                          (uint32_t)qxl_rect_height (&box)),
                               (QxlPoint){0, 0}));
}

static void
post (Fixture *self, QxlBatch *batch)
{
  spc_display_post (self->display, batch);
}

/* a first picture: a copy and a fill */
static void
post_first (Fixture *self)
{
  QxlBatch *batch = qxl_batch_new ();

  create (self, batch, WIDTH, HEIGHT);
  copy (self, batch, QXL_RECT (0, 0, WIDTH, HEIGHT));
  fill (self, batch, QXL_RECT (3, 3, 20, 9), 0x123456);
  post (self, batch);
}

static void
post_copy (Fixture *self, QxlRect box)
{
  QxlBatch *batch = qxl_batch_new ();

  copy (self, batch, box);
  post (self, batch);
}

static const QxlImage *
expect (Fixture *self)
{
  QxlRect all = QXL_RECT (0, 0, (int32_t)qxl_surface_width (self->reference),
                          (int32_t)qxl_surface_height (self->reference));

  qxl_image_unref (self->expected);
  self->expected = qxl_surface_snapshot (self->reference, &all);
  return self->expected;
}

static void
wait_for_picture (Fixture *self, Viewer *viewer)
{
  const QxlImage *expected = expect (self);

  NET_RUN_UNTIL (&self->session.net, viewer_shows (viewer, expected));
}

static guint64
n_encoded (Fixture *self)
{
  SpcDisplayStats stats;

  spc_display_stats (self->display, &stats);
  return stats.images_encoded;
}

static guint
room (Fixture *self)
{
  return spc_display_room (self->display);
}

/* the beginning */

static void
test_first_picture (void)
{
  Fixture fixture;
  Viewer *viewer;
  g_autofree char *types = NULL;

  fixture_init (&fixture);
  post_first (&fixture);
  viewer = viewer_new (&fixture.session, NULL);
  wait_for_picture (&fixture, viewer);
  NET_RUN_UNTIL (&fixture.session.net, wire_canvas_is_marked (viewer->canvas));
  types = wire_client_types (viewer->display);
  g_assert_cmpstr (types, ==, "3 108 314 304 317 102");
  g_assert_cmpuint (wire_canvas_n_draws (viewer->canvas), ==, 1);
  viewer_free (viewer);
  fixture_clear (&fixture);
}

static void
test_before_any_picture (void)
{
  Fixture fixture;
  Viewer *viewer;
  g_autofree char *before = NULL, *after = NULL;

  fixture_init (&fixture);
  viewer = viewer_new (&fixture.session, NULL);
  NET_RUN_UNTIL (&fixture.session.net, viewer->display->n_messages == 2);
  session_settle (&fixture.session);
  before = wire_client_types (viewer->display);
  g_assert_cmpstr (before, ==, "3 108");
  post_first (&fixture);
  wait_for_picture (&fixture, viewer);
  NET_RUN_UNTIL (&fixture.session.net, wire_canvas_is_marked (viewer->canvas));
  after = wire_client_types (viewer->display);
  g_assert_cmpstr (after, ==, "3 108 314 304 317 102");
  viewer_free (viewer);
  fixture_clear (&fixture);
}

/* a wish about compression may come first; nothing is shown before INIT */
static void
test_before_init (void)
{
  const uint8_t off = SPICE_IMAGE_COMPRESSION_OFF;
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) display = NULL;
  g_autofree char *types = NULL;
  Fixture fixture;

  fixture_init (&fixture);
  post_first (&fixture);
  main = session_join (&fixture.session);
  display = session_open (&fixture.session, main, SPICE_CHANNEL_DISPLAY, 0);
  wire_client_send (display, SPICE_MSGC_DISPLAY_PREFERRED_COMPRESSION, &off, 1);
  post_copy (&fixture, QXL_RECT (1, 1, 9, 9));
  session_settle (&fixture.session);
  types = wire_client_types (display);
  g_assert_cmpstr (types, ==, "3");
  g_assert_false (display->closed);
  viewer_say_init (display);
  NET_RUN_UNTIL (&fixture.session.net,
                 wire_client_find (display, SPICE_MSG_DISPLAY_DRAW_COPY, 0) !=
                     NULL);
  fixture_clear (&fixture);
}

static void
test_without_heads_capability (void)
{
  const ViewerSetup setup = {.no_heads = true, .full_header = true};
  Fixture fixture;
  Viewer *viewer;
  g_autofree char *types = NULL;

  fixture_init (&fixture);
  post_first (&fixture);
  viewer = viewer_new (&fixture.session, &setup);
  wait_for_picture (&fixture, viewer);
  NET_RUN_UNTIL (&fixture.session.net, wire_canvas_is_marked (viewer->canvas));
  types = wire_client_types (viewer->display);
  g_assert_cmpstr (types, ==, "3 108 314 304 102");
  viewer_free (viewer);
  fixture_clear (&fixture);
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
post_worked_example (Fixture *self)
{
  static const uint8_t pixels[] = {0x33, 0x22, 0x11, 0, 0x66, 0x55, 0x44, 0,
                                   0x99, 0x88, 0x77, 0, 0xcc, 0xbb, 0xaa, 0};
  const QxlRect box = QXL_RECT (1, 1, 3, 3);
  QxlImage *image =
      qxl_image_new_wrapped (QXL_FORMAT_BGRX, 2, 2, 8, pixels, NULL, NULL);
  QxlBatch *batch = qxl_batch_new ();

  draw (self, batch, qxl_drawable_new_copy (0, &box, image, (QxlPoint){0, 0}));
  fill (self, batch, QXL_RECT (0, 0, 2, 2), 0xc0ffee);
  post (self, batch);
}

static void
test_golden (void)
{
  const ViewerSetup setup = {.compression = SPICE_IMAGE_COMPRESSION_OFF};
  QxlBatch *batch = qxl_batch_new ();
  Fixture fixture;
  Viewer *viewer;

  fixture_init (&fixture);
  create (&fixture, batch, 4, 4);
  post (&fixture, batch);
  viewer = viewer_new (&fixture.session, &setup);
  NET_RUN_UNTIL (&fixture.session.net, wire_canvas_is_marked (viewer->canvas));
  post_worked_example (&fixture);
  wait_for_picture (&fixture, viewer);
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
  fixture_clear (&fixture);
}

/* drawing */

static QxlRect
random_box (Fixture *self)
{
  int width = (int)qxl_surface_width (self->reference);
  int height = (int)qxl_surface_height (self->reference);
  int left = g_test_rand_int_range (0, width);
  int top = g_test_rand_int_range (0, height);

  return QXL_RECT (left, top, g_test_rand_int_range (left, width) + 1,
                   g_test_rand_int_range (top, height) + 1);
}

static void
draw_random (Fixture *self, QxlBatch *batch)
{
  QxlRect box = random_box (self);
  int right = (int)qxl_surface_width (self->reference) + 1;
  int bottom = (int)qxl_surface_height (self->reference) + 1;
  QxlPoint from = {g_test_rand_int_range (0, right - qxl_rect_width (&box)),
                   g_test_rand_int_range (0, bottom - qxl_rect_height (&box))};

  switch (g_test_rand_int_range (0, 4)) {
  case 0:
    fill (self, batch, box, (uint32_t)g_test_rand_int () & 0xffffff);
    break;
  case 1:
    draw (self, batch, qxl_drawable_new_copy_bits (0, &box, from));
    break;
  default:
    copy (self, batch, box);
    break;
  }
}

static void
post_random (Fixture *self)
{
  QxlBatch *batch = qxl_batch_new ();

  if (g_test_rand_int_range (0, 15) == 0)
    create (self, batch, (uint32_t)g_test_rand_int_range (1, WIDTH),
            (uint32_t)g_test_rand_int_range (1, HEIGHT));
  for (int n = g_test_rand_int_range (0, 6); n > 0; n--)
    draw_random (self, batch);
  post (self, batch);
  net_fixture_run_ready (&self->session.net,
                         (guint)g_test_rand_int_range (0, 8));
}

/* whoever comes, whenever, ends with the same picture */
static void
test_random_draws (void)
{
  static const ViewerSetup setups[] = {
      {.compression = SPICE_IMAGE_COMPRESSION_OFF},
      {.takes_lz4 = true, .compression = SPICE_IMAGE_COMPRESSION_LZ4},
      {.full_header = true, .line_bytes = 1000},
      {.line_bytes = 77},
      {0},
  };
  Viewer *viewers[G_N_ELEMENTS (setups)];
  Fixture fixture;

  fixture_init (&fixture);
  post_first (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (setups); i++) {
    viewers[i] = viewer_new (&fixture.session, &setups[i]);
    for (guint n = 0; n < 60; n++)
      post_random (&fixture);
  }
  for (guint i = 0; i < G_N_ELEMENTS (setups); i++) {
    wait_for_picture (&fixture, viewers[i]);
    g_assert_false (viewers[i]->display->closed);
    viewer_free (viewers[i]);
  }
  fixture_clear (&fixture);
}

/* the first draw a viewer gets is all there is */
static void
test_late_join (void)
{
  Fixture fixture;
  Viewer *viewer;

  fixture_init (&fixture);
  post_first (&fixture);
  for (guint n = 0; n < 300; n++)
    post_random (&fixture);
  viewer = viewer_new (&fixture.session, NULL);
  NET_RUN_UNTIL (&fixture.session.net,
                 wire_canvas_n_draws (viewer->canvas) > 0);
  g_assert_true (viewer_shows (viewer, expect (&fixture)));
  viewer_free (viewer);
  fixture_clear (&fixture);
}

static void
test_image_types (void)
{
  static const struct {
    ViewerSetup setup;
    uint8_t type;
  } rows[] = {
      {{.compression = SPICE_IMAGE_COMPRESSION_OFF}, SPICE_IMAGE_TYPE_BITMAP},
      {{0}, SPICE_IMAGE_TYPE_LZ_RGB},
      {{.takes_lz4 = true, .compression = SPICE_IMAGE_COMPRESSION_LZ4},
       SPICE_IMAGE_TYPE_LZ4},
  };
  Fixture fixture;

  fixture_init (&fixture);
  post_first (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Viewer *viewer = viewer_new (&fixture.session, &rows[i].setup);

    wait_for_picture (&fixture, viewer);
    g_assert_cmpuint (wire_canvas_n_images (viewer->canvas, rows[i].type), ==,
                      1);
    viewer_free (viewer);
  }
  fixture_clear (&fixture);
}

static void
test_resize (void)
{
  QxlBatch *batch = qxl_batch_new ();
  Fixture fixture;
  Viewer *viewer;
  g_autofree char *types = NULL;

  fixture_init (&fixture);
  post_first (&fixture);
  viewer = viewer_new (&fixture.session, NULL);
  NET_RUN_UNTIL (&fixture.session.net, wire_canvas_is_marked (viewer->canvas));
  wire_client_forget (viewer->display);
  create (&fixture, batch, 30, 70);
  copy (&fixture, batch, QXL_RECT (0, 0, 30, 70));
  post (&fixture, batch);
  wait_for_picture (&fixture, viewer);
  NET_RUN_UNTIL (&fixture.session.net,
                 wire_client_count (viewer->display, SPICE_MSG_DISPLAY_MARK) ==
                     1);
  types = wire_client_types (viewer->display);
  g_assert_cmpstr (types, ==, "315 314 304 317 102");
  viewer_free (viewer);
  fixture_clear (&fixture);
}

/* more than the primary */
static void
test_other_surfaces (void)
{
  const QxlRect box = QXL_RECT (2, 1, 5, 3);
  QxlBatch *batch = qxl_batch_new ();
  Fixture fixture;
  Viewer *early, *late;

  fixture_init (&fixture);
  post_first (&fixture);
  early = viewer_new (&fixture.session, NULL);
  wait_for_picture (&fixture, early);
  qxl_batch_create_surface (batch, 7, 10, 5, QXL_FORMAT_BGRA);
  qxl_batch_draw (batch, qxl_drawable_new_fill (7, &box, 0x80112233));
  post (&fixture, batch);
  late = viewer_new (&fixture.session, NULL);
  NET_RUN_UNTIL (&fixture.session.net,
                 wire_canvas_n_draws (late->canvas) == 2 &&
                     wire_canvas_n_draws (early->canvas) == 2);
  g_assert_true (wire_canvas_has_surface (early->canvas, 7, 10, 5));
  g_assert_cmphex (wire_canvas_pixel (early->canvas, 7, 4, 2), ==, 0x80112233);
  g_assert_cmphex (wire_canvas_pixel (late->canvas, 7, 4, 2), ==, 0x80112233);
  batch = qxl_batch_new ();
  qxl_batch_destroy_surface (batch, 7);
  post (&fixture, batch);
  NET_RUN_UNTIL (&fixture.session.net,
                 !wire_canvas_has_surface (early->canvas, 7, 10, 5) &&
                     !wire_canvas_has_surface (late->canvas, 7, 10, 5));
  viewer_free (early);
  viewer_free (late);
  fixture_clear (&fixture);
}

/* several viewers */

static void
test_encoded_once (void)
{
  const ViewerSetup plain = {.compression = SPICE_IMAGE_COMPRESSION_OFF};
  Viewer *viewers[6];
  Fixture fixture;
  guint64 before;

  fixture_init (&fixture);
  post_first (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    viewers[i] = viewer_new (&fixture.session, i < 4 ? NULL : &plain);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    wait_for_picture (&fixture, viewers[i]);
  g_assert_cmpuint (n_encoded (&fixture), ==, 2);
  for (guint n = 0; n < 10; n++) {
    before = n_encoded (&fixture);
    post_copy (&fixture, random_box (&fixture));
    for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
      wait_for_picture (&fixture, viewers[i]);
    g_assert_cmpuint (n_encoded (&fixture) - before, <=, 2);
    g_assert_cmpuint (n_encoded (&fixture) - before, >=, 1);
  }
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    viewer_free (viewers[i]);
  fixture_clear (&fixture);
}

static void
test_nobody_nothing_encoded (void)
{
  Fixture fixture;
  SpcDisplayStats stats;

  fixture_init (&fixture);
  post_first (&fixture);
  for (guint n = 0; n < 50; n++)
    post_random (&fixture);
  session_settle (&fixture.session);
  spc_display_stats (fixture.display, &stats);
  g_assert_cmpuint (stats.batches, ==, 51);
  g_assert_cmpuint (stats.images_encoded, ==, 0);
  g_assert_cmpuint (stats.snapshots, ==, 0);
  g_assert_cmpuint (room (&fixture), ==, SPC_MAX_BATCHES);
  fixture_clear (&fixture);
}

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
  const QxlRect all = QXL_RECT (0, 0, WIDTH, HEIGHT);
  const QxlRect two[] = {QXL_RECT (0, 0, 32, HEIGHT),
                         QXL_RECT (32, 0, WIDTH, 40)};
  const QxlRect odd[] = {QXL_RECT (0, 0, WIDTH + 1, 5), two[0],
                         QXL_RECT (5, 5, 5, 9), QXL_RECT (-1, 0, 5, 5)};
  Fixture fixture;
  Viewer *viewer;

  fixture_init (&fixture);
  spc_display_post_heads (fixture.display, two, 2);
  post_first (&fixture);
  viewer = viewer_new (&fixture.session, NULL);
  NET_RUN_UNTIL (&fixture.session.net, has_heads (viewer, two, 2));
  spc_display_post_heads (fixture.display, NULL, 0);
  NET_RUN_UNTIL (&fixture.session.net, has_heads (viewer, &all, 1));
  spc_display_post_heads (fixture.display, odd, G_N_ELEMENTS (odd));
  NET_RUN_UNTIL (&fixture.session.net, has_heads (viewer, two, 1));
  viewer_free (viewer);
  fixture_clear (&fixture);
}

/* what is wrong */

static void
add_invalid (QxlBatch *batch)
{
  static const QxlRect boxes[] = {
      {0, 0, WIDTH + 1, 5},  {-1, 0, 5, 5},
      {5, 5, 5, 9},          {9, 9, 3, 12},
      {0, 0, 5, G_MAXINT32}, {G_MININT32, 0, G_MAXINT32, 5},
  };
  const QxlRect box = QXL_RECT (0, 0, 8, 8);
  uint8_t *pixels;

  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++)
    qxl_batch_draw (batch, qxl_drawable_new_fill (0, &boxes[i], 1));
  qxl_batch_draw (batch, qxl_drawable_new_fill (3, &box, 1));
  qxl_batch_draw (
      batch, qxl_drawable_new_copy_bits (0, &box, (QxlPoint){WIDTH - 7, 0}));
  qxl_batch_draw (batch,
                  qxl_drawable_new_copy_bits (0, &box, (QxlPoint){-1, 0}));
  qxl_batch_draw (
      batch, qxl_drawable_new_copy_bits (0, &box, (QxlPoint){G_MAXINT32, 0}));
  qxl_batch_draw (batch, qxl_drawable_new_copy (0, &box, noise_new (8, 7),
                                                (QxlPoint){0, 0}));
  qxl_batch_draw (batch, qxl_drawable_new_copy (0, &box, noise_new (8, 8),
                                                (QxlPoint){1, 0}));
  qxl_batch_draw (batch,
                  qxl_drawable_new_copy (
                      0, &box, qxl_image_new (QXL_FORMAT_RGB16, 8, 8, &pixels),
                      (QxlPoint){0, 0}));
  qxl_batch_create_surface (batch, 1, 0, 5, QXL_FORMAT_BGRX);
  qxl_batch_create_surface (batch, 1, 5, 16385, QXL_FORMAT_BGRX);
  qxl_batch_create_surface (batch, 1, 5, 5, QXL_FORMAT_RGB16);
}

static void
test_invalid_commands (void)
{
  QxlBatch *batch = qxl_batch_new ();
  Fixture fixture;
  Viewer *viewer;
  SpcDisplayStats stats;
  guint n_invalid;

  fixture_init (&fixture);
  post_first (&fixture);
  viewer = viewer_new (&fixture.session, NULL);
  wait_for_picture (&fixture, viewer);
  add_invalid (batch);
  n_invalid = batch->commands->len;
  fill (&fixture, batch, QXL_RECT (1, 1, 2, 2), 0xfedcba);
  post (&fixture, batch);
  wait_for_picture (&fixture, viewer);
  spc_display_stats (fixture.display, &stats);
  g_assert_cmpuint (stats.invalid_commands, ==, n_invalid);
  g_assert_cmpuint (session_n_warnings (), ==, n_invalid);
  g_assert_cmpuint (wire_canvas_n_draws (viewer->canvas), ==, 2);
  viewer_free (viewer);
  fixture_clear (&fixture);
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
  Fixture fixture;
  Viewer *witness;

  fixture_init (&fixture);
  post_first (&fixture);
  witness = viewer_new (&fixture.session, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bad_messages); i++) {
    Viewer *viewer = viewer_new (&fixture.session, NULL);

    g_test_message ("%s", bad_messages[i].what);
    wait_for_picture (&fixture, viewer);
    wire_client_send_header (viewer->display, bad_messages[i].type,
                             bad_messages[i].claimed);
    wire_client_send_raw (viewer->display, zeros, bad_messages[i].size);
    NET_RUN_UNTIL (&fixture.session.net, viewer->display->closed);
    post_copy (&fixture, random_box (&fixture));
    wait_for_picture (&fixture, witness);
    g_assert_false (viewer->main->closed);
    viewer_free (viewer);
  }
  viewer_free (witness);
  fixture_clear (&fixture);
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
  Fixture fixture;
  Viewer *viewer;

  fixture_init (&fixture);
  post_first (&fixture);
  viewer = viewer_new (&fixture.session, NULL);
  for (guint n = 0; n < 100; n++)
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
      wire_client_send (viewer->display, rows[i].type, zeros, rows[i].size);
  for (guint n = 0; n < 100; n++)
    post_random (&fixture);
  wait_for_picture (&fixture, viewer);
  g_assert_false (viewer->display->closed);
  viewer_free (viewer);
  fixture_clear (&fixture);
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
  TEST ("random-draws-end-equal", test_random_draws);
  TEST ("late-join-is-whole-at-once", test_late_join);
  TEST ("images-are-encoded-as-wished", test_image_types);
  TEST ("a-new-size-is-told-in-order", test_resize);
  TEST ("other-surfaces-come-and-go", test_other_surfaces);
  TEST ("an-image-is-encoded-once-for-all", test_encoded_once);
  TEST ("without-viewers-nothing-is-encoded", test_nobody_nothing_encoded);
  TEST ("heads-are-told", test_heads);
  TEST ("invalid-commands-are-dropped", test_invalid_commands);
  TEST ("a-bad-message-ends-one-connection", test_bad_messages);
  TEST ("harmless-messages-have-no-effect", test_harmless_messages);
  return g_test_run ();
}

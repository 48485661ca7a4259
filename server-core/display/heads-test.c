/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of clients that look at several displays: what one display's channel
 * made them keep, another's may name, and nothing they are told to wait for
 * fails to come. */
#include "display.h"
#include "qxl/surface.h"
#include "server-core/base/limits.h"
#include "server-core/channel/client.h"
#include "tests/heads-viewer.h"

enum { SIDE = 64, N_PICTURES = 12 };

/* displays side by side, and what each must show */
typedef struct {
  Session session;
  SpcDisplay *displays[HEADS_MAX];
  QxlSurface *references[HEADS_MAX];
  QxlImage *pictures[N_PICTURES]; /* that are shown again and again */
} Wall;

/* drawing */

/* marks on white: nothing like a photo */
static QxlImage *
picture_new (uint32_t width, uint32_t height)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, width, height, &pixels);

  for (size_t i = 0; i < qxl_image_size (image); i++)
    pixels[i] = i % 4 == 3 ? 0 : 0xff;
  for (size_t i = 0; i < qxl_image_size (image) / 4; i++)
    if (g_test_rand_bit ())
      pixels[i * 4 + 1] = (uint8_t)(g_test_rand_int () & 3);
  return image;
}

static void
add_display (Wall *self, uint8_t id)
{
  const QxlRect all = QXL_RECT (0, 0, SIDE, SIDE);
  QxlBatch *batch = qxl_batch_new ();
  QxlDrawable *fill = qxl_drawable_new_fill (0, &all, 0x101010u * (id + 1));

  self->displays[id] = spc_display_new (self->session.server, id);
  session_add (&self->session, g_object_ref (self->displays[id]));
  self->references[id] = qxl_surface_new (QXL_FORMAT_BGRX, SIDE, SIDE);
  qxl_surface_draw (self->references[id], fill);
  qxl_batch_create_surface (batch, 0, SIDE, SIDE, QXL_FORMAT_BGRX);
  qxl_batch_draw (batch, fill);
  spc_display_post (self->displays[id], batch);
}

static void
remove_display (Wall *self, uint8_t id)
{
  if (self->displays[id] == NULL)
    return;
  spc_server_remove_channel (self->session.server,
                             SPC_CHANNEL (self->displays[id]));
  g_clear_object (&self->displays[id]);
  g_clear_pointer (&self->references[id], qxl_surface_free);
}

static void
wall_init (Wall *self, uint8_t n_displays)
{
  /* no dictionary beside the cache */
  const SpcImageConfig images = {.compression = SPICE_IMAGE_COMPRESSION_AUTO_LZ,
                                 .jpeg = SPC_USE_NEVER};

  *self = (Wall){0};
  session_init (&self->session, NULL);
  spc_server_set_images (self->session.server, &images);
  for (uint8_t id = 0; id < n_displays; id++)
    add_display (self, id);
  for (guint i = 0; i < N_PICTURES; i++)
    self->pictures[i] = picture_new (30 + i, 32);
}

static void
wall_clear (Wall *self)
{
  for (uint8_t id = 0; id < HEADS_MAX; id++)
    remove_display (self, id);
  session_clear (&self->session);
  for (guint i = 0; i < N_PICTURES; i++)
    qxl_image_unref (self->pictures[i]);
}

static void
post (Wall *self, uint8_t id, guint number, QxlPoint at)
{
  QxlImage *picture = self->pictures[number];
  const QxlRect box = QXL_RECT (at.x, at.y, at.x + (int32_t)picture->width,
                                at.y + (int32_t)picture->height);
  QxlBatch *batch = qxl_batch_new ();
  QxlDrawable *draw =
      qxl_drawable_new_copy (0, &box, qxl_image_ref (picture), (QxlPoint){0});

  qxl_surface_draw (self->references[id], draw);
  qxl_batch_draw (batch, draw);
  spc_display_post (self->displays[id], batch);
}

static void
post_random (Wall *self, uint8_t id)
{
  guint number = (guint)g_test_rand_int_range (0, N_PICTURES);
  const QxlImage *picture = self->pictures[number];
  QxlPoint at = {g_test_rand_int_range (0, SIDE - (int)picture->width + 1),
                 g_test_rand_int_range (0, SIDE - (int)picture->height + 1)};

  post (self, id, number, at);
}

/* looking */

static bool
shows (Wall *self, HeadsViewer *viewer, uint8_t id)
{
  const QxlRect all = QXL_RECT (0, 0, SIDE, SIDE);
  g_autoptr (QxlImage) expected =
      qxl_surface_snapshot (self->references[id], &all);

  heads_viewer_drain (viewer);
  return wire_canvas_shows (viewer->heads[id].canvas, 0, expected);
}

static void
wait_for (Wall *self, HeadsViewer *viewer, uint8_t id)
{
  NET_RUN_UNTIL (&self->session.net, shows (self, viewer, id));
}

static void
post_and_wait (Wall *self, HeadsViewer *viewer, uint8_t id, guint number)
{
  post (self, id, number, (QxlPoint){5, 7});
  wait_for (self, viewer, id);
}

static guint
n_repeats (const HeadsViewer *viewer, uint8_t id)
{
  return heads_viewer_n_images (viewer, id, SPICE_IMAGE_TYPE_FROM_CACHE);
}

/* tests */

static void
test_named_on_another (void)
{
  const HeadsSetup setup = {.n_heads = 3};
  g_autoptr (HeadsViewer) viewer = NULL;
  Wall wall;

  wall_init (&wall, 3);
  viewer = heads_viewer_new (&wall.session, &setup);
  for (uint8_t id = 0; id < 3; id++)
    wait_for (&wall, viewer, id);
  post_and_wait (&wall, viewer, 0, 0);
  for (uint8_t id = 1; id < 3; id++) {
    guint n_before = n_repeats (viewer, id);

    post_and_wait (&wall, viewer, id, 0);
    g_assert_cmpuint (n_repeats (viewer, id), ==, n_before + 1);
    g_assert_cmpuint (viewer->heads[id].n_waits, ==, 0);
  }
  g_clear_pointer (&viewer, heads_viewer_free);
  wall_clear (&wall);
}

static void
test_own_caches (void)
{
  const HeadsSetup setup = {.n_heads = 2, .own_caches = true};
  g_autoptr (HeadsViewer) viewer = NULL;
  Wall wall;

  wall_init (&wall, 2);
  viewer = heads_viewer_new (&wall.session, &setup);
  for (uint8_t id = 0; id < 2; id++) {
    wait_for (&wall, viewer, id);
    post_and_wait (&wall, viewer, id, 0);
    g_assert_cmpuint (n_repeats (viewer, id), ==, 0);
    post_and_wait (&wall, viewer, id, 1);
    post_and_wait (&wall, viewer, id, 0);
    g_assert_cmpuint (n_repeats (viewer, id), ==, 1);
  }
  g_clear_pointer (&viewer, heads_viewer_free);
  wall_clear (&wall);
}

/* room for the first's word, whatever the others say */
static void
test_first_size_counts (void)
{
  const HeadsSetup setup = {
      .n_heads = 2, .cache_pixels = 5 * 42 * 32, .more_pixels = 1u << 30};
  g_autoptr (HeadsViewer) viewer = NULL;
  Wall wall;

  wall_init (&wall, 2);
  viewer = heads_viewer_new (&wall.session, &setup);
  for (guint i = 0; i < N_PICTURES; i++)
    post_and_wait (&wall, viewer, 1, i);
  g_assert_cmpuint (viewer->heads[1].n_drops, >, 0);
  g_assert_cmpuint (n_repeats (viewer, 1), ==, 0);
  post_and_wait (&wall, viewer, 0, N_PICTURES - 1);
  g_assert_cmpuint (n_repeats (viewer, 0), ==, 1);
  g_clear_pointer (&viewer, heads_viewer_free);
  wall_clear (&wall);
}

/* what another display still needs is waited for before it goes */
static void
test_eviction_waits (void)
{
  const HeadsSetup setup = {.n_heads = 2, .cache_pixels = 4 * 42 * 32};
  g_autoptr (HeadsViewer) viewer = NULL;
  Wall wall;

  wall_init (&wall, 2);
  viewer = heads_viewer_new (&wall.session, &setup);
  for (guint i = 0; i < N_PICTURES; i++)
    post_and_wait (&wall, viewer, i % 2, i);
  g_assert_cmpuint (viewer->heads[0].n_waits, >, 0);
  g_assert_cmpuint (viewer->heads[1].n_waits, >, 0);
  g_clear_pointer (&viewer, heads_viewer_free);
  wall_clear (&wall);
}

/* chance */

static void
stall_or_go_on (HeadsViewer *viewer)
{
  Head *head = &viewer->heads[g_test_rand_int_range (0, viewer->setup.n_heads)];

  if (head->link == NULL)
    return;
  if (g_test_rand_int_range (0, 3) == 0)
    wire_client_stop_reading (head->link);
  else
    wire_client_read_again (head->link);
}

static void
all_go_on (HeadsViewer *viewer)
{
  for (uint8_t id = 0; id < viewer->setup.n_heads; id++)
    if (viewer->heads[id].link != NULL)
      wire_client_read_again (viewer->heads[id].link);
}

static void
run_random (Wall *wall, HeadsViewer *viewer, guint n_steps)
{
  for (guint n = 0; n < n_steps; n++) {
    uint8_t id = (uint8_t)g_test_rand_int_range (0, viewer->setup.n_heads);

    /* so that not all is folded */
    if (!viewer->heads[id].link->stopped)
      NET_RUN_UNTIL (&wall->session.net,
                     spc_display_room (wall->displays[id]) > 0);
    post_random (wall, id);
    net_fixture_run_ready (&wall->session.net,
                           (guint)g_test_rand_int_range (0, 12));
    heads_viewer_take_some (viewer, (guint)g_test_rand_int_range (0, 6));
    if (n % 8 == 0)
      stall_or_go_on (viewer);
  }
  all_go_on (viewer);
  for (uint8_t id = 0; id < viewer->setup.n_heads; id++)
    wait_for (wall, viewer, id);
}

static void
test_random_draws (void)
{
  static const struct {
    HeadsSetup setup;
    bool evicts;
  } rows[] = {
      {{.n_heads = 2, .cache_pixels = 4 * 42 * 32}, true},
      {{.n_heads = 2, .line_bytes = 700}, false},
      {{.n_heads = 3, .cache_pixels = 6 * 42 * 32, .line_bytes = 5000}, true},
      {{.n_heads = 4, .cache_pixels = 5 * 42 * 32, .line_bytes = 2000}, true},
      {{.n_heads = 4}, false},
      {{.n_heads = 3, .own_caches = true}, false},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    HeadsViewer *viewer;
    guint n_hits = 0, n_waits = 0;
    Wall wall;

    wall_init (&wall, rows[i].setup.n_heads);
    viewer = heads_viewer_new (&wall.session, &rows[i].setup);
    run_random (&wall, viewer, 600);
    for (uint8_t id = 0; id < rows[i].setup.n_heads; id++) {
      g_assert_false (viewer->heads[id].link->closed);
      n_hits += n_repeats (viewer, id);
      n_waits += viewer->heads[id].n_waits;
    }
    g_assert_cmpuint (n_hits, >, 10);
    g_assert_cmpint (n_waits > 0, ==, rows[i].evicts);
    heads_viewer_free (viewer);
    wall_clear (&wall);
  }
}

/* displays end amid draws, with what was not out, and come again */
static void
test_displays_go_and_come (void)
{
  const HeadsSetup setup = {
      .n_heads = 3, .cache_pixels = 6 * 42 * 32, .line_bytes = 2000};
  g_autoptr (HeadsViewer) viewer = NULL;
  guint n_clears = 0;
  Wall wall;

  wall_init (&wall, setup.n_heads);
  viewer = heads_viewer_new (&wall.session, &setup);
  wire_pixmaps_forgive (viewer->pixmaps);
  for (guint n = 0; n < 20; n++) {
    uint8_t id = (uint8_t)g_test_rand_int_range (0, setup.n_heads);
    uint8_t other = (uint8_t)((id + 1) % setup.n_heads);

    run_random (&wall, viewer, 40);
    /* what it is sent gets no further than into its line */
    wire_client_stop_reading (viewer->heads[id].link);
    for (guint i = 0; i < 6; i++) {
      post_random (&wall, id);
      post_random (&wall, other);
      NET_RUN_UNTIL (&wall.session.net,
                     spc_display_room (wall.displays[other]) ==
                         SPC_MAX_BATCHES);
    }
    remove_display (&wall, id);
    wire_client_read_again (viewer->heads[id].link);
    NET_RUN_UNTIL (&wall.session.net, viewer->heads[id].link->closed);
    heads_viewer_drain (viewer);
    n_clears += viewer->heads[id].n_clears;
    heads_viewer_close (viewer, id);
    add_display (&wall, id);
    heads_viewer_open (viewer, id);
  }
  run_random (&wall, viewer, 40);
  for (uint8_t id = 0; id < setup.n_heads; id++)
    n_clears += viewer->heads[id].n_clears;
  g_assert_cmpuint (n_clears, >=, 20);
  g_clear_pointer (&viewer, heads_viewer_free);
  wall_clear (&wall);
}

/* a client that knows no waiting, as it has one display only, is never told to
 * wait, nor to drop before it keeps; also when the display comes again */
static void
test_one_never_waits (void)
{
  const HeadsSetup setup = {.n_heads = 1, .cache_pixels = 4 * 42 * 32};
  g_autoptr (HeadsViewer) viewer = NULL;
  Wall wall;

  wall_init (&wall, 1);
  viewer = heads_viewer_new (&wall.session, &setup);
  for (guint round = 0; round < 3; round++) {
    Head *head = &viewer->heads[0];

    post_and_wait (&wall, viewer, 0, 0);
    g_assert_cmpuint (head->n_drops, ==, 0);
    for (guint i = 0; i < N_PICTURES; i++)
      post_and_wait (&wall, viewer, 0, i);
    g_assert_cmpuint (head->n_drops, >, 0);
    g_assert_cmpuint (head->n_waits, ==, 0);
    /* what the last connection kept is still there */
    g_assert_cmpuint (head->n_clears, ==, round > 0);
    remove_display (&wall, 0);
    NET_RUN_UNTIL (&wall.session.net, head->link->closed);
    heads_viewer_drain (viewer);
    heads_viewer_close (viewer, 0);
    add_display (&wall, 0);
    heads_viewer_open (viewer, 0);
  }
  g_clear_pointer (&viewer, heads_viewer_free);
  wall_clear (&wall);
}

/* web clients have a cache for each channel: only the first is used */
static void
test_web_caches (void)
{
  const HeadsSetup setup = {
      .n_heads = 2, .cache_pixels = 4 * 42 * 32, .is_web = true};
  g_autoptr (HeadsViewer) viewer = NULL;
  Wall wall;

  wall_init (&wall, 2);
  viewer = heads_viewer_new (&wall.session, &setup);
  for (guint n = 0; n < 4; n++)
    for (guint i = 0; i < N_PICTURES; i++)
      for (uint8_t id = 0; id < 2; id++)
        post_and_wait (&wall, viewer, id, i / 4 * 4 + i % 2);
  g_assert_cmpuint (n_repeats (viewer, 0), >, 10);
  g_assert_cmpuint (viewer->heads[0].n_drops, >, 0);
  g_assert_cmpuint (n_repeats (viewer, 1), ==, 0);
  for (uint8_t id = 0; id < 2; id++)
    g_assert_cmpuint (viewer->heads[id].n_waits + viewer->heads[id].n_clears,
                      ==, 0);
  g_assert_cmpuint (wire_pixmaps_count (viewer->heads[1].pixmaps), ==, 0);
  g_clear_pointer (&viewer, heads_viewer_free);
  wall_clear (&wall);
}

/* what other channels may go by */
static void
test_natives_are_known (void)
{
  static const HeadsSetup setups[] = {
      {.n_heads = 1, .is_native = true},
      {.n_heads = 1},
      {.n_heads = 1, .is_web = true},
      {.n_heads = 1, .is_native = true, .is_web = true},
  };

  for (guint i = 0; i < G_N_ELEMENTS (setups); i++) {
    HeadsViewer *viewer;
    SpcClient *client;
    Wall wall;

    wall_init (&wall, 1);
    viewer = heads_viewer_new (&wall.session, &setups[i]);
    client = g_ptr_array_index (spc_server_clients (wall.session.server), 0);
    wait_for (&wall, viewer, 0);
    g_assert_cmpint (client->is_native, ==, i == 0);
    heads_viewer_free (viewer);
    wall_clear (&wall);
  }
}

#define TEST(name, func) g_test_add_func ("/heads/" name, func)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("an-image-of-one-display-is-named-on-another", test_named_on_another);
  TEST ("caches-of-different-ids-differ", test_own_caches);
  TEST ("the-first-says-the-size", test_first_size_counts);
  TEST ("what-goes-is-waited-for", test_eviction_waits);
  TEST ("random-draws-end-equal", test_random_draws);
  TEST ("displays-go-and-come", test_displays_go_and_come);
  TEST ("one-display-never-waits", test_one_never_waits);
  TEST ("web-clients-keep-for-one-channel", test_web_caches);
  TEST ("native-clients-are-known", test_natives_are_known);
  return g_test_run ();
}

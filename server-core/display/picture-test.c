/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the kept pictures: what picture.h promises. */
#include "picture.h"

#include "qxl/surface.h"
#include "server-core/base/limits.h"
#include "server-core/net/net-fixture.h"

#include <string.h>

#define WIDTH 40
#define HEIGHT 30

typedef struct {
  NetFixture net;
  SpcJobs *jobs;
  SpcPicture *picture;
  guint n_snapshots, n_destroyed;
} Fixture;

static void
fixture_init (Fixture *self)
{
  *self = (Fixture){0};
  net_fixture_init (&self->net);
  self->jobs = spc_jobs_new (2);
  self->picture = spc_picture_new (self->net.loop, self->jobs);
}

static void
fixture_clear (Fixture *self)
{
  spc_picture_free (self->picture);
  spc_jobs_stop (self->jobs);
  spc_jobs_unref (self->jobs);
  net_fixture_clear (&self->net);
}

/* commands, applied at once */

static void
create (Fixture *self, uint32_t id, uint32_t width, uint32_t height)
{
  const QxlCommand command = {.kind = QXL_COMMAND_SURFACE_CREATE,
                              .u.create = {.surface_id = id,
                                           .width = width,
                                           .height = height,
                                           .format = QXL_FORMAT_BGRX}};

  spc_picture_apply (self->picture, &command);
}

static void
draw (Fixture *self, QxlDrawable *drawable)
{
  const QxlCommand command = {.kind = QXL_COMMAND_DRAW, .u.draw = drawable};

  spc_picture_apply (self->picture, &command);
}

static void
fill (Fixture *self, QxlRect box, uint32_t color)
{
  g_autoptr (QxlDrawable) drawable = qxl_drawable_new_fill (0, &box, color);

  draw (self, drawable);
}

/* images that tell when nobody holds them any more */

typedef struct {
  gint released; /* atomic */
  GMainContext *context;
  uint8_t pixels[WIDTH * HEIGHT * 4];
} Watched;

static void
note_release (gpointer owner)
{
  Watched *watched = owner;

  g_atomic_int_inc (&watched->released);
  g_main_context_wakeup (watched->context);
}

static void
draw_watched (Fixture *self, Watched *watched, QxlRect box, uint8_t value)
{
  g_autoptr (QxlDrawable) drawable = NULL;
  QxlImage *image;

  watched->context = self->net.context;
  memset (watched->pixels, value, sizeof watched->pixels);
  image = qxl_image_new_wrapped (QXL_FORMAT_BGRX, WIDTH, HEIGHT, WIDTH * 4,
                                 watched->pixels, watched, note_release);
  drawable = qxl_drawable_new_copy (0, &box, image, (QxlPoint){0, 0});
  draw (self, drawable);
}

static bool
is_released (Watched *watched)
{
  return g_atomic_int_get (&watched->released) == 1;
}

/* snapshots */

typedef struct {
  Fixture *fixture;
  GPtrArray *images; /* of what is drawn, referenced */
  guint position;    /* among those that came, from 1; 0: not yet */
} Shot;

static void
on_snapshot (SpcDraftedBatch *drafted, gpointer user_data)
{
  Shot *shot = user_data;
  const QxlBatch *batch = drafted->batch;

  spc_loop_assert_here (shot->fixture->net.loop);
  g_assert_cmpuint (shot->position, ==, 0);
  shot->position = ++shot->fixture->n_snapshots;
  shot->images =
      g_ptr_array_new_with_free_func ((GDestroyNotify)qxl_image_unref);
  for (guint i = 0; i < batch->commands->len; i++)
    g_ptr_array_add (
        shot->images,
        qxl_image_ref (qxl_batch_at (batch, i)->u.draw->u.copy.image));
}

static void
on_destroy (gpointer user_data)
{
  ((Shot *)user_data)->fixture->n_destroyed++;
}

static Shot *
shoot (Fixture *self, uint32_t id, const QxlRect *rects, guint n)
{
  Shot *shot = g_new0 (Shot, 1);

  shot->fixture = self;
  spc_picture_snapshot (self->picture, id, rects, n, on_snapshot, shot,
                        on_destroy);
  return shot;
}

static void
shot_free (Shot *shot)
{
  g_clear_pointer (&shot->images, g_ptr_array_unref);
  g_free (shot);
}

static Shot *
shoot_all (Fixture *self)
{
  const QxlRect all = QXL_RECT (0, 0, WIDTH, HEIGHT);
  Shot *shot = shoot (self, 0, &all, 1);

  NET_RUN_UNTIL (&self->net, shot->position > 0);
  return shot;
}

/* NULL: nothing was there */
static const QxlImage *
first_image (const Shot *shot)
{
  return shot->images->len > 0 ? shot->images->pdata[0] : NULL;
}

static uint32_t
pixel_of (Shot *shot, guint index, int x, int y)
{
  const QxlImage *image = g_ptr_array_index (shot->images, index);
  uint32_t pixel;

  memcpy (&pixel, qxl_image_row (image, (uint32_t)y) + 4 * x, 4);
  return pixel;
}

static void
assert_equal (const QxlImage *got, const QxlImage *expected)
{
  if (expected == NULL) {
    g_assert_null (got);
    return;
  }
  g_assert_nonnull (got);
  g_assert_cmpint (got->format, ==, expected->format);
  g_assert_cmpuint (got->width, ==, expected->width);
  g_assert_cmpuint (got->height, ==, expected->height);
  for (uint32_t y = 0; y < got->height; y++)
    g_assert_cmpmem (qxl_image_row (got, y), got->width * 4,
                     qxl_image_row (expected, y), expected->width * 4);
}

/* the tests */

static void
test_snapshot_shows_commands (void)
{
  Fixture fixture;
  Shot *shot;

  fixture_init (&fixture);
  create (&fixture, 0, WIDTH, HEIGHT);
  fill (&fixture, QXL_RECT (1, 2, 3, 4), 0x112233);
  shot = shoot_all (&fixture);
  g_assert_cmphex (pixel_of (shot, 0, 0, 0), ==, 0);
  g_assert_cmphex (pixel_of (shot, 0, 1, 2), ==, 0x112233);
  g_assert_cmphex (pixel_of (shot, 0, 2, 3), ==, 0x112233);
  g_assert_cmphex (pixel_of (shot, 0, 3, 4), ==, 0);
  shot_free (shot);
  fixture_clear (&fixture);
  g_assert_cmpuint (fixture.n_destroyed, ==, 1);
}

/* and a snapshot does not change when more is drawn afterwards */
static void
test_snapshots_in_order (void)
{
  const QxlRect all = QXL_RECT (0, 0, WIDTH, HEIGHT);
  Shot *shots[10];
  Fixture fixture;

  fixture_init (&fixture);
  create (&fixture, 0, WIDTH, HEIGHT);
  for (guint i = 0; i < G_N_ELEMENTS (shots); i++) {
    fill (&fixture, all, 0x10101 * i);
    shots[i] = shoot (&fixture, 0, &all, 1);
  }
  fill (&fixture, all, 0xffffff);
  NET_RUN_UNTIL (&fixture.net, fixture.n_snapshots == G_N_ELEMENTS (shots));
  for (guint i = 0; i < G_N_ELEMENTS (shots); i++) {
    g_assert_cmpuint (shots[i]->position, ==, i + 1);
    g_assert_cmphex (pixel_of (shots[i], 0, 5, 5), ==, 0x10101 * i);
    shot_free (shots[i]);
  }
  fixture_clear (&fixture);
}

static void
test_rects (void)
{
  const QxlRect rects[] = {
      QXL_RECT (2, 3, 4, 9), QXL_RECT (-5, -5, 1, 1),
      QXL_RECT (WIDTH, 0, WIDTH + 5, 5), QXL_RECT (7, 7, 7, 9),
      QXL_RECT (WIDTH - 1, HEIGHT - 1, WIDTH + 9, HEIGHT + 9)};
  Fixture fixture;
  Shot *shot;

  fixture_init (&fixture);
  create (&fixture, 0, WIDTH, HEIGHT);
  fill (&fixture, QXL_RECT (WIDTH - 1, HEIGHT - 1, WIDTH, HEIGHT), 0xabcdef);
  shot = shoot (&fixture, 0, rects, G_N_ELEMENTS (rects));
  NET_RUN_UNTIL (&fixture.net, shot->position > 0);
  /* but for the two with nothing in them */
  g_assert_cmpuint (shot->images->len, ==, G_N_ELEMENTS (rects) - 2);
  g_assert_cmpuint (((QxlImage *)shot->images->pdata[0])->width, ==, 2);
  g_assert_cmpuint (((QxlImage *)shot->images->pdata[0])->height, ==, 6);
  g_assert_cmpuint (((QxlImage *)shot->images->pdata[1])->width, ==, 1);
  g_assert_cmphex (pixel_of (shot, 2, 0, 0), ==, 0xabcdef);
  shot_free (shot);
  fixture_clear (&fixture);
}

static void
test_unknown_surface (void)
{
  const QxlRect rect = QXL_RECT (0, 0, 5, 5);
  Fixture fixture;
  Shot *shot;

  fixture_init (&fixture);
  shot = shoot (&fixture, 3, &rect, 1);
  NET_RUN_UNTIL (&fixture.net, shot->position > 0);
  g_assert_cmpuint (shot->images->len, ==, 0);
  shot_free (shot);
  fixture_clear (&fixture);
}

/* what a newer draw hides goes at once, unrendered */
static void
test_hidden_is_not_rendered (void)
{
  static Watched hidden, seen;
  Fixture fixture;
  Shot *shot;

  fixture_init (&fixture);
  create (&fixture, 0, WIDTH, HEIGHT);
  draw_watched (&fixture, &hidden, QXL_RECT (5, 5, 10, 10), 0x11);
  draw_watched (&fixture, &seen, QXL_RECT (5, 5, 10, 11), 0x22);
  g_assert_true (is_released (&hidden));
  fill (&fixture, QXL_RECT (5, 5, 10, 10), 0x333333);
  g_assert_false (is_released (&seen));
  shot = shoot_all (&fixture);
  g_assert_cmphex (pixel_of (shot, 0, 5, 9), ==, 0x333333);
  g_assert_cmphex (pixel_of (shot, 0, 5, 10), ==, 0x222222);
  shot_free (shot);
  NET_RUN_UNTIL (&fixture.net, is_released (&seen));
  fixture_clear (&fixture);
}

/* what was moved away before it was hidden must have been drawn */
static void
test_copy_bits_is_a_barrier (void)
{
  static Watched moved;
  const QxlRect to = QXL_RECT (20, 20, 25, 25);
  g_autoptr (QxlDrawable) move =
      qxl_drawable_new_copy_bits (0, &to, (QxlPoint){5, 5});
  Fixture fixture;
  Shot *shot;

  fixture_init (&fixture);
  create (&fixture, 0, WIDTH, HEIGHT);
  draw_watched (&fixture, &moved, QXL_RECT (5, 5, 10, 10), 0x44);
  draw (&fixture, move);
  fill (&fixture, QXL_RECT (0, 0, 15, 15), 0x555555);
  g_assert_false (is_released (&moved));
  shot = shoot_all (&fixture);
  g_assert_cmphex (pixel_of (shot, 0, 7, 7), ==, 0x555555);
  g_assert_cmphex (pixel_of (shot, 0, 22, 22), ==, 0x444444);
  shot_free (shot);
  fixture_clear (&fixture);
}

/* a surface that is made anew hides nothing of the old one's draws wrongly */
static void
test_recreated (void)
{
  Fixture fixture;
  Shot *shot;

  fixture_init (&fixture);
  create (&fixture, 0, WIDTH, HEIGHT);
  fill (&fixture, QXL_RECT (0, 0, WIDTH, HEIGHT), 0x666666);
  create (&fixture, 0, WIDTH, HEIGHT);
  fill (&fixture, QXL_RECT (0, 0, 2, 2), 0x777777);
  shot = shoot_all (&fixture);
  g_assert_cmphex (pixel_of (shot, 0, 1, 1), ==, 0x777777);
  g_assert_cmphex (pixel_of (shot, 0, 2, 2), ==, 0);
  shot_free (shot);
  fixture_clear (&fixture);
}

/* though nobody asks, what piles up is rendered and let go */
static void
test_pile_is_bounded (void)
{
  static Watched pile[SPC_MAX_UNRENDERED + 1];
  Fixture fixture;

  fixture_init (&fixture);
  create (&fixture, 0, WIDTH, HEIGHT);
  for (guint i = 0; i < G_N_ELEMENTS (pile); i++) {
    int x = (int)(i % WIDTH), y = (int)(i / WIDTH);
    draw_watched (&fixture, &pile[i], QXL_RECT (x, y, x + 1, y + 1), 1);
  }
  NET_RUN_UNTIL (&fixture.net, is_released (&pile[SPC_MAX_UNRENDERED - 1]));
  for (guint i = 0; i < SPC_MAX_UNRENDERED; i++)
    g_assert_true (is_released (&pile[i]));
  fixture_clear (&fixture);
}

static void
test_stop (void)
{
  const QxlRect all = QXL_RECT (0, 0, WIDTH, HEIGHT);
  Shot *shots[50];
  Fixture fixture;
  guint n_came = 0;

  fixture_init (&fixture);
  create (&fixture, 0, WIDTH, HEIGHT);
  for (guint i = 0; i < G_N_ELEMENTS (shots); i++)
    shots[i] = shoot (&fixture, 0, &all, 1);
  spc_jobs_stop (fixture.jobs);
  g_clear_pointer (&fixture.picture, spc_picture_free);
  spc_loop_stop (fixture.net.loop);
  for (guint i = 0; i < G_N_ELEMENTS (shots); i++) {
    n_came += shots[i]->position != 0;
    shot_free (shots[i]);
  }
  g_assert_cmpuint (n_came, ==, 0);
  g_assert_cmpuint (fixture.n_destroyed, ==, G_N_ELEMENTS (shots));
  fixture_clear (&fixture);
}

/* random streams of commands against surfaces that draw everything at once */

#define N_SURFACES 3

typedef struct {
  GRand *rand;
  QxlSurface *reference[N_SURFACES];
  GPtrArray *shots, *expected; /* Shot, QxlImage or NULL */
} Random;

static QxlRect
random_box (GRand *rand, const QxlSurface *surface)
{
  int width = (int)qxl_surface_width (surface);
  int height = (int)qxl_surface_height (surface);
  int left = g_rand_int_range (rand, 0, width);
  int top = g_rand_int_range (rand, 0, height);

  return QXL_RECT (left, top, g_rand_int_range (rand, left, width) + 1,
                   g_rand_int_range (rand, top, height) + 1);
}

static QxlImage *
random_image (GRand *rand, const QxlRect *box)
{
  uint8_t *pixels;
  QxlImage *image =
      qxl_image_new (g_rand_boolean (rand) ? QXL_FORMAT_BGRX : QXL_FORMAT_BGRA,
                     (uint32_t)qxl_rect_width (box) + 2,
                     (uint32_t)qxl_rect_height (box) + 3, &pixels);

  for (size_t i = 0; i < qxl_image_size (image); i++)
    pixels[i] = (uint8_t)g_rand_int (rand);
  return image;
}

static QxlDrawable *
random_drawable (GRand *rand, uint32_t id, const QxlSurface *surface)
{
  QxlRect box = random_box (rand, surface);
  int dx = (int)qxl_surface_width (surface) - qxl_rect_width (&box);
  int dy = (int)qxl_surface_height (surface) - qxl_rect_height (&box);

  switch (g_rand_int_range (rand, 0, 4)) {
  case 0:
    return qxl_drawable_new_fill (id, &box, g_rand_int (rand));
  case 1:
    return qxl_drawable_new_copy_bits (
        id, &box,
        (QxlPoint){g_rand_int_range (rand, 0, dx + 1),
                   g_rand_int_range (rand, 0, dy + 1)});
  default:
    return qxl_drawable_new_copy (id, &box, random_image (rand, &box),
                                  (QxlPoint){g_rand_int_range (rand, 0, 3),
                                             g_rand_int_range (rand, 0, 4)});
  }
}

static void
random_create (Fixture *fixture, Random *random, uint32_t id)
{
  uint32_t width = (uint32_t)g_rand_int_range (random->rand, 1, WIDTH);
  uint32_t height = (uint32_t)g_rand_int_range (random->rand, 1, HEIGHT);

  create (fixture, id, width, height);
  qxl_surface_free (random->reference[id]);
  random->reference[id] = qxl_surface_new (QXL_FORMAT_BGRX, width, height);
}

static void
random_destroy (Fixture *fixture, Random *random, uint32_t id)
{
  const QxlCommand command = {.kind = QXL_COMMAND_SURFACE_DESTROY,
                              .u.destroy.surface_id = id};

  spc_picture_apply (fixture->picture, &command);
  g_clear_pointer (&random->reference[id], qxl_surface_free);
}

static void
random_shot (Fixture *fixture, Random *random, uint32_t id)
{
  QxlRect box = random_box (random->rand, random->reference[id]);

  g_ptr_array_add (random->shots, shoot (fixture, id, &box, 1));
  g_ptr_array_add (
      random->expected,
      id == QXL_PRIMARY_SURFACE
          ? qxl_surface_snapshot (random->reference[id], &box)
          : qxl_surface_snapshot_exact_in (random->reference[id], &box, NULL));
}

static void
random_step (Fixture *fixture, Random *random)
{
  uint32_t id = (uint32_t)g_rand_int_range (random->rand, 0, N_SURFACES);
  guint action = (guint)g_rand_int_range (random->rand, 0, 100);
  g_autoptr (QxlDrawable) drawable = NULL;

  if (random->reference[id] == NULL || action == 0) {
    random_create (fixture, random, id);
    return;
  }
  if (action == 1) {
    random_destroy (fixture, random, id);
    return;
  }
  if (action < 6) {
    random_shot (fixture, random, id);
    return;
  }
  drawable = random_drawable (random->rand, id, random->reference[id]);
  draw (fixture, drawable);
  qxl_surface_draw (random->reference[id], drawable);
}

static void
run_random (guint32 seed)
{
  Random random = {.rand = g_rand_new_with_seed (seed)};
  Fixture fixture;

  random.shots = g_ptr_array_new_with_free_func ((GDestroyNotify)shot_free);
  random.expected =
      g_ptr_array_new_with_free_func ((GDestroyNotify)qxl_image_unref);
  fixture_init (&fixture);
  for (guint i = 0; i < 600; i++)
    random_step (&fixture, &random);
  NET_RUN_UNTIL (&fixture.net, fixture.n_snapshots == random.shots->len);
  for (guint i = 0; i < random.shots->len; i++)
    assert_equal (first_image (random.shots->pdata[i]),
                  random.expected->pdata[i]);
  g_assert_cmpuint (fixture.n_snapshots, >, 0);
  fixture_clear (&fixture);
  g_ptr_array_unref (random.shots);
  g_ptr_array_unref (random.expected);
  for (guint i = 0; i < N_SURFACES; i++)
    qxl_surface_free (random.reference[i]);
  g_rand_free (random.rand);
}

static void
test_random (void)
{
  for (guint32 seed = 1; seed <= 20; seed++)
    run_random (seed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/picture/a-snapshot-shows-all-commands-so-far",
                   test_snapshot_shows_commands);
  g_test_add_func ("/picture/snapshots-come-in-order", test_snapshots_in_order);
  g_test_add_func ("/picture/an-image-for-each-rectangle", test_rects);
  g_test_add_func ("/picture/an-unknown-surface-shows-nothing",
                   test_unknown_surface);
  g_test_add_func ("/picture/what-is-hidden-is-never-rendered",
                   test_hidden_is_not_rendered);
  g_test_add_func ("/picture/a-copy-within-the-surface-is-a-barrier",
                   test_copy_bits_is_a_barrier);
  g_test_add_func ("/picture/a-surface-made-anew-is-black", test_recreated);
  g_test_add_func ("/picture/what-piles-up-is-rendered", test_pile_is_bounded);
  g_test_add_func ("/picture/stopping-destroys-what-is-under-way", test_stop);
  g_test_add_func ("/picture/random-commands-equal-plain-surfaces",
                   test_random);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of drafts: what draft.h promises. */
#include "draft.h"

#include "qxl/surface.h"

#include <string.h>

#define LZ_DEMAND (1u << SPC_COMPRESSION_LZ)

/* a batch is drafted on a worker, and looked at here */
typedef struct {
  SpcJobs *jobs;
  QxlBatch *batch;
  guint demand;
  SpcRecentNames *recent;
  SpcDraftedBatch drafted;
  guint n_encoded;
  gint done; /* atomic */
} Fixture;

static void
run (SpcWorker *worker, gpointer user_data)
{
  Fixture *self = user_data;

  const SpcDraftOrder order = {
      .cuts = true, .demand = self->demand, .recent = self->recent};

  self->n_encoded = spc_draft_batch (g_steal_pointer (&self->batch), &order,
                                     worker, &self->drafted);
}

static void
fixture_init (Fixture *self)
{
  *self = (Fixture){.jobs = spc_jobs_new (1),
                    .batch = qxl_batch_new (),
                    .demand = LZ_DEMAND,
                    .recent = spc_recent_names_new ()};
}

static void
end_run (gpointer user_data)
{
  g_atomic_int_set (&((Fixture *)user_data)->done, 1);
}

static void
fixture_draft (Fixture *self)
{
  spc_jobs_push (self->jobs, run, self, end_run);
  while (g_atomic_int_get (&self->done) == 0)
    g_thread_yield ();
}

static void
fixture_clear (Fixture *self)
{
  spc_jobs_stop (self->jobs);
  spc_jobs_unref (self->jobs);
  spc_drafted_batch_clear (&self->drafted);
  spc_recent_names_free (self->recent);
}

static SpcDraft *
draft_at (Fixture *self, guint index)
{
  return g_ptr_array_index (self->drafted.drafts, index);
}

/* of a size, in two colours chosen by @seed, below the one before */
static void
add_copy (Fixture *self, uint32_t width, uint32_t height, uint8_t seed)
{
  int32_t top = 7 + 200 * (int32_t)self->batch->commands->len;
  QxlRect box = QXL_RECT (5, top, 5 + (int32_t)width, top + (int32_t)height);
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, width, height, &pixels);

  memset (pixels, 0, qxl_image_size (image));
  for (size_t i = 0; i < qxl_image_size (image); i += 4)
    pixels[i] = i % 3 == 0 ? seed : (uint8_t)(seed + 1);
  qxl_batch_draw (self->batch,
                  qxl_drawable_new_copy (0, &box, image, (QxlPoint){0, 0}));
}

static void
add_photo (Fixture *self, uint32_t width, uint32_t height)
{
  QxlRect box = QXL_RECT (0, 0, (int32_t)width, (int32_t)height);
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, width, height, &pixels);

  for (size_t i = 0; i < qxl_image_size (image); i++)
    pixels[i] = i % 4 == 3 ? 0 : (uint8_t)(g_test_rand_int () & 0x3f);
  qxl_batch_draw (self->batch,
                  qxl_drawable_new_copy (0, &box, image, (QxlPoint){0, 0}));
}

static void
test_small_images_are_ready (void)
{
  Fixture self;

  fixture_init (&self);
  add_copy (&self, 32, 32, 1);
  fixture_draft (&self);
  g_assert_cmpuint (self.n_encoded, ==, 1);
  for (int i = 0; i < SPC_N_COMPRESSIONS; i++) {
    const SpcEncodeTicket *ticket = draft_at (&self, 0)->tickets[i];
    g_assert_true ((ticket != NULL) == (i == SPC_COMPRESSION_LZ));
    g_assert_true (ticket == NULL ||
                   spc_encode_ticket_result (ticket)->payload != NULL);
  }
  fixture_clear (&self);
}

static void
test_without_demand_nothing_is_encoded (void)
{
  Fixture self;

  fixture_init (&self);
  self.demand = 0;
  add_copy (&self, 32, 32, 1);
  fixture_draft (&self);
  g_assert_cmpuint (self.n_encoded, ==, 0);
  g_assert_null (draft_at (&self, 0)->tickets[SPC_COMPRESSION_LZ]);
  g_assert_true (draft_at (&self, 0)->has_content);
  fixture_clear (&self);
}

static void
test_each_demand_is_served (void)
{
  Fixture self;

  fixture_init (&self);
  self.demand = LZ_DEMAND | (1u << SPC_COMPRESSION_LZ4);
  add_copy (&self, 32, 32, 1);
  fixture_draft (&self);
  g_assert_cmpuint (self.n_encoded, ==, 2);
  fixture_clear (&self);
}

/* a drawing is the same with and without loss; a photo is not */
static void
test_loss_is_a_demand_of_its_own (void)
{
  const guint exact = SPC_DEMAND (SPC_COMPRESSION_AUTO, false);
  const guint lossy = SPC_DEMAND (SPC_COMPRESSION_AUTO, true);
  Fixture self;

  for (guint demand = exact; demand <= (exact | lossy); demand++) {
    SpcDraft *drawing, *photo;

    if ((demand & ~(exact | lossy)) != 0)
      continue;
    fixture_init (&self);
    self.demand = demand;
    add_copy (&self, 50, 50, 1);
    add_photo (&self, 50, 50);
    fixture_draft (&self);
    drawing = draft_at (&self, 0);
    photo = draft_at (&self, 1);
    g_assert_true ((drawing->tickets[SPC_COMPRESSION_AUTO] != NULL) ==
                   (demand != lossy));
    g_assert_true ((drawing->lossy[SPC_COMPRESSION_AUTO] != NULL) ==
                   (demand == lossy));
    g_assert_true ((photo->tickets[SPC_COMPRESSION_AUTO] != NULL) ==
                   ((demand & exact) != 0));
    g_assert_true ((photo->lossy[SPC_COMPRESSION_AUTO] != NULL) ==
                   ((demand & lossy) != 0));
    fixture_clear (&self);
  }
}

static void
test_large_images_are_only_named (void)
{
  Fixture self;

  fixture_init (&self);
  add_copy (&self, 200, 200, 1);
  fixture_draft (&self);
  g_assert_cmpuint (self.n_encoded, ==, 0);
  g_assert_true (draft_at (&self, 0)->has_content);
  fixture_clear (&self);
}

static SpcContentId
two_coloured_name (uint8_t seed)
{
  Fixture self;
  SpcContentId name;

  fixture_init (&self);
  add_copy (&self, 32, 32, seed);
  fixture_draft (&self);
  name = draft_at (&self, 0)->content;
  fixture_clear (&self);
  return name;
}

static void
test_what_clients_keep_is_named_not_encoded (void)
{
  const SpcContentId kept = two_coloured_name (1);
  Fixture self;

  fixture_init (&self);
  spc_recent_names_note (self.recent, &kept);
  add_copy (&self, 32, 32, 1);
  add_copy (&self, 32, 32, 2);
  fixture_draft (&self);
  g_assert_true (
      spc_content_id_is_equal (&draft_at (&self, 0)->content, &kept));
  g_assert_false (
      spc_content_id_is_equal (&draft_at (&self, 1)->content, &kept));
  g_assert_cmpuint (self.n_encoded, ==, 1);
  g_assert_null (draft_at (&self, 0)->tickets[SPC_COMPRESSION_LZ]);
  g_assert_true (draft_at (&self, 0)->has_no_slot);
  g_assert_false (draft_at (&self, 1)->has_no_slot);
  fixture_clear (&self);
}

static void
test_what_is_hidden_is_left_alone (void)
{
  const QxlRect all = QXL_RECT (0, 0, 1000, 1000);
  Fixture self;

  fixture_init (&self);
  add_copy (&self, 32, 32, 1);
  qxl_batch_draw (self.batch, qxl_drawable_new_fill (0, &all, 1));
  add_copy (&self, 32, 32, 1);
  fixture_draft (&self);
  g_assert_cmpuint (self.n_encoded, ==, 1);
  g_assert_false (draft_at (&self, 0)->has_content);
  g_assert_true (draft_at (&self, 0)->has_no_slot);
  g_assert_true (draft_at (&self, 2)->has_content);
  g_assert_false (draft_at (&self, 2)->has_no_slot);
  fixture_clear (&self);
}

static void
test_work_is_bounded (void)
{
  Fixture self;

  fixture_init (&self);
  for (int i = 0; i < 100; i++)
    add_copy (&self, 128, 64, (uint8_t)i);
  fixture_draft (&self);
  g_assert_cmpuint (self.n_encoded, >=, 1);
  g_assert_cmpuint (self.n_encoded, <=, 8);
  g_assert_cmpuint (self.drafted.drafts->len, ==, 100);
  fixture_clear (&self);
}

static void
test_other_commands_have_no_draft (void)
{
  const QxlRect box = QXL_RECT (0, 0, 9, 9);
  Fixture self;

  fixture_init (&self);
  qxl_batch_create_surface (self.batch, 0, 64, 64, QXL_FORMAT_BGRX);
  qxl_batch_draw (self.batch, qxl_drawable_new_fill (0, &box, 1));
  add_copy (&self, 32, 32, 1);
  qxl_batch_destroy_surface (self.batch, 0);
  fixture_draft (&self);
  g_assert_cmpuint (self.drafted.drafts->len, ==, 4);
  g_assert_null (draft_at (&self, 0));
  g_assert_null (draft_at (&self, 1));
  g_assert_nonnull (draft_at (&self, 2));
  g_assert_null (draft_at (&self, 3));
  fixture_clear (&self);
}

enum { SIDE = 512, PHOTO_LEFT = 100, PHOTO_TOP = 60, PHOTO_SIDE = 300 };

/* white, with a photo in it */
static QxlImage *
mixed_image_new (void)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, SIDE, SIDE, &pixels);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  memset (pixels, 0xff, qxl_image_size (image));
  for (size_t y = PHOTO_TOP; y < PHOTO_TOP + PHOTO_SIDE; y++)
    for (size_t x = PHOTO_LEFT; x < PHOTO_LEFT + PHOTO_SIDE; x++)
      for (size_t i = 0; i < 3; i++)
        pixels[(y * SIDE + x) * 4 + i] =
            (uint8_t)((x + y) / 6 + (size_t)g_rand_int_range (rand, 0, 8));
  return image;
}

static void
test_mixed_images_are_cut (void)
{
  const QxlRect box = QXL_RECT (3, 4, 3 + 480, 4 + 470);
  const QxlRect all = QXL_RECT (0, 0, SIDE, SIDE);
  g_autoptr (QxlSurface) plain = qxl_surface_new (QXL_FORMAT_BGRX, SIDE, SIDE);
  g_autoptr (QxlSurface) cut = qxl_surface_new (QXL_FORMAT_BGRX, SIDE, SIDE);
  g_autoptr (QxlImage) expected = NULL;
  g_autoptr (QxlImage) got = NULL;
  QxlDrawable *draw =
      qxl_drawable_new_copy (0, &box, mixed_image_new (), (QxlPoint){20, 30});
  guint64 photo_pixels = 0;
  Fixture self;

  fixture_init (&self);
  qxl_surface_draw (plain, draw);
  qxl_batch_draw (self.batch, draw);
  fixture_draft (&self);
  g_assert_cmpuint (self.drafted.drafts->len, >, 1);
  for (guint i = 0; i < self.drafted.drafts->len; i++) {
    const QxlDrawable *part = qxl_batch_at (self.drafted.batch, i)->u.draw;

    qxl_surface_draw (cut, part);
    if (draft_at (&self, i)->is_photo)
      photo_pixels += (guint64)qxl_rect_width (&part->box) *
                      (guint64)qxl_rect_height (&part->box);
  }
  expected = qxl_surface_snapshot (plain, &all);
  got = qxl_surface_snapshot (cut, &all);
  g_assert_cmpmem (got->pixels, qxl_image_size (got), expected->pixels,
                   qxl_image_size (expected));
  g_assert_cmpuint (photo_pixels, >=, PHOTO_SIDE * PHOTO_SIDE * 9 / 10);
  g_assert_cmpuint (photo_pixels, <=, PHOTO_SIDE * PHOTO_SIDE * 11 / 10);
  fixture_clear (&self);
}

/* what the display refuses is not looked into */
static void
test_odd_draws_pass (void)
{
  static const struct {
    QxlRect box;
    QxlPoint src;
  } rows[] = {
      {{0, 0, 33, 32}, {0, 0}},
      {{0, 0, 32, 32}, {1, 0}},
      {{0, 0, 32, 32}, {-1, 0}},
      {{5, 5, 5, 9}, {0, 0}},
      {{G_MININT32, 0, G_MAXINT32, 5}, {0, 0}},
      {{0, 0, 5, 5}, {G_MAXINT32, G_MAXINT32}},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    uint8_t *pixels;
    QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, 32, 32, &pixels);
    QxlDrawable *draw =
        qxl_drawable_new_copy (0, &rows[i].box, image, rows[i].src);
    Fixture self;

    memset (pixels, 0, qxl_image_size (image));
    fixture_init (&self);
    qxl_batch_draw (self.batch, draw);
    fixture_draft (&self);
    g_assert_cmpuint (self.drafted.batch->commands->len, ==, 1);
    g_assert_true (qxl_batch_at (self.drafted.batch, 0)->u.draw == draw);
    g_assert_null (draft_at (&self, 0));
    fixture_clear (&self);
  }
}

static void
test_a_draft_can_be_taken_once (void)
{
  Fixture self;

  fixture_init (&self);
  add_copy (&self, 32, 32, 1);
  fixture_draft (&self);
  {
    g_autoptr (SpcDraft) draft = spc_drafted_batch_steal (&self.drafted, 0);
    g_assert_nonnull (draft);
    g_assert_null (spc_drafted_batch_steal (&self.drafted, 0));
  }
  fixture_clear (&self);
}

static void
add_fills (Fixture *self, guint n, uint32_t color)
{
  for (guint i = 0; i < n; i++)
    qxl_batch_draw (
        self->batch,
        qxl_drawable_new_fill (
            0, &QXL_RECT ((int32_t)i * 10, 5, (int32_t)i * 10 + 5, 9), color));
}

static const QxlDrawable *
draw_at (Fixture *self, guint index)
{
  return qxl_batch_at (self->drafted.batch, index)->u.draw;
}

/* five, then three that are too few, then one that none can join */
static void
test_fills_are_joined (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  add_fills (&fixture, 5, 0x111111);
  add_fills (&fixture, 3, 0x222222);
  qxl_batch_draw (fixture.batch,
                  qxl_drawable_new_fill (0, &QXL_RECT (-1, 0, 4, 4), 0x222222));
  fixture_draft (&fixture);
  g_assert_cmpuint (fixture.drafted.batch->commands->len, ==, 5);
  g_assert_cmpint (draw_at (&fixture, 0)->kind, ==, QXL_DRAW_OPERATION);
  g_assert_cmpuint (draw_at (&fixture, 0)->u.operation->n_clip_rects, ==, 5);
  g_assert_true (
      qxl_rect_equal (&draw_at (&fixture, 0)->box, &QXL_RECT (0, 5, 45, 9)));
  g_assert_true (draft_at (&fixture, 0)->is_joined);
  for (guint i = 1; i < 5; i++) {
    g_assert_cmpint (draw_at (&fixture, i)->kind, ==, QXL_DRAW_FILL);
    g_assert_null (draft_at (&fixture, i));
  }
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/draft/small-images-are-ready",
                   test_small_images_are_ready);
  g_test_add_func ("/draft/without-demand-nothing-is-encoded",
                   test_without_demand_nothing_is_encoded);
  g_test_add_func ("/draft/each-demand-is-served", test_each_demand_is_served);
  g_test_add_func ("/draft/loss-is-a-demand-of-its-own",
                   test_loss_is_a_demand_of_its_own);
  g_test_add_func ("/draft/large-images-are-only-named",
                   test_large_images_are_only_named);
  g_test_add_func ("/draft/what-clients-keep-is-named-not-encoded",
                   test_what_clients_keep_is_named_not_encoded);
  g_test_add_func ("/draft/what-is-hidden-is-left-alone",
                   test_what_is_hidden_is_left_alone);
  g_test_add_func ("/draft/work-is-bounded", test_work_is_bounded);
  g_test_add_func ("/draft/other-commands-have-no-draft",
                   test_other_commands_have_no_draft);
  g_test_add_func ("/draft/mixed-images-are-cut", test_mixed_images_are_cut);
  g_test_add_func ("/draft/odd-draws-pass", test_odd_draws_pass);
  g_test_add_func ("/draft/fills-of-one-colour-are-joined",
                   test_fills_are_joined);
  g_test_add_func ("/draft/a-draft-can-be-taken-once",
                   test_a_draft_can_be_taken_once);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "display-stage.h"

void
stage_init (Stage *self)
{
  /* on a busy machine a line in memory may be measured as slow */
  const SpcImageConfig no_loss = {.jpeg = SPC_USE_NEVER};

  *self = (Stage){0};
  session_init (&self->session, NULL);
  spc_server_set_images (self->session.server, &no_loss);
  self->display = spc_display_new (self->session.server, 0);
  session_add (&self->session, g_object_ref (self->display));
}

void
stage_clear (Stage *self)
{
  session_clear (&self->session);
  g_assert_finalize_object (self->display);
  qxl_surface_free (self->reference);
  qxl_surface_free (self->off_screen);
  qxl_image_unref (self->expected);
}

/* drawing on the display and the reference */

void
stage_create (Stage *self, QxlBatch *batch, uint32_t width, uint32_t height)
{
  qxl_batch_create_surface (batch, 0, width, height, QXL_FORMAT_BGRX);
  qxl_surface_free (self->reference);
  self->reference = qxl_surface_new (QXL_FORMAT_BGRX, width, height);
}

void
stage_draw (Stage *self, QxlBatch *batch, QxlDrawable *drawable)
{
  QxlSurface *surface = drawable->surface_id == QXL_PRIMARY_SURFACE
                            ? self->reference
                            : self->off_screen;

  if (drawable->kind == QXL_DRAW_COPY_SURFACE)
    qxl_surface_draw_from (surface, drawable, self->off_screen);
  else
    qxl_surface_draw (surface, drawable);
  qxl_batch_draw (batch, drawable);
}

void
stage_fill (Stage *self, QxlBatch *batch, QxlRect box, uint32_t color)
{
  stage_draw (self, batch, qxl_drawable_new_fill (0, &box, color));
}

QxlImage *
stage_noise_new (uint32_t width, uint32_t height)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, width, height, &pixels);

  for (size_t i = 0; i < qxl_image_size (image); i++)
    pixels[i] = i % 4 == 3 ? 0 : (uint8_t)(g_test_rand_int () & 0x3f);
  return image;
}

void
stage_copy (Stage *self, QxlBatch *batch, QxlRect box)
{
  stage_draw (
      self, batch,
      qxl_drawable_new_copy (0, &box,
                             stage_noise_new ((uint32_t)qxl_rect_width (&box),
                                              (uint32_t)qxl_rect_height (&box)),
                             (QxlPoint){0, 0}));
}

typedef struct {
  SpcDisplay *display;
  QxlBatch *batch;
  gint done; /* atomic */
} Job;

static void
run_post (SpcWorker *worker, gpointer user_data)
{
  Job *job = user_data;

  spc_display_post_from (job->display, job->batch, worker);
}

static void
end_post (gpointer user_data)
{
  g_atomic_int_set (&((Job *)user_data)->done, 1);
}

void
stage_post (Stage *self, QxlBatch *batch)
{
  Job job = {.display = self->display, .batch = batch};

  if (!self->has_workers) {
    spc_display_post (self->display, batch);
    return;
  }
  spc_jobs_push (spc_server_jobs (self->session.server), run_post, &job,
                 end_post);
  while (g_atomic_int_get (&job.done) == 0)
    g_thread_yield ();
}

void
stage_post_first (Stage *self)
{
  QxlBatch *batch = qxl_batch_new ();

  stage_create (self, batch, STAGE_WIDTH, STAGE_HEIGHT);
  stage_copy (self, batch, QXL_RECT (0, 0, STAGE_WIDTH, STAGE_HEIGHT));
  stage_fill (self, batch, QXL_RECT (3, 3, 20, 9), 0x123456);
  stage_post (self, batch);
}

void
stage_post_copy (Stage *self, QxlRect box)
{
  QxlBatch *batch = qxl_batch_new ();

  stage_copy (self, batch, box);
  stage_post (self, batch);
}

const QxlImage *
stage_expect (Stage *self)
{
  QxlRect all = QXL_RECT (0, 0, (int32_t)qxl_surface_width (self->reference),
                          (int32_t)qxl_surface_height (self->reference));

  qxl_image_unref (self->expected);
  self->expected = qxl_surface_snapshot (self->reference, &all);
  return self->expected;
}

void
stage_wait_for (Stage *self, Viewer *viewer)
{
  const QxlImage *expected = stage_expect (self);

  NET_RUN_UNTIL (&self->session.net, viewer_shows (viewer, expected));
}

guint64
stage_n_encoded (Stage *self)
{
  SpcDisplayStats stats;

  spc_display_stats (self->display, &stats);
  return stats.images_encoded;
}

guint
stage_room (Stage *self)
{
  return spc_display_room (self->display);
}

QxlRect
stage_random_box (Stage *self)
{
  int width = (int)qxl_surface_width (self->reference);
  int height = (int)qxl_surface_height (self->reference);
  int left = g_test_rand_int_range (0, width);
  int top = g_test_rand_int_range (0, height);

  return QXL_RECT (left, top, g_test_rand_int_range (left, width) + 1,
                   g_test_rand_int_range (top, height) + 1);
}

static void
draw_random (Stage *self, QxlBatch *batch)
{
  QxlRect box = stage_random_box (self);
  int right = (int)qxl_surface_width (self->reference) + 1;
  int bottom = (int)qxl_surface_height (self->reference) + 1;
  QxlPoint from = {g_test_rand_int_range (0, right - qxl_rect_width (&box)),
                   g_test_rand_int_range (0, bottom - qxl_rect_height (&box))};

  switch (g_test_rand_int_range (0, 6)) {
  case 0:
    stage_fill (self, batch, box, (uint32_t)g_test_rand_int () & 0xffffff);
    break;
  case 1:
    stage_draw (self, batch, qxl_drawable_new_copy_bits (0, &box, from));
    break;
  case 2:
    if (self->off_screen != NULL)
      stage_draw (self, batch,
                  qxl_drawable_new_copy_surface (0, &box, STAGE_OFF_SCREEN,
                                                 (QxlPoint){from.x, from.y}));
    break;
  case 3:
    if (self->off_screen != NULL)
      stage_draw (self, batch,
                  qxl_drawable_new_copy (
                      STAGE_OFF_SCREEN, &box,
                      stage_noise_new ((uint32_t)qxl_rect_width (&box),
                                       (uint32_t)qxl_rect_height (&box)),
                      (QxlPoint){0, 0}));
    break;
  default:
    stage_copy (self, batch, box);
    break;
  }
}

/* It holds whatever box is random: what does not lie in it would be refused. */
static void
change_off_screen (Stage *self, QxlBatch *batch)
{
  uint32_t width = MAX (qxl_surface_width (self->reference), STAGE_WIDTH);
  uint32_t height = MAX (qxl_surface_height (self->reference), STAGE_HEIGHT);

  if (self->off_screen != NULL && g_test_rand_bit ()) {
    g_clear_pointer (&self->off_screen, qxl_surface_free);
    qxl_batch_destroy_surface (batch, STAGE_OFF_SCREEN);
    return;
  }
  qxl_surface_free (self->off_screen);
  self->off_screen = qxl_surface_new (QXL_FORMAT_BGRA, width, height);
  qxl_batch_create_surface (batch, STAGE_OFF_SCREEN, width, height,
                            QXL_FORMAT_BGRA);
}

void
stage_post_random (Stage *self)
{
  QxlBatch *batch = qxl_batch_new ();

  if (g_test_rand_int_range (0, 15) == 0)
    stage_create (self, batch, (uint32_t)g_test_rand_int_range (1, STAGE_WIDTH),
                  (uint32_t)g_test_rand_int_range (1, STAGE_HEIGHT));
  for (int n = g_test_rand_int_range (0, 6); n > 0; n--) {
    if (g_test_rand_int_range (0, 20) == 0)
      change_off_screen (self, batch);
    draw_random (self, batch);
  }
  stage_post (self, batch);
  net_fixture_run_ready (&self->session.net,
                         (guint)g_test_rand_int_range (0, 8));
}

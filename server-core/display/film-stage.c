/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "film-stage.h"

#include "tests/image-psnr.h"

void
set_init (Set *self, uint8_t codec)
{
  QxlBatch *batch = qxl_batch_new ();
  SpcVideoConfig video = {.use = SPC_VIDEO_ALL,
                          .obeys_viewers = true,
                          .start_bps = 20000000,
                          .factory = &self->studio.factory};

  studio_init (&self->studio, codec);
  stage_init (&self->stage);
  spc_server_set_video (self->stage.session.server, &video);
  stage_create (&self->stage, batch, FILM_STAGE_WIDTH, FILM_STAGE_HEIGHT);
  stage_fill (&self->stage, batch,
              QXL_RECT (0, 0, FILM_STAGE_WIDTH, FILM_STAGE_HEIGHT), 0x204060);
  stage_post (&self->stage, batch);
}

void
set_clear (Set *self)
{
  stage_clear (&self->stage);
  g_assert_cmpuint (self->studio.n_living, ==, 0);
}

const WireStreams *
streams_of (const Viewer *viewer)
{
  return wire_canvas_streams (viewer->canvas);
}

const WireStream *
stream_of (const Viewer *viewer)
{
  return wire_streams_at (streams_of (viewer), 0);
}

bool
has_frames (const Viewer *viewer, guint n_frames)
{
  return stream_of (viewer) != NULL && stream_of (viewer)->n_frames >= n_frames;
}

/* joins, and is sent the still picture first */
Viewer *
join (Set *self, uint32_t codecs)
{
  const ViewerSetup setup = {
      .codecs = codecs, .reports = true, .is_native = true};
  Viewer *viewer = viewer_new (&self->stage.session, &setup);

  return viewer;
}

static gboolean
on_pause_end (gpointer user_data)
{
  *(bool *)user_data = true;
  return G_SOURCE_REMOVE;
}

/* a frame's time */
void
pause_for (Set *self, guint ms)
{
  bool is_over = false;
  GSource *timer = g_timeout_source_new (ms);

  g_source_set_callback (timer, on_pause_end, &is_over, NULL);
  g_source_attach (timer, self->stage.session.net.context);
  RUN_UNTIL (&self->stage, is_over);
  g_source_unref (timer);
}

void
show_frame (Set *self, QxlRect box)
{
  stage_post_copy (&self->stage, box);
}

/* films till the viewer has so many frames of a stream */
void
film_until (Set *self, const Viewer *viewer, QxlRect box, guint n_frames)
{
  gint64 end_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (!has_frames (viewer, n_frames)) {
    g_assert_cmpint (g_get_monotonic_time (), <, end_us);
    show_frame (self, box);
    pause_for (self, 20);
  }
}

/* what a viewer shows of @box; dB */
double
likeness (Set *self, const Viewer *viewer, QxlRect box)
{
  const QxlImage *expected = stage_expect (&self->stage);
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

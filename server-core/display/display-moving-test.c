/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of films that move and change their size: the stream goes on, nothing
 * of the film stays where it was, and all is exact in the end. */
#include "film-stage.h"

#define WIDTH FILM_STAGE_WIDTH
#define HEIGHT FILM_STAGE_HEIGHT
/* frames of the stream before something happens to it */
#define N_STEADY 8
/* what a film leaves is seen so soon: loss alone would take longer */
#define SOON_US (SPC_REST_MS * 1000 * 3 / 4)
#define TICK_MS 10u

static const QxlRect film_box = QXL_RECT (16, 32, 144, 128);

static Viewer *
join_sized (Set *self, uint32_t codecs)
{
  const ViewerSetup setup = {.codecs = codecs,
                             .reports = true,
                             .is_native = true,
                             .takes_sized = true};

  return viewer_new (&self->stage.session, &setup);
}

static QxlRect
moved (QxlRect box, int dx, int dy)
{
  return QXL_RECT (box.left + dx, box.top + dy, box.right + dx,
                   box.bottom + dy);
}

/* the window is drawn at another place, and what was behind it before */
static void
drag_frame (Set *self, QxlRect from, QxlRect to, uint32_t color)
{
  QxlBatch *batch = qxl_batch_new ();

  stage_fill (&self->stage, batch,
              QXL_RECT (from.left, from.top, to.left, from.bottom), color);
  stage_fill (&self->stage, batch,
              QXL_RECT (from.left, from.top, from.right, to.top), color);
  stage_copy (&self->stage, batch, to);
  stage_post (&self->stage, batch);
  pause_for (self, 20);
}

/* returns where it is at last */
static QxlRect
drag (Set *self, QxlRect box, guint n_steps)
{
  for (guint i = 0; i < n_steps; i++) {
    QxlRect to = moved (box, 4, 2);

    drag_frame (self, box, to, 0x300000 + i);
    box = to;
  }
  return box;
}

/* soon */

/* how long something takes, but for when the machine has no time for us */
typedef struct {
  gint64 last_us, taken_us;
} Stopwatch;

static gboolean
on_tick (gpointer user_data)
{
  Stopwatch *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  self->taken_us += MIN (now_us - self->last_us, 2 * TICK_MS * 1000);
  self->last_us = now_us;
  return G_SOURCE_CONTINUE;
}

static GSource *
tick (Stopwatch *stopwatch, GMainContext *context)
{
  GSource *ticks = g_timeout_source_new (TICK_MS);

  stopwatch->last_us = g_get_monotonic_time ();
  g_source_set_callback (ticks, on_tick, stopwatch, NULL);
  g_source_attach (ticks, context);
  return ticks;
}

#define RUN_SOON(stage, condition)                                             \
  G_STMT_START                                                                 \
  {                                                                            \
    Stopwatch stopwatch_ = {0};                                                \
    GSource *ticks_ = tick (&stopwatch_, (stage)->session.net.context);        \
    RUN_UNTIL (stage, condition);                                              \
    g_source_destroy (ticks_);                                                 \
    g_source_unref (ticks_);                                                   \
    g_assert_cmpint (stopwatch_.taken_us, <, SOON_US);                         \
  }                                                                            \
  G_STMT_END

/* what @from was before the film went to @to is gone */
static void
assert_no_ghost (Set *self, const Viewer *viewer, QxlRect from, QxlRect to)
{
  const QxlRect left = QXL_RECT (from.left, from.top, to.left, from.bottom);
  const QxlRect above = QXL_RECT (from.left, from.top, from.right, to.top);

  RUN_SOON (&self->stage,
            likeness (self, viewer, left) == IMAGE_PSNR_SAME &&
                likeness (self, viewer, above) == IMAGE_PSNR_SAME);
}

/* the same place */

static void
test_moved_film_goes_on (void)
{
  QxlRect box;
  Set set;
  Viewer *viewer;

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  viewer = join_sized (&set, BIT (H264));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, N_STEADY);
  g_assert_cmpuint (stream_of (viewer)->n_sized, ==, 0);
  box = drag (&set, film_box, 20);
  assert_no_ghost (&set, viewer, film_box, box);
  RUN_UNTIL (&set.stage, qxl_rect_equal (&stream_of (viewer)->place, &box));
  g_assert_cmpuint (stream_of (viewer)->n_sized, >=, 10);
  g_assert_cmpuint (wire_streams_n_created (streams_of (viewer)), ==, 1);
  g_assert_cmpuint (stream_of (viewer)->n_keys, ==, 1);
  g_assert_cmpuint (set.studio.n_encoders, ==, 1);
  stage_wait_for (&set.stage, viewer);
  viewer_free (viewer);
  set_clear (&set);
}

/* frames are painted where the film is, step for step */
static void
test_moved_film_is_seen_where_it_is (void)
{
  QxlRect box = film_box;
  Set set;
  Viewer *viewer;

  set_init (&set, 0);
  viewer = join_sized (&set, BIT (MJPEG));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, box, N_STEADY);
  for (guint i = 0; i < 10; i++) {
    QxlRect from = box;

    box = drag (&set, box, 1);
    while (!qxl_rect_equal (&stream_of (viewer)->place, &box)) {
      show_frame (&set, box);
      pause_for (&set, 20);
    }
    assert_no_ghost (&set, viewer, from, box);
  }
  g_assert_cmpuint (wire_streams_n_created (streams_of (viewer)), ==, 1);
  stage_wait_for (&set.stage, viewer);
  viewer_free (viewer);
  set_clear (&set);
}

/* its window is scrolled there */
static void
test_carried_film_goes_on (void)
{
  const QxlRect window = QXL_RECT (12, 20, 148, 132);
  const QxlRect target = moved (window, 40, 30);
  QxlRect box = moved (film_box, 40, 30);
  Set set;
  Viewer *viewer;
  QxlBatch *batch;

  set_init (&set, 0);
  viewer = join_sized (&set, BIT (MJPEG));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, N_STEADY);
  batch = qxl_batch_new ();
  stage_draw (&set.stage, batch,
              qxl_drawable_new_copy_bits (QXL_PRIMARY_SURFACE, &target,
                                          (QxlPoint){window.left, window.top}));
  stage_fill (&set.stage, batch, QXL_RECT (12, 20, 52, 132), 0x775533);
  stage_fill (&set.stage, batch, QXL_RECT (12, 20, 148, 50), 0x775533);
  stage_copy (&set.stage, batch, box);
  stage_post (&set.stage, batch);
  assert_no_ghost (&set, viewer, film_box, box);
  film_until (&set, viewer, box, stream_of (viewer)->n_frames + 3);
  g_assert_true (qxl_rect_equal (&stream_of (viewer)->place, &box));
  g_assert_cmpuint (wire_streams_n_created (streams_of (viewer)), ==, 1);
  stage_wait_for (&set.stage, viewer);
  viewer_free (viewer);
  set_clear (&set);
}

/* who does not take places */

static void
test_plain_viewer_gets_a_new_stream_at_rest (void)
{
  QxlRect box;
  Set set;
  Viewer *viewer, *sized;

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_VP8);
  viewer = join (&set, BIT (VP8));
  sized = join_sized (&set, BIT (VP8));
  stage_wait_for (&set.stage, viewer);
  stage_wait_for (&set.stage, sized);
  film_until (&set, viewer, film_box, N_STEADY);
  film_until (&set, sized, film_box, N_STEADY);
  box = drag (&set, film_box, 15);
  while (stream_of (viewer) == NULL ||
         !qxl_rect_equal (&stream_of (viewer)->dest, &box)) {
    show_frame (&set, box);
    pause_for (&set, 20);
  }
  assert_no_ghost (&set, viewer, film_box, box);
  film_until (&set, viewer, box, 2);
  g_assert_cmpuint (stream_of (viewer)->n_sized, ==, 0);
  g_assert_cmpuint (wire_streams_n_created (streams_of (viewer)), <=, 3);
  g_assert_cmpuint (wire_streams_n_created (streams_of (sized)), ==, 1);
  g_assert_cmpuint (set.studio.n_encoders, ==, 1);
  stage_wait_for (&set.stage, viewer);
  stage_wait_for (&set.stage, sized);
  viewer_free (viewer);
  viewer_free (sized);
  set_clear (&set);
}

/* another size */

static void
test_larger_film_goes_on_with_another_encoder (void)
{
  const QxlRect larger = QXL_RECT (16, 32, 208, 176);
  Set set;
  Viewer *viewer;

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  viewer = join_sized (&set, BIT (H264));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, N_STEADY);
  while (!qxl_rect_equal (&stream_of (viewer)->place, &larger)) {
    show_frame (&set, larger);
    pause_for (&set, 20);
  }
  g_assert_cmpuint (wire_streams_n_created (streams_of (viewer)), ==, 1);
  g_assert_cmpuint (set.studio.n_encoders, >=, 2);
  g_assert_cmpuint (set.studio.n_living, ==, 1);
  g_assert_cmpuint (stream_of (viewer)->n_keys, ==, set.studio.n_encoders);
  stage_wait_for (&set.stage, viewer);
  viewer_free (viewer);
  set_clear (&set);
}

/* and the new encoder is not to be had */
static void
test_larger_film_takes_another_codec (void)
{
  const QxlRect larger = QXL_RECT (16, 32, 208, 176);
  Set set;
  Viewer *viewer;

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  viewer = join_sized (&set, BIT (H264) | BIT (MJPEG));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, N_STEADY);
  set.studio.refuses = true;
  while (stream_of (viewer) == NULL ||
         stream_of (viewer)->codec != SPICE_VIDEO_CODEC_TYPE_MJPEG ||
         !qxl_rect_equal (&stream_of (viewer)->place, &larger)) {
    show_frame (&set, larger);
    pause_for (&set, 20);
  }
  g_assert_cmpuint (session_n_warnings (), ==, 1);
  stage_wait_for (&set.stage, viewer);
  viewer_free (viewer);
  set_clear (&set);
}

/* ends */

/* the window is closed while its film plays */
static void
test_film_that_is_switched_off_leaves_no_ghost (void)
{
  const SpcVideoConfig off = {.use = SPC_VIDEO_OFF};
  Set set;
  Viewer *viewer;

  set_init (&set, 0);
  viewer = join_sized (&set, BIT (MJPEG));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, N_STEADY);
  spc_server_set_video (set.stage.session.server, &off);
  show_frame (&set, film_box);
  RUN_SOON (&set.stage,
            stream_of (viewer) == NULL &&
                likeness (&set, viewer, film_box) == IMAGE_PSNR_SAME);
  viewer_free (viewer);
  set_clear (&set);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/display-moving/moved-film-goes-on",
                   test_moved_film_goes_on);
  g_test_add_func ("/display-moving/moved-film-is-seen-where-it-is",
                   test_moved_film_is_seen_where_it_is);
  g_test_add_func ("/display-moving/carried-film-goes-on",
                   test_carried_film_goes_on);
  g_test_add_func ("/display-moving/plain-viewer-gets-a-new-stream-at-rest",
                   test_plain_viewer_gets_a_new_stream_at_rest);
  g_test_add_func ("/display-moving/larger-film-goes-on-with-another-encoder",
                   test_larger_film_goes_on_with_another_encoder);
  g_test_add_func ("/display-moving/larger-film-takes-another-codec",
                   test_larger_film_takes_another_codec);
  g_test_add_func ("/display-moving/film-that-is-switched-off-leaves-no-ghost",
                   test_film_that_is_switched_off_leaves_no_ghost);
  return g_test_run ();
}

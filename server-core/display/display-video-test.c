/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of what a display sends as video: to whom, in which codec, what beside
 * it stays exact, and that all is exact in the end. Encoders other than MJPEG
 * are pretended: their packets are numbers. */
#include "film-stage.h"

#define WIDTH FILM_STAGE_WIDTH
#define HEIGHT FILM_STAGE_HEIGHT

static const QxlRect all = QXL_RECT (0, 0, WIDTH, HEIGHT);
static const QxlRect film_box = QXL_RECT (64, 32, 192, 128);

static void
declare_film (Set *self, uint8_t native)
{
  const SpcFilm film = {
      .is_film = true, .codec = native, .width = WIDTH, .height = HEIGHT};

  spc_display_set_film (self->stage.display, &film);
}

/* what is sent */

static void
test_film_becomes_a_stream (void)
{
  Set set;
  Viewer *viewer;

  set_init (&set, 0);
  viewer = join (&set, BIT (MJPEG));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, 5);
  g_assert_cmpuint (wire_streams_count (streams_of (viewer)), ==, 1);
  g_assert_true (qxl_rect_equal (&stream_of (viewer)->dest, &film_box));
  g_assert_cmpuint (stream_of (viewer)->codec, ==,
                    SPICE_VIDEO_CODEC_TYPE_MJPEG);
  g_assert_cmpuint (stream_of (viewer)->report, !=, 0);
  /* at rest all is exact */
  stage_wait_for (&set.stage, viewer);
  viewer_free (viewer);
  set_clear (&set);
}

static double
likeness_of_next (Set *self, const Viewer *viewer, QxlBatch *batch)
{
  guint n_frames;

  pause_for (self, 100); /* not sooner than the stream's frames */
  n_frames = stream_of (viewer)->n_frames;
  stage_post (&self->stage, batch);
  RUN_UNTIL (&self->stage, has_frames (viewer, n_frames + 1));
  return likeness (self, viewer, film_box);
}

/* an image of all of it, under a menu, or larger than it */
static void
test_frames_show_what_batches_end_with (void)
{
  const QxlRect menu = QXL_RECT (80, 48, 160, 112);
  Set set;
  Viewer *viewer;
  QxlBatch *batch;

  set_init (&set, 0);
  viewer = join (&set, BIT (MJPEG));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, 5);
  batch = qxl_batch_new ();
  stage_copy (&set.stage, batch, film_box);
  g_assert_cmpfloat (likeness_of_next (&set, viewer, batch), >, 20);
  batch = qxl_batch_new ();
  stage_copy (&set.stage, batch, film_box);
  stage_fill (&set.stage, batch, menu, 0xff00ff);
  g_assert_cmpfloat (likeness_of_next (&set, viewer, batch), >, 20);
  batch = qxl_batch_new ();
  stage_copy (&set.stage, batch, all);
  g_assert_cmpfloat (likeness_of_next (&set, viewer, batch), >, 20);
  stage_wait_for (&set.stage, viewer);
  viewer_free (viewer);
  set_clear (&set);
}

/* a decoder may be a frame behind */
static void
test_last_frame_comes_again (void)
{
  Set set;
  Viewer *viewer;
  guint n_frames;

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_VP8);
  viewer = join (&set, BIT (VP8));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, 5);
  n_frames = set.studio.n_frames;
  show_frame (&set, film_box);
  RUN_UNTIL (&set.stage, set.studio.n_frames >= n_frames + 2);
  n_frames = stream_of (viewer)->n_frames;
  show_frame (&set, film_box);
  RUN_UNTIL (&set.stage, has_frames (viewer, n_frames + 2));
  stage_wait_for (&set.stage, viewer);
  viewer_free (viewer);
  set_clear (&set);
}

static void
test_declared_film_is_a_stream_at_once (void)
{
  Set set;
  Viewer *viewer;

  set_init (&set, 0);
  viewer = join (&set, BIT (MJPEG));
  stage_wait_for (&set.stage, viewer);
  declare_film (&set, 0);
  RUN_UNTIL (&set.stage, stream_of (viewer) != NULL);
  g_assert_true (qxl_rect_equal (&stream_of (viewer)->dest, &all));
  show_frame (&set, all);
  RUN_UNTIL (&set.stage, has_frames (viewer, 1));
  g_assert_cmpfloat (likeness (&set, viewer, all), >, 20);
  stage_wait_for (&set.stage, viewer);
  spc_display_set_film (set.stage.display, &(SpcFilm){.is_film = false});
  RUN_UNTIL (&set.stage, stream_of (viewer) == NULL);
  viewer_free (viewer);
  set_clear (&set);
}

/* what lies beside is exact while the film plays; not told twice */
static void
test_beside_a_film_all_is_exact (void)
{
  const QxlRect above = QXL_RECT (0, 0, WIDTH, 32);
  Set set;
  Viewer *viewer;

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  viewer = join (&set, BIT (H264));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, 5);
  for (guint i = 0; i < 10; i++) {
    QxlBatch *batch = qxl_batch_new ();

    stage_copy (&set.stage, batch, film_box);
    /* once across its border, always above */
    if (i == 5)
      stage_copy (&set.stage, batch, QXL_RECT (40, 20, 100, 60));
    stage_fill (&set.stage, batch, QXL_RECT ((int)i * 8, 4, 200, 12), i * 999);
    stage_post (&set.stage, batch);
    RUN_UNTIL (&set.stage, likeness (&set, viewer, above) == IMAGE_PSNR_SAME);
    g_assert_cmpuint (wire_streams_n_created (streams_of (viewer)), ==, 1);
  }
  stage_wait_for (&set.stage, viewer);
  viewer_free (viewer);
  set_clear (&set);
}

/* scrolls, surfaces, fills and copies of any place meet a film */
static void
test_random_draws_around_a_film (void)
{
  Set set;
  Viewer *viewer, *plain;

  set_init (&set, 0);
  viewer = join (&set, BIT (MJPEG));
  plain = viewer_new (&set.stage.session, NULL);
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, 3);
  for (guint i = 0; i < 100; i++) {
    show_frame (&set, film_box);
    stage_post_random (&set.stage);
    pause_for (&set, 20);
  }
  stage_wait_for (&set.stage, plain);
  stage_wait_for (&set.stage, viewer);
  viewer_free (viewer);
  viewer_free (plain);
  set_clear (&set);
}

/* to whom */

static void
test_viewers_share_an_encoder (void)
{
  Set set;
  Viewer *one, *two;

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_VP8);
  one = join (&set, BIT (VP8) | BIT (MJPEG));
  two = join (&set, BIT (VP8));
  stage_wait_for (&set.stage, one);
  stage_wait_for (&set.stage, two);
  film_until (&set, one, film_box, 5);
  RUN_UNTIL (&set.stage, has_frames (two, 1));
  g_assert_cmpuint (set.studio.n_encoders, ==, 1);
  viewer_free (one);
  viewer_free (two);
  set_clear (&set);
}

/* whose links bear that, whatever comes */
static Viewer *
join_at (Set *self, guint bps)
{
  const SpcVideoConfig video = {.use = SPC_VIDEO_ALL,
                                .obeys_viewers = true,
                                .start_bps = bps,
                                .min_bps = bps,
                                .max_bps = bps,
                                .factory = &self->studio.factory};

  spc_server_set_video (self->stage.session.server, &video);
  return join (self, BIT (VP8));
}

static void
film_until_encoders (Set *self, guint n)
{
  gint64 end_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (self->studio.n_living != n) {
    g_assert_cmpint (g_get_monotonic_time (), <, end_us);
    show_frame (self, film_box);
    pause_for (self, 20);
  }
}

/* links of two classes, and what comes to need no more than the lesser one */
static void
test_the_finest_is_encoded_once (void)
{
  Set set;
  Viewer *fast, *slow;

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_VP8);
  fast = join_at (&set, 20000000);
  film_until (&set, fast, film_box, 5);
  slow = join_at (&set, 200000);
  film_until (&set, slow, film_box, 5);
  g_assert_cmpuint (set.studio.n_living, ==, 2);
  set.studio.is_finest = true;
  film_until_encoders (&set, 1);
  film_until (&set, fast, film_box, stream_of (fast)->n_frames + 5);
  film_until (&set, slow, film_box, stream_of (slow)->n_frames + 5);
  /* no more, when the lesser one is not enough again */
  set.studio.is_finest = false;
  film_until_encoders (&set, 2);
  viewer_free (fast);
  viewer_free (slow);
  set_clear (&set);
}

/* begins with a key frame, as the viewer checks, and soon */
static void
test_late_viewer_gets_a_key_frame (void)
{
  Set set;
  Viewer *early, *late;
  guint n_keys;

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_VP8);
  early = join (&set, BIT (VP8));
  stage_wait_for (&set.stage, early);
  film_until (&set, early, film_box, 30);
  n_keys = set.studio.n_keys;
  late = join (&set, BIT (VP8));
  film_until (&set, late, film_box, 3);
  g_assert_cmpuint (set.studio.n_encoders, ==, 1);
  g_assert_cmpuint (set.studio.n_keys, ==, n_keys + 1);
  viewer_free (early);
  viewer_free (late);
  set_clear (&set);
}

static void
test_viewer_without_codecs_gets_pictures (void)
{
  Set set;
  Viewer *viewer, *other;

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  viewer = join (&set, BIT (H265));
  other = join (&set, BIT (H264));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, other, film_box, 3);
  show_frame (&set, film_box);
  stage_wait_for (&set.stage, viewer);
  g_assert_cmpuint (wire_streams_n_created (streams_of (viewer)), ==, 0);
  viewer_free (viewer);
  viewer_free (other);
  set_clear (&set);
}

/* one that knows nothing of several codecs has MJPEG */
static void
test_old_viewer_has_mjpeg (void)
{
  Set set;
  Viewer *viewer;

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  viewer = join (&set, 0);
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, 2);
  g_assert_cmpuint (stream_of (viewer)->codec, ==,
                    SPICE_VIDEO_CODEC_TYPE_MJPEG);
  viewer_free (viewer);
  set_clear (&set);
}

static void
test_wish_is_obeyed (void)
{
  const uint8_t wish[] = {1, SPICE_VIDEO_CODEC_TYPE_MJPEG};
  gint64 end_us = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  Set set;
  Viewer *viewer;

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  viewer = join (&set, BIT (H264) | BIT (MJPEG));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, 2);
  g_assert_cmpuint (stream_of (viewer)->codec, ==, SPICE_VIDEO_CODEC_TYPE_H264);
  wire_client_send (viewer->display,
                    SPICE_MSGC_DISPLAY_PREFERRED_VIDEO_CODEC_TYPE, wish,
                    sizeof wish);
  while (stream_of (viewer)->codec != SPICE_VIDEO_CODEC_TYPE_MJPEG) {
    g_assert_cmpint (g_get_monotonic_time (), <, end_us);
    show_frame (&set, film_box);
    pause_for (&set, 20);
  }
  film_until (&set, viewer, film_box, 2);
  viewer_free (viewer);
  set_clear (&set);
}

static void
test_nothing_while_it_is_off (void)
{
  const SpcVideoConfig off = {.use = SPC_VIDEO_OFF};
  Set set;
  Viewer *viewer;

  set_init (&set, 0);
  viewer = join (&set, BIT (MJPEG));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, 2);
  spc_server_set_video (set.stage.session.server, &off);
  show_frame (&set, film_box);
  RUN_UNTIL (&set.stage, stream_of (viewer) == NULL);
  for (guint i = 0; i < 20; i++) {
    show_frame (&set, film_box);
    stage_wait_for (&set.stage, viewer);
  }
  g_assert_cmpuint (wire_streams_n_created (streams_of (viewer)), ==, 1);
  viewer_free (viewer);
  set_clear (&set);
}

/* what goes wrong */

static void
test_refused_codec_falls_back (void)
{
  Set set;
  Viewer *viewer;

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  set.studio.refuses = true;
  viewer = join (&set, BIT (H264) | BIT (MJPEG));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, 2);
  g_assert_cmpuint (stream_of (viewer)->codec, ==,
                    SPICE_VIDEO_CODEC_TYPE_MJPEG);
  viewer_free (viewer);
  set_clear (&set);
}

static void
test_failed_encoder_is_replaced (void)
{
  Set set;
  Viewer *viewer;

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  set.studio.fails_after = 4;
  viewer = join (&set, BIT (H264) | BIT (MJPEG));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, 4);
  while (stream_of (viewer) == NULL ||
         stream_of (viewer)->codec != SPICE_VIDEO_CODEC_TYPE_MJPEG) {
    show_frame (&set, film_box);
    pause_for (&set, 20);
  }
  film_until (&set, viewer, film_box, 2);
  g_assert_cmpuint (session_n_warnings (), ==, 1);
  stage_wait_for (&set.stage, viewer);
  viewer_free (viewer);
  set_clear (&set);
}

static void
say_cannot_decode (const Viewer *viewer)
{
  const WireStream *stream = stream_of (viewer);
  const SpcStreamReport report = {
      .id = wire_streams_id (streams_of (viewer), stream),
      .unique_id = stream->report,
      .n_drops = SPC_STREAM_INVALID,
      .audio_delay_ms = UINT32_MAX,
  };

  wire_client_send_fields (viewer->display, SPICE_MSGC_DISPLAY_STREAM_REPORT,
                           spc_stream_report_fields, &report);
}

static void
test_undecodable_codec_is_replaced (void)
{
  Set set;
  Viewer *viewer;

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  viewer = join (&set, BIT (H264) | BIT (MJPEG));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, 2);
  say_cannot_decode (viewer);
  RUN_UNTIL (&set.stage,
             stream_of (viewer) != NULL &&
                 stream_of (viewer)->codec == SPICE_VIDEO_CODEC_TYPE_MJPEG);
  say_cannot_decode (viewer);
  RUN_UNTIL (&set.stage, stream_of (viewer) == NULL);
  /* pictures, then */
  show_frame (&set, film_box);
  stage_wait_for (&set.stage, viewer);
  g_assert_cmpuint (wire_streams_n_created (streams_of (viewer)), ==, 2);
  viewer_free (viewer);
  set_clear (&set);
}

/* reports about what is not, or is no more */
static void
test_stray_reports_have_no_effect (void)
{
  Set set;
  Viewer *viewer;

  set_init (&set, 0);
  viewer = join (&set, BIT (MJPEG));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, 2);
  for (uint32_t id = 0; id < 70; id++) {
    const SpcStreamReport report = {
        .id = id, .unique_id = 77, .n_drops = SPC_STREAM_INVALID};

    wire_client_send_fields (viewer->display, SPICE_MSGC_DISPLAY_STREAM_REPORT,
                             spc_stream_report_fields, &report);
  }
  film_until (&set, viewer, film_box, 10);
  g_assert_cmpuint (wire_streams_n_created (streams_of (viewer)), ==, 1);
  viewer_free (viewer);
  set_clear (&set);
}

static void
test_slow_viewer_begins_anew (void)
{
  Set set;
  Viewer *fast, *slow;
  SpcPipe *pipe;
  GPtrArray *connections;
  guint n_frames;
  const ViewerSetup narrow = {
      .codecs = BIT (VP8), .is_native = true, .line_bytes = 2048};

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_VP8);
  fast = join (&set, BIT (VP8));
  slow = viewer_new (&set.stage.session, &narrow);
  stage_wait_for (&set.stage, slow);
  film_until (&set, slow, film_box, 2);
  wire_client_stop_reading (slow->display);
  connections = spc_channel_connections (SPC_CHANNEL (set.stage.display));
  pipe = spc_connection_pipe (g_ptr_array_index (connections, 1));
  n_frames = stream_of (fast)->n_frames;
  for (guint i = 0; i < 100; i++) {
    show_frame (&set, film_box);
    pause_for (&set, 10);
    g_assert_cmpuint (spc_pipe_length (pipe), <=, 32);
  }
  g_assert_cmpuint (stream_of (fast)->n_frames, >, n_frames + 50);
  wire_client_read_again (slow->display);
  film_until (&set, slow, film_box, stream_of (slow)->n_frames + 3);
  stage_wait_for (&set.stage, slow);
  viewer_free (fast);
  viewer_free (slow);
  set_clear (&set);
}

/* surfaces */

static void
test_streams_end_with_the_primary (void)
{
  Set set;
  Viewer *viewer;
  QxlBatch *batch;

  set_init (&set, 0);
  viewer = join (&set, BIT (MJPEG));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, 2);
  batch = qxl_batch_new ();
  stage_create (&set.stage, batch, WIDTH / 2, HEIGHT / 2);
  stage_fill (&set.stage, batch, QXL_RECT (0, 0, WIDTH / 2, HEIGHT / 2), 77);
  stage_post (&set.stage, batch);
  stage_wait_for (&set.stage, viewer);
  g_assert_null (stream_of (viewer));
  viewer_free (viewer);
  set_clear (&set);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/display-video/film-becomes-a-stream",
                   test_film_becomes_a_stream);
  g_test_add_func ("/display-video/frames-show-what-batches-end-with",
                   test_frames_show_what_batches_end_with);
  g_test_add_func ("/display-video/last-frame-comes-again",
                   test_last_frame_comes_again);
  g_test_add_func ("/display-video/declared-film-is-a-stream-at-once",
                   test_declared_film_is_a_stream_at_once);
  g_test_add_func ("/display-video/beside-a-film-all-is-exact",
                   test_beside_a_film_all_is_exact);
  g_test_add_func ("/display-video/random-draws-around-a-film",
                   test_random_draws_around_a_film);
  g_test_add_func ("/display-video/viewers-share-an-encoder",
                   test_viewers_share_an_encoder);
  g_test_add_func ("/display-video/the-finest-is-encoded-once",
                   test_the_finest_is_encoded_once);
  g_test_add_func ("/display-video/late-viewer-gets-a-key-frame",
                   test_late_viewer_gets_a_key_frame);
  g_test_add_func ("/display-video/viewer-without-codecs-gets-pictures",
                   test_viewer_without_codecs_gets_pictures);
  g_test_add_func ("/display-video/old-viewer-has-mjpeg",
                   test_old_viewer_has_mjpeg);
  g_test_add_func ("/display-video/wish-is-obeyed", test_wish_is_obeyed);
  g_test_add_func ("/display-video/nothing-while-it-is-off",
                   test_nothing_while_it_is_off);
  g_test_add_func ("/display-video/refused-codec-falls-back",
                   test_refused_codec_falls_back);
  g_test_add_func ("/display-video/failed-encoder-is-replaced",
                   test_failed_encoder_is_replaced);
  g_test_add_func ("/display-video/undecodable-codec-is-replaced",
                   test_undecodable_codec_is_replaced);
  g_test_add_func ("/display-video/stray-reports-have-no-effect",
                   test_stray_reports_have_no_effect);
  g_test_add_func ("/display-video/slow-viewer-begins-anew",
                   test_slow_viewer_begins_anew);
  g_test_add_func ("/display-video/streams-end-with-the-primary",
                   test_streams_end_with_the_primary);
  return g_test_run ();
}

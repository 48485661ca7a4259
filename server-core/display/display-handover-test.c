/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of streams that move to another codec: when one is found out to work
 * late, or is wished for. The film goes on meanwhile, and never back. */
#include "film-stage.h"

static const QxlRect film_box = QXL_RECT (64, 32, 192, 128);

/* what a viewer has seen of the film */
typedef struct {
  uint32_t time_ms; /* of the newest frame */
  guint n_steps;    /* to a newer one */
} Sight;

static const WireStream *
stream_in (const Viewer *viewer, uint8_t codec)
{
  const WireStream *stream;

  for (guint n = 0; (stream = wire_streams_at (streams_of (viewer), n)) != NULL;
       n++)
    if (stream->codec == codec)
      return stream;
  return NULL;
}

static bool
has_frames_in (const Viewer *viewer, uint8_t codec, guint n_frames)
{
  const WireStream *stream = stream_in (viewer, codec);

  return stream != NULL && stream->n_frames >= n_frames;
}

/* The newest frame of all streams is never older than one before. */
static void
look (Sight *self, const Viewer *viewer)
{
  uint32_t newest_ms = 0;
  const WireStream *stream;
  guint n;

  for (n = 0; (stream = wire_streams_at (streams_of (viewer), n)) != NULL; n++)
    newest_ms = MAX (newest_ms, stream->time_ms);
  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpuint (newest_ms, >=, self->time_ms);
  self->n_steps += newest_ms > self->time_ms;
  self->time_ms = newest_ms;
}

static void
film_until_in (Set *self, const Viewer *viewer, uint8_t codec, guint n_frames,
               Sight *sight)
{
  gint64 end_us = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  while (!has_frames_in (viewer, codec, n_frames)) {
    g_assert_cmpint (g_get_monotonic_time (), <, end_us);
    show_frame (self, film_box);
    pause_for (self, 20);
    look (sight, viewer);
  }
}

/* the stream before is over, when its frames have been shown */
static void
film_until_alone (Set *self, const Viewer *viewer)
{
  gint64 end_us = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  while (wire_streams_count (streams_of (viewer)) > 1) {
    g_assert_cmpint (g_get_monotonic_time (), <, end_us);
    show_frame (self, film_box);
    pause_for (self, 20);
  }
}

static void
find_out (Set *self, uint8_t codec)
{
  self->studio.codec = codec;
  self->studio.generation++;
}

static Viewer *
begin_in_mjpeg (Set *set, Sight *sight)
{
  Viewer *viewer;

  set_init (set, 0);
  viewer = join (set, BIT (H264) | BIT (MJPEG));
  stage_wait_for (&set->stage, viewer);
  film_until (set, viewer, film_box, 5);
  look (sight, viewer);
  g_assert_cmpuint (stream_of (viewer)->codec, ==,
                    SPICE_VIDEO_CODEC_TYPE_MJPEG);
  return viewer;
}

static void
end (Set *set, Viewer *viewer)
{
  stage_wait_for (&set->stage, viewer);
  viewer_free (viewer);
  set_clear (set);
}

/* a codec is known late */

static void
test_better_codec_takes_over (void)
{
  Sight sight = {0};
  Set set;
  Viewer *viewer = begin_in_mjpeg (&set, &sight);

  find_out (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  film_until_in (&set, viewer, SPICE_VIDEO_CODEC_TYPE_H264, 5, &sight);
  film_until_alone (&set, viewer);
  g_assert_cmpuint (stream_of (viewer)->codec, ==, SPICE_VIDEO_CODEC_TYPE_H264);
  g_assert_true (qxl_rect_equal (&stream_of (viewer)->dest, &film_box));
  g_assert_cmpuint (wire_streams_n_created (streams_of (viewer)), ==, 2);
  g_assert_cmpuint (set.studio.n_living, ==, 1);
  end (&set, viewer);
}

/* its first key frame is older than what was sent meanwhile */
static void
test_slow_encoder_takes_over (void)
{
  Sight sight = {0};
  Set set;
  Viewer *viewer = begin_in_mjpeg (&set, &sight);

  set.studio.delay = 4;
  find_out (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  film_until_in (&set, viewer, SPICE_VIDEO_CODEC_TYPE_H264, 5, &sight);
  g_assert_cmpuint (set.studio.n_keys, >=, 2);
  g_assert_cmpuint (wire_streams_n_created (streams_of (viewer)), ==, 2);
  end (&set, viewer);
}

static void
test_encoder_that_gives_nothing_changes_nothing (void)
{
  Sight sight = {0};
  Set set;
  Viewer *viewer = begin_in_mjpeg (&set, &sight);

  set.studio.delay = 1000;
  find_out (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  film_until_in (&set, viewer, SPICE_VIDEO_CODEC_TYPE_MJPEG,
                 stream_of (viewer)->n_frames + 20, &sight);
  g_assert_cmpuint (set.studio.n_encoders, ==, 1);
  g_assert_cmpuint (wire_streams_n_created (streams_of (viewer)), ==, 1);
  end (&set, viewer);
}

static void
test_refused_codec_changes_nothing (void)
{
  Sight sight = {0};
  Set set;
  Viewer *viewer = begin_in_mjpeg (&set, &sight);

  set.studio.refuses = true;
  find_out (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  film_until_in (&set, viewer, SPICE_VIDEO_CODEC_TYPE_MJPEG,
                 stream_of (viewer)->n_frames + 20, &sight);
  g_assert_cmpuint (wire_streams_n_created (streams_of (viewer)), ==, 1);
  end (&set, viewer);
}

/* the viewer had pictures, since it has no other codec */
static void
test_pictures_become_a_stream (void)
{
  gint64 end_us = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  Set set;
  Viewer *viewer, *other;

  set_init (&set, 0);
  viewer = join (&set, BIT (H264));
  other = join (&set, BIT (MJPEG));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, other, film_box, 5);
  g_assert_null (stream_of (viewer));
  find_out (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  while (!has_frames_in (viewer, SPICE_VIDEO_CODEC_TYPE_H264, 5)) {
    g_assert_cmpint (g_get_monotonic_time (), <, end_us);
    show_frame (&set, film_box);
    pause_for (&set, 20);
  }
  stage_wait_for (&set.stage, other);
  viewer_free (other);
  end (&set, viewer);
}

/* what happens meanwhile */

/* an encoder fails after it took over: the one before is taken anew */
static void
test_failure_after_it_goes_back (void)
{
  Sight sight = {0};
  Set set;
  Viewer *viewer = begin_in_mjpeg (&set, &sight);
  guint n_created;

  set.studio.fails_after = 10;
  find_out (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  film_until_in (&set, viewer, SPICE_VIDEO_CODEC_TYPE_H264, 5, &sight);
  while (stream_in (viewer, SPICE_VIDEO_CODEC_TYPE_H264) != NULL) {
    show_frame (&set, film_box);
    pause_for (&set, 20);
  }
  n_created = wire_streams_n_created (streams_of (viewer));
  /* which is told before it has a frame */
  while (!has_frames_in (viewer, SPICE_VIDEO_CODEC_TYPE_MJPEG, 1)) {
    show_frame (&set, film_box);
    pause_for (&set, 20);
  }
  film_until_in (&set, viewer, SPICE_VIDEO_CODEC_TYPE_MJPEG, 5, &sight);
  g_assert_cmpuint (n_created, ==, 3);
  g_assert_cmpuint (session_n_warnings (), ==, 1);
  end (&set, viewer);
}

/* the film moves while its frames in the old codec may still be shown */
static void
test_film_moves_just_then (void)
{
  const QxlRect moved = QXL_RECT (72, 40, 200, 136);
  Sight sight = {0};
  Set set;
  Viewer *viewer = begin_in_mjpeg (&set, &sight);

  find_out (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  film_until_in (&set, viewer, SPICE_VIDEO_CODEC_TYPE_H264, 1, &sight);
  for (guint i = 0; i < 20; i++) {
    show_frame (&set, moved);
    pause_for (&set, 20);
  }
  end (&set, viewer);
}

/* what is configured */

static void
test_new_order_moves_streams (void)
{
  SpcVideoConfig video = {.use = SPC_VIDEO_ALL,
                          .obeys_viewers = true,
                          .codecs = {SPICE_VIDEO_CODEC_TYPE_MJPEG},
                          .start_bps = 20000000};
  Sight sight = {0};
  Set set;
  Viewer *viewer;

  set_init (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  viewer = join (&set, BIT (H264) | BIT (MJPEG));
  stage_wait_for (&set.stage, viewer);
  film_until (&set, viewer, film_box, 5);
  g_assert_cmpuint (stream_of (viewer)->codec, ==, SPICE_VIDEO_CODEC_TYPE_H264);
  look (&sight, viewer);
  video.factory = &set.studio.factory;
  spc_server_set_video (set.stage.session.server, &video);
  film_until_in (&set, viewer, SPICE_VIDEO_CODEC_TYPE_MJPEG, 5, &sight);
  film_until_alone (&set, viewer);
  g_assert_cmpuint (set.studio.n_living, ==, 0);
  end (&set, viewer);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/display-handover/better-codec-takes-over",
                   test_better_codec_takes_over);
  g_test_add_func ("/display-handover/slow-encoder-takes-over",
                   test_slow_encoder_takes_over);
  g_test_add_func ("/display-handover/encoder-that-gives-nothing-changes-"
                   "nothing",
                   test_encoder_that_gives_nothing_changes_nothing);
  g_test_add_func ("/display-handover/refused-codec-changes-nothing",
                   test_refused_codec_changes_nothing);
  g_test_add_func ("/display-handover/pictures-become-a-stream",
                   test_pictures_become_a_stream);
  g_test_add_func ("/display-handover/failure-after-it-goes-back",
                   test_failure_after_it_goes_back);
  g_test_add_func ("/display-handover/film-moves-just-then",
                   test_film_moves_just_then);
  g_test_add_func ("/display-handover/new-order-moves-streams",
                   test_new_order_moves_streams);
  return g_test_run ();
}

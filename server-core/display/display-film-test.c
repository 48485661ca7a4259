/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of films that are encoded outside the display: who is sent their
 * packets, from where on, and what their producer is told. The packets are
 * numbers. */
#include "display-connection.h"
#include "display-stage.h"
#include "lossy-repair.h"
#include "video-stage.h"

#define WIDTH 256
#define HEIGHT 192
#define BIT(codec) (1u << SPICE_VIDEO_CODEC_TYPE_##codec)
#define RUN_UNTIL(stage, condition)                                            \
  NET_RUN_UNTIL (&(stage)->session.net, condition)

/* the stage */

typedef struct {
  Stage stage;
  Studio studio;
} Set;

static void
set_init (Set *self)
{
  QxlBatch *batch = qxl_batch_new ();
  SpcVideoConfig video = {.use = SPC_VIDEO_OFF,
                          .obeys_viewers = true,
                          .start_bps = 20000000,
                          .factory = &self->studio.factory};

  studio_init (&self->studio, 0);
  stage_init (&self->stage);
  spc_server_set_video (self->stage.session.server, &video);
  stage_create (&self->stage, batch, WIDTH, HEIGHT);
  stage_fill (&self->stage, batch, QXL_RECT (0, 0, WIDTH, HEIGHT), 0x204060);
  stage_post (&self->stage, batch);
}

static void
set_clear (Set *self)
{
  stage_clear (&self->stage);
  g_assert_cmpuint (self->studio.n_living, ==, 0);
}

static void
declare_film (Set *self, uint8_t native)
{
  const SpcFilm film = {
      .is_film = true, .codec = native, .width = WIDTH, .height = HEIGHT};

  spc_display_set_film (self->stage.display, &film);
}

static const WireStreams *
streams_of (const Viewer *viewer)
{
  return wire_canvas_streams (viewer->canvas);
}

static const WireStream *
stream_of (const Viewer *viewer)
{
  return wire_streams_at (streams_of (viewer), 0);
}

static bool
has_frames (const Viewer *viewer, guint n_frames)
{
  return stream_of (viewer) != NULL && stream_of (viewer)->n_frames >= n_frames;
}

static Viewer *
join (Set *self, uint32_t codecs)
{
  const ViewerSetup setup = {
      .codecs = codecs, .reports = true, .is_native = true};

  return viewer_new (&self->stage.session, &setup);
}

/* films from outside */

typedef struct {
  guint n_calls, n_keys;
  bool wants_frames, wants_still;
  guint bitrate_bps;
} Wants;

static void
on_wants (guint wants, guint bitrate_bps, gpointer user_data)
{
  Wants *self = user_data;

  self->n_calls++;
  self->n_keys += (wants & SPC_FILM_WANTS_KEY) != 0;
  self->wants_frames = (wants & SPC_FILM_WANTS_FRAMES) != 0;
  self->wants_still = (wants & SPC_FILM_WANTS_STILL) != 0;
  self->bitrate_bps = bitrate_bps;
}

static void
post_old_packet (Set *self, uint64_t number, bool is_key, int64_t age_us)
{
  g_autoptr (GBytes) bytes = wire_streams_packet (number, is_key);
  const SpcVideoPacket packet = {.bytes = bytes,
                                 .is_key = is_key,
                                 .time_us = g_get_monotonic_time () - age_us};

  spc_display_post_packet (self->stage.display, &packet);
}

static void
post_packet (Set *self, uint64_t number, bool is_key)
{
  post_old_packet (self, number, is_key, 0);
}

static void
test_packets_pass_through (void)
{
  Wants wants = {0};
  Set set;
  Viewer *viewer, *late;

  set_init (&set);
  spc_display_set_film_func (set.stage.display, on_wants, &wants, NULL);
  viewer = join (&set, BIT (H264));
  stage_wait_for (&set.stage, viewer);
  declare_film (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  RUN_UNTIL (&set.stage, wants.n_keys == 1);
  post_packet (&set, 1, false); /* nothing to anybody yet */
  post_packet (&set, 2, true);
  post_packet (&set, 3, false);
  RUN_UNTIL (&set.stage, has_frames (viewer, 2));
  late = join (&set, BIT (H264));
  RUN_UNTIL (&set.stage, has_frames (late, 2)); /* nobody is to make a key */
  post_packet (&set, 4, false);
  post_packet (&set, 5, true);
  RUN_UNTIL (&set.stage, has_frames (viewer, 4) && has_frames (late, 4));
  g_assert_cmpuint (stream_of (viewer)->last_number, ==, 5);
  g_assert_cmpuint (wants.n_keys, ==, 1);
  g_assert_false (wants.wants_frames);
  g_assert_cmpuint (set.studio.n_encoders, ==, 0);
  viewer_free (viewer);
  viewer_free (late);
  set_clear (&set);
}

/* a film that has ended, or stands still */
static void
test_late_viewer_sees_what_is_over (void)
{
  Set set;
  Viewer *late;

  set_init (&set);
  declare_film (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  for (guint i = 1; i <= 30; i++)
    post_old_packet (&set, i, i == 1, G_USEC_PER_SEC);
  late = join (&set, BIT (H264));
  RUN_UNTIL (&set.stage, has_frames (late, 30));
  g_assert_cmpuint (stream_of (late)->last_number, ==, 30);
  viewer_free (late);
  set_clear (&set);
}

typedef struct {
  Set *set;
  uint64_t number;
  GSource *source;
} Projector;

static gboolean
show_next (gpointer user_data)
{
  Projector *self = user_data;

  self->number++;
  post_packet (self->set, self->number, self->number == 1);
  return G_SOURCE_CONTINUE;
}

/* at a film's rate */
static void
projector_start (Projector *self)
{
  self->source = g_timeout_source_new (33);
  g_source_set_callback (self->source, show_next, self, NULL);
  g_source_attach (self->source, self->set->stage.session.net.context);
}

static void
projector_stop (Projector *self)
{
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

/* a film from a file: nobody can make a key frame */
static void
test_no_key_frame_is_waited_for_long (void)
{
  Wants wants = {0};
  Set set;
  Viewer *late;
  Projector projector = {.set = &set};

  set_init (&set);
  spc_display_set_film_func (set.stage.display, on_wants, &wants, NULL);
  declare_film (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  while (projector.number < 20)
    show_next (&projector);
  projector_start (&projector);
  late = join (&set, BIT (H264));
  RUN_UNTIL (&set.stage, wants.n_keys == 1);
  RUN_UNTIL (&set.stage, has_frames (late, 40));
  projector_stop (&projector);
  g_assert_cmpuint (stream_of (late)->last_number, ==,
                    stream_of (late)->n_frames);
  viewer_free (late);
  spc_display_set_film_func (set.stage.display, NULL, NULL, NULL);
  set_clear (&set);
}

/* more than the loop has taken: the film goes on with a key frame */
static void
test_packets_are_bounded (void)
{
  Wants wants = {0};
  Set set;
  Viewer *viewer;

  set_init (&set);
  spc_display_set_film_func (set.stage.display, on_wants, &wants, NULL);
  viewer = join (&set, BIT (H264));
  stage_wait_for (&set.stage, viewer);
  declare_film (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  for (guint i = 1; i <= 2 * SPC_MAX_FILM_PACKETS; i++)
    post_packet (&set, i, i == 1);
  RUN_UNTIL (&set.stage, has_frames (viewer, SPC_MAX_FILM_PACKETS));
  post_packet (&set, 1000, false);
  RUN_UNTIL (&set.stage, wants.n_keys == 2);
  post_packet (&set, 1001, true);
  RUN_UNTIL (&set.stage, has_frames (viewer, SPC_MAX_FILM_PACKETS + 1));
  g_assert_cmpuint (stream_of (viewer)->last_number, ==, 1001);
  viewer_free (viewer);
  spc_display_set_film_func (set.stage.display, NULL, NULL, NULL);
  set_clear (&set);
}

/* the producer hears of it, and others are sent the film as before */
static void
test_narrow_line_is_told_of (void)
{
  const ViewerSetup setup = {.codecs = BIT (H264),
                             .reports = true,
                             .is_native = true,
                             .line_bytes = 2048};
  gint64 end_us = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  Wants wants = {0};
  Set set;
  Viewer *viewer, *narrow;
  guint n = 1;

  set_init (&set);
  spc_display_set_film_func (set.stage.display, on_wants, &wants, NULL);
  viewer = join (&set, BIT (H264));
  narrow = viewer_new (&set.stage.session, &setup);
  stage_wait_for (&set.stage, viewer);
  stage_wait_for (&set.stage, narrow);
  declare_film (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  post_packet (&set, n, true);
  RUN_UNTIL (&set.stage, has_frames (viewer, n) && has_frames (narrow, n));
  g_assert_cmpuint (wants.bitrate_bps, ==, 0);
  wire_client_stop_reading (narrow->display);
  while (wants.bitrate_bps == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, end_us);
    post_packet (&set, ++n, false);
    RUN_UNTIL (&set.stage, has_frames (viewer, n));
  }
  g_assert_cmpuint (wants.bitrate_bps, <, 20000000);
  wire_client_read_again (narrow->display);
  viewer_free (viewer);
  viewer_free (narrow);
  spc_display_set_film_func (set.stage.display, NULL, NULL, NULL);
  set_clear (&set);
}

static void
test_who_cannot_take_packets_gets_frames (void)
{
  Wants wants = {0};
  Set set;
  Viewer *viewer, *other;

  set_init (&set);
  spc_display_set_film_func (set.stage.display, on_wants, &wants, NULL);
  declare_film (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  viewer = join (&set, BIT (H264));
  RUN_UNTIL (&set.stage, wants.n_keys == 1);
  other = join (&set, BIT (MJPEG));
  RUN_UNTIL (&set.stage, wants.wants_frames);
  post_packet (&set, 1, true);
  stage_post_copy (&set.stage, QXL_RECT (0, 0, WIDTH, HEIGHT));
  RUN_UNTIL (&set.stage, has_frames (viewer, 1) && has_frames (other, 1));
  g_assert_cmpuint (stream_of (other)->codec, ==, SPICE_VIDEO_CODEC_TYPE_MJPEG);
  g_assert_cmpuint (stream_of (viewer)->n_frames, ==, 1);
  viewer_free (other);
  RUN_UNTIL (&set.stage, !wants.wants_frames);
  viewer_free (viewer);
  spc_display_set_film_func (set.stage.display, NULL, NULL, NULL);
  set_clear (&set);
}

static bool
is_exact (const Set *self)
{
  GPtrArray *connections =
      spc_channel_connections (SPC_CHANNEL (self->stage.display));
  const SpcLossyRepair *repair =
      spc_display_connection_repair (g_ptr_array_index (connections, 0));

  return repair == NULL || spc_lossy_repair_is_done (repair);
}

/* who has its packets keeps them until there is a picture of it */
static void
test_still_film_becomes_a_picture (void)
{
  Wants wants = {0};
  Set set;
  Projector projector = {.set = &set};
  Viewer *viewer;

  set_init (&set);
  spc_display_set_film_func (set.stage.display, on_wants, &wants, NULL);
  declare_film (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  viewer = join (&set, BIT (H264));
  RUN_UNTIL (&set.stage, wants.n_keys == 1);
  projector_start (&projector);
  RUN_UNTIL (&set.stage, has_frames (viewer, 20));
  projector_stop (&projector);
  RUN_UNTIL (&set.stage, wants.wants_still);
  g_assert_true (is_exact (&set));
  stage_post_copy (&set.stage, QXL_RECT (0, 0, WIDTH, HEIGHT));
  RUN_UNTIL (&set.stage, !is_exact (&set));
  stage_wait_for (&set.stage, viewer); /* at rest */

  /* it goes on, and the picture grows old */
  projector_start (&projector);
  RUN_UNTIL (&set.stage, !is_exact (&set));
  RUN_UNTIL (&set.stage, !wants.wants_still);
  RUN_UNTIL (&set.stage, is_exact (&set));
  projector_stop (&projector);
  viewer_free (viewer);
  spc_display_set_film_func (set.stage.display, NULL, NULL, NULL);
  set_clear (&set);
}

/* who comes then finds the picture */
static void
test_still_film_that_nobody_sees (void)
{
  Wants wants = {0};
  Set set;
  Projector projector = {.set = &set};

  set_init (&set);
  spc_display_set_film_func (set.stage.display, on_wants, &wants, NULL);
  declare_film (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  post_packet (&set, 1, true);
  RUN_UNTIL (&set.stage, wants.wants_still);
  g_assert_false (wants.wants_frames);
  projector_start (&projector);
  RUN_UNTIL (&set.stage, !wants.wants_still);
  projector_stop (&projector);
  RUN_UNTIL (&set.stage, wants.wants_still);
  declare_film (&set, SPICE_VIDEO_CODEC_TYPE_VP8);
  RUN_UNTIL (&set.stage, !wants.wants_still);
  spc_display_set_film_func (set.stage.display, NULL, NULL, NULL);
  set_clear (&set);
}

/* its packets are only decoded then, for those that follow */
static void
test_picture_of_a_still_film_is_kept (void)
{
  Wants wants = {0};
  Set set;
  Viewer *viewer;

  set_init (&set);
  spc_display_set_film_func (set.stage.display, on_wants, &wants, NULL);
  declare_film (&set, SPICE_VIDEO_CODEC_TYPE_H264);
  post_packet (&set, 1, true);
  RUN_UNTIL (&set.stage, wants.wants_still);
  stage_post_copy (&set.stage, QXL_RECT (0, 0, WIDTH, HEIGHT));
  viewer = join (&set, BIT (H264));
  RUN_UNTIL (&set.stage, has_frames (viewer, 1));
  g_assert_cmpuint (stream_of (viewer)->clip->len, ==, 0);
  stage_wait_for (&set.stage, viewer);
  g_assert_true (is_exact (&set));
  g_assert_cmpuint (stream_of (viewer)->clip->len, ==, 0);
  post_packet (&set, 2, false);
  RUN_UNTIL (&set.stage, has_frames (viewer, 2));
  g_assert_cmpuint (stream_of (viewer)->clip->len, ==, 1);
  g_assert_cmpuint (wire_streams_n_created (streams_of (viewer)), ==, 1);
  viewer_free (viewer);
  spc_display_set_film_func (set.stage.display, NULL, NULL, NULL);
  set_clear (&set);
}

/* a film begins where it has room */
static void
test_film_waits_for_its_size (void)
{
  const SpcFilm film = {.is_film = true,
                        .codec = SPICE_VIDEO_CODEC_TYPE_H264,
                        .width = 99,
                        .height = 55};
  const QxlRect all = QXL_RECT (0, 0, 99, 55);
  QxlBatch *batch = qxl_batch_new ();
  Set set;
  Viewer *viewer, *other;

  set_init (&set);
  viewer = join (&set, BIT (H264));
  stage_wait_for (&set.stage, viewer);
  spc_display_set_film (set.stage.display, &film);
  post_packet (&set, 1, true);
  stage_post_copy (&set.stage, QXL_RECT (0, 0, WIDTH, HEIGHT));
  stage_wait_for (&set.stage, viewer);
  g_assert_cmpuint (wire_streams_n_created (streams_of (viewer)), ==, 0);
  stage_create (&set.stage, batch, 99, 55);
  stage_fill (&set.stage, batch, all, 0);
  stage_post (&set.stage, batch);
  RUN_UNTIL (&set.stage, has_frames (viewer, 1));
  g_assert_true (qxl_rect_equal (&stream_of (viewer)->dest, &all));
  /* no encoder takes such a size */
  other = join (&set, BIT (MJPEG));
  stage_wait_for (&set.stage, other);
  g_assert_null (stream_of (other));
  viewer_free (other);
  viewer_free (viewer);
  set_clear (&set);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/display-film/packets-pass-through",
                   test_packets_pass_through);
  g_test_add_func ("/display-film/late-viewer-sees-what-is-over",
                   test_late_viewer_sees_what_is_over);
  g_test_add_func ("/display-film/no-key-frame-is-waited-for-long",
                   test_no_key_frame_is_waited_for_long);
  g_test_add_func ("/display-film/packets-are-bounded",
                   test_packets_are_bounded);
  g_test_add_func ("/display-film/narrow-line-is-told-of",
                   test_narrow_line_is_told_of);
  g_test_add_func ("/display-film/who-cannot-take-packets-gets-frames",
                   test_who_cannot_take_packets_gets_frames);
  g_test_add_func ("/display-film/still-film-becomes-a-picture",
                   test_still_film_becomes_a_picture);
  g_test_add_func ("/display-film/still-film-that-nobody-sees",
                   test_still_film_that_nobody_sees);
  g_test_add_func ("/display-film/picture-of-a-still-film-is-kept",
                   test_picture_of_a_still_film_is_kept);
  g_test_add_func ("/display-film/film-waits-for-its-size",
                   test_film_waits_for_its_size);
  return g_test_run ();
}

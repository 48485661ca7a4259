/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the built-in MJPEG encoder. */
#include "mjpeg-encoder.h"

#include "grainy-film.h"
#include "tests/image-decoders-jpeg.h"
#include "tests/image-psnr.h"
#include <spice/enums.h>

#define DEADLINE_US (20 * G_USEC_PER_SEC)
enum { FPS = 25, INTERVAL_US = 1000000 / FPS };

typedef struct {
  SpcJobs *jobs;
  GMutex lock;
  GCond cond;
  /* guarded by lock */
  GPtrArray *files; /* GBytes */
  GArray *times;    /* int64_t */
  guint n_failed, n_destroyed;
  bool is_finest; /* the last one */
  bool is_held;   /* a worker waits until it is not */
  bool is_waiting;
} Fixture;

static void
on_packet (const SpcVideoPacket *packet, gpointer user_data)
{
  Fixture *self = user_data;

  g_assert_true (packet->is_key);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->files, g_bytes_ref (packet->bytes));
  g_array_append_val (self->times, packet->time_us);
  self->is_finest = packet->is_finest;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_failed (const GError *error, gpointer user_data)
{
  Fixture *self = user_data;

  g_assert_nonnull (error);
  g_mutex_lock (&self->lock);
  self->n_failed++;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_destroyed (gpointer user_data)
{
  Fixture *self = user_data;

  g_mutex_lock (&self->lock);
  self->n_destroyed++;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->jobs = spc_jobs_new (1);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  self->times = g_array_new (FALSE, FALSE, sizeof (int64_t));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  spc_jobs_stop (self->jobs); /* else a job might let go of them last */
  spc_jobs_unref (self->jobs);
  g_ptr_array_unref (self->files);
  g_array_unref (self->times);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

static SpcVideoEncoder *
encoder_new (Fixture *self, uint32_t width, uint32_t height,
             uint32_t bitrate_bps)
{
  return spc_mjpeg_encoder_new (self->jobs,
                                &(SpcVideoOrder){
                                    .codec = SPICE_VIDEO_CODEC_TYPE_MJPEG,
                                    .width = width,
                                    .height = height,
                                    .bitrate_bps = bitrate_bps,
                                    .fps = FPS,
                                },
                                &(SpcVideoSink){
                                    .packet = on_packet,
                                    .failed = on_failed,
                                    .user_data = self,
                                    .destroy = on_destroyed,
                                });
}

/* until *@count is @n */
static void
wait_for (Fixture *self, const guint *count, guint n)
{
  int64_t end_us = g_get_monotonic_time () + DEADLINE_US;

  g_mutex_lock (&self->lock);
  while (*count < n)
    if (!g_cond_wait_until (&self->cond, &self->lock, end_us))
      g_error ("%u of %u", *count, n);
  g_mutex_unlock (&self->lock);
}

static void
hold (SpcWorker *worker, gpointer data)
{
  Fixture *self = data;

  g_mutex_lock (&self->lock);
  self->is_waiting = true;
  g_cond_broadcast (&self->cond);
  while (self->is_held)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
}

/* keeps the only worker busy */
static void
hold_worker (Fixture *self)
{
  self->is_held = true;
  self->is_waiting = false;
  spc_jobs_push (self->jobs, hold, self, NULL);
  g_mutex_lock (&self->lock);
  while (!self->is_waiting)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
}

static void
let_worker_go (Fixture *self)
{
  g_mutex_lock (&self->lock);
  self->is_held = false;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static double
check_file (const QxlImage *image, GBytes *file)
{
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  uint64_t squared = 0;

  image_decode_jpeg (g_bytes_get_data (file, NULL), g_bytes_get_size (file),
                     image->width, image->height, &pixels, &error);
  g_assert_no_error (error);
  for (uint32_t y = 0; y < image->height; y++)
    squared +=
        image_squared_error (qxl_image_row (image, y),
                             pixels.pixels + y * pixels.stride, image->width);
  return image_psnr (squared, (uint64_t)image->width * image->height);
}

static GBytes *
last_file (Fixture *self)
{
  return g_ptr_array_index (self->files, self->files->len - 1);
}

static void
test_order (Fixture *self, gconstpointer data)
{
  g_autoptr (SpcVideoEncoder) encoder = encoder_new (self, 320, 180, 0);

  for (guint i = 0; i < 10; i++) {
    g_autoptr (QxlImage) frame = grainy_film_frame (i, 320, 180);
    int64_t time_us = 1000 + i * INTERVAL_US;

    spc_video_encoder_push (encoder, frame, time_us, i == 3);
    wait_for (self, &self->files->len, i + 1);
    g_assert_cmpint (g_array_index (self->times, int64_t, i), ==, time_us);
    g_assert_cmpfloat (check_file (frame, last_file (self)), >, 35);
  }
  g_assert_cmpuint (self->n_failed, ==, 0);
}

static void
test_newest_win (Fixture *self, gconstpointer data)
{
  static const int64_t wanted[] = {8000, 9000};
  g_autoptr (SpcVideoEncoder) encoder = encoder_new (self, 64, 64, 0);
  g_autoptr (QxlImage) frame = grainy_film_frame (0, 64, 64);

  hold_worker (self);
  for (int i = 0; i < 10; i++)
    spc_video_encoder_push (encoder, frame, i * 1000, true);
  g_assert_cmpint (frame->ref_count, ==, 3);
  let_worker_go (self);
  wait_for (self, &self->files->len, 2);
  g_clear_pointer (&encoder, spc_video_encoder_free);
  wait_for (self, &self->n_destroyed, 1);
  g_assert_cmpmem (self->times->data, self->times->len * sizeof (int64_t),
                   wanted, sizeof wanted);
}

static void
test_free_does_not_wait (Fixture *self, gconstpointer data)
{
  SpcVideoEncoder *encoder = encoder_new (self, 64, 64, 0);
  g_autoptr (QxlImage) frame = grainy_film_frame (0, 64, 64);

  hold_worker (self);
  spc_video_encoder_push (encoder, frame, 1000, true);
  spc_video_encoder_push (encoder, frame, 2000, true);
  spc_video_encoder_free (encoder);
  g_assert_cmpint (frame->ref_count, ==, 1);
  g_assert_cmpuint (self->n_destroyed, ==, 0);
  let_worker_go (self);
  wait_for (self, &self->n_destroyed, 1);
  g_assert_cmpuint (self->files->len, ==, 0);
}

static void
test_jobs_stopped (Fixture *self, gconstpointer data)
{
  SpcVideoEncoder *encoder = encoder_new (self, 64, 64, 0);
  g_autoptr (QxlImage) frame = grainy_film_frame (0, 64, 64);

  spc_jobs_stop (self->jobs);
  for (int i = 0; i < 5; i++)
    spc_video_encoder_push (encoder, frame, i * 1000, true);
  spc_video_encoder_free (encoder);
  g_assert_cmpuint (self->n_destroyed, ==, 1);
  g_assert_cmpint (frame->ref_count, ==, 1);
}

/* the size of frames follows it, from the first one on */
static void
test_bitrate (Fixture *self, gconstpointer data)
{
  static const uint32_t rates_bps[] = {6000000, 2000000, 1000000, 8000000};
  g_autoptr (SpcVideoEncoder) encoder =
      encoder_new (self, 640, 360, rates_bps[0]);
  guint n = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (rates_bps); i++) {
    double bytes = 0, wanted = rates_bps[i] / 8 / FPS;

    spc_video_encoder_set_bitrate (encoder, rates_bps[i]);
    for (guint frame = 0; frame < 13; frame++) {
      g_autoptr (QxlImage) image = grainy_film_frame (n++, 640, 360);
      size_t size;

      spc_video_encoder_push (encoder, image, 1000 + n * INTERVAL_US, false);
      wait_for (self, &self->files->len, n);
      size = g_bytes_get_size (last_file (self));
      bytes += frame < 3 ? 0 : (double)size;
      if (i == 0 && frame == 0)
        g_assert_cmpfloat ((double)size, <, wanted * 1.4);
      if (frame >= 3 && rates_bps[i] <= 2000000)
        g_assert_false (self->is_finest);
    }
    g_test_message ("%u bit/s: %.0f bytes a frame, wanted %.0f", rates_bps[i],
                    bytes / 10, wanted);
    g_assert_cmpfloat (bytes / 10, >, wanted * 0.8);
    g_assert_cmpfloat (bytes / 10, <, wanted * 1.2);
  }
}

/* at a rate that is no limit */
static void
test_best_quality (Fixture *self, gconstpointer data)
{
  static const uint32_t rates_bps[] = {0, G_MAXUINT32};

  for (size_t i = 0; i < G_N_ELEMENTS (rates_bps); i++) {
    g_autoptr (SpcVideoEncoder) encoder =
        encoder_new (self, 640, 360, rates_bps[i]);
    g_autoptr (QxlImage) frame = NULL;
    guint n = self->files->len;

    for (guint f = 0; f < 5; f++) {
      g_clear_pointer (&frame, qxl_image_unref);
      frame = grainy_film_frame (f, 640, 360);
      spc_video_encoder_push (encoder, frame, 1000 + f * INTERVAL_US, false);
      wait_for (self, &self->files->len, n + f + 1);
      g_assert_true (self->is_finest);
    }
    g_test_message ("%.2f dB, %zu bytes", check_file (frame, last_file (self)),
                    g_bytes_get_size (last_file (self)));
    g_assert_cmpfloat (check_file (frame, last_file (self)), >, 35.9);
    g_assert_cmpuint (g_bytes_get_size (last_file (self)), <, 65000);
  }
}

static void
test_failure (Fixture *self, gconstpointer data)
{
  enum { WIDTH = 65502 }; /* more than libjpeg codes */
  g_autoptr (SpcVideoEncoder) encoder = encoder_new (self, WIDTH, 2, 0);
  g_autoptr (QxlImage) frame = grainy_film_frame (0, WIDTH, 2);

  for (int i = 0; i < 4; i++)
    spc_video_encoder_push (encoder, frame, i * 1000, true);
  wait_for (self, &self->n_failed, 1);
  g_clear_pointer (&encoder, spc_video_encoder_free);
  wait_for (self, &self->n_destroyed, 1);
  g_assert_cmpuint (self->n_failed, ==, 1);
  g_assert_cmpuint (self->files->len, ==, 0);
}

#define ADD(path, func)                                                        \
  g_test_add ("/mjpeg-encoder/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("packets-in-the-order-of-frames", test_order);
  ADD ("the-newest-two-wait", test_newest_win);
  ADD ("free-does-not-wait", test_free_does_not_wait);
  ADD ("stopped-jobs-drop-frames", test_jobs_stopped);
  ADD ("follows-the-bit-rate", test_bitrate);
  ADD ("over-35-dB-without-a-limit", test_best_quality);
  ADD ("fails-once", test_failure);
  return g_test_run ();
}

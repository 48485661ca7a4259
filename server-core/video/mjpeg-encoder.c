/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mjpeg-encoder.h"

#include "mjpeg-quality.h"
#include "server-core/image/jpeg-plan.h"

enum { MAX_WAITING = 2 };

/* Codes are learnt from every so many frames, and sooner once the step differs
 * by more than this ratio. Learning costs a third of a frame. */
#define LEARN_INTERVAL 24
#define LEARN_SOON_INTERVAL 4
#define LEARN_RATIO 1.25

typedef struct {
  QxlImage *image; /* owned */
  int64_t time_us;
} Frame;

typedef struct {
  SpcVideoEncoder parent;
  gint ref_count; /* the owner's, and each job's */
  SpcStrand *strand;
  SpcVideoSink sink;
  /* guarded by lock */
  GMutex lock;
  Frame waiting[MAX_WAITING]; /* a job each, the oldest first */
  guint n_waiting;
  uint32_t bitrate_bps;
  bool is_closed;
  /* strand only */
  uint32_t used_bps; /* what the quality was told */
  SpcMjpegQuality quality;
  SpcJpegPlan plan;
  double learnt_step; /* 0: nothing learnt yet */
  guint learnt_age;   /* frames */
} Mjpeg;

static void
mjpeg_unref (gpointer data)
{
  Mjpeg *self = data;

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  for (guint i = 0; i < self->n_waiting; i++)
    qxl_image_unref (self->waiting[i].image);
  if (self->sink.destroy)
    self->sink.destroy (self->sink.user_data);
  spc_strand_unref (self->strand);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* on a worker */

static gpointer
make_scratch (void)
{
  return spc_scratch_new ();
}

static void
free_scratch (gpointer data)
{
  spc_scratch_free (data);
}

static SpcScratch *
find_scratch (SpcWorker *worker)
{
  SpcScratch *scratch = spc_worker_local (worker, make_scratch, free_scratch);

  spc_scratch_use_blocks (scratch, spc_worker_blocks (worker));
  return scratch;
}

/* false: none waits, the encoder was freed */
static bool
take_frame (Mjpeg *self, Frame *frame, uint32_t *bitrate_bps)
{
  bool is_there;

  g_mutex_lock (&self->lock);
  is_there = self->n_waiting > 0;
  if (is_there) {
    *frame = self->waiting[0];
    self->waiting[0] = self->waiting[1];
    self->n_waiting--;
  }
  *bitrate_bps = self->bitrate_bps;
  g_mutex_unlock (&self->lock);
  return is_there;
}

static bool
needs_learning (const Mjpeg *self, double step)
{
  double ratio;

  if (self->learnt_step <= 0 || self->learnt_age >= LEARN_INTERVAL)
    return true;
  ratio = MAX (step, self->learnt_step) / MIN (step, self->learnt_step);
  return ratio > LEARN_RATIO && self->learnt_age >= LEARN_SOON_INTERVAL;
}

static bool
learn (Mjpeg *self, const QxlImage *image, SpcScratch *scratch, GError **error)
{
  bool is_first = self->learnt_step <= 0;
  double step = self->plan.step;
  size_t about = spc_jpeg_plan_learn (&self->plan, image, scratch, error);

  if (about == 0)
    return false;
  self->learnt_step = step;
  self->learnt_age = 0;
  if (!is_first)
    return true;
  spc_mjpeg_quality_note_estimate (&self->quality, step, about);
  spc_jpeg_plan_set_step (&self->plan, spc_mjpeg_quality_step (&self->quality));
  return true;
}

static GBytes *
encode_frame (Mjpeg *self, const Frame *frame, SpcScratch *scratch,
              GError **error)
{
  double step;
  GBytes *file;

  spc_mjpeg_quality_note_frame (&self->quality, frame->time_us);
  step = spc_mjpeg_quality_step (&self->quality);
  if (step != self->plan.step)
    spc_jpeg_plan_set_step (&self->plan, step);
  self->learnt_age++;
  if (needs_learning (self, step) &&
      !learn (self, frame->image, scratch, error))
    return NULL;
  file = spc_jpeg_plan_write (&self->plan, frame->image, scratch, error);
  if (file)
    spc_mjpeg_quality_note_size (&self->quality, g_bytes_get_size (file));
  return file;
}

/* whether the sink may be told: not after a failure, nor once freed */
static bool
is_open (Mjpeg *self, bool close)
{
  bool is_closed;

  g_mutex_lock (&self->lock);
  is_closed = self->is_closed;
  self->is_closed |= close;
  g_mutex_unlock (&self->lock);
  return !is_closed;
}

static void
encode_waiting (SpcWorker *worker, gpointer user_data)
{
  Mjpeg *self = user_data;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (GError) error = NULL;
  uint32_t bitrate_bps;
  Frame frame;

  if (!take_frame (self, &frame, &bitrate_bps))
    return;
  if (bitrate_bps != self->used_bps)
    spc_mjpeg_quality_set_bitrate (&self->quality, bitrate_bps);
  self->used_bps = bitrate_bps;
  file = encode_frame (self, &frame, find_scratch (worker), &error);
  qxl_image_unref (frame.image);
  if (!is_open (self, file == NULL))
    return;
  if (file)
    self->sink.packet (
        &(SpcVideoPacket){
            .bytes = file,
            .is_key = true,
            .is_finest = spc_mjpeg_quality_is_finest (&self->quality),
            .time_us = frame.time_us,
        },
        self->sink.user_data);
  else
    self->sink.failed (error, self->sink.user_data);
}

/* the class */

static void
mjpeg_push (SpcVideoEncoder *base, QxlImage *image, int64_t time_us,
            bool is_key)
{
  Mjpeg *self = (Mjpeg *)base;
  Frame frame = {.image = qxl_image_ref (image), .time_us = time_us};
  QxlImage *left_out = NULL;

  g_mutex_lock (&self->lock);
  if (self->is_closed) {
    left_out = frame.image;
  } else if (self->n_waiting == MAX_WAITING) {
    left_out = self->waiting[0].image;
    self->waiting[0] = self->waiting[1];
    self->waiting[1] = frame;
  } else {
    self->waiting[self->n_waiting++] = frame;
  }
  g_mutex_unlock (&self->lock);
  if (left_out) {
    qxl_image_unref (left_out);
    return;
  }
  g_atomic_int_inc (&self->ref_count);
  spc_strand_push (self->strand, encode_waiting, self, mjpeg_unref);
}

static void
mjpeg_set_bitrate (SpcVideoEncoder *base, uint32_t bitrate_bps)
{
  Mjpeg *self = (Mjpeg *)base;

  g_mutex_lock (&self->lock);
  self->bitrate_bps = bitrate_bps;
  g_mutex_unlock (&self->lock);
}

static void
mjpeg_free (SpcVideoEncoder *base)
{
  Mjpeg *self = (Mjpeg *)base;
  QxlImage *images[MAX_WAITING];
  guint n;

  g_mutex_lock (&self->lock);
  self->is_closed = true;
  n = self->n_waiting;
  self->n_waiting = 0;
  for (guint i = 0; i < n; i++)
    images[i] = self->waiting[i].image;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < n; i++)
    qxl_image_unref (images[i]);
  mjpeg_unref (self);
}

static const SpcVideoEncoderClass mjpeg_class = {
    .name = "mjpeg",
    .push = mjpeg_push,
    .set_bitrate = mjpeg_set_bitrate,
    .free = mjpeg_free,
};

SpcVideoEncoder *
spc_mjpeg_encoder_new (SpcJobs *jobs, const SpcVideoOrder *order,
                       const SpcVideoSink *sink)
{
  Mjpeg *self = g_new0 (Mjpeg, 1);

  self->parent.klass = &mjpeg_class;
  self->ref_count = 1;
  self->strand = spc_strand_new (jobs);
  self->sink = *sink;
  self->bitrate_bps = self->used_bps = order->bitrate_bps;
  g_mutex_init (&self->lock);
  spc_mjpeg_quality_init (&self->quality, order->bitrate_bps, order->fps);
  return &self->parent;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/encoder/gstspiceencoderpipe.h"

#include "gst/encoder/gstspiceaccessunit.h"
#include "gst/encoder/gstspiceencoderlog.h"
#include "gst/encoder/gstspicepacketgate.h"

#define MAX_WAITING 2
/* Frames inside elements whose times are kept; chips hold a handful. */
#define MAX_INSIDE 32
/* An element that takes this long over a frame hangs, or is of no use. The
 * first frame includes opening a device. */
#define HANG_US (2 * G_USEC_PER_SEC)
#define OPEN_US (5 * G_USEC_PER_SEC)
/* An element may keep this many frames before it gives the first back. */
#define MAX_DELAY 8
/* a change of the bit rate by less than 1 / this is not worth a restart */
#define RESTART_SHARE 8

typedef struct {
  QxlImage *image; /* owned; NULL: none */
  int64_t time_us;
  bool is_key;
} Frame;

/* a frame an element has and has given nothing for */
typedef struct {
  int64_t time_us;
  int64_t since_us; /* monotonic time of its push */
  bool is_key;      /* must come out as one */
} Inside;

typedef struct {
  SpcVideoEncoder encoder;
  gatomicrefcount ref_count;
  /* set by new, read by any thread */
  SpcVideoEncoderClass klass; /* its name is the element's */
  const GstSpiceEncoderEntry *entry;
  GstSpiceEncoderOwner owner;
  GstSpicePacketGate *gate; /* owned */
  /* its own thread */
  SpcVideoOrder order;
  GstSpiceEncoderLine *line; /* owned */
  Frame last;                /* what was pushed last */
  /* under the lock, which is never held while calling out */
  GMutex lock;
  GCond cond; /* something for the thread to do */
  Frame waiting[MAX_WAITING];
  guint n_waiting;
  Inside inside[MAX_INSIDE];
  guint n_inside;
  int64_t busy_since_us; /* 0: not in an element's code */
  uint32_t bitrate_bps;
  bool has_output;    /* of this line */
  bool wants_restart; /* of the line, and the last frame again */
  bool is_closed;
} Pipe;

/* life */

static void
clear_frame (Frame *frame)
{
  g_clear_pointer (&frame->image, qxl_image_unref);
}

static void
unref_pipe (Pipe *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint i = 0; i < self->n_waiting; i++)
    clear_frame (&self->waiting[i]);
  clear_frame (&self->last);
  gst_spice_packet_gate_unref (self->gate);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  if (self->owner.destroy)
    self->owner.destroy (self->owner.user_data);
  g_free (self);
}

/* any thread; once only does it reach the sink */
static void
fail (Pipe *self, const GError *error)
{
  bool was_closed;

  g_mutex_lock (&self->lock);
  was_closed = self->is_closed;
  self->is_closed = true;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  if (was_closed)
    return;
  GST_WARNING ("%s: %s", self->entry->factory, error->message);
  self->owner.failed (self->entry, error, self->owner.user_data);
  gst_spice_packet_gate_fail (self->gate, error);
}

static void
fail_with (Pipe *self, const char *what)
{
  g_autoptr (GError) error =
      g_error_new (GST_STREAM_ERROR, GST_STREAM_ERROR_ENCODE, "\"%s\" %s.",
                   self->entry->factory, what);

  fail (self, error);
}

/* what comes out of a line */

/* The frame a unit was made of, and those before it, of which nothing comes
 * any more: their wishes pass on to it. */
static Inside
take_inside (Pipe *self, int64_t time_us)
{
  Inside found = {.time_us = time_us};
  guint n = 0;

  while (n < self->n_inside && self->inside[n].time_us <= time_us) {
    found.time_us = self->inside[n].time_us;
    found.is_key = found.is_key || self->inside[n].is_key;
    n++;
  }
  self->n_inside -= n;
  memmove (self->inside, self->inside + n, self->n_inside * sizeof (Inside));
  return found;
}

static void
on_unit (GBytes *bytes, int64_t time_us, gpointer user_data)
{
  Pipe *self = user_data;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  bool is_key = gst_spice_access_unit_is_key (self->entry->codec, data, size);
  SpcVideoPacket packet = {.bytes = bytes, .is_key = is_key};
  Inside frame;
  bool is_broken_wish, is_first;

  g_mutex_lock (&self->lock);
  frame = take_inside (self, time_us);
  is_broken_wish = frame.is_key && !is_key;
  is_first = !self->has_output;
  self->has_output = true;
  if (is_broken_wish) {
    self->wants_restart = true;
    g_cond_signal (&self->cond);
  }
  g_mutex_unlock (&self->lock);
  packet.time_us = frame.time_us;
  if (is_broken_wish)
    GST_DEBUG ("%s: no key frame, but %" G_GSIZE_FORMAT " bytes",
               self->entry->factory, size);
  if (is_broken_wish && is_first)
    fail_with (self, "gives no key frame");
  /* what is begun anew begins with the same frame */
  else if (!is_broken_wish && size > 0)
    gst_spice_packet_gate_send (self->gate, &packet);
}

static void
on_line_failed (const GError *error, gpointer user_data)
{
  fail (user_data, error);
}

/* its own thread */

static void
drop_line (Pipe *self)
{
  g_clear_pointer (&self->line, gst_spice_encoder_line_free);
  g_mutex_lock (&self->lock);
  self->n_inside = 0;
  self->has_output = false;
  self->wants_restart = false;
  g_mutex_unlock (&self->lock);
}

static bool
open_line (Pipe *self)
{
  const GstSpiceEncoderLineFuncs funcs = {on_unit, on_line_failed, self};
  g_autoptr (GError) error = NULL;

  self->line =
      gst_spice_encoder_line_new (self->entry, &self->order, self->owner.setup,
                                  self->owner.user_data, &funcs, &error);
  if (self->line)
    return true;
  fail (self, error);
  return false;
}

static void
remember (Pipe *self, const Frame *frame, bool is_first)
{
  g_mutex_lock (&self->lock);
  if (self->n_inside == MAX_INSIDE)
    take_inside (self, self->inside[0].time_us);
  self->inside[self->n_inside++] = (Inside){
      frame->time_us, g_get_monotonic_time (), frame->is_key || is_first};
  g_mutex_unlock (&self->lock);
}

static void
feed (Pipe *self, const Frame *frame)
{
  bool is_first;

  if (self->line && frame->is_key && self->entry->key_needs_restart)
    drop_line (self);
  is_first = !self->line;
  if (is_first && !open_line (self))
    return;
  remember (self, frame, is_first);
  if (!gst_spice_encoder_line_push (self->line, frame->image, frame->time_us,
                                    frame->is_key))
    fail_with (self, "takes no more frames");
}

/* A rate an element takes only when it starts costs a key frame: small changes
 * wait. */
static void
obey_bitrate (Pipe *self, uint32_t bitrate_bps)
{
  uint32_t old_bps = self->order.bitrate_bps;
  uint32_t change_bps = MAX (old_bps, bitrate_bps) - MIN (old_bps, bitrate_bps);

  if (bitrate_bps == old_bps)
    return;
  if (!self->line ||
      gst_spice_encoder_line_set_bitrate (self->line, bitrate_bps)) {
    self->order.bitrate_bps = bitrate_bps;
    return;
  }
  if (change_bps < old_bps / RESTART_SHARE)
    return;
  self->order.bitrate_bps = bitrate_bps;
  drop_line (self);
}

typedef struct {
  Frame frame; /* owned */
  uint32_t bitrate_bps;
  bool is_restart;
} Work;

/* false: it is closed */
static bool
wait_for_work (Pipe *self, Work *work)
{
  bool is_closed;

  g_mutex_lock (&self->lock);
  self->busy_since_us = 0;
  while (!self->is_closed && self->n_waiting == 0 && !self->wants_restart)
    g_cond_wait (&self->cond, &self->lock);
  is_closed = self->is_closed;
  *work = (Work){.bitrate_bps = self->bitrate_bps,
                 .is_restart = self->wants_restart};
  if (!is_closed && self->n_waiting > 0) {
    work->frame = self->waiting[0];
    self->waiting[0] = self->waiting[1];
    self->n_waiting--;
  }
  self->busy_since_us = g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);
  return !is_closed;
}

static gpointer
run (gpointer data)
{
  Pipe *self = data;
  Work work;

  while (wait_for_work (self, &work)) {
    obey_bitrate (self, work.bitrate_bps);
    if (work.is_restart)
      drop_line (self);
    if (work.frame.image) {
      clear_frame (&self->last);
      self->last = work.frame;
    }
    if (self->last.image)
      feed (self, &self->last);
  }
  drop_line (self);
  unref_pipe (self);
  return NULL;
}

/* as an encoder: the loop thread */

/* lock held */
static bool
is_hanging (const Pipe *self)
{
  int64_t now_us = g_get_monotonic_time ();
  int64_t limit_us = self->has_output ? HANG_US : OPEN_US;

  if (self->busy_since_us && now_us - self->busy_since_us > limit_us)
    return true;
  return self->n_inside > MAX_DELAY &&
         now_us - self->inside[0].since_us > limit_us;
}

/* lock held */
static void
enqueue (Pipe *self, Frame *frame)
{
  if (self->is_closed) {
    clear_frame (frame);
    return;
  }
  if (self->n_waiting < MAX_WAITING) {
    self->waiting[self->n_waiting++] = *frame;
    return;
  }
  /* the older one goes, its wish stays */
  self->waiting[1].is_key = self->waiting[1].is_key || self->waiting[0].is_key;
  clear_frame (&self->waiting[0]);
  self->waiting[0] = self->waiting[1];
  self->waiting[1] = *frame;
}

static void
push (SpcVideoEncoder *encoder, QxlImage *image, int64_t time_us, bool is_key)
{
  Pipe *self = (Pipe *)encoder;
  Frame frame = {qxl_image_ref (image), time_us, is_key};
  bool hangs;

  g_mutex_lock (&self->lock);
  hangs = is_hanging (self);
  enqueue (self, &frame);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  if (hangs)
    fail_with (self, "hangs");
}

static void
set_bitrate (SpcVideoEncoder *encoder, uint32_t bitrate_bps)
{
  Pipe *self = (Pipe *)encoder;

  g_mutex_lock (&self->lock);
  self->bitrate_bps = bitrate_bps;
  g_mutex_unlock (&self->lock);
}

static void
free_encoder (SpcVideoEncoder *encoder)
{
  Pipe *self = (Pipe *)encoder;
  bool hangs;

  gst_spice_packet_gate_shut (self->gate);
  g_mutex_lock (&self->lock);
  hangs = !self->is_closed && is_hanging (self);
  g_mutex_unlock (&self->lock);
  if (hangs)
    fail_with (self, "hangs");
  g_mutex_lock (&self->lock);
  self->is_closed = true;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  unref_pipe (self);
}

static Pipe *
make (const GstSpiceEncoderEntry *entry, const SpcVideoOrder *order,
      const GstSpiceEncoderOwner *owner, const SpcVideoSink *sink)
{
  Pipe *self = g_new0 (Pipe, 1);

  self->klass = (SpcVideoEncoderClass){
      .name = entry->factory,
      .push = push,
      .set_bitrate = set_bitrate,
      .free = free_encoder,
  };
  self->encoder.klass = &self->klass;
  g_atomic_ref_count_init (&self->ref_count);
  self->entry = entry;
  self->owner = *owner;
  self->gate = gst_spice_packet_gate_new (sink);
  self->order = *order;
  self->bitrate_bps = order->bitrate_bps;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  return self;
}

SpcVideoEncoder *
gst_spice_encoder_pipe_new (const GstSpiceEncoderEntry *entry,
                            const SpcVideoOrder *order,
                            const GstSpiceEncoderOwner *owner,
                            const SpcVideoSink *sink, GError **error)
{
  Pipe *self = make (entry, order, owner, sink);
  GThread *thread;

  g_atomic_ref_count_inc (&self->ref_count);
  thread = g_thread_try_new ("spice-encoder", run, self, error);
  if (thread) {
    g_thread_unref (thread);
    return &self->encoder;
  }
  unref_pipe (self);
  unref_pipe (self);
  return NULL;
}

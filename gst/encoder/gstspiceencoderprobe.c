/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/encoder/gstspiceencoderprobe.h"

#include "gst/encoder/gstspiceencoderlog.h"
#include "gst/encoder/gstspiceencoderpipe.h"
#include "gst/encoder/gstspiceencoderroom.h"

/* A picture no chip is too coarse for, and how long one may take to open its
 * device and make a key frame of it. */
#define PROBE_WIDTH 320u
#define PROBE_HEIGHT 240u
#define PROBE_BPS 2000000u
#define PROBE_FPS 25u
#define PROBE_US (5 * G_USEC_PER_SEC)
/* frames an element may keep before it gives the first back */
#define PROBE_FRAMES 10

typedef enum { UNKNOWN, ABSENT, WORKS, FAILS } State;

typedef struct {
  State state;
  GError *error; /* owned; why it fails */
} Row;

typedef struct {
  GstSpiceEncoderFailedFunc func;
  gpointer user_data;
} Listener;

struct _GstSpiceEncoderProbe {
  /* set at construction, read by any thread */
  const GstSpiceEncoderEntry *entries;
  guint n_entries;
  /* under the lock */
  GMutex lock;
  GCond cond; /* the thread ended */
  Row *rows;
  guint wanted; /* codecs, bit 1 << number */
  bool is_running;
  guint generation; /* how often all was known */
  /* under their lock, which is held while they are told */
  GMutex listeners_lock;
  GArray *listeners; /* Listener */
};

/* listeners */

static void
tell (GstSpiceEncoderProbe *self, const GstSpiceEncoderEntry *entry,
      const GError *error)
{
  g_mutex_lock (&self->listeners_lock);
  for (guint i = 0; i < self->listeners->len; i++) {
    Listener *listener = &g_array_index (self->listeners, Listener, i);

    listener->func (entry->factory, error, listener->user_data);
  }
  g_mutex_unlock (&self->listeners_lock);
}

void
gst_spice_encoder_probe_listen (GstSpiceEncoderProbe *self,
                                GstSpiceEncoderFailedFunc func,
                                gpointer user_data)
{
  const Listener listener = {func, user_data};

  g_mutex_lock (&self->listeners_lock);
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_entries; i++)
    if (self->rows[i].error)
      func (self->entries[i].factory, self->rows[i].error, user_data);
  g_mutex_unlock (&self->lock);
  g_array_append_val (self->listeners, listener);
  g_mutex_unlock (&self->listeners_lock);
}

void
gst_spice_encoder_probe_unlisten (GstSpiceEncoderProbe *self,
                                  gpointer user_data)
{
  g_mutex_lock (&self->listeners_lock);
  for (guint i = self->listeners->len; i-- > 0;)
    if (g_array_index (self->listeners, Listener, i).user_data == user_data)
      g_array_remove_index (self->listeners, i);
  g_mutex_unlock (&self->listeners_lock);
}

/* one element tried */

typedef struct {
  GMutex lock;
  GCond cond;
  bool has_key, is_destroyed;
  GError *error; /* owned */
} Trial;

static void
on_packet (const SpcVideoPacket *packet, gpointer user_data)
{
  Trial *trial = user_data;

  g_mutex_lock (&trial->lock);
  trial->has_key = trial->has_key || packet->is_key;
  g_cond_signal (&trial->cond);
  g_mutex_unlock (&trial->lock);
}

static void
on_failed (const GError *error, gpointer user_data)
{
  Trial *trial = user_data;

  g_mutex_lock (&trial->lock);
  trial->error = g_error_copy (error);
  g_cond_signal (&trial->cond);
  g_mutex_unlock (&trial->lock);
}

static void
on_destroyed (gpointer user_data)
{
  Trial *trial = user_data;

  g_mutex_lock (&trial->lock);
  trial->is_destroyed = true;
  g_cond_signal (&trial->cond);
  g_mutex_unlock (&trial->lock);
}

static void
ignore_failed (const GstSpiceEncoderEntry *entry, const GError *error,
               gpointer user_data)
{
}

static QxlImage *
grey_picture (void)
{
  uint8_t *pixels;
  QxlImage *image =
      qxl_image_new (QXL_FORMAT_BGRX, PROBE_WIDTH, PROBE_HEIGHT, &pixels);

  memset (pixels, 0x80, qxl_image_size (image));
  return image;
}

/* Frames are given one by one, each when nothing came of those before for a
 * while, since the queue of two leaves out what comes too fast. */
static void
feed (Trial *trial, SpcVideoEncoder *encoder)
{
  g_autoptr (QxlImage) picture = grey_picture ();
  int64_t start_us = g_get_monotonic_time ();
  int64_t step_us = PROBE_US / PROBE_FRAMES / 4;

  for (guint i = 0; !trial->has_key && !trial->error; i++) {
    int64_t wake_us = i < PROBE_FRAMES ? g_get_monotonic_time () + step_us
                                       : start_us + PROBE_US;

    if (i > PROBE_FRAMES)
      break;
    g_mutex_unlock (&trial->lock);
    spc_video_encoder_push (encoder, picture,
                            (int64_t)i * G_USEC_PER_SEC / PROBE_FPS, i == 0);
    g_mutex_lock (&trial->lock);
    while (!trial->has_key && !trial->error &&
           g_cond_wait_until (&trial->cond, &trial->lock, wake_us))
      ;
  }
}

/* NULL: it works */
static GError *
try (const GstSpiceEncoderEntry *entry)
{
  const SpcVideoOrder order = {entry->codec, PROBE_WIDTH, PROBE_HEIGHT,
                               PROBE_BPS, PROBE_FPS};
  const GstSpiceEncoderOwner owner = {.failed = ignore_failed};
  Trial trial = {0};
  const SpcVideoSink sink = {on_packet, on_failed, &trial, on_destroyed};
  SpcVideoEncoder *encoder;

  g_mutex_init (&trial.lock);
  g_cond_init (&trial.cond);
  encoder =
      gst_spice_encoder_pipe_new (entry, &order, &owner, &sink, &trial.error);
  g_mutex_lock (&trial.lock);
  if (encoder)
    feed (&trial, encoder);
  g_mutex_unlock (&trial.lock);
  spc_video_encoder_free (encoder);
  g_mutex_lock (&trial.lock);
  while (!trial.is_destroyed) /* a call under way returns at once */
    g_cond_wait (&trial.cond, &trial.lock);
  g_mutex_unlock (&trial.lock);
  if (!trial.has_key && !trial.error)
    trial.error =
        g_error_new (GST_STREAM_ERROR, GST_STREAM_ERROR_ENCODE,
                     "\"%s\" gave no key frame within %d s.", entry->factory,
                     (int)(PROBE_US / G_USEC_PER_SEC));
  if (trial.has_key)
    g_clear_error (&trial.error);
  g_mutex_clear (&trial.lock);
  g_cond_clear (&trial.cond);
  return trial.error;
}

static bool
is_installed (const GstSpiceEncoderEntry *entry)
{
  g_autoptr (GstElementFactory) factory =
      gst_element_factory_find (entry->factory);

  return factory != NULL;
}

/* the thread */

/* Lock held. The best entry of a wanted codec that must be known to tell which
 * one of the codec works; -1: none. */
static int
next_unknown (GstSpiceEncoderProbe *self)
{
  guint found = 0;

  for (guint i = 0; i < self->n_entries; i++) {
    guint codec = 1u << self->entries[i].codec;

    if (!(self->wanted & codec) || (found & codec))
      continue;
    if (self->rows[i].state == UNKNOWN)
      return (int)i;
    if (self->rows[i].state == WORKS)
      found |= codec;
  }
  return -1;
}

/* lock held; takes @error */
static void
settle (Row *row, State state, GError *error)
{
  row->state = state;
  g_clear_error (&row->error);
  row->error = error;
}

static void
look_at (GstSpiceEncoderProbe *self, guint index)
{
  const GstSpiceEncoderEntry *entry = &self->entries[index];
  bool is_there = is_installed (entry);
  GError *error = is_there ? try (entry) : NULL;

  if (is_there)
    GST_INFO ("%s %s", entry->factory, error ? error->message : "works");
  g_mutex_lock (&self->lock);
  settle (&self->rows[index],
          error      ? FAILS
          : is_there ? WORKS
                     : ABSENT,
          error ? g_error_copy (error) : NULL);
  g_mutex_unlock (&self->lock);
  if (error)
    tell (self, entry, error);
  g_clear_error (&error);
}

static gpointer
run (gpointer data)
{
  GstSpiceEncoderProbe *self = data;
  int index;

  for (;;) {
    g_mutex_lock (&self->lock);
    index = gst_spice_encoder_has_room () ? next_unknown (self) : -1;
    self->is_running = index >= 0;
    self->generation += index < 0;
    g_cond_broadcast (&self->cond);
    g_mutex_unlock (&self->lock);
    if (index < 0)
      break;
    look_at (self, (guint)index);
  }
  gst_spice_encoder_probe_unref (self);
  return NULL;
}

/* lock held */
static void
start_thread (GstSpiceEncoderProbe *self)
{
  g_autoptr (GThread) thread = NULL;

  if (self->is_running || next_unknown (self) < 0 ||
      !gst_spice_encoder_has_room ()) /* it would fail for that */
    return;
  gst_spice_encoder_probe_ref (self);
  thread = g_thread_try_new ("spice-probe", run, self, NULL);
  self->is_running = thread != NULL;
  if (!thread) /* tried again when somebody asks again */
    g_atomic_rc_box_release (self);
}

/* life */

GstSpiceEncoderProbe *
gst_spice_encoder_probe_new (const GstSpiceEncoderEntry *entries,
                             guint n_entries)
{
  GstSpiceEncoderProbe *self = g_atomic_rc_box_new0 (GstSpiceEncoderProbe);

  self->entries = entries;
  self->n_entries = n_entries;
  self->rows = g_new0 (Row, n_entries);
  self->listeners = g_array_new (FALSE, FALSE, sizeof (Listener));
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_mutex_init (&self->listeners_lock);
  return self;
}

GstSpiceEncoderProbe *
gst_spice_encoder_probe_get_shared (void)
{
  static gsize shared = 0;

  if (g_once_init_enter (&shared)) {
    guint n;
    const GstSpiceEncoderEntry *entries = gst_spice_encoder_table (&n);

    g_once_init_leave (&shared,
                       (gsize)gst_spice_encoder_probe_new (entries, n));
  }
  return gst_spice_encoder_probe_ref ((GstSpiceEncoderProbe *)shared);
}

GstSpiceEncoderProbe *
gst_spice_encoder_probe_ref (GstSpiceEncoderProbe *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_probe (gpointer data)
{
  GstSpiceEncoderProbe *self = data;

  for (guint i = 0; i < self->n_entries; i++)
    g_clear_error (&self->rows[i].error);
  g_free (self->rows);
  g_array_unref (self->listeners);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->listeners_lock);
}

void
gst_spice_encoder_probe_unref (GstSpiceEncoderProbe *self)
{
  if (self)
    g_atomic_rc_box_release_full (self, clear_probe);
}

/* work */

void
gst_spice_encoder_probe_start (GstSpiceEncoderProbe *self, guint codecs)
{
  g_mutex_lock (&self->lock);
  self->wanted |= codecs;
  start_thread (self);
  g_mutex_unlock (&self->lock);
}

const GstSpiceEncoderEntry *
gst_spice_encoder_probe_find (GstSpiceEncoderProbe *self, uint8_t codec)
{
  const GstSpiceEncoderEntry *found = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_entries && !found; i++) {
    if (self->entries[i].codec != codec)
      continue;
    if (self->rows[i].state == UNKNOWN)
      break; /* it may be better than those after it */
    if (self->rows[i].state == WORKS)
      found = &self->entries[i];
  }
  g_mutex_unlock (&self->lock);
  return found;
}

guint
gst_spice_encoder_probe_generation (GstSpiceEncoderProbe *self)
{
  guint generation;

  g_mutex_lock (&self->lock);
  generation = self->generation;
  g_mutex_unlock (&self->lock);
  return generation;
}

void
gst_spice_encoder_probe_fail (GstSpiceEncoderProbe *self,
                              const GstSpiceEncoderEntry *entry,
                              const GError *error)
{
  guint index = (guint)(entry - self->entries);

  g_return_if_fail (index < self->n_entries);
  g_mutex_lock (&self->lock);
  settle (&self->rows[index], FAILS, g_error_copy (error));
  start_thread (self);
  g_mutex_unlock (&self->lock);
  tell (self, entry, error);
}

bool
gst_spice_encoder_probe_wait (GstSpiceEncoderProbe *self, int64_t timeout_us)
{
  int64_t end_us = g_get_monotonic_time () + timeout_us;
  bool is_known = true;

  g_mutex_lock (&self->lock);
  while (self->is_running && is_known)
    is_known = g_cond_wait_until (&self->cond, &self->lock, end_us);
  g_mutex_unlock (&self->lock);
  return is_known;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicefilm.h"

#include "gst/spicesink/gstspicedecoder.h"
#include "gst/spicesink/gstspicefilmrate.h"
#include "qxl/surface.h"
#include "server-core/display/gop.h"
#include "server-core/wire/protocol.h"

GST_DEBUG_CATEGORY_STATIC (film_debug);
#define GST_CAT_DEFAULT film_debug

#define KEY_INTERVAL_US (500 * 1000)
/* decoders begun for one film that failed: it is not the packets' fault */
#define MAX_FAILURES 3
/* of a picture: what 8192×8192 has. Twice as many would be 1/2 GiB of black. */
#define MAX_PIXELS (G_GUINT64_CONSTANT (1) << 26)

struct _GstSpiceFilm {
  /* set at construction */
  SpcDisplay *display;
  GstSpiceFeed *feed; /* not owned */
  gboolean always_decodes;
  /* pad thread */
  guint8 codec; /* 0: there is no film */
  int width, height;
  /* under the lock, which is held while nothing is waited for */
  GMutex lock;
  GCond settled;
  GstElement *element;   /* NULL: stopped */
  GstSpiceNav *nav;      /* not owned; NULL: stopped */
  GstCaps *caps;         /* of the packets, or NULL */
  SpcGop gop;            /* what a decoder begins with */
  gboolean wants_frames; /* there are viewers who need them */
  gboolean wants_still;  /* they would be of use */
  gboolean is_settling, has_failed, has_warned;
  guint n_failures;
  GstSpiceDecoder *decoder; /* or NULL */
  gboolean wants_key;
  gint64 key_us; /* when one was asked for */
  guint n_keys;
};

/* clang-format off */
static const struct {
  const char *name;
  guint8 codec;
} codecs[] = {
  { "image/jpeg", SPICE_VIDEO_CODEC_TYPE_MJPEG },
  { "video/x-h264", SPICE_VIDEO_CODEC_TYPE_H264 },
  { "video/x-h265", SPICE_VIDEO_CODEC_TYPE_H265 },
  { "video/x-vp8", SPICE_VIDEO_CODEC_TYPE_VP8 },
  { "video/x-vp9", SPICE_VIDEO_CODEC_TYPE_VP9 },
};
/* clang-format on */

static guint8
codec_of (const GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (gst_structure_has_name (structure, codecs[i].name))
      return codecs[i].codec;
  return 0;
}

static void
clear_film (gpointer data)
{
  GstSpiceFilm *self = data;

  gst_clear_caps (&self->caps);
  spc_gop_clear (&self->gop);
  g_object_unref (self->display);
  g_cond_clear (&self->settled);
  g_mutex_clear (&self->lock);
}

static void
release (gpointer self)
{
  g_atomic_rc_box_release_full (self, clear_film);
}

/* key frames */

/* lock held */
static void
ask_for_key (GstSpiceFilm *self)
{
  gint64 now_us = g_get_monotonic_time ();

  self->wants_key = TRUE;
  if (!self->nav || !self->caps || now_us - self->key_us < KEY_INTERVAL_US)
    return;
  self->wants_key = FALSE;
  self->key_us = now_us;
  gst_spice_nav_push_upstream (self->nav,
                               gst_video_event_new_upstream_force_key_unit (
                                   GST_CLOCK_TIME_NONE, TRUE, self->n_keys++));
}

/* pictures */

static void kick (GstSpiceFilm *self);

static void
on_frame (GstBuffer *buffer, const GstVideoInfo *info, gpointer user_data)
{
  const GstSpiceFilm *self = user_data;

  gst_spice_feed_push (self->feed, buffer, info);
}

static gboolean
is_hopeless (const GError *error)
{
  return g_error_matches (error, GST_CORE_ERROR,
                          GST_CORE_ERROR_MISSING_PLUGIN) ||
         g_error_matches (error, GST_STREAM_ERROR,
                          GST_STREAM_ERROR_CODEC_NOT_FOUND) ||
         error->domain == GST_PARSE_ERROR;
}

/* lock held; else a film goes on well without a decoder */
static gboolean
is_needed (const GstSpiceFilm *self)
{
  return self->wants_frames || self->always_decodes;
}

static void
on_decoder_failed (const GError *error, gpointer user_data)
{
  GstSpiceFilm *self = user_data;
  g_autoptr (GstElement) element = NULL;
  g_autoptr (GstCaps) caps = NULL;

  g_mutex_lock (&self->lock);
  self->has_failed = TRUE;
  self->n_failures = is_hopeless (error) ? MAX_FAILURES : self->n_failures + 1;
  if (self->element && self->caps && !self->has_warned && is_needed (self)) {
    element = gst_object_ref (self->element);
    caps = gst_caps_ref (self->caps);
    self->has_warned = TRUE;
  }
  kick (self);
  g_mutex_unlock (&self->lock);
  if (element)
    GST_ELEMENT_WARNING (
        element, STREAM, CODEC_NOT_FOUND,
        ("Viewers that cannot decode %s do not see the film.",
         gst_structure_get_name (gst_caps_get_structure (caps, 0))),
        ("it cannot be decoded for them: %s", error->message));
}

/* applications offer to install what is missing */
static void
on_decoder_message (GstMessage *message, gpointer user_data)
{
  GstSpiceFilm *self = user_data;
  g_autoptr (GstElement) element = NULL;

  if (!gst_message_has_name (message, "missing-plugin"))
    return;
  g_mutex_lock (&self->lock);
  if (self->element && !self->has_warned && is_needed (self))
    element = gst_object_ref (self->element);
  g_mutex_unlock (&self->lock);
  if (element)
    gst_element_post_message (element, gst_message_ref (message));
}

/* lock held */
static gboolean
wants_decoder (const GstSpiceFilm *self)
{
  return self->element && self->caps && !self->has_failed &&
         (is_needed (self) || self->wants_still);
}

/* lock held; @decoder: new, or behind */
static void
use_decoder (GstSpiceFilm *self, GstSpiceDecoder *decoder)
{
  self->decoder = decoder;
  gst_spice_decoder_expect (decoder, spc_gop_length (&self->gop));
  for (guint i = 0; i < spc_gop_length (&self->gop); i++) {
    const SpcVideoPacket *packet = spc_gop_at (&self->gop, i);
    gst_spice_decoder_push (decoder, packet->bytes, packet->is_key);
  }
  if (spc_gop_length (&self->gop) == 0)
    ask_for_key (self);
}

/* What was left out comes after all, if nothing else does: the last picture is
 * worth more than those before it. Lock held. */
static void
catch_up (GstSpiceFilm *self)
{
  if (self->wants_still && self->decoder &&
      gst_spice_decoder_is_stuck (self->decoder))
    use_decoder (self, self->decoder);
}

static void
on_idle (gpointer user_data)
{
  GstSpiceFilm *self = user_data;

  g_mutex_lock (&self->lock);
  catch_up (self);
  g_mutex_unlock (&self->lock);
}

static const GstSpiceDecoderFuncs decoder_funcs = {.frame = on_frame,
                                                   .idle = on_idle,
                                                   .failed = on_decoder_failed,
                                                   .message =
                                                       on_decoder_message};

/* a thread of its own: beginning and ending take a while */
static void
settle (GstElement *element, gpointer data)
{
  GstSpiceFilm *self = data;

  g_mutex_lock (&self->lock);
  while (wants_decoder (self) != (self->decoder != NULL)) {
    GstSpiceDecoder *old = g_steal_pointer (&self->decoder), *new = NULL;
    g_autoptr (GstCaps) caps = old ? NULL : gst_caps_ref (self->caps);

    g_mutex_unlock (&self->lock);
    if (caps)
      new = gst_spice_decoder_new (caps, &decoder_funcs, self);
    GST_DEBUG_OBJECT (element, "the film is %s",
                      new ? "decoded, too" : "not decoded any more");
    gst_spice_decoder_free (old);
    g_mutex_lock (&self->lock);
    if (new)
      use_decoder (self, new);
  }
  self->is_settling = FALSE;
  g_cond_broadcast (&self->settled);
  g_mutex_unlock (&self->lock);
}

/* lock held */
static void
kick (GstSpiceFilm *self)
{
  if (self->is_settling || !self->element ||
      wants_decoder (self) == (self->decoder != NULL))
    return;
  self->is_settling = TRUE;
  gst_element_call_async (self->element, settle, g_atomic_rc_box_acquire (self),
                          release);
}

/* Who needs frames is told why there are none; so they are tried once more if
 * nobody needed those that failed. Lock held. */
static void
take_wants (GstSpiceFilm *self, guint wants)
{
  gboolean were_needed = self->wants_frames;

  self->wants_frames = (wants & SPC_FILM_WANTS_FRAMES) != 0;
  self->wants_still = (wants & SPC_FILM_WANTS_STILL) != 0;
  if (self->wants_frames && !were_needed && !self->has_warned) {
    self->has_failed = FALSE;
    self->n_failures = 0;
  }
}

/* loop */
static void
on_wants (guint wants, guint bitrate_bps, gpointer user_data)
{
  GstSpiceFilm *self = user_data;

  g_mutex_lock (&self->lock);
  take_wants (self, wants);
  kick (self);
  catch_up (self);
  if (wants & SPC_FILM_WANTS_KEY)
    ask_for_key (self);
  if (self->element)
    gst_spice_film_rate_set (self->element, bitrate_bps);
  g_mutex_unlock (&self->lock);
}

/* No picture of the film comes any more when it returns. */
static void
drop_decoder (GstSpiceFilm *self)
{
  GstSpiceDecoder *decoder;

  g_mutex_lock (&self->lock);
  gst_clear_caps (&self->caps);
  while (self->is_settling)
    g_cond_wait (&self->settled, &self->lock);
  decoder = g_steal_pointer (&self->decoder);
  spc_gop_forget (&self->gop);
  g_mutex_unlock (&self->lock);
  gst_spice_decoder_free (decoder);
}

/* life */

GstSpiceFilm *
gst_spice_film_new (const GstSpiceFilmSetup *setup)
{
  static gsize once = 0;
  GstSpiceFilm *self = g_atomic_rc_box_new0 (GstSpiceFilm);

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (film_debug, "spicefilm", 0, "SPICE films");
    g_once_init_leave (&once, 1);
  }
  self->display = g_object_ref (setup->display);
  self->feed = setup->feed;
  self->nav = setup->nav;
  self->always_decodes = setup->always_decodes;
  self->element = gst_object_ref (setup->element);
  self->key_us = -KEY_INTERVAL_US;
  spc_gop_init (&self->gop);
  g_mutex_init (&self->lock);
  g_cond_init (&self->settled);
  spc_display_set_film_func (self->display, on_wants,
                             g_atomic_rc_box_acquire (self), release);
  return self;
}

void
gst_spice_film_stop (GstSpiceFilm *self)
{
  g_autoptr (GstElement) element = NULL;

  if (!self)
    return;
  spc_display_set_film_func (self->display, NULL, NULL, NULL);
  g_mutex_lock (&self->lock);
  element = g_steal_pointer (&self->element);
  self->nav = NULL;
  g_mutex_unlock (&self->lock);
  if (element)
    gst_spice_film_rate_set (element, 0);
  drop_decoder (self);
  release (self);
}

/* work */

gboolean
gst_spice_film_is_film (const GstCaps *caps)
{
  return codec_of (caps) != 0;
}

/* what viewers see before the first frame; decoded ones are compared with it */
static void
show_black (GstSpiceFilm *self)
{
  GstVideoInfo info;
  g_autoptr (GstBuffer) black = NULL;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_BGRx, (guint)self->width,
                             (guint)self->height);
  black = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&info), NULL);
  gst_buffer_memset (black, 0, 0, GST_VIDEO_INFO_SIZE (&info));
  gst_spice_feed_push (self->feed, black, &info);
}

static gboolean
parse_size (const GstCaps *caps, int *width, int *height)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);

  return gst_structure_get_int (structure, "width", width) &&
         gst_structure_get_int (structure, "height", height) && *width > 0 &&
         *height > 0 && *width <= (int)QXL_SURFACE_MAX_SIDE &&
         *height <= (int)QXL_SURFACE_MAX_SIDE &&
         (guint64)*width * (guint64)*height <= MAX_PIXELS;
}

static void
use_caps (GstSpiceFilm *self, GstCaps *caps)
{
  g_mutex_lock (&self->lock);
  self->caps = gst_caps_ref (caps);
  self->has_failed = self->has_warned = FALSE;
  self->n_failures = 0;
  kick (self);
  g_mutex_unlock (&self->lock);
}

gboolean
gst_spice_film_begin (GstSpiceFilm *self, GstCaps *caps)
{
  SpcFilm film = {.is_film = true, .codec = codec_of (caps)};
  int width, height;
  gboolean is_new;

  if (film.codec == 0 || !parse_size (caps, &width, &height)) {
    GST_ERROR ("no film of a size from 1 to %u has %" GST_PTR_FORMAT
               "; a parser may be missing before the sink",
               QXL_SURFACE_MAX_SIDE, caps);
    return FALSE;
  }
  drop_decoder (self);
  is_new = self->codec == 0 || width != self->width || height != self->height;
  self->codec = film.codec;
  self->width = width;
  self->height = height;
  film.width = (uint32_t)width;
  film.height = (uint32_t)height;
  if (is_new)
    show_black (self);
  spc_display_set_film (self->display, &film);
  use_caps (self, caps);
  return TRUE;
}

void
gst_spice_film_end (GstSpiceFilm *self, gboolean is_film)
{
  drop_decoder (self);
  self->codec = 0;
  spc_display_set_film (self->display, &(SpcFilm){.is_film = is_film});
}

/* what was asked for before, and is allowed now; another try at decoding */
static void
take_packet (GstSpiceFilm *self, const SpcVideoPacket *packet)
{
  g_mutex_lock (&self->lock);
  spc_gop_add (&self->gop, packet);
  if (packet->is_key) {
    self->wants_key = FALSE;
    self->has_failed &= self->n_failures >= MAX_FAILURES;
    kick (self);
  }
  if (self->wants_key)
    ask_for_key (self);
  if (self->decoder &&
      !gst_spice_decoder_push (self->decoder, packet->bytes, packet->is_key))
    ask_for_key (self);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_film_push (GstSpiceFilm *self, GstBuffer *buffer)
{
  SpcVideoPacket packet = {
      .is_key = self->codec == SPICE_VIDEO_CODEC_TYPE_MJPEG ||
                !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT),
      .time_us = g_get_monotonic_time (),
  };
  gsize size = gst_buffer_get_size (buffer);
  gpointer data = NULL;

  if (size == 0 || size > SPC_MAX_FILM_PACKET_BYTES)
    return;
  gst_buffer_extract_dup (buffer, 0, size, &data, &size);
  packet.bytes = g_bytes_new_take (data, size);
  take_packet (self, &packet);
  spc_display_post_packet (self->display, &packet);
  g_bytes_unref (packet.bytes);
}

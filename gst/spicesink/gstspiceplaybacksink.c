/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-spiceplaybacksink
 * @title: spiceplaybacksink
 * @short_description: plays sound to SPICE viewers
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 audiotestsrc is-live=true wave=ticks ! spiceplaybacksink
 * ]|
 * Open spice://127.0.0.1:5900 in a viewer.
 *
 * Sound is cut into packets of 10 ms, as Opus for viewers that take it and raw
 * for others, and stamped with the time at which it is to be heard. Opus needs
 * a rate of 48, 24, 12 or 8 kHz. A viewer that is more than 200 ms behind loses
 * its oldest packets. In PAUSED, at the end, and after half a second of
 * #GST_EVENT_GAP or of buffers marked as gaps, viewers hear silence.
 *
 * #GstStreamVolume sets the volume in the viewers; samples are not changed.
 */
#include "gst/spicesink/gstspiceplaybacksink.h"

#include "gst/common/gstspiceaudio.h"
#include "gst/common/gstspiceclock.h"
#include "gst/common/gstspiceuser.h"
#include "gst/spicesink/gstspicesound.h"
#include "server-core/audio/audio-clock.h"

#include <gst/audio/streamvolume.h>

GST_DEBUG_CATEGORY_STATIC (playback_sink_debug);
#define GST_CAT_DEFAULT playback_sink_debug

/* how far ahead of the clock packets of a long buffer are handed over: half of
 * what waits for a viewer at most (SPC_MAX_AUDIO_PACKETS) */
#define MAX_AHEAD_PACKETS 10
#define PACKET_TIME(rate)                                                      \
  gst_util_uint64_scale (SPC_AUDIO_FRAMES, GST_SECOND, (rate))
#define MAX_GAP (SPC_AUDIO_GAP_MS * GST_MSECOND)

struct _GstSpicePlaybackSink {
  GstBaseSink parent;
  /* set at construction */
  GstSpiceUser *user;
  /* object lock */
  GstSpiceAudioSettings settings;
  SpcPlayback *channel; /* between start and stop */
  /* streaming thread, or preroll lock */
  GstSpiceSound *sound; /* between start and stop */
  GstAudioInfo info;
  GstClockTime gap; /* length of the gap so far */
};

enum {
  PROP_0,
  PROP_FIRST_AUDIO,
};

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
                             GST_STATIC_CAPS (GST_SPICE_AUDIO_CAPS));

G_DEFINE_FINAL_TYPE_WITH_CODE (
    GstSpicePlaybackSink, gst_spice_playback_sink, GST_TYPE_BASE_SINK,
    G_IMPLEMENT_INTERFACE (GST_TYPE_CHILD_PROXY,
                           gst_spice_user_child_proxy_init)
        G_IMPLEMENT_INTERFACE (GST_TYPE_STREAM_VOLUME, NULL)
            GST_DEBUG_CATEGORY_INIT (playback_sink_debug, "spiceplaybacksink",
                                     0, "SPICE playback sink"))
GST_ELEMENT_REGISTER_DEFINE (spiceplaybacksink, "spiceplaybacksink",
                             GST_RANK_NONE, GST_TYPE_SPICE_PLAYBACK_SINK)

/* start and stop */

/* tells viewers what somebody has set */
static void
apply_volume (GstSpicePlaybackSink *self)
{
  g_autoptr (SpcPlayback) channel = NULL;
  GstSpiceAudioSettings settings;
  uint16_t amplitudes[2];

  GST_OBJECT_LOCK (self);
  g_set_object (&channel, self->channel);
  settings = self->settings;
  GST_OBJECT_UNLOCK (self);
  if (!channel)
    return;
  gst_spice_audio_volume (settings.volume, amplitudes);
  if (settings.has_volume)
    spc_playback_set_volume (channel, amplitudes, G_N_ELEMENTS (amplitudes));
  if (settings.has_mute)
    spc_playback_set_mute (channel, settings.mute);
}

static gboolean
gst_spice_playback_sink_start (GstBaseSink *sink)
{
  GstSpicePlaybackSink *self = GST_SPICE_PLAYBACK_SINK (sink);
  GstSpiceSession *session = gst_spice_user_open (self->user);
  SpcServer *server;
  SpcPlayback *channel;
  SpcAudioCodec codec;

  if (!session)
    return FALSE;
  if (gst_spice_session_claim (session, GST_SPICE_SLOT_PLAYBACK, 0) < 0) {
    GST_ELEMENT_ERROR (self, RESOURCE, BUSY,
                       ("The server has a spiceplaybacksink already."), (NULL));
    gst_spice_user_close (self->user);
    return FALSE;
  }
  GST_OBJECT_LOCK (self);
  codec = self->settings.codec;
  GST_OBJECT_UNLOCK (self);
  server = gst_spice_session_server (session);
  channel = spc_playback_new (server, codec);
  self->sound = gst_spice_sound_new (channel, codec);
  GST_OBJECT_LOCK (self);
  self->channel = channel;
  GST_OBJECT_UNLOCK (self);
  apply_volume (self);
  gst_spice_audio_follow (&self->settings, GST_ELEMENT (self),
                          gst_spice_session_desk (session), FALSE);
  spc_server_add_channel (server, SPC_CHANNEL (channel));
  return TRUE;
}

static gboolean
gst_spice_playback_sink_stop (GstBaseSink *sink)
{
  GstSpicePlaybackSink *self = GST_SPICE_PLAYBACK_SINK (sink);
  GstSpiceSession *session = gst_spice_user_session (self->user);
  SpcPlayback *channel;

  gst_spice_audio_unfollow (gst_spice_session_desk (session), FALSE);
  g_clear_pointer (&self->sound, gst_spice_sound_free);
  GST_OBJECT_LOCK (self);
  channel = g_steal_pointer (&self->channel);
  GST_OBJECT_UNLOCK (self);
  spc_server_remove_channel (gst_spice_session_server (session),
                             SPC_CHANNEL (channel));
  g_object_unref (channel);
  gst_spice_session_release (session, GST_SPICE_SLOT_PLAYBACK, 0);
  gst_spice_user_close (self->user);
  return TRUE;
}

/* when nothing is rendered: viewers fall silent */
static void
stop_sound (GstSpicePlaybackSink *self)
{
  GST_BASE_SINK_PREROLL_LOCK (self);
  gst_spice_sound_stop (self->sound);
  GST_BASE_SINK_PREROLL_UNLOCK (self);
}

static GstStateChangeReturn
gst_spice_playback_sink_change_state (GstElement *element,
                                      GstStateChange transition)
{
  GstSpicePlaybackSink *self = GST_SPICE_PLAYBACK_SINK (element);
  GstStateChangeReturn ret =
      GST_ELEMENT_CLASS (gst_spice_playback_sink_parent_class)
          ->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    stop_sound (self);
  return ret;
}

/* streaming */

static GstCaps *
gst_spice_playback_sink_fixate (GstBaseSink *sink, GstCaps *caps)
{
  GstStructure *structure;

  caps = gst_caps_truncate (gst_caps_make_writable (caps));
  structure = gst_caps_get_structure (caps, 0);
  gst_structure_fixate_field_nearest_int (structure, "rate", 48000);
  gst_structure_fixate_field_nearest_int (structure, "channels", 2);
  return GST_BASE_SINK_CLASS (gst_spice_playback_sink_parent_class)
      ->fixate (sink, caps);
}

static gboolean
gst_spice_playback_sink_set_caps (GstBaseSink *sink, GstCaps *caps)
{
  GstSpicePlaybackSink *self = GST_SPICE_PLAYBACK_SINK (sink);

  if (!gst_audio_info_from_caps (&self->info, caps))
    return FALSE;
  gst_spice_sound_set_format (self->sound, &self->info);
  return TRUE;
}

/* true once the gap is so long that viewers had better stop */
static gboolean
grow_gap (GstSpicePlaybackSink *self, GstClockTime duration)
{
  if (GST_CLOCK_TIME_IS_VALID (duration))
    self->gap += duration;
  if (self->gap <= MAX_GAP)
    return FALSE;
  gst_spice_sound_stop (self->sound);
  return TRUE;
}

/* Hands over what is in the adapter; of a long buffer, the later packets in
 * time. */
static GstFlowReturn
post_packets (GstSpicePlaybackSink *self, GstClockTime running_time)
{
  GstBaseSink *sink = GST_BASE_SINK (self);
  GstClockTime step = PACKET_TIME ((guint)GST_AUDIO_INFO_RATE (&self->info));
  gboolean is_timed =
      gst_base_sink_get_sync (sink) && GST_CLOCK_TIME_IS_VALID (running_time);

  for (guint n = 0; gst_spice_sound_post (self->sound); n++) {
    GstFlowReturn ret;

    if (!is_timed || n < MAX_AHEAD_PACKETS)
      continue;
    ret = gst_base_sink_wait (
        sink, running_time + (n - MAX_AHEAD_PACKETS) * step, NULL);
    if (ret != GST_FLOW_OK)
      return ret;
  }
  return GST_FLOW_OK;
}

static GstFlowReturn
gst_spice_playback_sink_render (GstBaseSink *sink, GstBuffer *buffer)
{
  GstSpicePlaybackSink *self = GST_SPICE_PLAYBACK_SINK (sink);
  GstClockTime running_time = gst_segment_to_running_time (
      &sink->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  gint64 at_us;

  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP)) {
    if (grow_gap (self, GST_BUFFER_DURATION (buffer)))
      return GST_FLOW_OK;
  } else {
    self->gap = 0;
  }
  at_us = gst_base_sink_get_sync (sink)
              ? gst_spice_clock_monotonic_us (GST_ELEMENT (self), running_time,
                                              gst_base_sink_get_latency (sink))
              : g_get_monotonic_time ();
  gst_spice_sound_push (self->sound, buffer, at_us);
  return post_packets (self, running_time);
}

static void
handle_gap (GstSpicePlaybackSink *self, GstEvent *event)
{
  GstClockTime timestamp, duration;

  gst_event_parse_gap (event, &timestamp, &duration);
  grow_gap (self, duration);
}

/* basesink holds the preroll lock for serialized events, but not for the end of
 * a flush */
static gboolean
gst_spice_playback_sink_event (GstBaseSink *sink, GstEvent *event)
{
  GstSpicePlaybackSink *self = GST_SPICE_PLAYBACK_SINK (sink);
  GstEventType type = GST_EVENT_TYPE (event);
  gboolean ret;

  if (type == GST_EVENT_GAP)
    handle_gap (self, event);
  if (type == GST_EVENT_EOS)
    gst_spice_sound_drain (self->sound);
  /* waits for the end's time at EOS */
  ret = GST_BASE_SINK_CLASS (gst_spice_playback_sink_parent_class)
            ->event (sink, event);
  if (type == GST_EVENT_EOS)
    gst_spice_sound_stop (self->sound);
  if (type == GST_EVENT_FLUSH_STOP)
    stop_sound (self);
  return ret;
}

/* object */

static void
gst_spice_playback_sink_set_property (GObject *object, guint id,
                                      const GValue *value, GParamSpec *spec)
{
  GstSpicePlaybackSink *self = GST_SPICE_PLAYBACK_SINK (object);

  if (gst_spice_user_set_property (self->user, id, value))
    return;
  if (gst_spice_audio_set_property (&self->settings, GST_OBJECT (self),
                                    id - PROP_FIRST_AUDIO, value))
    apply_volume (self);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_spice_playback_sink_get_property (GObject *object, guint id, GValue *value,
                                      GParamSpec *spec)
{
  GstSpicePlaybackSink *self = GST_SPICE_PLAYBACK_SINK (object);

  if (!gst_spice_user_get_property (self->user, id, value) &&
      !gst_spice_audio_get_property (&self->settings, GST_OBJECT (self),
                                     id - PROP_FIRST_AUDIO, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_spice_playback_sink_finalize (GObject *object)
{
  gst_spice_user_free (GST_SPICE_PLAYBACK_SINK (object)->user);
  G_OBJECT_CLASS (gst_spice_playback_sink_parent_class)->finalize (object);
}

static void
gst_spice_playback_sink_init (GstSpicePlaybackSink *self)
{
  GstBaseSink *sink = GST_BASE_SINK (self);

  self->user = gst_spice_user_new (GST_ELEMENT (self));
  gst_spice_audio_settings_init (&self->settings);
  gst_audio_info_init (&self->info);
  gst_base_sink_set_sync (sink, TRUE);
  gst_base_sink_set_processing_deadline (sink, 0);
}

static void
gst_spice_playback_sink_class_init (GstSpicePlaybackSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);

  object_class->set_property = gst_spice_playback_sink_set_property;
  object_class->get_property = gst_spice_playback_sink_get_property;
  object_class->finalize = gst_spice_playback_sink_finalize;
  element_class->change_state = gst_spice_playback_sink_change_state;
  sink_class->start = gst_spice_playback_sink_start;
  sink_class->stop = gst_spice_playback_sink_stop;
  sink_class->fixate = gst_spice_playback_sink_fixate;
  sink_class->set_caps = gst_spice_playback_sink_set_caps;
  sink_class->render = gst_spice_playback_sink_render;
  sink_class->event = gst_spice_playback_sink_event;

  gst_spice_user_install_properties (object_class);
  gst_spice_audio_install_properties (object_class, PROP_FIRST_AUDIO);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (
      element_class, "SPICE playback sink", "Sink/Audio/Network",
      "Plays sound to SPICE viewers, for example: gst-launch-1.0 audiotestsrc "
      "is-live=true wave=ticks ! spiceplaybacksink (then open "
      "spice://127.0.0.1:5900)",
      "gst-spice");
}

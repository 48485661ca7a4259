/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-spicerecordsrc
 * @title: spicerecordsrc
 * @short_description: gives the sound of SPICE viewers' microphones
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 spicerecordsrc ! audioconvert ! audioresample ! autoaudiosink
 * ]|
 * Connect a viewer to spice://127.0.0.1:5900 and speak.
 *
 * A live source of 10 ms buffers at the pace of the pipeline's clock. While it
 * is PLAYING, viewers are asked to record; the newest that began to speak is
 * heard. When nobody speaks, silence comes, marked as a gap, so that no
 * pipeline waits for a viewer. Opus is decoded here.
 *
 * #GstStreamVolume sets the recording volume in the viewers.
 */
#include "gst/spicesrc/gstspicerecordsrc.h"

#include "gst/common/gstspiceaudio.h"
#include "gst/common/gstspiceclock.h"
#include "gst/common/gstspiceuser.h"
#include "gst/spicesrc/gstspicevoice.h"

#include <gst/audio/streamvolume.h>

GST_DEBUG_CATEGORY_STATIC (record_src_debug);
#define GST_CAT_DEFAULT record_src_debug

#define PERIOD (GST_SPICE_VOICE_FRAMES * GST_SECOND / GST_SPICE_VOICE_RATE)
/* A pipeline that takes no buffers for so long gets no backlog afterwards. */
#define MAX_LAG (500 * GST_MSECOND)

struct _GstSpiceRecordSrc {
  GstPushSrc parent;
  /* set at construction */
  GstSpiceUser *user;
  /* object lock */
  GstSpiceAudioSettings settings;
  SpcRecord *channel; /* in READY and above */
  /* atomic: a wait is to end */
  gint is_flushing;
  /* streaming thread */
  GstSpiceVoice *voice;
  GstClockTime next; /* running time of the next buffer */
};

enum {
  PROP_0,
  PROP_FIRST_AUDIO,
};

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
                             GST_STATIC_CAPS (GST_SPICE_AUDIO_BEST_CAPS));

G_DEFINE_FINAL_TYPE_WITH_CODE (
    GstSpiceRecordSrc, gst_spice_record_src, GST_TYPE_PUSH_SRC,
    G_IMPLEMENT_INTERFACE (GST_TYPE_CHILD_PROXY,
                           gst_spice_user_child_proxy_init)
        G_IMPLEMENT_INTERFACE (GST_TYPE_STREAM_VOLUME, NULL)
            GST_DEBUG_CATEGORY_INIT (record_src_debug, "spicerecordsrc", 0,
                                     "SPICE record source"))
GST_ELEMENT_REGISTER_DEFINE (spicerecordsrc, "spicerecordsrc", GST_RANK_NONE,
                             GST_TYPE_SPICE_RECORD_SRC)

/* states */

static void
apply_volume (GstSpiceRecordSrc *self)
{
  g_autoptr (SpcRecord) channel = NULL;
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
    spc_record_set_volume (channel, amplitudes, G_N_ELEMENTS (amplitudes));
  if (settings.has_mute)
    spc_record_set_mute (channel, settings.mute);
}

static gboolean
open_channel (GstSpiceRecordSrc *self)
{
  GstSpiceSession *session = gst_spice_user_open (self->user);
  SpcRecord *channel;
  SpcAudioCodec codec;

  if (!session)
    return FALSE;
  if (gst_spice_session_claim (session, GST_SPICE_SLOT_RECORD, 0) < 0) {
    GST_ELEMENT_ERROR (self, RESOURCE, BUSY,
                       ("The server has a spicerecordsrc already."), (NULL));
    gst_spice_user_close (self->user);
    return FALSE;
  }
  GST_OBJECT_LOCK (self);
  codec = self->settings.codec;
  GST_OBJECT_UNLOCK (self);
  channel = spc_record_new (gst_spice_session_server (session), codec,
                            GST_SPICE_VOICE_RATE, GST_SPICE_VOICE_CHANNELS);
  GST_OBJECT_LOCK (self);
  self->channel = channel;
  GST_OBJECT_UNLOCK (self);
  apply_volume (self);
  gst_spice_audio_follow (&self->settings, GST_ELEMENT (self),
                          gst_spice_session_desk (session), TRUE);
  spc_server_add_channel (gst_spice_session_server (session),
                          SPC_CHANNEL (channel));
  return TRUE;
}

static void
close_channel (GstSpiceRecordSrc *self)
{
  GstSpiceSession *session = gst_spice_user_session (self->user);
  SpcRecord *channel;

  GST_OBJECT_LOCK (self);
  channel = g_steal_pointer (&self->channel);
  GST_OBJECT_UNLOCK (self);
  if (!channel)
    return;
  gst_spice_audio_unfollow (gst_spice_session_desk (session), TRUE);
  spc_server_remove_channel (gst_spice_session_server (session),
                             SPC_CHANNEL (channel));
  g_object_unref (channel);
  gst_spice_session_release (session, GST_SPICE_SLOT_RECORD, 0);
  gst_spice_user_close (self->user);
}

/* up: before the base class moves; FALSE: it must not */
static gboolean
go_up (GstSpiceRecordSrc *self, GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_NULL_TO_READY)
    return open_channel (self);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    spc_record_post_start (self->channel);
  return TRUE;
}

static GstStateChangeReturn
gst_spice_record_src_change_state (GstElement *element,
                                   GstStateChange transition)
{
  GstSpiceRecordSrc *self = GST_SPICE_RECORD_SRC (element);
  GstStateChangeReturn ret;

  if (!go_up (self, transition))
    return GST_STATE_CHANGE_FAILURE;
  ret = GST_ELEMENT_CLASS (gst_spice_record_src_parent_class)
            ->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    spc_record_post_stop (self->channel);
  if (transition == GST_STATE_CHANGE_READY_TO_NULL ||
      (transition == GST_STATE_CHANGE_NULL_TO_READY &&
       ret == GST_STATE_CHANGE_FAILURE))
    close_channel (self);
  return ret;
}

static gboolean
gst_spice_record_src_start (GstBaseSrc *src)
{
  GstSpiceRecordSrc *self = GST_SPICE_RECORD_SRC (src);

  self->voice = gst_spice_voice_new ();
  self->next = GST_CLOCK_TIME_NONE;
  return TRUE;
}

static gboolean
gst_spice_record_src_stop (GstBaseSrc *src)
{
  g_clear_pointer (&GST_SPICE_RECORD_SRC (src)->voice, gst_spice_voice_free);
  return TRUE;
}

static gboolean
gst_spice_record_src_unlock (GstBaseSrc *src)
{
  GstSpiceRecordSrc *self = GST_SPICE_RECORD_SRC (src);

  g_atomic_int_set (&self->is_flushing, TRUE);
  spc_mailbox_unlock (spc_record_mailbox (self->channel));
  return TRUE;
}

static gboolean
gst_spice_record_src_unlock_stop (GstBaseSrc *src)
{
  GstSpiceRecordSrc *self = GST_SPICE_RECORD_SRC (src);

  spc_mailbox_lock (spc_record_mailbox (self->channel));
  g_atomic_int_set (&self->is_flushing, FALSE);
  return TRUE;
}

/* streaming */

/* TRUE if time has jumped: the first buffer, or after a pause or a stall */
static gboolean
keep_pace (GstSpiceRecordSrc *self)
{
  GstClockTime now = gst_spice_clock_running_time (GST_ELEMENT (self));

  if (GST_CLOCK_TIME_IS_VALID (self->next) &&
      ABS (GST_CLOCK_DIFF (self->next, now)) < (gint64)MAX_LAG)
    return FALSE;
  self->next = now;
  gst_spice_voice_clear (self->voice);
  return TRUE;
}

/* false: the wait was ended */
static gboolean
listen_until (GstSpiceRecordSrc *self, gint64 deadline_us)
{
  SpcMailbox *mailbox = spc_record_mailbox (self->channel);
  SpcRecordPacket *packet;

  while ((packet = spc_mailbox_pop (mailbox, MAX (deadline_us, 1))))
    gst_spice_voice_put (self->voice, packet);
  return !g_atomic_int_get (&self->is_flushing);
}

static GstBuffer *
make_buffer (GstSpiceRecordSrc *self, gboolean is_discont)
{
  GstBuffer *buffer =
      gst_buffer_new_allocate (NULL, GST_SPICE_VOICE_BYTES, NULL);
  GstMapInfo map;
  gboolean is_new;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  if (!gst_spice_voice_take (self->voice, map.data, &is_new))
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP);
  gst_buffer_unmap (buffer, &map);
  if (is_discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  if (is_new)
    GST_LOG_OBJECT (self, "somebody speaks");
  GST_BUFFER_PTS (buffer) = self->next;
  GST_BUFFER_DURATION (buffer) = PERIOD;
  return buffer;
}

static GstFlowReturn
gst_spice_record_src_create (GstPushSrc *src, GstBuffer **buffer)
{
  GstSpiceRecordSrc *self = GST_SPICE_RECORD_SRC (src);
  gboolean is_discont = keep_pace (self);
  gint64 deadline_us =
      gst_spice_clock_monotonic_us (GST_ELEMENT (self), self->next + PERIOD, 0);

  if (!listen_until (self, deadline_us))
    return GST_FLOW_FLUSHING;
  *buffer = make_buffer (self, is_discont);
  self->next += PERIOD;
  return GST_FLOW_OK;
}

static gboolean
gst_spice_record_src_query (GstBaseSrc *src, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_LATENCY) {
    gst_query_set_latency (query, TRUE, PERIOD, MAX_LAG);
    return TRUE;
  }
  return GST_BASE_SRC_CLASS (gst_spice_record_src_parent_class)
      ->query (src, query);
}

/* object */

static void
gst_spice_record_src_set_property (GObject *object, guint id,
                                   const GValue *value, GParamSpec *spec)
{
  GstSpiceRecordSrc *self = GST_SPICE_RECORD_SRC (object);

  if (gst_spice_user_set_property (self->user, id, value))
    return;
  if (gst_spice_audio_set_property (&self->settings, GST_OBJECT (self),
                                    id - PROP_FIRST_AUDIO, value))
    apply_volume (self);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_spice_record_src_get_property (GObject *object, guint id, GValue *value,
                                   GParamSpec *spec)
{
  GstSpiceRecordSrc *self = GST_SPICE_RECORD_SRC (object);

  if (!gst_spice_user_get_property (self->user, id, value) &&
      !gst_spice_audio_get_property (&self->settings, GST_OBJECT (self),
                                     id - PROP_FIRST_AUDIO, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_spice_record_src_finalize (GObject *object)
{
  gst_spice_user_free (GST_SPICE_RECORD_SRC (object)->user);
  G_OBJECT_CLASS (gst_spice_record_src_parent_class)->finalize (object);
}

static void
gst_spice_record_src_init (GstSpiceRecordSrc *self)
{
  self->user = gst_spice_user_new (GST_ELEMENT (self));
  gst_spice_audio_settings_init (&self->settings);
  gst_base_src_set_live (GST_BASE_SRC (self), TRUE);
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
  gst_base_src_set_blocksize (GST_BASE_SRC (self), GST_SPICE_VOICE_BYTES);
}

static void
gst_spice_record_src_class_init (GstSpiceRecordSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *src_class = GST_BASE_SRC_CLASS (klass);

  object_class->set_property = gst_spice_record_src_set_property;
  object_class->get_property = gst_spice_record_src_get_property;
  object_class->finalize = gst_spice_record_src_finalize;
  element_class->change_state = gst_spice_record_src_change_state;
  src_class->start = gst_spice_record_src_start;
  src_class->stop = gst_spice_record_src_stop;
  src_class->unlock = gst_spice_record_src_unlock;
  src_class->unlock_stop = gst_spice_record_src_unlock_stop;
  src_class->query = gst_spice_record_src_query;
  GST_PUSH_SRC_CLASS (klass)->create = gst_spice_record_src_create;

  gst_spice_user_install_properties (object_class);
  gst_spice_audio_install_properties (object_class, PROP_FIRST_AUDIO);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (
      element_class, "SPICE record source", "Source/Audio/Network",
      "Gives the sound of SPICE viewers' microphones, for example: "
      "gst-launch-1.0 spicerecordsrc ! audioconvert ! autoaudiosink (then "
      "open spice://127.0.0.1:5900 and speak)",
      "gst-spice");
}

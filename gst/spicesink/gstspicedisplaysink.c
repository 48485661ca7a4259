/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-spicedisplaysink
 * @title: spicedisplaysink
 * @short_description: shows video to SPICE viewers
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! spicedisplaysink
 * ]|
 * Open spice://127.0.0.1:5900 in a viewer.
 *
 * Each frame is compared with the one before it, and viewers are sent what
 * changed, lossless. When viewers cannot take more, frames are left out; the
 * last one before a pause always arrives. A change of the picture's size in
 * mid-stream gives viewers a new surface. In PAUSED the last picture stays.
 *
 * A producer that knows what has changed attaches a #GstSpiceDamageMeta to its
 * frames; then only that is compared.
 *
 * Instead of frames the pad takes draw commands, application/x-spice-qxl: see
 * docs/qxl-format.md for what is in a buffer, and #GstSpiceCommands for a way
 * to make them. Viewers are told the commands themselves where they draw them
 * as they should; a command that is wrong is left out with a warning. What a
 * surface shows is read back by the action signal
 * #GstSpiceDisplaySink::snapshot or by UPDATE commands, see docs/messages.md.
 * Viewers that show something else are put right by
 * #GstSpiceDisplaySink::resync.
 *
 * A film that is encoded already is sent to viewers as it is, and decoded, too,
 * as long as there are viewers who cannot decode it:
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! vp8enc deadline=1 !
 *   spicedisplaysink
 * ]|
 *
 * Keys and pointer come back upstream as #GstNavigation events; an event that
 * no element handles is posted as a navigation message. See docs/messages.md
 * for this and for what is said about clients.
 *
 * Several displays share one server by #spicedisplaysink:server-name: each is a
 * head of one desktop, numbered by #spicedisplaysink:display-id.
 */
#include "gst/spicesink/gstspicedisplaysink.h"

#include "gst/common/gstspiceframe.h"
#include "gst/common/gstspiceqxl.h"
#include "gst/common/gstspiceuser.h"
#include "gst/spicesink/gstspicecommandfeed.h"
#include "gst/spicesink/gstspicedisplayactions.h"
#include "gst/spicesink/gstspicedisplaysettings.h"
#include "gst/spicesink/gstspicefeed.h"
#include "gst/spicesink/gstspicefilm.h"
#include "gst/spicesink/gstspicefilmrate.h"
#include "gst/spicesink/gstspicerecorder.h"
#include "gst/spicesink/gstspiceresize.h"
#include "qxl/surface.h"

GST_DEBUG_CATEGORY (gst_spice_display_sink_debug); /* its actions log, too */
#define GST_CAT_DEFAULT gst_spice_display_sink_debug

/* what buffers are */
typedef enum {
  TAKES_FRAMES,
  TAKES_COMMANDS,
  TAKES_PACKETS, /* of an encoded film */
} Takes;

struct _GstSpiceDisplaySink {
  GstVideoSink parent;
  /* set at construction */
  GstSpiceUser *user;
  GstSpiceResize *resize;
  GstSpiceDisplaySettings *settings;
  /* between start and stop; set and cleared with the object lock */
  SpcDisplay *display;
  /* between start and stop */
  GstSpiceRecorder *recorder; /* or NULL */
  GstSpiceReport *report;
  GstSpiceFeed *feed;
  GstSpiceCommandFeed *commands;
  GstSpiceNav *nav;
  GstSpiceFilm *film;
  int id;
  /* streaming thread */
  Takes takes;
  GstBuffer *prerolled; /* commands or a packet, shown already */
  SpcCursor *cursor;    /* of these commands, or NULL */
  GstVideoInfo info;
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE (
        GST_SPICE_VIDEO_FORMATS) "; " GST_SPICE_QXL_CAPS
                                 "; " GST_SPICE_FILM_CAPS));

G_DEFINE_FINAL_TYPE_WITH_CODE (
    GstSpiceDisplaySink, gst_spice_display_sink, GST_TYPE_VIDEO_SINK,
    G_IMPLEMENT_INTERFACE (GST_TYPE_CHILD_PROXY,
                           gst_spice_user_child_proxy_init)
        GST_DEBUG_CATEGORY_INIT (gst_spice_display_sink_debug,
                                 "spicedisplaysink", 0, "SPICE display sink"))
GST_ELEMENT_REGISTER_DEFINE (spicedisplaysink, "spicedisplaysink",
                             GST_RANK_NONE, GST_TYPE_SPICE_DISPLAY_SINK)

/* start and stop */

static gboolean
claim_id (GstSpiceDisplaySink *self, GstSpiceSession *session)
{
  int wanted = gst_spice_display_settings_display_id (self->settings);

  self->id = gst_spice_session_claim (session, GST_SPICE_SLOT_DISPLAY, wanted);
  if (self->id >= 0)
    return TRUE;
  GST_ELEMENT_ERROR (
      self, RESOURCE, BUSY,
      ("No display is free for property \"display-id\" = %d.", wanted),
      ("a server has displays 0 to %u", SPC_MAX_DISPLAYS - 1));
  return FALSE;
}

/* commands that are not drawn */

static void
on_cursor (gpointer owner, QxlCursorCommand *cursor)
{
  GstSpiceDisplaySink *self = owner;

  spc_cursor_post_command (self->cursor, cursor);
}

static GstSpiceCommandFeed *
make_command_feed (GstSpiceDisplaySink *self, SpcServer *server)
{
  const GstSpiceCommandSetup setup = {
      .display = self->display,
      .jobs = spc_server_jobs (server),
      .report = self->report,
      .recorder = self->recorder,
      .cursor = on_cursor,
      .sink = GST_BASE_SINK (self),
      .owner = self,
      .max_monitors = gst_spice_display_settings_max_monitors (self->settings),
  };

  return gst_spice_command_feed_new (&setup);
}

static GstSpiceFilm *
make_film (GstSpiceDisplaySink *self)
{
  const GstSpiceFilmSetup setup = {
      .element = GST_ELEMENT (self),
      .display = self->display,
      .feed = self->feed,
      .nav = self->nav,
      .always_decodes = self->recorder != NULL,
  };

  return gst_spice_film_new (&setup);
}

static void
use_display (GstSpiceDisplaySink *self, SpcDisplay *display)
{
  SpcDisplay *old;

  GST_OBJECT_LOCK (self);
  old = self->display;
  self->display = display;
  GST_OBJECT_UNLOCK (self);
  g_clear_object (&old);
}

SpcDisplay *
gst_spice_display_sink_ref_display (GstSpiceDisplaySink *self)
{
  SpcDisplay *display = NULL;

  GST_OBJECT_LOCK (self);
  g_set_object (&display, self->display);
  GST_OBJECT_UNLOCK (self);
  return display;
}

static void
unref_report (gpointer report)
{
  gst_spice_report_unref (report);
}

/* FALSE: there is a file to write, and it cannot be written */
static gboolean
open_recorder (GstSpiceDisplaySink *self)
{
  g_autofree gchar *path =
      gst_spice_display_settings_dup_record_location (self->settings);
  g_autoptr (GError) error = NULL;

  if (!path)
    return TRUE;
  self->recorder = gst_spice_recorder_new (GST_ELEMENT (self), path,
                                           (guint)self->id, &error);
  if (!self->recorder)
    GST_ELEMENT_ERROR (self, RESOURCE, OPEN_WRITE,
                       ("The file \"%s\" of property \"record-location\" "
                        "cannot be written.",
                        path),
                       ("%s", error->message));
  return self->recorder != NULL;
}

/* an id, and a file that is to be written */
static gboolean
claim (GstSpiceDisplaySink *self, GstSpiceSession *session)
{
  if (!claim_id (self, session))
    return FALSE;
  if (open_recorder (self))
    return TRUE;
  gst_spice_session_release (session, GST_SPICE_SLOT_DISPLAY, self->id);
  return FALSE;
}

static gboolean
gst_spice_display_sink_start (GstBaseSink *sink)
{
  GstSpiceDisplaySink *self = GST_SPICE_DISPLAY_SINK (sink);
  GstSpiceSession *session = gst_spice_user_open (self->user);
  SpcServer *server;

  if (!session)
    return FALSE;
  if (!claim (self, session)) {
    gst_spice_user_close (self->user);
    return FALSE;
  }
  server = gst_spice_session_server (session);
  use_display (self, spc_display_new (server, (uint8_t)self->id));
  self->report = gst_spice_report_new (GST_ELEMENT (self));
  spc_display_set_refused_func (self->display, gst_spice_report_refusal,
                                gst_spice_report_ref (self->report),
                                unref_report);
  self->feed = gst_spice_feed_new (self->display, spc_server_jobs (server),
                                   self->recorder);
  self->commands = make_command_feed (self, server);
  self->nav = gst_spice_nav_new (GST_ELEMENT (self), GST_BASE_SINK_PAD (self));
  gst_spice_nav_table_set (gst_spice_session_nav_table (session),
                           (guint)self->id, self->nav);
  gst_spice_resize_start (self->resize, gst_spice_session_desk (session),
                          (guint)self->id, self->nav);
  self->film = make_film (self);
  spc_server_add_channel (server, SPC_CHANNEL (self->display));
  return TRUE;
}

static gboolean
gst_spice_display_sink_stop (GstBaseSink *sink)
{
  GstSpiceDisplaySink *self = GST_SPICE_DISPLAY_SINK (sink);
  GstSpiceSession *session = gst_spice_user_session (self->user);

  gst_spice_nav_table_set (gst_spice_session_nav_table (session),
                           (guint)self->id, NULL);
  gst_spice_resize_stop (self->resize);
  g_clear_pointer (&self->film, gst_spice_film_stop);
  g_clear_pointer (&self->nav, gst_spice_nav_free);
  g_clear_pointer (&self->feed, gst_spice_feed_stop);
  g_clear_pointer (&self->commands, gst_spice_command_feed_stop);
  g_clear_pointer (&self->recorder, gst_spice_recorder_free);
  gst_clear_buffer (&self->prerolled);
  if (self->cursor)
    gst_spice_session_release_cursor (session, (guint)self->id);
  self->cursor = NULL;
  spc_server_remove_channel (gst_spice_session_server (session),
                             SPC_CHANNEL (self->display));
  spc_display_set_refused_func (self->display, NULL, NULL, NULL);
  use_display (self, NULL);
  g_clear_pointer (&self->report, gst_spice_report_stop);
  gst_spice_session_release (session, GST_SPICE_SLOT_DISPLAY, self->id);
  gst_spice_user_close (self->user);
  return TRUE;
}

/* streaming */

static Takes
find_takes (const GstCaps *caps)
{
  if (gst_spice_caps_are_qxl (caps))
    return TAKES_COMMANDS;
  return gst_spice_film_is_film (caps) ? TAKES_PACKETS : TAKES_FRAMES;
}

/* the pointer's commands come with the others */
static void
offer_cursor (GstSpiceDisplaySink *self)
{
  if (!self->cursor)
    self->cursor = gst_spice_session_acquire_cursor (
        gst_spice_user_session (self->user), (guint)self->id);
}

static gboolean
gst_spice_display_sink_set_caps (GstBaseSink *sink, GstCaps *caps)
{
  GstSpiceDisplaySink *self = GST_SPICE_DISPLAY_SINK (sink);
  GstVideoInfo info;

  self->takes = find_takes (caps);
  if (self->takes == TAKES_PACKETS)
    return gst_spice_film_begin (self->film, caps);
  gst_spice_film_end (self->film,
                      gst_spice_display_settings_is_film (self->settings));
  if (self->takes == TAKES_COMMANDS) {
    offer_cursor (self);
    return TRUE;
  }
  if (!gst_video_info_from_caps (&info, caps))
    return FALSE;
  if (gst_spice_format_from_video (GST_VIDEO_INFO_FORMAT (&info)) ==
          QXL_FORMAT_INVALID ||
      (guint)GST_VIDEO_INFO_WIDTH (&info) > QXL_SURFACE_MAX_SIDE ||
      (guint)GST_VIDEO_INFO_HEIGHT (&info) > QXL_SURFACE_MAX_SIDE) {
    GST_ERROR_OBJECT (self, "cannot show %" GST_PTR_FORMAT, caps);
    return FALSE;
  }
  self->info = info;
  GST_VIDEO_SINK_WIDTH (self) = GST_VIDEO_INFO_WIDTH (&info);
  GST_VIDEO_SINK_HEIGHT (self) = GST_VIDEO_INFO_HEIGHT (&info);
  return TRUE;
}

static gboolean
gst_spice_display_sink_propose_allocation (GstBaseSink *sink, GstQuery *query)
{
  GstCaps *caps;

  gst_query_parse_allocation (query, &caps, NULL);
  return caps && find_takes (caps) == TAKES_FRAMES &&
         gst_spice_feed_propose_allocation (query);
}

static GstFlowReturn
gst_spice_display_sink_show_frame (GstVideoSink *sink, GstBuffer *buffer)
{
  GstSpiceDisplaySink *self = GST_SPICE_DISPLAY_SINK (sink);

  gst_spice_feed_push (self->feed, buffer, &self->info);
  return GST_FLOW_OK;
}

/* Packets are shown in the order they are decoded in, and what comes before the
 * segment is needed to decode what is in it. */
static void
gst_spice_display_sink_get_times (GstBaseSink *sink, GstBuffer *buffer,
                                  GstClockTime *start, GstClockTime *end)
{
  GstSpiceDisplaySink *self = GST_SPICE_DISPLAY_SINK (sink);

  if (self->takes != TAKES_PACKETS) {
    GST_BASE_SINK_CLASS (gst_spice_display_sink_parent_class)
        ->get_times (sink, buffer, start, end);
    return;
  }
  *start = GST_BUFFER_DTS_OR_PTS (buffer);
  if (GST_CLOCK_TIME_IS_VALID (*start) &&
      sink->segment.format == GST_FORMAT_TIME)
    *start = MAX (*start, sink->segment.start);
}

/* A frame may be shown twice; commands and packets once only, so what was shown
 * in PAUSED is left out in PLAYING. The next change of state would wait for the
 * end of a wait in PAUSED, perhaps on the thread that is to make the room:
 * commands without room are shown in PLAYING. */

static GstFlowReturn
gst_spice_display_sink_preroll (GstBaseSink *sink, GstBuffer *buffer)
{
  GstSpiceDisplaySink *self = GST_SPICE_DISPLAY_SINK (sink);
  GstFlowReturn ret = GST_FLOW_OK;

  if (self->takes == TAKES_FRAMES)
    return GST_BASE_SINK_CLASS (gst_spice_display_sink_parent_class)
        ->preroll (sink, buffer);
  if (buffer == self->prerolled)
    return GST_FLOW_OK;
  if (self->takes == TAKES_COMMANDS)
    ret = gst_spice_command_feed_try (self->commands, buffer);
  else
    gst_spice_film_push (self->film, buffer);
  if (ret == GST_FLOW_OK)
    gst_buffer_replace (&self->prerolled, buffer);
  return ret == GST_FLOW_CUSTOM_SUCCESS ? GST_FLOW_OK : ret;
}

static GstFlowReturn
gst_spice_display_sink_render (GstBaseSink *sink, GstBuffer *buffer)
{
  GstSpiceDisplaySink *self = GST_SPICE_DISPLAY_SINK (sink);
  gboolean was_prerolled = buffer == self->prerolled;

  if (self->takes == TAKES_FRAMES)
    return GST_BASE_SINK_CLASS (gst_spice_display_sink_parent_class)
        ->render (sink, buffer);
  gst_clear_buffer (&self->prerolled);
  if (was_prerolled)
    return GST_FLOW_OK;
  if (self->takes == TAKES_COMMANDS)
    return gst_spice_command_feed_push (self->commands, buffer);
  gst_spice_film_push (self->film, buffer);
  return GST_FLOW_OK;
}

static gboolean
gst_spice_display_sink_unlock (GstBaseSink *sink)
{
  GstSpiceDisplaySink *self = GST_SPICE_DISPLAY_SINK (sink);

  if (self->commands)
    gst_spice_command_feed_set_flushing (self->commands, TRUE);
  return TRUE;
}

static gboolean
gst_spice_display_sink_unlock_stop (GstBaseSink *sink)
{
  GstSpiceDisplaySink *self = GST_SPICE_DISPLAY_SINK (sink);

  if (self->commands)
    gst_spice_command_feed_set_flushing (self->commands, FALSE);
  return TRUE;
}

/* what was drawn ends with a flush, after which the producer begins anew */
static gboolean
gst_spice_display_sink_event (GstBaseSink *sink, GstEvent *event)
{
  GstSpiceDisplaySink *self = GST_SPICE_DISPLAY_SINK (sink);

  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP) {
    gst_clear_buffer (&self->prerolled);
    if (self->takes == TAKES_COMMANDS)
      gst_spice_command_feed_forget (self->commands);
  }
  return GST_BASE_SINK_CLASS (gst_spice_display_sink_parent_class)
      ->event (sink, event);
}

/* object */

static void
gst_spice_display_sink_set_property (GObject *object, guint id,
                                     const GValue *value, GParamSpec *spec)
{
  GstSpiceDisplaySink *self = GST_SPICE_DISPLAY_SINK (object);

  if (!gst_spice_user_set_property (self->user, id, value) &&
      !gst_spice_resize_set_property (self->resize, id, value) &&
      !gst_spice_display_settings_set_property (self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_spice_display_sink_get_property (GObject *object, guint id, GValue *value,
                                     GParamSpec *spec)
{
  GstSpiceDisplaySink *self = GST_SPICE_DISPLAY_SINK (object);

  if (!gst_spice_user_get_property (self->user, id, value) &&
      !gst_spice_resize_get_property (self->resize, id, value) &&
      !gst_spice_film_rate_get_property (object, id, value) &&
      !gst_spice_display_settings_get_property (self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_spice_display_sink_finalize (GObject *object)
{
  GstSpiceDisplaySink *self = GST_SPICE_DISPLAY_SINK (object);

  gst_spice_user_free (self->user);
  gst_spice_resize_free (self->resize);
  gst_spice_display_settings_free (self->settings);
  G_OBJECT_CLASS (gst_spice_display_sink_parent_class)->finalize (object);
}

/* GstVideoSink's defaults are made for a monitor: it drops what is late, and
 * with a dropped frame its change would be lost. */
static void
gst_spice_display_sink_init (GstSpiceDisplaySink *self)
{
  GstBaseSink *sink = GST_BASE_SINK (self);

  self->user = gst_spice_user_new (GST_ELEMENT (self));
  self->resize = gst_spice_resize_new (sink);
  self->settings = gst_spice_display_settings_new ();
  self->id = -1;
  gst_video_info_init (&self->info);
  gst_base_sink_set_max_lateness (sink, -1);
  gst_base_sink_set_qos_enabled (sink, FALSE);
  gst_base_sink_set_processing_deadline (sink, 0);
}

static void
gst_spice_display_sink_class_init (GstSpiceDisplaySinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);
  GstVideoSinkClass *video_class = GST_VIDEO_SINK_CLASS (klass);

  object_class->set_property = gst_spice_display_sink_set_property;
  object_class->get_property = gst_spice_display_sink_get_property;
  object_class->finalize = gst_spice_display_sink_finalize;
  sink_class->start = gst_spice_display_sink_start;
  sink_class->stop = gst_spice_display_sink_stop;
  sink_class->get_caps = gst_spice_resize_get_caps;
  sink_class->set_caps = gst_spice_display_sink_set_caps;
  sink_class->propose_allocation = gst_spice_display_sink_propose_allocation;
  sink_class->get_times = gst_spice_display_sink_get_times;
  sink_class->preroll = gst_spice_display_sink_preroll;
  sink_class->render = gst_spice_display_sink_render;
  sink_class->event = gst_spice_display_sink_event;
  sink_class->unlock = gst_spice_display_sink_unlock;
  sink_class->unlock_stop = gst_spice_display_sink_unlock_stop;
  video_class->show_frame = gst_spice_display_sink_show_frame;

  gst_spice_user_install_properties (object_class);
  gst_spice_display_settings_install_properties (object_class);
  gst_spice_resize_install_properties (object_class);
  gst_spice_film_rate_install_property (object_class);
  gst_spice_display_actions_install (klass);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (
      element_class, "SPICE display sink", "Sink/Video/Network",
      "Shows video to SPICE viewers, for example: gst-launch-1.0 videotestsrc "
      "is-live=true ! spicedisplaysink (then open spice://127.0.0.1:5900)",
      "gst-spice");
}

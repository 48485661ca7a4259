/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/encoder/gstspicevideofactory.h"

#include "gst/encoder/gstspiceencoderpipe.h"
#include "gst/encoder/gstspiceencoderroom.h"
#include "server-core/video/video-codec.h"

#include <spice/enums.h>

struct _GstSpiceVideoFactory {
  SpcVideoFactory iface;
  /* set at construction, read by any thread */
  GstSpiceEncoderProbe *probe; /* owned */
  GstSpiceVideoFactoryFuncs funcs;
  gpointer user_data; /* not owned; unused after close */
  /* under the lock, which is held while calling out: close waits for it */
  GRWLock lock;
  bool is_closed;
};

/* who owns the encoders' elements */

static bool
on_setup (uint8_t codec, GstElement *encoder, gpointer user_data)
{
  GstSpiceVideoFactory *self = user_data;
  bool is_done;

  g_rw_lock_reader_lock (&self->lock);
  is_done = !self->is_closed && self->funcs.setup &&
            self->funcs.setup (codec, encoder, self->user_data);
  g_rw_lock_reader_unlock (&self->lock);
  return is_done;
}

static void
on_failed (const GstSpiceEncoderEntry *entry, const GError *error,
           gpointer user_data)
{
  GstSpiceVideoFactory *self = user_data;

  gst_spice_encoder_probe_fail (self->probe, entry, error);
}

static void
on_thread_ended (gpointer user_data)
{
  gst_spice_video_factory_unref (user_data);
}

/* as a server sees it */

/* all but MJPEG, which the server makes itself */
static guint
codecs_bits (void)
{
  const SpcVideoCodec *codec;
  guint bits = 0;

  for (guint i = 0; (codec = spc_video_codec_at (i)); i++)
    if (codec->number != SPICE_VIDEO_CODEC_TYPE_MJPEG)
      bits |= 1u << codec->number;
  return bits;
}

static guint
list_codecs (SpcVideoFactory *iface, uint8_t codecs[SPC_MAX_VIDEO_CODECS])
{
  GstSpiceVideoFactory *self = (GstSpiceVideoFactory *)iface;
  const GstSpiceEncoderEntry *found[SPC_MAX_VIDEO_CODECS];
  guint bits = codecs_bits ();
  guint n = 0;

  gst_spice_encoder_probe_start (self->probe, bits);
  for (guint number = 1; bits >> number && n < SPC_MAX_VIDEO_CODECS; number++) {
    const GstSpiceEncoderEntry *entry = NULL;
    guint place = n;

    if (bits & 1u << number)
      entry = gst_spice_encoder_probe_find (self->probe, (uint8_t)number);
    if (!entry)
      continue;
    for (; place > 0 && found[place - 1]->score < entry->score; place--)
      found[place] = found[place - 1];
    found[place] = entry;
    n++;
  }
  for (guint i = 0; i < n; i++)
    codecs[i] = found[i]->codec;
  return n;
}

/* takes @reason */
static SpcVideoEncoder *
refuse (GError *reason, const SpcVideoSink *sink, GError **error)
{
  g_propagate_error (error, reason);
  if (sink->destroy)
    sink->destroy (sink->user_data);
  return NULL;
}

static SpcVideoEncoder *
create (SpcVideoFactory *iface, const SpcVideoOrder *order,
        const SpcVideoSink *sink, GError **error)
{
  GstSpiceVideoFactory *self = (GstSpiceVideoFactory *)iface;
  const GstSpiceEncoderEntry *entry =
      gst_spice_encoder_probe_find (self->probe, order->codec);
  const GstSpiceEncoderOwner owner = {on_setup, on_failed, self,
                                      on_thread_ended};
  const SpcVideoCodec *codec = spc_video_codec_find (order->codec);

  if (!entry)
    return refuse (g_error_new (GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
                                "No encoder of %s works here.",
                                codec ? codec->name : "this codec"),
                   sink, error);
  if (!gst_spice_encoder_has_room ())
    return refuse (g_error_new (GST_RESOURCE_ERROR,
                                GST_RESOURCE_ERROR_NO_SPACE_LEFT,
                                "There are no descriptors for an encoder."),
                   sink, error);
  gst_spice_video_factory_ref (self);
  return gst_spice_encoder_pipe_new (entry, order, &owner, sink, error);
}

static guint
generation (SpcVideoFactory *iface)
{
  GstSpiceVideoFactory *self = (GstSpiceVideoFactory *)iface;

  return gst_spice_encoder_probe_generation (self->probe);
}

/* life */

static void
on_listened (const char *factory, const GError *error, gpointer user_data)
{
  GstSpiceVideoFactory *self = user_data;

  self->funcs.failed (factory, error, self->user_data);
}

GstSpiceVideoFactory *
gst_spice_video_factory_new (GstSpiceEncoderProbe *probe,
                             const GstSpiceVideoFactoryFuncs *funcs,
                             gpointer user_data)
{
  GstSpiceVideoFactory *self = g_atomic_rc_box_new0 (GstSpiceVideoFactory);

  self->iface = (SpcVideoFactory){
      .codecs = list_codecs, .create = create, .generation = generation};
  self->probe = gst_spice_encoder_probe_ref (probe);
  self->funcs = *funcs;
  self->user_data = user_data;
  g_rw_lock_init (&self->lock);
  if (funcs->failed)
    gst_spice_encoder_probe_listen (probe, on_listened, self);
  return self;
}

void
gst_spice_video_factory_close (GstSpiceVideoFactory *self)
{
  g_rw_lock_writer_lock (&self->lock);
  self->is_closed = true;
  g_rw_lock_writer_unlock (&self->lock);
  gst_spice_encoder_probe_unlisten (self->probe, self);
}

GstSpiceVideoFactory *
gst_spice_video_factory_ref (GstSpiceVideoFactory *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_factory (gpointer data)
{
  GstSpiceVideoFactory *self = data;

  gst_spice_video_factory_close (self);
  gst_spice_encoder_probe_unref (self->probe);
  g_rw_lock_clear (&self->lock);
}

void
gst_spice_video_factory_unref (GstSpiceVideoFactory *self)
{
  if (self)
    g_atomic_rc_box_release_full (self, clear_factory);
}

/* use */

SpcVideoFactory *
gst_spice_video_factory_iface (GstSpiceVideoFactory *self)
{
  return &self->iface;
}

void
gst_spice_video_factory_prepare (GstSpiceVideoFactory *self,
                                 const uint8_t *codecs)
{
  guint bits = 0;

  for (; *codecs; codecs++)
    bits |= 1u << *codecs;
  gst_spice_encoder_probe_start (self->probe,
                                 bits ? bits & codecs_bits () : codecs_bits ());
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicevideofactory.h – the encoders of this process, as a server takes
 * them.
 *
 * Each server has a factory of its own, whose owner has a say in the settings
 * and hears of what fails; what works is known once for all (the probe). Any
 * thread. */
#pragma once

#include "gst/encoder/gstspiceencoderline.h"
#include "gst/encoder/gstspiceencoderprobe.h"

typedef struct _GstSpiceVideoFactory GstSpiceVideoFactory;

/* either may be NULL; any thread */
typedef struct {
  GstSpiceEncoderSetup setup;
  GstSpiceEncoderFailedFunc failed;
} GstSpiceVideoFactoryFuncs;

/* life */
/* @probe: referenced. @user_data is given to @funcs, which are called until
 * close. */
GstSpiceVideoFactory *gst_spice_video_factory_new (
    GstSpiceEncoderProbe *probe, const GstSpiceVideoFactoryFuncs *funcs,
    gpointer user_data);
/* Nothing of @funcs is called when it returns; encoders go on. Not from one of
 * them. */
void gst_spice_video_factory_close (GstSpiceVideoFactory *self);
GstSpiceVideoFactory *gst_spice_video_factory_ref (GstSpiceVideoFactory *self);
void gst_spice_video_factory_unref (GstSpiceVideoFactory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstSpiceVideoFactory,
                               gst_spice_video_factory_unref)

/* use */
/* for the server; encoders hold a reference, others must */
SpcVideoFactory *gst_spice_video_factory_iface (GstSpiceVideoFactory *self);
/* Begins to find out which of @codecs work, so that it is known when they are
 * asked for; ended by 0, none: all. */
void gst_spice_video_factory_prepare (GstSpiceVideoFactory *self,
                                      const uint8_t *codecs);

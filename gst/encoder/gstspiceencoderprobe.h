/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceencoderprobe.h – which encoders work here.
 *
 * An element that is installed need not work: drivers refuse, devices are
 * missing. So a codec is offered only after an element has really made a key
 * frame of it, on a thread of the probe's own. What fails there or later, in
 * use, is not tried again, and the codec's next element is. Any thread; nothing
 * waits but wait. */
#pragma once

#include "gst/encoder/gstspiceencodertable.h"

typedef struct _GstSpiceEncoderProbe GstSpiceEncoderProbe;

/* an element is there but fails; any thread */
typedef void (*GstSpiceEncoderFailedFunc) (const char *factory,
                                           const GError *error,
                                           gpointer user_data);

/* life */
/* @entries: constant, best first of each codec */
GstSpiceEncoderProbe *gst_spice_encoder_probe_new (
    const GstSpiceEncoderEntry *entries, guint n_entries);
/* the one of this process, of the whole table; gst_init() was called */
GstSpiceEncoderProbe *gst_spice_encoder_probe_get_shared (void);
GstSpiceEncoderProbe *gst_spice_encoder_probe_ref (GstSpiceEncoderProbe *self);
void gst_spice_encoder_probe_unref (GstSpiceEncoderProbe *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstSpiceEncoderProbe,
                               gst_spice_encoder_probe_unref)

/* work */
/* Begins to look for elements of the codecs (bit 1 << number) not looked for
 * yet. */
void gst_spice_encoder_probe_start (GstSpiceEncoderProbe *self, guint codecs);
/* NULL: none works, or it is not known yet */
const GstSpiceEncoderEntry *gst_spice_encoder_probe_find (
    GstSpiceEncoderProbe *self, uint8_t codec);
/* Another number once more is known: not with each element, lest somebody takes
 * the second best for a moment. */
guint gst_spice_encoder_probe_generation (GstSpiceEncoderProbe *self);
/* it failed in use */
void gst_spice_encoder_probe_fail (GstSpiceEncoderProbe *self,
                                   const GstSpiceEncoderEntry *entry,
                                   const GError *error);
/* until everything asked for is known, at most @timeout_us; false: not yet */
bool gst_spice_encoder_probe_wait (GstSpiceEncoderProbe *self,
                                   int64_t timeout_us);

/* who is told of failures, from now on and of those before */
void gst_spice_encoder_probe_listen (GstSpiceEncoderProbe *self,
                                     GstSpiceEncoderFailedFunc func,
                                     gpointer user_data);
/* no call comes when it returns; not from @func */
void gst_spice_encoder_probe_unlisten (GstSpiceEncoderProbe *self,
                                       gpointer user_data);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceencoderpipe.h – an SpcVideoEncoder made of an element.
 *
 * A thread of its own takes frames from a queue of two and feeds them to lines
 * (gstspiceencoderline.h), a new one whenever a setting cannot be changed in
 * the old. What hangs is noticed by the next frame that is pushed; the thread
 * then stays with the element that does not let go of it, and nobody else waits
 * for either. Calls: the loop thread, as video-encoder.h has it. */
#pragma once

#include "gst/encoder/gstspiceencoderline.h"

/* what an encoder tells whoever made it; any thread */
typedef struct {
  GstSpiceEncoderSetup setup; /* NULL: nobody has a say */
  /* before the sink hears of it */
  void (*failed) (const GstSpiceEncoderEntry *entry, const GError *error,
                  gpointer user_data);
  gpointer user_data;
  /* when its thread has ended, after which nothing is called any more */
  GDestroyNotify destroy;
} GstSpiceEncoderOwner;

/* @entry is constant; @owner is copied, @sink owned as create of
 * SpcVideoFactory has it */
SpcVideoEncoder *gst_spice_encoder_pipe_new (const GstSpiceEncoderEntry *entry,
                                             const SpcVideoOrder *order,
                                             const GstSpiceEncoderOwner *owner,
                                             const SpcVideoSink *sink,
                                             GError **error);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicedecoder.h – pictures of an encoded film.
 *
 * A pipeline of its own: what GStreamer has to decode the film, converted to
 * BGRx of one size. It works as fast as it can; when it is too slow, it goes on
 * with the next key frame. Life: not on a server's loop, for it waits for the
 * pipeline; push: any thread, one at a time, and waits for nothing. */
#pragma once

#include <gst/gst.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

typedef struct _GstSpiceDecoder GstSpiceDecoder;

/* threads of the pipeline */
typedef struct {
  void (*frame) (GstBuffer *buffer, const GstVideoInfo *info,
                 gpointer user_data);
  /* it has all that was pushed, and would take more */
  void (*idle) (gpointer user_data);
  /* nothing comes any more; once at most */
  void (*failed) (const GError *error, gpointer user_data);
  /* an element message of the pipeline, for the application: a plugin is
   * missing */
  void (*message) (GstMessage *message, gpointer user_data);
} GstSpiceDecoderFuncs;

/* life */
/* @caps: with the size */
GstSpiceDecoder *gst_spice_decoder_new (GstCaps *caps,
                                        const GstSpiceDecoderFuncs *funcs,
                                        gpointer user_data);
/* no function is called any more when it returns; not from one of them */
void gst_spice_decoder_free (GstSpiceDecoder *self);

/* work */
/* so many packets are pushed at once, of what came before: none is left out */
void gst_spice_decoder_expect (GstSpiceDecoder *self, guint n_packets);
/* FALSE: it was left out, with others perhaps, up to the next key frame */
gboolean gst_spice_decoder_push (GstSpiceDecoder *self, GBytes *packet,
                                 gboolean is_key);
/* it has nothing to do, and takes nothing before the next key frame */
gboolean gst_spice_decoder_is_stuck (GstSpiceDecoder *self);

G_END_DECLS

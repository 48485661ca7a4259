/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceencoderline.h – one run of an encoder: pixels in, access units out.
 *
 * A small GstPipeline (videoconvert ! encoder ! parser) between a source pad
 * and a sink pad of our own. It may block wherever the elements do, at each
 * call: it is used and freed on one thread that can wait. Units come from that
 * thread or from one of the elements', errors from any. */
#pragma once

#include "gst/encoder/gstspiceencodertable.h"
#include "qxl/image.h"

/* An application's say in the settings: true: it has configured @encoder itself
 * but for the bit rate. Any thread. */
typedef bool (*GstSpiceEncoderSetup) (uint8_t codec, GstElement *encoder,
                                      gpointer user_data);

typedef struct {
  /* @bytes: one access unit, the caller's; @time_us: of its frame */
  void (*unit) (GBytes *bytes, int64_t time_us, gpointer user_data);
  void (*failed) (const GError *error, gpointer user_data);
  gpointer user_data;
} GstSpiceEncoderLineFuncs;

typedef struct _GstSpiceEncoderLine GstSpiceEncoderLine;

/* life */
GstSpiceEncoderLine *gst_spice_encoder_line_new (
    const GstSpiceEncoderEntry *entry, const SpcVideoOrder *order,
    GstSpiceEncoderSetup setup, gpointer setup_data,
    const GstSpiceEncoderLineFuncs *funcs, GError **error);
/* no call comes when it returns */
void gst_spice_encoder_line_free (GstSpiceEncoderLine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstSpiceEncoderLine, gst_spice_encoder_line_free)

/* work */
/* false: the elements take no more, which failed told of or will */
bool gst_spice_encoder_line_push (GstSpiceEncoderLine *self,
                                  const QxlImage *frame, int64_t time_us,
                                  bool is_key);
/* false: a new line is needed for that */
bool gst_spice_encoder_line_set_bitrate (GstSpiceEncoderLine *self,
                                         uint32_t bitrate_bps);

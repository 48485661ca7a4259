/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceencodertable.h – the encoders known by name, and how each is set up.
 *
 * An element's settings stand here once: low latency, key frames on demand
 * only, and as few bits as good quality takes, with the bit rate as a bound.
 * Constant data; any thread. */
#pragma once

#include "server-core/video/video-encoder.h"

#include <gst/video/video.h>

typedef struct {
  const char *name, *value; /* as gst_value_deserialize() reads it */
} GstSpiceEncoderSetting;

#define GST_SPICE_MAX_ENCODER_SETTINGS 20

typedef struct {
  const char *factory; /* "x264enc" */
  uint8_t codec;       /* SPICE_VIDEO_CODEC_TYPE_… */
  /* higher is tried first, of one codec and between codecs: 100 for chips, then
   * by bytes and CPU time at equal quality */
  guint score;
  GstVideoFormat format;  /* of raw frames: I420 or NV12 */
  const char *caps;       /* what must come out */
  const char *parser;     /* used if it is there; NULL: none */
  const char *bitrate;    /* property; NULL: see @extra */
  guint bitrate_unit;     /* bits a second */
  bool bitrate_is_live;   /* obeyed while playing, whatever its flags say */
  const char *extra;      /* structure for "extra-controls", with %u for bits a
                             second; NULL: none */
  bool key_needs_restart; /* a wished-for key frame is none */
  GstSpiceEncoderSetting settings[GST_SPICE_MAX_ENCODER_SETTINGS];
} GstSpiceEncoderEntry;

/* the table, best first of each codec */
const GstSpiceEncoderEntry *gst_spice_encoder_table (guint *n_entries);

/* using an entry */
/* Gives @element the settings of @entry that it has; warns (log) of values it
 * does not take. Returns how many settings were given. */
guint gst_spice_encoder_entry_configure (const GstSpiceEncoderEntry *entry,
                                         GstElement *element);
/* false: it takes effect with the next start only */
bool gst_spice_encoder_entry_set_bitrate (const GstSpiceEncoderEntry *entry,
                                          GstElement *element,
                                          uint32_t bitrate_bps);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* video-encoder.h – what makes video of frames, handed in from above.
 *
 * A stream gives an encoder the frames of its region and gets packets, one
 * access unit each, in the order of the frames; frames may be left out. The
 * server has an encoder of its own for MJPEG (mjpeg-encoder.h); the layer above
 * hands in a factory for whatever else it can make.
 *
 * Nothing here blocks: encoders work on threads of their own. Calls are made on
 * the loop thread; packets come from any thread. */
#pragma once

#include "qxl/image.h"
#include "server-core/base/limits.h"
#include <stdbool.h>

/* one access unit */
typedef struct {
  GBytes *bytes;   /* in the form the protocol asks for (spec: streams) */
  bool is_key;     /* can be decoded without what came before */
  bool is_finest;  /* known to be no better with more bits */
  bool is_past;    /* only for what follows: viewers have a newer one */
  int64_t time_us; /* of its frame */
} SpcVideoPacket;

/* where packets go; any thread */
typedef struct {
  /* @packet is the caller's */
  void (*packet) (const SpcVideoPacket *packet, gpointer user_data);
  /* Nothing comes any more. Once at most, perhaps at once after create. */
  void (*failed) (const GError *error, gpointer user_data);
  gpointer user_data;
  /* once, when neither is called any more, which may be after the encoder is
   * freed; any thread */
  GDestroyNotify destroy;
} SpcVideoSink;

/* what is to be made */
typedef struct {
  uint8_t codec;          /* SPICE_VIDEO_CODEC_TYPE_… */
  uint32_t width, height; /* of every frame, pixels, even */
  uint32_t bitrate_bps;
  uint32_t fps; /* about, 1 to 120: for encoders that plan by it */
} SpcVideoOrder;

typedef struct _SpcVideoEncoder SpcVideoEncoder;

typedef struct {
  const char *name; /* for the log: "x264enc" */
  /* @frame: BGRX (the fourth bytes are anything), of the size ordered;
   * @time_us: monotonic, grows; @is_key: its packet must be a key frame. When
   * two wait already the older one is left out, and a wish for a key frame
   * passes on to the newer one. */
  void (*push) (SpcVideoEncoder *self, QxlImage *frame, int64_t time_us,
                bool is_key);
  /* from about the next frame on; a key frame may come with it */
  void (*set_bitrate) (SpcVideoEncoder *self, uint32_t bitrate_bps);
  void (*free) (SpcVideoEncoder *self);
} SpcVideoEncoderClass;

struct _SpcVideoEncoder {
  const SpcVideoEncoderClass *klass;
};

/* The layer above's. It outlives the server. */
typedef struct _SpcVideoFactory SpcVideoFactory;
struct _SpcVideoFactory {
  /* Which codecs it can make now, best first; returns how many. What fails in
   * use is not offered again. */
  guint (*codecs) (SpcVideoFactory *self, uint8_t codecs[SPC_MAX_VIDEO_CODECS]);
  /* @sink is copied, and owned in any case: on NULL it has been destroyed */
  SpcVideoEncoder *(*create) (SpcVideoFactory *self, const SpcVideoOrder *order,
                              const SpcVideoSink *sink, GError **error);
  /* Another number than before when codecs () may say something else, since
   * what works has been found out, or something has failed. NULL: it always
   * says the same. */
  guint (*generation) (SpcVideoFactory *self);
};

/* @self: NULL: 0 */
static inline guint
spc_video_factory_generation (SpcVideoFactory *self)
{
  return self != NULL && self->generation != NULL ? self->generation (self) : 0;
}

static inline void
spc_video_encoder_push (SpcVideoEncoder *self, QxlImage *frame, int64_t time_us,
                        bool is_key)
{
  self->klass->push (self, frame, time_us, is_key);
}

static inline void
spc_video_encoder_set_bitrate (SpcVideoEncoder *self, uint32_t bitrate_bps)
{
  self->klass->set_bitrate (self, bitrate_bps);
}

static inline void
spc_video_encoder_free (SpcVideoEncoder *self)
{
  if (self != NULL)
    self->klass->free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcVideoEncoder, spc_video_encoder_free)

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wire-streams.h – the streams a viewer of a display has, for tests.
 *
 * As strict as the strictest client: ids below 64 that are free, the first
 * frame a key frame, clips inside the places of frames. Frames of MJPEG are
 * decoded and shown at once; those of other codecs are numbers
 * (wire_streams_packet), of which none may be missing. Any thread. */
#pragma once

#include "qxl/geometry.h"
#include "server-core/wire/messages-display.h"
#include <glib.h>

typedef struct {
  bool is_there;
  uint8_t codec;
  QxlRect dest;
  GArray *clip;         /* QxlRect */
  uint32_t report;      /* its reports' name; 0: not asked for */
  guint n_frames;       /* since it was created */
  guint n_sized;        /* of them told their places */
  QxlRect place;        /* of the last frame */
  uint32_t time_ms;     /* of the last one */
  uint64_t last_number; /* of codecs other than MJPEG */
  guint n_keys;
} WireStream;

typedef struct _WireStreams WireStreams;
/* shows 0x00RRGGBB */
typedef void (*WireStreamsPaint) (int32_t x, int32_t y, uint32_t pixel,
                                  gpointer user_data);

WireStreams *wire_streams_new (WireStreamsPaint paint, gpointer user_data);
void wire_streams_free (WireStreams *self);
/* false: @type is no message of streams */
bool wire_streams_message (WireStreams *self, uint16_t type, QxlReader *reader);

/* asking */
guint wire_streams_count (const WireStreams *self);
guint wire_streams_n_created (const WireStreams *self);
guint wire_streams_n_clips (const WireStreams *self);
/* the @n th that is there; NULL beyond the last */
const WireStream *wire_streams_at (const WireStreams *self, guint n);
uint32_t wire_streams_id (const WireStreams *self, const WireStream *stream);

/* a packet of a codec that only numbers its frames */
GBytes *wire_streams_packet (uint64_t number, bool is_key);

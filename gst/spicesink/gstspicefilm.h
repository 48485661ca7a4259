/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicefilm.h – an encoded film to a display.
 *
 * Packets go to the viewers that decode them as they are. While there are
 * others, the film is decoded as well and its pictures go the way of raw ones.
 * Key frames that viewers lack are asked for upstream, twice a second at most.
 * Pad thread, but where said. */
#pragma once

#include "gst/common/gstspicenav.h"
#include "gst/spicesink/gstspicefeed.h"

G_BEGIN_DECLS

/* what a pad takes, in any form, and in that of the protocol */
#define GST_SPICE_FILM_CAPS                                                    \
  "image/jpeg; "                                                               \
  "video/x-h264, stream-format = (string) byte-stream, "                       \
  "alignment = (string) au; "                                                  \
  "video/x-h265, stream-format = (string) byte-stream, "                       \
  "alignment = (string) au; "                                                  \
  "video/x-vp8; video/x-vp9"

typedef struct _GstSpiceFilm GstSpiceFilm;

typedef struct {
  GstElement *element; /* referenced until stop; warnings are posted there */
  SpcDisplay *display; /* referenced */
  GstSpiceFeed *feed;  /* takes the pictures; this and nav outlive the film */
  GstSpiceNav *nav;
  gboolean always_decodes; /* somebody else wants the pictures */
} GstSpiceFilmSetup;

/* life: any thread */
GstSpiceFilm *gst_spice_film_new (const GstSpiceFilmSetup *setup);
/* Ends the decoder. Frees, too. */
void gst_spice_film_stop (GstSpiceFilm *self);

/* work */
gboolean gst_spice_film_is_film (const GstCaps *caps);
/* Packets of these caps follow. FALSE: they have no size, or too large a one,
 * which is logged. */
gboolean gst_spice_film_begin (GstSpiceFilm *self, GstCaps *caps);
/* Something else follows. @is_film: it is one all the same */
void gst_spice_film_end (GstSpiceFilm *self, gboolean is_film);
void gst_spice_film_push (GstSpiceFilm *self, GstBuffer *buffer);

G_END_DECLS

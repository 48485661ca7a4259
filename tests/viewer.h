/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* viewer.h – for tests: somebody who looks at a display, in memory.
 *
 * A main link, a display link that has said INIT, and the canvas of what came.
 * Runs on the test's loop. */
#pragma once

#include "session.h"
#include "wire-canvas.h"

typedef struct {
  uint8_t display_id;
  bool no_heads; /* does not take MONITORS_CONFIG */
  bool takes_lz4;
  bool is_native;      /* takes COMPOSITE, which web clients do not */
  uint8_t compression; /* SPICE_IMAGE_COMPRESSION_…; 0: no wish */
  bool full_header;
  bool silent;           /* never acknowledges, never answers pings */
  uint32_t codecs;       /* bits (1 << number); 0: no word of several */
  bool reports;          /* on streams, if asked to */
  bool takes_sized;      /* frames that tell their places */
  gsize line_bytes;      /* 0: SESSION_LINE_BYTES */
  uint64_t cache_pixels; /* announced; 0: as many as usual */
} ViewerSetup;

typedef struct {
  WireClient *main, *display;
  WireCanvas *canvas;
} Viewer;

/* @setup: NULL for the usual */
Viewer *viewer_new (Session *session, const ViewerSetup *setup);
void viewer_free (Viewer *self); /* hangs up */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Viewer, viewer_free)
void viewer_say_init (WireClient *display);
bool viewer_shows (const Viewer *self, const QxlImage *image);

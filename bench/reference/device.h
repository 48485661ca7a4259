/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* device.h – a QXL display device fed with frames, as a display driver would.
 *
 * Each frame is compared with what was posted last, and only the rectangles
 * that changed are posted, as draw-copy commands that carry their own pixels.
 * Like a driver, it stops posting while the command ring (32 entries, as in
 * the real device) is full; the next frame then makes up for what was left
 * out, so the last picture always arrives.
 *
 * The device owns its commands until the server's worker thread releases
 * them; the ring is locked, everything else is the main thread's. */
#pragma once

#include <glib.h>
#include <spice.h>

typedef struct _FeederDevice FeederDevice;

typedef struct {
  guint64 frames;      /* pushed */
  guint64 skipped;     /* not posted because the ring was full */
  guint64 commands;    /* draw commands posted */
  guint64 pixel_bytes; /* in them */
} FeederDeviceStats;

/* life */
FeederDevice *feeder_device_new (SpiceServer *server, guint head, guint width,
                                 guint height);
void feeder_device_free (FeederDevice *self); /* after the server is gone */
/* Changes that touch are posted as one: feeder_tiles_join. */
void feeder_device_join_changes (FeederDevice *self);
/* work */
void feeder_device_push (FeederDevice *self, const guint8 *pixels);
void feeder_device_resize (FeederDevice *self, guint width, guint height);
/* @bgra: 32-bit pixels with straight alpha, copied. */
void feeder_device_set_cursor (FeederDevice *self, guint width, guint height,
                               guint hot_x, guint hot_y, const guint8 *bgra);
void feeder_device_add_stats (FeederDevice *self, FeederDeviceStats *stats);

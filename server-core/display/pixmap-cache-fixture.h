/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pixmap-cache-fixture.h – for tests: the mirror and a client that reads
 * several channels in any order.
 *
 * The server sends draws on channels, whose sockets take them at times; the
 * client takes messages from their queues and waits as real ones do. It must
 * never find itself with all channels waiting, and never be shown an image that
 * is not the one meant. What a socket has not taken is lost when its channel
 * ends. What happens next is the test's choice; what is drawn, of a chooser. */
#pragma once

#include "pixmap-cache.h"

enum { PIXMAP_WORLD_CHANNELS = 4 };

typedef struct _PixmapWorld PixmapWorld;

/* 0 to @n - 1 */
typedef guint (*PixmapWorldChoose) (gpointer user_data, guint n);

/* @capacity: of the cache, pixels; images have 10 to 59 */
PixmapWorld *pixmap_world_new (uint64_t capacity, PixmapWorldChoose choose,
                               gpointer user_data);
void pixmap_world_free (PixmapWorld *self);

/* what may happen; channels are below PIXMAP_WORLD_CHANNELS */
void pixmap_world_draw (PixmapWorld *self, uint8_t channel);
void pixmap_world_deliver (PixmapWorld *self, uint8_t channel);
void pixmap_world_take (PixmapWorld *self, uint8_t channel);
/* ends with messages under way, and another takes its place */
void pixmap_world_lose_channel (PixmapWorld *self, uint8_t channel);
/* the client takes all, and then has what the mirror has */
void pixmap_world_drain (PixmapWorld *self);

typedef struct {
  guint n_hits, n_waits, n_evicted, n_replaced;
} PixmapWorldCounts;

const PixmapWorldCounts *pixmap_world_counts (const PixmapWorld *self);

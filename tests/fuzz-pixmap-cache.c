/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mirror of a client's pixmap cache: whatever is drawn, delivered, taken
 * and lost on whichever channel, the client is never stuck, shows what was
 * meant and has what the mirror has.
 *
 * An input is a word of the cache's size, in pixels; then events, each a byte
 * and what it chooses. */
#include "fuzz-bytes.h"
#include "fuzz.h"
#include "server-core/display/pixmap-cache-fixture.h"

enum { MAX_EVENTS = 2000, MAX_CAPACITY = 2048 };

static void
drain (PixmapWorld *world, uint8_t channel)
{
  pixmap_world_drain (world);
}

/* the more likely ones more than once */
static void (*const events[]) (PixmapWorld *, uint8_t) = {
    pixmap_world_draw, pixmap_world_deliver,
    pixmap_world_take, drain,
    pixmap_world_draw, pixmap_world_take,
    pixmap_world_draw, pixmap_world_lose_channel,
};

static guint
choose (gpointer user_data, guint n)
{
  return fuzz_choice (user_data, n);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzBytes bytes = fuzz_bytes (data, size);
  uint64_t capacity = fuzz_word (&bytes) % MAX_CAPACITY;
  PixmapWorld *world = pixmap_world_new (capacity, choose, &bytes);

  for (int i = 0; i < MAX_EVENTS && fuzz_has_more (&bytes); i++) {
    unsigned what = fuzz_byte (&bytes);

    events[what % G_N_ELEMENTS (events)](
        world, (uint8_t)(what / G_N_ELEMENTS (events) % PIXMAP_WORLD_CHANNELS));
  }
  pixmap_world_drain (world);
  pixmap_world_free (world);
  return 0;
}

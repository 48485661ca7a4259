/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pixmap-cache-fixture.h"

#include "server-core/base/limits.h"

enum {
  N_CHANNELS = PIXMAP_WORLD_CHANNELS,
  N_CONTENTS = 50,
  MAX_IMAGES = 3,
};

typedef struct {
  SpcPixmapUse use;
  uint32_t id, number, pixels;
  bool is_lossy, permits_loss;
} Image;

/* one of WAIT_FOR_CHANNELS, INVAL_LIST, INVAL_ALL_PIXMAPS, a draw */
typedef struct {
  SpcWaitForChannels waits;
  GArray *evicted; /* uint32_t */
  bool clears;
  Image images[MAX_IMAGES];
  int n_images, n_done;
} Message;

typedef struct {
  GQueue queue;                   /* Message */
  uint64_t sent, delivered, done; /* serials */
  bool ended;
} Channel;

struct _PixmapWorld {
  PixmapWorldChoose choose;
  gpointer user_data;
  SpcPixmapCache *cache;
  Channel channels[N_CHANNELS];
  GHashTable *kept; /* the client's: id → Image */
  GHashTable *lost; /* ids of images that were added, but never came */
  PixmapWorldCounts counts;
};

static guint
choose (PixmapWorld *self, guint n)
{
  return self->choose (self->user_data, n);
}

static void
message_free (Message *self)
{
  g_array_unref (self->evicted);
  g_free (self);
}

/* the server */

static Message *
message_new (void)
{
  Message *self = g_new0 (Message, 1);

  self->evicted = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  return self;
}

static void
send (Channel *channel, Message *message)
{
  channel->sent++;
  g_queue_push_tail (&channel->queue, message);
}

static void
send_before (PixmapWorld *self, Channel *channel)
{
  const SpcWaitForChannels *waits = spc_pixmap_cache_waits (self->cache);
  Message *message;
  guint n;
  const uint32_t *evicted = spc_pixmap_cache_evicted (self->cache, &n);

  if (waits->count > 0) {
    message = message_new ();
    message->waits = *waits;
    send (channel, message);
    self->counts.n_waits++;
  }
  if (n == 0)
    return;
  message = message_new ();
  g_array_append_vals (message->evicted, evicted, n);
  send (channel, message);
  self->counts.n_evicted += n;
}

static void
choose_image (PixmapWorld *self, Image *image)
{
  SpcContentId content;

  image->number = choose (self, N_CONTENTS);
  image->pixels = 10 + image->number;
  image->permits_loss = choose (self, 2) == 0;
  content = (SpcContentId){{image->number, 1}};
  image->use = spc_pixmap_cache_find (self->cache, &content,
                                      image->permits_loss, &image->id);
  if (image->use != SPC_PIXMAP_PLAIN) {
    self->counts.n_hits++;
    return;
  }
  image->is_lossy = image->permits_loss && choose (self, 2) == 0;
  image->use =
      spc_pixmap_cache_add (self->cache, &content, image->pixels, 1,
                            image->is_lossy, choose (self, 2) == 0, &image->id);
  self->counts.n_replaced += image->use == SPC_PIXMAP_REPLACED;
}

static void
send_clear (PixmapWorld *self, uint8_t id)
{
  Message *message = message_new ();

  spc_pixmap_cache_begin (self->cache, id);
  spc_pixmap_cache_clear (self->cache);
  message->clears = true;
  message->waits = *spc_pixmap_cache_waits (self->cache);
  send (&self->channels[id], message);
  spc_pixmap_cache_end (self->cache, self->channels[id].sent);
}

void
pixmap_world_draw (PixmapWorld *self, uint8_t id)
{
  Channel *channel = &self->channels[id];
  Message *message = message_new ();

  if (spc_pixmap_cache_must_clear (self->cache))
    send_clear (self, id);
  spc_pixmap_cache_begin (self->cache, id);
  message->n_images = 1 + (int)choose (self, MAX_IMAGES);
  for (int i = 0; i < message->n_images; i++)
    choose_image (self, &message->images[i]);
  send_before (self, channel);
  send (channel, message);
  spc_pixmap_cache_end (self->cache, channel->sent);
}

/* the client */

/* a client has taken what came of a channel before it sees its end, and waits
 * for it no longer then */
static bool
is_over (const Channel *channel)
{
  return channel->ended && channel->queue.length == 0;
}

static bool
waits_over (PixmapWorld *self, const SpcWaitForChannels *waits)
{
  for (guint i = 0; i < waits->count; i++) {
    const SpcWaitForChannel *wait = &waits->channels[i];
    const Channel *channel = &self->channels[wait->channel_id];

    if (channel->done < wait->serial && !is_over (channel))
      return false;
  }
  return true;
}

/* false: it has to come yet */
static bool
take_image (PixmapWorld *self, const Image *image)
{
  gpointer key = GUINT_TO_POINTER (image->id);
  Image *kept = g_hash_table_lookup (self->kept, key);

  switch (image->use) {
  case SPC_PIXMAP_PLAIN:
    return true;
  case SPC_PIXMAP_ADDED:
    g_assert_null (kept);
    g_hash_table_insert (self->kept, key, g_memdup2 (image, sizeof *image));
    return true;
  case SPC_PIXMAP_REPLACED:
    g_assert_nonnull (kept);
    g_assert_true (kept->is_lossy && !image->is_lossy);
    kept->is_lossy = false;
    return true;
  case SPC_PIXMAP_IS_THERE_LOSSLESS:
    if (kept != NULL && kept->is_lossy)
      return false;
    break;
  case SPC_PIXMAP_IS_THERE:
    break;
  }
  if (kept == NULL)
    return false;
  g_assert_cmpuint (kept->number, ==, image->number);
  g_assert_true (image->permits_loss || !kept->is_lossy);
  return true;
}

/* the message at the channel's head; false: it waits */
static bool
take_message (PixmapWorld *self, Channel *channel)
{
  Message *message = g_queue_peek_head (&channel->queue);

  if (channel->done == channel->delivered ||
      !waits_over (self, &message->waits))
    return false;
  for (; message->n_done < message->n_images; message->n_done++)
    if (!take_image (self, &message->images[message->n_done]))
      return false;
  for (guint i = 0; i < message->evicted->len; i++) {
    gpointer key =
        GUINT_TO_POINTER (g_array_index (message->evicted, uint32_t, i));

    g_assert_true (g_hash_table_remove (self->kept, key) ||
                   g_hash_table_contains (self->lost, key));
  }
  if (message->clears)
    g_hash_table_remove_all (self->kept);
  channel->done++;
  message_free (g_queue_pop_head (&channel->queue));
  return true;
}

void
pixmap_world_deliver (PixmapWorld *self, uint8_t id)
{
  self->channels[id].delivered = self->channels[id].sent;
  spc_pixmap_cache_delivered (self->cache, id, self->channels[id].sent);
}

/* takes all; each round some channel must get on */
static void
drain (PixmapWorld *self)
{
  bool moved = true, left;

  for (uint8_t i = 0; i < N_CHANNELS; i++)
    pixmap_world_deliver (self, i);
  do {
    left = false;
    g_assert_true (moved);
    moved = false;
    for (int i = 0; i < N_CHANNELS; i++) {
      moved |= take_message (self, &self->channels[i]);
      left |= self->channels[i].queue.length > 0;
    }
  } while (left);
}

static void
assert_client_has_what_the_mirror_has (PixmapWorld *self)
{
  GHashTableIter iter;
  gpointer image;
  uint64_t pixels = 0;

  g_hash_table_iter_init (&iter, self->kept);
  while (g_hash_table_iter_next (&iter, NULL, &image))
    pixels += ((const Image *)image)->pixels;
  g_assert_cmpuint (pixels, ==, spc_pixmap_cache_pixels (self->cache));
  g_assert_cmpuint (g_hash_table_size (self->kept), ==,
                    spc_pixmap_cache_n_images (self->cache));
}

static void
lose_message (PixmapWorld *self, Message *message)
{
  for (int i = 0; i < message->n_images; i++)
    if (message->images[i].use == SPC_PIXMAP_ADDED)
      g_hash_table_add (self->lost, GUINT_TO_POINTER (message->images[i].id));
  message_free (message);
}

void
pixmap_world_lose_channel (PixmapWorld *self, uint8_t id)
{
  Channel *channel = &self->channels[id];

  while (channel->sent > channel->delivered) {
    lose_message (self, g_queue_pop_tail (&channel->queue));
    channel->sent--;
  }
  channel->ended = true;
  drain (self);
  spc_pixmap_cache_channel_gone (self->cache, id);
  *channel = (Channel){0};
}

/* life */

PixmapWorld *
pixmap_world_new (uint64_t capacity, PixmapWorldChoose chooser,
                  gpointer user_data)
{
  PixmapWorld *self = g_new0 (PixmapWorld, 1);

  self->choose = chooser;
  self->user_data = user_data;
  self->cache = spc_pixmap_cache_new (capacity);
  self->kept = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->lost = g_hash_table_new (NULL, NULL);
  return self;
}

void
pixmap_world_free (PixmapWorld *self)
{
  for (int i = 0; i < N_CHANNELS; i++)
    g_queue_clear_full (&self->channels[i].queue, (GDestroyNotify)message_free);
  g_hash_table_unref (self->kept);
  g_hash_table_unref (self->lost);
  spc_pixmap_cache_free (self->cache);
  g_free (self);
}

/* what may happen */

void
pixmap_world_take (PixmapWorld *self, uint8_t channel)
{
  take_message (self, &self->channels[channel]);
}

void
pixmap_world_drain (PixmapWorld *self)
{
  drain (self);
  if (!spc_pixmap_cache_must_clear (self->cache))
    assert_client_has_what_the_mirror_has (self);
}

const PixmapWorldCounts *
pixmap_world_counts (const PixmapWorld *self)
{
  return &self->counts;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mirror and a client that reads several channels in any order.
 *
 * The server sends draws on random channels, whose sockets take them at random
 * times; the client takes messages from their queues in random order and waits
 * as real ones do. It must never find itself with all channels waiting, and
 * never be shown an image that is not the one meant. What a socket has not
 * taken is lost when its channel ends. */
#include "pixmap-cache.h"

#include "server-core/base/limits.h"

enum { N_CHANNELS = 4, N_CONTENTS = 50, MAX_IMAGES = 3 };

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

typedef struct {
  GRand *rand;
  SpcPixmapCache *cache;
  Channel channels[N_CHANNELS];
  GHashTable *kept; /* the client's: id → Image */
  GHashTable *lost; /* ids of images that were added, but never came */
  guint n_hits, n_waits, n_evicted, n_replaced;
} World;

static bool
one_in (World *self, int n)
{
  return g_rand_int_range (self->rand, 0, n) == 0;
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
send_before (World *self, Channel *channel)
{
  const SpcWaitForChannels *waits = spc_pixmap_cache_waits (self->cache);
  Message *message;
  guint n;
  const uint32_t *evicted = spc_pixmap_cache_evicted (self->cache, &n);

  if (waits->count > 0) {
    message = message_new ();
    message->waits = *waits;
    send (channel, message);
    self->n_waits++;
  }
  if (n == 0)
    return;
  message = message_new ();
  g_array_append_vals (message->evicted, evicted, n);
  send (channel, message);
  self->n_evicted += n;
}

static void
choose_image (World *self, Image *image)
{
  SpcContentId content;

  image->number = (uint32_t)g_rand_int_range (self->rand, 0, N_CONTENTS);
  image->pixels = 10 + image->number;
  image->permits_loss = one_in (self, 2);
  content = (SpcContentId){{image->number, 1}};
  image->use = spc_pixmap_cache_find (self->cache, &content,
                                      image->permits_loss, &image->id);
  if (image->use != SPC_PIXMAP_PLAIN) {
    self->n_hits++;
    return;
  }
  image->is_lossy = image->permits_loss && one_in (self, 2);
  image->use = spc_pixmap_cache_add (self->cache, &content, image->pixels, 1,
                                     image->is_lossy, &image->id);
  self->n_replaced += image->use == SPC_PIXMAP_REPLACED;
}

static void
send_clear (World *self, uint8_t id)
{
  Message *message = message_new ();

  spc_pixmap_cache_begin (self->cache, id);
  spc_pixmap_cache_clear (self->cache);
  message->clears = true;
  message->waits = *spc_pixmap_cache_waits (self->cache);
  send (&self->channels[id], message);
  spc_pixmap_cache_end (self->cache, self->channels[id].sent);
}

static void
send_draw (World *self, uint8_t id)
{
  Channel *channel = &self->channels[id];
  Message *message = message_new ();

  if (spc_pixmap_cache_must_clear (self->cache))
    send_clear (self, id);
  spc_pixmap_cache_begin (self->cache, id);
  message->n_images = g_rand_int_range (self->rand, 1, MAX_IMAGES + 1);
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
waits_over (World *self, const SpcWaitForChannels *waits)
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
take_image (World *self, const Image *image)
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
take_message (World *self, Channel *channel)
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

static void
deliver (World *self, uint8_t id)
{
  self->channels[id].delivered = self->channels[id].sent;
  spc_pixmap_cache_delivered (self->cache, id, self->channels[id].sent);
}

/* takes all; each round some channel must get on */
static void
drain (World *self)
{
  bool moved = true, left;

  for (uint8_t i = 0; i < N_CHANNELS; i++)
    deliver (self, i);
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
assert_client_has_what_the_mirror_has (World *self)
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
lose_message (World *self, Message *message)
{
  for (int i = 0; i < message->n_images; i++)
    if (message->images[i].use == SPC_PIXMAP_ADDED)
      g_hash_table_add (self->lost, GUINT_TO_POINTER (message->images[i].id));
  message_free (message);
}

/* the channel ends with messages under way, some of which are lost, and another
 * channel takes its place */
static void
lose_channel (World *self, uint8_t id)
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

static void
run (World *self, int n_steps, bool channels_go)
{
  for (int step = 0; step < n_steps; step++) {
    uint8_t id = (uint8_t)g_rand_int_range (self->rand, 0, N_CHANNELS);

    if (one_in (self, 2))
      send_draw (self, id);
    else
      take_message (self, &self->channels[id]);
    if (one_in (self, 3))
      deliver (self, (uint8_t)g_rand_int_range (self->rand, 0, N_CHANNELS));
    if (one_in (self, 1000)) {
      drain (self);
      if (!spc_pixmap_cache_must_clear (self->cache))
        assert_client_has_what_the_mirror_has (self);
    }
    if (channels_go && one_in (self, 200))
      lose_channel (self, id);
  }
  drain (self);
}

static void
test_world (bool channels_go)
{
  for (guint32 seed = 0; seed < 6; seed++) {
    World world = {.rand = g_rand_new_with_seed (seed)};

    world.cache = spc_pixmap_cache_new (400 + 200 * seed);
    world.kept = g_hash_table_new_full (NULL, NULL, NULL, g_free);
    world.lost = g_hash_table_new (NULL, NULL);
    run (&world, 8000, channels_go);
    g_assert_cmpuint (world.n_hits, >, 100);
    g_assert_cmpuint (world.n_waits, >, 100);
    g_assert_cmpuint (world.n_evicted, >, 100);
    g_assert_cmpuint (world.n_replaced, >, 100);
    g_hash_table_unref (world.kept);
    g_hash_table_unref (world.lost);
    spc_pixmap_cache_free (world.cache);
    g_rand_free (world.rand);
  }
}

static void
channels_in_any_order (void)
{
  test_world (false);
}

static void
channels_that_go_and_come (void)
{
  test_world (true);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pixmap-cache/client-reads-channels-in-any-order",
                   channels_in_any_order);
  g_test_add_func ("/pixmap-cache/channels-go-and-come",
                   channels_that_go_and_come);
  return g_test_run ();
}

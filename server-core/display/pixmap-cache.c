/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pixmap-cache.h"

#include "server-core/base/limits.h"

#include <assert.h>

static_assert (SPC_MAX_DISPLAYS <= SPC_MAX_WAIT_FOR_CHANNELS,
               "one message can wait for all display channels");
static_assert (SPC_MAX_PIXMAPS <= G_MAXUINT16,
               "one INVAL_LIST can name all images");

/* larger images than 1/SHARE of the cache would sweep it clean; two screens
 * between which one changes to and fro have room */
#define SHARE 2
/* all that pass by together: of 20 Mi pixels, as spice-gtk has them, a second
 * and more of an animation in a quarter of a screen that repeats itself */
#define PASSING_SHARE 8

typedef struct {
  SpcContentId content;
  uint32_t id; /* on the wire */
  bool is_lossy, was_replaced, is_passing;
  uint64_t pixels;
  uint64_t message; /* the last one that used it, by n_messages */
  uint8_t adder;    /* the channel that brought it, or its lossless pixels, */
  uint64_t added;   /* and the serial; 0: in the message that is being built */
  /* serials; 0: the channel never used it */
  uint64_t last_use[SPC_MAX_DISPLAYS];
  GList link; /* in one of the queues */
} Pixmap;

struct _SpcPixmapCache {
  uint64_t capacity, pixels;
  uint32_t last_id;       /* given to an image */
  GHashTable *by_content; /* SpcContentId → Pixmap, owned */
  /* of Pixmap.link; head: used last */
  GQueue stays, passes;
  uint64_t passing_pixels;
  /* the message that is being built */
  uint8_t channel_id;
  uint64_t n_messages;
  uint64_t message_pixels;         /* of the images it uses, which must stay, */
  uint64_t message_passing_pixels; /* and of these what passes by */
  GPtrArray *used;                 /* Pixmap */
  GArray *evicted;                 /* uint32_t */
  SpcWaitForChannels waits;
  bool is_clear; /* the message clears the cache */
  /* channels: the last serial that touched the cache, 0 none, and whether they
   * know that the cache was cleared by message clear_serial of clear_channel */
  uint64_t touched[SPC_MAX_DISPLAYS];
  uint64_t delivered[SPC_MAX_DISPLAYS];
  bool knows_clear[SPC_MAX_DISPLAYS];
  uint8_t clear_channel;
  uint64_t clear_serial; /* 0: never */
  bool is_stale;
};

/* table */

static guint
hash_content (gconstpointer key)
{
  return (guint)((const SpcContentId *)key)->words[0];
}

static gboolean
equal_content (gconstpointer a, gconstpointer b)
{
  return spc_content_id_is_equal (a, b);
}

static Pixmap *
look_up (const SpcPixmapCache *self, const SpcContentId *content)
{
  return spc_pixmap_cache_must_clear (self)
             ? NULL
             : g_hash_table_lookup (self->by_content, content);
}

/* it cannot be lost any more, unless what names it is lost, too */
static bool
is_delivered (const SpcPixmapCache *self, const Pixmap *pixmap,
              uint8_t channel_id)
{
  return pixmap->adder == channel_id ||
         (pixmap->added != 0 &&
          pixmap->added <= self->delivered[pixmap->adder]);
}

static bool
suits (const SpcPixmapCache *self, const Pixmap *pixmap, uint8_t channel_id,
       bool permits_loss)
{
  return pixmap != NULL && (permits_loss || !pixmap->is_lossy) &&
         is_delivered (self, pixmap, channel_id);
}

/* waiting */

static void
wait_for (SpcPixmapCache *self, uint8_t channel_id, uint64_t serial)
{
  SpcWaitForChannels *waits = &self->waits;

  if (serial == 0 || channel_id == self->channel_id)
    return;
  for (guint i = 0; i < waits->count; i++)
    if (waits->channels[i].channel_id == channel_id) {
      waits->channels[i].serial = MAX (waits->channels[i].serial, serial);
      return;
    }
  waits->channels[waits->count++] =
      (SpcWaitForChannel){SPICE_CHANNEL_DISPLAY, channel_id, serial};
}

static void
wait_for_all (SpcPixmapCache *self, const uint64_t serials[SPC_MAX_DISPLAYS])
{
  for (guint8 i = 0; i < SPC_MAX_DISPLAYS; i++)
    wait_for (self, i, serials[i]);
}

/* a message that knows of images in the cleared cache must come after it */
static void
wait_for_clear (SpcPixmapCache *self)
{
  if (self->knows_clear[self->channel_id])
    return;
  self->knows_clear[self->channel_id] = true;
  wait_for (self, self->clear_channel, self->clear_serial);
}

/* images */

static void
link_pixmap (SpcPixmapCache *self, Pixmap *pixmap)
{
  self->pixels += pixmap->pixels;
  if (pixmap->is_passing)
    self->passing_pixels += pixmap->pixels;
  g_queue_push_head_link (pixmap->is_passing ? &self->passes : &self->stays,
                          &pixmap->link);
}

static void
unlink_pixmap (SpcPixmapCache *self, Pixmap *pixmap)
{
  self->pixels -= pixmap->pixels;
  if (pixmap->is_passing)
    self->passing_pixels -= pixmap->pixels;
  g_queue_unlink (pixmap->is_passing ? &self->passes : &self->stays,
                  &pixmap->link);
}

/* @pixmap is part of the message: it stays until the end */
static void
use (SpcPixmapCache *self, Pixmap *pixmap)
{
  wait_for_clear (self);
  if (pixmap->message == self->n_messages)
    return;
  pixmap->message = self->n_messages;
  self->message_pixels += pixmap->pixels;
  if (pixmap->is_passing)
    self->message_passing_pixels += pixmap->pixels;
  g_ptr_array_add (self->used, pixmap);
}

/* it has come back, so it was not passing by, unless in the same message */
static void
use_again (SpcPixmapCache *self, Pixmap *pixmap)
{
  unlink_pixmap (self, pixmap);
  if (pixmap->message != self->n_messages)
    pixmap->is_passing = false;
  link_pixmap (self, pixmap);
  use (self, pixmap);
}

static void
evict (SpcPixmapCache *self, Pixmap *pixmap)
{
  g_assert (pixmap->message != self->n_messages);
  wait_for_all (self, pixmap->last_use);
  g_array_append_val (self->evicted, pixmap->id);
  unlink_pixmap (self, pixmap);
  g_hash_table_remove (self->by_content, &pixmap->content);
}

static bool
has_room_for (const SpcPixmapCache *self, uint64_t pixels)
{
  return self->pixels + pixels <= self->capacity &&
         spc_pixmap_cache_n_images (self) < SPC_MAX_PIXMAPS;
}

static bool
has_room_for_passing (const SpcPixmapCache *self, uint64_t pixels)
{
  return self->passing_pixels + pixels <= self->capacity / PASSING_SHARE;
}

/* beside what the message uses */
static bool
can_have_room (const SpcPixmapCache *self, uint64_t pixels, bool is_passing)
{
  if (is_passing &&
      pixels > self->capacity / PASSING_SHARE - self->message_passing_pixels)
    return false;
  return pixels <= self->capacity / SHARE &&
         pixels <= self->capacity - self->message_pixels &&
         self->used->len < SPC_MAX_PIXMAPS;
}

static Pixmap *
oldest (SpcPixmapCache *self)
{
  Pixmap *pixmap = g_queue_peek_tail (&self->stays);

  if (pixmap == NULL || pixmap->message == self->n_messages)
    pixmap = g_queue_peek_tail (&self->passes);
  return pixmap;
}

/* false, and nothing is evicted, if there cannot be room */
static bool
make_room (SpcPixmapCache *self, uint64_t pixels, bool is_passing)
{
  if (!can_have_room (self, pixels, is_passing))
    return false;
  while (is_passing && !has_room_for_passing (self, pixels))
    evict (self, g_queue_peek_tail (&self->passes));
  while (!has_room_for (self, pixels))
    evict (self, oldest (self));
  return true;
}

static SpcPixmapUse
replace (SpcPixmapCache *self, Pixmap *pixmap)
{
  /* the lossy copy must not come after this one, nor be drawn instead */
  wait_for_all (self, pixmap->last_use);
  pixmap->is_lossy = false;
  pixmap->was_replaced = true;
  pixmap->adder = self->channel_id;
  pixmap->added = 0;
  use_again (self, pixmap);
  return SPC_PIXMAP_REPLACED;
}

/* life */

SpcPixmapCache *
spc_pixmap_cache_new (uint64_t capacity)
{
  SpcPixmapCache *self = g_new0 (SpcPixmapCache, 1);

  self->capacity = capacity > G_MAXINT64 ? 0 : capacity;
  self->by_content =
      g_hash_table_new_full (hash_content, equal_content, NULL, g_free);
  g_queue_init (&self->stays);
  g_queue_init (&self->passes);
  self->used = g_ptr_array_new ();
  self->evicted = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  return self;
}

void
spc_pixmap_cache_free (SpcPixmapCache *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_content);
  g_ptr_array_unref (self->used);
  g_array_unref (self->evicted);
  g_free (self);
}

bool
spc_pixmap_cache_has (const SpcPixmapCache *self, uint8_t channel_id,
                      const SpcContentId *content, bool permits_loss)
{
  return suits (self, look_up (self, content), channel_id, permits_loss);
}

void
spc_pixmap_cache_delivered (SpcPixmapCache *self, uint8_t channel_id,
                            uint64_t serial)
{
  g_return_if_fail (channel_id < SPC_MAX_DISPLAYS);
  self->delivered[channel_id] = serial;
}

/* a message */

void
spc_pixmap_cache_begin (SpcPixmapCache *self, uint8_t channel_id)
{
  g_return_if_fail (channel_id < SPC_MAX_DISPLAYS);
  self->channel_id = channel_id;
  self->n_messages++;
  self->message_pixels = self->message_passing_pixels = 0;
  g_ptr_array_set_size (self->used, 0);
  g_array_set_size (self->evicted, 0);
  self->waits.count = 0;
  self->is_clear = false;
}

SpcPixmapUse
spc_pixmap_cache_find (SpcPixmapCache *self, const SpcContentId *content,
                       bool permits_loss, uint32_t *id)
{
  Pixmap *pixmap = look_up (self, content);

  if (!suits (self, pixmap, self->channel_id, permits_loss))
    return SPC_PIXMAP_PLAIN;
  use_again (self, pixmap);
  *id = pixmap->id;
  /* a channel ahead of the one that replaced the copy has to wait for that */
  return pixmap->was_replaced ? SPC_PIXMAP_IS_THERE_LOSSLESS
                              : SPC_PIXMAP_IS_THERE;
}

SpcPixmapUse
spc_pixmap_cache_add (SpcPixmapCache *self, const SpcContentId *content,
                      uint32_t width, uint32_t height, bool is_lossy,
                      bool is_passing, uint32_t *id)
{
  Pixmap *pixmap = look_up (self, content);
  uint64_t pixels = (uint64_t)width * height;

  if (pixmap != NULL && pixmap->is_lossy && !is_lossy &&
      is_delivered (self, pixmap, self->channel_id)) {
    *id = pixmap->id;
    return replace (self, pixmap);
  }
  if (pixmap != NULL || spc_pixmap_cache_must_clear (self) ||
      !make_room (self, pixels, is_passing))
    return SPC_PIXMAP_PLAIN;
  pixmap = g_new0 (Pixmap, 1);
  *id = pixmap->id = ++self->last_id;
  pixmap->content = *content;
  pixmap->adder = self->channel_id;
  pixmap->is_lossy = is_lossy;
  pixmap->is_passing = is_passing;
  pixmap->pixels = pixels;
  pixmap->link.data = pixmap;
  g_hash_table_insert (self->by_content, &pixmap->content, pixmap);
  link_pixmap (self, pixmap);
  use (self, pixmap);
  return SPC_PIXMAP_ADDED;
}

const SpcWaitForChannels *
spc_pixmap_cache_waits (const SpcPixmapCache *self)
{
  return &self->waits;
}

const uint32_t *
spc_pixmap_cache_evicted (const SpcPixmapCache *self, guint *n_ids)
{
  *n_ids = self->evicted->len;
  return (const uint32_t *)(gconstpointer)self->evicted->data;
}

void
spc_pixmap_cache_end (SpcPixmapCache *self, uint64_t serial)
{
  for (guint i = 0; i < self->used->len; i++) {
    Pixmap *pixmap = g_ptr_array_index (self->used, i);

    pixmap->last_use[self->channel_id] = serial;
    if (pixmap->added == 0)
      pixmap->added = serial;
  }
  if (self->used->len > 0 || self->is_clear)
    self->touched[self->channel_id] = serial;
  if (self->is_clear)
    self->clear_serial = serial;
  g_ptr_array_set_size (self->used, 0);
}

/* beginning anew */

static void
forget_images (SpcPixmapCache *self)
{
  g_queue_init (&self->stays);
  g_queue_init (&self->passes);
  g_hash_table_remove_all (self->by_content);
  self->pixels = self->passing_pixels = 0;
}

void
spc_pixmap_cache_distrust (SpcPixmapCache *self)
{
  g_return_if_fail (self->used->len == 0);
  self->is_stale = true;
  forget_images (self);
}

void
spc_pixmap_cache_channel_gone (SpcPixmapCache *self, uint8_t channel_id)
{
  g_return_if_fail (channel_id < SPC_MAX_DISPLAYS);
  g_return_if_fail (self->used->len == 0);
  if (self->touched[channel_id] != 0)
    spc_pixmap_cache_distrust (self);
  self->touched[channel_id] = 0;
  self->delivered[channel_id] = 0;
  self->knows_clear[channel_id] = false;
}

bool
spc_pixmap_cache_must_clear (const SpcPixmapCache *self)
{
  return self->is_stale || self->last_id == G_MAXUINT32;
}

void
spc_pixmap_cache_clear (SpcPixmapCache *self)
{
  g_return_if_fail (self->used->len == 0 && self->evicted->len == 0);
  wait_for_all (self, self->touched);
  forget_images (self);
  /* numbers go on: what a channel that is gone had under way may still come */
  if (self->last_id == G_MAXUINT32)
    self->last_id = 0;
  self->is_stale = false;
  self->is_clear = true;
  for (guint i = 0; i < SPC_MAX_DISPLAYS; i++)
    self->knows_clear[i] = i == self->channel_id;
  self->clear_channel = self->channel_id;
}

/* asking */

uint64_t
spc_pixmap_cache_pixels (const SpcPixmapCache *self)
{
  return self->pixels;
}

guint
spc_pixmap_cache_n_images (const SpcPixmapCache *self)
{
  return self->stays.length + self->passes.length;
}

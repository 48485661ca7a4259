/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pixmap-cache.h – which images a client keeps: the server's mirror of them.
 *
 * One for each client and cache id, shared by its display channels (spec:
 * pixmap cache). The client keeps what it is told to and drops what it is told
 * to; all decisions are made here: an image costs its pixels, those unused for
 * longest make room. What passes by, as the pictures of a film do, has a small
 * part of the cache to itself and drives out nothing else; a hit shows that it
 * does not. Images are known by what they show, so equal pixels drawn again are
 * a hit wherever they come from. On the wire an image has a number of
 * its own, given when it is added and never to another one; its upper 32 bits
 * are 0, as web clients fold the halves of ids into one.
 *
 * Why nothing waits in a circle. The client makes a channel wait in three ways:
 * in order behind the channel's own messages, with FROM_CACHE for the message
 * that added the image, with WAIT_FOR_CHANNELS for a message of another
 * channel. Everything between begin and end happens at once on the one loop
 * thread, and the message is queued, never to be dropped or overtaken, before
 * another one begins. So messages with a cache in them have one order in time,
 * and each of the three waits is for an earlier one. What must not happen in
 * between is the encoding: image by image it is done before begin.
 *
 * Why nothing waits for ever. What a channel has not got out of the process may
 * be lost with it, and a FROM_CACHE for it would never end. So another channel
 * names an image only once the socket has the message that added it. Waits for
 * a channel that is gone end by themselves.
 *
 * Loop thread only. */
#pragma once

#include "server-core/image/content-id.h"
#include "server-core/wire/messages-common.h"

typedef struct _SpcPixmapCache SpcPixmapCache;

/* how an image goes into the message */
typedef enum {
  SPC_PIXMAP_PLAIN,             /* itself, not kept; its id may be any */
  SPC_PIXMAP_ADDED,             /* itself, CACHE_ME */
  SPC_PIXMAP_REPLACED,          /* itself, CACHE_REPLACE_ME */
  SPC_PIXMAP_IS_THERE,          /* FROM_CACHE */
  SPC_PIXMAP_IS_THERE_LOSSLESS, /* FROM_CACHE_LOSSLESS */
} SpcPixmapUse;

/* life */
/* @capacity: pixels, as the client's INIT has it; over INT64_MAX, which is
 * negative there, nothing is ever kept */
SpcPixmapCache *spc_pixmap_cache_new (uint64_t capacity);
void spc_pixmap_cache_free (SpcPixmapCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcPixmapCache, spc_pixmap_cache_free)

/* looking ahead: a find now would be a hit, so encoding is not called for; it
 * may be gone again when the message is built */
bool spc_pixmap_cache_has (const SpcPixmapCache *self, uint8_t channel_id,
                           const SpcContentId *content, bool permits_loss);

/* the channel's socket has its messages up to @serial */
void spc_pixmap_cache_delivered (SpcPixmapCache *self, uint8_t channel_id,
                                 uint64_t serial);

/* a message: begin, find or add for each image of it, send what must go before,
 * end with the serial the message itself gets */
void spc_pixmap_cache_begin (SpcPixmapCache *self, uint8_t channel_id);
/* PLAIN: a miss, also when only a lossy copy is there and @permits_loss is not;
 * then encode, and add. *@id is set on a hit. */
SpcPixmapUse spc_pixmap_cache_find (SpcPixmapCache *self,
                                    const SpcContentId *content,
                                    bool permits_loss, uint32_t *id);
/* an image that is sent, as a miss. PLAIN: it is larger than half of the cache,
 * or an eighth if it @is_passing, or what this message uses leaves no room, or
 * another channel's copy is under way. *@id is set unless PLAIN. */
SpcPixmapUse spc_pixmap_cache_add (SpcPixmapCache *self,
                                   const SpcContentId *content, uint32_t width,
                                   uint32_t height, bool is_lossy,
                                   bool is_passing, uint32_t *id);
/* must go before the message: first WAIT_FOR_CHANNELS if its count is not 0,
 * then INVAL_LIST if something was evicted */
const SpcWaitForChannels *spc_pixmap_cache_waits (const SpcPixmapCache *self);
const uint32_t *spc_pixmap_cache_evicted (const SpcPixmapCache *self,
                                          guint *n_ids);
void spc_pixmap_cache_end (SpcPixmapCache *self, uint64_t serial);

/* beginning anew */
/* what a channel that is gone added may never arrive; nothing is found or added
 * from then on until the cache was cleared, by whichever channel is next */
void spc_pixmap_cache_channel_gone (SpcPixmapCache *self, uint8_t channel_id);
/* the same when what the client keeps is not to be relied on; between messages
 */
void spc_pixmap_cache_distrust (SpcPixmapCache *self);
bool spc_pixmap_cache_must_clear (const SpcPixmapCache *self);
/* between begin and end, alone: the message is INVAL_ALL_PIXMAPS with the
 * waits in it */
void spc_pixmap_cache_clear (SpcPixmapCache *self);

/* asking */
uint64_t spc_pixmap_cache_pixels (const SpcPixmapCache *self); /* kept */
guint spc_pixmap_cache_n_images (const SpcPixmapCache *self);

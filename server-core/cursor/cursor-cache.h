/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cursor-cache.h – which pointer shapes a viewer keeps: the server's mirror.
 *
 * One for each connection (spec: cursor cache). The client keeps what it is
 * told to and drops what it is told to; here the shape unused for longest makes
 * room. Shapes are known by their content. On the wire a shape has a number of
 * its own, given when it is added and never to another one, so that shapes that
 * take turns, as those of an animation do, are named instead of sent. Loop
 * thread only. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* shapes; what clients are agreed on (spec: cursor cache) */
#define SPC_MAX_CURSORS 256u

/* a digest of all that makes a shape: equal shapes, equal digest */
typedef struct {
  uint8_t bytes[32];
} SpcCursorContent;

typedef struct _SpcCursorCache SpcCursorCache;

/* of what a message does with a shape */
typedef struct {
  bool is_there;    /* FROM_CACHE; else CACHE_ME */
  uint64_t unique;  /* its number, from 1 */
  uint64_t evicted; /* INVAL_ONE goes before the message; 0: none */
} SpcCursorUse;

SpcCursorCache *spc_cursor_cache_new (void);
void spc_cursor_cache_free (SpcCursorCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcCursorCache, spc_cursor_cache_free)
/* the client forgets all; numbers are not used again */
void spc_cursor_cache_forget (SpcCursorCache *self);
/* a message with this shape is sent now */
SpcCursorUse spc_cursor_cache_use (SpcCursorCache *self,
                                   const SpcCursorContent *content);

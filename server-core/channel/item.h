/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* item.h – a thing to send.
 *
 * Items stand in pipes, one item often in several. An item is built into bytes
 * only when its connection has room, so what has become obsolete by then costs
 * nothing. Loop thread only; the reference count is not atomic. */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct _SpcConnection SpcConnection;
typedef struct _SpcItem SpcItem;

typedef enum {
  SPC_ITEM_READY, /* build it */
  SPC_ITEM_WAIT,  /* work is under way; the connection is pumped after it */
  SPC_ITEM_DROP,  /* nothing to send any more */
} SpcItemState;

typedef struct {
  const char *name;
  /* called while the item is near the head of @connection's pipe, maybe often:
   * starts what must be done before build. NULL: always ready. */
  SpcItemState (*prepare) (SpcItem *self, SpcConnection *connection);
  /* writes its messages (spc_connection_begin … _end); NULL: writes nothing */
  void (*build) (SpcItem *self, SpcConnection *connection);
  /* frees what it holds and itself; NULL: g_free is all it takes */
  void (*free) (SpcItem *self);
} SpcItemClass;

struct _SpcItem {
  const SpcItemClass *klass;
  guint ref_count;
  uint32_t size; /* what it may cost on the wire, bytes, at most */
};

/* for implementations: @self is zeroed memory of theirs, starts with one
 * reference */
void spc_item_init (SpcItem *self, const SpcItemClass *klass, uint32_t size);
SpcItem *spc_item_ref (SpcItem *self);
void spc_item_unref (SpcItem *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcItem, spc_item_unref)

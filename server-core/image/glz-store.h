/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glz-store.h – memory for the pixels that a window copies; image/ only.
 *
 * Images leave a window in the order in which they came, so their memory lies
 * one behind the other in chunks, and a chunk is used again when all that was
 * in it is gone: new pages cost more than the copy. Not counted as a window's
 * memory: what is left of the last chunk, what is gone of the first, and one
 * that is kept ready. Threads: any, one at a time. */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* bytes of a chunk, a huge page; what is larger than half of it lies alone */
#define SPC_GLZ_STORE_CHUNK ((size_t)2 * 1024 * 1024)

typedef struct _SpcGlzStore SpcGlzStore;

SpcGlzStore *spc_glz_store_new (void);
void spc_glz_store_free (SpcGlzStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcGlzStore, spc_glz_store_free)

/* @size bytes of any content, aligned for words of 8 */
uint8_t *spc_glz_store_take (SpcGlzStore *self, size_t size);
/* gives back what was taken longest ago */
void spc_glz_store_give (SpcGlzStore *self);

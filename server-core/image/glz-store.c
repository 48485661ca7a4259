/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "glz-store.h"

#include "qxl/pages.h"

enum { ALIGNMENT = 8 };

typedef struct {
  uint8_t *bytes; /* owned, of qxl_pages_new () */
  size_t size, used;
  guint n_taken; /* and not given back */
} Chunk;

struct _SpcGlzStore {
  GQueue chunks; /* Chunk, owned; from the last one is taken */
  Chunk *ready;  /* owned; of the usual size, empty; or NULL */
};

static Chunk *
chunk_new (size_t size)
{
  Chunk *self = g_new0 (Chunk, 1);

  self->bytes = qxl_pages_new (size);
  self->size = size;
  if (self->bytes == NULL)
    g_error ("no memory for %" G_GSIZE_FORMAT " bytes", size); /* as g_malloc */
  return self;
}

static void
chunk_free (gpointer data)
{
  Chunk *self = data;

  if (self == NULL)
    return;
  qxl_pages_free (self->bytes, self->size);
  g_free (self);
}

SpcGlzStore *
spc_glz_store_new (void)
{
  SpcGlzStore *self = g_new0 (SpcGlzStore, 1);

  g_queue_init (&self->chunks);
  return self;
}

void
spc_glz_store_free (SpcGlzStore *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->chunks, chunk_free);
  chunk_free (self->ready);
  g_free (self);
}

/* one with room for @size */
static Chunk *
last_chunk (SpcGlzStore *self, size_t size)
{
  Chunk *last = g_queue_peek_tail (&self->chunks);

  if (last != NULL && last->size - last->used >= size)
    return last;
  if (size > SPC_GLZ_STORE_CHUNK / 2)
    last = chunk_new (size);
  else if (self->ready != NULL)
    last = g_steal_pointer (&self->ready);
  else
    last = chunk_new (SPC_GLZ_STORE_CHUNK);
  g_queue_push_tail (&self->chunks, last);
  return last;
}

uint8_t *
spc_glz_store_take (SpcGlzStore *self, size_t size)
{
  size_t whole = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  Chunk *chunk = last_chunk (self, whole);
  uint8_t *bytes = chunk->bytes + chunk->used;

  chunk->used += whole;
  chunk->n_taken++;
  return bytes;
}

/* all that was in it is gone */
static void
retire (SpcGlzStore *self, Chunk *chunk)
{
  chunk->used = 0;
  if (self->ready == NULL && chunk->size == SPC_GLZ_STORE_CHUNK)
    self->ready = chunk;
  else
    chunk_free (chunk);
}

void
spc_glz_store_give (SpcGlzStore *self)
{
  Chunk *first = g_queue_peek_head (&self->chunks);

  g_assert (first != NULL && first->n_taken > 0);
  if (--first->n_taken == 0)
    retire (self, g_queue_pop_head (&self->chunks));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Classes are four to an octave, so that a block is at most a quarter larger
 * than what is asked for. Each class is a stack, at whose bottom lies what
 * nobody needed: when it ages, it loses as many blocks as it had when it had
 * the fewest. */
#include "qxl/blocks.h"

#include "qxl/pages.h"

#include <stdint.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_POISON 1
#endif
#endif

#ifdef HAS_POISON
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

#define MIN_SHIFT 10 /* QXL_BLOCKS_MIN */
#define MAX_SHIFT 24 /* QXL_BLOCKS_MAX */
#define STEPS 4      /* classes in an octave */
#define N_CLASSES ((MAX_SHIFT - MIN_SHIFT) * STEPS + 1)
/* bytes in front of a block's own, which so are aligned as malloc does it */
#define HEAD_SIZE 32

G_STATIC_ASSERT (QXL_BLOCKS_MIN == (size_t)1 << MIN_SHIFT);
G_STATIC_ASSERT (QXL_BLOCKS_MAX == (size_t)1 << MAX_SHIFT);

typedef struct _Block Block;
struct _Block {
  QxlBlocks *pool;    /* referenced while the block is taken; NULL: none */
  Block *next;        /* kept: the one below */
  size_t pages_bytes; /* of qxl_pages_new (); 0: malloc's */
  unsigned klass;
};
G_STATIC_ASSERT (sizeof (Block) <= HEAD_SIZE);

typedef struct {
  Block *top;
  guint n, n_least; /* kept now, and when fewest since it aged */
} Class;

struct _QxlBlocks {
  gint ref_count;
  size_t max_kept;
  /* under the lock */
  GMutex lock;
  QxlBlocksStats stats;
  Class classes[N_CLASSES];
};

/* classes */

static size_t
class_size (unsigned klass)
{
  size_t octave = QXL_BLOCKS_MIN << (klass / STEPS);

  return octave + octave / STEPS * (klass % STEPS);
}

/* the smallest that holds @size, which is within the bounds */
static unsigned
class_of (size_t size)
{
  unsigned shift = (unsigned)g_bit_storage (size) - 1;
  unsigned klass = (shift - MIN_SHIFT) * STEPS;

  while (class_size (klass) < size)
    klass++;
  return klass;
}

/* blocks */

static uint8_t *
bytes_of (Block *block)
{
  return (uint8_t *)block + HEAD_SIZE;
}

static Block *
block_new (size_t size)
{
  size_t whole = HEAD_SIZE + size;
  bool is_large = whole >= QXL_PAGES_MIN;
  Block *block;

  if (whole < size)
    return NULL;
  block = is_large ? qxl_pages_new (whole) : g_try_malloc (whole);
  if (block)
    *block = (Block){.pages_bytes = is_large ? whole : 0};
  return block;
}

static void
block_free (Block *block)
{
  if (block->pages_bytes > 0)
    qxl_pages_free (block, block->pages_bytes);
  else
    g_free (block);
}

/* lock held, here and below */
static Block *
pop (QxlBlocks *self, unsigned klass)
{
  Class *row = &self->classes[klass];
  Block *block = row->top;

  if (!block)
    return NULL;
  row->top = block->next;
  row->n--;
  row->n_least = MIN (row->n_least, row->n);
  self->stats.kept_bytes -= class_size (klass);
  return block;
}

static void
push (QxlBlocks *self, Block *block)
{
  Class *row = &self->classes[block->klass];

  block->next = row->top;
  row->top = block;
  row->n++;
  self->stats.kept_bytes += class_size (block->klass);
}

/* those of a class that nobody needed: a list */
static Block *
cut_unneeded (QxlBlocks *self, unsigned klass)
{
  Class *row = &self->classes[klass];
  Block **cut = &row->top;
  Block *unneeded;

  for (guint i = row->n_least; i < row->n; i++)
    cut = &(*cut)->next;
  unneeded = *cut;
  *cut = NULL;
  self->stats.kept_bytes -= row->n_least * class_size (klass);
  row->n -= row->n_least;
  row->n_least = row->n;
  return unneeded;
}

static void
free_list (Block *block)
{
  while (block) {
    Block *next = block->next;

    ASAN_UNPOISON_MEMORY_REGION (bytes_of (block), class_size (block->klass));
    block_free (block);
    block = next;
  }
}

/* life */

QxlBlocks *
qxl_blocks_new (size_t max_kept)
{
  QxlBlocks *self = g_new0 (QxlBlocks, 1);

  self->ref_count = 1;
  self->max_kept = max_kept;
  g_mutex_init (&self->lock);
  return self;
}

QxlBlocks *
qxl_blocks_ref (QxlBlocks *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
qxl_blocks_unref (QxlBlocks *self)
{
  if (!self || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  for (unsigned klass = 0; klass < N_CLASSES; klass++)
    free_list (self->classes[klass].top);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* work */

static Block *
take_pooled (QxlBlocks *self, size_t size)
{
  unsigned klass = class_of (size);
  Block *block;

  g_mutex_lock (&self->lock);
  block = pop (self, klass);
  self->stats.taken++;
  self->stats.allocated += !block;
  g_mutex_unlock (&self->lock);
  if (!block)
    block = block_new (class_size (klass));
  if (!block)
    return NULL;
  block->pool = qxl_blocks_ref (self);
  block->klass = klass;
  /* what lies beyond is not the taker's */
  ASAN_POISON_MEMORY_REGION (bytes_of (block), class_size (klass));
  ASAN_UNPOISON_MEMORY_REGION (bytes_of (block), size);
  return block;
}

void *
qxl_blocks_take (QxlBlocks *self, size_t size)
{
  Block *block;

  if (self && size >= QXL_BLOCKS_MIN && size <= QXL_BLOCKS_MAX) {
    block = take_pooled (self, size);
  } else {
    block = block_new (size);
  }
  return block ? bytes_of (block) : NULL;
}

void
qxl_blocks_give (void *bytes)
{
  Block *block;
  QxlBlocks *pool;
  bool is_kept;

  if (!bytes)
    return;
  block = (Block *)(gpointer)((uint8_t *)bytes - HEAD_SIZE);
  pool = block->pool;
  if (!pool) {
    block_free (block);
    return;
  }
  ASAN_POISON_MEMORY_REGION (bytes, class_size (block->klass));
  g_mutex_lock (&pool->lock);
  is_kept =
      pool->stats.kept_bytes + class_size (block->klass) <= pool->max_kept;
  if (is_kept)
    push (pool, block);
  g_mutex_unlock (&pool->lock);
  if (!is_kept) {
    block->next = NULL;
    free_list (block);
  }
  qxl_blocks_unref (pool);
}

bool
qxl_blocks_age (QxlBlocks *self)
{
  Block *unneeded[N_CLASSES];
  bool is_any_kept;

  g_mutex_lock (&self->lock);
  for (unsigned klass = 0; klass < N_CLASSES; klass++)
    unneeded[klass] = cut_unneeded (self, klass);
  is_any_kept = self->stats.kept_bytes > 0;
  g_mutex_unlock (&self->lock);
  for (unsigned klass = 0; klass < N_CLASSES; klass++)
    free_list (unneeded[klass]);
  return is_any_kept;
}

/* asking */

void
qxl_blocks_stats (QxlBlocks *self, QxlBlocksStats *stats)
{
  g_mutex_lock (&self->lock);
  *stats = self->stats;
  g_mutex_unlock (&self->lock);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/blocks.h"

#include <stdint.h>
#include <string.h>

#define POOL_BYTES ((size_t)1 << 20)

static size_t
kept_bytes (QxlBlocks *pool)
{
  QxlBlocksStats stats;

  qxl_blocks_stats (pool, &stats);
  return stats.kept_bytes;
}

static guint64
n_allocated (QxlBlocks *pool)
{
  QxlBlocksStats stats;

  qxl_blocks_stats (pool, &stats);
  return stats.allocated;
}

static void
holds_what_is_asked_for (void)
{
  static const size_t sizes[] = {0,    1,    1023,  1024,           1025,
                                 1280, 1281, 65535, QXL_BLOCKS_MAX, 17 << 20};
  g_autoptr (QxlBlocks) pool = qxl_blocks_new (POOL_BYTES);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int with_pool = 0; with_pool < 2; with_pool++) {
      uint8_t *block = qxl_blocks_take (with_pool ? pool : NULL, sizes[i]);

      g_assert_nonnull (block);
      g_assert_cmpuint ((uintptr_t)block % 16, ==, 0);
      memset (block, 0xa5, sizes[i]);
      qxl_blocks_give (block);
    }
  qxl_blocks_give (NULL);
}

static void
memory_that_does_not_exist_is_null (void)
{
  g_autoptr (QxlBlocks) pool = qxl_blocks_new (POOL_BYTES);

  g_assert_null (qxl_blocks_take (pool, G_MAXSIZE));
  g_assert_null (qxl_blocks_take (pool, G_MAXSIZE - 31));
}

static void
last_given_is_first_taken (void)
{
  g_autoptr (QxlBlocks) pool = qxl_blocks_new (POOL_BYTES);
  void *a = qxl_blocks_take (pool, 5000);
  void *b = qxl_blocks_take (pool, 5000);

  qxl_blocks_give (a);
  qxl_blocks_give (b);
  g_assert_true (qxl_blocks_take (pool, 4900) == b);
  g_assert_true (qxl_blocks_take (pool, 5100) == a);
  g_assert_cmpuint (n_allocated (pool), ==, 2);
  g_assert_cmpuint (kept_bytes (pool), ==, 0);
  qxl_blocks_give (a);
  qxl_blocks_give (b);
}

static void
blocks_are_a_quarter_larger_at_most (void)
{
  g_autoptr (QxlBlocks) pool = qxl_blocks_new (2 * QXL_BLOCKS_MAX);

  for (size_t size = QXL_BLOCKS_MIN; size <= QXL_BLOCKS_MAX;
       size += size / 7 + 1) {
    size_t before = kept_bytes (pool);
    void *block = qxl_blocks_take (pool, size);

    g_assert_cmpuint (kept_bytes (pool), ==, before);
    qxl_blocks_give (block);
    g_assert_cmpuint (kept_bytes (pool), >=, size);
    g_assert_cmpuint (kept_bytes (pool), <=, size + size / 4);
    qxl_blocks_age (pool);
    qxl_blocks_age (pool);
  }
}

static void
keeps_no_more_than_its_bound (void)
{
  void *blocks[40];
  g_autoptr (QxlBlocks) pool = qxl_blocks_new (POOL_BYTES);

  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    blocks[i] = qxl_blocks_take (pool, 64 * 1024);
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    qxl_blocks_give (blocks[i]);
  g_assert_cmpuint (kept_bytes (pool), ==, POOL_BYTES);
}

static void
frees_what_nobody_needed (void)
{
  void *blocks[5];
  g_autoptr (QxlBlocks) pool = qxl_blocks_new (POOL_BYTES);

  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    blocks[i] = qxl_blocks_take (pool, 4096);
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    qxl_blocks_give (blocks[i]);
  /* given back since it aged last: all may be needed again */
  g_assert_true (qxl_blocks_age (pool));
  g_assert_cmpuint (kept_bytes (pool), ==, 5 * 4096);
  for (int i = 0; i < 2; i++)
    blocks[i] = qxl_blocks_take (pool, 4096);
  for (int i = 0; i < 2; i++)
    qxl_blocks_give (blocks[i]);
  g_assert_true (qxl_blocks_age (pool));
  g_assert_cmpuint (kept_bytes (pool), ==, 2 * 4096);
  g_assert_false (qxl_blocks_age (pool));
  g_assert_cmpuint (kept_bytes (pool), ==, 0);
}

static void
blocks_outlive_who_took_them (void)
{
  QxlBlocks *pool = qxl_blocks_new (POOL_BYTES);
  char *a = qxl_blocks_take (pool, 3000);
  char *b = qxl_blocks_take (pool, 3000);

  qxl_blocks_unref (pool);
  a[2999] = b[2999] = 'x';
  qxl_blocks_give (a);
  g_assert_cmpint (b[2999], ==, 'x');
  qxl_blocks_give (b);
}

#define N_THREADS 4
#define N_ROUNDS 2000

typedef struct {
  QxlBlocks *pool;
  GAsyncQueue *queue;
} Shared;

static gpointer
take_and_pass_on (gpointer data)
{
  Shared *shared = data;

  for (guint i = 0; i < N_ROUNDS; i++) {
    size_t size = QXL_BLOCKS_MIN << i % 5;
    uint8_t *block = qxl_blocks_take (shared->pool, size);

    block[0] = block[size - 1] = (uint8_t)i;
    g_assert_cmpuint (block[0], ==, block[size - 1]);
    g_async_queue_push (shared->queue, block);
    qxl_blocks_give (g_async_queue_pop (shared->queue));
  }
  return NULL;
}

static void
threads_share_a_pool (void)
{
  Shared shared = {.pool = qxl_blocks_new (POOL_BYTES),
                   .queue = g_async_queue_new ()};
  GThread *threads[N_THREADS];

  for (int i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("taker", take_and_pass_on, &shared);
  for (int i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  /* each holds two at most, of five sizes */
  g_assert_cmpuint (n_allocated (shared.pool), <=, 5 * 2 * N_THREADS);
  g_assert_cmpuint (kept_bytes (shared.pool), <=, POOL_BYTES);
  g_async_queue_unref (shared.queue);
  qxl_blocks_unref (shared.pool);
}

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>

static void
use_after_give_is_found (void)
{
  g_autoptr (QxlBlocks) pool = qxl_blocks_new (POOL_BYTES);
  uint8_t *block = qxl_blocks_take (pool, 3000);

  g_assert_false (__asan_address_is_poisoned (block + 2999));
  g_assert_true (__asan_address_is_poisoned (block + 3000));
  qxl_blocks_give (block);
  g_assert_true (__asan_address_is_poisoned (block));
  g_assert_true (__asan_address_is_poisoned (block + 2999));
}
#endif

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add_func ("/blocks/" name, func)
  ADD ("holds-what-is-asked-for", holds_what_is_asked_for);
  ADD ("memory-that-does-not-exist-is-null",
       memory_that_does_not_exist_is_null);
  ADD ("last-given-is-first-taken", last_given_is_first_taken);
  ADD ("blocks-are-a-quarter-larger-at-most",
       blocks_are_a_quarter_larger_at_most);
  ADD ("keeps-no-more-than-its-bound", keeps_no_more_than_its_bound);
  ADD ("frees-what-nobody-needed", frees_what_nobody_needed);
  ADD ("blocks-outlive-who-took-them", blocks_outlive_who_took_them);
  ADD ("threads-share-a-pool", threads_share_a_pool);
#ifdef __SANITIZE_ADDRESS__
  ADD ("use-after-give-is-found", use_after_give_is_found);
#endif
  return g_test_run ();
}

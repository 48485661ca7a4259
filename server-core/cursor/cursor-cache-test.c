/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the mirror: each promise of the header, then random shapes beside a
 * plain model of a client. */
#include "cursor-cache.h"

#include <string.h>

static SpcCursorUse
use (SpcCursorCache *cache, uint32_t number)
{
  SpcCursorContent content = {{0}};

  /* alike at the beginning, where the table looks */
  memcpy (content.bytes + 28, &number, sizeof number);
  return spc_cursor_cache_use (cache, &content);
}

static void
test_second_is_there (void)
{
  g_autoptr (SpcCursorCache) cache = spc_cursor_cache_new ();
  SpcCursorUse first = use (cache, 7), second = use (cache, 8);
  SpcCursorUse again = use (cache, 7);

  g_assert_false (first.is_there || second.is_there);
  g_assert_cmpuint (first.unique, !=, 0);
  g_assert_cmpuint (first.unique, !=, second.unique);
  g_assert_true (again.is_there);
  g_assert_cmpuint (again.unique, ==, first.unique);
  g_assert_cmpuint (first.evicted + second.evicted + again.evicted, ==, 0);
}

static void
test_oldest_goes (void)
{
  g_autoptr (SpcCursorCache) cache = spc_cursor_cache_new ();
  SpcCursorUse first, second, more;

  first = use (cache, 0);
  second = use (cache, 1);
  for (uint32_t i = 2; i < SPC_MAX_CURSORS; i++)
    g_assert_cmpuint (use (cache, i).evicted, ==, 0);
  use (cache, 0);
  more = use (cache, 1000);
  g_assert_false (more.is_there);
  g_assert_cmpuint (more.evicted, ==, second.unique);
  g_assert_true (use (cache, 0).is_there);
  /* a number is never used again, not even for the same shape */
  more = use (cache, 1);
  g_assert_false (more.is_there);
  g_assert_cmpuint (more.unique, >, second.unique);
  g_assert_cmpuint (more.evicted, !=, first.unique);
}

/* the client: number → shape */
static void
take (GHashTable *kept, const SpcCursorUse *used, uint32_t number)
{
  gpointer key = GUINT_TO_POINTER ((guint)used->unique);

  if (used->evicted != 0)
    g_assert_true (
        g_hash_table_remove (kept, GUINT_TO_POINTER ((guint)used->evicted)));
  if (used->is_there) {
    g_assert_true (g_hash_table_contains (kept, key));
    g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (kept, key)), ==,
                      number);
    return;
  }
  g_assert_true (g_hash_table_insert (kept, key, GUINT_TO_POINTER (number)));
  g_assert_cmpuint (g_hash_table_size (kept), <=, SPC_MAX_CURSORS);
}

static void
test_random_shapes (void)
{
  g_autoptr (SpcCursorCache) cache = spc_cursor_cache_new ();
  g_autoptr (GHashTable) kept = g_hash_table_new (NULL, NULL);
  guint n_hits = 0;

  for (int i = 0; i < 20000; i++) {
    uint32_t number = (uint32_t)g_test_rand_int_range (0, 400);
    SpcCursorUse used = use (cache, number);

    take (kept, &used, number);
    n_hits += used.is_there;
  }
  g_assert_cmpuint (n_hits, >, 8000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cursor-cache/the-second-is-there", test_second_is_there);
  g_test_add_func ("/cursor-cache/the-oldest-goes", test_oldest_goes);
  g_test_add_func ("/cursor-cache/random-shapes-as-the-client",
                   test_random_shapes);
  return g_test_run ();
}

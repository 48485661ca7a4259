/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "palette-cache.h"

static QxlPalette *
palette_new (uint32_t colour)
{
  const uint32_t colours[] = {colour, 0xffffff};

  return qxl_palette_new_hashed (colours, 2);
}

typedef struct {
  SpcPaletteUse use;
  uint32_t id, dropped;
} Answer;

static Answer
use (SpcPaletteCache *cache, uint32_t colour)
{
  g_autoptr (QxlPalette) palette = palette_new (colour);
  Answer answer;

  answer.use =
      spc_palette_cache_use (cache, palette, &answer.id, &answer.dropped);
  return answer;
}

static void
keeps_what_was_sent (void)
{
  g_autoptr (SpcPaletteCache) cache = spc_palette_cache_new ();
  Answer first = use (cache, 1), second = use (cache, 2);
  Answer again = use (cache, 1);

  g_assert_cmpint (first.use, ==, SPC_PALETTE_ADDED);
  g_assert_cmpint (second.use, ==, SPC_PALETTE_ADDED);
  g_assert_cmpint (again.use, ==, SPC_PALETTE_IS_THERE);
  g_assert_cmpuint (again.id, ==, first.id);
  g_assert_cmpuint (second.id, !=, first.id);
  g_assert_cmpuint (first.dropped | second.dropped | again.dropped, ==, 0);
  g_assert_cmpuint (spc_palette_cache_n_palettes (cache), ==, 2);
}

static void
content_counts_not_the_object (void)
{
  static const uint32_t colours[] = {1, 2}, others[] = {1, 3};
  g_autoptr (SpcPaletteCache) cache = spc_palette_cache_new ();
  g_autoptr (QxlPalette) a = qxl_palette_new (9, colours, 2);
  g_autoptr (QxlPalette) same = qxl_palette_new (9, colours, 2);
  g_autoptr (QxlPalette) liar = qxl_palette_new (9, others, 2);
  uint32_t id, same_id, liar_id, dropped;

  g_assert_cmpint (spc_palette_cache_use (cache, a, &id, &dropped), ==,
                   SPC_PALETTE_ADDED);
  g_assert_cmpint (spc_palette_cache_use (cache, same, &same_id, &dropped), ==,
                   SPC_PALETTE_IS_THERE);
  g_assert_cmpuint (same_id, ==, id);
  g_assert_cmpint (spc_palette_cache_use (cache, liar, &liar_id, &dropped), ==,
                   SPC_PALETTE_ADDED);
  g_assert_cmpuint (liar_id, !=, id);
}

static void
without_a_unique_number_none_is_kept (void)
{
  static const uint32_t colours[] = {1, 2};
  g_autoptr (SpcPaletteCache) cache = spc_palette_cache_new ();
  g_autoptr (QxlPalette) palette = qxl_palette_new (0, colours, 2);

  for (int i = 0; i < 3; i++) {
    uint32_t id = 7, dropped = 7;

    g_assert_cmpint (spc_palette_cache_use (cache, palette, &id, &dropped), ==,
                     SPC_PALETTE_PLAIN);
    g_assert_cmpuint (id, ==, 0);
    g_assert_cmpuint (dropped, ==, 0);
  }
  g_assert_cmpuint (spc_palette_cache_n_palettes (cache), ==, 0);
}

static void
drops_what_was_unused_for_longest (void)
{
  g_autoptr (SpcPaletteCache) cache = spc_palette_cache_new ();
  uint32_t ids[SPC_PALETTE_CACHE_SIZE];
  Answer answer;

  for (uint32_t i = 0; i < SPC_PALETTE_CACHE_SIZE; i++) {
    answer = use (cache, i);
    g_assert_cmpuint (answer.dropped, ==, 0);
    ids[i] = answer.id;
  }
  g_assert_cmpint (use (cache, 0).use, ==, SPC_PALETTE_IS_THERE);
  answer = use (cache, 1000);
  g_assert_cmpint (answer.use, ==, SPC_PALETTE_ADDED);
  g_assert_cmpuint (answer.dropped, ==, ids[1]);
  g_assert_cmpint (use (cache, 0).use, ==, SPC_PALETTE_IS_THERE);
  answer = use (cache, 1);
  g_assert_cmpint (answer.use, ==, SPC_PALETTE_ADDED);
  g_assert_cmpuint (answer.dropped, ==, ids[2]);
}

/* a client that does as it is told, through a long life */
static void
client_and_mirror_agree (void)
{
  g_autoptr (SpcPaletteCache) cache = spc_palette_cache_new ();
  g_autoptr (GHashTable) client = g_hash_table_new (NULL, NULL);
  uint32_t random = 1;

  for (int i = 0; i < 20000; i++) {
    uint32_t colour;
    Answer answer;
    gpointer id;

    random = random * 1103515245 + 12345;
    colour = (random >> 16) % 300 % (1 + i / 50) + 1;
    answer = use (cache, colour);
    id = GUINT_TO_POINTER (answer.id);
    g_assert_cmpuint (answer.id, >, 0);
    g_assert_cmpuint (answer.id, <=, SPC_PALETTE_CACHE_SIZE);
    if (answer.dropped != 0)
      g_assert_true (
          g_hash_table_remove (client, GUINT_TO_POINTER (answer.dropped)));
    if (answer.use == SPC_PALETTE_ADDED)
      g_assert_true (
          g_hash_table_insert (client, id, GUINT_TO_POINTER (colour)));
    else
      g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (client, id)), ==,
                        colour);
    g_assert_cmpuint (g_hash_table_size (client), ==,
                      spc_palette_cache_n_palettes (cache));
    g_assert_cmpuint (g_hash_table_size (client), <=, SPC_PALETTE_CACHE_SIZE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/palette-cache/keeps-what-was-sent", keeps_what_was_sent);
  g_test_add_func ("/palette-cache/content-counts-not-the-object",
                   content_counts_not_the_object);
  g_test_add_func ("/palette-cache/without-a-unique-number-none-is-kept",
                   without_a_unique_number_none_is_kept);
  g_test_add_func ("/palette-cache/drops-what-was-unused-for-longest",
                   drops_what_was_unused_for_longest);
  g_test_add_func ("/palette-cache/client-and-mirror-agree",
                   client_and_mirror_agree);
  return g_test_run ();
}

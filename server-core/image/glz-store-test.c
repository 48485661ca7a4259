/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the store: what glz-store.h promises. */
#include "glz-store.h"

#include <string.h>

typedef struct {
  uint8_t *bytes, content;
  size_t size;
} Piece;

static Piece
take (SpcGlzStore *store, size_t size, uint8_t content)
{
  Piece piece = {spc_glz_store_take (store, size), content, size};

  g_assert_cmpuint ((uintptr_t)piece.bytes % 8, ==, 0);
  memset (piece.bytes, content, size);
  return piece;
}

static void
check (const Piece *piece)
{
  for (size_t i = 0; i < piece->size; i++)
    g_assert_cmpuint (piece->bytes[i], ==, piece->content);
}

/* whatever their sizes, and however many there are at a time */
static void
test_pieces_lie_apart (void)
{
  enum { ROUNDS = 600, MOST = 40 };
  g_autoptr (SpcGlzStore) store = spc_glz_store_new ();
  Piece pieces[MOST];
  guint first = 0, n = 0;

  for (guint round = 0; round < ROUNDS; round++) {
    size_t most = round % 50 == 0 ? 2 * SPC_GLZ_STORE_CHUNK : 100000;

    while (n == MOST || (n > 0 && g_test_rand_int_range (0, 3) == 0)) {
      check (&pieces[first]);
      spc_glz_store_give (store);
      first = (first + 1) % MOST;
      n--;
    }
    pieces[(first + n++) % MOST] = take (
        store, (size_t)g_test_rand_int_range (1, (gint)most), (uint8_t)round);
  }
  for (; n > 0; n--, first = (first + 1) % MOST)
    check (&pieces[first]);
}

static void
test_memory_is_used_again (void)
{
  enum { SIZE = SPC_GLZ_STORE_CHUNK / 4 };
  g_autoptr (SpcGlzStore) store = spc_glz_store_new ();
  const uint8_t *known[12];
  guint n_known = 0;

  /* a window of four: three chunks in turn, at most */
  for (guint i = 0; i < 100; i++) {
    const uint8_t *bytes = spc_glz_store_take (store, SIZE);
    guint k = 0;

    while (k < n_known && known[k] != bytes)
      k++;
    if (k == n_known) {
      g_assert_cmpuint (n_known, <, G_N_ELEMENTS (known));
      known[n_known++] = bytes;
    }
    if (i >= 4)
      spc_glz_store_give (store);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/glz-store/pieces-lie-apart", test_pieces_lie_apart);
  g_test_add_func ("/glz-store/memory-is-used-again",
                   test_memory_is_used_again);
  return g_test_run ();
}

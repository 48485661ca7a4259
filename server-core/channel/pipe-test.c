/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the queue of items: what pipe.h and item.h promise. */
#include "pipe.h"

#include "server-core/base/limits.h"

typedef struct {
  SpcItem item;
  int number;
  guint *n_freed;
} Numbered;

static void
free_numbered (SpcItem *item)
{
  (*((Numbered *)item)->n_freed)++;
  g_free (item);
}

static const SpcItemClass numbered_class = {
    .name = "numbered",
    .free = free_numbered,
};

static SpcItem *
numbered_new (int number, uint32_t size, guint *n_freed)
{
  Numbered *self = g_new0 (Numbered, 1);

  self->number = number;
  self->n_freed = n_freed;
  spc_item_init (&self->item, &numbered_class, size);
  return &self->item;
}

static int
number_of (const SpcItem *item)
{
  return ((const Numbered *)item)->number;
}

static void
fill (SpcPipe *pipe, int n, guint *n_freed)
{
  spc_pipe_init (pipe);
  for (int i = 0; i < n; i++)
    spc_pipe_push (pipe, numbered_new (i, 10 + (uint32_t)i, n_freed));
}

static bool
is_even (SpcItem *item, gpointer user_data)
{
  return number_of (item) % 2 == 0;
}

static bool
has_number (SpcItem *item, gpointer user_data)
{
  return number_of (item) == GPOINTER_TO_INT (user_data);
}

static void
assert_numbers (const SpcPipe *pipe, const int *numbers, guint n)
{
  guint64 bytes = 0;

  g_assert_cmpuint (spc_pipe_length (pipe), ==, n);
  for (guint i = 0; i < n; i++) {
    SpcItem *item = spc_pipe_peek (pipe, i);
    g_assert_cmpint (number_of (item), ==, numbers[i]);
    bytes += item->size;
  }
  g_assert_null (spc_pipe_peek (pipe, n));
  g_assert_cmpuint (pipe->bytes, ==, bytes);
}

static void
test_order (void)
{
  SpcPipe pipe;
  guint n_freed = 0;

  fill (&pipe, 3, &n_freed);
  assert_numbers (&pipe, (const int[]){0, 1, 2}, 3);
  for (int i = 0; i < 3; i++) {
    g_autoptr (SpcItem) item = NULL;

    g_assert_cmpint (number_of (spc_pipe_head (&pipe)), ==, i);
    item = spc_pipe_pop (&pipe);
    g_assert_cmpint (number_of (item), ==, i);
  }
  g_assert_null (spc_pipe_head (&pipe));
  g_assert_null (spc_pipe_pop (&pipe));
  g_assert_cmpuint (pipe.bytes, ==, 0);
  g_assert_cmpuint (n_freed, ==, 3);
  spc_pipe_fini (&pipe);
}

static void
test_remove_if (void)
{
  SpcPipe pipe;
  guint n_freed = 0;

  fill (&pipe, 5, &n_freed);
  g_assert_cmpuint (spc_pipe_remove_if (&pipe, is_even, NULL), ==, 3);
  assert_numbers (&pipe, (const int[]){1, 3}, 2);
  g_assert_cmpuint (n_freed, ==, 3);
  g_assert_cmpuint (spc_pipe_remove_if (&pipe, is_even, NULL), ==, 0);
  spc_pipe_fini (&pipe);
}

static void
test_remove (void)
{
  SpcPipe pipe, other;
  guint n_freed = 0;
  SpcItem *second;

  fill (&pipe, 3, &n_freed);
  fill (&other, 1, &n_freed);
  second = spc_pipe_peek (&pipe, 1);
  g_assert_false (spc_pipe_remove (&other, second));
  g_assert_true (spc_pipe_remove (&pipe, second));
  assert_numbers (&pipe, (const int[]){0, 2}, 2);
  g_assert_true (spc_pipe_remove (&pipe, spc_pipe_peek (&pipe, 1)));
  g_assert_true (spc_pipe_remove (&pipe, spc_pipe_head (&pipe)));
  assert_numbers (&pipe, NULL, 0);
  g_assert_cmpuint (n_freed, ==, 3);
  spc_pipe_fini (&pipe);
  spc_pipe_fini (&other);
}

static void
test_replace (void)
{
  SpcPipe pipe;
  guint n_freed = 0;

  fill (&pipe, 3, &n_freed);
  spc_pipe_replace (&pipe, numbered_new (7, 1000, &n_freed), has_number,
                    GINT_TO_POINTER (1));
  assert_numbers (&pipe, (const int[]){0, 7, 2}, 3);
  g_assert_cmpuint (n_freed, ==, 1);
  spc_pipe_replace (&pipe, numbered_new (8, 1, &n_freed), has_number,
                    GINT_TO_POINTER (1));
  assert_numbers (&pipe, (const int[]){0, 7, 2, 8}, 4);
  spc_pipe_fini (&pipe);
  g_assert_cmpuint (n_freed, ==, 5);
}

static void
test_clear (void)
{
  SpcPipe pipe;
  guint n_freed = 0;

  fill (&pipe, 100, &n_freed);
  spc_pipe_clear (&pipe);
  g_assert_cmpuint (n_freed, ==, 100);
  g_assert_cmpuint (pipe.bytes, ==, 0);
  spc_pipe_fini (&pipe);
}

static void
test_shared (void)
{
  SpcPipe a, b;
  guint n_freed = 0;
  SpcItem *item = numbered_new (1, 5, &n_freed);

  spc_pipe_init (&a);
  spc_pipe_init (&b);
  spc_pipe_push (&a, spc_item_ref (item));
  spc_pipe_push (&b, item);
  spc_pipe_clear (&a);
  g_assert_cmpuint (n_freed, ==, 0);
  assert_numbers (&b, (const int[]){1}, 1);
  spc_pipe_clear (&b);
  g_assert_cmpuint (n_freed, ==, 1);
  spc_pipe_fini (&a);
  spc_pipe_fini (&b);
}

/* sizes of many large pictures do not wrap */
static void
test_large_sizes (void)
{
  SpcPipe pipe;
  guint n_freed = 0;

  spc_pipe_init (&pipe);
  for (int i = 0; i < 4; i++)
    spc_pipe_push (&pipe, numbered_new (i, G_MAXUINT32, &n_freed));
  g_assert_cmpuint (pipe.bytes, ==, 4 * (guint64)G_MAXUINT32);
  spc_pipe_fini (&pipe);
}

/* preparing */

typedef struct {
  SpcItem item;
  SpcItemState state;
  guint n_prepared;
} Prepared;

static SpcItemState
prepare_prepared (SpcItem *item, SpcConnection *connection)
{
  Prepared *self = (Prepared *)item;

  g_assert_null (connection);
  self->n_prepared++;
  return self->state;
}

static void
free_prepared (SpcItem *item)
{
}

static const SpcItemClass prepared_class = {
    .name = "prepared",
    .prepare = prepare_prepared,
    .free = free_prepared,
};

/* fills a pipe with @n items, the first of which is in @head_state */
static void
fill_prepared (SpcPipe *pipe, Prepared *items, guint n, SpcItemState head_state)
{
  spc_pipe_init (pipe);
  for (guint i = 0; i < n; i++) {
    items[i].state = i == 0 ? head_state : SPC_ITEM_WAIT;
    spc_item_init (&items[i].item, &prepared_class, 1);
    spc_pipe_push (pipe, &items[i].item);
  }
}

static void
test_prepare (void)
{
  static const struct {
    SpcItemState head_state;
    guint n_prepared;
  } cases[] = {
      {SPC_ITEM_READY, SPC_PIPE_LOOKAHEAD},
      {SPC_ITEM_WAIT, SPC_PIPE_LOOKAHEAD},
      {SPC_ITEM_DROP, 1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Prepared items[SPC_PIPE_LOOKAHEAD + 1] = {0};
    SpcPipe pipe;

    fill_prepared (&pipe, items, G_N_ELEMENTS (items), cases[i].head_state);
    g_assert_cmpint (spc_pipe_prepare (&pipe, NULL, SPC_PIPE_LOOKAHEAD), ==,
                     cases[i].head_state);
    for (guint j = 0; j < G_N_ELEMENTS (items); j++)
      g_assert_cmpuint (items[j].n_prepared, ==, j < cases[i].n_prepared);
    spc_pipe_fini (&pipe);
  }
}

static void
test_prepare_nothing (void)
{
  SpcPipe pipe;

  spc_pipe_init (&pipe);
  g_assert_cmpint (spc_pipe_prepare (&pipe, NULL, SPC_PIPE_LOOKAHEAD), ==,
                   SPC_ITEM_READY);
  spc_pipe_fini (&pipe);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pipe/items-leave-in-the-order-they-came", test_order);
  g_test_add_func ("/pipe/matching-items-are-dropped", test_remove_if);
  g_test_add_func ("/pipe/one-item-is-dropped", test_remove);
  g_test_add_func ("/pipe/an-item-takes-anothers-place", test_replace);
  g_test_add_func ("/pipe/clearing-frees-all", test_clear);
  g_test_add_func ("/pipe/an-item-may-stand-in-several", test_shared);
  g_test_add_func ("/pipe/large-sizes-add-up", test_large_sizes);
  g_test_add_func ("/pipe/items-near-the-head-start-their-work", test_prepare);
  g_test_add_func ("/pipe/an-empty-one-has-nothing-to-wait-for",
                   test_prepare_nothing);
  return g_test_run ();
}

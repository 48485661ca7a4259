/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints what a draw costs the tree, in ns, with 10, 1,000 and 100,000 draws in
 * flight on a surface of 8192×8192: small boxes, windows with small draws in
 * them, stripes across each other, boxes that mix with what is below, moves.
 * A draw is added and the oldest one removed, as when viewers keep up; where
 * draws hide each other sooner, fewer are in flight, and that is printed, too.
 * Median of some rounds, and their spread.
 *
 *   qxl-tree-bench [most in flight] */
#include "qxl/tree.h"

#include "qxl/operation.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SURFACE_ID 0
#define SIZE 8192u
#define ROUNDS 21
#define DRAWS_PER_ROUND 500u
#define FILL_TIMES 3u /* so many draws are tried to get n in flight */
/* a window and what is drawn in it */
#define WINDOW_DRAWS 40u
#define SMALL_BOX 16u
#define MOVED_BOX 256u

typedef QxlDrawable *(*MakeFunc) (guint number);

typedef struct {
  const char *name;
  MakeFunc make;
} Scene;

/* a draw; those that are hidden wait here for their turn to be removed */
typedef struct {
  QxlTreeNode *node; /* NULL: hidden */
} Draw;

typedef struct {
  QxlTree *tree;
  GQueue draws; /* Draw, owned, oldest first */
} Flight;

static uint32_t random_state = 1;

/* fast and the same on every run (xorshift) */
static uint32_t
next_random (void)
{
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}

/* scenes */

static QxlRect
random_box (uint32_t width, uint32_t height)
{
  int32_t left = (int32_t)(next_random () % (SIZE - width));
  int32_t top = (int32_t)(next_random () % (SIZE - height));

  return (QxlRect){.left = left,
                   .top = top,
                   .right = left + (int32_t)width,
                   .bottom = top + (int32_t)height};
}

static QxlDrawable *
make_small (guint number)
{
  QxlRect box = random_box (1 + next_random () % SMALL_BOX,
                            1 + next_random () % SMALL_BOX);

  return qxl_drawable_new_fill (SURFACE_ID, &box, number);
}

/* A window, then text in it, as toolkits draw. */
static QxlDrawable *
make_windows (guint number)
{
  static QxlRect window;

  if (number % WINDOW_DRAWS == 0) {
    window =
        random_box (100 + next_random () % 700, 100 + next_random () % 500);
    return qxl_drawable_new_fill (SURFACE_ID, &window, number);
  }
  uint32_t width = (uint32_t)(window.right - window.left);
  uint32_t height = (uint32_t)(window.bottom - window.top);
  QxlRect box = {
      .left = window.left + (int32_t)(next_random () % (width - SMALL_BOX)),
      .top = window.top + (int32_t)(next_random () % (height - SMALL_BOX))};
  box.right = box.left + (int32_t)SMALL_BOX;
  box.bottom = box.top + (int32_t)SMALL_BOX;
  return qxl_drawable_new_fill (SURFACE_ID, &box, number);
}

/* Lines across the whole surface, to and fro: the most pieces. */
static QxlDrawable *
make_stripes (guint number)
{
  uint32_t thick = 1 + next_random () % 4;
  QxlRect box =
      number % 2 ? random_box (SIZE - 1, thick) : random_box (thick, SIZE - 1);

  return qxl_drawable_new_fill (SURFACE_ID, &box, number);
}

static QxlDrawable *
make_mixed (guint number)
{
  QxlRect box = random_box (1 + next_random () % MOVED_BOX,
                            1 + next_random () % MOVED_BOX);

  return qxl_drawable_new_operation (SURFACE_ID, &box,
                                     qxl_operation_new (QXL_OP_INVERS));
}

/* What is drawn small is moved about. */
static QxlDrawable *
make_moves (guint number)
{
  if (number % 4)
    return make_small (number);
  QxlRect box = random_box (MOVED_BOX, MOVED_BOX);
  QxlRect from = random_box (MOVED_BOX, MOVED_BOX);

  return qxl_drawable_new_copy_bits (SURFACE_ID, &box,
                                     (QxlPoint){.x = from.left, .y = from.top});
}

static const Scene scenes[] = {
    {"small", make_small}, {"windows", make_windows}, {"stripes", make_stripes},
    {"mixed", make_mixed}, {"moves", make_moves},
};

/* draws in flight */

static void
on_hidden (gpointer data, gpointer user_data)
{
  ((Draw *)data)->node = NULL;
}

static void
remove_oldest (Flight *self)
{
  Draw *oldest = g_queue_pop_head (&self->draws);

  if (oldest->node)
    qxl_tree_remove (self->tree, oldest->node);
  g_free (oldest);
}

/* @drawable: what to add; the tree keeps none. */
static void
add (Flight *self, const QxlDrawable *drawable, guint most)
{
  Draw *draw = g_new0 (Draw, 1);

  while (qxl_tree_length (self->tree) >= most)
    remove_oldest (self);
  g_queue_push_tail (&self->draws, draw);
  draw->node = qxl_tree_add (self->tree, drawable, draw);
}

static void
fill (Flight *self, const Scene *scene, guint n, guint *number)
{
  for (guint i = 0; i < n * FILL_TIMES; i++) {
    g_autoptr (QxlDrawable) drawable = scene->make ((*number)++);
    add (self, drawable, n);
    if (qxl_tree_length (self->tree) >= n)
      return;
  }
}

/* measuring */

static int64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C (1000000000) + now.tv_nsec;
}

/* ns a draw */
static double
measure_round (Flight *self, const Scene *scene, guint n, guint *number)
{
  QxlDrawable *drawables[DRAWS_PER_ROUND];
  int64_t start;

  for (guint i = 0; i < DRAWS_PER_ROUND; i++)
    drawables[i] = scene->make ((*number)++);
  start = now_ns ();
  for (guint i = 0; i < DRAWS_PER_ROUND; i++)
    add (self, drawables[i], n);
  double spent = (double)(now_ns () - start) / DRAWS_PER_ROUND;
  for (guint i = 0; i < DRAWS_PER_ROUND; i++)
    qxl_drawable_unref (drawables[i]);
  return spent;
}

static int
by_value (gconstpointer a, gconstpointer b)
{
  double difference = *(const double *)a - *(const double *)b;

  return difference < 0 ? -1 : difference > 0;
}

static void
measure (const Scene *scene, guint n)
{
  g_autoptr (QxlTree) tree = NULL;
  Flight flight = {.draws = G_QUEUE_INIT};
  double spent[ROUNDS];
  guint number = 0;

  random_state = 1;
  flight.tree = tree = qxl_tree_new (on_hidden, NULL);
  qxl_tree_add_surface (tree, SURFACE_ID, SIZE, SIZE);
  fill (&flight, scene, n, &number);
  for (guint i = 0; i < ROUNDS; i++)
    spent[i] = measure_round (&flight, scene, n, &number);
  qsort (spent, ROUNDS, sizeof *spent, by_value);
  printf ("%-8s %7u in flight %9.0f ns/draw (%.0f to %.0f)\n", scene->name,
          qxl_tree_length (tree), spent[ROUNDS / 2], spent[ROUNDS / 10],
          spent[ROUNDS * 9 / 10]);
  g_queue_clear_full (&flight.draws, g_free);
}

int
main (int argc, char **argv)
{
  static const guint numbers[] = {10, 1000, 100000};
  guint most = argc > 1 ? (guint)strtoul (argv[1], NULL, 10) : G_MAXUINT;

  printf ("median (10 %% to 90 %%), adding one and removing the oldest\n");
  for (guint s = 0; s < G_N_ELEMENTS (scenes); s++)
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
      if (numbers[i] <= most)
        measure (&scenes[s], numbers[i]);
  return 0;
}

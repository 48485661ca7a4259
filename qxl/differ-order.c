/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/differ-order.h"

#include <string.h>

typedef struct {
  const QxlMove *moves; /* as they were given */
  unsigned n;
  bool is_done[QXL_MAX_MOVES]; /* or given up */
} Waiting;

/* true if @self must be done after @other */
static bool
must_follow (const QxlMove *self, const QxlMove *other)
{
  QxlRect read = qxl_move_source (other);

  return qxl_rect_intersects (&self->to, &read) ||
         (self > other && qxl_rect_intersects (&self->to, &other->to));
}

static bool
is_next (const Waiting *self, unsigned index)
{
  for (unsigned i = 0; i < self->n; i++)
    if (i != index && !self->is_done[i] &&
        must_follow (&self->moves[index], &self->moves[i]))
      return false;
  return !self->is_done[index];
}

/* the first that waits for no other; in a circle, just the first; @n: none is
 * left */
static unsigned
choose (const Waiting *self)
{
  for (unsigned i = 0; i < self->n; i++)
    if (is_next (self, i))
      return i;
  for (unsigned i = 0; i < self->n; i++)
    if (!self->is_done[i])
      return i;
  return self->n;
}

/* What would read what @writer writes is too late. */
static void
give_up_readers (Waiting *self, const QxlMove *writer)
{
  for (unsigned i = 0; i < self->n; i++) {
    QxlRect read = qxl_move_source (&self->moves[i]);

    self->is_done[i] |= qxl_rect_intersects (&read, &writer->to);
  }
}

unsigned
qxl_moves_put_in_order (QxlMove *moves, unsigned n)
{
  QxlMove given[QXL_MAX_MOVES];
  Waiting waiting = {.moves = given, .n = n};
  unsigned n_ordered = 0;

  memcpy (given, moves, n * sizeof *given);
  for (;;) {
    unsigned next = choose (&waiting);

    if (next == n)
      return n_ordered;
    waiting.is_done[next] = true;
    moves[n_ordered++] = given[next];
    give_up_readers (&waiting, &given[next]);
  }
}

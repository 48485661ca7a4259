/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hidden-draws.h"

/* Programs that draw anew what they have drawn do so at once. */
#define MAX_COVERS 16u

/* opaque draws behind the one at hand, the newest of them found last */
typedef struct {
  const QxlDrawable *draws[MAX_COVERS];
  guint n, next;
} Covers;

static bool
is_below (const Covers *self, const QxlDrawable *draw)
{
  for (guint i = 0; i < self->n; i++)
    if (self->draws[i]->surface_id == draw->surface_id &&
        qxl_rect_contains (&self->draws[i]->box, &draw->box))
      return true;
  return false;
}

/* what comes before @draw is seen there, and is not covered yet */
static void
drop_read (Covers *self, const QxlDrawable *draw)
{
  if (!qxl_drawable_reads_surfaces (draw))
    return;
  for (guint i = 0; i < self->n;)
    if (qxl_drawable_reads (draw, self->draws[i]->surface_id))
      self->draws[i] = self->draws[--self->n];
    else
      i++;
  self->next = self->n % MAX_COVERS;
}

static void
add (Covers *self, const QxlDrawable *draw)
{
  self->draws[self->next] = draw;
  self->n = MAX (self->n, self->next + 1);
  self->next = (self->next + 1) % MAX_COVERS;
}

bool *
spc_hidden_draws_find (const QxlBatch *batch)
{
  Covers covers = {.n = 0};
  bool *hidden = NULL;

  for (guint i = batch->commands->len; i-- > 0;) {
    const QxlCommand *command = qxl_batch_at (batch, i);
    const QxlDrawable *draw = command->u.draw;

    if (command->kind != QXL_COMMAND_DRAW) {
      covers = (Covers){.n = 0};
      continue;
    }
    if (qxl_rect_is_empty (&draw->box))
      continue;
    if (is_below (&covers, draw)) {
      if (hidden == NULL)
        hidden = g_new0 (bool, batch->commands->len);
      hidden[i] = true;
    }
    drop_read (&covers, draw);
    if (qxl_drawable_is_opaque (draw))
      add (&covers, draw);
  }
  return hidden;
}

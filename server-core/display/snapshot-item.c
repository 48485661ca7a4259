/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "snapshot-item.h"

#include "display-private.h"
#include "draw-item.h"

typedef struct {
  SpcItem item;
  SpcDisplay *display; /* referenced */
  uint32_t surface_id;
  bool is_exact;
  SpcFlight *flight; /* or NULL */
  GArray *rects;     /* QxlRect */
  GPtrArray *draws;  /* SpcItem; NULL: not here yet */
} SnapshotItem;

static void
unref_item (gpointer item)
{
  spc_item_unref (item);
}

static void
on_snapshot (SpcDraftedBatch *drafted, gpointer user_data)
{
  SnapshotItem *self = user_data;
  g_autoptr (SpcDisplay) display = g_object_ref (self->display);

  self->draws = g_ptr_array_new_with_free_func (unref_item);
  for (guint i = 0; i < drafted->batch->commands->len; i++) {
    SpcItem *item =
        spc_draw_item_new (display, qxl_batch_at (drafted->batch, i)->u.draw,
                           spc_drafted_batch_steal (drafted, i), false);

    if (self->is_exact)
      spc_draw_item_forbid_loss (item);
    g_ptr_array_add (self->draws, item);
  }
  spc_display_pump_soon (display);
}

static SpcItemState
prepare_snapshot (SpcItem *item, SpcConnection *connection)
{
  SnapshotItem *self = (SnapshotItem *)item;
  SpcItemState state = SPC_ITEM_READY;

  if (self->draws == NULL)
    return SPC_ITEM_WAIT;
  for (guint i = 0; i < self->draws->len; i++)
    if (spc_draw_item_prepare (g_ptr_array_index (self->draws, i),
                               connection) == SPC_ITEM_WAIT)
      state = SPC_ITEM_WAIT;
  return state;
}

static void
build_snapshot (SpcItem *item, SpcConnection *connection)
{
  SnapshotItem *self = (SnapshotItem *)item;

  for (guint i = 0; i < self->draws->len; i++)
    spc_draw_item_build (g_ptr_array_index (self->draws, i), connection);
}

static void
free_snapshot (SpcItem *item)
{
  SnapshotItem *self = (SnapshotItem *)item;

  spc_flight_leave (self->flight, item);
  g_clear_pointer (&self->draws, g_ptr_array_unref);
  g_array_unref (self->rects);
  g_object_unref (self->display);
  g_free (self);
}

static const SpcItemClass snapshot_class = {
    .name = "snapshot",
    .prepare = prepare_snapshot,
    .build = build_snapshot,
    .free = free_snapshot,
};

SpcItem *
spc_snapshot_item_new (SpcDisplay *display, uint32_t surface_id,
                       const QxlRect *rects, guint n_rects)
{
  SnapshotItem *self = g_new0 (SnapshotItem, 1);
  uint32_t size = SPC_DRAW_MESSAGE_SIZE * n_rects;

  for (guint i = 0; i < n_rects; i++)
    size += (uint32_t)(qxl_rect_width (&rects[i]) *
                       qxl_rect_height (&rects[i]) * 4);
  self->display = g_object_ref (display);
  self->surface_id = surface_id;
  self->rects = g_array_new (FALSE, FALSE, sizeof (QxlRect));
  g_array_append_vals (self->rects, rects, n_rects);
  spc_item_init (&self->item, &snapshot_class, size);
  spc_picture_snapshot (spc_display_picture (display), surface_id, rects,
                        n_rects, on_snapshot, spc_item_ref (&self->item),
                        unref_item);
  return &self->item;
}

void
spc_snapshot_item_take_flight (SpcItem *item, SpcFlight *flight)
{
  ((SnapshotItem *)item)->flight = flight;
}

void
spc_snapshot_item_forbid_loss (SpcItem *item)
{
  ((SnapshotItem *)item)->is_exact = true;
}

bool
spc_snapshot_item_is_exact (const SpcItem *item)
{
  return item->klass == &snapshot_class &&
         ((const SnapshotItem *)item)->is_exact;
}

const QxlRect *
spc_snapshot_item_rects (const SpcItem *item, guint *n_rects,
                         uint32_t *surface_id)
{
  const SnapshotItem *self = (const SnapshotItem *)item;

  if (item->klass != &snapshot_class)
    return NULL;
  *n_rects = self->rects->len;
  *surface_id = self->surface_id;
  return (const QxlRect *)(gconstpointer)self->rects->data;
}

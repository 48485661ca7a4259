/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "surface-items.h"

#include "display-items.h"
#include "draw-item.h"
#include "snapshot-item.h"

/* items in a pipe, up to which hidden images in the GLZ dictionary are sent */
#define MAX_KEPT_IN_STEP 256u

bool
spc_item_may_be_left_out (const SpcPipe *pipe, const SpcItem *item)
{
  return spc_pipe_length (pipe) > MAX_KEPT_IN_STEP ||
         !spc_draw_item_is_in_dictionary (item);
}

static bool
is_of_surface (SpcItem *item, gpointer user_data)
{
  uint32_t id = GPOINTER_TO_UINT (user_data), surface_id;
  const QxlDrawable *draw = spc_draw_item_draw (item);
  guint n_rects;

  if (draw != NULL)
    return draw->surface_id == id;
  return spc_snapshot_item_rects (item, &n_rects, &surface_id) != NULL &&
         surface_id == id;
}

/* what tells of the beginning of the newest surface of that id, or NULL */
static SpcItem *
find_create (const SpcPipe *pipe, uint32_t id)
{
  for (GList *link = pipe->items.tail; link != NULL; link = link->prev) {
    uint32_t of;
    bool is_create;

    if (spc_item_is_of_surface (link->data, &of, &is_create) && of == id)
      return is_create ? link->data : NULL;
  }
  return NULL;
}

/* is something in the pipe about to be sent that takes pixels of the surface to
 * another one, or that the dictionary needs? */
static bool
is_needed (const SpcPipe *pipe, uint32_t surface_id)
{
  for (GList *link = pipe->items.head; link != NULL; link = link->next) {
    const QxlDrawable *draw = spc_draw_item_draw (link->data);

    if (draw == NULL)
      continue;
    if (draw->surface_id == surface_id
            ? !spc_item_may_be_left_out (pipe, link->data)
            : qxl_drawable_reads (draw, surface_id))
      return true;
  }
  return false;
}

bool
spc_pipe_forget_surface (SpcPipe *pipe, uint32_t surface_id)
{
  SpcItem *create;

  if (is_needed (pipe, surface_id))
    return true;
  create = find_create (pipe, surface_id);
  spc_pipe_remove_if (pipe, is_of_surface, GUINT_TO_POINTER (surface_id));
  if (create != NULL)
    spc_pipe_remove (pipe, create);
  return create == NULL;
}

void
spc_pipe_drop_short_lived (SpcPipe *pipe)
{
  g_autoptr (GHashTable) creates =
      g_hash_table_new (g_direct_hash, g_direct_equal);
  GList *next;

  for (GList *link = pipe->items.head; link != NULL; link = next) {
    SpcItem *item = link->data, *create;
    uint32_t id;
    bool is_create;

    next = link->next;
    if (!spc_item_is_of_surface (item, &id, &is_create))
      continue;
    create = g_hash_table_lookup (creates, GUINT_TO_POINTER (id));
    g_hash_table_remove (creates, GUINT_TO_POINTER (id));
    if (is_create) {
      g_hash_table_insert (creates, GUINT_TO_POINTER (id), item);
    } else if (create != NULL) {
      spc_pipe_remove (pipe, create);
      spc_pipe_remove (pipe, item);
    }
  }
}

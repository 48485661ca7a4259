/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "head-list.h"

#include "display-items.h"

struct _SpcHeadList {
  GArray *heads; /* QxlHead */
  guint max_heads;
};

SpcHeadList *
spc_head_list_new (void)
{
  SpcHeadList *self = g_new0 (SpcHeadList, 1);

  self->heads = g_array_new (FALSE, FALSE, sizeof (QxlHead));
  return self;
}

void
spc_head_list_free (SpcHeadList *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->heads);
  g_free (self);
}

void
spc_head_list_set (SpcHeadList *self, const QxlHead *heads, guint n_heads,
                   guint max_heads)
{
  g_array_set_size (self->heads, 0);
  g_array_append_vals (self->heads, heads, n_heads);
  self->max_heads = max_heads;
}

SpcItem *
spc_head_list_item (const SpcHeadList *self, const SpcSurfaceInfo *primary)
{
  const QxlRect all =
      QXL_RECT (0, 0, (int32_t)primary->width, (int32_t)primary->height);
  const QxlHead whole = {.surface_id = QXL_PRIMARY_SURFACE, .area = all};
  g_autoptr (GArray) fit = g_array_new (FALSE, FALSE, sizeof (QxlHead));

  for (guint i = 0; i < self->heads->len; i++) {
    const QxlHead *head = &g_array_index (self->heads, QxlHead, i);
    if (head->surface_id == QXL_PRIMARY_SURFACE &&
        !qxl_rect_is_empty (&head->area) &&
        qxl_rect_contains (&all, &head->area))
      g_array_append_val (fit, *head);
  }
  if (fit->len == 0)
    g_array_append_val (fit, whole);
  return spc_heads_item_new ((const QxlHead *)(gpointer)fit->data, fit->len,
                             self->max_heads);
}

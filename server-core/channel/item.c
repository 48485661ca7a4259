/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "item.h"

void
spc_item_init (SpcItem *self, const SpcItemClass *klass, uint32_t size)
{
  self->klass = klass;
  self->ref_count = 1;
  self->size = size;
}

SpcItem *
spc_item_ref (SpcItem *self)
{
  self->ref_count++;
  return self;
}

void
spc_item_unref (SpcItem *self)
{
  if (self == NULL || --self->ref_count > 0)
    return;
  if (self->klass->free != NULL)
    self->klass->free (self);
  else
    g_free (self);
}

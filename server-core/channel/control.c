/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "control.h"

static bool
may_control (const SpcClient *client)
{
  return client->role == SPC_ROLE_FULL && !client->closing;
}

static const SpcClient *
longest_there (GPtrArray *clients)
{
  for (guint i = 0; i < clients->len; i++)
    if (may_control (g_ptr_array_index (clients, i)))
      return g_ptr_array_index (clients, i);
  return NULL;
}

static const SpcClient *
newest (GPtrArray *clients)
{
  for (guint i = clients->len; i > 0; i--)
    if (may_control (g_ptr_array_index (clients, i - 1)))
      return g_ptr_array_index (clients, i - 1);
  return NULL;
}

bool
spc_control_is_due (const SpcControl *self, GPtrArray *clients,
                    const SpcClient *client)
{
  if (!may_control (client))
    return false;
  switch (self->rule) {
  case SPC_CONTROL_FIRST:
    return client == longest_there (clients);
  case SPC_CONTROL_LAST:
    return client == newest (clients);
  case SPC_CONTROL_NAMED:
    return client->id == self->named;
  case SPC_CONTROL_ALL:
    break;
  }
  return true;
}

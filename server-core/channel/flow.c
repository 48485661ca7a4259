/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flow.h"

#include <string.h>

void
spc_flow_start_window (SpcFlow *self, uint32_t window)
{
  self->generation++;
  self->window = window;
  self->synced = false;
  self->outstanding = 0;
}

void
spc_flow_sent (SpcFlow *self)
{
  if (self->window != 0)
    self->outstanding++;
}

bool
spc_flow_may_send (const SpcFlow *self)
{
  return self->window == 0 || self->outstanding <= 2 * self->window;
}

void
spc_flow_ack_sync (SpcFlow *self, uint32_t generation)
{
  if (generation == self->generation)
    self->synced = true;
}

void
spc_flow_ack (SpcFlow *self)
{
  if (!self->synced)
    return;
  if (self->outstanding > self->window)
    self->outstanding -= self->window;
  else
    self->outstanding = 0;
}

uint32_t
spc_flow_ping (SpcFlow *self, int64_t now_us, void *func, void *user_data)
{
  if (self->n_pings == SPC_MAX_PINGS)
    return 0;
  if (++self->next_ping_id == 0)
    self->next_ping_id = 1;
  self->pings[self->n_pings++] = (SpcPendingPing){.id = self->next_ping_id,
                                                  .sent_us = now_us,
                                                  .func = func,
                                                  .user_data = user_data};
  return self->next_ping_id;
}

bool
spc_flow_pong (SpcFlow *self, uint32_t id, SpcPendingPing *ping)
{
  for (unsigned i = 0; i < self->n_pings; i++) {
    if (self->pings[i].id != id)
      continue;
    *ping = self->pings[i];
    self->n_pings -= i + 1;
    memmove (self->pings, self->pings + i + 1,
             self->n_pings * sizeof self->pings[0]);
    return true;
  }
  return false;
}

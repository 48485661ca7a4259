/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "clipboard-fixture.h"

#include <string.h>

const char none[] = "0000000000000000";

static void
on_grabbed (uint32_t client_id, uint8_t selection, uint32_t types,
            gpointer user_data)
{
  agent_rig_hear (user_data, "grabbed %u %x; ", selection, types);
}

static void
on_released (uint32_t client_id, uint8_t selection, gpointer user_data)
{
  agent_rig_hear (user_data, "released %u; ", selection);
}

static void
on_requested (uint32_t client_id, uint8_t selection, uint32_t type,
              gpointer user_data)
{
  agent_rig_hear (user_data, "requested %u %u; ", selection, type);
}

static void
on_data (uint32_t client_id, uint8_t selection, uint32_t type, GBytes *bytes,
         gpointer user_data)
{
  Rig *rig = user_data;

  g_clear_pointer (&rig->data, g_bytes_unref);
  if (bytes == NULL) {
    agent_rig_hear (&rig->base, "no data %u %u; ", selection, type);
    return;
  }
  rig->data = g_bytes_ref (bytes);
  agent_rig_hear (&rig->base, "data %u %u of %zu; ", selection, type,
                  g_bytes_get_size (bytes));
}

static const SpcClipboardHost host = {
    .grabbed = on_grabbed,
    .released = on_released,
    .requested = on_requested,
    .data = on_data,
};

void
rig_init (Rig *self)
{
  *self = (Rig){0};
  agent_rig_init (&self->base);
  self->clipboard = spc_clipboard_new (
      spc_server_agent (self->base.session.server), &host, self);
}

void
rig_clear (Rig *self)
{
  agent_rig_clear (&self->base);
  g_clear_pointer (&self->data, g_bytes_unref);
}

uint32_t
last_id (const Rig *self)
{
  return agent_rig_last_id (&self->base);
}

void
send_hex (AgentClient *client, uint32_t type, const char *hex)
{
  uint8_t body[64];
  gsize n = strlen (hex) / 2;

  g_assert_cmpuint (n, <=, sizeof body);
  for (gsize i = 0; i < n; i++)
    body[i] = (uint8_t)(g_ascii_xdigit_value (hex[2 * i]) << 4 |
                        g_ascii_xdigit_value (hex[2 * i + 1]));
  agent_client_send (client, type, body, n);
}

void
send_data (AgentClient *client, gsize size)
{
  g_autofree uint8_t *body = g_malloc (8 + size);

  memcpy (body, "\0\0\0\0\1\0\0\0", 8);
  for (gsize i = 0; i < size; i++)
    body[8 + i] = (uint8_t)(i * 13 + i / 256);
  agent_client_send (client, VD_AGENT_CLIPBOARD, body, 8 + size);
}

void
set_policy (Rig *rig, bool to_client, bool to_server, uint32_t max_size)
{
  const SpcClipboardPolicy policy = {to_client, to_server, max_size};

  spc_clipboard_set_policy (rig->clipboard, &policy);
  session_settle (&rig->base.session);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ping-item.h"

#include "connection.h"
#include "server-core/wire/messages-common.h"

typedef struct {
  SpcItem item;
  SpcFlow *flow; /* of the connection whose pipe it stands in */
  guint32 padding;
  gpointer func, user_data;
} PingItem;

static void
build_ping (SpcItem *item, SpcConnection *connection)
{
  PingItem *self = (PingItem *)item;
  int64_t now = g_get_monotonic_time ();
  SpcPing msg = {
      .id = spc_flow_ping (self->flow, now, self->func, self->user_data),
      .timestamp = (uint64_t)now,
  };

  if (msg.id == 0)
    return;
  spc_connection_begin (connection, SPICE_MSG_PING);
  qxl_fields_write (spc_ping_fields, &msg, spc_connection_writer (connection));
  qxl_writer_zeros (spc_connection_writer (connection), self->padding);
  spc_connection_end (connection);
}

static const SpcItemClass ping_class = {
    .name = "ping",
    .build = build_ping,
};

SpcItem *
spc_ping_item_new (SpcFlow *flow, guint32 padding_bytes, gpointer func,
                   gpointer user_data)
{
  PingItem *self = g_new0 (PingItem, 1);

  self->flow = flow;
  self->padding = padding_bytes;
  self->func = func;
  self->user_data = user_data;
  spc_item_init (&self->item, &ping_class, 12 + padding_bytes);
  return &self->item;
}

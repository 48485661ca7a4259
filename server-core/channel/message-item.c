/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message-item.h"

#include "connection.h"

typedef struct {
  SpcItem item;
  uint16_t type;
  GBytes *body;
} MessageItem;

static void
build_message (SpcItem *item, SpcConnection *connection)
{
  MessageItem *self = (MessageItem *)item;
  gsize size;
  const void *data = g_bytes_get_data (self->body, &size);

  spc_connection_begin (connection, self->type);
  qxl_writer_bytes (spc_connection_writer (connection), data, size);
  spc_connection_end (connection);
}

static void
free_message (SpcItem *item)
{
  MessageItem *self = (MessageItem *)item;

  g_bytes_unref (self->body);
  g_free (self);
}

static const SpcItemClass message_class = {
    .name = "message",
    .build = build_message,
    .free = free_message,
};

SpcItem *
spc_message_item_new (uint16_t type, const QxlField *fields,
                      const void *message)
{
  MessageItem *self = g_new0 (MessageItem, 1);
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  if (fields != NULL)
    qxl_fields_write (fields, message, writer);
  self->type = type;
  self->body = qxl_writer_steal (writer);
  spc_item_init (&self->item, &message_class,
                 (uint32_t)g_bytes_get_size (self->body));
  return &self->item;
}

bool
spc_item_is_message (const SpcItem *item, uint16_t type)
{
  return item->klass == &message_class &&
         ((const MessageItem *)item)->type == type;
}

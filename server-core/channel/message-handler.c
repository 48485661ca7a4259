/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message-handler.h"

#include "server-core/base/error.h"
#include <stdalign.h>
#include <stddef.h>

const SpcMessageHandler *
spc_message_handler_find (const SpcMessageHandler *handlers, guint n,
                          uint16_t type)
{
  for (guint i = 0; i < n; i++)
    if (handlers[i].type == type)
      return &handlers[i];
  return NULL;
}

bool
spc_message_handler_accepts (const SpcMessageHandler *self, uint16_t type,
                             uint32_t size, GError **error)
{
  if (self == NULL) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "unknown message %u of %u bytes", type, size);
    return false;
  }
  if (size < self->min_size || size > self->max_size) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "message %u of %u bytes, allowed are %u to %u", type, size,
                 self->min_size, self->max_size);
    return false;
  }
  return true;
}

bool
spc_message_handler_call (const SpcMessageHandler *self,
                          SpcConnection *connection, const uint8_t *body,
                          uint32_t size, GError **error)
{
  alignas (max_align_t) uint8_t message[SPC_MAX_MESSAGE_STRUCT] = {0};
  const QxlTail tail = {.data = body, .size = size};
  QxlReader reader;

  if (self->fields == NULL)
    return self->handle (connection, &tail, error);
  g_assert (self->struct_size <= sizeof message);
  qxl_reader_init (&reader, body, size);
  qxl_fields_read (self->fields, message, &reader);
  return qxl_reader_finish (&reader, "message", error) &&
         self->handle (connection, message, error);
}

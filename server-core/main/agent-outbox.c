/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "agent-outbox.h"

#include "server-core/base/error.h"
#include "server-core/base/limits.h"

typedef struct {
  GBytes *parts[2]; /* owned; may be NULL */
  gsize sent;       /* bytes, of both */
  uint32_t key;
} Message;

static gsize
part_size (const GBytes *part)
{
  return part != NULL ? g_bytes_get_size ((GBytes *)part) : 0;
}

static gsize
message_size (const Message *message)
{
  return part_size (message->parts[0]) + part_size (message->parts[1]);
}

static void
free_message (gpointer data)
{
  Message *message = data;

  g_clear_pointer (&message->parts[0], g_bytes_unref);
  g_clear_pointer (&message->parts[1], g_bytes_unref);
  g_free (message);
}

void
spc_agent_outbox_init (SpcAgentOutbox *self)
{
  *self = (SpcAgentOutbox){0};
  g_queue_init (&self->messages);
}

void
spc_agent_outbox_clear (SpcAgentOutbox *self)
{
  g_queue_clear_full (&self->messages, free_message);
  self->tokens = 0;
}

static GList *
find_unsent (SpcAgentOutbox *self, uint32_t key)
{
  for (GList *link = self->messages.head; link != NULL; link = link->next) {
    const Message *message = link->data;

    if (key != 0 && message->key == key && message->sent == 0)
      return link;
  }
  return NULL;
}

bool
spc_agent_outbox_push (SpcAgentOutbox *self, GBytes *head, GBytes *data,
                       uint32_t key)
{
  GList *old = find_unsent (self, key);
  Message *message = g_new0 (Message, 1);

  message->parts[0] = head != NULL ? g_bytes_ref (head) : NULL;
  message->parts[1] = data != NULL ? g_bytes_ref (data) : NULL;
  message->key = key;
  if (old == NULL) {
    g_queue_push_tail (&self->messages, message);
    return false;
  }
  free_message (old->data);
  old->data = message;
  return true;
}

bool
spc_agent_outbox_drop (SpcAgentOutbox *self, uint32_t key)
{
  GList *old = find_unsent (self, key);

  if (old == NULL)
    return false;
  free_message (old->data);
  g_queue_delete_link (&self->messages, old);
  return true;
}

bool
spc_agent_outbox_has (const SpcAgentOutbox *self, uint32_t key)
{
  for (const GList *link = self->messages.head; link != NULL; link = link->next)
    if (((const Message *)link->data)->key == key)
      return true;
  return false;
}

void
spc_agent_outbox_grant (SpcAgentOutbox *self, uint32_t tokens)
{
  self->tokens += MIN (tokens, UINT32_MAX - self->tokens);
}

bool
spc_agent_outbox_is_ready (const SpcAgentOutbox *self)
{
  return self->tokens > 0 && self->messages.length > 0;
}

/* Writes what falls into @room bytes of @part; @skip: what is sent of it. */
static gsize
write_part (QxlWriter *writer, GBytes *part, gsize skip, gsize room)
{
  gsize size = part_size (part);
  g_autoptr (GBytes) slice = NULL;

  if (skip >= size || room == 0)
    return 0;
  room = MIN (room, size - skip);
  slice = g_bytes_new_from_bytes (part, skip, room);
  qxl_writer_ref (writer, slice);
  return room;
}

void
spc_agent_outbox_write (SpcAgentOutbox *self, QxlWriter *writer)
{
  Message *message = g_queue_peek_head (&self->messages);
  gsize first = part_size (message->parts[0]);
  gsize written = write_part (writer, message->parts[0], message->sent,
                              SPC_MAX_AGENT_CHUNK);
  gsize skip = message->sent + written;

  written +=
      write_part (writer, message->parts[1], skip > first ? skip - first : 0,
                  SPC_MAX_AGENT_CHUNK - written);
  message->sent += written;
  self->tokens--;
  if (message->sent < message_size (message))
    return;
  free_message (g_queue_pop_head (&self->messages));
}

/* moving: u32 number of messages; of each u32 key, u32 size, the bytes */

static void
save_message (const Message *message, QxlWriter *writer)
{
  gsize size = message_size (message), first = part_size (message->parts[0]);
  gsize sent = message->sent;

  qxl_writer_u32 (writer, sent == 0 ? message->key : 0);
  qxl_writer_u32 (writer, (uint32_t)(size - sent));
  write_part (writer, message->parts[0], sent, G_MAXSIZE);
  write_part (writer, message->parts[1], sent > first ? sent - first : 0,
              G_MAXSIZE);
}

void
spc_agent_outbox_save (const SpcAgentOutbox *self, QxlWriter *writer)
{
  qxl_writer_u32 (writer, self->messages.length);
  for (const GList *link = self->messages.head; link != NULL; link = link->next)
    save_message (link->data, writer);
}

static bool
restore_message (SpcAgentOutbox *self, QxlReader *reader)
{
  uint32_t key = qxl_reader_u32 (reader);
  uint32_t size = qxl_reader_u32 (reader);
  const uint8_t *data = qxl_reader_bytes (reader, size);
  g_autoptr (GBytes) bytes = NULL;

  if (data == NULL || size == 0)
    return false;
  bytes = g_bytes_new (data, size);
  spc_agent_outbox_push (self, NULL, bytes, key);
  return true;
}

bool
spc_agent_outbox_restore (SpcAgentOutbox *self, const uint8_t *data, gsize size,
                          GError **error)
{
  QxlReader reader;
  uint32_t left;

  if (size == 0)
    return true;
  qxl_reader_init (&reader, data, size);
  left = qxl_reader_u32 (&reader);
  while (left > 0 && restore_message (self, &reader))
    left--;
  if (left > 0)
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "%u agent messages that wait are not there", left);
  return left == 0 && qxl_reader_finish (&reader, "waiting messages", error);
}

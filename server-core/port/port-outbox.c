/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "port-outbox.h"

#include "server-core/base/limits.h"

/* bytes in a pipe after which no more is put there; the rest waits where it can
 * still be dropped when the client leaves */
#define ENOUGH_PIPE_BYTES (2 * SPC_PORT_BLOCK_BYTES)
/* a client of a broadcast that is behind by so much is let go */
#define TOO_SLOW_BYTES (SPC_MAX_PORT_BYTES / 2)

void
spc_port_outbox_init (SpcPortOutbox *self, SpcChannel *channel,
                      SpcPortSendFunc send)
{
  *self = (SpcPortOutbox){
      .channel = channel,
      .send = send,
      .letters = spc_letters_new (SPC_MAX_PORT_BYTES),
  };
}

void
spc_port_outbox_clear (SpcPortOutbox *self)
{
  g_clear_pointer (&self->letters, spc_letters_unref);
}

/* turns */

static bool
has_room (SpcPortOutbox *self)
{
  GPtrArray *connections = spc_channel_connections (self->channel);

  for (guint i = 0; i < connections->len && !self->is_broadcast; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);

    if (spc_connection_pipe (connection)->bytes >= ENOUGH_PIPE_BYTES)
      return false;
  }
  return true;
}

static void
let_go_if_slow (SpcConnection *connection, gpointer user_data)
{
  if (spc_connection_pipe (connection)->bytes > TOO_SLOW_BYTES)
    spc_connection_close (connection, "too slow for a broadcast");
}

static void
send_some (gpointer user_data)
{
  SpcPortOutbox *self = user_data;
  gsize done = 0;
  SpcLetter *letter;

  g_atomic_int_set (&self->is_scheduled, FALSE);
  if (spc_channel_connections (self->channel)->len > 0)
    spc_letters_set_busy (self->letters, true);
  while (done < SPC_PORT_BLOCK_BYTES && has_room (self) &&
         (letter = spc_letters_pop (self->letters, 0))) {
    done += letter->data ? g_bytes_get_size (letter->data) : 1;
    self->send (self->channel, letter);
  }
  spc_channel_pump_all (self->channel);
  if (self->is_broadcast)
    spc_channel_foreach (self->channel, let_go_if_slow, NULL);
  if (done >= SPC_PORT_BLOCK_BYTES && has_room (self))
    spc_port_outbox_schedule (self);
}

static void
unref_channel (gpointer user_data)
{
  SpcPortOutbox *self = user_data;

  g_object_unref (self->channel);
}

void
spc_port_outbox_schedule (SpcPortOutbox *self)
{
  if (!g_atomic_int_compare_and_exchange (&self->is_scheduled, FALSE, TRUE))
    return;
  g_object_ref (self->channel);
  spc_loop_post (spc_channel_loop (self->channel), send_some, self,
                 unref_channel);
}

/* clients */

void
spc_port_outbox_push (SpcPortOutbox *self, SpcItem *item)
{
  GPtrArray *connections = spc_channel_connections (self->channel);

  for (guint i = 0; i < connections->len; i++)
    spc_connection_push (g_ptr_array_index (connections, i),
                         spc_item_ref (item));
}

void
spc_port_outbox_note_flushed (SpcPortOutbox *self)
{
  GPtrArray *connections = spc_channel_connections (self->channel);

  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);

    if (spc_connection_backlog (connection) > 0 ||
        spc_pipe_length (spc_connection_pipe (connection)) > 0)
      return;
  }
  spc_letters_set_busy (self->letters, false);
}

void
spc_port_outbox_note_left (SpcPortOutbox *self)
{
  if (spc_channel_connections (self->channel)->len == 0)
    spc_letters_set_busy (self->letters, false);
  if (!self->is_broadcast)
    spc_letters_set_present (self->letters, false);
}

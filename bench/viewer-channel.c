/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer-channel.h"

#include "qxl/bytes.h"

#include <glib-unix.h>
#include <spice/enums.h>
#include <string.h>

#define HEADER_SIZE 6u /* u16 type, u32 size of the body */
#define READ_SIZE (256u * 1024u)
#define MAX_SENT_BODY 64u

struct _ViewerChannel {
  GSocketConnection *link; /* owned */
  guint watch;
  const ViewerChannelFuncs *funcs;
  gpointer user_data;
  /* the message under way */
  uint8_t head[HEADER_SIZE + VIEWER_MESSAGE_KEPT];
  uint32_t have; /* of header and body */
  uint32_t size; /* of the body, once its header is there */
  /* flow */
  uint32_t ack_window; /* messages; 0: none */
  uint32_t ack_left;
  ViewerCounts counts;
};

static void
lose (ViewerChannel *self, const char *why)
{
  g_clear_handle_id (&self->watch, g_source_remove);
  self->funcs->on_lost (why, self->user_data);
}

void
viewer_channel_send (ViewerChannel *self, uint16_t type, const void *body,
                     uint32_t size)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) bytes = NULL;
  GSocket *socket = g_socket_connection_get_socket (self->link);
  gsize n;

  qxl_writer_u16 (writer, type);
  qxl_writer_u32 (writer, size);
  qxl_writer_bytes (writer, body, size);
  bytes = qxl_writer_steal (writer);
  const char *data = g_bytes_get_data (bytes, &n);
  /* messages are tiny: a socket that does not take one whole is stuck */
  if (g_socket_send (socket, data, n, NULL, NULL) != (gssize)n)
    lose (self, "the server does not read");
}

static void
start_acks (ViewerChannel *self, const uint8_t *body, uint32_t kept)
{
  QxlReader reader;

  qxl_reader_init (&reader, body, kept);
  qxl_reader_u32 (&reader); /* generation: goes back as it came */
  self->ack_window = self->ack_left = qxl_reader_u32 (&reader);
  if (kept >= 4)
    viewer_channel_send (self, SPICE_MSGC_ACK_SYNC, body, 4);
}

/* The message that sets the window is not counted in it. */
static void
count_to_ack (ViewerChannel *self)
{
  if (self->ack_window == 0 || --self->ack_left > 0)
    return;
  self->ack_left = self->ack_window;
  self->counts.acks++;
  viewer_channel_send (self, SPICE_MSGC_ACK, NULL, 0);
}

static void
end_message (ViewerChannel *self, uint16_t type)
{
  const uint8_t *body = self->head + HEADER_SIZE;
  uint32_t kept = MIN (self->size, VIEWER_MESSAGE_KEPT);

  self->counts.messages++;
  if (type == SPICE_MSG_SET_ACK) {
    start_acks (self, body, kept);
    return;
  }
  if (type == SPICE_MSG_PING && kept >= 12) {
    self->counts.pongs++;
    viewer_channel_send (self, SPICE_MSGC_PONG, body, 12);
  }
  self->funcs->on_message (type, body, kept, self->size, self->user_data);
  count_to_ack (self);
}

/* Takes one step through @data; returns how many bytes it used. */
static uint32_t
step (ViewerChannel *self, const uint8_t *data, uint32_t n)
{
  uint32_t end =
      self->have < HEADER_SIZE ? HEADER_SIZE : HEADER_SIZE + self->size;
  uint32_t used = MIN (n, end - self->have);
  QxlReader reader;

  if (self->have < sizeof self->head)
    memcpy (self->head + self->have, data,
            MIN (used, sizeof self->head - self->have));
  self->have += used;
  if (self->have < HEADER_SIZE)
    return used;
  qxl_reader_init (&reader, self->head, HEADER_SIZE);
  uint16_t type = qxl_reader_u16 (&reader);
  self->size = qxl_reader_u32 (&reader);
  if (self->have < HEADER_SIZE + self->size)
    return used;
  end_message (self, type);
  self->have = 0;
  return used;
}

static gboolean
on_readable (gint fd, GIOCondition ready, gpointer user_data)
{
  ViewerChannel *self = user_data;
  static uint8_t buffer[READ_SIZE]; /* one thread reads, and keeps nothing */
  GSocket *socket = g_socket_connection_get_socket (self->link);
  g_autoptr (GError) error = NULL;
  gssize got =
      g_socket_receive (socket, (gchar *)buffer, sizeof buffer, NULL, &error);

  if (got < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (got <= 0) {
    lose (self, got == 0 ? "closed by the server" : error->message);
    return G_SOURCE_CONTINUE;
  }
  self->counts.bytes += (guint64)got;
  for (gssize at = 0; at < got && self->watch != 0;)
    at += step (self, buffer + at, (uint32_t)(got - at));
  return G_SOURCE_CONTINUE;
}

ViewerChannel *
viewer_channel_new (GSocketConnection *link, const ViewerChannelFuncs *funcs,
                    gpointer user_data)
{
  ViewerChannel *self = g_new0 (ViewerChannel, 1);
  GSocket *socket = g_socket_connection_get_socket (link);

  self->link = link;
  self->funcs = funcs;
  self->user_data = user_data;
  self->watch =
      g_unix_fd_add (g_socket_get_fd (socket), G_IO_IN, on_readable, self);
  return self;
}

void
viewer_channel_free (ViewerChannel *self)
{
  if (!self)
    return;
  g_clear_handle_id (&self->watch, g_source_remove);
  g_object_unref (self->link);
  g_free (self);
}

void
viewer_channel_add_counts (const ViewerChannel *self, ViewerCounts *to)
{
  if (!self)
    return;
  to->bytes += self->counts.bytes;
  to->messages += self->counts.messages;
  to->acks += self->counts.acks;
  to->pongs += self->counts.pongs;
}

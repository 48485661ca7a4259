/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "agent-fixture.h"

#include "agent-filter.h"
#include "server-core/base/limits.h"

#include <string.h>

/* the application */

void
agent_rig_init (AgentRig *self)
{
  session_init (&self->session, NULL);
  self->heard = g_string_new (NULL);
}

void
agent_rig_clear (AgentRig *self)
{
  session_clear (&self->session);
  g_string_free (self->heard, TRUE);
}

uint32_t
agent_rig_last_id (const AgentRig *self)
{
  return self->session.last_client_id;
}

void
agent_rig_hear (AgentRig *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_string_append_vprintf (self->heard, format, arguments);
  va_end (arguments);
}

/* a viewer */

static void
free_message (gpointer data)
{
  AgentMessage *message = data;

  g_bytes_unref (message->body);
  g_free (message);
}

AgentClient *
agent_client_join (Session *session)
{
  return agent_client_over (session, session_join (session));
}

AgentClient *
agent_client_over (Session *session, WireClient *main)
{
  AgentClient *self = g_new0 (AgentClient, 1);

  self->session = session;
  self->main = main;
  self->stream = g_byte_array_new ();
  self->messages = g_ptr_array_new_with_free_func (free_message);
  return self;
}

void
agent_client_free (AgentClient *self)
{
  wire_client_free (self->main);
  g_byte_array_unref (self->stream);
  g_ptr_array_unref (self->messages);
  g_free (self);
}

AgentClient *
agent_client_start (Session *session, uint32_t tokens, uint32_t caps)
{
  AgentClient *self = agent_client_join (session);
  const uint32_t body[] = {GUINT32_TO_LE (1), GUINT32_TO_LE (caps)};

  agent_client_send_u32 (self, SPICE_MSGC_MAIN_AGENT_START, tokens);
  agent_client_send (self, VD_AGENT_ANNOUNCE_CAPABILITIES, body, sizeof body);
  agent_client_settle (self);
  return self;
}

void
agent_client_send_u32 (AgentClient *self, uint16_t type, uint32_t value)
{
  value = GUINT32_TO_LE (value);
  wire_client_send (self->main, type, &value, sizeof value);
}

void
agent_client_send_raw (AgentClient *self, const void *data, gsize size)
{
  wire_client_send (self->main, SPICE_MSGC_MAIN_AGENT_DATA, data,
                    (uint32_t)size);
}

void
agent_client_send_start (AgentClient *self, uint32_t type, uint32_t body_size,
                         const void *data, gsize size)
{
  uint8_t piece[SPC_MAX_AGENT_CHUNK];
  const uint32_t header[] = {GUINT32_TO_LE (VD_AGENT_PROTOCOL),
                             GUINT32_TO_LE (type), 0, 0,
                             GUINT32_TO_LE (body_size)};

  g_assert_cmpuint (size, <=, sizeof piece - sizeof header);
  memcpy (piece, header, sizeof header);
  if (size > 0)
    memcpy (piece + sizeof header, data, size);
  agent_client_send_raw (self, piece, sizeof header + size);
}

void
agent_client_send (AgentClient *self, uint32_t type, const void *body,
                   gsize size)
{
  const uint8_t *bytes = body;
  gsize n = MIN (size, SPC_MAX_AGENT_CHUNK - SPC_AGENT_HEADER_SIZE);

  agent_client_send_start (self, type, (uint32_t)size, bytes, n);
  session_settle (self->session);
  for (gsize done = n; done < size && !self->main->closed; done += n) {
    n = MIN (size - done, SPC_MAX_AGENT_CHUNK);
    agent_client_send_raw (self, bytes + done, n);
    session_settle (self->session);
  }
}

static void
take_messages (AgentClient *self)
{
  const guint header = SPC_AGENT_HEADER_SIZE;

  while (self->stream->len >= header) {
    uint32_t words[5];
    AgentMessage *message;

    memcpy (words, self->stream->data, sizeof words);
    g_assert_cmpuint (GUINT32_FROM_LE (words[0]), ==, VD_AGENT_PROTOCOL);
    words[4] = GUINT32_FROM_LE (words[4]);
    if (self->stream->len < header + words[4])
      return;
    message = g_new0 (AgentMessage, 1);
    message->type = GUINT32_FROM_LE (words[1]);
    message->body = g_bytes_new (self->stream->data + header, words[4]);
    g_ptr_array_add (self->messages, message);
    /* no piece holds parts of two messages */
    g_assert_cmpuint (self->stream->len, ==, header + words[4]);
    g_byte_array_set_size (self->stream, 0);
  }
}

void
agent_client_settle (AgentClient *self)
{
  session_settle (self->session);
  for (; self->n_seen < self->main->messages->len; self->n_seen++) {
    const WireMessage *message =
        g_ptr_array_index (self->main->messages, self->n_seen);
    gsize size;
    const uint8_t *data = g_bytes_get_data (message->body, &size);

    if (message->type == SPICE_MSG_MAIN_AGENT_TOKEN)
      self->n_returned += data[0];
    if (message->type != SPICE_MSG_MAIN_AGENT_DATA)
      continue;
    g_assert_cmpuint (size, <=, SPC_MAX_AGENT_CHUNK);
    self->n_pieces++;
    g_byte_array_append (self->stream, data, (guint)size);
    take_messages (self);
  }
}

const AgentMessage *
agent_client_find (AgentClient *self, uint32_t type, guint n)
{
  agent_client_settle (self);
  for (guint i = 0; i < self->messages->len; i++) {
    const AgentMessage *message = g_ptr_array_index (self->messages, i);

    if (message->type == type && n-- == 0)
      return message;
  }
  return NULL;
}

guint
agent_client_count (AgentClient *self, uint32_t type)
{
  guint n = 0;

  while (agent_client_find (self, type, n) != NULL)
    n++;
  return n;
}

void
agent_assert_body (const AgentMessage *message, const char *hex)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const uint8_t *data;
  gsize size;

  g_assert_nonnull (message);
  data = g_bytes_get_data (message->body, &size);
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (text, "%02x", data[i]);
  g_assert_cmpstr (text->str, ==, hex);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire-client.h"

#include "server-core/link/link-fixture.h"
#include "server-core/wire/messages-common.h"
#include "server-core/wire/messages-link.h"

#include <string.h>

#define LINK_REPLY_BYTES (SPC_LINK_HEADER_SIZE + SPC_LINK_REPLY_SIZE)

/* sending */

static void
update_wants (WireClient *self)
{
  GIOCondition wants = self->stopped ? 0 : G_IO_IN;

  if (self->out->len > 0)
    wants |= G_IO_OUT;
  if (!self->closed)
    spc_transport_want (self->transport, wants);
}

static void
flush (WireClient *self)
{
  while (self->out->len > 0 && !self->closed) {
    GOutputVector piece = {self->out->data, self->out->len};
    gssize n = spc_transport_writev (self->transport, &piece, 1, NULL);

    if (n < 0)
      break;
    g_byte_array_remove_range (self->out, 0, (guint)n);
  }
  update_wants (self);
}

void
wire_client_send_raw (WireClient *self, const void *bytes, gsize size)
{
  g_byte_array_append (self->out, bytes, (guint)size);
  flush (self);
}

static void
send_bytes (WireClient *self, QxlWriter *writer)
{
  g_autoptr (GBytes) bytes = qxl_writer_steal (writer);
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  wire_client_send_raw (self, data, size);
}

static void
write_header (WireClient *self, QxlWriter *writer, uint16_t type, uint32_t size)
{
  self->serial_out++;
  if (self->setup.full_header)
    qxl_writer_u64 (writer, self->serial_out);
  qxl_writer_u16 (writer, type);
  qxl_writer_u32 (writer, size);
  if (self->setup.full_header)
    qxl_writer_u32 (writer, 0);
}

void
wire_client_send_header (WireClient *self, uint16_t type, uint32_t size)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  write_header (self, writer, type, size);
  send_bytes (self, writer);
}

void
wire_client_send (WireClient *self, uint16_t type, const void *body,
                  uint32_t size)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  write_header (self, writer, type, size);
  qxl_writer_bytes (writer, body, size);
  send_bytes (self, writer);
}

void
wire_client_send_fields (WireClient *self, uint16_t type,
                         const QxlField *fields, const void *message)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) bytes = NULL;
  gsize size;
  const void *data;

  qxl_fields_write (fields, message, writer);
  bytes = qxl_writer_steal (writer);
  data = g_bytes_get_data (bytes, &size);
  wire_client_send (self, type, data, (uint32_t)size);
}

bool
wire_client_is_flushed (const WireClient *self)
{
  return self->out->len == 0;
}

/* the link */

static SpcCaps
common_caps (const WireClientSetup *setup)
{
  SpcCaps caps = {{0}};

  spc_caps_set (&caps, SPICE_COMMON_CAP_PROTOCOL_AUTH_SELECTION);
  spc_caps_set (&caps, SPICE_COMMON_CAP_AUTH_SPICE);
  if (!setup->full_header)
    spc_caps_set (&caps, SPICE_COMMON_CAP_MINI_HEADER);
  return caps;
}

static void
write_caps (const SpcCaps *caps, QxlWriter *writer)
{
  for (unsigned i = 0; i < spc_caps_n_words (caps); i++)
    qxl_writer_u32 (writer, caps->words[i]);
}

static void
send_link_message (WireClient *self)
{
  const WireClientSetup *setup = &self->setup;
  const SpcCaps common = common_caps (setup);
  const SpcLinkMess mess = {
      .connection_id = setup->connection_id,
      .channel_type = setup->channel_type,
      .channel_id = setup->channel_id,
      .num_common_caps = spc_caps_n_words (&common),
      .num_channel_caps = spc_caps_n_words (&setup->channel_caps),
      .caps_offset = SPC_LINK_MESS_SIZE,
  };
  const SpcLinkHeader header = {
      .magic = SPC_LINK_MAGIC,
      .major_version = 2,
      .minor_version = 2,
      .size = SPC_LINK_MESS_SIZE +
              4 * (mess.num_common_caps + mess.num_channel_caps),
  };
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  qxl_fields_write (spc_link_header_fields, &header, writer);
  qxl_fields_write (spc_link_mess_fields, &mess, writer);
  write_caps (&common, writer);
  write_caps (&setup->channel_caps, writer);
  send_bytes (self, writer);
}

static void
send_ticket (WireClient *self, const SpcLinkReply *reply)
{
  const SpcLinkMechanism mechanism = {SPICE_COMMON_CAP_AUTH_SPICE};
  const char *password = self->setup.password;
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  uint8_t blob[SPC_TICKET_SIZE] = {0};

  if (password != NULL)
    link_fixture_encrypt (reply->public_key, password, strlen (password) + 1,
                          blob);
  qxl_fields_write (spc_link_mechanism_fields, &mechanism, writer);
  qxl_writer_bytes (writer, blob, sizeof blob);
  send_bytes (self, writer);
}

static void
read_caps (WireClient *self, const SpcLinkReply *reply)
{
  const uint8_t *words =
      self->in->data + SPC_LINK_HEADER_SIZE + reply->caps_offset;

  spc_caps_read (&self->common_caps, words, reply->num_common_caps);
  spc_caps_read (&self->channel_caps, words + 4 * reply->num_common_caps,
                 reply->num_channel_caps);
}

/* false: more is needed */
static bool
take_reply (WireClient *self)
{
  SpcLinkHeader header;
  SpcLinkReply reply;
  QxlReader reader;

  if (self->in->len < SPC_LINK_HEADER_SIZE)
    return false;
  qxl_reader_init (&reader, self->in->data, self->in->len);
  qxl_fields_read (spc_link_header_fields, &header, &reader);
  g_assert_cmphex (header.magic, ==, SPC_LINK_MAGIC);
  if (self->in->len < SPC_LINK_HEADER_SIZE + header.size)
    return false;
  qxl_fields_read (spc_link_reply_fields, &reply, &reader);
  g_assert_false (reader.failed);
  self->reply_code = reply.error;
  read_caps (self, &reply);
  g_byte_array_remove_range (self->in, 0, SPC_LINK_HEADER_SIZE + header.size);
  if (reply.error != SPICE_LINK_ERR_OK)
    self->link_code = (int)reply.error;
  else
    send_ticket (self, &reply);
  return true;
}

static bool
take_result (WireClient *self)
{
  SpcLinkResult result;
  QxlReader reader;

  if (self->in->len < SPC_LINK_RESULT_SIZE)
    return false;
  qxl_reader_init (&reader, self->in->data, self->in->len);
  qxl_fields_read (spc_link_result_fields, &result, &reader);
  self->link_code = (int)result.error;
  g_byte_array_remove_range (self->in, 0, SPC_LINK_RESULT_SIZE);
  return true;
}

/* receiving */

static void
on_set_ack (WireClient *self, const WireMessage *message)
{
  SpcSetAck set_ack;
  SpcAckSync sync;

  wire_message_read (message, spc_set_ack_fields, &set_ack);
  self->ack_window = set_ack.window;
  self->n_unacked = 0;
  sync.generation = set_ack.generation;
  wire_client_send_fields (self, SPICE_MSGC_ACK_SYNC, spc_ack_sync_fields,
                           &sync);
}

static void
on_ping (WireClient *self, const uint8_t *body, uint32_t size)
{
  g_assert_cmpuint (size, >=, 12);
  wire_client_send (self, SPICE_MSGC_PONG, body, 12);
}

static void
answer (WireClient *self, const WireMessage *message, const uint8_t *body,
        uint32_t size)
{
  if (self->setup.silent)
    return;
  if (message->type == SPICE_MSG_SET_ACK)
    on_set_ack (self, message);
  else if (self->ack_window != 0 && ++self->n_unacked == self->ack_window) {
    self->n_unacked = 0;
    wire_client_send (self, SPICE_MSGC_ACK, NULL, 0);
  }
  if (message->type == SPICE_MSG_PING)
    on_ping (self, body, size);
}

static void
message_free (gpointer data)
{
  WireMessage *message = data;

  g_bytes_unref (message->body);
  g_free (message);
}

static void
take_body (WireClient *self, uint16_t type, const uint8_t *body, uint32_t size)
{
  WireMessage *message = g_new (WireMessage, 1);

  message->type = type;
  message->body = g_bytes_new (body, size);
  g_ptr_array_add (self->messages, message);
  self->n_messages++;
  answer (self, message, body, size);
  if (self->func != NULL)
    self->func (self, type, body, size, self->user_data);
}

/* false: more is needed */
static bool
take_message (WireClient *self)
{
  uint32_t head =
      self->setup.full_header ? SPC_FULL_HEADER_SIZE : SPC_MINI_HEADER_SIZE;
  QxlReader reader;
  uint16_t type;
  uint32_t size;

  if (self->in->len < head)
    return false;
  qxl_reader_init (&reader, self->in->data, self->in->len);
  if (self->setup.full_header)
    g_assert_cmpuint (qxl_reader_u64 (&reader), ==, self->serial_in + 1);
  type = qxl_reader_u16 (&reader);
  size = qxl_reader_u32 (&reader);
  if (self->setup.full_header)
    g_assert_cmpuint (qxl_reader_u32 (&reader), ==, 0);
  if (self->in->len - head < size)
    return false;
  self->serial_in++;
  take_body (self, type, self->in->data + head, size);
  g_byte_array_remove_range (self->in, 0, head + size);
  return true;
}

static bool
take_one (WireClient *self)
{
  if (self->link_code == SPICE_LINK_ERR_OK)
    return take_message (self);
  if (self->link_code != WIRE_PENDING)
    return false;
  return self->reply_code == G_MAXUINT32 ? take_reply (self)
                                         : take_result (self);
}

static void
read_all (WireClient *self)
{
  uint8_t buffer[65536];
  gssize n = spc_transport_read (self->transport, buffer, sizeof buffer, NULL);

  if (n == 0) {
    self->closed = true;
    spc_transport_want (self->transport, 0);
    if (self->link_code == WIRE_PENDING)
      self->link_code = WIRE_CLOSED;
    return;
  }
  if (n < 0)
    return;
  self->n_bytes += (guint64)n;
  g_byte_array_append (self->in, buffer, (guint)n);
  while (take_one (self))
    ;
}

static void
on_transport (SpcTransport *transport, GIOCondition ready, gpointer user_data)
{
  WireClient *self = user_data;

  if ((ready & G_IO_IN) != 0 && !self->stopped)
    read_all (self);
  flush (self);
}

/* life */

WireClient *
wire_client_new (SpcTransport *transport, const WireClientSetup *setup)
{
  WireClient *self = g_new0 (WireClient, 1);

  self->setup = *setup;
  self->transport = transport;
  self->link_code = WIRE_PENDING;
  self->reply_code = G_MAXUINT32;
  self->messages = g_ptr_array_new_with_free_func (message_free);
  self->in = g_byte_array_new ();
  self->out = g_byte_array_new ();
  spc_transport_set_func (transport, on_transport, self);
  send_link_message (self);
  return self;
}

void
wire_client_free (WireClient *self)
{
  if (self == NULL)
    return;
  spc_transport_free (self->transport);
  g_ptr_array_unref (self->messages);
  g_byte_array_unref (self->in);
  g_byte_array_unref (self->out);
  g_free (self);
}

void
wire_client_stop_reading (WireClient *self)
{
  self->stopped = true;
  update_wants (self);
}

void
wire_client_read_again (WireClient *self)
{
  self->stopped = false;
  update_wants (self);
}

/* what came */

const WireMessage *
wire_client_find (const WireClient *self, uint16_t type, guint nth)
{
  for (guint i = 0; i < self->messages->len; i++) {
    const WireMessage *message = g_ptr_array_index (self->messages, i);

    if (message->type == type && nth-- == 0)
      return message;
  }
  return NULL;
}

guint
wire_client_count (const WireClient *self, uint16_t type)
{
  guint n = 0;

  while (wire_client_find (self, type, n) != NULL)
    n++;
  return n;
}

void
wire_message_read (const WireMessage *self, const QxlField *fields,
                   void *message)
{
  gsize size;
  const void *data = g_bytes_get_data (self->body, &size);
  QxlReader reader;

  qxl_reader_init (&reader, data, size);
  qxl_fields_read (fields, message, &reader);
  g_assert_false (reader.failed);
  g_assert_cmpuint (qxl_reader_left (&reader), ==, 0);
}

void
wire_client_read (const WireClient *self, uint16_t type, const QxlField *fields,
                  void *message)
{
  const WireMessage *found = wire_client_find (self, type, 0);

  g_assert_nonnull (found);
  wire_message_read (found, fields, message);
}

char *
wire_client_types (const WireClient *self)
{
  GString *types = g_string_new (NULL);

  for (guint i = 0; i < self->messages->len; i++) {
    const WireMessage *message = g_ptr_array_index (self->messages, i);

    if (message->type != SPICE_MSG_PING)
      g_string_append_printf (types, "%s%u", types->len > 0 ? " " : "",
                              message->type);
  }
  return g_string_free (types, FALSE);
}

void
wire_client_forget (WireClient *self)
{
  g_ptr_array_set_size (self->messages, 0);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "handshake.h"
#include "server-core/wire/messages-link.h"

#include <string.h>

#define MAJOR_VERSION 2
#define MINOR_VERSION 2

/* reading */

uint32_t
spc_handshake_check_magic (const uint8_t *bytes, GError **error)
{
  if (memcmp (bytes, "REDQ", SPC_LINK_MAGIC_SIZE) == 0)
    return SPICE_LINK_ERR_OK;
  /* a TLS record of a handshake */
  if (bytes[0] == 22 && bytes[1] == 3)
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "the peer speaks TLS, to a port without it");
  else
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "the peer began with %02x %02x %02x %02x instead of REDQ",
                 bytes[0], bytes[1], bytes[2], bytes[3]);
  return SPICE_LINK_ERR_INVALID_MAGIC;
}

/* the minor version may be any: nothing depends on it */
uint32_t
spc_handshake_read_header (const uint8_t *bytes, uint32_t *mess_size,
                           GError **error)
{
  SpcLinkHeader header;
  QxlReader reader;

  qxl_reader_init (&reader, bytes, SPC_LINK_HEADER_SIZE);
  qxl_fields_read (spc_link_header_fields, &header, &reader);
  if (header.major_version != MAJOR_VERSION) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "version %u.%u, %u.x is spoken here", header.major_version,
                 header.minor_version, MAJOR_VERSION);
    return SPICE_LINK_ERR_VERSION_MISMATCH;
  }
  if (header.size < SPC_MIN_LINK_SIZE || header.size > SPC_MAX_LINK_SIZE) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "a link message of %u bytes, %u to %u are allowed",
                 header.size, SPC_MIN_LINK_SIZE, SPC_MAX_LINK_SIZE);
    return SPICE_LINK_ERR_INVALID_DATA;
  }
  *mess_size = header.size;
  return SPICE_LINK_ERR_OK;
}

/* without words the offset may be anything */
static bool
are_caps_inside (const SpcLinkMess *mess, uint32_t size)
{
  uint32_t bytes;

  if (mess->num_common_caps > SPC_MAX_CAPS_WORDS ||
      mess->num_channel_caps > SPC_MAX_CAPS_WORDS)
    return false;
  bytes = 4 * (mess->num_common_caps + mess->num_channel_caps);
  return bytes == 0 ||
         (mess->caps_offset >= SPC_LINK_MESS_SIZE &&
          mess->caps_offset <= size && bytes <= size - mess->caps_offset);
}

uint32_t
spc_handshake_read_request (const uint8_t *bytes, uint32_t size,
                            SpcLinkRequest *request, GError **error)
{
  const uint8_t *words;
  SpcLinkMess mess;
  QxlReader reader;

  qxl_reader_init (&reader, bytes, size);
  qxl_fields_read (spc_link_mess_fields, &mess, &reader);
  if (reader.failed || !are_caps_inside (&mess, size)) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "%u and %u capability words at %u in a link message of %u "
                 "bytes",
                 mess.num_common_caps, mess.num_channel_caps, mess.caps_offset,
                 size);
    return SPICE_LINK_ERR_INVALID_DATA;
  }
  request->connection_id = mess.connection_id;
  request->channel_type = mess.channel_type;
  request->channel_id = mess.channel_id;
  words = bytes + MIN (mess.caps_offset, size);
  spc_caps_read (&request->common_caps, words, mess.num_common_caps);
  words += 4 * mess.num_common_caps;
  spc_caps_read (&request->channel_caps, words, mess.num_channel_caps);
  return SPICE_LINK_ERR_OK;
}

bool
spc_handshake_has_mechanism (const SpcLinkRequest *request)
{
  return spc_caps_has (&request->common_caps,
                       SPICE_COMMON_CAP_PROTOCOL_AUTH_SELECTION);
}

static SpcMechanisms
mechanism_of (uint32_t number)
{
  switch (number) {
  case SPICE_COMMON_CAP_AUTH_SPICE:
    return SPC_BY_TICKET;
  case SPICE_COMMON_CAP_AUTH_SASL:
    return SPC_BY_SASL;
  default:
    return 0;
  }
}

uint32_t
spc_handshake_read_mechanism (const uint8_t *bytes, SpcMechanisms offered,
                              SpcMechanisms *mechanism, GError **error)
{
  static const char *const names[] = {
      [SPC_BY_TICKET] = "1",
      [SPC_BY_SASL] = "2",
      [SPC_BY_TICKET | SPC_BY_SASL] = "1 and 2",
  };
  SpcLinkMechanism message;
  QxlReader reader;

  qxl_reader_init (&reader, bytes, SPC_LINK_MECHANISM_SIZE);
  qxl_fields_read (spc_link_mechanism_fields, &message, &reader);
  *mechanism = mechanism_of (message.mechanism) & offered;
  if (*mechanism != 0)
    return SPICE_LINK_ERR_OK;
  g_set_error (error, SPC_ERROR, SPC_ERROR_CAPS,
               "authentication mechanism %u, offered here: %s",
               message.mechanism, names[offered]);
  return SPICE_LINK_ERR_INVALID_DATA;
}

/* writing */

static void
append (GByteArray *out, const QxlField *fields, const void *message)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) bytes = NULL;

  qxl_fields_write (fields, message, writer);
  bytes = qxl_writer_steal (writer);
  g_byte_array_append (out, g_bytes_get_data (bytes, NULL),
                       (guint)g_bytes_get_size (bytes));
}

static void
append_caps (GByteArray *out, const SpcCaps *caps)
{
  for (unsigned i = 0; i < spc_caps_n_words (caps); i++) {
    uint32_t word = GUINT32_TO_LE (caps->words[i]);

    g_byte_array_append (out, (const uint8_t *)&word, sizeof word);
  }
}

static void
append_reply (GByteArray *out, const SpcLinkReply *reply)
{
  uint32_t n_words = reply->num_common_caps + reply->num_channel_caps;
  SpcLinkHeader header = {
      .magic = SPC_LINK_MAGIC,
      .major_version = MAJOR_VERSION,
      .minor_version = MINOR_VERSION,
      .size = SPC_LINK_REPLY_SIZE + n_words * (uint32_t)sizeof (uint32_t),
  };

  append (out, spc_link_header_fields, &header);
  append (out, spc_link_reply_fields, reply);
}

void
spc_handshake_write_reply (GByteArray *out, SpcMechanisms offered,
                           const uint8_t *public_key,
                           const SpcCaps *channel_caps)
{
  SpcLinkReply reply = {.error = SPICE_LINK_ERR_OK,
                        .caps_offset = SPC_LINK_REPLY_SIZE};
  SpcCaps common_caps = {{0}};

  spc_caps_set (&common_caps, SPICE_COMMON_CAP_PROTOCOL_AUTH_SELECTION);
  if (offered & SPC_BY_TICKET)
    spc_caps_set (&common_caps, SPICE_COMMON_CAP_AUTH_SPICE);
  if (offered & SPC_BY_SASL)
    spc_caps_set (&common_caps, SPICE_COMMON_CAP_AUTH_SASL);
  spc_caps_set (&common_caps, SPICE_COMMON_CAP_MINI_HEADER);
  if (public_key != NULL)
    memcpy (reply.public_key, public_key, SPC_PUBLIC_KEY_SIZE);
  reply.num_common_caps = spc_caps_n_words (&common_caps);
  reply.num_channel_caps = spc_caps_n_words (channel_caps);
  append_reply (out, &reply);
  append_caps (out, &common_caps);
  append_caps (out, channel_caps);
}

void
spc_handshake_write_refusal (GByteArray *out, uint32_t code)
{
  SpcLinkReply reply = {.error = code};

  append_reply (out, &reply);
}

void
spc_handshake_write_result (GByteArray *out, uint32_t code)
{
  SpcLinkResult result = {code};

  append (out, spc_link_result_fields, &result);
}

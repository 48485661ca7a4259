/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "smartcard.h"

#include "server-core/base/error.h"
#include "server-core/base/limits.h"
#include "server-core/base/log.h"

#define ALL_READERS ((1u << SPC_MAX_READERS) - 1)

void
spc_smartcard_init (SpcSmartcard *self)
{
  *self = (SpcSmartcard){0};
  self->rest = g_byte_array_new ();
}

void
spc_smartcard_clear (SpcSmartcard *self)
{
  g_clear_pointer (&self->rest, g_byte_array_unref);
}

/* messages */

/* one for the client */
static void
write_to_client (QxlWriter *writer, uint32_t type, uint32_t reader_id,
                 const uint8_t *data, uint32_t length)
{
  qxl_writer_u32 (writer, type);
  qxl_writer_u32 (writer, reader_id);
  qxl_writer_u32 (writer, length);
  qxl_writer_bytes (writer, data, length);
}

/* one for the device: the same with a header in network order */
static void
write_to_device (QxlWriter *writer, uint32_t type, uint32_t reader_id,
                 const uint8_t *data, uint32_t length)
{
  qxl_writer_u32 (writer, GUINT32_SWAP_LE_BE (type));
  qxl_writer_u32 (writer, GUINT32_SWAP_LE_BE (reader_id));
  qxl_writer_u32 (writer, GUINT32_SWAP_LE_BE (length));
  qxl_writer_bytes (writer, data, length);
}

/* of the client's, which may carry a code */
static void
pass_to_device (QxlWriter *writer, const SpcVscMessage *message)
{
  const uint8_t *body = message->body.data;
  const uint8_t code[4] = {0, 0, 0,
                           message->header.length >= 1 ? body[0] : (uint8_t)0};
  bool is_error = message->header.type == SPC_VSC_ERROR;

  write_to_device (writer, message->header.type, message->header.reader_id,
                   is_error ? code : body,
                   is_error ? sizeof code : message->header.length);
}

static void
write_error (QxlWriter *writer, uint32_t reader_id, uint32_t code)
{
  const uint8_t body[4] = {(uint8_t)code};

  write_to_client (writer, SPC_VSC_ERROR, reader_id, body, sizeof body);
}

/* readers */

static bool
is_in (uint16_t readers, uint32_t id)
{
  return id < SPC_MAX_READERS && (readers & 1u << id) != 0;
}

static bool
has_reader (const SpcSmartcard *self, uint32_t id)
{
  return is_in (self->readers, id);
}

static int
lowest (unsigned bits)
{
  return bits != 0 ? __builtin_ctz (bits) : -1;
}

/* the name stays here: a device has no use for it, and once believed its
 * length */
static void
add_reader (SpcSmartcard *self, QxlWriter *to_device, QxlWriter *to_client)
{
  int id = lowest (ALL_READERS & ~(unsigned)self->readers);

  if (id < 0) {
    write_error (to_client, SPC_VSC_NO_READER, SPC_VSC_NO_MORE_READERS);
    return;
  }
  self->readers |= (uint16_t)(1u << id);
  self->asked |= (uint16_t)(1u << id);
  write_to_device (to_device, SPC_VSC_READER_ADD, (uint32_t)id, NULL, 0);
}

static void
forget_reader (SpcSmartcard *self, uint32_t id)
{
  uint16_t mask = (uint16_t) ~(1u << id);

  self->readers &= mask;
  self->asked &= mask;
  self->leaving &= mask;
}

/* from the client */

static bool
check (const SpcVscMessage *message, GError **error)
{
  if (message->header.length <= message->body.size &&
      message->header.length <= SPC_MAX_VSC_BODY)
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "smartcard message of %u bytes, but %u follow its header",
               message->header.length, message->body.size);
  return false;
}

bool
spc_smartcard_from_client (SpcSmartcard *self, const SpcVscMessage *message,
                           QxlWriter *to_device, QxlWriter *to_client,
                           GError **error)
{
  uint32_t id = message->header.reader_id;

  if (!check (message, error))
    return false;
  switch (message->header.type) {
  case SPC_VSC_READER_ADD:
    add_reader (self, to_device, to_client);
    break;
  case SPC_VSC_READER_REMOVE:
  case SPC_VSC_ERROR:
  case SPC_VSC_ATR:
  case SPC_VSC_CARD_REMOVE:
  case SPC_VSC_APDU:
    if (!has_reader (self, id)) {
      write_error (to_client, id, SPC_VSC_GENERAL_ERROR);
      break;
    }
    pass_to_device (to_device, message);
    if (message->header.type == SPC_VSC_READER_REMOVE)
      self->leaving |= (uint16_t)(1u << id);
    break;
  default: /* INIT among them */
    SPC_DEBUG (SPC_LOG_PORT, "smartcard message of type %u is ignored",
               message->header.type);
    break;
  }
  return true;
}

bool
spc_smartcard_refuse (SpcSmartcard *self, const SpcVscMessage *message,
                      QxlWriter *to_client, GError **error)
{
  uint32_t type = message->header.type;

  if (!check (message, error))
    return false;
  if (type == SPC_VSC_READER_ADD)
    write_error (to_client, SPC_VSC_NO_READER, SPC_VSC_NO_MORE_READERS);
  else if (type != SPC_VSC_INIT && type != SPC_VSC_ERROR)
    write_error (to_client, message->header.reader_id, SPC_VSC_GENERAL_ERROR);
  return true;
}

void
spc_smartcard_leave (SpcSmartcard *self, QxlWriter *to_device)
{
  for (uint32_t id = 0; id < SPC_MAX_READERS; id++)
    if (has_reader (self, id) && !is_in (self->leaving, id))
      write_to_device (to_device, SPC_VSC_READER_REMOVE, id, NULL, 0);
  self->readers = self->asked = self->leaving = 0;
}

/* from the device */

static uint32_t
read_be (const uint8_t *data)
{
  return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 |
         (uint32_t)data[2] << 8 | data[3];
}

/* A device may number its readers itself: with one reader there is no doubt
 * which one it means. -1: unknown. */
static int
reader_of (const SpcSmartcard *self, uint32_t device_id)
{
  bool is_single = (self->readers & (self->readers - 1)) == 0;

  if (has_reader (self, device_id))
    return (int)device_id;
  return is_single ? lowest (self->readers) : -1;
}

/* an error message, even of success, that is not about another reader */
static bool
answers_add (const SpcSmartcard *self, uint32_t device_id)
{
  return self->asked != 0 &&
         (is_in (self->asked, device_id) || !has_reader (self, device_id));
}

/* what ReaderAdd is answered with: success tells the client its number */
static uint32_t
settle_add (SpcSmartcard *self, uint32_t device_id, uint32_t code)
{
  uint32_t id = is_in (self->asked, device_id) ? device_id
                                               : (uint32_t)lowest (self->asked);

  self->asked &= (uint16_t) ~(1u << id);
  if (code == SPC_VSC_SUCCESS)
    return id;
  forget_reader (self, id);
  return SPC_VSC_NO_READER;
}

/* an error message of the device; false: not for the client */
static bool
translate_error (SpcSmartcard *self, uint32_t device_id, uint32_t code,
                 QxlWriter *writer)
{
  int id = reader_of (self, device_id);

  if (answers_add (self, device_id)) {
    write_error (writer, settle_add (self, device_id, code), code);
    return true;
  }
  if (id < 0)
    return false;
  write_error (writer, (uint32_t)id, code);
  if (is_in (self->leaving, (uint32_t)id))
    forget_reader (self, (uint32_t)id);
  return true;
}

/* NULL: not for the client */
static GBytes *
translate (SpcSmartcard *self, uint32_t type, uint32_t device_id,
           const uint8_t *body, uint32_t length)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  int id = reader_of (self, device_id);

  if (type == SPC_VSC_ERROR && length >= 4) {
    if (!translate_error (self, device_id, read_be (body), writer))
      return NULL;
  } else {
    if (id < 0)
      return NULL;
    write_to_client (writer, type, (uint32_t)id, body, length);
  }
  return qxl_writer_steal (writer);
}

/* bytes of the message that begins at @at of the rest; 0: it is not whole yet
 */
static guint
whole_message (SpcSmartcard *self, guint at)
{
  guint left = self->rest->len - at;
  uint32_t length;

  if (left < SPC_VSC_HEADER_SIZE)
    return 0;
  length = read_be (self->rest->data + at + 8);
  self->is_lost = length > SPC_MAX_VSC_BODY;
  if (self->is_lost || left - SPC_VSC_HEADER_SIZE < length)
    return 0;
  return SPC_VSC_HEADER_SIZE + length;
}

bool
spc_smartcard_from_device (SpcSmartcard *self, const uint8_t *data, gsize size,
                           void (*send) (GBytes *body, gpointer user_data),
                           gpointer user_data)
{
  guint at = 0, n;

  if (self->is_lost)
    return false;
  g_byte_array_append (self->rest, data, (guint)size);
  for (; (n = whole_message (self, at)) > 0; at += n) {
    const uint8_t *header = self->rest->data + at;
    g_autoptr (GBytes) body =
        translate (self, read_be (header), read_be (header + 4),
                   header + SPC_VSC_HEADER_SIZE, n - SPC_VSC_HEADER_SIZE);

    if (body)
      send (body, user_data);
  }
  /* once, at the end: a block may have thousands of messages */
  g_byte_array_remove_range (self->rest, 0,
                             self->is_lost ? self->rest->len : at);
  return !self->is_lost;
}

void
spc_smartcard_reset_device (SpcSmartcard *self)
{
  g_byte_array_set_size (self->rest, 0);
  self->is_lost = false;
}

/* moving */

void
spc_smartcard_save (const SpcSmartcard *self, SpcSmartcardState *state)
{
  *state = (SpcSmartcardState){
      .readers = self->readers,
      .asked = self->asked,
      .leaving = self->leaving,
      .rest = {.data = self->rest->data, .size = self->rest->len},
  };
}

bool
spc_smartcard_restore (SpcSmartcard *self, const SpcSmartcardState *state,
                       GError **error)
{
  unsigned strange = (state->asked | state->leaving) & ~state->readers;

  if ((state->readers & ~ALL_READERS) != 0 || strange != 0 ||
      state->rest.size > SPC_VSC_HEADER_SIZE + SPC_MAX_VSC_BODY) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "readers %x, asked %x, leaving %x, %u bytes of a message",
                 state->readers, state->asked, state->leaving,
                 state->rest.size);
    return false;
  }
  self->readers = state->readers;
  self->asked = state->asked;
  self->leaving = state->leaving;
  if (self->rest->len == 0 && state->rest.size > 0)
    g_byte_array_append (self->rest, state->rest.data, state->rest.size);
  return true;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "port-blob.h"

#define BYTES_MAGIC "SVMD"
#define CARD_MAGIC "SCMD"
#define DEVICE_VERSION 1u

/* a smartcard's has what follows is_connected, too */
typedef struct {
  SpcBlobHead head;
  uint32_t device_version;
  uint8_t is_connected;
  uint32_t client_tokens, send_tokens;
  uint32_t write_size, write_client_tokens, write_offset;
  uint8_t has_reader;
  uint32_t read_size, read_offset;
} PortBlob;

#define DEVICE_FIELDS                                                          \
  QXL_F_BLOB (PortBlob, head.magic), QXL_F_U32 (PortBlob, head.version),       \
      QXL_F_U32 (PortBlob, device_version), QXL_F_U8 (PortBlob, is_connected), \
      QXL_F_U32 (PortBlob, client_tokens), QXL_F_U32 (PortBlob, send_tokens),  \
      QXL_F_U32 (PortBlob, write_size),                                        \
      QXL_F_U32 (PortBlob, write_client_tokens),                               \
      QXL_F_U32 (PortBlob, write_offset)

static const QxlField bytes_fields[] = {DEVICE_FIELDS, QXL_F_END};

static const QxlField card_fields[] = {
    DEVICE_FIELDS,
    QXL_F_U8 (PortBlob, has_reader),
    QXL_F_U32 (PortBlob, read_size),
    QXL_F_U32 (PortBlob, read_offset),
    QXL_F_END,
};

/* Other servers know one reader, which is all the field has room for: which
 * ones there are stands behind the fixed part, where others begin with their
 * bytes. */
typedef struct {
  uint16_t readers, asked, leaving;
} Readers;

static const QxlField readers_fields[] = {
    QXL_F_U16 (Readers, readers),
    QXL_F_U16 (Readers, asked),
    QXL_F_U16 (Readers, leaving),
    QXL_F_END,
};

static uint32_t
size_of (const QxlField *fields)
{
  return (uint32_t)qxl_fields_min_size (fields);
}

/* writing */

static void
write_card (QxlWriter *writer, PortBlob *blob, GBytes *unread,
            const SpcSmartcard *card)
{
  SpcSmartcardState state;
  Readers readers;

  spc_smartcard_save (card, &state);
  readers = (Readers){state.readers, state.asked, state.leaving};
  blob->has_reader = state.readers != 0;
  blob->write_offset = size_of (card_fields) + size_of (readers_fields);
  blob->read_size = state.rest.size;
  blob->read_offset = blob->write_offset + blob->write_size;
  spc_blob_write (writer, CARD_MAGIC, card_fields, blob);
  qxl_fields_write (readers_fields, &readers, writer);
  qxl_writer_ref (writer, unread);
  if (state.rest.size > 0)
    qxl_writer_bytes (writer, state.rest.data, state.rest.size);
}

void
spc_port_blob_write (QxlWriter *writer, bool is_opened, GBytes *unread,
                     const SpcSmartcard *card)
{
  PortBlob blob = {
      .device_version = DEVICE_VERSION,
      .is_connected = is_opened,
      .write_size = (uint32_t)g_bytes_get_size (unread),
      .write_offset = size_of (bytes_fields),
  };

  if (card) {
    write_card (writer, &blob, unread, card);
    return;
  }
  spc_blob_write (writer, BYTES_MAGIC, bytes_fields, &blob);
  qxl_writer_ref (writer, unread);
}

/* reading */

/* NULL @fields beyond @bytes are none */
static bool
find_part (const QxlTail *bytes, const QxlField *fields, uint32_t offset,
           uint32_t size, QxlTail *part, GError **error)
{
  *part = (QxlTail){0};
  return size == 0 ||
         spc_blob_part (bytes, size_of (fields), offset, size, part, error);
}

static bool
check_version (const PortBlob *blob, GError **error)
{
  if (blob->device_version == DEVICE_VERSION)
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "a byte stream's state of version %u, known is %u",
               blob->device_version, DEVICE_VERSION);
  return false;
}

/* of a server that knows one reader, it is the first */
static void
read_readers (const QxlTail *bytes, const PortBlob *blob, Readers *readers)
{
  const uint32_t begin = size_of (card_fields);
  const uint32_t end = begin + size_of (readers_fields);
  QxlReader reader;

  *readers = (Readers){.readers = blob->has_reader != 0};
  if (bytes->size < end || (blob->write_size > 0 && blob->write_offset < end) ||
      (blob->read_size > 0 && blob->read_offset < end))
    return;
  qxl_reader_init (&reader, bytes->data + begin, end - begin);
  qxl_fields_read (readers_fields, readers, &reader);
}

static bool
read_card (const QxlTail *bytes, const PortBlob *blob, SpcSmartcard *card,
           GError **error)
{
  SpcSmartcardState state;
  Readers readers;

  read_readers (bytes, blob, &readers);
  state = (SpcSmartcardState){.readers = readers.readers,
                              .asked = readers.asked,
                              .leaving = readers.leaving};
  return find_part (bytes, card_fields, blob->read_offset, blob->read_size,
                    &state.rest, error) &&
         spc_smartcard_restore (card, &state, error);
}

bool
spc_port_blob_read (const QxlTail *bytes, bool *is_opened, QxlTail *unread,
                    SpcSmartcard *card, GError **error)
{
  const QxlField *fields = card ? card_fields : bytes_fields;
  PortBlob blob = {0};

  if (!spc_blob_read (bytes, card ? CARD_MAGIC : BYTES_MAGIC, fields, &blob,
                      error) ||
      !check_version (&blob, error) ||
      !find_part (bytes, fields, blob.write_offset, blob.write_size, unread,
                  error))
    return false;
  *is_opened = blob.is_connected != 0;
  return !card || read_card (bytes, &blob, card, error);
}

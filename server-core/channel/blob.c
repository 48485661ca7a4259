/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "blob.h"

#include <string.h>

void
spc_blob_write (QxlWriter *writer, const char *magic, const QxlField *fields,
                void *blob)
{
  SpcBlobHead head = {.version = SPC_MIGRATE_VERSION};

  memcpy (head.magic, magic, sizeof head.magic);
  memcpy (blob, &head, sizeof head);
  qxl_fields_write (fields, blob, writer);
}

bool
spc_blob_read (const QxlTail *bytes, const char *magic, const QxlField *fields,
               void *blob, GError **error)
{
  uint32_t fixed_size = (uint32_t)qxl_fields_min_size (fields);
  SpcBlobHead head;
  QxlReader reader;

  if (bytes->size < fixed_size) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "migration data of %u bytes, needed are %u", bytes->size,
                 fixed_size);
    return false;
  }
  qxl_reader_init (&reader, bytes->data, fixed_size);
  qxl_fields_read (fields, blob, &reader);
  if (!qxl_reader_finish (&reader, "migration data", error))
    return false;
  memcpy (&head, blob, sizeof head);
  if (memcmp (head.magic, magic, sizeof head.magic) == 0 &&
      head.version == SPC_MIGRATE_VERSION)
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "migration data is not %s of version %u", magic,
               SPC_MIGRATE_VERSION);
  return false;
}

bool
spc_blob_part (const QxlTail *bytes, uint32_t fixed_size, uint32_t offset,
               uint32_t size, QxlTail *part, GError **error)
{
  if (offset < fixed_size || offset > bytes->size ||
      size > bytes->size - offset) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "%u bytes at offset %u of %u bytes of migration data", size,
                 offset, bytes->size);
    return false;
  }
  *part = (QxlTail){.data = bytes->data + offset, .size = size};
  return true;
}

/* proof */

static void
make_code (const char *key, const SpcBlobOwner *owner, const uint8_t *data,
           gsize size, uint8_t code[SPC_MIGRATE_CODE_SIZE])
{
  const uint8_t name[] = {
      (uint8_t)owner->connection_id,
      (uint8_t)(owner->connection_id >> 8),
      (uint8_t)(owner->connection_id >> 16),
      (uint8_t)(owner->connection_id >> 24),
      owner->channel_type,
      owner->channel_id,
  };
  GHmac *hmac =
      g_hmac_new (G_CHECKSUM_SHA256, (const guchar *)key, strlen (key));
  gsize code_size = SPC_MIGRATE_CODE_SIZE;

  g_hmac_update (hmac, name, sizeof name);
  if (size > 0)
    g_hmac_update (hmac, data, (gssize)size);
  g_hmac_get_digest (hmac, code, &code_size);
  g_hmac_unref (hmac);
}

GBytes *
spc_blob_seal (GBytes *blob, const char *key, const SpcBlobOwner *owner)
{
  uint8_t code[SPC_MIGRATE_CODE_SIZE];
  GByteArray *sealed;
  gsize size;
  const uint8_t *data = g_bytes_get_data (blob, &size);

  if (key == NULL)
    return g_bytes_ref (blob);
  make_code (key, owner, data, size, code);
  sealed = g_byte_array_sized_new ((guint)size + sizeof code);
  g_byte_array_append (sealed, data, (guint)size);
  g_byte_array_append (sealed, code, sizeof code);
  return g_byte_array_free_to_bytes (sealed);
}

/* takes the same time wherever they differ */
static bool
codes_are_equal (const uint8_t *a, const uint8_t *b)
{
  uint8_t difference = 0;

  for (gsize i = 0; i < SPC_MIGRATE_CODE_SIZE; i++)
    difference |= a[i] ^ b[i];
  return difference == 0;
}

bool
spc_blob_unseal (const QxlTail *sealed, const char *key,
                 const SpcBlobOwner *owner, QxlTail *blob, GError **error)
{
  uint8_t code[SPC_MIGRATE_CODE_SIZE];

  *blob = *sealed;
  if (key == NULL)
    return true;
  if (sealed->size >= sizeof code) {
    blob->size -= (uint32_t)sizeof code;
    make_code (key, owner, blob->data, blob->size, code);
    if (codes_are_equal (code, blob->data + blob->size))
      return true;
  }
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "%u bytes of migration data that the other server has not made",
               sealed->size);
  return false;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "data-item.h"

#include "block.h"
#include "server-core/channel/channel.h"

typedef struct {
  SpcItem item;
  SpcLetters *letters; /* owned */
  SpcLetter *letter;   /* owned; counted as long as the item lives */
  GBytes *body;        /* NULL: nothing is sent */
  GBytes *packed;      /* NULL: not tried, or in vain */
  bool has_tried;
} DataItem;

static bool
takes_packed (SpcConnection *connection)
{
  return !spc_connection_is_local (connection) &&
         spc_connection_has_cap (connection,
                                 SPICE_SPICEVMC_CAP_DATA_COMPRESS_LZ4);
}

static GBytes *
pack_once (DataItem *self)
{
  gsize size;
  const uint8_t *data = g_bytes_get_data (self->body, &size);

  if (!self->has_tried)
    self->packed = spc_block_pack (data, size);
  self->has_tried = true;
  return self->packed;
}

static void
write_packed (DataItem *self, SpcConnection *connection)
{
  gsize size;
  const uint8_t *data = g_bytes_get_data (self->packed, &size);
  const SpcCompressedData message = {
      .type = SPICE_DATA_COMPRESSION_TYPE_LZ4,
      .size = (uint32_t)g_bytes_get_size (self->body),
      .packed = {.data = data, .size = (uint32_t)size},
  };

  spc_connection_write (connection, SPICE_MSG_SPICEVMC_COMPRESSED_DATA,
                        spc_compressed_data_fields, &message);
}

static void
build_data (SpcItem *item, SpcConnection *connection)
{
  DataItem *self = (DataItem *)item;

  if (!self->body)
    return;
  if (takes_packed (connection) && pack_once (self)) {
    write_packed (self, connection);
    return;
  }
  spc_connection_begin (connection, SPICE_MSG_SPICEVMC_DATA);
  qxl_writer_ref (spc_connection_writer (connection), self->body);
  spc_connection_end (connection);
}

static void
free_data (SpcItem *item)
{
  DataItem *self = (DataItem *)item;

  if (self->letter)
    spc_letters_give_back (self->letters, self->letter);
  spc_letters_unref (self->letters);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->packed, g_bytes_unref);
  g_free (self);
}

static const SpcItemClass data_class = {
    .name = "data",
    .build = build_data,
    .free = free_data,
};

SpcItem *
spc_data_item_new (GBytes *body, SpcLetters *letters, SpcLetter *letter)
{
  DataItem *self = g_new0 (DataItem, 1);

  self->letters = spc_letters_ref (letters);
  self->letter = letter;
  self->body = body ? g_bytes_ref (body) : NULL;
  spc_item_init (&self->item, &data_class,
                 body ? (uint32_t)g_bytes_get_size (body) : 0);
  return &self->item;
}

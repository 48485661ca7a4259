/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "main-blob.h"

const QxlField spc_main_blob_fields[] = {
    QXL_F_BLOB (SpcMainBlob, head.magic),
    QXL_F_U32 (SpcMainBlob, head.version),
    QXL_F_U32 (SpcMainBlob, device_version),
    QXL_F_U8 (SpcMainBlob, is_connected),
    QXL_F_U32 (SpcMainBlob, client_tokens),
    QXL_F_U32 (SpcMainBlob, send_tokens),
    QXL_F_U32 (SpcMainBlob, write_size),
    QXL_F_U32 (SpcMainBlob, write_client_tokens),
    QXL_F_U32 (SpcMainBlob, write_offset),
    QXL_F_U8 (SpcMainBlob, is_started),
    QXL_F_U32 (SpcMainBlob, chunk_header_size),
    QXL_F_BLOB (SpcMainBlob, chunk_header),
    QXL_F_U8 (SpcMainBlob, has_message_header),
    QXL_F_U32 (SpcMainBlob, message_header_size),
    QXL_F_U32 (SpcMainBlob, message_header_offset),
    QXL_F_U32 (SpcMainBlob, to_viewer_remaining),
    QXL_F_U8 (SpcMainBlob, to_viewer_filter),
    QXL_F_U32 (SpcMainBlob, to_agent_remaining),
    QXL_F_U8 (SpcMainBlob, to_agent_filter),
    QXL_F_END,
};

bool
spc_main_blob_read (const QxlTail *bytes, SpcMainBlob *blob, GError **error)
{
  uint32_t fixed_size = (uint32_t)qxl_fields_min_size (spc_main_blob_fields);
  QxlTail part;

  if (!spc_blob_read (bytes, SPC_MAIN_BLOB_MAGIC, spc_main_blob_fields, blob,
                      error))
    return false;
  return (blob->write_size == 0 ||
          spc_blob_part (bytes, fixed_size, blob->write_offset,
                         blob->write_size, &part, error)) &&
         (blob->message_header_size == 0 ||
          spc_blob_part (bytes, fixed_size, blob->message_header_offset,
                         blob->message_header_size, &part, error));
}

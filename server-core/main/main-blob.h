/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* main-blob.h – what the main channel sends along with a viewer that moves
 * (spec: migration data).
 *
 * Any thread. */
#pragma once

#include "server-core/channel/blob.h"

/* The main channel's. Of the agent's, what is about pieces that a device has
 * half taken is 0: agents elsewhere do not move. */
typedef struct {
  SpcBlobHead head;
  /* char device base */
  uint32_t device_version;
  uint8_t is_connected;
  uint32_t client_tokens, send_tokens;
  uint32_t write_size, write_client_tokens, write_offset;
  uint8_t is_started;
  /* agent to viewer */
  uint32_t chunk_header_size;
  uint8_t chunk_header[8];
  uint8_t has_message_header;
  uint32_t message_header_size, message_header_offset, to_viewer_remaining;
  uint8_t to_viewer_filter;
  /* viewer to agent */
  uint32_t to_agent_remaining;
  uint8_t to_agent_filter;
} SpcMainBlob;

#define SPC_MAIN_BLOB_MAGIC "MNMD"

bool spc_main_blob_read (const QxlTail *bytes, SpcMainBlob *blob,
                         GError **error);
extern const QxlField spc_main_blob_fields[];

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* migrate-blob.h – what a channel sends along with a viewer that moves.
 *
 * A blob begins with four letters and a version. It passes through the viewer,
 * who is not trusted: each size and offset in it is checked where it is read,
 * and with a key that both servers have, a code at its end proves that the
 * other server made it, for this session and channel (spec: migration data).
 * Any thread. */
#pragma once

#include "server-core/channel/connection.h"

#define SPC_MIGRATE_VERSION 1u
/* HMAC-SHA256 behind the blob */
#define SPC_MIGRATE_CODE_SIZE 32u

/* the main channel's; agents do not move, so that all of theirs but
 * @is_connected is 0 */
typedef struct {
  uint8_t magic[4];
  uint32_t version;
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

/* writing: from a struct that begins with magic and version */
void spc_blob_write (QxlWriter *writer, const char *magic,
                     const QxlField *fields, void *blob);
/* The fixed part. What follows it is for the reader of offsets:
 * spc_blob_part (). False: too short, or not this kind and version. */
bool spc_blob_read (const QxlTail *bytes, const char *magic,
                    const QxlField *fields, void *blob, GError **error);
/* @size bytes at @offset of the whole, behind its first @fixed_size bytes */
bool spc_blob_part (const QxlTail *bytes, uint32_t fixed_size, uint32_t offset,
                    uint32_t size, QxlTail *part, GError **error);

bool spc_main_blob_read (const QxlTail *bytes, SpcMainBlob *blob,
                         GError **error);
extern const QxlField spc_main_blob_fields[];

/* which session and channel a blob is for */
typedef struct {
  uint32_t connection_id;
  uint8_t channel_type, channel_id;
} SpcBlobOwner;

/* (transfer full) @blob with its code at the end; NULL @key: as it is */
GBytes *spc_blob_seal (GBytes *blob, const char *key,
                       const SpcBlobOwner *owner);
/* false: the code is not there or wrong. NULL @key: @blob is @sealed. */
bool spc_blob_unseal (const QxlTail *sealed, const char *key,
                      const SpcBlobOwner *owner, QxlTail *blob, GError **error);

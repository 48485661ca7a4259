/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blob.h – what a channel sends along with a viewer that moves.
 *
 * A blob begins with four letters and a version. It passes through the viewer,
 * who is not trusted: each size and offset in it is checked where it is read,
 * and with a key that both servers have, a code at its end proves that the
 * other server made it, for this session and channel (spec: migration data).
 * Any thread. */
#pragma once

#include "connection.h"

#define SPC_MIGRATE_VERSION 1u
/* HMAC-SHA256 behind the blob */
#define SPC_MIGRATE_CODE_SIZE 32u

/* what every blob's struct begins with */
typedef struct {
  uint8_t magic[4];
  uint32_t version;
} SpcBlobHead;

/* @blob: begins with a SpcBlobHead, which is filled in */
void spc_blob_write (QxlWriter *writer, const char *magic,
                     const QxlField *fields, void *blob);
/* The fixed part. What follows it is for the reader of offsets:
 * spc_blob_part (). False: too short, or not this kind and version. */
bool spc_blob_read (const QxlTail *bytes, const char *magic,
                    const QxlField *fields, void *blob, GError **error);
/* @size bytes at @offset of the whole, behind its first @fixed_size bytes */
bool spc_blob_part (const QxlTail *bytes, uint32_t fixed_size, uint32_t offset,
                    uint32_t size, QxlTail *part, GError **error);

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

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bytes.h – sticky little-endian reader, growing little-endian writer.
 *
 * Reader: borrows memory; the first step beyond the end makes it fail, after
 * which every step is harmless and returns 0; ask once, at the end.
 * Writer: one growing buffer plus chunks kept by reference (image payloads),
 * so that a message becomes a list of pieces for one gathered write.
 * Any thread, one at a time. */
#pragma once

#include "blocks.h"
#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  const uint8_t *data;
  size_t size;
  size_t pos;
  bool failed;
} QxlReader;

void qxl_reader_init (QxlReader *self, const void *data, size_t size);
uint8_t qxl_reader_u8 (QxlReader *self);
uint16_t qxl_reader_u16 (QxlReader *self);
uint32_t qxl_reader_u32 (QxlReader *self);
uint64_t qxl_reader_u64 (QxlReader *self);
/* @n bytes inside the memory read, or NULL */
const uint8_t *qxl_reader_bytes (QxlReader *self, size_t n);
static inline size_t
qxl_reader_left (const QxlReader *self)
{
  return self->failed ? 0 : self->size - self->pos;
}
/* false and @error (G_IO_ERROR_INVALID_DATA) when something was missing */
bool qxl_reader_finish (const QxlReader *self, const char *what,
                        GError **error);

typedef struct _QxlWriter QxlWriter;

QxlWriter *qxl_writer_new (void);
void qxl_writer_free (QxlWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlWriter, qxl_writer_free)

void qxl_writer_u8 (QxlWriter *self, uint8_t value);
void qxl_writer_u16 (QxlWriter *self, uint16_t value);
void qxl_writer_u32 (QxlWriter *self, uint32_t value);
void qxl_writer_u64 (QxlWriter *self, uint64_t value);
void qxl_writer_bytes (QxlWriter *self, const void *data, size_t n);
void qxl_writer_zeros (QxlWriter *self, size_t n);
/* keeps a reference instead of copying */
void qxl_writer_ref (QxlWriter *self, GBytes *bytes);
/* bytes written so far, chunks included */
size_t qxl_writer_size (const QxlWriter *self);
/* overwrites 2 or 4 bytes written before at @pos (not inside a chunk) */
void qxl_writer_patch_u16 (QxlWriter *self, size_t pos, uint16_t value);
void qxl_writer_patch_u32 (QxlWriter *self, size_t pos, uint32_t value);
/* Moves everything out: calls @take (piece, user_data) for each piece in
 * order, (transfer full); the writer is empty and usable afterwards. */
void qxl_writer_drain (QxlWriter *self, void (*take) (GBytes *, gpointer),
                       gpointer user_data);
/* everything as one piece; the writer is empty afterwards */
GBytes *qxl_writer_steal (QxlWriter *self);
/* the same, in a block of @blocks if it is in several pieces; NULL: of no pool
 */
GBytes *qxl_writer_steal_in (QxlWriter *self, QxlBlocks *blocks);

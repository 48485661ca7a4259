/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream.h – batches of commands as bytes: application/x-spice-qxl, version 1.
 *
 * A buffer of a pipeline, or a file, is a row of records, one a command: its
 * kind, the size of its body, the body, laid out as the protocol's message of
 * that kind. docs/qxl-format.md has it in full. A record that is none loses
 * itself only. Any thread. */
#pragma once

#include "command-layout.h"

/* channels, as part of a kind */
#define QXL_STREAM_DISPLAY 0x20000u
#define QXL_STREAM_CURSOR 0x40000u

/* kinds of records, beside QXL_STREAM_DISPLAY + qxl_layout_message() */
typedef enum {
  QXL_RECORD_UPDATE = 1,
  QXL_RECORD_MESSAGE = 2,
  QXL_RECORD_SURFACE_CREATE = QXL_STREAM_DISPLAY + 314,
  QXL_RECORD_SURFACE_DESTROY = QXL_STREAM_DISPLAY + 315,
  QXL_RECORD_MONITORS = QXL_STREAM_DISPLAY + 317,
  QXL_RECORD_CURSOR_RESET = QXL_STREAM_CURSOR + 102,
  QXL_RECORD_CURSOR_SET = QXL_STREAM_CURSOR + 103,
  QXL_RECORD_CURSOR_MOVE = QXL_STREAM_CURSOR + 104,
  QXL_RECORD_CURSOR_HIDE = QXL_STREAM_CURSOR + 105,
  QXL_RECORD_CURSOR_TRAIL = QXL_STREAM_CURSOR + 106,
} QxlRecordKind;

/* bytes of kind and size, before a body */
#define QXL_RECORD_HEADER_SIZE 8u

/* writing */
/* at the writer's end, which counts as the stream's start */
void qxl_stream_write_batch (const QxlBatch *batch, QxlWriter *writer);

/* reading */
typedef struct {
  /* as in QxlLayoutReadHooks; NULL: QUIC images are refused */
  QxlImage *(*quic) (gpointer user_data, const uint8_t *data, size_t size,
                     uint32_t width, uint32_t height, GError **error);
  /* A record was none and is left out; the next one is read. @record: counted
   * from 0. */
  void (*refused) (gpointer user_data, guint record, const GError *error);
} QxlStreamHooks;

/**
 * qxl_stream_read_batch:
 * @bytes: records; images may keep it
 * @hooks: (nullable): who decodes and who is told
 * @error: if nobody is told: what was wrong with the first bad record
 *
 * Reads all records. Each error tells the record, its kind, what came and what
 * is allowed. After a record whose size goes beyond the end nothing can be
 * found, so what follows it is lost. What the commands say is not checked:
 * validate.h does that.
 *
 * Returns: (transfer full) (nullable): the commands of all good records; NULL
 *   if one was bad and no hook to be told of it
 */
QxlBatch *qxl_stream_read_batch (GBytes *bytes, const QxlStreamHooks *hooks,
                                 gpointer user_data, GError **error);

/* "surface-create", "draw-fill"; "?" for none */
const char *qxl_stream_kind_name (uint32_t kind);

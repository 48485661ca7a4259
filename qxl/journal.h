/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* journal.h – files of what a display was given, with times.
 *
 * A header, then records: each has its size, kind, display and time before its
 * body, so that a file can be cut, joined and skipped through without looking
 * inside. A record of kind BATCH holds a batch in the bytes of the pad format
 * (stream.h). Numbers are little-endian:
 *
 *   header   "QXLBATCH"  u32 version (1)  u32 0
 *   record   u32 size of the body  u16 kind  u16 display  u64 time, ns
 *            body
 *
 * Times begin with 0 and do not fall. Any thread, one at a time; both wait for
 * their streams. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#define QXL_JOURNAL_HEADER_SIZE 16u
/* what a file begins with */
#define QXL_JOURNAL_MAGIC "QXLBATCH"
#define QXL_JOURNAL_MAGIC_SIZE 8u
/* Most bytes of a body: those of the largest surface, and some. */
#define QXL_JOURNAL_MAX_BYTES ((1u << 30) + (1u << 20))

typedef enum {
  QXL_JOURNAL_BATCH = 1, /* others are passed over */
} QxlJournalKind;

/* writing */
typedef struct _QxlJournalWriter QxlJournalWriter;

/* writes the header; keeps a reference to @stream; NULL and @error: it cannot
 * be written to */
QxlJournalWriter *qxl_journal_writer_new (GOutputStream *stream,
                                          GError **error);
/* closes nothing */
void qxl_journal_writer_free (QxlJournalWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlJournalWriter, qxl_journal_writer_free)
/* a time before the last one counts as that */
bool qxl_journal_writer_add (QxlJournalWriter *self, uint16_t display,
                             uint64_t time_ns, GBytes *batch, GError **error);

/* reading */
/* the one that the first record is of */
#define QXL_JOURNAL_FIRST_DISPLAY 0xffffu

typedef struct _QxlJournalReader QxlJournalReader;

/* keeps a reference to @stream */
QxlJournalReader *qxl_journal_reader_new (GInputStream *stream);
void qxl_journal_reader_free (QxlJournalReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlJournalReader, qxl_journal_reader_free)
/* The next batch of @display, which may be QXL_JOURNAL_FIRST_DISPLAY. NULL
 * without @error: the file is over, perhaps cut off; NULL with
 * (G_IO_ERROR_INVALID_DATA, or what the stream said): it is none from here on.
 */
GBytes *qxl_journal_reader_next (QxlJournalReader *self, uint16_t display,
                                 uint64_t *time_ns, GCancellable *cancellable,
                                 GError **error);
/* Skips to the end without reading bodies: the last record's time; false: there
 * is none, or the file is none. */
bool qxl_journal_reader_find_end (QxlJournalReader *self, uint64_t *time_ns,
                                  GCancellable *cancellable);
/* bytes of the stream taken */
uint64_t qxl_journal_reader_offset (const QxlJournalReader *self);
/* did the file end inside a record? */
bool qxl_journal_reader_is_cut_off (const QxlJournalReader *self);

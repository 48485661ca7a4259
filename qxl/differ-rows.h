/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* differ-rows.h – which rows are as they were, without a look at the old ones.
 *
 * Most rows of most frames show what they showed before, and of the two
 * pictures to compare it is the old one that has left the caches. So of rows
 * that stay, a hash is kept; while the new row has the same hash, the old one
 * is not read. 128 bits under a key of the process: that two rows differ and
 * their hashes do not is as likely as guessing the key.
 *
 * Threads: any, one at a time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct _QxlDifferRows QxlDifferRows;

/* life */
/* @row_bytes: of all rows; @mask: as for QxlDifferKernels. NULL where hashing
 * is no faster than comparing: all calls take it for one that knows nothing. */
QxlDifferRows *qxl_differ_rows_new (uint32_t n_rows, size_t row_bytes,
                                    uint32_t mask);
void qxl_differ_rows_free (QxlDifferRows *self);

/* work */
/* the next calls are about another new picture */
void qxl_differ_rows_begin (QxlDifferRows *self);
/* @row: whole; one that is the same is hashed once, however often asked for.
 * @next: the row to be asked for next, which is fetched meanwhile; or @row */
bool qxl_differ_rows_is_same (QxlDifferRows *self, uint32_t y,
                              const uint8_t *row, const uint8_t *next);
/* @row: the old one, which stayed; not the frame's, which somebody may be
 * writing to */
void qxl_differ_rows_learn (QxlDifferRows *self, uint32_t y,
                            const uint8_t *row);
/* they are no longer what they were */
void qxl_differ_rows_forget (QxlDifferRows *self, uint32_t top,
                             uint32_t bottom);

/* The kernels, for differ-rows.c and tests. All give the same; which of them
 * this machine has is asked there. @next: as of qxl_differ_rows_is_same(); it
 * changes nothing, whatever is there. */
#define QXL_ROW_KEY_BYTES 128
#define QXL_ROW_HASH_BYTES 16
typedef void (*QxlHashRow) (const uint8_t *row, const uint8_t *next, size_t n,
                            uint32_t mask, const uint8_t key[QXL_ROW_KEY_BYTES],
                            uint8_t hash[QXL_ROW_HASH_BYTES]);
/* of those that this machine has, fastest first; NULL beyond the end */
QxlHashRow qxl_hash_row_at (unsigned index);
void qxl_hash_row_aes (const uint8_t *row, const uint8_t *next, size_t n,
                       uint32_t mask, const uint8_t key[QXL_ROW_KEY_BYTES],
                       uint8_t hash[QXL_ROW_HASH_BYTES]);
void qxl_hash_row_vaes (const uint8_t *row, const uint8_t *next, size_t n,
                        uint32_t mask, const uint8_t key[QXL_ROW_KEY_BYTES],
                        uint8_t hash[QXL_ROW_HASH_BYTES]);

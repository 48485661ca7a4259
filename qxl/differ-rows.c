/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/differ-rows.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>
#ifdef QXL_HAVE_AES_KERNELS
#include <cpuid.h>
#endif

typedef struct {
  uint8_t bytes[QXL_ROW_HASH_BYTES];
} Hash;

/* of a row: whether there is a hash, and whether the new picture's row has it
 */
typedef enum { UNKNOWN, KNOWN, SAME } RowState;

struct _QxlDifferRows {
  uint32_t n_rows;
  size_t row_bytes;
  uint32_t mask;
  QxlHashRow hash_row;
  uint8_t key[QXL_ROW_KEY_BYTES];
  Hash *hashes;    /* one a row */
  uint8_t *states; /* RowState, one a row */
};

/* kernels */

#ifdef QXL_HAVE_AES_KERNELS

static bool
has_aes (void)
{
  return __builtin_cpu_supports ("aes") && __builtin_cpu_supports ("avx");
}

/* not all compilers know it by name */
static bool
has_vaes (void)
{
  unsigned eax, ebx, ecx = 0, edx;

  return has_aes () && __builtin_cpu_supports ("avx2") &&
         __get_cpuid_count (7, 0, &eax, &ebx, &ecx, &edx) &&
         (ecx & bit_VAES) != 0;
}

QxlHashRow
qxl_hash_row_at (unsigned index)
{
  QxlHashRow supported[2];
  unsigned n = 0;

  if (has_vaes ())
    supported[n++] = qxl_hash_row_vaes;
  if (has_aes ())
    supported[n++] = qxl_hash_row_aes;
  return index < n ? supported[index] : NULL;
}

#else

QxlHashRow
qxl_hash_row_at (unsigned index)
{
  return NULL;
}

#endif

/* life */

/* of the process: a frame's maker must not know it */
static void
make_key (uint8_t key[QXL_ROW_KEY_BYTES])
{
  if (getentropy (key, QXL_ROW_KEY_BYTES) != 0)
    g_error ("the system gives no random bytes: %s", g_strerror (errno));
}

QxlDifferRows *
qxl_differ_rows_new (uint32_t n_rows, size_t row_bytes, uint32_t mask)
{
  QxlDifferRows *self;

  if (!qxl_hash_row_at (0))
    return NULL;
  self = g_new0 (QxlDifferRows, 1);
  self->hash_row = qxl_hash_row_at (0);
  self->n_rows = n_rows;
  self->row_bytes = row_bytes;
  self->mask = mask;
  self->hashes = g_new (Hash, n_rows);
  self->states = g_new0 (uint8_t, n_rows);
  make_key (self->key);
  return self;
}

void
qxl_differ_rows_free (QxlDifferRows *self)
{
  if (!self)
    return;
  g_free (self->hashes);
  g_free (self->states);
  g_free (self);
}

/* work */

static Hash
hash_of (const QxlDifferRows *self, const uint8_t *row, const uint8_t *next)
{
  Hash hash;

  self->hash_row (row, next, self->row_bytes, self->mask, self->key,
                  hash.bytes);
  return hash;
}

void
qxl_differ_rows_begin (QxlDifferRows *self)
{
  for (uint32_t y = 0; self && y < self->n_rows; y++)
    self->states[y] = MIN (self->states[y], KNOWN);
}

bool
qxl_differ_rows_is_same (QxlDifferRows *self, uint32_t y, const uint8_t *row,
                         const uint8_t *next)
{
  Hash hash;

  if (!self || self->states[y] == UNKNOWN)
    return false;
  if (self->states[y] == SAME)
    return true;
  hash = hash_of (self, row, next);
  if (memcmp (&hash, &self->hashes[y], sizeof hash) != 0)
    return false;
  self->states[y] = SAME;
  return true;
}

void
qxl_differ_rows_learn (QxlDifferRows *self, uint32_t y, const uint8_t *row)
{
  if (!self || self->states[y] != UNKNOWN)
    return;
  self->hashes[y] = hash_of (self, row, row);
  self->states[y] = KNOWN;
}

void
qxl_differ_rows_forget (QxlDifferRows *self, uint32_t top, uint32_t bottom)
{
  if (self)
    memset (self->states + top, UNKNOWN, bottom - top);
}

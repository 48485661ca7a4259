/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* palette.h – immutable, shared list of colours that indices stand for.
 *
 * The unique number stands for the content: palettes that differ should have
 * different ones, and equal ones the same, for clients keep palettes under it.
 * Whoever has no such number says 0, and the palette is not kept. Whether two
 * palettes are the same is for all that decided by comparing them, as uniques
 * may come from afar. Any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define QXL_PALETTE_MAX_ENTRIES 256u

typedef struct _QxlPalette QxlPalette;

struct _QxlPalette {
  /* set at construction, read by any thread */
  uint64_t unique; /* 0: not to be kept */
  guint n_entries; /* 1 to QXL_PALETTE_MAX_ENTRIES */
  /* private */
  gint ref_count;
  uint32_t entries[]; /* 0x00RRGGBB */
};

/* copies @entries, of which the highest 8 bits are taken as 0; NULL if their
 * number is none of a palette */
QxlPalette *qxl_palette_new (uint64_t unique, const uint32_t *entries,
                             guint n_entries);
/* the same, with a unique number that is made of the colours, never 0 */
QxlPalette *qxl_palette_new_hashed (const uint32_t *entries, guint n_entries);
QxlPalette *qxl_palette_ref (QxlPalette *self);
void qxl_palette_unref (QxlPalette *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlPalette, qxl_palette_unref)

/* the same unique number and the same colours in the same order */
bool qxl_palette_is_equal (const QxlPalette *a, const QxlPalette *b);

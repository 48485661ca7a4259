/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content-id.h"

#include "nh.h"
#include "siphash.h"

#include <errno.h>
#include <unistd.h>

typedef struct {
  uint64_t siphash[2];
  uint32_t nh[SPC_NH_KEY_WORDS];
} Key;

/* what names are made with in this process */
typedef struct {
  Key key;
  SpcNhFunc nh;
} Hasher;

/* the most getentropy gives at once */
enum { ENTROPY_BYTES = 256 };

static Hasher *
draw_key (void)
{
  Hasher *hasher = g_new (Hasher, 1);
  uint8_t *bytes = (uint8_t *)&hasher->key;
  size_t size = sizeof hasher->key;

  hasher->nh = spc_nh_best ();
  for (size_t done = 0; done < size; done += ENTROPY_BYTES)
    if (getentropy (bytes + done, MIN (ENTROPY_BYTES, size - done)) != 0)
      g_error ("the system gives no random bytes: %s", g_strerror (errno));
  return hasher;
}

/* written once before anybody reads it, the process's to the end */
static const Hasher *
hasher_of_process (void)
{
  static GMutex lock;
  static Hasher *hasher;
  Hasher *known = g_atomic_pointer_get (&hasher);

  if (known != NULL)
    return known;
  g_mutex_lock (&lock);
  if (hasher == NULL)
    g_atomic_pointer_set (&hasher, draw_key ());
  known = hasher;
  g_mutex_unlock (&lock);
  return known;
}

static void
add_row (SpcSiphash *hash, const Hasher *hasher, const uint8_t *row,
         size_t n_bytes)
{
  while (n_bytes > 0) {
    size_t piece = MIN (n_bytes, (size_t)SPC_NH_BLOCK_BYTES);
    uint64_t sums[SPC_NH_SUMS];

    hasher->nh (hasher->key.nh, row, piece, sums);
    for (int i = 0; i < SPC_NH_SUMS; i++)
      spc_siphash_add (hash, sums[i]);
    row += piece;
    n_bytes -= piece;
  }
}

static void
add_palette (SpcSiphash *hash, const QxlPalette *palette)
{
  for (guint i = 0; i < palette->n_entries; i++)
    spc_siphash_add (hash, palette->entries[i]);
}

SpcContentId
spc_content_id (const QxlImage *image)
{
  const Hasher *hasher = hasher_of_process ();
  size_t row_bytes = qxl_image_row_bytes (image);
  SpcSiphash hash;
  SpcContentId id;

  spc_siphash_init (&hash, hasher->key.siphash);
  spc_siphash_add (&hash, image->format);
  spc_siphash_add (&hash, (uint64_t)image->width << 32 | image->height);
  for (uint32_t y = 0; y < image->height; y++)
    add_row (&hash, hasher, qxl_image_row (image, y), row_bytes);
  if (image->palette)
    add_palette (&hash, image->palette);
  spc_siphash_finish (&hash, id.words);
  return id;
}

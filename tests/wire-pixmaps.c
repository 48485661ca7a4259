/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire-pixmaps.h"

#include "server-core/wire/messages-common.h"

typedef struct {
  ImagePixels pixels;
  bool is_lossy;
} Kept;

struct _WirePixmaps {
  uint64_t capacity, used; /* pixels */
  GHashTable *kept;        /* id → Kept */
  bool is_shared, forgives;
};

static void
kept_free (gpointer data)
{
  Kept *self = data;

  image_pixels_clear (&self->pixels);
  g_free (self);
}

static bool
is_lossy (uint8_t type)
{
  return type == SPICE_IMAGE_TYPE_JPEG || type == SPICE_IMAGE_TYPE_JPEG_ALPHA;
}

static Kept *
kept_of (const WirePixmaps *self, uint64_t id)
{
  Kept *kept = g_hash_table_lookup (self->kept, &id);

  if (kept == NULL)
    g_error ("image %" G_GUINT64_FORMAT " is not in the cache", id);
  return kept;
}

static uint64_t
area_of (const ImagePixels *pixels)
{
  return (uint64_t)pixels->width * pixels->height;
}

static void
assert_size (const SpcImageDescriptor *descriptor, const ImagePixels *pixels)
{
  g_assert_cmpuint (descriptor->width, ==, pixels->width);
  g_assert_cmpuint (descriptor->height, ==, pixels->height);
}

WirePixmaps *
wire_pixmaps_new (uint64_t capacity)
{
  WirePixmaps *self = g_new0 (WirePixmaps, 1);

  self->capacity = capacity;
  self->kept =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, kept_free);
  return self;
}

void
wire_pixmaps_free (WirePixmaps *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->kept);
  g_free (self);
}

static void
keep (WirePixmaps *self, const SpcImageDescriptor *descriptor,
      const ImagePixels *pixels)
{
  Kept *kept = g_new0 (Kept, 1);

  kept->pixels = *pixels;
  kept->pixels.pixels =
      g_memdup2 (pixels->pixels, pixels->stride * pixels->height);
  kept->is_lossy = is_lossy (descriptor->type);
  self->used += area_of (pixels);
  g_hash_table_insert (
      self->kept, g_memdup2 (&descriptor->id, sizeof descriptor->id), kept);
}

static void
drop (WirePixmaps *self, uint64_t id)
{
  if (self->forgives && !wire_pixmaps_has (self, id))
    return;
  self->used -= area_of (&kept_of (self, id)->pixels);
  g_hash_table_remove (self->kept, &id);
}

void
wire_pixmaps_take (WirePixmaps *self, const SpcImageDescriptor *descriptor,
                   const ImagePixels *pixels)
{
  const uint8_t both =
      SPICE_IMAGE_FLAGS_CACHE_ME | SPICE_IMAGE_FLAGS_CACHE_REPLACE_ME;
  uint8_t flags = descriptor->flags & both;

  if (flags == 0)
    return;
  g_assert_cmpuint (flags, !=, both);
  /* web clients fold the halves of ids into one */
  g_assert_cmpuint (descriptor->id, <=, G_MAXUINT32);
  if (flags == SPICE_IMAGE_FLAGS_CACHE_REPLACE_ME) {
    g_assert_false (is_lossy (descriptor->type));
    assert_size (descriptor, &kept_of (self, descriptor->id)->pixels);
    drop (self, descriptor->id);
  } else if (g_hash_table_contains (self->kept, &descriptor->id)) {
    g_error ("image %" G_GUINT64_FORMAT " is kept twice", descriptor->id);
  }
  keep (self, descriptor, pixels);
  if (!self->is_shared)
    wire_pixmaps_assert_fits (self);
}

const ImagePixels *
wire_pixmaps_get (const WirePixmaps *self, const SpcImageDescriptor *descriptor)
{
  Kept *kept = kept_of (self, descriptor->id);

  g_assert_cmpuint (descriptor->flags, ==, 0);
  assert_size (descriptor, &kept->pixels);
  if (descriptor->type == SPICE_IMAGE_TYPE_FROM_CACHE_LOSSLESS)
    g_assert_false (kept->is_lossy);
  return &kept->pixels;
}

void
wire_pixmaps_inval (WirePixmaps *self, QxlReader *reader)
{
  SpcInvalList list;

  qxl_fields_read (spc_inval_list_fields, &list, reader);
  g_assert_cmpuint (list.count, >, 0);
  for (guint i = 0; i < list.count; i++) {
    SpcInvalItem item;

    qxl_fields_read (spc_inval_item_fields, &item, reader);
    g_assert_false (reader->failed);
    g_assert_cmpuint (item.type, ==, SPICE_RES_TYPE_PIXMAP);
    drop (self, item.id);
  }
}

void
wire_pixmaps_inval_all (WirePixmaps *self, QxlReader *reader)
{
  SpcWaitForChannels waits;

  qxl_fields_read (spc_wait_for_channels_fields, &waits, reader);
  g_hash_table_remove_all (self->kept);
  self->used = 0;
}

bool
wire_pixmaps_has (const WirePixmaps *self, uint64_t id)
{
  return g_hash_table_contains (self->kept, &id);
}

guint
wire_pixmaps_count (const WirePixmaps *self)
{
  return g_hash_table_size (self->kept);
}

void
wire_pixmaps_share (WirePixmaps *self)
{
  self->is_shared = true;
}

void
wire_pixmaps_assert_fits (const WirePixmaps *self)
{
  if (self->used > self->capacity && !self->forgives)
    g_error ("%" G_GUINT64_FORMAT " pixels are kept, %" G_GUINT64_FORMAT
             " were announced",
             self->used, self->capacity);
}

void
wire_pixmaps_forgive (WirePixmaps *self)
{
  self->forgives = true;
}

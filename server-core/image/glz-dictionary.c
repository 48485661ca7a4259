/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "glz-dictionary.h"

#include "codec.h"
#include "planes.h"

enum {
  PAGE = 1 << SPC_GLZ_PAGE_BITS,
  MIN_PLACE_BITS = 16,
};

/* Never shared by two images of a window, so a place is given again only when
 * its last owner has left. */
G_STATIC_ASSERT (SPC_GLZ_MAX_WINDOW + (uint64_t)SPC_GLZ_MAX_IMAGES * PAGE <
                 1u << SPC_GLZ_PLACE_BITS);
G_STATIC_ASSERT (SPC_GLZ_MAX_IMAGES <= G_MAXUINT16 + 1);

static const SpcLzType types_of_formats[QXL_N_FORMATS] = {
    [QXL_FORMAT_BGRX] = SPC_LZ_RGB32,
    [QXL_FORMAT_BGRA] = SPC_LZ_RGBA,
    [QXL_FORMAT_BGR] = SPC_LZ_RGB24,
    [QXL_FORMAT_RGB15] = SPC_LZ_RGB16,
};

static const unsigned table_bits[SPC_GLZ_N_TABLES] = {
    [SPC_GLZ_SHORT] = SPC_GLZ_SHORT_BITS,
    [SPC_GLZ_MIDDLE] = SPC_GLZ_MIDDLE_BITS,
    [SPC_GLZ_LONG] = SPC_GLZ_LONG_BITS,
    [SPC_GLZ_LONGEST] = SPC_GLZ_LONGEST_BITS,
};

/* life */

SpcGlzDictionary *
spc_glz_dictionary_new (uint64_t window_pixels)
{
  SpcGlzDictionary *self = g_new0 (SpcGlzDictionary, 1);
  unsigned bits = MIN_PLACE_BITS;
  uint64_t most_places;

  self->window_pixels = MIN (window_pixels, SPC_GLZ_MAX_WINDOW);
  most_places = self->window_pixels +
                PAGE * MIN (self->window_pixels, SPC_GLZ_MAX_IMAGES);
  while (1u << bits <= most_places)
    bits++;
  self->place_mask = (1u << bits) - 1;
  self->store = spc_glz_store_new ();
  self->pages = g_new0 (uint16_t, (1u << bits) / PAGE);
  self->images = g_new0 (SpcGlzImage, SPC_GLZ_MAX_IMAGES);
  for (int i = 0; i < SPC_GLZ_N_TABLES; i++)
    self->tables[i] = g_new0 (uint32_t, 1u << table_bits[i]);
  return self;
}

static SpcGlzImage *
image_at (SpcGlzDictionary *self, uint64_t id)
{
  return &self->images[id % SPC_GLZ_MAX_IMAGES];
}

static size_t
planes_size (const SpcGlzImage *image)
{
  size_t pixel =
      (image->type == SPC_LZ_RGB16 ? 2 : 4) + (image->alphas != NULL);

  return image->planes ? pixel * image->n_pixels : 0;
}

static void
drop_head (SpcGlzDictionary *self)
{
  SpcGlzImage *head = image_at (self, self->head_id++);

  self->n_pixels -= head->n_pixels;
  self->own_bytes -= planes_size (head);
  g_clear_pointer (&head->image, qxl_image_unref);
  if (head->planes)
    spc_glz_store_give (self->store);
  head->planes = NULL;
  head->units = head->alphas = NULL;
  head->n_pixels = 0;
}

void
spc_glz_dictionary_reset (SpcGlzDictionary *self)
{
  if (self->next_id == 0) /* its tables have never been written */
    return;
  while (self->head_id < self->next_id)
    drop_head (self);
  /* not needed, but the same pixels again would find a stale entry each */
  for (int i = 0; i < SPC_GLZ_N_TABLES; i++)
    memset (self->tables[i], 0, sizeof (uint32_t) << table_bits[i]);
}

void
spc_glz_dictionary_free (SpcGlzDictionary *self)
{
  if (!self)
    return;
  spc_glz_dictionary_reset (self);
  for (int i = 0; i < SPC_GLZ_N_TABLES; i++)
    g_free (self->tables[i]);
  spc_glz_store_free (self->store);
  g_free (self->pages);
  g_free (self->images);
  g_free (self);
}

/* asking */

bool
spc_glz_takes_format (QxlFormat format)
{
  return (unsigned)format < QXL_N_FORMATS && types_of_formats[format];
}

bool
spc_glz_dictionary_takes (const SpcGlzDictionary *self, QxlFormat format,
                          uint32_t width, uint32_t height)
{
  return spc_glz_takes_format (format) && width > 0 && height > 0 &&
         (uint64_t)width * height < self->window_pixels;
}

size_t
spc_glz_dictionary_size (const SpcGlzDictionary *self)
{
  size_t size = sizeof *self + SPC_GLZ_MAX_IMAGES * sizeof *self->images +
                ((size_t)self->place_mask + 1) / PAGE * sizeof *self->pages +
                self->own_bytes;

  for (int i = 0; i < SPC_GLZ_N_TABLES; i++)
    size += sizeof (uint32_t) << table_bits[i];
  for (uint64_t id = self->head_id; id < self->next_id; id++) {
    const SpcGlzImage *image = spc_glz_dictionary_image (self, id);

    size +=
        image->image ? sizeof *image->image + qxl_image_size (image->image) : 0;
  }
  return size;
}

/* adding */

static bool
is_of_one_alpha (const QxlImage *image)
{
  uint8_t alpha = qxl_image_row (image, 0)[3];

  for (uint32_t y = 0; y < image->height; y++)
    if (!spc_planes_are_of_alpha (qxl_image_row (image, y), image->width,
                                  alpha))
      return false;
  return true;
}

static void
make_planes (SpcGlzStore *store, SpcGlzImage *to, const QxlImage *from)
{
  const size_t unit = to->type == SPC_LZ_RGB16 ? 2 : 4;
  const bool has_alphas = to->type == SPC_LZ_RGBA && !is_of_one_alpha (from);
  uint8_t *units, *alphas;

  to->planes = units =
      spc_glz_store_take (store, to->n_pixels * (unit + has_alphas));
  to->units = units;
  alphas = units + to->n_pixels * unit;
  to->alphas = has_alphas ? alphas : NULL;
  if (to->type == SPC_LZ_RGBA)
    to->alpha = qxl_image_row (from, 0)[3];
  for (uint32_t y = 0; y < from->height; y++) {
    const uint8_t *row = qxl_image_row (from, y);
    size_t at = (size_t)y * from->width;

    if (to->type == SPC_LZ_RGB24)
      spc_planes_put_colours_of_24 (units + at * unit, row, from->width);
    else if (to->type == SPC_LZ_RGBA) {
      spc_planes_put_colours_of_32 (units + at * unit, row, from->width);
      if (has_alphas)
        spc_planes_put_alphas (alphas + at, row, from->width);
    } else
      memcpy (units + at * unit, row, from->width * unit);
  }
}

/* The image itself is kept where its rows are what a pass codes. What wraps
 * pixels of somebody else is copied: they may lie in a frame, or a pool's
 * buffer, that would be kept with them. */
static void
keep_pixels (SpcGlzDictionary *self, SpcGlzImage *to, QxlImage *from)
{
  if (from->owns_pixels &&
      (to->type == SPC_LZ_RGB32 || to->type == SPC_LZ_RGB16)) {
    to->image = qxl_image_ref (from);
    to->units = from->pixels;
    return;
  }
  make_planes (self->store, to, from);
  self->own_bytes += planes_size (to);
}

static void
give_places (SpcGlzDictionary *self, SpcGlzImage *image)
{
  uint32_t n_pages = (image->n_pixels + PAGE - 1) / PAGE;
  uint32_t page = self->next_place / PAGE, mask = self->place_mask / PAGE;

  image->first = self->next_place;
  for (uint32_t i = 0; i < n_pages; i++)
    self->pages[(page + i) & mask] = (uint16_t)(image->id % SPC_GLZ_MAX_IMAGES);
  self->next_place = (self->next_place + n_pages * PAGE) & self->place_mask;
}

const SpcGlzImage *
spc_glz_dictionary_add (SpcGlzDictionary *self, QxlImage *image)
{
  uint32_t n_pixels = image->width * image->height;
  SpcGlzImage *to;

  while (self->head_id < self->next_id &&
         (self->n_pixels + n_pixels > self->window_pixels ||
          self->next_id - self->head_id >= SPC_GLZ_MAX_IMAGES))
    drop_head (self);
  to = image_at (self, self->next_id);
  to->id = self->next_id++;
  to->type = types_of_formats[image->format];
  to->width = image->width;
  to->n_pixels = n_pixels;
  self->n_pixels += n_pixels;
  keep_pixels (self, to, image);
  give_places (self, to);
  return to;
}

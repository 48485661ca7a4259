/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "random-images.h"

#include <string.h>

#define N_KEPT 24u  /* to come again */
#define MAX_MORE 20 /* pixels in each direction that are not asked for */
#define GLYPH 8u    /* pixels */
#define N_GLYPHS 16u

typedef struct {
  uint32_t x, y;
  uint32_t ink, paper, slope_x, slope_y;
  uint64_t glyphs[N_GLYPHS];
  GRand *random;
} Brush;

typedef uint32_t (*Paint) (Brush *brush);

struct _RandomImages {
  GRand *random; /* not owned */
  QxlImage *kept[N_KEPT];
  uint64_t glyphs[N_GLYPHS];
};

/* kinds: the colour at x, y */

static uint32_t
paint_letters (Brush *brush)
{
  uint32_t letter =
      brush->x / GLYPH * 7 + brush->y / GLYPH * 5 + brush->slope_x;
  uint64_t glyph = brush->glyphs[letter % N_GLYPHS];
  uint32_t bit = brush->y % GLYPH * GLYPH + brush->x % GLYPH;

  return (glyph >> bit & 1) != 0 ? brush->ink : brush->paper;
}

static uint32_t
paint_photo (Brush *brush)
{
  uint32_t level = brush->x * brush->slope_x + brush->y * brush->slope_y;
  uint32_t grain = g_rand_int (brush->random);

  return (level / 16 + (grain & 3)) << 16 |
         ((level / 24 + (grain >> 2 & 3)) & 0xff) << 8 |
         ((brush->x + brush->y) / 2 & 0xff);
}

static uint32_t
paint_flat (Brush *brush)
{
  return brush->paper;
}

static uint32_t
paint_noise (Brush *brush)
{
  return g_rand_int (brush->random);
}

/* flat areas of many colours, as charts have */
static uint32_t
paint_chart (Brush *brush)
{
  return (brush->x / 13 * brush->slope_x ^ brush->y / 9 * brush->slope_y) *
         0x9e3779b9u;
}

static const Paint paints[] = {paint_letters, paint_letters, paint_photo,
                               paint_flat,    paint_noise,   paint_chart};

/* images */

static uint32_t
up_to (GRand *random, uint32_t most)
{
  return (uint32_t)g_rand_int_range (random, 0, (gint32)most + 1);
}

static QxlImage *
paint_image (RandomImages *self, uint32_t width, uint32_t height)
{
  Paint paint = paints[up_to (self->random, G_N_ELEMENTS (paints) - 1)];
  bool has_alpha = up_to (self->random, 4) == 0;
  uint32_t mask = has_alpha ? 0xffffffff : 0xffffff;
  Brush brush = {.ink = g_rand_int (self->random),
                 .paper = g_rand_int (self->random),
                 .slope_x = up_to (self->random, 40),
                 .slope_y = up_to (self->random, 40),
                 .random = self->random};
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (
      has_alpha ? QXL_FORMAT_BGRA : QXL_FORMAT_BGRX, width, height, &pixels);

  memcpy (brush.glyphs, self->glyphs, sizeof brush.glyphs);
  for (brush.y = 0; brush.y < height; brush.y++)
    for (brush.x = 0; brush.x < width; brush.x++, pixels += 4) {
      uint32_t colour = GUINT32_TO_LE (paint (&brush) & mask);

      memcpy (pixels, &colour, 4);
    }
  return image;
}

static QxlImage *
copy_image (const QxlImage *image)
{
  uint8_t *pixels;
  QxlImage *copy =
      qxl_image_new (image->format, image->width, image->height, &pixels);

  memcpy (pixels, image->pixels, qxl_image_size (image));
  return copy;
}

/* one from before that is large enough, or NULL */
static QxlImage *
find_kept (RandomImages *self, uint32_t width, uint32_t height)
{
  uint32_t start = up_to (self->random, N_KEPT - 1);

  for (uint32_t i = 0; i < N_KEPT; i++) {
    QxlImage *image = self->kept[(start + i) % N_KEPT];

    if (image && image->width >= width && image->height >= height)
      return g_rand_boolean (self->random) ? qxl_image_ref (image)
                                           : copy_image (image);
  }
  return NULL;
}

QxlImage *
random_images_next (RandomImages *self, uint32_t width, uint32_t height)
{
  QxlImage *image = NULL;
  QxlImage **place;

  if (up_to (self->random, 2) == 0)
    image = find_kept (self, width, height);
  if (image)
    return image;
  if (g_rand_boolean (self->random)) {
    width += up_to (self->random, MAX_MORE);
    height += up_to (self->random, MAX_MORE);
  }
  image = paint_image (self, width, height);
  place = &self->kept[up_to (self->random, N_KEPT - 1)];
  qxl_image_unref (*place);
  *place = qxl_image_ref (image);
  return image;
}

/* life */

RandomImages *
random_images_new (GRand *random)
{
  RandomImages *self = g_new0 (RandomImages, 1);

  self->random = random;
  for (uint32_t i = 0; i < N_GLYPHS; i++)
    self->glyphs[i] = (uint64_t)g_rand_int (random) << 32 | g_rand_int (random);
  return self;
}

void
random_images_free (RandomImages *self)
{
  for (uint32_t i = 0; i < N_KEPT; i++)
    qxl_image_unref (self->kept[i]);
  g_free (self);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "random-draws.h"

#include "random-images.h"

#include <math.h>

#define N_SURFACES 4u /* the primary is 0 */
#define MIN_WIDTH 200u
#define MAX_WIDTH 400u
#define MIN_HEIGHT 150u
#define MAX_HEIGHT 300u
#define MAX_BATCH 8 /* draws */
/* one in so many */
#define RARE_RESIZE 120u
#define RARE_CHANGE 12u

struct _RandomDraws {
  GRand *random;
  RandomImages *images;
  QxlSurface *surfaces[N_SURFACES]; /* NULL: there is none */
  QxlBatch *batch;                  /* being made */
};

static uint32_t
between (RandomDraws *self, uint32_t least, uint32_t most)
{
  return (uint32_t)g_rand_int_range (self->random, (gint32)least,
                                     (gint32)most + 1);
}

static bool
happens_rarely (RandomDraws *self, uint32_t one_in)
{
  return between (self, 1, one_in) == 1;
}

/* surfaces */

static void
create (RandomDraws *self, uint32_t id)
{
  uint32_t width = between (self, MIN_WIDTH, MAX_WIDTH);
  uint32_t height = between (self, MIN_HEIGHT, MAX_HEIGHT);
  QxlFormat format = id == QXL_PRIMARY_SURFACE || g_rand_boolean (self->random)
                         ? QXL_FORMAT_BGRX
                         : QXL_FORMAT_BGRA;

  qxl_surface_free (self->surfaces[id]);
  self->surfaces[id] = qxl_surface_new (format, width, height);
  qxl_batch_create_surface (self->batch, id, width, height, format);
}

static void
change_off_screen (RandomDraws *self)
{
  uint32_t id = between (self, 1, N_SURFACES - 1);

  if (!self->surfaces[id] || g_rand_boolean (self->random)) {
    create (self, id);
    return;
  }
  g_clear_pointer (&self->surfaces[id], qxl_surface_free);
  qxl_batch_destroy_surface (self->batch, id);
}

/* the primary half of the time, else one that exists */
static uint32_t
choose_surface (RandomDraws *self)
{
  uint32_t id = between (self, 0, 2 * N_SURFACES - 1);

  return id < N_SURFACES && self->surfaces[id] ? id : QXL_PRIMARY_SURFACE;
}

/* draws */

/* 1 to @most, small ones more often */
static uint32_t
spread (RandomDraws *self, uint32_t most)
{
  double size = pow (most, g_rand_double (self->random));

  return CLAMP ((uint32_t)size, 1, most);
}

static QxlPoint
place_in (RandomDraws *self, uint32_t width, uint32_t height,
          const QxlRect *box)
{
  uint32_t right = width - (uint32_t)qxl_rect_width (box);
  uint32_t bottom = height - (uint32_t)qxl_rect_height (box);

  return (QxlPoint){.x = (int32_t)between (self, 0, right),
                    .y = (int32_t)between (self, 0, bottom)};
}

static QxlPoint
place_on (RandomDraws *self, uint32_t id, const QxlRect *box)
{
  const QxlSurface *surface = self->surfaces[id];

  return place_in (self, qxl_surface_width (surface),
                   qxl_surface_height (surface), box);
}

static QxlRect
choose_box (RandomDraws *self, uint32_t id)
{
  const QxlSurface *surface = self->surfaces[id];
  QxlRect box =
      QXL_RECT (0, 0, (int32_t)spread (self, qxl_surface_width (surface)),
                (int32_t)spread (self, qxl_surface_height (surface)));
  QxlPoint at = place_on (self, id, &box);

  return QXL_RECT (at.x, at.y, at.x + box.right, at.y + box.bottom);
}

static QxlDrawable *
copy_image (RandomDraws *self, uint32_t id, const QxlRect *box)
{
  QxlImage *image =
      random_images_next (self->images, (uint32_t)qxl_rect_width (box),
                          (uint32_t)qxl_rect_height (box));
  QxlPoint src = place_in (self, image->width, image->height, box);

  return qxl_drawable_new_copy (id, box, image, src);
}

/* a little to the side or down, so that it overlaps, or from anywhere */
static QxlDrawable *
move (RandomDraws *self, uint32_t id, const QxlRect *box)
{
  QxlPoint from = place_on (self, id, box);

  if (g_rand_boolean (self->random)) {
    int32_t dx = g_rand_int_range (self->random, -9, 10);
    int32_t dy = g_rand_int_range (self->random, -9, 10);
    int32_t right = (int32_t)qxl_surface_width (self->surfaces[id]);
    int32_t bottom = (int32_t)qxl_surface_height (self->surfaces[id]);

    from.x = CLAMP (box->left + dx, 0, right - qxl_rect_width (box));
    from.y = CLAMP (box->top + dy, 0, bottom - qxl_rect_height (box));
  }
  return qxl_drawable_new_copy_bits (id, box, from);
}

/* NULL: there is no other surface that large */
static QxlDrawable *
copy_surface (RandomDraws *self, uint32_t id, const QxlRect *box)
{
  uint32_t other = (id + between (self, 1, N_SURFACES - 1)) % N_SURFACES;
  const QxlSurface *source = self->surfaces[other];

  if (!source || qxl_surface_width (source) < (uint32_t)qxl_rect_width (box) ||
      qxl_surface_height (source) < (uint32_t)qxl_rect_height (box))
    return NULL;
  return qxl_drawable_new_copy_surface (id, box, other,
                                        place_on (self, other, box));
}

static QxlDrawable *
choose_draw (RandomDraws *self)
{
  uint32_t id = choose_surface (self);
  QxlRect box = choose_box (self, id);
  QxlDrawable *draw = NULL;

  switch (between (self, 0, 9)) {
  case 0:
    return qxl_drawable_new_fill (id, &box, g_rand_int (self->random));
  case 1:
  case 2:
    return move (self, id, &box);
  case 3:
  case 4:
    draw = copy_surface (self, id, &box);
    break;
  }
  return draw ? draw : copy_image (self, id, &box);
}

static void
draw_one (RandomDraws *self)
{
  QxlDrawable *draw = choose_draw (self);
  QxlSurface *surface = self->surfaces[draw->surface_id];

  if (draw->kind == QXL_DRAW_COPY_SURFACE)
    qxl_surface_draw_from (surface, draw,
                           self->surfaces[draw->u.copy_surface.source_id]);
  else
    qxl_surface_draw (surface, draw);
  qxl_batch_draw (self->batch, draw);
}

/* the calls */

QxlBatch *
random_draws_next (RandomDraws *self, guint max_draws, guint *n_draws)
{
  guint n = between (self, 1, MAX_BATCH);

  self->batch = qxl_batch_new ();
  *n_draws = MIN (n, max_draws);
  for (guint i = 0; i < *n_draws; i++) {
    if (!self->surfaces[QXL_PRIMARY_SURFACE] ||
        happens_rarely (self, RARE_RESIZE))
      create (self, QXL_PRIMARY_SURFACE);
    if (happens_rarely (self, RARE_CHANGE))
      change_off_screen (self);
    draw_one (self);
  }
  return g_steal_pointer (&self->batch);
}

bool
random_draws_toss (RandomDraws *self)
{
  return g_rand_boolean (self->random);
}

QxlImage *
random_draws_picture (const RandomDraws *self)
{
  const QxlSurface *primary = self->surfaces[QXL_PRIMARY_SURFACE];
  QxlRect all = QXL_RECT (0, 0, (int32_t)qxl_surface_width (primary),
                          (int32_t)qxl_surface_height (primary));

  return qxl_surface_snapshot (primary, &all);
}

/* life */

RandomDraws *
random_draws_new (uint32_t seed)
{
  RandomDraws *self = g_new0 (RandomDraws, 1);

  self->random = g_rand_new_with_seed (seed);
  self->images = random_images_new (self->random);
  return self;
}

void
random_draws_free (RandomDraws *self)
{
  for (uint32_t id = 0; id < N_SURFACES; id++)
    qxl_surface_free (self->surfaces[id]);
  random_images_free (self->images);
  g_rand_free (self->random);
  g_free (self);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The differ: whatever happens between two frames, what it says has changed
 * makes a viewer's surface show the second one; also when only a damaged part
 * is looked at, and after somebody who told too little damage looks at all.
 *
 * An input is a byte each of the format, the kernels, the size, the padding;
 * then changes and pushes, each behind a byte that chooses. */
#include "fuzz-bytes.h"
#include "fuzz.h"
#include "qxl/differ-fixture.h"
#include "qxl/differ-kernels.h"

#include <string.h>

enum { MAX_DAMAGE = 16, MAX_STEPS = 64, MAX_SCROLL = 128 };

typedef struct {
  QxlScene scene;
  FuzzBytes *bytes;
  QxlRect damage[MAX_DAMAGE];
  guint n_damage;
  bool is_stale; /* too little damage was told */
} World;

static QxlRect
take_area (World *self)
{
  int width = (int)self->scene.width, height = (int)self->scene.height;
  int left = (int)fuzz_byte (self->bytes) % width;
  int top = (int)fuzz_byte (self->bytes) % height;
  int right = left + 1 + (int)fuzz_byte (self->bytes);
  int bottom = top + 1 + (int)fuzz_byte (self->bytes);

  return QXL_RECT (left, top, MIN (right, width), MIN (bottom, height));
}

/* what has changed must be told; in the end as all of the frame */
static void
add_damage (World *self, const QxlRect *area)
{
  if (self->n_damage < MAX_DAMAGE) {
    self->damage[self->n_damage++] = *area;
    return;
  }
  self->damage[0] =
      QXL_RECT (0, 0, (int)self->scene.width, (int)self->scene.height);
  self->n_damage = 1;
}

/* changes */

static void
change_fill (World *self)
{
  QxlRect area = take_area (self);
  int value = (int)fuzz_byte (self->bytes);
  size_t n = (size_t)qxl_rect_width (&area) *
             qxl_format_bytes_per_pixel (self->scene.format);

  for (int y = area.top; y < area.bottom; y++)
    memset (qxl_scene_pixel (&self->scene, (uint32_t)area.left, (uint32_t)y),
            value, n);
  add_damage (self, &area);
}

/* rows unlike each other, as text has them */
static void
change_picture (World *self)
{
  QxlRect area = take_area (self);
  unsigned unit = qxl_format_bytes_per_pixel (self->scene.format);
  unsigned seed = 1 + fuzz_word (self->bytes);
  size_t n = (size_t)qxl_rect_width (&area) * unit;

  for (int y = area.top; y < area.bottom; y++) {
    uint8_t *to =
        qxl_scene_pixel (&self->scene, (uint32_t)area.left, (uint32_t)y);

    for (size_t i = 0; i < n; i++) {
      seed = seed * 1103515245 + 12345;
      to[i] = (uint8_t)(seed >> 24);
    }
  }
  add_damage (self, &area);
}

static void
change_pixel (World *self)
{
  QxlRect area = take_area (self);
  uint8_t *at =
      qxl_scene_pixel (&self->scene, (uint32_t)area.left, (uint32_t)area.top);

  at[0] ^= (uint8_t)fuzz_byte (self->bytes);
  area.right = area.left + 1;
  area.bottom = area.top + 1;
  add_damage (self, &area);
}

static void
change_move (World *self)
{
  QxlRect area = take_area (self);
  int dx = (int)fuzz_byte (self->bytes) - MAX_SCROLL;
  int dy = (int)fuzz_byte (self->bytes) - MAX_SCROLL;
  QxlRect all =
      QXL_RECT (0, 0, (int)self->scene.width, (int)self->scene.height);
  QxlRect to = QXL_RECT (area.left + dx, area.top + dy, area.right + dx,
                         area.bottom + dy);

  qxl_scene_move (&self->scene, &area, dx, dy);
  to = qxl_rect_intersect (&to, &all);
  if (!qxl_rect_is_empty (&to))
    add_damage (self, &to);
}

/* pushes */

static void
push_all (World *self)
{
  qxl_scene_show (&self->scene);
  self->n_damage = 0;
  self->is_stale = false;
}

static void
push_damaged (World *self)
{
  qxl_batch_free (
      qxl_scene_push_damaged (&self->scene, self->damage, self->n_damage));
  if (!self->is_stale)
    qxl_scene_check (&self->scene);
  self->n_damage = 0;
}

static void
push_too_little (World *self)
{
  QxlRect area = take_area (self);

  self->is_stale = true;
  qxl_batch_free (qxl_scene_push_damaged (&self->scene, &area, 1));
  self->n_damage = 0;
}

/* after it everything is drawn, whoever pushes */
static void
reset (World *self)
{
  qxl_differ_reset (self->scene.differ);
  self->is_stale = false;
}

static void
run (World *self)
{
  static void (*const steps[]) (World *) = {
      change_fill, change_picture, change_pixel,    change_move,
      push_all,    push_damaged,   push_too_little, reset,
  };

  for (int i = 0; i < MAX_STEPS && fuzz_has_more (self->bytes); i++)
    steps[fuzz_choice (self->bytes, G_N_ELEMENTS (steps))](self);
  push_all (self);
}

static QxlFormat
take_format (FuzzBytes *bytes)
{
  QxlFormat format = 1 + fuzz_choice (bytes, QXL_N_FORMATS - 1);

  return qxl_format_is_colour (format) ? format : QXL_FORMAT_BGRX;
}

/* the plain ones if this machine has not those */
static const QxlDifferKernels *
take_kernels (FuzzBytes *bytes)
{
  const QxlDifferKernels *kernels =
      qxl_differ_kernels_at (fuzz_choice (bytes, 4));

  return kernels != NULL && kernels->is_supported ()
             ? kernels
             : qxl_differ_kernels_best ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzBytes bytes = fuzz_bytes (data, size);
  QxlFormat format = take_format (&bytes);
  const QxlDifferKernels *kernels = take_kernels (&bytes);
  uint32_t width = 1 + fuzz_byte (&bytes), height = 1 + fuzz_byte (&bytes);
  unsigned padding = fuzz_byte (&bytes);
  World world = {.bytes = &bytes};

  qxl_scene_init (&world.scene, format, width, height, padding & 15,
                  padding >> 4 & 3);
  qxl_differ_set_kernels (world.scene.differ, kernels);
  run (&world);
  qxl_scene_clear (&world.scene);
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/differ-kernels.h"
#include "qxl/surface.h"

#include <string.h>

/* a source of frames, a differ, and a viewer's surface */
typedef struct {
  QxlFormat format;
  uint32_t width, height;
  size_t stride;
  uint8_t *memory; /* exactly the frame, @offset in: sanitizers see the rest */
  uint8_t *frame;
  QxlDiffer *differ;
  QxlSurface *surface;
} Scene;

static void
scene_init (Scene *self, QxlFormat format, uint32_t width, uint32_t height,
            size_t padding, size_t offset)
{
  size_t row_bytes = (size_t)width * qxl_format_bytes_per_pixel (format);

  self->format = format;
  self->width = width;
  self->height = height;
  self->stride = row_bytes + padding;
  self->memory = g_malloc0 (offset + self->stride * (height - 1) + row_bytes);
  self->frame = self->memory + offset;
  self->differ = qxl_differ_new (format, width, height);
  self->surface = qxl_surface_new (QXL_FORMAT_BGRX, width, height);
  g_assert_nonnull (self->differ);
}

static void
scene_clear (Scene *self)
{
  g_free (self->memory);
  qxl_differ_free (self->differ);
  qxl_surface_free (self->surface);
}

static uint8_t *
pixel_at (const Scene *self, uint32_t x, uint32_t y)
{
  return self->frame + y * self->stride +
         (size_t)x * qxl_format_bytes_per_pixel (self->format);
}

static void
apply (const Scene *self, const QxlBatch *batch)
{
  QxlRect all = QXL_RECT (0, 0, (int)self->width, (int)self->height);

  for (guint i = 0; i < batch->commands->len; i++) {
    const QxlCommand *command = qxl_batch_at (batch, i);

    g_assert_cmpint (command->kind, ==, QXL_COMMAND_DRAW);
    g_assert_cmpuint (command->u.draw->surface_id, ==, QXL_PRIMARY_SURFACE);
    g_assert_false (qxl_rect_is_empty (&command->u.draw->box));
    g_assert_true (qxl_rect_contains (&all, &command->u.draw->box));
    if (command->u.draw->kind == QXL_DRAW_COPY)
      g_assert_cmpint (command->u.draw->u.copy.image->format, ==,
                       QXL_FORMAT_BGRX);
    qxl_surface_draw (self->surface, command->u.draw);
  }
}

static void
assert_shown (const Scene *self)
{
  QxlRect all = QXL_RECT (0, 0, (int)self->width, (int)self->height);
  g_autoptr (QxlImage) shown = qxl_surface_snapshot (self->surface, &all);
  g_autofree uint8_t *row = g_malloc ((size_t)self->width * 4);

  for (uint32_t y = 0; y < self->height; y++) {
    qxl_format_row_to_bgrx (self->format, row, pixel_at (self, 0, y),
                            self->width);
    if (memcmp (row, qxl_image_row (shown, y), (size_t)self->width * 4) != 0)
      g_error ("%s %ux%u: row %u is not the frame's",
               qxl_format_name (self->format), self->width, self->height, y);
  }
}

/* pushes the frame and checks the picture; the batch is the caller's */
static QxlBatch *
push (Scene *self)
{
  QxlBatch *batch = qxl_differ_push (self->differ, self->frame, self->stride);

  apply (self, batch);
  assert_shown (self);
  return batch;
}

static void
push_and_drop (Scene *self)
{
  qxl_batch_free (push (self));
}

static void
set_pixels (Scene *self, const QxlRect *area, bool noise)
{
  size_t n =
      (size_t)qxl_rect_width (area) * qxl_format_bytes_per_pixel (self->format);
  int value = g_test_rand_int_range (0, 256);

  for (int y = area->top; y < area->bottom; y++) {
    uint8_t *to = pixel_at (self, (uint32_t)area->left, (uint32_t)y);

    memset (to, value, n);
    for (size_t i = 0; noise && i < n; i++)
      to[i] = (uint8_t)g_test_rand_int ();
  }
}

static QxlRect
random_area (const Scene *self)
{
  int width = (int)self->width, height = (int)self->height;
  int left = g_test_rand_int_range (0, width);
  int top = g_test_rand_int_range (0, height);

  return QXL_RECT (left, top, g_test_rand_int_range (left + 1, width + 1),
                   g_test_rand_int_range (top + 1, height + 1));
}

static void
change_something (Scene *self)
{
  QxlRect area = random_area (self);
  QxlRect all = QXL_RECT (0, 0, (int)self->width, (int)self->height);
  int n_dots = g_test_rand_int_range (0, 300);

  switch (g_test_rand_int_range (0, 5)) {
  case 0:
    set_pixels (self, &area, true);
    break;
  case 1:
    set_pixels (self, &area, false);
    break;
  case 2: /* single pixels all over */
    for (int i = 0; i < n_dots; i++) {
      area = random_area (self);
      area.right = area.left + 1;
      area.bottom = area.top + 1;
      set_pixels (self, &area, true);
    }
    break;
  case 3: /* everything, or nothing */
    if (g_test_rand_bit ())
      set_pixels (self, &all, g_test_rand_bit ());
    break;
  default:
    qxl_differ_reset (self->differ);
    break;
  }
}

/* clang-format off */
static const struct {
  uint32_t width, height;
} sizes[] = {
  { 1, 1 }, { 31, 33 }, { 32, 32 }, { 33, 31 }, { 1, 100 }, { 100, 1 },
  { 64, 64 }, { 129, 65 }, { 640, 360 }, { 4096, 40 },
};
/* clang-format on */

static void
shows_random_sequences_exactly (void)
{
  for (int f = QXL_FORMAT_INVALID + 1; f < QXL_N_FORMATS; f++) {
    if (f == QXL_FORMAT_A8)
      continue;
    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
      Scene scene;

      scene_init (&scene, (QxlFormat)f, sizes[s].width, sizes[s].height,
                  (size_t)g_test_rand_int_range (0, 10),
                  (size_t)g_test_rand_int_range (0, 10));
      push_and_drop (&scene);
      for (int i = 0; i < 6; i++) {
        change_something (&scene);
        push_and_drop (&scene);
      }
      scene_clear (&scene);
    }
  }
}

static void
every_variant_gives_the_same (void)
{
  for (unsigned k = 0; qxl_differ_kernels_at (k); k++) {
    const QxlDifferKernels *kernels = qxl_differ_kernels_at (k);
    Scene scene;

    if (!kernels->is_supported ())
      continue;
    scene_init (&scene, QXL_FORMAT_RGB15, 333, 77, 3, 1);
    qxl_differ_set_kernels (scene.differ, kernels);
    g_assert_cmpstr (qxl_differ_kernel_name (scene.differ), ==, kernels->name);
    for (int i = 0; i < 30; i++) {
      change_something (&scene);
      push_and_drop (&scene);
    }
    scene_clear (&scene);
  }
}

static void
a_still_frame_gives_nothing (void)
{
  Scene scene;
  QxlRect all = QXL_RECT (0, 0, 100, 70);
  uint32_t n_tiles, n_dirty;

  scene_init (&scene, QXL_FORMAT_BGRX, 100, 70, 5, 3);
  set_pixels (&scene, &all, true);
  push_and_drop (&scene);
  qxl_differ_counts (scene.differ, &n_tiles, &n_dirty);
  g_assert_cmpuint (n_tiles, ==, 12);
  g_assert_cmpuint (n_dirty, ==, 12);
  for (int i = 0; i < 3; i++) {
    g_autoptr (QxlBatch) batch = push (&scene);

    g_assert_true (qxl_batch_is_empty (batch));
  }
  qxl_differ_counts (scene.differ, &n_tiles, &n_dirty);
  g_assert_cmpuint (n_tiles, ==, 12);
  g_assert_cmpuint (n_dirty, ==, 0);
  scene_clear (&scene);
}

static void
padding_and_alpha_are_not_compared (void)
{
  for (int f = QXL_FORMAT_INVALID + 1; f < QXL_N_FORMATS; f++) {
    QxlFormat format = (QxlFormat)f;
    unsigned bytes = qxl_format_bytes_per_pixel (format);
    uint32_t mask = qxl_format_visible_mask (format);
    uint8_t visible[4];
    QxlRect all = QXL_RECT (0, 0, 50, 40);
    Scene scene;

    if (format == QXL_FORMAT_A8)
      continue;
    memcpy (visible, &mask, 4);
    scene_init (&scene, format, 50, 40, 7, 0);
    set_pixels (&scene, &all, true);
    push_and_drop (&scene);
    for (uint32_t y = 0; y < 40; y++) {
      uint8_t *row = pixel_at (&scene, 0, y);

      for (size_t i = 0; i < 50 * bytes; i++)
        row[i] ^= (uint8_t)~visible[i & 3];
      if (y < 39)
        memset (row + 50 * bytes, 0x77, 7);
    }
    {
      g_autoptr (QxlBatch) batch = push (&scene);

      g_assert_true (qxl_batch_is_empty (batch));
    }
    scene_clear (&scene);
  }
}

static void
a_reset_draws_everything (void)
{
  Scene scene;
  QxlRect all = QXL_RECT (0, 0, 70, 50);

  scene_init (&scene, QXL_FORMAT_RGB, 70, 50, 0, 1);
  set_pixels (&scene, &all, true);
  push_and_drop (&scene);
  qxl_differ_reset (scene.differ);
  qxl_surface_free (scene.surface);
  scene.surface = qxl_surface_new (QXL_FORMAT_BGRX, 70, 50);
  push_and_drop (&scene);
  scene_clear (&scene);
}

static void
an_even_frame_is_one_fill (void)
{
  Scene scene;
  QxlRect all = QXL_RECT (0, 0, 640, 480);

  scene_init (&scene, QXL_FORMAT_BGR, 640, 480, 0, 0);
  set_pixels (&scene, &all, false);
  {
    g_autoptr (QxlBatch) batch = push (&scene);

    g_assert_cmpuint (batch->commands->len, ==, 1);
    g_assert_cmpint (qxl_batch_at (batch, 0)->u.draw->kind, ==, QXL_DRAW_FILL);
    g_assert_true (
        qxl_rect_equal (&qxl_batch_at (batch, 0)->u.draw->box, &all));
  }
  scene_clear (&scene);
}

static void
a_letter_costs_a_letter (void)
{
  Scene scene;
  QxlRect all = QXL_RECT (0, 0, 640, 480);
  QxlRect inside = QXL_RECT (100, 100, 108, 116);
  QxlRect crossing = QXL_RECT (60, 25, 70, 40); /* four tiles */

  scene_init (&scene, QXL_FORMAT_BGRX, 640, 480, 0, 0);
  set_pixels (&scene, &all, true);
  push_and_drop (&scene);
  for (int i = 0; i < 2; i++) {
    const QxlRect *letter = i == 0 ? &inside : &crossing;
    g_autoptr (QxlBatch) batch = NULL;

    for (int y = letter->top; y < letter->bottom; y++)
      for (int x = letter->left; x < letter->right; x++)
        *pixel_at (&scene, (uint32_t)x, (uint32_t)y) ^= (uint8_t)(x + y + 1);
    /* all pixels of the border have to change for the box to be exact */
    for (int x = letter->left; x < letter->right; x++) {
      pixel_at (&scene, (uint32_t)x, (uint32_t)letter->top)[1] ^= 1;
      pixel_at (&scene, (uint32_t)x, (uint32_t)letter->bottom - 1)[1] ^= 1;
    }
    batch = push (&scene);
    g_assert_cmpuint (batch->commands->len, ==, 1);
    g_assert_cmpint (qxl_batch_at (batch, 0)->u.draw->kind, ==, QXL_DRAW_COPY);
    g_assert_true (
        qxl_rect_equal (&qxl_batch_at (batch, 0)->u.draw->box, letter));
  }
  scene_clear (&scene);
}

static void
a_text_cursor_is_a_fill (void)
{
  Scene scene;
  QxlRect cursor = QXL_RECT (101, 99, 103, 117);

  scene_init (&scene, QXL_FORMAT_RGB16, 640, 480, 0, 0);
  push_and_drop (&scene);
  for (int y = cursor.top; y < cursor.bottom; y++)
    memset (pixel_at (&scene, (uint32_t)cursor.left, (uint32_t)y), 0xff, 4);
  {
    g_autoptr (QxlBatch) batch = push (&scene);
    const QxlDrawable *draw = qxl_batch_at (batch, 0)->u.draw;

    g_assert_cmpuint (batch->commands->len, ==, 1);
    g_assert_cmpint (draw->kind, ==, QXL_DRAW_FILL);
    g_assert_cmphex (draw->u.fill.color, ==, 0xffffff);
    g_assert_true (qxl_rect_equal (&draw->box, &cursor));
  }
  scene_clear (&scene);
}

static void
images_and_commands_are_bounded (void)
{
  Scene scene;
  QxlRect all = QXL_RECT (0, 0, 4096, 1100);

  scene_init (&scene, QXL_FORMAT_BGRX, 4096, 1100, 0, 0);
  set_pixels (&scene, &all, true);
  {
    g_autoptr (QxlBatch) batch = push (&scene);

    g_assert_cmpuint (batch->commands->len, >, 16);
    for (guint i = 0; i < batch->commands->len; i++)
      g_assert_cmpuint (
          qxl_image_size (qxl_batch_at (batch, i)->u.draw->u.copy.image), <=,
          512 * 1024);
  }
  /* every second tile: far more than are described one by one */
  for (int row = 0; row * 32 < 1100; row++)
    for (int col = row % 2; col * 32 < 4096; col += 2)
      pixel_at (&scene, (uint32_t)col * 32, (uint32_t)row * 32)[0] ^= 1;
  {
    g_autoptr (QxlBatch) batch = push (&scene);

    g_assert_cmpuint (batch->commands->len, <=, 512);
  }
  scene_clear (&scene);
}

static void
refuses_what_it_cannot_compare (void)
{
  g_assert_null (qxl_differ_new (QXL_FORMAT_A8, 10, 10));
  g_assert_null (qxl_differ_new (QXL_FORMAT_INVALID, 10, 10));
  g_assert_null (qxl_differ_new (QXL_N_FORMATS, 10, 10));
  g_assert_null (qxl_differ_new (QXL_FORMAT_BGRX, 0, 10));
  g_assert_null (qxl_differ_new (QXL_FORMAT_BGRX, 10, 0));
  g_assert_null (qxl_differ_new (QXL_FORMAT_BGRX, QXL_DIFFER_MAX_SIDE + 1, 1));
  g_assert_null (qxl_differ_new (QXL_FORMAT_BGRX, 1, UINT32_MAX));
  qxl_differ_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/differ/shows-random-sequences-exactly",
                   shows_random_sequences_exactly);
  g_test_add_func ("/differ/every-variant-gives-the-same",
                   every_variant_gives_the_same);
  g_test_add_func ("/differ/a-still-frame-gives-nothing",
                   a_still_frame_gives_nothing);
  g_test_add_func ("/differ/padding-and-alpha-are-not-compared",
                   padding_and_alpha_are_not_compared);
  g_test_add_func ("/differ/a-reset-draws-everything",
                   a_reset_draws_everything);
  g_test_add_func ("/differ/an-even-frame-is-one-fill",
                   an_even_frame_is_one_fill);
  g_test_add_func ("/differ/a-letter-costs-a-letter", a_letter_costs_a_letter);
  g_test_add_func ("/differ/a-text-cursor-is-a-fill", a_text_cursor_is_a_fill);
  g_test_add_func ("/differ/images-and-commands-are-bounded",
                   images_and_commands_are_bounded);
  g_test_add_func ("/differ/refuses-what-it-cannot-compare",
                   refuses_what_it_cannot_compare);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/differ-fixture.h"
#include "qxl/differ-kernels.h"

#include <string.h>

static void
change_something (QxlScene *self)
{
  QxlRect area = qxl_scene_random_area (self);
  QxlRect all = QXL_RECT (0, 0, (int)self->width, (int)self->height);
  int n_dots = g_test_rand_int_range (0, 300);

  switch (g_test_rand_int_range (0, 5)) {
  case 0:
    qxl_scene_paint (self, &area, true);
    break;
  case 1:
    qxl_scene_paint (self, &area, false);
    break;
  case 2: /* single pixels all over */
    for (int i = 0; i < n_dots; i++) {
      area = qxl_scene_random_area (self);
      area.right = area.left + 1;
      area.bottom = area.top + 1;
      qxl_scene_paint (self, &area, true);
    }
    break;
  case 3: /* everything, or nothing */
    if (g_test_rand_bit ())
      qxl_scene_paint (self, &all, g_test_rand_bit ());
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
    if (!qxl_format_is_colour ((QxlFormat)f))
      continue;
    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
      QxlScene scene;

      qxl_scene_init (&scene, (QxlFormat)f, sizes[s].width, sizes[s].height,
                      (size_t)g_test_rand_int_range (0, 10),
                      (size_t)g_test_rand_int_range (0, 10));
      qxl_scene_show (&scene);
      for (int i = 0; i < 6; i++) {
        change_something (&scene);
        qxl_scene_show (&scene);
      }
      qxl_scene_clear (&scene);
    }
  }
}

static void
check_shown (const QxlScene *scene, const QxlBatch *batch)
{
  for (guint i = 0; batch->shown && i < batch->shown->len; i++) {
    const QxlShown *shown = &g_array_index (batch->shown, QxlShown, i);
    size_t n = (size_t)qxl_rect_width (&shown->area) * 4;
    g_autofree uint8_t *row = g_malloc (n);

    for (int32_t y = shown->area.top; y < shown->area.bottom; y++) {
      qxl_format_row_to_bgrx (
          scene->format, row,
          qxl_scene_pixel (scene, (uint32_t)shown->area.left, (uint32_t)y),
          n / 4);
      for (size_t at = 0; at < n; at += 4)
        g_assert_true (memcmp (row + at,
                               qxl_image_row (shown->image,
                                              (uint32_t)(y - shown->area.top)) +
                                   at,
                               3) == 0);
    }
  }
}

static void
tells_what_films_show (void)
{
  const QxlRect films[] = {QXL_RECT (10, 5, 150, 70),
                           {0},
                           QXL_RECT (170, 20, 333, 77),
                           QXL_RECT (0, 0, 334, 77)};
  const QxlFormat formats[] = {QXL_FORMAT_BGRX, QXL_FORMAT_RGB15};

  for (guint f = 0; f < G_N_ELEMENTS (formats); f++) {
    QxlScene scene;

    qxl_scene_init (&scene, formats[f], 333, 77, 3, 0);
    qxl_differ_set_films (scene.differ, films, G_N_ELEMENTS (films));
    for (int i = 0; i < 50; i++) {
      g_autoptr (QxlBatch) batch = NULL;

      change_something (&scene);
      batch = qxl_scene_push (&scene);
      check_shown (&scene, batch);
      g_assert_null (qxl_batch_shown (batch, &films[3]));
    }
    qxl_scene_clear (&scene);
  }
}

static void
a_film_is_one_image (void)
{
  const QxlRect film = QXL_RECT (10, 5, 650, 365);
  g_autoptr (QxlBatch) first = NULL, batch = NULL;
  QxlScene scene;

  qxl_scene_init (&scene, QXL_FORMAT_BGRX, 700, 400, 0, 0);
  first = qxl_scene_push (&scene);
  g_assert_null (first->shown);
  qxl_differ_set_films (scene.differ, &film, 1);
  qxl_scene_paint (&scene, &film, true);
  batch = qxl_scene_push (&scene);
  g_assert_cmpuint (batch->commands->len, ==, 1);
  g_assert_true (qxl_rect_equal (&qxl_batch_at (batch, 0)->u.draw->box, &film));
  g_assert_true (qxl_batch_at (batch, 0)->u.draw->u.copy.image ==
                 qxl_batch_shown (batch, &film));
  qxl_scene_clear (&scene);
}

static void
every_variant_gives_the_same (void)
{
  for (unsigned k = 0; qxl_differ_kernels_at (k); k++) {
    const QxlDifferKernels *kernels = qxl_differ_kernels_at (k);
    QxlScene scene;

    if (!kernels->is_supported ())
      continue;
    qxl_scene_init (&scene, QXL_FORMAT_RGB15, 333, 77, 3, 1);
    qxl_differ_set_kernels (scene.differ, kernels);
    g_assert_cmpstr (qxl_differ_kernel_name (scene.differ), ==, kernels->name);
    for (int i = 0; i < 30; i++) {
      change_something (&scene);
      qxl_scene_show (&scene);
    }
    qxl_scene_clear (&scene);
  }
}

static void
a_still_frame_gives_nothing (void)
{
  QxlScene scene;
  QxlRect all = QXL_RECT (0, 0, 100, 70);
  uint32_t n_tiles, n_dirty;

  qxl_scene_init (&scene, QXL_FORMAT_BGRX, 100, 70, 5, 3);
  qxl_scene_paint (&scene, &all, true);
  qxl_scene_show (&scene);
  qxl_differ_counts (scene.differ, &n_tiles, &n_dirty);
  g_assert_cmpuint (n_tiles, ==, 12);
  g_assert_cmpuint (n_dirty, ==, 12);
  for (int i = 0; i < 3; i++) {
    g_autoptr (QxlBatch) batch = qxl_scene_push (&scene);

    g_assert_true (qxl_batch_is_empty (batch));
  }
  qxl_differ_counts (scene.differ, &n_tiles, &n_dirty);
  g_assert_cmpuint (n_tiles, ==, 12);
  g_assert_cmpuint (n_dirty, ==, 0);
  qxl_scene_clear (&scene);
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
    QxlScene scene;

    if (!qxl_format_is_colour (format))
      continue;
    memcpy (visible, &mask, 4);
    qxl_scene_init (&scene, format, 50, 40, 7, 0);
    qxl_scene_paint (&scene, &all, true);
    qxl_scene_show (&scene);
    for (uint32_t y = 0; y < 40; y++) {
      uint8_t *row = qxl_scene_pixel (&scene, 0, y);

      for (size_t i = 0; i < 50 * bytes; i++)
        row[i] ^= (uint8_t)~visible[i & 3];
      if (y < 39)
        memset (row + 50 * bytes, 0x77, 7);
    }
    {
      g_autoptr (QxlBatch) batch = qxl_scene_push (&scene);

      g_assert_true (qxl_batch_is_empty (batch));
    }
    qxl_scene_clear (&scene);
  }
}

static void
a_reset_draws_everything (void)
{
  QxlScene scene;
  QxlRect all = QXL_RECT (0, 0, 70, 50);

  qxl_scene_init (&scene, QXL_FORMAT_RGB, 70, 50, 0, 1);
  qxl_scene_paint (&scene, &all, true);
  qxl_scene_show (&scene);
  qxl_differ_reset (scene.differ);
  qxl_surface_free (scene.surface);
  scene.surface = qxl_surface_new (QXL_FORMAT_BGRX, 70, 50);
  qxl_scene_show (&scene);
  qxl_scene_clear (&scene);
}

static void
an_even_frame_is_one_fill (void)
{
  QxlScene scene;
  QxlRect all = QXL_RECT (0, 0, 640, 480);

  qxl_scene_init (&scene, QXL_FORMAT_BGR, 640, 480, 0, 0);
  qxl_scene_paint (&scene, &all, false);
  {
    g_autoptr (QxlBatch) batch = qxl_scene_push (&scene);

    g_assert_cmpuint (batch->commands->len, ==, 1);
    g_assert_cmpint (qxl_batch_at (batch, 0)->u.draw->kind, ==, QXL_DRAW_FILL);
    g_assert_true (
        qxl_rect_equal (&qxl_batch_at (batch, 0)->u.draw->box, &all));
  }
  qxl_scene_clear (&scene);
}

static void
a_letter_costs_a_letter (void)
{
  QxlScene scene;
  QxlRect all = QXL_RECT (0, 0, 640, 480);
  QxlRect inside = QXL_RECT (100, 100, 108, 116);
  QxlRect crossing = QXL_RECT (60, 25, 70, 40); /* four tiles */

  qxl_scene_init (&scene, QXL_FORMAT_BGRX, 640, 480, 0, 0);
  qxl_scene_paint (&scene, &all, true);
  qxl_scene_show (&scene);
  for (int i = 0; i < 2; i++) {
    const QxlRect *letter = i == 0 ? &inside : &crossing;
    g_autoptr (QxlBatch) batch = NULL;

    for (int y = letter->top; y < letter->bottom; y++)
      for (int x = letter->left; x < letter->right; x++)
        *qxl_scene_pixel (&scene, (uint32_t)x, (uint32_t)y) ^=
            (uint8_t)(x + y + 1);
    /* all pixels of the border have to change for the box to be exact */
    for (int x = letter->left; x < letter->right; x++) {
      qxl_scene_pixel (&scene, (uint32_t)x, (uint32_t)letter->top)[1] ^= 1;
      qxl_scene_pixel (&scene, (uint32_t)x, (uint32_t)letter->bottom - 1)[1] ^=
          1;
    }
    batch = qxl_scene_push (&scene);
    g_assert_cmpuint (batch->commands->len, ==, 1);
    g_assert_cmpint (qxl_batch_at (batch, 0)->u.draw->kind, ==, QXL_DRAW_COPY);
    g_assert_true (
        qxl_rect_equal (&qxl_batch_at (batch, 0)->u.draw->box, letter));
  }
  qxl_scene_clear (&scene);
}

static void
a_text_cursor_is_a_fill (void)
{
  QxlScene scene;
  QxlRect cursor = QXL_RECT (101, 99, 103, 117);

  qxl_scene_init (&scene, QXL_FORMAT_RGB16, 640, 480, 0, 0);
  qxl_scene_show (&scene);
  for (int y = cursor.top; y < cursor.bottom; y++)
    memset (qxl_scene_pixel (&scene, (uint32_t)cursor.left, (uint32_t)y), 0xff,
            4);
  {
    g_autoptr (QxlBatch) batch = qxl_scene_push (&scene);
    const QxlDrawable *draw = qxl_batch_at (batch, 0)->u.draw;

    g_assert_cmpuint (batch->commands->len, ==, 1);
    g_assert_cmpint (draw->kind, ==, QXL_DRAW_FILL);
    g_assert_cmphex (draw->u.fill.color, ==, 0xffffff);
    g_assert_true (qxl_rect_equal (&draw->box, &cursor));
  }
  qxl_scene_clear (&scene);
}

static void
images_and_commands_are_bounded (void)
{
  QxlScene scene;
  QxlRect all = QXL_RECT (0, 0, 4096, 1100);

  qxl_scene_init (&scene, QXL_FORMAT_BGRX, 4096, 1100, 0, 0);
  qxl_scene_paint (&scene, &all, true);
  {
    g_autoptr (QxlBatch) batch = qxl_scene_push (&scene);

    g_assert_cmpuint (batch->commands->len, >, 16);
    for (guint i = 0; i < batch->commands->len; i++)
      g_assert_cmpuint (
          qxl_image_size (qxl_batch_at (batch, i)->u.draw->u.copy.image), <=,
          512 * 1024);
  }
  /* every second tile: far more than are described one by one */
  for (int row = 0; row * 32 < 1100; row++)
    for (int col = row % 2; col * 32 < 4096; col += 2)
      qxl_scene_pixel (&scene, (uint32_t)col * 32, (uint32_t)row * 32)[0] ^= 1;
  {
    g_autoptr (QxlBatch) batch = qxl_scene_push (&scene);

    g_assert_cmpuint (batch->commands->len, <=, 512);
  }
  qxl_scene_clear (&scene);
}

static void
only_damage_is_compared (void)
{
  QxlRect damaged = QXL_RECT (33, 40, 70, 50); /* two tiles */
  QxlRect elsewhere = QXL_RECT (128, 96, 132, 100);
  const QxlRect rects[] = {
      damaged,
      QXL_RECT (-100, -100, 0, 1000),
      QXL_RECT (200, 0, INT32_MAX, INT32_MAX),
      QXL_RECT (50, 45, 50, 60),
      QXL_RECT (INT32_MIN, INT32_MIN, INT32_MIN, INT32_MAX),
  };
  QxlScene scene;
  uint32_t n_tiles, n_dirty;

  qxl_scene_init (&scene, QXL_FORMAT_BGRX, 200, 150, 0, 0);
  qxl_scene_show (&scene);
  qxl_scene_paint (&scene, &damaged, true);
  qxl_scene_paint (&scene, &elsewhere, true);
  {
    g_autoptr (QxlBatch) batch =
        qxl_scene_push_damaged (&scene, rects, G_N_ELEMENTS (rects));

    qxl_differ_counts (scene.differ, &n_tiles, &n_dirty);
    g_assert_cmpuint (n_tiles, ==, 2);
    g_assert_cmpuint (n_dirty, ==, 2);
    g_assert_cmpuint (batch->commands->len, ==, 1);
    g_assert_true (
        qxl_rect_contains (&damaged, &qxl_batch_at (batch, 0)->u.draw->box));
  }
  { /* and what was not told of is found by the next whole push */
    g_autoptr (QxlBatch) batch = qxl_scene_push (&scene);

    g_assert_cmpuint (batch->commands->len, ==, 1);
  }
  qxl_scene_clear (&scene);
}

static void
no_damage_gives_nothing (void)
{
  QxlScene scene;
  QxlRect all = QXL_RECT (0, 0, 200, 150);
  uint32_t n_tiles, n_dirty;
  g_autoptr (QxlBatch) batch = NULL;

  qxl_scene_init (&scene, QXL_FORMAT_BGRX, 200, 150, 0, 0);
  qxl_scene_show (&scene);
  qxl_scene_paint (&scene, &all, true);
  batch = qxl_scene_push_damaged (&scene, NULL, 0);
  g_assert_true (qxl_batch_is_empty (batch));
  qxl_differ_counts (scene.differ, &n_tiles, &n_dirty);
  g_assert_cmpuint (n_tiles, ==, 0);
  g_assert_cmpuint (n_dirty, ==, 0);
  qxl_scene_clear (&scene);
}

static void
a_fresh_differ_draws_all_whatever_the_damage (void)
{
  QxlScene scene;
  QxlRect all = QXL_RECT (0, 0, 200, 150);

  qxl_scene_init (&scene, QXL_FORMAT_BGRX, 200, 150, 0, 0);
  for (int i = 0; i < 2; i++) {
    g_autoptr (QxlBatch) batch = NULL, again = NULL;

    qxl_scene_paint (&scene, &all, true);
    batch = qxl_scene_push_damaged (&scene, NULL, 0);
    g_assert_false (qxl_batch_is_empty (batch));
    again = qxl_scene_push (&scene);
    g_assert_true (qxl_batch_is_empty (again));
    qxl_differ_reset (scene.differ);
  }
  qxl_scene_clear (&scene);
}

/* moves and paintings, each told of: the picture is always right */
static void
told_of_all_changes_it_is_exact (void)
{
  for (int f = QXL_FORMAT_INVALID + 1; f < QXL_N_FORMATS; f++) {
    QxlScene scene;
    QxlRect all = QXL_RECT (0, 0, 400, 300);

    if (!qxl_format_is_colour ((QxlFormat)f))
      continue;
    qxl_scene_init (&scene, (QxlFormat)f, 400, 300, 3, 0);
    qxl_scene_paint (&scene, &all, true);
    qxl_scene_show (&scene);
    for (int i = 0; i < 30; i++) {
      QxlRect rects[3];

      for (int r = 0; r < 3; r++) {
        QxlRect area = qxl_scene_random_area (&scene);
        int dx = g_test_rand_int_range (-20, 21);
        int dy = g_test_rand_int_range (-20, 21);

        rects[r] = QXL_RECT (area.left + dx, area.top + dy, area.right + dx,
                             area.bottom + dy);
        qxl_scene_move (&scene, &area, dx, dy);
      }
      qxl_batch_free (qxl_scene_push_damaged (&scene, rects, 3));
      qxl_scene_check (&scene);
    }
    qxl_scene_clear (&scene);
  }
}

static void
refuses_what_it_cannot_compare (void)
{
  g_assert_null (qxl_differ_new (QXL_FORMAT_A8, 10, 10));
  g_assert_null (qxl_differ_new (QXL_FORMAT_PLT1_LE, 10, 10));
  g_assert_null (qxl_differ_new (QXL_FORMAT_PLT8, 10, 10));
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
  g_test_add_func ("/differ/tells-what-films-show", tells_what_films_show);
  g_test_add_func ("/differ/a-film-is-one-image", a_film_is_one_image);
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
  g_test_add_func ("/differ/only-damage-is-compared", only_damage_is_compared);
  g_test_add_func ("/differ/no-damage-gives-nothing", no_damage_gives_nothing);
  g_test_add_func ("/differ/a-fresh-differ-draws-all-whatever-the-damage",
                   a_fresh_differ_draws_all_whatever_the_damage);
  g_test_add_func ("/differ/told-of-all-changes-it-is-exact",
                   told_of_all_changes_it_is_exact);
  g_test_add_func ("/differ/refuses-what-it-cannot-compare",
                   refuses_what_it_cannot_compare);
  return g_test_run ();
}

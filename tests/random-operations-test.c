/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "random-operations.h"

#include "qxl/canvas.h"
#include "qxl/command-spoils.h"

#include <gio/gio.h>
#include <string.h>

#define N_DRAWS 2000u

/* a receiver that knows the commands only */
typedef struct {
  GHashTable *surfaces; /* id → QxlSurface, owned */
  guint kinds[QXL_N_OPS];
} Receiver;

static QxlSurface *
find_surface (uint32_t surface_id, gpointer user_data)
{
  const Receiver *self = user_data;

  return g_hash_table_lookup (self->surfaces, GUINT_TO_POINTER (surface_id));
}

static bool
find_shape (uint32_t surface_id, QxlSurfaceShape *out, gpointer user_data)
{
  const QxlSurface *surface = find_surface (surface_id, user_data);

  if (surface == NULL)
    return false;
  *out = (QxlSurfaceShape){qxl_surface_width (surface),
                           qxl_surface_height (surface),
                           qxl_surface_format (surface)};
  return true;
}

static void
free_surface (gpointer surface)
{
  qxl_surface_free (surface);
}

static void
take (Receiver *self, const QxlCommand *command)
{
  g_autoptr (GError) error = NULL;
  const QxlDrawable *draw = command->u.draw;

  qxl_validate (command, find_shape, self, &error);
  g_assert_no_error (error);
  switch (command->kind) {
  case QXL_COMMAND_SURFACE_CREATE:
    g_hash_table_insert (
        self->surfaces, GUINT_TO_POINTER (command->u.create.surface_id),
        qxl_surface_new (command->u.create.format, command->u.create.width,
                         command->u.create.height));
    break;
  case QXL_COMMAND_SURFACE_DESTROY:
    g_hash_table_remove (self->surfaces,
                         GUINT_TO_POINTER (command->u.destroy.surface_id));
    break;
  default:
    g_assert_cmpint (command->kind, ==, QXL_COMMAND_DRAW);
    qxl_canvas_draw (find_surface (draw->surface_id, self), draw, find_surface,
                     self);
    if (draw->kind == QXL_DRAW_OPERATION)
      self->kinds[draw->u.operation->kind]++;
  }
}

static void
check_picture (const Receiver *self, const RandomOperations *random)
{
  g_autoptr (QxlImage) expected = random_operations_picture (random);
  const QxlRect all =
      QXL_RECT (0, 0, (int32_t)expected->width, (int32_t)expected->height);
  g_autoptr (QxlImage) got = qxl_surface_snapshot (
      find_surface (QXL_PRIMARY_SURFACE, (gpointer)self), &all);

  g_assert_cmpmem (got->pixels, qxl_image_size (got), expected->pixels,
                   qxl_image_size (expected));
}

static void
test_valid (void)
{
  RandomOperations *random = random_operations_new (7);
  Receiver receiver = {
      .surfaces = g_hash_table_new_full (NULL, NULL, NULL, free_surface)};

  for (guint left = N_DRAWS, n; left > 0; left -= n) {
    g_autoptr (QxlBatch) batch = random_operations_next (random, left, &n);

    g_assert_cmpuint (n, >=, 1);
    g_assert_cmpuint (n, <=, left);
    for (guint i = 0; i < batch->commands->len; i++)
      take (&receiver, qxl_batch_at (batch, i));
  }
  check_picture (&receiver, random);
  for (guint kind = QXL_OP_FILL; kind < QXL_N_OPS; kind++)
    g_assert_cmpuint (receiver.kinds[kind], >, N_DRAWS / 50);
  random_operations_free (random);
  g_hash_table_unref (receiver.surfaces);
}

static void
test_favour (void)
{
  RandomOperations *random = random_operations_new (7);
  Receiver receiver = {
      .surfaces = g_hash_table_new_full (NULL, NULL, NULL, free_surface)};

  random_operations_favour (random, QXL_OP_STROKE);
  for (guint left = N_DRAWS, n; left > 0; left -= n) {
    g_autoptr (QxlBatch) batch = random_operations_next (random, left, &n);

    for (guint i = 0; i < batch->commands->len; i++)
      take (&receiver, qxl_batch_at (batch, i));
  }
  /* three of four draws are operations */
  g_assert_cmpuint (receiver.kinds[QXL_OP_STROKE], >, N_DRAWS / 3);
  for (guint kind = QXL_OP_FILL; kind < QXL_N_OPS; kind++)
    g_assert_cmpuint (receiver.kinds[kind], >, N_DRAWS / 100);
  random_operations_free (random);
  g_hash_table_unref (receiver.surfaces);
}

static void
test_repeatable (void)
{
  RandomOperations *one = random_operations_new (3);
  RandomOperations *two = random_operations_new (3);
  g_autoptr (QxlImage) picture = NULL, again = NULL;

  for (guint i = 0; i < 50; i++) {
    guint n_one, n_two;

    qxl_batch_free (random_operations_next (one, 8, &n_one));
    qxl_batch_free (random_operations_next (two, 8, &n_two));
    g_assert_cmpuint (n_one, ==, n_two);
  }
  picture = random_operations_picture (one);
  again = random_operations_picture (two);
  g_assert_cmpmem (picture->pixels, qxl_image_size (picture), again->pixels,
                   qxl_image_size (again));
  random_operations_free (one);
  random_operations_free (two);
}

static void
test_invalid (void)
{
  RandomOperations *random = random_operations_new (11);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint n;

  for (guint i = 0; i < N_DRAWS; i++) {
    const char *spoiled = NULL;
    g_autoptr (QxlBatch) batch = NULL;
    g_autoptr (GError) error = NULL;

    if (i % 20 == 0)
      qxl_batch_free (random_operations_next (random, 8, &n));
    batch = random_operations_next_invalid (random, &spoiled);
    if (qxl_validate (qxl_batch_at (batch, 0), random_operations_shape, random,
                      &error))
      g_error ("%s is taken", spoiled);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    g_assert_cmpuint (strlen (error->message), >, 10);
    g_hash_table_add (seen, (gpointer)spoiled);
  }
  /* most of the tables' */
  g_assert_cmpuint (g_hash_table_size (seen), >, 80);
  random_operations_free (random);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random-operations/are-valid-and-show-the-same",
                   test_valid);
  g_test_add_func ("/random-operations/favour-one-kind", test_favour);
  g_test_add_func ("/random-operations/repeat-by-seed", test_repeatable);
  g_test_add_func ("/random-operations/invalid-ones-are-refused", test_invalid);
  return g_test_run ();
}

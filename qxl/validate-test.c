/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "validate.h"

#include "command-samples.h"
#include "command-spoils.h"
#include "surface.h"

#include <gio/gio.h>
#include <string.h>

static QxlBatch *
samples (void)
{
  QxlBatch *batch = qxl_batch_new ();

  qxl_sample_commands (batch);
  return batch;
}

static void
check_taken (const QxlCommand *command)
{
  g_autoptr (GError) error = NULL;

  qxl_validate (command, qxl_sample_shape, NULL, &error);
  g_assert_no_error (error);
}

/* what is wrong, for the caller to free */
static char *
check_refused (const QxlCommand *command)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (qxl_validate (command, qxl_sample_shape, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  return g_strdup (error->message);
}

static void
test_samples (void)
{
  g_autoptr (QxlBatch) batch = samples ();
  bool is_seen[QXL_N_OPS] = {false};

  for (guint i = 0; i < batch->commands->len; i++) {
    const QxlCommand *command = qxl_batch_at (batch, i);
    check_taken (command);
    if (command->kind == QXL_COMMAND_DRAW &&
        command->u.draw->kind == QXL_DRAW_OPERATION)
      is_seen[command->u.draw->u.operation->kind] = true;
  }
  for (guint kind = QXL_OP_FILL; kind < QXL_N_OPS; kind++)
    g_assert_true (is_seen[kind]);
}

/* one thing spoiled in each of the samples that has it */
static void
test_spoil (gconstpointer data)
{
  const QxlSpoil *spoil = data;
  guint n_refused = 0;

  for (guint i = 0;; i++) {
    g_autoptr (QxlBatch) batch = samples ();
    QxlCommand *command;

    if (i == batch->commands->len)
      break;
    command = &g_array_index (batch->commands, QxlCommand, i);
    if (spoil->spoil (command)) {
      g_autofree char *text = check_refused (command);
      if (strstr (text, spoil->text) == NULL)
        g_error ("got '%s', expected '%s'", text, spoil->text);
      n_refused++;
    } else {
      check_taken (command);
    }
  }
  g_assert_cmpuint (n_refused, >, 0);
}

/* limits from inside */

static QxlDrawable *
operation (QxlOperation *op)
{
  const QxlRect box = QXL_RECT (0, 0, 64, 48);

  return qxl_drawable_new_operation (QXL_PRIMARY_SURFACE, &box, op);
}

static QxlBatch *
batch_of (QxlDrawable *draw)
{
  QxlBatch *batch = qxl_batch_new ();

  qxl_batch_draw (batch, draw);
  return batch;
}

static void
test_clip (void)
{
  QxlOperation *op = qxl_operation_new (QXL_OP_BLACKNESS);
  g_autofree QxlRect *rects = g_new0 (QxlRect, QXL_MAX_CLIP_RECTS);
  g_autoptr (QxlBatch) batch = NULL;

  qxl_operation_clip (op, rects, QXL_MAX_CLIP_RECTS);
  batch = batch_of (operation (op));
  check_taken (qxl_batch_at (batch, 0));
  /* nothing to draw is no error */
  qxl_operation_clip (op, NULL, 0);
  check_taken (qxl_batch_at (batch, 0));
}

static void
test_composite_numbers (void)
{
  static const struct {
    guint first, last;
  } ranges[] = {{0, 0x0d}, {0x10, 0x1b}, {0x20, 0x2b}, {0x30, 0x3e}};
  QxlOperation *op = qxl_operation_new (QXL_OP_COMPOSITE);
  g_autoptr (QxlBatch) batch = batch_of (operation (op));
  guint next = 0;

  op->u.composite.src = qxl_source_surface (1);
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++) {
    for (; next < ranges[i].first; next++) {
      op->u.composite.flags = next;
      g_free (check_refused (qxl_batch_at (batch, 0)));
    }
    for (; next <= ranges[i].last; next++) {
      op->u.composite.flags = next;
      check_taken (qxl_batch_at (batch, 0));
    }
  }
  for (; next <= 0xff; next++) {
    op->u.composite.flags = next;
    g_free (check_refused (qxl_batch_at (batch, 0)));
  }
}

/* each format as source on each: colours on colours, alpha on its like */
static void
test_formats (void)
{
  static const QxlFormat formats[] = {QXL_SURFACE_FORMATS};
  const QxlRect box = QXL_RECT (0, 0, 8, 8);

  for (uint32_t dest = 0; dest < QXL_SAMPLE_SURFACES; dest++)
    for (uint32_t src = 0; src < QXL_SAMPLE_SURFACES; src++) {
      QxlOperation *op = qxl_operation_new (QXL_OP_COPY);
      g_autoptr (QxlBatch) batch =
          batch_of (qxl_drawable_new_operation (dest, &box, op));
      bool is_taken = dest == src || (qxl_format_is_colour (formats[dest]) &&
                                      qxl_format_is_colour (formats[src]));

      op->u.copy.src = qxl_source_surface (src);
      op->u.copy.src_area = box;
      if (is_taken)
        check_taken (qxl_batch_at (batch, 0));
      else
        g_free (check_refused (qxl_batch_at (batch, 0)));
    }
}

static void
test_cursor_sizes (void)
{
  /* of 9x2, by type: rows and masks are padded to bytes */
  static const gsize sizes[QXL_N_CURSOR_TYPES] = {
      72, 8, 10 + 64 + 4, 18 + 1024 + 4, 36 + 4, 54 + 4, 72 + 4};

  for (guint type = 0; type < QXL_N_CURSOR_TYPES; type++) {
    g_autoptr (QxlBatch) batch = qxl_batch_new ();
    QxlCursorCommand *cursor = qxl_cursor_command_new (QXL_CURSOR_SET);

    cursor->shape = qxl_cursor_shape_new (
        (QxlCursorType)type, 0, 9, 2, 8, 1,
        g_bytes_new_take (g_malloc0 (sizes[type]), sizes[type]));
    qxl_batch_cursor (batch, cursor);
    check_taken (qxl_batch_at (batch, 0));
  }
}

static void
test_create (void)
{
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  static const QxlFormat formats[] = {QXL_SURFACE_FORMATS};

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    qxl_batch_create_surface (batch, i, 1, QXL_SURFACE_MAX_SIDE, formats[i]);
  for (guint i = 0; i < batch->commands->len; i++)
    check_taken (qxl_batch_at (batch, i));
}

/* a head that is off lies nowhere */
static void
test_heads (void)
{
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  QxlHead heads[QXL_MAX_HEADS] = {{.surface_id = 999}};

  for (guint i = 1; i < QXL_MAX_HEADS; i++)
    heads[i] = (QxlHead){i, 0, QXL_RECT (0, 0, 64, 48)};
  qxl_batch_set_monitors (batch, heads, QXL_MAX_HEADS, QXL_MAX_HEADS);
  check_taken (qxl_batch_at (batch, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/validate/takes-commands-of-all-kinds", test_samples);
  g_test_add_func ("/validate/takes-the-largest-clip", test_clip);
  g_test_add_func ("/validate/takes-operators-there-are",
                   test_composite_numbers);
  g_test_add_func ("/validate/takes-formats-that-can-be-converted",
                   test_formats);
  g_test_add_func ("/validate/takes-cursors-of-all-types", test_cursor_sizes);
  g_test_add_func ("/validate/takes-surfaces-of-all-formats", test_create);
  g_test_add_func ("/validate/takes-heads-that-are-off", test_heads);
  for (guint i = 0; i < QXL_N_SPOIL_TABLES; i++)
    for (const QxlSpoil *s = qxl_spoil_tables[i]; s->name != NULL; s++) {
      g_autofree char *path = g_strconcat ("/validate/refuses/", s->name, NULL);
      g_test_add_data_func (path, s, test_spoil);
    }
  return g_test_run ();
}

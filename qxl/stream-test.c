/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/stream.h"

#include "qxl/command-samples.h"
#include "qxl/operation-fixture.h"
#include "qxl/surface.h"

#include <string.h>

static GBytes *
write_batch (const QxlBatch *batch)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  qxl_stream_write_batch (batch, writer);
  return qxl_writer_steal (writer);
}

static QxlBatch *
read_all (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  QxlBatch *batch = qxl_stream_read_batch (bytes, NULL, NULL, &error);

  g_assert_no_error (error);
  return batch;
}

/* what was refused */
typedef struct {
  guint n;
  guint record; /* the last one */
  char *text;   /* of the last one, owned */
} Refusals;

static void
on_refused (gpointer user_data, guint record, const GError *error)
{
  Refusals *refusals = user_data;

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  refusals->n++;
  refusals->record = record;
  g_free (refusals->text);
  refusals->text = g_strdup (error->message);
}

static const QxlStreamHooks telling = {NULL, on_refused};

static void
add_cursor (QxlBatch *batch, QxlCursorKind kind)
{
  QxlCursorCommand *cursor = qxl_cursor_command_new (kind);

  cursor->x = -3;
  cursor->y = 9;
  cursor->length = 4;
  cursor->frequency = 50;
  if (kind == QXL_CURSOR_SET) {
    cursor->is_visible = true;
    cursor->shape = qxl_cursor_shape_new (QXL_CURSOR_MONO, 77, 3, 1, 2, 0,
                                          g_bytes_new ("\xe0\x40", 2));
  }
  qxl_batch_cursor (batch, cursor);
}

/* a record of each kind that draws nothing */
static QxlBatch *
others (void)
{
  static const QxlFormat formats[] = {QXL_SURFACE_FORMATS};
  const QxlHead heads[] = {{0, 0, {0, 0, 10, 20}}, {1, 0, {10, 0, 10, 0}}};
  const QxlRect area = {1, 2, 3, 4};
  QxlBatch *batch = qxl_batch_new ();

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    qxl_batch_create_surface (batch, i, 100 + i, 50, formats[i]);
  qxl_batch_set_monitors (batch, heads, 2, 4);
  for (guint kind = 0; kind <= QXL_CURSOR_RESET; kind++)
    add_cursor (batch, (QxlCursorKind)kind);
  qxl_batch_update (batch, 1, &area, 7);
  qxl_batch_message (batch, "grüße");
  qxl_batch_destroy_surface (batch, 3);
  return batch;
}

static void
assert_same_again (const QxlBatch *batch)
{
  g_autoptr (GBytes) bytes = write_batch (batch);
  g_autoptr (QxlBatch) again = read_all (bytes);
  g_autoptr (GBytes) second = write_batch (again);

  g_assert_cmpuint (again->commands->len, ==, batch->commands->len);
  for (guint i = 0; i < batch->commands->len; i++)
    g_assert_cmpint (qxl_batch_at (again, i)->kind, ==,
                     qxl_batch_at (batch, i)->kind);
  g_assert_true (g_bytes_equal (bytes, second));
}

static void
test_others (void)
{
  g_autoptr (QxlBatch) batch = others ();

  assert_same_again (batch);
}

static void
test_values (void)
{
  g_autoptr (QxlBatch) batch = others ();
  g_autoptr (GBytes) bytes = write_batch (batch);
  g_autoptr (QxlBatch) again = read_all (bytes);
  const QxlCommand *monitors = qxl_batch_at (again, 6);
  const QxlCursorCommand *set = qxl_batch_at (again, 7)->u.cursor;
  const QxlCommand *update = qxl_batch_at (again, 12);

  g_assert_cmpuint (qxl_batch_at (again, 3)->u.create.width, ==, 103);
  g_assert_cmpuint (monitors->u.monitors.max_heads, ==, 4);
  g_assert_cmpint (monitors->u.monitors.heads[0].area.bottom, ==, 20);
  g_assert_true (qxl_rect_is_empty (&monitors->u.monitors.heads[1].area));
  g_assert_cmpint (set->x, ==, -3);
  g_assert_true (set->is_visible);
  g_assert_cmpuint (set->shape->unique, ==, 77);
  g_assert_cmpuint (set->shape->hot_x, ==, 2);
  g_assert_cmpint (qxl_batch_at (again, 10)->u.cursor->frequency, ==, 50);
  g_assert_cmpint (update->u.update.area.top, ==, 2);
  g_assert_cmpuint (update->u.update.update_id, ==, 7);
  g_assert_cmpstr (qxl_batch_at (again, 13)->u.message, ==, "grüße");
}

static void
test_samples (void)
{
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (QxlBatch) again = NULL;

  qxl_sample_commands (batch);
  bytes = write_batch (batch);
  again = read_all (bytes);
  g_assert_cmpuint (again->commands->len, ==, batch->commands->len);
  for (guint i = 0; i < again->commands->len; i++) {
    g_autoptr (GError) error = NULL;
    qxl_validate (qxl_batch_at (again, i), qxl_sample_shape, NULL, &error);
    g_assert_no_error (error);
  }
}

static void
test_random_draws (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  const QxlRect box = {0, 0, 20, 20};

  for (guint round = 0; round < 20; round++) {
    g_autoptr (QxlBatch) batch = qxl_batch_new ();

    for (guint kind = QXL_OP_FILL; kind < QXL_N_OPS; kind++)
      qxl_batch_draw (
          batch,
          qxl_drawable_new_operation (
              1, &box, qxl_fixture_operation (rand, (QxlOpKind)kind, 3)));
    assert_same_again (batch);
  }
}

static void
test_pixels_stay (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (QxlBatch) again = NULL;
  const QxlRect box = {0, 0, 1, 1};
  const uint8_t *data;
  gsize size;

  qxl_batch_message (batch, "odd");
  for (guint i = 0; i < 5; i++)
    qxl_batch_draw (
        batch, qxl_drawable_new_copy (0, &box,
                                      qxl_fixture_image (rand, QXL_FORMAT_BGRX),
                                      (QxlPoint){0, 0}));
  bytes = write_batch (batch);
  data = g_bytes_get_data (bytes, &size);
  again = read_all (bytes);
  for (guint i = 1; i < again->commands->len; i++) {
    const QxlOperation *op = qxl_batch_at (again, i)->u.draw->u.operation;
    const uint8_t *pixels = op->u.copy.src.image->pixels;
    g_assert_true (pixels > data && pixels < data + size);
  }
}

/* the example of docs/qxl-format.md */
static void
test_example (void)
{
  static const uint8_t example[] = {
      0x3a, 0x01, 0x02, 0x00, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x80, 0x02, 0x00, 0x00, 0xe0, 0x01, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00,
      0x01, 0x00, 0x00, 0x00, 0x2e, 0x01, 0x02, 0x00, 0x29, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x0a, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00,
      0x1e, 0x00, 0x00, 0x00, 0x3c, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00,
      0xff, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
  const QxlRect box = {20, 10, 60, 30};
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  g_autoptr (GBytes) bytes = NULL;

  qxl_batch_create_surface (batch, 0, 640, 480, QXL_FORMAT_BGRX);
  qxl_batch_draw (batch, qxl_drawable_new_fill (0, &box, 0xff0000));
  bytes = write_batch (batch);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                   example, sizeof example);
}

/* bad records */

/* three messages, the middle one's kind or size replaced */
static GBytes *
spoil (size_t pos, uint32_t value)
{
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  g_autoptr (GBytes) bytes = NULL;
  uint8_t *data;
  gsize size;

  qxl_batch_message (batch, "1234");
  qxl_batch_message (batch, "5678");
  qxl_batch_message (batch, "9abc");
  bytes = write_batch (batch);
  data = g_memdup2 (g_bytes_get_data (bytes, &size), g_bytes_get_size (bytes));
  g_assert_cmpuint (size, ==, 36);
  value = GUINT32_TO_LE (value);
  memcpy (data + 12 + pos, &value, 4);
  return g_bytes_new_take (data, size);
}

static const struct {
  uint32_t kind;
  const char *says;
} bad_kinds[] = {
    {0, "record 1, kind 0 (?): there is no such kind"},
    {3, "kind 0x3"},
    {QXL_STREAM_DISPLAY + 301, "draws nothing"},
    {QXL_STREAM_DISPLAY + 302, "(fill): "},
    {QXL_STREAM_DISPLAY + 316, "draws nothing"},
    {QXL_STREAM_CURSOR + 101, "no such kind"},
    {QXL_RECORD_CURSOR_SET, "(cursor-set): "},
    {QXL_RECORD_SURFACE_CREATE, "(surface-create): "},
    {QXL_RECORD_MONITORS, "heads"},
};

static void
test_bad_kinds (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_kinds); i++) {
    g_autoptr (GBytes) bytes = spoil (0, bad_kinds[i].kind);
    Refusals refusals = {0};
    g_autoptr (QxlBatch) batch =
        qxl_stream_read_batch (bytes, &telling, &refusals, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_cmpuint (refusals.n, ==, 1);
    g_assert_cmpuint (refusals.record, ==, 1);
    if (strstr (refusals.text, bad_kinds[i].says) == NULL)
      g_error ("“%s” does not say “%s”", refusals.text, bad_kinds[i].says);
    g_assert_cmpuint (batch->commands->len, ==, 2);
    g_assert_cmpstr (qxl_batch_at (batch, 1)->u.message, ==, "9abc");
    g_assert_null (qxl_stream_read_batch (bytes, NULL, NULL, &error));
    g_assert_cmpstr (error->message, ==, refusals.text);
    g_free (refusals.text);
  }
}

static void
test_no_end (void)
{
  g_autoptr (GBytes) bytes = spoil (4, 17);
  Refusals refusals = {0};
  g_autoptr (QxlBatch) batch =
      qxl_stream_read_batch (bytes, &telling, &refusals, NULL);

  g_assert_cmpuint (batch->commands->len, ==, 1);
  g_assert_cmpuint (refusals.n, ==, 1);
  g_assert_nonnull (strstr (refusals.text, "body of 17 bytes, 16 are left"));
  g_free (refusals.text);
}

static void
test_formats (void)
{
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  qxl_batch_create_surface (batch, 1, 5, 5, QXL_FORMAT_RGBX);
  bytes = write_batch (batch);
  g_assert_null (qxl_stream_read_batch (bytes, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "surface of format 0"));
}

/* Every prefix has the records that are whole; what is cut off is told. */
static void
test_prefixes (void)
{
  g_autoptr (QxlBatch) batch = others ();
  g_autoptr (GBytes) bytes = NULL;
  guint most = 0;

  qxl_sample_commands (batch);
  bytes = write_batch (batch);
  for (size_t size = 0; size < g_bytes_get_size (bytes); size++) {
    g_autoptr (GBytes) prefix =
        g_bytes_new (g_bytes_get_data (bytes, NULL), size);
    Refusals refusals = {0};
    g_autoptr (QxlBatch) read =
        qxl_stream_read_batch (prefix, &telling, &refusals, NULL);

    g_assert_cmpuint (refusals.n, <=, 1);
    g_assert_cmpuint (read->commands->len, >=, most);
    most = read->commands->len;
    g_free (refusals.text);
  }
  g_assert_cmpuint (most, >=, batch->commands->len - 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/records-that-draw-nothing-come-back", test_others);
  g_test_add_func ("/stream/their-values-come-back", test_values);
  g_test_add_func ("/stream/valid-commands-stay-valid", test_samples);
  g_test_add_func ("/stream/random-draws-come-back", test_random_draws);
  g_test_add_func ("/stream/pixels-stay-where-they-are", test_pixels_stay);
  g_test_add_func ("/stream/bytes-are-as-documented", test_example);
  g_test_add_func ("/stream/a-bad-record-loses-itself-only", test_bad_kinds);
  g_test_add_func ("/stream/a-record-without-end-loses-the-rest", test_no_end);
  g_test_add_func ("/stream/unknown-formats-are-refused", test_formats);
  g_test_add_func ("/stream/prefixes-are-read-up-to-the-cut", test_prefixes);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/cursor.h"

#include <gio/gio.h>
#include <string.h>

static QxlCursorShape *
make_shape (QxlCursorType type, uint16_t width, uint16_t height, size_t size)
{
  GBytes *data = g_bytes_new_take (g_malloc0 (size), size);

  return qxl_cursor_shape_new (type, 1, width, height, 0, 0, data);
}

static void
assert_refused (QxlCursorShape *shape, const char *reason)
{
  g_autoptr (QxlCursorShape) owned = shape;
  g_autoptr (GError) error = NULL;

  g_assert_false (qxl_cursor_shape_check (owned, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, reason));
}

/* by hand, for 9×3 */
static const size_t sizes[QXL_N_CURSOR_TYPES] = {
    [QXL_CURSOR_ALPHA] = 108,      [QXL_CURSOR_MONO] = 12,
    [QXL_CURSOR_COLOR4] = 15 + 70, [QXL_CURSOR_COLOR8] = 27 + 1030,
    [QXL_CURSOR_COLOR16] = 60,     [QXL_CURSOR_COLOR24] = 87,
    [QXL_CURSOR_COLOR32] = 114,
};

static void
sizes_are_exact (void)
{
  for (QxlCursorType type = 0; type < QXL_N_CURSOR_TYPES; type++) {
    g_autoptr (QxlCursorShape) shape = make_shape (type, 9, 3, sizes[type]);
    g_autoptr (GError) error = NULL;

    g_assert_cmpuint (qxl_cursor_data_size (type, 9, 3), ==, sizes[type]);
    g_assert_true (qxl_cursor_shape_check (shape, &error));
    g_assert_no_error (error);
    assert_refused (make_shape (type, 9, 3, sizes[type] - 1), "bytes, not");
    assert_refused (make_shape (type, 9, 3, sizes[type] + 1), "bytes, not");
    assert_refused (make_shape (type, 9, 3, 0), "bytes, not");
  }
}

static void
types_are_known (void)
{
  g_assert_cmpuint (qxl_cursor_data_size (QXL_N_CURSOR_TYPES, 1, 1), ==, 0);
  assert_refused (make_shape (QXL_N_CURSOR_TYPES, 1, 1, 4), "type 7");
  assert_refused (make_shape ((QxlCursorType)0xffff, 1, 1, 4), "type 65535");
}

static void
sides_are_bounded (void)
{
  g_autoptr (QxlCursorShape) largest =
      make_shape (QXL_CURSOR_ALPHA, 1024, 1024, 4u << 20);

  g_assert_true (qxl_cursor_shape_check (largest, NULL));
  assert_refused (make_shape (QXL_CURSOR_ALPHA, 0, 1, 0), "0×1");
  assert_refused (make_shape (QXL_CURSOR_ALPHA, 1, 0, 0), "1×0");
  assert_refused (make_shape (QXL_CURSOR_MONO, 1025, 1, 258), "1025×1");
  assert_refused (make_shape (QXL_CURSOR_MONO, 1, 1025, 2050), "1×1025");
  assert_refused (make_shape (QXL_CURSOR_ALPHA, 0xffff, 0xffff, 4), "65535");
}

static void
hot_spots_lie_inside (void)
{
  static const struct {
    uint16_t x, y;
    bool is_inside;
  } rows[] = {
      {2, 4, true}, {3, 0, false}, {0, 5, false}, {0xffff, 0xffff, false}};

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    QxlCursorShape *shape = make_shape (QXL_CURSOR_ALPHA, 3, 5, 60);

    shape->hot_x = rows[i].x;
    shape->hot_y = rows[i].y;
    if (!rows[i].is_inside) {
      assert_refused (shape, "hot spot");
      continue;
    }
    g_assert_true (qxl_cursor_shape_check (shape, NULL));
    qxl_cursor_shape_unref (shape);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cursor-shape/sizes-are-exact", sizes_are_exact);
  g_test_add_func ("/cursor-shape/types-are-known", types_are_known);
  g_test_add_func ("/cursor-shape/sides-are-bounded", sides_are_bounded);
  g_test_add_func ("/cursor-shape/hot-spots-lie-inside", hot_spots_lie_inside);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pointer-state.h"

#include "server-core/base/limits.h"

#include <string.h>

typedef struct {
  SpcPointerState state;
} Test;

static void
set_up (Test *test, gconstpointer data)
{
  spc_pointer_state_init (&test->state);
}

static void
tear_down (Test *test, gconstpointer data)
{
  spc_pointer_state_clear (&test->state);
}

static QxlCursorShape *
make_shape (uint16_t side, uint8_t fill)
{
  size_t size = (size_t)side * side * 4;
  uint8_t *pixels = g_malloc (size);

  memset (pixels, fill, size);
  return qxl_cursor_shape_new (QXL_CURSOR_ALPHA, 1, side, side, side - 1, 0,
                               g_bytes_new_take (pixels, size));
}

static void
set (Test *test, uint8_t fill, bool is_visible)
{
  const QxlCursorCommand command = {
      .kind = QXL_CURSOR_SET, .x = 7, .y = 8, .is_visible = is_visible};
  g_autoptr (QxlCursorShape) shape = make_shape (2, fill);
  g_autoptr (SpcPointerShape) pointer = spc_pointer_shape_new_qxl (shape, NULL);

  spc_pointer_state_apply (&test->state, &command, pointer);
}

static void
move (Test *test, int16_t x, int16_t y)
{
  const QxlCursorCommand command = {.kind = QXL_CURSOR_MOVE, .x = x, .y = y};

  spc_pointer_state_apply (&test->state, &command, NULL);
}

static void
apply_plain (Test *test, QxlCursorKind kind)
{
  const QxlCursorCommand command = {.kind = kind};

  spc_pointer_state_apply (&test->state, &command, NULL);
}

static void
test_set (Test *test, gconstpointer data)
{
  set (test, 1, true);
  g_assert_true (spc_pointer_state_is_seen (&test->state));
  g_assert_cmpint (test->state.x, ==, 0);
  g_assert_cmpint (test->state.set_x, ==, 7);
  g_assert_cmpint (test->state.set_y, ==, 8);
  set (test, 1, false);
  g_assert_false (spc_pointer_state_is_seen (&test->state));
  g_assert_nonnull (test->state.shape);
}

static void
test_move (Test *test, gconstpointer data)
{
  set (test, 1, false);
  move (test, -3, 4);
  g_assert_true (spc_pointer_state_is_seen (&test->state));
  g_assert_cmpint (test->state.x, ==, -3);
  g_assert_cmpint (test->state.y, ==, 4);
  g_assert_cmpint (test->state.set_x, ==, -3);
  g_assert_cmpint (test->state.set_y, ==, 4);
}

static void
test_hide (Test *test, gconstpointer data)
{
  set (test, 1, true);
  apply_plain (test, QXL_CURSOR_HIDE);
  g_assert_false (spc_pointer_state_is_seen (&test->state));
  g_assert_nonnull (test->state.shape);
}

static void
test_trail (Test *test, gconstpointer data)
{
  const QxlCursorCommand command = {
      .kind = QXL_CURSOR_TRAIL, .length = 5, .frequency = 6};

  g_assert_true (spc_pointer_state_is_blank (&test->state));
  spc_pointer_state_apply (&test->state, &command, NULL);
  g_assert_false (spc_pointer_state_is_blank (&test->state));
  g_assert_cmpuint (test->state.trail_length, ==, 5);
  g_assert_cmpuint (test->state.trail_frequency, ==, 6);
}

static void
test_reset (Test *test, gconstpointer data)
{
  set (test, 1, false);
  move (test, 5, 6);
  apply_plain (test, QXL_CURSOR_HIDE);
  apply_plain (test, QXL_CURSOR_RESET);
  apply_plain (test, QXL_CURSOR_RESET);
  g_assert_null (test->state.shape);
  g_assert_true (test->state.visible);
  g_assert_true (spc_pointer_state_is_blank (&test->state));
  g_assert_cmpint (test->state.x, ==, 0);
  g_assert_cmpint (test->state.set_x, ==, 0);
  g_assert_cmpuint (test->state.n_resets, ==, 2);
}

static void
test_equal_shapes (Test *test, gconstpointer data)
{
  SpcPointerShape *first;

  set (test, 1, true);
  first = test->state.shape;
  set (test, 1, true);
  g_assert_true (test->state.shape == first);
  set (test, 2, true);
  g_assert_cmpuint (
      ((const uint8_t *)g_bytes_get_data (test->state.shape->pixels, NULL))[3],
      ==, 2);
}

static void
test_copies (Test *test, gconstpointer data)
{
  SpcPointerState copy;

  spc_pointer_state_init (&copy);
  set (test, 1, true);
  spc_pointer_state_copy (&copy, &test->state);
  spc_pointer_state_clear (&test->state);
  g_assert_cmpuint (copy.shape->width, ==, 2);
  spc_pointer_state_copy (&copy, &test->state);
  g_assert_null (copy.shape);
}

static void
test_large_shapes_shrink (Test *test, gconstpointer data)
{
  g_autoptr (QxlCursorShape) shape = make_shape (1024, 0x50);
  g_autoptr (SpcPointerShape) pointer = spc_pointer_shape_new_qxl (shape, NULL);

  g_assert_cmpuint (pointer->width, ==, SPC_MAX_CURSOR_SIDE);
  g_assert_cmpuint (pointer->height, ==, SPC_MAX_CURSOR_SIDE);
  g_assert_cmpuint (pointer->hot_x, ==, SPC_MAX_CURSOR_SIDE - 1);
  g_assert_cmpuint (pointer->hot_y, ==, 0);
  g_assert_cmpuint (g_bytes_get_size (pointer->pixels), ==,
                    SPC_MAX_CURSOR_SIDE * SPC_MAX_CURSOR_SIDE * 4);
}

static void
test_bad_shapes (Test *test, gconstpointer data)
{
  g_autoptr (QxlCursorShape) shape = make_shape (2, 1);
  g_autoptr (GError) error = NULL;

  shape->hot_x = 2;
  g_assert_null (spc_pointer_shape_new_qxl (shape, &error));
  g_assert_nonnull (error);
}

#define ADD(path, func)                                                        \
  g_test_add ("/pointer-state/" path, Test, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("set", test_set);
  ADD ("move", test_move);
  ADD ("hide", test_hide);
  ADD ("trail", test_trail);
  ADD ("reset", test_reset);
  ADD ("equal-shapes", test_equal_shapes);
  ADD ("copies", test_copies);
  ADD ("large-shapes-shrink", test_large_shapes_shrink);
  ADD ("bad-shapes", test_bad_shapes);
  return g_test_run ();
}

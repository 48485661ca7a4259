/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/command-layout.h"

#include <string.h>

static const QxlRect box = {10, 20, 12, 21};

static void
write_marker (gpointer user_data, QxlSourceRole role, const QxlSource *source,
              QxlWriter *writer, size_t body_pos)
{
  guint *n_calls = user_data;

  (*n_calls)++;
  qxl_writer_u8 (writer, (uint8_t)(0xf0 + role));
  qxl_writer_u32 (writer, (uint32_t)body_pos);
}

static void
assert_body (const QxlDrawable *draw, bool explicit_transforms,
             const uint8_t *expected, size_t size)
{
  const QxlLayoutHooks hooks = {.image = write_marker,
                                .explicit_transforms = explicit_transforms};
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) written = NULL;
  guint n_calls = 0;

  qxl_writer_u16 (writer, 0x5555); /* what came before a body is not its */
  qxl_layout_write_draw (draw, writer, &hooks, &n_calls);
  written = qxl_writer_steal (writer);
  g_assert_cmpmem ((const uint8_t *)g_bytes_get_data (written, NULL) + 2,
                   g_bytes_get_size (written) - 2, expected, size);
}

#define BASE 7, 0, 0, 0, 20, 0, 0, 0, 10, 0, 0, 0, 21, 0, 0, 0, 12, 0, 0, 0
#define NO_MASK 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0

static void
test_fill (void)
{
  static const uint8_t expected[] = {BASE, 0,    1, 0x33, 0x22,
                                     0x11, 0xff, 8, 0,    NO_MASK};
  g_autoptr (QxlDrawable) draw = qxl_drawable_new_fill (7, &box, 0xff112233);

  g_assert_cmpuint (qxl_layout_message (draw), ==, 302);
  assert_body (draw, false, expected, sizeof expected);
}

static void
test_copy (void)
{
  static const uint8_t expected[] = {
      BASE, 0,       /* no clip */
      57,   0, 0, 0, /* image */
      2,    0, 0, 0,       1,    0,  0, 0, 3,
      0,    0, 0, 3,       0,    0,  0, /* src_area */
      8,    0, 1, NO_MASK, 0xf0, 57, 0, 0, 0,
  };
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, 4, 4, &pixels);
  g_autoptr (QxlDrawable) draw =
      qxl_drawable_new_copy (7, &box, image, (QxlPoint){1, 2});

  memset (pixels, 0, 64);
  g_assert_cmpuint (qxl_layout_message (draw), ==, 304);
  assert_body (draw, false, expected, sizeof expected);
}

static void
test_copy_bits (void)
{
  static const uint8_t expected[] = {BASE, 0,    1,    0,    0,
                                     0,    0xfe, 0xff, 0xff, 0xff};
  g_autoptr (QxlDrawable) draw =
      qxl_drawable_new_copy_bits (7, &box, (QxlPoint){1, -2});

  g_assert_cmpuint (qxl_layout_message (draw), ==, 104);
  assert_body (draw, false, expected, sizeof expected);
}

static void
test_clip (void)
{
  static const uint8_t expected[] = {
      BASE, 1, 1, 0, 0, 0, 2, 0, 0, 0, 1,       0,
      0,    0, 4, 0, 0, 0, 3, 0, 0, 0, NO_MASK,
  };
  const QxlRect rect = {1, 2, 3, 4};
  QxlOperation *op = qxl_operation_new (QXL_OP_INVERS);
  g_autoptr (QxlDrawable) draw = qxl_drawable_new_operation (7, &box, op);

  qxl_operation_clip (op, &rect, 1);
  g_assert_cmpuint (qxl_layout_message (draw), ==, 308);
  assert_body (draw, false, expected, sizeof expected);
}

#define IDENTITY                                                               \
  0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0

static void
test_composite_transforms (void)
{
  static const uint8_t bare[] = {
      BASE, 0, 3, 0, 0,    0,    37,   0,  0, 0, 1, 0,
      2,    0, 3, 0, 0xff, 0xff, 0xf0, 37, 0, 0, 0,
  };
  static const uint8_t settled[] = {
      BASE, 0, 3, 0, 0x10, 0,    61,   0,    0,  0, IDENTITY, 1,
      0,    2, 0, 3, 0,    0xff, 0xff, 0xf0, 61, 0, 0,        0,
  };
  QxlOperation *op = qxl_operation_new (QXL_OP_COMPOSITE);
  g_autoptr (QxlDrawable) draw = qxl_drawable_new_operation (7, &box, op);

  op->u.composite.flags = 3;
  op->u.composite.src = qxl_source_surface (4);
  op->u.composite.src_origin.x = 1;
  op->u.composite.src_origin.y = 2;
  op->u.composite.mask_origin.x = 3;
  op->u.composite.mask_origin.y = -1;
  g_assert_cmpuint (qxl_layout_message (draw), ==, 318);
  assert_body (draw, false, bare, sizeof bare);
  assert_body (draw, true, settled, sizeof settled);
  g_assert_cmpuint (op->u.composite.flags, ==, 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/layout/fill-is-laid-out-as-the-wire-has-it", test_fill);
  g_test_add_func ("/layout/copy-has-its-image-at-57", test_copy);
  g_test_add_func ("/layout/copy-bits-is-its-base-and-a-point", test_copy_bits);
  g_test_add_func ("/layout/clip-rectangles-stand-in-the-base", test_clip);
  g_test_add_func ("/layout/composites-of-surfaces-tell-transforms-if-asked",
                   test_composite_transforms);
  return g_test_run ();
}

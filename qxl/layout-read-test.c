/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/bitmap.h"
#include "qxl/command-layout.h"
#include "qxl/operation-fixture.h"

#include <string.h>

#define ROUNDS 40

static const QxlLayoutReadHooks copying = {NULL, NULL};

static GBytes *
write_body (const QxlDrawable *draw)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  qxl_layout_write_draw (draw, writer, &qxl_layout_raw, NULL);
  return qxl_writer_steal (writer);
}

static QxlDrawable *
read_body (uint16_t message, GBytes *body, GError **error)
{
  return qxl_layout_read_draw (message, g_bytes_get_data (body, NULL),
                               g_bytes_get_size (body), &copying, NULL, error);
}

static QxlDrawable *
random_draw (GRand *rand, QxlOpKind kind)
{
  const QxlRect box = {1, 2, 30, 40};

  return qxl_drawable_new_operation (5, &box,
                                     qxl_fixture_operation (rand, kind, 4));
}

static void
test_round_trip (gconstpointer data)
{
  QxlOpKind kind = (QxlOpKind)GPOINTER_TO_UINT (data);
  g_autoptr (GRand) rand = g_rand_new_with_seed (kind);

  for (guint i = 0; i < ROUNDS; i++) {
    g_autoptr (QxlDrawable) draw = random_draw (rand, kind);
    g_autoptr (GBytes) body = write_body (draw);
    g_autoptr (GError) error = NULL;
    g_autoptr (QxlDrawable) again =
        read_body (qxl_layout_message (draw), body, &error);
    g_autoptr (GBytes) second = NULL;

    g_assert_no_error (error);
    g_assert_cmpint (again->kind, ==, QXL_DRAW_OPERATION);
    g_assert_cmpint (again->u.operation->kind, ==, kind);
    g_assert_cmpuint (again->surface_id, ==, 5);
    second = write_body (again);
    g_assert_true (g_bytes_equal (body, second));
  }
}

static void
test_truncation (gconstpointer data)
{
  QxlOpKind kind = (QxlOpKind)GPOINTER_TO_UINT (data);
  g_autoptr (GRand) rand = g_rand_new_with_seed (kind);
  g_autoptr (QxlDrawable) draw = random_draw (rand, kind);
  g_autoptr (GBytes) body = write_body (draw);

  for (size_t size = 0; size < g_bytes_get_size (body); size++) {
    g_autoptr (GBytes) prefix =
        g_bytes_new (g_bytes_get_data (body, NULL), size);
    g_autoptr (GError) error = NULL;
    QxlDrawable *again = read_body (qxl_layout_message (draw), prefix, &error);

    g_assert_null (again);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  }
}

/* whatever bytes change, a body is read or refused */
static void
test_damage (gconstpointer data)
{
  QxlOpKind kind = (QxlOpKind)GPOINTER_TO_UINT (data);
  g_autoptr (GRand) rand = g_rand_new_with_seed (kind);

  for (guint i = 0; i < ROUNDS * 5; i++) {
    g_autoptr (QxlDrawable) draw = random_draw (rand, kind);
    g_autoptr (GBytes) body = write_body (draw);
    size_t size;
    g_autofree uint8_t *bytes =
        g_memdup2 (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
    g_autoptr (GError) error = NULL;
    g_autoptr (QxlDrawable) again = NULL;

    size = g_bytes_get_size (body);
    for (guint j = 0; j < 3; j++)
      bytes[g_rand_int_range (rand, 0, (gint32)MIN (size, 90))] =
          (uint8_t)g_rand_int (rand);
    again = qxl_layout_read_draw (qxl_layout_message (draw), bytes, size,
                                  &copying, NULL, &error);
    g_assert_true ((again != NULL) != (error != NULL));
  }
}

static void
test_plain (void)
{
  const QxlRect box = {0, 0, 3, 2};
  g_autoptr (QxlDrawable) draw =
      qxl_drawable_new_copy_surface (1, &box, 9, (QxlPoint){4, 5});
  g_autoptr (GBytes) body = write_body (draw);
  g_autoptr (QxlDrawable) again = read_body (304, body, NULL);
  const QxlCopy *copy = &again->u.operation->u.copy;

  g_assert_cmpint (copy->src.kind, ==, QXL_SOURCE_SURFACE);
  g_assert_cmpuint (copy->src.surface_id, ==, 9);
  g_assert_cmpint (copy->src_area.left, ==, 4);
  g_assert_cmpint (copy->src_area.bottom, ==, 7);
  g_assert_cmpuint (copy->rop, ==, QXL_ROP_PUT);
  g_assert_false (again->u.operation->is_clipped);
}

/* images */

static GBytes *
write_copy_of (QxlImage *image)
{
  const QxlRect box = {0, 0, 1, 1};
  g_autoptr (QxlDrawable) draw =
      qxl_drawable_new_copy (0, &box, image, (QxlPoint){0, 0});

  return write_body (draw);
}

static QxlDrawable *
read_sharing (GBytes *body, GError **error)
{
  const QxlLayoutReadHooks sharing = {body, NULL};

  return qxl_layout_read_draw (304, g_bytes_get_data (body, NULL),
                               g_bytes_get_size (body), &sharing, NULL, error);
}

static const QxlImage *
copied_image (const QxlDrawable *draw)
{
  return draw->u.operation->u.copy.src.image;
}

static bool
lies_in (const uint8_t *at, GBytes *bytes)
{
  size_t size;
  const uint8_t *data = g_bytes_get_data (bytes, &size);

  return at >= data && at < data + size;
}

static void
test_sharing (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (GBytes) body =
      write_copy_of (qxl_fixture_image (rand, QXL_FORMAT_BGRX));
  g_autoptr (QxlDrawable) draw = read_sharing (body, NULL);
  const uint8_t *pixels = copied_image (draw)->pixels;

  g_assert_true (lies_in (pixels, body));
  g_assert_cmpuint ((uintptr_t)pixels % 4, ==, 0);
}

static void
test_padding_is_cleared (void)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, 1, 1, &pixels);
  g_autoptr (GBytes) body = NULL;
  g_autoptr (QxlDrawable) draw = NULL;

  memset (pixels, 0xab, 4);
  body = write_copy_of (image);
  draw = read_sharing (body, NULL);
  g_assert_false (lies_in (copied_image (draw)->pixels, body));
  g_assert_cmpuint (copied_image (draw)->pixels[3], ==, 0);
}

static void
test_palette (void)
{
  static const uint32_t colours[] = {0x112233, 0x445566};
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_PLT1_BE, 2, 1, &pixels);
  g_autoptr (GBytes) body = NULL;
  g_autoptr (QxlDrawable) draw = NULL;
  static const uint8_t expected[] = {0x66, 0x55, 0x44, 0, 0x33, 0x22, 0x11, 0};

  pixels[0] = 0x80;
  qxl_image_take_palette (image, qxl_palette_new_hashed (colours, 2));
  body = write_copy_of (image);
  draw = read_sharing (body, NULL);
  g_assert_cmpint (copied_image (draw)->format, ==, QXL_FORMAT_BGRX);
  g_assert_cmpmem (copied_image (draw)->pixels, 8, expected, 8);
}

static QxlImage *
take_quic (gpointer user_data, const uint8_t *data, size_t size, uint32_t width,
           uint32_t height, GError **error)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_A8, width, height, &pixels);

  g_assert_cmpuint (size, ==, width * height);
  memcpy (pixels, data, size);
  return image;
}

#define FIXED 57 /* bytes of a copy before its image */
#define PART (FIXED + 18)

/* a copy with an image of 2×1 pixels: @type, then the bytes of its part */
static GBytes *
make_copy (uint8_t type, const uint8_t *part, size_t size)
{
  GByteArray *body = g_byte_array_new ();
  uint8_t head[PART] = {0};

  head[21] = FIXED;
  head[FIXED + 8] = type;
  head[FIXED + 10] = 2;
  head[FIXED + 14] = 1;
  g_byte_array_append (body, head, sizeof head);
  g_byte_array_append (body, part, (guint)size);
  return g_byte_array_free_to_bytes (body);
}

static void
test_quic (void)
{
  static const uint8_t part[] = {2, 0, 0, 0, 77, 88};
  const QxlLayoutReadHooks hooks = {NULL, take_quic};
  g_autoptr (GBytes) body = make_copy (1, part, sizeof part);
  g_autoptr (QxlDrawable) draw =
      qxl_layout_read_draw (304, g_bytes_get_data (body, NULL),
                            g_bytes_get_size (body), &hooks, NULL, NULL);

  g_assert_nonnull (draw);
  g_assert_cmpuint (copied_image (draw)->pixels[1], ==, 88);
}

/* a good body, one byte of which is changed */
static const struct {
  const char *name;
  uint16_t message;
  size_t pos;
  uint8_t value;
  const char *says; /* part of the error */
} bad[] = {
    {"clip type", 304, 20, 2, "clip of type 2"},
    {"no image", 304, 21, 0, "pointer to image is 0"},
    {"pointer outside", 304, 23, 1, "pointer to image is 65593"},
    {"scale mode", 304, 43, 2, "scale mode 2"},
    {"image type", 304, FIXED + 8, 105, "image of type 105"},
    {"QUIC without decoder", 304, FIXED + 8, 1, "QUIC"},
    {"width", 304, FIXED + 10, 3, "bitmap of 2×1 pixels in an image of 3×1"},
    {"bitmap format", 304, PART, 11, "format 11"},
    {"cached palette", 304, PART + 1, 6, "palette of a cache"},
    {"stride", 304, PART + 10, 7, "rows of 7 bytes"},
    {"rows", 304, PART + 13, 0x10, "comes with"},
    {"palette outside", 304, PART + 15, 0x10, "pointer to palette"},
    {"mask of 32 bits", 304, 53, FIXED, "mask of bitmap format 8"},
};

static void
test_refusals (void)
{
  static const uint8_t part[] = {8, 4, 2, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0,
                                 0, 0, 0, 0, 0, 1, 2, 3, 0, 4, 5, 6, 0};
  g_autoptr (GBytes) good = make_copy (0, part, sizeof part);
  g_autoptr (QxlDrawable) draw = read_body (304, good, NULL);

  g_assert_nonnull (draw);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    size_t size = g_bytes_get_size (good);
    g_autofree uint8_t *bytes = g_memdup2 (g_bytes_get_data (good, NULL), size);
    g_autoptr (GError) error = NULL;

    bytes[bad[i].pos] = bad[i].value;
    g_assert_null (qxl_layout_read_draw (bad[i].message, bytes, size, &copying,
                                         NULL, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    if (strstr (error->message, bad[i].says) == NULL)
      g_error ("%s: “%s” does not say “%s”", bad[i].name, error->message,
               bad[i].says);
  }
}

static void
test_unknown_message (void)
{
  static const uint16_t none[] = {0, 103, 105, 301, 314, 316, 319, 65535};

  for (guint i = 0; i < G_N_ELEMENTS (none); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (qxl_layout_read_draw (none[i], (const uint8_t *)"", 0,
                                         &copying, NULL, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  }
}

static void
test_too_many_clips (void)
{
  size_t size = 25 + 16 * 65537 + 13;
  g_autofree uint8_t *bytes = g_malloc0 (size);
  g_autoptr (GError) error = NULL;

  bytes[20] = 1;
  bytes[21] = 1;
  bytes[23] = 1;
  g_assert_null (
      qxl_layout_read_draw (308, bytes, size, &copying, NULL, &error));
  g_assert_nonnull (strstr (error->message, "65537"));
}

static void
add_each (const char *name, void (*test) (gconstpointer))
{
  for (guint kind = QXL_OP_FILL; kind < QXL_N_OPS; kind++) {
    g_autofree char *path =
        g_strdup_printf ("/layout/%s/%s", name, qxl_op_kind_name (kind));
    g_test_add_data_func (path, GUINT_TO_POINTER (kind), test);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_each ("what-is-written-is-read", test_round_trip);
  add_each ("prefixes-are-refused", test_truncation);
  add_each ("damage-is-read-or-refused", test_damage);
  g_test_add_func ("/layout/plain-draws-are-read-as-operations", test_plain);
  g_test_add_func ("/layout/aligned-pixels-are-not-copied", test_sharing);
  g_test_add_func ("/layout/bytes-without-meaning-become-0",
                   test_padding_is_cleared);
  g_test_add_func ("/layout/palettes-are-looked-up", test_palette);
  g_test_add_func ("/layout/quic-is-decoded-by-the-hook", test_quic);
  g_test_add_func ("/layout/refusals-say-what-came", test_refusals);
  g_test_add_func ("/layout/other-messages-are-refused", test_unknown_message);
  g_test_add_func ("/layout/clips-have-a-limit", test_too_many_clips);
  return g_test_run ();
}

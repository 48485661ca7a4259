/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/guest-data.h"

#include <string.h>

#define BEGIN QXL_PATH_BEGIN
#define END QXL_PATH_END
#define CLOSE QXL_PATH_CLOSE
#define BEZIER QXL_PATH_BEZIER

typedef struct {
  uint32_t flags, count;
} Segment;

/* points are (1, 2), (3, 4)… */
static GBytes *
path_bytes (const Segment *segments, guint n, bool is_wire)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  uint32_t coordinate = 1;

  if (is_wire)
    qxl_writer_u32 (writer, n);
  for (guint i = 0; i < n; i++) {
    if (is_wire)
      qxl_writer_u8 (writer, (uint8_t)segments[i].flags);
    else
      qxl_writer_u32 (writer, segments[i].flags);
    qxl_writer_u32 (writer, segments[i].count);
    for (uint32_t p = 0; p < 2 * segments[i].count; p++)
      qxl_writer_u32 (writer, coordinate++);
  }
  return qxl_writer_steal (writer);
}

static bool
read_path (QxlOperation *operation, GBytes *bytes, size_t size, bool is_wire,
           GError **error)
{
  QxlReader reader;

  qxl_reader_init (&reader, g_bytes_get_data (bytes, NULL), size);
  return is_wire
             ? qxl_path_read_wire (&operation->u.stroke.path, &reader, error)
             : qxl_path_read_guest (&operation->u.stroke.path, &reader, error);
}

static void
assert_why (const GError *error, const char *why)
{
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  if (strstr (error->message, why) == NULL)
    g_error ("expected '%s' in '%s'", why, error->message);
}

static void
paths_have_segments_of_points (void)
{
  static const Segment segments[] = {
      {BEGIN, 2}, {0, 1}, {BEZIER, 3}, {END | CLOSE, 0}, {BEGIN | BEZIER, 4}};

  for (guint is_wire = 0; is_wire < 2; is_wire++) {
    g_autoptr (GBytes) bytes =
        path_bytes (segments, G_N_ELEMENTS (segments), is_wire);
    g_autoptr (QxlOperation) operation = qxl_operation_new (QXL_OP_STROKE);
    const QxlPath *path = &operation->u.stroke.path;
    g_autoptr (GError) error = NULL;
    guint at = 0;

    read_path (operation, bytes, g_bytes_get_size (bytes), is_wire, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (path->n_segments, ==, G_N_ELEMENTS (segments));
    for (guint i = 0; i < path->n_segments; i++) {
      g_assert_cmpuint (path->segments[i].flags, ==, segments[i].flags);
      g_assert_cmpuint (path->segments[i].n_points, ==, segments[i].count);
      g_assert_true (path->segments[i].points == path->points + at);
      at += segments[i].count;
    }
    for (guint i = 0; i < at; i++) {
      g_assert_cmpint (path->points[i].x, ==, 2 * i + 1);
      g_assert_cmpint (path->points[i].y, ==, 2 * i + 2);
    }
  }
}

static void
paths_that_end_early_are_refused (void)
{
  static const Segment segments[] = {{BEGIN, 2}, {END, 1}};

  for (guint is_wire = 0; is_wire < 2; is_wire++) {
    g_autoptr (GBytes) bytes = path_bytes (segments, 2, is_wire);

    for (size_t size = 0; size < g_bytes_get_size (bytes); size++) {
      g_autoptr (QxlOperation) operation = qxl_operation_new (QXL_OP_STROKE);
      g_autoptr (GError) error = NULL;
      /* a guest's may end between segments */
      bool ends = !is_wire && (size == 0 || size == 8 + 2 * 8);

      g_assert_cmpint (read_path (operation, bytes, size, is_wire, &error), ==,
                       ends);
      if (!ends)
        assert_why (error, "path");
    }
  }
}

static void
paths_without_sense_are_refused (void)
{
  static const struct {
    Segment segments[2];
    guint n;
    const char *why;
  } cases[] = {
      {{{BEGIN, 0}}, 1, "begins with no point"},
      {{{BEGIN | BEZIER, 3}}, 1, "not 3 a curve"},
      {{{BEGIN, 1}, {BEZIER, 2}}, 2, "not 3 a curve"},
      {{{BEZIER, 3}}, 1, "no point to start from"},
      {{{BEGIN | END, 1}, {BEZIER, 3}}, 2, "no point to start from"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint is_wire = 0; is_wire < 2; is_wire++) {
      g_autoptr (GBytes) bytes =
          path_bytes (cases[i].segments, cases[i].n, is_wire);
      g_autoptr (QxlOperation) operation = qxl_operation_new (QXL_OP_STROKE);
      g_autoptr (GError) error = NULL;

      g_assert_false (read_path (operation, bytes, g_bytes_get_size (bytes),
                                 is_wire, &error));
      assert_why (error, cases[i].why);
    }
}

static void
paths_are_not_too_long (void)
{
  static const struct {
    Segment segment;
    guint n;
  } cases[] = {{{0, 0}, QXL_MAX_PATH_SEGMENTS + 1},
               {{0, 1 << 12}, QXL_PATH_MAX_POINTS / (1 << 12) + 1}};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree Segment *segments = g_new (Segment, cases[i].n);
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (QxlOperation) operation = qxl_operation_new (QXL_OP_STROKE);
    g_autoptr (GError) error = NULL;

    for (guint n = 0; n < cases[i].n; n++)
      segments[n] = cases[i].segment;
    bytes = path_bytes (segments, cases[i].n, false);
    g_assert_false (
        read_path (operation, bytes, g_bytes_get_size (bytes), false, &error));
    assert_why (error, "path of over");
  }
}

static void
counts_beyond_the_data_are_refused (void)
{
  static const uint8_t path[] = {1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff};
  g_autoptr (QxlOperation) stroke = qxl_operation_new (QXL_OP_STROKE);
  g_autoptr (QxlOperation) fill = qxl_operation_new (QXL_OP_FILL);
  g_autoptr (GError) error = NULL;
  QxlReader reader;

  qxl_reader_init (&reader, path, sizeof path);
  g_assert_false (
      qxl_path_read_guest (&stroke->u.stroke.path, &reader, &error));
  assert_why (error, "4294967295 points comes with 0 bytes");
  g_clear_error (&error);
  qxl_reader_init (&reader, path, sizeof path);
  g_assert_false (qxl_operation_read_clip (fill, &reader, 1, &error));
  assert_why (error, "1 rectangles comes with 8 bytes");
  g_clear_error (&error);
  g_assert_false (
      qxl_operation_read_clip (fill, &reader, QXL_MAX_CLIP_RECTS + 1, &error));
  assert_why (error, "at most 65536");
  g_assert_false (fill->is_clipped);
}

static void
clips_are_top_left_bottom_right (void)
{
  static const uint8_t rects[] = {1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0,
                                  0, 4, 0, 0, 0, 5, 0, 0, 0, 6, 0,
                                  0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 9};
  g_autoptr (QxlOperation) fill = qxl_operation_new (QXL_OP_FILL);
  QxlReader reader;

  qxl_reader_init (&reader, rects, sizeof rects);
  g_assert_true (qxl_operation_read_clip (fill, &reader, 2, NULL));
  g_assert_true (fill->is_clipped);
  g_assert_cmpuint (fill->n_clip_rects, ==, 2);
  g_assert_true (qxl_rect_equal (&fill->clip_rects[0], &QXL_RECT (2, 1, 4, 3)));
  g_assert_true (qxl_rect_equal (&fill->clip_rects[1], &QXL_RECT (6, 5, 8, 7)));
  g_assert_cmpuint (qxl_reader_left (&reader), ==, 1);
}

/* two glyphs of 5×2 and 0×3 pixels */
static GBytes *
string_bytes (uint32_t flags, bool is_wire, int32_t x)
{
  static const uint8_t rows[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  guint row = flags & QXL_GLYPH_A1 ? 1 : flags & QXL_GLYPH_A4 ? 3 : 5;

  if (is_wire) {
    qxl_writer_u16 (writer, 2);
    qxl_writer_u8 (writer, (uint8_t)flags);
  }
  for (guint i = 0; i < 2; i++) {
    qxl_writer_u32 (writer, (uint32_t)x);
    qxl_writer_u32 (writer, 20 + i);
    qxl_writer_u32 (writer, 3);
    qxl_writer_u32 (writer, (uint32_t)-4);
    qxl_writer_u16 (writer, i == 0 ? 5 : 0);
    qxl_writer_u16 (writer, i == 0 ? 2 : 3);
    if (i == 0)
      qxl_writer_bytes (writer, rows, 2 * row);
  }
  return qxl_writer_steal (writer);
}

static bool
read_string (QxlOperation *operation, GBytes *bytes, size_t size,
             uint32_t flags, bool is_wire, GError **error)
{
  QxlString *string = &operation->u.text.string;
  QxlReader reader;

  qxl_reader_init (&reader, g_bytes_get_data (bytes, NULL), size);
  return is_wire ? qxl_string_read_wire (string, &reader, error)
                 : qxl_string_read_guest (string, &reader, 2, flags, error);
}

static void
strings_have_glyphs_of_one_format (void)
{
  static const uint32_t formats[] = {QXL_GLYPH_A1, QXL_GLYPH_A4, QXL_GLYPH_A8};

  for (guint i = 0; i < 2 * G_N_ELEMENTS (formats); i++) {
    uint32_t format = formats[i / 2];
    g_autoptr (GBytes) bytes = string_bytes (format | 8, i % 2, 10);
    g_autoptr (QxlOperation) operation = qxl_operation_new (QXL_OP_TEXT);
    const QxlString *string = &operation->u.text.string;
    g_autoptr (GError) error = NULL;

    read_string (operation, bytes, g_bytes_get_size (bytes), format | 8, i % 2,
                 &error);
    g_assert_no_error (error);
    g_assert_cmpint (string->format, ==, format);
    g_assert_cmpuint (string->n_glyphs, ==, 2);
    g_assert_cmpint (string->glyphs[1].render_pos.y, ==, 21);
    g_assert_cmpint (string->glyphs[0].glyph_origin.y, ==, -4);
    g_assert_cmpuint (string->glyphs[0].width, ==, 5);
    g_assert_cmpuint (string->glyphs[1].height, ==, 3);
    g_assert_cmpuint (string->glyphs[0].rows[1], ==, 2);
    for (size_t size = 0; size < g_bytes_get_size (bytes); size++) {
      g_autoptr (QxlOperation) cut = qxl_operation_new (QXL_OP_TEXT);

      g_assert_false (read_string (cut, bytes, size, format | 8, i % 2, NULL));
    }
  }
}

static void
strings_without_sense_are_refused (void)
{
  g_autoptr (GBytes) bytes = string_bytes (QXL_GLYPH_A1, false, 10);
  g_autoptr (GBytes) afar = string_bytes (QXL_GLYPH_A1, false, G_MAXINT32 - 6);
  static const uint32_t formats[] = {0, 3, 5, 6, 7, 8};
  g_autoptr (QxlOperation) operation = qxl_operation_new (QXL_OP_TEXT);
  QxlString *string = &operation->u.text.string;
  g_autoptr (GError) error = NULL;
  QxlReader reader;

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_clear_error (&error);
    g_assert_false (read_string (operation, bytes, g_bytes_get_size (bytes),
                                 formats[i], false, &error));
    assert_why (error, "not one of A1, A4 and A8");
  }
  g_clear_error (&error);
  g_assert_false (read_string (operation, afar, g_bytes_get_size (afar),
                               QXL_GLYPH_A1, false, &error));
  assert_why (error, "outside all surfaces");
  for (uint32_t n = 0; n < 4; n++) {
    qxl_reader_init (&reader, g_bytes_get_data (bytes, NULL),
                     g_bytes_get_size (bytes));
    g_clear_error (&error);
    if (n == 2)
      continue;
    g_assert_false (
        qxl_string_read_guest (string, &reader, n, QXL_GLYPH_A1, &error));
    assert_why (error, "string");
    g_free (g_steal_pointer (&string->glyphs));
    g_free (g_steal_pointer (&string->rows));
  }
}

static void
dashes_have_a_length (void)
{
  /* rounded as they are drawn, half down, in a byte */
  static const struct {
    int32_t style;
    bool is_drawn;
  } cases[] = {{16, true}, {9, true},         {8, false},
               {0, false}, {256 * 16, false}, {256 * 16 + 9, true}};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (QxlOperation) operation = qxl_operation_new (QXL_OP_STROKE);
    QxlLineAttr *attr = &operation->u.stroke.attr;
    uint8_t bytes[8] = {(uint8_t)cases[i].style,
                        (uint8_t)(cases[i].style >> 8)};
    QxlReader reader;

    qxl_reader_init (&reader, bytes, sizeof bytes);
    g_assert_cmpint (qxl_line_attr_read_style (attr, &reader, 2, NULL), ==,
                     cases[i].is_drawn);
    qxl_reader_init (&reader, bytes, sizeof bytes);
    g_assert_false (qxl_line_attr_read_style (attr, &reader, 0, NULL));
    g_assert_false (qxl_line_attr_read_style (attr, &reader, 3, NULL));
    g_assert_false (qxl_line_attr_read_style (attr, &reader, 256, NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/guest-data/clips-are-top-left-bottom-right",
                   clips_are_top_left_bottom_right);
  g_test_add_func ("/guest-data/paths-have-segments-of-points",
                   paths_have_segments_of_points);
  g_test_add_func ("/guest-data/paths-that-end-early-are-refused",
                   paths_that_end_early_are_refused);
  g_test_add_func ("/guest-data/paths-without-sense-are-refused",
                   paths_without_sense_are_refused);
  g_test_add_func ("/guest-data/paths-are-not-too-long",
                   paths_are_not_too_long);
  g_test_add_func ("/guest-data/counts-beyond-the-data-are-refused",
                   counts_beyond_the_data_are_refused);
  g_test_add_func ("/guest-data/strings-have-glyphs-of-one-format",
                   strings_have_glyphs_of_one_format);
  g_test_add_func ("/guest-data/strings-without-sense-are-refused",
                   strings_without_sense_are_refused);
  g_test_add_func ("/guest-data/dashes-have-a-length", dashes_have_a_length);
  return g_test_run ();
}

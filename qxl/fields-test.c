/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/fields.h"

#include <string.h>

typedef struct {
  uint8_t type;
  uint16_t id;
} Pair;

typedef struct {
  uint8_t a;
  uint16_t b;
  uint32_t c;
  uint64_t d;
  uint8_t blob[3];
  uint8_t n_small;
  Pair small[2];
  uint16_t n_medium;
  uint16_t between;
  Pair medium[3];
  uint32_t n_large;
  Pair large[4];
  uint16_t n_words;
  Pair words[2];
  QxlTail tail;
} Everything;

static const QxlField pair_fields[] = {
    QXL_F_U8 (Pair, type),
    QXL_F_U16 (Pair, id),
    QXL_F_END,
};

static const QxlField everything_fields[] = {
    QXL_F_U8 (Everything, a),
    QXL_F_U16 (Everything, b),
    QXL_F_U32 (Everything, c),
    QXL_F_U64 (Everything, d),
    QXL_F_BLOB (Everything, blob),
    QXL_F_LIST (QXL_FIELD_LIST8, Everything, n_small, small, pair_fields),
    QXL_F_U16 (Everything, n_medium),
    QXL_F_U16 (Everything, between),
    QXL_F_ITEMS (Everything, n_medium, medium, pair_fields),
    QXL_F_LIST (QXL_FIELD_LIST32, Everything, n_large, large, pair_fields),
    QXL_F_LIST (QXL_FIELD_LIST16, Everything, n_words, words, pair_fields),
    QXL_F_TAIL (Everything, tail),
    QXL_F_END,
};

static const Everything sample = {
    .a = 0xfe,
    .b = 0xfedc,
    .c = 0xfedcba98,
    .d = 0xfedcba9876543210,
    .blob = {7, 8, 9},
    .n_small = 2,
    .small = {{1, 0x0102}, {2, 0x0304}},
    .n_medium = 1,
    .between = 0x5555,
    .medium = {{3, 0x0506}},
    .n_large = 1,
    .large = {{4, 0x0708}},
    .n_words = 0,
    .tail = {(const uint8_t *)"rest", 4},
};

/* clang-format off */
static const uint8_t sample_bytes[] = {
  0xfe, 0xdc, 0xfe, 0x98, 0xba, 0xdc, 0xfe,
  0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe,
  7, 8, 9,
  2, 1, 0x02, 0x01, 2, 0x04, 0x03,
  1, 0, 0x55, 0x55, 3, 0x06, 0x05,
  1, 0, 0, 0, 4, 0x08, 0x07,
  0, 0,
  'r', 'e', 's', 't',
};
/* clang-format on */

#define TAIL_BYTES 4

static void
writes_the_layout (void)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) bytes = NULL;
  gsize size;
  const void *data;

  qxl_fields_write (everything_fields, &sample, writer);
  bytes = qxl_writer_steal (writer);
  data = g_bytes_get_data (bytes, &size);
  g_assert_cmpmem (data, size, sample_bytes, sizeof sample_bytes);
}

static void
reads_the_layout (void)
{
  Everything got = {0};
  QxlReader reader;

  qxl_reader_init (&reader, sample_bytes, sizeof sample_bytes);
  qxl_fields_read (everything_fields, &got, &reader);
  g_assert_true (qxl_reader_finish (&reader, "sample", NULL));
  g_assert_cmpuint (qxl_reader_left (&reader), ==, 0);
  g_assert_cmphex (got.a, ==, sample.a);
  g_assert_cmphex (got.b, ==, sample.b);
  g_assert_cmphex (got.c, ==, sample.c);
  g_assert_cmphex (got.d, ==, sample.d);
  g_assert_cmpmem (got.blob, 3, sample.blob, 3);
  g_assert_cmpuint (got.n_small, ==, 2);
  g_assert_cmphex (got.small[1].type, ==, 2);
  g_assert_cmphex (got.small[1].id, ==, 0x0304);
  g_assert_cmpuint (got.n_medium, ==, 1);
  g_assert_cmphex (got.medium[0].id, ==, 0x0506);
  g_assert_cmpuint (got.n_large, ==, 1);
  g_assert_cmphex (got.large[0].id, ==, 0x0708);
  g_assert_cmpuint (got.n_words, ==, 0);
  g_assert_cmpmem (got.tail.data, got.tail.size, "rest", 4);
}

/* copies of exact size, so that a sanitizer sees a byte too many */
static void
each_prefix_fails_cleanly (void)
{
  for (size_t n = 0; n < sizeof sample_bytes; n++) {
    g_autofree uint8_t *prefix = g_memdup2 (sample_bytes, n);
    bool is_whole = n >= sizeof sample_bytes - TAIL_BYTES;
    Everything got;
    QxlReader reader;

    memset (&got, 0xaa, sizeof got);
    qxl_reader_init (&reader, prefix, n);
    qxl_fields_read (everything_fields, &got, &reader);
    g_assert_true (qxl_reader_finish (&reader, "prefix", NULL) == is_whole);
    if (is_whole)
      continue;
    g_assert_cmpuint (got.n_words, ==, 0);
    g_assert_cmpuint (got.tail.size, ==, 0);
    g_assert_null (got.tail.data);
    g_assert_cmpuint (got.n_small, <=, G_N_ELEMENTS (got.small));
    g_assert_cmpuint (got.n_medium, <=, G_N_ELEMENTS (got.medium));
    g_assert_cmpuint (got.n_large, <=, G_N_ELEMENTS (got.large));
  }
}

static void
lists_over_their_array_fail (void)
{
  static const struct {
    size_t pos;
    uint8_t value;
  } cases[] = {{18, 3}, {18, 255}, {25, 4}, {26, 1},
               {32, 5}, {35, 128}, {39, 3}, {40, 255}};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    uint8_t bytes[sizeof sample_bytes];
    Everything got = {0};
    QxlReader reader;

    memcpy (bytes, sample_bytes, sizeof bytes);
    bytes[cases[i].pos] = cases[i].value;
    qxl_reader_init (&reader, bytes, sizeof bytes);
    qxl_fields_read (everything_fields, &got, &reader);
    g_assert_true (reader.failed);
    g_assert_cmpuint (got.n_small, <=, G_N_ELEMENTS (got.small));
    g_assert_cmpuint (got.n_medium, <=, G_N_ELEMENTS (got.medium));
    g_assert_cmpuint (got.n_large, <=, G_N_ELEMENTS (got.large));
    g_assert_cmpuint (got.n_words, <=, G_N_ELEMENTS (got.words));
  }
}

static void
writing_too_long_a_list_is_refused (void)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  Everything object = sample;

  object.n_large = 5;
  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*max_count*");
  qxl_fields_write (everything_fields, &object, writer);
  g_test_assert_expected_messages ();
}

static void
round_trips_random_objects (void)
{
  for (int i = 0; i < 200; i++) {
    Everything object = {0}, got = {0};
    g_autoptr (QxlWriter) writer = qxl_writer_new ();
    g_autoptr (QxlWriter) again = qxl_writer_new ();
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (GBytes) bytes_again = NULL;
    QxlReader reader;

    for (size_t at = 0; at < sizeof object; at++)
      ((uint8_t *)&object)[at] = (uint8_t)g_test_rand_int ();
    object.n_small %= 3;
    object.n_medium %= 4;
    object.n_large %= 5;
    object.n_words %= 3;
    object.tail = (QxlTail){sample_bytes, (uint32_t)i % 30};

    qxl_fields_write (everything_fields, &object, writer);
    bytes = qxl_writer_steal (writer);
    qxl_reader_init (&reader, g_bytes_get_data (bytes, NULL),
                     g_bytes_get_size (bytes));
    qxl_fields_read (everything_fields, &got, &reader);
    g_assert_false (reader.failed);
    qxl_fields_write (everything_fields, &got, again);
    bytes_again = qxl_writer_steal (again);
    g_assert_true (g_bytes_equal (bytes, bytes_again));
  }
}

static void
knows_its_smallest_size (void)
{
  static const QxlField none[] = {QXL_F_END};

  g_assert_cmpuint (qxl_fields_min_size (none), ==, 0);
  g_assert_cmpuint (qxl_fields_min_size (pair_fields), ==, 3);
  g_assert_cmpuint (qxl_fields_min_size (everything_fields), ==,
                    1 + 2 + 4 + 8 + 3 + 1 + 2 + 2 + 4 + 2);
}

static void
dumps_for_the_log (void)
{
  g_autofree char *dump = qxl_fields_dump (everything_fields, &sample);

  g_assert_cmpstr (dump, ==,
                   "a=254 b=65244 c=4275878552 d=18364758544493064720 "
                   "blob=<3 bytes> "
                   "small=[{type=1 id=258} {type=2 id=772}] "
                   "n_medium=1 between=21845 medium=[{type=3 id=1286}] "
                   "large=[{type=4 id=1800}] words=[] tail=<4 bytes>");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fields/writes-the-layout", writes_the_layout);
  g_test_add_func ("/fields/reads-the-layout", reads_the_layout);
  g_test_add_func ("/fields/each-prefix-fails-cleanly",
                   each_prefix_fails_cleanly);
  g_test_add_func ("/fields/lists-over-their-array-fail",
                   lists_over_their_array_fail);
  g_test_add_func ("/fields/writing-too-long-a-list-is-refused",
                   writing_too_long_a_list_is_refused);
  g_test_add_func ("/fields/round-trips-random-objects",
                   round_trips_random_objects);
  g_test_add_func ("/fields/knows-its-smallest-size", knows_its_smallest_size);
  g_test_add_func ("/fields/dumps-for-the-log", dumps_for_the_log);
  return g_test_run ();
}

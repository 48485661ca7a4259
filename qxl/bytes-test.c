/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/bytes.h"

#include <string.h>

static void
reader_reads_little_endian (void)
{
  static const uint8_t bytes[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06,
                                  0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c,
                                  0x0d, 0x0e, 0x0f, 0x10, 0x11};
  QxlReader reader;
  g_autoptr (GError) error = NULL;

  qxl_reader_init (&reader, bytes, sizeof bytes);
  g_assert_cmphex (qxl_reader_u8 (&reader), ==, 0x01);
  g_assert_cmphex (qxl_reader_u16 (&reader), ==, 0x0302);
  g_assert_cmphex (qxl_reader_u32 (&reader), ==, 0x07060504);
  g_assert_cmphex (qxl_reader_u64 (&reader), ==, 0x0f0e0d0c0b0a0908);
  g_assert_cmpuint (qxl_reader_left (&reader), ==, 2);
  g_assert_true (qxl_reader_bytes (&reader, 2) == bytes + 15);
  g_assert_cmpuint (qxl_reader_left (&reader), ==, 0);
  g_assert_true (qxl_reader_finish (&reader, "test", &error));
  g_assert_no_error (error);
}

static void
reader_failure_is_sticky (void)
{
  static const uint8_t bytes[] = {1, 2, 3, 4, 5};
  QxlReader reader;
  g_autoptr (GError) error = NULL;

  qxl_reader_init (&reader, bytes, sizeof bytes);
  g_assert_cmpuint (qxl_reader_u16 (&reader), ==, 0x0201);
  g_assert_cmpuint (qxl_reader_u32 (&reader), ==, 0);
  g_assert_cmpuint (qxl_reader_u8 (&reader), ==, 0);
  g_assert_null (qxl_reader_bytes (&reader, 0));
  g_assert_cmpuint (qxl_reader_left (&reader), ==, 0);
  g_assert_false (qxl_reader_finish (&reader, "thing", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "thing"));
}

static void
reader_refuses_huge_counts (void)
{
  static const uint8_t bytes[] = {1, 2, 3};
  QxlReader reader;

  qxl_reader_init (&reader, bytes, sizeof bytes);
  qxl_reader_u8 (&reader);
  g_assert_null (qxl_reader_bytes (&reader, SIZE_MAX));
  g_assert_true (reader.failed);
}

static void
reader_takes_empty_memory (void)
{
  QxlReader reader;

  qxl_reader_init (&reader, NULL, 0);
  g_assert_true (qxl_reader_finish (&reader, "nothing", NULL));
  g_assert_cmpuint (qxl_reader_u8 (&reader), ==, 0);
  g_assert_false (qxl_reader_finish (&reader, "nothing", NULL));
}

static void
assert_bytes (GBytes *bytes, const void *expected, size_t n)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  g_assert_cmpmem (data, size, expected, n);
}

static void
writer_writes_little_endian (void)
{
  static const uint8_t expected[] = {0x01, 0x03, 0x02, 0x07, 0x06, 0x05, 0x04,
                                     0x0f, 0x0e, 0x0d, 0x0c, 0x0b, 0x0a, 0x09,
                                     0x08, 'a',  'b',  0,    0,    0};
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) bytes = NULL;

  qxl_writer_u8 (writer, 0x01);
  qxl_writer_u16 (writer, 0x0203);
  qxl_writer_u32 (writer, 0x04050607);
  qxl_writer_u64 (writer, 0x08090a0b0c0d0e0f);
  qxl_writer_bytes (writer, "ab", 2);
  qxl_writer_bytes (writer, NULL, 0);
  qxl_writer_zeros (writer, 3);
  g_assert_cmpuint (qxl_writer_size (writer), ==, sizeof expected);
  bytes = qxl_writer_steal (writer);
  assert_bytes (bytes, expected, sizeof expected);
  g_assert_cmpuint (qxl_writer_size (writer), ==, 0);
}

static void
collect (GBytes *piece, gpointer user_data)
{
  g_ptr_array_add (user_data, piece);
}

static void
writer_drains_pieces_in_order (void)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) chunk = g_bytes_new_static ("chunk", 5);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (GPtrArray) pieces =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  qxl_writer_bytes (writer, "head", 4);
  qxl_writer_ref (writer, chunk);
  qxl_writer_ref (writer, empty);
  qxl_writer_ref (writer, chunk);
  qxl_writer_bytes (writer, "tail", 4);
  g_assert_cmpuint (qxl_writer_size (writer), ==, 18);
  qxl_writer_drain (writer, collect, pieces);

  g_assert_cmpuint (pieces->len, ==, 4);
  assert_bytes (pieces->pdata[0], "head", 4);
  g_assert_true (pieces->pdata[1] == chunk);
  g_assert_true (pieces->pdata[2] == chunk);
  assert_bytes (pieces->pdata[3], "tail", 4);
  g_assert_cmpuint (qxl_writer_size (writer), ==, 0);

  qxl_writer_drain (writer, collect, pieces);
  g_assert_cmpuint (pieces->len, ==, 4);
  qxl_writer_u8 (writer, 7);
  qxl_writer_drain (writer, collect, pieces);
  g_assert_cmpuint (pieces->len, ==, 5);
  assert_bytes (pieces->pdata[4], "\7", 1);
}

static void
writer_steals_all_as_one (void)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) chunk = g_bytes_new_static ("chunk", 5);
  g_autoptr (GBytes) nothing = qxl_writer_steal (writer);
  g_autoptr (GBytes) only = NULL;
  g_autoptr (GBytes) joined = NULL;

  assert_bytes (nothing, NULL, 0);
  qxl_writer_ref (writer, chunk);
  only = qxl_writer_steal (writer);
  g_assert_true (only == chunk);
  qxl_writer_ref (writer, chunk);
  qxl_writer_bytes (writer, "tail", 4);
  joined = qxl_writer_steal (writer);
  assert_bytes (joined, "chunktail", 9);
}

static void
writer_patches_around_chunks (void)
{
  static const uint8_t expected[] = "\x34\x12**CHUNK\x78\x56\x34\x12+C2";
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) chunk = g_bytes_new_static ("CHUNK", 5);
  g_autoptr (GBytes) second = g_bytes_new_static ("C2", 2);
  g_autoptr (GBytes) bytes = NULL;

  qxl_writer_bytes (writer, "****", 4);
  qxl_writer_ref (writer, chunk);
  qxl_writer_bytes (writer, "+++++", 5);
  qxl_writer_ref (writer, second);
  qxl_writer_patch_u16 (writer, 0, 0x1234);
  qxl_writer_patch_u32 (writer, 9, 0x12345678);
  bytes = qxl_writer_steal (writer);
  assert_bytes (bytes, expected, sizeof expected - 1);
}

static void
writer_refuses_patches_elsewhere (void)
{
  static const size_t refused[] = {1, 2, 3, 4, 8, 9, 10, 11, SIZE_MAX};
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) chunk = g_bytes_new_static ("CHUNK", 5);
  g_autoptr (GBytes) bytes = NULL;

  qxl_writer_bytes (writer, "****", 4);
  qxl_writer_ref (writer, chunk);
  qxl_writer_bytes (writer, "++", 2);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*at != NULL*");
    qxl_writer_patch_u32 (writer, refused[i], 0);
    g_test_assert_expected_messages ();
  }
  bytes = qxl_writer_steal (writer);
  assert_bytes (bytes, "****CHUNK++", 11);
}

static void
writer_frees_what_it_holds (void)
{
  QxlWriter *writer = qxl_writer_new ();
  gpointer memory = g_strdup ("payload");
  GBytes *chunk = g_bytes_new_take (memory, 7);

  /* a leak shows under the address sanitizer */
  qxl_writer_ref (writer, chunk);
  g_bytes_unref (chunk);
  qxl_writer_u8 (writer, 1);
  g_assert_cmpuint (qxl_writer_size (writer), ==, 8);
  qxl_writer_free (writer);
  qxl_writer_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bytes/reader-reads-little-endian",
                   reader_reads_little_endian);
  g_test_add_func ("/bytes/reader-failure-is-sticky", reader_failure_is_sticky);
  g_test_add_func ("/bytes/reader-refuses-huge-counts",
                   reader_refuses_huge_counts);
  g_test_add_func ("/bytes/reader-takes-empty-memory",
                   reader_takes_empty_memory);
  g_test_add_func ("/bytes/writer-writes-little-endian",
                   writer_writes_little_endian);
  g_test_add_func ("/bytes/writer-drains-pieces-in-order",
                   writer_drains_pieces_in_order);
  g_test_add_func ("/bytes/writer-steals-all-as-one", writer_steals_all_as_one);
  g_test_add_func ("/bytes/writer-patches-around-chunks",
                   writer_patches_around_chunks);
  g_test_add_func ("/bytes/writer-refuses-patches-elsewhere",
                   writer_refuses_patches_elsewhere);
  g_test_add_func ("/bytes/writer-frees-what-it-holds",
                   writer_frees_what_it_holds);
  return g_test_run ();
}

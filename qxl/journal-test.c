/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/journal.h"

#include "qxl/bytes.h"

#include <string.h>

static GBytes *
text (const char *words)
{
  return g_bytes_new (words, strlen (words));
}

/* three batches of display 0, one of display 1 */
static GBytes *
file_of_four (void)
{
  static const struct {
    uint16_t display;
    uint64_t time_ns;
    const char *batch;
  } records[] = {
      {0, 0, "first"}, {1, 3, "other"}, {0, 10, ""}, {0, 4, "third"}};
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;
  g_autoptr (QxlJournalWriter) writer = qxl_journal_writer_new (stream, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (records); i++) {
    g_autoptr (GBytes) batch = text (records[i].batch);

    qxl_journal_writer_add (writer, records[i].display, records[i].time_ns,
                            batch, &error);
    g_assert_no_error (error);
  }
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (
      G_MEMORY_OUTPUT_STREAM (stream));
}

static QxlJournalReader *
reader_of (const void *data, size_t size)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (
      g_memdup2 (data, size), (gssize)size, g_free);

  return qxl_journal_reader_new (stream);
}

static void
assert_next (QxlJournalReader *reader, uint16_t display, const char *words,
             uint64_t time_ns)
{
  g_autoptr (GError) error = NULL;
  uint64_t got_ns;
  g_autoptr (GBytes) batch =
      qxl_journal_reader_next (reader, display, &got_ns, NULL, &error);
  g_autoptr (GBytes) expected = text (words);

  g_assert_no_error (error);
  g_assert_nonnull (batch);
  g_assert_true (g_bytes_equal (batch, expected));
  g_assert_cmpuint (got_ns, ==, time_ns);
}

static void
assert_over (QxlJournalReader *reader, uint16_t display)
{
  g_autoptr (GError) error = NULL;
  uint64_t time_ns;

  g_assert_null (
      qxl_journal_reader_next (reader, display, &time_ns, NULL, &error));
  g_assert_no_error (error);
}

static void
batches_come_back_with_times (void)
{
  g_autoptr (GBytes) file = file_of_four ();
  size_t size;
  const void *data = g_bytes_get_data (file, &size);
  g_autoptr (QxlJournalReader) reader = reader_of (data, size);

  assert_next (reader, 0, "first", 0);
  assert_next (reader, 0, "", 10);
  assert_next (reader, 0, "third", 10);
  assert_over (reader, 0);
  g_assert_false (qxl_journal_reader_is_cut_off (reader));
  g_assert_cmpuint (qxl_journal_reader_offset (reader), ==, size);
}

static void
displays_are_told_apart (void)
{
  g_autoptr (GBytes) file = file_of_four ();
  size_t size;
  const void *data = g_bytes_get_data (file, &size);
  g_autoptr (QxlJournalReader) reader = reader_of (data, size);

  assert_next (reader, 1, "other", 3);
  assert_next (reader, QXL_JOURNAL_FIRST_DISPLAY, "", 10);
  assert_over (reader, 1);
}

static void
the_end_is_found_without_bodies (void)
{
  g_autoptr (GBytes) file = file_of_four ();
  size_t size;
  const void *data = g_bytes_get_data (file, &size);
  g_autoptr (QxlJournalReader) reader = reader_of (data, size);
  g_autoptr (QxlJournalReader) none = reader_of (data, 16);
  g_autoptr (QxlJournalReader) other = reader_of ("SPICE_REPLAY 1\n", 15);
  uint64_t time_ns;

  g_assert_true (qxl_journal_reader_find_end (reader, &time_ns, NULL));
  g_assert_cmpuint (time_ns, ==, 10);
  assert_over (reader, 0);
  g_assert_false (qxl_journal_reader_find_end (none, &time_ns, NULL));
  g_assert_false (qxl_journal_reader_find_end (other, &time_ns, NULL));
}

static void
a_cut_off_end_is_an_end (void)
{
  g_autoptr (GBytes) file = file_of_four ();
  size_t whole;
  const void *data = g_bytes_get_data (file, &whole);
  guint last = 0;

  for (size_t size = QXL_JOURNAL_HEADER_SIZE; size <= whole; size++) {
    g_autoptr (QxlJournalReader) reader = reader_of (data, size);
    g_autoptr (GError) error = NULL;
    uint64_t time_ns;
    guint n = 0;
    GBytes *batch;

    while (
        (batch = qxl_journal_reader_next (reader, 0, &time_ns, NULL, &error))) {
      g_bytes_unref (batch);
      n++;
    }
    g_assert_no_error (error);
    g_assert_cmpuint (n, >=, last);
    last = n;
    if (size == whole || size == QXL_JOURNAL_HEADER_SIZE)
      g_assert_false (qxl_journal_reader_is_cut_off (reader));
    if (size == whole - 1)
      g_assert_true (qxl_journal_reader_is_cut_off (reader));
  }
  g_assert_cmpuint (last, ==, 3);
}

static void
assert_refused (const void *data, size_t size, guint n_before, const char *why)
{
  g_autoptr (QxlJournalReader) reader = reader_of (data, size);
  g_autoptr (GError) error = NULL;
  uint64_t time_ns;
  GBytes *batch;

  while (
      (batch = qxl_journal_reader_next (reader, 0, &time_ns, NULL, &error))) {
    g_assert_cmpuint (n_before--, >, 0);
    g_bytes_unref (batch);
  }
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  if (strstr (error->message, why) == NULL)
    g_error ("expected '%s' in '%s'", why, error->message);
  g_clear_error (&error);
  g_assert_null (qxl_journal_reader_next (reader, 0, &time_ns, NULL, &error));
  g_assert_no_error (error);
}

static void
other_files_are_refused (void)
{
  g_autoptr (GBytes) file = file_of_four ();
  size_t size;
  const uint8_t *data = g_bytes_get_data (file, &size);
  g_autofree uint8_t *damaged = g_memdup2 (data, size);

  for (size_t cut = 0; cut < QXL_JOURNAL_HEADER_SIZE; cut++)
    assert_refused (data, cut, 0, "header expected");
  damaged[0] = 'q';
  assert_refused (damaged, size, 0, "header expected");
  damaged[0] = 'Q';
  damaged[8] = 2;
  assert_refused (damaged, size, 0, "unknown version 2");
  damaged[8] = 1;
  damaged[19] = 0xff; /* of the first record's size */
  assert_refused (damaged, size, 0, "too large");
  damaged[19] = 0;
  damaged[31] = 1; /* of its time */
  assert_refused (damaged, size, 1, "time falls to 3");
}

static void
unknown_kinds_are_passed_over (void)
{
  g_autoptr (GBytes) file = file_of_four ();
  size_t size;
  const uint8_t *data = g_bytes_get_data (file, &size);
  g_autofree uint8_t *other = g_memdup2 (data, size);
  g_autoptr (QxlJournalReader) reader = NULL;

  other[20] = 77;
  reader = reader_of (other, size);
  assert_next (reader, 0, "", 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal/batches-come-back-with-times",
                   batches_come_back_with_times);
  g_test_add_func ("/journal/displays-are-told-apart", displays_are_told_apart);
  g_test_add_func ("/journal/the-end-is-found-without-bodies",
                   the_end_is_found_without_bodies);
  g_test_add_func ("/journal/a-cut-off-end-is-an-end", a_cut_off_end_is_an_end);
  g_test_add_func ("/journal/other-files-are-refused", other_files_are_refused);
  g_test_add_func ("/journal/unknown-kinds-are-passed-over",
                   unknown_kinds_are_passed_over);
  return g_test_run ();
}

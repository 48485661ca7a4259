/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of recordings' words and data, however they come: what recording.h
 * promises. */
#include "qxl/recording.h"
#include "qxl/recording-input.h"

#include <string.h>

/* a stream that gives so many bytes at once */

#define TRICKLE_TYPE trickle_get_type ()
G_DECLARE_FINAL_TYPE (Trickle, trickle, TRICKLE, STREAM, GInputStream)

struct _Trickle {
  GInputStream parent;
  const GByteArray *bytes; /* not owned */
  gsize pos, piece;
};

G_DEFINE_FINAL_TYPE (Trickle, trickle, G_TYPE_INPUT_STREAM)

static gssize
trickle_read (GInputStream *stream, void *to, gsize size,
              GCancellable *cancellable, GError **error)
{
  Trickle *self = TRICKLE_STREAM (stream);
  gsize n = MIN (MIN (size, self->piece), self->bytes->len - self->pos);

  memcpy (to, self->bytes->data + self->pos, n);
  self->pos += n;
  return (gssize)n;
}

static void
trickle_class_init (TrickleClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = trickle_read;
}

static void
trickle_init (Trickle *self)
{
}

static QxlRecording *
recording_in_pieces (const GByteArray *bytes, gsize piece)
{
  g_autoptr (Trickle) stream = g_object_new (TRICKLE_TYPE, NULL);

  stream->bytes = bytes;
  stream->piece = piece;
  return qxl_recording_new (G_INPUT_STREAM (stream));
}

static const gsize pieces[] = {
    1,       7, 4096, QXL_RECORDING_INPUT_BYTES - 1, QXL_RECORDING_INPUT_BYTES,
    1u << 20};

/* what is written */

static void
write_text (GByteArray *to, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_byte_array_append (to, (const guint8 *)text, (guint)strlen (text));
}

/* of any values, those of ends of lines and names among them */
static uint8_t
byte_at (gsize block, gsize i)
{
  return (uint8_t)((block * 31 + i * 167) >> (i % 3));
}

static void
write_block (GByteArray *to, gsize block, gsize size)
{
  write_text (to, "binary 0 data %" G_GSIZE_FORMAT ":", size);
  g_byte_array_set_size (to, to->len + (guint)size);
  for (gsize i = 0; i < size; i++)
    to->data[to->len - size + i] = byte_at (block, i);
  write_text (to, "\n");
}

static void
assert_block (const uint8_t *data, gsize block, gsize size)
{
  g_assert_nonnull (data);
  for (gsize i = 0; i < size; i++)
    if (data[i] != byte_at (block, i))
      g_error ("block %" G_GSIZE_FORMAT " differs at byte %" G_GSIZE_FORMAT,
               block, i);
}

/* around what lies in the input whole, and of which there are several in it */
static const gsize sizes[] = {0,
                              1,
                              300,
                              60000,
                              60001,
                              QXL_RECORDING_INPUT_BYTES - 2,
                              QXL_RECORDING_INPUT_BYTES - 1,
                              QXL_RECORDING_INPUT_BYTES,
                              QXL_RECORDING_INPUT_BYTES + 1,
                              3 * QXL_RECORDING_INPUT_BYTES,
                              120000,
                              (1u << 20) + 5};

static void
assert_whole (QxlRecording *recording, const GByteArray *bytes)
{
  g_assert_true (qxl_recording_at_end (recording));
  g_assert_no_error (qxl_recording_error (recording));
  g_assert_cmpuint (qxl_recording_offset (recording), ==, bytes->len);
}

static void
blocks_lie_between_lines (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    write_text (bytes, "rect area -1 %d 3 4\nunique %u\n", (int)i, (guint)i);
    write_block (bytes, i, sizes[i]);
  }
  for (gsize p = 0; p < G_N_ELEMENTS (pieces); p++) {
    g_autoptr (QxlRecording) recording = recording_in_pieces (bytes, pieces[p]);

    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
      QxlRect area = qxl_recording_rect (recording, "area");

      g_assert_cmpint (area.top, ==, -1);
      g_assert_cmpint (area.left, ==, (int)i);
      g_assert_cmpuint (qxl_recording_u64 (recording, "unique"), ==, i);
      assert_block (qxl_recording_binary (recording, "data", sizes[i]), i,
                    sizes[i]);
    }
    assert_whole (recording, bytes);
  }
}

/* two blocks that are one object, of the first @n bytes of @size */
static void
write_chunks (GByteArray *to, gsize size, gsize n)
{
  write_text (to, "data_chunks 1 %" G_GSIZE_FORMAT "\n", size);
  write_block (to, 0, n);
  write_block (to, 1, size - n);
}

static void
assert_chunks (QxlRecording *recording, gsize size, gsize n)
{
  gsize got;
  const uint8_t *data = qxl_recording_chunks (recording, "data", &got);

  g_assert_cmpuint (got, ==, size);
  assert_block (data, 0, n);
  assert_block (data + n, 1, size - n);
}

static void
chunks_are_one (void)
{
  static const gsize splits[] = {0, 17, 65536, QXL_RECORDING_INPUT_BYTES,
                                 500000};
  const gsize size = 500000;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (splits); i++)
    write_chunks (bytes, size, splits[i]);
  for (gsize p = 0; p < G_N_ELEMENTS (pieces); p++) {
    g_autoptr (QxlRecording) recording = recording_in_pieces (bytes, pieces[p]);

    for (gsize i = 0; i < G_N_ELEMENTS (splits); i++)
      assert_chunks (recording, size, splits[i]);
    assert_whole (recording, bytes);
  }
}

/* whatever stands at the end of what was read at once */
static void
lines_come_in_pieces (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const guint n = 40000;

  for (guint i = 0; i < n; i++)
    write_text (bytes, i % 3 == 0 ? "word %u\n" : "another.word %u\n", i);
  for (gsize p = 0; p < G_N_ELEMENTS (pieces); p++) {
    g_autoptr (QxlRecording) recording = recording_in_pieces (bytes, pieces[p]);

    for (guint i = 0; i < n; i++) {
      bool is_word = qxl_recording_next_is (recording, "word");

      g_assert_true (is_word == (i % 3 == 0));
      g_assert_cmpuint (
          qxl_recording_u32 (recording, is_word ? "word" : "another.word"), ==,
          i);
    }
    assert_whole (recording, bytes);
  }
}

/* refusals name what came, up to where it is none */
static void
long_lines_are_refused (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (guint i = 0; i < 100000; i++)
    write_text (bytes, "x");
  for (gsize p = 0; p < G_N_ELEMENTS (pieces); p++) {
    g_autoptr (QxlRecording) recording = recording_in_pieces (bytes, pieces[p]);

    g_assert_cmpuint (qxl_recording_u32 (recording, "x"), ==, 0);
    g_assert_error (qxl_recording_error (recording), G_IO_ERROR,
                    G_IO_ERROR_INVALID_DATA);
    g_assert_nonnull (strstr (qxl_recording_error (recording)->message,
                              "at most 256 bytes of text expected"));
    g_assert_true (qxl_recording_is_over (recording));
    g_assert_cmpuint (qxl_recording_u8 (recording, "x"), ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recording/blocks-lie-between-lines",
                   blocks_lie_between_lines);
  g_test_add_func ("/recording/chunks-are-one", chunks_are_one);
  g_test_add_func ("/recording/lines-come-in-pieces", lines_come_in_pieces);
  g_test_add_func ("/recording/long-lines-are-refused", long_lines_are_refused);
  return g_test_run ();
}

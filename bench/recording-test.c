/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "recording.h"

#define WIDTH 300 /* a strip and a narrow one */
#define HEIGHT 2
#define PLACES 4
#define FRAMES 3
#define STRIPS 5
#define STRIP 1024
#define HEADER 64
#define STRIDE (WIDTH * 4 + 8)

typedef struct {
  char *path;
  GByteArray *bytes;
} File;

static void
add_u32 (File *file, guint32 value)
{
  guint32 little = GUINT32_TO_LE (value);
  g_byte_array_append (file->bytes, (guint8 *)&little, 4);
}

/* Strip n is full of n + 1; the last frame is as the second but for a place. */
static void
make_recording (File *file, gconstpointer user_data)
{
  const guint32 tables[FRAMES][PLACES] = {
      {0, 0, 2, 3}, {1, 0, 0, 1}, {1, 1, 1, 6}};
  const guint32 header[] = {1, WIDTH, HEIGHT, 30, FRAMES, STRIPS};

  file->bytes = g_byte_array_new ();
  file->path = g_strdup_printf ("%s/recording-%u.desk", g_get_tmp_dir (),
                                g_random_int ());
  g_byte_array_append (file->bytes, (const guint8 *)"BDSK", 4);
  for (guint i = 0; i < G_N_ELEMENTS (header); i++)
    add_u32 (file, header[i]);
  g_byte_array_set_size (file->bytes, HEADER);
  memset (file->bytes->data + 28, 0, HEADER - 28);
  for (guint i = 0; i < FRAMES * PLACES; i++)
    add_u32 (file, tables[i / PLACES][i % PLACES]);
  for (guint i = 0; i < STRIPS; i++) {
    guint8 strip[STRIP];
    memset (strip, (int)i + 1, sizeof strip);
    g_byte_array_append (file->bytes, strip, sizeof strip);
  }
}

static void
remove_recording (File *file, gconstpointer user_data)
{
  g_unlink (file->path);
  g_free (file->path);
  g_byte_array_unref (file->bytes);
}

static BenchRecording *
open_file (File *file)
{
  g_file_set_contents (file->path, (const char *)file->bytes->data,
                       file->bytes->len, NULL);
  return bench_recording_open (file->path);
}

static void
assert_frame (const BenchRecording *recording, guint frame,
              const guint8 expected[PLACES])
{
  g_autofree guint8 *pixels = g_malloc0 (STRIDE * HEIGHT);
  bench_recording_render (recording, frame, pixels, STRIDE);
  for (guint y = 0; y < HEIGHT; y++) {
    const guint8 *row = pixels + y * STRIDE;
    g_assert_cmpuint (row[0], ==, expected[y * 2]);
    g_assert_cmpuint (row[STRIP - 1], ==, expected[y * 2]);
    g_assert_cmpuint (row[STRIP], ==, expected[y * 2 + 1]);
    g_assert_cmpuint (row[WIDTH * 4 - 1], ==, expected[y * 2 + 1]);
    g_assert_cmpuint (row[WIDTH * 4], ==, 0);
  }
}

static void
test_any_frame_is_drawn (File *file, gconstpointer user_data)
{
  BenchRecording *recording = open_file (file);
  g_assert_nonnull (recording);
  g_assert_cmpuint (bench_recording_width (recording), ==, WIDTH);
  g_assert_cmpuint (bench_recording_height (recording), ==, HEIGHT);
  g_assert_cmpuint (bench_recording_frames (recording), ==, FRAMES);
  assert_frame (recording, 2, (guint8[]){1, 3, 4, 5});
  assert_frame (recording, 0, (guint8[]){1, 2, 1, 2});
  assert_frame (recording, 1, (guint8[]){1, 3, 4, 2});
  assert_frame (recording, G_MAXUINT, (guint8[]){1, 3, 4, 5});
  bench_recording_free (recording);
}

static void
test_what_is_broken_is_refused (File *file, gconstpointer user_data)
{
  const guint broken[] = {0, 4, 9, 12, 20, 24, HEADER + 8, HEADER + 16 + 8};
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++) {
    guint8 *at = file->bytes->data + broken[i];
    *at ^= 0x55;
    g_assert_null (open_file (file));
    *at ^= 0x55;
  }
  /* nothing comes before the first frame */
  file->bytes->data[HEADER] = 1;
  g_assert_null (open_file (file));
  file->bytes->data[HEADER] = 0;
  g_byte_array_set_size (file->bytes, file->bytes->len - 1);
  g_assert_null (open_file (file));
  g_byte_array_set_size (file->bytes, HEADER - 1);
  g_assert_null (open_file (file));
  g_assert_null (bench_recording_open ("/nonexistent/file.desk"));
  bench_recording_free (NULL);
}

static void
add_test (const char *path, void (*test) (File *, gconstpointer))
{
  g_test_add (path, File, NULL, make_recording, test, remove_recording);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/recording/any-frame-is-drawn", test_any_frame_is_drawn);
  add_test ("/recording/what-is-broken-is-refused",
            test_what_is_broken_is_refused);
  return g_test_run ();
}

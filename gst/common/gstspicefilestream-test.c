/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of files that come whole or not at all: gstspicefilestream.h. */
#define _GNU_SOURCE /* renameat2 */
#include "gst/common/gstspicefilestream.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the file system of these tests cannot do. The linker takes these two
 * instead of the C library's. */
static int rename_error, rename_over_error;

int
renameat2 (int from_fd, const char *from, int to_fd, const char *to,
           unsigned flags)
{
  errno = rename_error;
  return rename_error != 0
             ? -1
             : (int)syscall (SYS_renameat2, from_fd, from, to_fd, to, flags);
}

int
renameat (int from_fd, const char *from, int to_fd, const char *to)
{
  errno = rename_over_error;
  return rename_over_error != 0
             ? -1
             : (int)syscall (SYS_renameat2, from_fd, from, to_fd, to, 0);
}

typedef struct {
  char *directory;
} Rig;

static void
rig_init (Rig *self)
{
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("file-stream-XXXXXX", &error);
  g_assert_no_error (error);
}

static char *
path_of (Rig *self, const char *name)
{
  return g_build_filename (self->directory, name, NULL);
}

static gint
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* names in the directory, hidden ones too, in their order: "a; b; " */
static char *
list (Rig *self)
{
  GDir *dir = g_dir_open (self->directory, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  GString *text = g_string_new (NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    g_ptr_array_add (names, (gpointer)g_intern_string (name));
  g_ptr_array_sort (names, by_name);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (text, "%s; ",
                            (const char *)g_ptr_array_index (names, i));
  g_dir_close (dir);
  return g_string_free (text, FALSE);
}

static void
assert_list (Rig *self, const char *expected)
{
  g_autofree char *names = list (self);

  g_assert_cmpstr (names, ==, expected);
}

static void
assert_content (Rig *self, const char *name, const char *expected)
{
  g_autofree char *path = path_of (self, name);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
put (Rig *self, const char *name, const char *text)
{
  g_autofree char *path = path_of (self, name);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
rig_clear (Rig *self)
{
  GDir *dir = g_dir_open (self->directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir))) {
    g_autofree char *path = path_of (self, name);

    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_dir_close (dir);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->directory);
}

static GOutputStream *
open_stream (Rig *self, const char *name, guint64 size)
{
  g_autoptr (GError) error = NULL;
  GstSpiceFileStream *stream =
      gst_spice_file_stream_new (self->directory, name, size);

  gst_spice_file_stream_open (stream, &error);
  g_assert_no_error (error);
  return G_OUTPUT_STREAM (stream);
}

static void
write_text (GOutputStream *stream, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (stream, text, strlen (text), NULL, NULL, &error);
  g_assert_no_error (error);
}

/* a whole file; its path */
static char *
drop (Rig *self, const char *name, const char *text)
{
  g_autoptr (GOutputStream) stream = open_stream (self, name, strlen (text));
  g_autoptr (GError) error = NULL;

  write_text (stream, text);
  g_output_stream_close (stream, NULL, &error);
  g_assert_no_error (error);
  return g_strdup (gst_spice_file_stream_path (GST_SPICE_FILE_STREAM (stream)));
}

static void
a_whole_file_has_its_name (void)
{
  g_autofree char *path = NULL, *expected = NULL;
  Rig rig;

  rig_init (&rig);
  path = drop (&rig, "a.txt", "hello");
  expected = path_of (&rig, "a.txt");
  g_assert_cmpstr (path, ==, expected);
  assert_list (&rig, "a.txt; ");
  assert_content (&rig, "a.txt", "hello");
  rig_clear (&rig);
}

static void
it_grows_under_a_hidden_name (void)
{
  g_autoptr (GOutputStream) stream = NULL;
  g_autofree char *names = NULL;
  Rig rig;

  rig_init (&rig);
  stream = open_stream (&rig, "a.txt", 5);
  write_text (stream, "hell");
  names = list (&rig);
  g_assert_true (g_str_has_prefix (names, "."));
  g_assert_true (g_str_has_suffix (names, ".part; "));
  g_output_stream_close (stream, NULL, NULL);
  rig_clear (&rig);
}

static void
an_empty_file_is_one (void)
{
  g_autofree char *path = NULL;
  Rig rig;

  rig_init (&rig);
  path = drop (&rig, "empty", "");
  assert_content (&rig, "empty", "");
  rig_clear (&rig);
}

static void
nothing_that_is_there_is_touched (void)
{
  g_autofree char *link = NULL, *broken = NULL, *fifo = NULL, *folder = NULL;
  g_autofree char *path = NULL, *expected = NULL;
  Rig rig;

  rig_init (&rig);
  put (&rig, "a.txt", "mine");
  put (&rig, "secret", "secret");
  link = path_of (&rig, "a (2).txt");
  broken = path_of (&rig, "a (3).txt");
  fifo = path_of (&rig, "a (4).txt");
  folder = path_of (&rig, "a (5).txt");
  g_assert_cmpint (symlink ("secret", link), ==, 0);
  g_assert_cmpint (symlink ("not-there", broken), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  path = drop (&rig, "a.txt", "new");
  expected = path_of (&rig, "a (6).txt");
  g_assert_cmpstr (path, ==, expected);
  assert_content (&rig, "a (6).txt", "new");
  assert_content (&rig, "a.txt", "mine");
  assert_content (&rig, "secret", "secret");
  assert_list (&rig, "a (2).txt; a (3).txt; a (4).txt; a (5).txt; a (6).txt; "
                     "a.txt; secret; ");
  rig_clear (&rig);
}

static void
a_cancelled_close_leaves_nothing (void)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GOutputStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  Rig rig;

  rig_init (&rig);
  g_cancellable_cancel (cancelled);
  stream = open_stream (&rig, "a.txt", 5);
  write_text (stream, "hello");
  g_output_stream_close (stream, cancelled, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (gst_spice_file_stream_path (GST_SPICE_FILE_STREAM (stream)));
  assert_list (&rig, "");
  rig_clear (&rig);
}

static void
too_few_bytes_leave_nothing (void)
{
  g_autoptr (GOutputStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  Rig rig;

  rig_init (&rig);
  stream = open_stream (&rig, "a.txt", 5);
  write_text (stream, "hell");
  g_output_stream_close (stream, NULL, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
  assert_list (&rig, "");
  rig_clear (&rig);
}

static void
who_forgets_to_close_leaves_nothing_of_a_part (void)
{
  GOutputStream *stream;
  Rig rig;

  rig_init (&rig);
  stream = open_stream (&rig, "a.txt", 5);
  write_text (stream, "hell");
  g_object_unref (stream);
  assert_list (&rig, "");
  rig_clear (&rig);
}

static void
more_than_announced_is_an_error (void)
{
  g_autoptr (GOutputStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  Rig rig;

  rig_init (&rig);
  stream = open_stream (&rig, "a.txt", 5);
  g_output_stream_write_all (stream, "123456", 6, NULL, NULL, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_output_stream_close (stream, NULL, NULL);
  assert_list (&rig, "");
  rig_clear (&rig);
}

static void
a_disk_without_room_is_told_at_once (void)
{
  g_autoptr (GstSpiceFileStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  Rig rig;

  rig_init (&rig);
  stream = gst_spice_file_stream_new (rig.directory, "a.txt", G_MAXINT64);
  g_assert_false (gst_spice_file_stream_open (stream, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_cmpuint (gst_spice_file_stream_free_bytes (stream), >, 0);
  assert_list (&rig, "");
  rig_clear (&rig);
}

/* as a full disk does, when it was not to be seen at the start */
static void
a_disk_that_fills_up_leaves_nothing (void)
{
  const struct rlimit small = {.rlim_cur = 1000, .rlim_max = RLIM_INFINITY};
  g_autoptr (GOutputStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (2000, 'x');
  struct rlimit before;
  gsize n_written;
  Rig rig;

  rig_init (&rig);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  stream = open_stream (&rig, "a.txt", 2000);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  g_output_stream_write_all (stream, text, 2000, &n_written, NULL, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_cmpuint (n_written, ==, 1000);
  g_output_stream_close (stream, NULL, NULL);
  assert_list (&rig, "");
  rig_clear (&rig);
}

/* as on NFS */
static void
a_disk_that_renames_over_files_only_will_do (void)
{
  g_autofree char *path = NULL, *expected = NULL;
  Rig rig;

  rig_init (&rig);
  put (&rig, "a.txt", "mine");
  rename_error = EINVAL;
  path = drop (&rig, "a.txt", "new");
  rename_error = 0;
  expected = path_of (&rig, "a (2).txt");
  g_assert_cmpstr (path, ==, expected);
  assert_content (&rig, "a.txt", "mine");
  assert_content (&rig, "a (2).txt", "new");
  assert_list (&rig, "a (2).txt; a.txt; ");
  rig_clear (&rig);
}

static void
a_disk_that_cannot_rename_keeps_nothing (void)
{
  g_autoptr (GOutputStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  Rig rig;

  rig_init (&rig);
  rename_error = EINVAL;
  rename_over_error = EDQUOT;
  stream = open_stream (&rig, "a.txt", 5);
  write_text (stream, "hello");
  g_output_stream_close (stream, NULL, &error);
  rename_error = rename_over_error = 0;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_null (gst_spice_file_stream_path (GST_SPICE_FILE_STREAM (stream)));
  assert_list (&rig, "");
  rig_clear (&rig);
}

static void
no_directory_is_an_error (void)
{
  g_autoptr (GstSpiceFileStream) stream = NULL;
  g_autoptr (GError) error = NULL, file_error = NULL;
  g_autofree char *path = NULL;
  Rig rig;

  rig_init (&rig);
  path = path_of (&rig, "file");
  stream = gst_spice_file_stream_new (path, "a.txt", 1);
  g_assert_false (gst_spice_file_stream_open (stream, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  put (&rig, "file", "no directory");
  g_assert_false (gst_spice_file_stream_open (stream, &file_error));
  g_assert_error (file_error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY);
  g_assert_true (g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, NULL));
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-stream/a-whole-file-has-its-name",
                   a_whole_file_has_its_name);
  g_test_add_func ("/file-stream/it-grows-under-a-hidden-name",
                   it_grows_under_a_hidden_name);
  g_test_add_func ("/file-stream/an-empty-file-is-one", an_empty_file_is_one);
  g_test_add_func ("/file-stream/nothing-that-is-there-is-touched",
                   nothing_that_is_there_is_touched);
  g_test_add_func ("/file-stream/a-cancelled-close-leaves-nothing",
                   a_cancelled_close_leaves_nothing);
  g_test_add_func ("/file-stream/too-few-bytes-leave-nothing",
                   too_few_bytes_leave_nothing);
  g_test_add_func ("/file-stream/who-forgets-to-close-leaves-nothing-of-a-part",
                   who_forgets_to_close_leaves_nothing_of_a_part);
  g_test_add_func ("/file-stream/more-than-announced-is-an-error",
                   more_than_announced_is_an_error);
  g_test_add_func ("/file-stream/a-disk-without-room-is-told-at-once",
                   a_disk_without_room_is_told_at_once);
  g_test_add_func ("/file-stream/a-disk-that-fills-up-leaves-nothing",
                   a_disk_that_fills_up_leaves_nothing);
  g_test_add_func ("/file-stream/a-disk-that-renames-over-files-only-will-do",
                   a_disk_that_renames_over_files_only_will_do);
  g_test_add_func ("/file-stream/a-disk-that-cannot-rename-keeps-nothing",
                   a_disk_that_cannot_rename_keeps_nothing);
  g_test_add_func ("/file-stream/no-directory-is-an-error",
                   no_directory_is_an_error);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* renameat2 */
#include "gst/common/gstspicefilestream.h"

#include "server-core/main/file-name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* names to try before a directory counts as full of them */
#define MAX_NUMBER 10000u

struct _GstSpiceFileStream {
  GOutputStream parent;
  /* set at construction */
  char *directory, *name;
  guint64 size;
  /* the thread that writes */
  int directory_fd, fd; /* -1: not open */
  char *hidden; /* name of the file while it grows; NULL: there is none */
  char *path;   /* where it ended up */
  guint64 n_written;
};

G_DEFINE_FINAL_TYPE (GstSpiceFileStream, gst_spice_file_stream,
                     G_TYPE_OUTPUT_STREAM)

/* errno as an error; all ways of having no room are one to viewers */
static void
set_error (GError **error, int number, const char *what, const char *name)
{
  bool is_full = number == ENOSPC || number == EDQUOT || number == EFBIG;

  g_set_error (error, G_IO_ERROR,
               is_full ? G_IO_ERROR_NO_SPACE
                       : (int)g_io_error_from_errno (number),
               "Cannot %s \"%s\": %s", what, name, g_strerror (number));
}

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* opening */

static gboolean
open_directory (GstSpiceFileStream *self, GError **error)
{
  self->directory_fd =
      open (self->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->directory_fd < 0)
    set_error (error, errno, "open the directory", self->directory);
  return self->directory_fd >= 0;
}

guint64
gst_spice_file_stream_free_bytes (GstSpiceFileStream *self)
{
  struct statvfs disk;

  if (self->directory_fd < 0 || fstatvfs (self->directory_fd, &disk) < 0)
    return 0;
  return (guint64)disk.f_bavail * disk.f_frsize;
}

static gboolean
has_room (GstSpiceFileStream *self, GError **error)
{
  guint64 n_free = gst_spice_file_stream_free_bytes (self);

  if (self->size <= n_free)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
               "\"%s\" has %" G_GUINT64_FORMAT
               " bytes, \"%s\" has room for %" G_GUINT64_FORMAT,
               self->name, self->size, self->directory, n_free);
  return FALSE;
}

static int
create (GstSpiceFileStream *self, const char *name)
{
  return openat (self->directory_fd, name,
                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
}

gboolean
gst_spice_file_stream_open (GstSpiceFileStream *self, GError **error)
{
  g_autofree char *number = g_uuid_string_random ();
  g_autofree char *hidden = g_strdup_printf (".%s.part", number);

  if (!open_directory (self, error) || !has_room (self, error))
    return FALSE;
  self->fd = create (self, hidden);
  if (self->fd < 0) {
    set_error (error, errno, "create a file in", self->directory);
    return FALSE;
  }
  self->hidden = g_steal_pointer (&hidden);
  return TRUE;
}

/* writing */

static gssize
write_bytes (GOutputStream *stream, const void *bytes, gsize size,
             GCancellable *cancellable, GError **error)
{
  GstSpiceFileStream *self = GST_SPICE_FILE_STREAM (stream);
  gssize n;

  if (size > self->size - self->n_written) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "\"%s\" has more than the %" G_GUINT64_FORMAT
                 " bytes announced",
                 self->name, self->size);
    return -1;
  }
  do
    n = write (self->fd, bytes, size);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    set_error (error, errno, "write", self->name);
  else
    self->n_written += (guint64)n;
  return n;
}

/* closing */

static void
discard (GstSpiceFileStream *self)
{
  if (self->hidden)
    unlinkat (self->directory_fd, self->hidden, 0);
  g_clear_pointer (&self->hidden, g_free);
}

/* For file systems that cannot rename without replacing: takes the name with a
 * file of our own, which is then replaced. */
static int
rename_over_own (GstSpiceFileStream *self, const char *name)
{
  int fd = create (self, name);
  int result, cause;

  if (fd < 0)
    return -1;
  close (fd);
  result =
      renameat (self->directory_fd, self->hidden, self->directory_fd, name);
  cause = errno;
  if (result < 0)
    unlinkat (self->directory_fd, name, 0);
  errno = cause;
  return result;
}

static int
rename_to (GstSpiceFileStream *self, const char *name)
{
  int result = renameat2 (self->directory_fd, self->hidden, self->directory_fd,
                          name, RENAME_NOREPLACE);

  if (result < 0 && (errno == EINVAL || errno == ENOSYS))
    result = rename_over_own (self, name);
  return result;
}

static gboolean
give_name (GstSpiceFileStream *self, GError **error)
{
  for (guint n = 1; n <= MAX_NUMBER; n++) {
    g_autofree char *name = spc_file_name_number (self->name, n);

    if (rename_to (self, name) == 0) {
      g_clear_pointer (&self->hidden, g_free);
      self->path = g_build_filename (self->directory, name, NULL);
      return TRUE;
    }
    if (errno != EEXIST)
      break;
  }
  set_error (error, errno, "name a file", self->name);
  return FALSE;
}

static gboolean
finish (GstSpiceFileStream *self, GCancellable *cancellable, GError **error)
{
  int fd = self->fd;

  self->fd = -1;
  if (close (fd) < 0) { /* network file systems tell of a full disk here */
    set_error (error, errno, "write", self->name);
    return FALSE;
  }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (self->n_written == self->size)
    return give_name (self, error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
               "\"%s\" ended after %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
               " bytes",
               self->name, self->n_written, self->size);
  return FALSE;
}

static gboolean
close_stream (GOutputStream *stream, GCancellable *cancellable, GError **error)
{
  GstSpiceFileStream *self = GST_SPICE_FILE_STREAM (stream);
  gboolean is_done = TRUE;

  if (self->fd >= 0)
    is_done = finish (self, cancellable, error);
  discard (self);
  close_fd (&self->directory_fd);
  return is_done;
}

/* object */

static void
gst_spice_file_stream_finalize (GObject *object)
{
  GstSpiceFileStream *self = GST_SPICE_FILE_STREAM (object);

  g_free (self->directory);
  g_free (self->name);
  g_free (self->path);
  G_OBJECT_CLASS (gst_spice_file_stream_parent_class)->finalize (object);
}

static void
gst_spice_file_stream_class_init (GstSpiceFileStreamClass *klass)
{
  GOutputStreamClass *stream = G_OUTPUT_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_spice_file_stream_finalize;
  stream->write_fn = write_bytes;
  stream->close_fn = close_stream;
}

static void
gst_spice_file_stream_init (GstSpiceFileStream *self)
{
  self->directory_fd = self->fd = -1;
}

GstSpiceFileStream *
gst_spice_file_stream_new (const char *directory, const char *name,
                           guint64 size)
{
  GstSpiceFileStream *self = g_object_new (GST_TYPE_SPICE_FILE_STREAM, NULL);

  self->directory = g_strdup (directory);
  self->name = g_strdup (name);
  self->size = size;
  return self;
}

const char *
gst_spice_file_stream_path (GstSpiceFileStream *self)
{
  return self->path;
}

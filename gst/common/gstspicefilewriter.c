/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicefilewriter.h"

#include "gst/common/gstspicefilestream.h"

/* an application that shows progress needs no more than two a second */
#define PROGRESS_INTERVAL_US (G_USEC_PER_SEC / 2)

/* one file; held by the table while it lives and by the thread at work */
typedef struct {
  /* set at construction */
  GstSpiceFileWriter *writer; /* owned */
  guint64 handle, size;
  guint client_id, id;
  char *name;
  GCancellable *cancellable; /* ends what the thread is at */
  /* under the writer's lock */
  GQueue blocks; /* GBytes */
  gboolean is_complete, is_abandoned, is_cancelled;
  char *reason;    /* why it is abandoned */
  GThread *thread; /* at work; NULL: none, and none is to come */
  /* the thread at work */
  GOutputStream *stream; /* NULL: not asked for yet */
  guint64 n_written;
  gint64 told_us;
} Task;

struct _GstSpiceFileWriter {
  /* set at construction */
  GstSpiceFileWriterFuncs funcs;
  gpointer user_data;
  SpcFileDrop *drop; /* owned */
  GThreadPool *pool; /* of Task; NULL: stopped */
  GMutex lock;       /* a leaf */
  GHashTable *tasks; /* guint64 → Task, owned; under the lock */
};

/* what a queue's thread is to do next */
typedef enum { REST, OPEN, WRITE, FINISH, ABANDON } Step;

/* a task whose thread is about to come has this one */
#define COMING ((GThread *)&coming_mark)
static const char coming_mark;

/* tasks */

static void
free_block (gpointer block)
{
  g_bytes_unref (block);
}

static void
clear_task (gpointer data)
{
  Task *task = data;

  g_queue_clear_full (&task->blocks, free_block);
  g_clear_object (&task->stream);
  g_object_unref (task->cancellable);
  g_free (task->name);
  g_free (task->reason);
  gst_spice_file_writer_unref (task->writer);
}

static void
unref_task (gpointer task)
{
  g_atomic_rc_box_release_full (task, clear_task);
}

/* lock held */
static void
schedule (Task *task)
{
  if (task->thread || !task->writer->pool)
    return;
  task->thread = COMING;
  g_thread_pool_push (task->writer->pool, g_atomic_rc_box_acquire (task), NULL);
}

/* lock held */
static void
give_up (Task *task, gboolean is_cancelled, const char *reason)
{
  if (task->is_abandoned)
    return;
  task->is_abandoned = TRUE;
  task->is_cancelled = is_cancelled;
  task->reason = g_strdup (reason);
  g_queue_clear_full (&task->blocks, free_block);
  schedule (task);
}

/* telling */

static void
answer (Task *task, SpcFileAnswerKind kind, guint n_blocks)
{
  const SpcFileAnswer message = {.kind = kind, .n_blocks = n_blocks};

  spc_file_drop_answer (task->writer->drop, task->handle, &message);
}

static GstStructure *
event_new (Task *task, const char *state)
{
  return gst_structure_new (
      "spice-file-transfer", "connection-id", G_TYPE_UINT, task->client_id,
      "id", G_TYPE_UINT, task->id, "name", G_TYPE_STRING, task->name, "state",
      G_TYPE_STRING, state, "transferred", G_TYPE_UINT64, task->n_written,
      "size", G_TYPE_UINT64, task->size, NULL);
}

static void
tell (Task *task, GstStructure *event)
{
  task->told_us = g_get_monotonic_time ();
  task->writer->funcs.tell (event, task->writer->user_data);
}

static void
tell_end (Task *task, const char *state, const char *key, const char *text)
{
  GstStructure *event = event_new (task, state);

  if (text)
    gst_structure_set (event, key, G_TYPE_STRING, text, NULL);
  tell (task, event);
}

/* steps: the thread at work; false: the task has ended */

static void
forget (Task *task)
{
  GstSpiceFileWriter *self = task->writer;

  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->tasks, &task->handle);
  g_mutex_unlock (&self->lock);
}

/* a close that is cancelled is what tells a stream that the file is not to be
 */
static void
close_in_vain (Task *task)
{
  g_cancellable_cancel (task->cancellable);
  if (task->stream)
    g_output_stream_close (task->stream, task->cancellable, NULL);
}

static gboolean
abandon (Task *task)
{
  close_in_vain (task);
  forget (task);
  /* who hears of the end finds the file's place free */
  answer (task, SPC_FILE_ABANDONED, 0);
  tell_end (task, task->is_cancelled ? "cancelled" : "failed", "reason",
            task->reason);
  return FALSE;
}

static SpcFileStatus
status_of (Task *task, const GError *error)
{
  SpcFileStatus status = {.result = VD_AGENT_FILE_XFER_STATUS_ERROR,
                          .io_error = error->domain == G_IO_ERROR
                                          ? (uint32_t)error->code
                                          : G_IO_ERROR_FAILED};

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return status;
  status.result = VD_AGENT_FILE_XFER_STATUS_NOT_ENOUGH_SPACE;
  if (GST_IS_SPICE_FILE_STREAM (task->stream))
    status.free_bytes =
        gst_spice_file_stream_free_bytes (GST_SPICE_FILE_STREAM (task->stream));
  return status;
}

/* takes @error */
static gboolean
fail (Task *task, GError *error)
{
  SpcFileAnswer message = {.kind = SPC_FILE_FAILED};
  gboolean is_abandoned;

  g_mutex_lock (&task->writer->lock);
  is_abandoned = task->is_abandoned;
  g_mutex_unlock (&task->writer->lock);
  if (is_abandoned) { /* it failed for that reason, or it does not matter */
    g_error_free (error);
    return abandon (task);
  }
  message.status = status_of (task, error);
  close_in_vain (task);
  forget (task);
  tell_end (task, "failed", "reason", error->message);
  g_error_free (error);
  spc_file_drop_answer (task->writer->drop, task->handle, &message);
  return FALSE;
}

static gboolean
open_stream (Task *task)
{
  GstSpiceFileWriter *self = task->writer;
  GError *error = NULL;

  task->stream = self->funcs.request (task->client_id, task->id, task->name,
                                      task->size, self->user_data);
  if (!task->stream)
    return fail (task,
                 g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                                      "Nobody wants this file."));
  if (GST_IS_SPICE_FILE_STREAM (task->stream) &&
      !gst_spice_file_stream_open (GST_SPICE_FILE_STREAM (task->stream),
                                   &error))
    return fail (task, error);
  tell (task, event_new (task, "started"));
  answer (task, SPC_FILE_OPENED, 0);
  return TRUE;
}

static void
tell_progress (Task *task)
{
  if (g_get_monotonic_time () - task->told_us >= PROGRESS_INTERVAL_US)
    tell (task, event_new (task, "progress"));
}

/* @blocks: emptied */
static gboolean
write_blocks (Task *task, GQueue *blocks)
{
  GError *error = NULL;
  guint n = 0;

  for (GBytes *block; !error && (block = g_queue_pop_head (blocks)); n++) {
    gsize size;
    const void *data = g_bytes_get_data (block, &size);

    if (g_output_stream_write_all (task->stream, data, size, NULL,
                                   task->cancellable, &error))
      task->n_written += size;
    g_bytes_unref (block);
  }
  g_queue_clear_full (blocks, free_block);
  if (error)
    return fail (task, error);
  tell_progress (task);
  answer (task, SPC_FILE_WRITTEN, n);
  return TRUE;
}

static gboolean
finish (Task *task)
{
  GError *error = NULL;

  if (!g_output_stream_close (task->stream, task->cancellable, &error))
    return fail (task, error);
  forget (task);
  tell_end (
      task, "done", "location",
      GST_IS_SPICE_FILE_STREAM (task->stream)
          ? gst_spice_file_stream_path (GST_SPICE_FILE_STREAM (task->stream))
          : NULL);
  answer (task, SPC_FILE_DONE, 0);
  return FALSE;
}

/* moves what is to be written into @blocks */
static Step
next_step (Task *task, GQueue *blocks)
{
  GMutex *lock = &task->writer->lock;
  Step step = REST;

  g_mutex_lock (lock);
  task->thread = g_thread_self ();
  if (task->is_abandoned) {
    step = ABANDON;
  } else if (!task->stream) {
    step = OPEN;
  } else if (task->blocks.length > 0) {
    *blocks = task->blocks;
    g_queue_init (&task->blocks);
    step = WRITE;
  } else if (task->is_complete) {
    step = FINISH;
  } else {
    task->thread = NULL;
  }
  g_mutex_unlock (lock);
  return step;
}

static void
work (gpointer data, gpointer user_data)
{
  Task *task = data;
  gboolean goes_on = TRUE;

  while (goes_on) {
    GQueue blocks = G_QUEUE_INIT;

    switch (next_step (task, &blocks)) {
    case OPEN:
      goes_on = open_stream (task);
      break;
    case WRITE:
      goes_on = write_blocks (task, &blocks);
      break;
    case FINISH:
      goes_on = finish (task);
      break;
    case ABANDON:
      goes_on = abandon (task);
      break;
    default:
      goes_on = FALSE;
    }
  }
  unref_task (task);
}

/* life */

GstSpiceFileWriter *
gst_spice_file_writer_new (const GstSpiceFileWriterFuncs *funcs,
                           gpointer user_data)
{
  GstSpiceFileWriter *self = g_atomic_rc_box_new0 (GstSpiceFileWriter);

  self->funcs = *funcs;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  self->tasks =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, unref_task);
  self->pool = g_thread_pool_new (work, NULL, SPC_MAX_FILES, FALSE, NULL);
  return self;
}

void
gst_spice_file_writer_set_drop (GstSpiceFileWriter *self, SpcFileDrop *drop)
{
  self->drop = spc_file_drop_ref (drop);
}

static void
clear_writer (gpointer data)
{
  GstSpiceFileWriter *self = data;

  spc_file_drop_unref (self->drop);
  g_hash_table_unref (self->tasks);
  g_mutex_clear (&self->lock);
}

void
gst_spice_file_writer_unref (GstSpiceFileWriter *self)
{
  if (self)
    g_atomic_rc_box_release_full (self, clear_writer);
}

void
gst_spice_file_writer_stop (GstSpiceFileWriter *self)
{
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (unref_task);
  GThreadPool *pool;
  GHashTableIter iter;
  gpointer task;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->tasks);
  while (g_hash_table_iter_next (&iter, NULL, &task)) {
    give_up (task, FALSE, "The server has stopped.");
    g_ptr_array_add (tasks, g_atomic_rc_box_acquire (task));
  }
  pool = g_steal_pointer (&self->pool);
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < tasks->len; i++)
    g_cancellable_cancel (((Task *)g_ptr_array_index (tasks, i))->cancellable);
  if (pool)
    g_thread_pool_free (pool, FALSE, TRUE);
}

/* asking */

gboolean
gst_spice_file_writer_is_here (GstSpiceFileWriter *self)
{
  gboolean is_here = FALSE;
  GHashTableIter iter;
  gpointer task;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->tasks);
  while (!is_here && g_hash_table_iter_next (&iter, NULL, &task))
    is_here = ((Task *)task)->thread == g_thread_self ();
  g_mutex_unlock (&self->lock);
  return is_here;
}

gboolean
gst_spice_file_writer_has (GstSpiceFileWriter *self, guint client_id, guint id)
{
  gboolean has = FALSE;
  GHashTableIter iter;
  gpointer data;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->tasks);
  while (!has && g_hash_table_iter_next (&iter, NULL, &data)) {
    const Task *task = data;

    has = task->client_id == client_id && task->id == id && !task->is_abandoned;
  }
  g_mutex_unlock (&self->lock);
  return has;
}

/* work */

void
gst_spice_file_writer_open (GstSpiceFileWriter *self, const SpcFile *file)
{
  Task *task = g_atomic_rc_box_new0 (Task);

  task->writer = g_atomic_rc_box_acquire (self);
  task->handle = file->handle;
  task->client_id = file->client_id;
  task->id = file->id;
  task->name = g_strdup (file->name);
  task->size = file->size;
  task->cancellable = g_cancellable_new ();
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->tasks, &task->handle, task);
  schedule (task);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_file_writer_write (GstSpiceFileWriter *self, guint64 handle,
                             GBytes *block)
{
  Task *task;

  g_mutex_lock (&self->lock);
  task = g_hash_table_lookup (self->tasks, &handle);
  if (task && !task->is_abandoned) {
    g_queue_push_tail (&task->blocks, g_bytes_ref (block));
    schedule (task);
  }
  g_mutex_unlock (&self->lock);
}

void
gst_spice_file_writer_finish (GstSpiceFileWriter *self, guint64 handle)
{
  Task *task;

  g_mutex_lock (&self->lock);
  task = g_hash_table_lookup (self->tasks, &handle);
  if (task) {
    task->is_complete = TRUE;
    schedule (task);
  }
  g_mutex_unlock (&self->lock);
}

void
gst_spice_file_writer_abandon (GstSpiceFileWriter *self, guint64 handle,
                               gboolean is_cancelled, const char *reason)
{
  g_autoptr (GCancellable) cancellable = NULL;
  Task *task;

  g_mutex_lock (&self->lock);
  task = g_hash_table_lookup (self->tasks, &handle);
  if (task) {
    give_up (task, is_cancelled, reason);
    cancellable = g_object_ref (task->cancellable);
  }
  g_mutex_unlock (&self->lock);
  if (cancellable) /* calls out */
    g_cancellable_cancel (cancellable);
}

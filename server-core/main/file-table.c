/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "file-table.h"

#include <gio/gio.h>

struct _SpcFileTable {
  GPtrArray *files; /* SpcFile, owned */
  uint64_t last_handle;
  uint64_t n_bytes; /* of files that count to the quota */
};

static void
free_file (gpointer data)
{
  SpcFile *file = data;

  g_free (file->name);
  g_free (file);
}

SpcFileTable *
spc_file_table_new (void)
{
  SpcFileTable *self = g_new0 (SpcFileTable, 1);

  self->files = g_ptr_array_new_with_free_func (free_file);
  return self;
}

void
spc_file_table_free (SpcFileTable *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->files);
  g_free (self);
}

/* deciding */

static guint
count (SpcFileTable *self, uint32_t client_id)
{
  guint n = 0;

  for (guint i = 0; i < self->files->len; i++)
    if (((SpcFile *)g_ptr_array_index (self->files, i))->client_id == client_id)
      n++;
  return n;
}

/* what a file may still take */
static uint64_t
room (SpcFileTable *self, const SpcFileRules *rules)
{
  uint64_t bytes = rules->max_size ? rules->max_size : G_MAXUINT64;

  if (!rules->quota)
    return bytes;
  return MIN (bytes, rules->quota - MIN (rules->quota, self->n_bytes));
}

static bool
is_allowed (SpcFileTable *self, const SpcFileRules *rules, uint32_t client_id,
            const SpcFileStart *start, SpcFileStatus *status)
{
  *status = (SpcFileStatus){.id = start->id};
  if (!rules->is_on) {
    status->result = VD_AGENT_FILE_XFER_STATUS_DISABLED;
    return false;
  }
  if (self->files->len >= SPC_MAX_FILES ||
      count (self, client_id) >= SPC_MAX_CLIENT_FILES) {
    status->result = VD_AGENT_FILE_XFER_STATUS_ERROR;
    status->io_error = G_IO_ERROR_BUSY;
    return false;
  }
  if (start->size > room (self, rules)) {
    status->result = VD_AGENT_FILE_XFER_STATUS_NOT_ENOUGH_SPACE;
    status->free_bytes = room (self, rules);
    return false;
  }
  return true;
}

SpcFile *
spc_file_table_add (SpcFileTable *self, const SpcFileRules *rules,
                    uint32_t client_id, SpcFileStart *start, int64_t now_ms,
                    SpcFileStatus *status)
{
  SpcFile *file;

  g_assert (!spc_file_table_find (self, client_id, start->id));
  if (!is_allowed (self, rules, client_id, start, status))
    return NULL;
  file = g_new0 (SpcFile, 1);
  file->handle = ++self->last_handle;
  file->client_id = client_id;
  file->id = start->id;
  file->name = g_steal_pointer (&start->name);
  file->size = start->size;
  file->active_ms = now_ms;
  /* without a quota it may wrap, and wraps back when they are removed */
  self->n_bytes += file->size;
  g_ptr_array_add (self->files, file);
  return file;
}

/* finding: there are at most SPC_MAX_FILES */

SpcFile *
spc_file_table_find (SpcFileTable *self, uint32_t client_id, uint32_t id)
{
  for (guint i = 0; i < self->files->len; i++) {
    SpcFile *file = g_ptr_array_index (self->files, i);

    if (file->client_id == client_id && file->id == id && !file->is_ended)
      return file;
  }
  return NULL;
}

SpcFile *
spc_file_table_find_handle (SpcFileTable *self, uint64_t handle)
{
  for (guint i = 0; i < self->files->len; i++) {
    SpcFile *file = g_ptr_array_index (self->files, i);

    if (file->handle == handle)
      return file;
  }
  return NULL;
}

SpcFile *
spc_file_table_find_client (SpcFileTable *self, uint32_t client_id)
{
  for (guint i = 0; i < self->files->len; i++) {
    SpcFile *file = g_ptr_array_index (self->files, i);

    if (file->client_id == client_id && !file->is_ended)
      return file;
  }
  return NULL;
}

void
spc_file_table_remove (SpcFileTable *self, SpcFile *file, bool is_kept)
{
  if (!is_kept)
    self->n_bytes -= file->size;
  g_ptr_array_remove_fast (self->files, file);
}

/* time */

/* a viewer that waits for the disk is not idle, nor one that waits for somebody
 * to let its file in */
static bool
is_viewers_turn (const SpcFile *file)
{
  return file->is_open && file->n_pending == 0 && !file->is_finishing &&
         !file->is_ended;
}

SpcFile *
spc_file_table_find_idle (SpcFileTable *self, int64_t now_ms)
{
  for (guint i = 0; i < self->files->len; i++) {
    SpcFile *file = g_ptr_array_index (self->files, i);

    if (is_viewers_turn (file) && now_ms - file->active_ms >= SPC_FILE_IDLE_MS)
      return file;
  }
  return NULL;
}

int64_t
spc_file_table_idle_in (SpcFileTable *self, int64_t now_ms)
{
  int64_t least = -1;

  for (guint i = 0; i < self->files->len; i++) {
    SpcFile *file = g_ptr_array_index (self->files, i);
    int64_t left = file->active_ms + SPC_FILE_IDLE_MS - now_ms;

    if (!is_viewers_turn (file))
      left = SPC_FILE_IDLE_MS;
    least = least < 0 ? MAX (left, 0) : MIN (least, MAX (left, 0));
  }
  return least;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "file-drop.h"

#include <gio/gio.h>
#include <string.h>

/* what a viewer's status may be long: details of all kinds, and more to come */
#define MAX_STATUS_BODY 64u

struct _SpcFileDrop {
  /* set at construction, read by any thread */
  SpcLoop *loop;
  const SpcFileHost *host;
  gpointer user_data;
  /* loop thread only */
  SpcAgent *agent; /* not owned; NULL: it is gone */
  SpcFileTable *table;
  SpcTimer *timer;
};

/* of a viewer: the block whose pieces come at the moment */
typedef struct {
  uint8_t header[SPC_FILE_DATA_HEADER];
  guint n_header;  /* bytes of it */
  uint64_t handle; /* of the file; 0: of none, the block is passed over */
} Block;

static int64_t
now_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

/* telling viewers */

static void
send_status (SpcFileDrop *self, uint32_t client_id, const SpcFileStatus *status)
{
  SpcAgentViewer *viewer =
      self->agent ? spc_agent_find (self->agent, client_id) : NULL;
  uint8_t body[SPC_MAX_FILE_STATUS];
  size_t size;

  if (!viewer)
    return;
  size = spc_file_status_write (
      status,
      spc_agent_viewer_has_cap (viewer, VD_AGENT_CAP_FILE_XFER_DETAILED_ERRORS),
      body);
  spc_agent_viewer_send (viewer, VD_AGENT_FILE_XFER_STATUS, body, size, NULL);
}

static void
tell (SpcFileDrop *self, const SpcFile *file, uint32_t result)
{
  const SpcFileStatus status = {
      .id = file->id, .result = result, .io_error = G_IO_ERROR_FAILED};

  send_status (self, file->client_id, &status);
}

static void
give_back (SpcFileDrop *self, SpcFile *file, guint n_blocks)
{
  SpcAgentViewer *viewer =
      self->agent ? spc_agent_find (self->agent, file->client_id) : NULL;

  n_blocks = MIN (n_blocks, file->n_pending);
  file->n_pending -= n_blocks;
  if (viewer)
    spc_agent_viewer_give_back (viewer, n_blocks);
}

/* ending */

/* The file stays in the table, where it counts, until the host has let go. */
static void
abandon (SpcFileDrop *self, SpcFile *file, bool is_cancelled,
         const char *reason)
{
  SPC_INFO (SPC_LOG_MAIN, "file %u of viewer %u ended: %s", file->id,
            file->client_id, reason);
  file->is_ended = true;
  self->host->abandon (file->handle, is_cancelled, reason, self->user_data);
}

static void
fail (SpcFileDrop *self, SpcFile *file, const char *reason)
{
  tell (self, file, VD_AGENT_FILE_XFER_STATUS_ERROR);
  abandon (self, file, false, reason);
}

static void
cancel (SpcFileDrop *self, SpcFile *file, const char *reason)
{
  tell (self, file, VD_AGENT_FILE_XFER_STATUS_CANCELLED);
  abandon (self, file, true, reason);
}

/* idle files */

static void
watch (SpcFileDrop *self)
{
  int64_t delay = spc_file_table_idle_in (self->table, now_ms ());

  if (delay >= 0 && !spc_timer_is_armed (self->timer))
    spc_timer_arm (self->timer, (uint32_t)delay);
}

static void
on_timer (gpointer user_data)
{
  SpcFileDrop *self = user_data;
  SpcFile *file;

  while ((file = spc_file_table_find_idle (self->table, now_ms ())))
    cancel (self, file, "nothing has come for a minute");
  watch (self);
}

/* messages */

static void
refuse (SpcFileDrop *self, SpcAgentViewer *viewer, const SpcFileStart *start,
        const SpcFileStatus *status, const char *reason)
{
  uint32_t client_id = spc_agent_viewer_id (viewer);

  SPC_INFO (SPC_LOG_MAIN, "%s: file %u is refused: %s",
            spc_agent_viewer_name (viewer), start->id, reason);
  send_status (self, client_id, status);
  if (self->host->refused)
    self->host->refused (client_id, start, reason, self->user_data);
}

/* (transfer full) for people, of what the table decided */
static char *
reason_of (const SpcFileStart *start, const SpcFileStatus *status)
{
  if (status->result == VD_AGENT_FILE_XFER_STATUS_DISABLED)
    return g_strdup ("files are not taken, or not from this viewer");
  if (status->result == VD_AGENT_FILE_XFER_STATUS_NOT_ENOUGH_SPACE)
    return g_strdup_printf ("it has %" G_GUINT64_FORMAT
                            " bytes, at most %" G_GUINT64_FORMAT " are taken",
                            start->size, status->free_bytes);
  return g_strdup ("too many files are on their way");
}

/* a viewer that uses an id twice has lost one of the two: neither goes on */
static bool
is_id_taken (SpcFileDrop *self, SpcAgentViewer *viewer, uint32_t id)
{
  SpcFile *file =
      spc_file_table_find (self->table, spc_agent_viewer_id (viewer), id);

  if (file)
    fail (self, file, "its id was used for another file");
  return file != NULL;
}

static void
get_rules (SpcFileDrop *self, SpcAgentViewer *viewer, SpcFileRules *rules)
{
  *rules = (SpcFileRules){0};
  self->host->get_rules (rules, self->user_data);
  rules->is_on = rules->is_on && spc_agent_viewer_is_in_control (viewer);
}

static bool
on_start (gpointer feature, SpcAgentViewer *viewer,
          const SpcAgentHeader *header, const SpcAgentPiece *body,
          GError **error)
{
  SpcFileDrop *self = feature;
  g_auto (SpcFileStart) start = {0};
  g_autoptr (GError) cause = NULL;
  g_autofree char *reason = NULL;
  SpcFileRules rules;
  SpcFileStatus status;
  SpcFile *file;
  bool is_read = spc_file_start_read (&start, body->data, body->size, &cause);

  if (is_id_taken (self, viewer, start.id))
    return true;
  if (!is_read) {
    status = (SpcFileStatus){.id = start.id,
                             .result = VD_AGENT_FILE_XFER_STATUS_ERROR,
                             .io_error = G_IO_ERROR_INVALID_FILENAME};
    refuse (self, viewer, &start, &status, cause->message);
    return true;
  }
  get_rules (self, viewer, &rules);
  file = spc_file_table_add (self->table, &rules, spc_agent_viewer_id (viewer),
                             &start, now_ms (), &status);
  if (!file) {
    reason = reason_of (&start, &status);
    refuse (self, viewer, &start, &status, reason);
    return true;
  }
  self->host->open (file, self->user_data);
  watch (self);
  return true;
}

static uint32_t
block_id (const Block *block)
{
  uint32_t id;

  memcpy (&id, block->header, sizeof id);
  return GUINT32_FROM_LE (id);
}

static uint64_t
block_size (const Block *block)
{
  uint64_t size;

  memcpy (&size, block->header + 4, sizeof size);
  return GUINT64_FROM_LE (size);
}

/* the block's header is complete */
static void
begin_block (SpcFileDrop *self, SpcAgentViewer *viewer, Block *block,
             uint32_t body_size)
{
  SpcFile *file = spc_file_table_find (
      self->table, spc_agent_viewer_id (viewer), block_id (block));
  uint64_t size = block_size (block);

  /* what is on its way of files that have ended is nobody's fault */
  if (!file || file->is_finishing)
    return;
  file->active_ms = now_ms ();
  if (size != body_size - SPC_FILE_DATA_HEADER)
    fail (self, file, "a block has another size than its message");
  else if (size > file->size - file->n_arrived)
    fail (self, file, "more came than was announced");
  else
    block->handle = file->handle;
}

static void
finish_if_complete (SpcFileDrop *self, SpcFile *file)
{
  if (file->n_arrived < file->size || file->is_finishing)
    return;
  file->is_finishing = true;
  self->host->finish (file->handle, self->user_data);
}

/* true: the piece's token is given back when its bytes are written */
static bool
pass_bytes (SpcFileDrop *self, Block *block, const uint8_t *data, uint32_t size)
{
  SpcFile *file = block->handle
                      ? spc_file_table_find_handle (self->table, block->handle)
                      : NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (!file || file->is_ended)
    return false;
  if (size > 0) {
    bytes = g_bytes_new (data, size);
    file->n_arrived += size;
    file->n_pending++;
    self->host->write (file->handle, bytes, self->user_data);
  }
  finish_if_complete (self, file);
  return size > 0;
}

static bool
on_data (gpointer feature, SpcAgentViewer *viewer, const SpcAgentHeader *header,
         const SpcAgentPiece *piece, GError **error)
{
  SpcFileDrop *self = feature;
  Block *block = spc_agent_viewer_state (viewer, self);
  guint n;

  if (piece->is_start)
    *block = (Block){0};
  n = MIN (piece->size, SPC_FILE_DATA_HEADER - block->n_header);
  if (n > 0) {
    memcpy (block->header + block->n_header, piece->data, n);
    block->n_header += n;
    if (block->n_header == SPC_FILE_DATA_HEADER)
      begin_block (self, viewer, block, header->size);
  }
  if (!pass_bytes (self, block, piece->data + n, piece->size - n))
    spc_agent_viewer_give_back (viewer, 1);
  return true;
}

static bool
on_status (gpointer feature, SpcAgentViewer *viewer,
           const SpcAgentHeader *header, const SpcAgentPiece *body,
           GError **error)
{
  SpcFileDrop *self = feature;
  SpcFileStatus status;
  SpcFile *file;

  if (!spc_file_status_read (&status, body->data, body->size))
    return true;
  file = spc_file_table_find (self->table, spc_agent_viewer_id (viewer),
                              status.id);
  if (file && status.result == VD_AGENT_FILE_XFER_STATUS_CANCELLED)
    abandon (self, file, true, "the viewer has cancelled it");
  else if (file && status.result == VD_AGENT_FILE_XFER_STATUS_ERROR)
    abandon (self, file, false, "the viewer could not go on");
  return true;
}

/* sizes: spec, agent messages */
static const SpcAgentHandler handlers[] = {
    {VD_AGENT_FILE_XFER_START, 4, SPC_MAX_AGENT_BODY, false, on_start},
    {VD_AGENT_FILE_XFER_STATUS, 8, MAX_STATUS_BODY, false, on_status},
    {VD_AGENT_FILE_XFER_DATA, SPC_FILE_DATA_HEADER, G_MAXUINT32, true, on_data},
};

/* the feature */

static uint32_t
caps (gpointer feature)
{
  SpcFileDrop *self = feature;
  SpcFileRules rules = {0};
  uint32_t bits = 1u << VD_AGENT_CAP_FILE_XFER_DETAILED_ERRORS;

  self->host->get_rules (&rules, self->user_data);
  return rules.is_on ? bits : bits | 1u << VD_AGENT_CAP_FILE_XFER_DISABLED;
}

static void
role_changed (gpointer feature, SpcAgentViewer *viewer)
{
  SpcFileDrop *self = feature;
  SpcFile *file;

  if (spc_agent_viewer_is_in_control (viewer))
    return;
  while ((file = spc_file_table_find_client (self->table,
                                             spc_agent_viewer_id (viewer)))) {
    tell (self, file, VD_AGENT_FILE_XFER_STATUS_DISABLED);
    abandon (self, file, true, "the viewer may only look on");
  }
}

/* half a file is of no use elsewhere, and its place is here */
static void
leaving (gpointer feature, SpcAgentViewer *viewer)
{
  SpcFileDrop *self = feature;
  SpcFile *file;

  while ((file = spc_file_table_find_client (self->table,
                                             spc_agent_viewer_id (viewer))))
    cancel (self, file, "the viewer moves to another server");
}

static void
gone (gpointer feature, SpcAgentViewer *viewer)
{
  SpcFileDrop *self = feature;
  SpcFile *file;

  while ((file = spc_file_table_find_client (self->table,
                                             spc_agent_viewer_id (viewer))))
    abandon (self, file, false, "the viewer has gone");
}

static void
free_feature (gpointer feature)
{
  SpcFileDrop *self = feature;

  self->agent = NULL;
  g_clear_pointer (&self->timer, spc_timer_free);
  spc_file_drop_unref (self);
}

static const SpcAgentFeatureClass feature_class = {
    .handlers = handlers,
    .n_handlers = G_N_ELEMENTS (handlers),
    .viewer_size = sizeof (Block),
    .caps = caps,
    .role_changed = role_changed,
    .gone = gone,
    .leaving = leaving,
    .free = free_feature,
};

/* life */

static void
clear (gpointer data)
{
  SpcFileDrop *self = data;

  spc_file_table_free (self->table);
  spc_loop_unref (self->loop);
}

SpcFileDrop *
spc_file_drop_new (SpcAgent *agent, const SpcFileHost *host, gpointer user_data)
{
  SpcFileDrop *self = g_atomic_rc_box_new0 (SpcFileDrop);

  self->loop = spc_loop_ref (spc_agent_loop (agent));
  self->host = host;
  self->user_data = user_data;
  self->agent = agent;
  self->table = spc_file_table_new ();
  self->timer = spc_timer_new (self->loop, on_timer, self);
  spc_agent_add_feature (agent, &feature_class, spc_file_drop_ref (self));
  return self;
}

SpcFileDrop *
spc_file_drop_ref (SpcFileDrop *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
spc_file_drop_unref (SpcFileDrop *self)
{
  if (self)
    g_atomic_rc_box_release_full (self, clear);
}

/* from other threads */

typedef struct {
  SpcFileDrop *drop; /* owned */
  uint64_t handle;
  SpcFileAnswer answer;
  uint32_t client_id, id; /* of a cancel */
} Letter;

static Letter *
letter_new (SpcFileDrop *self)
{
  Letter *letter = g_new0 (Letter, 1);

  letter->drop = spc_file_drop_ref (self);
  return letter;
}

static void
letter_free (gpointer data)
{
  Letter *letter = data;

  spc_file_drop_unref (letter->drop);
  g_free (letter);
}

static void
end (SpcFileDrop *self, SpcFile *file, const SpcFileAnswer *answer)
{
  SpcFileStatus status = answer->status;

  give_back (self, file, file->n_pending);
  status.id = file->id;
  if (answer->kind == SPC_FILE_DONE)
    status.result = VD_AGENT_FILE_XFER_STATUS_SUCCESS;
  if (!file->is_ended)
    send_status (self, file->client_id, &status);
  spc_file_table_remove (self->table, file, answer->kind == SPC_FILE_DONE);
}

static void
take_answer (gpointer data)
{
  const Letter *letter = data;
  const SpcFileAnswer *answer = &letter->answer;
  SpcFileDrop *self = letter->drop;
  SpcFile *file = spc_file_table_find_handle (self->table, letter->handle);

  if (!file)
    return;
  file->active_ms = now_ms ();
  file->is_open |= answer->kind == SPC_FILE_OPENED;
  if (answer->kind == SPC_FILE_WRITTEN)
    give_back (self, file, answer->n_blocks);
  else if (answer->kind != SPC_FILE_OPENED)
    end (self, file, answer);
  else if (!file->is_ended)
    tell (self, file, VD_AGENT_FILE_XFER_STATUS_CAN_SEND_DATA);
}

void
spc_file_drop_answer (SpcFileDrop *self, uint64_t handle,
                      const SpcFileAnswer *answer)
{
  Letter *letter = letter_new (self);

  letter->handle = handle;
  letter->answer = *answer;
  spc_loop_post (self->loop, take_answer, letter, letter_free);
}

static void
take_cancel (gpointer data)
{
  const Letter *letter = data;
  SpcFile *file =
      spc_file_table_find (letter->drop->table, letter->client_id, letter->id);

  if (file)
    cancel (letter->drop, file, "the application has cancelled it");
}

void
spc_file_drop_cancel (SpcFileDrop *self, uint32_t client_id, uint32_t id)
{
  Letter *letter = letter_new (self);

  letter->client_id = client_id;
  letter->id = id;
  spc_loop_post (self->loop, take_cancel, letter, letter_free);
}

static void
take_change (gpointer data)
{
  const Letter *letter = data;

  if (letter->drop->agent)
    spc_agent_announce (letter->drop->agent);
}

void
spc_file_drop_rules_changed (SpcFileDrop *self)
{
  spc_loop_post (self->loop, take_change, letter_new (self), letter_free);
}

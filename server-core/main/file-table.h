/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* file-table.h – which files are on their way, and how many may be.
 *
 * Decides about each file a viewer offers, by number, size and quota, knows how
 * much of it has come and which have been left alone for too long. Files are
 * known by viewer and the viewer's id, and by a handle that never comes again.
 * Pure: time is an argument. One thread at a time. */
#pragma once

#include "file-messages.h"

typedef struct {
  bool is_on;        /* viewers may drop files */
  uint64_t max_size; /* bytes of a file; 0: any */
  uint64_t quota;    /* bytes of all files taken, and being taken; 0: any */
} SpcFileRules;

typedef struct {
  uint64_t handle; /* from 1 */
  uint32_t client_id, id;
  char *name;
  uint64_t size;
  uint64_t n_arrived; /* bytes */
  guint n_pending;    /* blocks that are being written */
  bool is_open;       /* the viewer has been told that it may send */
  bool is_finishing;  /* nothing is missing */
  bool is_ended;      /* given up; who writes it has not let go of it yet */
  int64_t active_ms;  /* when the viewer last did something */
} SpcFile;

typedef struct _SpcFileTable SpcFileTable;

SpcFileTable *spc_file_table_new (void);
void spc_file_table_free (SpcFileTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcFileTable, spc_file_table_free)

/* Takes @start's name. NULL: the file is refused, as @status tells. Its id must
 * not be in use. */
SpcFile *spc_file_table_add (SpcFileTable *self, const SpcFileRules *rules,
                             uint32_t client_id, SpcFileStart *start,
                             int64_t now_ms, SpcFileStatus *status);
/* files that have ended are found by their handle alone, so that their ids can
 * be used again; they count as long as something is done with them */
SpcFile *spc_file_table_find (SpcFileTable *self, uint32_t client_id,
                              uint32_t id);
SpcFile *spc_file_table_find_handle (SpcFileTable *self, uint64_t handle);
/* a file of the viewer's, or NULL */
SpcFile *spc_file_table_find_client (SpcFileTable *self, uint32_t client_id);
/* @is_kept: it was finished and counts to the quota for good */
void spc_file_table_remove (SpcFileTable *self, SpcFile *file, bool is_kept);

/* a file whose viewer has had nothing to wait for and has done nothing for
 * SPC_FILE_IDLE_MS, or NULL */
SpcFile *spc_file_table_find_idle (SpcFileTable *self, int64_t now_ms);
/* ms until there may be one; -1: there is no file */
int64_t spc_file_table_idle_in (SpcFileTable *self, int64_t now_ms);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* file-drop.h – files that viewers drop: a feature of the agent.
 *
 * A viewer offers a file, is let in or refused (file-table.h), and sends it in
 * pieces. Each piece goes to the layer above as it is, and the viewer gets its
 * token back only when the piece has been written: whoever sends faster than
 * the disk takes waits, and no more than SPC_AGENT_TOKENS pieces are in memory
 * (spec: file transfer). The layer above is told what to do and answers when it
 * has done it. Shared: the agent has a reference, the layer above another. */
#pragma once

#include "agent.h"
#include "file-table.h"

typedef struct _SpcFileDrop SpcFileDrop;

/* loop thread; all must return at once. After finish or abandon nothing more
 * comes for a handle but one abandon after a finish. */
typedef struct {
  void (*get_rules) (SpcFileRules *rules, gpointer user_data);
  /* A file is refused; @start is valid during the call, its name is NULL if
   * nothing of it can be used. @reason: why, for people. NULL: not told */
  void (*refused) (uint32_t client_id, const SpcFileStart *start,
                   const char *reason, gpointer user_data);
  /* a file begins; @file is valid during the call */
  void (*open) (const SpcFile *file, gpointer user_data);
  void (*write) (uint64_t handle, GBytes *block, gpointer user_data);
  /* it is complete */
  void (*finish) (uint64_t handle, gpointer user_data);
  /* nothing is to be left of it. @is_cancelled: somebody wished so, else it
   * failed; @reason: why, for people */
  void (*abandon) (uint64_t handle, bool is_cancelled, const char *reason,
                   gpointer user_data);
} SpcFileHost;

/* life: @host stays valid as long as the agent. Before the server's start. */
SpcFileDrop *spc_file_drop_new (SpcAgent *agent, const SpcFileHost *host,
                                gpointer user_data);
SpcFileDrop *spc_file_drop_ref (SpcFileDrop *self);
void spc_file_drop_unref (SpcFileDrop *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcFileDrop, spc_file_drop_unref)

/* answers: any thread. The last one for a handle is any of DONE, FAILED and
 * ABANDONED. */
typedef enum {
  SPC_FILE_OPENED,    /* blocks may come */
  SPC_FILE_WRITTEN,   /* so many blocks */
  SPC_FILE_DONE,      /* finished */
  SPC_FILE_FAILED,    /* could not be done; all that was left is dropped */
  SPC_FILE_ABANDONED, /* as was asked for */
} SpcFileAnswerKind;

typedef struct {
  SpcFileAnswerKind kind;
  guint n_blocks;       /* of WRITTEN */
  SpcFileStatus status; /* of FAILED: what the viewer is told, but for the id */
} SpcFileAnswer;

void spc_file_drop_answer (SpcFileDrop *self, uint64_t handle,
                           const SpcFileAnswer *answer);

/* changing: any thread */
/* ends a file; the viewer is told. Nothing happens if there is none. */
void spc_file_drop_cancel (SpcFileDrop *self, uint32_t client_id, uint32_t id);
/* the rules have changed; files under way go on as they are */
void spc_file_drop_rules_changed (SpcFileDrop *self);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* file-messages.h – the agent's messages about files (spec: file transfer).
 *
 * Plain data and its bytes. Pure; any thread. */
#pragma once

#include "server-core/base/limits.h"

#include <glib.h>
#include <spice/vd_agent.h>
#include <stdbool.h>
#include <stdint.h>

/* FILE_XFER_START */
typedef struct {
  uint32_t id; /* the viewer's choice */
  char *name;  /* safe to create a file by; owned */
  uint64_t size;
} SpcFileStart;

/* Reads a body of FILE_XFER_START; false: it cannot be what a viewer means, id
 * is set if there was one. */
bool spc_file_start_read (SpcFileStart *self, const void *body, size_t size,
                          GError **error);
void spc_file_start_clear (SpcFileStart *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SpcFileStart, spc_file_start_clear)

/* FILE_XFER_DATA: what stands before the bytes */
#define SPC_FILE_DATA_HEADER 12u

/* FILE_XFER_STATUS */
typedef struct {
  uint32_t id;
  uint32_t result;     /* VD_AGENT_FILE_XFER_STATUS_… */
  uint64_t free_bytes; /* of NOT_ENOUGH_SPACE */
  uint32_t io_error;   /* of ERROR: a GIOErrorEnum */
} SpcFileStatus;

#define SPC_MAX_FILE_STATUS 16u
/* Writes the body, of the form every viewer knows unless @detailed (capability
 * FILE_XFER_DETAILED_ERRORS); returns its size. */
size_t spc_file_status_write (const SpcFileStatus *self, bool detailed,
                              uint8_t body[SPC_MAX_FILE_STATUS]);
/* false: too short. Details are left out. */
bool spc_file_status_read (SpcFileStatus *self, const void *body, size_t size);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* command-spoils.h – for tests: what can be wrong in a command.
 *
 * Each spoil makes one thing wrong in a command that is valid before, on
 * surfaces whose ids and formats are those of command-samples.h, others not
 * counted. Any thread. */
#pragma once

#include "command.h"

typedef struct {
  const char *name; /* as in "copy-without-a-source"; NULL: the table's end */
  const char *text; /* part of the error that is to be expected */
  /* Spoils @command, which nobody else uses; false: it has nothing of the kind
   * and is as before. */
  bool (*spoil) (QxlCommand *command);
} QxlSpoil;

#define QXL_N_SPOIL_TABLES 3u
extern const QxlSpoil *const qxl_spoil_tables[QXL_N_SPOIL_TABLES];

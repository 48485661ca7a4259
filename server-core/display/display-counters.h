/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display-counters.h – what a display has done, counted for anybody to read.
 *
 * Any thread. */
#pragma once

#include "display.h"

typedef struct {
  GMutex lock;
  SpcDisplayStats stats; /* guarded by it */
} SpcDisplayCounters;

#define SPC_COUNT(counters, member, n)                                         \
  G_STMT_START                                                                 \
  {                                                                            \
    g_mutex_lock (&(counters)->lock);                                          \
    (counters)->stats.member += (n);                                           \
    g_mutex_unlock (&(counters)->lock);                                        \
  }                                                                            \
  G_STMT_END

void spc_display_counters_read (SpcDisplayCounters *self,
                                SpcDisplayStats *stats);
/* as docs/messages.md names them */
void spc_display_counters_tell (SpcDisplayCounters *self, GVariantDict *dict);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a library warns of is a finding: somebody broke its rules, or a peer
 * may fill a log. */
#include "fuzz.h"

#include <glib.h>

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal ((GLogLevelFlags)(G_LOG_FATAL_MASK |
                                           G_LOG_LEVEL_CRITICAL |
                                           G_LOG_LEVEL_WARNING));
  return 0;
}

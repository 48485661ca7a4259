/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* log.h – server-core's log: categories, levels, one replaceable sink.
 *
 * The layer above installs the sink once, before the first server starts;
 * without one, errors and warnings go to g_log. The sink may be called from any
 * thread. A call below the threshold of its category costs one comparison.
 * Never log a password, a ticket or what a user typed or copied. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
  SPC_LOG_SERVER,
  SPC_LOG_NET,
  SPC_LOG_LINK,
  SPC_LOG_CHANNEL,
  SPC_LOG_MAIN,
  SPC_LOG_DISPLAY,
  SPC_LOG_IMAGE,
  SPC_LOG_CURSOR,
  SPC_LOG_INPUTS,
  SPC_LOG_AUDIO,
  SPC_LOG_PORT,
  SPC_N_LOG_CATEGORIES
} SpcLogCategory;

typedef enum {
  SPC_LEVEL_NONE,
  SPC_LEVEL_ERROR,   /* the server cannot go on as asked */
  SPC_LEVEL_WARNING, /* a peer misbehaves, or we degrade */
  SPC_LEVEL_INFO,    /* a client comes, goes, changes */
  SPC_LEVEL_DEBUG,   /* decisions */
  SPC_LEVEL_LOG,     /* per frame or message */
  SPC_LEVEL_TRACE,   /* per tile */
} SpcLogLevel;

typedef void (*SpcLogSink) (SpcLogCategory category, SpcLogLevel level,
                            const char *file, const char *function, int line,
                            const char *text);

/* "server", "net", … */
const char *spc_log_category_name (SpcLogCategory category);
void spc_log_set_sink (SpcLogSink sink); /* NULL: g_log */
void spc_log_set_threshold (SpcLogCategory category, SpcLogLevel level);
bool spc_log_is_on (SpcLogCategory category, SpcLogLevel level);
void spc_log_write (SpcLogCategory category, SpcLogLevel level,
                    const char *file, const char *function, int line,
                    const char *format, ...) G_GNUC_PRINTF (6, 7);

#define SPC_LOG_AT(category, level, ...)                                       \
  G_STMT_START                                                                 \
  {                                                                            \
    if (spc_log_is_on (category, level))                                       \
      spc_log_write (category, level, __FILE__, G_STRFUNC, __LINE__,           \
                     __VA_ARGS__);                                             \
  }                                                                            \
  G_STMT_END

#define SPC_ERROR_LOG(category, ...)                                           \
  SPC_LOG_AT (category, SPC_LEVEL_ERROR, __VA_ARGS__)
#define SPC_WARNING(category, ...)                                             \
  SPC_LOG_AT (category, SPC_LEVEL_WARNING, __VA_ARGS__)
#define SPC_INFO(category, ...)                                                \
  SPC_LOG_AT (category, SPC_LEVEL_INFO, __VA_ARGS__)
#define SPC_DEBUG(category, ...)                                               \
  SPC_LOG_AT (category, SPC_LEVEL_DEBUG, __VA_ARGS__)
#define SPC_LOG(category, ...) SPC_LOG_AT (category, SPC_LEVEL_LOG, __VA_ARGS__)

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "log.h"

static const char *const category_names[SPC_N_LOG_CATEGORIES] = {
    [SPC_LOG_SERVER] = "server", [SPC_LOG_NET] = "net",
    [SPC_LOG_LINK] = "link",     [SPC_LOG_CHANNEL] = "channel",
    [SPC_LOG_MAIN] = "main",     [SPC_LOG_DISPLAY] = "display",
    [SPC_LOG_IMAGE] = "image",   [SPC_LOG_CURSOR] = "cursor",
    [SPC_LOG_INPUTS] = "inputs", [SPC_LOG_AUDIO] = "audio",
    [SPC_LOG_PORT] = "port",
};

/* atomic: set by the layer above, read by any thread */
static gpointer log_sink;
static gint thresholds[SPC_N_LOG_CATEGORIES] = {
    [0 ... SPC_N_LOG_CATEGORIES - 1] = SPC_LEVEL_WARNING,
};

const char *
spc_log_category_name (SpcLogCategory category)
{
  return category < SPC_N_LOG_CATEGORIES ? category_names[category] : "?";
}

void
spc_log_set_sink (SpcLogSink sink)
{
  g_atomic_pointer_set (&log_sink, (gpointer)sink);
}

void
spc_log_set_threshold (SpcLogCategory category, SpcLogLevel level)
{
  g_return_if_fail (category < SPC_N_LOG_CATEGORIES);
  g_atomic_int_set (&thresholds[category], (gint)level);
}

bool
spc_log_is_on (SpcLogCategory category, SpcLogLevel level)
{
  return (gint)level <= g_atomic_int_get (&thresholds[category]);
}

static void
write_to_glib (SpcLogCategory category, SpcLogLevel level, const char *text)
{
  GLogLevelFlags flags = G_LOG_LEVEL_DEBUG;

  if (level <= SPC_LEVEL_ERROR)
    flags = G_LOG_LEVEL_MESSAGE;
  else if (level <= SPC_LEVEL_INFO)
    flags = G_LOG_LEVEL_INFO;
  g_log ("spc", flags, "%s: %s", spc_log_category_name (category), text);
}

void
spc_log_write (SpcLogCategory category, SpcLogLevel level, const char *file,
               const char *function, int line, const char *format, ...)
{
  SpcLogSink sink = (SpcLogSink)g_atomic_pointer_get (&log_sink);
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (sink != NULL)
    sink (category, level, file, function, line, text);
  else
    write_to_glib (category, level, text);
}

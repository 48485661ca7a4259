/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicelog.h"

#include "server-core/base/log.h"

#include <stdbool.h>

static GstDebugCategory *categories[SPC_N_LOG_CATEGORIES];

/* clang-format off */
static const char *const category_names[SPC_N_LOG_CATEGORIES] = {
  [SPC_LOG_SERVER]  = "spice",
  [SPC_LOG_NET]     = "spicenet",
  [SPC_LOG_LINK]    = "spicelink",
  [SPC_LOG_CHANNEL] = "spicechannel",
  [SPC_LOG_MAIN]    = "spicemain",
  [SPC_LOG_DISPLAY] = "spicedisplay",
  [SPC_LOG_IMAGE]   = "spiceimage",
  [SPC_LOG_CURSOR]  = "spicecursor",
  [SPC_LOG_INPUTS]  = "spiceinputs",
  [SPC_LOG_AUDIO]   = "spiceaudio",
  [SPC_LOG_PORT]    = "spiceport",
};

static const struct {
  SpcLogLevel ours;
  GstDebugLevel theirs;
} levels[] = { /* from the quietest to the loudest */
  { SPC_LEVEL_ERROR,   GST_LEVEL_ERROR },
  { SPC_LEVEL_WARNING, GST_LEVEL_WARNING },
  { SPC_LEVEL_INFO,    GST_LEVEL_INFO },
  { SPC_LEVEL_DEBUG,   GST_LEVEL_DEBUG },
  { SPC_LEVEL_LOG,     GST_LEVEL_LOG },
  { SPC_LEVEL_TRACE,   GST_LEVEL_TRACE },
};
/* clang-format on */

static GstDebugLevel
to_gst_level (SpcLogLevel level)
{
  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++)
    if (levels[i].ours == level)
      return levels[i].theirs;
  return GST_LEVEL_NONE;
}

static SpcLogLevel
to_spc_level (GstDebugLevel threshold)
{
  SpcLogLevel level = SPC_LEVEL_NONE;

  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++)
    if (levels[i].theirs <= threshold)
      level = levels[i].ours;
  return level;
}

static void
write_line (SpcLogCategory category, SpcLogLevel level, const char *file,
            const char *function, int line, const char *text)
{
  gst_debug_log (categories[category], to_gst_level (level), file, function,
                 line, NULL, "%s", text);
}

static gpointer
install (gpointer data)
{
  for (gsize i = 0; i < SPC_N_LOG_CATEGORIES; i++) {
    g_autofree char *text = g_strdup_printf (
        "SPICE server, %s", spc_log_category_name ((SpcLogCategory)i));

    categories[i] = _gst_debug_category_new (category_names[i], 0, text);
  }
  spc_log_set_sink (write_line);
  return NULL;
}

void
gst_spice_log_update (void)
{
  static GOnce once = G_ONCE_INIT;

  g_once (&once, install, NULL);
  for (gsize i = 0; i < SPC_N_LOG_CATEGORIES; i++)
    spc_log_set_threshold (
        (SpcLogCategory)i,
        to_spc_level (gst_debug_category_get_threshold (categories[i])));
}

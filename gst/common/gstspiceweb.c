/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceweb-private.h"

#include <errno.h>
#include <gst/gst.h>
#include <string.h>

/* the usual folder may be missing: then there are no pages */
static bool
check_root (const GstSpiceSettings *settings, const char *root, GError **error)
{
  if (!root || !gst_spice_settings_has (settings, GST_SPICE_SETTING_WEB_ROOT) ||
      g_file_test (root, G_FILE_TEST_IS_DIR))
    return true;
  g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
               "web-root: there is no folder %s", root);
  return false;
}

/* a scheme, a host and maybe a port, as browsers write them */
static bool
is_origin (const char *text)
{
  const char *host = strstr (text, "://");

  return host && host != text && host[3] && !strpbrk (host + 3, "/?# ");
}

/* another would never be one that a browser sends */
static bool
check_origins (const char *origins, GError **error)
{
  g_auto (GStrv) words = g_strsplit (origins ? origins : "", ",", -1);

  for (char **w = words; *w; w++) {
    if (g_str_equal (g_strstrip (*w), "*") || **w == '\0' || is_origin (*w))
      continue;
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
                 "web-origins: \"%s\" is no origin, as https://example.org is",
                 *w);
    return false;
  }
  return true;
}

bool
gst_spice_web_configure (const GstSpiceSettings *settings, SpcConfig *config,
                         GError **error)
{
  const char *root =
      gst_spice_settings_string (settings, GST_SPICE_SETTING_WEB_ROOT);
  const char *origins =
      gst_spice_settings_string (settings, GST_SPICE_SETTING_WEB_ORIGINS);

  config->web = (SpcEntranceRules){.web_root = g_strdup (root),
                                   .web_origins = g_strdup (origins)};
  return check_root (settings, root, error) && check_origins (origins, error);
}

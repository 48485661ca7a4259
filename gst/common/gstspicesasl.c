/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicesasl-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

GType
gst_spice_sasl_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
      {GST_SPICE_SASL_NONE, "Viewers are asked for the password only", "none"},
      {GST_SPICE_SASL_OPTIONAL, "Viewers say who they are, or the password",
       "optional"},
      {GST_SPICE_SASL_REQUIRED, "Viewers say who they are", "required"},
      {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstSpiceSasl", values));
  return type;
}

static char *
text_of (const GstSpiceSettings *settings, GstSpiceSetting setting)
{
  return g_strdup (gst_spice_settings_string (settings, setting));
}

static SpcSaslUse
use_of (const GstSpiceSettings *settings)
{
  static const SpcSaslUse uses[] = {
      [GST_SPICE_SASL_NONE] = SPC_SASL_OFF,
      [GST_SPICE_SASL_OPTIONAL] = SPC_SASL_OPTIONAL,
      [GST_SPICE_SASL_REQUIRED] = SPC_SASL_REQUIRED,
  };

  return uses[g_value_get_enum (&settings->values[GST_SPICE_SETTING_SASL])];
}

/* the library would say so only when somebody wants to come in */
static bool
check_database (const SpcSaslConfig *sasl, GError **error)
{
  if (sasl->use == SPC_SASL_OFF || !sasl->database ||
      access (sasl->database, R_OK) == 0)
    return true;
  g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
               "sasl-database: %s cannot be read: %s", sasl->database,
               g_strerror (errno));
  return false;
}

/* it becomes the name of a file */
static bool
check_app_name (const SpcSaslConfig *sasl, GError **error)
{
  static const char allowed[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_";

  if (!sasl->app_name ||
      strspn (sasl->app_name, allowed) == strlen (sasl->app_name))
    return true;
  g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
               "sasl-app-name: \"%s\" has other characters than letters, "
               "digits, - and _",
               sasl->app_name);
  return false;
}

bool
gst_spice_sasl_configure (const GstSpiceSettings *settings, SpcConfig *config,
                          GError **error)
{
  config->sasl = (SpcSaslConfig){
      .use = use_of (settings),
      .app_name = text_of (settings, GST_SPICE_SETTING_SASL_APP_NAME),
      .mechanisms = text_of (settings, GST_SPICE_SETTING_SASL_MECHANISMS),
      .database = text_of (settings, GST_SPICE_SETTING_SASL_DATABASE),
      .min_ssf =
          gst_spice_settings_uint (settings, GST_SPICE_SETTING_SASL_MIN_SSF),
  };
  return check_app_name (&config->sasl, error) &&
         check_database (&config->sasl, error);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the settings mean to a server. */
#include "gst/common/gstspicesettings.h"
#include "gst/common/gstspicesasl-private.h"
#include "gst/common/gstspicetls-private.h"
#include "gst/common/gstspiceweb-private.h"
#include "gst/common/gstspiceclipboard.h"
#include "gst/common/gstspicecodecs.h"
#include "gst/common/gstspicecompression.h"
#include "gst/common/gstspicecontrol.h"
#include "gst/common/gstspicevideo.h"
#include <gio/gio.h>
#include <string.h>

static int
enum_of (const GstSpiceSettings *self, GstSpiceSetting setting)
{
  return g_value_get_enum (&self->values[setting]);
}

static SpcUse
use_of (const GstSpiceSettings *self, GstSpiceSetting setting)
{
  static const SpcUse uses[] = {
      [GST_SPICE_WAN_COMPRESSION_AUTO] = SPC_USE_AUTO,
      [GST_SPICE_WAN_COMPRESSION_ALWAYS] = SPC_USE_ALWAYS,
      [GST_SPICE_WAN_COMPRESSION_NEVER] = SPC_USE_NEVER,
  };

  return uses[enum_of (self, setting)];
}

SpcImageConfig
gst_spice_settings_images (const GstSpiceSettings *self)
{
  SpcImageConfig images = {
      .jpeg = use_of (self, GST_SPICE_SETTING_JPEG),
      .zlib_glz = use_of (self, GST_SPICE_SETTING_ZLIB_GLZ),
  };

  /* the default leaves it to the server */
  if (gst_spice_settings_has (self, GST_SPICE_SETTING_IMAGE_COMPRESSION))
    images.compression =
        (uint8_t)enum_of (self, GST_SPICE_SETTING_IMAGE_COMPRESSION);
  return images;
}

SpcControlRule
gst_spice_settings_control (const GstSpiceSettings *self)
{
  static const SpcControlRule rules[] = {
      [GST_SPICE_CONTROL_ALL] = SPC_CONTROL_ALL,
      [GST_SPICE_CONTROL_FIRST] = SPC_CONTROL_FIRST,
      [GST_SPICE_CONTROL_LAST] = SPC_CONTROL_LAST,
      [GST_SPICE_CONTROL_NAMED] = SPC_CONTROL_NAMED,
  };

  return rules[enum_of (self, GST_SPICE_SETTING_CONTROL)];
}

static SpcVideoUse
video_use_of (const GstSpiceSettings *self)
{
  static const SpcVideoUse uses[] = {
      [GST_SPICE_STREAMING_VIDEO_OFF] = SPC_VIDEO_OFF,
      [GST_SPICE_STREAMING_VIDEO_ALL] = SPC_VIDEO_ALL,
      [GST_SPICE_STREAMING_VIDEO_FILTER] = SPC_VIDEO_FILTER,
  };

  return uses[enum_of (self, GST_SPICE_SETTING_STREAMING_VIDEO)];
}

SpcVideoConfig
gst_spice_settings_video (const GstSpiceSettings *self)
{
  SpcVideoConfig video = {
      .use = video_use_of (self),
      .obeys_viewers = true,
      .start_bps =
          gst_spice_settings_uint (self, GST_SPICE_SETTING_START_BITRATE),
      .min_bps = gst_spice_settings_uint (self, GST_SPICE_SETTING_MIN_BITRATE),
      .max_bps = gst_spice_settings_uint (self, GST_SPICE_SETTING_MAX_BITRATE),
  };
  g_autofree char *unknown = NULL;

  gst_spice_codecs_parse (
      gst_spice_settings_string (self, GST_SPICE_SETTING_VIDEO_CODECS),
      video.codecs, &unknown);
  video.favours_mjpeg = video.codecs[0] == 0; /* nobody gave an order */
  if (unknown)
    GST_WARNING ("video-codecs: \"%s\" is passed over: there are mjpeg, vp8, "
                 "h264, vp9 and h265",
                 unknown);
  return video;
}

bool
gst_spice_settings_to_config (const GstSpiceSettings *self, SpcConfig *config,
                              GError **error)
{
  const char *address =
      gst_spice_settings_string (self, GST_SPICE_SETTING_ADDRESS);
  const char *path =
      gst_spice_settings_string (self, GST_SPICE_SETTING_UNIX_PATH);
  const char *name =
      gst_spice_settings_string (self, GST_SPICE_SETTING_SESSION_NAME);
  const char *uuid = gst_spice_settings_string (self, GST_SPICE_SETTING_UUID);

  for (guint i = 0; i < GST_SPICE_N_SETTINGS; i++)
    if (!gst_spice_setting_check (i, &self->values[i], error))
      return false;
  config->has_uuid = uuid && gst_spice_setting_parse_uuid (uuid, config->uuid);
  g_free (config->address);
  config->address = g_strdup (address);
  g_free (config->unix_path);
  config->unix_path = g_strdup (path);
  g_free (config->name);
  config->name = g_strdup (name);
  config->port = gst_spice_settings_port (self);
  config->allow_anonymous =
      gst_spice_settings_bool (self, GST_SPICE_SETTING_DISABLE_TICKETING);
  config->max_clients =
      gst_spice_settings_uint (self, GST_SPICE_SETTING_MAX_CLIENTS);
  config->link_timeout_s =
      gst_spice_settings_uint (self, GST_SPICE_SETTING_LINK_TIMEOUT);
  config->max_pending_links =
      gst_spice_settings_uint (self, GST_SPICE_SETTING_MAX_PENDING_LINKS);
  config->max_links_per_address =
      gst_spice_settings_uint (self, GST_SPICE_SETTING_MAX_LINKS_PER_ADDRESS);
  config->max_connects_per_s = g_value_get_int (
      &self->values[GST_SPICE_SETTING_MAX_CONNECTS_PER_SECOND]);
  config->default_view_only =
      gst_spice_settings_bool (self, GST_SPICE_SETTING_VIEW_ONLY);
  config->control = gst_spice_settings_control (self);
  config->images = gst_spice_settings_images (self);
  config->video = gst_spice_settings_video (self);
  return gst_spice_tls_configure (self, config, error) &&
         gst_spice_sasl_configure (self, config, error) &&
         gst_spice_web_configure (self, config, error);
}

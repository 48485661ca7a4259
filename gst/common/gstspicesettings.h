/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicesettings.h – the property set of a server, defined once.
 *
 * The same properties stand on GstSpiceServer and on every element that shares
 * one. Plain data: values, and which of them somebody has given. Not locked:
 * the owner's lock guards it. */
#pragma once

#include "server-core/channel/config.h"

#include <gst/gst.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef enum {
  GST_SPICE_SETTING_ADDRESS,
  GST_SPICE_SETTING_PORT,
  GST_SPICE_SETTING_UNIX_PATH,
  GST_SPICE_SETTING_TLS_PORT,
  GST_SPICE_SETTING_TLS_CERT_FILE,
  GST_SPICE_SETTING_TLS_KEY_FILE,
  GST_SPICE_SETTING_TLS_KEY_PASSWORD,
  GST_SPICE_SETTING_TLS_CA_FILE,
  GST_SPICE_SETTING_TLS_CLIENTS,
  GST_SPICE_SETTING_TLS_MIN_VERSION,
  GST_SPICE_SETTING_TLS_CIPHERS,
  GST_SPICE_SETTING_CHANNEL_SECURITY,
  GST_SPICE_SETTING_WEB_ROOT,
  GST_SPICE_SETTING_WEB_ORIGINS,
  GST_SPICE_SETTING_PASSWORD,
  GST_SPICE_SETTING_PASSWORD_EXPIRES,
  GST_SPICE_SETTING_DISABLE_TICKETING,
  GST_SPICE_SETTING_SESSION_NAME,
  GST_SPICE_SETTING_UUID,
  GST_SPICE_SETTING_MAX_CLIENTS,
  GST_SPICE_SETTING_LINK_TIMEOUT,
  GST_SPICE_SETTING_VIEW_ONLY,
  GST_SPICE_SETTING_IMAGE_COMPRESSION,
  GST_SPICE_SETTING_JPEG,
  GST_SPICE_SETTING_ZLIB_GLZ,
  GST_SPICE_SETTING_STREAMING_VIDEO,
  GST_SPICE_SETTING_VIDEO_CODECS,
  GST_SPICE_SETTING_START_BITRATE,
  GST_SPICE_SETTING_MIN_BITRATE,
  GST_SPICE_SETTING_MAX_BITRATE,
  GST_SPICE_SETTING_CONTROL,
  GST_SPICE_SETTING_AGENT_PORT,
  GST_SPICE_SETTING_SEAMLESS_MIGRATION,
  GST_SPICE_SETTING_MIGRATION_KEY,
  GST_SPICE_SETTING_CLIPBOARD,
  GST_SPICE_SETTING_CLIPBOARD_MAX_SIZE,
  GST_SPICE_SETTING_FILE_TRANSFER_DIR,
  GST_SPICE_SETTING_FILE_TRANSFER_MAX_SIZE,
  GST_SPICE_SETTING_FILE_TRANSFER_QUOTA,
  GST_SPICE_SETTING_FILE_TRANSFER,
  GST_SPICE_SETTING_AGENT,
  GST_SPICE_SETTING_MAX_PENDING_LINKS,
  GST_SPICE_SETTING_MAX_LINKS_PER_ADDRESS,
  GST_SPICE_SETTING_TLS_CERTIFICATE,
  GST_SPICE_SETTING_SASL,
  GST_SPICE_SETTING_SASL_MECHANISMS,
  GST_SPICE_SETTING_SASL_DATABASE,
  GST_SPICE_SETTING_SASL_APP_NAME,
  GST_SPICE_SETTING_SASL_MIN_SSF,
  GST_SPICE_SETTING_MAX_CONNECTS_PER_SECOND,
  GST_SPICE_SETTING_PASSWORD_FILE,
  GST_SPICE_SETTING_TLS_KEY_PASSWORD_FILE,
  GST_SPICE_SETTING_MIGRATION_KEY_FILE,
  GST_SPICE_N_SETTINGS
} GstSpiceSetting;

typedef struct {
  GValue values[GST_SPICE_N_SETTINGS];
  guint64 given; /* bit (1 << setting): not a default */
} GstSpiceSettings;

/* life */
void gst_spice_settings_init (GstSpiceSettings *self); /* the defaults */
void gst_spice_settings_clear (GstSpiceSettings *self);
void gst_spice_settings_copy (GstSpiceSettings *self,
                              const GstSpiceSettings *from);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GstSpiceSettings, gst_spice_settings_clear)

/* as properties: setting s has the id @first_id + s */
void gst_spice_settings_install (GObjectClass *klass, guint first_id);
void gst_spice_settings_set (GstSpiceSettings *self, GstSpiceSetting setting,
                             const GValue *value);
void gst_spice_settings_get (const GstSpiceSettings *self,
                             GstSpiceSetting setting, GValue *value);
bool gst_spice_settings_has (const GstSpiceSettings *self,
                             GstSpiceSetting setting);
const char *gst_spice_setting_name (GstSpiceSetting setting);
/* false for a value that cannot be meant, naming setting and value */
bool gst_spice_setting_check (GstSpiceSetting setting, const GValue *value,
                              GError **error);
/* false, with the error that @value cannot be used, and @why */
bool gst_spice_setting_refuse (GstSpiceSetting setting, const char *value,
                               const char *why, GError **error);
/* false: @text has not the form 8-4-4-4-12 */
bool gst_spice_setting_parse_uuid (const char *text, uint8_t bytes[16]);
/* true if a running server takes a new value */
bool gst_spice_setting_is_live (GstSpiceSetting setting);

/* several owners, one server */
/* Takes over what @other was given. Two different values of one setting are an
 * error that names the setting, both values and both owners. @owners: who gave
 * each setting of @self (borrowed names), kept up to date. */
bool gst_spice_settings_merge (GstSpiceSettings *self,
                               const GstSpiceSettings *other,
                               const char *owners[GST_SPICE_N_SETTINGS],
                               const char *other_owner, GError **error);
/* Can a server that runs with @self serve somebody who was given @wanted? Live
 * settings that nobody gave yet fit; others must be equal. */
bool gst_spice_settings_fit (const GstSpiceSettings *self,
                             const GstSpiceSettings *wanted,
                             const char *wanted_owner, GError **error);

/* use */
/* False when a value cannot be meant. @config is initialised before, cleared by
 * the caller. */
bool gst_spice_settings_to_config (const GstSpiceSettings *self,
                                   SpcConfig *config, GError **error);
/* the part of it that tells how images are coded */
SpcImageConfig gst_spice_settings_images (const GstSpiceSettings *self);
/* and what is sent as video, but for who encodes it */
SpcVideoConfig gst_spice_settings_video (const GstSpiceSettings *self);
SpcControlRule gst_spice_settings_control (const GstSpiceSettings *self);
/* typed look */
const char *gst_spice_settings_string (const GstSpiceSettings *self,
                                       GstSpiceSetting setting);
guint gst_spice_settings_uint (const GstSpiceSettings *self,
                               GstSpiceSetting setting);
bool gst_spice_settings_bool (const GstSpiceSettings *self,
                              GstSpiceSetting setting);
int gst_spice_settings_port (const GstSpiceSettings *self);

G_END_DECLS

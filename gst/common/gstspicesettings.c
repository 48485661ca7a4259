/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicesettings.h"

#include "gst/common/gstspicetls-private.h"

#include "gst/common/gstspiceagent.h"
#include "gst/common/gstspiceclipboard.h"
#include "gst/common/gstspicecodecs.h"
#include "gst/common/gstspicecompression.h"
#include "gst/common/gstspicecontrol.h"
#include "gst/common/gstspicesasl.h"
#include "gst/common/gstspicevideo.h"

#include <gio/gio.h>
#include <string.h>

/* what QEMU's documents use, and viewers' users know by heart */
#define DEFAULT_PORT 5900
#define MAX_LINK_TIMEOUT_S 3600u
#define MAX_SESSION_NAME 256u /* bytes: a window title, not a text */
#define MAX_UNIX_PATH 107u    /* bytes: sun_path of unix(7), without its end */
#define MAX_SASL_SSF 256u     /* bits: more than any mechanism has */

/* where Debian keeps spice-html5 */
#define GST_SPICE_DEFAULT_WEB_ROOT "/usr/share/spice-html5"

typedef struct {
  const char *name, *nick, *blurb;
  GType type;
  gint64 min, max, standard; /* numbers, booleans, values of an enum */
  const char *text;          /* strings */
  GType (*get_enum) (void);  /* if the type is an enum, flags, an object */
  bool is_secret;            /* write-only, never printed */
  bool is_live;              /* a running server takes a new value */
} SettingInfo;

/* clang-format off */
static const SettingInfo infos[GST_SPICE_N_SETTINGS] = {
  [GST_SPICE_SETTING_ADDRESS] = {
    "address", "Address",
    "Address to listen on: an IP address, a host name, or * for every address "
    "(not loopback: needs a password or disable-ticketing)",
    G_TYPE_STRING, .text = "127.0.0.1" },
  [GST_SPICE_SETTING_PORT] = {
    "port", "Port", "TCP port to listen on; 0: any free one, see current-port; "
    "-1: no TCP",
    G_TYPE_INT, -1, 65535, DEFAULT_PORT },
  [GST_SPICE_SETTING_UNIX_PATH] = {
    "unix-path", "Unix socket",
    "Path of a unix socket to listen on as well, @name for an abstract one; "
    "empty: none",
    G_TYPE_STRING },
  [GST_SPICE_SETTING_TLS_PORT] = {
    "tls-port", "TLS port",
    "TCP port to listen on for TLS, besides port; 0: any free one, see "
    "current-tls-port; -1: no TLS",
    G_TYPE_INT, -1, 65535, -1 },
  [GST_SPICE_SETTING_TLS_CERT_FILE] = {
    "tls-cert-file", "TLS certificate",
    "PEM file of the server's certificate and the chain above it",
    G_TYPE_STRING },
  [GST_SPICE_SETTING_TLS_KEY_FILE] = {
    "tls-key-file", "TLS key",
    "PEM file of the certificate's key; empty: it is in tls-cert-file",
    G_TYPE_STRING },
  [GST_SPICE_SETTING_TLS_KEY_PASSWORD] = {
    "tls-key-password", "TLS key password",
    "What the key is encrypted with; empty: it is not",
    G_TYPE_STRING, .is_secret = true },
  [GST_SPICE_SETTING_TLS_CA_FILE] = {
    "tls-ca-file", "TLS authorities",
    "PEM file of the authorities that viewers' certificates are checked by",
    G_TYPE_STRING },
  [GST_SPICE_SETTING_TLS_CLIENTS] = {
    "tls-client-certificates", "TLS client certificates",
    "Whether viewers on the TLS port show a certificate of tls-ca-file",
    G_TYPE_ENUM, .standard = GST_SPICE_TLS_CLIENTS_NONE,
    .get_enum = gst_spice_tls_clients_get_type },
  [GST_SPICE_SETTING_TLS_MIN_VERSION] = {
    "tls-min-version", "TLS minimum version",
    "The oldest version of TLS that is spoken",
    G_TYPE_ENUM, .standard = GST_SPICE_TLS_VERSION_1_2,
    .get_enum = gst_spice_tls_version_get_type },
  [GST_SPICE_SETTING_TLS_CIPHERS] = {
    "tls-ciphers", "TLS ciphers",
    "Ciphers of TLS 1.2 as OpenSSL names them; empty: its usual ones",
    G_TYPE_STRING },
  [GST_SPICE_SETTING_CHANNEL_SECURITY] = {
    "channel-security", "Channel security",
    "Which channels need TLS, as in \"default=optional;main=required\" with "
    "none, optional and required, or one of these for all",
    G_TYPE_STRING },
  [GST_SPICE_SETTING_WEB_ROOT] = {
    "web-root", "Web root",
    "Folder of the pages that browsers get at the server's ports, where they "
    "speak to it by WebSocket; empty: no pages",
    G_TYPE_STRING, .text = GST_SPICE_DEFAULT_WEB_ROOT },
  [GST_SPICE_SETTING_WEB_ORIGINS] = {
    "web-origins", "Web origins",
    "Whose pages may open a WebSocket, as in \"https://example.org\", "
    "separated by commas, or *; empty: the server's own",
    G_TYPE_STRING },
  [GST_SPICE_SETTING_PASSWORD] = {
    "password", "Password",
    "What a viewer must know, at most 60 bytes; empty: nothing",
    G_TYPE_STRING, .is_secret = true, .is_live = true },
  [GST_SPICE_SETTING_PASSWORD_EXPIRES] = {
    "password-expires", "Password expires",
    "Seconds after which the password stops working, counted from when it is "
    "given to the server; 0: never",
    G_TYPE_UINT, 0, G_MAXUINT32, 0, .is_live = true },
  [GST_SPICE_SETTING_DISABLE_TICKETING] = {
    "disable-ticketing", "Disable ticketing",
    "Let everybody in who can reach the address, without a password",
    G_TYPE_BOOLEAN, 0, 1, FALSE, .is_live = true },
  [GST_SPICE_SETTING_SESSION_NAME] = {
    "session-name", "Session name",
    "Name of the session as viewers show it (the SPICE \"name\"; the property "
    "name is the object's own); empty: none",
    G_TYPE_STRING, .is_live = true },
  [GST_SPICE_SETTING_UUID] = {
    "uuid", "UUID",
    "Identity of the session, as in 123e4567-e89b-12d3-a456-426614174000; "
    "empty: none",
    G_TYPE_STRING },
  [GST_SPICE_SETTING_MAX_CLIENTS] = {
    "max-clients", "Maximum of clients", "How many viewers are let in at a "
    "time",
    G_TYPE_UINT, 1, SPC_MAX_CLIENTS, SPC_DEFAULT_MAX_CLIENTS },
  [GST_SPICE_SETTING_LINK_TIMEOUT] = {
    "link-timeout", "Link time-out",
    "Seconds a viewer may take for the handshake of each of its connections",
    G_TYPE_UINT, 1, MAX_LINK_TIMEOUT_S, SPC_DEFAULT_LINK_TIMEOUT_S },
  [GST_SPICE_SETTING_VIEW_ONLY] = {
    "view-only", "View only",
    "Viewers nobody decided about may look and listen, not type or speak",
    G_TYPE_BOOLEAN, 0, 1, FALSE, .is_live = true },
  [GST_SPICE_SETTING_IMAGE_COMPRESSION] = {
    "image-compression", "Image compression",
    "How images are compressed, unless a viewer asks for something else. Until "
    "it is set the server takes what suits each viewer",
    G_TYPE_ENUM, .standard = GST_SPICE_IMAGE_COMPRESSION_AUTO_GLZ,
    .get_enum = gst_spice_image_compression_get_type, .is_live = true },
  [GST_SPICE_SETTING_JPEG] = {
    "jpeg", "JPEG",
    "Whether photos may lose quality on their way to viewers",
    G_TYPE_ENUM, .standard = GST_SPICE_WAN_COMPRESSION_AUTO,
    .get_enum = gst_spice_wan_compression_get_type, .is_live = true },
  [GST_SPICE_SETTING_ZLIB_GLZ] = {
    "zlib-glz", "Zlib over GLZ",
    "Whether images in GLZ are deflated: fewer bytes for much more work",
    G_TYPE_ENUM, .standard = GST_SPICE_WAN_COMPRESSION_AUTO,
    .get_enum = gst_spice_wan_compression_get_type, .is_live = true },
  [GST_SPICE_SETTING_STREAMING_VIDEO] = {
    "streaming-video", "Streaming video",
    "Which regions that change quickly are sent as video, with loss until they "
    "come to rest",
    G_TYPE_ENUM, .standard = GST_SPICE_STREAMING_VIDEO_FILTER,
    .get_enum = gst_spice_streaming_video_get_type, .is_live = true },
  [GST_SPICE_SETTING_VIDEO_CODECS] = {
    "video-codecs", "Video codecs",
    "Codecs of what is sent as video, best first, as in \"h264;vp8;mjpeg\"; "
    "empty or auto: all there are encoders for",
    G_TYPE_STRING, .is_live = true },
  [GST_SPICE_SETTING_START_BITRATE] = {
    "start-bitrate", "Start bit rate",
    "Bits a second of a viewer's video before anything is known of its link; "
    "0: as suits the link",
    G_TYPE_UINT, 0, SPC_MAX_VIDEO_BPS, 0, .is_live = true },
  [GST_SPICE_SETTING_MIN_BITRATE] = {
    "min-bitrate", "Minimum bit rate",
    "Bits a second below which a viewer's video does not go; 0: as low as is "
    "of any use",
    G_TYPE_UINT, 0, SPC_MAX_VIDEO_BPS, 0, .is_live = true },
  [GST_SPICE_SETTING_MAX_BITRATE] = {
    "max-bitrate", "Maximum bit rate",
    "Bits a second above which a viewer's video does not go; 0: as high as the "
    "link permits",
    G_TYPE_UINT, 0, SPC_MAX_VIDEO_BPS, 0, .is_live = true },
  [GST_SPICE_SETTING_CONTROL] = {
    "control", "Control",
    "Who of several viewers types and points; who loses that lets go of keys "
    "and buttons",
    G_TYPE_ENUM, .standard = GST_SPICE_CONTROL_ALL,
    .get_enum = gst_spice_control_get_type, .is_live = true },
  [GST_SPICE_SETTING_AGENT_PORT] = {
    "agent-port", "Agent port",
    "Path of a unix socket at which an agent daemon (spice-vdagentd -s, a "
    "machine's serial port) may be the agent instead of the server itself, "
    "@name for an abstract one; empty: none",
    G_TYPE_STRING },
  [GST_SPICE_SETTING_SEAMLESS_MIGRATION] = {
    "seamless-migration", "Seamless migration",
    "Whether a viewer that moves to another server, or comes from one, may "
    "keep its connections' state; both servers must allow it",
    G_TYPE_BOOLEAN, 0, 1, FALSE, .is_live = true },
  [GST_SPICE_SETTING_MIGRATION_KEY] = {
    "migration-key", "Migration key",
    "What both servers of a seamless migration know and viewers do not, to "
    "prove state that passes through them; empty: it is believed",
    G_TYPE_STRING, .is_secret = true, .is_live = true },
  [GST_SPICE_SETTING_CLIPBOARD] = {
    "clipboard", "Clipboard",
    "Which ways the clipboard is shared with viewers that may do more than "
    "look; none: not at all",
    G_TYPE_FLAGS,
    .standard = GST_SPICE_CLIPBOARD_TO_CLIENT | GST_SPICE_CLIPBOARD_TO_SERVER,
    .get_enum = gst_spice_clipboard_flags_get_type, .is_live = true },
  [GST_SPICE_SETTING_CLIPBOARD_MAX_SIZE] = {
    "clipboard-max-size", "Maximum size of the clipboard",
    "Bytes of content above which it is not shared, either way",
    G_TYPE_UINT, 1, SPC_MAX_CLIPBOARD_SIZE, SPC_DEFAULT_CLIPBOARD_SIZE,
    .is_live = true },
  [GST_SPICE_SETTING_FILE_TRANSFER_DIR] = {
    "file-transfer-dir", "Directory of dropped files",
    "Directory that files dropped by viewers come into; empty: none, they are "
    "refused unless the application takes them",
    G_TYPE_STRING, .is_live = true },
  [GST_SPICE_SETTING_FILE_TRANSFER_MAX_SIZE] = {
    "file-transfer-max-size", "Largest dropped file",
    "Bytes of a file above which it is refused; 0: any",
    G_TYPE_UINT64, 0, G_MAXINT64, 0, .is_live = true },
  [GST_SPICE_SETTING_FILE_TRANSFER_QUOTA] = {
    "file-transfer-quota", "Quota of dropped files",
    "Bytes of all files, come and coming, between a start and a stop of the "
    "server; 0: any",
    G_TYPE_UINT64, 0, G_MAXINT64, 0, .is_live = true },
  [GST_SPICE_SETTING_FILE_TRANSFER] = {
    "file-transfer", "File transfer",
    "Whether viewers may drop files, if there is somebody who takes them: "
    "file-transfer-dir, the application, or a daemon at agent-port",
    G_TYPE_BOOLEAN, 0, 1, TRUE, .is_live = true },
  [GST_SPICE_SETTING_AGENT] = {
    "agent", "Agent",
    "Who is the agent that viewers have: the server itself, a daemon at "
    "agent-port, or nobody. Until it is set, a daemon if there is an "
    "agent-port",
    G_TYPE_ENUM, .standard = GST_SPICE_AGENT_BUILT_IN,
    .get_enum = gst_spice_agent_get_type },
  [GST_SPICE_SETTING_MAX_PENDING_LINKS] = {
    "max-pending-links", "Maximum of pending links",
    "Connections that have not proven themselves yet; beyond it the oldest of "
    "the address with the most of them is dropped",
    G_TYPE_UINT, 1, SPC_MAX_MAX_PENDING_LINKS, SPC_MAX_PENDING_LINKS },
  [GST_SPICE_SETTING_MAX_LINKS_PER_ADDRESS] = {
    "max-links-per-address", "Maximum of links per address",
    "Connections from one address, of which a viewer has one for each channel; "
    "0: as many as it likes",
    G_TYPE_UINT, 0, SPC_MAX_LINKS_PER_ADDRESS, 0 },
  [GST_SPICE_SETTING_TLS_CERTIFICATE] = {
    "tls-certificate", "TLS certificate object",
    "The server's certificate with its key, and its issuers as the chain above "
    "it; goes before tls-cert-file",
    G_TYPE_OBJECT, .get_enum = g_tls_certificate_get_type, .is_secret = true,
    .is_live = true },
  [GST_SPICE_SETTING_SASL] = {
    "sasl", "SASL",
    "Whether viewers say who they are, by SASL, instead of a password",
    G_TYPE_ENUM, .standard = GST_SPICE_SASL_NONE,
    .get_enum = gst_spice_sasl_get_type },
  [GST_SPICE_SETTING_SASL_MECHANISMS] = {
    "sasl-mechanisms", "SASL mechanisms",
    "Mechanisms viewers may choose from, as in \"scram-sha-256 digest-md5\"; "
    "empty: as the library's own file of settings says",
    G_TYPE_STRING },
  [GST_SPICE_SETTING_SASL_DATABASE] = {
    "sasl-database", "SASL database",
    "Users and their passwords, as saslpasswd2 writes them; empty: where the "
    "library's own file of settings says",
    G_TYPE_STRING },
  [GST_SPICE_SETTING_SASL_APP_NAME] = {
    "sasl-app-name", "SASL application name",
    "Name of the library's own file of settings, without .conf; all servers of "
    "a process have the same",
    G_TYPE_STRING, .text = "spice" },
  [GST_SPICE_SETTING_SASL_MIN_SSF] = {
    "sasl-min-ssf", "SASL minimum strength",
    "Bits of the weakest cipher that a mechanism may protect a line without "
    "TLS with; 0: none is needed",
    G_TYPE_UINT, 0, MAX_SASL_SSF, SPC_DEFAULT_SASL_SSF },
  [GST_SPICE_SETTING_MAX_CONNECTS_PER_SECOND] = {
    "max-connects-per-second", "Maximum of connects per second",
    "Connections that one address may open in a second, five times as many at "
    "once; -1: 100, but any number from this machine; 0: any number",
    G_TYPE_INT, -1, SPC_MAX_CONNECTS_PER_S, -1 },
  [GST_SPICE_SETTING_PASSWORD_FILE] = {
    "password-file", "Password file",
    "File whose first line is the password, read when the server starts; "
    "password goes before it",
    G_TYPE_STRING },
  [GST_SPICE_SETTING_TLS_KEY_PASSWORD_FILE] = {
    "tls-key-password-file", "TLS key password file",
    "File whose first line is what the key is encrypted with, read when the "
    "server starts; tls-key-password goes before it",
    G_TYPE_STRING },
  [GST_SPICE_SETTING_MIGRATION_KEY_FILE] = {
    "migration-key-file", "Migration key file",
    "File whose first line is the migration key, read when the server starts; "
    "migration-key goes before it",
    G_TYPE_STRING },
};
/* clang-format on */

/* values */

static GType
type_of (const SettingInfo *info)
{
  return info->get_enum ? info->get_enum () : info->type;
}

static void
init_value (GValue *value, const SettingInfo *info)
{
  g_value_init (value, type_of (info));
  if (info->type == G_TYPE_OBJECT)
    return;
  if (info->type == G_TYPE_FLAGS)
    g_value_set_flags (value, (guint)info->standard);
  else if (info->get_enum)
    g_value_set_enum (value, (int)info->standard);
  else if (info->type == G_TYPE_STRING)
    g_value_set_static_string (value, info->text);
  else if (info->type == G_TYPE_INT)
    g_value_set_int (value, (int)info->standard);
  else if (info->type == G_TYPE_UINT)
    g_value_set_uint (value, (guint)info->standard);
  else if (info->type == G_TYPE_UINT64)
    g_value_set_uint64 (value, (guint64)info->standard);
  else
    g_value_set_boolean (value, info->standard != 0);
}

static bool
values_are_equal (const GValue *a, const GValue *b)
{
  if (G_VALUE_HOLDS_STRING (a))
    return g_strcmp0 (g_value_get_string (a), g_value_get_string (b)) == 0;
  if (G_VALUE_HOLDS_OBJECT (a))
    return g_value_get_object (a) == g_value_get_object (b);
  return gst_value_compare (a, b) == GST_VALUE_EQUAL;
}

static char *
print_value (const SettingInfo *info, const GValue *value)
{
  if (info->is_secret)
    return g_strdup ("(secret)");
  if (G_VALUE_HOLDS_STRING (value))
    return g_strdup_printf (
        "\"%s\"", g_value_get_string (value) ? g_value_get_string (value) : "");
  return gst_value_serialize (value);
}

void
gst_spice_settings_init (GstSpiceSettings *self)
{
  *self = (GstSpiceSettings){0};
  for (gsize i = 0; i < GST_SPICE_N_SETTINGS; i++)
    init_value (&self->values[i], &infos[i]);
}

void
gst_spice_settings_clear (GstSpiceSettings *self)
{
  for (gsize i = 0; i < GST_SPICE_N_SETTINGS; i++)
    if (G_IS_VALUE (&self->values[i]))
      g_value_unset (&self->values[i]);
  self->given = 0;
}

void
gst_spice_settings_copy (GstSpiceSettings *self, const GstSpiceSettings *from)
{
  gst_spice_settings_init (self);
  for (gsize i = 0; i < GST_SPICE_N_SETTINGS; i++)
    g_value_copy (&from->values[i], &self->values[i]);
  self->given = from->given;
}

/* properties */

static GParamSpec *
make_spec (const SettingInfo *info)
{
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS |
                      (info->is_secret ? 0 : G_PARAM_READABLE) |
                      (info->is_live ? GST_PARAM_MUTABLE_PLAYING : 0);

  if (info->type == G_TYPE_OBJECT)
    return g_param_spec_object (info->name, info->nick, info->blurb,
                                type_of (info), flags);
  if (info->type == G_TYPE_FLAGS)
    return g_param_spec_flags (info->name, info->nick, info->blurb,
                               type_of (info), (guint)info->standard, flags);
  if (info->get_enum)
    return g_param_spec_enum (info->name, info->nick, info->blurb,
                              type_of (info), (int)info->standard, flags);
  if (info->type == G_TYPE_STRING)
    return g_param_spec_string (info->name, info->nick, info->blurb, info->text,
                                flags);
  if (info->type == G_TYPE_INT)
    return g_param_spec_int (info->name, info->nick, info->blurb,
                             (int)info->min, (int)info->max,
                             (int)info->standard, flags);
  if (info->type == G_TYPE_UINT)
    return g_param_spec_uint (info->name, info->nick, info->blurb,
                              (guint)info->min, (guint)info->max,
                              (guint)info->standard, flags);
  if (info->type == G_TYPE_UINT64)
    return g_param_spec_uint64 (info->name, info->nick, info->blurb,
                                (guint64)info->min, (guint64)info->max,
                                (guint64)info->standard, flags);
  return g_param_spec_boolean (info->name, info->nick, info->blurb,
                               info->standard != 0, flags);
}

void
gst_spice_settings_install (GObjectClass *klass, guint first_id)
{
  for (guint i = 0; i < GST_SPICE_N_SETTINGS; i++)
    g_object_class_install_property (klass, first_id + i,
                                     make_spec (&infos[i]));
}

void
gst_spice_settings_set (GstSpiceSettings *self, GstSpiceSetting setting,
                        const GValue *value)
{
  g_value_copy (value, &self->values[setting]);
  self->given |= G_GUINT64_CONSTANT (1) << setting;
}

void
gst_spice_settings_get (const GstSpiceSettings *self, GstSpiceSetting setting,
                        GValue *value)
{
  g_value_copy (&self->values[setting], value);
}

bool
gst_spice_settings_has (const GstSpiceSettings *self, GstSpiceSetting setting)
{
  return (self->given & G_GUINT64_CONSTANT (1) << setting) != 0;
}

const char *
gst_spice_setting_name (GstSpiceSetting setting)
{
  return infos[setting].name;
}

bool
gst_spice_setting_is_live (GstSpiceSetting setting)
{
  return infos[setting].is_live;
}

/* several owners */

static bool
refuse_second_value (GstSpiceSetting setting, const GValue *first_value,
                     const char *first_owner, const GValue *second_value,
                     const char *second_owner, GError **error)
{
  const SettingInfo *info = &infos[setting];
  g_autofree char *first = print_value (info, first_value);
  g_autofree char *second = print_value (info, second_value);

  g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
               "One server cannot have two values of \"%s\": %s (%s) and %s "
               "(%s).",
               info->name, first, first_owner, second, second_owner);
  return false;
}

bool
gst_spice_settings_merge (GstSpiceSettings *self, const GstSpiceSettings *other,
                          const char *owners[GST_SPICE_N_SETTINGS],
                          const char *other_owner, GError **error)
{
  for (gsize i = 0; i < GST_SPICE_N_SETTINGS; i++) {
    const GValue *value = &other->values[i];

    if (!gst_spice_settings_has (other, i))
      continue;
    if (gst_spice_settings_has (self, i) &&
        !values_are_equal (&self->values[i], value))
      return refuse_second_value (i, &self->values[i], owners[i], value,
                                  other_owner, error);
    gst_spice_settings_set (self, i, value);
    owners[i] = other_owner;
  }
  return true;
}

bool
gst_spice_settings_fit (const GstSpiceSettings *self,
                        const GstSpiceSettings *wanted,
                        const char *wanted_owner, GError **error)
{
  for (gsize i = 0; i < GST_SPICE_N_SETTINGS; i++) {
    const GValue *value = &wanted->values[i];

    if (!gst_spice_settings_has (wanted, i) ||
        values_are_equal (&self->values[i], value))
      continue;
    if (infos[i].is_live && !gst_spice_settings_has (self, i))
      continue;
    return refuse_second_value (i, &self->values[i], "the running server",
                                value, wanted_owner, error);
  }
  return true;
}

/* use */

/* NULL for the empty string, which gst-launch users write for "none" */
const char *
gst_spice_settings_string (const GstSpiceSettings *self,
                           GstSpiceSetting setting)
{
  const char *text = g_value_get_string (&self->values[setting]);

  return text && *text ? text : NULL;
}

guint
gst_spice_settings_uint (const GstSpiceSettings *self, GstSpiceSetting setting)
{
  return g_value_get_uint (&self->values[setting]);
}

bool
gst_spice_settings_bool (const GstSpiceSettings *self, GstSpiceSetting setting)
{
  return g_value_get_boolean (&self->values[setting]);
}

int
gst_spice_settings_port (const GstSpiceSettings *self)
{
  return g_value_get_int (&self->values[GST_SPICE_SETTING_PORT]);
}

bool
gst_spice_setting_refuse (GstSpiceSetting setting, const char *value,
                          const char *why, GError **error)
{
  g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
               "Property \"%s\" has a value that cannot be used: \"%s\" (%s).",
               infos[setting].name, value, why);
  return false;
}

bool
gst_spice_setting_parse_uuid (const char *text, uint8_t bytes[16])
{
  gsize n = 0;

  if (!g_uuid_string_is_valid (text))
    return false;
  for (const char *p = text; *p && n < 16; p++) {
    if (*p == '-')
      continue;
    bytes[n++] = (uint8_t)(g_ascii_xdigit_value (p[0]) << 4 |
                           g_ascii_xdigit_value (p[1]));
    p++;
  }
  return n == 16;
}

static bool
check_address (const char *address, GError **error)
{
  static const char allowed[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-._";

  if (!address || g_str_equal (address, "*") ||
      g_hostname_is_ip_address (address))
    return true;
  if (strspn (address, allowed) == strlen (address))
    return true;
  return gst_spice_setting_refuse (GST_SPICE_SETTING_ADDRESS, address,
                                   "neither an IP address, a host name nor *",
                                   error);
}

static bool
check_password (const char *password, GError **error)
{
  g_autofree char *length = NULL;

  if (!password || strlen (password) <= SPC_MAX_PASSWORD)
    return true;
  length = g_strdup_printf ("%zu bytes", strlen (password));
  return gst_spice_setting_refuse (GST_SPICE_SETTING_PASSWORD, length,
                                   "viewers can send at most 60 bytes", error);
}

static bool
check_name (const char *name, GError **error)
{
  g_autofree char *printable = NULL;

  if (!name ||
      (g_utf8_validate (name, -1, NULL) && strlen (name) <= MAX_SESSION_NAME))
    return true;
  printable =
      g_utf8_make_valid (name, (gssize)MIN (strlen (name), MAX_SESSION_NAME));
  return gst_spice_setting_refuse (GST_SPICE_SETTING_SESSION_NAME, printable,
                                   "not UTF-8, or over 256 bytes", error);
}

static bool
check_path (const char *path, GError **error)
{
  if (!path || strlen (path) <= MAX_UNIX_PATH)
    return true;
  return gst_spice_setting_refuse (GST_SPICE_SETTING_UNIX_PATH, path,
                                   "the system takes at most 107 bytes", error);
}

static bool
check_uuid (const char *uuid, GError **error)
{
  uint8_t bytes[16];

  if (!uuid || gst_spice_setting_parse_uuid (uuid, bytes))
    return true;
  return gst_spice_setting_refuse (
      GST_SPICE_SETTING_UUID, uuid,
      "not of the form 8-4-4-4-12 hexadecimal digits", error);
}

static bool
check_security (const char *text, GError **error)
{
  SpcSecurity security[SPC_N_CHANNEL_TYPES];
  g_autoptr (GError) cause = NULL;

  if (spc_channel_security_parse (text, security, &cause))
    return true;
  return gst_spice_setting_refuse (GST_SPICE_SETTING_CHANNEL_SECURITY, text,
                                   cause->message, error);
}

static bool
check_codecs (const char *codecs, GError **error)
{
  uint8_t numbers[SPC_MAX_VIDEO_CODECS + 1];

  if (gst_spice_codecs_parse (codecs, numbers, NULL))
    return true;
  return gst_spice_setting_refuse (
      GST_SPICE_SETTING_VIDEO_CODECS, codecs,
      "none of mjpeg, vp8, h264, vp9, h265 or auto", error);
}

static bool (*const checks[GST_SPICE_N_SETTINGS]) (const char *text,
                                                   GError **error) = {
    [GST_SPICE_SETTING_ADDRESS] = check_address,
    [GST_SPICE_SETTING_UNIX_PATH] = check_path,
    [GST_SPICE_SETTING_CHANNEL_SECURITY] = check_security,
    [GST_SPICE_SETTING_PASSWORD] = check_password,
    [GST_SPICE_SETTING_SESSION_NAME] = check_name,
    [GST_SPICE_SETTING_UUID] = check_uuid,
    [GST_SPICE_SETTING_VIDEO_CODECS] = check_codecs,
};

bool
gst_spice_setting_check (GstSpiceSetting setting, const GValue *value,
                         GError **error)
{
  const char *text;

  if (!checks[setting])
    return true;
  text = g_value_get_string (value);
  return checks[setting](text && *text ? text : NULL, error);
}

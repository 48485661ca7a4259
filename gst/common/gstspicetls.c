/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicetls-private.h"

#include "gst/common/gstspiceshare.h"

#include <gio/gio.h>

GType
gst_spice_tls_version_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
      {GST_SPICE_TLS_VERSION_1_2, "TLS 1.2", "tls-1-2"},
      {GST_SPICE_TLS_VERSION_1_3, "TLS 1.3", "tls-1-3"},
      {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
                       g_enum_register_static ("GstSpiceTlsVersion", values));
  return type;
}

GType
gst_spice_tls_clients_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
      {GST_SPICE_TLS_CLIENTS_NONE, "Viewers are not asked for a certificate",
       "none"},
      {GST_SPICE_TLS_CLIENTS_OPTIONAL, "A viewer may show one", "optional"},
      {GST_SPICE_TLS_CLIENTS_REQUIRED, "A viewer must show one", "required"},
      {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
                       g_enum_register_static ("GstSpiceTlsClients", values));
  return type;
}

/* settings */

static int
enum_of (const GstSpiceSettings *settings, GstSpiceSetting setting)
{
  return g_value_get_enum (&settings->values[setting]);
}

static char *
text_of (const GstSpiceSettings *settings, GstSpiceSetting setting)
{
  return g_strdup (gst_spice_settings_string (settings, setting));
}

static SpcTlsClients
clients_of (const GstSpiceSettings *settings)
{
  static const SpcTlsClients clients[] = {
      [GST_SPICE_TLS_CLIENTS_NONE] = SPC_TLS_CLIENTS_ANY,
      [GST_SPICE_TLS_CLIENTS_OPTIONAL] = SPC_TLS_CLIENTS_MAY,
      [GST_SPICE_TLS_CLIENTS_REQUIRED] = SPC_TLS_CLIENTS_PROVEN,
  };

  return clients[enum_of (settings, GST_SPICE_SETTING_TLS_CLIENTS)];
}

/* with those that have issued it: "certificate-pem" is one alone */
static char *
chain_of (GTlsCertificate *certificate)
{
  GString *chain = g_string_new (NULL);

  for (; certificate;
       certificate = g_tls_certificate_get_issuer (certificate)) {
    g_autofree char *pem = NULL;

    g_object_get (certificate, "certificate-pem", &pem, NULL);
    g_string_append (chain, pem ? pem : "");
  }
  return g_string_free (chain, FALSE);
}

static bool
take_certificate (const GstSpiceSettings *settings, SpcTlsConfig *tls,
                  GError **error)
{
  GTlsCertificate *certificate =
      g_value_get_object (&settings->values[GST_SPICE_SETTING_TLS_CERTIFICATE]);

  if (!certificate)
    return true;
  g_object_get (certificate, "private-key-pem", &tls->key_pem, NULL);
  if (!tls->key_pem && !tls->key_file) {
    g_set_error_literal (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
                         "Property \"tls-certificate\" has no private key that "
                         "can be read: use one with it, or set tls-key-file.");
    return false;
  }
  tls->cert_pem = chain_of (certificate);
  return true;
}

/* @tls: cleared by the caller, in any case */
static bool
read_settings (const GstSpiceSettings *settings, SpcTlsConfig *tls,
               GError **error)
{
  *tls = (SpcTlsConfig){
      .cert_file = text_of (settings, GST_SPICE_SETTING_TLS_CERT_FILE),
      .key_file = text_of (settings, GST_SPICE_SETTING_TLS_KEY_FILE),
      .key_password = text_of (settings, GST_SPICE_SETTING_TLS_KEY_PASSWORD),
      .ca_file = text_of (settings, GST_SPICE_SETTING_TLS_CA_FILE),
      .ciphers = text_of (settings, GST_SPICE_SETTING_TLS_CIPHERS),
      .min_version = enum_of (settings, GST_SPICE_SETTING_TLS_MIN_VERSION) ==
                             GST_SPICE_TLS_VERSION_1_3
                         ? SPC_TLS_1_3
                         : SPC_TLS_1_2,
      .clients = clients_of (settings),
  };
  return take_certificate (settings, tls, error);
}

bool
gst_spice_tls_configure (const GstSpiceSettings *settings, SpcConfig *config,
                         GError **error)
{
  config->tls_port =
      g_value_get_int (&settings->values[GST_SPICE_SETTING_TLS_PORT]);
  return read_settings (settings, &config->tls, error) &&
         spc_channel_security_parse (
             gst_spice_settings_string (settings,
                                        GST_SPICE_SETTING_CHANNEL_SECURITY),
             config->security, error);
}

bool
gst_spice_tls_apply (SpcServer *server, const GstSpiceSettings *settings,
                     GError **error)
{
  SpcTlsConfig tls;
  bool is_good = read_settings (settings, &tls, error) &&
                 spc_server_set_tls (server, &tls, error);

  spc_tls_config_clear (&tls);
  return is_good;
}

/* the server */

/**
 * gst_spice_server_get_current_tls_port:
 * @self: a server
 *
 * Returns: the TCP port it listens on for TLS, -1 when there is none
 */
gint
gst_spice_server_get_current_tls_port (GstSpiceServer *self)
{
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), -1);
  session = gst_spice_share_get_session (gst_spice_server_share (self));
  return session ? gst_spice_session_tls_port (session) : -1;
}

/**
 * gst_spice_server_reload_certificates:
 * @self: a running server with a TLS port
 * @error: says which file is of no use, and why
 *
 * Reads the files of certificate, key and authorities anew, for viewers to
 * come; those who are connected stay. When a file is of no use, all stays as it
 * was. Waits for the server's loop.
 *
 * Returns: %FALSE with @error
 */
gboolean
gst_spice_server_reload_certificates (GstSpiceServer *self, GError **error)
{
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), FALSE);
  session = gst_spice_share_get_session (gst_spice_server_share (self));
  if (session)
    return spc_server_reload_tls (gst_spice_session_server (session), error);
  g_set_error_literal (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
                       "the server does not run");
  return FALSE;
}

static gboolean
reload_certificates_action (GstSpiceServer *self)
{
  g_autoptr (GError) error = NULL;

  if (gst_spice_server_reload_certificates (self, &error))
    return TRUE;
  GST_WARNING_OBJECT (self, "%s", error->message);
  return FALSE;
}

void
gst_spice_tls_install (GObjectClass *klass, guint property_id)
{
  /**
   * GstSpiceServer:current-tls-port:
   *
   * The TCP port the server listens on for TLS, -1 when there is none. Changes,
   * and is notified, as #GstSpiceServer:current-port.
   */
  g_object_class_install_property (
      klass, property_id,
      g_param_spec_int ("current-tls-port", "Current TLS port",
                        "TCP port the server listens on for TLS; -1: none", -1,
                        65535, -1, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  /**
   * GstSpiceServer::reload-certificates:
   * @self: the server
   *
   * Calls gst_spice_server_reload_certificates(); what is wrong is logged.
   *
   * Returns: %FALSE if all stays as it was
   */
  g_signal_new_class_handler ("reload-certificates", G_TYPE_FROM_CLASS (klass),
                              G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
                              G_CALLBACK (reload_certificates_action), NULL,
                              NULL, NULL, G_TYPE_BOOLEAN, 0);
}

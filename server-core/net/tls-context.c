/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tls-private.h"

#include "server-core/base/error.h"
#include "server-core/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509err.h>
#include <string.h>
#include <unistd.h>

struct _SpcTlsContext {
  gatomicrefcount ref_count;
  SSL_CTX *ssl;
};

#define SESSION_CONTEXT "SPICE"

/* configuration */

void
spc_tls_config_copy (SpcTlsConfig *self, const SpcTlsConfig *from)
{
  *self = *from;
  self->cert_file = g_strdup (from->cert_file);
  self->key_file = g_strdup (from->key_file);
  self->key_password = g_strdup (from->key_password);
  self->ca_file = g_strdup (from->ca_file);
  self->ciphers = g_strdup (from->ciphers);
}

void
spc_tls_config_clear (SpcTlsConfig *self)
{
  if (self->key_password)
    OPENSSL_cleanse (self->key_password, strlen (self->key_password));
  g_clear_pointer (&self->cert_file, g_free);
  g_clear_pointer (&self->key_file, g_free);
  g_clear_pointer (&self->key_password, g_free);
  g_clear_pointer (&self->ca_file, g_free);
  g_clear_pointer (&self->ciphers, g_free);
}

/* errors */

const char *
spc_tls_reason (void)
{
  unsigned long code = ERR_peek_error ();
  const char *reason = ERR_reason_error_string (code);

  ERR_clear_error ();
  return reason ? reason : "no reason given";
}

static bool
refuse (GError **error, const char *what, const char *file, const char *reason)
{
  g_set_error (error, SPC_ERROR, SPC_ERROR_SETTINGS, "cannot use %s %s: %s",
               what, file, reason);
  return false;
}

/* says so in the system's words; what is in it is for others to judge */
static bool
check_readable (const char *what, const char *file, GError **error)
{
  int fd = open (file, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return refuse (error, what, file, g_strerror (errno));
  close (fd);
  return true;
}

/* files */

/* never asks at a terminal */
static int
on_key_password (char *buffer, int size, int is_writing, void *user_data)
{
  const char *password = user_data;
  size_t length = password ? strlen (password) : 0;

  if (size <= 0 || length > (size_t)size)
    return 0;
  memcpy (buffer, password ? password : "", length);
  return (int)length;
}

static void
warn_of_dates (SSL_CTX *ssl, const char *file)
{
  X509 *certificate = SSL_CTX_get0_certificate (ssl);

  if (X509_cmp_current_time (X509_get0_notAfter (certificate)) < 0)
    SPC_WARNING (SPC_LOG_NET, "certificate %s has expired", file);
  if (X509_cmp_current_time (X509_get0_notBefore (certificate)) > 0)
    SPC_WARNING (SPC_LOG_NET, "certificate %s is not valid yet", file);
}

static bool
load_certificate (SSL_CTX *ssl, const SpcTlsConfig *config, GError **error)
{
  const char *file = config->cert_file;

  if (!check_readable ("certificate", file, error))
    return false;
  if (SSL_CTX_use_certificate_chain_file (ssl, file) != 1)
    return refuse (error, "certificate", file, spc_tls_reason ());
  warn_of_dates (ssl, file);
  return true;
}

static bool
is_of_another (void)
{
  unsigned long code = ERR_peek_error ();

  return ERR_GET_LIB (code) == ERR_LIB_X509 &&
         (ERR_GET_REASON (code) == X509_R_KEY_VALUES_MISMATCH ||
          ERR_GET_REASON (code) == X509_R_KEY_TYPE_MISMATCH);
}

static bool
load_key (SSL_CTX *ssl, const SpcTlsConfig *config, GError **error)
{
  const char *file = config->key_file ? config->key_file : config->cert_file;
  bool is_loaded;

  if (!check_readable ("key", file, error))
    return false;
  SSL_CTX_set_default_passwd_cb (ssl, on_key_password);
  SSL_CTX_set_default_passwd_cb_userdata (ssl, config->key_password);
  is_loaded = SSL_CTX_use_PrivateKey_file (ssl, file, SSL_FILETYPE_PEM) == 1;
  SSL_CTX_set_default_passwd_cb_userdata (ssl, NULL);
  if (is_loaded)
    return true;
  if (!is_of_another ())
    return refuse (error, "key", file, spc_tls_reason ());
  ERR_clear_error ();
  g_set_error (error, SPC_ERROR, SPC_ERROR_SETTINGS,
               "key %s does not belong to certificate %s", file,
               config->cert_file);
  return false;
}

/* clients */

static bool
load_authorities (SSL_CTX *ssl, const char *file, GError **error)
{
  STACK_OF (X509_NAME) * names;

  if (!check_readable ("CA file", file, error))
    return false;
  if (SSL_CTX_load_verify_file (ssl, file) != 1)
    return refuse (error, "CA file", file, spc_tls_reason ());
  names = SSL_load_client_CA_file (file);
  if (!names)
    return refuse (error, "CA file", file, spc_tls_reason ());
  SSL_CTX_set_client_CA_list (ssl, names); /* takes it */
  return true;
}

static bool
set_clients (SSL_CTX *ssl, const SpcTlsConfig *config, GError **error)
{
  int mode = SSL_VERIFY_PEER;

  if (config->ca_file && !load_authorities (ssl, config->ca_file, error))
    return false;
  if (config->clients == SPC_TLS_CLIENTS_ANY)
    return true;
  if (!config->ca_file) {
    g_set_error_literal (error, SPC_ERROR, SPC_ERROR_SETTINGS,
                         "clients' certificates are asked for, but there is no "
                         "CA file to check them by: set tls-ca-file");
    return false;
  }
  if (config->clients == SPC_TLS_CLIENTS_PROVEN)
    mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_CTX_set_verify (ssl, mode, NULL);
  return true;
}

/* the rest */

static bool
set_protocol (SSL_CTX *ssl, const SpcTlsConfig *config, GError **error)
{
  SSL_CTX_set_min_proto_version (ssl, config->min_version == SPC_TLS_1_3
                                          ? TLS1_3_VERSION
                                          : TLS1_2_VERSION);
  SSL_CTX_set_options (ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                SSL_OP_NO_TICKET |
                                SSL_OP_CIPHER_SERVER_PREFERENCE);
  /* a client's many channels come within a second; a renewed certificate is to
   * count at once */
  SSL_CTX_set_session_cache_mode (ssl, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets (ssl, 0);
  SSL_CTX_set_session_id_context (ssl, (const unsigned char *)SESSION_CONTEXT,
                                  sizeof SESSION_CONTEXT - 1);
  SSL_CTX_set_mode (ssl, SSL_MODE_RELEASE_BUFFERS);
  if (!config->ciphers || SSL_CTX_set_cipher_list (ssl, config->ciphers) == 1)
    return true;
  ERR_clear_error ();
  g_set_error (error, SPC_ERROR, SPC_ERROR_SETTINGS,
               "no cipher of \"%s\" is known", config->ciphers);
  return false;
}

SpcTlsContext *
spc_tls_context_new (const SpcTlsConfig *config, GError **error)
{
  g_autoptr (SpcTlsContext) self = g_new0 (SpcTlsContext, 1);

  g_atomic_ref_count_init (&self->ref_count);
  ERR_clear_error ();
  self->ssl = SSL_CTX_new (TLS_server_method ());
  if (!self->ssl) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_FAILED, "no TLS: %s",
                 spc_tls_reason ());
    return NULL;
  }
  if (!set_protocol (self->ssl, config, error) ||
      !load_certificate (self->ssl, config, error) ||
      !load_key (self->ssl, config, error) ||
      !set_clients (self->ssl, config, error))
    return NULL;
  return g_steal_pointer (&self);
}

SpcTlsContext *
spc_tls_context_ref (SpcTlsContext *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
spc_tls_context_unref (SpcTlsContext *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  SSL_CTX_free (self->ssl);
  g_free (self);
}

SSL_CTX *
spc_tls_context_ssl (SpcTlsContext *self)
{
  return self->ssl;
}

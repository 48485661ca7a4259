/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tls-private.h"

#include "server-core/base/error.h"
#include "server-core/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
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
  self->cert_pem = g_strdup (from->cert_pem);
  self->key_pem = g_strdup (from->key_pem);
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
  if (self->key_pem)
    OPENSSL_cleanse (self->key_pem, strlen (self->key_pem));
  g_clear_pointer (&self->cert_pem, g_free);
  g_clear_pointer (&self->key_pem, g_free);
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

typedef struct {
  const char *password; /* NULL: none is known */
  bool was_asked;       /* the key is encrypted */
} KeyPassword;

/* never asks at a terminal */
static int
on_key_password (char *buffer, int size, int is_writing, void *user_data)
{
  KeyPassword *self = user_data;
  size_t length = self && self->password ? strlen (self->password) : 0;

  if (self)
    self->was_asked = true;
  if (size <= 0 || length > (size_t)size)
    return 0;
  if (length > 0)
    memcpy (buffer, self->password, length);
  return (int)length;
}

static bool
is_reason (int library, int reason)
{
  unsigned long code = ERR_peek_error ();

  return ERR_GET_LIB (code) == library && ERR_GET_REASON (code) == reason;
}

/* the library says where its parser stopped; people know files */
static bool
refuse_certificate (const char *file, GError **error)
{
  bool is_other = is_reason (ERR_LIB_PEM, PEM_R_NO_START_LINE);
  const char *reason = spc_tls_reason ();

  return refuse (error, "certificate", file,
                 is_other ? "there is no certificate in it, in PEM" : reason);
}

static bool
refuse_key (const char *file, const KeyPassword *password, GError **error)
{
  bool is_other = is_reason (ERR_LIB_PEM, PEM_R_NO_START_LINE) ||
                  is_reason (ERR_LIB_OSSL_DECODER, ERR_R_UNSUPPORTED);
  const char *reason = spc_tls_reason ();

  if (password->was_asked)
    reason = password->password ? "tls-key-password does not open it"
                                : "it is encrypted: set tls-key-password";
  else if (is_other)
    reason = "there is no key in it, in PEM: set tls-key-file";
  return refuse (error, "key", file, reason);
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

/* what a text is called in errors, beside names of files */
#define FROM_MEMORY "in memory"

static const char *
name_certificate (const SpcTlsConfig *config)
{
  return config->cert_pem ? FROM_MEMORY : config->cert_file;
}

/* the first certificate is the server's, the rest its chain */
static bool
use_chain (SSL_CTX *ssl, const char *pem)
{
  BIO *bio = BIO_new_mem_buf (pem, -1);
  X509 *certificate = PEM_read_bio_X509 (bio, NULL, on_key_password, NULL);
  bool is_used = certificate && SSL_CTX_use_certificate (ssl, certificate) == 1;

  X509_free (certificate);
  while (is_used && (certificate = PEM_read_bio_X509 (
                         bio, NULL, on_key_password, NULL)) != NULL) {
    is_used = SSL_CTX_add1_chain_cert (ssl, certificate) == 1;
    X509_free (certificate);
  }
  BIO_free (bio);
  if (is_used)
    ERR_clear_error (); /* of the end */
  return is_used;
}

static bool
use_key (SSL_CTX *ssl, const SpcTlsConfig *config, KeyPassword *password)
{
  BIO *bio = BIO_new_mem_buf (config->key_pem, -1);
  EVP_PKEY *key =
      PEM_read_bio_PrivateKey (bio, NULL, on_key_password, password);
  bool is_used = key && SSL_CTX_use_PrivateKey (ssl, key) == 1;

  EVP_PKEY_free (key);
  BIO_free (bio);
  return is_used;
}

static bool
load_certificate (SSL_CTX *ssl, const SpcTlsConfig *config, GError **error)
{
  const char *file = config->cert_file;

  if (config->cert_pem) {
    if (!use_chain (ssl, config->cert_pem))
      return refuse_certificate (FROM_MEMORY, error);
    warn_of_dates (ssl, FROM_MEMORY);
    return true;
  }
  if (!check_readable ("certificate", file, error))
    return false;
  if (SSL_CTX_use_certificate_chain_file (ssl, file) != 1)
    return refuse_certificate (file, error);
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
  const char *file = config->key_pem    ? FROM_MEMORY
                     : config->key_file ? config->key_file
                                        : config->cert_file;
  KeyPassword password = {config->key_password, false};
  bool is_loaded;

  if (!file)
    return refuse (error, "key", FROM_MEMORY, "there is none");
  if (!config->key_pem && !check_readable ("key", file, error))
    return false;
  SSL_CTX_set_default_passwd_cb (ssl, on_key_password);
  SSL_CTX_set_default_passwd_cb_userdata (ssl, &password);
  is_loaded =
      config->key_pem
          ? use_key (ssl, config, &password)
          : SSL_CTX_use_PrivateKey_file (ssl, file, SSL_FILETYPE_PEM) == 1;
  SSL_CTX_set_default_passwd_cb_userdata (ssl, NULL);
  /* a key of another kind is taken for that of a further certificate */
  if (is_loaded && SSL_CTX_check_private_key (ssl) == 1)
    return true;
  if (!is_loaded && !is_of_another ())
    return refuse_key (file, &password, error);
  ERR_clear_error ();
  g_set_error (error, SPC_ERROR, SPC_ERROR_SETTINGS,
               "key %s does not belong to certificate %s", file,
               name_certificate (config));
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

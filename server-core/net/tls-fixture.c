/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tls-fixture.h"

#include <glib/gstdio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#define DAY_S (24 * 60 * 60)

/* certificates */

typedef struct {
  X509 *certificate;
  EVP_PKEY *key;
} Identity;

static void
set_name (X509 *certificate, const char *name)
{
  X509_NAME *subject = X509_get_subject_name (certificate);

  X509_NAME_add_entry_by_txt (subject, "CN", MBSTRING_UTF8,
                              (const unsigned char *)name, -1, -1, 0);
}

static void
add_extension (X509 *certificate, int nid, const char *value)
{
  X509_EXTENSION *extension = X509V3_EXT_conf_nid (NULL, NULL, nid, value);

  g_assert_nonnull (extension);
  X509_add_ext (certificate, extension, -1);
  X509_EXTENSION_free (extension);
}

/* @issuer: NULL: itself; @until_s: from now */
static Identity
make_identity (const char *name, const Identity *issuer, long until_s)
{
  static long serial = 1;
  Identity self = {X509_new (), EVP_EC_gen ("P-256")};

  X509_set_version (self.certificate, 2);
  ASN1_INTEGER_set (X509_get_serialNumber (self.certificate), serial++);
  X509_gmtime_adj (X509_getm_notBefore (self.certificate), -2 * DAY_S);
  X509_gmtime_adj (X509_getm_notAfter (self.certificate), until_s);
  X509_set_pubkey (self.certificate, self.key);
  set_name (self.certificate, name);
  X509_set_issuer_name (
      self.certificate,
      X509_get_subject_name (issuer ? issuer->certificate : self.certificate));
  if (issuer)
    add_extension (self.certificate, NID_subject_alt_name, "DNS:localhost");
  else
    add_extension (self.certificate, NID_basic_constraints, "critical,CA:TRUE");
  g_assert_cmpint (X509_sign (self.certificate, issuer ? issuer->key : self.key,
                              EVP_sha256 ()),
                   >, 0);
  return self;
}

static void
identity_clear (Identity *self)
{
  X509_free (self->certificate);
  EVP_PKEY_free (self->key);
}

static void
write_key (BIO *file, EVP_PKEY *key, const char *password)
{
  g_assert_cmpint (PEM_write_bio_PKCS8PrivateKey (
                       file, key, password ? EVP_aes_128_cbc () : NULL,
                       password, password ? (int)strlen (password) : 0, NULL,
                       NULL),
                   ==, 1);
}

/* either may be left out */
static char *
write_file (const TlsFiles *self, const char *name, X509 *certificate,
            EVP_PKEY *key, const char *password)
{
  char *path = g_build_filename (self->folder, name, NULL);
  BIO *file = BIO_new_file (path, "w");

  g_assert_nonnull (file);
  if (certificate)
    g_assert_cmpint (PEM_write_bio_X509 (file, certificate), ==, 1);
  if (key)
    write_key (file, key, password);
  BIO_free (file);
  return path;
}

void
tls_files_init (TlsFiles *self)
{
  Identity ca = make_identity ("an authority", NULL, DAY_S);
  Identity server = make_identity ("localhost", &ca, DAY_S);
  Identity past = make_identity ("localhost", &ca, -DAY_S);
  Identity client = make_identity ("a viewer", &ca, DAY_S);
  EVP_PKEY *alien = EVP_PKEY_Q_keygen (NULL, NULL, "ED25519");

  self->folder = g_dir_make_tmp ("spc-tls-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  self->ca = write_file (self, "ca.pem", ca.certificate, NULL, NULL);
  self->cert = write_file (self, "cert.pem", server.certificate, NULL, NULL);
  self->key = write_file (self, "key.pem", NULL, server.key, NULL);
  self->locked =
      write_file (self, "locked.pem", NULL, server.key, TLS_FIXTURE_PASSWORD);
  self->expired =
      write_file (self, "expired.pem", past.certificate, past.key, NULL);
  self->stranger = write_file (self, "stranger.pem", NULL, client.key, NULL);
  self->alien = write_file (self, "alien.pem", NULL, alien, NULL);
  self->client =
      write_file (self, "client.pem", client.certificate, client.key, NULL);
  identity_clear (&ca);
  identity_clear (&server);
  identity_clear (&past);
  identity_clear (&client);
  EVP_PKEY_free (alien);
}

static void
remove_file (char *path)
{
  g_unlink (path);
  g_free (path);
}

void
tls_files_clear (TlsFiles *self)
{
  remove_file (self->ca);
  remove_file (self->cert);
  remove_file (self->key);
  remove_file (self->locked);
  remove_file (self->expired);
  remove_file (self->stranger);
  remove_file (self->alien);
  remove_file (self->client);
  g_rmdir (self->folder);
  g_free (self->folder);
}

SpcTlsContext *
tls_files_context (const TlsFiles *self)
{
  const SpcTlsConfig config = {.cert_file = self->cert, .key_file = self->key};
  g_autoptr (GError) error = NULL;
  SpcTlsContext *context = spc_tls_context_new (&config, &error);

  g_assert_no_error (error);
  return context;
}

/* a client */

static void
on_client_ready (SpcTransport *line, GIOCondition ready, gpointer user_data)
{
  tls_client_run (user_data);
}

void
tls_client_init (TlsClient *self, SpcTransport *line, const char *ca)
{
  *self = (TlsClient){.line = line, .got = g_byte_array_new ()};
  self->context = SSL_CTX_new (TLS_client_method ());
  SSL_CTX_set_session_cache_mode (self->context, SSL_SESS_CACHE_OFF);
  if (ca) {
    g_assert_cmpint (SSL_CTX_load_verify_file (self->context, ca), ==, 1);
    SSL_CTX_set_verify (self->context, SSL_VERIFY_PEER, NULL);
  }
  self->ssl = SSL_new (self->context);
  SSL_set_bio (self->ssl, BIO_new (BIO_s_mem ()), BIO_new (BIO_s_mem ()));
  SSL_set_connect_state (self->ssl);
  spc_transport_set_func (line, on_client_ready, self);
}

void
tls_client_clear (TlsClient *self)
{
  SSL_free (self->ssl);
  SSL_CTX_free (self->context);
  spc_transport_free (self->line);
  g_byte_array_unref (self->got);
}

bool
tls_client_send (TlsClient *self)
{
  BIO *out = SSL_get_wbio (self->ssl);
  char *data;
  long size;

  while ((size = BIO_get_mem_data (out, &data)) > 0) {
    gssize n = net_write (self->line, data, (gsize)size, NULL);
    char sink[4096];

    if (n <= 0)
      return false;
    for (gssize left = n; left > 0;)
      left -= BIO_read (out, sink, (int)MIN (left, (gssize)sizeof sink));
  }
  return true;
}

bool
tls_client_receive (TlsClient *self)
{
  uint8_t bytes[4096];
  gssize n = spc_transport_read (self->line, bytes, sizeof bytes, NULL);

  if (n == 0)
    self->has_ended = true;
  if (n > 0)
    BIO_write (SSL_get_rbio (self->ssl), bytes, (int)n);
  return n > 0;
}

static void
read_some (TlsClient *self)
{
  uint8_t bytes[4096];
  int n;

  ERR_clear_error ();
  while ((n = SSL_read (self->ssl, bytes, sizeof bytes)) > 0)
    g_byte_array_append (self->got, bytes, (guint)n);
  switch (SSL_get_error (self->ssl, n)) {
  case SSL_ERROR_WANT_READ:
    break;
  case SSL_ERROR_ZERO_RETURN:
    self->has_ended = true;
    break;
  default:
    self->has_failed = true;
  }
  ERR_clear_error ();
}

void
tls_client_run (TlsClient *self)
{
  do {
    read_some (self);
    tls_client_send (self);
  } while (!self->has_ended && !self->has_failed && tls_client_receive (self));
  spc_transport_want (self->line,
                      self->has_ended || self->has_failed ? 0
                      : BIO_ctrl_pending (SSL_get_wbio (self->ssl)) > 0
                          ? G_IO_IN | G_IO_OUT
                          : G_IO_IN);
}

void
tls_client_write (TlsClient *self, const void *data, gsize size)
{
  g_assert_cmpint (SSL_write (self->ssl, data, (int)size), ==, (int)size);
  tls_client_run (self);
}

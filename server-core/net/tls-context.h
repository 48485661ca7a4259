/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tls-context.h – certificate, key, ciphers and versions of TLS.
 *
 * Made from files, which are read once; a renewed certificate means a new
 * context, and lines that are up keep the one they began with. Compression,
 * renegotiation and resumption are off. Any thread; its contents do not
 * change. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum { SPC_TLS_1_2, SPC_TLS_1_3 } SpcTlsVersion;

/* certificates of clients */
typedef enum {
  SPC_TLS_CLIENTS_ANY,    /* are not asked for one */
  SPC_TLS_CLIENTS_MAY,    /* may show one, which must be right then */
  SPC_TLS_CLIENTS_PROVEN, /* must show one of the authorities in ca_file */
} SpcTlsClients;

/* all files are PEM */
typedef struct {
  /* text in PEM goes before files: for applications that have no files */
  char *cert_pem;     /* as in cert_file */
  char *key_pem;      /* NULL: in key_file */
  char *cert_file;    /* the server's, then the chain above it */
  char *key_file;     /* NULL: in cert_file */
  char *key_password; /* NULL: the key is not encrypted */
  char *ca_file;      /* authorities of clients' certificates; NULL: none */
  char *ciphers;      /* of TLS 1.2, as openssl names them; NULL: the usual */
  SpcTlsVersion min_version;
  SpcTlsClients clients;
} SpcTlsConfig;

void spc_tls_config_copy (SpcTlsConfig *self, const SpcTlsConfig *from);
void spc_tls_config_clear (SpcTlsConfig *self); /* wipes the password */

typedef struct _SpcTlsContext SpcTlsContext;

/* NULL: @error names the file, and what is wrong with it */
SpcTlsContext *spc_tls_context_new (const SpcTlsConfig *config, GError **error);
SpcTlsContext *spc_tls_context_ref (SpcTlsContext *self);
void spc_tls_context_unref (SpcTlsContext *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcTlsContext, spc_tls_context_unref)

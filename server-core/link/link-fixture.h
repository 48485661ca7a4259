/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* link-fixture.h – for tests: a client's half of the ticket, and keys. */
#pragma once

#include "server-core/net/net-fixture.h"
#include "ticket.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

/* RSAES-OAEP of @size bytes under the DER key of a reply */
static inline void
link_fixture_encrypt (const uint8_t der[SPC_PUBLIC_KEY_SIZE], const void *plain,
                      gsize size, uint8_t blob[SPC_TICKET_SIZE])
{
  const uint8_t *at = der;
  EVP_PKEY *key = d2i_PUBKEY (NULL, &at, SPC_PUBLIC_KEY_SIZE);
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new (key, NULL);
  size_t blob_size = SPC_TICKET_SIZE;

  g_assert_true (at == der + SPC_PUBLIC_KEY_SIZE);
  g_assert_cmpint (EVP_PKEY_encrypt_init (context), ==, 1);
  g_assert_cmpint (
      EVP_PKEY_CTX_set_rsa_padding (context, RSA_PKCS1_OAEP_PADDING), ==, 1);
  g_assert_cmpint (EVP_PKEY_encrypt (context, blob, &blob_size, plain, size),
                   ==, 1);
  g_assert_cmpuint (blob_size, ==, SPC_TICKET_SIZE);
  EVP_PKEY_CTX_free (context);
  EVP_PKEY_free (key);
}

static inline void
link_fixture_keep_key (SpcTicketKey *key, gpointer user_data)
{
  *(SpcTicketKey **)user_data = key;
}

/* one of its own, waited for */
static inline SpcTicketKey *
link_fixture_take_key (NetFixture *net, SpcTicketKeys *keys)
{
  SpcTicketKey *later = NULL;
  SpcTicketKey *key =
      spc_ticket_keys_take (keys, link_fixture_keep_key, &later);

  if (key == NULL)
    NET_RUN_UNTIL (net, later != NULL);
  return key != NULL ? key : later;
}

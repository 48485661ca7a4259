/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spec: SPICE ticket. RSAES-OAEP with SHA-1 and MGF1-SHA-1, empty label, under
 * a 1024-bit key used for one link. */
#include "ticket.h"
#include "server-core/base/error.h"
#include "server-core/base/log.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#define KEY_BITS 1024
/* leading zero bytes of a blob a client may have moved to its end (spec: SPICE
 * ticket, "moved zeros") */
#define MAX_MOVED_ZEROS 2

struct _SpcTicketKey {
  gint ref_count;
  EVP_PKEY *pair;
  uint8_t public_key[SPC_PUBLIC_KEY_SIZE];
};

/* A counted box: jobs under way hold a reference when the store goes. Loop
 * thread only. */
struct _SpcTicketKeys {
  SpcLoop *loop;
  SpcJobs *jobs;
  GQueue ready;         /* SpcTicketKey */
  GQueue waiters;       /* Waiter; then nothing is ready */
  SpcTicketKey *common; /* NULL: nobody has asked for it */
  bool is_making;       /* one; a picture waits for no more */
  bool is_closed;
};

typedef struct {
  SpcTicketKeyFunc func;
  gpointer user_data;
  bool is_common;
} Waiter;

struct _SpcPassword {
  char text[SPC_MAX_PASSWORD + 1]; /* zeros up to the end */
  int64_t expires_us;              /* 0: never */
};

/* a pair */

static void
set_crypto_error (GError **error, const char *what)
{
  char reason[256];

  ERR_error_string_n (ERR_peek_last_error (), reason, sizeof reason);
  ERR_clear_error ();
  g_set_error (error, SPC_ERROR, SPC_ERROR_FAILED, "%s: %s", what, reason);
}

static bool
export_public_key (SpcTicketKey *self, GError **error)
{
  uint8_t *end = self->public_key;
  int size = i2d_PUBKEY (self->pair, NULL);

  if (size == (int)SPC_PUBLIC_KEY_SIZE &&
      i2d_PUBKEY (self->pair, &end) == (int)SPC_PUBLIC_KEY_SIZE)
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_FAILED,
               "a public key has %d bytes, clients know %u only", size,
               SPC_PUBLIC_KEY_SIZE);
  return false;
}

/* any thread */
static SpcTicketKey *
ticket_key_new (GError **error)
{
  g_autoptr (SpcTicketKey) self = g_new0 (SpcTicketKey, 1);

  self->ref_count = 1;
  self->pair = EVP_RSA_gen (KEY_BITS);
  if (self->pair == NULL) {
    set_crypto_error (error, "cannot make an RSA-1024 key pair");
    return NULL;
  }
  return export_public_key (self, error) ? g_steal_pointer (&self) : NULL;
}

SpcTicketKey *
spc_ticket_key_ref (SpcTicketKey *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
spc_ticket_key_unref (SpcTicketKey *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  EVP_PKEY_free (self->pair);
  g_free (self);
}

const uint8_t *
spc_ticket_key_public (const SpcTicketKey *self)
{
  return self->public_key;
}

static EVP_PKEY_CTX *
begin_decrypt (EVP_PKEY *pair)
{
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new (pair, NULL);

  if (context != NULL && EVP_PKEY_decrypt_init (context) > 0 &&
      EVP_PKEY_CTX_set_rsa_padding (context, RSA_PKCS1_OAEP_PADDING) > 0 &&
      EVP_PKEY_CTX_set_rsa_oaep_md (context, EVP_sha1 ()) > 0 &&
      EVP_PKEY_CTX_set_rsa_mgf1_md (context, EVP_sha1 ()) > 0)
    return context;
  EVP_PKEY_CTX_free (context);
  return NULL;
}

static bool
decrypt (SpcTicketKey *self, const uint8_t blob[SPC_TICKET_SIZE],
         char text[SPC_TICKET_SIZE + 1])
{
  EVP_PKEY_CTX *context = begin_decrypt (self->pair);
  size_t size = SPC_TICKET_SIZE;
  bool is_right =
      context != NULL && EVP_PKEY_decrypt (context, (uint8_t *)text, &size,
                                           blob, SPC_TICKET_SIZE) > 0;

  EVP_PKEY_CTX_free (context);
  ERR_clear_error ();
  if (!is_right || size > SPC_TICKET_SIZE)
    size = 0;
  spc_wipe (text + size, SPC_TICKET_SIZE + 1 - size);
  return is_right;
}

/* Tries the blob as it came, then as it would have come from a client that did
 * not move leading zero bytes to its end. */
bool
spc_ticket_key_decrypt (SpcTicketKey *self, const uint8_t blob[SPC_TICKET_SIZE],
                        char text[SPC_TICKET_SIZE + 1])
{
  bool is_right = decrypt (self, blob, text);

  for (size_t n = 1; n <= MAX_MOVED_ZEROS && !is_right; n++) {
    uint8_t moved[SPC_TICKET_SIZE] = {0};

    if (blob[SPC_TICKET_SIZE - n] != 0)
      break;
    memcpy (moved + n, blob, SPC_TICKET_SIZE - n);
    is_right = decrypt (self, moved, text);
  }
  return is_right;
}

/* the store */

static void
keys_clear (gpointer user_data)
{
  SpcTicketKeys *self = user_data;

  g_queue_clear_full (&self->ready, (GDestroyNotify)spc_ticket_key_unref);
  g_queue_clear_full (&self->waiters, g_free);
  spc_ticket_key_unref (self->common);
}

/* An order for one pair, then its delivery: the job and the post after it each
 * hold a reference. */
typedef struct {
  SpcTicketKeys *keys; /* a reference */
  SpcLoop *loop;
  SpcTicketKey *made;
} Order;

static void
order_clear (gpointer user_data)
{
  Order *order = user_data;

  g_atomic_rc_box_release_full (order->keys, keys_clear);
  spc_ticket_key_unref (order->made);
  spc_loop_unref (order->loop);
}

static void
order_unref (gpointer order)
{
  g_atomic_rc_box_release_full (order, order_clear);
}

/* NULL: none is ready */
static SpcTicketKey *
pick (SpcTicketKeys *self, bool is_common)
{
  SpcTicketKey *key;

  if (is_common && self->common != NULL)
    return spc_ticket_key_ref (self->common);
  key = g_queue_pop_head (&self->ready);
  if (is_common && key != NULL)
    self->common = spc_ticket_key_ref (key);
  return key;
}

static void
give (SpcTicketKeys *self, SpcTicketKey *key)
{
  g_autofree Waiter *waiter = g_queue_pop_head (&self->waiters);

  waiter->func (key, waiter->user_data);
}

static void
serve (SpcTicketKeys *self)
{
  SpcTicketKey *key;
  Waiter *first;

  while ((first = g_queue_peek_head (&self->waiters)) != NULL &&
         (key = pick (self, first->is_common)) != NULL)
    give (self, key);
}

static void refill (SpcTicketKeys *self);

/* one who waits gets to know of a failure, so that failing has an end */
static void
deliver (gpointer user_data)
{
  Order *order = user_data;
  SpcTicketKeys *keys = order->keys;
  bool is_made = order->made != NULL;

  keys->is_making = false;
  if (keys->is_closed)
    return;
  if (is_made) {
    g_queue_push_tail (&keys->ready, g_steal_pointer (&order->made));
    serve (keys);
  } else if (keys->waiters.length > 0) {
    give (keys, NULL);
  }
  if (!keys->is_closed && (is_made || keys->waiters.length > 0))
    refill (keys);
}

static void
make (SpcWorker *worker, gpointer user_data)
{
  Order *order = user_data;
  g_autoptr (GError) error = NULL;

  order->made = ticket_key_new (&error);
  if (order->made == NULL)
    SPC_WARNING (SPC_LOG_LINK, "%s", error->message);
  spc_loop_post (order->loop, deliver, g_atomic_rc_box_acquire (order),
                 order_unref);
}

static void
refill (SpcTicketKeys *self)
{
  Order *order;

  if (self->is_making || self->ready.length >= SPC_READY_TICKET_KEYS)
    return;
  order = g_atomic_rc_box_new0 (Order);
  order->keys = g_atomic_rc_box_acquire (self);
  order->loop = spc_loop_ref (self->loop);
  self->is_making = true;
  spc_jobs_push (self->jobs, make, order, order_unref);
}

SpcTicketKeys *
spc_ticket_keys_new (SpcLoop *loop, SpcJobs *jobs)
{
  SpcTicketKeys *self = g_atomic_rc_box_new0 (SpcTicketKeys);

  self->loop = spc_loop_ref (loop);
  self->jobs = spc_jobs_ref (jobs);
  g_queue_init (&self->ready);
  g_queue_init (&self->waiters);
  refill (self);
  return self;
}

void
spc_ticket_keys_free (SpcTicketKeys *self)
{
  if (self == NULL)
    return;
  self->is_closed = true;
  g_clear_pointer (&self->jobs, spc_jobs_unref);
  g_clear_pointer (&self->loop, spc_loop_unref);
  g_atomic_rc_box_release_full (self, keys_clear);
}

guint
spc_ticket_keys_n_ready (const SpcTicketKeys *self)
{
  return self->ready.length;
}

guint
spc_ticket_keys_n_waiting (const SpcTicketKeys *self)
{
  return self->waiters.length;
}

static SpcTicketKey *
take_or_wait (SpcTicketKeys *self, Waiter waiter)
{
  SpcTicketKey *key = pick (self, waiter.is_common);

  if (key == NULL)
    g_queue_push_tail (&self->waiters, g_memdup2 (&waiter, sizeof waiter));
  refill (self);
  return key;
}

SpcTicketKey *
spc_ticket_keys_take (SpcTicketKeys *self, SpcTicketKeyFunc func,
                      gpointer user_data)
{
  return take_or_wait (self, (Waiter){func, user_data, false});
}

SpcTicketKey *
spc_ticket_keys_share (SpcTicketKeys *self, SpcTicketKeyFunc func,
                       gpointer user_data)
{
  return take_or_wait (self, (Waiter){func, user_data, true});
}

void
spc_ticket_keys_forget (SpcTicketKeys *self, gpointer user_data)
{
  GList *next;

  for (GList *l = self->waiters.head; l != NULL; l = next) {
    Waiter *waiter = l->data;

    next = l->next;
    if (waiter->user_data != user_data)
      continue;
    g_queue_delete_link (&self->waiters, l);
    g_free (waiter);
  }
}

/* passwords */

SpcPassword *
spc_password_new (const char *text, uint32_t lifetime_s)
{
  size_t size = text != NULL ? strlen (text) : 0;
  SpcPassword *self;

  if (size > SPC_MAX_PASSWORD)
    return NULL;
  self = g_new0 (SpcPassword, 1);
  memcpy (self->text, text != NULL ? text : "", size);
  if (lifetime_s > 0)
    self->expires_us =
        g_get_monotonic_time () + (int64_t)lifetime_s * G_USEC_PER_SEC;
  return self;
}

void
spc_password_free (SpcPassword *self)
{
  if (self == NULL)
    return;
  spc_wipe (self, sizeof *self);
  g_free (self);
}

/* how long @text is shows in the time taken, and its sender knows it; how much
 * of it is right does not */
bool
spc_password_is (const SpcPassword *self, const char *text)
{
  char padded[SPC_MAX_PASSWORD + 1] = {0};
  size_t size = text != NULL ? strnlen (text, sizeof padded) : sizeof padded;
  bool is_same;

  if (self == NULL || size > SPC_MAX_PASSWORD)
    return false;
  memcpy (padded, text, size);
  is_same = CRYPTO_memcmp (padded, self->text, sizeof padded) == 0;
  spc_wipe (padded, sizeof padded);
  return is_same;
}

bool
spc_password_matches (const SpcPassword *self, const char *text, int64_t now_us)
{
  return self != NULL && self->text[0] != '\0' &&
         spc_password_is (self, text) &&
         (self->expires_us == 0 || now_us < self->expires_us);
}

void
spc_wipe (void *memory, size_t size)
{
  OPENSSL_cleanse (memory, size);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "throttle.h"
#include "server-core/base/limits.h"

/* a quiet while: as long as the longest delay seventeen times over, so that
 * waiting is never quicker than being refused */
#define FORGET_US (5 * 60 * G_USEC_PER_SEC)

typedef struct {
  char *host;
  uint32_t n_failures;
  int64_t last_us;
  int64_t held_until_us; /* the last refusal is answered */
  GList link;            /* in by_age */
} Address;

struct _SpcThrottle {
  GHashTable *addresses; /* host → Address, owned */
  GQueue by_age;         /* Address, the latest failure last */
};

static void
address_free (Address *address)
{
  g_free (address->host);
  g_free (address);
}

SpcThrottle *
spc_throttle_new (void)
{
  SpcThrottle *self = g_new0 (SpcThrottle, 1);

  self->addresses = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                           (GDestroyNotify)address_free);
  return self;
}

void
spc_throttle_free (SpcThrottle *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->addresses);
  g_free (self);
}

static void
forget (SpcThrottle *self, Address *address)
{
  g_queue_unlink (&self->by_age, &address->link);
  g_hash_table_remove (self->addresses, address->host);
}

static void
forget_old (SpcThrottle *self, int64_t now_us)
{
  Address *oldest;

  while ((oldest = g_queue_peek_head (&self->by_age)) != NULL &&
         (now_us - oldest->last_us > FORGET_US ||
          self->by_age.length > SPC_MAX_THROTTLED_ADDRESSES))
    forget (self, oldest);
}

static Address *
find_or_add (SpcThrottle *self, const char *host)
{
  Address *address = g_hash_table_lookup (self->addresses, host);

  if (address != NULL) {
    g_queue_unlink (&self->by_age, &address->link);
  } else {
    address = g_new0 (Address, 1);
    address->host = g_strdup (host);
    address->link.data = address;
    g_hash_table_insert (self->addresses, address->host, address);
  }
  g_queue_push_tail_link (&self->by_age, &address->link);
  return address;
}

static uint32_t
delay_ms (uint32_t n_failures)
{
  uint32_t delay = SPC_MIN_TICKET_DELAY_MS;

  if (n_failures <= SPC_FREE_TICKET_TRIES)
    return 0;
  for (uint32_t n = SPC_FREE_TICKET_TRIES + 1;
       n < n_failures && delay < SPC_MAX_TICKET_DELAY_MS; n++)
    delay *= 2;
  return MIN (delay, SPC_MAX_TICKET_DELAY_MS);
}

uint32_t
spc_throttle_failed (SpcThrottle *self, const char *host, int64_t now_us,
                     uint32_t *n_failures)
{
  Address *address;
  uint32_t delay;

  forget_old (self, now_us);
  address = find_or_add (self, host);
  address->last_us = now_us;
  if (address->n_failures < G_MAXUINT32)
    address->n_failures++;
  if (n_failures != NULL)
    *n_failures = address->n_failures;
  delay = delay_ms (address->n_failures);
  address->held_until_us =
      MAX (address->held_until_us, now_us + (int64_t)delay * 1000);
  forget_old (self, now_us);
  return delay;
}

uint32_t
spc_throttle_wait (const SpcThrottle *self, const char *host, int64_t now_us)
{
  const Address *address = g_hash_table_lookup (self->addresses, host);

  if (address == NULL || address->n_failures < SPC_PARALLEL_TICKET_TRIES ||
      now_us >= address->held_until_us)
    return 0;
  return (uint32_t)((address->held_until_us - now_us + 999) / 1000);
}

void
spc_throttle_succeeded (SpcThrottle *self, const char *host)
{
  Address *address = g_hash_table_lookup (self->addresses, host);

  if (address != NULL)
    forget (self, address);
}

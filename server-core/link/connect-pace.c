/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "connect-pace.h"
#include "server-core/base/limits.h"
#include "server-core/net/listener.h"

#define BURST_US ((int64_t)SPC_CONNECT_BURST_S * G_USEC_PER_SEC)
/* who goes on and on is told of again */
#define TELL_AGAIN_US (60 * G_USEC_PER_SEC)

/* Each connection takes the time it stands for. */
typedef struct {
  char *network;
  int64_t rested_us; /* when nothing it took is left */
  int64_t told_us;   /* that it is too fast; 0: not since it rested */
  GList link;        /* in by_age */
} Address;

struct _SpcConnectPace {
  GHashTable *addresses; /* network → Address, owned */
  GQueue by_age;         /* Address, the latest one last */
};

static void
address_free (Address *address)
{
  g_free (address->network);
  g_free (address);
}

SpcConnectPace *
spc_connect_pace_new (void)
{
  SpcConnectPace *self = g_new0 (SpcConnectPace, 1);

  self->addresses = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                           (GDestroyNotify)address_free);
  return self;
}

void
spc_connect_pace_free (SpcConnectPace *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->addresses);
  g_free (self);
}

/* those that are as if they had never come, and those that are too many */
static void
forget_old (SpcConnectPace *self, int64_t now_us)
{
  Address *oldest;

  while ((oldest = g_queue_peek_head (&self->by_age)) != NULL &&
         (oldest->rested_us <= now_us ||
          self->by_age.length > SPC_MAX_PACED_ADDRESSES)) {
    g_queue_unlink (&self->by_age, &oldest->link);
    g_hash_table_remove (self->addresses, oldest->network);
  }
}

static Address *
find_or_add (SpcConnectPace *self, const char *network)
{
  Address *address = g_hash_table_lookup (self->addresses, network);

  if (address != NULL) {
    g_queue_unlink (&self->by_age, &address->link);
  } else {
    address = g_new0 (Address, 1);
    address->network = g_strdup (network);
    address->link.data = address;
    g_hash_table_insert (self->addresses, address->network, address);
  }
  g_queue_push_tail_link (&self->by_age, &address->link);
  return address;
}

uint32_t
spc_connect_pace_for (const SpcTransport *transport, int wanted)
{
  if (transport->is_local)
    return 0;
  if (wanted >= 0)
    return (uint32_t)wanted;
  return spc_address_is_loopback (transport->peer_host)
             ? 0
             : SPC_DEFAULT_CONNECTS_PER_S;
}

static SpcPaceVerdict
refuse (Address *address, int64_t now_us)
{
  if (address->told_us != 0 && now_us - address->told_us < TELL_AGAIN_US)
    return SPC_PACE_STILL_TOO_FAST;
  address->told_us = now_us;
  return SPC_PACE_TOO_FAST;
}

SpcPaceVerdict
spc_connect_pace_judge (SpcConnectPace *self, const char *network,
                        uint32_t per_s, int64_t now_us)
{
  Address *address = find_or_add (self, network);
  int64_t rested_us = MAX (address->rested_us, now_us) +
                      (int64_t)G_USEC_PER_SEC / (int64_t)per_s;

  if (address->rested_us <= now_us)
    address->told_us = 0;
  if (rested_us - now_us > BURST_US)
    return refuse (address, now_us);
  address->rested_us = rested_us;
  forget_old (self, now_us);
  return SPC_PACE_FINE;
}

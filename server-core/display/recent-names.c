/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recent-names.h"

/* names; a busy desktop shows some 30 new images a second, so this goes half a
 * minute back */
#define N_PLACES 1024u

struct _SpcRecentNames {
  GMutex lock;
  uint64_t places[N_PLACES]; /* the half of a name that does not say where */
};

SpcRecentNames *
spc_recent_names_new (void)
{
  SpcRecentNames *self = g_new0 (SpcRecentNames, 1);

  g_mutex_init (&self->lock);
  return self;
}

void
spc_recent_names_free (SpcRecentNames *self)
{
  if (self == NULL)
    return;
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
spc_recent_names_note (SpcRecentNames *self, const SpcContentId *name)
{
  g_mutex_lock (&self->lock);
  self->places[name->words[1] % N_PLACES] = name->words[0];
  g_mutex_unlock (&self->lock);
}

bool
spc_recent_names_has (SpcRecentNames *self, const SpcContentId *name)
{
  bool has;

  g_mutex_lock (&self->lock);
  has = self->places[name->words[1] % N_PLACES] == name->words[0];
  g_mutex_unlock (&self->lock);
  return has;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceregistry.h"

static GMutex lock;
static GHashTable *servers; /* char *name → GWeakRef *; under the lock */

static void
free_weak_ref (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/* @living: keeps what is alive, so that no last reference goes under the lock
 */
static gboolean
is_gone (gpointer name, gpointer weak_ref, gpointer living)
{
  GstSpiceServer *server = g_weak_ref_get (weak_ref);

  if (server)
    g_ptr_array_add (living, server);
  return server == NULL;
}

/* lock held */
static GstSpiceServer *
find (const char *name)
{
  GWeakRef *weak_ref = g_hash_table_lookup (servers, name);

  return weak_ref ? g_weak_ref_get (weak_ref) : NULL;
}

/* lock held */
static GstSpiceServer *
add (const char *name)
{
  GstSpiceServer *server = gst_spice_server_new (NULL);
  GWeakRef *weak_ref = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak_ref, server);
  g_hash_table_insert (servers, g_strdup (name), weak_ref);
  return server;
}

GstSpiceServer *
gst_spice_registry_get (const char *name)
{
  g_autoptr (GPtrArray) living =
      g_ptr_array_new_with_free_func (gst_object_unref);
  GstSpiceServer *server;

  g_mutex_lock (&lock);
  if (!servers)
    servers =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_weak_ref);
  server = find (name);
  if (!server) {
    g_hash_table_foreach_remove (servers, is_gone, living);
    server = add (name);
  }
  g_mutex_unlock (&lock);
  return server;
}

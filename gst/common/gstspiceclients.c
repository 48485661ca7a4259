/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceclients.h"

typedef struct {
  guint id;
  GstStructure *facts;
} Client;

static void
free_client (gpointer data)
{
  Client *client = data;

  gst_structure_free (client->facts);
  g_free (client);
}

static void
free_structure (gpointer structure)
{
  gst_structure_free (structure);
}

/* lock held */
static Client *
find (GstSpiceClients *self, guint id, guint *index)
{
  for (guint i = 0; i < self->list->len; i++) {
    Client *client = g_ptr_array_index (self->list, i);

    if (client->id != id)
      continue;
    if (index)
      *index = i;
    return client;
  }
  return NULL;
}

static void
set_flag (Client *client, const char *name, gboolean value)
{
  gst_structure_set (client->facts, name, G_TYPE_BOOLEAN, value, NULL);
}

/* who only looks on is not in control, even before the loop has said so */
static void
set_view_only (Client *client, gboolean view_only)
{
  set_flag (client, "view-only", view_only);
  if (view_only)
    set_flag (client, "in-control", FALSE);
}

static gboolean
is_view_only (const Client *client)
{
  gboolean view_only = FALSE;

  gst_structure_get_boolean (client->facts, "view-only", &view_only);
  return view_only;
}

/* life */

void
gst_spice_clients_init (GstSpiceClients *self)
{
  *self = (GstSpiceClients){0};
  g_mutex_init (&self->lock);
  self->list = g_ptr_array_new_with_free_func (free_client);
}

void
gst_spice_clients_clear (GstSpiceClients *self)
{
  g_ptr_array_unref (self->list);
  g_mutex_clear (&self->lock);
}

/* what happens */

void
gst_spice_clients_begin_asking (GstSpiceClients *self,
                                const SpcClientInfo *info)
{
  g_mutex_lock (&self->lock);
  self->connecting_id = info->id;
  self->connecting_view_only = info->role == SPC_ROLE_VIEW_ONLY;
  g_mutex_unlock (&self->lock);
}

SpcRole
gst_spice_clients_end_asking (GstSpiceClients *self)
{
  SpcRole role;

  g_mutex_lock (&self->lock);
  role = self->connecting_view_only ? SPC_ROLE_VIEW_ONLY : SPC_ROLE_FULL;
  self->connecting_id = 0;
  g_mutex_unlock (&self->lock);
  return role;
}

void
gst_spice_clients_add (GstSpiceClients *self, const SpcClientInfo *info)
{
  Client *client = g_new0 (Client, 1);

  client->id = info->id;
  client->facts = gst_spice_clients_describe (info);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->list, client);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_clients_remove (GstSpiceClients *self, guint id)
{
  guint index;

  g_mutex_lock (&self->lock);
  if (find (self, id, &index))
    g_ptr_array_remove_index (self->list, index);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_clients_set_role (GstSpiceClients *self, guint id, SpcRole role)
{
  Client *client;

  g_mutex_lock (&self->lock);
  client = find (self, id, NULL);
  if (client)
    set_view_only (client, role == SPC_ROLE_VIEW_ONLY);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_clients_set_in_control (GstSpiceClients *self, const uint32_t *ids,
                                  guint n)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->list->len; i++)
    set_flag (g_ptr_array_index (self->list, i), "in-control", FALSE);
  for (guint i = 0; i < n; i++) {
    Client *client = find (self, ids[i], NULL);

    if (client && !is_view_only (client))
      set_flag (client, "in-control", TRUE);
  }
  g_mutex_unlock (&self->lock);
}

/* asking */

GstStructure *
gst_spice_clients_describe (const SpcClientInfo *info)
{
  return gst_structure_new (
      "application/x-spice-client", "connection-id", G_TYPE_UINT,
      (guint)info->id, "address", G_TYPE_STRING, info->peer, "user",
      G_TYPE_STRING, info->identity->user, "mechanism", G_TYPE_STRING,
      info->identity->mechanism, "view-only", G_TYPE_BOOLEAN,
      info->role == SPC_ROLE_VIEW_ONLY, "in-control", G_TYPE_BOOLEAN,
      (gboolean)info->in_control, NULL);
}

GPtrArray *
gst_spice_clients_list (GstSpiceClients *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (free_structure);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->list->len; i++) {
    const Client *client = g_ptr_array_index (self->list, i);

    g_ptr_array_add (list, gst_structure_copy (client->facts));
  }
  g_mutex_unlock (&self->lock);
  return list;
}

guint
gst_spice_clients_count (GstSpiceClients *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->list->len;
  g_mutex_unlock (&self->lock);
  return n;
}

gboolean
gst_spice_clients_has (GstSpiceClients *self, guint id)
{
  gboolean has;

  g_mutex_lock (&self->lock);
  has = find (self, id, NULL) != NULL;
  g_mutex_unlock (&self->lock);
  return has;
}

gboolean
gst_spice_clients_choose_role (GstSpiceClients *self, guint id,
                               gboolean view_only, gboolean *is_connected)
{
  Client *client;
  gboolean is_connecting;

  g_mutex_lock (&self->lock);
  client = find (self, id, NULL);
  is_connecting = !client && id != 0 && id == self->connecting_id;
  if (client)
    set_view_only (client, view_only);
  if (is_connecting)
    self->connecting_view_only = view_only;
  g_mutex_unlock (&self->lock);
  *is_connected = client != NULL;
  return client || is_connecting;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceusers.h"

typedef struct {
  GstSpiceUser *user; /* owned */
  gboolean is_active;
} Entry;

/* a look at an entry, taken under the lock and used without it */
typedef struct {
  GstSpiceUser *user;
  GstElement *element;
  GstObject *root; /* the pipeline, or what is topmost */
  char *name;
  gboolean is_active;
} Look;

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  gst_spice_user_unref (entry->user);
  g_free (entry);
}

static void
clear_look (gpointer data)
{
  Look *look = data;

  g_free (look->name);
  gst_clear_object (&look->root);
  gst_clear_object (&look->element);
  g_clear_pointer (&look->user, gst_spice_user_unref);
}

static GstObject *
find_root (GstElement *element)
{
  GstObject *root = gst_object_ref (GST_OBJECT (element));
  GstObject *parent;

  while ((parent = gst_object_get_parent (root))) {
    gst_object_unref (root);
    root = parent;
  }
  return root;
}

/* elements on their way to finalize are left out */
static GArray *
look_at_all (GstSpiceUsers *self)
{
  GArray *looks = g_array_new (FALSE, TRUE, sizeof (Look));

  g_array_set_clear_func (looks, clear_look);
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);
    Look look = {.user = gst_spice_user_ref (entry->user),
                 .is_active = entry->is_active};

    g_array_append_val (looks, look);
  }
  g_mutex_unlock (&self->lock);
  for (guint i = looks->len; i-- > 0;) {
    Look *look = &g_array_index (looks, Look, i);

    look->element = gst_spice_user_get_element (look->user);
    if (!look->element) {
      g_array_remove_index (looks, i);
      continue;
    }
    look->root = find_root (look->element);
    look->name = gst_object_get_name (GST_OBJECT (look->element));
  }
  return looks;
}

/* lock held */
static Entry *
find_entry (GstSpiceUsers *self, GstSpiceUser *user, guint *index)
{
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);

    if (entry->user != user)
      continue;
    if (index)
      *index = i;
    return entry;
  }
  return NULL;
}

void
gst_spice_users_init (GstSpiceUsers *self)
{
  g_mutex_init (&self->lock);
  self->entries = g_ptr_array_new_with_free_func (free_entry);
}

void
gst_spice_users_clear (GstSpiceUsers *self)
{
  g_ptr_array_unref (self->entries);
  g_mutex_clear (&self->lock);
}

void
gst_spice_users_add (GstSpiceUsers *self, GstSpiceUser *user)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->user = gst_spice_user_ref (user);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->entries, entry);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_users_remove (GstSpiceUsers *self, GstSpiceUser *user)
{
  guint index;

  g_mutex_lock (&self->lock);
  if (find_entry (self, user, &index))
    g_ptr_array_remove_index (self->entries, index);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_users_set_active (GstSpiceUsers *self, GstSpiceUser *user,
                            gboolean is_active)
{
  Entry *entry;

  g_mutex_lock (&self->lock);
  entry = find_entry (self, user, NULL);
  if (entry)
    entry->is_active = is_active;
  g_mutex_unlock (&self->lock);
}

guint
gst_spice_users_n_active (GstSpiceUsers *self)
{
  guint n = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->entries->len; i++)
    n += ((Entry *)g_ptr_array_index (self->entries, i))->is_active;
  g_mutex_unlock (&self->lock);
  return n;
}

static const Look *
find_look (GArray *looks, GstSpiceUser *user)
{
  for (guint i = 0; i < looks->len; i++)
    if (g_array_index (looks, Look, i).user == user)
      return &g_array_index (looks, Look, i);
  return NULL;
}

bool
gst_spice_users_merge (GstSpiceUsers *self, GstSpiceUser *opener,
                       GstSpiceSettings *settings, GError **error)
{
  g_autoptr (GArray) looks = look_at_all (self);
  const Look *mine = find_look (looks, opener);
  const char *owners[GST_SPICE_N_SETTINGS];
  bool is_fine = true;

  for (gsize i = 0; i < GST_SPICE_N_SETTINGS; i++)
    owners[i] = "the server";
  for (guint i = 0; i < looks->len && is_fine; i++) {
    const Look *look = &g_array_index (looks, Look, i);
    g_auto (GstSpiceSettings) given = {0};

    if (!look->is_active && !(mine && look->root == mine->root))
      continue;
    gst_spice_user_copy_settings (look->user, &given);
    is_fine =
        gst_spice_settings_merge (settings, &given, owners, look->name, error);
  }
  return is_fine;
}

/* is there an active element of the same pipeline before index @n? */
static gboolean
root_is_known (GArray *looks, guint n)
{
  const Look *look = &g_array_index (looks, Look, n);

  for (guint i = 0; i < n; i++) {
    const Look *other = &g_array_index (looks, Look, i);

    if (other->is_active && other->root == look->root)
      return TRUE;
  }
  return FALSE;
}

void
gst_spice_users_post (GstSpiceUsers *self, const GstStructure *event)
{
  g_autoptr (GArray) looks = look_at_all (self);

  for (guint i = 0; i < looks->len; i++) {
    const Look *look = &g_array_index (looks, Look, i);

    if (!look->is_active || root_is_known (looks, i))
      continue;
    gst_element_post_message (
        look->element, gst_message_new_element (GST_OBJECT (look->element),
                                                gst_structure_copy (event)));
  }
}

gboolean
gst_spice_users_is_first (GstSpiceUsers *self, GstSpiceUser *user)
{
  g_autoptr (GArray) looks = look_at_all (self);
  const Look *mine = find_look (looks, user);

  for (guint i = 0; mine && i < looks->len; i++) {
    const Look *look = &g_array_index (looks, Look, i);

    if (look != mine && look->is_active && look->root == mine->root)
      return FALSE;
  }
  return TRUE;
}

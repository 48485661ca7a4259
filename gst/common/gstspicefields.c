/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicefields.h"

/* a table that does not fit its property is our mistake */
#define CHECK_SIZE(field, Type) g_assert ((field)->size == sizeof (Type))

static void
set_string (char **to, const GValue *value)
{
  g_free (*to);
  *to = g_value_dup_string (value);
}

static void
set_field (const GstSpiceField *field, gpointer to, const GValue *value)
{
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value))) {
  case G_TYPE_INT:
    CHECK_SIZE (field, gint);
    *(gint *)to = g_value_get_int (value);
    break;
  case G_TYPE_UINT:
    CHECK_SIZE (field, guint);
    *(guint *)to = g_value_get_uint (value);
    break;
  case G_TYPE_BOOLEAN:
    CHECK_SIZE (field, gboolean);
    *(gboolean *)to = g_value_get_boolean (value);
    break;
  case G_TYPE_ENUM:
    CHECK_SIZE (field, gint);
    *(gint *)to = g_value_get_enum (value);
    break;
  case G_TYPE_DOUBLE:
    CHECK_SIZE (field, gdouble);
    *(gdouble *)to = g_value_get_double (value);
    break;
  case G_TYPE_STRING:
    CHECK_SIZE (field, char *);
    set_string (to, value);
    break;
  default:
    g_assert_not_reached ();
  }
}

static void
get_field (gconstpointer from, GValue *value)
{
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value))) {
  case G_TYPE_INT:
    g_value_set_int (value, *(const gint *)from);
    break;
  case G_TYPE_UINT:
    g_value_set_uint (value, *(const guint *)from);
    break;
  case G_TYPE_BOOLEAN:
    g_value_set_boolean (value, *(const gboolean *)from);
    break;
  case G_TYPE_ENUM:
    g_value_set_enum (value, *(const gint *)from);
    break;
  case G_TYPE_DOUBLE:
    g_value_set_double (value, *(const gdouble *)from);
    break;
  case G_TYPE_STRING:
    g_value_set_string (value, *(char *const *)from);
    break;
  default:
    g_assert_not_reached ();
  }
}

static void
take (GMutex *lock)
{
  if (lock)
    g_mutex_lock (lock);
}

static void
release (GMutex *lock)
{
  if (lock)
    g_mutex_unlock (lock);
}

gboolean
gst_spice_fields_set (const GstSpiceField *fields, guint n_fields,
                      gpointer values, GMutex *lock, guint index,
                      const GValue *value)
{
  if (index >= n_fields)
    return FALSE;
  take (lock);
  set_field (&fields[index], (guint8 *)values + fields[index].offset, value);
  release (lock);
  return TRUE;
}

gboolean
gst_spice_fields_get (const GstSpiceField *fields, guint n_fields,
                      gconstpointer values, GMutex *lock, guint index,
                      GValue *value)
{
  if (index >= n_fields)
    return FALSE;
  take (lock);
  get_field ((const guint8 *)values + fields[index].offset, value);
  release (lock);
  return TRUE;
}

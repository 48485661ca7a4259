/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicestats.h"

#include <gio/gio.h>

/* "clients" holds structures "application/x-spice-clients" and so on: the name
 * of a nested structure is its key's */
#define NESTED_PREFIX "application/x-spice-"

static void
take_structure (GValue *value, GstStructure *structure)
{
  g_value_init (value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (value, structure);
}

static void
take_list (GValue *value, const char *name, GVariant *list)
{
  GVariantIter iter;
  GVariant *child;

  g_value_init (value, GST_TYPE_ARRAY);
  g_variant_iter_init (&iter, list);
  while ((child = g_variant_iter_next_value (&iter))) {
    GValue item = G_VALUE_INIT;

    take_structure (&item, gst_spice_stats_from_variant (name, child));
    gst_value_array_append_and_take_value (value, &item);
    g_variant_unref (child);
  }
}

static void
to_value (GValue *value, const char *name, GVariant *variant)
{
  if (g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT))
    take_structure (value, gst_spice_stats_from_variant (name, variant));
  else if (g_variant_is_of_type (variant, G_VARIANT_TYPE ("aa{sv}")))
    take_list (value, name, variant);
  else
    g_dbus_gvariant_to_gvalue (variant, value);
}

GstStructure *
gst_spice_stats_from_variant (const char *name, GVariant *variant)
{
  GstStructure *structure = gst_structure_new_empty (name);
  GVariantIter iter;
  const char *key;
  GVariant *member;

  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &member)) {
    g_autofree char *field = g_strdelimit (g_strdup (key), "_", '-');
    g_autofree char *nested = g_strconcat (NESTED_PREFIX, field, NULL);
    GValue value = G_VALUE_INIT;

    to_value (&value, nested, member);
    if (G_IS_VALUE (&value))
      gst_structure_take_value (structure, field, &value);
    g_variant_unref (member);
  }
  return structure;
}

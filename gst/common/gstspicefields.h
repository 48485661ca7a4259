/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicefields.h – properties whose values are fields of a plain struct.
 *
 * A table names, by index from 0, the field each property is kept in; setting
 * and getting it is then the same for all. The type is the property's: int,
 * uint, boolean, double, string or an enum. Any thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct {
  gsize offset, size; /* in the struct, bytes */
} GstSpiceField;

#define GST_SPICE_FIELD(Struct, member)                                        \
  {                                                                            \
    G_STRUCT_OFFSET (Struct, member), sizeof (((Struct *)NULL)->member)        \
  }

/* @lock: what guards @values, taken meanwhile; NULL: the caller holds it. A
 * string is copied, the old one freed; what is left of them at the end is the
 * owner's to free. FALSE: @index is none of the @n_fields. */
gboolean gst_spice_fields_set (const GstSpiceField *fields, guint n_fields,
                               gpointer values, GMutex *lock, guint index,
                               const GValue *value);
/* @value: initialised with the property's type */
gboolean gst_spice_fields_get (const GstSpiceField *fields, guint n_fields,
                               gconstpointer values, GMutex *lock, guint index,
                               GValue *value);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicecontrol.h"

GType
gst_spice_control_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
      {GST_SPICE_CONTROL_ALL, "Everybody who may", "all"},
      {GST_SPICE_CONTROL_FIRST, "Who has been there longest", "first"},
      {GST_SPICE_CONTROL_LAST, "Who came last", "last"},
      {GST_SPICE_CONTROL_NAMED, "Who was given the inputs by give-control",
       "named"},
      {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
                       g_enum_register_static ("GstSpiceControl", values));
  return type;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugin.c – registers the elements of plugin `gstspicesrc`. */
#include <gst/gst.h>

#include "gst/spicesrc/gstspiceinject.h"
#include "gst/spicesrc/gstspiceportsrc.h"
#include "gst/spicesrc/gstspiceinputparse.h"
#include "gst/spicesrc/gstspiceinputsink.h"
#include "gst/spicesrc/gstspiceinputsrc.h"
#include "gst/spicesrc/gstspicerecordsrc.h"
#include "gst/spicesrc/gstspicesrc.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (spiceinject, plugin) &&
         GST_ELEMENT_REGISTER (spiceportsrc, plugin) &&
         GST_ELEMENT_REGISTER (spiceinputparse, plugin) &&
         GST_ELEMENT_REGISTER (spiceinputsink, plugin) &&
         GST_ELEMENT_REGISTER (spiceinputsrc, plugin) &&
         GST_ELEMENT_REGISTER (spicerecordsrc, plugin) &&
         GST_ELEMENT_REGISTER (spicesrc, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, spicesrc,
                   "What comes back from the viewers of a SPICE server",
                   plugin_init, PACKAGE_VERSION, "LGPL", PACKAGE,
                   PACKAGE_ORIGIN)

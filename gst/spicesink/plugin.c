/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugin.c – registers the elements of plugin `gstspicesink`. */
#include <gst/gst.h>

#include "gst/spicesink/gstqxlreplaysrc.h"
#include "gst/spicesink/gstspicecursorsink.h"
#include "gst/spicesink/gstspicedisplaysink.h"
#include "gst/spicesink/gstspiceplaybacksink.h"
#include "gst/spicesink/gstspiceportsink.h"
#include "gst/spicesink/gstspicesink.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (qxlreplaysrc, plugin) &&
         GST_ELEMENT_REGISTER (spicecursorsink, plugin) &&
         GST_ELEMENT_REGISTER (spicedisplaysink, plugin) &&
         GST_ELEMENT_REGISTER (spiceplaybacksink, plugin) &&
         GST_ELEMENT_REGISTER (spiceportsink, plugin) &&
         GST_ELEMENT_REGISTER (spicesink, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, spicesink,
                   "What the viewers of a SPICE server see and hear",
                   plugin_init, PACKAGE_VERSION, "LGPL", PACKAGE,
                   PACKAGE_ORIGIN)

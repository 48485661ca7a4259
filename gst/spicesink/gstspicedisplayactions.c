/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicedisplayactions.h"

#include "gst/spicesink/gstspicesnapshot.h"

GST_DEBUG_CATEGORY_EXTERN (gst_spice_display_sink_debug);
#define GST_CAT_DEFAULT gst_spice_display_sink_debug

static void
resync (GstSpiceDisplaySink *self)
{
  g_autoptr (SpcDisplay) display = gst_spice_display_sink_ref_display (self);

  if (display)
    spc_display_resync (display);
}

static GstSample *
take_snapshot (GstSpiceDisplaySink *self, guint surface_id, guint x, guint y,
               guint width, guint height)
{
  const QxlRect area = gst_spice_snapshot_area (x, y, width, height);
  g_autoptr (SpcDisplay) display = gst_spice_display_sink_ref_display (self);
  GstSample *sample = NULL;

  if (display)
    sample = gst_spice_snapshot_take (display, surface_id, &area);
  if (!sample)
    GST_WARNING_OBJECT (self,
                        "no snapshot: surface %u shows nothing at %u,%u, "
                        "size %u,%u",
                        surface_id, x, y, width, height);
  return sample;
}

/**
 * GstSpiceDisplaySink::snapshot:
 * @sink: the display
 * @surface_id: 0: what viewers see
 * @x: of the area's left edge, pixels
 * @y: of its top edge
 * @width: 0: to the surface's right edge
 * @height: 0: to its bottom edge
 *
 * What the part of the area that lies in the surface shows, once all that came
 * before is drawn: frames that have been compared, and every buffer of draw
 * commands that has been rendered. It is answered in PAUSED, too, and without
 * viewers. Not to be called in a callback of the server's own context.
 *
 * Returns: (transfer full) (nullable): video/x-raw, BGRx, or of a surface with
 *   alpha BGRA, premultiplied; %NULL: there is no such surface, the area has
 *   nothing of it, or the element is not started
 */
static void
install_snapshot (GstSpiceDisplaySinkClass *klass)
{
  g_signal_new_class_handler ("snapshot", G_TYPE_FROM_CLASS (klass),
                              G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
                              G_CALLBACK (take_snapshot), NULL, NULL, NULL,
                              GST_TYPE_SAMPLE, 5, G_TYPE_UINT, G_TYPE_UINT,
                              G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT);
}

/**
 * GstSpiceDisplaySink::resync:
 * @sink: the display
 *
 * Tells every viewer all anew, as if it had just come: its surfaces go, what it
 * keeps of images is not relied on, and it gets what is to be seen after all
 * that came before. For viewers that show something else, for whatever reason.
 * Returns at once; does nothing if the element is not started.
 */
static void
install_resync (GstSpiceDisplaySinkClass *klass)
{
  g_signal_new_class_handler (
      "resync", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      G_CALLBACK (resync), NULL, NULL, NULL, G_TYPE_NONE, 0);
}

void
gst_spice_display_actions_install (GstSpiceDisplaySinkClass *klass)
{
  install_snapshot (klass);
  install_resync (klass);
}

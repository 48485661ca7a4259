/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicedisplaysettings.h – what an application sets on one display.
 *
 * The plain properties of a display sink: which head of the desktop it is, what
 * is written down of what it shows, how many heads draw commands may lay out,
 * and whether frames are a film. Any thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstSpiceDisplaySettings GstSpiceDisplaySettings;

/* life: of the element */
GstSpiceDisplaySettings *gst_spice_display_settings_new (void);
void gst_spice_display_settings_free (GstSpiceDisplaySettings *self);

/* properties: class init, set_property, get_property. FALSE: not one of ours */
void gst_spice_display_settings_install_properties (GObjectClass *klass);
gboolean gst_spice_display_settings_set_property (GstSpiceDisplaySettings *self,
                                                  guint id,
                                                  const GValue *value);
gboolean gst_spice_display_settings_get_property (GstSpiceDisplaySettings *self,
                                                  guint id, GValue *value);

/* asking */
/* 0 to SPC_MAX_DISPLAYS - 1; -1: the lowest free one */
int gst_spice_display_settings_display_id (GstSpiceDisplaySettings *self);
/* (transfer full) (nullable) a path; %NULL: nothing is recorded */
char *gst_spice_display_settings_dup_record_location (
    GstSpiceDisplaySettings *self);
/* 1 to SPC_MAX_DISPLAYS */
guint gst_spice_display_settings_max_monitors (GstSpiceDisplaySettings *self);
gboolean gst_spice_display_settings_is_film (GstSpiceDisplaySettings *self);

G_END_DECLS

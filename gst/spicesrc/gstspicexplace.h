/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicexplace.h – which X display a picture is of, and where on its screen.
 *
 * The properties that elements have in common which type into X displays.
 * Embedded in the element, whose object lock guards it: each call takes that.
 * Threads: any. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct {
  char *display; /* NULL: $DISPLAY */
  guint x_offset, y_offset;
} GstSpiceXPlace;

void gst_spice_x_place_clear (GstSpiceXPlace *self);

/* The properties "display-name", "x-offset", "y-offset" with the ids @first_id
 * and on; @index: from 0, in that order. Set and get return FALSE for others.
 */
void gst_spice_x_place_install (GObjectClass *klass, guint first_id);
gboolean gst_spice_x_place_set (GstSpiceXPlace *self, GstObject *object,
                                guint index, const GValue *value);
gboolean gst_spice_x_place_get (const GstSpiceXPlace *self, GstObject *object,
                                guint index, GValue *value);

/* (transfer full): NULL is $DISPLAY */
char *gst_spice_x_place_dup_display (const GstSpiceXPlace *self,
                                     GstObject *object);
/* (transfer full): for people to read, never NULL */
char *gst_spice_x_place_dup_name (const GstSpiceXPlace *self,
                                  GstObject *object);
/* from pixels of the picture to those of the screen */
void gst_spice_x_place_map (const GstSpiceXPlace *self, GstObject *object,
                            double *x, double *y);

G_END_DECLS

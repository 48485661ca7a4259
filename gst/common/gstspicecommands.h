/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicecommands.h – draws with commands instead of pixels.
 *
 * An application tells what to draw, takes it as a GstBuffer of
 * application/x-spice-qxl, and pushes that (appsrc) into a "qxl_%u" pad of
 * spicesink, or into spicedisplaysink. Viewers are told the same commands, so
 * that a line costs some bytes, not its picture. Any thread, one at a time. */
#pragma once

#include "gstspicedraw.h"

G_BEGIN_DECLS

#define GST_TYPE_SPICE_COMMANDS (gst_spice_commands_get_type ())
G_DECLARE_FINAL_TYPE (GstSpiceCommands, gst_spice_commands, GST, SPICE_COMMANDS,
                      GObject)

/* life */
GstSpiceCommands *gst_spice_commands_new (void);
GstCaps *gst_spice_commands_make_caps (void);
GstBuffer *gst_spice_commands_to_buffer (GstSpiceCommands *self);

/* where to draw */
void gst_spice_commands_create_surface (GstSpiceCommands *self,
                                        guint surface_id,
                                        GstSpiceSurfaceFormat format,
                                        guint width, guint height);
void gst_spice_commands_destroy_surface (GstSpiceCommands *self,
                                         guint surface_id);
void gst_spice_commands_set_target (GstSpiceCommands *self, guint surface_id);
void gst_spice_commands_set_clip (GstSpiceCommands *self, const gint *rects,
                                  guint n_values);
void gst_spice_commands_reset_clip (GstSpiceCommands *self);
void gst_spice_commands_set_monitors (GstSpiceCommands *self,
                                      const gint *monitors, guint n_values);

/* colours */
void gst_spice_commands_fill (GstSpiceCommands *self, gint x, gint y,
                              gint width, gint height, guint32 color,
                              GstSpiceRop rop);
void gst_spice_commands_fill_pattern (GstSpiceCommands *self, gint x, gint y,
                                      gint width, gint height, GBytes *pixels,
                                      guint pattern_width, guint pattern_height,
                                      gint origin_x, gint origin_y,
                                      GstSpiceRop rop);
void gst_spice_commands_stroke (GstSpiceCommands *self, const gint *points,
                                guint n_values, gboolean is_closed,
                                guint32 color, const gint *dashes,
                                guint n_dashes);

/* text */
void gst_spice_commands_draw_text (GstSpiceCommands *self, gint x, gint y,
                                   const gchar *text, guint scale,
                                   guint32 color);
void gst_spice_commands_measure_text (const gchar *text, guint scale,
                                      guint *width, guint *height);
void gst_spice_commands_draw_glyphs (GstSpiceCommands *self, GBytes *font,
                                     GstSpiceGlyphFormat format, guint width,
                                     guint height, const gint *places,
                                     guint n_values, guint32 color);

/* pixels */
void gst_spice_commands_copy_bits (GstSpiceCommands *self, gint x, gint y,
                                   gint width, gint height, gint src_x,
                                   gint src_y);
void gst_spice_commands_copy_pixels (GstSpiceCommands *self, gint x, gint y,
                                     guint width, guint height, GBytes *pixels,
                                     guint stride);
void gst_spice_commands_copy_surface (GstSpiceCommands *self, gint x, gint y,
                                      gint width, gint height, guint source_id,
                                      gint src_x, gint src_y);
void gst_spice_commands_blend_pixels (GstSpiceCommands *self, gint x, gint y,
                                      guint width, guint height, GBytes *pixels,
                                      guint stride, guint alpha);
void gst_spice_commands_blend_surface (GstSpiceCommands *self, gint x, gint y,
                                       gint width, gint height, guint source_id,
                                       gint src_x, gint src_y, guint alpha);
void gst_spice_commands_composite (GstSpiceCommands *self,
                                   GstSpiceOperator operation, gint x, gint y,
                                   guint width, guint height, GBytes *pixels,
                                   guint stride, GBytes *mask,
                                   guint mask_stride);

/* the pointer */
void gst_spice_commands_set_cursor (GstSpiceCommands *self, gint x, gint y,
                                    GBytes *pixels, guint width, guint height,
                                    guint hot_x, guint hot_y);
void gst_spice_commands_move_cursor (GstSpiceCommands *self, gint x, gint y);
void gst_spice_commands_hide_cursor (GstSpiceCommands *self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicexdisplay.h – one connection to an X display, for its selections.
 *
 * A window nobody sees, the atoms selections need, and what is known of the
 * targets programs exchange. One thread, the clipboard's, which keeps SIGPIPE
 * blocked: libxcb writes to displays that have gone. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <xcb/xcb.h>

G_BEGIN_DECLS

/* as the agent protocol numbers them (spec: clipboard) */
typedef enum {
  GST_SPICE_X_CLIPBOARD,
  GST_SPICE_X_PRIMARY,
  GST_SPICE_X_N_SELECTIONS,
} GstSpiceXSelection;

typedef enum {
  GST_SPICE_X_NOTHING,
  GST_SPICE_X_TEXT, /* UTF-8 */
  GST_SPICE_X_PNG,
  GST_SPICE_X_BMP,
  GST_SPICE_X_TIFF,
  GST_SPICE_X_JPEG,
  GST_SPICE_X_FILES, /* "copy" or "cut", then paths, with NUL between */
  GST_SPICE_X_N_TYPES,
} GstSpiceXType;

typedef enum {
  GST_SPICE_X_ATOM_CLIPBOARD,
  GST_SPICE_X_ATOM_TARGETS,
  GST_SPICE_X_ATOM_TIMESTAMP,
  GST_SPICE_X_ATOM_MULTIPLE,
  GST_SPICE_X_ATOM_ATOM_PAIR,
  GST_SPICE_X_ATOM_INCR,
  /* targets: those with a type, the best of a type first */
  GST_SPICE_X_ATOM_UTF8_STRING,
  GST_SPICE_X_ATOM_TEXT_UTF8,
  GST_SPICE_X_ATOM_STRING,
  GST_SPICE_X_ATOM_TEXT,
  GST_SPICE_X_ATOM_TEXT_PLAIN,
  GST_SPICE_X_ATOM_PNG,
  GST_SPICE_X_ATOM_BMP,
  GST_SPICE_X_ATOM_X_BMP,
  GST_SPICE_X_ATOM_TIFF,
  GST_SPICE_X_ATOM_JPEG,
  GST_SPICE_X_ATOM_URI_LIST,
  GST_SPICE_X_N_ATOMS,
} GstSpiceXAtom;

typedef struct {
  xcb_connection_t *xcb;
  xcb_window_t window;
  GMainContext *context; /* not owned */
  uint8_t fixes_event;   /* first event of XFIXES */
  gsize max_size;        /* bytes of one clipboard, both ways */
  gsize chunk_size;      /* bytes of a property; more goes in pieces */
  guint timeout_ms;      /* for a program or a viewer to answer */
  xcb_atom_t atoms[GST_SPICE_X_N_ATOMS];
} GstSpiceXDisplay;

/* life; the sizes and times are the caller's to set. False with a GError of
 * G_IO_ERROR; clear in either case. */
bool gst_spice_x_display_open (GstSpiceXDisplay *self, const char *name,
                               GError **error);
void gst_spice_x_display_clear (GstSpiceXDisplay *self);
/* a selection's atom and back; N_SELECTIONS: none of ours */
xcb_atom_t gst_spice_x_display_selection (const GstSpiceXDisplay *self,
                                          GstSpiceXSelection selection);
GstSpiceXSelection gst_spice_x_display_find_selection (
    const GstSpiceXDisplay *self, xcb_atom_t atom);

/* targets */
/* NOTHING: no target that carries data */
GstSpiceXType gst_spice_x_display_type_of (const GstSpiceXDisplay *self,
                                           xcb_atom_t target);
/* the best target of each type among some, XCB_ATOM_NONE where there is none;
 * returns the types found, bits (1 << GST_SPICE_X_…) */
guint gst_spice_x_display_choose (const GstSpiceXDisplay *self,
                                  const xcb_atom_t *targets, guint n_targets,
                                  xcb_atom_t chosen[GST_SPICE_X_N_TYPES]);
/* all targets of the types, and TARGETS, TIMESTAMP, MULTIPLE; returns how many
 * of GST_SPICE_X_N_ATOMS were written */
guint gst_spice_x_display_list (const GstSpiceXDisplay *self, guint types,
                                xcb_atom_t targets[GST_SPICE_X_N_ATOMS]);
/* (transfer full): bytes of a type as @target has them, and the type of the
 * property; NULL: they cannot be */
GBytes *gst_spice_x_display_encode (const GstSpiceXDisplay *self,
                                    GstSpiceXType type, xcb_atom_t target,
                                    GBytes *data, xcb_atom_t *form);
/* (transfer full): and back, from a property of type @form */
GBytes *gst_spice_x_display_decode (const GstSpiceXDisplay *self,
                                    GstSpiceXType type, xcb_atom_t form,
                                    GBytes *data);

/* calls @func after timeout_ms on the clipboard's thread; for
 * gst_spice_x_timeout_clear */
GSource *gst_spice_x_display_add_timeout (const GstSpiceXDisplay *self,
                                          GSourceFunc func, gpointer data);
void gst_spice_x_timeout_clear (GSource **source);

G_END_DECLS

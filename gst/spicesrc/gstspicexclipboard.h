/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicexclipboard.h – an X display's selections, for the viewers' clipboard.
 *
 * Tells when a program owns a selection and fetches from it; owns a selection
 * for viewers and asks for their data when a program wants it. By demand: no
 * data moves before somebody pastes. A connection and a thread of its own;
 * nothing a display or a program on it does ends the process. Calls: any
 * thread; they return at once. Callbacks: its thread; they may call everything
 * but free. */
#pragma once

#include "gst/spicesrc/gstspicexdisplay.h"

G_BEGIN_DECLS

typedef struct _GstSpiceXClipboard GstSpiceXClipboard;

typedef struct {
  const char *display; /* NULL: $DISPLAY */
  guint max_size;      /* bytes; larger data is refused, both ways */
  guint timeout_ms;    /* how long programs and viewers may take to answer */
} GstSpiceXClipboardOptions;

/* types are bits (1 << GST_SPICE_X_…) */
typedef struct {
  /* a program has these types; 0: none, or none that viewers know */
  void (*owned) (GstSpiceXSelection selection, guint types, gpointer user_data);
  /* the answer to request; NULL: there is none */
  void (*data) (GstSpiceXSelection selection, GstSpiceXType type, GBytes *data,
                gpointer user_data);
  /* what was offered is what programs see now */
  void (*won) (GstSpiceXSelection selection, gpointer user_data);
  /* a program wants what is on offer: to be answered, once */
  void (*wanted) (GstSpiceXSelection selection, GstSpiceXType type,
                  gpointer user_data);
  /* the display is gone; nothing comes any more */
  void (*lost) (gpointer user_data);
} GstSpiceXClipboardEvents;

/* life; errors are of G_IO_ERROR */
GstSpiceXClipboard *gst_spice_x_clipboard_new (
    const GstSpiceXClipboardOptions *options,
    const GstSpiceXClipboardEvents *events, gpointer user_data, GError **error);
/* no callback after it; selections it owned are nobody's */
void gst_spice_x_clipboard_free (GstSpiceXClipboard *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstSpiceXClipboard, gst_spice_x_clipboard_free)

/* of data that is asked for, and of answers, from now on */
void gst_spice_x_clipboard_set_max_size (GstSpiceXClipboard *self,
                                         guint max_size);

/* what programs have */
void gst_spice_x_clipboard_request (GstSpiceXClipboard *self,
                                    GstSpiceXSelection selection,
                                    GstSpiceXType type);
/* what viewers have */
void gst_spice_x_clipboard_offer (GstSpiceXClipboard *self,
                                  GstSpiceXSelection selection, guint types);
void gst_spice_x_clipboard_withdraw (GstSpiceXClipboard *self,
                                     GstSpiceXSelection selection);
/* NULL: cannot */
void gst_spice_x_clipboard_answer (GstSpiceXClipboard *self,
                                   GstSpiceXSelection selection,
                                   GstSpiceXType type, GBytes *data);

G_END_DECLS

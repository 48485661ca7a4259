/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceclipboard.h – the clipboard between an application and viewers.
 *
 * Either side says that it has new content, and in which types; the bytes go
 * over when the other side asks for one. Types are media types:
 * "text/plain;charset=utf-8", "image/png", "image/bmp", "image/tiff",
 * "image/jpeg", and "application/x-spice-file-list". Any thread. */
#pragma once

#include "gstspiceserver.h"

G_BEGIN_DECLS

#define GST_TYPE_SPICE_CLIPBOARD_FLAGS (gst_spice_clipboard_flags_get_type ())
#define GST_TYPE_SPICE_SELECTION (gst_spice_selection_get_type ())

/**
 * GstSpiceClipboardFlags:
 * @GST_SPICE_CLIPBOARD_TO_CLIENT: viewers may have what the application has
 * @GST_SPICE_CLIPBOARD_TO_SERVER: the application may have what viewers have
 *
 * Which ways the clipboard is open.
 */
typedef enum {
  GST_SPICE_CLIPBOARD_TO_CLIENT = 1 << 0,
  GST_SPICE_CLIPBOARD_TO_SERVER = 1 << 1,
} GstSpiceClipboardFlags;

/**
 * GstSpiceSelection:
 * @GST_SPICE_SELECTION_CLIPBOARD: what copying and pasting use
 * @GST_SPICE_SELECTION_PRIMARY: what is marked
 * @GST_SPICE_SELECTION_SECONDARY: hardly used
 *
 * The selections of X, which the protocol has taken over.
 */
typedef enum {
  GST_SPICE_SELECTION_CLIPBOARD,
  GST_SPICE_SELECTION_PRIMARY,
  GST_SPICE_SELECTION_SECONDARY,
} GstSpiceSelection;

GType gst_spice_clipboard_flags_get_type (void);
GType gst_spice_selection_get_type (void);

/* what the application has */
void gst_spice_server_clipboard_grab (GstSpiceServer *self, guint connection_id,
                                      GstSpiceSelection selection,
                                      const gchar *const *types);
void gst_spice_server_clipboard_set_data (GstSpiceServer *self,
                                          guint connection_id,
                                          GstSpiceSelection selection,
                                          const gchar *type, GBytes *data);
void gst_spice_server_clipboard_release (GstSpiceServer *self,
                                         guint connection_id,
                                         GstSpiceSelection selection);
/* what viewers have */
gboolean gst_spice_server_clipboard_request (GstSpiceServer *self,
                                             guint connection_id,
                                             GstSpiceSelection selection,
                                             const gchar *type);

G_END_DECLS

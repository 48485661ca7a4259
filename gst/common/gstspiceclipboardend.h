/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceclipboardend.h – the clipboard's end in a session.
 *
 * Turns what server-core tells of the clipboard into events. However often a
 * viewer changes its mind, at most one event of its for each selection waits to
 * be delivered. */
#pragma once

#include "gst/common/gstspicebus.h"
#include "gst/common/gstspiceclipboard.h"
#include "gst/common/gstspicesettings.h"
#include "server-core/main/clipboard.h"

G_BEGIN_DECLS

/* events; the first is also a message, the others are for signals only, since
 * what they tell is nobody else's business */
#define GST_SPICE_CLIPBOARD_GRAB_EVENT "spice-clipboard-grab"
#define GST_SPICE_CLIPBOARD_RELEASE_EVENT "clipboard-release"
#define GST_SPICE_CLIPBOARD_REQUEST_EVENT "clipboard-request"
#define GST_SPICE_CLIPBOARD_DATA_EVENT "clipboard-data"

typedef struct _GstSpiceClipboardEnd GstSpiceClipboardEnd;

/* life: the session's */
/* before @server starts; @bus outlives it */
GstSpiceClipboardEnd *gst_spice_clipboard_end_new (SpcServer *server,
                                                   GstSpiceBus *bus);
/* when @server is gone and the last event is delivered */
void gst_spice_clipboard_end_free (GstSpiceClipboardEnd *self);
/* any thread: "clipboard" and "clipboard-max-size" */
void gst_spice_clipboard_end_apply (GstSpiceClipboardEnd *self,
                                    const GstSpiceSettings *settings);
SpcClipboard *gst_spice_clipboard_end_core (GstSpiceClipboardEnd *self);

/* types as media types; 0, NULL: nobody knows it */
guint gst_spice_clipboard_type_from_name (const char *name);
const char *gst_spice_clipboard_type_name (guint type);

/* Event thread: a grab or release is about to be told; newer news follow. */
void gst_spice_clipboard_end_delivered (GstSpiceClipboardEnd *self, guint id,
                                        guint selection);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceclipboardsignals.h – the part of GstSpiceServer that is about the
 * clipboard: signals, actions, and what the calls of gstspiceclipboard.h do.
 * Those from any thread. */
#pragma once

#include "gst/common/gstspiceclipboard.h"

G_BEGIN_DECLS

/* class init */
void gst_spice_clipboard_install (GObjectClass *klass);
/* event thread; FALSE: it is no event of the clipboard */
gboolean gst_spice_clipboard_emit (GstSpiceServer *self,
                                   const GstStructure *event);

G_END_DECLS

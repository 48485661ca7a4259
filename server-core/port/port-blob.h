/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* port-blob.h – what a byte stream sends along with a viewer that moves.
 *
 * Whether the viewer was told that the stream is open, and what it has sent
 * that nobody has read (spec: migration data). Any thread. */
#pragma once

#include "server-core/channel/blob.h"
#include "smartcard.h"

/* @card: NULL for all but smartcards */
void spc_port_blob_write (QxlWriter *writer, bool is_opened, GBytes *unread,
                          const SpcSmartcard *card);
/* @unread: borrowed from @bytes; @card is changed only if all is right */
bool spc_port_blob_read (const QxlTail *bytes, bool *is_opened, QxlTail *unread,
                         SpcSmartcard *card, GError **error);

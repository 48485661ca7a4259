/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* data-item.h – bytes of a producer, to be sent as one message.
 *
 * Packed when the first client that may have it so is sent it. Loop thread
 * only. */
#pragma once

#include "letters.h"
#include "server-core/channel/connection.h"

/* @body (may be NULL: sends nothing) is referenced; @letter (may be NULL) is
 * taken and given back to @letters when no pipe holds the item any more */
SpcItem *spc_data_item_new (GBytes *body, SpcLetters *letters,
                            SpcLetter *letter);

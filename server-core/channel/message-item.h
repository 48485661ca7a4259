/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* message-item.h – a small message whose body is known, as an item of a pipe.
 *
 * Loop thread only. */
#pragma once

#include "item.h"
#include "qxl/fields.h"

/* @message is read at once; NULL @fields: the body is empty */
SpcItem *spc_message_item_new (uint16_t type, const QxlField *fields,
                               const void *message);
/* is it such an item, and of this type? */
bool spc_item_is_message (const SpcItem *item, uint16_t type);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ping-item.h – a ping, timed when it is built (spec: ping).
 *
 * Loop thread only. */
#pragma once

#include "flow.h"
#include "item.h"

/* @flow: of the connection it is pushed to; it hears of the ping with @func and
 * @user_data, to have them back with the answer */
SpcItem *spc_ping_item_new (SpcFlow *flow, guint32 padding_bytes, gpointer func,
                            gpointer user_data);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* message-handler.h – what a peer may send, as rows of a table.
 *
 * A row says of one message type how large its body may be, how it is read and
 * who takes it. The tables of all channels are constant data, so what a peer
 * can reach is what they list. Nothing here keeps state. Loop thread only. */
#pragma once

#include "qxl/fields.h"
#include <glib.h>
#include <stdbool.h>

typedef struct _SpcConnection SpcConnection;

#define SPC_MAX_MESSAGE_STRUCT 512u /* bytes */

/* one message a client may send on this channel */
typedef struct {
  uint16_t type;
  uint32_t min_size, max_size; /* of the body, bytes */
  /* layout of the struct handed to @handle; NULL: it gets a QxlTail */
  const QxlField *fields;
  uint32_t struct_size; /* at most SPC_MAX_MESSAGE_STRUCT */
  /* false with @error: the connection ends */
  bool (*handle) (SpcConnection *self, const void *message, GError **error);
  bool when_held; /* also before a viewer that moves in has its session here */
} SpcMessageHandler;

/* NULL: none of the @n rows is of that type */
const SpcMessageHandler *spc_message_handler_find (
    const SpcMessageHandler *handlers, guint n, uint16_t type);

/* May a message of @type have a body of @size bytes? @self is what was found
 * for it: NULL: unknown. SPC_ERROR_PROTOCOL if not. */
bool spc_message_handler_accepts (const SpcMessageHandler *self, uint16_t type,
                                  uint32_t size, GError **error);

/* Reads the body, of a size accepted before, and hands it over. false: it is
 * malformed (@error is set), or @handle refuses it (it may be). */
bool spc_message_handler_call (const SpcMessageHandler *self,
                               SpcConnection *connection, const uint8_t *body,
                               uint32_t size, GError **error);

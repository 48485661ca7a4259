/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ws-frame.h – headers of WebSocket frames (RFC 6455, 5.2).
 *
 * Pure. Extensions are not spoken, so reserved bits are refused. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
  SPC_WS_CONTINUATION = 0,
  SPC_WS_TEXT = 1,
  SPC_WS_BINARY = 2,
  SPC_WS_CLOSE = 8,
  SPC_WS_PING = 9,
  SPC_WS_PONG = 10,
} SpcWsOpcode;

#define SPC_WS_MAX_HEADER 14u
#define SPC_WS_MAX_CONTROL 125u /* bytes of a control frame's payload */

typedef struct {
  bool is_last; /* of its message */
  SpcWsOpcode opcode;
  uint64_t size; /* of the payload */
  uint8_t mask[4];
} SpcWsHeader;

/* bytes a client's header has, of which the first two are given */
unsigned spc_ws_header_size (const uint8_t bytes[2]);
/* A client's whole header. @is_inside: in the middle of a message. False with
 * @error that names what is not allowed. */
bool spc_ws_header_read (const uint8_t *bytes, bool is_inside,
                         SpcWsHeader *header, GError **error);
/* a server's: unmasked, a message of its own; how many bytes */
unsigned spc_ws_header_write (uint8_t bytes[SPC_WS_MAX_HEADER],
                              SpcWsOpcode opcode, uint64_t size);
/* (un)masks bytes that begin at @position of the payload */
void spc_ws_mask (uint8_t *bytes, gsize size, const uint8_t mask[4],
                  uint64_t position);

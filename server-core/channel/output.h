/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* output.h – built messages on their way into a transport.
 *
 * Frames messages (short or long header), keeps the pieces in order and writes
 * them gathered, as far as the transport takes them. Loop thread only. */
#pragma once

#include "qxl/bytes.h"
#include "server-core/net/transport.h"

typedef struct {
  bool mini_header, is_secure;
  uint64_t serial; /* of the last message begun */
  QxlWriter *writer;
  size_t message_start, body_start;
  GQueue pieces;      /* GBytes */
  size_t head_offset; /* bytes of the first piece that are written */
  size_t bytes;       /* in pieces, not yet written */
} SpcOutput;

typedef enum {
  SPC_OUTPUT_EMPTY,   /* everything is written */
  SPC_OUTPUT_BLOCKED, /* the transport takes no more now */
  SPC_OUTPUT_FAILED,
} SpcOutputState;

/* @is_secure: written to a TLS transport, where clients look for a further
 * message only when the line has more bytes: pieces end where messages do, and
 * records where pieces do */
void spc_output_init (SpcOutput *self, bool mini_header, bool is_secure);
void spc_output_clear (SpcOutput *self);

void spc_output_begin (SpcOutput *self, uint16_t type);
uint32_t spc_output_body_size (const SpcOutput *self);
void spc_output_end (SpcOutput *self);

/* bytes built and not written */
size_t spc_output_backlog (const SpcOutput *self);
/* *@written grows by what the transport took */
SpcOutputState spc_output_flush (SpcOutput *self, SpcTransport *transport,
                                 uint64_t *written, GError **error);

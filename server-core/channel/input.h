/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* input.h – bytes from a transport cut into messages.
 *
 * Reads a bounded amount at a time and hands over whole messages. The size in a
 * header is checked by the caller's rule before a byte of the body is taken, so
 * a peer cannot make it allocate more than the rule allows. Loop thread
 * only. */
#pragma once

#include "server-core/net/transport.h"

typedef struct {
  bool mini_header;
  uint8_t header[18];
  size_t header_have;
  GByteArray *body; /* of the message being read */
  uint16_t type;
  uint32_t size;
} SpcInput;

typedef struct {
  /* may a message of this type have this body size? */
  bool (*accepts) (uint16_t type, uint32_t size, gpointer user_data,
                   GError **error);
  /* a whole message; false ends the reading without an error of ours */
  bool (*message) (uint16_t type, const uint8_t *body, uint32_t size,
                   gpointer user_data, GError **error);
} SpcInputRules;

void spc_input_init (SpcInput *self, bool mini_header);
void spc_input_clear (SpcInput *self);
/* reads once and hands over what is complete; *@n_bytes grows. false: the peer
 * closed (@error SPC_ERROR_CLOSED), failed, or broke a rule */
bool spc_input_read (SpcInput *self, SpcTransport *transport,
                     const SpcInputRules *rules, gpointer user_data,
                     uint64_t *n_bytes, GError **error);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* handshake.h – the bytes of a link's handshake, judged and written.
 *
 * Pure: readers get all the bytes they need and return SPICE_LINK_ERR_OK or,
 * with @error set, the code to refuse with. Any thread. */
#pragma once

#include "link.h"

/* ways for a client to prove itself, as bits of a set */
typedef enum {
  SPC_BY_TICKET = 1 << 0,
  SPC_BY_SASL = 1 << 1,
} SpcMechanisms;

/* what the client says, in this order */
/* @bytes: SPC_LINK_MAGIC_SIZE */
uint32_t spc_handshake_check_magic (const uint8_t *bytes, GError **error);
/* @bytes: SPC_LINK_HEADER_SIZE; *@mess_size: bytes of the message to come, at
 * most SPC_MAX_LINK_SIZE */
uint32_t spc_handshake_read_header (const uint8_t *bytes, uint32_t *mess_size,
                                    GError **error);
uint32_t spc_handshake_read_request (const uint8_t *bytes, uint32_t size,
                                     SpcLinkRequest *request, GError **error);
/* does it name a mechanism, or send the ticket at once? */
bool spc_handshake_has_mechanism (const SpcLinkRequest *request);
/* @bytes: SPC_LINK_MECHANISM_SIZE; *@mechanism: one of @offered */
uint32_t spc_handshake_read_mechanism (const uint8_t *bytes,
                                       SpcMechanisms offered,
                                       SpcMechanisms *mechanism,
                                       GError **error);

/* what the server says, at the end of @out */
/* @public_key: NULL when there are no tickets */
void spc_handshake_write_reply (GByteArray *out, SpcMechanisms offered,
                                const uint8_t *public_key,
                                const SpcCaps *channel_caps);
/* instead of a reply, or after one when the mechanism is wrong */
void spc_handshake_write_refusal (GByteArray *out, uint32_t code);
void spc_handshake_write_result (GByteArray *out, uint32_t code);

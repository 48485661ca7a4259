/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* messages-link.h – what is said before a link becomes a channel.
 *
 * Plain structs and their layouts (spec: link stage). The capability words
 * follow the link message and the reply at their caps_offset; the ticket is 128
 * bare bytes and the result one bare u32. Any thread. */
#pragma once

#include "protocol.h"
#include "qxl/fields.h"
#include "server-core/base/limits.h"

#define SPC_LINK_MAGIC 0x51444552u /* "REDQ", read as little endian */
#define SPC_LINK_MAGIC_SIZE 4u
/* sizes on the wire; those of messages without their capability words */
#define SPC_LINK_HEADER_SIZE 16u
#define SPC_LINK_MESS_SIZE 18u
#define SPC_LINK_REPLY_SIZE 178u
#define SPC_LINK_MECHANISM_SIZE 4u
#define SPC_LINK_RESULT_SIZE 4u
/* the last word of SASL, before the result */
#define SPC_SASL_ACCEPTED 0u
#define SPC_SASL_DENIED 1u

/* both ways, before the link message and before the reply */
typedef struct {
  uint32_t magic;
  uint32_t major_version, minor_version;
  uint32_t size; /* of what follows, capability words included */
} SpcLinkHeader;

/* client: which channel it wants */
typedef struct {
  uint32_t connection_id;
  uint8_t channel_type, channel_id;
  uint32_t num_common_caps, num_channel_caps; /* words */
  uint32_t caps_offset; /* from the start of this message */
} SpcLinkMess;

/* server: the answer; everything but the error is zero in a refusal */
typedef struct {
  uint32_t error; /* SPICE_LINK_ERR_… */
  uint8_t public_key[SPC_PUBLIC_KEY_SIZE];
  uint32_t num_common_caps, num_channel_caps;
  uint32_t caps_offset;
} SpcLinkReply;

/* client: how it will prove itself; SASL has words of its own */
typedef struct {
  uint32_t mechanism; /* SPICE_COMMON_CAP_AUTH_SPICE or …_SASL */
} SpcLinkMechanism;

/* server: the last word before framed messages */
typedef struct {
  uint32_t error; /* SPICE_LINK_ERR_… */
} SpcLinkResult;

extern const QxlField spc_link_header_fields[];
extern const QxlField spc_link_mess_fields[];
extern const QxlField spc_link_reply_fields[];
extern const QxlField spc_link_mechanism_fields[];
extern const QxlField spc_link_result_fields[];

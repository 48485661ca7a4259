/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* agent-filter.h – where agent messages begin in a stream of pieces.
 *
 * An agent's messages are a stream that is carried in pieces of at most 2048
 * bytes (AGENT_DATA, or chunks of a device). A header is never split, and no
 * piece holds parts of two messages. The filter keeps count of one direction
 * and what was decided when the message began. Pure (spec: agent filter). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define SPC_AGENT_HEADER_SIZE 20u

typedef struct {
  uint32_t type; /* VD_AGENT_… */
  uint64_t opaque;
  uint32_t size; /* of the body */
} SpcAgentHeader;

typedef enum {
  SPC_AGENT_DISCARD,
  SPC_AGENT_PASS,
  SPC_AGENT_INTERCEPT, /* the caller's own meaning */
} SpcAgentVerdict;

typedef struct {
  SpcAgentHeader header; /* of the message under way or the last one */
  uint32_t left;         /* bytes of its body to come; 0: at a start */
  SpcAgentVerdict verdict;
} SpcAgentFilter;

/* one piece, as the filter has understood it */
typedef struct {
  bool is_start;
  const uint8_t *data; /* of the body: what follows the header at a start */
  uint32_t size;
  uint32_t offset; /* of @data in the body */
} SpcAgentPiece;

/* what becomes of a message that begins; false with @error: nothing good */
typedef bool (*SpcAgentJudge) (const SpcAgentHeader *header,
                               SpcAgentVerdict *verdict, gpointer user_data,
                               GError **error);

void spc_agent_filter_init (SpcAgentFilter *self);
/* false: the peer broke the rules. The verdict is then in @self, and the
 * message is complete when @self->left is 0. */
bool spc_agent_filter_push (SpcAgentFilter *self, const uint8_t *data,
                            gsize size, SpcAgentJudge judge, gpointer user_data,
                            SpcAgentPiece *piece, GError **error);

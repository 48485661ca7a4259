/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "agent-filter.h"

#include "qxl/bytes.h"
#include "server-core/base/error.h"
#include "server-core/base/limits.h"

#include <spice/vd_agent.h>

void
spc_agent_filter_init (SpcAgentFilter *self)
{
  *self = (SpcAgentFilter){.verdict = SPC_AGENT_DISCARD};
}

static bool
refuse_size (const SpcAgentFilter *self, gsize size, GError **error)
{
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "%zu bytes of agent data, allowed are %u to %u", size,
               self->left > 0 ? 0u : SPC_AGENT_HEADER_SIZE,
               self->left > 0 ? MIN (self->left, SPC_MAX_AGENT_CHUNK)
                              : SPC_MAX_AGENT_CHUNK);
  return false;
}

static bool
read_header (SpcAgentFilter *self, const uint8_t *data, GError **error)
{
  QxlReader reader;
  uint32_t protocol;

  qxl_reader_init (&reader, data, SPC_AGENT_HEADER_SIZE);
  protocol = qxl_reader_u32 (&reader);
  self->header.type = qxl_reader_u32 (&reader);
  self->header.opaque = qxl_reader_u64 (&reader);
  self->header.size = qxl_reader_u32 (&reader);
  if (protocol == VD_AGENT_PROTOCOL)
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "an agent message of protocol %u, allowed is %u", protocol,
               (unsigned)VD_AGENT_PROTOCOL);
  return false;
}

bool
spc_agent_filter_push (SpcAgentFilter *self, const uint8_t *data, gsize size,
                       SpcAgentJudge judge, gpointer user_data,
                       SpcAgentPiece *piece, GError **error)
{
  bool is_start = self->left == 0;
  uint32_t skip = is_start ? SPC_AGENT_HEADER_SIZE : 0;

  if (size > SPC_MAX_AGENT_CHUNK || size < skip)
    return refuse_size (self, size, error);
  if (is_start) {
    if (!read_header (self, data, error))
      return false;
    self->left = self->header.size;
  }
  *piece = (SpcAgentPiece){
      .is_start = is_start,
      .data = data + skip,
      .size = (uint32_t)size - skip,
      .offset = self->header.size - self->left,
  };
  if (piece->size > self->left)
    return refuse_size (self, size, error);
  self->left -= piece->size;
  return !is_start || judge (&self->header, &self->verdict, user_data, error);
}

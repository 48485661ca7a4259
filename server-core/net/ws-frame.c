/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ws-frame.h"

#include "server-core/base/error.h"

#define LAST 0x80
#define RESERVED 0x70
#define OPCODE 0x0f
#define MASKED 0x80
#define SIZE 0x7f
/* sizes that say how many bytes of size follow */
#define SIZE_16 126
#define SIZE_64 127

static unsigned
n_size_bytes (uint8_t second)
{
  switch (second & SIZE) {
  case SIZE_16:
    return 2;
  case SIZE_64:
    return 8;
  default:
    return 0;
  }
}

unsigned
spc_ws_header_size (const uint8_t bytes[2])
{
  return 2 + n_size_bytes (bytes[1]) + (bytes[1] & MASKED ? 4 : 0);
}

static bool refuse (GError **error, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static bool
refuse (GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL, "WebSocket: %s", text);
  return false;
}

static bool
check_control (const SpcWsHeader *header, GError **error)
{
  if (!header->is_last)
    return refuse (error, "a control frame in pieces (opcode %u)",
                   header->opcode);
  if (header->size > SPC_WS_MAX_CONTROL)
    return refuse (error,
                   "a control frame of %" G_GUINT64_FORMAT
                   " bytes, allowed are 125",
                   header->size);
  return true;
}

static bool
check_opcode (const SpcWsHeader *header, bool is_inside, GError **error)
{
  switch (header->opcode) {
  case SPC_WS_CONTINUATION:
    return is_inside || refuse (error, "a continuation of nothing");
  case SPC_WS_TEXT:
  case SPC_WS_BINARY:
    return !is_inside ||
           refuse (error, "opcode %u within a message", header->opcode);
  case SPC_WS_CLOSE:
  case SPC_WS_PING:
  case SPC_WS_PONG:
    return check_control (header, error);
  default:
    return refuse (error, "opcode %u", header->opcode);
  }
}

bool
spc_ws_header_read (const uint8_t *bytes, bool is_inside, SpcWsHeader *header,
                    GError **error)
{
  unsigned n = n_size_bytes (bytes[1]);
  const uint8_t *next = bytes + 2;

  if (bytes[0] & RESERVED)
    return refuse (error, "reserved bits 0x%02x", bytes[0] & RESERVED);
  if (!(bytes[1] & MASKED))
    return refuse (error, "an unmasked frame (opcode %u)", bytes[0] & OPCODE);
  *header = (SpcWsHeader){.is_last = bytes[0] & LAST,
                          .opcode = bytes[0] & OPCODE,
                          .size = n == 0 ? bytes[1] & SIZE : 0};
  for (unsigned i = 0; i < n; i++)
    header->size = header->size << 8 | *next++;
  for (unsigned i = 0; i < 4; i++)
    header->mask[i] = *next++;
  if (header->size >> 63)
    return refuse (error, "a frame of 2^63 bytes or more");
  return check_opcode (header, is_inside, error);
}

unsigned
spc_ws_header_write (uint8_t bytes[SPC_WS_MAX_HEADER], SpcWsOpcode opcode,
                     uint64_t size)
{
  unsigned n = size < SIZE_16 ? 0 : size <= G_MAXUINT16 ? 2 : 8;

  bytes[0] = (uint8_t)(LAST | opcode);
  bytes[1] = (uint8_t)(n == 0 ? size : n == 2 ? SIZE_16 : SIZE_64);
  for (unsigned i = 0; i < n; i++)
    bytes[2 + i] = (uint8_t)(size >> 8 * (n - 1 - i));
  return 2 + n;
}

void
spc_ws_mask (uint8_t *bytes, gsize size, const uint8_t mask[4],
             uint64_t position)
{
  for (gsize i = 0; i < size; i++)
    bytes[i] ^= mask[(position + i) & 3];
}

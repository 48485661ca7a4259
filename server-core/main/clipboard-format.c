/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "clipboard-format.h"

#include "qxl/bytes.h"
#include "server-core/base/error.h"

#include <spice/vd_agent.h>
#include <string.h>

uint32_t
spc_clipboard_data_prefix (SpcClipboardFormat format)
{
  return format.has_selection ? 8 : 4;
}

static uint32_t
read_types (QxlReader *reader)
{
  uint32_t types = 0;

  while (qxl_reader_left (reader) >= 4) {
    uint32_t type = qxl_reader_u32 (reader);

    if (type < SPC_CLIPBOARD_N_TYPES)
      types |= 1u << type & SPC_CLIPBOARD_ALL_TYPES;
  }
  return types;
}

bool
spc_clipboard_read (uint32_t message_type, SpcClipboardFormat format,
                    const uint8_t *body, gsize size,
                    SpcClipboardMessage *message, GError **error)
{
  QxlReader reader;

  *message = (SpcClipboardMessage){0};
  qxl_reader_init (&reader, body, size);
  if (format.has_selection)
    message->selection = (uint8_t)qxl_reader_u32 (&reader);
  if (message_type == VD_AGENT_CLIPBOARD_GRAB) {
    if (format.has_serial)
      message->serial = qxl_reader_u32 (&reader);
    message->types = read_types (&reader);
  } else if (message_type != VD_AGENT_CLIPBOARD_RELEASE) {
    message->type = qxl_reader_u32 (&reader);
  }
  if (!reader.failed && qxl_reader_left (&reader) == 0)
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "clipboard message %u of %zu bytes, which cannot be",
               message_type, size);
  return false;
}

static gsize
put_u32 (uint8_t *body, gsize at, uint32_t value)
{
  value = GUINT32_TO_LE (value);
  memcpy (body + at, &value, 4);
  return at + 4;
}

gsize
spc_clipboard_write (uint32_t message_type, SpcClipboardFormat format,
                     const SpcClipboardMessage *message, uint8_t *body)
{
  gsize n = 0;

  if (format.has_selection)
    n = put_u32 (body, n, message->selection);
  if (message_type == VD_AGENT_CLIPBOARD_GRAB) {
    if (format.has_serial)
      n = put_u32 (body, n, message->serial);
    for (uint32_t type = 1; type < SPC_CLIPBOARD_N_TYPES; type++)
      if ((message->types & 1u << type) != 0)
        n = put_u32 (body, n, type);
  } else if (message_type != VD_AGENT_CLIPBOARD_RELEASE) {
    n = put_u32 (body, n, message->type);
  }
  return n;
}

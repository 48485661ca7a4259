/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "agent-move.h"

#include "server-core/base/limits.h"

#include <spice/vd_agent.h>
#include <string.h>

/* Behind the fixed part, where other servers begin with their bytes: this, u32
 * version, u32 size of the rest, u8 it has announced, u32 what it can do, and
 * sections of four letters, u32 size, bytes. */
#define MAGIC "AGNT"
#define VERSION 1u
#define HEAD_SIZE 12u
#define OUTBOX_TAG "SEND"

static uint32_t
fixed_size (void)
{
  return (uint32_t)qxl_fields_min_size (spc_main_blob_fields);
}

/* leaving */

static bool
is_talking (SpcAgent *self, SpcAgentViewer *viewer)
{
  return spc_agent_relay (self) == NULL && spc_agent_is_connected (self) &&
         spc_agent_viewer_has_started (viewer);
}

void
spc_agent_leave (SpcAgent *self, SpcAgentViewer *viewer)
{
  const SpcAgentFeature *one;

  if (!is_talking (self, viewer))
    return;
  spc_agent_viewer_hold_back (viewer, true);
  for (guint i = 0; (one = spc_agent_nth_feature (self, i)) != NULL; i++)
    if (one->klass->leaving != NULL)
      one->klass->leaving (one->feature, viewer);
  spc_agent_viewer_leave (viewer);
  spc_agent_viewer_hold_back (viewer, false);
}

static void
write_section (QxlWriter *writer, const char *tag, QxlWriter *section)
{
  g_autoptr (GBytes) bytes = qxl_writer_steal (section);

  qxl_writer_bytes (writer, tag, 4);
  qxl_writer_u32 (writer, (uint32_t)g_bytes_get_size (bytes));
  qxl_writer_ref (writer, bytes);
}

static void
write_features (SpcAgent *self, SpcAgentViewer *viewer, QxlWriter *writer)
{
  const SpcAgentFeature *one;

  for (guint i = 0; (one = spc_agent_nth_feature (self, i)) != NULL; i++) {
    g_autoptr (QxlWriter) section = qxl_writer_new ();

    if (one->klass->save == NULL)
      continue;
    one->klass->save (one->feature, viewer, section);
    write_section (writer, one->klass->tag, section);
  }
}

static void
write_message (const SpcAgentTalk *talk, QxlWriter *writer)
{
  const SpcAgentHeader *header = &talk->filter.header;

  if (talk->filter.left == 0)
    return;
  qxl_writer_u32 (writer, VD_AGENT_PROTOCOL);
  qxl_writer_u32 (writer, header->type);
  qxl_writer_u64 (writer, header->opaque);
  qxl_writer_u32 (writer, header->size);
  if (talk->filter.verdict == SPC_AGENT_PASS && talk->body.size > 0)
    qxl_writer_bytes (writer, talk->body.data, talk->body.size);
}

/* the base that all servers know */
static void
fill_blob (SpcMainBlob *blob, const SpcAgentTalk *talk)
{
  blob->client_tokens = talk->tokens;
  blob->send_tokens = talk->send_tokens;
  blob->is_started = true;
  blob->to_agent_remaining = talk->filter.left;
  blob->to_agent_filter = talk->filter.verdict == SPC_AGENT_PASS;
}

GBytes *
spc_agent_save (SpcAgent *self, SpcAgentViewer *viewer, SpcMainBlob *blob)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (QxlWriter) outbox = qxl_writer_new ();
  SpcAgentTalk talk;
  gsize size;

  blob->is_connected = spc_agent_is_connected (self);
  if (!is_talking (self, viewer))
    return g_bytes_new (NULL, 0);
  spc_agent_viewer_save (viewer, &talk, outbox);
  fill_blob (blob, &talk);
  qxl_writer_bytes (writer, MAGIC, 4);
  qxl_writer_u32 (writer, VERSION);
  qxl_writer_u32 (writer, 0);
  qxl_writer_u8 (writer, talk.has_announced);
  qxl_writer_u32 (writer, talk.caps);
  write_section (writer, OUTBOX_TAG, outbox);
  write_features (self, viewer, writer);
  size = qxl_writer_size (writer);
  qxl_writer_patch_u32 (writer, 8, (uint32_t)(size - HEAD_SIZE));
  write_message (&talk, writer);
  blob->write_offset = fixed_size () + (uint32_t)size;
  blob->write_size = (uint32_t)(qxl_writer_size (writer) - size);
  return qxl_writer_steal (writer);
}

/* arriving */

/* what other servers do not write; false: it is not there */
static bool
find_extension (const QxlTail *bytes, QxlReader *reader)
{
  const uint8_t *magic;
  uint32_t size;

  qxl_reader_init (reader, bytes->data + fixed_size (),
                   bytes->size - fixed_size ());
  magic = qxl_reader_bytes (reader, 4);
  if (magic == NULL || memcmp (magic, MAGIC, 4) != 0 ||
      qxl_reader_u32 (reader) != VERSION)
    return false;
  size = qxl_reader_u32 (reader);
  if (size > qxl_reader_left (reader))
    return false;
  qxl_reader_init (reader, reader->data + HEAD_SIZE, size);
  return true;
}

static bool
restore_section (SpcAgent *self, SpcAgentViewer *viewer, const uint8_t *tag,
                 const QxlTail *state, GError **error)
{
  const SpcAgentFeature *one;

  for (guint i = 0; (one = spc_agent_nth_feature (self, i)) != NULL; i++)
    if (one->klass->restore != NULL && memcmp (one->klass->tag, tag, 4) == 0)
      return one->klass->restore (one->feature, viewer, state, error);
  return true;
}

/* The viewer's own first, then those of features, which may send. */
static bool
restore_sections (SpcAgent *self, SpcAgentViewer *viewer, QxlReader reader,
                  SpcAgentTalk *talk, GError **error)
{
  while (qxl_reader_left (&reader) > 0) {
    const uint8_t *tag = qxl_reader_bytes (&reader, 4);
    uint32_t size = qxl_reader_u32 (&reader);
    const QxlTail state = {.data = qxl_reader_bytes (&reader, size),
                           .size = size};

    if (state.data == NULL)
      break;
    if (talk != NULL && memcmp (tag, OUTBOX_TAG, 4) == 0)
      talk->outbox = state;
    if (talk == NULL && !restore_section (self, viewer, tag, &state, error))
      return false;
  }
  return qxl_reader_finish (&reader, "the agent's migration data", error);
}

/* the message that is half said: its header, and what there is of its body */
static bool
read_message (const SpcMainBlob *blob, const QxlTail *bytes, SpcAgentTalk *talk,
              GError **error)
{
  QxlReader reader;
  QxlTail part = {0};

  spc_agent_filter_init (&talk->filter);
  if (blob->to_agent_remaining == 0)
    return true;
  if (!spc_blob_part (bytes, fixed_size (), blob->write_offset,
                      blob->write_size, &part, error))
    return false;
  qxl_reader_init (&reader, part.data, part.size);
  qxl_reader_u32 (&reader);
  talk->filter.header.type = qxl_reader_u32 (&reader);
  talk->filter.header.opaque = qxl_reader_u64 (&reader);
  talk->filter.header.size = qxl_reader_u32 (&reader);
  talk->filter.left = blob->to_agent_remaining;
  if (blob->to_agent_filter != 0)
    talk->filter.verdict = SPC_AGENT_PASS;
  talk->body.size = (uint32_t)qxl_reader_left (&reader);
  talk->body.data = qxl_reader_bytes (&reader, talk->body.size);
  if (!qxl_reader_finish (&reader, "an agent message's beginning", error))
    return false;
  if (talk->filter.left <= talk->filter.header.size)
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "%u bytes to come of an agent message of %u", talk->filter.left,
               talk->filter.header.size);
  return false;
}

static bool
go_on (SpcAgent *self, SpcAgentViewer *viewer, const SpcMainBlob *blob,
       const QxlTail *bytes, QxlReader *extension, GError **error)
{
  SpcAgentTalk talk = {.tokens = blob->client_tokens,
                       .send_tokens = blob->send_tokens};

  talk.has_announced = qxl_reader_u8 (extension) != 0;
  talk.caps = qxl_reader_u32 (extension);
  if (!read_message (blob, bytes, &talk, error) ||
      !restore_sections (self, viewer, *extension, &talk, error) ||
      !spc_agent_viewer_restore (viewer, &talk, error) ||
      !restore_sections (self, viewer, *extension, NULL, error))
    return false;
  /* what the server can do may be something else here */
  spc_agent_tell_caps (self, viewer);
  return true;
}

static bool
go_on_or_begin (SpcAgent *self, SpcAgentViewer *viewer, const SpcMainBlob *blob,
                const QxlTail *bytes, GError **error)
{
  bool is_here = spc_agent_is_connected (self);
  QxlReader extension;

  if (is_here && blob->is_connected && blob->is_started &&
      spc_agent_relay (self) == NULL && find_extension (bytes, &extension))
    return go_on (self, viewer, blob, bytes, &extension, error);
  if (blob->is_connected)
    spc_agent_viewer_set_connected (viewer, false);
  if (is_here)
    spc_agent_viewer_set_connected (viewer, true);
  return true;
}

bool
spc_agent_restore (SpcAgent *self, SpcAgentViewer *viewer,
                   const SpcMainBlob *blob, const QxlTail *bytes,
                   GError **error)
{
  bool ok;

  spc_agent_viewer_hold_back (viewer, true);
  ok = go_on_or_begin (self, viewer, blob, bytes, error);
  spc_agent_viewer_hold_back (viewer, false);
  return ok;
}

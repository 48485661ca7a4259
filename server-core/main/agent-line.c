/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "agent-line.h"

#include "qxl/bytes.h"
#include "server-core/base/error.h"
#include "server-core/base/limits.h"

#include <spice/vd_agent.h>
#include <string.h>

#define CHUNK_HEADER_BYTES 8u
/* at least a piece; several are read at once */
#define BUFFER_BYTES 16384u
/* chunks that wait for the peer: a viewer's tokens, and what viewers that came
 * and went left behind. More, and it has stopped reading. */
#define MAX_CHUNKS 64u

typedef struct {
  SpcAgentViewer *viewer; /* owned; NULL: the server's own */
  gsize size, sent;
  uint8_t bytes[CHUNK_HEADER_BYTES + SPC_MAX_AGENT_CHUNK];
} Chunk;

struct _SpcAgentLine {
  SpcTransport *transport;
  SpcAgentLineEvents events;
  gpointer user_data;
  bool is_paused;
  SpcTimer *again; /* goes on with what was read, from the loop */
  GQueue chunks;   /* Chunk; to the peer */
  /* from the peer */
  uint8_t buffer[BUFFER_BYTES];
  gsize filled;
  uint32_t port, left; /* of the chunk under way */
  SpcAgentFilter filter;
};

static void
chunk_free (gpointer data)
{
  Chunk *self = data;

  if (self->viewer != NULL)
    spc_agent_viewer_give_back (self->viewer, 1);
  spc_agent_viewer_unref (self->viewer);
  g_free (self);
}

static void
choose_conditions (SpcAgentLine *self)
{
  GIOCondition wanted = self->is_paused ? 0 : G_IO_IN;

  if (!g_queue_is_empty (&self->chunks))
    wanted |= G_IO_OUT;
  spc_transport_want (self->transport, wanted);
}

/* from the peer */

static bool
read_chunk_header (SpcAgentLine *self, const uint8_t *data, GError **error)
{
  QxlReader reader;

  qxl_reader_init (&reader, data, CHUNK_HEADER_BYTES);
  self->port = qxl_reader_u32 (&reader);
  self->left = qxl_reader_u32 (&reader);
  if (self->port == VDP_CLIENT_PORT || self->port == VDP_SERVER_PORT)
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "a chunk for port %u, there are 1 and 2", self->port);
  return false;
}

/* How many bytes make the next piece; 0: the size is in bytes to come. */
static gsize
piece_size (const SpcAgentLine *self, const uint8_t *data, gsize size)
{
  uint64_t wanted = self->filter.left;
  QxlReader reader;

  if (wanted == 0) {
    if (size < SPC_AGENT_HEADER_SIZE && size < self->left)
      return 0;
    qxl_reader_init (&reader, data, size);
    qxl_reader_bytes (&reader, SPC_AGENT_HEADER_SIZE - sizeof (uint32_t));
    wanted = (uint64_t)SPC_AGENT_HEADER_SIZE + qxl_reader_u32 (&reader);
  }
  return (gsize)MIN (MIN (wanted, self->left), SPC_MAX_AGENT_CHUNK);
}

static bool
push_piece (SpcAgentLine *self, uint8_t *data, gsize size, GError **error)
{
  SpcAgentPiece piece;

  if (!spc_agent_filter_push (&self->filter, data, size, self->events.judge,
                              self->user_data, &piece, error))
    return false;
  return self->filter.verdict == SPC_AGENT_DISCARD ||
         self->events.piece (&self->filter, data, size, self->user_data, error);
}

/* bytes used of @data; 0: more have to come; -1: @error */
static gssize
take (SpcAgentLine *self, uint8_t *data, gsize size, GError **error)
{
  gsize n;

  if (self->left == 0) {
    if (size < CHUNK_HEADER_BYTES)
      return 0;
    return read_chunk_header (self, data, error) ? (gssize)CHUNK_HEADER_BYTES
                                                 : -1;
  }
  if (self->port == VDP_SERVER_PORT)
    n = MIN (size, self->left);
  else
    n = piece_size (self, data, size);
  if (n == 0 || n > size)
    return 0;
  self->left -= (uint32_t)n;
  if (self->port == VDP_CLIENT_PORT && !push_piece (self, data, n, error))
    return -1;
  return (gssize)n;
}

static bool
take_all (SpcAgentLine *self, GError **error)
{
  gsize at = 0;
  gssize n = 1;

  while (!self->is_paused && n > 0) {
    n = take (self, self->buffer + at, self->filled - at, error);
    at += (gsize)MAX (n, 0);
  }
  self->filled -= at;
  memmove (self->buffer, self->buffer + at, self->filled);
  return n >= 0;
}

static bool
read_some (SpcAgentLine *self, GError **error)
{
  gssize n;

  if (self->is_paused || self->filled == BUFFER_BYTES)
    return true;
  n = spc_transport_read (self->transport, self->buffer + self->filled,
                          BUFFER_BYTES - self->filled, error);
  if (n < 0 && g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
    g_clear_error (error);
    return true;
  }
  if (n == 0)
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL, "it has left");
  if (n <= 0)
    return false;
  self->filled += (gsize)n;
  return take_all (self, error);
}

/* to the peer */

static bool
write_some (SpcAgentLine *self, GError **error)
{
  Chunk *chunk;

  while ((chunk = g_queue_peek_head (&self->chunks)) != NULL) {
    const GOutputVector piece = {chunk->bytes + chunk->sent,
                                 chunk->size - chunk->sent};
    gssize n = spc_transport_writev (self->transport, &piece, 1, error);
    if (n < 0 && g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
      g_clear_error (error);
      return true;
    }
    if (n < 0)
      return false;
    chunk->sent += (gsize)n;
    if (chunk->sent < chunk->size)
      return true;
    g_queue_pop_head (&self->chunks);
    chunk_free (chunk);
  }
  return true;
}

/* both */

static void
go_on (SpcAgentLine *self, bool is_good, GError *error)
{
  if (is_good)
    choose_conditions (self);
  else
    self->events.ended (error->message, self->user_data);
}

static void
on_ready (SpcTransport *transport, GIOCondition ready, gpointer user_data)
{
  SpcAgentLine *self = user_data;
  g_autoptr (GError) error = NULL;
  bool is_good = true;

  if ((ready & G_IO_OUT) != 0)
    is_good = write_some (self, &error);
  if (is_good && (ready & G_IO_IN) != 0)
    is_good = read_some (self, &error);
  go_on (self, is_good, error);
}

static void
on_again (gpointer user_data)
{
  SpcAgentLine *self = user_data;
  g_autoptr (GError) error = NULL;
  bool is_good = g_queue_get_length (&self->chunks) <= MAX_CHUNKS;

  if (!is_good)
    g_set_error (&error, SPC_ERROR, SPC_ERROR_PROTOCOL, "it takes nothing");
  else
    is_good = write_some (self, &error) && take_all (self, &error);
  go_on (self, is_good, error);
}

/* life */

SpcAgentLine *
spc_agent_line_new (SpcLoop *loop, SpcTransport *transport,
                    const SpcAgentLineEvents *events, gpointer user_data)
{
  SpcAgentLine *self = g_new0 (SpcAgentLine, 1);

  self->transport = transport;
  self->events = *events;
  self->user_data = user_data;
  self->again = spc_timer_new (loop, on_again, self);
  g_queue_init (&self->chunks);
  spc_agent_filter_init (&self->filter);
  spc_transport_set_func (transport, on_ready, self);
  choose_conditions (self);
  return self;
}

void
spc_agent_line_free (SpcAgentLine *self)
{
  if (self == NULL)
    return;
  spc_timer_free (self->again);
  spc_transport_free (self->transport);
  g_queue_clear_full (&self->chunks, chunk_free);
  g_free (self);
}

/* calls: what they lead to happens later, on the loop */

void
spc_agent_line_send (SpcAgentLine *self, uint32_t port, const uint8_t *data,
                     gsize size, SpcAgentViewer *viewer)
{
  const uint32_t header[] = {GUINT32_TO_LE (port),
                             GUINT32_TO_LE ((uint32_t)size)};
  Chunk *chunk;

  g_return_if_fail (size <= SPC_MAX_AGENT_CHUNK);
  spc_timer_arm (self->again, 0);
  chunk = g_new0 (Chunk, 1);
  chunk->viewer = viewer ? spc_agent_viewer_ref (viewer) : NULL;
  if (g_queue_get_length (&self->chunks) > MAX_CHUNKS) {
    chunk_free (chunk); /* the peer is about to be ended */
    return;
  }
  chunk->size = sizeof header + size;
  memcpy (chunk->bytes, header, sizeof header);
  memcpy (chunk->bytes + sizeof header, data, size);
  g_queue_push_tail (&self->chunks, chunk);
}

void
spc_agent_line_pause (SpcAgentLine *self)
{
  self->is_paused = true;
}

void
spc_agent_line_resume (SpcAgentLine *self)
{
  self->is_paused = false;
  spc_timer_arm (self->again, 0);
}

void
spc_agent_line_skip (SpcAgentLine *self)
{
  self->filter.verdict = SPC_AGENT_DISCARD;
}

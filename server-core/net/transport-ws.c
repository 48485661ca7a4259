/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A WebSocket on top of another transport. Nothing is kept back: headers are
 * read and written byte by byte as the line has them, payloads go straight to
 * and from the caller, so that the line's readiness is ours. */
#include "transport-ws.h"

#include "server-core/base/error.h"
#include "ws-frame.h"

#include <string.h>

/* the most a frame is said to hold */
#define MAX_FRAME_BYTES 65536
/* pieces of one gathered write */
#define MAX_PIECES 64
/* headers and frames without a payload read at one go: whoever sends nothing
 * else, and that without end, keeps nobody waiting */
#define MAX_EMPTY_STEPS 64
#define CONTROL_BYTES (SPC_WS_MAX_HEADER + SPC_WS_MAX_CONTROL)

/* bytes on their way out that are ours, not the caller's */
typedef struct {
  uint8_t bytes[CONTROL_BYTES];
  unsigned size, sent;
} Own;

typedef struct {
  SpcTransport parent;
  SpcTransport *line;
  GIOCondition wanted;
  /* inwards */
  uint8_t header[SPC_WS_MAX_HEADER];
  unsigned header_have;
  SpcWsHeader frame;   /* while its payload is under way */
  uint64_t frame_have; /* bytes of it */
  bool is_in_frame, is_in_message;
  uint8_t control[SPC_WS_MAX_CONTROL];
  bool has_ended; /* the peer has closed it */
  bool has_said_goodbye;
  GError *error; /* the peer broke the rules */
  /* outwards */
  Own own;             /* rest of a header or of a control frame */
  uint64_t frame_left; /* announced, not yet written */
  Own answer;          /* a control frame that waits for a frame's end */
} Ws;

/* outwards */

static bool
has_own (const Own *own)
{
  return own->sent < own->size;
}

static void
make_control (Own *own, SpcWsOpcode opcode, const uint8_t *payload,
              unsigned size)
{
  own->size = spc_ws_header_write (own->bytes, opcode, size);
  memcpy (own->bytes + own->size, payload, size);
  own->size += size;
  own->sent = 0;
}

/* true: none is left; else WOULD_BLOCK or worse */
static bool
send_own (Ws *self, GError **error)
{
  Own *own = &self->own;

  if (!has_own (own) && self->frame_left == 0) {
    *own = self->answer;
    self->answer.size = self->answer.sent = 0;
  }
  while (has_own (own)) {
    GOutputVector piece = {own->bytes + own->sent, own->size - own->sent};
    gssize n = spc_transport_writev (self->line, &piece, 1, error);

    if (n < 0)
      return false;
    own->sent += (unsigned)n;
  }
  return true;
}

static void
want_of_line (Ws *self)
{
  GIOCondition wanted = self->wanted;

  if (self->parent.is_closed)
    return;
  if (has_own (&self->own) ||
      (has_own (&self->answer) && self->frame_left == 0))
    wanted |= G_IO_OUT;
  spc_transport_want (self->line, wanted);
}

/* answers wait for the end of a frame, and only the newest does */
static void
answer (Ws *self, SpcWsOpcode opcode, unsigned size)
{
  make_control (&self->answer, opcode, self->control, size);
  send_own (self, NULL);
  want_of_line (self);
}

/* as many pieces as there is room for, @left bytes at most */
static guint
cut_pieces (const GOutputVector *pieces, guint n, gsize left,
            GOutputVector cut[MAX_PIECES])
{
  guint n_cut = 0;

  for (guint i = 0; i < n && n_cut < MAX_PIECES && left > 0; i++) {
    gsize size = MIN (pieces[i].size, left);

    if (size == 0)
      continue;
    cut[n_cut++] = (GOutputVector){pieces[i].buffer, size};
    left -= size;
  }
  return n_cut;
}

static gsize
sum_of (const GOutputVector *pieces, guint n)
{
  gsize sum = 0;

  for (guint i = 0; i < n; i++)
    sum += pieces[i].size;
  return sum;
}

static gssize
ws_writev (SpcTransport *transport, const GOutputVector *pieces, guint n,
           GError **error)
{
  Ws *self = (Ws *)transport;
  GOutputVector cut[MAX_PIECES];
  guint n_cut = cut_pieces (pieces, n, MAX_FRAME_BYTES, cut);
  gssize taken;

  if (!send_own (self, error))
    return -1;
  if (n_cut == 0)
    return 0;
  if (self->frame_left == 0) {
    self->frame_left = sum_of (cut, n_cut);
    self->own.size =
        spc_ws_header_write (self->own.bytes, SPC_WS_BINARY, self->frame_left);
    self->own.sent = 0;
    if (!send_own (self, error))
      return -1;
  }
  n_cut = cut_pieces (pieces, n, self->frame_left, cut);
  taken = spc_transport_writev (self->line, cut, n_cut, error);
  if (taken > 0)
    self->frame_left -= (uint64_t)taken;
  return taken;
}

/* inwards */

typedef enum { GOT_IT, GOT_NOTHING, GOT_END, GOT_ERROR } Got;

static Got
fetch (Ws *self, void *bytes, gsize size, gssize *n, GError **error)
{
  *n = spc_transport_read (self->line, bytes, size, error);
  if (*n > 0)
    return GOT_IT;
  return *n == 0 ? GOT_END : GOT_ERROR;
}

/* a header's bytes until it is whole */
static Got
fetch_header (Ws *self, GError **error)
{
  for (;;) {
    unsigned wanted =
        self->header_have < 2 ? 2 : spc_ws_header_size (self->header);
    gssize n;
    Got got;

    if (self->header_have >= 2 && self->header_have == wanted)
      break;
    got = fetch (self, self->header + self->header_have,
                 wanted - self->header_have, &n, error);
    if (got != GOT_IT)
      return got;
    self->header_have += (unsigned)n;
  }
  self->header_have = 0;
  if (!spc_ws_header_read (self->header, self->is_in_message, &self->frame,
                           &self->error))
    return GOT_ERROR;
  self->is_in_frame = true;
  self->frame_have = 0;
  if (self->frame.opcode < SPC_WS_CLOSE)
    self->is_in_message = !self->frame.is_last;
  return GOT_IT;
}

static Got
obey_control (Ws *self)
{
  unsigned size = (unsigned)self->frame.size;

  self->is_in_frame = false;
  spc_ws_mask (self->control, size, self->frame.mask, 0);
  if (self->frame.opcode == SPC_WS_PING)
    answer (self, SPC_WS_PONG, size);
  if (self->frame.opcode != SPC_WS_CLOSE)
    return GOT_NOTHING;
  answer (self, SPC_WS_CLOSE, MIN (size, 2));
  self->has_ended = true;
  return GOT_END;
}

static Got
fetch_control (Ws *self, GError **error)
{
  while (self->frame_have < self->frame.size) {
    gssize n;
    Got got = fetch (self, self->control + self->frame_have,
                     self->frame.size - self->frame_have, &n, error);

    if (got != GOT_IT)
      return got;
    self->frame_have += (uint64_t)n;
  }
  return obey_control (self);
}

static Got
fetch_payload (Ws *self, void *buffer, gsize size, gssize *n, GError **error)
{
  uint64_t left = self->frame.size - self->frame_have;
  Got got = GOT_NOTHING;

  if (left > 0)
    got = fetch (self, buffer, MIN (size, left), n, error);
  if (got == GOT_IT) {
    spc_ws_mask (buffer, (gsize)*n, self->frame.mask, self->frame_have);
    self->frame_have += (uint64_t)*n;
  }
  if (self->frame_have == self->frame.size)
    self->is_in_frame = false;
  return got;
}

static Got
advance (Ws *self, void *buffer, gsize size, gssize *n, GError **error)
{
  if (!self->is_in_frame) {
    Got got = fetch_header (self, error);

    return got == GOT_IT ? GOT_NOTHING : got;
  }
  if (self->frame.opcode >= SPC_WS_CLOSE)
    return fetch_control (self, error);
  return fetch_payload (self, buffer, size, n, error);
}

static gssize
ws_read (SpcTransport *transport, void *buffer, gsize size, GError **error)
{
  Ws *self = (Ws *)transport;
  Got got = self->has_ended ? GOT_END : self->error ? GOT_ERROR : GOT_NOTHING;
  gssize n = 0;

  if (size == 0)
    return 0;
  for (unsigned i = 0; got == GOT_NOTHING && i < MAX_EMPTY_STEPS; i++)
    got = advance (self, buffer, size, &n, error);
  if (got == GOT_IT)
    return n;
  if (got == GOT_END)
    return 0;
  if (got == GOT_NOTHING)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                         "frames without a payload");
  if (self->error && error)
    *error = g_error_copy (self->error);
  return -1;
}

/* the rest */

static void
on_line_ready (SpcTransport *line, GIOCondition ready, gpointer user_data)
{
  Ws *self = user_data;

  if (ready & G_IO_OUT)
    send_own (self, NULL);
  want_of_line (self);
  if (ready & self->wanted)
    spc_transport_notify (&self->parent, ready & self->wanted);
}

static void
ws_want (SpcTransport *transport, GIOCondition conditions)
{
  Ws *self = (Ws *)transport;

  self->wanted = conditions;
  want_of_line (self);
}

static void
say_goodbye (Ws *self)
{
  static const uint8_t going_away[] = {1001 >> 8, 1001 & 0xff};

  if (self->has_ended || self->has_said_goodbye || self->frame_left > 0)
    return;
  make_control (&self->answer, SPC_WS_CLOSE, going_away, sizeof going_away);
  send_own (self, NULL);
  self->has_said_goodbye = true;
}

static void
ws_shutdown (SpcTransport *transport)
{
  Ws *self = (Ws *)transport;

  say_goodbye (self);
  spc_transport_shutdown (self->line);
}

static void
ws_close (SpcTransport *transport)
{
  Ws *self = (Ws *)transport;

  say_goodbye (self);
  spc_transport_close (self->line);
}

static void
ws_free (SpcTransport *transport)
{
  Ws *self = (Ws *)transport;

  spc_transport_free (self->line);
  g_clear_error (&self->error);
  g_free (self);
}

static gsize
ws_unsent (SpcTransport *transport)
{
  return spc_transport_unsent (((Ws *)transport)->line);
}

static const SpcTransportClass ws_class = {
    .read = ws_read,
    .writev = ws_writev,
    .want = ws_want,
    .shutdown = ws_shutdown,
    .close = ws_close,
    .free = ws_free,
    .unsent = ws_unsent,
};

SpcTransport *
spc_transport_new_ws (SpcTransport *line)
{
  Ws *self = g_new0 (Ws, 1);

  spc_transport_init_above (&self->parent, &ws_class, line);
  self->line = line;
  spc_transport_set_func (line, on_line_ready, self);
  return &self->parent;
}

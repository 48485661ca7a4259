/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "entrance.h"

#include "http-request.h"
#include "listener.h"
#include "server-core/base/error.h"
#include "server-core/base/limits.h"
#include "transport-ws.h"
#include "web-files.h"

#include <string.h>

#define SNIFF_BYTES 4

typedef enum {
  ENTRANCE_SNIFF,    /* the first bytes */
  ENTRANCE_REQUEST,  /* HTTP, up to the empty line */
  ENTRANCE_UPGRADE,  /* 101 is being written */
  ENTRANCE_ANSWER,   /* a page, or a refusal, is being written */
  ENTRANCE_FAREWELL, /* until the browser closes */
  ENTRANCE_OVER,
} EntranceState;

struct _SpcEntrance {
  guint ref_count;
  SpcTransport *line; /* NULL once passed on */
  char *peer, *network;
  const SpcEntranceRules *rules;
  const SpcEntranceFuncs *funcs;
  gpointer user_data;
  uint32_t timeout_ms;
  SpcTimer *timer;
  EntranceState state;
  GByteArray *in;
  GBytes *out;
  gsize n_out;      /* written */
  SpcWebFile file;  /* what follows @out */
  gsize n_farewell; /* read, and thrown away */
  GError *error;
};

static void
entrance_unref (SpcEntrance *self)
{
  if (--self->ref_count > 0)
    return;
  spc_timer_free (self->timer);
  spc_transport_free (self->line);
  g_byte_array_unref (self->in);
  g_clear_pointer (&self->out, g_bytes_unref);
  spc_web_file_close (&self->file);
  g_clear_error (&self->error);
  g_free (self->peer);
  g_free (self->network);
  g_free (self);
}

static void
finish (SpcEntrance *self)
{
  self->state = ENTRANCE_OVER;
  spc_timer_disarm (self->timer);
  spc_transport_close (self->line);
  self->funcs->ended (self, self->peer, self->error, self->user_data);
  entrance_unref (self);
}

/* the first reason counts */
static void fail (SpcEntrance *self, SpcError kind, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static void
fail (SpcEntrance *self, SpcError kind, const char *format, ...)
{
  va_list arguments;

  if (self->error)
    return;
  va_start (arguments, format);
  self->error = g_error_new_valist (SPC_ERROR, kind, format, arguments);
  va_end (arguments);
}

/* @transport: the line, or what was built on it */
static void
pass (SpcEntrance *self, SpcTransport *transport)
{
  self->state = ENTRANCE_OVER;
  self->line = NULL;
  spc_timer_disarm (self->timer);
  spc_transport_want (transport, 0);
  self->funcs->passed (self, transport, self->user_data);
  entrance_unref (self);
}

/* requests */

static void
write_answer (SpcEntrance *self, EntranceState state, GBytes *answer)
{
  self->state = state;
  self->out = answer;
}

static void
refuse (SpcEntrance *self, unsigned status)
{
  write_answer (self, ENTRANCE_ANSWER,
                g_string_free_to_bytes (spc_http_answer (
                    status, NULL, 0, self->rules->web_origins)));
}

/* A page whose name server says that its host is this machine now is not from
 * here, though its origin and the host it asks for agree. Who comes by loopback
 * is asked for no password, so that it matters. */
static bool
check_page (SpcEntrance *self, const SpcHttpRequest *request)
{
  const char *origins = self->rules->web_origins;

  if (!spc_http_origin_is_allowed (request->origin, request->host, origins))
    fail (self, SPC_ERROR_WEB, "a page of %s may not speak to us",
          request->origin);
  else if (request->origin && !origins &&
           spc_address_is_loopback (self->line->peer_host) &&
           !spc_http_host_is_own (request->host))
    fail (self, SPC_ERROR_WEB,
          "a page of %s may not speak to us: the name is not this machine's, "
          "unless web-origins has it",
          request->origin);
  return !self->error;
}

static void
upgrade (SpcEntrance *self, const SpcHttpRequest *request)
{
  char *answer;

  if (!check_page (self, request)) {
    refuse (self, 403);
    return;
  }
  answer = spc_http_accept_websocket (request, &self->error);
  if (answer)
    write_answer (self, ENTRANCE_UPGRADE,
                  g_bytes_new_take (answer, strlen (answer)));
  else
    refuse (self, 400);
}

static void
obey (SpcEntrance *self, const SpcHttpRequest *request)
{
  if (request->wants_websocket && request->is_get)
    upgrade (self, request);
  else if (request->is_get || request->is_head)
    write_answer (self, ENTRANCE_ANSWER,
                  spc_web_files_answer (self->rules->web_root, request->path,
                                        self->rules->web_origins,
                                        request->is_head, &self->file));
  else
    refuse (self, 405);
}

static gsize
find_end (const GByteArray *in)
{
  const char *end = g_strstr_len ((const char *)in->data, in->len, "\r\n\r\n");

  return end ? (gsize)(end + 4 - (const char *)in->data) : 0;
}

static void
read_request (SpcEntrance *self)
{
  SpcHttpRequest request;
  gsize size = find_end (self->in);

  if (size == 0 && self->in->len < SPC_HTTP_MAX_HEAD)
    return;
  if (size == 0) {
    fail (self, SPC_ERROR_LIMIT, "HTTP: a head of more than 8192 bytes");
    refuse (self, 431);
    return;
  }
  if (spc_http_request_read (&request, (const char *)self->in->data, size,
                             &self->error))
    obey (self, &request);
  else
    refuse (self, 400);
  spc_http_request_clear (&request);
  g_byte_array_remove_range (self->in, 0, (guint)size);
}

/* bytes */

static void
sniff (SpcEntrance *self)
{
  static const char *const methods[] = {"GET ", "HEAD", "POST",
                                        "PUT ", "OPTI", "DELE"};

  if (self->in->len < SNIFF_BYTES)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    if (memcmp (self->in->data, methods[i], SNIFF_BYTES) == 0) {
      self->state = ENTRANCE_REQUEST;
      return;
    }
  spc_transport_unread (self->line, self->in->data, self->in->len);
  pass (self, self->line);
}

/* bytes for one look; a head may come with more, which is not lost */
static gsize
n_to_read (const SpcEntrance *self)
{
  return self->state == ENTRANCE_SNIFF ? SNIFF_BYTES - self->in->len
                                       : SPC_HTTP_MAX_HEAD - self->in->len;
}

/* false: that was enough, and it is over */
static bool
ignore_farewell (SpcEntrance *self, gsize size)
{
  self->n_farewell += size;
  if (self->n_farewell < SPC_HTTP_FAREWELL_BYTES)
    return true;
  finish (self);
  return false;
}

/* false: not now, or it is over */
static bool
read_some (SpcEntrance *self)
{
  uint8_t bytes[SPC_HTTP_MAX_HEAD];
  g_autoptr (GError) error = NULL;
  gsize size =
      self->state == ENTRANCE_FAREWELL ? sizeof bytes : n_to_read (self);
  gssize n = spc_transport_read (self->line, bytes, size, &error);

  if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return false;
  if (n <= 0) {
    if (self->state != ENTRANCE_FAREWELL)
      fail (self,
            error && error->domain == SPC_ERROR ? error->code
                                                : SPC_ERROR_CLOSED,
            "%s",
            error ? error->message
                  : "the peer closed the connection at its first bytes");
    finish (self);
    return false;
  }
  if (self->state == ENTRANCE_FAREWELL)
    return ignore_farewell (self, (gsize)n);
  g_byte_array_append (self->in, bytes, (guint)n);
  if (self->state == ENTRANCE_SNIFF)
    sniff (self);
  if (self->state == ENTRANCE_REQUEST)
    read_request (self);
  return self->state != ENTRANCE_OVER;
}

static void
end_answer (SpcEntrance *self)
{
  g_clear_pointer (&self->out, g_bytes_unref);
  self->out = spc_web_file_next (&self->file);
  self->n_out = 0;
  if (self->out)
    return;
  spc_web_file_close (&self->file);
  if (self->state == ENTRANCE_UPGRADE) {
    if (self->in->len > 0)
      spc_transport_unread (self->line, self->in->data, self->in->len);
    pass (self, spc_transport_new_ws (self->line));
    return;
  }
  self->state = ENTRANCE_FAREWELL;
  spc_timer_arm (self->timer, SPC_HTTP_FAREWELL_MS);
  spc_transport_shutdown (self->line);
}

/* false: not now, or it is over */
static bool
write_some (SpcEntrance *self)
{
  gsize size;
  const uint8_t *data = g_bytes_get_data (self->out, &size);
  GOutputVector piece = {data + self->n_out, size - self->n_out};
  g_autoptr (GError) error = NULL;
  gssize n = spc_transport_writev (self->line, &piece, 1, &error);

  if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return false;
  if (n < 0) {
    fail (self, SPC_ERROR_CLOSED, "%s", error->message);
    finish (self);
    return false;
  }
  self->n_out += (gsize)n;
  if (self->n_out == size)
    end_answer (self);
  return self->state != ENTRANCE_OVER;
}

static void
on_ready (SpcTransport *line, GIOCondition ready, gpointer user_data)
{
  SpcEntrance *self = user_data;
  bool goes_on = true;

  self->ref_count++;
  while (goes_on)
    goes_on = self->out ? write_some (self) : read_some (self);
  if (self->state != ENTRANCE_OVER)
    spc_transport_want (self->line, self->out ? G_IO_OUT : G_IO_IN);
  entrance_unref (self);
}

static void
on_timeout (gpointer user_data)
{
  SpcEntrance *self = user_data;

  if (self->state != ENTRANCE_FAREWELL)
    fail (self, SPC_ERROR_TIMEOUT,
          "no link within %u ms, still at the entrance", self->timeout_ms);
  finish (self);
}

SpcEntrance *
spc_entrance_new (SpcLoop *loop, SpcTransport *line, uint32_t timeout_ms,
                  const SpcEntranceRules *rules, const SpcEntranceFuncs *funcs,
                  gpointer user_data)
{
  SpcEntrance *self = g_new0 (SpcEntrance, 1);

  self->ref_count = 1;
  self->line = line;
  self->peer = g_strdup (line->peer);
  self->network = g_strdup (line->peer_network);
  self->rules = rules;
  self->funcs = funcs;
  self->user_data = user_data;
  self->in = g_byte_array_new ();
  self->file.fd = -1;
  self->timeout_ms = timeout_ms;
  self->timer = spc_timer_new (loop, on_timeout, self);
  spc_timer_arm (self->timer, timeout_ms);
  spc_transport_set_func (line, on_ready, self);
  spc_transport_want (line, G_IO_IN);
  return self;
}

void
spc_entrance_free (SpcEntrance *self)
{
  if (!self || self->state == ENTRANCE_OVER)
    return;
  self->state = ENTRANCE_OVER;
  spc_timer_disarm (self->timer);
  spc_transport_close (self->line);
  entrance_unref (self);
}

const char *
spc_entrance_peer (const SpcEntrance *self)
{
  return self->peer;
}

const char *
spc_entrance_network (const SpcEntrance *self)
{
  return self->network;
}

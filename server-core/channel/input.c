/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "input.h"

#include "qxl/bytes.h"
#include "server-core/base/error.h"
#include "server-core/wire/protocol.h"

#include <string.h>

/* taken from a transport at one go: other connections wait meanwhile */
#define READ_SIZE 16384u
/* a body's memory is kept for the next one up to this size */
#define KEEP_SIZE 4096u

void
spc_input_init (SpcInput *self, bool mini_header)
{
  *self = (SpcInput){.mini_header = mini_header};
  self->body = g_byte_array_new ();
}

void
spc_input_clear (SpcInput *self)
{
  g_clear_pointer (&self->body, g_byte_array_unref);
}

static size_t
header_size (const SpcInput *self)
{
  return self->mini_header ? SPC_MINI_HEADER_SIZE : SPC_FULL_HEADER_SIZE;
}

static void
parse_header (SpcInput *self)
{
  QxlReader reader;

  qxl_reader_init (&reader, self->header, header_size (self));
  if (!self->mini_header)
    qxl_reader_u64 (&reader);
  self->type = qxl_reader_u16 (&reader);
  self->size = qxl_reader_u32 (&reader);
}

/* moves up to what is missing from *@data to the header or body */
static size_t
take (uint8_t *to, size_t have, size_t want, const uint8_t *data, size_t n)
{
  size_t missing = want - have;

  if (n > missing)
    n = missing;
  memcpy (to + have, data, n);
  return n;
}

static bool
finish_message (SpcInput *self, const SpcInputRules *rules, gpointer user_data,
                GError **error)
{
  bool ok = rules->message (self->type, self->body->data, self->size, user_data,
                            error);

  self->header_have = 0;
  if (self->body->len > KEEP_SIZE) {
    g_byte_array_unref (self->body);
    self->body = g_byte_array_new ();
  }
  g_byte_array_set_size (self->body, 0);
  return ok;
}

/* one step: a part of a header or of a body; sets *@used */
static bool
step (SpcInput *self, const SpcInputRules *rules, gpointer user_data,
      const uint8_t *data, size_t n, size_t *used, GError **error)
{
  size_t head = header_size (self);

  *used = 0;
  if (self->header_have < head) {
    *used = take (self->header, self->header_have, head, data, n);
    self->header_have += *used;
    if (self->header_have < head)
      return true;
    parse_header (self);
    if (!rules->accepts (self->type, self->size, user_data, error))
      return false;
  } else {
    *used = MIN (n, self->size - self->body->len);
    g_byte_array_append (self->body, data, (guint)*used);
  }
  if (self->body->len == self->size)
    return finish_message (self, rules, user_data, error);
  return true;
}

bool
spc_input_read (SpcInput *self, SpcTransport *transport,
                const SpcInputRules *rules, gpointer user_data,
                uint64_t *n_bytes, GError **error)
{
  uint8_t buffer[READ_SIZE];
  g_autoptr (GError) local = NULL;
  size_t pos = 0, used;
  gssize got = spc_transport_read (transport, buffer, sizeof buffer, &local);

  if (got < 0 && g_error_matches (local, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return true;
  if (got < 0) {
    g_propagate_error (error, g_steal_pointer (&local));
    return false;
  }
  if (got == 0) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_CLOSED, "closed by the viewer");
    return false;
  }
  *n_bytes += (uint64_t)got;
  for (; pos < (size_t)got; pos += used)
    if (!step (self, rules, user_data, buffer + pos, (size_t)got - pos, &used,
               error))
      return false;
  return true;
}

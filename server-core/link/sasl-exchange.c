/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sasl-exchange.h"

#include "server-core/base/error.h"
#include "server-core/base/log.h"
#include "server-core/net/transport-sasl.h"
#include "server-core/wire/messages-link.h"
#include "sasl-digest.h"
#include "ticket.h"

#include <string.h>

#define SIZE_BYTES 4u
/* room for what a client says, grown as it comes, not as it announces */
#define FIRST_ROOM 256u

typedef enum {
  NAME_SIZE, /* of a mechanism */
  NAME,
  DATA_SIZE,
  DATA,
  STEP, /* a worker looks at it */
  OVER,
} State;

struct _SpcSaslExchange {
  guint ref_count;
  /* set at construction */
  SpcSaslDesk *desk;
  SpcTransport *transport; /* borrowed; NULL: let go */
  SpcSaslExchangeFunc func;
  gpointer user_data;
  SpcSaslSession *session;
  /* what is said */
  State state;
  char mechanism[SPC_MAX_SASL_MECHANISM + 1];
  SpcSaslStep *step;
  guint n_steps;
  SpcSaslVerdict verdict;
  GError *error;
  /* bytes */
  GByteArray *out;    /* not yet taken by the transport */
  GByteArray *answer; /* the last one, kept for the last word */
  uint8_t *in;
  uint32_t n_in, n_needed, in_room;
};

/* life */

static void
drop_input (SpcSaslExchange *self)
{
  if (self->in)
    spc_wipe (self->in, self->in_room);
  g_clear_pointer (&self->in, g_free);
  self->n_in = self->in_room = 0;
}

static SpcSaslExchange *
exchange_ref (SpcSaslExchange *self)
{
  self->ref_count++;
  return self;
}

static void
exchange_unref (SpcSaslExchange *self)
{
  if (--self->ref_count > 0)
    return;
  drop_input (self);
  spc_sasl_session_unref (self->session);
  spc_sasl_desk_unref (self->desk);
  g_byte_array_unref (self->out);
  g_byte_array_unref (self->answer);
  g_clear_error (&self->error);
  g_free (self);
}

static void
let_go (SpcSaslExchange *self)
{
  g_clear_pointer (&self->step, spc_sasl_step_free);
  if (self->transport) {
    spc_transport_want (self->transport, 0);
    spc_transport_set_func (self->transport, NULL, NULL);
  }
  self->transport = NULL;
  self->state = OVER;
}

/* verdicts */

static void
end (SpcSaslExchange *self, SpcSaslVerdict verdict)
{
  self->verdict = verdict;
  self->state = OVER;
}

static void fail (SpcSaslExchange *self, SpcSaslVerdict verdict, SpcError kind,
                  const char *format, ...) G_GNUC_PRINTF (4, 5);

static void
fail (SpcSaslExchange *self, SpcSaslVerdict verdict, SpcError kind,
      const char *format, ...)
{
  va_list args;

  va_start (args, format);
  self->error = g_error_new_valist (SPC_ERROR, kind, format, args);
  va_end (args);
  end (self, verdict);
}

/* what the server says */

static void
append_u32 (GByteArray *out, uint32_t value)
{
  uint32_t word = GUINT32_TO_LE (value);

  g_byte_array_append (out, (const uint8_t *)&word, sizeof word);
}

/* its size counts a NUL after it; 0 means that there is none */
static void
append_answer (GByteArray *out, const char *answer, gsize size, uint8_t is_last)
{
  append_u32 (out, answer ? (uint32_t)size + 1 : 0);
  if (answer) {
    g_byte_array_append (out, (const uint8_t *)answer, (guint)size);
    g_byte_array_append (out, (const uint8_t *)"", 1);
  }
  g_byte_array_append (out, &is_last, 1);
}

static void
write_mechanisms (SpcSaslExchange *self)
{
  const char *list = spc_sasl_session_mechanisms (self->session);

  append_u32 (self->out, (uint32_t)strlen (list));
  g_byte_array_append (self->out, (const uint8_t *)list, (guint)strlen (list));
}

void
spc_sasl_exchange_accept (SpcSaslExchange *self, GByteArray *out)
{
  g_byte_array_append (out, self->answer->data, self->answer->len);
  append_u32 (out, SPC_SASL_ACCEPTED);
}

void
spc_sasl_exchange_deny (GByteArray *out)
{
  static const char reason[] = "Authentication failed";

  append_answer (out, NULL, 0, 1);
  append_u32 (out, SPC_SASL_DENIED);
  append_u32 (out, sizeof reason);
  g_byte_array_append (out, (const uint8_t *)reason, sizeof reason);
}

/* what the client says */

static void
await (SpcSaslExchange *self, State state, uint32_t n_bytes)
{
  drop_input (self);
  self->state = state;
  self->n_needed = n_bytes;
}

static uint32_t
read_u32 (SpcSaslExchange *self)
{
  uint32_t word;

  memcpy (&word, self->in, sizeof word);
  return GUINT32_FROM_LE (word);
}

static void
take_name_size (SpcSaslExchange *self)
{
  uint32_t size = read_u32 (self);

  if (size < 1 || size > SPC_MAX_SASL_MECHANISM)
    fail (self, SPC_EXCHANGE_MALFORMED, SPC_ERROR_PROTOCOL,
          "the name of a SASL mechanism of %u bytes, 1 to %u are allowed", size,
          SPC_MAX_SASL_MECHANISM);
  else
    await (self, NAME, size);
}

static void
take_name (SpcSaslExchange *self)
{
  memcpy (self->mechanism, self->in, self->n_in);
  self->mechanism[self->n_in] = '\0';
  if (strlen (self->mechanism) == self->n_in &&
      spc_sasl_session_has (self->session, self->mechanism))
    await (self, DATA_SIZE, SIZE_BYTES);
  else
    fail (self, SPC_EXCHANGE_MALFORMED, SPC_ERROR_PROTOCOL,
          "a SASL mechanism that is not offered");
}

static void
take_data_size (SpcSaslExchange *self)
{
  uint32_t size = read_u32 (self);

  if (size > SPC_MAX_SASL_DATA)
    fail (self, SPC_EXCHANGE_MALFORMED, SPC_ERROR_PROTOCOL,
          "%u bytes for a SASL mechanism, allowed are %u", size,
          SPC_MAX_SASL_DATA);
  else
    await (self, DATA, size);
}

static void go_on (SpcSaslExchange *self);

static void
on_step (SpcSaslProgress progress, const char *answer, gsize answer_size,
         gpointer user_data)
{
  SpcSaslExchange *self = user_data;

  g_clear_pointer (&self->step, spc_sasl_step_free);
  self->n_steps++;
  if (progress == SPC_SASL_CONTINUE && self->n_steps >= SPC_MAX_SASL_STEPS) {
    fail (self, SPC_EXCHANGE_DENIED, SPC_ERROR_AUTH,
          "SASL takes more than %u steps", SPC_MAX_SASL_STEPS);
  } else if (progress == SPC_SASL_CONTINUE) {
    append_answer (self->out, answer, answer_size, 0);
    await (self, DATA_SIZE, SIZE_BYTES);
  } else if (progress == SPC_SASL_PROVEN) {
    append_answer (self->answer, answer, answer_size, 1);
    end (self, SPC_EXCHANGE_PROVEN);
  } else {
    fail (self, SPC_EXCHANGE_DENIED, SPC_ERROR_AUTH, "SASL by %s: %s",
          self->mechanism, spc_sasl_session_reason (self->session));
  }
  go_on (self);
}

/* what the library must not see; no words are its own affair */
static bool
may_be_told (SpcSaslExchange *self, gsize size)
{
  return size == 0 || !g_str_equal (self->mechanism, SPC_SASL_DIGEST) ||
         spc_sasl_digest_check ((const char *)self->in, size, &self->error);
}

/* A size of 0 is no data; else it counts a NUL, whatever stands there. */
static void
take_data (SpcSaslExchange *self)
{
  gsize size = self->n_in > 0 ? self->n_in - 1 : 0;
  char *data;

  if (!may_be_told (self, size)) {
    end (self, SPC_EXCHANGE_DENIED);
    return;
  }
  data = self->n_in > 0 ? g_malloc0 (self->n_in) : NULL;
  if (data)
    memcpy (data, self->in, size);
  await (self, STEP, 0);
  self->step = spc_sasl_step_new (self->desk, self->session,
                                  self->n_steps == 0 ? self->mechanism : NULL,
                                  data, size, on_step, self, &self->error);
  if (!self->step)
    end (self, SPC_EXCHANGE_DENIED);
}

static void (*const takes[]) (SpcSaslExchange *self) = {
    [NAME_SIZE] = take_name_size,
    [NAME] = take_name,
    [DATA_SIZE] = take_data_size,
    [DATA] = take_data,
};

/* bytes */

/* false: not now, or never again */
static bool
is_pause (SpcSaslExchange *self, GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    fail (self, SPC_EXCHANGE_BROKEN, SPC_ERROR_CLOSED, "%s", error->message);
  g_error_free (error);
  return false;
}

/* true: all has been taken */
static bool
write_output (SpcSaslExchange *self)
{
  while (self->out->len > 0) {
    GOutputVector piece = {self->out->data, self->out->len};
    GError *error = NULL;
    gssize n = spc_transport_writev (self->transport, &piece, 1, &error);

    if (n < 0)
      return is_pause (self, error);
    g_byte_array_remove_range (self->out, 0, (guint)n);
  }
  return true;
}

/* without leaving copies behind */
static void
make_room (SpcSaslExchange *self)
{
  uint32_t room = MAX (FIRST_ROOM, self->in_room * 2);
  uint8_t *in;

  if (self->n_in < self->in_room)
    return;
  in = g_malloc (room);
  if (self->in) {
    memcpy (in, self->in, self->n_in);
    spc_wipe (self->in, self->in_room);
    g_free (self->in);
  }
  self->in = in;
  self->in_room = room;
}

/* true: all that is needed; never a byte beyond */
static bool
read_input (SpcSaslExchange *self)
{
  while (self->n_in < self->n_needed) {
    GError *error = NULL;
    gssize n;

    make_room (self);
    n = spc_transport_read (self->transport, self->in + self->n_in,
                            MIN (self->in_room, self->n_needed) - self->n_in,
                            &error);
    if (n < 0)
      return is_pause (self, error);
    if (n == 0) {
      fail (self, SPC_EXCHANGE_BROKEN, SPC_ERROR_CLOSED,
            "the peer closed the connection while SASL asked it");
      return false;
    }
    self->n_in += (uint32_t)n;
  }
  return true;
}

static void
tell (SpcSaslExchange *self)
{
  SpcSaslExchangeFunc func = self->func;

  let_go (self);
  self->func = NULL;
  if (func)
    func (self->verdict, self->error, self->user_data);
}

/* as far as the transport lets it */
static void
go_on (SpcSaslExchange *self)
{
  bool has_written = self->state == OVER || write_output (self);

  while (self->state < STEP && read_input (self)) {
    takes[self->state](self);
    has_written = self->state == OVER || write_output (self);
  }
  if (self->state == OVER)
    tell (self);
  else
    spc_transport_want (self->transport, (self->state < STEP ? G_IO_IN : 0) |
                                             (has_written ? 0 : G_IO_OUT));
}

static void
on_ready (SpcTransport *transport, GIOCondition ready, gpointer user_data)
{
  SpcSaslExchange *self = exchange_ref (user_data);

  go_on (self);
  exchange_unref (self);
}

SpcSaslExchange *
spc_sasl_exchange_new (SpcSaslDesk *desk, SpcTransport *transport,
                       SpcSaslExchangeFunc func, gpointer user_data,
                       GError **error)
{
  bool is_protected = transport->is_secure || transport->is_local;
  SpcSaslSession *session =
      spc_sasl_session_new (spc_sasl_desk_sasl (desk), is_protected, error);
  SpcSaslExchange *self;

  if (!session)
    return NULL;
  self = g_new0 (SpcSaslExchange, 1);
  self->ref_count = 1;
  self->desk = spc_sasl_desk_ref (desk);
  self->transport = transport;
  self->func = func;
  self->user_data = user_data;
  self->session = session;
  self->out = g_byte_array_new ();
  self->answer = g_byte_array_new ();
  write_mechanisms (self);
  await (self, NAME_SIZE, SIZE_BYTES);
  spc_transport_set_func (transport, on_ready, self);
  spc_transport_want (transport, G_IO_IN | G_IO_OUT);
  return self;
}

void
spc_sasl_exchange_free (SpcSaslExchange *self)
{
  if (!self)
    return;
  self->func = NULL;
  let_go (self);
  exchange_unref (self);
}

const char *
spc_sasl_exchange_mechanism (SpcSaslExchange *self)
{
  return self->mechanism;
}

const char *
spc_sasl_exchange_user (SpcSaslExchange *self)
{
  return spc_sasl_session_user (self->session);
}

SpcTransport *
spc_sasl_exchange_wrap (SpcSaslExchange *self, SpcLoop *loop,
                        SpcTransport *line)
{
  if (!spc_sasl_session_has_layer (self->session))
    return line;
  return spc_transport_new_sasl (loop, self->session, line);
}

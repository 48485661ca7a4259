/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "link.h"
#include "handshake.h"
#include "server-core/base/log.h"
#include "server-core/wire/messages-link.h"

/* for a refused peer to read its answer and close; closing first could make the
 * kernel throw the answer away */
#define FAREWELL_MS 2000
/* what a refused peer may still send */
#define MAX_DISCARDED_BYTES (64u * 1024u)

typedef enum {
  LINK_MAGIC,     /* its first bytes tell a stray client at once */
  LINK_HEADER,    /* the rest of the link header */
  LINK_MESS,      /* which channel? */
  LINK_MECHANISM, /* how will it prove itself? */
  LINK_TICKET,    /* the password */
  LINK_ADMISSION, /* is there still a place? */
  LINK_RESULT,    /* "OK" is being written */
  LINK_HELD,      /* a refusal is held back */
  LINK_FAREWELL,  /* a refusal is being written */
  LINK_LINGER,    /* until the peer has read it */
  LINK_OVER,
} LinkState;

typedef enum {
  NOTHING,
  GOT_INPUT, /* all the bytes the state needs */
  FLUSHED,   /* all that was to be written is */
  TIMEOUT,
  CLOSED, /* by the peer */
  BROKEN,
} LinkEvent;

struct _SpcLink {
  guint ref_count;
  /* set at construction */
  char *peer;
  SpcTicketKeys *keys; /* not owned */
  const SpcLinkHost *host;
  gpointer user_data;
  uint32_t timeout_ms;
  SpcTimer *timer;
  SpcTransport *transport; /* NULL once handed over */
  /* the handshake */
  LinkState state;
  SpcLinkRequest request;
  SpcTicketKey *key;
  uint32_t hold_ms;
  /* how it ends */
  int code;
  GError *error;
  /* bytes */
  GByteArray *out; /* not yet taken by the transport */
  uint32_t mess_size;
  uint32_t n_in, n_discarded;
  uint8_t in[SPC_MAX_LINK_SIZE];
};

/* life */

static SpcLink *
link_ref (SpcLink *self)
{
  self->ref_count++;
  return self;
}

static void
link_unref (SpcLink *self)
{
  if (--self->ref_count > 0)
    return;
  spc_timer_free (self->timer);
  spc_transport_free (self->transport);
  spc_ticket_key_free (self->key);
  g_byte_array_unref (self->out);
  g_clear_error (&self->error);
  spc_wipe (self->in, sizeof self->in);
  g_free (self->peer);
  g_free (self);
}

/* nothing comes from outside any more; only memory is left */
static void
disconnect (SpcLink *self)
{
  self->state = LINK_OVER;
  spc_timer_disarm (self->timer);
  if (self->transport != NULL)
    spc_transport_close (self->transport);
}

/* refusals */

/* the first reason counts */
static void fail (SpcLink *self, SpcError kind, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static void
fail (SpcLink *self, SpcError kind, const char *format, ...)
{
  va_list args;

  if (self->error != NULL)
    return;
  va_start (args, format);
  self->error = g_error_new_valist (SPC_ERROR, kind, format, args);
  va_end (args);
}

/* before the ticket a refusal is a reply with nothing but its code, afterwards
 * it is the bare result; both false, for actions to return */
static bool
refuse_reply (SpcLink *self, uint32_t code)
{
  self->code = (int)code;
  spc_handshake_write_refusal (self->out, code);
  return false;
}

static bool
refuse_result (SpcLink *self, uint32_t code)
{
  self->code = (int)code;
  spc_handshake_write_result (self->out, code);
  return false;
}

/* @code: of a reader, which has set the error */
static bool
pass_or_refuse (SpcLink *self, uint32_t code)
{
  return code == SPICE_LINK_ERR_OK || refuse_reply (self, code);
}

/* actions: false takes the rule's other way */

static bool
check_magic (SpcLink *self)
{
  return pass_or_refuse (self,
                         spc_handshake_check_magic (self->in, &self->error));
}

static bool
check_header (SpcLink *self)
{
  return pass_or_refuse (self, spc_handshake_read_header (
                                   self->in, &self->mess_size, &self->error));
}

static bool
take_key (SpcLink *self)
{
  g_autoptr (GError) error = NULL;

  self->key = spc_ticket_keys_take (self->keys, &error);
  if (self->key != NULL)
    return true;
  fail (self, SPC_ERROR_FAILED, "%s", error->message);
  return refuse_reply (self, SPICE_LINK_ERR_ERROR);
}

static const char *
name_code (uint32_t code)
{
  switch (code) {
  case SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE:
    return "there is none";
  case SPICE_LINK_ERR_NEED_SECURED:
    return "it needs TLS";
  case SPICE_LINK_ERR_NEED_UNSECURED:
    return "it is not for TLS";
  default:
    return "it was refused";
  }
}

static bool
answer_mess (SpcLink *self)
{
  SpcLinkRequest *request = &self->request;
  SpcCaps channel_caps = {{0}};
  uint32_t code = spc_handshake_read_request (self->in, self->mess_size,
                                              request, &self->error);

  if (code != SPICE_LINK_ERR_OK)
    return refuse_reply (self, code);
  code = self->host->offer (request, self->transport, &channel_caps,
                            self->user_data);
  if (code != SPICE_LINK_ERR_OK) {
    fail (self, SPC_ERROR_FAILED, "channel %u:%u is not to be had: %s",
          request->channel_type, request->channel_id, name_code (code));
    return refuse_reply (self, code);
  }
  if (self->state == LINK_OVER || !take_key (self))
    return false;
  spc_handshake_write_reply (self->out, spc_ticket_key_public (self->key),
                             &channel_caps);
  return true;
}

/* a client that does not choose has sent nothing here */
static bool
check_mechanism (SpcLink *self)
{
  if (!spc_handshake_has_mechanism (&self->request))
    return true;
  return pass_or_refuse (
      self, spc_handshake_check_mechanism (self->in, &self->error));
}

/* whatever is wrong with it, the peer gets to know nothing more than that */
static bool
check_ticket (SpcLink *self)
{
  char text[SPC_TICKET_SIZE + 1];
  bool is_readable = spc_ticket_key_decrypt (self->key, self->in, text);
  bool is_right;

  self->hold_ms = 0;
  is_right = self->host->check_ticket (&self->request, self->transport,
                                       is_readable ? text : NULL,
                                       &self->hold_ms, self->user_data);
  spc_wipe (text, sizeof text);
  if (!is_right)
    fail (self, SPC_ERROR_AUTH, "a wrong ticket, held back for %u ms",
          self->hold_ms);
  return is_right;
}

static bool
ask_admission (SpcLink *self)
{
  SpcLinkRequest *request = &self->request;
  uint32_t code = self->host->admit (request, self->transport, self->user_data);

  if (code != SPICE_LINK_ERR_OK) {
    fail (self, SPC_ERROR_FAILED,
          "channel %u:%u of connection %08x is not admitted: %s (code %u)",
          request->channel_type, request->channel_id, request->connection_id,
          request->refusal, code);
    return refuse_result (self, code);
  }
  spc_handshake_write_result (self->out, SPICE_LINK_ERR_OK);
  return true;
}

static bool
hand_over (SpcLink *self)
{
  SpcTransport *transport = g_steal_pointer (&self->transport);

  self->code = SPICE_LINK_ERR_OK;
  spc_transport_want (transport, 0);
  spc_transport_set_func (transport, NULL, NULL);
  self->host->attach (&self->request, transport, self->user_data);
  return true;
}

static bool
deny (SpcLink *self)
{
  refuse_result (self, SPICE_LINK_ERR_PERMISSION_DENIED);
  return true;
}

static bool
end_output (SpcLink *self)
{
  spc_transport_shutdown (self->transport);
  return true;
}

/* states */

typedef struct {
  LinkState state;
  LinkEvent event;
  bool (*action) (SpcLink *self);
  LinkState next, otherwise;
} LinkRule;

/* clang-format off */
/* what is not listed closes the connection */
static const LinkRule rules[] = {
  /* in state,      on,        do,              go to,          otherwise to */
  { LINK_MAGIC,     GOT_INPUT, check_magic,     LINK_HEADER,    LINK_FAREWELL },
  { LINK_HEADER,    GOT_INPUT, check_header,    LINK_MESS,      LINK_FAREWELL },
  { LINK_MESS,      GOT_INPUT, answer_mess,     LINK_MECHANISM, LINK_FAREWELL },
  { LINK_MECHANISM, GOT_INPUT, check_mechanism, LINK_TICKET,    LINK_FAREWELL },
  { LINK_TICKET,    GOT_INPUT, check_ticket,    LINK_ADMISSION, LINK_HELD },
  { LINK_ADMISSION, GOT_INPUT, ask_admission,   LINK_RESULT,    LINK_FAREWELL },
  { LINK_RESULT,    FLUSHED,   hand_over,       LINK_OVER },
  { LINK_HELD,      TIMEOUT,   deny,            LINK_FAREWELL },
  { LINK_FAREWELL,  FLUSHED,   end_output,      LINK_LINGER },
};

typedef enum { READS, WRITES, DISCARDS } LinkMode;

static const struct {
  const char *name;
  LinkMode mode;
} states[] = {
  [LINK_MAGIC]     = { "magic",     READS },
  [LINK_HEADER]    = { "header",    READS },
  [LINK_MESS]      = { "message",   READS },
  [LINK_MECHANISM] = { "mechanism", READS },
  [LINK_TICKET]    = { "ticket",    READS },
  [LINK_ADMISSION] = { "admission", READS },
  [LINK_RESULT]    = { "result",    WRITES },
  [LINK_HELD]      = { "held",      DISCARDS },
  [LINK_FAREWELL]  = { "farewell",  WRITES },
  [LINK_LINGER]    = { "linger",    DISCARDS },
  [LINK_OVER]      = { "over",      DISCARDS },
};
/* clang-format on */

/* bytes of input the state is about; the magic is part of the header */
static uint32_t
n_needed (const SpcLink *self)
{
  switch (self->state) {
  case LINK_MAGIC:
    return SPC_LINK_MAGIC_SIZE;
  case LINK_HEADER:
    return SPC_LINK_HEADER_SIZE;
  case LINK_MESS:
    return self->mess_size;
  case LINK_MECHANISM:
    return spc_handshake_has_mechanism (&self->request)
               ? SPC_LINK_MECHANISM_SIZE
               : 0;
  case LINK_TICKET:
    return SPC_TICKET_SIZE;
  default:
    return 0;
  }
}

static void
finish (SpcLink *self)
{
  SPC_DEBUG (SPC_LOG_LINK, "%s: link over, code %d: %s", self->peer, self->code,
             self->error != NULL ? self->error->message : "well");
  disconnect (self);
  self->host->ended (self, self->peer, self->code, self->error,
                     self->user_data);
  link_unref (self);
}

static void
set_state (SpcLink *self, LinkState state)
{
  SPC_LOG (SPC_LOG_LINK, "%s: %s → %s", self->peer, states[self->state].name,
           states[state].name);
  if (state != LINK_HEADER)
    self->n_in = 0;
  self->state = state;
  if (state == LINK_HELD)
    spc_timer_arm (self->timer, self->hold_ms);
  if (state == LINK_FAREWELL)
    spc_timer_arm (self->timer, FAREWELL_MS);
  if (state == LINK_OVER)
    finish (self);
}

/* what an unexpected event means, unless something was wrong before it */
static void
fail_by_event (SpcLink *self, LinkEvent event)
{
  const char *name = states[self->state].name;

  if (event == TIMEOUT)
    fail (self, SPC_ERROR_TIMEOUT, "no link within %u ms, still at the %s",
          self->timeout_ms, name);
  else
    fail (self, SPC_ERROR_CLOSED, "the peer closed the connection at the %s",
          name);
}

static void
handle (SpcLink *self, LinkEvent event)
{
  const LinkRule *rule = NULL;
  bool is_right;

  for (gsize i = 0; i < G_N_ELEMENTS (rules) && rule == NULL; i++)
    if (rules[i].state == self->state && rules[i].event == event)
      rule = &rules[i];
  if (rule == NULL) {
    fail_by_event (self, event);
    set_state (self, LINK_OVER);
    return;
  }
  is_right = rule->action (self);
  if (self->state != LINK_OVER) /* else it was freed meanwhile */
    set_state (self, is_right ? rule->next : rule->otherwise);
}

/* bytes */

static LinkEvent
event_of_error (SpcLink *self, GError *error)
{
  bool is_pause = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);

  if (!is_pause)
    fail (self, SPC_ERROR_CLOSED, "%s", error->message);
  g_error_free (error);
  return is_pause ? NOTHING : BROKEN;
}

static LinkEvent
write_output (SpcLink *self)
{
  while (self->out->len > 0) {
    GOutputVector piece = {self->out->data, self->out->len};
    GError *error = NULL;
    gssize n = spc_transport_writev (self->transport, &piece, 1, &error);

    if (n < 0)
      return event_of_error (self, error);
    if (n == 0)
      return NOTHING;
    g_byte_array_remove_range (self->out, 0, (guint)n);
  }
  return NOTHING;
}

/* never a byte beyond what the state needs: the rest belongs to the channel */
static LinkEvent
read_input (SpcLink *self)
{
  uint32_t needed = n_needed (self);

  while (self->n_in < needed) {
    GError *error = NULL;
    gssize n = spc_transport_read (self->transport, self->in + self->n_in,
                                   needed - self->n_in, &error);

    if (n < 0)
      return event_of_error (self, error);
    if (n == 0)
      return CLOSED;
    self->n_in += (uint32_t)n;
  }
  return GOT_INPUT;
}

static LinkEvent
discard_input (SpcLink *self)
{
  while (self->n_discarded < MAX_DISCARDED_BYTES) {
    GError *error = NULL;
    gssize n =
        spc_transport_read (self->transport, self->in, sizeof self->in, &error);

    if (n < 0)
      return event_of_error (self, error);
    if (n == 0)
      return CLOSED;
    self->n_discarded += (uint32_t)n;
  }
  return CLOSED;
}

static LinkEvent
next_event (SpcLink *self)
{
  if (write_output (self) == BROKEN)
    return BROKEN;
  switch (states[self->state].mode) {
  case READS:
    return read_input (self);
  case DISCARDS:
    return discard_input (self);
  default:
    return self->out->len == 0 ? FLUSHED : NOTHING;
  }
}

/* goes on as far as the transport lets it */
static void
go_on (SpcLink *self)
{
  LinkEvent event;
  GIOCondition wanted = 0;

  while (self->state != LINK_OVER && (event = next_event (self)) != NOTHING)
    handle (self, event);
  if (self->state == LINK_OVER)
    return;
  if (states[self->state].mode != WRITES)
    wanted |= G_IO_IN;
  if (self->out->len > 0)
    wanted |= G_IO_OUT;
  spc_transport_want (self->transport, wanted);
}

static void
on_ready (SpcTransport *transport, GIOCondition ready, gpointer user_data)
{
  SpcLink *self = link_ref (user_data);

  go_on (self);
  link_unref (self);
}

static void
on_timer (gpointer user_data)
{
  SpcLink *self = link_ref (user_data);

  handle (self, TIMEOUT);
  go_on (self);
  link_unref (self);
}

SpcLink *
spc_link_new (SpcLoop *loop, SpcTransport *transport, SpcTicketKeys *keys,
              uint32_t timeout_ms, const SpcLinkHost *host, gpointer user_data)
{
  SpcLink *self = g_new0 (SpcLink, 1);

  self->ref_count = 1;
  self->peer = g_strdup (transport->peer);
  self->keys = keys;
  self->host = host;
  self->user_data = user_data;
  self->timeout_ms = timeout_ms;
  self->timer = spc_timer_new (loop, on_timer, self);
  self->transport = transport;
  self->code = -1;
  self->out = g_byte_array_new ();
  spc_timer_arm (self->timer, timeout_ms);
  spc_transport_set_func (transport, on_ready, self);
  spc_transport_want (transport, G_IO_IN);
  return self;
}

void
spc_link_free (SpcLink *self)
{
  if (self == NULL || self->state == LINK_OVER)
    return;
  disconnect (self);
  link_unref (self);
}

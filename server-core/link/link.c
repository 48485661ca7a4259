/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "link-private.h"

#include "server-core/base/log.h"
#include "server-core/wire/messages-link.h"

/* for a refused peer to read its answer and close; closing first could make the
 * kernel throw the answer away */
#define FAREWELL_MS 2000
/* what a refused peer may still send */
#define MAX_DISCARDED_BYTES (64u * 1024u)

typedef enum {
  NOTHING,
  GOT_INPUT, /* all the bytes the state needs */
  GOT_KEY,   /* or will not get one */
  ASKED,     /* SASL knows who the client is, or is not */
  MALFORMED, /* what the client said to SASL */
  ACCEPTED,  /* the host's verdict */
  REFUSED,
  FLUSHED, /* all that was to be written is */
  TIMEOUT,
  CLOSED, /* by the peer */
  BROKEN,
} LinkEvent;

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
  spc_timer_free (self->retry);
  spc_sasl_exchange_free (self->exchange);
  spc_transport_free (self->transport);
  spc_sasl_desk_unref (self->desk);
  spc_ticket_key_unref (self->key);
  spc_password_free (self->request.proof);
  g_byte_array_unref (self->out);
  g_clear_error (&self->error);
  spc_wipe (self->in, sizeof self->in);
  spc_wipe (self->ticket, sizeof self->ticket);
  g_free (self->peer);
  g_free (self->network);
  g_free (self);
}

/* nothing comes from outside any more; only memory is left */
static void
disconnect (SpcLink *self)
{
  self->state = LINK_OVER;
  g_clear_pointer (&self->exchange, spc_sasl_exchange_free);
  spc_timer_disarm (self->timer);
  spc_timer_disarm (self->retry);
  if (self->awaits_key)
    spc_ticket_keys_forget (self->keys, self);
  if (self->transport != NULL)
    spc_transport_close (self->transport);
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
  /* in state,      on,        do,                       go to,          otherwise to */
  { LINK_MAGIC,     GOT_INPUT, spc_link_check_magic,     LINK_HEADER,    LINK_FAREWELL },
  { LINK_HEADER,    GOT_INPUT, spc_link_check_header,    LINK_MESS,      LINK_FAREWELL },
  { LINK_MESS,      GOT_INPUT, spc_link_judge_mess,      LINK_KEY,       LINK_FAREWELL },
  { LINK_KEY,       GOT_KEY,   spc_link_answer_mess,     LINK_MECHANISM, LINK_FAREWELL },
  { LINK_MECHANISM, GOT_INPUT, spc_link_check_mechanism, LINK_CHOICE,    LINK_FAREWELL },
  { LINK_CHOICE,    GOT_INPUT, spc_link_is_for_ticket,   LINK_TICKET,    LINK_OFFER },
  { LINK_TICKET,    GOT_INPUT, spc_link_read_ticket,     LINK_JUDGED,    LINK_FAREWELL },
  { LINK_OFFER,     FLUSHED,   spc_link_begin_exchange,  LINK_SASL,      LINK_FAREWELL },
  { LINK_SASL,      ASKED,     spc_link_note_identity,   LINK_JUDGED },
  { LINK_SASL,      MALFORMED, spc_link_refuse_exchange, LINK_FAREWELL,  LINK_FAREWELL },
  { LINK_JUDGED,    ACCEPTED,  spc_link_accept_proof,    LINK_ADMISSION, LINK_ACCEPTED },
  { LINK_JUDGED,    REFUSED,   spc_link_refuse_proof,    LINK_HELD },
  { LINK_JUDGED,    TIMEOUT,   spc_link_give_up_waiting, LINK_FAREWELL },
  { LINK_ACCEPTED,  FLUSHED,   spc_link_wrap_line,       LINK_ADMISSION },
  { LINK_ADMISSION, GOT_INPUT, spc_link_ask_admission,   LINK_RESULT,    LINK_FAREWELL },
  { LINK_RESULT,    FLUSHED,   spc_link_hand_over,       LINK_OVER },
  { LINK_HELD,      TIMEOUT,   spc_link_deny,            LINK_FAREWELL },
  { LINK_FAREWELL,  FLUSHED,   spc_link_end_output,      LINK_LINGER },
};

typedef enum { READS, WRITES, DISCARDS, ASKS, AWAITS_KEY, LENDS } LinkMode;

static const struct {
  const char *name;
  LinkMode mode;
} states[] = {
  [LINK_MAGIC]     = { "magic",     READS },
  [LINK_HEADER]    = { "header",    READS },
  [LINK_MESS]      = { "message",   READS },
  [LINK_KEY]       = { "key",       AWAITS_KEY },
  [LINK_MECHANISM] = { "mechanism", READS },
  [LINK_CHOICE]    = { "choice",    READS },
  [LINK_TICKET]    = { "ticket",    READS },
  [LINK_OFFER]     = { "offer",     WRITES },
  [LINK_SASL]      = { "SASL",      LENDS },
  [LINK_JUDGED]    = { "judged",    ASKS },
  [LINK_ACCEPTED]  = { "accepted",  WRITES },
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
    spc_link_fail (self, SPC_ERROR_TIMEOUT,
                   "no link within %u ms, still at the %s", self->timeout_ms,
                   name);
  else
    spc_link_fail (self, SPC_ERROR_CLOSED,
                   "the peer closed the connection at the %s", name);
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
    spc_link_fail (self,
                   error->domain == SPC_ERROR ? error->code : SPC_ERROR_CLOSED,
                   "%s", error->message);
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

/* Has the peer hung up? It has nothing to say meanwhile; what it says all the
 * same is left for who reads next, and then this is no longer known. */
static LinkEvent
watch_peer (SpcLink *self)
{
  GError *error = NULL;
  uint8_t byte;
  gssize n;

  if (!spc_link_watches_peer (self))
    return NOTHING;
  n = spc_transport_read (self->transport, &byte, sizeof byte, &error);
  if (n < 0)
    return event_of_error (self, error);
  if (n > 0) {
    spc_transport_unread (self->transport, &byte, sizeof byte);
    return NOTHING;
  }
  spc_link_fail (self, SPC_ERROR_CLOSED,
                 "the peer left before the application answered");
  return CLOSED;
}

/* the verdict, unless it is still to come */
static LinkEvent
ask_host (SpcLink *self)
{
  uint32_t delay_ms = 0;
  SpcVerdict verdict;

  if (self->is_pending)
    return watch_peer (self);
  if (self->mechanism == SPC_BY_SASL)
    verdict =
        self->host->check_user (self, &self->request, self->transport,
                                self->is_proven, &delay_ms, self->user_data);
  else
    verdict = self->host->check_ticket (self, &self->request, self->transport,
                                        self->has_ticket ? self->ticket : NULL,
                                        &delay_ms, self->user_data);
  if (self->state == LINK_OVER) /* freed in the call */
    return NOTHING;
  self->is_asked = verdict == SPC_VERDICT_ASKED;
  self->is_pending = self->is_asked || verdict == SPC_VERDICT_WAIT;
  if (verdict == SPC_VERDICT_WAIT)
    spc_timer_arm (self->retry, delay_ms);
  self->hold_ms = delay_ms;
  if (self->is_pending)
    return NOTHING;
  return verdict == SPC_VERDICT_RIGHT ? ACCEPTED : REFUSED;
}

static void on_key (SpcTicketKey *key, gpointer user_data);

static LinkEvent
await_key (SpcLink *self)
{
  if (self->awaits_key)
    return NOTHING;
  if (self->key != NULL || self->has_no_key || !spc_link_takes_tickets (self))
    return GOT_KEY;
  self->shares_key = !spc_link_needs_ticket (self);
  self->key = self->shares_key
                  ? spc_ticket_keys_share (self->keys, on_key, self)
                  : spc_ticket_keys_take (self->keys, on_key, self);
  self->awaits_key = self->key == NULL;
  return self->awaits_key ? NOTHING : GOT_KEY;
}

static LinkEvent
next_event (SpcLink *self)
{
  if (states[self->state].mode == LENDS)
    return NOTHING;
  if (write_output (self) == BROKEN)
    return BROKEN;
  switch (states[self->state].mode) {
  case ASKS:
    return ask_host (self);
  case AWAITS_KEY:
    return await_key (self);
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
  if (self->state == LINK_OVER || self->state == LINK_SASL)
    return;
  /* who waits for a key or a verdict has nothing to say, and it is not ours to
   * read */
  if (states[self->state].mode == READS ||
      states[self->state].mode == DISCARDS || spc_link_watches_peer (self))
    wanted |= G_IO_IN;
  if (self->out->len > 0)
    wanted |= G_IO_OUT;
  spc_transport_want (self->transport, wanted);
}

void
spc_link_on_ready (SpcTransport *transport, GIOCondition ready,
                   gpointer user_data)
{
  SpcLink *self = link_ref (user_data);

  go_on (self);
  link_unref (self);
}

void
spc_link_on_verdict (SpcSaslVerdict verdict, const GError *error,
                     gpointer user_data)
{
  static const LinkEvent events[] = {
      [SPC_EXCHANGE_PROVEN] = ASKED,
      [SPC_EXCHANGE_DENIED] = ASKED,
      [SPC_EXCHANGE_MALFORMED] = MALFORMED,
      [SPC_EXCHANGE_BROKEN] = BROKEN,
  };
  SpcLink *self = link_ref (user_data);

  self->is_proven = verdict == SPC_EXCHANGE_PROVEN;
  if (error != NULL && self->error == NULL)
    self->error = g_error_copy (error);
  spc_transport_set_func (self->transport, spc_link_on_ready, self);
  handle (self, events[verdict]);
  go_on (self);
  link_unref (self);
}

static void
on_key (SpcTicketKey *key, gpointer user_data)
{
  SpcLink *self = link_ref (user_data);

  self->awaits_key = false;
  self->key = key;
  self->has_no_key = key == NULL;
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

void
spc_link_judge (SpcLink *self)
{
  if (self->state != LINK_JUDGED || !self->is_pending)
    return;
  self->is_pending = false;
  link_ref (self);
  go_on (self);
  link_unref (self);
}

static void
on_retry (gpointer user_data)
{
  spc_link_judge (user_data);
}

SpcLink *
spc_link_new (SpcLoop *loop, SpcTransport *transport, SpcTicketKeys *keys,
              SpcSaslDesk *desk, uint32_t timeout_ms, const SpcLinkHost *host,
              gpointer user_data)
{
  SpcLink *self = g_new0 (SpcLink, 1);

  self->ref_count = 1;
  self->peer = g_strdup (transport->peer);
  self->network = g_strdup (transport->peer_network);
  self->loop = loop;
  self->keys = keys;
  self->desk = desk != NULL ? spc_sasl_desk_ref (desk) : NULL;
  self->host = host;
  self->user_data = user_data;
  self->timeout_ms = timeout_ms;
  self->timer = spc_timer_new (loop, on_timer, self);
  self->retry = spc_timer_new (loop, on_retry, self);
  self->transport = transport;
  self->code = -1;
  self->out = g_byte_array_new ();
  spc_timer_arm (self->timer, timeout_ms);
  spc_transport_set_func (transport, spc_link_on_ready, self);
  spc_transport_want (transport, G_IO_IN);
  return self;
}

const char *
spc_link_peer (const SpcLink *self)
{
  return self->peer;
}

const char *
spc_link_network (const SpcLink *self)
{
  return self->network;
}

void
spc_link_free (SpcLink *self)
{
  if (self == NULL || self->state == LINK_OVER)
    return;
  disconnect (self);
  link_unref (self);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "link-private.h"

#include "server-core/wire/messages-link.h"

/* refusals */

/* the first reason counts */
void
spc_link_fail (SpcLink *self, SpcError kind, const char *format, ...)
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

/* steps */

bool
spc_link_check_magic (SpcLink *self)
{
  return pass_or_refuse (self,
                         spc_handshake_check_magic (self->in, &self->error));
}

bool
spc_link_check_header (SpcLink *self)
{
  return pass_or_refuse (self, spc_handshake_read_header (
                                   self->in, &self->mess_size, &self->error));
}

static SpcMechanisms
offered_mechanisms (const SpcLink *self)
{
  if (self->desk == NULL)
    return SPC_BY_TICKET;
  return spc_sasl_desk_takes_tickets (self->desk) ? SPC_BY_TICKET | SPC_BY_SASL
                                                  : SPC_BY_SASL;
}

bool
spc_link_takes_tickets (SpcLink *self)
{
  return (offered_mechanisms (self) & SPC_BY_TICKET) != 0;
}

bool
spc_link_needs_ticket (SpcLink *self)
{
  return self->host->needs_ticket == NULL ||
         self->host->needs_ticket (self->user_data);
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

/* who cannot choose can send a ticket only */
static bool
can_choose (SpcLink *self)
{
  if (spc_handshake_has_mechanism (&self->request) ||
      spc_link_takes_tickets (self))
    return true;
  spc_link_fail (self, SPC_ERROR_CAPS,
                 "the client knows tickets only, SASL is needed");
  return refuse_reply (self, SPICE_LINK_ERR_VERSION_MISMATCH);
}

bool
spc_link_judge_mess (SpcLink *self)
{
  SpcLinkRequest *request = &self->request;
  uint32_t code = spc_handshake_read_request (self->in, self->mess_size,
                                              request, &self->error);

  if (code != SPICE_LINK_ERR_OK)
    return refuse_reply (self, code);
  code = self->host->offer (request, self->transport, &self->offered,
                            self->user_data);
  if (code == SPICE_LINK_ERR_OK)
    return self->state != LINK_OVER && can_choose (self);
  spc_link_fail (self, SPC_ERROR_FAILED, "channel %u:%u is not to be had: %s",
                 request->channel_type, request->channel_id, name_code (code));
  return refuse_reply (self, code);
}

bool
spc_link_answer_mess (SpcLink *self)
{
  if (self->has_no_key) {
    spc_link_fail (self, SPC_ERROR_FAILED, "there is no key pair for it");
    return refuse_reply (self, SPICE_LINK_ERR_ERROR);
  }
  spc_handshake_write_reply (
      self->out, offered_mechanisms (self),
      self->key != NULL ? spc_ticket_key_public (self->key) : NULL,
      &self->offered);
  return true;
}

/* a client that does not choose has sent nothing here */
bool
spc_link_check_mechanism (SpcLink *self)
{
  self->mechanism = SPC_BY_TICKET;
  if (!spc_handshake_has_mechanism (&self->request))
    return true;
  return pass_or_refuse (
      self, spc_handshake_read_mechanism (self->in, offered_mechanisms (self),
                                          &self->mechanism, &self->error));
}

bool
spc_link_is_for_ticket (SpcLink *self)
{
  return self->mechanism == SPC_BY_TICKET;
}

/* What is encrypted with a shared key may have been overheard: it proves
 * nothing, should it be asked for by now. */
bool
spc_link_read_ticket (SpcLink *self)
{
  if (self->shares_key && spc_link_needs_ticket (self)) {
    spc_link_fail (self, SPC_ERROR_AUTH, "a password has been set meanwhile");
    return refuse_result (self, SPICE_LINK_ERR_PERMISSION_DENIED);
  }
  self->has_ticket = spc_ticket_key_decrypt (self->key, self->in, self->ticket);
  spc_wipe (self->in, SPC_TICKET_SIZE);
  return true;
}

/* false: SASL has a last word */
bool
spc_link_accept_proof (SpcLink *self)
{
  spc_wipe (self->ticket, sizeof self->ticket);
  if (self->mechanism == SPC_BY_TICKET)
    return true;
  spc_sasl_exchange_accept (self->exchange, self->out);
  return false;
}

/* whatever is wrong with it, the peer gets to know nothing more than that */
bool
spc_link_refuse_proof (SpcLink *self)
{
  spc_wipe (self->ticket, sizeof self->ticket);
  if (self->request.refusal[0] != '\0')
    spc_link_fail (self, self->request.refusal_kind, "%s",
                   self->request.refusal);
  spc_link_fail (self, SPC_ERROR_AUTH, "a wrong ticket, held back for %u ms",
                 self->hold_ms);
  return true;
}

bool
spc_link_deny (SpcLink *self)
{
  self->code = SPICE_LINK_ERR_PERMISSION_DENIED;
  if (self->mechanism == SPC_BY_SASL)
    spc_sasl_exchange_deny (self->out);
  else
    refuse_result (self, SPICE_LINK_ERR_PERMISSION_DENIED);
  return true;
}

bool
spc_link_give_up_waiting (SpcLink *self)
{
  spc_wipe (self->ticket, sizeof self->ticket);
  if (self->is_asked)
    spc_link_fail (self, SPC_ERROR_NO_ANSWER,
                   "the application has not answered within %u ms",
                   self->timeout_ms);
  else
    spc_link_fail (
        self, SPC_ERROR_LIMIT,
        "too many wrong tickets from there: not looked at within %u ms",
        self->timeout_ms);
  return spc_link_deny (self);
}

bool
spc_link_begin_exchange (SpcLink *self)
{
  self->exchange = spc_sasl_exchange_new (
      self->desk, self->transport, spc_link_on_verdict, self, &self->error);
  return self->exchange != NULL || refuse_reply (self, SPICE_LINK_ERR_ERROR);
}

bool
spc_link_refuse_exchange (SpcLink *self)
{
  return refuse_reply (self, SPICE_LINK_ERR_INVALID_DATA);
}

bool
spc_link_note_identity (SpcLink *self)
{
  SpcIdentity *identity = &self->request.identity;

  g_strlcpy (identity->mechanism, spc_sasl_exchange_mechanism (self->exchange),
             sizeof identity->mechanism);
  if (spc_sasl_exchange_user (self->exchange) != NULL)
    g_strlcpy (identity->user, spc_sasl_exchange_user (self->exchange),
               sizeof identity->user);
  return true;
}

/* from here on the mechanism's layer protects what is said */
bool
spc_link_watches_peer (const SpcLink *self)
{
  return self->state == LINK_JUDGED && self->is_asked &&
         self->transport->unread == NULL;
}

bool
spc_link_wrap_line (SpcLink *self)
{
  self->transport =
      spc_sasl_exchange_wrap (self->exchange, self->loop, self->transport);
  spc_transport_set_func (self->transport, spc_link_on_ready, self);
  return true;
}

bool
spc_link_ask_admission (SpcLink *self)
{
  SpcLinkRequest *request = &self->request;
  uint32_t code = self->host->admit (request, self->transport, self->user_data);

  if (code != SPICE_LINK_ERR_OK) {
    spc_link_fail (
        self, request->refusal_kind,
        "channel %u:%u of connection %08x is not admitted: %s (code %u)",
        request->channel_type, request->channel_id, request->connection_id,
        request->refusal, code);
    return refuse_result (self, code);
  }
  spc_handshake_write_result (self->out, SPICE_LINK_ERR_OK);
  return true;
}

bool
spc_link_hand_over (SpcLink *self)
{
  SpcTransport *transport = g_steal_pointer (&self->transport);

  self->code = SPICE_LINK_ERR_OK;
  spc_transport_want (transport, 0);
  spc_transport_set_func (transport, NULL, NULL);
  self->host->attach (&self->request, transport, self->user_data);
  return true;
}

bool
spc_link_end_output (SpcLink *self)
{
  spc_transport_shutdown (self->transport);
  return true;
}

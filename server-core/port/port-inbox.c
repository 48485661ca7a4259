/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "port-inbox.h"

#include "server-core/base/limits.h"
#include "server-core/channel/client.h"

/* what a client takes along to another server */
#define TOO_MUCH_BYTES (8 * SPC_MAX_PORT_BYTES)

void
spc_port_inbox_init (SpcPortInbox *self)
{
  *self = (SpcPortInbox){.letters = spc_letters_new (SPC_MAX_PORT_BYTES)};
}

void
spc_port_inbox_clear (SpcPortInbox *self)
{
  g_clear_pointer (&self->letters, spc_letters_unref);
}

/* consumer */

static SpcLetter *
letter_of (SpcLetterKind kind, SpcConnection *client)
{
  return spc_letter_new_client (kind, spc_connection_client (client)->id);
}

void
spc_port_inbox_begin (SpcPortInbox *self, SpcConnection *client)
{
  spc_letters_clear (self->letters);
  self->has_consumer = true;
  if (client)
    spc_letters_push (self->letters, letter_of (SPC_LETTER_ATTACHED, client));
}

void
spc_port_inbox_end (SpcPortInbox *self)
{
  self->has_consumer = false;
  spc_letters_clear (self->letters);
}

/* client */

void
spc_port_inbox_post (SpcPortInbox *self, SpcConnection *client,
                     SpcLetter *letter)
{
  if (!self->has_consumer)
    spc_letter_free (letter);
  else if (!spc_letters_push (self->letters, letter) && !self->is_leaving)
    spc_connection_pause_reading (client, true);
  else if (self->is_leaving &&
           spc_letters_bytes (self->letters) > TOO_MUCH_BYTES)
    spc_connection_close (client, "it takes too much along");
}

void
spc_port_inbox_attach (SpcPortInbox *self, SpcConnection *client)
{
  spc_port_inbox_post (self, client, letter_of (SPC_LETTER_ATTACHED, client));
}

void
spc_port_inbox_post_unread (SpcPortInbox *self, SpcConnection *client,
                            const QxlTail *unread)
{
  uint32_t n;

  for (uint32_t done = 0; done < unread->size; done += n) {
    n = MIN (unread->size - done, SPC_PORT_BLOCK_BYTES);
    spc_port_inbox_post (self, client,
                         spc_letter_new_data (unread->data + done, n));
  }
}

void
spc_port_inbox_detach (SpcPortInbox *self, SpcConnection *client)
{
  uint32_t client_id = spc_connection_client (client)->id;

  self->is_leaving = false;
  /* before a consumer that rests, clients that come and go do not pile up */
  if (spc_letters_bytes (self->letters) < SPC_MAX_PORT_BYTES ||
      !spc_letters_take_back (self->letters, SPC_LETTER_ATTACHED, client_id))
    spc_port_inbox_post (self, client, letter_of (SPC_LETTER_DETACHED, client));
}

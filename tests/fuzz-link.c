/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A link against a peer that sends what it likes: it ends once, with a code it
 * has sent, and hands the transport over only after a right ticket.
 *
 * An input is one byte of choices, one of the line's capacity, and what the
 * peer sends. */
#include "fuzz.h"
#include "server-core/link/link-fixture.h"
#include "server-core/link/link.h"
#include "server-core/net/net-fixture.h"
#include "server-core/wire/messages-link.h"

#include <stdlib.h>

#define PASSWORD "abc123"
/* the reply with all words, and a refusal after it */
#define MAX_ANSWER_BYTES (16 + 178 + 3 * 4 + 194)

enum {
  REFUSE_OFFER = 1,
  REFUSE_ADMISSION = 2,
  NEED_PASSWORD = 4,
  APPEND_GOOD_TICKET = 8, /* after the input */
};

typedef struct {
  NetFixture net;
  SpcJobs *jobs;
  SpcTicketKeys *keys;
  uint8_t choices;
  SpcTransport *client;
  GByteArray *got;
  SpcLink *link;
  SpcTransport *attached;
  bool was_right;
  int code;
} Fuzz;

static uint32_t
offer (const SpcLinkRequest *request, SpcTransport *transport,
       SpcCaps *channel_caps, gpointer user_data)
{
  Fuzz *self = user_data;

  *channel_caps = request->channel_caps;
  return self->choices & REFUSE_OFFER ? SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE
                                      : SPICE_LINK_ERR_OK;
}

static SpcVerdict
check_ticket (SpcLink *link, SpcLinkRequest *request, SpcTransport *transport,
              const char *text, uint32_t *delay_ms, gpointer user_data)
{
  Fuzz *self = user_data;
  g_autoptr (SpcPassword) password = spc_password_new (PASSWORD, 0);

  self->was_right = (self->choices & NEED_PASSWORD) == 0 ||
                    spc_password_matches (password, text, 0);
  return self->was_right ? SPC_VERDICT_RIGHT : SPC_VERDICT_WRONG;
}

static uint32_t
admit (SpcLinkRequest *request, SpcTransport *transport, gpointer user_data)
{
  Fuzz *self = user_data;

  g_assert_true (self->was_right);
  return self->choices & REFUSE_ADMISSION ? SPICE_LINK_ERR_BAD_CONNECTION_ID
                                          : SPICE_LINK_ERR_OK;
}

static void
attach (SpcLinkRequest *request, SpcTransport *transport, gpointer user_data)
{
  Fuzz *self = user_data;

  g_assert_null (self->attached);
  g_assert_true (self->was_right);
  g_assert_cmpint (self->choices & (REFUSE_OFFER | REFUSE_ADMISSION), ==, 0);
  self->attached = transport;
}

static void
ended (SpcLink *link, const char *peer, int code, const GError *error,
       gpointer user_data)
{
  Fuzz *self = user_data;

  g_assert_true (link == self->link);
  g_assert_cmpint (code, >=, -1);
  g_assert_cmpint (code, <=, SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE);
  g_assert_cmpint (code == SPICE_LINK_ERR_OK, ==, error == NULL);
  g_assert_cmpint (code == SPICE_LINK_ERR_OK, ==, self->attached != NULL);
  self->code = code;
  self->link = NULL;
}

static bool
needs_ticket (gpointer user_data)
{
  return ((Fuzz *)user_data)->choices & NEED_PASSWORD;
}

static const SpcLinkHost host = {offer,  check_ticket, NULL,        admit,
                                 attach, ended,        needs_ticket};

static void
run (Fuzz *self)
{
  uint8_t bytes[256];
  gssize n;

  do {
    net_fixture_run_ready (&self->net, 1000);
    while ((n = spc_transport_read (self->client, bytes, sizeof bytes, NULL)) >
           0)
      g_byte_array_append (self->got, bytes, (guint)n);
    NET_RUN_UNTIL (&self->net, spc_ticket_keys_n_waiting (self->keys) == 0);
  } while (g_main_context_pending (self->net.context));
  g_assert_cmpuint (self->got->len, <=, MAX_ANSWER_BYTES);
}

static void
send (Fuzz *self, const uint8_t *data, size_t size)
{
  while (size > 0) {
    gssize n = net_write (self->client, data, size, NULL);

    run (self);
    if (n < 0 || self->attached != NULL)
      return;
    data += n;
    size -= (size_t)n;
  }
}

static void
send_good_ticket (Fuzz *self)
{
  uint8_t blob[SPC_TICKET_SIZE];

  if (self->got->len < SPC_LINK_HEADER_SIZE + SPC_LINK_REPLY_SIZE ||
      self->got->data[SPC_LINK_HEADER_SIZE] != SPICE_LINK_ERR_OK)
    return;
  link_fixture_encrypt (self->got->data + SPC_LINK_HEADER_SIZE + 4, PASSWORD,
                        sizeof PASSWORD, blob);
  send (self, blob, sizeof blob);
}

static Fuzz fuzz;

static void
tear_down (void)
{
  spc_ticket_keys_free (fuzz.keys);
  spc_jobs_stop (fuzz.jobs);
  spc_jobs_unref (fuzz.jobs);
  g_byte_array_unref (fuzz.got);
  net_fixture_clear (&fuzz.net);
}

/* Once: pairs of keys are dear. The first one is waited for, so that what
 * OpenSSL does at exit happens after the workers were stopped. */
static void
set_up (void)
{
  net_fixture_init (&fuzz.net);
  fuzz.jobs = spc_jobs_new (1);
  fuzz.keys = spc_ticket_keys_new (fuzz.net.loop, fuzz.jobs);
  fuzz.got = g_byte_array_new ();
  spc_ticket_key_unref (link_fixture_take_key (&fuzz.net, fuzz.keys));
  atexit (tear_down);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SpcTransport *server;

  if (size < 2)
    return 0;
  if (fuzz.keys == NULL)
    set_up ();
  fuzz.choices = data[0];
  fuzz.was_right = false;
  g_byte_array_set_size (fuzz.got, 0);
  spc_transport_new_pair (fuzz.net.loop, 1 + data[1], &server, &fuzz.client);
  fuzz.link = spc_link_new (fuzz.net.loop, server, fuzz.keys, NULL, 60 * 1000,
                            &host, &fuzz);
  send (&fuzz, data + 2, size - 2);
  if (fuzz.choices & APPEND_GOOD_TICKET)
    send_good_ticket (&fuzz);
  spc_transport_close (fuzz.client);
  net_fixture_run_ready (&fuzz.net, 1000);
  g_assert_null (fuzz.link);
  g_clear_pointer (&fuzz.client, spc_transport_free);
  g_clear_pointer (&fuzz.attached, spc_transport_free);
  return 0;
}

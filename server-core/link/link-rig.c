/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "link-rig.h"
#include "link-fixture.h"
#include "server-core/wire/messages-link.h"

#include <string.h>

const uint8_t link_good_start[LINK_GOOD_START_BYTES] = {
    0x52, 0x45, 0x44, 0x51, 2, 0, 0,    0, 2, 0, 0,    0, 26, 0,
    0,    0,    0,    0,    0, 0, 1,    0, 1, 0, 0,    0, 1,  0,
    0,    0,    18,   0,    0, 0, 0x0d, 0, 0, 0, 0x0f, 0, 0,  0,
};
const uint8_t link_spice_mechanism[LINK_MECHANISM_BYTES] = {1, 0, 0, 0};

/* what admit tells attach */
#define ADMIT_NOTE 0xcafe0001u

/* host */

static void
free_if (LinkRig *rig, FreeWhere where)
{
  if (rig->frees == where)
    g_clear_pointer (&rig->link, spc_link_free);
}

static uint32_t
offer (const SpcLinkRequest *request, SpcTransport *transport,
       SpcCaps *channel_caps, gpointer user_data)
{
  LinkRig *rig = user_data;

  rig->n_offers++;
  rig->request = *request;
  spc_caps_set (channel_caps, 3);
  spc_caps_set (channel_caps, 33);
  free_if (rig, FREE_IN_OFFER);
  return rig->offer_code;
}

static SpcVerdict
check_ticket (SpcLink *link, SpcLinkRequest *request, SpcTransport *transport,
              const char *text, uint32_t *delay_ms, gpointer user_data)
{
  LinkRig *rig = user_data;
  bool is_right;

  rig->n_checks++;
  rig->was_readable = text != NULL;
  g_assert_cmpuint (*delay_ms, ==, 0);
  *delay_ms = rig->hold_ms;
  is_right =
      rig->password == NULL ||
      spc_password_matches (rig->password, text, g_get_monotonic_time ());
  free_if (rig, FREE_IN_CHECK);
  if (rig->n_later > 0) {
    rig->n_later--;
    return rig->later;
  }
  return is_right ? SPC_VERDICT_RIGHT : SPC_VERDICT_WRONG;
}

static SpcVerdict
check_user (SpcLink *link, SpcLinkRequest *request, SpcTransport *transport,
            bool is_proven, uint32_t *delay_ms, gpointer user_data)
{
  LinkRig *rig = user_data;

  rig->n_checks++;
  rig->request = *request;
  g_assert_cmpuint (*delay_ms, ==, 0);
  *delay_ms = rig->hold_ms;
  free_if (rig, FREE_IN_CHECK);
  if (rig->n_later > 0) {
    rig->n_later--;
    return rig->later;
  }
  return is_proven && !rig->refuses_users ? SPC_VERDICT_RIGHT
                                          : SPC_VERDICT_WRONG;
}

static uint32_t
admit (SpcLinkRequest *request, SpcTransport *transport, gpointer user_data)
{
  LinkRig *rig = user_data;

  request->note = ADMIT_NOTE;
  if (rig->admit_code != SPICE_LINK_ERR_OK)
    g_strlcpy (request->refusal, "full house", sizeof request->refusal);
  free_if (rig, FREE_IN_ADMIT);
  return rig->admit_code;
}

static void
attach (SpcLinkRequest *request, SpcTransport *transport, gpointer user_data)
{
  LinkRig *rig = user_data;

  g_assert_null (rig->attached);
  rig->request = *request;
  g_assert_cmphex (request->note, ==, ADMIT_NOTE);
  rig->attached = transport;
  free_if (rig, FREE_IN_ATTACH);
}

static void
ended (SpcLink *link, const char *peer, int code, const GError *error,
       gpointer user_data)
{
  LinkRig *rig = user_data;

  g_assert_true (link == rig->link);
  g_assert_cmpint (error == NULL, ==, code == SPICE_LINK_ERR_OK);
  rig->n_ended++;
  rig->code = code;
  rig->error = error != NULL ? g_error_copy (error) : NULL;
  free_if (rig, FREE_IN_ENDED);
  rig->link = NULL;
}

static bool
needs_ticket (gpointer user_data)
{
  return ((LinkRig *)user_data)->password != NULL;
}

const SpcLinkHost link_rig_host = {offer,  check_ticket, check_user,  admit,
                                   attach, ended,        needs_ticket};

/* fixture */

void
link_rig_init (LinkRig *rig)
{
  memset (rig, 0, sizeof *rig);
  net_fixture_init (&rig->net);
  rig->jobs = spc_jobs_new (1);
  rig->keys = spc_ticket_keys_new (rig->net.loop, rig->jobs);
  rig->got = g_byte_array_new ();
}

void
link_rig_dial (LinkRig *rig, gsize capacity, uint32_t timeout_ms)
{
  SpcTransport *transport;

  g_clear_pointer (&rig->client, spc_transport_free);
  g_clear_pointer (&rig->attached, spc_transport_free);
  g_clear_error (&rig->error);
  g_byte_array_set_size (rig->got, 0);
  rig->is_closed = false;
  rig->n_ended = 0;
  spc_transport_new_pair (rig->net.loop, capacity, &transport, &rig->client);
  transport->is_secure = rig->is_secure;
  rig->link = spc_link_new (rig->net.loop, transport, rig->keys, rig->desk,
                            timeout_ms, &link_rig_host, rig);
}

void
link_rig_clear (LinkRig *rig)
{
  net_fixture_run_ready (&rig->net, 20);
  g_assert_cmpuint (rig->n_ended, <=, 1);
  spc_link_free (rig->link);
  spc_transport_free (rig->client);
  spc_transport_free (rig->attached);
  spc_password_free (rig->password);
  spc_sasl_desk_close (rig->desk);
  spc_sasl_desk_unref (rig->desk);
  spc_ticket_keys_free (rig->keys);
  spc_jobs_stop (rig->jobs);
  spc_jobs_unref (rig->jobs);
  g_byte_array_unref (rig->got);
  g_clear_error (&rig->error);
  net_fixture_clear (&rig->net);
}

/* client */

void
link_rig_read (LinkRig *rig)
{
  uint8_t bytes[512];
  gssize n;

  while ((n = spc_transport_read (rig->client, bytes, sizeof bytes, NULL)) > 0)
    g_byte_array_append (rig->got, bytes, (guint)n);
  rig->is_closed |= n == 0;
}

/* true when all has been taken; what is read meanwhile is kept */
static bool
client_write (LinkRig *rig, const uint8_t **at, gsize *left)
{
  gssize n = *left > 0 ? net_write (rig->client, *at, *left, NULL) : 0;

  if (n > 0) {
    *at += n;
    *left -= (gsize)n;
  }
  link_rig_read (rig);
  return *left == 0;
}

void
link_rig_send (LinkRig *rig, const uint8_t *bytes, gsize size)
{
  NET_RUN_UNTIL (&rig->net, client_write (rig, &bytes, &size));
}

bool
link_rig_has (LinkRig *rig, gsize size)
{
  link_rig_read (rig);
  return rig->got->len >= size || rig->is_closed;
}

/* @size bytes of the server's, taken out of what was got */
void
link_rig_expect (LinkRig *rig, void *bytes, gsize size)
{
  NET_RUN_UNTIL (&rig->net, link_rig_has (rig, size));
  g_assert_cmpuint (rig->got->len, >=, size);
  memcpy (bytes, rig->got->data, size);
  g_byte_array_remove_range (rig->got, 0, (guint)size);
}

static void
read_fields (const QxlField *fields, void *object, const uint8_t *bytes,
             gsize size)
{
  QxlReader reader;

  qxl_reader_init (&reader, bytes, size);
  qxl_fields_read (fields, object, &reader);
  g_assert_false (reader.failed);
}

static void
client_expect_header (LinkRig *rig, SpcLinkHeader *header)
{
  uint8_t bytes[SPC_LINK_HEADER_SIZE];

  link_rig_expect (rig, bytes, sizeof bytes);
  read_fields (spc_link_header_fields, header, bytes, sizeof bytes);
  g_assert_cmphex (header->magic, ==, SPC_LINK_MAGIC);
  g_assert_cmpuint (header->major_version, ==, 2);
  g_assert_cmpuint (header->minor_version, ==, 2);
}

/* AUTH_SELECTION, MINI_HEADER, and what is offered */
static uint8_t
common_word (LinkRig *rig)
{
  if (rig->desk == NULL)
    return 0x0b;
  return spc_sasl_desk_takes_tickets (rig->desk) ? 0x0f : 0x0d;
}

/* a good reply: its key, and the words after it checked */
void
link_rig_expect_reply (LinkRig *rig, uint8_t key[SPC_PUBLIC_KEY_SIZE])
{
  const uint8_t words[] = {common_word (rig), 0, 0, 0, 8, 0, 0, 0, 2, 0, 0, 0};
  uint8_t bytes[SPC_LINK_REPLY_SIZE + sizeof words];
  SpcLinkHeader header;
  SpcLinkReply reply;

  client_expect_header (rig, &header);
  g_assert_cmpuint (header.size, ==, sizeof bytes);
  link_rig_expect (rig, bytes, sizeof bytes);
  read_fields (spc_link_reply_fields, &reply, bytes, sizeof bytes);
  g_assert_cmpuint (reply.error, ==, SPICE_LINK_ERR_OK);
  g_assert_cmpuint (reply.num_common_caps, ==, 1);
  g_assert_cmpuint (reply.num_channel_caps, ==, 2);
  g_assert_cmpuint (reply.caps_offset, ==, SPC_LINK_REPLY_SIZE);
  g_assert_cmpmem (bytes + SPC_LINK_REPLY_SIZE, sizeof words, words,
                   sizeof words);
  memcpy (key, reply.public_key, SPC_PUBLIC_KEY_SIZE);
}

void
link_rig_expect_result (LinkRig *rig, uint32_t code)
{
  uint8_t bytes[SPC_LINK_RESULT_SIZE];
  const uint8_t expected[] = {(uint8_t)code, 0, 0, 0};

  link_rig_expect (rig, bytes, sizeof bytes);
  g_assert_cmpmem (bytes, sizeof bytes, expected, sizeof expected);
}

/* the server's last bytes have been got; then it ends */
void
link_rig_expect_end (LinkRig *rig, int code)
{
  NET_RUN_UNTIL (&rig->net, link_rig_has (rig, G_MAXUINT));
  g_assert_true (rig->is_closed);
  g_assert_cmpuint (rig->got->len, ==, 0);
  spc_transport_close (rig->client);
  NET_RUN_UNTIL (&rig->net, rig->n_ended > 0);
  g_assert_cmpuint (rig->n_ended, ==, 1);
  g_assert_cmpint (rig->code, ==, code);
  g_assert_nonnull (rig->error);
  g_assert_null (rig->attached);
}

/* a block of 194 bytes with nothing but the code in it, and the end */
void
link_rig_expect_refusal (LinkRig *rig, uint32_t code)
{
  uint8_t bytes[SPC_LINK_REPLY_SIZE];
  uint8_t expected[SPC_LINK_REPLY_SIZE] = {(uint8_t)code};
  SpcLinkHeader header;

  client_expect_header (rig, &header);
  g_assert_cmpuint (header.size, ==, LINK_REFUSAL_BYTES - SPC_LINK_HEADER_SIZE);
  link_rig_expect (rig, bytes, sizeof bytes);
  g_assert_cmpmem (bytes, sizeof bytes, expected, sizeof expected);
  link_rig_expect_end (rig, (int)code);
}

/* up to and with the ticket, which holds @text and its NUL */
void
link_rig_log_in (LinkRig *rig, const uint8_t *start, gsize start_size,
                 bool mechanism, const char *text)
{
  uint8_t key[SPC_PUBLIC_KEY_SIZE], blob[SPC_TICKET_SIZE];

  link_rig_send (rig, start, start_size);
  link_rig_expect_reply (rig, key);
  link_fixture_encrypt (key, text, strlen (text) + 1, blob);
  if (mechanism)
    link_rig_send (rig, link_spice_mechanism, sizeof link_spice_mechanism);
  link_rig_send (rig, blob, sizeof blob);
}

void
link_rig_log_in_well (LinkRig *rig, const char *text)
{
  link_rig_log_in (rig, link_good_start, sizeof link_good_start, true, text);
}

void
link_rig_expect_attached (LinkRig *rig)
{
  link_rig_expect_result (rig, SPICE_LINK_ERR_OK);
  NET_RUN_UNTIL (&rig->net, rig->n_ended > 0);
  g_assert_cmpint (rig->code, ==, SPICE_LINK_ERR_OK);
  g_assert_nonnull (rig->attached);
  g_assert_cmpuint (rig->n_ended, ==, 1);
}

/* the first @n bytes of a whole good handshake */
void
link_rig_send_prefix (LinkRig *rig, gsize n)
{
  uint8_t rest[sizeof link_spice_mechanism + SPC_TICKET_SIZE] = {1};
  uint8_t key[SPC_PUBLIC_KEY_SIZE];

  link_rig_send (rig, link_good_start, MIN (n, sizeof link_good_start));
  if (n < sizeof link_good_start)
    return;
  link_rig_expect_reply (rig, key);
  link_fixture_encrypt (key, "abc123", 7, rest + sizeof link_spice_mechanism);
  link_rig_send (rig, rest, n - sizeof link_good_start);
}

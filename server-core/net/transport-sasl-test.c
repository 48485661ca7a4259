/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A peer with a security layer that wraps nothing: others have their turn
 * meanwhile, and it has an end. */
#include "net-fixture.h"
#include "sasl-fixture.h"
#include "sending.h"
#include "server-core/base/error.h"
#include "transport-sasl.h"

#include <string.h>

/* the only mechanism with a layer of its own */
#define MECHANISM "DIGEST-MD5"
/* turns of a bystander beside the peer */
#define N_TURNS 50u

/* A line whose peer says what is in @waits, and wraps nothing, again and again,
 * while @n_barren bytes of that are left; takes all that is written. */
typedef struct {
  SpcTransport parent;
  SaslClient *client;
  GByteArray *waits;
  gsize n_barren;
  guint n_reads;
  bool has_ended;
  GIOCondition wanted;
} Barren;

static gssize
barren_read (SpcTransport *transport, void *buffer, gsize size, GError **error)
{
  Barren *self = (Barren *)transport;
  gsize n;

  self->n_reads++;
  while (self->waits->len < size && self->n_barren > 0) {
    gsize before = self->waits->len;

    sasl_client_fixture_pad (self->client, self->waits);
    self->n_barren -= MIN (self->n_barren, self->waits->len - before);
  }
  n = MIN (size, self->waits->len);
  if (n == 0 && !self->has_ended) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "silence");
    return -1;
  }
  memcpy (buffer, self->waits->data, n);
  g_byte_array_remove_range (self->waits, 0, (guint)n);
  return (gssize)n;
}

static void
barren_want (SpcTransport *transport, GIOCondition conditions)
{
  ((Barren *)transport)->wanted = conditions;
}

static void
barren_close (SpcTransport *transport)
{
}

static void
barren_free (SpcTransport *transport)
{
  g_byte_array_unref (((Barren *)transport)->waits);
  g_free (transport);
}

/* a session that is agreed on, and a line within its layer */
typedef struct {
  NetFixture net;
  SaslFixture sasl;
  SaslClient *client;
  SpcSaslSession *session;
  Barren *line;
  SpcTransport *layer;
} Test;

static void
agree (Test *test)
{
  const char *answer, *said;
  unsigned n = 0;
  gsize size;
  SpcSaslProgress progress;

  said = sasl_client_fixture_start (
      test->client, spc_sasl_session_mechanisms (test->session), &n);
  progress =
      spc_sasl_session_step (test->session, MECHANISM, said, n, &answer, &size);
  while (progress == SPC_SASL_CONTINUE) {
    said = sasl_client_fixture_step (test->client, answer, (unsigned)size, &n);
    progress =
        spc_sasl_session_step (test->session, NULL, said, n, &answer, &size);
  }
  g_assert_cmpint (progress, ==, SPC_SASL_PROVEN);
  if (!sasl_client_fixture_is_done (test->client))
    sasl_client_fixture_step (test->client, answer, (unsigned)size, &n);
  g_assert_true (sasl_client_fixture_is_done (test->client));
  g_assert_true (spc_sasl_session_has_layer (test->session));
}

static void
set_up (Test *test, gsize n_barren)
{
  static const SpcTransportClass klass = {
      .read = barren_read,
      .writev = net_swallow,
      .want = barren_want,
      .close = barren_close,
      .free = barren_free,
  };
  g_autoptr (GError) error = NULL;

  net_fixture_init (&test->net);
  sasl_fixture_init (&test->sasl);
  test->session = spc_sasl_session_new (test->sasl.keep, false, &error);
  g_assert_no_error (error);
  test->client = sasl_client_fixture_new (MECHANISM, SASL_FIXTURE_USER,
                                          SASL_FIXTURE_PASSWORD, true);
  agree (test);
  test->line = g_new0 (Barren, 1);
  spc_transport_init (&test->line->parent, &klass, g_strdup ("peer:1"),
                      g_strdup ("peer"));
  test->line->client = test->client;
  test->line->waits = g_byte_array_new ();
  test->line->n_barren = n_barren;
  test->layer = spc_transport_new_sasl (test->net.loop, test->session,
                                        &test->line->parent);
}

static void
tear_down (Test *test)
{
  spc_transport_free (test->layer);
  spc_sasl_session_unref (test->session);
  sasl_client_fixture_free (test->client);
  sasl_fixture_clear (&test->sasl);
  net_fixture_clear (&test->net);
}

static gssize
read_byte (Test *test, char *byte, GError **error)
{
  return spc_transport_read (test->layer, byte, 1, error);
}

static void
expect_nothing_now (Test *test)
{
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_cmpint (read_byte (test, &byte, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

/* one read looks at a bounded part of what lies there, and is no end */
static void
test_one_read_is_bounded (void)
{
  Test test;

  set_up (&test, SPC_MAX_SASL_BARREN / 2);
  expect_nothing_now (&test);
  g_assert_cmpuint (test.line->n_reads, >, 0);
  g_assert_cmpuint (test.line->n_reads, <=, SPC_MAX_LINE_READS);
  g_assert_cmpuint (test.line->n_barren, >, 0);
  tear_down (&test);
}

typedef struct {
  Test *test;
  guint n_turns, max_reads; /* of the bystander; of the peer between two */
  guint n_reads;            /* up to the last turn */
} Bystander;

static void
on_bystander (SpcTransport *transport, GIOCondition ready, gpointer user_data)
{
  Bystander *self = user_data;
  guint n_reads = self->test->line->n_reads;
  char byte;

  g_assert_cmpint (spc_transport_read (transport, &byte, 1, NULL), ==, 1);
  if (self->n_turns > 0)
    self->max_reads = MAX (self->max_reads, n_reads - self->n_reads);
  self->n_reads = n_reads;
  self->n_turns++;
}

static void
on_layer (SpcTransport *layer, GIOCondition ready, gpointer user_data)
{
  expect_nothing_now (user_data);
}

/* as a socket that has more: once a turn of the loop */
static gboolean
tell_line (gpointer user_data)
{
  Barren *line = user_data;

  if (line->wanted & G_IO_IN)
    spc_transport_notify (&line->parent, G_IO_IN);
  return G_SOURCE_CONTINUE;
}

static void
test_others_have_their_turn (void)
{
  Test test;
  Bystander bystander = {&test};
  SpcTransport *near, *far;
  GSource *source = g_idle_source_new ();

  set_up (&test, SPC_MAX_SASL_BARREN / 2);
  spc_transport_new_pair (test.net.loop, N_TURNS, &near, &far);
  spc_transport_set_func (near, on_bystander, &bystander);
  spc_transport_want (near, G_IO_IN);
  for (guint i = 0; i < N_TURNS; i++)
    g_assert_cmpint (net_write (far, "x", 1, NULL), ==, 1);
  spc_transport_set_func (test.layer, on_layer, &test);
  spc_transport_want (test.layer, G_IO_IN);
  g_source_set_callback (source, tell_line, test.line, NULL);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_attach (source, test.net.context);
  NET_RUN_UNTIL (&test.net, bystander.n_turns == N_TURNS);
  g_assert_cmpuint (bystander.max_reads, >, 0);
  g_assert_cmpuint (bystander.max_reads, <=, SPC_MAX_LINE_READS);
  g_source_destroy (source);
  g_source_unref (source);
  spc_transport_free (near);
  spc_transport_free (far);
  tear_down (&test);
}

/* what comes after it is read, byte for byte, and so is the end */
static void
test_padding_is_no_harm (void)
{
  static const char words[] = "words";
  Test test;
  char byte;

  set_up (&test, SPC_MAX_SASL_BARREN / 2);
  while (test.line->n_barren > 0)
    expect_nothing_now (&test);
  sasl_client_fixture_encode (test.client, words, strlen (words),
                              test.line->waits);
  for (gsize i = 0; i < strlen (words); i++) {
    while (read_byte (&test, &byte, NULL) != 1)
      g_assert_cmpuint (test.line->waits->len, >, 0);
    g_assert_cmpint (byte, ==, words[i]);
  }
  test.line->n_barren = SPC_MAX_SASL_BARREN / 2; /* counted from here again */
  while (test.line->n_barren > 0)
    expect_nothing_now (&test);
  test.line->has_ended = true;
  g_assert_cmpint (read_byte (&test, &byte, NULL), ==, 0);
  tear_down (&test);
}

/* who never comes to an end with nothing is ended, and its line not read on */
static void
test_endless_padding_ends (void)
{
  Test test;
  char byte;
  gssize n;
  GError *error = NULL;

  set_up (&test, 2 * SPC_MAX_SASL_BARREN);
  while ((n = read_byte (&test, &byte, &error)) < 0 &&
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
    g_assert_cmpuint (test.line->n_barren, >, 0);
    g_clear_error (&error);
  }
  g_assert_cmpint (n, ==, -1);
  g_assert_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL);
  g_clear_error (&error);
  test.line->n_reads = 0;
  g_assert_cmpint (read_byte (&test, &byte, &error), ==, -1);
  g_assert_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL);
  g_assert_cmpuint (test.line->n_reads, ==, 0);
  g_clear_error (&error);
  tear_down (&test);
}

static void
on_words (SpcTransport *layer, GIOCondition ready, gpointer user_data)
{
  GString *got = user_data;
  char bytes[8];
  gssize n = spc_transport_read (layer, bytes, sizeof bytes, NULL);

  if (n > 0)
    g_string_append_len (got, bytes, n);
}

/* of which the line does not tell by itself */
static void
test_bytes_given_back_are_told (void)
{
  static const char words[] = "words";
  g_autoptr (GByteArray) packet = g_byte_array_new ();
  g_autoptr (GString) got = g_string_new (NULL);
  Test test;

  set_up (&test, 0);
  sasl_client_fixture_encode (test.client, words, strlen (words), packet);
  spc_transport_unread (&test.line->parent, packet->data, packet->len);
  spc_transport_set_func (test.layer, on_words, got);
  spc_transport_want (test.layer, G_IO_IN);
  NET_RUN_UNTIL (&test.net, g_str_equal (got->str, words));
  spc_transport_want (test.layer, 0);
  tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport-sasl/one-read-is-bounded",
                   test_one_read_is_bounded);
  g_test_add_func ("/transport-sasl/others-have-their-turn",
                   test_others_have_their_turn);
  g_test_add_func ("/transport-sasl/padding-is-no-harm",
                   test_padding_is_no_harm);
  g_test_add_func ("/transport-sasl/endless-padding-ends",
                   test_endless_padding_ends);
  g_test_add_func ("/transport-sasl/bytes-given-back-are-told",
                   test_bytes_given_back_are_told);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the cutting of bytes into messages: what input.h promises. */
#include "input.h"

#include "qxl/bytes.h"
#include "server-core/base/error.h"
#include "server-core/net/net-fixture.h"

/* types the test's rule knows: up to this many bytes each */
#define LONGEST 6000u
#define LAST_TYPE 9u
#define STOP_TYPE 7u /* its message is refused */

typedef struct {
  NetFixture net;
  SpcTransport *near, *far; /* ours, the peer's */
  SpcInput input;
  GString *seen;       /* "type:size:checksum " each */
  uint32_t asked_size; /* the last one the rule was asked about */
  guint n_asked;
  uint64_t n_bytes;
} Fixture;

static void
fixture_init (Fixture *self, bool mini_header)
{
  *self = (Fixture){.seen = g_string_new (NULL)};
  net_fixture_init (&self->net);
  spc_transport_new_pair (self->net.loop, 1 << 20, &self->near, &self->far);
  spc_input_init (&self->input, mini_header);
}

static void
fixture_clear (Fixture *self)
{
  spc_input_clear (&self->input);
  spc_transport_free (self->near);
  spc_transport_free (self->far);
  net_fixture_clear (&self->net);
  g_string_free (self->seen, TRUE);
}

static void
append_message (GByteArray *to, bool mini_header, uint16_t type, uint32_t size,
                uint32_t n_body)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) bytes = NULL;

  if (!mini_header)
    qxl_writer_u64 (writer, 1);
  qxl_writer_u16 (writer, type);
  qxl_writer_u32 (writer, size);
  if (!mini_header)
    qxl_writer_u32 (writer, 0);
  for (uint32_t i = 0; i < n_body; i++)
    qxl_writer_u8 (writer, (uint8_t)(i + type));
  bytes = qxl_writer_steal (writer);
  g_byte_array_append (to, g_bytes_get_data (bytes, NULL),
                       (guint)g_bytes_get_size (bytes));
}

static void
note (GString *seen, uint16_t type, const uint8_t *body, uint32_t size)
{
  guint sum = 0;

  for (uint32_t i = 0; i < size; i++)
    sum = sum * 31 + body[i];
  g_string_append_printf (seen, "%u:%u:%u ", type, size, sum);
}

static bool
accepts (uint16_t type, uint32_t size, gpointer user_data, GError **error)
{
  Fixture *self = user_data;

  self->asked_size = size;
  self->n_asked++;
  if (type <= LAST_TYPE && size <= LONGEST)
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL, "type %u of %u bytes",
               type, size);
  return false;
}

static bool
message (uint16_t type, const uint8_t *body, uint32_t size, gpointer user_data,
         GError **error)
{
  Fixture *self = user_data;

  note (self->seen, type, body, size);
  return type != STOP_TYPE;
}

static const SpcInputRules rules = {.accepts = accepts, .message = message};

static bool
read_once (Fixture *self, GError **error)
{
  return spc_input_read (&self->input, self->near, &rules, self, &self->n_bytes,
                         error);
}

static void
feed (Fixture *self, const void *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  uint64_t before;

  if (size == 0)
    return;
  g_assert_cmpint (net_write (self->far, data, size, &error), ==, size);
  do {
    before = self->n_bytes;
    g_assert_true (read_once (self, &error));
    g_assert_no_error (error);
  } while (before != self->n_bytes);
}

/* three messages, the middle one empty */
static GByteArray *
conversation (bool mini_header)
{
  GByteArray *bytes = g_byte_array_new ();

  append_message (bytes, mini_header, 3, 12, 12);
  append_message (bytes, mini_header, 2, 0, 0);
  append_message (bytes, mini_header, 1, 5, 5);
  return bytes;
}

static void
test_every_cut (gconstpointer user_data)
{
  bool mini_header = GPOINTER_TO_INT (user_data);
  g_autoptr (GByteArray) bytes = conversation (mini_header);
  g_autofree char *whole = NULL;

  for (guint cut = 0; cut <= bytes->len; cut++) {
    Fixture fixture;

    fixture_init (&fixture, mini_header);
    feed (&fixture, bytes->data, cut);
    feed (&fixture, bytes->data + cut, bytes->len - cut);
    g_assert_cmpuint (fixture.n_asked, ==, 3);
    g_assert_cmpuint (fixture.n_bytes, ==, bytes->len);
    if (whole == NULL)
      whole = g_strdup (fixture.seen->str);
    g_assert_true (g_str_has_prefix (whole, "3:12:"));
    g_assert_cmpstr (fixture.seen->str, ==, whole);
    fixture_clear (&fixture);
  }
}

static void
test_byte_by_byte (gconstpointer user_data)
{
  bool mini_header = GPOINTER_TO_INT (user_data);
  g_autoptr (GByteArray) bytes = conversation (mini_header);
  Fixture together, single;

  fixture_init (&together, mini_header);
  fixture_init (&single, mini_header);
  feed (&together, bytes->data, bytes->len);
  for (guint i = 0; i < bytes->len; i++)
    feed (&single, bytes->data + i, 1);
  g_assert_cmpstr (single.seen->str, ==, together.seen->str);
  g_assert_cmpuint (together.seen->len, >, 10);
  fixture_clear (&together);
  fixture_clear (&single);
}

/* large bodies come in several reads, and their memory is not kept */
static void
test_large_body (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GString) expected = g_string_new (NULL);
  Fixture fixture;

  fixture_init (&fixture, true);
  for (guint i = 0; i < 20; i++) {
    guint start = bytes->len + 6;

    append_message (bytes, true, 4, LONGEST, LONGEST);
    note (expected, 4, bytes->data + start, LONGEST);
  }
  feed (&fixture, bytes->data, bytes->len);
  g_assert_cmpstr (fixture.seen->str, ==, expected->str);
  g_assert_cmpuint (fixture.input.body->len, ==, 0);
  fixture_clear (&fixture);
}

typedef struct {
  uint16_t type;
  uint32_t size;
} Refused;

/* by the header alone: no body is there, none is waited or allocated for */
static void
test_refused (gconstpointer user_data)
{
  static const Refused table[] = {
      {1, LONGEST + 1},   {1, G_MAXINT32},      {1, G_MAXINT32 + 1u},
      {1, G_MAXUINT32},   {LAST_TYPE + 1, 0},   {LAST_TYPE + 1, 10},
      {G_MAXUINT16, 100}, {0x100, G_MAXUINT32},
  };
  bool mini_header = GPOINTER_TO_INT (user_data);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_autoptr (GError) error = NULL;
    Fixture fixture;

    fixture_init (&fixture, mini_header);
    append_message (bytes, mini_header, table[i].type, table[i].size, 0);
    net_write (fixture.far, bytes->data, bytes->len, NULL);
    g_assert_false (read_once (&fixture, &error));
    g_assert_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL);
    g_assert_cmpuint (fixture.asked_size, ==, table[i].size);
    g_assert_cmpuint (fixture.input.body->len, ==, 0);
    g_assert_cmpstr (fixture.seen->str, ==, "");
    fixture_clear (&fixture);
  }
}

static void
test_handler_refuses (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  Fixture fixture;

  fixture_init (&fixture, true);
  append_message (bytes, true, STOP_TYPE, 0, 0);
  append_message (bytes, true, 1, 0, 0);
  net_write (fixture.far, bytes->data, bytes->len, NULL);
  g_assert_false (read_once (&fixture, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (fixture.seen->str, ==, "7:0:0 ");
  fixture_clear (&fixture);
}

static void
test_nothing_there (void)
{
  g_autoptr (GError) error = NULL;
  Fixture fixture;

  fixture_init (&fixture, true);
  g_assert_true (read_once (&fixture, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fixture.n_bytes, ==, 0);
  fixture_clear (&fixture);
}

/* in every place of a message */
static void
test_peer_closes (void)
{
  g_autoptr (GByteArray) bytes = conversation (true);

  for (guint cut = 0; cut <= bytes->len; cut++) {
    g_autoptr (GError) error = NULL;
    Fixture fixture;

    fixture_init (&fixture, true);
    feed (&fixture, bytes->data, cut);
    spc_transport_shutdown (fixture.far);
    g_assert_false (read_once (&fixture, &error));
    g_assert_error (error, SPC_ERROR, SPC_ERROR_CLOSED);
    fixture_clear (&fixture);
  }
}

int
main (int argc, char **argv)
{
  gconstpointer mini = GINT_TO_POINTER (1), full = NULL;

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/input/cut-anywhere/short-header", mini,
                        test_every_cut);
  g_test_add_data_func ("/input/cut-anywhere/long-header", full,
                        test_every_cut);
  g_test_add_data_func ("/input/byte-by-byte/short-header", mini,
                        test_byte_by_byte);
  g_test_add_data_func ("/input/byte-by-byte/long-header", full,
                        test_byte_by_byte);
  g_test_add_func ("/input/large-bodies-come-in-several-reads",
                   test_large_body);
  g_test_add_data_func ("/input/refused-by-the-header/short", mini,
                        test_refused);
  g_test_add_data_func ("/input/refused-by-the-header/long", full,
                        test_refused);
  g_test_add_func ("/input/a-refused-message-ends-the-reading",
                   test_handler_refuses);
  g_test_add_func ("/input/nothing-to-read-is-no-error", test_nothing_there);
  g_test_add_func ("/input/a-peer-that-closes-is-told-so", test_peer_closes);
  return g_test_run ();
}

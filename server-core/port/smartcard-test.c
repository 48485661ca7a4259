/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Readers against docs/wire.md and docs/hardening.md. */
#include "smartcard.h"

#include "server-core/base/limits.h"

#include <string.h>

typedef struct {
  SpcSmartcard card;
  QxlWriter *device, *client; /* what the two have got */
} Test;

static void
set_up (Test *test, gconstpointer data)
{
  spc_smartcard_init (&test->card);
  test->device = qxl_writer_new ();
  test->client = qxl_writer_new ();
}

static void
tear_down (Test *test, gconstpointer data)
{
  spc_smartcard_clear (&test->card);
  qxl_writer_free (test->device);
  qxl_writer_free (test->client);
}

/* "TYPE READER LENGTH …" of all messages written since the last call */
static char *
take_messages (QxlWriter *writer, bool is_device)
{
  g_autoptr (GBytes) bytes = qxl_writer_steal (writer);
  GString *text = g_string_new (NULL);
  QxlReader reader;
  gsize size;
  const uint8_t *data = g_bytes_get_data (bytes, &size);

  qxl_reader_init (&reader, data, size);
  while (qxl_reader_left (&reader) > 0) {
    uint32_t words[3];

    for (guint i = 0; i < 3; i++) {
      words[i] = qxl_reader_u32 (&reader);
      if (is_device)
        words[i] = GUINT32_SWAP_LE_BE (words[i]);
    }
    g_string_append_printf (text, "%u %d %u", words[0], (int)words[1],
                            words[2]);
    if (words[0] == SPC_VSC_ERROR && !is_device && words[2] == 4) {
      g_string_append_printf (text, ":%u", qxl_reader_u32 (&reader));
      words[2] = 0;
    }
    qxl_reader_bytes (&reader, words[2]);
    g_string_append_c (text, ';');
  }
  g_assert_true (qxl_reader_finish (&reader, "test", NULL));
  return g_string_free (text, FALSE);
}

static void
expect (QxlWriter *writer, bool is_device, const char *expected)
{
  g_autofree char *got = take_messages (writer, is_device);

  g_assert_cmpstr (got, ==, expected);
}

static void
from_client (Test *test, uint32_t type, uint32_t reader, const char *body)
{
  uint32_t length = (uint32_t)strlen (body);
  const SpcVscMessage message = {
      .header = {type, reader, length},
      .body = {.data = (const uint8_t *)body, .size = length},
  };

  g_assert_true (spc_smartcard_from_client (&test->card, &message, test->device,
                                            test->client, NULL));
}

static void
to_client (GBytes *body, gpointer user_data)
{
  qxl_writer_ref (((Test *)user_data)->client, body);
}

static bool
from_device (Test *test, const void *data, gsize size)
{
  return spc_smartcard_from_device (&test->card, data, size, to_client, test);
}

/* an Error message, even of success */
static void
answer (Test *test, uint8_t reader, uint8_t code)
{
  const uint8_t data[16] = {
      [3] = SPC_VSC_ERROR, [7] = reader, [11] = 4, [15] = code};

  g_assert_true (from_device (test, data, sizeof data));
}

static void
add_reader (Test *test, uint8_t id)
{
  g_autofree char *device = g_strdup_printf ("3 %u 0;", id);
  g_autofree char *client = g_strdup_printf ("2 %u 4:0;", id);

  from_client (test, SPC_VSC_READER_ADD, SPC_VSC_NO_READER, "a name");
  expect (test->device, true, device);
  answer (test, id, SPC_VSC_SUCCESS);
  expect (test->client, false, client);
}

static void
test_the_server_numbers_readers (Test *test, gconstpointer data)
{
  for (uint8_t id = 0; id < SPC_MAX_READERS; id++)
    add_reader (test, id);
  from_client (test, SPC_VSC_READER_ADD, SPC_VSC_NO_READER, "one too many");
  expect (test->device, true, "");
  expect (test->client, false, "2 -1 4:2;");
}

static void
test_messages_pass_for_known_readers (Test *test, gconstpointer data)
{
  add_reader (test, 0);
  from_client (test, SPC_VSC_ATR, 0, "atr");
  from_client (test, SPC_VSC_APDU, 0, "apdu");
  from_client (test, SPC_VSC_CARD_REMOVE, 0, "");
  expect (test->device, true, "5 0 3;7 0 4;6 0 0;");
  expect (test->client, false, "");
}

/* hardening list: reader id 0xffffffff and unknown ids */
static void
test_unknown_readers_are_answered (Test *test, gconstpointer data)
{
  static const uint32_t ids[] = {1, 9, 10, 31, 32, 0x80000000u, UINT32_MAX};

  add_reader (test, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autofree char *answered = g_strdup_printf ("2 %d 4:1;", (int)ids[i]);

    from_client (test, SPC_VSC_APDU, ids[i], "x");
    expect (test->client, false, answered);
    from_client (test, SPC_VSC_READER_REMOVE, ids[i], "");
    expect (test->client, false, answered);
  }
  expect (test->device, true, "");
}

static void
test_init_and_unknown_types_are_ignored (Test *test, gconstpointer data)
{
  static const uint32_t types[] = {
      0, SPC_VSC_INIT, SPC_VSC_FLUSH, SPC_VSC_FLUSH_COMPLETE, 10, UINT32_MAX};

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    from_client (test, types[i], 0, "x");
  expect (test->device, true, "");
  expect (test->client, false, "");
}

static void
test_a_removed_reader_is_free_when_confirmed (Test *test, gconstpointer data)
{
  add_reader (test, 0);
  from_client (test, SPC_VSC_READER_REMOVE, 0, "");
  expect (test->device, true, "4 0 0;");
  answer (test, 0, SPC_VSC_SUCCESS);
  expect (test->client, false, "2 0 4:0;");
  add_reader (test, 0);
}

static void
test_a_refused_reader_is_free (Test *test, gconstpointer data)
{
  from_client (test, SPC_VSC_READER_ADD, SPC_VSC_NO_READER, "");
  expect (test->device, true, "3 0 0;");
  answer (test, 0, SPC_VSC_GENERAL_ERROR);
  expect (test->client, false, "2 -1 4:1;");
  add_reader (test, 0);
}

static void
test_leaving_takes_readers_away (Test *test, gconstpointer data)
{
  add_reader (test, 0);
  add_reader (test, 1);
  spc_smartcard_leave (&test->card, test->device);
  expect (test->device, true, "4 0 0;4 1 0;");
  spc_smartcard_leave (&test->card, test->device);
  expect (test->device, true, "");
}

/* a device that numbers its only reader itself, in pieces of any size */
static void
test_a_device_s_stream_is_cut (Test *test, gconstpointer data)
{
  static const uint8_t apdu[] = {0, 0, 0, 7, 0, 0, 0, 42, 0, 0, 0, 2, 'o', 'k'};

  add_reader (test, 0);
  for (gsize piece = 1; piece <= sizeof apdu; piece++) {
    for (gsize at = 0; at < sizeof apdu; at += piece)
      g_assert_true (
          from_device (test, apdu + at, MIN (piece, sizeof apdu - at)));
    expect (test->client, false, "7 0 2;");
  }
}

/* Thousands in one block, the last of them cut off: each comes, none twice. */
static void
test_a_block_of_many_messages (Test *test, gconstpointer data)
{
  const guint n = 5000, n_sent = n * (SPC_VSC_HEADER_SIZE + 1);
  g_autoptr (GByteArray) block = g_byte_array_new ();
  GString *expected = g_string_new (NULL);
  g_autofree char *all = NULL;

  add_reader (test, 0);
  for (guint i = 0; i <= n; i++) {
    const uint8_t apdu[SPC_VSC_HEADER_SIZE + 1] = {
        [3] = SPC_VSC_APDU, [11] = 1, [12] = (uint8_t)i};

    g_byte_array_append (block, apdu, sizeof apdu);
    if (i < n)
      g_string_append (expected, "7 0 1;");
  }
  all = g_string_free (expected, FALSE);
  g_assert_true (from_device (test, block->data, n_sent + 5));
  expect (test->client, false, all);
  g_assert_cmpuint (test->card.rest->len, ==, 5);
  g_assert_true (
      from_device (test, block->data + n_sent + 5, block->len - n_sent - 5));
  expect (test->client, false, "7 0 1;");
  g_assert_cmpuint (test->card.rest->len, ==, 0);
}

static void
test_a_device_without_bounds_is_lost (Test *test, gconstpointer data)
{
  static const uint8_t large[] = {0, 0, 0, 7, 0, 0, 0, 0, 0, 1, 0, 1};

  add_reader (test, 0);
  g_assert_false (from_device (test, large, sizeof large));
  g_assert_false (from_device (test, large, sizeof large));
  expect (test->client, false, "");
  spc_smartcard_reset_device (&test->card);
  from_client (test, SPC_VSC_ATR, 0, "");
  answer (test, 0, SPC_VSC_SUCCESS);
  expect (test->client, false, "2 0 4:0;");
}

/* hardening list: a body longer than the message */
static void
test_lengths_are_checked (Test *test, gconstpointer data)
{
  static const uint8_t body[8];
  static const uint32_t lengths[] = {9, 65537, 0x80000000u, UINT32_MAX};

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++) {
    const SpcVscMessage message = {
        .header = {SPC_VSC_READER_ADD, 0, lengths[i]},
        .body = {.data = body, .size = sizeof body},
    };
    g_autoptr (GError) error = NULL;

    g_assert_false (spc_smartcard_from_client (
        &test->card, &message, test->device, test->client, &error));
    g_assert_nonnull (error);
    g_assert_false (
        spc_smartcard_refuse (&test->card, &message, test->client, NULL));
  }
}

int
main (int argc, char **argv)
{
#define ADD(path, func)                                                        \
  g_test_add ("/smartcard/" path, Test, NULL, set_up, func, tear_down)
#define ADD_HARD(path, func)                                                   \
  g_test_add ("/hardening/smartcard/" path, Test, NULL, set_up, func, tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("numbers", test_the_server_numbers_readers);
  ADD ("messages", test_messages_pass_for_known_readers);
  ADD_HARD ("unknown-readers", test_unknown_readers_are_answered);
  ADD ("ignored", test_init_and_unknown_types_are_ignored);
  ADD ("removed", test_a_removed_reader_is_free_when_confirmed);
  ADD ("refused", test_a_refused_reader_is_free);
  ADD ("leaving", test_leaving_takes_readers_away);
  ADD ("device/pieces", test_a_device_s_stream_is_cut);
  ADD ("device/many", test_a_block_of_many_messages);
  ADD ("device/lost", test_a_device_without_bounds_is_lost);
  ADD_HARD ("lengths", test_lengths_are_checked);
  return g_test_run ();
}

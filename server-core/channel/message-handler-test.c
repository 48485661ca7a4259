/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the tables of messages: what message-handler.h promises. */
#include "message-handler.h"

#include "server-core/base/error.h"
#include "server-core/wire/messages-common.h"

typedef struct {
  guint32 generation; /* of the last ACK_SYNC */
  size_t tail_size;   /* of the last message without a layout */
  guint n_calls;
} Peer;

#define PEER(connection) ((Peer *)(gpointer)(connection))

static bool
take_struct (SpcConnection *connection, const void *message, GError **error)
{
  const SpcAckSync *sync = message;

  PEER (connection)->generation = sync->generation;
  PEER (connection)->n_calls++;
  return true;
}

static bool
take_tail (SpcConnection *connection, const void *message, GError **error)
{
  const QxlTail *tail = message;

  PEER (connection)->tail_size = tail->size;
  PEER (connection)->n_calls++;
  return true;
}

static bool
refuse (SpcConnection *connection, const void *message, GError **error)
{
  g_set_error (error, SPC_ERROR, SPC_ERROR_LIMIT, "too much");
  return false;
}

static const SpcMessageHandler handlers[] = {
    {1, 4, 6, spc_ack_sync_fields, sizeof (SpcAckSync), take_struct},
    {7, 0, 3, NULL, 0, take_tail},
    {9, 0, 0, NULL, 0, refuse},
};

static const SpcMessageHandler *
find (uint16_t type)
{
  return spc_message_handler_find (handlers, G_N_ELEMENTS (handlers), type);
}

static void
test_find (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_assert_true (find (handlers[i].type) == &handlers[i]);
  g_assert_null (find (0));
  g_assert_null (find (8));
  g_assert_null (spc_message_handler_find (NULL, 0, 1));
}

static void
test_sizes (void)
{
  static const struct {
    uint16_t type;
    uint32_t size;
    bool is_accepted;
  } cases[] = {
      {1, 3, false}, {1, 4, true},  {1, 6, true},
      {1, 7, false}, {7, 0, true},  {7, G_MAXUINT32, false},
      {8, 0, false}, {0, 4, false},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("message %u of %u bytes", cases[i].type, cases[i].size);
    g_assert_cmpint (spc_message_handler_accepts (find (cases[i].type),
                                                  cases[i].type, cases[i].size,
                                                  &error),
                     ==, cases[i].is_accepted);
    if (cases[i].is_accepted)
      g_assert_no_error (error);
    else
      g_assert_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL);
  }
}

static void
test_call (void)
{
  const uint8_t body[] = {0x78, 0x56, 0x34, 0x12};
  Peer peer = {0};
  SpcConnection *connection = (gpointer)&peer;

  g_assert_true (
      spc_message_handler_call (find (1), connection, body, 4, NULL));
  g_assert_cmphex (peer.generation, ==, 0x12345678);
  g_assert_true (
      spc_message_handler_call (find (7), connection, body, 3, NULL));
  g_assert_cmpuint (peer.tail_size, ==, 3);
  g_assert_cmpuint (peer.n_calls, ==, 2);
}

static void
test_too_short (void)
{
  const uint8_t body[3] = {0};

  for (uint32_t size = 0; size <= sizeof body; size++) {
    g_autoptr (GError) error = NULL;
    Peer peer = {0};

    g_assert_false (spc_message_handler_call (find (1), (gpointer)&peer, body,
                                              size, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    g_assert_cmpuint (peer.n_calls, ==, 0);
  }
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  Peer peer = {0};

  g_assert_false (
      spc_message_handler_call (find (9), (gpointer)&peer, NULL, 0, &error));
  g_assert_error (error, SPC_ERROR, SPC_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message-handler/rows-are-found-by-type", test_find);
  g_test_add_func ("/message-handler/only-listed-sizes-are-accepted",
                   test_sizes);
  g_test_add_func ("/message-handler/bodies-are-read-and-handed-over",
                   test_call);
  g_test_add_func ("/message-handler/short-ones-are-not-handed-over",
                   test_too_short);
  g_test_add_func ("/message-handler/a-handler-may-refuse", test_refused);
  return g_test_run ();
}

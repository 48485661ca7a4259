/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Layouts of link and common messages against captured bytes (spec: worked
 * example). */
#include "messages-common.h"
#include "messages-link.h"

#include <assert.h>
#include <string.h>

static_assert (SPC_LINK_HEADER_SIZE + SPC_LINK_REPLY_SIZE == 194,
               "what a refusal has on the wire");
static_assert (SPC_LINK_MESS_SIZE == SPC_MIN_LINK_SIZE,
               "the shortest link message has no capability words");

/* writes @object, compares with @golden, reads it back and writes it again */
static void
check_round_trip (const QxlField *fields, const void *object, gsize object_size,
                  const uint8_t *golden, gsize golden_size)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) written = NULL, rewritten = NULL;
  g_autofree void *copy = g_malloc0 (object_size);
  QxlReader reader;

  qxl_fields_write (fields, object, writer);
  written = qxl_writer_steal (writer);
  g_assert_cmpmem (g_bytes_get_data (written, NULL), g_bytes_get_size (written),
                   golden, golden_size);

  qxl_reader_init (&reader, golden, golden_size);
  qxl_fields_read (fields, copy, &reader);
  g_assert_false (reader.failed);
  g_assert_cmpuint (qxl_reader_left (&reader), ==, 0);
  qxl_fields_write (fields, copy, writer);
  rewritten = qxl_writer_steal (writer);
  g_assert_true (g_bytes_equal (written, rewritten));
}

/* every prefix shorter than the smallest message fails and reads as zero */
static void
check_truncation (const QxlField *fields, gsize object_size,
                  const uint8_t *golden)
{
  gsize min_size = qxl_fields_min_size (fields);

  for (gsize size = 0; size < min_size; size++) {
    g_autofree uint8_t *prefix = g_memdup2 (golden, size);
    g_autofree void *object = g_malloc0 (object_size);
    QxlReader reader;

    qxl_reader_init (&reader, prefix, size);
    qxl_fields_read (fields, object, &reader);
    g_assert_true (reader.failed);
  }
}

#define CHECK(fields, object, ...)                                             \
  G_STMT_START                                                                 \
  {                                                                            \
    static const uint8_t golden[] = {__VA_ARGS__};                             \
    check_round_trip (fields, &(object), sizeof (object), golden,              \
                      sizeof golden);                                          \
    check_truncation (fields, sizeof (object), golden);                        \
  }                                                                            \
  G_STMT_END

static void
test_link_header (void)
{
  SpcLinkHeader header = {SPC_LINK_MAGIC, 2, 2, 26};

  g_assert_cmpuint (qxl_fields_min_size (spc_link_header_fields), ==,
                    SPC_LINK_HEADER_SIZE);
  CHECK (spc_link_header_fields, header, 0x52, 0x45, 0x44, 0x51, 2, 0, 0, 0, 2,
         0, 0, 0, 0x1a, 0, 0, 0);
}

static void
test_link_mess (void)
{
  SpcLinkMess mess = {.connection_id = 0,
                      .channel_type = SPICE_CHANNEL_MAIN,
                      .num_common_caps = 1,
                      .num_channel_caps = 1,
                      .caps_offset = SPC_LINK_MESS_SIZE};

  g_assert_cmpuint (qxl_fields_min_size (spc_link_mess_fields), ==,
                    SPC_LINK_MESS_SIZE);
  CHECK (spc_link_mess_fields, mess, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0,
         0x12, 0, 0, 0);
}

static void
test_link_reply (void)
{
  SpcLinkReply reply = {.num_common_caps = 1,
                        .num_channel_caps = 1,
                        .caps_offset = SPC_LINK_REPLY_SIZE};
  uint8_t golden[SPC_LINK_REPLY_SIZE] = {0};
  static const uint8_t tail[] = {1, 0, 0, 0, 1, 0, 0, 0, 0xb2, 0, 0, 0};

  memset (reply.public_key, 0x5a, sizeof reply.public_key);
  memset (golden + 4, 0x5a, SPC_PUBLIC_KEY_SIZE);
  memcpy (golden + 166, tail, sizeof tail);
  check_round_trip (spc_link_reply_fields, &reply, sizeof reply, golden,
                    sizeof golden);
  check_truncation (spc_link_reply_fields, sizeof reply, golden);
}

static void
test_link_words (void)
{
  SpcLinkMechanism mechanism = {SPICE_COMMON_CAP_AUTH_SPICE};
  SpcLinkResult result = {SPICE_LINK_ERR_PERMISSION_DENIED};

  g_assert_cmpuint (qxl_fields_min_size (spc_link_mechanism_fields), ==,
                    SPC_LINK_MECHANISM_SIZE);
  g_assert_cmpuint (qxl_fields_min_size (spc_link_result_fields), ==,
                    SPC_LINK_RESULT_SIZE);
  CHECK (spc_link_mechanism_fields, mechanism, 1, 0, 0, 0);
  CHECK (spc_link_result_fields, result, 7, 0, 0, 0);
}

static void
test_acks (void)
{
  SpcSetAck set_ack = {1, 20};
  SpcAckSync ack_sync = {1};

  CHECK (spc_set_ack_fields, set_ack, 1, 0, 0, 0, 0x14, 0, 0, 0);
  CHECK (spc_ack_sync_fields, ack_sync, 1, 0, 0, 0);
}

static void
test_ping (void)
{
  SpcPing ping = {1, 0x44d33c4c};

  CHECK (spc_ping_fields, ping, 1, 0, 0, 0, 0x4c, 0x3c, 0xd3, 0x44, 0, 0, 0, 0);
}

static void
test_disconnecting (void)
{
  SpcDisconnecting bye = {0x0102030405060708, SPICE_LINK_ERR_ERROR};

  CHECK (spc_disconnecting_fields, bye, 8, 7, 6, 5, 4, 3, 2, 1, 1, 0, 0, 0);
}

static void
test_notify (void)
{
  static const uint8_t text[] = "keyboard channel is insecure";
  SpcNotify notify = {.timestamp = 0x10cdc0c7c0c,
                      .severity = SPICE_NOTIFY_SEVERITY_WARN,
                      .visibility = SPICE_NOTIFY_VISIBILITY_HIGH,
                      .length = sizeof text - 1,
                      .text = {text, sizeof text}};

  CHECK (spc_notify_fields, notify, 0x0c, 0x7c, 0x0c, 0xdc, 0x0c, 1, 0, 0, 1, 0,
         0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x1c, 0, 0, 0, 'k', 'e', 'y', 'b', 'o',
         'a', 'r', 'd', ' ', 'c', 'h', 'a', 'n', 'n', 'e', 'l', ' ', 'i', 's',
         ' ', 'i', 'n', 's', 'e', 'c', 'u', 'r', 'e', 0);
}

static void
test_wait_for_channels (void)
{
  SpcWaitForChannels wait = {.count = 2,
                             .channels = {{SPICE_CHANNEL_DISPLAY, 1, 0x1234},
                                          {SPICE_CHANNEL_CURSOR, 0, 7}}};
  static const uint8_t too_many[1 + 17 * 10] = {17};
  QxlReader reader;

  CHECK (spc_wait_for_channels_fields, wait, 2, 2, 1, 0x34, 0x12, 0, 0, 0, 0, 0,
         0, 4, 0, 7, 0, 0, 0, 0, 0, 0, 0);

  qxl_reader_init (&reader, too_many, sizeof too_many);
  qxl_fields_read (spc_wait_for_channels_fields, &wait, &reader);
  g_assert_true (reader.failed);
  g_assert_cmpuint (wait.count, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/messages/link-header-as-captured", test_link_header);
  g_test_add_func ("/messages/link-message-as-captured", test_link_mess);
  g_test_add_func ("/messages/link-reply-is-178-bytes", test_link_reply);
  g_test_add_func ("/messages/link-words-are-bare", test_link_words);
  g_test_add_func ("/messages/acks-as-captured", test_acks);
  g_test_add_func ("/messages/ping-as-captured", test_ping);
  g_test_add_func ("/messages/disconnecting-is-12-bytes", test_disconnecting);
  g_test_add_func ("/messages/notify-as-captured", test_notify);
  g_test_add_func ("/messages/wait-for-channels-is-bounded",
                   test_wait_for_channels);
  return g_test_run ();
}

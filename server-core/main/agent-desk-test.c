/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of whose wish for the desktop counts, and how often it is told. */
#include "agent-desk.h"

#include "qxl/bytes.h"
#include "server-core/channel/client.h"
#include "tests/session.h"

#include <spice/vd_agent.h>
#include <string.h>

typedef struct {
  Session session;
  SpcDesk *desk;
  uint32_t ids[8]; /* of viewers, in the order they joined */
  guint n_viewers;
  GString *told; /* "1: 0.0 640x480; looks 2 16; …", viewers by order */
  guint n_told;  /* wishes for monitors */
} Fixture;

static guint
order_of (const Fixture *self, uint32_t id)
{
  for (guint i = 0; i < self->n_viewers; i++)
    if (self->ids[i] == id)
      return i + 1;
  g_error ("nobody has the id %u", id);
}

static void
on_monitors (uint32_t client_id, const SpcMonitors *monitors,
             gpointer user_data)
{
  Fixture *self = user_data;

  self->n_told++;
  g_string_append_printf (self->told, "%u:", order_of (self, client_id));
  for (uint32_t i = 0; i < monitors->n; i++)
    g_string_append_printf (self->told, " %u.%u %ux%u",
                            monitors->items[i].display, monitors->items[i].head,
                            monitors->items[i].width,
                            monitors->items[i].height);
  g_string_append (self->told, "; ");
}

static void
on_looks (uint32_t client_id, const SpcDisplayWish *wish, gpointer user_data)
{
  Fixture *self = user_data;

  g_string_append_printf (self->told, "looks %u %u; ",
                          order_of (self, client_id), wish->depth);
}

static void
on_volume (uint32_t client_id, const SpcVolumeWish *wish, gpointer user_data)
{
  Fixture *self = user_data;

  g_string_append_printf (
      self->told, "%s %u %u %u; ", wish->is_record ? "record" : "playback",
      order_of (self, client_id), wish->mute, wish->loudest);
}

static const SpcDeskHost host = {
    .monitors = on_monitors,
    .looks = on_looks,
    .volume = on_volume,
};

static void
fixture_init (Fixture *self)
{
  *self = (Fixture){0};
  self->told = g_string_new (NULL);
  session_init (&self->session, NULL);
  self->desk = spc_desk_new (self->session.server, &host, self);
}

static void
fixture_clear (Fixture *self)
{
  session_clear (&self->session);
  g_string_free (self->told, TRUE);
}

/* viewers */

static void
send_agent (WireClient *viewer, uint32_t type, const void *body, uint32_t size)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) bytes = NULL;

  qxl_writer_u32 (writer, VD_AGENT_PROTOCOL);
  qxl_writer_u32 (writer, type);
  qxl_writer_u64 (writer, 0);
  qxl_writer_u32 (writer, size);
  qxl_writer_bytes (writer, body, size);
  bytes = qxl_writer_steal (writer);
  wire_client_send (viewer, SPICE_MSGC_MAIN_AGENT_DATA,
                    g_bytes_get_data (bytes, NULL),
                    (uint32_t)g_bytes_get_size (bytes));
}

static void
announce (WireClient *viewer, uint32_t caps)
{
  const uint32_t body[] = {GUINT32_TO_LE (1), GUINT32_TO_LE (caps)};

  send_agent (viewer, VD_AGENT_ANNOUNCE_CAPABILITIES, body, sizeof body);
}

static WireClient *
join (Fixture *self, uint32_t caps)
{
  WireClient *viewer = session_join (&self->session);
  const uint32_t tokens = G_MAXUINT32;

  self->ids[self->n_viewers++] = session_id_of (viewer);
  wire_client_send (viewer, SPICE_MSGC_MAIN_AGENT_START, &tokens,
                    sizeof tokens);
  announce (viewer, caps);
  session_settle (&self->session);
  return viewer;
}

static void
wish_size (Fixture *self, WireClient *viewer, uint32_t width, uint32_t height)
{
  const uint32_t body[] = {GUINT32_TO_LE (1),
                           0,
                           GUINT32_TO_LE (height),
                           GUINT32_TO_LE (width),
                           GUINT32_TO_LE (32),
                           0,
                           0};

  send_agent (viewer, VD_AGENT_MONITORS_CONFIG, body, sizeof body);
  session_settle (&self->session);
}

/* waits, then forgets */
static void
assert_told (Fixture *self, const char *expected)
{
  NET_RUN_UNTIL (&self->session.net, strstr (self->told->str, expected));
  g_string_truncate (self->told, 0);
}

/* agent messages of a type from the server, each in one piece */
static GBytes *
find_agent (const WireClient *viewer, uint32_t type)
{
  for (guint i = 0; i < viewer->messages->len; i++) {
    const WireMessage *message = g_ptr_array_index (viewer->messages, i);
    const uint8_t *data = g_bytes_get_data (message->body, NULL);
    uint32_t got;

    if (message->type != SPICE_MSG_MAIN_AGENT_DATA)
      continue;
    memcpy (&got, data + 4, sizeof got);
    if (GUINT32_FROM_LE (got) == type)
      return message->body;
  }
  return NULL;
}

/* tests */

static void
test_a_wish_is_told_and_answered (void)
{
  static const uint8_t reply[] = {2, 0, 0, 0, 1, 0, 0, 0};
  g_autoptr (WireClient) viewer = NULL;
  Fixture self;
  GBytes *got;

  fixture_init (&self);
  viewer = join (&self, 1u << VD_AGENT_CAP_REPLY);
  wish_size (&self, viewer, 800, 600);
  assert_told (&self, "1: 0.0 800x600; ");
  got = find_agent (viewer, VD_AGENT_REPLY);
  g_assert_nonnull (got);
  g_assert_cmpmem ((const uint8_t *)g_bytes_get_data (got, NULL) + 20,
                   g_bytes_get_size (got) - 20, reply, sizeof reply);
  fixture_clear (&self);
}

static void
test_who_does_not_ask_gets_no_answer (void)
{
  g_autoptr (WireClient) viewer = NULL;
  Fixture self;

  fixture_init (&self);
  viewer = join (&self, 0);
  wish_size (&self, viewer, 800, 600);
  assert_told (&self, "800x600");
  g_assert_null (find_agent (viewer, VD_AGENT_REPLY));
  fixture_clear (&self);
}

/* the last one is told, and far fewer than there were */
static void
test_a_storm_is_bounded (void)
{
  g_autoptr (WireClient) viewer = NULL;
  Fixture self;

  fixture_init (&self);
  viewer = join (&self, 0);
  for (uint32_t i = 1; i <= 1000; i++)
    wish_size (&self, viewer, i, 100);
  assert_told (&self, "0.0 1000x100");
  g_assert_false (viewer->closed);
  g_assert_cmpuint (self.n_told, <, 1000);
  fixture_clear (&self);
}

static void
test_the_newest_wish_of_all_counts (void)
{
  g_autoptr (WireClient) one = NULL, other = NULL;
  Fixture self;

  fixture_init (&self);
  one = join (&self, 0);
  other = join (&self, 0);
  wish_size (&self, one, 100, 100);
  assert_told (&self, "1: 0.0 100x100");
  wish_size (&self, other, 200, 200);
  assert_told (&self, "2: 0.0 200x200");
  /* the same again is no change of mind */
  wish_size (&self, one, 100, 100);
  wish_size (&self, one, 300, 100);
  assert_told (&self, "1: 0.0 300x100");
  g_clear_pointer (&one, wire_client_free);
  assert_told (&self, "2: 0.0 200x200");
  fixture_clear (&self);
}

static void
test_view_only_viewers_have_no_say (void)
{
  static const uint8_t refused[] = {2, 0, 0, 0, 2, 0, 0, 0};
  static const uint8_t looks[] = {8, 0, 0, 0, 16, 0, 0, 0};
  g_autoptr (WireClient) viewer = NULL;
  Fixture self;
  GBytes *got;

  fixture_init (&self);
  self.session.makes_view_only = true;
  viewer = join (&self, 1u << VD_AGENT_CAP_REPLY);
  send_agent (viewer, VD_AGENT_DISPLAY_CONFIG, looks, sizeof looks);
  wish_size (&self, viewer, 800, 600);
  NET_RUN_UNTIL (&self.session.net, find_agent (viewer, VD_AGENT_REPLY));
  got = find_agent (viewer, VD_AGENT_REPLY);
  g_assert_cmpmem ((const uint8_t *)g_bytes_get_data (got, NULL) + 20,
                   g_bytes_get_size (got) - 20, refused, sizeof refused);
  g_assert_cmpstr (self.told->str, ==, "");
  /* but what it wished counts once it may */
  spc_server_set_client_role (self.session.server, self.ids[0], SPC_ROLE_FULL);
  assert_told (&self, "1: 0.0 800x600");
  fixture_clear (&self);
}

static void
test_looks_and_volumes_are_told (void)
{
  static const uint8_t looks[] = {8, 0, 0, 0, 16, 0, 0, 0};
  static const uint8_t heard[] = {1, 0, 1, 0, 0x80};
  static const uint8_t spoken[] = {0, 1, 1, 0xff, 0xff};
  g_autoptr (WireClient) viewer = NULL;
  Fixture self;

  fixture_init (&self);
  viewer = join (&self, 0);
  send_agent (viewer, VD_AGENT_DISPLAY_CONFIG, looks, sizeof looks);
  assert_told (&self, "looks 1 16; ");
  send_agent (viewer, VD_AGENT_AUDIO_VOLUME_SYNC, heard, sizeof heard);
  assert_told (&self, "playback 1 0 32768; ");
  send_agent (viewer, VD_AGENT_AUDIO_VOLUME_SYNC, spoken, sizeof spoken);
  assert_told (&self, "record 1 1 65535; ");
  fixture_clear (&self);
}

static void
test_bad_messages_end_their_viewer_only (void)
{
  static const uint8_t many[] = {255, 255, 255, 255, 0, 0, 0, 0};
  static const uint8_t cut[] = {1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3};
  static const uint8_t volume[] = {1, 0, 200, 0};
  static const struct {
    uint32_t type;
    const uint8_t *body;
    uint32_t size;
  } rows[] = {
      {VD_AGENT_MONITORS_CONFIG, many, sizeof many},
      {VD_AGENT_MONITORS_CONFIG, many, 4},
      {VD_AGENT_MONITORS_CONFIG, cut, sizeof cut},
      {VD_AGENT_DISPLAY_CONFIG, many, 4},
      {VD_AGENT_AUDIO_VOLUME_SYNC, volume, sizeof volume},
  };
  g_autoptr (WireClient) good = NULL;
  Fixture self;

  fixture_init (&self);
  good = join (&self, 0);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (WireClient) bad = join (&self, 0);

    send_agent (bad, rows[i].type, rows[i].body, rows[i].size);
    NET_RUN_UNTIL (&self.session.net, bad->closed);
  }
  wish_size (&self, good, 640, 480);
  assert_told (&self, "1: 0.0 640x480");
  g_assert_false (good->closed);
  fixture_clear (&self);
}

static void
test_devices_are_told_to_those_who_ask (void)
{
  static const uint8_t expected[] = "\1\0\0\0\2\0\0\0\0\0\0\0\3\0\0\0\2\0\0\0a";
  g_autoptr (WireClient) curious = NULL, other = NULL;
  Fixture self;
  GBytes *got;

  fixture_init (&self);
  curious = join (&self, 1u << VD_AGENT_CAP_GRAPHICS_DEVICE_INFO);
  other = join (&self, 0);
  g_assert_null (find_agent (curious, VD_AGENT_GRAPHICS_DEVICE_INFO));
  spc_desk_set_device (self.desk, 2, "a", 3);
  NET_RUN_UNTIL (&self.session.net,
                 find_agent (curious, VD_AGENT_GRAPHICS_DEVICE_INFO));
  got = find_agent (curious, VD_AGENT_GRAPHICS_DEVICE_INFO);
  g_assert_cmpmem ((const uint8_t *)g_bytes_get_data (got, NULL) + 20,
                   g_bytes_get_size (got) - 20, expected, sizeof expected);
  g_assert_null (find_agent (other, VD_AGENT_GRAPHICS_DEVICE_INFO));
  fixture_clear (&self);
}

#define TEST(name, function) g_test_add_func ("/agent-desk/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("a-wish-is-told-and-answered", test_a_wish_is_told_and_answered);
  TEST ("who-does-not-ask-gets-no-answer",
        test_who_does_not_ask_gets_no_answer);
  TEST ("a-storm-is-bounded", test_a_storm_is_bounded);
  TEST ("the-newest-wish-of-all-counts", test_the_newest_wish_of_all_counts);
  TEST ("view-only-viewers-have-no-say", test_view_only_viewers_have_no_say);
  TEST ("looks-and-volumes-are-told", test_looks_and_volumes_are_told);
  TEST ("bad-messages-end-their-viewer-only",
        test_bad_messages_end_their_viewer_only);
  TEST ("devices-are-told-to-those-who-ask",
        test_devices_are_told_to_those_who_ask);
  return g_test_run ();
}

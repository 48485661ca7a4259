/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inputs.h"

#include "server-core/channel/channel-fixture.h"

#define ACK "111:"
#define CAPS_DOWN "101:3a000000"
#define CAPS_UP "102:ba000000"

typedef struct {
  ChannelFixture fixture;
  SpcInputs *inputs;
  Viewer *viewer; /* greeted */
} Test;

static Viewer *
new_viewer (Test *test, const char *init)
{
  Viewer *viewer = viewer_new (&test->fixture, SPC_CHANNEL (test->inputs), 0);

  VIEWER_EXPECT (viewer, init);
  return viewer;
}

static void
set_up (Test *test, gconstpointer data)
{
  channel_fixture_init (&test->fixture);
  test->inputs = spc_inputs_new (test->fixture.server);
  spc_server_add_channel (test->fixture.server, SPC_CHANNEL (test->inputs));
  test->viewer = new_viewer (test, "101:0000");
}

static void
tear_down (Test *test, gconstpointer data)
{
  g_clear_pointer (&test->viewer, viewer_free);
  channel_fixture_clear (&test->fixture);
  g_object_unref (test->inputs);
}

#define EXPECT_EVENTS(test, expected)                                          \
  FIXTURE_EXPECT_EVENTS (&(test)->fixture, expected)

static void
use_client_mouse (Test *test, bool client_mouse)
{
  spc_server_request_mouse_mode (test->fixture.server, test->viewer->client,
                                 client_mouse);
}

/* keys */

static const char *const key_cases[][2] = {
    {"101:1e000000", "key +01e\n"},
    {"102:9e000000", "key -01e\n"},
    {"101:e0480000", "key +148\n"},
    {"102:e0c80000", "key -148\n"},
    {"101:e11d4500", "key +245\n"},
    {"102:e19dc500", "key -245\n"},
    {"101:e02ae037", "key +137\n"},
    {"101:00000000", ""},
    {"101:001e0000", ""},
    {"104:e050e0d0", "key +150\nkey -150\n"},
    {"104:", ""},
    /* Hangul: Korean keyboards send the release only */
    {"104:f2", "key +072\nkey -072\n"},
    {"101:1e000000", "key +01e\n"},
    {"101:1e000000", "key +01e\n"}, /* auto-repeat */
    {"102:9e000000", "key -01e\n"},
};

static void
test_keys (Test *test, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (key_cases); i++) {
    viewer_send (test->viewer, key_cases[i][0]);
    EXPECT_EVENTS (test, key_cases[i][1]);
  }
  VIEWER_EXPECT (test->viewer, NULL);
}

/* pointer */

static void
test_motion_in_server_mode (Test *test, gconstpointer data)
{
  viewer_send (test->viewer, "111:fdffffff050000000000");
  EXPECT_EVENTS (test, "motion -3,5\n");
  viewer_send (test->viewer, "111:0000008001000000000000"); /* html5 */
  EXPECT_EVENTS (test, "motion -65535,1\n");
  viewer_send (test->viewer, "112:0100000002000000000000");
  EXPECT_EVENTS (test, "");
  VIEWER_EXPECT (test->viewer, NULL);
  viewer_send (test->viewer, "111:00000000000000000000");
  VIEWER_EXPECT (test->viewer, ACK);
}

static void
test_position_in_client_mode (Test *test, gconstpointer data)
{
  use_client_mouse (test, true);
  viewer_send (test->viewer, "112:80020000e0010000000003");
  EXPECT_EVENTS (test, "move 3: 640,480\n");
  viewer_send (test->viewer, "112:ffffffff00000080000000");
  EXPECT_EVENTS (test, "move 0: 0,0\n");
  viewer_send (test->viewer, "111:01000000010000000000");
  EXPECT_EVENTS (test, "");
}

static void
test_every_fourth_motion_is_acknowledged (Test *test, gconstpointer data)
{
  for (int i = 1; i <= 12; i++) {
    viewer_send (test->viewer, i % 2 ? "111:01000000010000000000"
                                     : "112:0100000001000000000000");
    viewer_send (test->viewer, "113:040000"); /* does not count */
    if (i % 4 == 0)
      VIEWER_EXPECT (test->viewer, ACK);
    VIEWER_EXPECT (test->viewer, NULL);
  }
}

static const char *const button_cases[][2] = {
    {"113:010100", "button +1 of 1\n"},
    {"113:030500", "button +3 of 5\n"},
    {"114:010400", "button -1 of 4\n"},
    {"114:030000", "button -3 of 0\n"},
    {"113:020200", "button +2 of 2\n"},
    {"114:020000", "button -2 of 0\n"},
    {"113:040000", "scroll -1\n"},
    {"114:040000", ""},
    {"113:050000", "scroll 1\n"},
    {"114:050000", ""},
    {"113:062000", "button +8 of 80\n"},
    {"113:070000", "button +9 of 180\n"},
    {"114:060000", "button -8 of 100\n"},
    {"114:070000", "button -9 of 0\n"},
    {"113:080000", "button +10 of 200\n"},
    {"114:080000", "button -10 of 0\n"},
    {"113:0e0000", "button +16 of 8000\n"},
    {"114:0e0000", "button -16 of 0\n"},
    {"113:0f0000", ""},
    {"113:000000", ""},
    {"113:ff0000", ""},
};

static void
test_buttons (Test *test, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (button_cases); i++) {
    viewer_send (test->viewer, button_cases[i][0]);
    EXPECT_EVENTS (test, button_cases[i][1]);
  }
}

/* leaving */

static void
test_what_is_held_is_released (Test *test, gconstpointer data)
{
  viewer_send (test->viewer, "101:1d000000");
  viewer_send (test->viewer, "101:e0480000");
  viewer_send (test->viewer, "101:1e000000");
  viewer_send (test->viewer, "102:9e000000");
  viewer_send (test->viewer, "113:010100");
  viewer_send (test->viewer, "113:070100");
  EXPECT_EVENTS (test, "key +01d\nkey +148\nkey +01e\nkey -01e\n"
                       "button +1 of 1\nbutton +9 of 101\n");
  g_clear_pointer (&test->viewer, viewer_free);
  EXPECT_EVENTS (test, "key -01d\nkey -148\n"
                       "button -1 of 100\nbutton -9 of 0\n");
}

static void
test_what_others_hold_is_not_released (Test *test, gconstpointer data)
{
  Viewer *other = new_viewer (test, "101:0000");

  viewer_send (test->viewer, "101:2a000000");
  viewer_send (test->viewer, "113:010100");
  viewer_send (other, "101:2a000000");
  viewer_send (other, "113:010100");
  viewer_send (other, "101:1e000000");
  g_free (channel_fixture_take_events (&test->fixture));
  viewer_free (other);
  EXPECT_EVENTS (test, "key -01e\n");
  g_clear_pointer (&test->viewer, viewer_free);
  EXPECT_EVENTS (test, "key -02a\nbutton -1 of 0\n");
}

static void
test_events_carry_the_client (Test *test, gconstpointer data)
{
  const SpcInputEvent *event;

  viewer_send (test->viewer, "101:1e000000");
  event = &g_array_index (test->fixture.events, SpcInputEvent, 0);
  g_assert_cmpuint (event->client_id, ==, test->viewer->client->id);
  g_assert_cmpint (event->time_us, >, 0);
}

static void
test_view_only_has_no_effect (Test *test, gconstpointer data)
{
  test->viewer->client->role = SPC_ROLE_VIEW_ONLY;
  viewer_send (test->viewer, CAPS_DOWN);
  viewer_send (test->viewer, "113:010100");
  viewer_send (test->viewer, "103:0700");
  for (int i = 0; i < 4; i++)
    viewer_send (test->viewer, "111:01000000010000000000");
  VIEWER_EXPECT (test->viewer, ACK);
  g_clear_pointer (&test->viewer, viewer_free);
  EXPECT_EVENTS (test, "");
  viewer_free (new_viewer (test, "101:0000"));
}

/* locks */

static void
test_init_tells_the_leds (Test *test, gconstpointer data)
{
  spc_server_set_keyboard_leds (test->fixture.server,
                                SPC_LOCK_NUM | SPC_LOCK_CAPS);
  VIEWER_EXPECT (test->viewer, "102:0600");
  viewer_free (new_viewer (test, "101:0600"));
}

static void
test_differing_locks_are_corrected (Test *test, gconstpointer data)
{
  viewer_send (test->viewer, "103:0700");
  EXPECT_EVENTS (test, "locks 7\n"
                       "key +046\nkey -046\n"
                       "key +045\nkey -045\n"
                       "key +03a\nkey -03a\n");
  viewer_send (test->viewer, "103:0700");
  EXPECT_EVENTS (test, "locks 7\n");
  viewer_send (test->viewer, "103:fdff");
  EXPECT_EVENTS (test, "locks 5\nkey +045\nkey -045\n");
  viewer_free (new_viewer (test, "101:0500"));
}

static void
test_a_held_lock_key_is_left_alone (Test *test, gconstpointer data)
{
  viewer_send (test->viewer, CAPS_DOWN);
  viewer_send (test->viewer, CAPS_DOWN); /* auto-repeat */
  viewer_send (test->viewer, "103:0000");
  EXPECT_EVENTS (test, "key +03a\nkey +03a\nlocks 0\n");
  viewer_send (test->viewer, CAPS_UP);
  viewer_send (test->viewer, "103:0400");
  EXPECT_EVENTS (test, "key -03a\nlocks 4\n");
}

static bool
has_news (gpointer user_data)
{
  return spc_connection_stats (((Viewer *)user_data)->connection)
             ->messages_sent > 1;
}

static void
test_pressed_locks_are_told_to_all (Test *test, gconstpointer data)
{
  Viewer *other = new_viewer (test, "101:0000");

  viewer_send (test->viewer, CAPS_DOWN);
  viewer_send (test->viewer, CAPS_UP);
  channel_fixture_wait (&test->fixture, has_news, other);
  VIEWER_EXPECT (other, "102:0400");
  VIEWER_EXPECT (test->viewer, "102:0400");
  viewer_free (other);
}

/* each answers what the other's wish made the server tell it */
static void
test_two_viewers_do_not_fight (Test *test, gconstpointer data)
{
  Viewer *other = new_viewer (test, "101:0000");

  viewer_send (test->viewer, "103:0400");
  viewer_send (other, "103:0400");
  EXPECT_EVENTS (test, "locks 4\nkey +03a\nkey -03a\nlocks 4\n");
  spc_inputs_set_leds (test->inputs, 0);
  VIEWER_EXPECT (other, "102:0000");
  viewer_send (other, "103:0400"); /* a mere answer */
  EXPECT_EVENTS (test, "locks 4\n");
  viewer_send (other, "103:0200"); /* news */
  EXPECT_EVENTS (test, "locks 2\nkey +045\nkey -045\n");
  viewer_free (other);
}

/* bad clients */

static const char *const bad_messages[] = {
    "100:",
    "105:",
    "101:1e0000",
    "101:1e00000000",
    "103:00",
    "111:000000000000000000",
    "111:000000000000000000000000",
    "112:00000000000000000000",
    "113:0100",
    "114:01000000",
};

static void
test_bad_messages_end_the_connection (Test *test, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_messages); i++) {
    Viewer *bad = new_viewer (test, "101:0000");

    viewer_send (bad, bad_messages[i]);
    g_assert_true (viewer_is_closed (bad));
    viewer_free (bad);
  }
  viewer_send (test->viewer, "101:1e000000");
  EXPECT_EVENTS (test, "key +01e\n");
}

static void
test_too_many_scancodes_end_the_connection (Test *test, gconstpointer data)
{
  GString *message = g_string_new ("104:");

  for (guint i = 0; i < SPC_MAX_SCANCODES; i++)
    g_string_append (message, "1e");
  viewer_send (test->viewer, message->str);
  g_assert_false (viewer_is_closed (test->viewer));
  g_string_append (message, "1e");
  viewer_send (test->viewer, message->str);
  g_assert_true (viewer_is_closed (test->viewer));
  g_string_free (message, TRUE);
}

#define ADD(path, func)                                                        \
  g_test_add ("/inputs/" path, Test, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("keys", test_keys);
  ADD ("motion-in-server-mode", test_motion_in_server_mode);
  ADD ("position-in-client-mode", test_position_in_client_mode);
  ADD ("every-fourth-motion-is-acknowledged",
       test_every_fourth_motion_is_acknowledged);
  ADD ("buttons", test_buttons);
  ADD ("what-is-held-is-released", test_what_is_held_is_released);
  ADD ("what-others-hold-is-not-released",
       test_what_others_hold_is_not_released);
  ADD ("events-carry-the-client", test_events_carry_the_client);
  ADD ("view-only-has-no-effect", test_view_only_has_no_effect);
  ADD ("init-tells-the-leds", test_init_tells_the_leds);
  ADD ("differing-locks-are-corrected", test_differing_locks_are_corrected);
  ADD ("a-held-lock-key-is-left-alone", test_a_held_lock_key_is_left_alone);
  ADD ("pressed-locks-are-told-to-all", test_pressed_locks_are_told_to_all);
  ADD ("two-viewers-do-not-fight", test_two_viewers_do_not_fight);
  ADD ("bad-messages-end-the-connection", test_bad_messages_end_the_connection);
  ADD ("too-many-scancodes-end-the-connection",
       test_too_many_scancodes_end_the_connection);
  return g_test_run ();
}

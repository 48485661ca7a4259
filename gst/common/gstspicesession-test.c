/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicesession.h"

static void
on_event (const GstStructure *event, gpointer user_data)
{
}

static gboolean
on_connecting (guint id, const char *address, gpointer user_data)
{
  return TRUE;
}

static GstSpiceSession *
start_session (void)
{
  static const GstSpiceSessionFuncs funcs = {.connecting = on_connecting,
                                             .event = on_event};
  g_auto (GstSpiceSettings) settings = {0};
  g_auto (GValue) port = G_VALUE_INIT;
  g_auto (GValue) is_open = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  GstSpiceSession *self;

  gst_spice_settings_init (&settings);
  g_value_init (&port, G_TYPE_INT);
  gst_spice_settings_set (&settings, GST_SPICE_SETTING_PORT, &port);
  g_value_init (&is_open, G_TYPE_BOOLEAN);
  g_value_set_boolean (&is_open, TRUE);
  gst_spice_settings_set (&settings, GST_SPICE_SETTING_DISABLE_TICKETING,
                          &is_open);
  self = gst_spice_session_start (&settings, NULL, &funcs, NULL, NULL, &error);
  g_assert_no_error (error);
  return self;
}

static void
stop_session (GstSpiceSession *self)
{
  gst_spice_session_stop (self);
  gst_spice_session_finish (self);
  gst_spice_session_unref (self);
}

static bool
is_offered (GstSpiceSession *self, const char *name)
{
  g_autoptr (GstStructure) stats = gst_spice_session_stats (self);
  const GValue *channels = gst_structure_get_value (stats, "channels");

  for (guint i = 0; i < gst_value_array_get_size (channels); i++) {
    const GValue *value = gst_value_array_get_value (channels, i);
    const GstStructure *channel = gst_value_get_structure (value);

    if (g_strcmp0 (gst_structure_get_string (channel, "name"), name) == 0)
      return true;
  }
  return false;
}

static void
test_cursors_are_shared (void)
{
  GstSpiceSession *session = start_session ();
  SpcCursor *first = gst_spice_session_acquire_cursor (session, 0);
  SpcCursor *other = gst_spice_session_acquire_cursor (session, 15);
  SpcCursor *watched = first;

  g_object_add_weak_pointer (G_OBJECT (first), (gpointer *)&watched);
  g_assert_true (first != other);
  g_assert_true (gst_spice_session_acquire_cursor (session, 0) == first);
  g_assert_true (is_offered (session, "cursor 0"));
  g_assert_true (is_offered (session, "cursor 15"));
  gst_spice_session_release_cursor (session, 0);
  gst_spice_session_release_cursor (session, 15);
  g_assert_true (is_offered (session, "cursor 0"));
  g_assert_false (is_offered (session, "cursor 15"));
  gst_spice_session_release_cursor (session, 0);
  g_assert_false (is_offered (session, "cursor 0"));
  stop_session (session);
  g_assert_null (watched);
}

/* what one use of it left is not there for the next */
static void
test_cursors_begin_anew (void)
{
  GstSpiceSession *session = start_session ();

  for (int i = 0; i < 50; i++) {
    SpcCursor *cursor = gst_spice_session_acquire_cursor (session, 3);

    g_assert_cmpuint (spc_channel_id (SPC_CHANNEL (cursor)), ==, 3);
    g_assert_true (is_offered (session, "cursor 3"));
    gst_spice_session_release_cursor (session, 3);
    g_assert_false (is_offered (session, "cursor 3"));
  }
  stop_session (session);
}

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/cursors-are-shared", test_cursors_are_shared);
  g_test_add_func ("/session/cursors-begin-anew", test_cursors_begin_anew);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the clipboard's names and of its calls without a viewer; what
 * viewers see is in tests/judge. */
#include "gst/common/gstspice-fixture.h"
#include "gst/common/gstspiceclipboard.h"
#include "gst/common/gstspiceclipboardend.h"
#include "server-core/wire/protocol.h"

#include <spice/vd_agent.h>

static void
test_type_names (void)
{
  for (guint i = 1; i < SPC_CLIPBOARD_N_TYPES; i++)
    g_assert_cmpuint (
        gst_spice_clipboard_type_from_name (gst_spice_clipboard_type_name (i)),
        ==, i);
  g_assert_null (gst_spice_clipboard_type_name (0));
  g_assert_null (gst_spice_clipboard_type_name (SPC_CLIPBOARD_N_TYPES));
  g_assert_cmpuint (gst_spice_clipboard_type_from_name ("Text/Plain"), ==, 1);
  g_assert_cmpuint (gst_spice_clipboard_type_from_name ("IMAGE/PNG"), ==, 2);
  g_assert_cmpuint (gst_spice_clipboard_type_from_name ("image/gif"), ==, 0);
  g_assert_cmpuint (gst_spice_clipboard_type_from_name (""), ==, 0);
}

static void
test_without_session (void)
{
  static const gchar *const types[] = {"text/plain", NULL};
  g_autoptr (GstSpiceServer) server = gst_spice_server_new (NULL);

  gst_spice_server_clipboard_grab (server, 0, GST_SPICE_SELECTION_CLIPBOARD,
                                   types);
  gst_spice_server_clipboard_set_data (server, 1, GST_SPICE_SELECTION_CLIPBOARD,
                                       types[0], NULL);
  gst_spice_server_clipboard_release (server, 0, GST_SPICE_SELECTION_PRIMARY);
  g_assert_false (gst_spice_server_clipboard_request (
      server, 1, GST_SPICE_SELECTION_CLIPBOARD, types[0]));
}

typedef struct {
  GMutex lock;
  GCond cond;
  guint n_answers;
} Answers;

static void
on_data (GstSpiceServer *server, guint id, GstSpiceSelection selection,
         const gchar *type, GBytes *data, Answers *answers)
{
  g_assert_cmpuint (id, ==, 7);
  g_assert_cmpint (selection, ==, GST_SPICE_SELECTION_PRIMARY);
  g_assert_cmpstr (type, ==, "image/png");
  g_assert_null (data);
  g_mutex_lock (&answers->lock);
  answers->n_answers++;
  g_cond_signal (&answers->cond);
  g_mutex_unlock (&answers->lock);
}

/* every question is answered, even about who is not there */
static void
test_answered_in_any_case (void)
{
  g_autoptr (GstSpiceServer) server = gst_spice_server_new (NULL);
  gboolean will_come = FALSE;
  Answers answers = {0};

  g_object_set (server, "port", 0, "disable-ticketing", TRUE, NULL);
  g_assert_true (gst_spice_server_start (server, NULL));
  g_signal_connect (server, "clipboard-data", G_CALLBACK (on_data), &answers);
  g_assert_false (gst_spice_server_clipboard_request (
      server, 7, GST_SPICE_SELECTION_PRIMARY, "image/gif"));
  g_assert_false (gst_spice_server_clipboard_request (
      server, 0, GST_SPICE_SELECTION_PRIMARY, "image/png"));
  g_signal_emit_by_name (server, "clipboard-request", 7,
                         GST_SPICE_SELECTION_PRIMARY, "image/png", &will_come);
  g_assert_true (will_come);
  g_mutex_lock (&answers.lock);
  while (answers.n_answers == 0)
    g_cond_wait (&answers.cond, &answers.lock);
  g_mutex_unlock (&answers.lock);
  gst_spice_server_stop (server);
  g_assert_cmpuint (answers.n_answers, ==, 1);
}

/* a viewer and an application that is slow */

#define TEXT_BIT 1u
#define PATIENCE_US (60 * G_USEC_PER_SEC)
/* more than wait to be delivered */
#define N_EVENTS 300u

typedef struct {
  NetFixture net;
  GMutex lock;
  GCond cond;
  gboolean is_asleep, is_awake;
  guint n_grabs; /* of the clipboard */
} Slow;

/* the one of the primary selection sends it to sleep */
static void
on_grabbed (GstSpiceServer *server, guint id, GstSpiceSelection selection,
            const gchar *const *types, Slow *slow)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_US;

  g_mutex_lock (&slow->lock);
  slow->n_grabs += selection == GST_SPICE_SELECTION_CLIPBOARD;
  slow->is_asleep |= selection == GST_SPICE_SELECTION_PRIMARY;
  while (slow->is_asleep && !slow->is_awake)
    if (!g_cond_wait_until (&slow->cond, &slow->lock, deadline))
      break;
  g_mutex_unlock (&slow->lock);
  g_main_context_wakeup (slow->net.context);
}

static gboolean
is_asleep (Slow *slow)
{
  gboolean is_asleep;

  g_mutex_lock (&slow->lock);
  is_asleep = slow->is_asleep;
  g_mutex_unlock (&slow->lock);
  return is_asleep;
}

static guint
n_grabs (Slow *slow)
{
  guint n;

  g_mutex_lock (&slow->lock);
  n = slow->n_grabs;
  g_mutex_unlock (&slow->lock);
  return n;
}

static void
wake_up (Slow *slow)
{
  g_mutex_lock (&slow->lock);
  slow->is_awake = TRUE;
  g_cond_signal (&slow->cond);
  g_mutex_unlock (&slow->lock);
}

static void
send_agent (WireClient *viewer, uint32_t type, uint32_t first, uint32_t second)
{
  const uint32_t message[] = {GUINT32_TO_LE (VD_AGENT_PROTOCOL),
                              GUINT32_TO_LE (type),
                              0,
                              0,
                              GUINT32_TO_LE (8),
                              GUINT32_TO_LE (first),
                              GUINT32_TO_LE (second)};

  wire_client_send (viewer, SPICE_MSGC_MAIN_AGENT_DATA, message,
                    sizeof message);
}

static void
start_agent (WireClient *viewer)
{
  const uint32_t tokens = G_MAXUINT32;

  wire_client_send (viewer, SPICE_MSGC_MAIN_AGENT_START, &tokens,
                    sizeof tokens);
  send_agent (viewer, VD_AGENT_ANNOUNCE_CAPABILITIES, 0,
              1u << VD_AGENT_CAP_CLIPBOARD_BY_DEMAND |
                  1u << VD_AGENT_CAP_CLIPBOARD_SELECTION);
}

/* each change of the mouse mode is an event */
static void
make_events (Slow *slow, WireClient *viewer)
{
  for (guint i = 0; i < N_EVENTS; i++) {
    const uint8_t mode[2] = {i % 2 ? SPICE_MOUSE_MODE_SERVER
                                   : SPICE_MOUSE_MODE_CLIENT};

    wire_client_send (viewer, SPICE_MSGC_MAIN_MOUSE_MODE_REQUEST, mode,
                      sizeof mode);
    NET_RUN_UNTIL (&slow->net,
                   wire_client_count (viewer, SPICE_MSG_MAIN_MOUSE_MODE) > i);
  }
}

/* an event of its own that was lost is not waited for */
static void
test_told_after_others_were_lost (void)
{
  g_autoptr (GstSpiceServer) server = gst_spice_server_new (NULL);
  Slow slow = {0};
  WireClient *viewer;
  uint32_t id;

  net_fixture_init (&slow.net);
  g_object_set (server, "port", 0, NULL);
  g_signal_connect (server, "clipboard-grabbed", G_CALLBACK (on_grabbed),
                    &slow);
  g_assert_true (gst_spice_server_start (server, NULL));
  viewer =
      fixture_join (&slow.net, gst_spice_server_get_current_port (server), &id);
  start_agent (viewer);
  send_agent (viewer, VD_AGENT_CLIPBOARD_GRAB, 1, TEXT_BIT);
  NET_RUN_UNTIL (&slow.net, is_asleep (&slow));
  send_agent (viewer, VD_AGENT_CLIPBOARD_GRAB, 0, TEXT_BIT);
  make_events (&slow, viewer);
  wake_up (&slow);
  send_agent (viewer, VD_AGENT_CLIPBOARD_GRAB, 0, TEXT_BIT);
  NET_RUN_UNTIL (&slow.net, n_grabs (&slow) > 0);
  wire_client_free (viewer);
  gst_spice_server_stop (server);
  net_fixture_clear (&slow.net);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/clipboard-api/" path, func)
  TEST ("types-have-names", test_type_names);
  TEST ("no-session-no-effect", test_without_session);
  TEST ("answered-in-any-case", test_answered_in_any_case);
  TEST ("told-after-others-were-lost", test_told_after_others_were_lost);
  return g_test_run ();
}

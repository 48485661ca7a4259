/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the clipboard's names and of its calls without a viewer; what
 * viewers see is in tests/judge. */
#include "gst/common/gstspice-fixture.h"
#include "gst/common/gstspiceclipboard.h"
#include "gst/common/gstspiceclipboardend.h"

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

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/clipboard-api/" path, func)
  TEST ("types-have-names", test_type_names);
  TEST ("no-session-no-effect", test_without_session);
  TEST ("answered-in-any-case", test_answered_in_any_case);
  return g_test_run ();
}

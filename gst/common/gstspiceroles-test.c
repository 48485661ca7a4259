/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicecontrol.h"
#include "gst/common/gstspiceserver.h"
#include "gst/common/gstspice-fixture.h"

typedef struct {
  NetFixture net;
  GstSpiceServer *server;
  gint n_changes; /* atomic */
  gint holder;    /* atomic, of the last change */
  gboolean makes_view_only;
} Fixture;

static void
on_control_changed (GstSpiceServer *server, guint id, Fixture *f)
{
  g_atomic_int_set (&f->holder, (gint)id);
  g_atomic_int_inc (&f->n_changes);
  g_main_context_wakeup (f->net.context);
}

static void
on_coming_or_going (Fixture *f)
{
  g_main_context_wakeup (f->net.context);
}

static gboolean
on_connecting (GstSpiceServer *server, guint id, const char *address,
               Fixture *f)
{
  if (f->makes_view_only)
    g_assert_true (gst_spice_server_set_client_role (server, id, TRUE));
  return TRUE;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  net_fixture_init (&f->net);
  f->server = gst_spice_server_new (NULL);
  g_object_set (f->server, "port", 0, NULL);
  g_signal_connect (f->server, "control-changed",
                    G_CALLBACK (on_control_changed), f);
  g_signal_connect (f->server, "client-connecting", G_CALLBACK (on_connecting),
                    f);
  g_signal_connect_swapped (f->server, "client-added",
                            G_CALLBACK (on_coming_or_going), f);
  g_signal_connect_swapped (f->server, "client-removed",
                            G_CALLBACK (on_coming_or_going), f);
  g_assert_true (gst_spice_server_start (f->server, NULL));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gst_spice_server_stop (f->server);
  g_object_unref (f->server);
  net_fixture_clear (&f->net);
}

static WireClient *
join (Fixture *f, guint *id)
{
  uint32_t number;
  WireClient *client = fixture_join (
      &f->net, gst_spice_server_get_current_port (f->server), &number);

  *id = number;
  return client;
}

/* of each viewer in the order in which they came: "c" in control, "v" view
 * only, "-" neither */
static char *
roles (Fixture *f)
{
  g_autoptr (GPtrArray) clients = gst_spice_server_get_clients (f->server);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < clients->len; i++) {
    const GstStructure *client = g_ptr_array_index (clients, i);
    gboolean view_only, in_control;

    g_assert_true (gst_structure_get (client, "view-only", G_TYPE_BOOLEAN,
                                      &view_only, "in-control", G_TYPE_BOOLEAN,
                                      &in_control, NULL));
    g_assert_false (view_only && in_control);
    g_string_append_c (text, in_control ? 'c' : view_only ? 'v' : '-');
  }
  return g_string_free (text, FALSE);
}

static gboolean
has_roles (Fixture *f, const char *expected)
{
  g_autofree char *now = roles (f);

  return g_str_equal (now, expected);
}

#define WAIT_ROLES(f, expected)                                                \
  NET_RUN_UNTIL (&(f)->net, has_roles (f, expected))

static void
set_control (Fixture *f, GstSpiceControl control)
{
  g_object_set (f->server, "control", control, NULL);
}

static void
test_rules (Fixture *f, gconstpointer data)
{
  guint a_id, b_id;
  WireClient *a = join (f, &a_id);
  WireClient *b = join (f, &b_id);

  WAIT_ROLES (f, "cc");
  g_assert_cmpint (g_atomic_int_get (&f->n_changes), ==, 0);
  set_control (f, GST_SPICE_CONTROL_LAST);
  WAIT_ROLES (f, "-c");
  NET_RUN_UNTIL (&f->net, (guint)g_atomic_int_get (&f->holder) == b_id);
  set_control (f, GST_SPICE_CONTROL_FIRST);
  WAIT_ROLES (f, "c-");
  NET_RUN_UNTIL (&f->net, (guint)g_atomic_int_get (&f->holder) == a_id);
  set_control (f, GST_SPICE_CONTROL_ALL);
  WAIT_ROLES (f, "cc");
  NET_RUN_UNTIL (&f->net, g_atomic_int_get (&f->holder) == 0);
  g_assert_cmpint (g_atomic_int_get (&f->n_changes), ==, 3);
  wire_client_free (a);
  wire_client_free (b);
}

static void
test_give (Fixture *f, gconstpointer data)
{
  guint a_id, b_id;
  gboolean is_given = TRUE;
  GstSpiceControl control;
  WireClient *a = join (f, &a_id);
  WireClient *b = join (f, &b_id);

  WAIT_ROLES (f, "cc");
  g_signal_emit_by_name (f->server, "give-control", a_id ^ b_id ^ 1, &is_given);
  g_assert_false (is_given);
  g_assert_true (gst_spice_server_give_control (f->server, b_id));
  g_object_get (f->server, "control", &control, NULL);
  g_assert_cmpint (control, ==, GST_SPICE_CONTROL_NAMED);
  WAIT_ROLES (f, "-c");
  g_assert_true (gst_spice_server_give_control (f->server, a_id));
  WAIT_ROLES (f, "c-");
  g_assert_true (gst_spice_server_give_control (f->server, 0));
  WAIT_ROLES (f, "--");
  wire_client_free (a);
  wire_client_free (b);
}

/* who comes and goes moves it, too, and is told of */
static void
test_coming_and_going (Fixture *f, gconstpointer data)
{
  guint a_id, b_id;
  WireClient *a;
  g_autoptr (WireClient) b = NULL;

  set_control (f, GST_SPICE_CONTROL_FIRST);
  a = join (f, &a_id);
  NET_RUN_UNTIL (&f->net, (guint)g_atomic_int_get (&f->holder) == a_id);
  b = join (f, &b_id);
  WAIT_ROLES (f, "c-");
  g_clear_pointer (&a, wire_client_free);
  WAIT_ROLES (f, "c");
  NET_RUN_UNTIL (&f->net, (guint)g_atomic_int_get (&f->holder) == b_id);
  g_clear_pointer (&b, wire_client_free);
  NET_RUN_UNTIL (&f->net, g_atomic_int_get (&f->holder) == 0);
}

/* a spectator never holds the inputs, and the default role is live */
static void
test_default_role (Fixture *f, gconstpointer data)
{
  guint a_id, b_id;
  WireClient *a = join (f, &a_id);
  WireClient *b = join (f, &b_id);

  WAIT_ROLES (f, "cc");
  g_object_set (f->server, "view-only", TRUE, NULL);
  WAIT_ROLES (f, "vv");
  g_assert_true (gst_spice_server_set_client_role (f->server, b_id, FALSE));
  WAIT_ROLES (f, "vc");
  set_control (f, GST_SPICE_CONTROL_FIRST);
  g_object_set (f->server, "view-only", FALSE, NULL);
  WAIT_ROLES (f, "c-");
  wire_client_free (a);
  wire_client_free (b);
}

/* the role of one that knocks can be decided before it is in */
static void
test_role_while_connecting (Fixture *f, gconstpointer data)
{
  guint id;
  g_autoptr (WireClient) guest = NULL;

  f->makes_view_only = TRUE;
  guest = join (f, &id);
  WAIT_ROLES (f, "v");
  /* it has been decided about */
  g_object_set (f->server, "view-only", TRUE, NULL);
  g_object_set (f->server, "view-only", FALSE, NULL);
  g_assert_true (gst_spice_server_give_control (f->server, id));
  NET_RUN_UNTIL (&f->net, has_roles (f, "v"));
  g_assert_true (gst_spice_server_set_client_role (f->server, id, FALSE));
  WAIT_ROLES (f, "c");
}

#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("/roles/a-rule-says-who-is-in-control", test_rules);
  ADD ("/roles/control-is-given-to-one", test_give);
  ADD ("/roles/control-moves-with-who-is-there", test_coming_and_going);
  ADD ("/roles/the-default-role-is-live", test_default_role);
  ADD ("/roles/the-role-is-settled-on-the-way-in", test_role_while_connecting);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

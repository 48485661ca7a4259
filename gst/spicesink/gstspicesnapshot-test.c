/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspice-fixture.h"
#include "gst/common/gstspiceserver.h"
#include "gst/spicesink/gstspicedraw-fixture.h"

typedef struct {
  NetFixture net;
  GstHarness *harness;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  net_fixture_init (&f->net);
  f->harness = draw_harness_new (NULL, NULL);
  gst_harness_play (f->harness);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gst_harness_teardown (f->harness);
  net_fixture_clear (&f->net);
}

/* at once, with no viewer there */
static void
test_snapshot (Fixture *f, gconstpointer data)
{
  push_screen (f->harness, SIDE, RED);
  check_and_free (snapshot (f->harness, 0, 0, 0, 0, 0), SIDE, SIDE, RED);
  push_screen (f->harness, SIDE, BLUE);
  check_and_free (snapshot (f->harness, 0, 0, 0, SIDE, SIDE), SIDE, SIDE, BLUE);
  check_and_free (snapshot (f->harness, 0, 60, 10, 100, 2), 4, 2, BLUE);
  check_and_free (snapshot (f->harness, 0, 63, 63, 1, 1), 1, 1, BLUE);
  check_and_free (snapshot (f->harness, 0, 1, 2, G_MAXUINT, 0), 63, 62, BLUE);
}

static void
test_nothing_to_show (Fixture *f, gconstpointer data)
{
  g_assert_null (snapshot (f->harness, 0, 0, 0, 0, 0));
  push_screen (f->harness, SIDE, RED);
  g_assert_null (snapshot (f->harness, 3, 0, 0, 5, 5));
  g_assert_null (snapshot (f->harness, 0, SIDE, 0, 5, 5));
  g_assert_null (snapshot (f->harness, 0, 0, G_MAXUINT, 5, 5));
  g_assert_null (snapshot (f->harness, G_MAXUINT, G_MAXUINT, G_MAXUINT,
                           G_MAXUINT, G_MAXUINT));
  gst_element_set_state (f->harness->element, GST_STATE_NULL);
  g_assert_null (snapshot (f->harness, 0, 0, 0, 5, 5));
}

static void
test_paused (Fixture *f, gconstpointer data)
{
  push_screen (f->harness, SIDE, RED);
  gst_element_set_state (f->harness->element, GST_STATE_PAUSED);
  check_and_free (snapshot (f->harness, 0, 0, 0, 0, 0), SIDE, SIDE, RED);
}

/* somebody asks all the time, while the server comes and goes */

typedef struct {
  GstHarness *harness;
  GMainContext *context; /* of who waits */
  gint is_over, n_asked; /* atomic */
} Asker;

static gpointer
keep_asking (gpointer data)
{
  Asker *asker = data;

  while (!g_atomic_int_get (&asker->is_over)) {
    GstSample *sample = snapshot (asker->harness, 0, 0, 0, 0, 0);

    if (sample)
      gst_sample_unref (sample);
    g_atomic_int_inc (&asker->n_asked);
    g_main_context_wakeup (asker->context);
  }
  return NULL;
}

static void
test_stop_answers (Fixture *f, gconstpointer data)
{
  Asker asker = {.harness = f->harness, .context = f->net.context};
  GThread *thread = g_thread_new ("asker", keep_asking, &asker);

  for (int i = 0; i < 30; i++) {
    gint n = g_atomic_int_get (&asker.n_asked);

    gst_element_set_state (f->harness->element, GST_STATE_PLAYING);
    NET_RUN_UNTIL (&f->net, g_atomic_int_get (&asker.n_asked) > n);
    gst_element_set_state (f->harness->element, GST_STATE_NULL);
  }
  g_atomic_int_set (&asker.is_over, TRUE);
  g_thread_join (thread);
  g_assert_cmpint (asker.n_asked, >=, 30);
}

/* a server in a context that the test runs, or not */

typedef struct {
  NetFixture net;
  GstSpiceServer *server;
  GstHarness *harness;
} Hosted;

static void
hosted_init (Hosted *self)
{
  g_auto (GValue) value = G_VALUE_INIT;

  net_fixture_init (&self->net);
  self->server = gst_spice_server_new (self->net.context);
  g_value_init (&value, GST_TYPE_SPICE_SERVER);
  g_value_set_object (&value, self->server);
  g_object_set (self->server, "port", 0, NULL);
  self->harness = draw_harness_new ("server", &value);
  gst_harness_play (self->harness);
}

static void
hosted_clear (Hosted *self)
{
  gst_harness_teardown (self->harness);
  g_object_unref (self->server);
  net_fixture_clear (&self->net);
}

static void
test_snapshot_runs_the_context (void)
{
  Hosted hosted;

  hosted_init (&hosted);
  push_screen (hosted.harness, SIDE, RED);
  check_and_free (snapshot (hosted.harness, 0, 0, 0, 0, 0), SIDE, SIDE, RED);
  hosted_clear (&hosted);
}

static gboolean
ask_in_context (gpointer data)
{
  Hosted *hosted = data;

  g_assert_null (snapshot (hosted->harness, 0, 0, 0, 0, 0));
  return G_SOURCE_REMOVE;
}

static void
test_snapshot_in_the_context (void)
{
  GSource *source = g_idle_source_new ();
  Hosted hosted;

  hosted_init (&hosted);
  push_screen (hosted.harness, SIDE, RED);
  g_source_set_callback (source, ask_in_context, &hosted, NULL);
  g_source_attach (source, hosted.net.context);
  NET_RUN_UNTIL (&hosted.net, g_source_is_destroyed (source));
  g_source_unref (source);
  hosted_clear (&hosted);
}

#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("/snapshot/shows-what-came-before", test_snapshot);
  ADD ("/snapshot/of-nothing-is-null", test_nothing_to_show);
  ADD ("/snapshot/is-taken-in-paused", test_paused);
  ADD ("/snapshot/ends-with-the-server", test_stop_answers);
  g_test_add_func ("/snapshot/runs-the-application's-context",
                   test_snapshot_runs_the_context);
  g_test_add_func ("/snapshot/in-a-callback-of-it-is-null",
                   test_snapshot_in_the_context);
  result = g_test_run ();
  gst_deinit ();
  return result;
}

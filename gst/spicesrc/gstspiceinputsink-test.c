/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of recorded input that goes to an element of the pipeline; the judge
 * looks at what is typed into X displays. */
#include "gst/common/gstspice-fixture.h"

#include <gst/app/gstappsrc.h>
#include <string.h>

#define LINE                                                                   \
  "appsrc name=in caps=text/x-raw,format=utf8 ! spiceinputparse ! "            \
  "spiceinputsink target=there videotestsrc is-live=true ! fakesink "          \
  "name=there"
#define PATIENCE_US (60 * G_USEC_PER_SEC)

typedef struct {
  GstElement *pipeline;
  GstElement *in;
  /* under the lock: written by the streaming thread */
  GMutex lock;
  GCond changed;
  GString *told; /* "key-press a; mouse-button-press 1; …" */
} Fixture;

static void
note (Fixture *f, const GstStructure *event)
{
  const char *key = gst_structure_get_string (event, "key");
  int button = 0;

  gst_structure_get_int (event, "button", &button);
  g_string_append (f->told, gst_structure_get_string (event, "event"));
  if (key)
    g_string_append_printf (f->told, " %s; ", key);
  else
    g_string_append_printf (f->told, " %d; ", button);
}

static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  Fixture *f = user_data;

  if (GST_EVENT_TYPE (event) != GST_EVENT_NAVIGATION)
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&f->lock);
  note (f, gst_event_get_structure (event));
  g_cond_signal (&f->changed);
  g_mutex_unlock (&f->lock);
  return GST_PAD_PROBE_DROP;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) there = NULL;
  g_autoptr (GstPad) pad = NULL;

  g_mutex_init (&f->lock);
  g_cond_init (&f->changed);
  f->told = g_string_new (NULL);
  f->pipeline = gst_parse_launch (LINE, &error);
  g_assert_no_error (error);
  f->in = gst_bin_get_by_name (GST_BIN (f->pipeline), "in");
  there = gst_bin_get_by_name (GST_BIN (f->pipeline), "there");
  pad = gst_element_get_static_pad (there, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_event, f, NULL);
  gst_element_set_state (f->pipeline, GST_STATE_PLAYING);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gst_element_set_state (f->pipeline, GST_STATE_NULL);
  gst_object_unref (f->in);
  gst_object_unref (f->pipeline);
  g_string_free (f->told, TRUE);
  g_cond_clear (&f->changed);
  g_mutex_clear (&f->lock);
}

static void
type (Fixture *f, const char *text)
{
  GstBuffer *buffer = gst_buffer_new_memdup (text, strlen (text));

  g_assert_cmpint (gst_app_src_push_buffer (GST_APP_SRC (f->in), buffer), ==,
                   GST_FLOW_OK);
}

/* all that was told so far, once it is this or longer */
static void
assert_told (Fixture *f, const char *told)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_US;

  g_mutex_lock (&f->lock);
  while (f->told->len < strlen (told))
    if (!g_cond_wait_until (&f->changed, &f->lock, deadline))
      break;
  g_assert_cmpstr (f->told->str, ==, told);
  g_mutex_unlock (&f->lock);
}

#define HELD                                                                   \
  "0.001000000 00000001 key press 0x1e a\n"                                    \
  "0.002000000 00000001 button press 1 0x1\n"                                  \
  "0.003000000 00000001 key press 0x30 b\n"                                    \
  "0.004000000 00000001 key release 0x30 b\n"
#define TOLD "key-press a; mouse-button-press 1; key-press b; key-release b; "

static void
the_end_lets_go (Fixture *f, gconstpointer data)
{
  type (f, HELD);
  assert_told (f, TOLD);
  gst_app_src_end_of_stream (GST_APP_SRC (f->in));
  assert_told (f, TOLD "mouse-button-release 1; key-release a; ");
}

static void
a_flush_lets_go (Fixture *f, gconstpointer data)
{
  type (f, HELD);
  assert_told (f, TOLD);
  g_assert_true (gst_element_send_event (f->in, gst_event_new_flush_start ()));
  g_assert_true (
      gst_element_send_event (f->in, gst_event_new_flush_stop (TRUE)));
  assert_told (f, TOLD "mouse-button-release 1; key-release a; ");
}

#define ADD(path, func)                                                        \
  g_test_add ("/inputsink/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("the-end-lets-go", the_end_lets_go);
  ADD ("a-flush-lets-go", a_flush_lets_go);
  return g_test_run ();
}

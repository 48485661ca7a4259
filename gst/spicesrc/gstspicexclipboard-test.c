/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two bridges on one X server are each other's programs; a client of few words
 * does what bridges do not. */
#include "gst/spicesrc/gstspicexclipboard.h"

#include <stdlib.h>
#include <string.h>

#include "gst/spicesrc/gstspicex-fixture.h"
#include "gst/spicesrc/gstspicexfiles.h"

#define DEADLINE_US (60 * G_USEC_PER_SEC)
#define MAX_SIZE (4u << 20)
#define PATIENT_MS 60000u
#define IMPATIENT_MS 50u
#define TYPE(name) (1u << GST_SPICE_X_##name)

/* What a bridge told last; under the lock. */
typedef struct {
  GMutex lock;
  GCond cond;
  GstSpiceXClipboard *clipboard;
  guint n_owned[GST_SPICE_X_N_SELECTIONS], owned[GST_SPICE_X_N_SELECTIONS];
  guint n_won[GST_SPICE_X_N_SELECTIONS];
  guint n_wanted, wanted_selection, wanted_type;
  guint n_data, data_type;
  GBytes *data;
  guint n_lost;
  GBytes *answer; /* to what is wanted; NULL: no answer at all */
} Bridge;

static GstSpiceXServer server;

/* bridges */

static void
on_owned (GstSpiceXSelection selection, guint types, gpointer user_data)
{
  Bridge *self = user_data;

  g_mutex_lock (&self->lock);
  self->n_owned[selection]++;
  self->owned[selection] = types;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_data (GstSpiceXSelection selection, GstSpiceXType type, GBytes *data,
         gpointer user_data)
{
  Bridge *self = user_data;

  g_mutex_lock (&self->lock);
  self->n_data++;
  self->data_type = type;
  g_clear_pointer (&self->data, g_bytes_unref);
  self->data = data ? g_bytes_ref (data) : NULL;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_wanted (GstSpiceXSelection selection, GstSpiceXType type, gpointer user_data)
{
  Bridge *self = user_data;

  g_mutex_lock (&self->lock);
  self->n_wanted++;
  self->wanted_selection = selection;
  self->wanted_type = type;
  if (self->answer != NULL)
    gst_spice_x_clipboard_answer (self->clipboard, selection, type,
                                  self->answer);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_won (GstSpiceXSelection selection, gpointer user_data)
{
  Bridge *self = user_data;

  g_mutex_lock (&self->lock);
  self->n_won[selection]++;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_lost (gpointer user_data)
{
  Bridge *self = user_data;

  g_mutex_lock (&self->lock);
  self->n_lost++;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static const GstSpiceXClipboardEvents events = {
    .owned = on_owned,
    .data = on_data,
    .won = on_won,
    .wanted = on_wanted,
    .lost = on_lost,
};

static void
bridge_open (Bridge *self, const char *display, guint timeout_ms)
{
  const GstSpiceXClipboardOptions options = {display, MAX_SIZE, timeout_ms};
  g_autoptr (GError) error = NULL;

  memset (self, 0, sizeof *self);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->clipboard = gst_spice_x_clipboard_new (&options, &events, self, &error);
  g_assert_no_error (error);
}

static void
bridge_close (Bridge *self)
{
  gst_spice_x_clipboard_free (self->clipboard);
  g_clear_pointer (&self->data, g_bytes_unref);
  g_clear_pointer (&self->answer, g_bytes_unref);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

#define wait_until(bridge, condition)                                          \
  G_STMT_START                                                                 \
  {                                                                            \
    gint64 end_ = g_get_monotonic_time () + DEADLINE_US;                       \
    g_mutex_lock (&(bridge)->lock);                                            \
    while (!(condition))                                                       \
      g_assert_true (                                                          \
          g_cond_wait_until (&(bridge)->cond, &(bridge)->lock, end_));         \
    g_mutex_unlock (&(bridge)->lock);                                          \
  }                                                                            \
  G_STMT_END

#define expect(bridge, condition)                                              \
  G_STMT_START                                                                 \
  {                                                                            \
    g_mutex_lock (&(bridge)->lock);                                            \
    g_assert_true (condition);                                                 \
    g_mutex_unlock (&(bridge)->lock);                                          \
  }                                                                            \
  G_STMT_END

static GBytes *
pattern (gsize size)
{
  uint8_t *bytes = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (uint8_t)('!' + (i * 7 + i / 251) % 90);
  return g_bytes_new_take (bytes, size);
}

static void
offer (Bridge *self, GstSpiceXSelection selection, guint types, GBytes *answer)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->answer, g_bytes_unref);
  self->answer = answer ? g_bytes_ref (answer) : NULL;
  g_mutex_unlock (&self->lock);
  gst_spice_x_clipboard_offer (self->clipboard, selection, types);
}

typedef struct {
  Bridge here, there;
} Pair;

static void
set_up (Pair *f, gconstpointer data)
{
  bridge_open (&f->here, server.name, PATIENT_MS);
  bridge_open (&f->there, server.name, PATIENT_MS);
}

static void
tear_down (Pair *f, gconstpointer data)
{
  bridge_close (&f->here);
  bridge_close (&f->there);
}

/* tests of pairs */

static void
test_types (Pair *f, gconstpointer data)
{
  const guint all = TYPE (TEXT) | TYPE (PNG) | TYPE (BMP) | TYPE (TIFF) |
                    TYPE (JPEG) | TYPE (FILES);

  offer (&f->here, GST_SPICE_X_CLIPBOARD, all, NULL);
  wait_until (&f->there, f->there.owned[GST_SPICE_X_CLIPBOARD] == all);
  offer (&f->here, GST_SPICE_X_PRIMARY, TYPE (PNG), NULL);
  wait_until (&f->there, f->there.owned[GST_SPICE_X_PRIMARY] == TYPE (PNG));
  /* the one who offers does not hear of itself */
  expect (&f->here, f->here.n_owned[GST_SPICE_X_CLIPBOARD] == 0);
  gst_spice_x_clipboard_withdraw (f->here.clipboard, GST_SPICE_X_CLIPBOARD);
  wait_until (&f->there, f->there.owned[GST_SPICE_X_CLIPBOARD] == 0);
  expect (&f->here, f->here.n_owned[GST_SPICE_X_CLIPBOARD] == 0);
}

static void
test_taken_back_at_once (Pair *f, gconstpointer data)
{
  offer (&f->here, GST_SPICE_X_CLIPBOARD, TYPE (TEXT), NULL);
  gst_spice_x_clipboard_withdraw (f->here.clipboard, GST_SPICE_X_CLIPBOARD);
  wait_until (&f->here, f->here.n_won[GST_SPICE_X_CLIPBOARD] == 1);
  /* who is slow to look hears of none; later news come later */
  offer (&f->here, GST_SPICE_X_PRIMARY, TYPE (PNG), NULL);
  wait_until (&f->there, f->there.owned[GST_SPICE_X_PRIMARY] == TYPE (PNG));
  wait_until (&f->there, f->there.owned[GST_SPICE_X_CLIPBOARD] == 0);
}

static void
check_fetched (Pair *f, GstSpiceXType type, GBytes *sent)
{
  guint n_data = f->there.n_data;

  offer (&f->here, GST_SPICE_X_PRIMARY, 1u << type, sent);
  wait_until (&f->there, f->there.owned[GST_SPICE_X_PRIMARY] == 1u << type);
  gst_spice_x_clipboard_request (f->there.clipboard, GST_SPICE_X_PRIMARY, type);
  wait_until (&f->there, f->there.n_data > n_data);
  expect (&f->here, f->here.wanted_type == type &&
                        f->here.wanted_selection == GST_SPICE_X_PRIMARY);
  expect (&f->there, f->there.data_type == type);
  if (sent == NULL)
    g_assert_null (f->there.data);
  else
    g_assert_cmpmem (g_bytes_get_data (f->there.data, NULL),
                     g_bytes_get_size (f->there.data),
                     g_bytes_get_data (sent, NULL), g_bytes_get_size (sent));
}

static void
test_sizes (Pair *f, gconstpointer data)
{
  static const gsize sizes[] = {0, 1, 131072, 131073, 1 << 20, MAX_SIZE};

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GBytes) sent = pattern (sizes[i]);
    /* each with another type, so that its coming is seen */
    check_fetched (f, i % 2 ? GST_SPICE_X_TEXT : GST_SPICE_X_JPEG, sent);
  }
}

static void
test_too_large (Pair *f, gconstpointer data)
{
  g_autoptr (GBytes) sent = pattern (MAX_SIZE + 1);

  offer (&f->here, GST_SPICE_X_CLIPBOARD, TYPE (PNG), sent);
  wait_until (&f->there, f->there.owned[GST_SPICE_X_CLIPBOARD] == TYPE (PNG));
  gst_spice_x_clipboard_request (f->there.clipboard, GST_SPICE_X_CLIPBOARD,
                                 GST_SPICE_X_PNG);
  wait_until (&f->there, f->there.n_data == 1);
  g_assert_null (f->there.data);
}

static void
test_not_offered (Pair *f, gconstpointer data)
{
  offer (&f->here, GST_SPICE_X_CLIPBOARD, TYPE (PNG), NULL);
  wait_until (&f->there, f->there.owned[GST_SPICE_X_CLIPBOARD] == TYPE (PNG));
  gst_spice_x_clipboard_request (f->there.clipboard, GST_SPICE_X_CLIPBOARD,
                                 GST_SPICE_X_TEXT);
  wait_until (&f->there, f->there.n_data == 1);
  g_assert_null (f->there.data);
  expect (&f->here, f->here.n_wanted == 0);
}

static void
test_refused (Pair *f, gconstpointer data)
{
  offer (&f->here, GST_SPICE_X_CLIPBOARD, TYPE (TEXT), NULL);
  wait_until (&f->there, f->there.owned[GST_SPICE_X_CLIPBOARD] == TYPE (TEXT));
  gst_spice_x_clipboard_request (f->there.clipboard, GST_SPICE_X_CLIPBOARD,
                                 GST_SPICE_X_TEXT);
  wait_until (&f->here, f->here.n_wanted == 1);
  gst_spice_x_clipboard_answer (f->here.clipboard, GST_SPICE_X_CLIPBOARD,
                                GST_SPICE_X_TEXT, NULL);
  wait_until (&f->there, f->there.n_data == 1);
  g_assert_null (f->there.data);
}

static void
test_taken_over (Pair *f, gconstpointer data)
{
  offer (&f->here, GST_SPICE_X_CLIPBOARD, TYPE (TEXT), NULL);
  wait_until (&f->there, f->there.owned[GST_SPICE_X_CLIPBOARD] == TYPE (TEXT));
  gst_spice_x_clipboard_request (f->there.clipboard, GST_SPICE_X_CLIPBOARD,
                                 GST_SPICE_X_TEXT);
  wait_until (&f->here, f->here.n_wanted == 1);
  /* a viewer grabs anew: what was asked of the one before has no answer */
  offer (&f->here, GST_SPICE_X_CLIPBOARD, TYPE (BMP), NULL);
  wait_until (&f->there, f->there.n_data == 1);
  g_assert_null (f->there.data);
  wait_until (&f->there, f->there.owned[GST_SPICE_X_CLIPBOARD] == TYPE (BMP));
  offer (&f->there, GST_SPICE_X_CLIPBOARD, TYPE (TIFF), NULL);
  wait_until (&f->here, f->here.owned[GST_SPICE_X_CLIPBOARD] == TYPE (TIFF));
}

static void
test_owned_before (Pair *f, gconstpointer data)
{
  Bridge late;

  offer (&f->here, GST_SPICE_X_CLIPBOARD, TYPE (JPEG), NULL);
  wait_until (&f->there, f->there.owned[GST_SPICE_X_CLIPBOARD] == TYPE (JPEG));
  bridge_open (&late, server.name, PATIENT_MS);
  wait_until (&late, late.owned[GST_SPICE_X_CLIPBOARD] == TYPE (JPEG));
  bridge_close (&late);
}

static void
test_patience (Pair *f, gconstpointer data)
{
  Bridge hasty;

  /* who asks gives up on one that does not answer */
  offer (&f->here, GST_SPICE_X_CLIPBOARD, TYPE (TEXT), NULL);
  bridge_open (&hasty, server.name, IMPATIENT_MS);
  wait_until (&hasty, hasty.n_owned[GST_SPICE_X_CLIPBOARD] > 0);
  gst_spice_x_clipboard_request (hasty.clipboard, GST_SPICE_X_CLIPBOARD,
                                 GST_SPICE_X_TEXT);
  wait_until (&hasty, hasty.n_data == 1);
  g_assert_null (hasty.data);
  /* and who is asked tells a program that a viewer does not */
  offer (&hasty, GST_SPICE_X_PRIMARY, TYPE (TEXT), NULL);
  wait_until (&f->there, f->there.owned[GST_SPICE_X_PRIMARY] == TYPE (TEXT));
  gst_spice_x_clipboard_request (f->there.clipboard, GST_SPICE_X_PRIMARY,
                                 GST_SPICE_X_TEXT);
  wait_until (&f->there, f->there.n_data == 1);
  g_assert_null (f->there.data);
  bridge_close (&hasty);
}

/* a client of few words */

typedef struct {
  xcb_connection_t *xcb;
  xcb_window_t window;
} Program;

static void
program_open (Program *self)
{
  const uint32_t mask = XCB_EVENT_MASK_PROPERTY_CHANGE;
  xcb_screen_t *screen;

  self->xcb = xcb_connect (server.name, NULL);
  screen = xcb_setup_roots_iterator (xcb_get_setup (self->xcb)).data;
  self->window = xcb_generate_id (self->xcb);
  xcb_create_window (self->xcb, XCB_COPY_FROM_PARENT, self->window,
                     screen->root, 0, 0, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY,
                     XCB_COPY_FROM_PARENT, XCB_CW_EVENT_MASK, &mask);
  xcb_flush (self->xcb);
}

static xcb_atom_t
atom (Program *self, const char *name)
{
  xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply (
      self->xcb,
      xcb_intern_atom (self->xcb, false, (uint16_t)strlen (name), name), NULL);
  xcb_atom_t made = reply->atom;

  free (reply);
  return made;
}

static xcb_generic_event_t *
next_event (Program *self, uint8_t type)
{
  gint64 end = g_get_monotonic_time () + DEADLINE_US;
  GPollFD fd = {.fd = xcb_get_file_descriptor (self->xcb), .events = G_IO_IN};
  xcb_generic_event_t *event;

  xcb_flush (self->xcb);
  for (;;) {
    while ((event = xcb_poll_for_event (self->xcb)) == NULL) {
      gint64 left_ms = (end - g_get_monotonic_time ()) / 1000;
      g_assert_cmpint (left_ms, >, 0);
      g_poll (&fd, 1, (int)left_ms);
    }
    if ((event->response_type & 0x7f) == type)
      return event;
    free (event);
  }
}

/* the property of the answer */
static xcb_atom_t
convert (Program *self, const char *target, const char *property)
{
  xcb_selection_notify_event_t *event;
  xcb_atom_t answered;

  xcb_convert_selection (self->xcb, self->window, atom (self, "CLIPBOARD"),
                         atom (self, target), atom (self, property),
                         XCB_CURRENT_TIME);
  event =
      (xcb_selection_notify_event_t *)next_event (self, XCB_SELECTION_NOTIFY);
  answered = event->property;
  free (event);
  return answered;
}

static xcb_get_property_reply_t *
read_property (Program *self, const char *property)
{
  return xcb_get_property_reply (
      self->xcb,
      xcb_get_property (self->xcb, true, self->window, atom (self, property),
                        XCB_GET_PROPERTY_TYPE_ANY, 0, 1 << 20),
      NULL);
}

static void
check_property (Program *self, const char *property, const char *type,
                const char *text)
{
  xcb_get_property_reply_t *reply = read_property (self, property);

  g_assert_cmpuint (reply->type, ==, atom (self, type));
  g_assert_cmpmem (xcb_get_property_value (reply),
                   (gsize)xcb_get_property_value_length (reply), text,
                   strlen (text));
  free (reply);
}

static void
offer_text (Pair *f, const char *text)
{
  g_autoptr (GBytes) answer = g_bytes_new (text, strlen (text));

  offer (&f->here, GST_SPICE_X_CLIPBOARD, TYPE (TEXT), answer);
  wait_until (&f->there, f->there.owned[GST_SPICE_X_CLIPBOARD] == TYPE (TEXT));
}

static void
test_forms (Pair *f, gconstpointer data)
{
  Program program;

  program_open (&program);
  offer_text (f, "Gr\303\274\303\237e \342\202\254");
  g_assert_cmpuint (convert (&program, "STRING", "P"), ==,
                    atom (&program, "P"));
  check_property (&program, "P", "STRING", "Gr\374\337e ?");
  convert (&program, "TEXT", "P");
  check_property (&program, "P", "UTF8_STRING",
                  "Gr\303\274\303\237e \342\202\254");
  g_assert_cmpuint (convert (&program, "image/png", "P"), ==, XCB_ATOM_NONE);
  g_assert_cmpuint (convert (&program, "GARBAGE", "P"), ==, XCB_ATOM_NONE);
  convert (&program, "TIMESTAMP", "P");
  xcb_disconnect (program.xcb);
}

static void
test_multiple (Pair *f, gconstpointer data)
{
  Program program;
  xcb_get_property_reply_t *reply;
  const xcb_atom_t *pairs;

  program_open (&program);
  offer_text (f, "both");
  xcb_atom_t asked[] = {atom (&program, "UTF8_STRING"), atom (&program, "A"),
                        atom (&program, "image/png"),   atom (&program, "B"),
                        atom (&program, "STRING"),      atom (&program, "C")};
  xcb_change_property (program.xcb, XCB_PROP_MODE_REPLACE, program.window,
                       atom (&program, "M"), atom (&program, "ATOM_PAIR"), 32,
                       G_N_ELEMENTS (asked), asked);
  g_assert_cmpuint (convert (&program, "MULTIPLE", "M"), ==,
                    atom (&program, "M"));
  check_property (&program, "A", "UTF8_STRING", "both");
  check_property (&program, "C", "STRING", "both");
  reply = read_property (&program, "M");
  pairs = xcb_get_property_value (reply);
  g_assert_cmpuint (pairs[1], ==, asked[1]);
  g_assert_cmpuint (pairs[3], ==, XCB_ATOM_NONE);
  free (reply);
  g_assert_cmpuint (convert (&program, "MULTIPLE", "N"), ==, XCB_ATOM_NONE);
  xcb_disconnect (program.xcb);
}

/* Answers one request with the promise of too many bytes. */
static void
promise_too_much (Program *self)
{
  const uint32_t too_much = MAX_SIZE + 1;
  xcb_selection_notify_event_t sent[2] = {{0}}; /* 32 bytes and more */
  xcb_selection_request_event_t *asked =
      (xcb_selection_request_event_t *)next_event (self, XCB_SELECTION_REQUEST);

  xcb_change_property (self->xcb, XCB_PROP_MODE_REPLACE, asked->requestor,
                       asked->property, atom (self, "INCR"), 32, 1, &too_much);
  sent->response_type = XCB_SELECTION_NOTIFY;
  sent->requestor = asked->requestor;
  sent->selection = asked->selection;
  sent->target = asked->target;
  sent->property = asked->property;
  xcb_send_event (self->xcb, false, asked->requestor, 0, (const char *)sent);
  xcb_flush (self->xcb);
  free (asked);
}

/* A program that goes while pieces come, and one that promises more than
 * allowed: others do not notice. */
static void
test_bad_programs (Pair *f, gconstpointer data)
{
  g_autoptr (GBytes) large = pattern (MAX_SIZE);
  Program program;

  program_open (&program);
  offer (&f->here, GST_SPICE_X_CLIPBOARD, TYPE (PNG), large);
  wait_until (&f->there, f->there.owned[GST_SPICE_X_CLIPBOARD] == TYPE (PNG));
  convert (&program, "image/png", "P");
  xcb_delete_property (program.xcb, program.window, atom (&program, "P"));
  xcb_disconnect (program.xcb);

  program_open (&program);
  xcb_set_selection_owner (program.xcb, program.window,
                           atom (&program, "CLIPBOARD"), XCB_CURRENT_TIME);
  /* each bridge asks for the targets */
  promise_too_much (&program);
  promise_too_much (&program);
  wait_until (&f->there, f->there.owned[GST_SPICE_X_CLIPBOARD] == 0);
  xcb_disconnect (program.xcb);
  offer_text (f, "all is well");
}

/* others */

static void
test_no_display (void)
{
  const GstSpiceXClipboardOptions options = {":7000", MAX_SIZE, PATIENT_MS};
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_spice_x_clipboard_new (&options, &events, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
}

static void
test_lost_display (void)
{
  GstSpiceXServer gone;
  Bridge bridge;

  gst_spice_x_server_start (&gone);
  bridge_open (&bridge, gone.name, PATIENT_MS);
  gst_spice_x_server_stop (&gone);
  wait_until (&bridge, bridge.n_lost == 1);
  gst_spice_x_clipboard_offer (bridge.clipboard, GST_SPICE_X_CLIPBOARD, 2);
  bridge_close (&bridge);
}

static void
test_files (void)
{
  static const char list[] = "cut\0/a b/\303\244\0relative\0/c";
  static const char uris[] = "file:///a%20b/%C3%A4\r\nfile:///c\r\n";
  static const char back[] = "copy\0/a b/\303\244\0/c";
  g_autoptr (GBytes) listed = g_bytes_new_static (list, sizeof list - 1);
  g_autoptr (GBytes) made = gst_spice_x_files_to_uris (listed);
  g_autoptr (GBytes) again = gst_spice_x_files_from_uris (made);
  g_autoptr (GBytes) none = g_bytes_new_static ("copy", 4);

  g_assert_cmpmem (g_bytes_get_data (made, NULL), g_bytes_get_size (made), uris,
                   strlen (uris));
  g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again),
                   back, sizeof back - 1);
  g_assert_null (gst_spice_x_files_to_uris (none));
  g_assert_null (gst_spice_x_files_from_uris (none));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  gst_spice_x_server_start (&server);
#define ADD(name, test) g_test_add (name, Pair, NULL, set_up, test, tear_down)
  ADD ("/x-clipboard/types-of-an-owner-are-told", test_types);
  ADD ("/x-clipboard/an-offer-is-taken-back-at-once", test_taken_back_at_once);
  ADD ("/x-clipboard/data-of-any-size-arrives", test_sizes);
  ADD ("/x-clipboard/too-large-data-is-refused", test_too_large);
  ADD ("/x-clipboard/only-what-is-offered-is-wanted", test_not_offered);
  ADD ("/x-clipboard/a-refusal-is-passed-on", test_refused);
  ADD ("/x-clipboard/a-new-owner-ends-what-was-asked", test_taken_over);
  ADD ("/x-clipboard/an-owner-from-before-is-found", test_owned_before);
  ADD ("/x-clipboard/nobody-waits-forever", test_patience);
  ADD ("/x-clipboard/text-comes-in-old-forms", test_forms);
  ADD ("/x-clipboard/several-targets-at-once", test_multiple);
  ADD ("/x-clipboard/bad-programs-harm-nobody", test_bad_programs);
#undef ADD
  g_test_add_func ("/x-clipboard/no-display-is-an-error", test_no_display);
  g_test_add_func ("/x-clipboard/a-lost-display-is-told", test_lost_display);
  g_test_add_func ("/x-clipboard/files-have-two-forms", test_files);
  result = g_test_run ();
  gst_spice_x_server_stop (&server);
  return result;
}

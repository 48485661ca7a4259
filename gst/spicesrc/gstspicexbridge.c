/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesrc/gstspicexbridge.h"

#include <string.h>

#include "gst/common/gstspiceclipboard.h"
#include "gst/spicesrc/gstspicexclipboard.h"

/* Programs wait so long for a viewer, which may be a person that is asked, and
 * viewers for a program. Toolkits give up after as long, or earlier. */
#define TIMEOUT_MS 30000u
/* viewers that wait for a program's data; more get none */
#define MAX_QUESTIONS 256u

/* media types as the server names them */
static const char *const type_names[GST_SPICE_X_N_TYPES] = {
    [GST_SPICE_X_TEXT] = "text/plain;charset=utf-8",
    [GST_SPICE_X_PNG] = "image/png",
    [GST_SPICE_X_BMP] = "image/bmp",
    [GST_SPICE_X_TIFF] = "image/tiff",
    [GST_SPICE_X_JPEG] = "image/jpeg",
    [GST_SPICE_X_FILES] = "application/x-spice-file-list",
};

/* a viewer waits for a program's data */
typedef struct {
  guint viewer;
  GstSpiceXSelection selection;
  GstSpiceXType type;
} Question;

/* Counted: a handler of the server's may still run when the bridge is freed. */
struct _GstSpiceXBridge {
  GstSpiceServer *server; /* owned */
  /* under the lock, which is never held while calling the server */
  GMutex lock;
  GstSpiceXClipboard *clipboard;           /* NULL: closed */
  guint holders[GST_SPICE_X_N_SELECTIONS]; /* the viewer that has it, 0: none */
  /* offers of which the display has not said yet that programs see them: what
   * it told of programs before is old */
  guint n_offers[GST_SPICE_X_N_SELECTIONS];
  GArray *questions; /* Question */
};

static void
clear_bridge (gpointer data)
{
  GstSpiceXBridge *self = data;

  gst_object_unref (self->server);
  g_array_unref (self->questions);
  g_mutex_clear (&self->lock);
}

static void
unref_bridge (gpointer data, GClosure *closure)
{
  g_atomic_rc_box_release_full (data, clear_bridge);
}

static guint
max_size_of (GstSpiceServer *server)
{
  guint size = 0;

  g_object_get (server, "clipboard-max-size", &size, NULL);
  return size;
}

static GstSpiceXType
find_type (const char *name)
{
  for (guint i = 1; i < GST_SPICE_X_N_TYPES; i++)
    if (g_strcmp0 (type_names[i], name) == 0)
      return i;
  return GST_SPICE_X_NOTHING;
}

static bool
is_selection (int selection)
{
  return selection == GST_SPICE_X_CLIPBOARD || selection == GST_SPICE_X_PRIMARY;
}

/* display to viewers: the clipboard's thread */

/* true: no viewer has it now */
static bool
yield_to_programs (GstSpiceXBridge *self, GstSpiceXSelection selection)
{
  bool yields;

  g_mutex_lock (&self->lock);
  yields = self->n_offers[selection] == 0;
  if (yields)
    self->holders[selection] = 0;
  g_mutex_unlock (&self->lock);
  return yields;
}

static void
on_owned (GstSpiceXSelection selection, guint types, gpointer user_data)
{
  GstSpiceXBridge *self = user_data;
  const char *names[GST_SPICE_X_N_TYPES + 1] = {NULL};
  guint n = 0;

  if (!yield_to_programs (self, selection))
    return;
  for (guint i = 1; i < GST_SPICE_X_N_TYPES; i++)
    if ((types & (1u << i)) != 0)
      names[n++] = type_names[i];
  if (n > 0)
    gst_spice_server_clipboard_grab (self->server, 0,
                                     (GstSpiceSelection)selection, names);
  else
    gst_spice_server_clipboard_release (self->server, 0,
                                        (GstSpiceSelection)selection);
}

/* (transfer full): the viewers that wait for it, and wait no longer */
static GArray *
take_questions (GstSpiceXBridge *self, GstSpiceXSelection selection,
                GstSpiceXType type)
{
  GArray *viewers = g_array_new (FALSE, FALSE, sizeof (guint));

  g_mutex_lock (&self->lock);
  for (guint i = self->questions->len; i-- > 0;) {
    const Question *one = &g_array_index (self->questions, Question, i);
    if (one->selection != selection || one->type != type)
      continue;
    g_array_append_val (viewers, one->viewer);
    g_array_remove_index_fast (self->questions, i);
  }
  g_mutex_unlock (&self->lock);
  return viewers;
}

static void
on_data (GstSpiceXSelection selection, GstSpiceXType type, GBytes *data,
         gpointer user_data)
{
  GstSpiceXBridge *self = user_data;
  g_autoptr (GArray) viewers = take_questions (self, selection, type);

  for (guint i = 0; i < viewers->len; i++)
    gst_spice_server_clipboard_set_data (
        self->server, g_array_index (viewers, guint, i),
        (GstSpiceSelection)selection, type_names[type], data);
}

/* Asked for each time: it may be set on any element, at any time. */
static void
answer (GstSpiceXBridge *self, guint viewer, GstSpiceXSelection selection,
        GstSpiceXType type, GBytes *data)
{
  guint max_size = max_size_of (self->server);

  g_mutex_lock (&self->lock);
  if (self->clipboard != NULL && self->holders[selection] == viewer) {
    gst_spice_x_clipboard_set_max_size (self->clipboard, max_size);
    gst_spice_x_clipboard_answer (self->clipboard, selection, type, data);
  }
  g_mutex_unlock (&self->lock);
}

static void
on_won (GstSpiceXSelection selection, gpointer user_data)
{
  GstSpiceXBridge *self = user_data;

  g_mutex_lock (&self->lock);
  if (self->n_offers[selection] > 0)
    self->n_offers[selection]--;
  g_mutex_unlock (&self->lock);
}

static void
on_wanted (GstSpiceXSelection selection, GstSpiceXType type, gpointer user_data)
{
  GstSpiceXBridge *self = user_data;
  guint viewer;

  g_mutex_lock (&self->lock);
  viewer = self->holders[selection];
  g_mutex_unlock (&self->lock);
  if (viewer == 0 ||
      !gst_spice_server_clipboard_request (
          self->server, viewer, (GstSpiceSelection)selection, type_names[type]))
    answer (self, viewer, selection, type, NULL);
}

/* The element tells of it, for the input's own connection. */
static void
on_lost (gpointer user_data)
{
  for (guint i = 0; i < GST_SPICE_X_N_SELECTIONS; i++)
    on_owned (i, 0, user_data);
}

static const GstSpiceXClipboardEvents events = {
    .owned = on_owned,
    .data = on_data,
    .won = on_won,
    .wanted = on_wanted,
    .lost = on_lost,
};

/* viewers to display: the server's event thread */

static void
on_grabbed (GstSpiceServer *server, guint viewer, int selection,
            const char *const *types, gpointer user_data)
{
  GstSpiceXBridge *self = user_data;
  guint set = 0;

  if (!is_selection (selection))
    return;
  for (; types != NULL && *types != NULL; types++)
    set |= 1u << find_type (*types);
  set &= ~(1u << GST_SPICE_X_NOTHING);
  g_mutex_lock (&self->lock);
  if (self->clipboard != NULL && set != 0) {
    self->holders[selection] = viewer;
    self->n_offers[selection]++;
    gst_spice_x_clipboard_offer (self->clipboard, selection, set);
  }
  g_mutex_unlock (&self->lock);
}

static void
on_released (GstSpiceServer *server, guint viewer, int selection,
             gpointer user_data)
{
  GstSpiceXBridge *self = user_data;

  if (!is_selection (selection))
    return;
  g_mutex_lock (&self->lock);
  if (self->clipboard != NULL && self->holders[selection] == viewer) {
    self->holders[selection] = 0;
    gst_spice_x_clipboard_withdraw (self->clipboard, selection);
  }
  g_mutex_unlock (&self->lock);
}

static void
on_viewer_data (GstSpiceServer *server, guint viewer, int selection,
                const char *type, GBytes *data, gpointer user_data)
{
  GstSpiceXType number = find_type (type);

  if (is_selection (selection) && number != GST_SPICE_X_NOTHING)
    answer (user_data, viewer, selection, number, data);
}

/* The answer follows: clipboard-set-data. */
static GBytes *
on_requested (GstSpiceServer *server, guint viewer, int selection,
              const char *type, gpointer user_data)
{
  GstSpiceXBridge *self = user_data;
  const Question question = {viewer, selection, find_type (type)};
  guint max_size = max_size_of (server);

  if (!is_selection (selection) || question.type == GST_SPICE_X_NOTHING)
    return NULL;
  g_mutex_lock (&self->lock);
  if (self->clipboard != NULL && self->questions->len < MAX_QUESTIONS) {
    g_array_append_val (self->questions, question);
    gst_spice_x_clipboard_set_max_size (self->clipboard, max_size);
    gst_spice_x_clipboard_request (self->clipboard, selection, question.type);
  }
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* life */

static const struct {
  const char *signal;
  GCallback handler;
} handlers[] = {
    {"clipboard-grabbed", G_CALLBACK (on_grabbed)},
    {"clipboard-released", G_CALLBACK (on_released)},
    {"clipboard-data", G_CALLBACK (on_viewer_data)},
    {"clipboard-requested", G_CALLBACK (on_requested)},
};

/* takes the lock's place: nobody calls before the handlers are connected */
static bool
open_clipboard (GstSpiceXBridge *self, const char *display, GError **error)
{
  const GstSpiceXClipboardOptions options = {
      .display = display,
      .max_size = max_size_of (self->server),
      .timeout_ms = TIMEOUT_MS,
  };
  GstSpiceXClipboard *clipboard =
      gst_spice_x_clipboard_new (&options, &events, self, error);

  g_mutex_lock (&self->lock);
  self->clipboard = clipboard;
  g_mutex_unlock (&self->lock);
  return clipboard != NULL;
}

GstSpiceXBridge *
gst_spice_x_bridge_new (GstSpiceServer *server, const char *display,
                        GError **error)
{
  GstSpiceXBridge *self = g_atomic_rc_box_new0 (GstSpiceXBridge);

  self->server = gst_object_ref (server);
  self->questions = g_array_new (FALSE, FALSE, sizeof (Question));
  g_mutex_init (&self->lock);
  if (!open_clipboard (self, display, error)) {
    unref_bridge (self, NULL);
    return NULL;
  }
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_data (server, handlers[i].signal, handlers[i].handler,
                           g_atomic_rc_box_acquire (self), unref_bridge, 0);
  return self;
}

void
gst_spice_x_bridge_free (GstSpiceXBridge *self)
{
  GstSpiceXClipboard *clipboard;

  if (self == NULL)
    return;
  g_signal_handlers_disconnect_matched (self->server, G_SIGNAL_MATCH_DATA, 0, 0,
                                        NULL, NULL, self);
  g_mutex_lock (&self->lock);
  clipboard = g_steal_pointer (&self->clipboard);
  g_mutex_unlock (&self->lock);
  gst_spice_x_clipboard_free (clipboard);
  for (guint i = 0; i < GST_SPICE_X_N_SELECTIONS; i++)
    gst_spice_server_clipboard_release (self->server, 0, (GstSpiceSelection)i);
  unref_bridge (self, NULL);
}

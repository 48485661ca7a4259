/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesrc/gstspicexclipboard.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <xcb/xfixes.h>

#include "gst/spicesrc/gstspicexowner.h"
#include "gst/spicesrc/gstspicexreader.h"

/* bytes of a property; more goes in pieces. Well below the 256 KiB a request
 * may have on any display. */
#define CHUNK_SIZE (128u * 1024u)

struct _GstSpiceXClipboard {
  /* set at construction */
  GstSpiceXClipboardEvents events;
  gpointer user_data;
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  gint is_ending; /* atomic: free was called */
  /* its thread, once the display is open */
  GstSpiceXDisplay display;
  GstSpiceXSender *sender;
  GstSpiceXOwner *owners[GST_SPICE_X_N_SELECTIONS];
  GstSpiceXReader *readers[GST_SPICE_X_N_SELECTIONS];
  GSource *source;
  bool is_lost;
};

/* The display's connection among the sources: what waits to be written is
 * written before the thread sleeps; what a reply brought along is handled
 * without new bytes from the socket. */
typedef struct {
  GSource parent;
  GstSpiceXClipboard *clipboard;
  gpointer fd_tag;
  xcb_generic_event_t *next;
} DisplaySource;

/* selections */

static void
set_owner (GstSpiceXClipboard *self, GstSpiceXSelection selection,
           xcb_window_t window, xcb_timestamp_t set_at, xcb_timestamp_t now)
{
  GstSpiceXOwner *owner = self->owners[selection];
  bool was_ours = gst_spice_x_owner_is_ours (owner);

  if (window == self->display.window) {
    gst_spice_x_owner_won (owner, set_at);
    gst_spice_x_reader_forget (self->readers[selection]);
    self->events.won (selection, self->user_data);
    return;
  }
  if (was_ours)
    gst_spice_x_owner_lost (owner);
  if (window != XCB_WINDOW_NONE) {
    gst_spice_x_reader_follow (self->readers[selection], now);
    return;
  }
  gst_spice_x_reader_forget (self->readers[selection]);
  if (!was_ours)
    self->events.owned (selection, 0, self->user_data);
}

static void
on_fixes (GstSpiceXClipboard *self,
          const xcb_xfixes_selection_notify_event_t *event)
{
  GstSpiceXSelection selection =
      gst_spice_x_display_find_selection (&self->display, event->selection);
  bool is_set =
      event->subtype == XCB_XFIXES_SELECTION_EVENT_SET_SELECTION_OWNER;

  if (selection < GST_SPICE_X_N_SELECTIONS)
    set_owner (self, selection, is_set ? event->owner : XCB_WINDOW_NONE,
               event->selection_timestamp, event->timestamp);
}

/* What was owned before we came. */
static void
look_at_owners (GstSpiceXClipboard *self)
{
  for (guint i = 0; i < GST_SPICE_X_N_SELECTIONS; i++) {
    xcb_get_selection_owner_reply_t *reply = xcb_get_selection_owner_reply (
        self->display.xcb,
        xcb_get_selection_owner (
            self->display.xcb,
            gst_spice_x_display_selection (&self->display, i)),
        NULL);
    if (reply != NULL && reply->owner != XCB_WINDOW_NONE)
      gst_spice_x_reader_follow (self->readers[i], XCB_CURRENT_TIME);
    free (reply);
  }
}

/* events */

static void
on_property (GstSpiceXClipboard *self, const xcb_property_notify_event_t *event)
{
  gst_spice_x_sender_on_property (self->sender, event);
  for (guint i = 0; i < GST_SPICE_X_N_SELECTIONS; i++)
    gst_spice_x_reader_on_property (self->readers[i], event);
}

static void
on_notify (GstSpiceXClipboard *self, const xcb_selection_notify_event_t *event)
{
  for (guint i = 0; i < GST_SPICE_X_N_SELECTIONS; i++)
    gst_spice_x_reader_on_notify (self->readers[i], event);
}

static void
on_request (GstSpiceXClipboard *self,
            const xcb_selection_request_event_t *event)
{
  GstSpiceXSelection selection =
      gst_spice_x_display_find_selection (&self->display, event->selection);

  if (selection < GST_SPICE_X_N_SELECTIONS)
    gst_spice_x_owner_on_request (self->owners[selection], event);
}

static void
handle (GstSpiceXClipboard *self, const xcb_generic_event_t *event)
{
  uint8_t type = event->response_type & 0x7f;

  if (type == self->display.fixes_event + XCB_XFIXES_SELECTION_NOTIFY)
    on_fixes (self, (const xcb_xfixes_selection_notify_event_t *)event);
  else if (type == XCB_PROPERTY_NOTIFY)
    on_property (self, (const xcb_property_notify_event_t *)event);
  else if (type == XCB_SELECTION_NOTIFY)
    on_notify (self, (const xcb_selection_notify_event_t *)event);
  else if (type == XCB_SELECTION_REQUEST)
    on_request (self, (const xcb_selection_request_event_t *)event);
  else if (type == XCB_DESTROY_NOTIFY)
    gst_spice_x_sender_on_window_gone (
        self->sender, ((const xcb_destroy_notify_event_t *)event)->window);
  else if (type == 0)
    /* an error: a window that went before we wrote to it, or any other thing
     * that is of no consequence */
    gst_spice_x_sender_on_window_gone (
        self->sender, ((const xcb_value_error_t *)event)->bad_value);
}

static gboolean
prepare (GSource *source, int *timeout)
{
  DisplaySource *self = (DisplaySource *)source;
  xcb_connection_t *xcb = self->clipboard->display.xcb;

  *timeout = -1;
  xcb_flush (xcb);
  if (self->next == NULL)
    self->next = xcb_poll_for_queued_event (xcb);
  return self->next != NULL || xcb_connection_has_error (xcb);
}

static gboolean
check (GSource *source)
{
  DisplaySource *self = (DisplaySource *)source;

  return self->next != NULL ||
         g_source_query_unix_fd (source, self->fd_tag) != 0;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  DisplaySource *self = (DisplaySource *)source;
  GstSpiceXClipboard *clipboard = self->clipboard;
  xcb_connection_t *xcb = clipboard->display.xcb;
  xcb_generic_event_t *event = g_steal_pointer (&self->next);

  if (event == NULL)
    event = xcb_poll_for_event (xcb);
  for (; event != NULL; event = xcb_poll_for_event (xcb)) {
    handle (clipboard, event);
    free (event);
  }
  if (!xcb_connection_has_error (xcb))
    return G_SOURCE_CONTINUE;
  clipboard->is_lost = true;
  if (!g_atomic_int_get (&clipboard->is_ending))
    clipboard->events.lost (clipboard->user_data);
  return G_SOURCE_REMOVE;
}

static void
finalize (GSource *source)
{
  free (((DisplaySource *)source)->next);
}

static GSourceFuncs display_source_funcs = {
    .prepare = prepare,
    .check = check,
    .dispatch = dispatch,
    .finalize = finalize,
};

/* the thread */

static void
listen_to_display (GstSpiceXClipboard *self)
{
  DisplaySource *source;

  self->source = g_source_new (&display_source_funcs, sizeof *source);
  source = (DisplaySource *)self->source;
  source->clipboard = self;
  source->fd_tag = g_source_add_unix_fd (
      self->source, xcb_get_file_descriptor (self->display.xcb),
      G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_attach (self->source, self->context);
}

static void
make_selections (GstSpiceXClipboard *self)
{
  const GstSpiceXReaderEvents events = {self->events.owned, self->events.data};

  self->sender = gst_spice_x_sender_new (&self->display);
  for (guint i = 0; i < GST_SPICE_X_N_SELECTIONS; i++) {
    self->owners[i] = gst_spice_x_owner_new (
        &self->display, self->sender, i, self->events.wanted, self->user_data);
    self->readers[i] =
        gst_spice_x_reader_new (&self->display, i, &events, self->user_data);
  }
}

static void
clear_selections (GstSpiceXClipboard *self)
{
  for (guint i = 0; i < GST_SPICE_X_N_SELECTIONS; i++) {
    gst_spice_x_owner_free (self->owners[i]);
    gst_spice_x_reader_free (self->readers[i]);
  }
  gst_spice_x_sender_free (self->sender);
}

/* What new and its thread tell each other. */
typedef struct {
  GstSpiceXClipboard *self;
  const char *display;
  GMutex lock;
  GCond cond;
  bool is_done;
  GError *error;
} Opening;

static void
tell_opened (Opening *opening)
{
  g_mutex_lock (&opening->lock);
  opening->is_done = true;
  g_cond_signal (&opening->cond);
  g_mutex_unlock (&opening->lock);
}

static gpointer
run (gpointer data)
{
  Opening *opening = data;
  GstSpiceXClipboard *self = opening->self;
  sigset_t pipe;
  bool is_open;

  sigemptyset (&pipe);
  sigaddset (&pipe, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &pipe, NULL);
  g_main_context_push_thread_default (self->context);
  is_open = gst_spice_x_display_open (&self->display, opening->display,
                                      &opening->error);
  tell_opened (opening);
  if (is_open) {
    make_selections (self);
    listen_to_display (self);
    look_at_owners (self);
    g_main_loop_run (self->loop);
    clear_selections (self);
  }
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/* Returns when the display is open, or cannot be. */
static void
start_thread (GstSpiceXClipboard *self, const char *display, GError **error)
{
  Opening opening = {.self = self, .display = display};

  g_mutex_init (&opening.lock);
  g_cond_init (&opening.cond);
  self->thread = g_thread_new ("spice-x-clip", run, &opening);
  g_mutex_lock (&opening.lock);
  while (!opening.is_done)
    g_cond_wait (&opening.cond, &opening.lock);
  g_mutex_unlock (&opening.lock);
  g_mutex_clear (&opening.lock);
  g_cond_clear (&opening.cond);
  if (opening.error != NULL)
    g_propagate_error (error, opening.error);
}

static void
destroy (GstSpiceXClipboard *self)
{
  g_thread_join (self->thread);
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  gst_spice_x_display_clear (&self->display);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
}

/* life */

GstSpiceXClipboard *
gst_spice_x_clipboard_new (const GstSpiceXClipboardOptions *options,
                           const GstSpiceXClipboardEvents *events,
                           gpointer user_data, GError **error)
{
  GstSpiceXClipboard *self = g_new0 (GstSpiceXClipboard, 1);
  GError *failed = NULL;

  self->events = *events;
  self->user_data = user_data;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->display.context = self->context;
  self->display.max_size = options->max_size;
  self->display.chunk_size = CHUNK_SIZE;
  self->display.timeout_ms = options->timeout_ms;
  start_thread (self, options->display, &failed);
  if (failed == NULL)
    return self;
  g_propagate_error (error, failed);
  destroy (self);
  return NULL;
}

/* A call, on its way to the thread. */
typedef struct {
  GstSpiceXClipboard *self;
  GstSpiceXSelection selection;
  guint value;  /* type or types */
  GBytes *data; /* owned, or NULL */
  void (*run) (GstSpiceXClipboard *self, GstSpiceXSelection selection,
               guint value, GBytes *data);
} Call;

static gboolean
run_call (gpointer data)
{
  Call *call = data;

  if (!call->self->is_lost)
    call->run (call->self, call->selection, call->value, call->data);
  return G_SOURCE_REMOVE;
}

static void
free_call (gpointer data)
{
  Call *call = data;

  g_clear_pointer (&call->data, g_bytes_unref);
  g_free (call);
}

static void
post (GstSpiceXClipboard *self, Call call)
{
  GSource *source = g_idle_source_new ();

  call.self = self;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, run_call, g_memdup2 (&call, sizeof call),
                         free_call);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

static gboolean
quit (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

/* A display that hangs may hold up its thread, but not who waits for it:
 * without the socket it gets its answers, all of them errors. */
void
gst_spice_x_clipboard_free (GstSpiceXClipboard *self)
{
  GSource *source;

  if (self == NULL)
    return;
  g_atomic_int_set (&self->is_ending, true);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, quit, self->loop, NULL);
  g_source_attach (source, self->context);
  g_source_unref (source);
  shutdown (xcb_get_file_descriptor (self->display.xcb), SHUT_RDWR);
  destroy (self);
}

/* calls */

static void
run_set_max_size (GstSpiceXClipboard *self, GstSpiceXSelection selection,
                  guint value, GBytes *data)
{
  self->display.max_size = value;
}

static void
run_request (GstSpiceXClipboard *self, GstSpiceXSelection selection,
             guint value, GBytes *data)
{
  gst_spice_x_reader_fetch (self->readers[selection], value);
}

static void
run_offer (GstSpiceXClipboard *self, GstSpiceXSelection selection, guint value,
           GBytes *data)
{
  gst_spice_x_owner_offer (self->owners[selection], value);
}

static void
run_withdraw (GstSpiceXClipboard *self, GstSpiceXSelection selection,
              guint value, GBytes *data)
{
  gst_spice_x_owner_withdraw (self->owners[selection]);
}

static void
run_answer (GstSpiceXClipboard *self, GstSpiceXSelection selection, guint value,
            GBytes *data)
{
  gst_spice_x_owner_answer (self->owners[selection], value, data);
}

void
gst_spice_x_clipboard_set_max_size (GstSpiceXClipboard *self, guint max_size)
{
  post (self, (Call){.value = max_size, .run = run_set_max_size});
}

void
gst_spice_x_clipboard_request (GstSpiceXClipboard *self,
                               GstSpiceXSelection selection, GstSpiceXType type)
{
  g_return_if_fail (selection < GST_SPICE_X_N_SELECTIONS);
  g_return_if_fail (type > GST_SPICE_X_NOTHING && type < GST_SPICE_X_N_TYPES);
  post (self,
        (Call){.selection = selection, .value = type, .run = run_request});
}

void
gst_spice_x_clipboard_offer (GstSpiceXClipboard *self,
                             GstSpiceXSelection selection, guint types)
{
  g_return_if_fail (selection < GST_SPICE_X_N_SELECTIONS);
  post (self, (Call){.selection = selection, .value = types, .run = run_offer});
}

void
gst_spice_x_clipboard_withdraw (GstSpiceXClipboard *self,
                                GstSpiceXSelection selection)
{
  g_return_if_fail (selection < GST_SPICE_X_N_SELECTIONS);
  post (self, (Call){.selection = selection, .run = run_withdraw});
}

void
gst_spice_x_clipboard_answer (GstSpiceXClipboard *self,
                              GstSpiceXSelection selection, GstSpiceXType type,
                              GBytes *data)
{
  g_return_if_fail (selection < GST_SPICE_X_N_SELECTIONS);
  post (self, (Call){.selection = selection,
                     .value = type,
                     .data = data ? g_bytes_ref (data) : NULL,
                     .run = run_answer});
}

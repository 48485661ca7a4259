/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesrc/gstspicexowner.h"

#include <stdlib.h>
#include <string.h>

/* programs that wait for a viewer at a time */
#define MAX_WAITERS 64u
/* targets asked for in one MULTIPLE */
#define MAX_PAIRS 16u

/* A request of a program; MULTIPLE has several parts. Lives until the last part
 * is answered, then the program is told. */
typedef struct {
  xcb_selection_request_event_t event;
  xcb_atom_t pairs[MAX_PAIRS * 2]; /* target, property; NONE: refused */
  guint n_pairs;                   /* 0: not a MULTIPLE */
  guint n_open;                    /* parts without an answer */
  bool is_refused;                 /* if it has but one part */
} Request;

typedef struct {
  GstSpiceXOwner *owner; /* not owned */
  Request *request;
  guint pair; /* of a MULTIPLE */
  GstSpiceXType type;
  xcb_atom_t target, property;
  GSource *timeout;
} Waiter;

struct _GstSpiceXOwner {
  const GstSpiceXDisplay *display;
  GstSpiceXSender *sender;
  GstSpiceXSelection selection;
  GstSpiceXWanted wanted;
  gpointer user_data;
  guint types; /* on offer */
  bool is_ours;
  bool is_claimed; /* the display has not said yet that it is ours */
  xcb_timestamp_t since;
  GPtrArray *waiters; /* Waiter, owned */
};

static void
free_waiter (gpointer data)
{
  Waiter *self = data;

  gst_spice_x_timeout_clear (&self->timeout);
  g_free (self);
}

/* life */

GstSpiceXOwner *
gst_spice_x_owner_new (const GstSpiceXDisplay *display, GstSpiceXSender *sender,
                       GstSpiceXSelection selection, GstSpiceXWanted wanted,
                       gpointer user_data)
{
  GstSpiceXOwner *self = g_new0 (GstSpiceXOwner, 1);

  self->display = display;
  self->sender = sender;
  self->selection = selection;
  self->wanted = wanted;
  self->user_data = user_data;
  self->waiters = g_ptr_array_new_with_free_func (free_waiter);
  return self;
}

/* requests */

static void
set_atoms (GstSpiceXOwner *self, xcb_window_t window, xcb_atom_t property,
           xcb_atom_t form, const uint32_t *values, guint n)
{
  xcb_change_property (self->display->xcb, XCB_PROP_MODE_REPLACE, window,
                       property, form, 32, n, values);
}

/* tells the program, and frees @request */
static void
conclude (GstSpiceXOwner *self, Request *request)
{
  const xcb_selection_request_event_t *event = &request->event;
  /* events are sent as 32 bytes, whatever their structure has */
  union {
    xcb_selection_notify_event_t notify;
    uint8_t bytes[32];
  } sent = {{0}};

  if (request->n_pairs > 0)
    set_atoms (self, event->requestor, event->property,
               self->display->atoms[GST_SPICE_X_ATOM_ATOM_PAIR], request->pairs,
               request->n_pairs * 2);
  sent.notify.response_type = XCB_SELECTION_NOTIFY;
  sent.notify.time = event->time;
  sent.notify.requestor = event->requestor;
  sent.notify.selection = event->selection;
  sent.notify.target = event->target;
  sent.notify.property = request->is_refused ? XCB_ATOM_NONE : event->property;
  xcb_send_event (self->display->xcb, false, event->requestor,
                  XCB_EVENT_MASK_NO_EVENT, (const char *)sent.bytes);
  g_free (request);
}

static void
end_part (GstSpiceXOwner *self, Request *request, guint pair, bool is_good)
{
  if (!is_good && request->n_pairs > 0)
    request->pairs[pair * 2 + 1] = XCB_ATOM_NONE;
  if (!is_good && request->n_pairs == 0)
    request->is_refused = true;
  if (--request->n_open == 0)
    conclude (self, request);
}

/* waiters */

static void
end_waiter (Waiter *waiter, bool is_good)
{
  GstSpiceXOwner *self = waiter->owner;

  end_part (self, waiter->request, waiter->pair, is_good);
  g_ptr_array_remove (self->waiters, waiter);
}

static gboolean
on_timeout (gpointer data)
{
  end_waiter (data, false);
  return G_SOURCE_REMOVE;
}

static bool
is_awaited (GstSpiceXOwner *self, GstSpiceXType type)
{
  for (guint i = 0; i < self->waiters->len; i++) {
    const Waiter *waiter = g_ptr_array_index (self->waiters, i);
    if (waiter->type == type)
      return true;
  }
  return false;
}

static void
refuse_all (GstSpiceXOwner *self)
{
  while (self->waiters->len > 0)
    end_waiter (g_ptr_array_index (self->waiters, self->waiters->len - 1),
                false);
}

void
gst_spice_x_owner_free (GstSpiceXOwner *self)
{
  if (self == NULL)
    return;
  refuse_all (self);
  g_ptr_array_unref (self->waiters);
  g_free (self);
}

static void
await (GstSpiceXOwner *self, Request *request, guint pair, GstSpiceXType type,
       xcb_atom_t target, xcb_atom_t property)
{
  bool is_first = !is_awaited (self, type);
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->owner = self;
  waiter->request = request;
  waiter->pair = pair;
  waiter->type = type;
  waiter->target = target;
  waiter->property = property;
  waiter->timeout =
      gst_spice_x_display_add_timeout (self->display, on_timeout, waiter);
  g_ptr_array_add (self->waiters, waiter);
  if (is_first)
    self->wanted (self->selection, type, self->user_data);
}

static bool
hand_over (GstSpiceXOwner *self, const Waiter *waiter, GBytes *data)
{
  xcb_atom_t form;
  g_autoptr (GBytes) encoded = gst_spice_x_display_encode (
      self->display, waiter->type, waiter->target, data, &form);

  return encoded != NULL &&
         gst_spice_x_sender_put (self->sender, waiter->request->event.requestor,
                                 waiter->property, form, encoded);
}

void
gst_spice_x_owner_answer (GstSpiceXOwner *self, GstSpiceXType type,
                          GBytes *data)
{
  bool is_good =
      data != NULL && g_bytes_get_size (data) <= self->display->max_size;

  for (guint i = self->waiters->len; i-- > 0;) {
    Waiter *waiter = g_ptr_array_index (self->waiters, i);
    if (waiter->type == type)
      end_waiter (waiter, is_good && hand_over (self, waiter, data));
  }
}

/* parts of a request */

static void
answer_targets (GstSpiceXOwner *self, Request *request, xcb_atom_t property)
{
  xcb_atom_t targets[GST_SPICE_X_N_ATOMS];
  guint n = gst_spice_x_display_list (self->display, self->types, targets);

  set_atoms (self, request->event.requestor, property, XCB_ATOM_ATOM, targets,
             n);
}

static void
answer_part (GstSpiceXOwner *self, Request *request, guint pair,
             xcb_atom_t target, xcb_atom_t property)
{
  const xcb_atom_t *atoms = self->display->atoms;
  GstSpiceXType type = gst_spice_x_display_type_of (self->display, target);

  if (target == atoms[GST_SPICE_X_ATOM_TARGETS]) {
    answer_targets (self, request, property);
    end_part (self, request, pair, true);
  } else if (target == atoms[GST_SPICE_X_ATOM_TIMESTAMP]) {
    set_atoms (self, request->event.requestor, property, XCB_ATOM_INTEGER,
               &self->since, 1);
    end_part (self, request, pair, true);
  } else if (type == GST_SPICE_X_NOTHING || (self->types & (1u << type)) == 0 ||
             self->waiters->len >= MAX_WAITERS) {
    end_part (self, request, pair, false);
  } else {
    await (self, request, pair, type, target, property);
  }
}

/* false: not a list of at least one and at most MAX_PAIRS pairs */
static bool
read_pairs (GstSpiceXOwner *self, Request *request)
{
  xcb_connection_t *xcb = self->display->xcb;
  xcb_get_property_reply_t *reply = xcb_get_property_reply (
      xcb,
      xcb_get_property (xcb, false, request->event.requestor,
                        request->event.property, XCB_GET_PROPERTY_TYPE_ANY, 0,
                        MAX_PAIRS * 2),
      NULL);
  guint n_bytes = 0;

  if (reply != NULL && reply->format == 32 && reply->bytes_after == 0)
    n_bytes = (guint)xcb_get_property_value_length (reply);
  request->n_pairs = n_bytes / (2 * sizeof *request->pairs);
  if (request->n_pairs > 0)
    memcpy (request->pairs, xcb_get_property_value (reply),
            request->n_pairs * 2 * sizeof *request->pairs);
  free (reply);
  return request->n_pairs > 0;
}

static void
answer_multiple (GstSpiceXOwner *self, Request *request)
{
  if (request->event.property == XCB_ATOM_NONE || !read_pairs (self, request)) {
    request->is_refused = true;
    conclude (self, request);
    return;
  }
  /* one more, so that it lasts until all parts have begun */
  request->n_open = request->n_pairs + 1;
  for (guint i = 0; i < request->n_pairs; i++)
    answer_part (self, request, i, request->pairs[i * 2],
                 request->pairs[i * 2 + 1]);
  if (--request->n_open == 0)
    conclude (self, request);
}

/* ICCCM: requests from before we had it are not for us. */
static bool
is_for_us (GstSpiceXOwner *self, xcb_timestamp_t time)
{
  return self->is_ours && (time == XCB_CURRENT_TIME || self->since == 0 ||
                           (int32_t)(time - self->since) >= 0);
}

void
gst_spice_x_owner_on_request (GstSpiceXOwner *self,
                              const xcb_selection_request_event_t *event)
{
  Request *request = g_new0 (Request, 1);

  request->event = *event;
  request->n_open = 1;
  if (!is_for_us (self, event->time)) {
    end_part (self, request, 0, false);
    return;
  }
  if (event->target == self->display->atoms[GST_SPICE_X_ATOM_MULTIPLE]) {
    answer_multiple (self, request);
    return;
  }
  /* programs from before ICCCM leave it to us */
  if (event->property == XCB_ATOM_NONE)
    request->event.property = event->target;
  answer_part (self, request, 0, event->target, request->event.property);
}

/* ownership */

void
gst_spice_x_owner_offer (GstSpiceXOwner *self, guint types)
{
  refuse_all (self);
  self->types = types;
  self->is_claimed = true;
  xcb_set_selection_owner (
      self->display->xcb, self->display->window,
      gst_spice_x_display_selection (self->display, self->selection),
      XCB_CURRENT_TIME);
}

void
gst_spice_x_owner_withdraw (GstSpiceXOwner *self)
{
  refuse_all (self);
  self->types = 0;
  if (self->is_ours || self->is_claimed)
    xcb_set_selection_owner (
        self->display->xcb, XCB_WINDOW_NONE,
        gst_spice_x_display_selection (self->display, self->selection),
        self->is_claimed ? XCB_CURRENT_TIME : self->since);
  self->is_claimed = false;
}

void
gst_spice_x_owner_won (GstSpiceXOwner *self, xcb_timestamp_t since)
{
  self->is_ours = true;
  self->is_claimed = false;
  self->since = since;
}

void
gst_spice_x_owner_lost (GstSpiceXOwner *self)
{
  refuse_all (self);
  self->is_ours = false;
}

bool
gst_spice_x_owner_is_ours (GstSpiceXOwner *self)
{
  return self->is_ours;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesrc/gstspicexreader.h"

#include <stdlib.h>
#include <string.h>

/* Each conversion has another property than those before it, so that what comes
 * late from one that was given up is not taken for an answer. */
#define N_PROPERTIES 8
/* targets of an owner that are looked at */
#define MAX_TARGETS 1024u

struct _GstSpiceXReader {
  const GstSpiceXDisplay *display;
  GstSpiceXSelection selection;
  GstSpiceXReaderEvents events;
  gpointer user_data;
  xcb_atom_t properties[N_PROPERTIES];
  guint turn; /* in properties: that of the conversion under way */
  /* the owner */
  bool has_owner;
  xcb_timestamp_t since;
  xcb_atom_t targets[GST_SPICE_X_N_TYPES];
  guint types;   /* bits that it has */
  guint waiting; /* bits to be fetched after the present one */
  /* the conversion under way */
  bool is_busy;
  GstSpiceXType type; /* NOTHING: the targets */
  GByteArray *pieces; /* not NULL: it comes in pieces */
  xcb_atom_t form;
  GSource *timeout;
};

/* life */

static void
intern_properties (GstSpiceXReader *self)
{
  xcb_connection_t *xcb = self->display->xcb;
  xcb_intern_atom_cookie_t cookies[N_PROPERTIES];

  for (guint i = 0; i < N_PROPERTIES; i++) {
    g_autofree char *name =
        g_strdup_printf ("GST_SPICE_%u_%u", self->selection, i);
    cookies[i] = xcb_intern_atom (xcb, false, (uint16_t)strlen (name), name);
  }
  for (guint i = 0; i < N_PROPERTIES; i++) {
    xcb_intern_atom_reply_t *reply =
        xcb_intern_atom_reply (xcb, cookies[i], NULL);
    self->properties[i] = reply ? reply->atom : XCB_ATOM_NONE;
    free (reply);
  }
}

GstSpiceXReader *
gst_spice_x_reader_new (const GstSpiceXDisplay *display,
                        GstSpiceXSelection selection,
                        const GstSpiceXReaderEvents *events, gpointer user_data)
{
  GstSpiceXReader *self = g_new0 (GstSpiceXReader, 1);

  self->display = display;
  self->selection = selection;
  self->events = *events;
  self->user_data = user_data;
  intern_properties (self);
  return self;
}

static void
end_conversion (GstSpiceXReader *self)
{
  self->is_busy = false;
  g_clear_pointer (&self->pieces, g_byte_array_unref);
  gst_spice_x_timeout_clear (&self->timeout);
}

void
gst_spice_x_reader_free (GstSpiceXReader *self)
{
  if (self == NULL)
    return;
  end_conversion (self);
  g_free (self);
}

/* conversions */

static void finish (GstSpiceXReader *self, GBytes *data);

static gboolean
on_timeout (gpointer data)
{
  finish (data, NULL);
  return G_SOURCE_REMOVE;
}

static void
await (GstSpiceXReader *self)
{
  gst_spice_x_timeout_clear (&self->timeout);
  self->timeout =
      gst_spice_x_display_add_timeout (self->display, on_timeout, self);
}

static xcb_atom_t
current_target (GstSpiceXReader *self)
{
  return self->type == GST_SPICE_X_NOTHING
             ? self->display->atoms[GST_SPICE_X_ATOM_TARGETS]
             : self->targets[self->type];
}

static void
convert (GstSpiceXReader *self, GstSpiceXType type)
{
  xcb_connection_t *xcb = self->display->xcb;

  self->is_busy = true;
  self->type = type;
  self->turn = (self->turn + 1) % N_PROPERTIES;
  xcb_delete_property (xcb, self->display->window,
                       self->properties[self->turn]);
  xcb_convert_selection (
      xcb, self->display->window,
      gst_spice_x_display_selection (self->display, self->selection),
      current_target (self), self->properties[self->turn], self->since);
  await (self);
}

static void
answer (GstSpiceXReader *self, GstSpiceXType type, GBytes *data)
{
  self->events.data (self->selection, type, data, self->user_data);
}

static void
convert_next (GstSpiceXReader *self)
{
  while (!self->is_busy && self->waiting != 0) {
    GstSpiceXType type = (GstSpiceXType)g_bit_nth_lsf (self->waiting, -1);
    self->waiting &= ~(1u << type);
    if (self->has_owner && (self->types & (1u << type)) != 0)
      convert (self, type);
    else
      answer (self, type, NULL);
  }
}

static void
finish_targets (GstSpiceXReader *self, GBytes *data)
{
  gsize size = 0;
  const xcb_atom_t *targets = data ? g_bytes_get_data (data, &size) : NULL;

  self->types = gst_spice_x_display_choose (
      self->display, targets, (guint)MIN (size / sizeof *targets, MAX_TARGETS),
      self->targets);
  self->events.owned (self->selection, self->types, self->user_data);
}

/* @data: NULL when there is none */
static void
finish (GstSpiceXReader *self, GBytes *data)
{
  g_autoptr (GBytes) decoded = NULL;
  GstSpiceXType type = self->type;

  end_conversion (self);
  if (type == GST_SPICE_X_NOTHING) {
    finish_targets (self, data);
  } else {
    if (data != NULL)
      decoded =
          gst_spice_x_display_decode (self->display, type, self->form, data);
    answer (self, type, decoded);
  }
  convert_next (self);
}

static void
give_up (GstSpiceXReader *self)
{
  GstSpiceXType type = self->type;
  bool is_asked = self->is_busy && type != GST_SPICE_X_NOTHING;

  end_conversion (self);
  self->has_owner = false;
  self->types = 0;
  if (is_asked)
    answer (self, type, NULL);
  convert_next (self);
}

/* calls */

void
gst_spice_x_reader_follow (GstSpiceXReader *self, xcb_timestamp_t since)
{
  give_up (self);
  self->has_owner = true;
  self->since = since;
  convert (self, GST_SPICE_X_NOTHING);
}

void
gst_spice_x_reader_forget (GstSpiceXReader *self)
{
  give_up (self);
}

void
gst_spice_x_reader_fetch (GstSpiceXReader *self, GstSpiceXType type)
{
  if (self->is_busy && self->type == type)
    return;
  self->waiting |= 1u << type;
  convert_next (self);
}

/* properties */

/* (transfer full): NULL when it is not there or larger than allowed; what was
 * read is deleted. @is_there may be NULL. */
static GBytes *
take_property (GstSpiceXReader *self, xcb_atom_t property, bool *is_there)
{
  const GstSpiceXDisplay *display = self->display;
  uint32_t words = (uint32_t)(display->max_size / 4 + 1);
  xcb_get_property_reply_t *reply = xcb_get_property_reply (
      display->xcb,
      xcb_get_property (display->xcb, true, display->window, property,
                        XCB_GET_PROPERTY_TYPE_ANY, 0, words),
      NULL);
  GBytes *data = NULL;

  *is_there = reply != NULL && reply->type != XCB_ATOM_NONE;
  if (*is_there && reply->bytes_after > 0)
    xcb_delete_property (display->xcb, display->window, property);
  if (*is_there && reply->bytes_after == 0) {
    self->form = reply->type;
    data = g_bytes_new (xcb_get_property_value (reply),
                        (gsize)xcb_get_property_value_length (reply));
  }
  free (reply);
  return data;
}

static bool
is_too_large (GstSpiceXReader *self, gsize size)
{
  return size > self->display->max_size;
}

/* The owner said at least how many bytes will come. */
static void
begin_pieces (GstSpiceXReader *self, GBytes *announced)
{
  gsize size;
  const uint32_t *at_least = g_bytes_get_data (announced, &size);

  if (size >= sizeof *at_least && is_too_large (self, *at_least)) {
    finish (self, NULL);
    return;
  }
  self->pieces = g_byte_array_new ();
  await (self);
}

void
gst_spice_x_reader_on_notify (GstSpiceXReader *self,
                              const xcb_selection_notify_event_t *event)
{
  g_autoptr (GBytes) data = NULL;
  bool is_there;

  if (!self->is_busy || self->pieces != NULL ||
      event->selection !=
          gst_spice_x_display_selection (self->display, self->selection) ||
      event->target != current_target (self))
    return;
  if (event->property == XCB_ATOM_NONE) {
    finish (self, NULL);
    return;
  }
  if (event->property != self->properties[self->turn])
    return;
  data = take_property (self, event->property, &is_there);
  if (data != NULL && self->form == self->display->atoms[GST_SPICE_X_ATOM_INCR])
    begin_pieces (self, data);
  else if (data != NULL && is_too_large (self, g_bytes_get_size (data)))
    finish (self, NULL);
  else
    finish (self, data);
}

static void
take_piece (GstSpiceXReader *self, xcb_atom_t property)
{
  bool is_there;
  g_autoptr (GBytes) piece = take_property (self, property, &is_there);
  gsize size;
  const uint8_t *bytes;

  if (!is_there)
    return;
  bytes = piece ? g_bytes_get_data (piece, &size) : NULL;
  if (piece == NULL || is_too_large (self, self->pieces->len + size)) {
    finish (self, NULL);
  } else if (size > 0) {
    g_byte_array_append (self->pieces, bytes, (guint)size);
    await (self);
  } else {
    g_autoptr (GBytes) data =
        g_byte_array_free_to_bytes (g_steal_pointer (&self->pieces));
    finish (self, data);
  }
}

static bool
is_ours (GstSpiceXReader *self, xcb_atom_t property)
{
  for (guint i = 0; i < N_PROPERTIES; i++)
    if (self->properties[i] == property)
      return true;
  return false;
}

void
gst_spice_x_reader_on_property (GstSpiceXReader *self,
                                const xcb_property_notify_event_t *event)
{
  bool is_current =
      self->is_busy && event->atom == self->properties[self->turn];

  if (event->window != self->display->window ||
      event->state != XCB_PROPERTY_NEW_VALUE)
    return;
  if (is_current && self->pieces != NULL)
    take_piece (self, event->atom);
  else if (!is_current && is_ours (self, event->atom))
    /* of a conversion given up; its owner goes on when it is taken away */
    xcb_delete_property (self->display->xcb, event->window, event->atom);
}

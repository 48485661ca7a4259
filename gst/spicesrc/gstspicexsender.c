/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesrc/gstspicexsender.h"

/* programs that take pieces at a time */
#define MAX_TRANSFERS 16u

typedef struct {
  GstSpiceXSender *sender; /* not owned */
  xcb_window_t window;
  xcb_atom_t property, form;
  GBytes *data;
  gsize sent;
  GSource *timeout;
} Transfer;

struct _GstSpiceXSender {
  const GstSpiceXDisplay *display;
  GPtrArray *transfers; /* Transfer, owned */
};

static void
free_transfer (gpointer data)
{
  Transfer *self = data;

  gst_spice_x_timeout_clear (&self->timeout);
  g_bytes_unref (self->data);
  g_free (self);
}

/* life */

GstSpiceXSender *
gst_spice_x_sender_new (const GstSpiceXDisplay *display)
{
  GstSpiceXSender *self = g_new0 (GstSpiceXSender, 1);

  self->display = display;
  self->transfers = g_ptr_array_new_with_free_func (free_transfer);
  return self;
}

void
gst_spice_x_sender_free (GstSpiceXSender *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->transfers);
  g_free (self);
}

/* transfers */

static bool
has_transfers_to (GstSpiceXSender *self, xcb_window_t window)
{
  for (guint i = 0; i < self->transfers->len; i++) {
    const Transfer *transfer = g_ptr_array_index (self->transfers, i);
    if (transfer->window == window)
      return true;
  }
  return false;
}

static void
listen_to (GstSpiceXSender *self, xcb_window_t window, uint32_t events)
{
  xcb_change_window_attributes (self->display->xcb, window, XCB_CW_EVENT_MASK,
                                &events);
}

static void
end_transfer (Transfer *transfer)
{
  GstSpiceXSender *self = transfer->sender;
  xcb_window_t window = transfer->window;

  g_ptr_array_remove_fast (self->transfers, transfer);
  if (!has_transfers_to (self, window))
    listen_to (self, window, XCB_EVENT_MASK_NO_EVENT);
}

static gboolean
on_timeout (gpointer data)
{
  end_transfer (data);
  return G_SOURCE_REMOVE;
}

static void
await (Transfer *transfer)
{
  gst_spice_x_timeout_clear (&transfer->timeout);
  transfer->timeout = gst_spice_x_display_add_timeout (
      transfer->sender->display, on_timeout, transfer);
}

static Transfer *
find_transfer (GstSpiceXSender *self, xcb_window_t window, xcb_atom_t property)
{
  for (guint i = 0; i < self->transfers->len; i++) {
    Transfer *transfer = g_ptr_array_index (self->transfers, i);
    if (transfer->window == window && transfer->property == property)
      return transfer;
  }
  return NULL;
}

static bool
announce_pieces (GstSpiceXSender *self, xcb_window_t window,
                 xcb_atom_t property, xcb_atom_t form, GBytes *data)
{
  uint32_t size = (uint32_t)g_bytes_get_size (data);
  Transfer *transfer;

  if (self->transfers->len == MAX_TRANSFERS)
    return false;
  transfer = g_new0 (Transfer, 1);
  transfer->sender = self;
  transfer->window = window;
  transfer->property = property;
  transfer->form = form;
  transfer->data = g_bytes_ref (data);
  g_ptr_array_add (self->transfers, transfer);
  listen_to (self, window,
             XCB_EVENT_MASK_PROPERTY_CHANGE | XCB_EVENT_MASK_STRUCTURE_NOTIFY);
  xcb_change_property (self->display->xcb, XCB_PROP_MODE_REPLACE, window,
                       property, self->display->atoms[GST_SPICE_X_ATOM_INCR],
                       32, 1, &size);
  await (transfer);
  return true;
}

bool
gst_spice_x_sender_put (GstSpiceXSender *self, xcb_window_t window,
                        xcb_atom_t property, xcb_atom_t form, GBytes *data)
{
  Transfer *old = find_transfer (self, window, property);
  gsize size;
  const void *bytes = g_bytes_get_data (data, &size);

  if (old != NULL)
    end_transfer (old);
  if (size > self->display->chunk_size)
    return announce_pieces (self, window, property, form, data);
  xcb_change_property (self->display->xcb, XCB_PROP_MODE_REPLACE, window,
                       property, form, 8, (uint32_t)size, bytes);
  return true;
}

/* The last piece has no bytes; true if this was it. */
static bool
send_piece (Transfer *transfer)
{
  const GstSpiceXDisplay *display = transfer->sender->display;
  gsize total;
  const uint8_t *bytes = g_bytes_get_data (transfer->data, &total);
  gsize size = MIN (total - transfer->sent, display->chunk_size);

  xcb_change_property (display->xcb, XCB_PROP_MODE_REPLACE, transfer->window,
                       transfer->property, transfer->form, 8, (uint32_t)size,
                       bytes + transfer->sent);
  transfer->sent += size;
  return size == 0;
}

/* events */

void
gst_spice_x_sender_on_property (GstSpiceXSender *self,
                                const xcb_property_notify_event_t *event)
{
  Transfer *transfer;

  if (event->state != XCB_PROPERTY_DELETE)
    return;
  transfer = find_transfer (self, event->window, event->atom);
  if (transfer == NULL)
    return;
  if (send_piece (transfer))
    end_transfer (transfer);
  else
    await (transfer);
}

void
gst_spice_x_sender_on_window_gone (GstSpiceXSender *self, xcb_window_t window)
{
  for (guint i = self->transfers->len; i-- > 0;) {
    const Transfer *transfer = g_ptr_array_index (self->transfers, i);
    if (transfer->window == window)
      g_ptr_array_remove_index_fast (self->transfers, i);
  }
}
